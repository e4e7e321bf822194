/*
 * evidence.h - which of some comparable rows are one (private to cluster/).
 *
 * Rows are comparable where they have the same number of positions and the
 * same fixed parts in between; the caller sees to that.  What stands in a
 * position is a hash and a few facts; nothing here looks at text.
 */
#ifndef LW_CLUSTER_EVIDENCE_H
#define LW_CLUSTER_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Facts about what stands in a position, and about the position itself. */
enum {
	LW_FACT_WILD = 1,    /* a value */
	LW_FACT_WORD = 2,    /* more than one byte of literal text: counts as a constant */
	LW_FACT_NAME = 4,    /* a word that looks like a name */
	LW_FACT_NAMED = 8,   /* behind "user", "host" */
	LW_FACT_OBJECT = 16, /* behind a preposition */
	LW_FACT_QUOTED = 32, /* between quotes, behind '=' */
	LW_FACT_KEY = 64,    /* before '=' */
	LW_FACT_STATE = 128, /* a word in capitals: one of a fixed set */
};

struct lw_position {
	uint64_t hash;
	uint32_t facts;
};

struct lw_comparable {
	uint32_t row; /* any number that tells the rows apart; ascending in the array */
	uint64_t lines;
	struct lw_position *at; /* width of them */
};

/*
 * Find out which rows are one.  Afterwards rows[0..returned) are what is
 * left: a row that became one with a lesser one is gone (joined is called for it), and
 * the lesser one's positions in which they differ are wild.  SIZE_MAX where memory ran out.
 */
size_t lw_evidence(struct lw_comparable *rows, size_t count, size_t width,
    void (*joined)(void *arg, uint32_t into, uint32_t row), void *arg);

#endif
