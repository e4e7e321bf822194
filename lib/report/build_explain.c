/* build_explain.c - every link that was considered for a chain, and what became of it. */
#include "report/build_private.h"

static const char *
reason_of(enum lw_verdict v)
{
	switch (v) {
	case LW_VERDICT_TAKEN:
		return "it is the next why";
	case LW_VERDICT_DEEPER:
		return "it stands further down in the chain";
	case LW_VERDICT_LESS:
		return "another one hangs together better, or leads to the same";
	case LW_VERDICT_WEAK:
		return "too little speaks for it";
	case LW_VERDICT_CONTRAST:
		return "it is there as well where this failure is not";
	case LW_VERDICT_ORDER:
		return "it comes first, but nothing says that it is the cause";
	case LW_VERDICT_BACKWARDS:
		return "it follows the failure more closely than it comes before";
	case LW_VERDICT_APART:
		return "it is near by chance: each goes with requests of its own, or the "
		       "failure was there before";
	case LW_VERDICT_ABOVE:
		return "it is nearer to users: an effect, if anything";
	case LW_VERDICT_SIBLING:
		return "it is the same failure with other values";
	case LW_VERDICT_NO_CALL:
		return "it is of another service, and no trace or name leads there";
	case LW_VERDICT_WARNING:
		return "it is a warning, and not absent where this failure is";
	case LW_VERDICT_NORMAL:
		break;
	}
	return "it is normal";
}

static const char *
verdict_of(enum lw_verdict v)
{
	return v == LW_VERDICT_TAKEN ? "taken" : v == LW_VERDICT_DEEPER ? "deeper" : "left";
}

static void
build_considered(
    struct lw_builder *x, const struct lw_considered *c, unsigned why, struct lw_m_considered *m)
{
	const struct lw_analysis *a = x->b->analysis;
	const struct lw_vertex *cause = &a->vertices[c->facts->cause];
	const struct lw_tally *t = x->b->tally;

	m->why = why;
	m->effect = x->titles[a->vertices[c->facts->effect].group];
	m->cause = x->titles[cause->group];
	m->cluster = x->cluster_ids[cause->group];
	m->service = lw_intern_get(&t->names, t->services[cause->service].name);
	m->confidence = c->confidence;
	m->verdict = verdict_of(c->verdict);
	m->reason = lw_str_from(reason_of(c->verdict));
	m->links = lw_build_links(x, c->facts, &m->link_count);
}

void
lw_build_explanation(struct lw_builder *x, const struct lw_incident *inc, struct lw_m_incident *m)
{
	const struct lw_analysis *a = x->b->analysis;
	struct lw_considered *found;
	struct lw_m_considered *list;
	size_t k, i, n, left, total = 0, most = 0;

	for (k = 0; k < inc->why_count; k++) {
		(void)lw_why_considered(a, inc, k, NULL, 0, &left);
		total += left;
		if (left > most)
			most = left;
	}
	found = lw_build_alloc(x, most, sizeof(*found));
	list = lw_build_alloc(x, total, sizeof(*list));
	if (found == NULL || list == NULL)
		return;
	for (k = 0; k < inc->why_count; k++) {
		n = lw_why_considered(a, inc, k, found, most, NULL);
		for (i = 0; i < n && m->considered_count < total; i++)
			build_considered(
			    x, &found[i], (unsigned)k + 1, &list[m->considered_count++]);
	}
	m->considered = list;
}
