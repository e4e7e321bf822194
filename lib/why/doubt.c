/*
 * doubt.c - where a cause beside the root may be one too, and the log does not tell.
 *
 * Two causes that come at the same time are told as one incident where nothing ties single
 * failures to either, or where each failure has one of them and nothing says that they are more
 * than two wordings.  That they could not be told apart is noted with the incident.
 */
#include "why/chain.h"
#include "why/private.h"

#define RARER 10 /* a rival comes at least once for so many entries of the root */
#define FEW 10   /* a part in so many of the traces of an effect ties it to nothing */

static bool
in_chain(const struct lw_incident *inc, uint32_t v)
{
	size_t k;

	for (k = 0; k < inc->why_count; k++)
		if (inc->whys[k].vertex == v)
			return true;
	return false;
}

struct doubts {
	struct lw_analysis *a;
	uint32_t *chains; /* by vertex: of how many incidents the chain leads through it */
};

static bool
in_another(const struct doubts *d, const struct lw_incident *inc, uint32_t v)
{
	return d->chains[v] > in_chain(inc, v);
}

static bool
half(uint64_t n, uint64_t of)
{
	return n > 0 && n * 2 >= of;
}

/* Does anything but the time tie single entries of the two? */
static bool
is_tied(const struct lw_link_facts *f)
{
	return f != NULL && (half(f->stated, f->stated_of) || half(f->traces, f->traces_of) ||
				half(f->close, f->close_of));
}

static bool
are_tied(const struct lw_analysis *a, uint32_t x, uint32_t y)
{
	return is_tied(lw_link_find(a, x, y)) || is_tied(lw_link_find(a, y, x));
}

/* Were both there so often that a tie would show, and is the one before the other by chance? */
static bool
is_loose(const struct lw_link_facts *f)
{
	return f != NULL && f->stated == 0 && f->traces * FEW <= f->traces_of && !is_tied(f) &&
	       lw_link_is_chance(f);
}

static bool
is_known_link(const struct lw_analysis *a, uint32_t x, uint32_t y)
{
	return lw_link_in_catalogue(a, x, y) || lw_link_in_catalogue(a, y, x);
}

/* Is there a step on the way to the root that time alone shows, and nothing ties it to what users
 * felt? */
static bool
is_root_loose(const struct lw_analysis *a, const struct lw_incident *inc)
{
	uint32_t felt = inc->whys[0].vertex, root = inc->whys[inc->why_count - 1].vertex;
	size_t k;

	if (a->vertices[root].depth < LW_DEPTH_UNKNOWN || !is_loose(lw_link_find(a, felt, root)))
		return false;
	for (k = 1; k < inc->why_count; k++)
		if (is_loose(inc->whys[k].facts))
			return true;
	return false;
}

/* Could the cause of a link from what users felt be the root as well? */
static bool
is_rival(const struct doubts *d, const struct lw_incident *inc, const struct lw_link_facts *f)
{
	const struct lw_analysis *a = d->a;
	uint32_t v = f->cause, root = inc->whys[inc->why_count - 1].vertex;
	const struct lw_vertex *r = &a->vertices[root], *x = &a->vertices[v];
	size_t k;

	if (v == root || !x->candidate || x->weak || x->depth < LW_DEPTH_UNKNOWN ||
	    x->sum.count * RARER < r->sum.count || !lw_is_one_workload(a, x->service, r->service) ||
	    !is_loose(f) || lw_chain_is_apart(a, f) ||
	    lw_link_confidence(f, NULL) < LW_LINK_ENOUGH || lw_link_contrast(f) < 0.5 ||
	    in_another(d, inc, v))
		return false;
	if (!is_loose(lw_link_find(a, v, root)) && !is_loose(lw_link_find(a, root, v)))
		return false;
	if (x->sum.windows.onset_ns > r->sum.windows.end_ns ||
	    r->sum.windows.onset_ns > x->sum.windows.end_ns || is_known_link(a, v, root) ||
	    lw_say_alike(a, v, root))
		return false;
	for (k = 0; k < inc->why_count; k++)
		if (inc->whys[k].vertex != v && are_tied(a, inc->whys[k].vertex, v))
			return false;
	return true;
}

static void
doubt_root(const struct doubts *d, struct lw_incident *inc, struct lw_rival *rivals)
{
	const struct lw_analysis *a = d->a;
	uint32_t felt = inc->whys[0].vertex, i;

	if (inc->why_count < 2 || !is_root_loose(a, inc))
		return;
	rivals[0] = (struct lw_rival){inc->whys[inc->why_count - 1].vertex, 0};
	inc->rival_count = 1;
	for (i = a->effect_from[felt];
	     i < a->effect_from[felt + 1] && inc->rival_count < LW_MAX_RIVALS; i++)
		if (is_rival(d, inc, &a->links[i]))
			rivals[inc->rival_count++] = (struct lw_rival){a->links[i].cause, 0};
	if (inc->rival_count > 1)
		inc->doubt = LW_DOUBT_UNTIED;
}

/* Does the chain go beyond the rivals, to a root that they may have in common? */
static bool
goes_deeper(const struct lw_incident *inc, const struct lw_undecided *u)
{
	uint32_t i;

	for (i = 0; i < u->count; i++)
		if (u->rivals[i].vertex == inc->whys[inc->why_count - 1].vertex)
			return false;
	return inc->whys[inc->why_count - 1].vertex != u->effect;
}

/* What was left undivided of a failure in the chain. */
static void
take_undecided(const struct doubts *d, struct lw_incident *inc, struct lw_rival *rivals)
{
	const struct lw_analysis *a = d->a;
	size_t i, k;
	uint32_t n;

	for (k = 0; k < inc->why_count && inc->doubt == LW_DOUBT_NONE; k++)
		for (i = 0; i < a->undecided_count && inc->doubt == LW_DOUBT_NONE; i++) {
			const struct lw_undecided *u = &a->undecided[i];

			if (u->effect != inc->whys[k].vertex || goes_deeper(inc, u))
				continue;
			inc->rival_count = 0;
			for (n = 0; n < u->count; n++)
				if (!in_another(d, inc, u->rivals[n].vertex))
					rivals[inc->rival_count++] = u->rivals[n];
			if (inc->rival_count > 1)
				inc->doubt = u->doubt;
		}
}

bool
lw_why_doubts(struct lw_analysis *a)
{
	struct doubts d = {a, NULL};
	size_t i, k;

	d.chains = lw_arena_zalloc(a->arena, (a->vertex_count + (size_t)1) * sizeof(*d.chains));
	if (d.chains == NULL)
		return false;
	for (i = 0; i < a->incident_count; i++)
		for (k = 0; k < a->incidents[i].why_count; k++)
			d.chains[a->incidents[i].whys[k].vertex]++;
	for (i = 0; i < a->incident_count; i++) {
		struct lw_incident *inc = &a->incidents[i];
		struct lw_rival *rivals =
		    lw_arena_zalloc(a->arena, LW_MAX_RIVALS * sizeof(*rivals));

		if (rivals == NULL)
			return false;
		inc->rivals = rivals;
		take_undecided(&d, inc, rivals);
		if (inc->doubt == LW_DOUBT_NONE)
			doubt_root(&d, inc, rivals);
		if (inc->doubt == LW_DOUBT_NONE)
			inc->rival_count = 0;
	}
	return true;
}
