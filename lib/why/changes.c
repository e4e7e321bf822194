/* changes.c - audited calls, settings, revisions and values as one list by time. */
#include "why/changes.h"

#include <stdlib.h>

#include "base/hash.h"
#include "why/private.h"

#define REPEAT_NS (10 * LW_NS_PER_S)

struct changer {
	const struct lw_analysis *a;
	struct lw_change *changes;
	size_t count;
};

static enum lw_outcome
outcome_of(const struct lw_change_row *row)
{
	if (row->status_code != 0 ||
	    lw_str_find(row->status_message, LW_STR(" status changed to False ")) != LW_NPOS)
		return LW_OUTCOME_FAILED;
	return LW_OUTCOME_SUCCEEDED;
}

static uint32_t
service_of(const struct lw_analysis *a, const struct lw_change_row *row)
{
	uint32_t at = lw_map_get(&a->tally->service_map, row->service);

	return at == LW_MAP_NONE ? LW_NO_SERVICE : at;
}

/* "True" and "true" are one value. */
static bool
is_same_value(struct lw_str a, struct lw_str b)
{
	if (a.n == b.n && (a.n == 4 || a.n == 5) && (a.p[0] | 0x20) == (b.p[0] | 0x20))
		return memcmp(a.p + 1, b.p + 1, a.n - 1) == 0;
	return lw_str_eq(a, b);
}

typedef bool setting_fn(
    void *arg, struct lw_str name, const struct lw_str *before, const struct lw_str *after);

/*
 * Calls fn for every setting that differs between two requests, with NULL for
 * the one that lacks it; stops where fn says false.  What only one of them names
 * differs where both state all there is.
 */
static void
compare_settings(const struct lw_change_row *before, const struct lw_change_row *after,
    setting_fn *fn, void *arg)
{
	bool whole =
	    before->whole && after->whole && !before->settings_dropped && !after->settings_dropped;
	size_t i = 0, k = 0;

	while (i < before->setting_count || k < after->setting_count) {
		const struct lw_setting *b =
		    i < before->setting_count ? &before->settings[i] : NULL;
		const struct lw_setting *n = k < after->setting_count ? &after->settings[k] : NULL;
		int c = b == NULL ? 1 : n == NULL ? -1 : lw_str_cmp(b->name, n->name);

		if (b != NULL && n != NULL && c == 0 && !is_same_value(b->value, n->value) &&
		    !fn(arg, n->name, &b->value, &n->value))
			return;
		if (b != NULL && c < 0 && whole && !fn(arg, b->name, &b->value, NULL))
			return;
		if (n != NULL && c > 0 && whole && !fn(arg, n->name, NULL, &n->value))
			return;
		i += c <= 0;
		k += c >= 0;
	}
}

static bool
note_difference(
    void *arg, struct lw_str name, const struct lw_str *before, const struct lw_str *after)
{
	(void)name;
	(void)before;
	(void)after;
	*(bool *)arg = true;
	return false;
}

static bool
is_same_call(const struct lw_change_row *a, const struct lw_change_row *b)
{
	return a->target_key == b->target_key && a->kind == b->kind &&
	       lw_str_eq(a->method, b->method) && lw_str_eq(a->principal, b->principal);
}

/* Is row a further entry of an operation that is in the list, or one more call of the same within
 * seconds? */
static bool
belongs_to(struct lw_change *c, const struct lw_change_row *row)
{
	bool differs = false;

	if (c->source != LW_CHANGE_OF_CALL || !lw_str_eq(c->row->method, row->method))
		return false;
	if (row->operation.n > 0 && lw_str_eq(c->row->operation, row->operation)) {
		c->last = row;
		if (c->outcome != LW_OUTCOME_FAILED)
			c->outcome = outcome_of(row);
		return true;
	}
	if (!is_same_call(c->last, row) || !lw_str_eq(c->last->command, row->command) ||
	    c->outcome != outcome_of(row) || c->last->at_ns == LW_TIME_NONE ||
	    row->at_ns - c->last->at_ns > REPEAT_NS || !lw_str_eq(c->last->granted, row->granted) ||
	    !lw_str_eq(c->last->revoked, row->revoked) ||
	    !lw_str_eq(c->last->status_message, row->status_message))
		return false;
	compare_settings(c->row, row, note_difference, &differs);
	if (differs)
		return false;
	c->last = row;
	c->repeats++;
	return true;
}

static void
add_calls(struct changer *x)
{
	const struct lw_changes *rows = &x->a->tally->changes;
	uint32_t i;
	size_t k;

	for (i = 0; i < rows->count; i++) {
		const struct lw_change_row *row = rows->rows[i];

		for (k = x->count; k > 0 && !belongs_to(&x->changes[k - 1], row); k--)
			;
		if (k > 0)
			continue;
		x->changes[x->count++] = (struct lw_change){.source = LW_CHANGE_OF_CALL,
		    .at_ns = row->at_ns,
		    .service = service_of(x->a, row),
		    .outcome = outcome_of(row),
		    .row = row,
		    .last = row};
	}
}

struct differences {
	struct changer *x;
	const struct lw_change *call;
	size_t first, n; /* of its settings in the list; how many there are */
};

static bool
add_difference(
    void *arg, struct lw_str name, const struct lw_str *before, const struct lw_str *after)
{
	struct differences *d = arg;
	struct changer *x = d->x;

	if (d->n++ >= LW_CHANGE_SETTINGS_SHOWN) {
		x->changes[d->first + LW_CHANGE_SETTINGS_SHOWN - 1].more++;
		return true;
	}
	x->changes[x->count++] = (struct lw_change){.source = LW_CHANGE_OF_SETTING,
	    .at_ns = d->call->at_ns,
	    .service = d->call->service,
	    .outcome = d->call->outcome,
	    .row = d->call->row,
	    .last = d->call->last,
	    .name = name,
	    .before = before == NULL ? lw_str_make(NULL, 0) : *before,
	    .after = after == NULL ? lw_str_make(NULL, 0) : *after};
	return true;
}

/* What each call asks for that the one before on the same resource did not. */
static void
add_settings(struct changer *x)
{
	size_t calls = x->count, i, k;

	for (i = 1; i < calls; i++) {
		const struct lw_change *call = &x->changes[i];
		struct differences d = {x, call, x->count, 0};

		if (call->row->setting_count == 0 || call->outcome == LW_OUTCOME_FAILED)
			continue;
		for (k = i; k > 0; k--) {
			const struct lw_change *before = &x->changes[k - 1];

			if (before->row->setting_count > 0 &&
			    before->outcome != LW_OUTCOME_FAILED &&
			    before->row->target_key == call->row->target_key &&
			    lw_str_eq(before->row->method, call->row->method))
				break;
		}
		if (k > 0)
			compare_settings(x->changes[k - 1].row, call->row, add_difference, &d);
	}
}

static void
add_revisions(struct changer *x)
{
	const struct lw_tally *t = x->a->tally;
	uint32_t i, k, b;

	for (i = 0; i < t->service_count; i++) {
		const struct lw_service *s = &t->services[i];

		for (k = 0; k < s->revision_count; k++) {
			const struct lw_service_revision *r = &s->revisions[k], *before = NULL;

			for (b = 0; b < s->revision_count; b++)
				if (s->revisions[b].first_ns < r->first_ns &&
				    (before == NULL || s->revisions[b].first_ns > before->first_ns))
					before = &s->revisions[b];
			if (before != NULL)
				x->changes[x->count++] =
				    (struct lw_change){.source = LW_CHANGE_OF_REVISION,
					.at_ns = r->first_ns,
					.service = i,
					.revision = r->revision,
					.revision_before = before->revision,
					.order = lw_hash_str(
					    lw_intern_get(&t->revisions, r->revision), s->key)};
		}
	}
}

static void
add_values(struct changer *x)
{
	size_t i;

	for (i = 0; i < x->a->value_change_count; i++) {
		const struct lw_value_change *v = &x->a->value_changes[i];

		x->changes[x->count++] = (struct lw_change){.source = LW_CHANGE_OF_VALUE,
		    .at_ns = v->at_ns,
		    .service = x->a->vertices[v->vertex].service,
		    .value = v};
	}
}

static void
add_stated(struct changer *x)
{
	size_t i;

	for (i = 0; i < x->a->setting_change_count; i++) {
		const struct lw_setting_change *s = &x->a->setting_changes[i];

		x->changes[x->count++] = (struct lw_change){.source = LW_CHANGE_OF_STATED,
		    .at_ns = s->at_ns,
		    .service = s->service,
		    .stated = s};
	}
}

static int
compare_keys(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* Rows are in an order of their own already, values in that of nodes, settings in that of steps,
 * revisions go by time. */
static int
by_time(const void *pa, const void *pb)
{
	const struct lw_change *a = pa, *b = pb;
	int c;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	if (a->row != NULL && b->row != NULL) { /* a call, then its settings */
		c = compare_keys(a->row->entry_key, b->row->entry_key);
		if (c == 0)
			c = (int)a->source - (int)b->source;
		return c != 0 ? c : lw_str_cmp(a->name, b->name);
	}
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->value != NULL && b->value != NULL)
		return a->value < b->value ? -1 : a->value > b->value;
	if (a->stated != NULL && b->stated != NULL)
		return a->stated < b->stated ? -1 : a->stated > b->stated;
	return compare_keys(a->order, b->order);
}

static size_t
room_needed(const struct lw_analysis *a)
{
	size_t room = a->tally->changes.count * (size_t)(1 + LW_CHANGE_SETTINGS_SHOWN) +
		      a->value_change_count + a->setting_change_count;
	uint32_t i;

	for (i = 0; i < a->tally->service_count; i++)
		room += a->tally->services[i].revision_count;
	return room;
}

bool
lw_why_changes(struct lw_analysis *a)
{
	size_t room = room_needed(a);
	struct changer x = {.a = a};

	if (room == 0)
		return true;
	x.changes = lw_arena_zalloc(a->arena, room * sizeof(*x.changes));
	if (x.changes == NULL)
		return false;
	add_calls(&x);
	add_settings(&x);
	add_revisions(&x);
	add_values(&x);
	add_stated(&x);
	if (x.count > 1)
		qsort(x.changes, x.count, sizeof(*x.changes), by_time);
	a->changes = x.changes;
	a->change_count = x.count;
	return true;
}

/* Types of resources that run the code of a user. */
static bool
is_workload(const struct lw_tally *t, uint32_t service)
{
	static const char *const types[] = {"cloud_run_revision", "cloud_run_job", "k8s_container",
	    "k8s_pod", "cloud_function", "gae_app", "gce_instance"};
	struct lw_str type;
	size_t i;

	if (service == LW_NO_SERVICE)
		return false;
	type = lw_intern_get(&t->names, t->services[service].type);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (lw_str_eq(type, lw_str_from(types[i])))
			return true;
	return false;
}

enum lw_bearing
lw_change_bearing(
    const struct lw_analysis *a, const struct lw_change *c, const struct lw_incident *incident)
{
	const struct lw_tally *t = a->tally;
	bool same_project = false;
	size_t i;

	for (i = 0; i < incident->why_count; i++) {
		uint32_t service = a->vertices[incident->whys[i].vertex].service;
		const struct lw_service *s = &t->services[service];
		struct lw_str project = lw_intern_get(&t->names, s->project);

		if (service == c->service)
			return LW_BEARS_SERVICE;
		if (c->row == NULL)
			continue;
		same_project = same_project || project.n == 0 || c->row->project.n == 0 ||
			       lw_str_eq(project, c->row->project);
		if (c->row->target.n > 0 &&
		    lw_str_eq(c->row->target, lw_intern_get(&t->names, s->name)))
			return LW_BEARS_SERVICE;
	}
	if (c->row == NULL || c->row->kind == LW_CHANGE_DEPLOYMENT || is_workload(t, c->service))
		return LW_BEARS_NOT;
	return same_project ? LW_BEARS_SHARED : LW_BEARS_NOT;
}

/* The nearest changes of one bearing, in the order of the list where they are equal. */
static size_t
nearest(const struct lw_analysis *a, const struct lw_incident *incident, enum lw_bearing bearing,
    struct lw_lead *leads, size_t max)
{
	int64_t onset_ns = incident->from_ns;
	size_t n = 0, i, k;

	for (i = 0; i < a->change_count; i++) {
		const struct lw_change *c = &a->changes[i];
		struct lw_lead lead = {(uint32_t)i, bearing, onset_ns - c->at_ns};

		if (c->at_ns == LW_TIME_NONE || c->at_ns > onset_ns ||
		    c->at_ns < onset_ns - LW_CHANGE_HORIZON_NS || c->outcome == LW_OUTCOME_FAILED ||
		    lw_change_bearing(a, c, incident) != bearing)
			continue;
		for (k = n; k > 0 && lead.lead_ns < leads[k - 1].lead_ns; k--)
			if (k < max)
				leads[k] = leads[k - 1];
		if (k < max) {
			leads[k] = lead;
			n += n < max;
		}
	}
	return n;
}

size_t
lw_change_leads(const struct lw_analysis *a, const struct lw_incident *incident,
    struct lw_lead leads[LW_CHANGE_LEADS])
{
	size_t n;

	if (incident->from_ns == LW_TIME_NONE)
		return 0;
	n = nearest(a, incident, LW_BEARS_SERVICE, leads, LW_CHANGE_LEADS_SERVICE);
	return n + nearest(a, incident, LW_BEARS_SHARED, leads + n, LW_CHANGE_LEADS_SHARED);
}
