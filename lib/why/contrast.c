/*
 * contrast.c - is the cause absent where the effect is?
 *
 * What happens at every start, on every request or at a steady rate all the
 * time is no cause, however often it comes before the effect.
 */
#include <stdlib.h>

#include "why/linker.h"

static uint64_t
less(uint64_t n, uint64_t by)
{
	return n > by ? n - by : 0;
}

/* Traces that show the cause without the effect, estimated from those drawn. */
static uint64_t
traces_alone(const struct lw_tally *t, uint64_t cause_scopes, uint64_t both)
{
	return (uint64_t)((double)less(cause_scopes, both) / lw_tally_drawn(t));
}

/* Instances that do, likewise; of how many there are with the cause is known. */
static uint64_t
instances_alone(const struct lw_tally *t, const struct lw_vertex *cause, uint64_t both)
{
	uint64_t drawn = cause->scopes[LW_SCOPE_INSTANCE], n = less(drawn, both);

	if (t->event_limit == LW_NO_LIMIT || drawn == 0)
		return n;
	return (uint64_t)((double)n * (double)cause->sum.instances / (double)drawn);
}

/* The steps of time in which a vertex is seen, a bit for each bucket of the series of all entries.
 */
struct steps {
	uint64_t bits[LW_SERIES_MAX_BUCKETS / 64];
};

static bool
has_step(const struct steps *s, uint32_t i)
{
	return (s->bits[i / 64] >> (i % 64) & 1) != 0;
}

/* The step of a time, from `at` on; what took effect when nothing was logged counts for the step
 * before. */
static uint32_t
step_of(const struct lw_series *all, uint32_t at, int64_t t_ns)
{
	while (at + 1 < all->count && all->buckets[at + 1].start_ns <= t_ns)
		at++;
	return at;
}

static void
fill_steps(const struct lw_series *all, const struct lw_series *s, struct steps *steps)
{
	uint32_t i, at = 0;

	for (i = 0; i < s->count && all->count > 0; i++) {
		at = step_of(all, at, s->buckets[i].first_ns);
		steps->bits[at / 64] |= UINT64_C(1) << (at % 64);
	}
}

/* Entries of a series in the steps with the effect, or in those without it. */
static uint64_t
count_steps(
    const struct lw_series *all, const struct lw_series *s, const struct steps *effect, bool with)
{
	uint64_t n = 0;
	uint32_t i, at = 0;

	for (i = 0; i < s->count && all->count > 0; i++) {
		at = step_of(all, at, s->buckets[i].first_ns);
		if (has_step(effect, at) == with)
			n += s->buckets[i].n;
	}
	return n;
}

/* Is the step without an effect, and the next one too, which a cause at its end would lead to? */
static bool
is_quiet(const struct lw_series *all, const struct steps *effect, uint32_t i)
{
	if (has_step(effect, i))
		return false;
	return i + 1 >= all->count || !has_step(effect, i + 1) ||
	       all->buckets[i + 1].start_ns - all->buckets[i].start_ns > all->width_ns;
}

/*
 * Steps with entries but without the effect: in how many is the cause absent too?
 * The series are counted in full, whatever was drawn of the events.
 */
static void
contrast_steps(const struct lw_series *all, struct lw_link_facts *f, const struct steps *steps)
{
	uint32_t i;

	for (i = 0; i < all->count; i++) {
		if (!is_quiet(all, &steps[f->effect], i))
			continue;
		f->steps_of++;
		f->steps += !has_step(&steps[f->cause], i);
	}
}

/*
 * Traces that show the cause alone: of requests that were answered well?  In a
 * sampled log the effect may only not have been kept.  While it lasts no more of them
 * are than requests were answered well.
 */
static uint64_t
well_alone(const struct lw_linker *l, const struct lw_link_facts *f, const struct steps *effect)
{
	const struct lw_analysis *a = l->a;
	const struct lw_vertex *cause = &a->vertices[f->cause];
	const struct lw_service *s = &a->tally->services[a->vertices[f->effect].service];
	uint64_t n =
	    traces_alone(a->tally, cause->scopes[LW_SCOPE_TRACE], l->both_traces[f - a->links]);
	uint64_t most = count_steps(&a->tally->all, &cause->sum.series, effect, false) +
			count_steps(&a->tally->all, &s->successes, effect, true);

	return n < most ? n : most;
}

static void
contrast_scopes(struct lw_linker *l, struct lw_link_facts *f, const uint64_t *instances,
    const struct steps *steps)
{
	const struct lw_analysis *a = l->a;
	const struct lw_vertex *effect = &a->vertices[f->effect], *cause = &a->vertices[f->cause];
	const struct lw_service *s = &a->tally->services[effect->service];
	size_t at = (size_t)(f - a->links);

	if (effect->service == cause->service && f->instances > 0 &&
	    instances[effect->service] > effect->sum.instances) {
		f->contrast_of = instances[effect->service] - effect->sum.instances;
		f->contrast = less(f->contrast_of, instances_alone(a->tally, cause, l->both[at]));
	}
	if (f->traces > 0 && s->requests > 0) {
		f->requests_of = s->by_class[1] + s->by_class[2] + s->by_class[3];
		f->requests = less(f->requests_of, well_alone(l, f, &steps[f->effect]));
	}
}

void
lw_link_contrasts(struct lw_linker *l)
{
	struct lw_analysis *a = l->a;
	const struct lw_tally *t = a->tally;
	uint64_t *instances = calloc((size_t)t->service_count + 1, sizeof(*instances));
	struct steps *steps = calloc((size_t)a->vertex_count + 1, sizeof(*steps));
	uint32_t i;

	if (instances == NULL || steps == NULL) {
		l->failed = true;
	} else {
		for (i = 0; i < t->instance_count; i++)
			instances[t->instances[i].service]++;
		for (i = 0; i < a->vertex_count; i++)
			fill_steps(&t->all, &a->vertices[i].sum.series, &steps[i]);
		for (i = 0; i < a->link_count; i++) {
			contrast_scopes(l, &a->links[i], instances, steps);
			contrast_steps(&t->all, &a->links[i], steps);
		}
	}
	free(instances);
	free(steps);
}
