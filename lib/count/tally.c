/* tally.c - counting entries into the tables. */
#include "count/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "count/level.h"
#include "count/node.h"
#include "count/path.h"
#include "count/rows.h"
#include "count/setting.h"

#define MAX_NAMES (UINT32_MAX - 1) /* the rows that name them have ceilings */

static const struct lw_ceilings default_ceilings = {
    .nodes = 16384,
    .pairs = 131072,
    .instances = 65536,
    .events = 131072,
    .services = 4096,
};

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
	if (t->max.services == 0)
		t->max.services = default_ceilings.services;
	t->rest = LW_MAP_NONE;
	t->from_ns = t->to_ns = LW_TIME_NONE;
	t->event_limit = LW_NO_LIMIT;
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
	lw_events_fini(&t->kept);
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
	return lw_hash_pair(h, lw_entry_log_key(e));
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

static uint64_t
pod_hash(const struct lw_entry *e)
{
	uint64_t h;

	if (e->instance.n == 0 || (!lw_str_eq(e->resource_type, LW_STR("k8s_container")) &&
				      !lw_str_eq(e->resource_type, LW_STR("k8s_pod"))))
		return 0;
	h = lw_hash_pair(lw_hash_str(e->project, 6), lw_hash_str(e->cluster, 7));
	h = lw_hash_pair(h, lw_hash_str(e->namespace_name, 8));
	return lw_hash_str(e->instance, h) | 1;
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
	what = lw_hash(rule->id, strlen(rule->id), LW_WHAT_SEED);
	for (i = 0; i < rule->capture_count; i++)
		if ((rule->key_mask >> i & 1) != 0)
			what = lw_hash_pair(what, lw_hash_str(m->hit->captures[i], 22));
	return what;
}

static void
count_captures(struct lw_tally *t, struct lw_node *n, const struct lw_mark *m,
    const struct lw_place_rows *rows, int64_t time_ns)
{
	uint32_t revision = n->service == t->rest ? LW_INTERN_FULL : rows->revision;
	const struct lw_rule *rule;
	size_t i;

	if (m->rule == LW_NO_RULE)
		return;
	rule = lw_catalog_rule(t->catalog, m->rule);
	for (i = 0; i < rule->capture_count; i++)
		if (m->hit->captures[i].p != NULL &&
		    !lw_node_value(n, (uint32_t)i, m->hit->captures[i], revision,
			rows->revision_hash, time_ns))
			t->failed = true;
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
event_of(const struct lw_entry *e, const struct lw_place_rows *rows)
{
	return (struct lw_event){.effect_ns = e->effect_ns,
	    .start_ns = e->time_ns,
	    .entry_key = lw_entry_key(e),
	    .instance = rows->pod != 0 ? rows->pod : rows->instance,
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

/* Is it of a trace that a logger writes behind its message?  A panic writes its own. */
static bool
is_raised(const struct lw_entry *e)
{
	if (e->stack != NULL &&
	    (e->stack->language == LW_LANG_RUST ||
		(e->stack->language == LW_LANG_GO && lw_str_starts(e->clean, LW_STR("panic: ")))))
		return false;
	return e->fragment == LW_FRAGMENT_WHOLE || e->fragment == LW_FRAGMENT_RAISED ||
	       e->fragment == LW_FRAGMENT_NAMED || e->fragment == LW_FRAGMENT_START;
}

/* The event that a mark is, where it may stand in a chain. */
static void
count_event(struct lw_tally *t, const struct lw_entry *e, const struct lw_mark *m, uint32_t node,
    struct lw_event ev)
{
	if (!m->chain)
		return;
	ev.node = node;
	ev.path = lw_path_hash(e->http.url);
	if (m->inner)
		ev.flags |= LW_EVENT_INNER;
	if (is_raised(e))
		ev.flags |= LW_EVENT_RAISED;
	t->events_seen++;
	lw_rows_event(t, &ev);
}

static void
count_mark(struct lw_tally *t, const struct lw_entry *e, const struct lw_mark *m,
    const struct lw_place_rows *rows, struct lw_event ev)
{
	const struct lw_kind kind = {what_of(t, m), m->signature, m->rule, rows->service_key};
	uint32_t at = lw_rows_node(t, &kind, rows->service);
	struct lw_node *n;
	enum lw_severity severity = e->severity;
	uint32_t flags = instance_flags(t, m);

	lw_rows_start(
	    lw_rows_instance(t, rows->instance, rows->service, flags, e->time_ns, e->effect_ns),
	    flags, e->time_ns, e->time_ns);
	count_event(t, e, m, at, ev);
	lw_rows_pair(t, rows->instance, lw_rows_node_key(&kind), at);
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
	count_captures(t, n, m, rows, e->time_ns);
	if ((n->service != t->rest && !lw_node_revision(n, rows->revision)) ||
	    !lw_node_sample(
		n, m->said == NULL ? e : m->said, ev.entry_key, m->rank, raised_by(e, m)))
		t->failed = true;
}

/* The entry's revision, if it is kept, seen at a time. */
static void
find_revision(
    struct lw_tally *t, struct lw_place_rows *rows, const struct lw_entry *e, int64_t time_ns)
{
	struct lw_service *s = &t->services[rows->service];

	rows->revision = LW_INTERN_FULL;
	if (rows->revision_hash != 0 && rows->service != t->rest)
		rows->revision =
		    lw_rows_revision(t, s, e->revision, rows->revision_hash, time_ns, time_ns);
	rows->revision_at = s->recent_revision;
}

/* Likewise, found again where it was; rows move. */
static void
see_revision(
    struct lw_tally *t, struct lw_place_rows *rows, const struct lw_entry *e, int64_t time_ns)
{
	const struct lw_service *s = &t->services[rows->service];
	struct lw_service_revision *r;

	if (rows->revision_at < s->revision_count &&
	    s->revisions[rows->revision_at].hash == rows->revision_hash) {
		r = &s->revisions[rows->revision_at];
		lw_span_add(&r->first_ns, &r->last_ns, time_ns);
	} else if (rows->revision_hash != 0) {
		find_revision(t, rows, e, time_ns);
	}
}

static struct lw_place_rows *
rows_anew(struct lw_tally *t, const struct lw_entry *e, struct lw_place_rows *p)
{
	uint64_t key;

	p->place = 0;
	p->service = lw_rows_service(t, e, &key);
	if (p->service == LW_MAP_NONE)
		return NULL;
	p->place = e->place;
	p->service_key = key;
	p->revision_hash = e->revision.n == 0 ? 0 : lw_hash_str(e->revision, 0);
	find_revision(t, p, e, LW_TIME_NONE);
	p->instance = instance_hash(e, key);
	p->pod = pod_hash(e);
	p->instance_at = LW_MAP_NONE;
	return p;
}

/*
 * The rows that an entry is counted in, by its place where it has one: most entries are of a
 * place that came before, and need no names compared and none hashed.  NULL where memory ran
 * out.
 */
static inline struct lw_place_rows *
rows_of(struct lw_tally *t, const struct lw_entry *e)
{
	struct lw_place_rows *p = &t->places[e->place % LW_PLACES];

	return e->place != 0 && p->place == e->place ? p : rows_anew(t, e, p);
}

static void
count_marks(struct lw_tally *t, const struct lw_entry *e, const struct lw_place_rows *rows,
    const struct lw_mark *marks, size_t mark_count)
{
	struct lw_event ev = event_of(e, rows);
	size_t i;

	for (i = 0; i < mark_count; i++)
		count_mark(t, e, &marks[i], rows, ev);
}

void
lw_tally_marks(
    struct lw_tally *t, const struct lw_entry *e, const struct lw_mark *marks, size_t mark_count)
{
	const struct lw_place_rows *rows;

	if (mark_count == 0)
		return;
	rows = rows_of(t, e);
	if (rows != NULL)
		count_marks(t, e, rows, marks, mark_count);
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

static bool
is_empty(struct lw_str message)
{
	return message.n == 0 ||
	       ((unsigned char)message.p[0] <= ' ' && lw_str_trim(message).n == 0);
}

/* An entry whose severity does not stand in its field alone. */
static void
count_severity(struct lw_tally *t, const struct lw_entry *e)
{
	struct lw_totals *sum = &t->totals;
	bool is_recorded = records_severity(e);
	enum lw_severity recorded = is_recorded ? e->severity : LW_SEV_DEFAULT;

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
}

static void
count_totals(struct lw_tally *t, const struct lw_entry *e)
{
	struct lw_totals *sum = &t->totals;

	sum->entries++;
	if (e->severity_field && e->severity_known && e->logged == e->severity) {
		sum->by_severity[e->logged]++;
		sum->errors += e->logged >= LW_SEV_ERROR;
	} else {
		count_severity(t, e);
	}
	if (is_empty(e->message))
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

/* What an entry says of its service by being there. */
static void
count_service(struct lw_tally *t, const struct lw_entry *e, struct lw_place_rows *rows)
{
	struct lw_service *s = &t->services[rows->service];

	s->entries++;
	if (e->severity >= LW_SEV_ERROR && records_severity(e))
		s->errors++;
	if (e->http.present && e->http.status != 0)
		count_request(t, s, e);
	see_revision(t, rows, e, e->time_ns);
}

/* Likewise of its instance. */
static void
count_instance(struct lw_tally *t, const struct lw_entry *e, struct lw_place_rows *rows)
{
	uint32_t flags = has_served(e) ? LW_INSTANCE_SERVED : 0;
	struct lw_instance *i;

	if (rows->instance == 0)
		return;
	if (rows->instance_at < t->instance_count &&
	    t->instances[rows->instance_at].hash == rows->instance) {
		i = &t->instances[rows->instance_at];
		i->flags |= flags;
		lw_span_add(&i->first_ns, &i->last_ns, e->time_ns);
		lw_span_add(&i->first_ns, &i->last_ns, e->effect_ns);
	} else {
		i = lw_rows_instance(
		    t, rows->instance, rows->service, flags, e->time_ns, e->effect_ns);
		rows->instance_at = i == NULL ? LW_MAP_NONE : (uint32_t)(i - t->instances);
	}
	if (i == NULL)
		return;
	if (i->revision != rows->revision)
		lw_rows_instance_revision(t, i, rows->revision);
	if (i->pod != rows->pod)
		lw_rows_instance_pod(i, rows->pod);
}

/* What the entry's message may say. */
static struct lw_wording_says
read_says(const struct lw_entry *e)
{
	struct lw_stated stated[LW_STATED_MAX];

	if (e->wording == 0)
		return (struct lw_wording_says){.phase = true, .setting = true};
	return (struct lw_wording_says){.wording = e->wording,
	    .phase = lw_phase_likely(e->clean),
	    .setting = lw_stated_find(e->clean, stated) > 0};
}

static __attribute__((noinline)) void
count_what_is_stated(struct lw_tally *t, const struct lw_entry *e, const struct lw_place_rows *rows)
{
	struct lw_wording_says *known = &t->says[lw_wording_place(e->wording)], says = *known;

	if (e->wording == 0 || says.wording != e->wording)
		says = read_says(e);
	if (e->wording != 0)
		*known = says;
	if (says.phase && rows->instance != 0 &&
	    !lw_phases_add(&t->phases, e->clean, rows->instance, e->time_ns))
		t->failed = true;
	if (says.setting && !e->insight &&
	    !lw_settings_add(&t->settings, e, rows->service_key, lw_entry_key(e)))
		t->failed = true;
}

/* What the message says of its instance's start and of its service's settings: most often nothing,
 * as is known of its wording. */
static inline void
count_stated(struct lw_tally *t, const struct lw_entry *e, const struct lw_place_rows *rows)
{
	const struct lw_wording_says *says = &t->says[lw_wording_place(e->wording)];

	if (says->wording != e->wording || e->wording == 0 || says->phase || says->setting)
		count_what_is_stated(t, e, rows);
}

void
lw_tally_entry(
    struct lw_tally *t, const struct lw_entry *e, const struct lw_mark *marks, size_t mark_count)
{
	struct lw_place_rows *rows = rows_of(t, e);

	count_totals(t, e);
	if (rows == NULL)
		return;
	count_service(t, e, rows);
	count_instance(t, e, rows);
	if (!e->http.present && !e->audit.present)
		count_stated(t, e, rows);
	if (e->audit.change != NULL &&
	    !lw_changes_add(&t->changes, e, rows->service_key, lw_entry_key(e)))
		t->failed = true;
	if (mark_count > 0)
		count_marks(t, e, rows, marks, mark_count);
}

void
lw_tally_bridge(struct lw_tally *t, const struct lw_entry *e, bool cause)
{
	const struct lw_place_rows *rows = rows_of(t, e);
	struct lw_event ev;

	if (rows == NULL)
		return;
	ev = event_of(e, rows);
	ev.flags |= LW_EVENT_BRIDGE | (cause ? LW_EVENT_CAUSE : 0);
	t->events_seen++;
	lw_rows_event(t, &ev);
}
