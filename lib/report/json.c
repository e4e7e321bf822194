/*
 * json.c - the report as JSON, schema logwhy.report/1 (data/logwhy.report.schema.json).
 *
 * What is unknown is null or absent as the schema says; strings lose nothing
 * but their secrets and the bytes that are no UTF-8.
 */
#include "report/json_out.h"

static void
strings(struct lw_json *j, const char *name, const struct lw_str *s, size_t n)
{
	size_t i;

	lw_json_open_array(j, name);
	for (i = 0; i < n; i++)
		lw_json_text(j, NULL, s[i]);
	lw_json_close_array(j);
}

static void
evidence(struct lw_json *j, const struct lw_m_evidence *e, size_t n)
{
	size_t i;

	lw_json_open_array(j, "evidence");
	for (i = 0; i < n; i++) {
		lw_json_open_map(j, NULL);
		lw_json_text(j, "insert_id", e[i].insert_id);
		lw_json_time(j, "timestamp", e[i].timestamp_ns);
		lw_json_text(j, "log_name", e[i].log_name);
		lw_json_text(j, "message", e[i].message);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
}

static void
inputs(struct lw_json *j)
{
	const struct lw_m_input *in;
	size_t i;

	lw_json_open_array(j, "inputs");
	for (i = 0; i < j->w.r->input_count; i++) {
		in = &j->w.r->inputs[i];
		lw_json_open_map(j, NULL);
		lw_json_text(j, "name", in->name);
		lw_json_integer(j, "bytes", in->bytes);
		lw_json_integer(j, "entries", in->entries);
		lw_json_integer(j, "malformed", in->malformed);
		if (in->has_first) {
			lw_json_open_map(j, "first_malformed");
			lw_json_integer(j, "line", in->first_line);
			lw_json_integer(j, "offset", in->first_offset);
			lw_json_text(j, "reason", in->first_reason);
			lw_json_close_map(j);
		} else {
			lw_json_null(j, "first_malformed");
		}
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
}

static void
totals(struct lw_json *j)
{
	const struct lw_m_totals *t = &j->w.r->totals;
	size_t i;

	lw_json_open_map(j, "totals");
	lw_json_integer(j, "entries", t->entries);
	lw_json_integer(j, "errors", t->errors);
	lw_json_integer(j, "errors_in_text", t->errors_in_text);
	lw_json_number(j, "error_ratio", t->error_ratio);
	lw_json_integer(j, "duplicates", t->duplicates);
	lw_json_integer(j, "malformed", t->malformed);
	lw_json_integer(j, "empty", t->empty);
	lw_json_integer(j, "unknown_severity", t->unknown_severity);
	lw_json_open_map(j, "by_severity");
	for (i = 0; i < LW_MODEL_SEVERITIES; i++)
		lw_json_integer(j, lw_severity_label(i), t->by_severity[i]);
	lw_json_close_map(j);
	lw_json_close_map(j);
}

static void
seconds(struct lw_json *j, const char *name, int64_t ns)
{
	if (ns == LW_TIME_NONE)
		lw_json_null(j, name);
	else
		lw_json_number(j, name, (double)ns / 1e9);
}

static void
startup(struct lw_json *j, const struct lw_m_startup *s)
{
	if (s->verdict == NULL) {
		lw_json_null(j, "startup");
		return;
	}
	lw_json_open_map(j, "startup");
	lw_json_text(j, "verdict", lw_str_from(s->verdict));
	lw_json_integer(j, "starts", s->starts);
	lw_json_integer(j, "came_up", s->came_up);
	lw_json_integer(j, "failed", s->failed);
	seconds(j, "healthy_max_s", s->healthy_max_ns);
	seconds(j, "healthy_median_s", s->healthy_median_ns);
	seconds(j, "tried_max_s", s->tried_max_ns);
	seconds(j, "tried_median_s", s->tried_median_ns);
	lw_json_time(j, "failing_from", s->failing_from_ns);
	lw_json_time(j, "failing_to", s->failing_to_ns);
	lw_json_close_map(j);
}

static void
phases(struct lw_json *j, const struct lw_m_service *s)
{
	size_t i;

	lw_json_open_array(j, "phases");
	for (i = 0; i < s->phase_count; i++) {
		const struct lw_m_phase *f = &s->phases[i];

		lw_json_open_map(j, NULL);
		lw_json_text(j, "kind", lw_str_from(f->kind));
		if (f->tenths > 0)
			lw_json_number(j, "n", (double)f->tenths / 10);
		else
			lw_json_null(j, "n");
		if (f->total > 0)
			lw_json_integer(j, "of", f->total);
		else
			lw_json_null(j, "of");
		lw_json_text(j, "name", f->name);
		lw_json_integer(j, "instances", f->instances);
		lw_json_integer(j, "passed", f->passed);
		lw_json_integer(j, "failed", f->failed);
		seconds(j, "median_s", f->median_ns);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
}

static void
service(struct lw_json *j, const struct lw_m_service *s)
{
	static const char *const classes[] = {"unknown", "1xx", "2xx", "3xx", "4xx", "5xx"};
	size_t i;

	lw_json_open_map(j, NULL);
	lw_json_text(j, "name", s->name);
	lw_json_text(j, "type", s->type);
	lw_json_text(j, "project", s->project);
	lw_json_text(j, "location", s->location);
	lw_json_text(j, "status", lw_str_from(lw_status_name(s->status)));
	if (s->has_availability)
		lw_json_number(j, "availability", s->availability);
	else
		lw_json_null(j, "availability");
	lw_json_integer(j, "entries", s->entries);
	lw_json_integer(j, "errors", s->errors);
	lw_json_open_map(j, "http");
	lw_json_integer(j, "requests", s->requests);
	lw_json_open_map(j, "by_class");
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (s->by_class[i] > 0)
			lw_json_integer(j, classes[i], s->by_class[i]);
	lw_json_close_map(j);
	lw_json_close_map(j);
	lw_json_open_map(j, "instances");
	lw_json_integer(j, "seen", s->instances_seen);
	lw_json_integer(j, "started", s->instances_started);
	lw_json_integer(j, "failed", s->instances_failed);
	lw_json_close_map(j);
	lw_json_open_array(j, "revisions");
	for (i = 0; i < s->revision_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_text(j, "name", s->revisions[i].name);
		lw_json_time(j, "first_seen", s->revisions[i].first_ns);
		lw_json_time(j, "last_seen", s->revisions[i].last_ns);
		startup(j, &s->revisions[i].startup);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
	startup(j, &s->startup);
	phases(j, s);
	lw_json_close_map(j);
}

static void
captures(struct lw_json *j, const struct lw_m_cluster *c)
{
	const struct lw_m_value *v;
	size_t i, k;

	lw_json_open_map(j, "captures");
	for (i = 0; i < c->capture_count; i++) {
		lw_json_key(j, c->captures[i].name);
		lw_json_open_array(j, NULL);
		for (k = 0; k < c->captures[i].value_count; k++) {
			v = &c->captures[i].values[k];
			lw_json_open_map(j, NULL);
			lw_json_text(j, "value", v->value);
			lw_json_integer(j, "count", v->count);
			lw_json_close_map(j);
		}
		lw_json_close_array(j);
	}
	lw_json_close_map(j);
}

static void
windows(struct lw_json *j, const struct lw_m_windows *m)
{
	size_t i;

	lw_json_open_map(j, "windows");
	lw_json_open_map(j, "peak");
	lw_json_time(j, "from", m->peak_from_ns);
	lw_json_time(j, "to", m->peak_to_ns);
	lw_json_integer(j, "count", m->peak_count);
	lw_json_close_map(j);
	lw_json_time(j, "onset", m->onset_ns);
	lw_json_text(j, "state", lw_str_from(m->ongoing ? "ongoing" : "ended"));
	lw_json_open_array(j, "series");
	for (i = 0; i < m->point_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_time(j, "t", m->series[i].t_ns);
		lw_json_integer(j, "n", m->series[i].n);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
	lw_json_close_map(j);
}

static void
cluster(struct lw_json *j, const struct lw_m_cluster *c)
{
	lw_json_open_map(j, NULL);
	lw_json_text(j, "id", c->id);
	lw_json_text_or_null(j, "rule", c->rule);
	lw_json_text(j, "title", c->title);
	lw_json_text(j, "template", c->template_text);
	lw_json_text_or_null(j, "layer", c->layer);
	lw_json_text(j, "role", c->role);
	lw_json_integer(j, "count", c->count);
	lw_json_integer(j, "instances", c->instances);
	lw_json_text(j, "severity", c->severity);
	lw_json_time(j, "first_seen", c->first_ns);
	lw_json_time(j, "last_seen", c->last_ns);
	strings(j, "services", c->services, c->service_count);
	strings(j, "revisions", c->revisions, c->revision_count);
	captures(j, c);
	windows(j, &c->windows);
	evidence(j, c->evidence, c->evidence_count);
	lw_json_close_map(j);
}

static void
links(struct lw_json *j, const struct lw_m_link *all, size_t n)
{
	const struct lw_m_link *l;
	size_t i;

	lw_json_open_array(j, "links");
	for (i = 0; i < n; i++) {
		l = &all[i];
		lw_json_open_map(j, NULL);
		lw_json_text(j, "kind", lw_str_from(l->kind));
		lw_json_integer(j, "n", l->n);
		lw_json_integer(j, "of", l->of);
		if (l->has_lag) {
			lw_json_number(j, "median_lag_s", l->median_lag_s);
			lw_json_number(j, "lag_spread_s", l->lag_spread_s);
		} else {
			lw_json_null(j, "median_lag_s");
			lw_json_null(j, "lag_spread_s");
		}
		lw_json_text(j, "text", l->text);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
}

static void
why(struct lw_json *j, const struct lw_m_why *y, size_t n)
{
	lw_json_open_map(j, NULL);
	lw_json_integer(j, "n", n);
	lw_json_text(j, "question", y->question);
	lw_json_text(j, "finding", y->finding);
	lw_json_text_or_null(j, "cluster", y->cluster);
	lw_json_text(j, "basis", lw_str_from(y->observed ? "observed" : "hypothesis"));
	lw_json_number(j, "confidence", y->confidence);
	lw_json_integer(j, "count", y->count);
	lw_json_integer(j, "instances", y->instances);
	links(j, y->links, y->link_count);
	evidence(j, y->evidence, y->evidence_count);
	strings(j, "check", y->checks, y->check_count);
	lw_json_close_map(j);
}

/* What came before an incident; `change` counts from 0 in the report's changes. */
static void
leads(struct lw_json *j, const struct lw_m_incident *in)
{
	size_t i;

	lw_json_open_array(j, "changes_before");
	for (i = 0; i < in->lead_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_integer(j, "change", in->leads[i].change);
		lw_json_number(j, "lead_s", (double)in->leads[i].lead_ns / 1e9);
		lw_json_text(j, "bearing", lw_str_from(in->leads[i].bearing));
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
}

static void
doubt(struct lw_json *j, const struct lw_m_incident *in)
{
	size_t i;

	lw_json_open_map(j, "doubt");
	lw_json_text(j, "kind", lw_str_from(in->doubt));
	lw_json_text(j, "text", in->doubt_text);
	lw_json_open_array(j, "causes");
	for (i = 0; i < in->rival_count; i++) {
		const struct lw_m_rival *r = &in->rivals[i];

		lw_json_open_map(j, NULL);
		lw_json_text(j, "cluster", r->cluster);
		lw_json_text(j, "service", r->service);
		lw_json_text(j, "title", r->title);
		lw_json_integer(j, "count", r->count);
		lw_json_integer(j, "instances", r->instances);
		lw_json_integer(j, "failures", r->failures);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
	lw_json_close_map(j);
}

static void
felt(struct lw_json *j, const struct lw_m_incident *in)
{
	size_t i;

	if (in->has_felt) {
		lw_json_open_map(j, "felt");
		lw_json_integer(j, "requests_failed", in->requests_failed);
		lw_json_integer(j, "requests_seen", in->requests_seen);
		lw_json_close_map(j);
	} else {
		lw_json_null(j, "felt");
	}
	if (in->also_count > 0)
		lw_json_open_array(j, "also");
	for (i = 0; i < in->also_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_text(j, "service", in->also[i].service);
		lw_json_text(j, "cluster", in->also[i].cluster);
		lw_json_integer(j, "requests_failed", in->also[i].requests_failed);
		lw_json_integer(j, "requests_seen", in->also[i].requests_seen);
		lw_json_close_map(j);
	}
	if (in->also_count > 0)
		lw_json_close_array(j);
	if (in->doubt != NULL)
		doubt(j, in);
	lw_json_open_array(j, "periods");
	for (i = 0; i < in->period_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_time(j, "from", in->periods[i].from_ns);
		lw_json_time(j, "to", in->periods[i].to_ns);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
}

static void
layer(struct lw_json *j, const struct lw_m_incident *in)
{
	if (in->layer == NULL) {
		lw_json_null(j, "layer");
		return;
	}
	lw_json_open_map(j, "layer");
	lw_json_text(j, "name", lw_str_from(in->layer));
	strings(j, "for", in->layer_for, in->for_count);
	strings(j, "against", in->layer_against, in->against_count);
	lw_json_close_map(j);
}

static void
considered(struct lw_json *j, const struct lw_m_incident *in)
{
	size_t i;

	if (in->considered_count == 0)
		return;
	lw_json_open_array(j, "considered");
	for (i = 0; i < in->considered_count; i++) {
		const struct lw_m_considered *c = &in->considered[i];

		lw_json_open_map(j, NULL);
		lw_json_integer(j, "why", c->why);
		lw_json_text(j, "effect", c->effect);
		lw_json_text(j, "cause", c->cause);
		lw_json_text(j, "cluster", c->cluster);
		lw_json_text(j, "service", c->service);
		lw_json_number(j, "confidence", c->confidence);
		lw_json_text(j, "verdict", lw_str_from(c->verdict));
		lw_json_text(j, "reason", c->reason);
		links(j, c->links, c->link_count);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
}

static void
incident(struct lw_json *j, const struct lw_m_incident *in)
{
	size_t i;

	lw_json_open_map(j, NULL);
	lw_json_text(j, "id", in->id);
	lw_json_text(j, "title", in->title);
	lw_json_text(j, "service", in->service);
	lw_json_text(j, "status", lw_str_from(in->ongoing ? "ongoing" : "ended"));
	lw_json_time(j, "from", in->from_ns);
	lw_json_time(j, "to", in->to_ns);
	lw_json_open_map(j, "root");
	lw_json_text_or_null(j, "cluster", in->root_cluster);
	lw_json_text(j, "basis", in->root_basis);
	lw_json_close_map(j);
	felt(j, in);
	layer(j, in);
	leads(j, in);
	lw_json_open_array(j, "whys");
	for (i = 0; i < in->why_count; i++)
		why(j, &in->whys[i], i + 1);
	lw_json_close_array(j);
	considered(j, in);
	lw_json_close_map(j);
}

static void
change(struct lw_json *j, const struct lw_m_change *c)
{
	lw_json_open_map(j, NULL);
	lw_json_text(j, "kind", lw_str_from(c->kind));
	lw_json_text(j, "text", c->text);
	lw_json_time(j, "at", c->at_ns);
	if (c->has_before)
		lw_json_text(j, "before", c->before);
	else
		lw_json_null(j, "before");
	if (c->has_after)
		lw_json_text(j, "after", c->after);
	else
		lw_json_null(j, "after");
	lw_json_text_or_null(j, "service", c->service);
	lw_json_text_or_null(j, "target", c->target);
	lw_json_text_or_null(j, "method", c->method);
	lw_json_text_or_null(j, "by", c->by);
	lw_json_text_or_null(j, "outcome", lw_str_from(c->outcome));
	lw_json_text_or_null(j, "relation", lw_str_from(c->relation));
	lw_json_text_or_null(j, "incident", c->incident);
	if (c->incident.n > 0)
		lw_json_number(j, "lead_s", (double)c->lead_ns / 1e9);
	else
		lw_json_null(j, "lead_s");
	evidence(j, c->evidence, c->evidence_count);
	lw_json_close_map(j);
}

static void
lists(struct lw_json *j)
{
	const struct lw_report *r = j->w.r;
	size_t i;

	lw_json_open_array(j, "coverage");
	for (i = 0; i < r->coverage_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_text(j, "kind", lw_str_from(r->coverage[i].kind));
		lw_json_text(j, "text", r->coverage[i].text);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
	lw_json_open_map(j, "window");
	lw_json_number(j, "length_s", (double)r->window_ns / 1e9);
	lw_json_number(j, "step_s", (double)r->step_ns / 1e9);
	lw_json_close_map(j);
	lw_json_open_array(j, "services");
	for (i = 0; i < r->service_count; i++)
		service(j, &r->services[i]);
	lw_json_close_array(j);
	lw_json_open_array(j, "clusters");
	for (i = 0; i < r->cluster_count; i++)
		cluster(j, &r->clusters[i]);
	lw_json_close_array(j);
	lw_json_open_array(j, "incidents");
	for (i = 0; i < r->incident_count; i++)
		incident(j, &r->incidents[i]);
	lw_json_close_array(j);
	lw_json_open_array(j, "changes");
	for (i = 0; i < r->change_count; i++)
		change(j, &r->changes[i]);
	lw_json_close_array(j);
}

static void
advice(struct lw_json *j)
{
	const struct lw_report *r = j->w.r;
	size_t i;

	lw_json_open_array(j, "actions");
	for (i = 0; i < r->action_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_text(j, "priority", r->actions[i].priority);
		lw_json_text(j, "text", r->actions[i].text);
		lw_json_text_or_null(j, "incident", r->actions[i].incident);
		strings(j, "check", r->actions[i].checks, r->actions[i].check_count);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
	lw_json_open_array(j, "success_criteria");
	for (i = 0; i < r->criterion_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_text(j, "text", r->criteria[i].text);
		lw_json_text_or_null(j, "incident", r->criteria[i].incident);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
}

static void
compared(struct lw_json *j, const struct lw_m_compared *m, bool incident)
{
	lw_json_open_map(j, NULL);
	lw_json_text(j, "state", lw_str_from(m->state));
	lw_json_text(j, "id", m->id);
	lw_json_text(j, "title", m->title);
	if (incident) {
		lw_json_time(j, "before_from", m->before_from_ns);
		lw_json_time(j, "before_to", m->before_to_ns);
		lw_json_time(j, "gone_from", m->gone_from_ns);
		lw_json_time(j, "gone_to", m->gone_to_ns);
		lw_json_time(j, "from", m->from_ns);
		lw_json_time(j, "to", m->to_ns);
	} else {
		lw_json_integer(j, "count_before", m->count_before);
		lw_json_integer(j, "count_after", m->count_after);
		lw_json_number(j, "rate_before", m->rate_before);
		lw_json_number(j, "rate_after", m->rate_after);
	}
	lw_json_close_map(j);
}

static void
comparison(struct lw_json *j, const struct lw_m_comparison *c)
{
	size_t i;

	if (c == NULL)
		return;
	lw_json_open_map(j, "comparison");
	lw_json_open_array(j, "baselines");
	for (i = 0; i < c->baseline_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_text(j, "name", c->baselines[i].name);
		lw_json_text(j, "title", c->baselines[i].title);
		lw_json_time(j, "from", c->baselines[i].from_ns);
		lw_json_time(j, "to", c->baselines[i].to_ns);
		lw_json_integer(j, "entries", c->baselines[i].entries);
		lw_json_integer(j, "requests", c->baselines[i].requests);
		lw_json_integer(j, "incidents", c->baselines[i].incidents);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
	lw_json_text(j, "unit", lw_str_from(c->unit));
	lw_json_open_array(j, "incidents");
	for (i = 0; i < c->incident_count; i++)
		compared(j, &c->incidents[i], true);
	lw_json_close_array(j);
	lw_json_open_array(j, "clusters");
	for (i = 0; i < c->cluster_count; i++)
		compared(j, &c->clusters[i], false);
	lw_json_close_array(j);
	lw_json_close_map(j);
}

static void
document(struct lw_json *j)
{
	const struct lw_report *r = j->w.r;

	lw_json_open_map(j, NULL);
	lw_json_text(j, "schema", LW_STR(LW_REPORT_SCHEMA));
	lw_json_open_map(j, "generator");
	lw_json_text(j, "name", LW_STR("logwhy"));
	lw_json_text(j, "version", r->version);
	lw_json_close_map(j);
	lw_json_text(j, "title", r->title);
	lw_json_open_map(j, "period");
	lw_json_time(j, "from", r->from_ns);
	lw_json_time(j, "to", r->to_ns);
	lw_json_close_map(j);
	inputs(j);
	totals(j);
	lists(j);
	advice(j);
	comparison(j, r->comparison);
	lw_json_close_map(j);
}

void
lw_write_json(struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style)
{
	struct lw_json j;

	if (!lw_json_init(&j, out, r, style))
		return;
	document(&j);
	lw_json_fini(&j);
}
