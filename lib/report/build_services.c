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

/* Instances: how many were seen, came up, failed; healthy are those that came up and did not fail.
 */
static uint64_t
build_instances(struct lw_builder *x, uint32_t service, struct lw_m_service *m)
{
	const struct lw_tally *t = x->b->tally;
	uint64_t healthy = 0;
	uint32_t i;

	for (i = 0; i < t->instance_count; i++) {
		const struct lw_instance *in = &t->instances[i];

		if (in->service != service)
			continue;
		m->instances_seen++;
		m->instances_started += (in->flags & LW_INSTANCE_CAME_UP) != 0;
		m->instances_failed += (in->flags & LW_INSTANCE_FAILED) != 0;
		healthy +=
		    (in->flags & (LW_INSTANCE_CAME_UP | LW_INSTANCE_FAILED)) == LW_INSTANCE_CAME_UP;
	}
	m->instances_seen <<= t->scope_level;
	m->instances_started <<= t->scope_level;
	m->instances_failed <<= t->scope_level;
	return healthy << t->scope_level;
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
status_of(
    const struct lw_builder *x, uint32_t service, uint64_t healthy, const struct lw_m_service *m)
{
	const struct lw_analysis *a = x->b->analysis;
	const struct lw_service *s = &x->b->tally->services[service];
	bool involved = false, ongoing = false;
	size_t i, k;

	for (i = 0; i < a->incident_count; i++)
		for (k = 0; k < a->incidents[i].why_count; k++)
			if (a->vertices[a->incidents[i].whys[k].vertex].service == service) {
				involved = true;
				ongoing = ongoing || a->incidents[i].ongoing;
			}
	if (ongoing && s->requests > 0 && failing_at_the_end(x, s))
		return LW_STATUS_FAILING;
	if (ongoing && s->requests == 0 && m->instances_failed > 0 &&
	    healthy * 2 <= m->instances_failed)
		return LW_STATUS_FAILING;
	if (involved || (m->has_availability && m->availability < 0.99))
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
	uint32_t i, k;

	if (services == NULL)
		return;
	for (i = 0; i < t->service_count; i++) {
		const struct lw_service *s = &t->services[i];
		struct lw_m_service *m = &services[i];
		uint64_t healthy;

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
		healthy = build_instances(x, i, m);
		build_availability(s, healthy, m);
		m->status = status_of(x, i, healthy, m);
	}
	qsort(services, t->service_count, sizeof(*services), worst_first);
	x->report->services = services;
	x->report->service_count = t->service_count;
}
