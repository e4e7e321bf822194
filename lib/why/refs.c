/* refs.c - events by scope and time. */
#include "why/refs.h"

#include <stdlib.h>

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))
#define INNER (UINT32_C(1) << 31)
#define CUT_OFF \
	(UINT32_C(1) << 31) /* of an event in an order: what came before it was not drawn \
			     */

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

/* What of an event is looked at last: inner ones first, then the higher vertex, which may become
 * another one later. */
static uint32_t
inner_vertex(const struct lw_analysis *a, uint32_t event)
{
	return ((a->tally->events[event].flags & LW_EVENT_INNER) != 0 ? INNER : 0) |
	       (a->vertex_of_event[event] & (INNER - 1));
}

bool
lw_why_order(struct lw_analysis *a)
{
	size_t n = a->tally->event_count + (size_t)1;
	struct lw_orders *o = lw_arena_zalloc(a->arena, sizeof(*o));
	unsigned kind, slack;
	bool ok;

	a->orders = o;
	if (o == NULL)
		return false;
	o->by_time.events = lw_arena_alloc(a->arena, n * sizeof(*o->by_time.events));
	ok = o->by_time.events != NULL;
	for (kind = 0; kind < LW_SCOPE_COUNT; kind++) {
		for (slack = 0; slack < 2; slack++) {
			struct lw_order *of = &o->of[kind][slack];

			of->events = lw_arena_alloc(a->arena, n * sizeof(*of->events));
			ok = ok && of->events != NULL;
		}
	}
	return ok;
}

/* list[0..n) are of one time: by entry, and within it as inner_vertex tells. */
static void
order_at_once(const struct lw_analysis *a, struct lw_keyed *list, struct lw_keyed *room, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		list[i].key = UINT32_MAX - inner_vertex(a, list[i].item);
	lw_sort_keyed(list, room, n);
	for (i = 0; i < n; i++)
		list[i].key = a->tally->events[list[i].item].entry_key;
	lw_sort_keyed(list, room, n);
}

/* All events with a node and a time, by this and what order_at_once says; lists are for twice as
 * many events as there are, here and below. */
static const struct lw_order *
by_time(const struct lw_analysis *a, struct lw_keyed *lists)
{
	const struct lw_event *events = a->tally->events;
	struct lw_order *o = &a->orders->by_time;
	struct lw_keyed *list = lists, *room = lists + a->tally->event_count;
	uint32_t i, to, n = 0;

	if (o->made)
		return o;
	for (i = 0; i < a->tally->event_count; i++)
		if (events[i].node != LW_NO_NODE && events[i].effect_ns != LW_TIME_NONE)
			list[n++] = (struct lw_keyed){lw_sort_key(events[i].effect_ns), i};
	lw_sort_keyed(list, room, n);
	for (i = 0; i < n; i = to) {
		for (to = i + 1; to < n && list[to].key == list[i].key; to++)
			;
		if (to - i > 1)
			order_at_once(a, list + i, room, to - i);
	}
	for (i = 0; i < n; i++) {
		o->events[i] = list[i].item;
		a->orders->requests =
		    a->orders->requests || (events[list[i].item].flags & LW_EVENT_REQUEST) != 0;
	}
	o->count = n;
	o->made = true;
	return o;
}

/* Of these those with such a scope that was drawn whole, by scope. */
static void
order_by_scope(
    const struct lw_analysis *a, enum lw_scope kind, struct lw_keyed *lists, struct lw_order *o)
{
	const struct lw_tally *t = a->tally;
	const struct lw_order *timely = by_time(a, lists);
	const bool all = t->event_limit == LW_NO_LIMIT; /* were drawn */
	struct lw_keyed *list = lists, *room = lists + t->event_count;
	uint32_t i, n = 0;

	if (kind == LW_SCOPE_SYSTEM && all) {
		*o = *timely;
		return;
	}
	for (i = 0; i < timely->count; i++) {
		const struct lw_event *ev = &t->events[timely->events[i]];
		uint64_t scope = scope_of(t, ev, kind);

		if (scope != 0 && (all || lw_tally_keeps(t, ev, kind)))
			list[n++] = (struct lw_keyed){scope, timely->events[i]};
	}
	lw_sort_keyed(list, room, n);
	for (i = 0; i < n; i++) {
		bool cut_off = !all && (kind == LW_SCOPE_SERVICE || kind == LW_SCOPE_SYSTEM) &&
			       lw_tally_cut_off(t, &t->events[list[i].item], LW_NEARBY_NS);

		o->events[i] = list[i].item | (cut_off ? CUT_OFF : 0);
	}
	o->count = n;
	o->made = true;
}

/* Does x, at its time and the slack, come before y at its own? */
static bool
comes_first(const struct lw_analysis *a, uint32_t x, uint32_t y)
{
	const struct lw_event *ev = &a->tally->events[x], *other = &a->tally->events[y];
	int c = LESS(ev->effect_ns + LW_REQUEST_SLACK_NS, other->effect_ns);

	if (c == 0)
		c = LESS(ev->entry_key, other->entry_key);
	if (c == 0)
		c = LESS(inner_vertex(a, y), inner_vertex(a, x));
	return c != 0 ? c < 0 : x < y;
}

/* One scope, events[0..n), into `to`: two sequences, with slack and without, become one. */
static void
merge_slack(const struct lw_analysis *a, enum lw_scope kind, const uint32_t *events, uint32_t n,
    uint32_t *to)
{
	const struct lw_event *all = a->tally->events;
	uint32_t late = 0, other = 0;

	for (;;) {
		while (late < n && !has_slack(&all[events[late] & ~CUT_OFF], kind, true))
			late++;
		while (other < n && has_slack(&all[events[other] & ~CUT_OFF], kind, true))
			other++;
		if (late < n && (other >= n || comes_first(a, events[late] & ~CUT_OFF,
						   events[other] & ~CUT_OFF)))
			*to++ = events[late++];
		else if (other < n)
			*to++ = events[other++];
		else
			return;
	}
}

static void
order_with_slack(const struct lw_analysis *a, enum lw_scope kind, const struct lw_order *without,
    struct lw_order *o)
{
	const struct lw_tally *t = a->tally;
	uint32_t from, to;

	for (from = 0; from < without->count; from = to) {
		uint64_t scope = scope_of(t, &t->events[without->events[from] & ~CUT_OFF], kind);

		for (to = from + 1; to < without->count; to++)
			if (scope_of(t, &t->events[without->events[to] & ~CUT_OFF], kind) != scope)
				break;
		merge_slack(a, kind, without->events + from, to - from, o->events + from);
	}
	o->count = without->count;
	o->made = true;
}

/* All events with a node, a time and such a scope, in order: made once, asked for again and again.
 */
static const struct lw_order *
order_of(const struct lw_analysis *a, enum lw_scope kind, bool slack, struct lw_keyed *lists)
{
	struct lw_order *without = &a->orders->of[kind][false], *with = &a->orders->of[kind][true];

	if (!without->made)
		order_by_scope(a, kind, lists, without);
	if (!slack || kind == LW_SCOPE_TRACE || !a->orders->requests)
		return without;
	if (!with->made)
		order_with_slack(a, kind, without, with);
	return with;
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
		    refs[k - 1].scope != r->scope) {
			if (kept != i)
				refs[kept] = *r;
			kept++;
		}
	}
	return kept;
}

_Static_assert(sizeof(struct lw_ref) >= 2 * sizeof(struct lw_keyed), "room for two lists");

uint32_t
lw_refs_collect(const struct lw_analysis *a, enum lw_scope kind, bool slack, struct lw_ref *refs)
{
	const struct lw_tally *t = a->tally;
	/* An order is made in the room of what it is made for. */
	const struct lw_order *order = order_of(a, kind, slack, (void *)refs);
	bool ordered = true, twins = false; /* does an entry come twice in a row? */
	uint32_t i, n = 0;

	for (i = 0; i < order->count; i++) {
		uint32_t at = order->events[i] & ~CUT_OFF, vertex = a->vertex_of_event[at];
		const struct lw_event *ev = &t->events[at];
		struct lw_ref *r = &refs[n];

		if (vertex == LW_NO_VERTEX || !a->vertices[vertex].candidate)
			continue;
		*r = (struct lw_ref){.scope = scope_of(t, ev, kind),
		    .at_ns = ev->effect_ns,
		    .start_ns = ev->start_ns,
		    .entry_key = ev->entry_key,
		    .vertex = vertex,
		    .event = at,
		    .slack = has_slack(ev, kind, slack),
		    .cut_off = (order->events[i] & CUT_OFF) != 0,
		    .inner = (ev->flags & LW_EVENT_INNER) != 0};
		if (r->slack)
			r->at_ns += LW_REQUEST_SLACK_NS;
		n++;
		if (n == 1 || refs[n - 2].entry_key != r->entry_key)
			continue;
		/* Of an entry vertices alone may have changed since. */
		ordered = ordered && by_scope(&refs[n - 2], r) <= 0;
		twins = true;
	}
	if (!ordered)
		qsort(refs, n, sizeof(*refs), by_scope);
	return twins ? drop_twins(refs, n) : n;
}
