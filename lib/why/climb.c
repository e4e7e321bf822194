/*
 * climb.c - a number in a warning that climbs, or falls, until a failure begins.
 *
 * What runs out slowly is told again and again while nothing fails yet: "61 of 80 sessions",
 * "heap at 91 %".  No single warning stands before a failure, and none is missing where there is
 * no failure; what tells is that the number went one way, and no further once the failure began.
 */
#include "why/linker.h"

#define MAX_POINTS (LW_SAMPLES_EARLY + LW_SAMPLES_SPREAD)
#define MAX_NUMBERS 6
#define MIN_STEPS 5  /* from one value to the next, that go the way */
#define SAME_WAY 0.8 /* of the steps */
#define STRAIGHT \
	1.4          /* all steps together, of what they come to: a number that says nothing \
			leaps to and fro */
#define FULL 0.9     /* of its bound */
#define GROWS 1.2    /* without a bound, from the first value to the last */
#define FAR 3        /* likewise, where that alone must tell */
#define FURTHER 0.25 /* of the way: what the number may go on after the failure began */
#define PACE 3       /* mean distances: the failure begins so soon after the last value */
#define UNIT_MAX 3   /* letters of a unit */

struct number {
	double value;
	bool percent;
};

struct point {
	int64_t at_ns;
	struct lw_str instance;
	struct number at[MAX_NUMBERS];
};

struct points { /* of one warning, by time */
	struct point at[MAX_POINTS];
	uint32_t count, numbers;
};

struct way { /* of one number, up to the first effect */
	uint64_t steps, of;
	double first, last;  /* where it began, and the furthest that it went */
	double gone, gained; /* the lengths of all steps, and what they came to this way */
	int64_t from_ns, to_ns;
	uint32_t points;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

/* Does the digit at i begin a part of something greater: a time, a date, an address, a name? */
static bool
is_inside(struct lw_str s, size_t i)
{
	char before = i > 0 ? s.p[i - 1] : ' ';

	return is_letter(before) || ((before == ':' || before == '-' || before == '.') && i > 1 &&
					(is_digit(s.p[i - 2]) || is_letter(s.p[i - 2])));
}

/* Likewise for what stands behind the number that ends at i, with its unit. */
static bool
goes_on(struct lw_str s, size_t i)
{
	size_t unit = i;

	while (unit < s.n && is_letter(s.p[unit]))
		unit++;
	if (unit - i > UNIT_MAX || (unit < s.n && unit > i && is_digit(s.p[unit])))
		return true;
	return i + 1 < s.n && (s.p[i] == ':' || s.p[i] == '-' || s.p[i] == '.') &&
	       (is_digit(s.p[i + 1]) || (s.p[i] == '-' && is_letter(s.p[i + 1])));
}

/* Read 4200, 91.5 or 4,200 at *i, and move *i behind it. */
static double
read_number(struct lw_str s, size_t *i)
{
	double value = 0, unit = 1;

	for (; *i < s.n; ++*i) {
		if (s.p[*i] == ',' && *i + 3 < s.n && is_digit(s.p[*i + 1]) &&
		    is_digit(s.p[*i + 2]) && is_digit(s.p[*i + 3]))
			continue;
		if (!is_digit(s.p[*i]))
			break;
		value = value * 10 + (s.p[*i] - '0');
	}
	if (*i + 1 < s.n && s.p[*i] == '.' && is_digit(s.p[*i + 1]))
		for (++*i; *i < s.n && is_digit(s.p[*i]); ++*i)
			value += (s.p[*i] - '0') * (unit /= 10);
	return value;
}

/* The numbers of a message that stand for themselves; returns how many. */
static uint32_t
read_numbers(struct lw_str s, struct number *at)
{
	uint32_t n = 0;
	size_t i = 0;

	while (i < s.n && n < MAX_NUMBERS) {
		size_t from = i, blank;
		double value;

		if (!is_digit(s.p[i])) {
			i++;
			continue;
		}
		value = read_number(s, &i);
		if (is_inside(s, from) || goes_on(s, i)) {
			while (i < s.n && s.p[i] != ' ')
				i++;
			continue;
		}
		blank = i + (i < s.n && s.p[i] == ' ');
		at[n++] = (struct number){value, blank < s.n && s.p[blank] == '%'};
	}
	return n;
}

static void
add_point(struct points *p, const struct lw_sample *s)
{
	struct point at = {.at_ns = s->time_ns, .instance = s->instance};
	uint32_t n, i;

	if (p->count == MAX_POINTS || s->time_ns == LW_TIME_NONE)
		return;
	n = read_numbers(s->message, at.at);
	if (n == 0 || (p->count > 0 && n != p->numbers))
		return;
	for (i = p->count; i > 0 && p->at[i - 1].at_ns >= s->time_ns; i--)
		if (p->at[i - 1].at_ns == s->time_ns &&
		    lw_str_eq(p->at[i - 1].instance, s->instance))
			return;
	p->numbers = n;
	memmove(&p->at[i + 1], &p->at[i], (p->count - i) * sizeof(*p->at));
	p->at[i] = at;
	p->count++;
}

/* What the samples of a vertex say, from all of its nodes. */
static void
read_points(const struct lw_analysis *a, uint32_t v, struct points *p)
{
	const struct lw_group *g = &a->groups[a->vertices[v].group];
	uint32_t i, k;

	p->count = p->numbers = 0;
	for (i = 0; i < g->node_count; i++) {
		const struct lw_node *n = &a->tally->nodes[g->nodes[i]];

		if (a->vertex_of_node[g->nodes[i]] != v)
			continue;
		for (k = 0; k < LW_SAMPLES_SPREAD && n->spread[k] != NULL; k++)
			add_point(p, n->spread[k]);
		for (k = 0; k < LW_SAMPLES_EARLY && n->early[k] != NULL; k++)
			add_point(p, n->early[k]);
	}
}

/* The point before the i-th on the same instance; NULL where there is none. */
static const struct point *
point_before(const struct points *p, uint32_t i)
{
	uint32_t k;

	for (k = i; k > 0; k--)
		if (lw_str_eq(p->at[k - 1].instance, p->at[i].instance))
			return &p->at[k - 1];
	return NULL;
}

/* The way of the k-th number up to a time, upwards or (sign -1) downwards. */
static struct way
find_way(const struct points *p, uint32_t k, double sign, int64_t until_ns)
{
	struct way w = {0};
	uint32_t i;

	for (i = 0; i < p->count && p->at[i].at_ns <= until_ns; i++) {
		const struct point *before = point_before(p, i);
		double value = p->at[i].at[k].value, step;

		if (i == 0) {
			w.first = w.last = value;
			w.from_ns = p->at[i].at_ns;
		}
		if (before != NULL && value != before->at[k].value) {
			w.of++;
			step = (value - before->at[k].value) * sign;
			w.steps += step > 0;
			w.gained += step;
			w.gone += step > 0 ? step : -step;
		}
		if ((value - w.last) * sign > 0)
			w.last = value;
		w.to_ns = p->at[i].at_ns;
		w.points++;
	}
	return w;
}

/* Does it go on after the failure began as if there were none? */
static bool
goes_further(const struct points *p, uint32_t k, double sign, const struct way *w)
{
	double most = w->last + (w->last - w->first) * FURTHER;
	uint32_t i;

	for (i = w->points; i < p->count; i++)
		if ((p->at[i].at[k].value - most) * sign > 0)
			return true;
	return false;
}

/* What the number counts up to: 100 %, or another number of the message that is always the same;
 * 0 where none is known. */
static double
find_bound(const struct points *p, uint32_t k)
{
	double most = 0;
	uint32_t i, m;

	if (p->at[0].at[k].percent)
		return 100;
	for (i = 0; i < p->count; i++)
		most = p->at[i].at[k].value > most ? p->at[i].at[k].value : most;
	for (m = 0; m < p->numbers; m++) {
		for (i = 1; i < p->count && p->at[i].at[m].value == p->at[0].at[m].value; i++)
			;
		if (m != k && i == p->count && p->at[0].at[m].value >= most)
			return p->at[0].at[m].value;
	}
	return 0;
}

static bool
is_full(const struct way *w, double bound, double sign)
{
	if (sign > 0)
		return bound > 0 ? w->last >= FULL * bound : w->last >= w->first * FAR;
	return w->last <= (1 - FULL) * (bound > 0 ? bound : w->first);
}

static bool
is_climb(const struct points *p, uint32_t k, double sign, const struct way *w, int64_t until_ns)
{
	int64_t pace_ns = w->points < 2 ? 0 : (w->to_ns - w->from_ns) / (w->points - 1);

	return w->steps >= MIN_STEPS && (double)w->steps >= SAME_WAY * (double)w->of &&
	       w->gone <= STRAIGHT * w->gained && w->to_ns - w->from_ns >= LW_NEARBY_NS &&
	       (until_ns - w->to_ns <= LW_NEARBY_NS || until_ns - w->to_ns <= PACE * pace_ns) &&
	       !goes_further(p, k, sign, w);
}

/* Sets of a link what the number of its cause does until the effect begins, if it climbs or
 * falls. */
static void
find_climb(const struct lw_analysis *a, struct lw_link_facts *f, const struct points *p)
{
	int64_t onset_ns = a->vertices[f->effect].sum.windows.onset_ns;
	uint32_t i;

	for (i = 0; i < 2 * p->numbers; i++) {
		double sign = i % 2 == 0 ? 1 : -1, bound = find_bound(p, i / 2);
		struct way w = find_way(p, i / 2, sign, onset_ns);
		bool full = is_full(&w, bound, sign);

		if (!is_climb(p, i / 2, sign, &w, onset_ns) ||
		    (!full && (sign < 0 || w.last < w.first * GROWS)) ||
		    (f->climbs > 0 && (f->climb_full || !full)))
			continue;
		f->climbs = w.steps;
		f->climbs_of = w.of;
		f->climb_from = w.first;
		f->climb_to = w.last;
		f->climb_ns = w.to_ns - w.from_ns;
		f->climb_full = full;
		f->median_lag_ns = onset_ns - w.to_ns;
		f->spread_lag_ns = 0;
	}
}

void
lw_link_climbs(struct lw_analysis *a)
{
	struct points p;
	uint32_t v, i;

	for (v = 0; v < a->vertex_count; v++) {
		if (!a->vertices[v].candidate || !a->vertices[v].weak ||
		    a->vertices[v].sum.count <= MIN_STEPS)
			continue;
		read_points(a, v, &p);
		if (p.count <= MIN_STEPS)
			continue;
		for (i = a->cause_from[v]; i < a->cause_from[v + 1]; i++) {
			struct lw_link_facts *f = &a->links[a->by_cause[i]];

			if (a->vertices[f->effect].candidate && !a->vertices[f->effect].weak)
				find_climb(a, f, &p);
		}
	}
}
