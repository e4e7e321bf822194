/* build_services.c - services with their status and availability. */
#include <stdlib.h>

#include "report/build_private.h"
#include "why/startup.h"

static int
revision_order(const void *pa, const void *pb)
{
	const struct lw_m_revision *a = pa, *b = pb;

	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return lw_str_cmp(a->name, b->name);
}

static void
build_startup(struct lw_builder *x, uint32_t service, uint32_t revision, struct lw_m_startup *m)
{
	static const char *const verdicts[] = {[LW_STARTUP_UNKNOWN] = "unknown",
	    [LW_STARTUP_HEALTHY] = "healthy",
	    [LW_STARTUP_SLOW] = "slow",
	    [LW_STARTUP_FAILING] = "failing"};
	unsigned level = x->b->tally->scope_level;
	struct lw_startup sum;

	if (!lw_startup_sum(x->b->analysis, service, revision, &sum)) {
		x->failed = true;
		return;
	}
	*m = (struct lw_m_startup){.verdict = sum.starts == 0 ? NULL : verdicts[sum.verdict],
	    .starts = sum.starts << level,
	    .came_up = sum.came_up << level,
	    .failed = sum.failed << level,
	    .healthy_max_ns = sum.healthy_max_ns,
	    .healthy_median_ns = sum.healthy_median_ns,
	    .tried_max_ns = sum.tried_max_ns,
	    .tried_median_ns = sum.tried_median_ns,
	    .failing_from_ns = sum.failing_from_ns,
	    .failing_to_ns = sum.failing_to_ns};
}

static void
build_phases(struct lw_builder *x, uint32_t service, struct lw_m_service *m)
{
	static const char *const kinds[] = {[LW_PHASE_OF_PHASE] = "phase",
	    [LW_PHASE_OF_STAGE] = "stage",
	    [LW_PHASE_OF_STEP] = "step"};
	const struct lw_startup_phase *phases;
	struct lw_m_phase *out;
	size_t n, i;

	if (!lw_startup_phases(x->b->analysis, service, x->arena, &phases, &n))
		x->failed = true;
	out = x->failed ? NULL : lw_build_alloc(x, n, sizeof(*out));
	for (i = 0; out != NULL && i < n; i++)
		out[i] = (struct lw_m_phase){kinds[phases[i].kind], phases[i].name,
		    phases[i].tenths, phases[i].total, phases[i].instances, phases[i].passed,
		    phases[i].failed, phases[i].median_ns};
	m->phases = out;
	m->phase_count = out == NULL ? 0 : n;
}

static void
build_revisions(struct lw_builder *x, uint32_t service, struct lw_m_service *m)
{
	const struct lw_service *s = &x->b->tally->services[service];
	struct lw_m_revision *r = lw_build_alloc(x, s->revision_count, sizeof(*r));
	uint32_t i;

	if (r == NULL)
		return;
	for (i = 0; i < s->revision_count; i++) {
		r[i].name = lw_intern_get(&x->b->tally->revisions, s->revisions[i].revision);
		r[i].first_ns = s->revisions[i].first_ns;
		r[i].last_ns = s->revisions[i].last_ns;
		build_startup(x, service, s->revisions[i].revision, &r[i].startup);
	}
	qsort(r, s->revision_count, sizeof(*r), revision_order);
	m->revisions = r;
	m->revision_count = s->revision_count;
}

/* What instances and incidents say of a service. */
struct told {
	uint64_t seen, started, failed, healthy; /* healthy: came up, and did not fail */
	bool involved, ongoing;                  /* in an incident, in one that goes on */
};

/* By service; NULL where memory ran out. */
static struct told *
tell(struct lw_builder *x)
{
	const struct lw_analysis *a = x->b->analysis;
	const struct lw_tally *t = x->b->tally;
	struct told *told = lw_build_alloc(x, t->service_count, sizeof(*told)), *to;
	uint32_t i;
	size_t k, w;

	if (told == NULL)
		return NULL;
	for (i = 0; i < t->instance_count; i++) {
		const uint32_t flags = t->instances[i].flags;
		const bool up = (flags & LW_INSTANCE_CAME_UP) != 0;
		const bool failed = (flags & LW_INSTANCE_FAILED) != 0;
		const uint64_t one = UINT64_C(1) << t->scope_level;

		to = &told[t->instances[i].service];
		to->seen += one;
		to->started += up ? one : 0;
		to->failed += failed ? one : 0;
		to->healthy += up && !failed ? one : 0;
	}
	for (k = 0; k < a->incident_count; k++) {
		const struct lw_incident *inc = &a->incidents[k];

		for (w = 0; w < inc->why_count; w++) {
			to = &told[a->vertices[inc->whys[w].vertex].service];
			to->involved = true;
			to->ongoing = to->ongoing || inc->ongoing;
		}
	}
	return told;
}

/* Share of requests that were not answered with 5xx; without requests, of instances that stayed up.
 */
static void
build_availability(const struct lw_service *s, uint64_t healthy, struct lw_m_service *m)
{
	uint64_t known = s->requests - s->by_class[0];

	if (known > 0) {
		m->has_availability = true;
		m->availability = (double)(known - s->by_class[5]) / (double)known;
	} else if (healthy + m->instances_failed > 0) {
		m->has_availability = true;
		m->availability = (double)healthy / (double)(healthy + m->instances_failed);
	}
}

/* In the last window of the input, were more than half of the requests failures? */
static bool
failing_at_the_end(const struct lw_builder *x, const struct lw_service *s)
{
	const struct lw_series *both[] = {&s->failures, &s->successes};
	int64_t from_ns = x->b->tally->to_ns - x->b->analysis->window_ns;
	uint64_t n[2] = {0, 0};
	uint32_t k, i;

	for (k = 0; k < 2; k++)
		for (i = 0; i < both[k]->count; i++)
			if (both[k]->buckets[i].last_ns >= from_ns)
				n[k] += both[k]->buckets[i].n;
	return n[0] > 0 && n[0] >= n[1];
}

/*
 * failing: an incident goes on, and at the end of the input most requests fail
 * or, without requests, no instance stayed up; degraded: an incident, or less
 * than 99 % available; healthy: neither.
 */
static enum lw_m_status
status_of(const struct lw_builder *x, const struct lw_service *s, const struct told *told,
    const struct lw_m_service *m)
{
	if (told->ongoing && s->requests > 0 && failing_at_the_end(x, s))
		return LW_STATUS_FAILING;
	if (told->ongoing && s->requests == 0 && told->failed > 0 &&
	    told->healthy * 2 <= told->failed)
		return LW_STATUS_FAILING;
	if (told->involved || (m->has_availability && m->availability < 0.99))
		return LW_STATUS_DEGRADED;
	return LW_STATUS_HEALTHY;
}

static int
worst_first(const void *pa, const void *pb)
{
	const struct lw_m_service *a = pa, *b = pb;
	int c;

	if (a->status != b->status)
		return a->status > b->status ? -1 : 1;
	if (a->errors != b->errors)
		return a->errors > b->errors ? -1 : 1;
	if (a->entries != b->entries)
		return a->entries > b->entries ? -1 : 1;
	c = lw_str_cmp(a->name, b->name);
	if (c == 0)
		c = lw_str_cmp(a->type, b->type);
	if (c == 0)
		c = lw_str_cmp(a->project, b->project);
	return c != 0 ? c : lw_str_cmp(a->location, b->location);
}

void
lw_build_services(struct lw_builder *x)
{
	const struct lw_tally *t = x->b->tally;
	struct lw_m_service *services = lw_build_alloc(x, t->service_count, sizeof(*services));
	const struct told *told = services == NULL ? NULL : tell(x);
	uint32_t i, k;
	size_t n = 0;

	if (told == NULL)
		return;
	for (i = 0; i < t->service_count; i++) {
		const struct lw_service *s = &t->services[i];
		struct lw_m_service *m = &services[n];

		if (i == t->rest && s->entries == 0)
			continue;
		n++;

		m->name = lw_intern_get(&t->names, s->name);
		m->type = lw_intern_get(&t->names, s->type);
		m->project = lw_intern_get(&t->names, s->project);
		m->location = lw_intern_get(&t->names, s->location);
		m->entries = s->entries;
		m->errors = s->errors;
		m->requests = s->requests;
		for (k = 0; k < 6; k++)
			m->by_class[k] = s->by_class[k];
		build_revisions(x, i, m);
		build_startup(x, i, LW_INTERN_FULL, &m->startup);
		build_phases(x, i, m);
		m->instances_seen = told[i].seen;
		m->instances_started = told[i].started;
		m->instances_failed = told[i].failed;
		build_availability(s, told[i].healthy, m);
		m->status = status_of(x, s, &told[i], m);
	}
	qsort(services, n, sizeof(*services), worst_first);
	x->report->services = services;
	x->report->service_count = n;
}
