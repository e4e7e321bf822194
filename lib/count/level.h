/*
 * level.h - ceilings: what a full table drops (private to count/).
 *
 * At level L a table keeps the rows whose hash begins with L zero bits.  A
 * level is raised only when the rows at the present one do not fit, so that
 * the final level, and with it what is kept, depends on the rows alone.
 */
#ifndef LW_COUNT_LEVEL_H
#define LW_COUNT_LEVEL_H

#include "base/hash.h"
#include "count/tally.h"

#define LW_LEVEL_MAX 48 /* rules' nodes are never dropped, so raising may not help */

static inline bool
lw_level_keeps(unsigned level, uint64_t hash)
{
	return level == 0 || lw_hash_mix(hash) >> (64 - level) == 0;
}

void lw_level_raise_nodes(struct lw_tally *t);  /* unknown messages; renumbers nodes */
void lw_level_raise_scopes(struct lw_tally *t); /* instances and pairs */

#endif
