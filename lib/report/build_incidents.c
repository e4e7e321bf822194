/* build_incidents.c - chains as questions and findings; hypotheses, actions, success criteria. */
#include <stdlib.h>

#include "base/hash.h"
#include "report/build_private.h"

#define MAX_HYPOTHESES 3
#define MAX_ACTIONS 64
#define HYPOTHESIS_CONFIDENCE 0.2 /* the rule names it; no entry shows it */

static const struct lw_group *
group_of(const struct lw_builder *x, const struct lw_vertex *v)
{
	return &x->b->analysis->groups[v->group];
}

static const struct lw_rule *
rule_of(const struct lw_builder *x, const struct lw_vertex *v)
{
	uint32_t rule = group_of(x, v)->rule;

	return rule == LW_NO_RULE ? NULL : lw_catalog_rule(x->b->tally->catalog, rule);
}

static struct lw_str
service_name(const struct lw_builder *x, const struct lw_vertex *v)
{
	const struct lw_tally *t = x->b->tally;

	return lw_intern_get(&t->names, t->services[v->service].name);
}

static struct lw_str
question(struct lw_builder *x, const struct lw_why *w, const struct lw_why *above)
{
	const struct lw_analysis *a = x->b->analysis;
	struct lw_str title;

	if (above == NULL && a->vertices[w->vertex].depth == LW_DEPTH_REQUEST)
		return LW_STR("What did users feel?");
	if (above == NULL)
		return LW_STR("What failed?");
	title = x->titles[a->vertices[above->vertex].group];
	return lw_build_printf(x, "What led to \"%.*s\"?", (int)title.n, title.p);
}

static struct lw_str
finding(struct lw_builder *x, const struct lw_vertex *v)
{
	struct lw_str title = x->titles[v->group], service = service_name(x, v);
	struct lw_str entries = lw_build_count(x, v->sum.count, "entry", "entries");

	if (v->sum.instances == 0)
		return lw_build_printf(x, "%.*s: %s%s%.*s", (int)title.n, title.p, entries.p,
		    service.n > 0 ? " of " : "", (int)service.n, service.p);
	return lw_build_printf(x, "%.*s: %s on %s%s%.*s", (int)title.n, title.p, entries.p,
	    lw_build_count(x, v->sum.instances << x->b->tally->scope_level, "instance", "instances")
		.p,
	    service.n > 0 ? " of " : "", (int)service.n, service.p);
}

static void
build_why(struct lw_builder *x, const struct lw_why *w, const struct lw_why *above, unsigned n,
    struct lw_m_why *m)
{
	const struct lw_vertex *v = &x->b->analysis->vertices[w->vertex];

	m->n = n;
	m->question = question(x, w, above);
	m->finding = finding(x, v);
	m->cluster = x->cluster_ids[v->group];
	m->observed = true;
	m->confidence = w->confidence;
	m->count = v->sum.count;
	m->instances = v->sum.instances << x->b->tally->scope_level;
	m->evidence = lw_build_evidence(x, w->evidence, 3, &m->evidence_count);
	m->links = lw_build_links(x, w->facts, &m->link_count);
}

static size_t
build_hypotheses(struct lw_builder *x, const struct lw_vertex *root, unsigned n, struct lw_m_why *m)
{
	const struct lw_rule *rule = rule_of(x, root);
	size_t i;

	if (rule == NULL)
		return 0;
	for (i = 0; i < rule->hypothesis_count && i < MAX_HYPOTHESES; i++) {
		const struct lw_hypothesis *h = &rule->hypotheses[i];
		struct lw_str *check;

		m[i].n = n + (unsigned)i;
		m[i].question = lw_build_printf(x, "What led to \"%.*s\"?",
		    (int)x->titles[root->group].n, x->titles[root->group].p);
		m[i].finding = lw_build_fill(x, h->text, group_of(x, root), root);
		m[i].confidence = HYPOTHESIS_CONFIDENCE;
		if (h->check == NULL)
			continue;
		check = lw_build_alloc(x, 1, sizeof(*check));
		if (check == NULL)
			return i;
		*check = lw_build_command(x, h->check, group_of(x, root), root);
		m[i].checks = check;
		m[i].check_count = 1;
	}
	return i;
}

static void
build_periods(struct lw_builder *x, const struct lw_incident *inc, struct lw_m_incident *m)
{
	struct lw_m_period *p = lw_build_alloc(x, inc->period_count, sizeof(*p));
	size_t i;

	for (i = 0; p != NULL && i < inc->period_count; i++)
		p[i] = (struct lw_m_period){inc->periods[i].from_ns, inc->periods[i].to_ns};
	m->periods = p;
	m->period_count = p == NULL ? 0 : inc->period_count;
}

static void
build_also(struct lw_builder *x, const struct lw_incident *inc, struct lw_m_incident *m)
{
	struct lw_m_also *also = lw_build_alloc(x, inc->also_count + 1, sizeof(*also));
	size_t i;

	for (i = 0; also != NULL && i < inc->also_count; i++) {
		const struct lw_vertex *v = &x->b->analysis->vertices[inc->also[i].vertex];

		also[i] = (struct lw_m_also){service_name(x, v), x->cluster_ids[v->group],
		    x->titles[v->group], inc->also[i].requests_failed, inc->also[i].requests_seen};
		m->requests_failed += also[i].requests_failed;
		m->requests_seen += also[i].requests_seen;
	}
	m->also = also;
	m->also_count = also == NULL ? 0 : inc->also_count;
}

static void
build_incident(struct lw_builder *x, const struct lw_incident *inc, struct lw_m_incident *m)
{
	const struct lw_analysis *a = x->b->analysis;
	const struct lw_vertex *surface = &a->vertices[inc->whys[0].vertex];
	const struct lw_vertex *root = &a->vertices[inc->whys[inc->why_count - 1].vertex];
	struct lw_m_why *whys = lw_build_alloc(x, inc->why_count + MAX_HYPOTHESES, sizeof(*whys));
	struct lw_str service = service_name(x, surface), title = x->titles[root->group];
	uint64_t id = lw_hash_pair(group_of(x, root)->id, lw_hash_str(service, 7));
	size_t i;

	if (whys == NULL)
		return;
	for (i = 0; i < inc->why_count; i++)
		build_why(
		    x, &inc->whys[i], i == 0 ? NULL : &inc->whys[i - 1], (unsigned)i + 1, &whys[i]);
	m->id = lw_build_printf(x, "i-%08lx", (unsigned long)(lw_hash_mix(id) >> 32));
	m->service = service;
	m->title = lw_build_printf(x, "%.*s%s%.*s", (int)service.n, service.p,
	    service.n > 0 ? ": " : "", (int)title.n, title.p);
	m->ongoing = inc->ongoing;
	m->from_ns = inc->from_ns;
	m->to_ns = inc->to_ns;
	m->root_cluster = x->cluster_ids[root->group];
	m->root_basis = LW_STR("observed");
	m->why_count =
	    inc->why_count + build_hypotheses(x, root, (unsigned)inc->why_count + 1, whys + i);
	m->whys = whys;
	m->requests_failed = inc->requests_failed;
	m->requests_seen = inc->requests_seen;
	build_also(x, inc, m);
	lw_build_doubt(x, inc, m);
	m->has_felt = m->requests_seen > 0;
	build_periods(x, inc, m);
	lw_build_layer(x, inc, m);
	lw_build_leads(x, inc, m);
}

/* Is the incident the one, by its number or id, that an explanation was asked of? */
static bool
is_asked_for(struct lw_builder *x, const struct lw_m_incident *m, size_t number)
{
	struct lw_str asked;

	if (x->b->explain == NULL)
		return false;
	asked = lw_str_from(x->b->explain);
	return lw_str_eq(asked, LW_STR("all")) || lw_str_eq(asked, m->id) ||
	       lw_str_eq(asked, lw_build_printf(x, "%zu", number));
}

static bool
has_action(const struct lw_m_action *actions, size_t n, struct lw_str text, struct lw_str incident)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (lw_str_eq(actions[i].text, text) && lw_str_eq(actions[i].incident, incident))
			return true;
	return false;
}

static int
action_order(const void *pa, const void *pb)
{
	const struct lw_m_action *a = pa, *b = pb;
	int c = lw_str_cmp(a->priority, b->priority);

	if (c == 0) /* what belongs to no incident comes last */
		c = (a->incident.n == 0) - (b->incident.n == 0);
	if (c == 0)
		c = lw_str_cmp(a->incident, b->incident);
	return c != 0 ? c : lw_str_cmp(a->text, b->text);
}

/* The actions of a vertex's rule; the checks of its hypotheses go with the most urgent one. */
static void
add_actions(struct lw_builder *x, struct lw_m_action *actions, size_t *n, const struct lw_vertex *v,
    struct lw_str incident, bool with_checks)
{
	const struct lw_rule *rule = rule_of(x, v);
	struct lw_str *checks;
	size_t i, k;

	if (rule == NULL)
		return;
	for (i = 0; i < rule->action_count && *n < MAX_ACTIONS; i++) {
		struct lw_str text = lw_build_fill(x, rule->actions[i].text, group_of(x, v), v);
		struct lw_m_action *m = &actions[*n];

		if (has_action(actions, *n, text, incident))
			continue;
		*m = (struct lw_m_action){.priority = lw_str_from(rule->actions[i].priority),
		    .text = text,
		    .incident = incident};
		(*n)++;
		if (!with_checks || i > 0 || rule->hypothesis_count == 0)
			continue;
		checks = lw_build_alloc(x, rule->hypothesis_count, sizeof(*checks));
		for (k = 0; checks != NULL && k < rule->hypothesis_count; k++)
			if (rule->hypotheses[k].check != NULL)
				checks[m->check_count++] = lw_build_command(
				    x, rule->hypotheses[k].check, group_of(x, v), v);
		m->checks = checks;
	}
}

static void
build_actions(struct lw_builder *x)
{
	const struct lw_analysis *a = x->b->analysis;
	struct lw_m_action *actions = lw_build_alloc(x, MAX_ACTIONS, sizeof(*actions));
	struct lw_m_criterion *criteria =
	    lw_build_alloc(x, 2 * a->incident_count, sizeof(*criteria));
	size_t n = 0, criterion_count = 0, i, k;

	if (x->failed)
		return;
	for (i = 0; i < a->incident_count; i++) {
		const struct lw_incident *inc = &a->incidents[i];
		struct lw_str id = x->report->incidents[i].id;

		for (k = inc->why_count; k-- > 0;) {
			const struct lw_vertex *v = &a->vertices[inc->whys[k].vertex];

			if (k + 1 == inc->why_count || v->depth == LW_DEPTH_CAUSE)
				add_actions(x, actions, &n, v, id, k + 1 == inc->why_count);
		}
		for (k = 0; k < 2; k++) {
			const struct lw_why *w = &inc->whys[k == 0 ? inc->why_count - 1 : 0];
			const struct lw_vertex *v = &a->vertices[w->vertex];
			const struct lw_rule *rule = rule_of(x, v);

			if ((k == 0 || inc->why_count > 1) && rule != NULL &&
			    rule->verified_by != NULL)
				criteria[criterion_count++] = (struct lw_m_criterion){
				    lw_build_fill(x, rule->verified_by, group_of(x, v), v), id};
		}
	}
	for (i = 0; i < a->vertex_count; i++) {
		const struct lw_rule *rule = rule_of(x, &a->vertices[i]);

		if (rule != NULL && rule->role == LW_ROLE_ADVISORY &&
		    rule->severity >= LW_SEV_WARNING)
			add_actions(x, actions, &n, &a->vertices[i], LW_STR(""), false);
	}
	qsort(actions, n, sizeof(*actions), action_order);
	x->report->actions = actions;
	x->report->action_count = n;
	x->report->criteria = criteria;
	x->report->criterion_count = criterion_count;
}

void
lw_build_incidents(struct lw_builder *x)
{
	const struct lw_analysis *a = x->b->analysis;
	struct lw_m_incident *incidents = lw_build_alloc(x, a->incident_count, sizeof(*incidents));
	size_t i;

	for (i = 0; i < a->incident_count && !x->failed; i++) {
		build_incident(x, &a->incidents[i], &incidents[i]);
		if (is_asked_for(x, &incidents[i], i + 1))
			lw_build_explanation(x, &a->incidents[i], &incidents[i]);
	}
	x->report->incidents = incidents;
	x->report->incident_count = a->incident_count;
	build_actions(x);
}
