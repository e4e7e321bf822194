/* entries.c - the entries by which one link shows. */
#include <stdlib.h>

#include "why/private.h"

struct ref {
	uint64_t scope, entry_key;
	int64_t at_ns;
	bool effect;
};

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))

static int
by_scope(const void *pa, const void *pb)
{
	const struct ref *a = pa, *b = pb;
	int c = LESS(a->scope, b->scope);

	if (c == 0)
		c = LESS(a->at_ns, b->at_ns);
	if (c == 0)
		c = LESS(a->effect, b->effect);
	return c != 0 ? c : LESS(a->entry_key, b->entry_key);
}

static uint32_t
collect(const struct lw_analysis *a, uint32_t effect, uint32_t cause, struct ref *refs)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);
	const struct lw_tally *t = a->tally;
	enum lw_scope scope = LW_SCOPE_INSTANCE;
	uint32_t i, n = 0;

	if (f != NULL)
		(void)lw_link_confidence(f, &scope);
	for (i = 0; i < t->event_count; i++) {
		const struct lw_event *ev = &t->events[i];
		uint32_t v = ev->node == LW_NO_NODE ? UINT32_MAX : a->vertex_of_node[ev->node];

		if ((v != effect && v != cause) || ev->effect_ns == LW_TIME_NONE)
			continue;
		refs[n] = (struct ref){.entry_key = ev->entry_key,
		    .at_ns = ev->effect_ns,
		    .effect = v == effect,
		    .scope = scope == LW_SCOPE_TRACE      ? ev->trace
			     : scope == LW_SCOPE_INSTANCE ? ev->instance
							  : 1};
		/* What ended a request is often logged a moment after the request. */
		if ((ev->flags & LW_EVENT_REQUEST) != 0 && scope != LW_SCOPE_TRACE)
			refs[n].at_ns += 2 * LW_NS_PER_S;
		if (refs[n].scope != 0)
			n++;
	}
	return n;
}

bool
lw_link_entries(const struct lw_analysis *a, uint32_t effect, uint32_t cause, bool of_cause,
    struct lw_map *keys)
{
	struct ref *refs = malloc((a->tally->event_count + (size_t)1) * sizeof(*refs));
	uint32_t n, i,
	    from = 0; /* causes of this scope that no effect has followed yet start here */
	bool ok = true;

	if (refs == NULL)
		return false;
	n = collect(a, effect, cause, refs);
	if (n > 1)
		qsort(refs, n, sizeof(*refs), by_scope);
	for (i = 0; i < n && ok; i++) {
		if (refs[i].scope != refs[from].scope)
			from = i;
		if (!refs[i].effect || from == i)
			continue;
		if (!of_cause)
			ok = lw_map_put(keys, refs[i].entry_key, 1) != LW_MAP_NONE;
		for (; of_cause && from < i && ok; from++)
			if (!refs[from].effect)
				ok = lw_map_put(keys, refs[from].entry_key, 1) != LW_MAP_NONE;
	}
	free(refs);
	return ok;
}
