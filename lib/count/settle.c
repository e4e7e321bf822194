/* settle.c - the end of counting: instance counts and the order of events. */
#include <stdlib.h>

#include "count/draw.h"

#define LESS(a, b) ((a) < (b) ? -1 : (a) > (b))

static int
by_scope_and_time(const void *pa, const void *pb)
{
	const struct lw_event *a = pa, *b = pb;
	int c = LESS(a->instance, b->instance);

	if (c == 0)
		c = LESS(a->effect_ns, b->effect_ns);
	if (c == 0)
		c = LESS(a->start_ns, b->start_ns);
	if (c == 0)
		c = LESS(a->entry_key, b->entry_key);
	if (c == 0)
		c = LESS(a->node, b->node); /* nodes are in order of key by now */
	return c;
}

struct place {
	uint64_t key;
	uint32_t at;
};

static int
by_key(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;

	return LESS(a->key, b->key);
}

/* Nodes in the order of their keys, so that no later step sees the order of arrival. */
static bool
order_nodes(struct lw_tally *t)
{
	struct place *places = malloc(((size_t)t->node_count + 1) * sizeof(*places));
	uint32_t *to = malloc(((size_t)t->node_count + 1) * sizeof(*to));
	struct lw_node *nodes = calloc((size_t)t->node_count + 1, sizeof(*nodes));
	uint32_t i;

	if (places == NULL || to == NULL || nodes == NULL) {
		free(places);
		free(to);
		free(nodes);
		return false;
	}
	for (i = 0; i < t->node_count; i++)
		places[i] = (struct place){t->nodes[i].key, i};
	qsort(places, t->node_count, sizeof(*places), by_key);
	lw_map_clear(&t->node_map);
	for (i = 0; i < t->node_count; i++) {
		nodes[i] = t->nodes[places[i].at];
		to[places[i].at] = i;
		(void)lw_map_put(&t->node_map, nodes[i].key, i);
	}
	for (i = 0; i < t->pair_count; i++)
		t->pairs[i].node = to[t->pairs[i].node];
	for (i = 0; i < t->event_count; i++)
		if (t->events[i].node != LW_NO_NODE)
			t->events[i].node = to[t->events[i].node];
	free(t->nodes);
	t->nodes = nodes;
	t->node_capacity = t->node_count + 1;
	free(places);
	free(to);
	return true;
}

/* Revisions of a service, few, in the order in which they were first seen; those at once by name.
 */
static void
order_revisions(const struct lw_tally *t, struct lw_service *s)
{
	uint32_t i, k;

	for (i = 1; i < s->revision_count; i++) {
		struct lw_service_revision r = s->revisions[i];
		struct lw_str name = lw_intern_get(&t->revisions, r.revision);

		for (k = i; k > 0; k--) {
			const struct lw_service_revision *before = &s->revisions[k - 1];

			if (before->first_ns < r.first_ns ||
			    (before->first_ns == r.first_ns &&
				lw_str_cmp(lw_intern_get(&t->revisions, before->revision), name) <
				    0))
				break;
			s->revisions[k] = *before;
		}
		s->revisions[k] = r;
	}
	s->recent_revision = 0;
}

/* The events of nodes that are there, as many as there is room for. */
static bool
settle_events(struct lw_tally *t)
{
	struct lw_event ev;
	size_t at = 0;

	lw_draw_cut(t);
	t->events = malloc(((size_t)t->kept.count + 1) * sizeof(*t->events));
	if (t->events == NULL)
		return false;
	while (lw_events_get(&t->kept, &at, &ev))
		if (ev.node != LW_NO_NODE || (ev.flags & LW_EVENT_BRIDGE) != 0)
			t->events[t->event_count++] = ev;
	lw_events_fini(&t->kept);
	return true;
}

void
lw_tally_settle(struct lw_tally *t)
{
	uint32_t i;

	if (!settle_events(t) || !order_nodes(t)) {
		t->failed = true;
		return;
	}
	for (i = 0; i < t->service_count; i++)
		order_revisions(t, &t->services[i]);
	for (i = 0; i < t->node_count; i++)
		t->nodes[i].instances = 0;
	for (i = 0; i < t->pair_count; i++)
		t->nodes[t->pairs[i].node].instances++;
	lw_changes_settle(&t->changes);
	lw_settings_settle(&t->settings);
	if (t->event_count > 1)
		qsort(t->events, t->event_count, sizeof(*t->events), by_scope_and_time);
}
