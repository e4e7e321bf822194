/* refs.h - the events of an analysis in the order of a scope (private to why/). */
#ifndef LW_WHY_REFS_H
#define LW_WHY_REFS_H

#include "why/why.h"

/* What killed a request is often logged a moment after the load balancer gave up on it. */
#define LW_REQUEST_SLACK_NS (2 * LW_NS_PER_S)

struct lw_ref {           /* an event that may stand in a chain */
	uint64_t scope;   /* trace, instance or service */
	int64_t at_ns;    /* of its effect; a request's plus the slack, but for traces */
	int64_t start_ns; /* of its entry */
	uint64_t entry_key;
	uint32_t vertex;
	bool slack; /* at_ns has the slack in it */
};

/*
 * Fill refs (room for tally.event_count) with the events that have a scope of
 * this kind and a time, by scope and time.  Returns how many.
 */
uint32_t lw_refs_collect(const struct lw_analysis *a, enum lw_scope kind, struct lw_ref *refs);

#endif
