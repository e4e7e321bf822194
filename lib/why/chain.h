/*
 * chain.h - one chain of vertices, from the surface down (private to why/).
 */
#ifndef LW_WHY_CHAIN_H
#define LW_WHY_CHAIN_H

#include "why/why.h"

#define LW_CHAIN_MAX 16

struct lw_chain {
	uint32_t at[LW_CHAIN_MAX]; /* vertices; [0] is on the surface */
	size_t n;
};

/* The confidence of the link from effect to cause; 0 where there is none. */
double lw_chain_confidence(const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/* Follow the best links down from the last vertex; candidate says of each vertex whether it may
 * stand in a chain. */
void lw_chain_grow(const struct lw_analysis *a, const bool *candidate, struct lw_chain *ch);

/* Down to at most max vertices, max >= 1: inner ones go, whose neighbours hang together best
 * without them. */
void lw_chain_shorten(const struct lw_analysis *a, struct lw_chain *ch, size_t max);

#endif
