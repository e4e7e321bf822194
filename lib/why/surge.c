/* surge.c - refused and rejected requests: the few of every day, or an outage. */
#include "why/private.h"

#define MIN_REFUSED 10   /* in an outage ... */
#define MIN_WHERE_ALL 20 /* ... where nothing is known of before or after */
#define MIN_ELSEWHERE 10 /* requests that tell how it is without one */
#define PART_REFUSED 2   /* one in so many is refused (401, 403) ... */
#define PART_REJECTED 4  /* ... or rejected (404 and other 4xx) in an outage */
#define CHANCE 9         /* Poisson: the square of 3 */

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

/* Requests of its service that the rule of v knows as refused, whatever the status; or those
 * rejected that no rule knows. */
static uint64_t
count_refused(
    const struct lw_analysis *a, const struct lw_vertex *v, int64_t from_ns, int64_t to_ns)
{
	uint64_t n = 0;
	uint32_t i;

	for (i = a->service_from[v->service]; i < a->service_from[v->service + 1]; i++) {
		const struct lw_vertex *other = &a->vertices[a->by_service[i]];

		if (other->rejected == v->rejected &&
		    a->groups[other->group].rule == a->groups[v->group].rule)
			n += count_in(&other->sum.series, from_ns, to_ns);
	}
	return n;
}

struct surge { /* of the buckets in which much is refused, and of the others */
	uint64_t refused, own, asked, buckets, other_buckets;
	int64_t from_ns, to_ns;
};

static void
find_buckets(const struct lw_analysis *a, const struct lw_vertex *v, struct surge *found)
{
	const struct lw_service *service = &a->tally->services[v->service];
	const struct lw_series *s = &v->sum.series;
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		const struct lw_bucket *b = &s->buckets[i];
		int64_t end_ns = b->start_ns + s->width_ns;
		uint64_t all = count_asked(a, service, b->start_ns, end_ns);
		uint64_t n = count_refused(a, v, b->start_ns, end_ns);

		if (n * (v->rejected ? PART_REJECTED : PART_REFUSED) < all)
			continue;
		found->refused += n;
		found->own += b->n;
		found->asked += all;
		found->buckets++;
		if (found->from_ns == LW_TIME_NONE)
			found->from_ns = b->first_ns;
		found->to_ns = b->last_ns;
	}
	for (i = 0; i < service->successes.count; i++) {
		const struct lw_bucket *b = &service->successes.buckets[i];

		found->other_buckets += b->last_ns < found->from_ns || b->first_ns > found->to_ns;
	}
}

/*
 * Were they rejected in place of an answer?  What scanners ask for comes beside what others do, and
 * they are answered meanwhile as ever.
 */
static bool
is_in_place_of_others(const struct surge *s, uint64_t elsewhere)
{
	double share = (double)s->refused / (double)s->asked, expected, fewer;

	if (s->other_buckets == 0)
		return false;
	expected = (double)elsewhere / (double)s->other_buckets * (double)s->buckets;
	fewer = expected - (double)(s->asked - s->refused);
	return fewer >= share / 2 * expected && fewer * fewer >= CHANCE * expected;
}

/* The samples of its time alone: those before it show what comes on any day. */
static void
keep_samples(const struct lw_analysis *a, struct lw_vertex *v)
{
	const struct lw_group *g = &a->groups[v->group];
	uint32_t i, k;

	memset(v->sum.samples, 0, sizeof(v->sum.samples));
	for (i = 0; i < g->node_count; i++) {
		const struct lw_node *n = &a->tally->nodes[g->nodes[i]];

		if (n->service != v->service)
			continue;
		for (k = 0; k < LW_SAMPLES_EARLY + LW_SAMPLES_SPREAD; k++) {
			const struct lw_sample *s =
			    k < LW_SAMPLES_EARLY ? n->early[k] : n->spread[k - LW_SAMPLES_EARLY];

			if (s != NULL && s->time_ns >= v->sum.windows.onset_ns &&
			    s->time_ns <= v->sum.windows.end_ns)
				lw_sum_sample(&v->sum, s);
		}
	}
}

bool
lw_find_surge(const struct lw_analysis *a, struct lw_vertex *v)
{
	const struct lw_service *service = &a->tally->services[v->service];
	uint64_t requests = service->requests == 0 ? a->tally->totals.entries : service->requests;
	struct surge s = {.from_ns = LW_TIME_NONE, .to_ns = LW_TIME_NONE};
	uint64_t elsewhere;

	if (v->rejected && service->requests == 0)
		return false;
	find_buckets(a, v, &s);
	if (s.refused < MIN_REFUSED || s.asked == 0 || requests < s.asked)
		return false;
	elsewhere = requests - s.asked;
	if (elsewhere < MIN_ELSEWHERE) {
		/* A log of warnings alone holds what is rejected on any day. */
		if (v->rejected || s.refused < MIN_WHERE_ALL || s.refused * 10 < s.asked * 9)
			return false;
	} else if ((double)(v->sum.count - s.own) / (double)elsewhere >
		       (double)s.own / (double)s.asked / 4 ||
		   (v->rejected && !is_in_place_of_others(&s, elsewhere))) {
		return false;
	}
	v->sum.windows.onset_ns = s.from_ns;
	v->sum.windows.end_ns = s.to_ns;
	keep_samples(a, v);
	return true;
}

/* "GET https://shop.example/cart -> 404" */
static bool
is_rejection(struct lw_str text)
{
	static const char arrow[] = " -> 4";
	size_t n = sizeof(arrow) - 1;

	return text.n > n + 2 && text.p[0] >= 'A' && text.p[0] <= 'Z' &&
	       memcmp(text.p + text.n - n - 2, arrow, n) == 0;
}

bool
lw_are_rejected(const struct lw_analysis *a, const struct lw_vertex *v)
{
	size_t i;

	for (i = 0; i < LW_MAX_SAMPLES && v->sum.samples[i] != NULL; i++)
		if (!is_rejection(v->sum.samples[i]->message))
			return false;
	return i > 0 && lw_vertex_rule(a, v) == NULL;
}
