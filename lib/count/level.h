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

#define LW_LEVEL_MAX 48
#define LW_SHARED_PART 4 /* of the nodes, one in so many is of a message over all services */

#define LW_WHAT_SEED 21 /* lw_node.what of a rule is of its id, then of key captures */

struct lw_kind; /* count/rows.h */

static inline bool
lw_level_keeps(unsigned level, uint64_t hash)
{
	return level == 0 || lw_hash_mix(hash) >> (64 - level) == 0;
}

/* Renumbers services: those that go are one from now on, tally.rest. */
void lw_level_raise_services(struct lw_tally *t);

/*
 * Nodes stay by the zero bits of what they are and of their service together, so that what one
 * service says in many ways and what many services say in one are both thinned out.  Those that go
 * are counted by their rule, or by their signature, over all services, where that is kept.
 */
bool lw_level_keeps_node(const struct lw_tally *t, const struct lw_kind *kind);
struct lw_kind lw_level_shared(const struct lw_tally *t, const struct lw_kind *kind);
bool lw_level_keeps_shared(const struct lw_tally *t, const struct lw_kind *shared);

void lw_level_raise_nodes(struct lw_tally *t);  /* renumbers nodes, none higher than before */
void lw_level_limit_shared(struct lw_tally *t); /* likewise, where there are too many shared ones */
void lw_level_shared_to(struct lw_tally *t, unsigned level); /* likewise, at least to this level */
void lw_level_raise_scopes(struct lw_tally *t);              /* instances and pairs */

#endif
