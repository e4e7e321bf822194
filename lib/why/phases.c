/* phases.c - the phases of starts, summed over the instances of a service. */
#include <stdlib.h>

#include "why/private.h"
#include "why/startup.h"

#define AFTER_UP_NS LW_NS_PER_S /* a phase's last message may stand behind the marker */

/* One phase on one instance. */
struct step {
	const struct lw_phase_row *row;
	int64_t offset_ns; /* since the first entry of the instance */
	size_t phase;      /* place in the sums */
	bool passed;
};

static bool
same_name(const struct lw_phase_row *a, const struct lw_phase_row *b)
{
	uint8_t i;

	if (a->name_bytes == 0 || a->name_bytes != b->name_bytes)
		return false;
	for (i = 0; i < a->name_bytes; i++)
		if ((a->name[i] | 0x20) != (b->name[i] | 0x20))
			return false;
	return true;
}

static int
compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* By instance, then by time, then by key. */
static int
by_instance(const void *pa, const void *pb)
{
	const struct lw_phase_row *a = ((const struct step *)pa)->row;
	const struct lw_phase_row *b = ((const struct step *)pb)->row;
	int c = compare_u64(a->instance, b->instance);

	if (c == 0 && a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return c != 0 ? c : compare_u64(a->key, b->key);
}

/* Is the row of the start of its instance? */
static bool
in_start(const struct lw_instance *i, const struct lw_phase_row *r)
{
	int64_t end_ns = i->first_ns + LW_START_MOMENT_NS;

	if (i->up_first_ns != LW_TIME_NONE)
		end_ns = i->up_first_ns + AFTER_UP_NS;
	if (i->failed_last_ns != LW_TIME_NONE && i->failed_last_ns > end_ns &&
	    (i->flags & LW_INSTANCE_START_FAILED) != 0)
		end_ns = i->failed_last_ns;
	return r->first_ns != LW_TIME_NONE && r->first_ns <= end_ns;
}

/* The steps of a service's starts, by instance and time.  What only began has passed where the
 * instance came up. */
static size_t
collect(const struct lw_tally *t, uint32_t service, struct step *steps)
{
	uint32_t i, at;
	size_t n = 0;

	for (i = 0; i < t->phases.count; i++) {
		const struct lw_phase_row *r = &t->phases.rows[i];
		const struct lw_instance *in;

		at = lw_map_get(&t->instance_map, r->instance);
		if (at == LW_MAP_NONE)
			continue;
		in = &t->instances[at];
		if (in->service != service || !in_start(in, r))
			continue;
		steps[n++] = (struct step){.row = r,
		    .offset_ns = r->first_ns - in->first_ns,
		    .passed = (r->state & LW_PHASE_FAILED) == 0 &&
			      ((r->state & LW_PHASE_PASSED) != 0 ||
				  (in->up_first_ns != LW_TIME_NONE &&
				      (in->flags & LW_INSTANCE_START_FAILED) == 0))};
	}
	if (n > 1)
		qsort(steps, n, sizeof(*steps), by_instance);
	return n;
}

/* A numbered step that only began has passed where one of a higher number began after it. */
static void
infer_passed(struct step *steps, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		const struct lw_phase_row *r = steps[i].row;

		for (k = i + 1; r->state == LW_PHASE_STARTED && r->tenths > 0 && k < n &&
				steps[k].row->instance == r->instance && !steps[i].passed;
		     k++)
			steps[i].passed =
			    steps[k].row->kind == r->kind && steps[k].row->tenths > r->tenths;
	}
}

/* Do two rows name one phase: by number, or by name where one has none? */
static bool
same_phase(const struct lw_phase_row *a, const struct lw_phase_row *b)
{
	if (a->tenths > 0 && b->tenths > 0)
		return a->kind == b->kind && a->tenths == b->tenths;
	return same_name(a, b);
}

struct phase_sum {
	struct lw_startup_phase out;
	const struct lw_phase_row *row; /* that gave the name */
	int64_t offset_ns;              /* earliest place in a start */
	int64_t *took;
	size_t took_count;
};

/* The place of a row's phase, made when new; LW_STARTUP_PHASES where there is no room. */
static size_t
place_of(struct phase_sum *sums, size_t *n, const struct lw_phase_row *r)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (same_phase(sums[i].row, r))
			return i;
	if (*n == LW_STARTUP_PHASES)
		return *n;
	sums[*n] = (struct phase_sum){.row = r, .offset_ns = INT64_MAX};
	sums[*n].out.kind = (enum lw_phase_kind)r->kind;
	sums[*n].out.tenths = r->tenths;
	return (*n)++;
}

/* The steps of one phase on one instance. */
static bool
add_steps(struct phase_sum *s, const struct step *steps, size_t n, size_t room)
{
	int64_t first_ns = steps[0].row->first_ns, end_ns = LW_TIME_NONE;
	bool failed = false, passed = false;
	size_t i;

	if (s->took == NULL && (s->took = malloc(room * sizeof(*s->took))) == NULL)
		return false;
	for (i = 0; i < n; i++) {
		const struct lw_phase_row *r = steps[i].row;

		failed = failed || (r->state & LW_PHASE_FAILED) != 0;
		passed = passed || steps[i].passed;
		if (r->first_ns < first_ns)
			first_ns = r->first_ns;
		if (r->end_ns != LW_TIME_NONE && (end_ns == LW_TIME_NONE || r->end_ns < end_ns))
			end_ns = r->end_ns;
		if (r->total > s->out.total)
			s->out.total = r->total;
		if (steps[i].offset_ns < s->offset_ns)
			s->offset_ns = steps[i].offset_ns;
	}
	s->out.instances++;
	s->out.failed += failed;
	s->out.passed += passed && !failed;
	if (end_ns != LW_TIME_NONE && end_ns > first_ns)
		s->took[s->took_count++] = end_ns - first_ns;
	return true;
}

static int
by_number(const void *pa, const void *pb)
{
	const struct phase_sum *a = pa, *b = pb;

	if ((a->out.tenths > 0) != (b->out.tenths > 0))
		return a->out.tenths > 0 ? -1 : 1;
	if (a->out.tenths > 0 && a->out.kind != b->out.kind)
		return a->out.kind < b->out.kind ? -1 : 1;
	if (a->out.tenths != b->out.tenths)
		return a->out.tenths < b->out.tenths ? -1 : 1;
	if (a->offset_ns != b->offset_ns)
		return a->offset_ns < b->offset_ns ? -1 : 1;
	return lw_str_cmp(a->out.name, b->out.name);
}

static int
by_duration(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

/* Names, medians, and the order; into the arena. */
static const struct lw_startup_phase *
finish(struct lw_arena *arena, struct phase_sum *sums, size_t n)
{
	struct lw_startup_phase *out = lw_arena_alloc(arena, n * sizeof(*out));
	size_t i;

	for (i = 0; i < n; i++) {
		struct phase_sum *s = &sums[i];

		s->out.name = lw_str_make(s->row->name, s->row->name_bytes);
		s->out.median_ns = LW_TIME_NONE;
		if (s->took_count > 0) {
			qsort(s->took, s->took_count, sizeof(*s->took), by_duration);
			s->out.median_ns = s->took[(s->took_count - 1) / 2];
		}
		free(s->took);
		s->took = NULL;
	}
	if (n > 1)
		qsort(sums, n, sizeof(*sums), by_number);
	for (i = 0; out != NULL && i < n; i++)
		out[i] = sums[i].out;
	return out;
}

static int
by_phase(const void *pa, const void *pb)
{
	const struct step *a = pa, *b = pb;

	if (a->phase != b->phase)
		return a->phase < b->phase ? -1 : 1;
	return by_instance(pa, pb);
}

/*
 * Sums over the steps, which are put in another order; returns how many there are, more
 * than LW_STARTUP_PHASES where there is no room.  Numbered rows first, so that one without
 * a number finds the phase of its name.
 */
static size_t
sum_steps(struct step *steps, size_t n, struct phase_sum *sums, bool *ok)
{
	size_t count = 0, i, end;
	int pass;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < n; i++)
			if ((steps[i].row->tenths > 0) == (pass == 0)) {
				steps[i].phase = place_of(sums, &count, steps[i].row);
				if (steps[i].phase == LW_STARTUP_PHASES)
					return LW_STARTUP_PHASES + 1;
			}
	if (n > 1)
		qsort(steps, n, sizeof(*steps), by_phase);
	for (i = 0; i < n && *ok; i = end) {
		for (end = i + 1; end < n && steps[end].phase == steps[i].phase &&
				  steps[end].row->instance == steps[i].row->instance;
		     end++)
			;
		*ok = add_steps(&sums[steps[i].phase], &steps[i], end - i, n);
	}
	return count;
}

bool
lw_startup_phases(const struct lw_analysis *a, uint32_t service, struct lw_arena *arena,
    const struct lw_startup_phase **phases, size_t *count)
{
	const struct lw_tally *t = a->tally;
	struct phase_sum sums[LW_STARTUP_PHASES];
	struct step *steps;
	size_t n, i;
	bool ok = true;

	*phases = NULL;
	*count = 0;
	if (t->phases.count == 0)
		return true;
	steps = malloc(t->phases.count * sizeof(*steps));
	if (steps == NULL)
		return false;
	n = collect(t, service, steps);
	infer_passed(steps, n);
	n = sum_steps(steps, n, sums, &ok);
	if (ok && n > 0 && n <= LW_STARTUP_PHASES) {
		*phases = finish(arena, sums, n);
		*count = n;
		ok = *phases != NULL;
	} else {
		for (i = 0; !ok && i < n; i++)
			free(sums[i].took);
	}
	free(steps);
	return ok;
}
