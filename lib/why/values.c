/* values.c - captured values that differ between two revisions of a service. */
#include "why/private.h"

/* The only value of a capture at a revision; NULL where there are several or none. */
static const struct lw_value *
only_value(const struct lw_node *n, uint32_t capture, uint32_t revision)
{
	const struct lw_value *only = NULL;
	uint32_t i;

	for (i = 0; i < n->value_count; i++) {
		if (n->values[i].capture != capture || n->values[i].revision != revision)
			continue;
		if (only != NULL)
			return NULL;
		only = &n->values[i];
	}
	return only;
}

/* The revision of the service that was first seen next after `revision`; LW_INTERN_FULL where there
 * is none. */
static uint32_t
revision_after(const struct lw_service *s, const struct lw_service_revision *before)
{
	const struct lw_service_revision *next = NULL;
	uint32_t i;

	for (i = 0; i < s->revision_count; i++) {
		const struct lw_service_revision *r = &s->revisions[i];

		if (r->first_ns > before->first_ns &&
		    (next == NULL || r->first_ns < next->first_ns))
			next = r;
	}
	return next == NULL ? LW_INTERN_FULL : next->revision;
}

static bool
add_change(struct lw_analysis *a, uint32_t vertex, uint32_t capture, const struct lw_value *before,
    const struct lw_value *after)
{
	struct lw_value_change *c;

	if (a->value_change_count % 16 == 0) {
		size_t room = a->value_change_count + 16;
		struct lw_value_change *p = lw_arena_alloc(a->arena, room * sizeof(*p));

		if (p == NULL)
			return false;
		if (a->value_change_count > 0)
			memcpy(p, a->value_changes, a->value_change_count * sizeof(*p));
		a->value_changes = p;
	}
	c = &a->value_changes[a->value_change_count++];
	*c = (struct lw_value_change){vertex, capture, before->revision, after->revision,
	    lw_str_from(before->text), lw_str_from(after->text), after->first_ns};
	return true;
}

bool
lw_why_values(struct lw_analysis *a)
{
	const struct lw_tally *t = a->tally;
	uint32_t i, r, capture;

	for (i = 0; i < t->node_count; i++) {
		const struct lw_node *n = &t->nodes[i];
		const struct lw_service *s = &t->services[n->service];
		const struct lw_rule *rule;

		if (n->rule == LW_NO_RULE || s->revision_count < 2)
			continue;
		rule = lw_catalog_rule(t->catalog, n->rule);
		for (r = 0; r < s->revision_count; r++) {
			uint32_t next = revision_after(s, &s->revisions[r]);

			for (capture = 0; next != LW_INTERN_FULL && capture < rule->capture_count;
			     capture++) {
				const struct lw_value *before =
				    only_value(n, capture, s->revisions[r].revision);
				const struct lw_value *after = only_value(n, capture, next);

				if (before == NULL || after == NULL ||
				    lw_str_eq(lw_str_from(before->text), lw_str_from(after->text)))
					continue;
				if (!add_change(a, a->vertex_of_node[i], capture, before, after))
					return false;
			}
		}
	}
	return true;
}
