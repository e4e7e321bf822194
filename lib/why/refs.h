/* refs.h - the events of an analysis in the order of a scope (private to why/). */
#ifndef LW_WHY_REFS_H
#define LW_WHY_REFS_H

#include "base/sort.h"
#include "why/why.h"

/* What killed a request is often logged a moment after the load balancer gave up on it. */
#define LW_REQUEST_SLACK_NS (2 * LW_NS_PER_S)

#define LW_NEARBY_NS (60 * LW_NS_PER_S) /* before an effect that only time ties to its cause */

struct lw_ref {           /* an event that may stand in a chain */
	uint64_t scope;   /* trace, instance or service; 1 over all services */
	int64_t at_ns;    /* of its effect; a request's plus the slack, but for traces */
	int64_t start_ns; /* of its entry */
	uint64_t entry_key;
	uint32_t vertex;
	uint32_t event; /* into tally.events */
	bool slack;     /* at_ns has the slack in it */
	bool cut_off;   /* what came before it was not drawn: it is nobody's effect */
	bool inner;     /* its entry names it as the cause of what else it says */
};

/* The events of one kind of scope, in their order. */
struct lw_order {
	uint32_t *events; /* indices into tally.events, and whether they are cut off */
	uint32_t count;
	bool made; /* when it is first asked for */
};
struct lw_orders {
	struct lw_order by_time;               /* whatever their scopes */
	bool requests;                         /* are any among these? */
	struct lw_order of[LW_SCOPE_COUNT][2]; /* without slack, with it */
};

/* Room for the orders of an analysis, before the first lw_refs_collect; false where memory ran out.
 */
bool lw_why_order(struct lw_analysis *a);

/*
 * Fill refs (room for tally.event_count) with the events that have a time and a
 * scope of this kind that was drawn whole, by scope and time.  Returns how many.
 * With slack a request comes after what was logged up to LW_REQUEST_SLACK_NS later.
 */
uint32_t lw_refs_collect(
    const struct lw_analysis *a, enum lw_scope kind, bool slack, struct lw_ref *refs);

/* How far back a cause is close to an effect (close.c): a twentieth of the mean distance between
 * two, on one of its instances or over all; -1 where it comes too seldom to tell. */
int64_t lw_close_reach(const struct lw_vertex *v, enum lw_scope kind);

/* By which kind of scope closeness is told: by instances where both have them, else over all. */
enum lw_scope lw_close_scope(const struct lw_vertex *effect, const struct lw_vertex *cause);

/* How far back a cause may lie in a scope of this kind. */
int64_t lw_scope_horizon(enum lw_scope kind);

#endif
