/* analyse.c - the steps of an analysis in order. */
#include <stdlib.h>

#include "why/private.h"
#include "why/refs.h"
#include "why/startup.h"

#define MAX_SPLITS 4 /* from the causes up to what users felt */

const struct lw_rule *
lw_vertex_rule(const struct lw_analysis *a, const struct lw_vertex *v)
{
	uint32_t rule = a->groups[v->group].rule;

	return rule == LW_NO_RULE ? NULL : lw_catalog_rule(a->tally->catalog, rule);
}

/* Where one line stands between users and two causes, it is divided first, and what it leads to
 * only after it. */
static bool
split(struct lw_analysis *a)
{
	bool more = true;
	unsigned i;

	for (i = 0; i < MAX_SPLITS && more; i++) {
		if (!lw_why_split(a, &more) || (!more && !lw_why_twins(a, &more)))
			return false;
		if (more && !lw_why_link(a))
			return false;
	}
	return true;
}

struct lw_analysis *
lw_why_analyse(const struct lw_tally *tally, const struct lw_clusterer *clusters,
    const struct lw_why_options *options)
{
	struct lw_analysis *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->arena = lw_arena_new(0);
	a->tally = tally;
	a->clusters = clusters;
	a->window_ns = options->window_ns;
	if (a->arena == NULL || !lw_why_order(a) || !lw_why_pods(a) || !lw_why_group(a) ||
	    !lw_why_link(a) || !split(a) || !lw_why_incidents(a, options->max_whys) ||
	    !lw_why_values(a) || !lw_why_settings(a) || !lw_why_changes(a) || !lw_why_starts(a)) {
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
