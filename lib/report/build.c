/* build.c - the model as a whole, and the helpers of its parts. */
#include "report/build.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/build_private.h"
#include "report/platform.h"

void *
lw_build_alloc(struct lw_builder *x, size_t n, size_t size)
{
	void *p;

	if (n == 0)
		return NULL;
	p = lw_arena_zalloc(x->arena, n * size);
	if (p == NULL)
		x->failed = true;
	return p;
}

struct lw_str
lw_build_printf(struct lw_builder *x, const char *format, ...)
{
	struct lw_buf b = {0};
	struct lw_str s;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0 || !lw_buf_reserve(&b, (size_t)n)) {
		x->failed = true;
		return LW_STR("");
	}
	va_start(ap, format);
	(void)vsnprintf(b.p, (size_t)n + 1, format, ap);
	va_end(ap);
	s = lw_arena_str(x->arena, lw_str_make(b.p, (size_t)n));
	lw_buf_fini(&b);
	if (s.p == NULL)
		x->failed = true;
	return s;
}

struct lw_str
lw_build_count(struct lw_builder *x, uint64_t n, const char *one, const char *many)
{
	return lw_build_printf(x, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
}

struct lw_str
lw_build_time(struct lw_builder *x, int64_t ns)
{
	char buf[LW_TIME_TEXT_BYTES];

	(void)lw_time_format(ns, buf);
	return lw_build_printf(x, "%s", buf);
}

struct lw_str
lw_build_duration(struct lw_builder *x, int64_t ns)
{
	char buf[LW_TIME_TEXT_BYTES];

	(void)lw_duration_format(ns, buf);
	return lw_build_printf(x, "%s", buf);
}

struct lw_str
lw_build_capture(const struct lw_builder *x, const struct lw_group *g, uint32_t capture)
{
	const struct lw_tally *t = x->b->tally;
	const struct lw_value *best = NULL;
	uint32_t i, k;

	for (i = 0; i < g->node_count; i++) {
		const struct lw_node *n = &t->nodes[g->nodes[i]];

		for (k = 0; k < n->value_count; k++) {
			const struct lw_value *v = &n->values[k];

			if (v->capture == capture &&
			    (best == NULL || v->count > best->count ||
				(v->count == best->count && strcmp(v->text, best->text) < 0)))
				best = v;
		}
	}
	return best == NULL ? lw_str_make(NULL, 0) : lw_str_from(best->text);
}

/* The value of a placeholder; .p NULL where there is none. */
static struct lw_str
placeholder(
    struct lw_builder *x, struct lw_str name, const struct lw_group *g, const struct lw_vertex *v)
{
	const struct lw_tally *t = x->b->tally;
	const struct lw_service *s = v == NULL ? NULL : &t->services[v->service];
	uint32_t latest = LW_INTERN_FULL, i;
	int64_t latest_ns = LW_TIME_NONE;

	if (g->rule != LW_NO_RULE) {
		const struct lw_rule *rule = lw_catalog_rule(t->catalog, g->rule);

		for (i = 0; i < rule->capture_count; i++)
			if (lw_str_eq(name, lw_str_from(rule->captures[i])))
				return lw_build_capture(x, g, i);
	}
	if (s == NULL)
		return lw_str_make(NULL, 0);
	if (lw_str_eq(name, LW_STR("service")))
		return lw_intern_get(&t->names, s->name);
	if (lw_str_eq(name, LW_STR("project")))
		return lw_intern_get(&t->names, s->project);
	if (lw_str_eq(name, LW_STR("location")))
		return lw_intern_get(&t->names, s->location);
	if (lw_str_eq(name, LW_STR("namespace")))
		return s->namespace_name == LW_INTERN_FULL
			   ? lw_str_make(NULL, 0)
			   : lw_intern_get(&t->names, s->namespace_name);
	if (lw_str_eq(name, LW_STR("instance"))) /* of the entry that is shown first */
		return v->sum.samples[0] == NULL ? lw_str_make(NULL, 0)
						 : v->sum.samples[0]->instance;
	if (!lw_str_eq(name, LW_STR("revision")))
		return lw_str_make(NULL, 0);
	for (i = 0; i < s->revision_count; i++)
		if (s->revisions[i].first_ns > latest_ns || latest == LW_INTERN_FULL) {
			latest_ns = s->revisions[i].first_ns;
			latest = s->revisions[i].revision;
		}
	return latest == LW_INTERN_FULL ? lw_str_make(NULL, 0)
					: lw_intern_get(&t->revisions, latest);
}

static void
add_upper(struct lw_buf *out, struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		lw_buf_addc(
		    out, (char)(s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] - 'a' + 'A' : s.p[i]));
}

/* Letters, digits and what stands in names, paths and addresses: one word to every shell, quoted or
 * not. */
static bool
is_plain_word(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c != '\0' && strchr("_./:@%+=,-", c) != NULL)))
			return false;
	}
	return s.n > 0 && s.p[0] != '-';
}

static struct lw_str
fill(struct lw_builder *x, const char *text, const struct lw_group *g, const struct lw_vertex *v,
    bool command)
{
	struct lw_str rest = lw_str_from(text == NULL ? "" : text), s;

	lw_buf_reset(&x->text);
	for (;;) {
		size_t open = lw_str_find(rest, LW_STR("{")), close;
		struct lw_str name, value;

		if (open == LW_NPOS)
			break;
		lw_buf_add(&x->text, rest.p, open);
		rest = lw_str_make(rest.p + open + 1, rest.n - open - 1);
		close = lw_str_find(rest, LW_STR("}"));
		if (close == LW_NPOS) {
			lw_buf_addc(&x->text, '{');
			break;
		}
		name = lw_str_make(rest.p, close);
		value = placeholder(x, name, g, v);
		if (value.p != NULL && value.n > 0 && (!command || is_plain_word(value)))
			lw_buf_addstr(&x->text, value);
		else
			add_upper(&x->text, name);
		rest = lw_str_make(rest.p + close + 1, rest.n - close - 1);
	}
	lw_buf_addstr(&x->text, rest);
	s = lw_arena_str(x->arena, lw_buf_str(&x->text));
	if (s.p == NULL || !lw_buf_ok(&x->text))
		x->failed = true;
	return s;
}

struct lw_str
lw_build_fill(
    struct lw_builder *x, const char *text, const struct lw_group *g, const struct lw_vertex *v)
{
	return fill(x, text, g, v, false);
}

struct lw_str
lw_build_command(
    struct lw_builder *x, const char *text, const struct lw_group *g, const struct lw_vertex *v)
{
	const struct lw_tally *t = x->b->tally;
	const struct lw_service *s = v == NULL ? NULL : &t->services[v->service];
	struct lw_buf own = {0};
	struct lw_str filled = LW_STR("");

	if (v == NULL || text == NULL)
		return fill(x, text, g, v, true);
	lw_platform_command(&own, text, lw_intern_get(&t->names, s->type),
	    s->namespace_name != LW_INTERN_FULL && !s->has_namespaces);
	lw_buf_addc(&own, '\0');
	if (lw_buf_ok(&own))
		filled = fill(x, own.p, g, v, true);
	else
		x->failed = true;
	lw_buf_fini(&own);
	return filled;
}

const struct lw_m_evidence *
lw_build_evidence(
    struct lw_builder *x, const struct lw_sample *const *samples, size_t max, size_t *count)
{
	struct lw_m_evidence *e;
	size_t n = 0, i;

	*count = 0;
	while (n < max && samples[n] != NULL)
		n++;
	e = lw_build_alloc(x, n, sizeof(*e));
	for (i = 0; e != NULL && i < n; i++)
		e[i] = (struct lw_m_evidence){samples[i]->insert_id, samples[i]->log_name,
		    samples[i]->time_ns, samples[i]->message};
	if (e != NULL)
		*count = n;
	return e;
}

static void
build_totals(struct lw_builder *x)
{
	const struct lw_totals *t = &x->b->tally->totals;
	struct lw_m_totals *m = &x->report->totals;
	size_t i;

	m->entries = t->entries;
	m->errors = t->errors;
	m->errors_in_text = t->errors_in_text;
	m->duplicates = t->duplicates;
	m->malformed = x->b->malformed;
	m->empty = t->empty;
	m->unknown_severity = t->unknown_severity;
	m->error_ratio = t->entries == 0 ? 0 : (double)t->errors / (double)t->entries;
	for (i = 0; i < LW_MODEL_SEVERITIES; i++)
		m->by_severity[i] = t->by_severity[i];
}

static struct lw_str
build_title(struct lw_builder *x)
{
	const struct lw_report *r = x->report;

	if (x->b->title != NULL)
		return lw_build_printf(x, "%s", x->b->title);
	if (r->totals.entries == 0)
		return LW_STR("No entries");
	if (r->incident_count == 0)
		return LW_STR("No incident");
	if (r->incident_count == 1)
		return r->incidents[0].title;
	return lw_build_printf(x, "%zu incidents", r->incident_count);
}

struct lw_report *
lw_report_build(const struct lw_build *b, struct lw_arena *arena)
{
	struct lw_report *r = lw_arena_zalloc(arena, sizeof(*r));
	struct lw_builder x = {.b = b, .arena = arena, .report = r};

	if (r == NULL)
		return NULL;
	r->version = lw_str_from(b->version);
	r->from_ns = b->tally->from_ns;
	r->to_ns = b->tally->to_ns;
	r->window_ns = b->analysis->window_ns;
	r->step_ns = b->step_ns;
	r->inputs = b->inputs;
	r->input_count = b->input_count;
	build_totals(&x);
	lw_build_clusters(&x);
	if (!x.failed)
		lw_build_incidents(&x);
	if (!x.failed)
		lw_build_services(&x);
	if (!x.failed)
		lw_build_changes(&x);
	if (!x.failed)
		lw_build_coverage(&x);
	if (!x.failed)
		r->title = build_title(&x);
	lw_buf_fini(&x.text);
	return x.failed ? NULL : r;
}
