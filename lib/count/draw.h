/*
 * draw.h - which events stay where there are too many (private to count/).
 *
 * A scope has a draw, a number made of its hash, and the events of the least draws stay, as
 * many as there is room for: what stays depends on the set of events alone, and a scope
 * stays or goes whole.  Scopes are traces, instances within ten minutes, and stretches of two
 * minutes over all services; an event stays where one of its three does.
 *
 * Of the scope at the limit, which one log can be all of, a part may stay: the lower bits of a draw
 * are of ever shorter windows of time within the scope, down to the entry.
 */
#ifndef LW_COUNT_DRAW_H
#define LW_COUNT_DRAW_H

#include "count/tally.h"

/* Is the event among those that stay, by the limit so far? */
bool lw_draw_keeps(const struct lw_tally *t, const struct lw_event *ev);

/* Drop what is at the limit `limit` or above it; nothing where it is no lower than the one so far.
 */
void lw_draw_limit(struct lw_tally *t, uint64_t limit);

/* Lower the limit until at most tally.max.events stay; nothing where no more are there. */
void lw_draw_cut(struct lw_tally *t);

#endif
