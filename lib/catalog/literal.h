/*
 * literal.h - the texts that a message must hold for a pattern to match it.
 *
 * Reads the source of a PCRE2 pattern and derives, conservatively, a set of
 * literals of which every match holds at least one.  What is not understood
 * (conditions, verbs, subroutine calls) adds nothing or gives up the whole
 * pattern; it never adds a literal that a match could lack.  The idea is that
 * of Cox's trigram index (swtch.com/~rsc/regexp/regexp4.html), with whole literals
 * instead of trigrams.  Letters are compared without case, ASCII only, as PCRE2 does
 * in byte mode, so that (?i) needs no care.
 */
#ifndef LW_CATALOG_LITERAL_H
#define LW_CATALOG_LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define LW_LITERAL_MIN_BYTES 3 /* shorter ones are in most messages and propose nothing */
#define LW_LITERAL_MAX_BYTES 48
#define LW_LITERAL_MAX_COUNT 48
#define LW_LITERAL_MAX_NAMES 32 /* groups with a name, in one pattern */

struct lw_literal_name {
	struct lw_str text;
	uint32_t number; /* of the group */
};

struct lw_literals {
	const struct lw_str *items; /* in lower case, none in another; the arena's */
	size_t count;               /* 0: none could be shown, the pattern must always be tried */
	uint32_t
	    fixed_bytes; /* literal bytes that every match holds at least, over the whole pattern */
	bool wide_class; /* a [class] lists a character of several bytes, which it cannot match as
			    one */
	size_t wide_at;  /* offset of that class in the pattern */
	/* Every group was seen and is numbered as PCRE2 does; else what follows is of no use. */
	bool groups_known;
	uint32_t group_count;                /* that capture, with a name or without */
	const struct lw_literal_name *names; /* in order of number; the arena's */
	size_t name_count;
};

/*
 * pattern must be one that PCRE2 compiles; any other bytes are safe, the result is then of no
 * use.  What is worked on is the scratch arena's.  False where memory ran out, and *out is then of
 * no use.
 */
bool lw_literals_find(struct lw_literals *out, struct lw_arena *arena, struct lw_arena *scratch,
    struct lw_str pattern);

#endif
