/* felt.c - when an incident was felt, and how many requests failed. */
#include <stdlib.h>

#include "why/chain.h"
#include "why/private.h"

#define MAX_PERIODS 64
#define RHYTHM 6 /* a gap is quiet where it is so many times the median distance */

uint64_t
lw_count_span(const struct lw_series *s, int64_t from_ns, int64_t to_ns)
{
	uint64_t n = 0;
	uint32_t i;

	i = lw_series_at(s, from_ns);
	if (i > 0 && s->buckets[i - 1].last_ns >= from_ns)
		i--;
	for (; i < s->count && s->buckets[i].first_ns <= to_ns; i++)
		n += s->buckets[i].n;
	return n;
}

static int
by_ns(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

/* The longest pause that belongs to one period: a window, or longer where the failure comes slowly
 * anyway. */
static int64_t
longest_pause(const struct lw_series *s, int64_t window_ns)
{
	int64_t gaps[LW_SERIES_MAX_BUCKETS];
	uint32_t i, n = 0;

	for (i = 1; i < s->count; i++)
		gaps[n++] = s->buckets[i].first_ns - s->buckets[i - 1].last_ns;
	if (n == 0)
		return window_ns;
	qsort(gaps, n, sizeof(*gaps), by_ns);
	return RHYTHM * gaps[n / 2] > window_ns ? RHYTHM * gaps[n / 2] : window_ns;
}

/* The periods in which a series is not quiet; a period with less than a tenth of the entries of the
 * greatest is none. */
static size_t
find_periods(const struct lw_series *s, int64_t window_ns, struct lw_period *p)
{
	int64_t pause_ns = longest_pause(s, window_ns);
	uint64_t most = 0;
	size_t n = 0, kept = 0, k;
	uint32_t i;

	for (i = 0; i < s->count; i++) {
		const struct lw_bucket *b = &s->buckets[i];

		if (n > 0 && (b->first_ns - p[n - 1].to_ns <= pause_ns || n == MAX_PERIODS)) {
			p[n - 1].to_ns = b->last_ns;
			p[n - 1].count += b->n;
		} else {
			p[n++] = (struct lw_period){b->first_ns, b->last_ns, b->n};
		}
		if (p[n - 1].count > most)
			most = p[n - 1].count;
	}
	for (k = 0; k < n; k++)
		if (p[k].count * 10 >= most)
			p[kept++] = p[k];
	return kept;
}

/*
 * A program's own line of a request counts it again.  Sets of each vertex the entries of
 * requests among its events, and those events.
 */
bool
lw_why_asked(struct lw_analysis *a)
{
	const struct lw_tally *t = a->tally;
	uint32_t i;

	a->asked = lw_arena_zalloc(a->arena, (a->vertex_count + (size_t)1) * sizeof(*a->asked));
	if (a->asked == NULL)
		return false;
	for (i = 0; i < t->event_count; i++) {
		struct lw_asked *v;

		if (a->vertex_of_event[i] == LW_NO_VERTEX)
			continue;
		v = &a->asked[a->vertex_of_event[i]];
		v->of++;
		v->requests += (t->events[i].flags & LW_EVENT_REQUEST) != 0;
	}
	return true;
}

/* Of n entries of a vertex, those that are requests; all, where only texts speak of them. */
static uint64_t
count_asked(const struct lw_analysis *a, uint32_t v, uint64_t n)
{
	const struct lw_asked *s = &a->asked[v];

	if (s->requests == 0 || s->requests == s->of)
		return n;
	return (uint64_t)((double)n * (double)s->requests / (double)s->of + 0.5);
}

struct requests {
	uint64_t failed, seen;
};

/*
 * Of one service: requests answered with 5xx or refused by what is part of the incident, of those
 * answered in its periods.  Several rules may know one request (the status, and what the balancer
 * says of it), so that no more failed than the service answered with 5xx, or than one of them alone
 * knows (429 is no 5xx).
 */
static struct requests
count_requests(
    const struct lw_analysis *a, const struct lw_incident *inc, const bool *part, uint32_t service)
{
	const uint32_t *own = a->by_service + a->service_from[service];
	const uint32_t own_count = a->service_from[service + 1] - a->service_from[service];
	const struct lw_service *s = &a->tally->services[service];
	struct requests r = {0, 0};
	size_t k;
	uint32_t i;

	for (k = 0; k < inc->period_count; k++) {
		const struct lw_period *p = &inc->periods[k];
		uint64_t broken = lw_count_span(&s->failures, p->from_ns, p->to_ns);
		uint64_t seen = broken + lw_count_span(&s->successes, p->from_ns, p->to_ns);
		uint64_t failed = 0, refused = 0, most = 0;

		for (i = 0; i < own_count; i++) {
			const struct lw_vertex *v = &a->vertices[own[i]];
			uint64_t n;

			if (!part[own[i]] || v->depth != LW_DEPTH_REQUEST)
				continue;
			n = lw_count_span(&v->sum.series, p->from_ns, p->to_ns);
			n = count_asked(a, own[i], n);
			if (v->surge) {
				refused += n;
				continue;
			}
			failed += n;
			if (n > most)
				most = n;
		}
		if (failed > broken)
			failed = broken > most ? broken : most;
		failed += refused;
		r.failed += failed < seen ? failed : seen;
		r.seen += seen;
	}
	return r;
}

/* Does another part of the incident, in another service, fail for vertex v? */
static bool
is_called_vertex(const struct lw_analysis *a, const bool *part, uint32_t v)
{
	uint32_t i;

	for (i = a->cause_from[v]; i < a->cause_from[v + 1]; i++) {
		uint32_t effect = a->links[a->by_cause[i]].effect;

		if (part[effect] && a->vertices[effect].service != a->vertices[v].service &&
		    lw_chain_is_call(a, effect, v))
			return true;
	}
	return false;
}

/* Does a chain lead through the service, or another part of the incident fail for it? */
static bool
is_called(
    const struct lw_analysis *a, const struct lw_incident *inc, const bool *part, uint32_t service)
{
	uint32_t i;
	size_t k;

	for (k = 0; k < inc->why_count; k++)
		if (a->vertices[inc->whys[k].vertex].service == service)
			return true;
	for (i = a->service_from[service]; i < a->service_from[service + 1]; i++)
		if (part[a->by_service[i]] && is_called_vertex(a, part, a->by_service[i]))
			return true;
	return false;
}

/* Other services whose requests failed for what this incident explains. */
static bool
find_also(struct lw_analysis *a, struct lw_incident *inc, const struct lw_part *part)
{
	struct lw_also *also = NULL;
	uint32_t i;
	size_t k;

	for (i = 0; i < part->count; i++) {
		const struct lw_vertex *v = &a->vertices[part->vertices[i]];
		struct requests r;

		if (v->weak || v->depth != LW_DEPTH_REQUEST ||
		    is_called(a, inc, part->has, v->service))
			continue;
		if (also == NULL)
			also = lw_arena_alloc(a->arena, part->count * sizeof(*also));
		if (also == NULL)
			return false;
		for (k = 0; k < inc->also_count; k++)
			if (a->vertices[also[k].vertex].service == v->service)
				break;
		if (k < inc->also_count)
			continue;
		r = count_requests(a, inc, part->has, v->service);
		also[inc->also_count++] = (struct lw_also){
		    part->vertices[i], inc->whys[inc->why_count - 1].vertex, r.failed, r.seen};
	}
	inc->also = also;
	return true;
}

bool
lw_why_felt(struct lw_analysis *a, struct lw_incident *inc, const struct lw_part *part)
{
	const struct lw_sum *sum = &a->vertices[inc->whys[0].vertex].sum;
	struct lw_period *p = lw_arena_alloc(a->arena, MAX_PERIODS * sizeof(*p));

	if (p == NULL)
		return false;
	inc->periods = p;
	if (a->vertices[inc->whys[0].vertex].surge) {
		*p = (struct lw_period){sum->windows.onset_ns, sum->windows.end_ns,
		    lw_count_span(&sum->series, sum->windows.onset_ns, sum->windows.end_ns)};
		inc->period_count = 1;
	} else {
		inc->period_count = find_periods(&sum->series, a->window_ns, p);
	}
	if (inc->period_count > 0) {
		if (p[0].from_ns < inc->from_ns)
			inc->from_ns = p[0].from_ns;
		if (p[inc->period_count - 1].to_ns > inc->to_ns)
			inc->to_ns = p[inc->period_count - 1].to_ns;
	}
	if (a->vertices[inc->whys[0].vertex].depth == LW_DEPTH_REQUEST) {
		struct requests r =
		    count_requests(a, inc, part->has, a->vertices[inc->whys[0].vertex].service);

		inc->requests_failed = r.failed;
		inc->requests_seen = r.seen;
	}
	return find_also(a, inc, part);
}
