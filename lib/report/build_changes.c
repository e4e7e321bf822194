/* build_changes.c - what changed, who changed it, and how long before which incident. */
#include "report/build_private.h"
#include "why/changes.h"

static const char *const kinds[] = {[LW_CHANGE_DEPLOYMENT] = "deployment",
    [LW_CHANGE_CONFIGURATION] = "configuration",
    [LW_CHANGE_PERMISSION] = "permission",
    [LW_CHANGE_SECRET] = "secret"};

static const char *const outcomes[] = {[LW_OUTCOME_UNKNOWN] = NULL,
    [LW_OUTCOME_SUCCEEDED] = "succeeded",
    [LW_OUTCOME_FAILED] = "failed"};

static struct lw_str
service_name(const struct lw_builder *x, uint32_t service)
{
	const struct lw_tally *t = x->b->tally;

	return service == LW_NO_SERVICE ? LW_STR("")
					: lw_intern_get(&t->names, t->services[service].name);
}

/* The last two parts of a method: "Services.ReplaceService". */
static struct lw_str
short_method(struct lw_str method)
{
	size_t i = method.n;
	unsigned dots = 0;

	while (i > 0 && method.p[i - 1] != '/') {
		if (method.p[i - 1] == '.' && ++dots == 2)
			break;
		i--;
	}
	return lw_str_make(method.p + i, method.n - i);
}

static void
add(struct lw_builder *x, const char *before, struct lw_str s, const char *after)
{
	if (s.n == 0)
		return;
	lw_buf_addz(&x->text, before);
	lw_buf_addstr(&x->text, s);
	lw_buf_addz(&x->text, after);
}

static struct lw_str
take_text(struct lw_builder *x)
{
	struct lw_str s = lw_arena_str(x->arena, lw_buf_str(&x->text));

	if (s.p == NULL || !lw_buf_ok(&x->text))
		x->failed = true;
	lw_buf_reset(&x->text);
	return s;
}

/* "Deployment of api (gcloud run deploy) by a@b" and how it ended. */
static struct lw_str
call_text(struct lw_builder *x, const struct lw_change *c)
{
	const struct lw_change_row *row = c->row;

	lw_buf_reset(&x->text);
	lw_buf_addz(&x->text, row->title);
	add(x, " ", row->target, "");
	add(x, " (", row->command.n > 0 ? row->command : short_method(row->method), ")");
	add(x, " by ", row->principal, "");
	if (c->repeats > 0) {
		unsigned long long calls = c->repeats;

		lw_buf_printf(&x->text, ", %llu calls", calls + 1);
	}
	if (c->outcome == LW_OUTCOME_FAILED)
		lw_buf_addz(&x->text, ", failed");
	if (c->outcome == LW_OUTCOME_FAILED && c->last->status_code != 0)
		lw_buf_printf(&x->text, " with status code %d", c->last->status_code);
	add(x, ": ", c->last->status_message, "");
	add(x, "; took ", row->revoked, "");
	add(x, "; gave ", row->granted, "");
	return take_text(x);
}

/* "NAME=value", so that a value is told for a secret by its name; what only refers to a secret is
 * none. */
static struct lw_str
setting_value(struct lw_builder *x, struct lw_str name, struct lw_str value)
{
	size_t i = name.n;

	while (i > 0 && name.p[i - 1] != '.' && name.p[i - 1] != '/')
		i--;
	lw_buf_reset(&x->text);
	lw_buf_add(&x->text, name.p + i, name.n - i);
	add(x, lw_str_starts(value, LW_STR(LW_SETTING_REFERENCE)) ? ", a " : "=", value, "");
	return take_text(x);
}

static const struct lw_m_evidence *
row_evidence(struct lw_builder *x, const struct lw_change *c, size_t *count)
{
	const struct lw_change_row *rows[] = {c->row, c->last};
	size_t n = c->row == c->last ? 1 : 2, i;
	struct lw_m_evidence *e = lw_build_alloc(x, n, sizeof(*e));

	for (i = 0; e != NULL && i < n; i++)
		e[i] = (struct lw_m_evidence){
		    rows[i]->insert_id, rows[i]->log_name, rows[i]->at_ns, rows[i]->message};
	*count = e == NULL ? 0 : n;
	return e;
}

static void
build_call(struct lw_builder *x, const struct lw_change *c, struct lw_m_change *m)
{
	const struct lw_change_row *row = c->row;

	m->kind = kinds[row->kind];
	m->target = row->target;
	m->method = row->method;
	m->by = row->principal;
	m->outcome = outcomes[c->outcome];
	m->evidence = row_evidence(x, c, &m->evidence_count);
	if (c->source == LW_CHANGE_OF_CALL) {
		m->text = call_text(x, c);
		return;
	}
	m->kind = kinds[LW_CHANGE_CONFIGURATION];
	m->text = lw_build_printf(x, "Setting %.*s of %.*s", (int)c->name.n, c->name.p,
	    (int)row->target.n, row->target.p);
	if (c->more > 0)
		m->text = lw_build_printf(x, "%.*s, and %s more changed with it", (int)m->text.n,
		    m->text.p, lw_build_count(x, c->more, "setting", "settings").p);
	m->has_before = c->before.p != NULL;
	if (m->has_before)
		m->before = setting_value(x, c->name, c->before);
	m->has_after = c->after.p != NULL;
	if (m->has_after)
		m->after = setting_value(x, c->name, c->after);
}

static void
build_revision(struct lw_builder *x, const struct lw_change *c, struct lw_m_change *m)
{
	const struct lw_tally *t = x->b->tally;
	struct lw_str service = service_name(x, c->service);

	m->kind = kinds[LW_CHANGE_DEPLOYMENT];
	m->has_before = m->has_after = true;
	m->before = lw_intern_get(&t->revisions, c->revision_before);
	m->after = lw_intern_get(&t->revisions, c->revision);
	m->target = m->after;
	m->text = lw_build_printf(x, "First entry of revision %.*s of %.*s", (int)m->after.n,
	    m->after.p, (int)service.n, service.p);
}

static void
build_value(struct lw_builder *x, const struct lw_value_change *v, struct lw_m_change *m)
{
	const struct lw_analysis *a = x->b->analysis;
	const struct lw_vertex *vertex = &a->vertices[v->vertex];
	const struct lw_group *g = &a->groups[vertex->group];
	const struct lw_rule *rule = lw_catalog_rule(x->b->tally->catalog, g->rule);
	struct lw_str revision = lw_intern_get(&x->b->tally->revisions, v->revision_after);
	struct lw_str title = x->titles[vertex->group];

	m->kind = "value";
	m->has_before = m->has_after = true;
	m->before = v->before;
	m->after = v->after;
	m->text = lw_build_printf(x, "%s in \"%.*s\" changed with revision %.*s",
	    rule->captures[v->capture], (int)title.n, title.p, (int)revision.n, revision.p);
	m->evidence = lw_build_evidence(x, vertex->sum.samples, 1, &m->evidence_count);
}

static void
build_stated(struct lw_builder *x, const struct lw_setting_change *s, struct lw_m_change *m)
{
	struct lw_str back = s->back_ns == LW_TIME_NONE ? LW_STR("") : lw_build_time(x, s->back_ns);

	m->kind = "value";
	m->has_before = m->has_after = true;
	m->before = s->before;
	m->after = s->after;
	m->text = lw_build_printf(x, "%.*s of %.*s, in messages%s%.*s", (int)s->name.n, s->name.p,
	    (int)m->service.n, m->service.p, s->back_ns == LW_TIME_NONE ? "" : "; back after ",
	    (int)back.n, back.p);
	m->evidence = lw_build_evidence(x, s->samples, 2, &m->evidence_count);
}

/* The incident whose onset it precedes by the least; where there is none, the last one before it.
 */
static void
relate(struct lw_builder *x, const struct lw_change *c, struct lw_m_change *m)
{
	const struct lw_analysis *a = x->b->analysis;
	bool found = false;
	size_t i;

	for (i = 0; i < a->incident_count; i++) {
		const struct lw_incident *incident = &a->incidents[i];
		int64_t lead_ns;

		if (c->at_ns == LW_TIME_NONE || incident->from_ns == LW_TIME_NONE ||
		    lw_change_bearing(a, c, incident) == LW_BEARS_NOT)
			continue;
		lead_ns = incident->from_ns - c->at_ns;
		if (found && (m->lead_ns >= 0 ? lead_ns < 0 || lead_ns >= m->lead_ns
					      : lead_ns <= m->lead_ns))
			continue;
		found = true;
		m->lead_ns = lead_ns;
		m->incident = x->report->incidents[i].id;
		m->relation = lead_ns >= 0 ? "before" : "after";
	}
	if (!found && a->incident_count > 0 && c->at_ns != LW_TIME_NONE)
		m->relation = "elsewhere";
}

void
lw_build_leads(struct lw_builder *x, const struct lw_incident *incident, struct lw_m_incident *m)
{
	struct lw_lead found[LW_CHANGE_LEADS];
	size_t n = lw_change_leads(x->b->analysis, incident, found), i;
	struct lw_m_lead *leads = lw_build_alloc(x, n, sizeof(*leads));

	for (i = 0; leads != NULL && i < n; i++)
		leads[i] = (struct lw_m_lead){found[i].change,
		    found[i].bearing == LW_BEARS_SERVICE ? "service" : "shared", found[i].lead_ns};
	m->leads = leads;
	m->lead_count = leads == NULL ? 0 : n;
}

void
lw_build_changes(struct lw_builder *x)
{
	const struct lw_analysis *a = x->b->analysis;
	struct lw_m_change *changes = lw_build_alloc(x, a->change_count, sizeof(*changes));
	size_t i;

	x->report->change_horizon_ns = LW_CHANGE_HORIZON_NS;
	if (changes == NULL)
		return;
	for (i = 0; i < a->change_count; i++) {
		const struct lw_change *c = &a->changes[i];
		struct lw_m_change *m = &changes[i];

		m->at_ns = c->at_ns;
		m->service = service_name(x, c->service);
		if (c->source == LW_CHANGE_OF_REVISION)
			build_revision(x, c, m);
		else if (c->source == LW_CHANGE_OF_VALUE)
			build_value(x, c->value, m);
		else if (c->source == LW_CHANGE_OF_STATED)
			build_stated(x, c->stated, m);
		else
			build_call(x, c, m);
		relate(x, c, m);
	}
	x->report->changes = changes;
	x->report->change_count = a->change_count;
}
