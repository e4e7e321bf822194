/* level.c - dropping the rows that a raised level no longer keeps. */
#include "count/level.h"

#include <stdlib.h>

#include "count/node.h"

static void
index_again(struct lw_tally *t)
{
	uint32_t i;

	lw_map_clear(&t->pair_map);
	for (i = 0; i < t->pair_count; i++)
		(void)lw_map_put(&t->pair_map,
		    lw_hash_pair(t->pairs[i].instance, t->nodes[t->pairs[i].node].key), i);
}

void
lw_level_raise_scopes(struct lw_tally *t)
{
	uint32_t i, kept = 0;

	t->scope_level++;
	for (i = 0; i < t->pair_count; i++)
		if (lw_level_keeps(t->scope_level, t->pairs[i].instance))
			t->pairs[kept++] = t->pairs[i];
	t->pair_count = kept;
	index_again(t);
	lw_map_clear(&t->instance_map);
	for (i = 0, kept = 0; i < t->instance_count; i++) {
		if (!lw_level_keeps(t->scope_level, t->instances[i].hash))
			continue;
		t->instances[kept] = t->instances[i];
		(void)lw_map_put(&t->instance_map, t->instances[kept].hash, kept);
		kept++;
	}
	t->instance_count = kept;
}

/* Nodes that stay get new numbers; pairs of the others go, and their events count no more. */
static void
renumber(struct lw_tally *t, const uint32_t *to)
{
	struct lw_events renumbered = lw_events_again(&t->kept);
	struct lw_event ev;
	size_t at = 0;
	uint32_t i, kept = 0;

	for (i = 0; i < t->pair_count; i++) {
		if (to[t->pairs[i].node] == LW_NO_NODE)
			continue;
		t->pairs[kept] = t->pairs[i];
		t->pairs[kept++].node = to[t->pairs[i].node];
	}
	t->pair_count = kept;
	while (lw_events_get(&t->kept, &at, &ev)) {
		if (ev.node != LW_NO_NODE)
			ev.node = to[ev.node]; /* no higher than before */
		lw_events_keep(&renumbered, &ev);
	}
	t->kept = renumbered;
}

void
lw_level_raise_nodes(struct lw_tally *t)
{
	uint32_t *to = malloc(((size_t)t->node_count + 1) * sizeof(*to));
	uint32_t i, kept = 0;

	if (to == NULL) {
		t->failed = true;
		return;
	}
	t->node_level++;
	lw_map_clear(&t->node_map);
	for (i = 0; i < t->node_count; i++) {
		struct lw_node *n = &t->nodes[i];

		if (n->rule == LW_NO_RULE && !lw_level_keeps(t->node_level, lw_hash_mix(n->what))) {
			t->dropped_nodes_entries += n->count;
			lw_node_fini(n);
			to[i] = LW_NO_NODE;
			continue;
		}
		to[i] = kept;
		(void)lw_map_put(&t->node_map, n->key, kept);
		t->nodes[kept++] = *n;
	}
	t->node_count = kept;
	renumber(t, to);
	index_again(t);
	free(to);
}
