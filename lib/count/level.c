/* level.c - dropping the rows that a raised level no longer keeps. */
#include "count/level.h"

#include <stdlib.h>
#include <string.h>

#include "count/node.h"
#include "count/rows.h"

static void
index_again(struct lw_tally *t)
{
	uint32_t i;

	lw_map_clear(&t->pair_map);
	for (i = 0; i < t->pair_count; i++)
		(void)lw_map_put(
		    &t->pair_map, lw_hash_pair(t->pairs[i].instance, t->pairs[i].key), i);
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

static unsigned
zero_bits(uint64_t hash)
{
	hash = lw_hash_mix(hash);
	return hash == 0 ? 64 : (unsigned)__builtin_clzll(hash);
}

bool
lw_level_keeps_node(const struct lw_tally *t, const struct lw_kind *kind)
{
	return kind->service_key != LW_REST &&
	       (t->node_level == 0 ||
		   zero_bits(kind->what) + zero_bits(kind->service_key) >= t->node_level);
}

struct lw_kind
lw_level_shared(const struct lw_tally *t, const struct lw_kind *kind)
{
	struct lw_kind shared = *kind;
	const char *id;

	shared.service_key = LW_REST;
	if (kind->rule != LW_NO_RULE && t->catalog != NULL) {
		id = lw_catalog_rule(t->catalog, kind->rule)->id;
		shared.what = lw_hash(id, strlen(id), LW_WHAT_SEED);
	}
	return shared;
}

/* Rules are few: they always are. */
bool
lw_level_keeps_shared(const struct lw_tally *t, const struct lw_kind *shared)
{
	return shared->rule != LW_NO_RULE || lw_level_keeps(t->shared_level, shared->what);
}

/* Pairs and events of nodes that moved or went; what stays hangs on none of them. */
static void
renumber(struct lw_tally *t, const uint32_t *to)
{
	struct lw_events renumbered = lw_events_again(&t->kept);
	struct lw_event ev;
	struct lw_events_place place = {0};
	uint32_t i;

	for (i = 0; i < t->pair_count; i++)
		if (t->pairs[i].node != LW_NO_NODE)
			t->pairs[i].node = to[t->pairs[i].node];
	while (lw_events_get(&t->kept, &place, &ev)) {
		if (ev.node != LW_NO_NODE)
			ev.node = to[ev.node]; /* no higher than before */
		lw_events_keep(&renumbered, &ev);
	}
	t->kept = renumbered;
}

/* Put a node that is not kept by itself at `kept`, or into the row that it shares with others;
 * where it is then. */
static uint32_t
share(struct lw_tally *t, struct lw_node *n, uint32_t kept)
{
	struct lw_kind kind = lw_kind_of(n), shared = lw_level_shared(t, &kind);
	uint64_t key = lw_rows_node_key(&shared);
	uint32_t at;

	if (!lw_level_keeps_shared(t, &shared)) {
		t->dropped_nodes_entries += n->count;
		lw_node_fini(n);
		return LW_NO_NODE;
	}
	at = lw_map_get(&t->node_map, key);
	if (at != LW_MAP_NONE) {
		if (!lw_node_take(&t->nodes[at], n))
			t->failed = true;
		lw_node_fini(n);
		return at;
	}
	n->key = key;
	n->what = shared.what;
	n->service_key = LW_REST;
	n->service = t->rest;
	lw_node_forget_revisions(n);
	t->nodes[kept] = *n;
	t->node_shared++;
	(void)lw_map_put(&t->node_map, key, kept);
	return kept;
}

/* Nodes by the levels that are set. */
static void
apply_levels(struct lw_tally *t)
{
	uint32_t *to = malloc(((size_t)t->node_count + 1) * sizeof(*to));
	uint32_t i, kept = 0;

	if (to == NULL || lw_rows_rest(t) == LW_MAP_NONE) {
		t->failed = true;
		free(to);
		return;
	}
	lw_map_clear(&t->node_map);
	t->node_shared = 0;
	for (i = 0; i < t->node_count; i++) {
		struct lw_node n = t->nodes[i];
		struct lw_kind kind = lw_kind_of(&n);

		if (lw_level_keeps_node(t, &kind)) {
			to[i] = kept;
			t->nodes[kept] = n;
			(void)lw_map_put(&t->node_map, n.key, kept);
		} else {
			to[i] = share(t, &n, kept);
		}
		kept += to[i] == kept;
	}
	t->node_count = kept;
	renumber(t, to);
	free(to);
}

static uint32_t
shared_signatures(const struct lw_tally *t)
{
	uint32_t i, n = 0;

	for (i = 0; i < t->node_count; i++)
		n += t->nodes[i].service_key == LW_REST && t->nodes[i].rule == LW_NO_RULE;
	return n;
}

void
lw_level_limit_shared(struct lw_tally *t)
{
	size_t max = t->max.nodes / LW_SHARED_PART;

	if (t->node_shared <= max) /* some are of rules */
		return;
	while (shared_signatures(t) > max && t->shared_level < LW_LEVEL_MAX && !t->failed) {
		t->shared_level++;
		apply_levels(t);
	}
}

void
lw_level_raise_nodes(struct lw_tally *t)
{
	t->node_level++;
	apply_levels(t);
	lw_level_limit_shared(t);
}

void
lw_level_shared_to(struct lw_tally *t, unsigned level)
{
	if (t->shared_level >= level)
		return;
	t->shared_level = level;
	apply_levels(t);
}

/* Add what f counted to the row that stands for services which are not kept. */
static void
add_to_rest(struct lw_tally *t, struct lw_service *f)
{
	struct lw_service *s = &t->services[t->rest];
	unsigned k;

	s->entries += f->entries;
	s->errors += f->errors;
	s->requests += f->requests;
	for (k = 0; k < 6; k++)
		s->by_class[k] += f->by_class[k];
	if (!lw_series_merge(&s->failures, &f->failures) ||
	    !lw_series_merge(&s->successes, &f->successes))
		t->failed = true;
	free(f->revisions);
	lw_series_fini(&f->failures);
	lw_series_fini(&f->successes);
}

/* What is of a service by its number; what is of the rest is of no revision. */
static void
renumber_services(struct lw_tally *t, const uint32_t *to)
{
	uint32_t i;

	for (i = 0; i < t->node_count; i++) {
		t->nodes[i].service = to[t->nodes[i].service];
		if (t->nodes[i].service == t->rest)
			lw_node_forget_revisions(&t->nodes[i]);
	}
	for (i = 0; i < t->instance_count; i++) {
		t->instances[i].service = to[t->instances[i].service];
		if (t->instances[i].service == t->rest)
			t->instances[i].revision = LW_INTERN_FULL;
	}
	memset(t->recent_services, 0, sizeof(t->recent_services));
	memset(t->places, 0, sizeof(t->places));
}

void
lw_level_raise_services(struct lw_tally *t)
{
	uint32_t *to = NULL, i, kept = 0, rest, count;

	if (lw_rows_rest(t) != LW_MAP_NONE)
		to = malloc(((size_t)t->service_count + 1) * sizeof(*to));
	if (to == NULL) {
		t->failed = true;
		return;
	}
	t->service_level++;
	rest = t->rest;
	count = t->service_count;
	for (i = 0; i < count; i++) {
		to[i] = LW_MAP_NONE;
		if (i != rest && !lw_level_keeps(t->service_level, t->services[i].key))
			add_to_rest(t, &t->services[i]);
		else
			to[i] = kept++;
	}
	lw_map_clear(&t->service_map);
	for (i = 0; i < count; i++) {
		if (to[i] == LW_MAP_NONE) {
			to[i] = to[rest];
			continue;
		}
		t->services[to[i]] = t->services[i];
		(void)lw_map_put(&t->service_map, t->services[i].key, to[i]);
	}
	t->service_count = kept;
	t->rest = to[rest];
	renumber_services(t, to);
	free(to);
}
