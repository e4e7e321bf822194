/* even.c - what comes now and then all the time has no onset: is it no more than chance? */
#include "why/private.h"

#define MIN_COUNT 4  /* fewer tell nothing of a rate */
#define EVEN_MAX 3.8 /* Kolmogorov and Smirnov, 1 in 1000 (there are many): the square of 1.95 */
#define PEAK_MAX 9   /* Poisson: the square of 3 */

/* Of a series, entries up to a time, from the bucket *at on, before which *n were counted. */
static double
count_to(const struct lw_series *s, int64_t to_ns, uint32_t *at, uint64_t *n)
{
	for (; *at < s->count && s->buckets[*at].start_ns <= to_ns; ++*at)
		*n += s->buckets[*at].n;
	return (double)*n;
}

/* The most by which the shares of all entries and of the vertex's differ, from the first on. */
static double
distance(const struct lw_series *all, const struct lw_series *s, double of_all, double of_s)
{
	uint64_t n_all = 0, n_s = 0;
	uint32_t i, at_all = 0, at_s = 0;
	double most = 0;

	for (i = 0; i < all->count; i++) {
		int64_t end_ns = all->buckets[i].start_ns + all->width_ns - 1;
		double d = count_to(all, end_ns, &at_all, &n_all) / of_all -
			   count_to(s, end_ns, &at_s, &n_s) / of_s;

		if (d < 0)
			d = -d;
		if (d > most)
			most = d;
	}
	return most;
}

bool
lw_is_even(const struct lw_analysis *a, const struct lw_vertex *v)
{
	const struct lw_tally *t = a->tally;
	const struct lw_windows *w = &v->sum.windows;
	double n = (double)v->sum.count, all = (double)t->totals.entries, d, expected, more;

	if (v->sum.count < MIN_COUNT || t->to_ns - t->from_ns < 2 * a->window_ns)
		return false;
	expected = n * (double)a->window_ns / (double)(t->to_ns - t->from_ns);
	more = (double)w->peak_count - expected;
	if (more > 0 && more * more > PEAK_MAX * (expected + 1))
		return false;
	d = distance(&t->all, &v->sum.series, all, n);
	return d * d * n <= EVEN_MAX;
}
