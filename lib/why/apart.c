/*
 * apart.c - are two causes, of which each failure has one, two causes or one in two wordings?
 *
 * They are two where something else goes with them too: what was asked for, the instance, the
 * time, or that the catalogue knows them as causes that have nothing to do with each other.  What
 * a program says in other words at random tells by none of these.
 */
#include <stdlib.h>

#include "count/node.h"
#include "why/chain.h"
#include "why/refs.h"
#include "why/twins.h"

#define MIN_TOLD 8     /* events by which a feature tells anything */
#define TELLS 0.7      /* of the errors that guessing makes, so many are not made by the feature */
#define LEAD 5         /* a part in so many of one is before the other begins, or after its end */
#define LEAD_MAX 0.001 /* the chance that it would be so by accident */
#define WAITS_NS LW_NS_PER_S
#define LONGER 3   /* times: what waits may wait for what takes so much longer */
#define TOGETHER 5 /* mean distances between two of a side: less apart is at once */

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))

static int
by_time(const void *pa, const void *pb)
{
	const struct lw_moment *a = pa, *b = pb;
	int c = LESS(a->at_ns, b->at_ns);

	if (c == 0)
		c = LESS(a->entry_key, b->entry_key);
	return c != 0 ? c : LESS(a->event, b->event);
}

static int
by_feature(const void *pa, const void *pb)
{
	const struct lw_moment *a = pa, *b = pb;
	int c = LESS(a->feature, b->feature);

	return c != 0 ? c : by_time(pa, pb);
}

void
lw_moments_by_time(struct lw_twins *t)
{
	qsort(t->moments, t->count, sizeof(*t->moments), by_time);
}

void
lw_moments_by_feature(struct lw_twins *t)
{
	qsort(t->moments, t->count, sizeof(*t->moments), by_feature);
}

/*
 * How much better than the greater of the two sides does the feature tell on which side an event
 * is?  Each is guessed from the others that have the same; 0 where it tells nothing, 1 always.
 */
static double
tells(struct lw_twins *t, uint8_t x, uint8_t y)
{
	uint32_t i, k, to, right = 0, of[2] = {0, 0}, n;

	lw_moments_by_feature(t);
	for (i = 0; i < t->count; i = to) {
		uint32_t here[2] = {0, 0};

		for (to = i; to < t->count && t->moments[to].feature == t->moments[i].feature; to++)
			for (k = 0; k < 2; k++)
				here[k] += t->moments[to].side == (k == 0 ? x : y);
		if (t->moments[i].feature == 0)
			continue;
		for (k = 0; k < 2; k++) {
			of[k] += here[k];
			right += here[k] > here[1 - k] + 1 ? here[k] : 0;
		}
	}
	n = of[0] + of[1];
	if (n < MIN_TOLD || n * 2 < t->n[x] + t->n[y] || of[0] < LW_SIDE_MIN || of[1] < LW_SIDE_MIN)
		return 0;
	k = of[0] > of[1] ? of[0] : of[1];
	return right <= k ? 0 : (double)(right - k) / (double)(n - k);
}

/* Does a good part of x come before y begins, more than by accident?  With back: after its end. */
static bool
has_lead(const struct lw_twins *t, uint8_t x, uint8_t y, bool back)
{
	uint32_t i, lead = 0, others = 0, few = t->n[y] / 20;
	double chance = 1;

	for (i = 0; i < t->count && others <= few; i++) {
		const struct lw_moment *m = &t->moments[back ? t->count - 1 - i : i];

		lead += m->side == x;
		others += m->side == y;
	}
	if (lead < LW_SIDE_MIN || lead * LEAD < t->n[x])
		return false;
	for (i = few; i < t->n[y] && chance > LEAD_MAX; i++)
		chance *= 1 - (double)lead / (double)t->n[x];
	return chance <= LEAD_MAX;
}

static bool
has_time_of_its_own(struct lw_twins *t, uint8_t x, uint8_t y)
{
	lw_moments_by_time(t);
	return has_lead(t, x, y, false) || has_lead(t, x, y, true) || has_lead(t, y, x, false) ||
	       has_lead(t, y, x, true);
}

/* The rule of a side's cause that most of its events are tied to; NULL where no rule knows one. */
static const struct lw_rule *
known_cause(const struct lw_twins *t, const struct lw_ties *ties, uint8_t side, uint32_t *vertex)
{
	uint64_t most = 0;
	uint32_t k;

	*vertex = LW_NO_VERTEX;
	for (k = 0; k < ties->count; k++) {
		uint32_t v = ties->causes[k].vertex;

		if (t->side[k] != side || t->a->vertices[v].depth != LW_DEPTH_CAUSE ||
		    ties->causes[k].near <= most)
			continue;
		most = ties->causes[k].near;
		*vertex = v;
	}
	return *vertex == LW_NO_VERTEX ? NULL : lw_vertex_rule(t->a, &t->a->vertices[*vertex]);
}

/* Are both known, as causes of other kinds? */
static bool
are_known_apart(const struct lw_twins *t, const struct lw_ties *ties, uint8_t x, uint8_t y)
{
	uint32_t u, v;
	const struct lw_rule *a = known_cause(t, ties, x, &u), *b = known_cause(t, ties, y, &v);

	return a != NULL && b != NULL && a->layer != b->layer &&
	       !lw_link_in_catalogue(t->a, u, v) && !lw_link_in_catalogue(t->a, v, u);
}

bool
lw_sides_share_root(const struct lw_twins *t, const struct lw_ties *ties, uint8_t x, uint8_t y)
{
	const struct lw_analysis *a = t->a;
	uint32_t v, k;

	for (v = 0; v < a->vertex_count; v++) {
		bool of_x = false, of_y = false, own = false;

		for (k = 0; k < ties->count; k++)
			own = own || ties->causes[k].vertex == v;
		for (k = 0; k < ties->count && !own; k++) {
			bool leads =
			    (t->side[k] == x || t->side[k] == y) &&
			    lw_chain_judge(a, ties->causes[k].vertex, v) == LW_VERDICT_TAKEN;

			of_x = of_x || (leads && t->side[k] == x);
			of_y = of_y || (leads && t->side[k] == y);
		}
		if (of_x && of_y)
			return true;
	}
	return false;
}

/* When the events of a side came. */
struct span {
	int64_t from_ns, to_ns, pace_ns; /* pace: the mean time between two */
};

static struct span
span_of(const struct lw_twins *t, uint8_t side)
{
	struct span s = {LW_TIME_NONE, LW_TIME_NONE, 0};
	uint32_t i, n = 0;

	for (i = 0; i < t->count; i++)
		if (t->moments[i].side == side) {
			lw_span_add(&s.from_ns, &s.to_ns, t->moments[i].at_ns);
			n++;
		}
	if (n > 1)
		s.pace_ns = (s.to_ns - s.from_ns) / (n - 1);
	return s;
}

/* Did an error that was not there before begin up to a minute before any of the sides' causes? */
static bool
has_forerunner(const struct lw_twins *t, const struct lw_ties *ties)
{
	const struct lw_analysis *a = t->a;
	int64_t first_ns = INT64_MAX;
	uint32_t i, k;

	for (k = 0; k < ties->count; k++) {
		const struct lw_sum *sum = &a->vertices[ties->causes[k].vertex].sum;

		if (sum->first_ns < first_ns)
			first_ns = sum->first_ns;
	}
	for (i = 0; i < a->vertex_count; i++) {
		const struct lw_vertex *v = &a->vertices[i];

		if (v->candidate && !v->weak && v->depth >= LW_DEPTH_UNKNOWN &&
		    v->sum.first_ns < first_ns && v->sum.first_ns >= first_ns - LW_NEARBY_NS &&
		    v->sum.first_ns > a->tally->from_ns + LW_NEARBY_NS)
			return true;
	}
	return false;
}

/*
 * What begins and ends together, or begins together after something else, has one root in
 * common, whether the log shows it or not.
 */
static bool
shares_fate(const struct lw_twins *t, const struct lw_ties *ties, uint8_t x, uint8_t y)
{
	struct span u = span_of(t, x), v = span_of(t, y);
	int64_t slack_ns = TOGETHER * (u.pace_ns > v.pace_ns ? u.pace_ns : v.pace_ns);
	int64_t begin_ns = u.from_ns - v.from_ns, end_ns = u.to_ns - v.to_ns;
	int64_t last_ns = u.to_ns > v.to_ns ? u.to_ns : v.to_ns;

	if (begin_ns > slack_ns || -begin_ns > slack_ns)
		return false;
	if (has_forerunner(t, ties))
		return true;
	return end_ns <= slack_ns && -end_ns <= slack_ns &&
	       t->a->tally->to_ns - last_ns > 2 * slack_ns;
}

/* How long the events of a side took, the median. */
static int64_t
took_ns(struct lw_twins *t, uint8_t side)
{
	uint32_t i, n = 0;

	for (i = 0; i < t->count; i++) {
		const struct lw_event *ev = &t->a->tally->events[t->moments[i].event];

		t->moments[i].feature = t->moments[i].side == side
					    ? (uint64_t)(ev->effect_ns - ev->start_ns)
					    : UINT64_MAX;
		n += t->moments[i].side == side;
	}
	lw_moments_by_feature(t);
	return n == 0 ? 0 : (int64_t)t->moments[(n - 1) / 2].feature;
}

/* What takes longer by far may be what the others wait for, where they do wait. */
static bool
may_wait(struct lw_twins *t, uint8_t x, uint8_t y)
{
	int64_t waits_ns = took_ns(t, x);

	return waits_ns >= WAITS_NS && took_ns(t, y) >= LONGER * waits_ns;
}

uint32_t
lw_side_deepest(const struct lw_twins *t, const struct lw_ties *ties, uint8_t side)
{
	const struct lw_analysis *a = t->a;
	uint32_t k, best = LW_NO_VERTEX;
	int64_t best_lag = 0;

	for (k = 0; k < ties->count; k++) {
		uint32_t v = ties->causes[k].vertex;
		const struct lw_link_facts *f = lw_link_find(a, t->effect, v);
		int64_t lag = f == NULL || f->median_lag_ns == LW_TIME_NONE ? 0 : f->median_lag_ns;

		if (t->side[k] != side)
			continue;
		if (best == LW_NO_VERTEX || a->vertices[v].depth > a->vertices[best].depth ||
		    (a->vertices[v].depth == a->vertices[best].depth && lag > best_lag)) {
			best = v;
			best_lag = lag;
		}
	}
	return best;
}

bool
lw_sides_are_two(struct lw_twins *t, const struct lw_ties *ties, uint8_t x, uint8_t y)
{
	const struct lw_event *events = t->a->tally->events;
	uint32_t i;

	if (lw_sides_share_root(t, ties, x, y))
		return false;
	if (t->clear && (are_known_apart(t, ties, x, y) || has_time_of_its_own(t, x, y)))
		return true;
	if (lw_say_alike(t->a, lw_side_deepest(t, ties, x), lw_side_deepest(t, ties, y)) ||
	    may_wait(t, x, y) || may_wait(t, y, x) || shares_fate(t, ties, x, y))
		return false;
	for (i = 0; i < t->count; i++)
		t->moments[i].feature = t->paths[t->moments[i].event];
	if (tells(t, x, y) >= TELLS)
		return true;
	for (i = 0; i < t->count; i++)
		t->moments[i].feature = events[t->moments[i].event].instance;
	return tells(t, x, y) >= TELLS;
}
