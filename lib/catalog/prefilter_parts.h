/*
 * prefilter_parts.h - the tables that prefilter_build.c makes and prefilter.c looks at (private to
 * catalog/).
 */
#ifndef LW_CATALOG_PREFILTER_PARTS_H
#define LW_CATALOG_PREFILTER_PARTS_H

#include "base/load.h"
#include "catalog/prefilter.h"

#define LW_LANES 3
#define LW_FOLD UINT64_C(0x2020202020202020) /* letters to lower case, and some marks to others */
#define LW_START_BYTES 3                     /* as many as the shortest literal has */
#define LW_STARTS_LOG2 12
#define LW_STARTS (1u << LW_STARTS_LOG2)

/*
 * Literals of at least `window` bytes are found by their grams of `gram` bytes, of which a window
 * holds `stride`, one byte apart.  From long to short: a literal goes into the first that it is
 * long enough for, and a catalogue without short ones pays for one pass.
 */
static const struct lw_gram_shape {
	unsigned window, gram, stride;
} lw_gram_shapes[LW_LANES] = {{12, 8, 5}, {6, 4, 3}, {3, 3, 1}};

struct lw_gram {
	uint64_t bytes;   /* folded; those behind it are 0 */
	uint32_t literal; /* index */
	uint32_t at;      /* where in the literal, bytes */
};

struct lw_known_literal {
	size_t text;          /* where in `texts` */
	uint32_t n;           /* bytes */
	uint32_t first, last; /* its ids: ids[first..last) */
};

/* Literals of one shape. */
struct lw_lane {
	unsigned bits_log2, buckets_log2;
	uint32_t *bits;    /* by hash: is there such a gram? */
	uint32_t *buckets; /* by hash: index of the first gram; one more, the end */
	struct lw_gram *grams;
	size_t count;
};

struct lw_prefilter {
	struct lw_lane lanes[LW_LANES];
	struct lw_known_literal *literals;
	size_t literal_count;
	char *texts; /* folded */
	uint32_t *ids;
	uint32_t *by_start; /* indexes of literals by their first bytes */
	uint32_t
	    starts[LW_STARTS + 1]; /* by hash of those: the first in by_start; one more, the end */
};

static inline uint64_t
lw_gram_hash(uint64_t gram)
{
	return gram * UINT64_C(0x9e3779b97f4a7c15);
}

static inline uint32_t
lw_hash_top(uint64_t h, unsigned bits)
{
	return (uint32_t)(h >> (64 - bits));
}

static inline uint64_t
lw_gram_mask(unsigned bytes)
{
	return UINT64_MAX >> (64 - 8 * bytes);
}

/* The bucket of literals that begin as the text does, whatever its digits are. */
static inline unsigned
lw_start_of(const char *p, char any_digit)
{
	uint64_t start = 0;
	unsigned i;

	for (i = 0; i < LW_START_BYTES; i++) {
		bool digit = p[i] == any_digit || (p[i] >= '0' && p[i] <= '9');

		start = start << 8 | (digit ? '0' : (unsigned char)p[i] | 0x20u);
	}
	return lw_hash_top(lw_gram_hash(start), LW_STARTS_LOG2);
}

#endif
