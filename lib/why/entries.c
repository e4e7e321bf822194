/*
 * entries.c - the entries by which links show.
 *
 * Many links are asked for, so that the events of each kind of scope are put in order once, and
 * those of a vertex are found without looking at the others.
 */
#include <stdlib.h>

#include "why/private.h"
#include "why/refs.h"

struct event { /* what is needed of a ref */
	int64_t at_ns;
	uint64_t entry_key;
	uint32_t scope; /* the number of its scope */
};

struct kind {
	struct event *events; /* by scope and time; NULL until they are asked for */
	uint32_t *of_vertex;  /* where in them those of each vertex are, ascending */
	uint32_t *first;      /* by vertex, and one more: where in of_vertex its own begin */
};

struct lw_entries {
	const struct lw_analysis *a;
	struct kind kinds[LW_SCOPE_COUNT];
};

struct lw_entries *
lw_entries_new(const struct lw_analysis *a)
{
	struct lw_entries *e = calloc(1, sizeof(*e));

	if (e != NULL)
		e->a = a;
	return e;
}

void
lw_entries_free(struct lw_entries *e)
{
	size_t i;

	for (i = 0; e != NULL && i < LW_SCOPE_COUNT; i++) {
		free(e->kinds[i].events);
		free(e->kinds[i].of_vertex);
		free(e->kinds[i].first);
	}
	free(e);
}

static void
fill(struct kind *k, const struct lw_ref *refs, uint32_t n, uint32_t vertex_count)
{
	uint32_t i, scope = 0;

	for (i = 0; i < n; i++) {
		scope += i > 0 && refs[i].scope != refs[i - 1].scope;
		k->events[i] = (struct event){refs[i].at_ns, refs[i].entry_key, scope};
		k->first[refs[i].vertex + 2]++;
	}
	for (i = 0; i < vertex_count; i++)
		k->first[i + 2] += k->first[i + 1];
	/* Shifted by one while they are filled, so that they end up as starts. */
	for (i = 0; i < n; i++)
		k->of_vertex[k->first[refs[i].vertex + 1]++] = i;
}

/* False where memory ran out. */
static bool
collect(struct lw_entries *e, enum lw_scope scope)
{
	struct lw_ref *refs = malloc((e->a->tally->event_count + (size_t)1) * sizeof(*refs));
	struct kind *k = &e->kinds[scope];
	uint32_t n;

	if (refs == NULL)
		return false;
	n = lw_refs_collect(e->a, scope, true, refs);
	k->events = malloc((n + (size_t)1) * sizeof(*k->events));
	k->of_vertex = malloc((n + (size_t)1) * sizeof(*k->of_vertex));
	k->first = calloc(e->a->vertex_count + (size_t)2, sizeof(*k->first));
	if (k->events != NULL && k->of_vertex != NULL && k->first != NULL)
		fill(k, refs, n, e->a->vertex_count);
	free(refs);
	return k->events != NULL && k->of_vertex != NULL && k->first != NULL;
}

bool
lw_link_entries(
    struct lw_entries *e, uint32_t effect, uint32_t cause, bool of_cause, struct lw_map *keys)
{
	const struct lw_link_facts *f = lw_link_find(e->a, effect, cause);
	enum lw_scope scope = LW_SCOPE_INSTANCE;
	const uint32_t *at, *end, *next, *causes_end;
	const struct kind *k;
	uint32_t seen = UINT32_MAX; /* the scope in which a cause was seen last */
	bool ok = true;

	if (f != NULL)
		(void)lw_link_confidence(f, &scope);
	k = &e->kinds[scope];
	if (k->events == NULL && !collect(e, scope))
		return false;
	next = k->of_vertex + k->first[cause];
	causes_end = k->of_vertex + k->first[cause + 1];
	at = k->of_vertex + k->first[effect];
	for (end = k->of_vertex + k->first[effect + 1]; at < end && ok; at++) {
		const struct event *ev = &k->events[*at];

		while (next < causes_end && k->events[*next].scope < ev->scope)
			next++;
		/* What one entry or one moment shows of both counts as before. */
		for (; next < causes_end && k->events[*next].scope == ev->scope &&
		       k->events[*next].at_ns <= ev->at_ns && ok;
		     next++) {
			seen = ev->scope;
			if (of_cause)
				ok = lw_map_put(keys, k->events[*next].entry_key, 1) != LW_MAP_NONE;
		}
		if (seen == ev->scope && !of_cause && ok)
			ok = lw_map_put(keys, ev->entry_key, 1) != LW_MAP_NONE;
	}
	return ok;
}
