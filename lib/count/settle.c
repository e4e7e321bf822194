/* settle.c - the end of counting: instance counts and the order of events. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/sort.h"
#include "count/draw.h"
#include "count/rows.h"

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

/* The events as `list` has them, each moved once. */
static void
move_events(struct lw_event *events, struct lw_keyed *list, uint32_t n)
{
	uint32_t i, at, from;

	for (i = 0; i < n; i++) {
		struct lw_event first = events[i];

		for (at = i; list[at].item != i; at = from) {
			from = list[at].item;
			events[at] = events[from];
			list[at].item = at;
		}
		events[at] = first;
		list[at].item = at;
	}
}

/* By instance and time, which decide for nearly all, and then by the rest. */
static bool
order_events(struct lw_tally *t)
{
	const size_t n = t->event_count;
	struct lw_keyed *list = malloc((n + 1) * sizeof(*list) * 2), *room;
	struct lw_event *events = t->events;
	size_t i, to;

	if (list == NULL)
		return false;
	room = list + n;
	for (i = 0; i < n; i++)
		list[i] = (struct lw_keyed){lw_sort_key(events[i].effect_ns), (uint32_t)i};
	lw_sort_keyed(list, room, n);
	for (i = 0; i < n; i++)
		list[i].key = events[list[i].item].instance;
	lw_sort_keyed(list, room, n);
	move_events(events, list, t->event_count);
	free(list);
	for (i = 0; i < n; i = to) {
		for (to = i + 1; to < n && events[to].effect_ns == events[i].effect_ns &&
				 events[to].instance == events[i].instance;
		     to++)
			;
		if (to - i > 1)
			qsort(events + i, to - i, sizeof(*events), by_scope_and_time);
	}
	return true;
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

struct seen_revision {
	struct lw_service_revision row;
	struct lw_str name;
};

static int
as_first_seen(const void *pa, const void *pb)
{
	const struct seen_revision *a = pa, *b = pb;
	int c = LESS(a->row.first_ns, b->row.first_ns);

	return c != 0 ? c : lw_str_cmp(a->name, b->name);
}

/* Revisions of a service in the order in which they were first seen; those at once by name. */
static bool
order_revisions(const struct lw_tally *t, struct lw_service *s)
{
	struct seen_revision *seen;
	uint32_t i;

	if (s->revision_count < 2)
		return true;
	seen = malloc(s->revision_count * sizeof(*seen));
	if (seen == NULL)
		return false;
	for (i = 0; i < s->revision_count; i++)
		seen[i] = (struct seen_revision){
		    s->revisions[i], lw_intern_get(&t->revisions, s->revisions[i].revision)};
	qsort(seen, s->revision_count, sizeof(*seen), as_first_seen);
	for (i = 0; i < s->revision_count; i++)
		s->revisions[i] = seen[i].row;
	free(seen);
	return true;
}

/* Is a revision among those that its service kept to the end? */
static bool
is_kept(const struct lw_tally *t, uint32_t service, uint32_t revision)
{
	const struct lw_service *s = &t->services[service];

	if (revision == LW_INTERN_FULL || !s->revisions_dropped)
		return revision != LW_INTERN_FULL;
	return lw_rows_find_revision(s, lw_hash_str(lw_intern_get(&t->revisions, revision), 0)) !=
	       LW_INTERN_FULL;
}

/* Before they are in order of time: what names a revision that was kept for a while alone names
 * none. */
static void
forget_revisions(struct lw_tally *t)
{
	uint32_t i, k, kept;

	for (i = 0; i < t->node_count; i++) {
		struct lw_node *n = &t->nodes[i];

		for (k = 0; k < n->value_count; k++)
			if (!is_kept(t, n->service, n->values[k].revision))
				n->values[k].revision = LW_INTERN_FULL;
		for (k = 0, kept = 0; k < n->revision_count; k++)
			if (is_kept(t, n->service, n->revisions[k]))
				n->revisions[kept++] = n->revisions[k];
		n->revision_count = kept;
	}
	for (i = 0; i < t->instance_count; i++)
		if (!is_kept(t, t->instances[i].service, t->instances[i].revision))
			t->instances[i].revision = LW_INTERN_FULL;
}

static int
by_node(const void *pa, const void *pb)
{
	const struct lw_pair *a = pa, *b = pb;
	int c = LESS(a->node, b->node);

	return c != 0 ? c : LESS(a->instance, b->instance);
}

/* Pairs of the nodes that are there; of one that others share with it, each instance once. */
static void
settle_pairs(struct lw_tally *t)
{
	uint32_t i, kept = 0;

	if (t->node_level > 0 && t->pair_count > 1)
		qsort(t->pairs, t->pair_count, sizeof(*t->pairs), by_node);
	for (i = 0; i < t->pair_count; i++) {
		if (t->pairs[i].node == LW_NO_NODE ||
		    (t->node_level > 0 && kept > 0 &&
			by_node(&t->pairs[kept - 1], &t->pairs[i]) == 0))
			continue;
		t->pairs[kept++] = t->pairs[i];
	}
	t->pair_count = kept;
}

/* The events of nodes that are there, as many as there is room for. */
static bool
settle_events(struct lw_tally *t)
{
	struct lw_events_place place = {0};
	struct lw_event ev;

	lw_draw_cut(t);
	t->events = malloc(((size_t)t->kept.count + 1) * sizeof(*t->events));
	if (t->events == NULL)
		return false;
	while (lw_events_get(&t->kept, &place, &ev))
		if (ev.node != LW_NO_NODE || (ev.flags & LW_EVENT_BRIDGE) != 0)
			t->events[t->event_count++] = ev;
	lw_events_fini(&t->kept);
	return true;
}

void
lw_tally_settle(struct lw_tally *t)
{
	uint32_t i;

	settle_pairs(t);
	if (!settle_events(t) || !order_nodes(t)) {
		t->failed = true;
		return;
	}
	forget_revisions(t);
	for (i = 0; i < t->service_count; i++) {
		t->services[i].recent_revision = 0;
		if (!order_revisions(t, &t->services[i]))
			t->failed = true;
	}
	for (i = 0; i < t->node_count; i++)
		t->nodes[i].instances = 0;
	for (i = 0; i < t->pair_count; i++)
		t->nodes[t->pairs[i].node].instances++;
	lw_changes_settle(&t->changes);
	lw_settings_settle(&t->settings);
	if (!order_events(t))
		t->failed = true;
}
