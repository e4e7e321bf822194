/* part.c - texts that multiply in sequences and unite in alternations. */
#include "catalog/part.h"

#include <string.h>

#include "catalog/common_words.h"

#define MAX_TEXT LW_LITERAL_MAX_BYTES /* bytes of one exact text before a new run starts */
#define MAX_REPEAT 4                  /* x{n} is written out up to this n */
#define MAX_CLASS 16                  /* bytes that a class may list to be written out */

static const struct lw_str empty_text = {"", 0};
static const struct lw_texts only_empty = {.s = &empty_text, .n = 1};

static struct lw_str *
new_texts(struct lw_parts *parts, size_t n)
{
	struct lw_str *s = lw_arena_alloc(parts->arena, n * sizeof(*s));

	if (s == NULL)
		parts->failed = true;
	return s;
}

static bool
has(const struct lw_str *s, size_t n, struct lw_str text)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (lw_str_eq(s[i], text))
			return true;
	return false;
}

bool
lw_texts_unite(struct lw_parts *parts, struct lw_texts *into, const struct lw_texts *from)
{
	struct lw_str *s = new_texts(parts, into->n + from->n);
	size_t i, n = into->n;

	if (s == NULL)
		return false;
	memcpy(s, into->s, into->n * sizeof(*s));
	for (i = 0; i < from->n; i++)
		if (!has(into->s, into->n, from->s[i]))
			s[n++] = from->s[i];
	if (n > LW_LITERAL_MAX_COUNT)
		return false;
	*into = (struct lw_texts){.s = s, .n = n};
	return true;
}

size_t
lw_texts_shortest(const struct lw_texts *s)
{
	size_t i, least = s->n == 0 ? 0 : s->s[0].n;

	for (i = 1; i < s->n; i++)
		if (s->s[i].n < least)
			least = s->s[i].n;
	return least;
}

static bool
has_common(const struct lw_texts *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (lw_is_common(s->s[i]))
			return true;
	return false;
}

/*
 * What a set is worth as a filter, at most.  Each further byte of its shortest text is worth less
 * than the one before it; each further text costs a little.
 */
static unsigned
worth_at_most(const struct lw_texts *s)
{
	static const unsigned char by_length[] = {
	    0, 0, 0, 80, 100, 120, 134, 144, 152, 160, 166, 168, 170};
	unsigned longest = sizeof(by_length) - 1;
	unsigned least = (unsigned)lw_texts_shortest(s), more = 0;

	if (least > 2 * longest)
		least = 2 * longest;
	if (least > longest) {
		more = least - longest;
		least = longest;
	}
	if (least < LW_LITERAL_MIN_BYTES)
		return least > 0;
	return by_length[least] + more - (unsigned)s->n;
}

/* A text that most logs hold is worth half. */
static unsigned
worth(const struct lw_texts *s)
{
	return worth_at_most(s) / (has_common(s) ? 2 : 1);
}

void
lw_texts_keep_better(struct lw_texts *best, const struct lw_texts *s)
{
	unsigned value;

	if (best->worth == 0 && best->n > 0)
		best->worth = worth(best);
	if (worth_at_most(s) <= best->worth)
		return;
	value = s->worth == 0 ? worth(s) : s->worth;
	if (value <= best->worth)
		return;
	*best = *s;
	best->worth = value;
}

static struct lw_str
join(struct lw_parts *parts, struct lw_str a, struct lw_str b)
{
	char *p;

	if (a.n == 0 || b.n == 0)
		return a.n == 0 ? b : a;
	p = lw_arena_alloc(parts->arena, a.n + b.n);
	if (p == NULL) {
		parts->failed = true;
		return a;
	}
	memcpy(p, a.p, a.n);
	memcpy(p + a.n, b.p, b.n);
	return lw_str_make(p, a.n + b.n);
}

static bool
is_empty(const struct lw_texts *s)
{
	return s->n == 1 && s->s[0].n == 0;
}

static size_t
longest(const struct lw_texts *s)
{
	size_t i, most = 0;

	for (i = 0; i < s->n; i++)
		if (s->s[i].n > most)
			most = s->s[i].n;
	return most;
}

static bool
are_of_one_length(const struct lw_texts *s)
{
	return lw_texts_shortest(s) == longest(s);
}

/*
 * Every text of a followed by every text of b; false where that is too many or too long.  Two of
 * them can be the same only where texts of both have several lengths: "a" and "bc", "ab" and "c".
 */
static bool
multiply(struct lw_parts *parts, const struct lw_texts *a, const struct lw_texts *b,
    struct lw_texts *out)
{
	struct lw_str *s;
	size_t i, j, n = 0;
	bool distinct;

	if (a->n * b->n > LW_LITERAL_MAX_COUNT || longest(a) + longest(b) > MAX_TEXT)
		return false;
	if (is_empty(a) || is_empty(b)) {
		*out = is_empty(a) ? *b : *a;
		return true;
	}
	s = new_texts(parts, a->n * b->n);
	if (s == NULL)
		return false;
	distinct = are_of_one_length(a) || are_of_one_length(b);
	for (i = 0; i < a->n; i++) {
		for (j = 0; j < b->n; j++) {
			struct lw_str text = join(parts, a->s[i], b->s[j]);

			if (distinct || !has(s, n, text))
				s[n++] = text;
		}
	}
	*out = (struct lw_texts){.s = s, .n = n};
	return true;
}

/* Of texts that end a run, those that end with no other of them; false where that is all. */
static bool
keep_endings(struct lw_parts *parts, struct lw_texts *texts)
{
	struct lw_str *s = new_texts(parts, texts->n);
	size_t n = 0, i, j;

	if (s == NULL)
		return false;
	for (i = 0; i < texts->n; i++) {
		for (j = 0; j < texts->n; j++)
			if (i != j && lw_str_ends(texts->s[i], texts->s[j]))
				break;
		if (j == texts->n)
			s[n++] = texts->s[i];
	}
	if (n == texts->n)
		return false;
	*texts = (struct lw_texts){.s = s, .n = n};
	return true;
}

void
lw_part_unknown(struct lw_part *part)
{
	*part = (struct lw_part){.exact = false};
}

void
lw_part_empty(struct lw_part *part)
{
	*part = (struct lw_part){.exact = true, .texts = only_empty};
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

void
lw_part_run(struct lw_parts *parts, struct lw_part *part, const char *p, size_t n)
{
	struct lw_str *s = new_texts(parts, 1);
	char *text = lw_arena_alloc(parts->arena, n);
	size_t i;

	lw_part_empty(part);
	if (s == NULL || text == NULL) {
		parts->failed = true;
		return;
	}
	for (i = 0; i < n; i++)
		text[i] = lower(p[i]);
	*s = lw_str_make(text, n);
	part->texts = part->need = (struct lw_texts){.s = s, .n = 1};
	part->fixed = n < LW_PART_MAX_COUNT ? (uint32_t)n : LW_PART_MAX_COUNT;
}

/* The bytes that a class lists, folded, each once and in order; more than MAX_CLASS where there are
 * more. */
static size_t
list_class(const bool set[256], char bytes[MAX_CLASS])
{
	uint64_t eight;
	size_t n = 0, at;
	int c;

	for (c = 0; c < 256; c++) {
		memcpy(&eight, set + (c & ~7), sizeof(eight));
		if (eight == 0) { /* most of them */
			c |= 7;
			continue;
		}
		if (!set[c] || (n > 0 && memchr(bytes, lower((char)c), n) != NULL))
			continue;
		if (n == MAX_CLASS)
			return n + 1;
		for (at = n++;
		     at > 0 && (unsigned char)bytes[at - 1] > (unsigned char)lower((char)c); at--)
			bytes[at] = bytes[at - 1];
		bytes[at] = lower((char)c);
	}
	return n;
}

void
lw_part_class(struct lw_parts *parts, struct lw_part *part, const bool set[256])
{
	char bytes[MAX_CLASS], *text;
	size_t n = list_class(set, bytes), i;
	struct lw_str *s;

	lw_part_unknown(part);
	if (n == 0 || n > MAX_CLASS)
		return;
	s = new_texts(parts, n);
	text = lw_arena_alloc(parts->arena, n);
	if (s == NULL || text == NULL) {
		parts->failed = true;
		return;
	}
	memcpy(text, bytes, n);
	for (i = 0; i < n; i++)
		s[i] = lw_str_make(text + i, 1);
	part->exact = true;
	part->texts = part->need = (struct lw_texts){.s = s, .n = n};
	part->fixed = n == 1;
}

/* A sequence so far: `texts` is the run of exact texts that ends it. */
void
lw_part_follow(struct lw_parts *parts, struct lw_part *seq, const struct lw_part *next)
{
	if (seq->fixed < LW_PART_MAX_COUNT)
		seq->fixed += next->fixed;
	if (!next->exact || next->texts.n > 1 || seq->texts.n > 1)
		lw_texts_keep_better(&seq->need, &seq->texts);
	if (next->exact && multiply(parts, &seq->texts, &next->texts, &seq->texts))
		return;
	seq->exact = false;
	if (next->exact && keep_endings(parts, &seq->texts) &&
	    multiply(parts, &seq->texts, &next->texts, &seq->texts))
		return;
	lw_texts_keep_better(&seq->need, &seq->texts);
	if (next->exact) {
		seq->texts = next->texts;
	} else {
		lw_texts_keep_better(&seq->need, &next->need);
		seq->texts = only_empty;
	}
}

/* next, repeated at least `least` times and at most `most`. */
void
lw_part_repeat(struct lw_parts *parts, struct lw_part *seq, struct lw_part *next, unsigned least,
    unsigned most)
{
	unsigned i;

	if (least == 0 && most == 1 && next->exact &&
	    lw_texts_unite(parts, &next->texts, &only_empty)) {
		next->fixed = 0;
		lw_part_follow(parts, seq, next);
		return;
	}
	if (least == 0) {
		lw_part_unknown(next);
		lw_part_follow(parts, seq, next);
		return;
	}
	for (i = 0; i < least && i < MAX_REPEAT; i++)
		lw_part_follow(parts, seq, next);
	if (i == most || !next->exact)
		return;
	/* More may follow, but the last one touches what comes behind it. */
	seq->exact = false;
	lw_texts_keep_better(&seq->need, &seq->texts);
	seq->texts = next->texts;
}
