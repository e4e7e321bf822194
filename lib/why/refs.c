/* refs.c - events by scope and time. */
#include "why/refs.h"

#include <stdlib.h>

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))
#define INNER (UINT32_C(1) << 31)

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
scope_of(const struct lw_tally *t, const struct lw_event *ev, enum lw_scope kind)
{
	switch (kind) {
	case LW_SCOPE_TRACE:
		return ev->trace;
	case LW_SCOPE_INSTANCE:
		return ev->instance;
	case LW_SCOPE_SERVICE:
		return t->services[t->nodes[ev->node].service].key | 1;
	case LW_SCOPE_SYSTEM:
		break;
	}
	return 1;
}

static bool
has_slack(const struct lw_event *ev, enum lw_scope kind, bool slack)
{
	return slack && (ev->flags & LW_EVENT_REQUEST) != 0 && kind != LW_SCOPE_TRACE;
}

/* An event as it is put in order. */
struct lw_ordering {
	uint64_t scope;
	int64_t at_ns;
	uint64_t entry_key;
	uint32_t event;
	uint32_t inner_vertex; /* the highest bit: it is inner; below it the vertex, which may
				  become another one later */
};

static int
in_order(const void *pa, const void *pb)
{
	const struct lw_ordering *a = pa, *b = pb;
	int c = LESS(a->scope, b->scope);

	if (c == 0)
		c = LESS(a->at_ns, b->at_ns);
	if (c == 0)
		c = LESS(a->entry_key, b->entry_key);
	return c != 0 ? c : LESS(b->inner_vertex, a->inner_vertex);
}

bool
lw_why_order(struct lw_analysis *a)
{
	size_t n = a->tally->event_count + (size_t)1;
	unsigned kind, slack;

	a->orders = lw_arena_zalloc(a->arena, sizeof(*a->orders));
	if (a->orders == NULL)
		return false;
	a->orders->room = lw_arena_alloc(a->arena, n * sizeof(*a->orders->room));
	for (kind = 0; kind < LW_SCOPE_COUNT; kind++) {
		for (slack = 0; slack < 2; slack++) {
			struct lw_order *o = &a->orders->of[kind][slack];

			o->events = lw_arena_alloc(a->arena, n * sizeof(*o->events));
			if (a->orders->room == NULL || o->events == NULL)
				return false;
		}
	}
	return true;
}

/* All events with a node, a time and such a scope, in order: made once, asked for again and again.
 */
static const struct lw_order *
order_of(const struct lw_analysis *a, enum lw_scope kind, bool slack)
{
	const struct lw_tally *t = a->tally;
	struct lw_order *o = &a->orders->of[kind][slack];
	struct lw_ordering *list = a->orders->room;
	uint32_t i, n = 0;

	if (o->made)
		return o;
	for (i = 0; i < t->event_count; i++) {
		const struct lw_event *ev = &t->events[i];

		if (ev->node == LW_NO_NODE || ev->effect_ns == LW_TIME_NONE)
			continue;
		list[n] = (struct lw_ordering){.scope = scope_of(t, ev, kind),
		    .at_ns = ev->effect_ns,
		    .entry_key = ev->entry_key,
		    .event = i,
		    .inner_vertex = ((ev->flags & LW_EVENT_INNER) != 0 ? INNER : 0) |
				    (a->vertex_of_event[i] & (INNER - 1))};
		if (has_slack(ev, kind, slack))
			list[n].at_ns += LW_REQUEST_SLACK_NS;
		n += list[n].scope != 0;
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), in_order);
	for (i = 0; i < n; i++)
		o->events[i] = list[i].event;
	o->count = n;
	o->made = true;
	return o;
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
	const struct lw_order *order = order_of(a, kind, slack);
	bool ordered = true;
	uint32_t i, n = 0;

	for (i = 0; i < order->count; i++) {
		uint32_t at = order->events[i];
		const struct lw_event *ev = &t->events[at];
		struct lw_ref r = {.scope = scope_of(t, ev, kind),
		    .at_ns = ev->effect_ns,
		    .start_ns = ev->start_ns,
		    .entry_key = ev->entry_key,
		    .vertex = a->vertex_of_event[at],
		    .event = at,
		    .slack = has_slack(ev, kind, slack),
		    .inner = (ev->flags & LW_EVENT_INNER) != 0};

		if (r.vertex == LW_NO_VERTEX || !a->vertices[r.vertex].candidate ||
		    !lw_tally_keeps(t, ev, kind))
			continue;
		if (r.slack)
			r.at_ns += LW_REQUEST_SLACK_NS;
		r.cut_off = (kind == LW_SCOPE_SERVICE || kind == LW_SCOPE_SYSTEM) &&
			    lw_tally_cut_off(t, ev, LW_NEARBY_NS);
		ordered = ordered && (n == 0 || by_scope(&refs[n - 1], &r) <= 0);
		refs[n++] = r;
	}
	if (!ordered) /* vertices have changed since */
		qsort(refs, n, sizeof(*refs), by_scope);
	return drop_twins(refs, n);
}
