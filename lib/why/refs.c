/* refs.c - events by scope and time. */
#include "why/refs.h"

#include <stdlib.h>

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))

static int
by_scope(const void *pa, const void *pb)
{
	const struct lw_ref *a = pa, *b = pb;
	int c = LESS(a->scope, b->scope);

	if (c == 0)
		c = LESS(a->at_ns, b->at_ns);
	if (c == 0)
		c = LESS(a->entry_key, b->entry_key);
	if (c == 0)
		c = LESS(b->vertex, a->vertex);
	return c;
}

uint32_t
lw_refs_collect(const struct lw_analysis *a, enum lw_scope kind, struct lw_ref *refs)
{
	const struct lw_tally *t = a->tally;
	uint32_t i, n = 0;

	for (i = 0; i < t->event_count; i++) {
		const struct lw_event *ev = &t->events[i];
		struct lw_ref r = {
		    .at_ns = ev->effect_ns, .start_ns = ev->start_ns, .entry_key = ev->entry_key};

		if (ev->node == LW_NO_NODE || ev->effect_ns == LW_TIME_NONE)
			continue;
		r.vertex = a->vertex_of_node[ev->node];
		if (kind == LW_SCOPE_TRACE)
			r.scope = ev->trace;
		else if (kind == LW_SCOPE_INSTANCE)
			r.scope = ev->instance;
		else
			r.scope = t->services[a->vertices[r.vertex].service].key;
		if (r.scope == 0 && kind != LW_SCOPE_SERVICE)
			continue;
		r.slack = (ev->flags & LW_EVENT_REQUEST) != 0 && kind != LW_SCOPE_TRACE;
		if (r.slack)
			r.at_ns += LW_REQUEST_SLACK_NS;
		refs[n++] = r;
	}
	if (n > 1)
		qsort(refs, n, sizeof(*refs), by_scope);
	return n;
}
