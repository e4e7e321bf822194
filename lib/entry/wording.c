/* wording.c - messages without their digits, in a table of a few ways. */
#include "entry/wording.h"

#include <stdlib.h>

#include "base/load.h"

typedef unsigned char lanes __attribute__((vector_size(LW_WORDING_MIN_BYTES)));

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

/* sizeof(lanes) bytes with LW_ANY_DIGIT, all bits, for each digit. */
static inline void
mask_digits(char *out, const char *p)
{
	lanes v;

	memcpy(&v, p, sizeof(v));
	v |= (lanes)(v - '0' < 10);
	memcpy(out, &v, sizeof(v));
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

/*
 * Where the status of a request stands, whose digits tell whether it failed: at the end of
 * "GET /x -> 200", or behind the quote of `"GET /x HTTP/1.1" 200 612`; 0 where there is none.
 */
static size_t
status_at(struct lw_str s)
{
	const char *p = s.p, *end = s.p + s.n, *quote;
	unsigned quotes;

	if (is_status(s, s.n - 3) && memcmp(end - 7, " -> ", 4) == 0)
		return s.n - 3;
	for (quotes = 0; quotes < 4; quotes++, p = quote + 1) {
		quote = memchr(p, '"', (size_t)(end - p));
		if (quote == NULL)
			return 0;
		if (end - quote > 4 && quote[1] == ' ' && is_status(s, (size_t)(quote - s.p) + 2))
			return (size_t)(quote - s.p) + 2;
	}
	return 0;
}

bool
lw_wording_of(struct lw_str message, char out[LW_WORDING_MAX_BYTES])
{
	const char *p = message.p;
	size_t n = message.n, i;

	if (n < LW_WORDING_MIN_BYTES || n > LW_WORDING_MAX_BYTES)
		return false;
	for (i = 0; i + sizeof(lanes) < n; i += sizeof(lanes))
		mask_digits(out + i, p + i);
	mask_digits(out + n - sizeof(lanes), p + n - sizeof(lanes));
	i = status_at(message);
	if (i > 0)
		memcpy(out + i, p + i, 3);
	return true;
}

/* Of two halves that do not wait for each other; the last two words overlap those before. */
static uint64_t
hash_of(const char *p, size_t n)
{
	const uint64_t k = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t a = n, b = 1;
	size_t i;

	for (i = 0; i + 16 < n; i += 16) {
		a = (a ^ lw_load64(p + i)) * k;
		b = (b ^ lw_load64(p + i + 8)) * k;
		a ^= a >> 32;
		b ^= b >> 32;
	}
	a = (a ^ lw_load64(p + n - 16)) * k;
	b = (b ^ lw_load64(p + n - 8)) * k;
	a ^= a >> 32;
	b ^= b >> 32;
	a = (a + b * 3) * k;
	return a ^ a >> 32;
}

const struct lw_wording *
lw_wordings_find(struct lw_wordings *w, struct lw_str message)
{
	size_t at, end;

	w->bytes = 0;
	if (!lw_wording_of(message, w->text))
		return NULL;
	w->bytes = message.n;
	w->hash = hash_of(w->text, w->bytes);
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
		if (w->slots[i].number < w->slots[oldest].number)
			oldest = i;
	slot = &w->slots[oldest];
	slot->number = ++w->rounds * LW_WORDINGS + (uint32_t)oldest;
	slot->bytes = (unsigned char)w->bytes;
	slot->blanks = (unsigned char)blanks;
	slot->severity = (unsigned char)severity;
	memcpy(slot->text, w->text, w->bytes);
	w->hashes[oldest] = w->hash;
	return slot->number;
}
