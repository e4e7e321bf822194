/* calls.c - from one service to the one that it called. */
#include "why/chain.h"
#include "why/private.h"

static bool
most(uint64_t n, uint64_t of)
{
	return n > 0 && n * 2 >= of;
}

/* Did the trouble of the cause begin before that of the effect, at most a window earlier? */
static bool
began_shortly_before(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	int64_t lead_ns =
	    a->vertices[effect].sum.windows.onset_ns - a->vertices[cause].sum.windows.onset_ns;

	return lead_ns >= 0 && lead_ns <= a->window_ns;
}

bool
lw_chain_is_named(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);
	const struct lw_link_facts *back = lw_link_find(a, cause, effect);

	return f != NULL && most(f->named, f->named_of) && (back == NULL || back->named == 0);
}

bool
lw_chain_is_call(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);

	if (f == NULL || lw_link_confidence(f, NULL) < LW_LINK_ENOUGH)
		return false;
	if (lw_chain_is_named(a, effect, cause))
		return most(f->nearby, f->nearby_of) || most(f->traces, f->traces_of) ||
		       began_shortly_before(a, effect, cause);
	if (!f->traced && lw_link_is_close(f))
		return true;
	if (f->began && lw_link_began(f) && a->vertices[effect].depth == LW_DEPTH_CAUSE)
		return true;
	return most(f->traces, f->traces_of) &&
	       lw_link_confidence(f, NULL) > lw_chain_confidence(a, cause, effect);
}

bool
lw_chain_has_begun(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);
	const struct lw_link_facts *back = lw_link_find(a, cause, effect);

	return f != NULL && (f->alone || f->climb_full) &&
	       lw_link_confidence(f, NULL) >= LW_LINK_ENOUGH &&
	       (back == NULL || back->traces + back->stated + back->named == 0);
}

bool
lw_chain_is_call_by_time(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);
	const struct lw_windows *e = &a->vertices[effect].sum.windows;
	const struct lw_windows *c = &a->vertices[cause].sum.windows;
	double closeness = f == NULL ? -1 : lw_link_closeness(a, f);

	return f != NULL && closeness >= 0 && a->vertices[cause].candidate &&
	       (closeness <= LW_CLOSE || (f->catalogue && lw_link_contrast(f) >= LW_CLEAR)) &&
	       f->nearby * 5 >= f->nearby_of * 4 && lw_link_contrast(f) >= 0.5 &&
	       lw_link_confidence(f, NULL) >= LW_LINK_ENOUGH &&
	       began_shortly_before(a, effect, cause) && e->end_ns - c->end_ns <= a->window_ns &&
	       !lw_chain_is_backwards(a, effect, cause);
}
