/* merge.c - what two tallies counted, added up. */
#include <stdlib.h>

#include "count/draw.h"
#include "count/level.h"
#include "count/node.h"
#include "count/rows.h"

static uint32_t
merged_revision(struct lw_tally *t, const struct lw_tally *from, uint32_t revision)
{
	if (revision == LW_INTERN_FULL)
		return LW_INTERN_FULL;
	return lw_intern_put(&t->revisions, lw_intern_get(&from->revisions, revision));
}

static uint32_t
merged_service(struct lw_tally *t, const struct lw_tally *from, const struct lw_service *f)
{
	uint64_t key;
	struct lw_entry e = {.service = lw_intern_get(&from->names, f->name),
	    .resource_type = lw_intern_get(&from->names, f->type),
	    .project = lw_intern_get(&from->names, f->project),
	    .location = lw_intern_get(&from->names, f->location)};

	if (f->namespace_name != LW_INTERN_FULL)
		e.namespace_name = lw_intern_get(&from->names, f->namespace_name);
	return f->key == LW_REST ? lw_rows_rest(t) : lw_rows_service(t, &e, &key);
}

static void
merge_service(struct lw_tally *t, struct lw_service *s, const struct lw_tally *from,
    const struct lw_service *f)
{
	uint32_t k;

	s->entries += f->entries;
	s->errors += f->errors;
	s->requests += f->requests;
	for (k = 0; k < 6; k++)
		s->by_class[k] += f->by_class[k];
	if (s->key != LW_REST) {
		s->has_namespaces = s->has_namespaces || f->has_namespaces;
		s->revisions_dropped = s->revisions_dropped || f->revisions_dropped;
		for (k = 0; k < f->revision_count; k++)
			(void)lw_rows_revision(t, s,
			    lw_intern_get(&from->revisions, f->revisions[k].revision),
			    f->revisions[k].hash, f->revisions[k].first_ns,
			    f->revisions[k].last_ns);
	}
	if (!lw_series_merge(&s->failures, &f->failures) ||
	    !lw_series_merge(&s->successes, &f->successes))
		t->failed = true;
}

/* Rows of `from` become rows of t; where they are is known once all have come, since services are
 * renumbered as they do. */
static void
merge_services(struct lw_tally *t, const struct lw_tally *from, uint32_t *to)
{
	uint32_t i, at;

	for (i = 0; i < from->service_count; i++) {
		at = merged_service(t, from, &from->services[i]);
		if (at != LW_MAP_NONE)
			merge_service(t, &t->services[at], from, &from->services[i]);
	}
	for (i = 0; i < from->service_count; i++) {
		to[i] = lw_map_get(&t->service_map, from->services[i].key);
		if (to[i] == LW_MAP_NONE)
			to[i] = lw_rows_rest(t);
	}
}

/* Add what f, a node of `from`, counted; f is used up. */
static void
merge_node(struct lw_tally *t, const struct lw_tally *from, struct lw_node *f, uint32_t service)
{
	struct lw_kind kind = lw_kind_of(f);
	uint32_t at = lw_rows_node(t, &kind, service), i;

	if (at == LW_NO_NODE) {
		t->dropped_nodes_entries += f->count;
		return;
	}
	if (t->nodes[at].service == t->rest)
		lw_node_forget_revisions(f);
	for (i = 0; i < f->value_count; i++)
		f->values[i].revision = merged_revision(t, from, f->values[i].revision);
	for (i = 0; i < f->revision_count; i++)
		f->revisions[i] = merged_revision(t, from, f->revisions[i]);
	if (!lw_node_take(&t->nodes[at], f))
		t->failed = true;
}

static void
merge_instance(
    struct lw_tally *t, const struct lw_tally *from, const struct lw_instance *f, uint32_t service)
{
	struct lw_instance *i =
	    lw_rows_instance(t, f->hash, service, f->flags, f->first_ns, f->last_ns);

	lw_rows_start(i, LW_INSTANCE_CAME_UP, f->up_first_ns, f->up_last_ns);
	lw_rows_start(i, LW_INSTANCE_FAILED, f->failed_first_ns, f->failed_last_ns);
	if (service != t->rest)
		lw_rows_instance_revision(t, i, merged_revision(t, from, f->revision));
	lw_rows_instance_pod(i, f->pod);
}

static void
merge_totals(struct lw_tally *t, const struct lw_tally *from)
{
	struct lw_totals *a = &t->totals;
	const struct lw_totals *b = &from->totals;
	size_t i;

	a->entries += b->entries;
	a->errors += b->errors;
	a->duplicates += b->duplicates;
	a->empty += b->empty;
	a->unknown_severity += b->unknown_severity;
	a->no_time += b->no_time;
	a->errors_in_text += b->errors_in_text;
	a->no_severity += b->no_severity;
	a->raised += b->raised;
	a->lowered += b->lowered;
	a->insights += b->insights;
	a->filtered += b->filtered;
	for (i = 0; i < LW_SEVERITY_COUNT; i++)
		a->by_severity[i] += b->by_severity[i];
	lw_span_add(&t->from_ns, &t->to_ns, from->from_ns);
	lw_span_add(&t->from_ns, &t->to_ns, from->to_ns);
	if (!lw_series_merge(&t->all, &from->all))
		t->failed = true;
	t->dropped_nodes_entries += from->dropped_nodes_entries;
	t->events_seen += from->events_seen;
	t->failed = t->failed || from->failed;
}

/* Raise the levels of t to those of `from` before its rows come in. */
static void
level_up(struct lw_tally *t, const struct lw_tally *from)
{
	while (t->service_level < from->service_level && !t->failed)
		lw_level_raise_services(t);
	while (t->node_level < from->node_level && !t->failed)
		lw_level_raise_nodes(t);
	lw_level_shared_to(t, from->shared_level);
	while (t->scope_level < from->scope_level)
		lw_level_raise_scopes(t);
	lw_draw_limit(t, from->event_limit);
}

void
lw_tally_merge(struct lw_tally *t, struct lw_tally *from)
{
	uint32_t *services = calloc((size_t)from->service_count + 1, sizeof(*services));
	uint32_t *nodes = calloc((size_t)from->node_count + 1, sizeof(*nodes));
	struct lw_events_place place = {0};
	struct lw_event ev;
	uint32_t i;

	if (services == NULL || nodes == NULL) {
		t->failed = true;
		free(services);
		free(nodes);
		return;
	}
	merge_totals(t, from);
	level_up(t, from);
	merge_services(t, from, services);
	for (i = 0; i < from->node_count; i++)
		if (services[from->nodes[i].service] != LW_MAP_NONE)
			merge_node(t, from, &from->nodes[i], services[from->nodes[i].service]);
	for (i = 0; i < from->node_count; i++) /* renumbered as they came */
		nodes[i] = lw_rows_find(t, &from->nodes[i]);
	for (i = 0; i < from->instance_count; i++) {
		const struct lw_instance *f = &from->instances[i];

		if (services[f->service] != LW_MAP_NONE)
			merge_instance(t, from, f, services[f->service]);
	}
	for (i = 0; i < from->pair_count; i++) {
		const struct lw_pair *p = &from->pairs[i];

		lw_rows_pair(
		    t, p->instance, p->key, p->node == LW_NO_NODE ? LW_NO_NODE : nodes[p->node]);
	}
	while (lw_events_get(&from->kept, &place, &ev)) {
		if (ev.node != LW_NO_NODE)
			ev.node = nodes[ev.node];
		lw_rows_event(t, &ev);
	}
	if (!lw_changes_merge(&t->changes, &from->changes) ||
	    !lw_phases_merge(&t->phases, &from->phases) ||
	    !lw_settings_merge(&t->settings, &from->settings))
		t->failed = true;
	lw_events_fini(&from->kept);
	from->pair_count = from->instance_count = 0;
	free(services);
	free(nodes);
}
