/* stated.c - what entries themselves name as the cause of what they report. */
#include "why/linker.h"

#define BRIDGE_REACH_NS (2 * LW_NS_PER_S)
#define HEADER_REACH_NS LW_NS_PER_MS /* a logger writes a message and its trace at once */

/* Of two things that one entry says, which one does it give as the cause of the other? */
static bool
names_as_cause(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	if (a->vertices[effect].depth != a->vertices[cause].depth)
		return a->vertices[effect].depth < a->vertices[cause].depth;
	return lw_link_in_catalogue(a, effect, cause) && !lw_link_in_catalogue(a, cause, effect);
}

/* Of two things that one entry says, does its trace or its own words put one behind the other? */
static bool
is_told(const struct lw_event *x, const struct lw_event *y)
{
	return x->entry_key == y->entry_key && ((x->flags ^ y->flags) & LW_EVENT_INNER) != 0;
}

/* Of two entries that hang together, where no rule knows either. */
static bool
are_unknown(const struct lw_linker *l, uint32_t effect, uint32_t cause)
{
	return l->a->vertices[effect].depth == LW_DEPTH_UNKNOWN &&
	       l->a->vertices[cause].depth == LW_DEPTH_UNKNOWN;
}

static bool
is_stated(const struct lw_linker *l, uint32_t effect_event, uint32_t cause_event)
{
	const struct lw_event *x = &l->a->tally->events[effect_event];
	const struct lw_event *y = &l->a->tally->events[cause_event];
	uint32_t effect = l->a->vertex_of_event[effect_event];
	uint32_t cause = l->a->vertex_of_event[cause_event];

	if (is_told(x, y))
		return (y->flags & LW_EVENT_INNER) != 0;
	return names_as_cause(l->a, effect, cause) ||
	       (x->entry_key != y->entry_key && are_unknown(l, effect, cause));
}

static void
state(struct lw_linker *l, uint32_t effect_event, uint32_t cause_event)
{
	uint32_t effect = l->a->vertex_of_event[effect_event];
	uint32_t cause = l->a->vertex_of_event[cause_event];
	struct lw_link_facts *f;

	if (effect == cause || !is_stated(l, effect_event, cause_event))
		return;
	f = lw_linker_get(l, effect, cause);
	if (f != NULL)
		f->stated++;
}

struct span { /* the events of one entry, [from, to) */
	uint32_t from, to;
};

static bool
says(const struct lw_linker *l, struct span entry, uint32_t vertex)
{
	uint32_t i;

	for (i = entry.from; i < entry.to; i++)
		if (l->a->vertex_of_event[i] == vertex)
			return true;
	return false;
}

/* What `cause` says stands behind what `effect` says, unless effect says it itself. */
static void
state_all(struct lw_linker *l, struct span effect, struct span cause)
{
	const uint32_t *vertex = l->a->vertex_of_event;
	bool same = effect.from == cause.from;
	uint32_t i, k;

	for (k = cause.from; k < cause.to; k++) {
		if (!same && says(l, effect, vertex[k]))
			continue;
		for (i = effect.from; i < effect.to; i++)
			state(l, i, k);
	}
}

/* The containers of one pod have logs of their own. */
static bool
are_of_one_service(
    const struct lw_tally *t, const struct lw_event *before, const struct lw_event *after)
{
	return t->nodes[before->node].service == t->nodes[after->node].service;
}

/* Do the two entries stand close to the bridge, on its instance? */
static bool
spans_bridge(
    const struct lw_event *before, const struct lw_event *bridge, const struct lw_event *after)
{
	return bridge->instance != 0 && before->instance == bridge->instance &&
	       after->instance == bridge->instance &&
	       bridge->effect_ns - before->effect_ns <= BRIDGE_REACH_NS &&
	       after->effect_ns - bridge->effect_ns <= BRIDGE_REACH_NS;
}

/* Is `before` the message with which the trace of e was logged, in an entry of its own? */
static bool
is_header(const struct lw_event *before, const struct lw_event *e)
{
	return e->instance != 0 && before->instance == e->instance &&
	       ((before->flags ^ e->flags) & LW_EVENT_RAISED) != 0 &&
	       (e->flags & LW_EVENT_RAISED) != 0 && (before->flags & LW_EVENT_REQUEST) == 0 &&
	       e->effect_ns - before->effect_ns <= HEADER_REACH_NS;
}

/* Entries that name a cause, and traces with a bridge between them; the tally's events are in
 * order. */
void
lw_link_stated(struct lw_linker *l)
{
	const struct lw_tally *t = l->a->tally;
	const struct lw_event *bridge = NULL;
	struct span entry, before = {0, 0};

	for (entry.from = 0; entry.from < t->event_count; entry.from = entry.to) {
		const struct lw_event *e = &t->events[entry.from];

		for (entry.to = entry.from + 1;
		     entry.to < t->event_count && t->events[entry.to].entry_key == e->entry_key;
		     entry.to++)
			;
		if (t->events[entry.to - 1].node == LW_NO_NODE) { /* the last event of a bridge */
			bridge = e;
			continue;
		}
		state_all(l, entry, entry);
		if (bridge != NULL && before.to > before.from &&
		    are_of_one_service(t, &t->events[before.from], e) &&
		    spans_bridge(&t->events[before.from], bridge, e))
			state_all(l, entry, before);
		if (bridge == NULL && before.to > before.from &&
		    are_of_one_service(t, &t->events[before.from], e) &&
		    is_header(&t->events[before.from], e))
			state_all(l, before, entry);
		bridge = NULL;
		before = entry;
	}
}
