/*
 * wordings.c - one cause in several wordings.
 *
 * What a program says may differ from case to case, so that no single line comes
 * before most of the failures.  Lines that never come together, of which each is
 * absent where there is no failure, and which together come before nearly all of them,
 * stand for each other.
 */
#include "why/linker.h"

#define MAX_WORDINGS 16
#define MIN_PART 20 /* a wording comes before at least one in so many of the effects */

/* The scopes in which the cause of f came before the effect, by kind. */
static uint64_t
found_in(const struct lw_link_facts *f, enum lw_scope scope, uint64_t *of)
{
	*of = scope == LW_SCOPE_TRACE ? f->traces_of : f->instances_of;
	return scope == LW_SCOPE_TRACE ? f->traces : f->instances;
}

static bool
is_wording(const struct lw_analysis *a, const struct lw_link_facts *f, enum lw_scope scope)
{
	const struct lw_vertex *effect = &a->vertices[f->effect], *cause = &a->vertices[f->cause];
	enum lw_scope best;
	uint64_t of, n = found_in(f, scope, &of);

	(void)lw_link_confidence(f, &best);
	return best == scope && cause->service == effect->service && !cause->weak &&
	       cause->depth == LW_DEPTH_UNKNOWN && n * 2 < of && n * MIN_PART >= of &&
	       lw_link_contrast(f) >= 0.9;
}

/* Do the two come in one scope? */
static bool
meet(const struct lw_analysis *a, uint32_t x, uint32_t y, enum lw_scope scope)
{
	const struct lw_link_facts *f = lw_link_find(a, x, y), *g = lw_link_find(a, y, x);
	uint64_t of;

	return (f != NULL && found_in(f, scope, &of) > 0) ||
	       (g != NULL && found_in(g, scope, &of) > 0);
}

/* The wordings of one effect among the links [from, to). */
static void
join_wordings(struct lw_analysis *a, uint32_t from, uint32_t to, enum lw_scope scope)
{
	struct lw_link_facts *found[MAX_WORDINGS];
	uint32_t i, k, count = 0;
	uint64_t together = 0, of = 0;

	for (i = from; i < to && count < MAX_WORDINGS; i++) {
		struct lw_link_facts *f = &a->links[i];

		if (!is_wording(a, f, scope))
			continue;
		for (k = 0; k < count && !meet(a, found[k]->cause, f->cause, scope); k++)
			;
		if (k < count)
			continue;
		found[count++] = f;
		together += found_in(f, scope, &of);
	}
	if (count < 2 || together * 5 < of * 4)
		return;
	for (k = 0; k < count; k++)
		found[k]->others = together - found_in(found[k], scope, &of);
}

void
lw_link_wordings(struct lw_analysis *a)
{
	uint32_t from, to;

	for (from = 0; from < a->link_count; from = to) {
		for (to = from; to < a->link_count && a->links[to].effect == a->links[from].effect;
		     to++)
			;
		join_wordings(a, from, to, LW_SCOPE_TRACE);
		join_wordings(a, from, to, LW_SCOPE_INSTANCE);
	}
}
