/* compare.c - what is new, gone, worse, better and back. */
#include "report/compare.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"

#define REQUESTS_ENOUGH 100
#define PERIOD_ENOUGH_S 60.0
#define SAME_PERIOD 0.05
#define EXPECTED_ENOUGH 3.0

struct comparer {
	struct lw_arena *arena;
	const struct lw_report *r;
	const struct lw_baseline *baselines[LW_BASELINES_MAX]; /* by the end of their period */
	size_t count;
	const struct lw_baseline *last;
	double before, after; /* exposure in the unit */
	struct lw_m_comparison *out;
};

static int
by_end(const void *pa, const void *pb)
{
	const struct lw_baseline *a = *(const struct lw_baseline *const *)pa;
	const struct lw_baseline *b = *(const struct lw_baseline *const *)pb;

	if (a->to_ns != b->to_ns)
		return a->to_ns < b->to_ns ? -1 : 1;
	if (a->from_ns != b->from_ns)
		return a->from_ns < b->from_ns ? -1 : 1;
	return lw_str_cmp(a->name, b->name);
}

static double
period_s(int64_t from_ns, int64_t to_ns)
{
	if (from_ns == LW_TIME_NONE || to_ns == LW_TIME_NONE || to_ns < from_ns)
		return 0;
	return ((double)to_ns - (double)from_ns) / 1e9;
}

/* What counts are divided by before they are compared. */
static void
choose_unit(struct comparer *x)
{
	double before = period_s(x->last->from_ns, x->last->to_ns);
	double after = period_s(x->r->from_ns, x->r->to_ns);
	double longer = before > after ? before - after : after - before;
	uint64_t requests = 0;
	size_t i;

	for (i = 0; i < x->r->service_count; i++)
		requests += x->r->services[i].requests;
	x->out->unit = "counts";
	x->before = x->after = 1;
	if (longer <= SAME_PERIOD * after)
		return;
	if (requests >= REQUESTS_ENOUGH && x->last->requests >= REQUESTS_ENOUGH) {
		x->out->unit = "requests";
		x->before = (double)x->last->requests / 1000;
		x->after = (double)requests / 1000;
	} else if (before >= PERIOD_ENOUGH_S && after >= PERIOD_ENOUGH_S) {
		x->out->unit = "hours";
		x->before = before / 3600;
		x->after = after / 3600;
	}
}

static bool
exceeds(double count, double expected)
{
	double more = count - expected;

	return count >= 2 * expected && more > 0 && more * more > 9 * (expected + 1);
}

/* The state of a cluster that is in both; NULL where it is much the same. */
static const char *
state_of(const struct comparer *x, uint64_t before, uint64_t after)
{
	double expected_after = (double)before * x->after / x->before;
	double expected_before = (double)after * x->before / x->after;

	if (exceeds((double)after, expected_after))
		return "worse";
	return exceeds((double)before, expected_before) ? "better" : NULL;
}

static void
set_rates(const struct comparer *x, struct lw_m_compared *m)
{
	m->has_rates = true;
	m->rate_before = (double)m->count_before / x->before;
	m->rate_after = (double)m->count_after / x->after;
}

static size_t
rank_of(const char *state)
{
	static const char *const order[] = {
	    "regression", "new", "worse", "better", "continuing", "gone", "unseen"};
	size_t i = 0;

	while (strcmp(order[i], state) != 0)
		i++;
	return i;
}

static int
by_state(const void *pa, const void *pb)
{
	const struct lw_m_compared *a = pa, *b = pb;
	uint64_t na = a->count_before + a->count_after, nb = b->count_before + b->count_after;

	if (rank_of(a->state) != rank_of(b->state))
		return rank_of(a->state) < rank_of(b->state) ? -1 : 1;
	if (na != nb)
		return na > nb ? -1 : 1;
	if (a->from_ns != b->from_ns)
		return a->from_ns < b->from_ns ? -1 : 1;
	if (a->before_from_ns != b->before_from_ns)
		return a->before_from_ns < b->before_from_ns ? -1 : 1;
	return lw_str_cmp(a->id, b->id);
}

static int
by_id(const void *key, const void *row)
{
	const struct lw_str *id = key;
	const struct lw_baseline_cluster *c = row;

	return lw_str_cmp(*id, c->id);
}

static const struct lw_baseline_cluster *
find_cluster(const struct lw_baseline *b, struct lw_str id)
{
	return b->cluster_count == 0
		   ? NULL
		   : bsearch(&id, b->clusters, b->cluster_count, sizeof(*b->clusters), by_id);
}

static bool
compare_clusters(struct comparer *x)
{
	const struct lw_report *r = x->r;
	struct lw_m_compared *rows = lw_arena_zalloc(
	    x->arena, (r->cluster_count + x->last->cluster_count + 1) * sizeof(*rows));
	struct lw_map now;
	size_t i, n = 0;
	bool ok = rows != NULL;

	lw_map_init(&now);
	for (i = 0; i < r->cluster_count && ok; i++) {
		const struct lw_m_cluster *c = &r->clusters[i];
		const struct lw_baseline_cluster *then = find_cluster(x->last, c->id);
		uint64_t before = then == NULL ? 0 : then->count;
		const char *state = then == NULL ? "new" : state_of(x, before, c->count);

		ok = lw_map_put(&now, lw_hash_str(c->id, 1), (uint32_t)i) != LW_MAP_NONE;
		if (state == NULL)
			continue;
		rows[n] = (struct lw_m_compared){.state = state,
		    .id = c->id,
		    .title = c->title,
		    .count_before = before,
		    .count_after = c->count};
		set_rates(x, &rows[n++]);
	}
	for (i = 0; i < x->last->cluster_count && ok; i++) {
		const struct lw_baseline_cluster *c = &x->last->clusters[i];
		double expected = (double)c->count * x->after / x->before;

		if (lw_map_get(&now, lw_hash_str(c->id, 1)) != LW_MAP_NONE)
			continue;
		rows[n] =
		    (struct lw_m_compared){.state = expected >= EXPECTED_ENOUGH ? "gone" : "unseen",
			.id = c->id,
			.title = c->title,
			.count_before = c->count};
		set_rates(x, &rows[n++]);
	}
	lw_map_fini(&now);
	if (n > 1)
		qsort(rows, n, sizeof(*rows), by_state);
	x->out->clusters = rows;
	x->out->cluster_count = n;
	return ok;
}

static const struct lw_baseline_incident *
find_incident(const struct lw_baseline *b, struct lw_str root, struct lw_str service)
{
	const struct lw_baseline_incident *found = NULL;
	size_t i;

	for (i = 0; i < b->incident_count; i++) {
		const struct lw_baseline_incident *in = &b->incidents[i];

		if (!lw_str_eq(in->root_cluster, root) || !lw_str_eq(in->service, service))
			continue;
		if (found == NULL || in->to_ns > found->to_ns)
			found = in;
	}
	return found;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The state of an incident that is there now, from the last report that had it. */
static void
compare_incident(const struct comparer *x, const struct lw_m_incident *in, struct lw_m_compared *m)
{
	const struct lw_baseline_incident *then = NULL;
	size_t at = x->count;

	*m = (struct lw_m_compared){.state = "new",
	    .id = in->id,
	    .title = in->title,
	    .before_from_ns = LW_TIME_NONE,
	    .before_to_ns = LW_TIME_NONE,
	    .gone_from_ns = LW_TIME_NONE,
	    .gone_to_ns = LW_TIME_NONE,
	    .from_ns = in->from_ns,
	    .to_ns = in->to_ns};
	while (at > 0 && then == NULL) {
		at--;
		then = find_incident(x->baselines[at], in->root_cluster, in->service);
	}
	if (then == NULL)
		return;
	m->state = "continuing";
	m->before_from_ns = then->from_ns;
	m->before_to_ns = then->to_ns;
	if (at + 1 < x->count) {
		m->state = "regression";
		m->gone_from_ns = later(x->baselines[at + 1]->from_ns, then->to_ns);
		m->gone_to_ns = x->last->to_ns;
	} else if (then->ended && then->to_ns != LW_TIME_NONE && in->from_ns > then->to_ns) {
		m->state = "regression";
		m->gone_from_ns = then->to_ns;
		m->gone_to_ns = in->from_ns;
	}
}

static bool
compare_incidents(struct comparer *x)
{
	const struct lw_report *r = x->r;
	struct lw_m_compared *rows = lw_arena_zalloc(
	    x->arena, (r->incident_count + x->last->incident_count + 1) * sizeof(*rows));
	size_t i, k, n = 0;

	if (rows == NULL)
		return false;
	for (i = 0; i < r->incident_count; i++)
		compare_incident(x, &r->incidents[i], &rows[n++]);
	for (i = 0; i < x->last->incident_count; i++) {
		const struct lw_baseline_incident *then = &x->last->incidents[i];

		for (k = 0; k < r->incident_count; k++)
			if (lw_str_eq(r->incidents[k].root_cluster, then->root_cluster) &&
			    lw_str_eq(r->incidents[k].service, then->service))
				break;
		if (k < r->incident_count)
			continue;
		rows[n++] = (struct lw_m_compared){.state = "gone",
		    .id = then->id,
		    .title = then->title,
		    .before_from_ns = then->from_ns,
		    .before_to_ns = then->to_ns,
		    .gone_from_ns = LW_TIME_NONE,
		    .gone_to_ns = LW_TIME_NONE,
		    .from_ns = LW_TIME_NONE,
		    .to_ns = LW_TIME_NONE};
	}
	if (n > 1)
		qsort(rows, n, sizeof(*rows), by_state);
	x->out->incidents = rows;
	x->out->incident_count = n;
	return true;
}

bool
lw_report_compare(struct lw_arena *arena, struct lw_report *report,
    const struct lw_baseline *baselines, size_t count)
{
	struct comparer x = {.arena = arena, .r = report, .count = count};
	struct lw_m_earlier *earlier = lw_arena_zalloc(arena, count * sizeof(*earlier));
	size_t i;

	x.out = lw_arena_zalloc(arena, sizeof(*x.out));
	if (earlier == NULL || x.out == NULL)
		return false;
	for (i = 0; i < count; i++)
		x.baselines[i] = &baselines[i];
	qsort(x.baselines, count, sizeof(struct lw_baseline *), by_end);
	for (i = 0; i < count; i++)
		earlier[i] = (struct lw_m_earlier){x.baselines[i]->name, x.baselines[i]->title,
		    x.baselines[i]->from_ns, x.baselines[i]->to_ns, x.baselines[i]->entries,
		    x.baselines[i]->requests, x.baselines[i]->incident_count};
	x.last = x.baselines[count - 1];
	x.out->baselines = earlier;
	x.out->baseline_count = count;
	choose_unit(&x);
	if (!compare_clusters(&x) || !compare_incidents(&x))
		return false;
	report->comparison = x.out;
	return true;
}
