/*
 * began.c - what began shortly before the first of many effects.
 *
 * A cause that is logged once, or now and then, stands before few of its effects, and in
 * another service no trace ties it to them.  What is left is that it was never seen
 * before, and that the effects began right behind it: by chance that happens to one
 * thing that begins now in as many times as the lag fits into the time before, and to
 * one of several the more easily.
 */
#include "why/linker.h"

#define MANY 3        /* effects for each cause, where a few began it */
#define BEGAN_PART 10 /* of the time before the first effect: the cause began in the last one */
#define CHANCE_MAX 0.1
#define LATE_MAX 0.05
#define CHANCE_OF_WARNING 0.025 /* of one that passes: programs log many that mean nothing */

static int64_t
lag_of(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	return a->vertices[f->effect].sum.windows.onset_ns - a->vertices[f->cause].sum.first_ns;
}

/* Of the time before the first effect, the part in which the cause began. */
static double
part_of(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	int64_t before_ns = a->vertices[f->effect].sum.windows.onset_ns - a->tally->from_ns;
	int64_t lag_ns = lag_of(a, f);

	if (a->vertices[f->cause].sum.first_ns == LW_TIME_NONE || lag_ns < 0 ||
	    lag_ns > LW_NEARBY_NS || before_ns <= 0)
		return 1;
	return (double)lag_ns / (double)before_ns;
}

bool
lw_link_has_begun(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	return f->catalogue &&
	       a->vertices[f->cause].sum.count * MANY <= a->vertices[f->effect].sum.count &&
	       part_of(a, f) * BEGAN_PART < 1;
}

bool
lw_has_onset(const struct lw_analysis *a, const struct lw_vertex *v)
{
	const struct lw_tally *t = a->tally;
	double after = (double)(t->to_ns - v->sum.first_ns) / (double)(t->to_ns - t->from_ns + 1);
	double chance = 1;
	uint64_t i;

	if (v->sum.first_ns == LW_TIME_NONE)
		return false;
	for (i = 0; i < v->sum.count && chance >= LATE_MAX; i++)
		chance *= after;
	return chance < LATE_MAX;
}

/* Does v go on while the effect does, and end with it? */
static bool
lasts(const struct lw_analysis *a, const struct lw_vertex *v, const struct lw_vertex *effect)
{
	const struct lw_windows *w = &effect->sum.windows;

	return v->sum.count >= MANY && lw_has_onset(a, v) &&
	       v->sum.last_ns - v->sum.first_ns >= (w->end_ns - w->onset_ns) / 2 &&
	       v->sum.last_ns <= w->end_ns + a->window_ns;
}

static bool
is_tied(const struct lw_link_facts *f)
{
	return f != NULL && f->traces + f->instances + f->stated > 0;
}

/* Could v have begun at any other time as well: is it no part of what the effect is a part of? */
static bool
is_rival(const struct lw_analysis *a, uint32_t v, uint32_t effect)
{
	const struct lw_vertex *rival = &a->vertices[v], *e = &a->vertices[effect];

	return v != effect && rival->candidate && rival->depth != LW_DEPTH_REQUEST &&
	       rival->sum.first_ns != LW_TIME_NONE && !is_tied(lw_link_find(a, effect, v)) &&
	       !is_tied(lw_link_find(a, v, effect)) &&
	       rival->sum.first_ns - a->tally->from_ns >
		   (e->sum.windows.onset_ns - a->tally->from_ns) / BEGAN_PART;
}

/* How many may have begun so by chance, of those that last as long as the cause, or as short? */
static uint32_t
count_rivals(const struct lw_analysis *a, uint32_t effect, bool lasting)
{
	uint32_t v, n = 0;

	for (v = 0; v < a->vertex_count; v++)
		n += is_rival(a, v, effect) &&
		     lasts(a, &a->vertices[v], &a->vertices[effect]) == lasting;
	return n;
}

/* Does the cause come too often for one that began its effects? */
static bool
is_too_often(const struct lw_sum *effect, const struct lw_sum *cause)
{
	if (effect->count < MANY)
		return cause->count > effect->count;
	return cause->count * MANY > effect->count;
}

void
lw_link_begun(struct lw_analysis *a)
{
	uint32_t i, rivals[2] = {0, 0};

	for (i = 0; i < a->link_count; i++) {
		struct lw_link_facts *f = &a->links[i];
		const struct lw_vertex *effect = &a->vertices[f->effect];
		const struct lw_vertex *cause = &a->vertices[f->cause];
		double part = part_of(a, f);
		bool lasting;

		if (i == 0 || a->links[i - 1].effect != f->effect)
			rivals[0] = rivals[1] = 0;
		if (!effect->candidate || !cause->candidate || cause->depth == LW_DEPTH_REQUEST ||
		    part >= CHANCE_MAX || is_too_often(&effect->sum, &cause->sum))
			continue;
		lasting = lasts(a, cause, effect);
		if (rivals[lasting] == 0)
			rivals[lasting] = count_rivals(a, f->effect, lasting);
		if (part * rivals[lasting] >=
		    (cause->weak && !lasting ? CHANCE_OF_WARNING : CHANCE_MAX))
			continue;
		f->alone = true;
		f->lasting = lasting;
		if (lw_link_began(f)) {
			f->median_lag_ns = lag_of(a, f);
			f->spread_lag_ns = 0;
		}
	}
}
