/* startup.c - starts of instances, summed up; what they say is decided here. */
#include "why/startup.h"

#include <stdlib.h>

#include "why/private.h"

#define LATE_TIMES 3
#define LATE_MORE_NS (10 * LW_NS_PER_S)

/* The start of an instance; false where the log shows none. */
static bool
start_of(const struct lw_instance *i, struct lw_start *s)
{
	bool up = i->up_first_ns != LW_TIME_NONE, failed = i->failed_last_ns != LW_TIME_NONE;
	bool said_so = (i->flags & LW_INSTANCE_START_FAILED) != 0 && failed;

	if (i->first_ns == LW_TIME_NONE)
		return false;
	*s = (struct lw_start){.service = i->service,
	    .revision = i->revision,
	    .begin_ns = i->first_ns,
	    .instance = i->hash};
	if (said_so && (!up || i->failed_last_ns >= i->up_last_ns)) {
		s->end_ns = i->failed_last_ns;
	} else if (up) {
		s->came_up = true;
		s->late = failed && i->failed_first_ns < i->up_last_ns;
		s->end_ns = s->late ? i->up_last_ns : i->up_first_ns;
	} else if (failed && (i->flags & LW_INSTANCE_SERVED) == 0 &&
		   i->failed_first_ns - i->first_ns <= LW_START_MOMENT_NS) {
		s->end_ns = i->failed_last_ns;
	} else {
		return false;
	}
	return true;
}

static int
by_service_and_time(const void *pa, const void *pb)
{
	const struct lw_start *a = pa, *b = pb;

	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	if (a->begin_ns != b->begin_ns)
		return a->begin_ns < b->begin_ns ? -1 : 1;
	return a->instance < b->instance ? -1 : a->instance > b->instance;
}

bool
lw_why_starts(struct lw_analysis *a)
{
	const struct lw_tally *t = a->tally;
	struct lw_start *starts =
	    lw_arena_alloc(a->arena, ((size_t)t->instance_count + 1) * sizeof(*starts));
	size_t n = 0;
	uint32_t i;

	if (starts == NULL)
		return false;
	for (i = 0; i < t->instance_count; i++)
		n += start_of(&t->instances[i], &starts[n]);
	if (n > 1)
		qsort(starts, n, sizeof(*starts), by_service_and_time);
	a->starts = starts;
	a->start_count = n;
	return true;
}

/* The first start of a service; the next ones follow. */
static size_t
first_start(const struct lw_analysis *a, uint32_t service)
{
	size_t low = 0, high = a->start_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->starts[middle].service < service)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
by_duration(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

/* Sorts; the lower of the two middle ones. */
static int64_t
median(int64_t *ns, size_t n)
{
	if (n == 0)
		return LW_TIME_NONE;
	qsort(ns, n, sizeof(*ns), by_duration);
	return ns[(n - 1) / 2];
}

/* What sums of a slice of the starts need beyond the sum itself. */
struct slice {
	int64_t service_healthy_max_ns; /* of the whole service */
	int64_t last_up_ns, first_up_ns;
	bool late;          /* some came up after they had failed themselves */
	uint64_t streak;    /* that failed since the last that came up */
	uint64_t recovered; /* that came up since the last that failed */
	int64_t last_failed_ns;
};

static int64_t
longest_healthy(const struct lw_analysis *a, uint32_t service)
{
	int64_t longest = LW_TIME_NONE;
	size_t i;

	for (i = first_start(a, service); i < a->start_count && a->starts[i].service == service;
	     i++)
		if (a->starts[i].came_up && a->starts[i].end_ns > a->starts[i].begin_ns &&
		    a->starts[i].end_ns - a->starts[i].begin_ns > longest)
			longest = a->starts[i].end_ns - a->starts[i].begin_ns;
	return longest;
}

static bool
is_failing(const struct lw_startup *sum, const struct slice *sl)
{
	if (sum->failed >= 2 && sum->failed * 4 >= sum->starts * 3 && sl->recovered < 2)
		return true;
	if (sl->streak == 0 || (sl->streak < 2 && sum->came_up > 0))
		return false;
	if (sl->service_healthy_max_ns == LW_TIME_NONE)
		return sl->streak >= 2;
	return sum->failing_to_ns - sum->failing_from_ns > sl->service_healthy_max_ns;
}

static bool
is_slow(const struct lw_startup *sum, const struct slice *sl, int64_t first_failed_ns)
{
	if (sum->came_up == 0)
		return false;
	if (sl->late || (first_failed_ns != LW_TIME_NONE && first_failed_ns < sl->first_up_ns))
		return true;
	return sum->healthy_max_ns != LW_TIME_NONE &&
	       sum->healthy_max_ns >= LATE_TIMES * sum->healthy_median_ns &&
	       sum->healthy_max_ns - sum->healthy_median_ns >= LATE_MORE_NS;
}

static enum lw_startup_verdict
verdict_of(const struct lw_startup *sum, const struct slice *sl, int64_t first_failed_ns)
{
	if (is_failing(sum, sl))
		return LW_STARTUP_FAILING;
	if (is_slow(sum, sl, first_failed_ns))
		return LW_STARTUP_SLOW;
	return sum->came_up > 0 ? LW_STARTUP_HEALTHY : LW_STARTUP_UNKNOWN;
}

bool
lw_startup_sum(
    const struct lw_analysis *a, uint32_t service, uint32_t revision, struct lw_startup *sum)
{
	struct slice sl = {
	    longest_healthy(a, service), LW_TIME_NONE, LW_TIME_NONE, false, 0, 0, LW_TIME_NONE};
	size_t from = first_start(a, service), to = from, i, up = 0, failed = 0;
	int64_t first_failed_ns = LW_TIME_NONE, *ups, *tries;

	*sum = (struct lw_startup){.healthy_max_ns = LW_TIME_NONE,
	    .healthy_median_ns = LW_TIME_NONE,
	    .tried_max_ns = LW_TIME_NONE,
	    .tried_median_ns = LW_TIME_NONE,
	    .failing_from_ns = LW_TIME_NONE,
	    .failing_to_ns = LW_TIME_NONE};
	while (to < a->start_count && a->starts[to].service == service)
		to++;
	ups = malloc((2 * (to - from) + 1) * sizeof(*ups));
	if (ups == NULL)
		return false;
	tries = ups + (to - from);
	for (i = from; i < to; i++) {
		const struct lw_start *s = &a->starts[i];
		int64_t took = s->end_ns - s->begin_ns;

		if (revision != LW_INTERN_FULL && s->revision != revision)
			continue;
		if (s->came_up) {
			sum->came_up++;
			if (took > 0) /* else the log begins with the marker */
				ups[up++] = took;
			sl.late = sl.late || s->late;
			if (s->end_ns > sl.last_up_ns)
				sl.last_up_ns = s->end_ns;
			if (sl.first_up_ns == LW_TIME_NONE || s->end_ns < sl.first_up_ns)
				sl.first_up_ns = s->end_ns;
		} else {
			tries[failed++] = took;
			if (s->end_ns > sl.last_failed_ns)
				sl.last_failed_ns = s->end_ns;
			if (first_failed_ns == LW_TIME_NONE || s->end_ns < first_failed_ns)
				first_failed_ns = s->end_ns;
		}
	}
	for (i = from; i < to; i++) {
		const struct lw_start *s = &a->starts[i];

		if (revision != LW_INTERN_FULL && s->revision != revision)
			continue;
		sl.recovered += s->came_up && s->end_ns > sl.last_failed_ns;
		if (s->came_up || s->end_ns <= sl.last_up_ns)
			continue;
		sl.streak++;
		if (sum->failing_from_ns == LW_TIME_NONE)
			sum->failing_from_ns = s->begin_ns;
		if (s->end_ns > sum->failing_to_ns)
			sum->failing_to_ns = s->end_ns;
	}
	sum->starts = sum->came_up + failed;
	sum->failed = failed;
	sum->healthy_median_ns = median(ups, up);
	sum->healthy_max_ns = up == 0 ? LW_TIME_NONE : ups[up - 1];
	sum->tried_median_ns = median(tries, failed);
	sum->tried_max_ns = failed == 0 ? LW_TIME_NONE : tries[failed - 1];
	sum->verdict = verdict_of(sum, &sl, first_failed_ns);
	free(ups);
	return true;
}
