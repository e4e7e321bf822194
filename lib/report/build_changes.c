/* build_changes.c - new revisions and values that changed with them. */
#include <stdlib.h>

#include "report/build_private.h"

static int
by_time(const void *pa, const void *pb)
{
	const struct lw_m_change *a = pa, *b = pb;
	int c;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	c = strcmp(a->kind, b->kind);
	return c != 0 ? c : lw_str_cmp(a->text, b->text);
}

/* The revision that was first seen last before r; NULL where r is the first. */
static const struct lw_service_revision *
revision_before(const struct lw_service *s, const struct lw_service_revision *r)
{
	const struct lw_service_revision *before = NULL;
	uint32_t i;

	for (i = 0; i < s->revision_count; i++) {
		const struct lw_service_revision *o = &s->revisions[i];

		if (o->first_ns < r->first_ns && (before == NULL || o->first_ns > before->first_ns))
			before = o;
	}
	return before;
}

static size_t
add_revisions(struct lw_builder *x, const struct lw_service *s, struct lw_m_change *changes)
{
	const struct lw_tally *t = x->b->tally;
	struct lw_str service = lw_intern_get(&t->names, s->name);
	size_t n = 0;
	uint32_t i;

	for (i = 0; i < s->revision_count; i++) {
		const struct lw_service_revision *r = &s->revisions[i],
						 *before = revision_before(s, r);
		struct lw_str name = lw_intern_get(&t->revisions, r->revision);

		if (before == NULL)
			continue;
		changes[n++] = (struct lw_m_change){.kind = "deployment",
		    .at_ns = r->first_ns,
		    .has_before = true,
		    .before = lw_intern_get(&t->revisions, before->revision),
		    .has_after = true,
		    .after = name,
		    .text = lw_build_printf(x, "First entry of revision %.*s of %.*s", (int)name.n,
			name.p, (int)service.n, service.p)};
	}
	return n;
}

static void
add_value(struct lw_builder *x, const struct lw_value_change *v, struct lw_m_change *m)
{
	const struct lw_analysis *a = x->b->analysis;
	const struct lw_vertex *vertex = &a->vertices[v->vertex];
	const struct lw_group *g = &a->groups[vertex->group];
	const struct lw_rule *rule = lw_catalog_rule(x->b->tally->catalog, g->rule);
	struct lw_str revision = lw_intern_get(&x->b->tally->revisions, v->revision_after);
	struct lw_str title = x->titles[vertex->group];

	*m = (struct lw_m_change){.kind = "value",
	    .at_ns = v->at_ns,
	    .has_before = true,
	    .before = v->before,
	    .has_after = true,
	    .after = v->after,
	    .text = lw_build_printf(x, "%s in \"%.*s\" changed with revision %.*s",
		rule->captures[v->capture], (int)title.n, title.p, (int)revision.n, revision.p)};
	m->evidence = lw_build_evidence(x, vertex->sum.samples, 1, &m->evidence_count);
}

void
lw_build_changes(struct lw_builder *x)
{
	const struct lw_tally *t = x->b->tally;
	const struct lw_analysis *a = x->b->analysis;
	struct lw_m_change *changes;
	size_t room = a->value_change_count, n = 0, i;

	for (i = 0; i < t->service_count; i++)
		room += t->services[i].revision_count;
	changes = lw_build_alloc(x, room, sizeof(*changes));
	if (changes == NULL)
		return;
	for (i = 0; i < t->service_count; i++)
		n += add_revisions(x, &t->services[i], changes + n);
	for (i = 0; i < a->value_change_count; i++)
		add_value(x, &a->value_changes[i], &changes[n++]);
	qsort(changes, n, sizeof(*changes), by_time);
	x->report->changes = changes;
	x->report->change_count = n;
}
