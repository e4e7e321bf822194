/*
 * prefilter.h - which patterns can match at all: a search of the message
 * for the literals of all of them at once.
 *
 * Built once, read-only afterwards, shared by threads.  Compares without
 * case, ASCII only.  Proposes every id one of whose literals is in the text,
 * and now and then one whose literal nearly is ("[" stands for "{" too).
 */
#ifndef LW_CATALOG_PREFILTER_H
#define LW_CATALOG_PREFILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct lw_prefilter_literal {
	struct lw_str text; /* in lower case, not empty */
	uint32_t id;        /* what it proposes */
};

struct lw_prefilter;

/* literals[0..count) are read during the call only.  NULL where memory ran out. */
struct lw_prefilter *lw_prefilter_new(const struct lw_prefilter_literal *literals, size_t count);
void lw_prefilter_free(struct lw_prefilter *f); /* NULL is fine */

/* The ids proposed for one message, each once.  The caller owns the arrays, one entry for each id
 * there is. */
struct lw_candidates {
	uint32_t *seen; /* by id: the round that last proposed it */
	uint32_t *ids;  /* those of this round */
	size_t count;
	uint32_t round; /* differs from call to call and from what `seen` holds at first */
};

void lw_candidates_add(struct lw_candidates *c, uint32_t id);

/* Adds the ids for text. */
void lw_prefilter_scan(const struct lw_prefilter *f, struct lw_str text, struct lw_candidates *c);

/* A literal of which digits of the text tell whether it stands there. */
struct lw_prefilter_maybe {
	uint32_t literal; /* index */
	uint32_t at;      /* bytes from the start of the text */
};

/*
 * What could be proposed for a text like this one, in which each byte `any_digit` stands for a
 * digit: adds the ids that are proposed whatever the digits are, and fills maybe[0..max) with the
 * literals that hang on some.  Returns how many of those there are, or more than max.  Slow, about
 * a comparison for each byte and literal that begins with it.
 */
size_t lw_prefilter_may(const struct lw_prefilter *f, struct lw_str text, char any_digit,
    struct lw_candidates *c, struct lw_prefilter_maybe *maybe, size_t max);

/* What a literal proposes: *count ids. */
const uint32_t *lw_prefilter_ids(const struct lw_prefilter *f, uint32_t literal, size_t *count);

/* Does the literal stand at that byte of the text, whose end may be before it? */
bool lw_prefilter_stands(
    const struct lw_prefilter *f, uint32_t literal, struct lw_str text, size_t at);

#endif
