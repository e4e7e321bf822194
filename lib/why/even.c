/* even.c - what comes now and then all the time has no onset: is it no more than chance? */
#include "why/private.h"

#define MIN_COUNT 4  /* fewer tell nothing of a rate */
#define EVEN_MAX 3.8 /* Kolmogorov and Smirnov, 1 in 1000 (there are many): the square of 1.95 */
#define PEAK_MAX 9   /* Poisson: the square of 3 */

/* Of a series, entries up to a time. */
static double
count_to(const struct lw_series *s, int64_t to_ns)
{
	uint64_t n = 0;
	uint32_t i;

	for (i = 0; i < s->count && s->buckets[i].start_ns <= to_ns; i++)
		n += s->buckets[i].n;
	return (double)n;
}

/* The most by which the shares of all entries and of the vertex's differ, from the first on. */
static double
distance(const struct lw_series *all, const struct lw_series *s, double of_all, double of_s)
{
	double most = 0;
	uint32_t i;

	for (i = 0; i < all->count; i++) {
		int64_t end_ns = all->buckets[i].start_ns + all->width_ns - 1;
		double d = count_to(all, end_ns) / of_all - count_to(s, end_ns) / of_s;

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
