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

/*
 * Is the event part of a scope of this kind that is kept whole?  Scopes are
 * traces, instances within ten minutes, and stretches of two minutes over all
 * services; an event stays where one of its three scopes does.
 */
bool lw_level_keeps_scope(unsigned level, const struct lw_event *ev, enum lw_scope kind);
bool lw_level_keeps_event(unsigned level, const struct lw_event *ev);

void lw_level_raise_nodes(struct lw_tally *t);  /* unknown messages; renumbers nodes */
void lw_level_raise_scopes(struct lw_tally *t); /* instances and pairs */
void lw_level_raise_events(struct lw_tally *t);

#endif
