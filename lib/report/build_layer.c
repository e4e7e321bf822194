/* build_layer.c - infrastructure, configuration, build or application: whose failure the root is.
 */
#include "report/build_private.h"

#define MAX_FACTS 8
#define LEAD_NS (600 * LW_NS_PER_S) /* a revision that came so shortly before bears on it */

struct facts {
	struct lw_m_incident *m;
	struct lw_str *speaks_for, *against;
	bool infrastructure; /* the layer at hand */
};

/* A fact that speaks for infrastructure, or for what is deployed. */
static void
add(struct facts *f, bool infrastructure, struct lw_str text)
{
	if (f->m->for_count + f->m->against_count == MAX_FACTS)
		return;
	if (infrastructure == f->infrastructure)
		f->speaks_for[f->m->for_count++] = text;
	else
		f->against[f->m->against_count++] = text;
}

static const char *
layer_of(const struct lw_rule *rule)
{
	if (rule == NULL)
		return "application";
	switch (rule->layer) {
	case LW_LAYER_BUILD:
		return "build";
	case LW_LAYER_CONFIG:
		return "configuration";
	case LW_LAYER_DEPENDENCY:
	case LW_LAYER_PLATFORM:
		return "infrastructure";
	case LW_LAYER_NONE:
	case LW_LAYER_REQUEST:
	case LW_LAYER_INSTANCE:
	case LW_LAYER_STARTUP:
	case LW_LAYER_COUNT:
		break;
	}
	return NULL;
}

static void
add_revisions(struct lw_builder *x, struct facts *f, const struct lw_incident *inc,
    const struct lw_vertex *root)
{
	const struct lw_tally *t = x->b->tally;
	const struct lw_service *s = &t->services[root->service];
	uint32_t revisions = root->revisions, i;
	bool later = false;

	if (s->revision_count > 1 && revisions == 1)
		add(f, false,
		    lw_build_printf(
			x, "seen on 1 of %lu revisions", (unsigned long)s->revision_count));
	else if (s->revision_count > 1 && revisions == s->revision_count)
		add(f, true,
		    lw_build_printf(x, "seen on all %lu revisions", (unsigned long)revisions));
	for (i = 0; i < s->revision_count; i++) {
		int64_t first_ns = s->revisions[i].first_ns;
		struct lw_str name;

		later = later || first_ns > inc->from_ns;
		if (first_ns == t->from_ns || first_ns > inc->from_ns ||
		    inc->from_ns - first_ns > LEAD_NS || s->revision_count < 2)
			continue;
		name = lw_intern_get(&t->revisions, s->revisions[i].revision);
		add(f, false,
		    lw_build_printf(x, "revision %.*s was first seen %s before", (int)name.n,
			name.p, lw_build_duration(x, inc->from_ns - first_ns).p));
	}
	if (!inc->ongoing && !later && s->revision_count > 0)
		add(f, true, LW_STR("it ended without a new revision"));
}

void
lw_build_layer(struct lw_builder *x, const struct lw_incident *inc, struct lw_m_incident *m)
{
	const struct lw_analysis *a = x->b->analysis;
	const struct lw_vertex *root = &a->vertices[inc->whys[inc->why_count - 1].vertex];
	const struct lw_group *g = &a->groups[root->group];
	const struct lw_rule *r =
	    g->rule == LW_NO_RULE ? NULL : lw_catalog_rule(x->b->tally->catalog, g->rule);
	struct facts f = {.m = m};

	m->layer = layer_of(r);
	if (m->layer == NULL)
		return;
	f.infrastructure = strcmp(m->layer, "infrastructure") == 0;
	m->layer_for = f.speaks_for = lw_build_alloc(x, MAX_FACTS, sizeof(*f.speaks_for));
	m->layer_against = f.against = lw_build_alloc(x, MAX_FACTS, sizeof(*f.against));
	if (f.speaks_for == NULL || f.against == NULL)
		return;
	add(&f, f.infrastructure,
	    r == NULL
		? LW_STR("the program itself reports it, and no rule knows it")
		: lw_build_printf(x, "rule %s is of layer %s", r->id, lw_layer_name(r->layer)));
	if (g->services > 1)
		add(&f, true,
		    lw_build_printf(x, "seen in %lu services", (unsigned long)g->services));
	add_revisions(x, &f, inc, root);
}
