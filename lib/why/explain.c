/* explain.c - the links that were considered for a chain, and what became of each. */
#include <stdlib.h>

#include "why/chain.h"
#include "why/private.h"

static bool
says_something(const struct lw_link_facts *f)
{
	return f->stated + f->named + f->traces + f->instances + f->nearby > 0 || f->began;
}

static enum lw_verdict
verdict(const struct lw_analysis *a, const struct lw_incident *inc, size_t k,
    const struct lw_link_facts *f)
{
	enum lw_verdict v;
	size_t i;

	for (i = 0; i < inc->why_count; i++) {
		if (inc->whys[i].vertex != f->cause)
			continue;
		return i < k ? LW_VERDICT_ABOVE : i == k + 1 ? LW_VERDICT_TAKEN : LW_VERDICT_DEEPER;
	}
	v = lw_chain_judge(a, f->effect, f->cause);
	return v == LW_VERDICT_TAKEN ? LW_VERDICT_LESS : v;
}

static int
best_first(const void *pa, const void *pb)
{
	const struct lw_considered *a = pa, *b = pb;

	if ((a->verdict == LW_VERDICT_TAKEN) != (b->verdict == LW_VERDICT_TAKEN))
		return a->verdict == LW_VERDICT_TAKEN ? -1 : 1;
	if (a->confidence != b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	return a->facts->cause < b->facts->cause ? -1 : a->facts->cause > b->facts->cause;
}

size_t
lw_why_considered(const struct lw_analysis *a, const struct lw_incident *inc, size_t k,
    struct lw_considered *list, size_t max, size_t *left)
{
	uint32_t vertex = inc->whys[k].vertex, from = a->effect_from[vertex], i;
	uint32_t to = a->effect_from[vertex + 1];
	struct lw_considered *all = malloc((to - from + (size_t)1) * sizeof(*all));
	size_t n = 0;

	if (left != NULL)
		*left = 0;
	if (all == NULL)
		return 0;
	for (i = from; i < to; i++) {
		const struct lw_link_facts *f = &a->links[i];

		if (says_something(f))
			all[n++] = (struct lw_considered){
			    f, lw_link_confidence(f, NULL), verdict(a, inc, k, f)};
	}
	qsort(all, n, sizeof(*all), best_first);
	if (left != NULL && n > max)
		*left = n - max;
	if (n > max)
		n = max;
	if (n > 0) /* list may be NULL where max is 0 */
		memcpy(list, all, n * sizeof(*all));
	free(all);
	return n;
}
