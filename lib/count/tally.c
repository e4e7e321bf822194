/* tally.c - counting entries into the tables. */
#include "count/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "count/level.h"
#include "count/node.h"
#include "count/rows.h"
#include "count/table.h"

#define MAX_NAMES 65536

static const struct lw_ceilings default_ceilings = {
    .nodes = 32768,
    .pairs = 131072,
    .instances = 65536,
    .events = 131072,
};

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

struct lw_tally *
lw_tally_new(const struct lw_catalog *catalog, int64_t step_ns, struct lw_ceilings max)
{
	struct lw_tally *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->catalog = catalog;
	t->step_ns = step_ns;
	t->max = max;
	if (t->max.nodes == 0)
		t->max.nodes = default_ceilings.nodes;
	if (t->max.pairs == 0)
		t->max.pairs = default_ceilings.pairs;
	if (t->max.instances == 0)
		t->max.instances = default_ceilings.instances;
	if (t->max.events == 0)
		t->max.events = default_ceilings.events;
	t->from_ns = t->to_ns = LW_TIME_NONE;
	lw_series_init(&t->all, step_ns);
	if (!lw_intern_init(&t->names, MAX_NAMES) || !lw_intern_init(&t->revisions, MAX_NAMES)) {
		lw_tally_free(t);
		return NULL;
	}
	return t;
}

void
lw_tally_free(struct lw_tally *t)
{
	uint32_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->service_count; i++) {
		free(t->services[i].revisions);
		lw_series_fini(&t->services[i].failures);
		lw_series_fini(&t->services[i].successes);
	}
	for (i = 0; i < t->node_count; i++)
		lw_node_fini(&t->nodes[i]);
	lw_changes_fini(&t->changes);
	lw_phases_fini(&t->phases);
	lw_settings_fini(&t->settings);
	lw_series_fini(&t->all);
	lw_intern_fini(&t->names);
	lw_intern_fini(&t->revisions);
	free(t->services);
	free(t->nodes);
	free(t->pairs);
	free(t->instances);
	free(t->events);
	lw_map_fini(&t->service_map);
	lw_map_fini(&t->node_map);
	lw_map_fini(&t->pair_map);
	lw_map_fini(&t->instance_map);
	free(t);
}

uint64_t
lw_entry_key(const struct lw_entry *e)
{
	uint64_t h = (uint64_t)e->time_ns;

	if (e->insert_id.n == 0) {
		h = lw_hash_pair(h, lw_hash_str(e->service, 1));
		h = lw_hash_pair(h, lw_hash_str(e->instance, 2));
		return lw_hash_pair(h, lw_hash_str(e->message, 3));
	}
	h = lw_hash_pair(h, lw_hash_str(e->insert_id, 4));
	return lw_hash_pair(h, lw_hash_str(e->log_name, 5));
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
	uint32_t i;

	for (i = 0; i < s->revision_count; i++) {
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

static void
count_request(struct lw_tally *t, struct lw_service *s, const struct lw_entry *e)
{
	int class = e->http.status / 100;
	bool failure = class == 5;
	struct lw_series *series = failure ? &s->failures : &s->successes;

	s->requests++;
	s->by_class[class >= 1 && class <= 5 ? class : 0]++;
	if (e->effect_ns != LW_TIME_NONE && !lw_series_add(series, e->effect_ns, 1))
		t->failed = true;
}

static uint64_t
instance_hash(const struct lw_entry *e, uint64_t service)
{
	return e->instance.n == 0 ? 0 : lw_hash_str(e->instance, service) | 1;
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

static uint64_t
what_of(const struct lw_tally *t, const struct lw_mark *m)
{
	const struct lw_rule *rule;
	uint64_t what;
	size_t i;

	if (m->rule == LW_NO_RULE)
		return m->signature;
	rule = lw_catalog_rule(t->catalog, m->rule);
	what = lw_hash(rule->id, strlen(rule->id), 21);
	for (i = 0; i < rule->capture_count; i++)
		if ((rule->key_mask >> i & 1) != 0)
			what = lw_hash_pair(what, lw_hash_str(m->hit->captures[i], 22));
	return what;
}

static void
count_captures(struct lw_tally *t, struct lw_node *n, const struct lw_mark *m, uint32_t revision,
    int64_t time_ns)
{
	const struct lw_rule *rule;
	size_t i;

	if (m->rule == LW_NO_RULE)
		return;
	rule = lw_catalog_rule(t->catalog, m->rule);
	for (i = 0; i < rule->capture_count; i++)
		if (m->hit->captures[i].p != NULL &&
		    !lw_node_value(
			n, (uint32_t)i, m->hit->captures[i], revision, 1, time_ns, time_ns))
			t->failed = true;
}

void
lw_rows_event(struct lw_tally *t, const struct lw_event *ev)
{
	if (!lw_level_keeps_event(t->event_level, ev))
		return;
	if (!lw_table_reserve(
		(void **)&t->events, t->event_count, &t->event_capacity, sizeof(*t->events))) {
		t->failed = true;
		return;
	}
	t->events[t->event_count++] = *ev;
	while (t->event_count > t->max.events && t->event_level < LW_LEVEL_MAX)
		lw_level_raise_events(t);
}

/* What a rule's hit says of the instance. */
static uint32_t
instance_flags(const struct lw_tally *t, const struct lw_mark *m)
{
	const struct lw_rule *rule;

	if (m->rule == LW_NO_RULE)
		return m->chain ? LW_INSTANCE_ERROR : 0;
	rule = lw_catalog_rule(t->catalog, m->rule);
	if (rule->layer == LW_LAYER_STARTUP && rule->role == LW_ROLE_ADVISORY &&
	    rule->severity <= LW_SEV_NOTICE)
		return LW_INSTANCE_CAME_UP;
	if ((rule->layer == LW_LAYER_INSTANCE || rule->layer == LW_LAYER_STARTUP) &&
	    rule->role == LW_ROLE_SYMPTOM && rule->severity >= LW_SEV_ERROR)
		return LW_INSTANCE_FAILED | LW_INSTANCE_ERROR |
		       (rule->layer == LW_LAYER_STARTUP ? LW_INSTANCE_START_FAILED : 0);
	return m->chain ? LW_INSTANCE_ERROR : 0;
}

static struct lw_event
event_of(const struct lw_entry *e, uint64_t key, uint64_t instance)
{
	return (struct lw_event){.effect_ns = e->effect_ns,
	    .start_ns = e->time_ns,
	    .entry_key = key,
	    .instance = instance,
	    .trace = e->trace.n == 0 ? 0 : lw_hash_str(e->trace, 31) | 1,
	    .node = LW_NO_NODE,
	    .flags = e->http.present ? LW_EVENT_REQUEST : 0};
}

/* The exception of the entry's trace that an unknown message is of; NULL where it is of none. */
static const struct lw_exception *
raised_by(const struct lw_entry *e, const struct lw_mark *m)
{
	if (e->stack == NULL || m->rule != LW_NO_RULE)
		return NULL;
	return &e->stack->exceptions[m->inner ? e->stack->exception_count - 1 : 0];
}

static void
count_mark(struct lw_tally *t, const struct lw_entry *e, const struct lw_mark *m, uint32_t service,
    uint32_t revision, struct lw_event ev)
{
	uint32_t at = lw_rows_node(t, what_of(t, m), m->signature, m->rule, service);
	struct lw_node *n;
	enum lw_severity severity = e->severity;
	uint32_t flags = instance_flags(t, m);

	lw_rows_start(lw_rows_instance(t, ev.instance, service, flags, e->time_ns, e->effect_ns),
	    flags, e->time_ns, e->time_ns);
	if (at == LW_NO_NODE) {
		t->dropped_nodes_entries++;
		return;
	}
	n = &t->nodes[at];
	if (m->rule != LW_NO_RULE)
		severity = lw_catalog_rule(t->catalog, m->rule)->severity;
	if (severity > n->severity)
		n->severity = severity;
	n->count++;
	lw_span_add(&n->first_ns, &n->last_ns, e->time_ns);
	if (e->effect_ns != LW_TIME_NONE && !lw_series_add(&n->series, e->effect_ns, 1))
		t->failed = true;
	count_captures(t, n, m, revision, e->time_ns);
	if (!lw_node_revision(n, revision) ||
	    !lw_node_sample(n, e, ev.entry_key, m->rank, raised_by(e, m)))
		t->failed = true;
	if (m->chain) {
		ev.node = at;
		if (m->inner)
			ev.flags |= LW_EVENT_INNER;
		lw_rows_event(t, &ev);
	}
	lw_rows_pair(t, ev.instance, at); /* may move nodes: last */
}

static uint32_t
revision_of(struct lw_tally *t, const struct lw_service *s, const struct lw_entry *e)
{
	uint32_t recent;

	if (e->revision.n == 0)
		return LW_INTERN_FULL;
	if (s->recent_revision < s->revision_count) {
		recent = s->revisions[s->recent_revision].revision;
		if (lw_str_eq(lw_intern_get(&t->revisions, recent), e->revision))
			return recent;
	}
	return lw_intern_put(&t->revisions, e->revision);
}

static void
count_marks(struct lw_tally *t, const struct lw_entry *e, uint64_t key, uint32_t service,
    uint32_t revision, const struct lw_mark *marks, size_t mark_count)
{
	struct lw_event ev = event_of(e, key, instance_hash(e, t->services[service].key));
	size_t i;

	for (i = 0; i < mark_count; i++)
		count_mark(t, e, &marks[i], service, revision, ev);
}

void
lw_tally_marks(
    struct lw_tally *t, const struct lw_entry *e, const struct lw_mark *marks, size_t mark_count)
{
	uint32_t service;

	if (mark_count == 0)
		return;
	service = lw_rows_service(t, e);
	if (service == LW_MAP_NONE)
		return;
	count_marks(t, e, lw_entry_key(e), service, revision_of(t, &t->services[service], e), marks,
	    mark_count);
}

/*
 * Does the record itself give its severity?  A LogEntry does so in its field
 * alone; a line of a text log, which has no fields, in its text.
 */
static bool
records_severity(const struct lw_entry *e)
{
	return e->severity_field || (e->severity_known && e->insert_id.n == 0 &&
					e->log_name.n == 0 && e->resource_type.n == 0);
}

static void
count_totals(struct lw_tally *t, const struct lw_entry *e)
{
	struct lw_totals *sum = &t->totals;
	bool is_recorded = records_severity(e);
	enum lw_severity recorded = is_recorded ? e->severity : LW_SEV_DEFAULT;

	sum->entries++;
	sum->by_severity[e->severity_field ? e->logged : recorded]++;
	if (recorded >= LW_SEV_ERROR)
		sum->errors++;
	if (e->severity_field && e->logged < LW_SEV_ERROR && recorded >= LW_SEV_ERROR)
		sum->raised++;
	if (e->severity_field && e->logged >= LW_SEV_ERROR && recorded < LW_SEV_ERROR)
		sum->lowered++;
	if (!is_recorded) {
		sum->no_severity++;
		if (e->severity >= LW_SEV_ERROR)
			sum->errors_in_text++;
	}
	if (!e->severity_known)
		sum->unknown_severity++;
	if (lw_str_trim(e->message).n == 0)
		sum->empty++;
	if (e->insight)
		sum->insights++;
	if (e->time_ns == LW_TIME_NONE) {
		sum->no_time++;
		return;
	}
	lw_span_add(&t->from_ns, &t->to_ns, e->time_ns);
	if (!lw_series_add(&t->all, e->time_ns, 1))
		t->failed = true;
}

static bool
has_served(const struct lw_entry *e)
{
	return e->http.present && e->http.status > 0 && e->http.status < 500;
}

void
lw_tally_entry(struct lw_tally *t, const struct lw_entry *e, uint64_t key,
    const struct lw_mark *marks, size_t mark_count)
{
	uint32_t at = lw_rows_service(t, e), revision;
	struct lw_service *s;
	uint64_t instance;

	count_totals(t, e);
	if (at == LW_MAP_NONE)
		return;
	s = &t->services[at];
	s->entries++;
	if (records_severity(e) && e->severity >= LW_SEV_ERROR)
		s->errors++;
	if (e->http.present && e->http.status != 0)
		count_request(t, s, e);
	revision = revision_of(t, s, e);
	if (revision != LW_INTERN_FULL)
		lw_rows_revision(t, s, revision, e->time_ns, e->time_ns);
	instance = instance_hash(e, s->key);
	lw_rows_instance_revision(t,
	    lw_rows_instance(
		t, instance, at, has_served(e) ? LW_INSTANCE_SERVED : 0, e->time_ns, e->effect_ns),
	    revision);
	if (instance != 0 && !e->http.present && !e->audit.present &&
	    !lw_phases_add(&t->phases, e->clean, instance, e->time_ns))
		t->failed = true;
	if (!e->http.present && !e->audit.present && !e->insight &&
	    !lw_settings_add(&t->settings, e, s->key, key))
		t->failed = true;
	if (e->audit.change != NULL && !lw_changes_add(&t->changes, e, s->key, key))
		t->failed = true;
	if (mark_count > 0)
		count_marks(t, e, key, at, revision, marks, mark_count);
}

void
lw_tally_bridge(struct lw_tally *t, const struct lw_entry *e, bool cause)
{
	uint32_t service = lw_rows_service(t, e);
	struct lw_event ev;

	if (service == LW_MAP_NONE)
		return;
	ev = event_of(e, lw_entry_key(e), instance_hash(e, t->services[service].key));
	ev.flags |= LW_EVENT_BRIDGE | (cause ? LW_EVENT_CAUSE : 0);
	lw_rows_event(t, &ev);
}
