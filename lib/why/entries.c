/* entries.c - the entries by which one link shows. */
#include <stdlib.h>

#include "why/private.h"
#include "why/refs.h"

/* The refs of the two vertices alone, in their order. */
static uint32_t
keep_two(struct lw_ref *refs, uint32_t n, uint32_t effect, uint32_t cause)
{
	uint32_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (refs[i].vertex == effect || refs[i].vertex == cause)
			refs[kept++] = refs[i];
	return kept;
}

bool
lw_link_entries(const struct lw_analysis *a, uint32_t effect, uint32_t cause, bool of_cause,
    struct lw_map *keys)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);
	struct lw_ref *refs = malloc((a->tally->event_count + (size_t)1) * sizeof(*refs));
	enum lw_scope scope = LW_SCOPE_INSTANCE;
	uint32_t n, i, next = 0; /* the first that no effect has looked at yet */
	bool seen = false;       /* a cause, in this scope */
	bool ok = true;

	if (refs == NULL)
		return false;
	if (f != NULL)
		(void)lw_link_confidence(f, &scope);
	n = keep_two(refs, lw_refs_collect(a, scope, true, refs), effect, cause);
	for (i = 0; i < n && ok; i++) {
		if (i > 0 && refs[i].scope != refs[i - 1].scope) {
			next = i;
			seen = false;
		}
		if (refs[i].vertex != effect)
			continue;
		/* What one entry or one moment shows of both counts as before. */
		for (; next < n && refs[next].scope == refs[i].scope &&
		       refs[next].at_ns <= refs[i].at_ns && ok;
		     next++) {
			if (refs[next].vertex != cause)
				continue;
			seen = true;
			if (of_cause)
				ok = lw_map_put(keys, refs[next].entry_key, 1) != LW_MAP_NONE;
		}
		if (seen && !of_cause && ok)
			ok = lw_map_put(keys, refs[i].entry_key, 1) != LW_MAP_NONE;
	}
	free(refs);
	return ok;
}
