/* part.c - texts that multiply in sequences and unite in alternations. */
#include "catalog/part.h"

#include <string.h>

#define MAX_TEXT 48  /* bytes of one exact text before a new run starts */
#define MAX_REPEAT 4 /* x{n} is written out up to this n */

static void
empty_text(struct lw_texts *s)
{
	s->n = 1;
	s->s[0] = LW_STR("");
}

bool
lw_texts_add(struct lw_texts *s, struct lw_str text)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (lw_str_eq(s->s[i], text))
			return true;
	if (s->n == LW_LITERAL_MAX_COUNT)
		return false;
	s->s[s->n++] = text;
	return true;
}

bool
lw_texts_unite(struct lw_texts *into, const struct lw_texts *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		if (!lw_texts_add(into, from->s[i]))
			return false;
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

/* What a set is worth as a filter: long texts first, then few of them. */
static size_t
worth(const struct lw_texts *s)
{
	size_t least = lw_texts_shortest(s);

	if (least > LW_LITERAL_MAX_BYTES)
		least = LW_LITERAL_MAX_BYTES;
	return least == 0 ? 0 : least * LW_LITERAL_MAX_COUNT + LW_LITERAL_MAX_COUNT - s->n;
}

void
lw_texts_keep_better(struct lw_texts *best, const struct lw_texts *s)
{
	if (worth(s) > worth(best))
		*best = *s;
}

/* Every text of a followed by every text of b; false where that is too many or too long. */
static bool
multiply(struct lw_parts *parts, const struct lw_texts *a, const struct lw_texts *b,
    struct lw_texts *out)
{
	size_t i, j;

	out->n = 0;
	if (a->n * b->n > LW_LITERAL_MAX_COUNT)
		return false;
	for (i = 0; i < a->n; i++) {
		for (j = 0; j < b->n; j++) {
			size_t n = a->s[i].n + b->s[j].n;
			char *p;

			if (n > MAX_TEXT)
				return false;
			p = lw_arena_alloc(parts->arena, n + 1);
			if (p == NULL) {
				parts->failed = true;
				return false;
			}
			memcpy(p, a->s[i].p, a->s[i].n);
			memcpy(p + a->s[i].n, b->s[j].p, b->s[j].n);
			(void)lw_texts_add(out, lw_str_make(p, n));
		}
	}
	return true;
}

void
lw_part_unknown(struct lw_part *part)
{
	part->exact = false;
	part->texts.n = part->need.n = 0;
	part->fixed = 0;
}

void
lw_part_empty(struct lw_part *part)
{
	part->exact = true;
	empty_text(&part->texts);
	part->need.n = 0;
	part->fixed = 0;
}

void
lw_part_byte(struct lw_parts *parts, struct lw_part *part, char c)
{
	char *p = lw_arena_alloc(parts->arena, 1);

	lw_part_empty(part);
	if (p == NULL) {
		parts->failed = true;
		return;
	}
	*p = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	part->texts.s[0] = lw_str_make(p, 1);
	part->need = part->texts;
	part->fixed = 1;
}

/* A sequence so far: `texts` is the run of exact texts that ends it. */
void
lw_part_follow(struct lw_parts *parts, struct lw_part *seq, const struct lw_part *next)
{
	struct lw_texts longer;

	if (seq->fixed < LW_PART_MAX_COUNT)
		seq->fixed += next->fixed;
	if (next->exact && multiply(parts, &seq->texts, &next->texts, &longer)) {
		seq->texts = longer;
		return;
	}
	seq->exact = false;
	lw_texts_keep_better(&seq->need, &seq->texts);
	if (next->exact) {
		seq->texts = next->texts;
	} else {
		lw_texts_keep_better(&seq->need, &next->need);
		empty_text(&seq->texts);
	}
}

/* next, repeated at least `least` times and at most `most`. */
void
lw_part_repeat(struct lw_parts *parts, struct lw_part *seq, struct lw_part *next, unsigned least,
    unsigned most)
{
	unsigned i;

	if (least == 0 && most == 1 && next->exact && lw_texts_add(&next->texts, LW_STR(""))) {
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
