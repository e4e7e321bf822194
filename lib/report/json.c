/*
 * json.c - the report as JSON, schema logwhy.report/1 (data/logwhy.report.schema.json).
 *
 * What is unknown is null or absent as the schema says; strings lose nothing
 * but their secrets and the bytes that are no UTF-8.
 */
#include "report/common.h"

#include <stdio.h>
#include <stdlib.h>
#include <yajl/yajl_gen.h>

#include "base/utf8.h"
#include "report/glyph.h"

struct json {
	struct lw_writer w;
	yajl_gen g;
	struct lw_buf clean; /* scratch */
};

/*
 * What yajl prints.  It escapes below U+0020 only; DEL, C1, separators and
 * characters that hide or reorder others can stand inside strings only, so
 * they are escaped here.  yajl never cuts a character between two calls.
 */
void
lw_json_print(void *arg, const char *p, size_t n)
{
	struct lw_buf *out = arg;
	struct lw_str s = {p, n};
	size_t at = 0, size;
	uint32_t c;

	while (at < s.n) {
		size = lw_utf8_next(lw_str_make(s.p + at, s.n - at), &c);
		if (size == 0 || c == '\n' || !lw_glyph_hidden(c)) {
			at += size == 0 ? 1 : size;
			continue;
		}
		lw_buf_add(out, s.p, at);
		if (c > 0xffff)
			lw_buf_printf(out, "\\u%04x\\u%04x",
			    (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
			    (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
		else
			lw_buf_printf(out, "\\u%04x", (unsigned)c);
		s = lw_str_make(s.p + at + size, s.n - at - size);
		at = 0;
	}
	lw_buf_add(out, s.p, s.n);
}

static void
string(struct json *j, struct lw_str s)
{
	if (!lw_buf_ok(&j->clean))
		return;
	lw_buf_reset(&j->clean);
	lw_buf_reserve(&j->clean, s.n + 1);
	lw_utf8_clean(&j->clean, lw_redacted(&j->w, s));
	yajl_gen_string(
	    j->g, (const unsigned char *)(j->clean.n > 0 ? j->clean.p : ""), j->clean.n);
}

static void
key(struct json *j, const char *name)
{
	yajl_gen_string(j->g, (const unsigned char *)name, strlen(name));
}

static void
text(struct json *j, const char *name, struct lw_str s)
{
	key(j, name);
	string(j, s);
}

/* Empty is null. */
static void
text_or_null(struct json *j, const char *name, struct lw_str s)
{
	key(j, name);
	if (s.n == 0)
		yajl_gen_null(j->g);
	else
		string(j, s);
}

static void
integer(struct json *j, const char *name, uint64_t v)
{
	char buf[LW_NUMBER_BYTES];
	int n = snprintf(buf, sizeof(buf), "%llu", (unsigned long long)v);

	key(j, name);
	yajl_gen_number(j->g, buf, (size_t)n);
}

static void
number(struct json *j, const char *name, double v)
{
	char buf[LW_NUMBER_BYTES];
	size_t n = lw_number_format(v, buf);

	key(j, name);
	yajl_gen_number(j->g, buf, n);
}

static void
moment(struct json *j, const char *name, int64_t ns)
{
	char buf[LW_TIME_TEXT_BYTES];
	size_t n = lw_time_format(ns, buf);

	key(j, name);
	if (n == 0)
		yajl_gen_null(j->g);
	else
		yajl_gen_string(j->g, (const unsigned char *)buf, n);
}

static void
open_map(struct json *j, const char *name)
{
	if (name != NULL)
		key(j, name);
	yajl_gen_map_open(j->g);
}

static void
close_map(struct json *j)
{
	yajl_gen_map_close(j->g);
}

static void
open_array(struct json *j, const char *name)
{
	key(j, name);
	yajl_gen_array_open(j->g);
}

static void
close_array(struct json *j)
{
	yajl_gen_array_close(j->g);
}

static void
strings(struct json *j, const char *name, const struct lw_str *s, size_t n)
{
	size_t i;

	open_array(j, name);
	for (i = 0; i < n; i++)
		string(j, s[i]);
	close_array(j);
}

static void
evidence(struct json *j, const struct lw_m_evidence *e, size_t n)
{
	size_t i;

	open_array(j, "evidence");
	for (i = 0; i < n; i++) {
		open_map(j, NULL);
		text(j, "insert_id", e[i].insert_id);
		moment(j, "timestamp", e[i].timestamp_ns);
		text(j, "log_name", e[i].log_name);
		text(j, "message", e[i].message);
		close_map(j);
	}
	close_array(j);
}

static void
inputs(struct json *j)
{
	const struct lw_m_input *in;
	size_t i;

	open_array(j, "inputs");
	for (i = 0; i < j->w.r->input_count; i++) {
		in = &j->w.r->inputs[i];
		open_map(j, NULL);
		text(j, "name", in->name);
		integer(j, "bytes", in->bytes);
		integer(j, "entries", in->entries);
		integer(j, "malformed", in->malformed);
		if (in->has_first) {
			open_map(j, "first_malformed");
			integer(j, "line", in->first_line);
			integer(j, "offset", in->first_offset);
			text(j, "reason", in->first_reason);
			close_map(j);
		} else {
			text_or_null(j, "first_malformed", LW_STR(""));
		}
		close_map(j);
	}
	close_array(j);
}

static void
totals(struct json *j)
{
	const struct lw_m_totals *t = &j->w.r->totals;
	size_t i;

	open_map(j, "totals");
	integer(j, "entries", t->entries);
	integer(j, "errors", t->errors);
	integer(j, "errors_in_text", t->errors_in_text);
	number(j, "error_ratio", t->error_ratio);
	integer(j, "duplicates", t->duplicates);
	integer(j, "malformed", t->malformed);
	integer(j, "empty", t->empty);
	integer(j, "unknown_severity", t->unknown_severity);
	open_map(j, "by_severity");
	for (i = 0; i < LW_MODEL_SEVERITIES; i++)
		integer(j, lw_severity_label(i), t->by_severity[i]);
	close_map(j);
	close_map(j);
}

static void
service(struct json *j, const struct lw_m_service *s)
{
	static const char *const classes[] = {"unknown", "1xx", "2xx", "3xx", "4xx", "5xx"};
	size_t i;

	open_map(j, NULL);
	text(j, "name", s->name);
	text(j, "type", s->type);
	text(j, "project", s->project);
	text(j, "location", s->location);
	text(j, "status", lw_str_from(lw_status_name(s->status)));
	if (s->has_availability)
		number(j, "availability", s->availability);
	else
		text_or_null(j, "availability", LW_STR(""));
	integer(j, "entries", s->entries);
	integer(j, "errors", s->errors);
	open_map(j, "http");
	integer(j, "requests", s->requests);
	open_map(j, "by_class");
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (s->by_class[i] > 0)
			integer(j, classes[i], s->by_class[i]);
	close_map(j);
	close_map(j);
	open_map(j, "instances");
	integer(j, "seen", s->instances_seen);
	integer(j, "started", s->instances_started);
	integer(j, "failed", s->instances_failed);
	close_map(j);
	open_array(j, "revisions");
	for (i = 0; i < s->revision_count; i++) {
		open_map(j, NULL);
		text(j, "name", s->revisions[i].name);
		moment(j, "first_seen", s->revisions[i].first_ns);
		moment(j, "last_seen", s->revisions[i].last_ns);
		close_map(j);
	}
	close_array(j);
	close_map(j);
}

static void
captures(struct json *j, const struct lw_m_cluster *c)
{
	const struct lw_m_value *v;
	size_t i, k;

	open_map(j, "captures");
	for (i = 0; i < c->capture_count; i++) {
		string(j, c->captures[i].name);
		yajl_gen_array_open(j->g);
		for (k = 0; k < c->captures[i].value_count; k++) {
			v = &c->captures[i].values[k];
			open_map(j, NULL);
			text(j, "value", v->value);
			integer(j, "count", v->count);
			close_map(j);
		}
		close_array(j);
	}
	close_map(j);
}

static void
windows(struct json *j, const struct lw_m_windows *m)
{
	size_t i;

	open_map(j, "windows");
	open_map(j, "peak");
	moment(j, "from", m->peak_from_ns);
	moment(j, "to", m->peak_to_ns);
	integer(j, "count", m->peak_count);
	close_map(j);
	moment(j, "onset", m->onset_ns);
	text(j, "state", lw_str_from(m->ongoing ? "ongoing" : "ended"));
	open_array(j, "series");
	for (i = 0; i < m->point_count; i++) {
		open_map(j, NULL);
		moment(j, "t", m->series[i].t_ns);
		integer(j, "n", m->series[i].n);
		close_map(j);
	}
	close_array(j);
	close_map(j);
}

static void
cluster(struct json *j, const struct lw_m_cluster *c)
{
	open_map(j, NULL);
	text(j, "id", c->id);
	text_or_null(j, "rule", c->rule);
	text(j, "title", c->title);
	text(j, "template", c->template_text);
	text_or_null(j, "layer", c->layer);
	text(j, "role", c->role);
	integer(j, "count", c->count);
	integer(j, "instances", c->instances);
	text(j, "severity", c->severity);
	moment(j, "first_seen", c->first_ns);
	moment(j, "last_seen", c->last_ns);
	strings(j, "services", c->services, c->service_count);
	strings(j, "revisions", c->revisions, c->revision_count);
	captures(j, c);
	windows(j, &c->windows);
	evidence(j, c->evidence, c->evidence_count);
	close_map(j);
}

static void
why(struct json *j, const struct lw_m_why *y, size_t n)
{
	const struct lw_m_link *l;
	size_t i;

	open_map(j, NULL);
	integer(j, "n", n);
	text(j, "question", y->question);
	text(j, "finding", y->finding);
	text_or_null(j, "cluster", y->cluster);
	text(j, "basis", lw_str_from(y->observed ? "observed" : "hypothesis"));
	number(j, "confidence", y->confidence);
	integer(j, "count", y->count);
	integer(j, "instances", y->instances);
	open_array(j, "links");
	for (i = 0; i < y->link_count; i++) {
		l = &y->links[i];
		open_map(j, NULL);
		text(j, "kind", lw_str_from(l->kind));
		integer(j, "n", l->n);
		integer(j, "of", l->of);
		if (l->has_lag)
			number(j, "median_lag_s", l->median_lag_s);
		else
			text_or_null(j, "median_lag_s", LW_STR(""));
		text(j, "text", l->text);
		close_map(j);
	}
	close_array(j);
	evidence(j, y->evidence, y->evidence_count);
	strings(j, "check", y->checks, y->check_count);
	close_map(j);
}

static void
incident(struct json *j, const struct lw_m_incident *in)
{
	size_t i;

	open_map(j, NULL);
	text(j, "id", in->id);
	text(j, "title", in->title);
	text(j, "service", in->service);
	text(j, "status", lw_str_from(in->ongoing ? "ongoing" : "ended"));
	moment(j, "from", in->from_ns);
	moment(j, "to", in->to_ns);
	open_map(j, "root");
	text_or_null(j, "cluster", in->root_cluster);
	text(j, "basis", in->root_basis);
	close_map(j);
	open_array(j, "whys");
	for (i = 0; i < in->why_count; i++)
		why(j, &in->whys[i], i + 1);
	close_array(j);
	close_map(j);
}

static void
change(struct json *j, const struct lw_m_change *c)
{
	open_map(j, NULL);
	text(j, "kind", lw_str_from(c->kind));
	text(j, "text", c->text);
	moment(j, "at", c->at_ns);
	key(j, "before");
	if (c->has_before)
		string(j, c->before);
	else
		yajl_gen_null(j->g);
	key(j, "after");
	if (c->has_after)
		string(j, c->after);
	else
		yajl_gen_null(j->g);
	evidence(j, c->evidence, c->evidence_count);
	close_map(j);
}

static void
lists(struct json *j)
{
	const struct lw_report *r = j->w.r;
	size_t i;

	open_array(j, "coverage");
	for (i = 0; i < r->coverage_count; i++) {
		open_map(j, NULL);
		text(j, "kind", lw_str_from(r->coverage[i].kind));
		text(j, "text", r->coverage[i].text);
		close_map(j);
	}
	close_array(j);
	open_map(j, "window");
	number(j, "length_s", (double)r->window_ns / 1e9);
	number(j, "step_s", (double)r->step_ns / 1e9);
	close_map(j);
	open_array(j, "services");
	for (i = 0; i < r->service_count; i++)
		service(j, &r->services[i]);
	close_array(j);
	open_array(j, "clusters");
	for (i = 0; i < r->cluster_count; i++)
		cluster(j, &r->clusters[i]);
	close_array(j);
	open_array(j, "incidents");
	for (i = 0; i < r->incident_count; i++)
		incident(j, &r->incidents[i]);
	close_array(j);
	open_array(j, "changes");
	for (i = 0; i < r->change_count; i++)
		change(j, &r->changes[i]);
	close_array(j);
}

static void
advice(struct json *j)
{
	const struct lw_report *r = j->w.r;
	size_t i;

	open_array(j, "actions");
	for (i = 0; i < r->action_count; i++) {
		open_map(j, NULL);
		text(j, "priority", r->actions[i].priority);
		text(j, "text", r->actions[i].text);
		text_or_null(j, "incident", r->actions[i].incident);
		strings(j, "check", r->actions[i].checks, r->actions[i].check_count);
		close_map(j);
	}
	close_array(j);
	open_array(j, "success_criteria");
	for (i = 0; i < r->criterion_count; i++) {
		open_map(j, NULL);
		text(j, "text", r->criteria[i].text);
		text_or_null(j, "incident", r->criteria[i].incident);
		close_map(j);
	}
	close_array(j);
}

static void
document(struct json *j)
{
	const struct lw_report *r = j->w.r;

	open_map(j, NULL);
	text(j, "schema", LW_STR(LW_REPORT_SCHEMA));
	open_map(j, "generator");
	text(j, "name", LW_STR("logwhy"));
	text(j, "version", r->version);
	close_map(j);
	text(j, "title", r->title);
	open_map(j, "period");
	moment(j, "from", r->from_ns);
	moment(j, "to", r->to_ns);
	close_map(j);
	inputs(j);
	totals(j);
	lists(j);
	advice(j);
	close_map(j);
}

/* yajl does not look at what its allocator returns; its few hundred bytes come from the stack. */
struct pool {
	_Alignas(16) unsigned char bytes[4096];
	size_t used;
};

static void *
pool_alloc(void *ctx, size_t n)
{
	struct pool *pool = ctx;
	void *p = pool->bytes + pool->used;

	n = (n + 15) & ~(size_t)15;
	if (n > sizeof(pool->bytes) - pool->used)
		return NULL;
	pool->used += n;
	return p;
}

static void *
pool_realloc(void *ctx, void *p, size_t n)
{
	(void)p; /* only the buffer that print() stands in for would ever grow */
	return pool_alloc(ctx, n);
}

static void
pool_free(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

void
lw_write_json(struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style)
{
	struct pool pool = {.used = 0};
	yajl_alloc_funcs funcs = {pool_alloc, pool_realloc, pool_free, &pool};
	struct json j = {.clean = {0}};

	lw_writer_init(&j.w, out, r, style);
	j.g = yajl_gen_alloc(&funcs);
	if (j.g == NULL) {
		out->failed = true;
		return;
	}
	yajl_gen_config(j.g, yajl_gen_beautify, 1);
	yajl_gen_config(j.g, yajl_gen_indent_string, "  ");
	yajl_gen_config(j.g, yajl_gen_print_callback, lw_json_print, out);
	document(&j);
	yajl_gen_free(j.g);
	if (!lw_buf_ok(&j.clean))
		out->failed = true;
	lw_buf_fini(&j.clean);
	lw_writer_fini(&j.w);
}
