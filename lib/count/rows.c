/* rows.c - finding and making the rows of a tally. */
#include "count/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "count/draw.h"
#include "count/level.h"
#include "count/node.h"
#include "count/table.h"

#define EVENTS_MORE 4 /* a part in so many above the ceiling, so that it is not cut for each */

bool
lw_table_reserve(void **rows, uint32_t count, uint32_t *capacity, size_t row_bytes)
{
	uint32_t more = *capacity == 0 ? 32 : *capacity * 2;
	void *p;

	if (count < *capacity)
		return true;
	p = realloc(*rows, more * row_bytes);
	if (p == NULL)
		return false;
	*rows = p;
	*capacity = more;
	return true;
}

struct lw_instance *
lw_rows_instance(struct lw_tally *t, uint64_t hash, uint32_t service, uint32_t flags,
    int64_t first_ns, int64_t last_ns)
{
	uint32_t at;
	struct lw_instance *i;

	if (hash == 0 || !lw_level_keeps(t->scope_level, hash))
		return NULL;
	at = lw_map_get(&t->instance_map, hash);
	if (at == LW_MAP_NONE) {
		if (!lw_table_reserve((void **)&t->instances, t->instance_count,
			&t->instance_capacity, sizeof(*i)) ||
		    lw_map_put(&t->instance_map, hash, t->instance_count) == LW_MAP_NONE) {
			t->failed = true;
			return NULL;
		}
		at = t->instance_count++;
		t->instances[at] = (struct lw_instance){.hash = hash,
		    .service = service,
		    .revision = LW_INTERN_FULL,
		    .first_ns = LW_TIME_NONE,
		    .last_ns = LW_TIME_NONE,
		    .up_first_ns = LW_TIME_NONE,
		    .up_last_ns = LW_TIME_NONE,
		    .failed_first_ns = LW_TIME_NONE,
		    .failed_last_ns = LW_TIME_NONE};
	}
	i = &t->instances[at];
	i->flags |= flags;
	lw_span_add(&i->first_ns, &i->last_ns, first_ns);
	lw_span_add(&i->first_ns, &i->last_ns, last_ns);
	if (t->instance_count <= t->max.instances)
		return i;
	while (t->instance_count > t->max.instances)
		lw_level_raise_scopes(t);
	at = lw_map_get(&t->instance_map, hash);
	return at == LW_MAP_NONE ? NULL : &t->instances[at];
}

void
lw_rows_start(struct lw_instance *i, uint32_t flags, int64_t first_ns, int64_t last_ns)
{
	if (i == NULL)
		return;
	if ((flags & LW_INSTANCE_CAME_UP) != 0) {
		lw_span_add(&i->up_first_ns, &i->up_last_ns, first_ns);
		lw_span_add(&i->up_first_ns, &i->up_last_ns, last_ns);
	}
	if ((flags & LW_INSTANCE_FAILED) != 0) {
		lw_span_add(&i->failed_first_ns, &i->failed_last_ns, first_ns);
		lw_span_add(&i->failed_first_ns, &i->failed_last_ns, last_ns);
	}
}

void
lw_rows_instance_revision(const struct lw_tally *t, struct lw_instance *i, uint32_t revision)
{
	if (i == NULL || revision == LW_INTERN_FULL || i->revision == revision)
		return;
	if (i->revision == LW_INTERN_FULL || lw_str_cmp(lw_intern_get(&t->revisions, revision),
						 lw_intern_get(&t->revisions, i->revision)) < 0)
		i->revision = revision;
}

void
lw_rows_instance_pod(struct lw_instance *i, uint64_t pod)
{
	if (i != NULL && pod != 0 && (i->pod == 0 || pod < i->pod))
		i->pod = pod;
}

void
lw_rows_pair(struct lw_tally *t, uint64_t instance, uint64_t key, uint32_t node)
{
	uint64_t pair = lw_hash_pair(instance, key);

	if (instance == 0 || !lw_level_keeps(t->scope_level, instance) ||
	    lw_map_get(&t->pair_map, pair) != LW_MAP_NONE)
		return;
	if (!lw_table_reserve(
		(void **)&t->pairs, t->pair_count, &t->pair_capacity, sizeof(*t->pairs)) ||
	    lw_map_put(&t->pair_map, pair, t->pair_count) == LW_MAP_NONE) {
		t->failed = true;
		return;
	}
	t->pairs[t->pair_count++] = (struct lw_pair){instance, key, node};
	while (t->pair_count > t->max.pairs)
		lw_level_raise_scopes(t);
}

uint64_t
lw_rows_node_key(const struct lw_kind *kind)
{
	return lw_hash_pair(kind->what, kind->service_key);
}

/* A new row; LW_NO_NODE where memory ran out. */
static uint32_t
add_node(struct lw_tally *t, const struct lw_kind *kind, uint32_t service)
{
	uint64_t key = lw_rows_node_key(kind);
	struct lw_node *n;

	if (!lw_table_reserve((void **)&t->nodes, t->node_count, &t->node_capacity, sizeof(*n)) ||
	    lw_map_put(&t->node_map, key, t->node_count) == LW_MAP_NONE) {
		t->failed = true;
		return LW_NO_NODE;
	}
	n = &t->nodes[t->node_count++];
	*n = (struct lw_node){.key = key,
	    .what = kind->what,
	    .service_key = kind->service_key,
	    .signature = kind->signature,
	    .rule = kind->rule,
	    .service = service,
	    .first_ns = LW_TIME_NONE,
	    .last_ns = LW_TIME_NONE,
	    .slot_ns = t->step_ns};
	lw_series_init(&n->series, t->step_ns);
	t->node_shared += kind->service_key == LW_REST;
	return t->node_count - 1;
}

/* The row of a node, LW_NO_NODE where there is none. */
static uint32_t
find_node(const struct lw_tally *t, const struct lw_kind *kind)
{
	struct lw_kind shared;
	uint32_t at = lw_map_get(&t->node_map, lw_rows_node_key(kind));

	if (at == LW_MAP_NONE && !lw_level_keeps_node(t, kind)) {
		shared = lw_level_shared(t, kind);
		at = lw_map_get(&t->node_map, lw_rows_node_key(&shared));
	}
	return at == LW_MAP_NONE ? LW_NO_NODE : at;
}

uint32_t
lw_rows_find(const struct lw_tally *t, const struct lw_node *n)
{
	struct lw_kind kind = lw_kind_of(n);

	return find_node(t, &kind);
}

uint32_t
lw_rows_node(struct lw_tally *t, const struct lw_kind *kind, uint32_t service)
{
	struct lw_kind shared;
	uint32_t at = find_node(t, kind);

	if (at != LW_NO_NODE)
		return at;
	if (lw_level_keeps_node(t, kind)) {
		if (add_node(t, kind, service) == LW_NO_NODE)
			return LW_NO_NODE;
		if (t->node_count - t->node_shared <= t->max.nodes)
			return t->node_count - 1;
		while (t->node_count - t->node_shared > t->max.nodes && !t->failed)
			lw_level_raise_nodes(t);
		return find_node(t, kind);
	}
	shared = lw_level_shared(t, kind);
	if (!lw_level_keeps_shared(t, &shared))
		return LW_NO_NODE;
	if (add_node(t, &shared, lw_rows_rest(t)) == LW_NO_NODE)
		return LW_NO_NODE;
	lw_level_limit_shared(t);
	return find_node(t, kind);
}

void
lw_rows_event(struct lw_tally *t, const struct lw_event *ev)
{
	if (!lw_draw_keeps(t, ev))
		return;
	if (!lw_events_add(&t->kept, ev)) {
		t->failed = true;
		return;
	}
	if (t->kept.count > t->max.events + t->max.events / EVENTS_MORE)
		lw_draw_cut(t);
}
