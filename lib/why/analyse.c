/* analyse.c - the steps of an analysis in order. */
#include <stdlib.h>

#include "why/private.h"
#include "why/startup.h"

const struct lw_rule *
lw_vertex_rule(const struct lw_analysis *a, const struct lw_vertex *v)
{
	uint32_t rule = a->groups[v->group].rule;

	return rule == LW_NO_RULE ? NULL : lw_catalog_rule(a->tally->catalog, rule);
}

struct lw_analysis *
lw_why_analyse(const struct lw_tally *tally, const struct lw_clusterer *clusters,
    const struct lw_why_options *options)
{
	struct lw_analysis *a = calloc(1, sizeof(*a));
	bool split = false;

	if (a == NULL)
		return NULL;
	a->arena = lw_arena_new(0);
	a->tally = tally;
	a->clusters = clusters;
	a->window_ns = options->window_ns;
	if (a->arena == NULL || !lw_why_group(a) || !lw_why_link(a) || !lw_why_split(a, &split) ||
	    (split && !lw_why_link(a)) || !lw_why_incidents(a, options->max_whys) ||
	    !lw_why_values(a) || !lw_why_changes(a) || !lw_why_starts(a)) {
		lw_analysis_free(a);
		return NULL;
	}
	return a;
}

void
lw_analysis_free(struct lw_analysis *a)
{
	uint32_t i;

	if (a == NULL)
		return;
	for (i = 0; i < a->group_count; i++)
		lw_series_fini(&a->groups[i].sum.series);
	for (i = 0; i < a->vertex_count; i++)
		lw_series_fini(&a->vertices[i].sum.series);
	free(a->links);
	lw_arena_free(a->arena);
	free(a);
}
