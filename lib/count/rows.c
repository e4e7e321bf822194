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

static uint64_t
service_key(const struct lw_entry *e)
{
	uint64_t h = lw_hash_str(e->service, 11);

	h = lw_hash_pair(h, lw_hash_str(e->resource_type, 12));
	h = lw_hash_pair(h, lw_hash_str(e->project, 13));
	return lw_hash_pair(h, lw_hash_str(e->location, 14));
}

/* A place in the table of recent services: of the length of a name and its last bytes. */
static uint32_t
sketch(struct lw_str name)
{
	uint32_t tail = 0;

	if (name.n >= sizeof(tail))
		memcpy(&tail, name.p + name.n - sizeof(tail), sizeof(tail));
	return ((tail ^ (uint32_t)name.n) * 2654435761u) >> 16 & (LW_RECENT_SERVICES - 1);
}

static bool
is_service(const struct lw_tally *t, const struct lw_service *s, const struct lw_entry *e)
{
	return lw_str_eq(lw_intern_get(&t->names, s->name), e->service) &&
	       lw_str_eq(lw_intern_get(&t->names, s->type), e->resource_type) &&
	       lw_str_eq(lw_intern_get(&t->names, s->project), e->project) &&
	       lw_str_eq(lw_intern_get(&t->names, s->location), e->location);
}

static uint32_t
add_service(struct lw_tally *t, const struct lw_entry *e)
{
	uint64_t key = service_key(e);
	uint32_t at = lw_map_get(&t->service_map, key);
	struct lw_service *s;

	if (at != LW_MAP_NONE)
		return at;
	if (!lw_table_reserve(
		(void **)&t->services, t->service_count, &t->service_capacity, sizeof(*s)) ||
	    lw_map_put(&t->service_map, key, t->service_count) == LW_MAP_NONE) {
		t->failed = true;
		return LW_MAP_NONE;
	}
	s = &t->services[t->service_count];
	*s = (struct lw_service){.key = key,
	    .name = lw_intern_put(&t->names, e->service),
	    .type = lw_intern_put(&t->names, e->resource_type),
	    .project = lw_intern_put(&t->names, e->project),
	    .location = lw_intern_put(&t->names, e->location)};
	lw_series_init(&s->failures, t->step_ns);
	lw_series_init(&s->successes, t->step_ns);
	return t->service_count++;
}

uint32_t
lw_rows_service(struct lw_tally *t, const struct lw_entry *e)
{
	uint32_t *recent = &t->recent_services[sketch(e->service)], at;

	if (*recent != 0 && is_service(t, &t->services[*recent - 1], e))
		return *recent - 1;
	at = add_service(t, e);
	if (at != LW_MAP_NONE)
		*recent = at + 1;
	return at;
}

void
lw_rows_revision(
    struct lw_tally *t, struct lw_service *s, uint32_t revision, int64_t first_ns, int64_t last_ns)
{
	struct lw_service_revision *p;
	uint32_t i = s->recent_revision;

	if (i >= s->revision_count || s->revisions[i].revision != revision)
		i = 0;
	for (; i < s->revision_count; i++) {
		if (s->revisions[i].revision != revision)
			continue;
		s->recent_revision = i;
		lw_span_add(&s->revisions[i].first_ns, &s->revisions[i].last_ns, first_ns);
		lw_span_add(&s->revisions[i].first_ns, &s->revisions[i].last_ns, last_ns);
		return;
	}
	p = realloc(s->revisions, (s->revision_count + 1) * sizeof(*p));
	if (p == NULL) {
		t->failed = true;
		return;
	}
	s->revisions = p;
	s->revisions[s->revision_count++] =
	    (struct lw_service_revision){revision, first_ns, last_ns};
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
lw_rows_pair(struct lw_tally *t, uint64_t instance, uint32_t node)
{
	uint64_t key;

	if (instance == 0 || !lw_level_keeps(t->scope_level, instance))
		return;
	key = lw_hash_pair(instance, t->nodes[node].key);
	if (lw_map_get(&t->pair_map, key) != LW_MAP_NONE)
		return;
	if (!lw_table_reserve(
		(void **)&t->pairs, t->pair_count, &t->pair_capacity, sizeof(*t->pairs)) ||
	    lw_map_put(&t->pair_map, key, t->pair_count) == LW_MAP_NONE) {
		t->failed = true;
		return;
	}
	t->pairs[t->pair_count++] = (struct lw_pair){instance, node};
	while (t->pair_count > t->max.pairs)
		lw_level_raise_scopes(t);
}

uint32_t
lw_rows_node(struct lw_tally *t, uint64_t what, uint64_t signature, uint32_t rule, uint32_t service)
{
	uint64_t key = lw_hash_pair(what, t->services[service].key);
	uint32_t at = lw_map_get(&t->node_map, key);
	struct lw_node *n;

	if (at != LW_MAP_NONE)
		return at;
	if (rule == LW_NO_RULE && !lw_level_keeps(t->node_level, lw_hash_mix(what)))
		return LW_NO_NODE;
	if (!lw_table_reserve((void **)&t->nodes, t->node_count, &t->node_capacity, sizeof(*n)) ||
	    lw_map_put(&t->node_map, key, t->node_count) == LW_MAP_NONE) {
		t->failed = true;
		return LW_NO_NODE;
	}
	n = &t->nodes[t->node_count++];
	*n = (struct lw_node){.key = key,
	    .what = what,
	    .signature = signature,
	    .rule = rule,
	    .service = service,
	    .first_ns = LW_TIME_NONE,
	    .last_ns = LW_TIME_NONE,
	    .slot_ns = t->step_ns};
	lw_series_init(&n->series, t->step_ns);
	if (t->node_count <= t->max.nodes)
		return t->node_count - 1;
	while (t->node_count > t->max.nodes && t->node_level < LW_LEVEL_MAX)
		lw_level_raise_nodes(t);
	at = lw_map_get(&t->node_map, key);
	return at == LW_MAP_NONE ? LW_NO_NODE : at;
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
