/*
 * part.h - what is known of the texts that a part of a pattern matches.
 *
 * A part is described by the exact texts that it can match where these are
 * few, and by a set of texts of which any match of it holds one.  A sequence
 * multiplies exact texts into longer ones until something inexact stands
 * between; an alternation unites them.  Texts are in lower case.
 */
#ifndef LW_CATALOG_PART_H
#define LW_CATALOG_PART_H

#include "catalog/literal.h"

#define LW_PART_MAX_COUNT 10000 /* keeps counts far from overflow */

/* A set of texts; the memory is the arena's, and never written again. */
struct lw_texts {
	const struct lw_str *s;
	size_t n;       /* 0: no such set is known */
	unsigned worth; /* as a filter; 0: not asked yet */
};

struct lw_part {
	bool exact; /* matches the texts of `texts` and nothing else */
	struct lw_texts texts;
	struct lw_texts need; /* every match holds one of these; none known where n is 0 */
	uint32_t fixed;
};

/* Where sets and the bytes of texts live. */
struct lw_parts {
	struct lw_arena *arena;
	bool failed; /* memory ran out; what was made since is of no use */
};

/* False where that would be too many, or memory ran out; *into is then unchanged. */
bool lw_texts_unite(struct lw_parts *parts, struct lw_texts *into, const struct lw_texts *from);
size_t lw_texts_shortest(const struct lw_texts *s);
/* *s into *best where it makes the better filter. */
void lw_texts_keep_better(struct lw_texts *best, const struct lw_texts *s);

void lw_part_unknown(struct lw_part *part); /* matches anything, for all that is known */
void lw_part_empty(struct lw_part *part);   /* matches without a byte: an anchor, a look around */
void lw_part_run(struct lw_parts *parts, struct lw_part *part, const char *p, size_t n);
/* One of the bytes that `set` has; anything where these are many. */
void lw_part_class(struct lw_parts *parts, struct lw_part *part, const bool set[256]);

/* next behind a sequence, whose `texts` are the run of exact texts that ends it. */
void lw_part_follow(struct lw_parts *parts, struct lw_part *seq, const struct lw_part *next);

/* next behind a sequence, at least `least` times and at most `most`; *next is used up. */
void lw_part_repeat(struct lw_parts *parts, struct lw_part *seq, struct lw_part *next,
    unsigned least, unsigned most);

#endif
