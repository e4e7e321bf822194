/* wording.c - messages without their digits, in a table of a few ways. */
#include "entry/wording.h"

#include <stdlib.h>

typedef unsigned char lanes __attribute__((vector_size(LW_WORDING_MIN_BYTES)));
typedef uint64_t words __attribute__((vector_size(LW_WORDING_MIN_BYTES)));

struct lw_wordings *
lw_wordings_new(void)
{
	return calloc(1, sizeof(struct lw_wordings));
}

void
lw_wordings_free(struct lw_wordings *w)
{
	free(w);
}

/* sizeof(lanes) bytes with LW_ANY_DIGIT, all bits, for each digit; returns `sum` with them. */
static inline words
mask_digits(char *out, const char *p, words sum)
{
	lanes v;

	memcpy(&v, p, sizeof(v));
	v |= (lanes)(v - '0' < 10);
	memcpy(out, &v, sizeof(v));
	return (sum + (sum << 5)) ^ (words)v;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Three digits and no fourth at p[at..). */
static bool
is_status(struct lw_str s, size_t at)
{
	return at + 3 <= s.n && is_digit(s.p[at]) && is_digit(s.p[at + 1]) &&
	       is_digit(s.p[at + 2]) && (at + 3 == s.n || !is_digit(s.p[at + 3]));
}

/* Where a status stands behind the quote of `"GET /x HTTP/1.1" 200 612`; 0 where there is none. */
static __attribute__((noinline)) size_t
quoted_status_at(struct lw_str s)
{
	const char *p = s.p, *end = s.p + s.n, *quote;
	unsigned quotes;

	for (quotes = 0; quotes < 4; quotes++, p = quote + 1) {
		quote = memchr(p, '"', (size_t)(end - p));
		if (quote == NULL)
			return 0;
		if (end - quote > 4 && quote[1] == ' ' && is_status(s, (size_t)(quote - s.p) + 2))
			return (size_t)(quote - s.p) + 2;
	}
	return 0;
}

/*
 * Where the status of a request stands, whose digits tell whether it failed, behind a blank: at the
 * end of "GET /x -> 200", or behind a quote; 0 where there is none.
 */
static inline size_t
status_at(struct lw_str s)
{
	const char *end = s.p + s.n;

	if (memcmp(end - 7, " -> ", 4) == 0 && is_digit(end[-3]) && is_digit(end[-2]) &&
	    is_digit(end[-1]))
		return s.n - 3;
	return quoted_status_at(s);
}

/* As lw_wording_of; returns a hash that is the same for the same wording. */
static inline uint64_t
wording_of(struct lw_str message, char *out)
{
	const uint64_t k = UINT64_C(0x9e3779b97f4a7c15);
	const char *p = message.p;
	size_t n = message.n, i;
	words sum = {n, 0};
	uint32_t status; /* and the blank before it */
	uint64_t h;

	for (i = 0; i + sizeof(lanes) < n; i += sizeof(lanes))
		sum = mask_digits(out + i, p + i, sum);
	sum = mask_digits(out + n - sizeof(lanes), p + n - sizeof(lanes), sum);
	h = sum[0] * k;
	i = status_at(message);
	if (i > 0) {
		memcpy(&status, p + i - 1, sizeof(status));
		memcpy(out + i - 1, &status, sizeof(status));
		h += status;
	}
	h = ((h ^ h >> 32) + sum[1]) * k;
	return h ^ h >> 32;
}

static bool
has_wording(struct lw_str message)
{
	return message.n >= LW_WORDING_MIN_BYTES && message.n <= LW_WORDING_MAX_BYTES;
}

bool
lw_wording_of(struct lw_str message, char out[LW_WORDING_MAX_BYTES])
{
	if (!has_wording(message))
		return false;
	(void)wording_of(message, out);
	return true;
}

const struct lw_wording *
lw_wordings_find(struct lw_wordings *w, struct lw_str message)
{
	size_t at, end;

	w->bytes = 0;
	if (!has_wording(message))
		return NULL;
	w->bytes = message.n;
	w->hash = wording_of(message, w->text);
	at = w->hash % (LW_WORDINGS / LW_WORDING_WAYS) * LW_WORDING_WAYS;
	for (end = at + LW_WORDING_WAYS; at < end; at++) {
		const struct lw_wording *slot = &w->slots[at];

		if (w->hashes[at] == w->hash && slot->number != 0 && slot->bytes == w->bytes &&
		    memcmp(slot->text, w->text, w->bytes) == 0)
			return slot;
	}
	return NULL;
}

bool
lw_wordings_came(struct lw_wordings *w)
{
	uint32_t *seen = &w->seen[w->hash % LW_WORDINGS_SEEN], upper = (uint32_t)(w->hash >> 32);
	bool came = w->bytes != 0 && *seen == upper;

	*seen = w->bytes == 0 ? *seen : upper;
	return came;
}

uint32_t
lw_wordings_keep(struct lw_wordings *w, size_t blanks, enum lw_severity severity)
{
	size_t at = w->hash % (LW_WORDINGS / LW_WORDING_WAYS) * LW_WORDING_WAYS, oldest = at, i;
	struct lw_wording *slot;

	if (w->rounds == UINT32_MAX / 2 / LW_WORDINGS - 1)
		return 0;
	for (i = at + 1; i < at + LW_WORDING_WAYS; i++)
		if (w->numbers[i] < w->numbers[oldest])
			oldest = i;
	slot = &w->slots[oldest];
	slot->number = w->numbers[oldest] = ++w->rounds * LW_WORDINGS + (uint32_t)oldest;
	slot->bytes = (unsigned char)w->bytes;
	slot->blanks = (unsigned char)blanks;
	slot->severity = (unsigned char)severity;
	memcpy(slot->text, w->text, w->bytes);
	w->hashes[oldest] = w->hash;
	return slot->number;
}
