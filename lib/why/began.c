/*
 * began.c - what began shortly before the first of many effects.
 *
 * A cause that is logged once, or now and then, stands before few of its effects, and in
 * another service no trace ties it to them.  What is left is that it was never seen
 * before, and that the effects began right behind it: by chance that happens to one
 * thing that begins now in as many times as the lag fits into the time before, and to
 * one of several the more easily.
 */
#include <stdlib.h>

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

struct beginner {
	struct lw_analysis *a;
	bool *has_onset;  /* by vertex: came it often enough, and as lw_has_onset */
	uint32_t *rivals; /* vertices that could be one of any effect, ascending */
	uint32_t rival_count;
};

/* Does v go on while the effect does, and end with it? */
static bool
lasts(const struct beginner *b, uint32_t v, uint32_t effect)
{
	const struct lw_sum *sum = &b->a->vertices[v].sum;
	const struct lw_windows *w = &b->a->vertices[effect].sum.windows;

	return b->has_onset[v] && sum->last_ns - sum->first_ns >= (w->end_ns - w->onset_ns) / 2 &&
	       sum->last_ns <= w->end_ns + b->a->window_ns;
}

static bool
is_tied(const struct lw_link_facts *f)
{
	return f->traces + f->instances + f->stated > 0;
}

/* Could it have begun at any other time as well? */
static bool
could_begin(const struct beginner *b, uint32_t v, uint32_t effect, bool lasting)
{
	const struct lw_analysis *a = b->a;
	const struct lw_sum *rival = &a->vertices[v].sum, *e = &a->vertices[effect].sum;

	return v != effect &&
	       rival->first_ns - a->tally->from_ns >
		   (e->windows.onset_ns - a->tally->from_ns) / BEGAN_PART &&
	       lasts(b, v, effect) == lasting;
}

static bool
may_rival(const struct lw_vertex *v)
{
	return v->candidate && v->depth != LW_DEPTH_REQUEST && v->sum.first_ns != LW_TIME_NONE;
}

/* The other end of the effect's link at i of either way, where that ties the two; UINT32_MAX behind
 * the last. */
static uint32_t
next_tied(const struct lw_analysis *a, uint32_t effect, uint32_t *i, bool back)
{
	const uint32_t *from = back ? a->cause_from : a->effect_from;
	const struct lw_link_facts *f;

	for (; *i < from[effect + 1]; ++*i) {
		f = &a->links[back ? a->by_cause[*i] : *i];
		if (is_tied(f))
			return back ? f->effect : f->cause;
	}
	return UINT32_MAX;
}

/* Those that could begin, and are a part of what the effect is a part of. */
static uint32_t
count_tied(const struct beginner *b, uint32_t effect, bool lasting)
{
	const struct lw_analysis *a = b->a;
	uint32_t forth = a->effect_from[effect], back = a->cause_from[effect], n = 0;

	for (;;) {
		uint32_t x = next_tied(a, effect, &forth, false);
		uint32_t y = next_tied(a, effect, &back, true), v = x < y ? x : y;

		if (v == UINT32_MAX)
			return n;
		n += may_rival(&a->vertices[v]) && could_begin(b, v, effect, lasting);
		forth += x == v;
		back += y == v;
	}
}

/* How many may have begun so by chance, of those that last as long as the cause, or as short: no
 * part of what the effect is a part of? */
static uint32_t
count_rivals(const struct beginner *b, uint32_t effect, bool lasting)
{
	uint32_t i, n = 0;

	for (i = 0; i < b->rival_count; i++)
		n += could_begin(b, b->rivals[i], effect, lasting);
	return n - count_tied(b, effect, lasting);
}

static bool
find_rivals(struct beginner *b)
{
	const struct lw_analysis *a = b->a;
	size_t n = a->vertex_count + (size_t)1;
	uint32_t i;

	b->has_onset = calloc(n, sizeof(*b->has_onset));
	b->rivals = malloc(n * sizeof(*b->rivals));
	if (b->has_onset == NULL || b->rivals == NULL)
		return false;
	for (i = 0; i < a->vertex_count; i++) {
		const struct lw_vertex *v = &a->vertices[i];

		b->has_onset[i] = v->candidate && v->sum.count >= MANY && lw_has_onset(a, v);
		if (may_rival(v))
			b->rivals[b->rival_count++] = i;
	}
	return true;
}

/* Does the cause come too often for one that began its effects? */
static bool
is_too_often(const struct lw_sum *effect, const struct lw_sum *cause)
{
	if (effect->count < MANY)
		return cause->count > effect->count;
	return cause->count * MANY > effect->count;
}

static void
look_for_begun(const struct beginner *b)
{
	struct lw_analysis *a = b->a;
	uint32_t i, rivals[2] = {0, 0};

	for (i = 0; i < a->link_count; i++) {
		struct lw_link_facts *f = &a->links[i];
		const struct lw_vertex *effect = &a->vertices[f->effect];
		const struct lw_vertex *cause = &a->vertices[f->cause];
		double part = part_of(a, f);
		bool lasting;

		if (i == 0 || a->links[i - 1].effect != f->effect)
			rivals[0] = rivals[1] = 0;
		if (f->scattered || !effect->candidate || !cause->candidate ||
		    cause->depth == LW_DEPTH_REQUEST || part >= CHANCE_MAX ||
		    is_too_often(&effect->sum, &cause->sum))
			continue;
		lasting = lasts(b, f->cause, f->effect);
		if (rivals[lasting] == 0)
			rivals[lasting] = count_rivals(b, f->effect, lasting);
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

bool
lw_link_begun(struct lw_analysis *a)
{
	struct beginner b = {.a = a};
	bool ok = find_rivals(&b);

	if (ok)
		look_for_begun(&b);
	free(b.has_onset);
	free(b.rivals);
	return ok;
}
