/* surge.c - refused requests: the few of every day, or an outage. */
#include "why/private.h"

#define MIN_REFUSED 10   /* in an outage ... */
#define MIN_WHERE_ALL 20 /* ... where nothing is known of before or after */
#define MIN_ELSEWHERE 10 /* requests that tell how it is without one */

/* Of the buckets that lie in [from, to). */
static uint64_t
count_in(const struct lw_series *s, int64_t from_ns, int64_t to_ns)
{
	uint64_t n = 0;
	uint32_t i;

	for (i = lw_series_at(s, from_ns); i < s->count && s->buckets[i].start_ns < to_ns; i++)
		n += s->buckets[i].n;
	return n;
}

/* Requests of the service; where only texts speak of them, no fewer than these: all entries. */
static uint64_t
count_asked(
    const struct lw_analysis *a, const struct lw_service *service, int64_t from_ns, int64_t to_ns)
{
	if (service->requests == 0)
		return count_in(&a->tally->all, from_ns, to_ns);
	return count_in(&service->failures, from_ns, to_ns) +
	       count_in(&service->successes, from_ns, to_ns);
}

/* Requests of its service that the rule of v knows as refused, whatever the status. */
static uint64_t
count_refused(
    const struct lw_analysis *a, const struct lw_vertex *v, int64_t from_ns, int64_t to_ns)
{
	uint64_t n = 0;
	uint32_t i;

	for (i = a->service_from[v->service]; i < a->service_from[v->service + 1]; i++) {
		const struct lw_vertex *other = &a->vertices[a->by_service[i]];

		if (a->groups[other->group].rule == a->groups[v->group].rule)
			n += count_in(&other->sum.series, from_ns, to_ns);
	}
	return n;
}

bool
lw_find_surge(const struct lw_analysis *a, struct lw_vertex *v)
{
	const struct lw_service *service = &a->tally->services[v->service];
	const struct lw_series *s = &v->sum.series;
	uint64_t requests = service->requests == 0 ? a->tally->totals.entries : service->requests;
	uint64_t refused = 0, asked = 0, own = 0, elsewhere;
	int64_t from_ns = LW_TIME_NONE, to_ns = LW_TIME_NONE;
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		const struct lw_bucket *b = &s->buckets[i];
		int64_t end_ns = b->start_ns + s->width_ns;
		uint64_t all = count_asked(a, service, b->start_ns, end_ns);
		uint64_t n = count_refused(a, v, b->start_ns, end_ns);

		if (n * 2 < all)
			continue;
		refused += n;
		own += b->n;
		asked += all;
		if (from_ns == LW_TIME_NONE)
			from_ns = b->first_ns;
		to_ns = b->last_ns;
	}
	if (refused < MIN_REFUSED || asked == 0 || requests < asked)
		return false;
	elsewhere = requests - asked;
	if (elsewhere < MIN_ELSEWHERE) {
		if (refused < MIN_WHERE_ALL || refused * 10 < asked * 9)
			return false;
	} else if ((double)(v->sum.count - own) / (double)elsewhere >
		   (double)own / (double)asked / 4) {
		return false;
	}
	v->sum.windows.onset_ns = from_ns;
	v->sum.windows.end_ns = to_ns;
	return true;
}
