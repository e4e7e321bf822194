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
	if (c == 0) /* what a trace names as the cause was raised first */
		c = LESS(b->inner, a->inner);
	if (c == 0)
		c = LESS(b->vertex, a->vertex);
	return c;
}

static uint64_t
scope_of(
    const struct lw_analysis *a, const struct lw_event *ev, uint32_t vertex, enum lw_scope kind)
{
	switch (kind) {
	case LW_SCOPE_TRACE:
		return ev->trace;
	case LW_SCOPE_INSTANCE:
		return ev->instance;
	case LW_SCOPE_SERVICE:
		return a->tally->services[a->vertices[vertex].service].key | 1;
	case LW_SCOPE_SYSTEM:
		break;
	}
	return 1;
}

/* What one entry says twice, in its message and in its trace, happened once. */
static uint32_t
drop_twins(struct lw_ref *refs, uint32_t n)
{
	uint32_t i, k, kept = 0;

	for (i = 0; i < n; i++) {
		const struct lw_ref *r = &refs[i];

		for (k = kept; k > 0 && refs[k - 1].entry_key == r->entry_key &&
			       refs[k - 1].scope == r->scope && refs[k - 1].vertex != r->vertex;
		     k--)
			;
		if (k == 0 || refs[k - 1].entry_key != r->entry_key ||
		    refs[k - 1].scope != r->scope)
			refs[kept++] = *r;
	}
	return kept;
}

uint32_t
lw_refs_collect(const struct lw_analysis *a, enum lw_scope kind, bool slack, struct lw_ref *refs)
{
	const struct lw_tally *t = a->tally;
	uint32_t i, n = 0;

	for (i = 0; i < t->event_count; i++) {
		const struct lw_event *ev = &t->events[i];
		struct lw_ref r = {.at_ns = ev->effect_ns,
		    .start_ns = ev->start_ns,
		    .entry_key = ev->entry_key,
		    .vertex = a->vertex_of_event[i],
		    .event = i,
		    .inner = (ev->flags & LW_EVENT_INNER) != 0};

		if (r.vertex == LW_NO_VERTEX || ev->effect_ns == LW_TIME_NONE ||
		    !a->vertices[r.vertex].candidate || !lw_tally_keeps(t, ev, kind))
			continue;
		r.scope = scope_of(a, ev, r.vertex, kind);
		if (r.scope == 0)
			continue;
		r.slack = slack && (ev->flags & LW_EVENT_REQUEST) != 0 && kind != LW_SCOPE_TRACE;
		if (r.slack)
			r.at_ns += LW_REQUEST_SLACK_NS;
		r.cut_off = (kind == LW_SCOPE_SERVICE || kind == LW_SCOPE_SYSTEM) &&
			    lw_tally_cut_off(t, ev, LW_NEARBY_NS);
		refs[n++] = r;
	}
	if (n > 1)
		qsort(refs, n, sizeof(*refs), by_scope);
	return drop_twins(refs, n);
}
