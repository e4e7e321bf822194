/* confidence.c - from the numbers of a link to one between 0 and 1; the rule is in why.h. */
#include "why/why.h"

#define STATED_WEIGHT 0.85
#define NAMED_WEIGHT 0.5
#define SCOPE_WEIGHT LW_ORDER_MAX
#define NEARBY_WEIGHT 0.3
#define CONTRAST_WEIGHT 0.3
#define CATALOGUE_WEIGHT 0.35

static double
share(uint64_t n, uint64_t of)
{
	return of == 0 ? 0 : n >= of ? 1 : (double)n / (double)of;
}

/* A share on which one case more or less would not hang: few cases count less. */
static double
careful_share(uint64_t n, uint64_t of)
{
	if (n == 0 || of == 0)
		return 0;
	return ((double)(n < of ? n : of) + 1) / ((double)of + 1.5);
}

/* The scope by which the sequence shows best. */
static enum lw_scope
best_scope(const struct lw_link_facts *f)
{
	double traces = share(f->traces, f->traces_of);
	double instances = f->traced ? 0 : share(f->instances, f->instances_of);

	if (f->climbs > 0)
		return LW_SCOPE_SERVICE;
	if (traces > 0 && traces >= instances)
		return LW_SCOPE_TRACE;
	if (instances > 0)
		return LW_SCOPE_INSTANCE;
	return LW_SCOPE_SERVICE;
}

static uint64_t
found_in(const struct lw_link_facts *f, enum lw_scope scope, uint64_t *of)
{
	switch (scope) {
	case LW_SCOPE_TRACE:
		*of = f->traces_of;
		return f->traces + f->others;
	case LW_SCOPE_INSTANCE:
		*of = f->instances_of;
		return f->instances + f->others;
	case LW_SCOPE_SERVICE:
	case LW_SCOPE_SYSTEM:
		break;
	}
	if (f->climbs > 0) {
		*of = f->climbs_of;
		return f->climbs;
	}
	if (lw_link_began(f)) {
		*of = 1;
		return 1;
	}
	*of = f->nearby_of;
	return f->traced ? 0 : f->nearby;
}

/* The excess of the cause, share p with the effect, over q without it; least keeps the lower. */
static void
keep_least(double *least, double p, uint64_t without, uint64_t of, uint64_t min)
{
	double q = 1 - share(without, of), f = p > 0 ? (p - q) / p : 0;

	if (of < min)
		return;
	if (f < 0)
		f = 0;
	if (*least < 0 || f < *least)
		*least = f;
}

double
lw_link_share(const struct lw_link_facts *f)
{
	uint64_t of, n = found_in(f, best_scope(f), &of);

	return share(n, of);
}

double
lw_link_contrast(const struct lw_link_facts *f)
{
	enum lw_scope scope = best_scope(f);
	double least = -1, p;
	uint64_t n, of;

	n = found_in(f, scope, &of);
	p = share(n, of);
	if (p == 0 || f->climbs > 0) /* what climbs is there long before */
		return -1;
	if (scope == LW_SCOPE_INSTANCE)
		keep_least(&least, p, f->contrast, f->contrast_of, LW_CONTRAST_SCOPES);
	if (scope == LW_SCOPE_TRACE)
		keep_least(&least, p, f->requests, f->requests_of, LW_CONTRAST_SCOPES);
	keep_least(&least, p, f->steps, f->steps_of, LW_CONTRAST_STEPS);
	return least;
}

/* Does the order say more than that both were going on at the time? */
static bool
is_telling(const struct lw_link_facts *f, enum lw_scope scope)
{
	if (scope == LW_SCOPE_SERVICE)
		return f->climbs > 0 || lw_link_is_close(f);
	return scope == LW_SCOPE_TRACE || !lw_link_is_chance(f) || lw_link_is_onset(f);
}

double
lw_link_confidence(const struct lw_link_facts *f, enum lw_scope *scope)
{
	enum lw_scope best = best_scope(f);
	double contrast = lw_link_contrast(f), sequence, doubt = 1;
	uint64_t n, of;

	if (scope != NULL)
		*scope = best;
	n = found_in(f, best, &of);
	sequence = careful_share(n, of) * (is_telling(f, best) ? SCOPE_WEIGHT : NEARBY_WEIGHT);
	if (contrast >= 0 && contrast < 0.5)
		sequence *= contrast;
	else if (contrast > 0)
		doubt *= 1 - CONTRAST_WEIGHT * contrast;
	if (f->catalogue)
		doubt *= 1 - CATALOGUE_WEIGHT;
	doubt *= 1 - STATED_WEIGHT * careful_share(f->stated, f->stated_of);
	doubt *= 1 - NAMED_WEIGHT * careful_share(f->named, f->named_of);
	return 1 - doubt * (1 - sequence);
}

double
lw_link_closeness(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	const struct lw_sum *cause = &a->vertices[f->cause].sum;
	double span_ns = (double)(cause->windows.end_ns - cause->windows.onset_ns);

	if (f->median_lag_ns == LW_TIME_NONE || cause->count < 2 || span_ns <= 0)
		return -1;
	return (double)f->median_lag_ns * (double)(cause->count - 1) / span_ns;
}

bool
lw_link_began(const struct lw_link_facts *f)
{
	return (f->began || f->alone) && f->climbs == 0 && f->traces + f->instances == 0 &&
	       (f->traced || f->nearby * 2 < f->nearby_of);
}

bool
lw_link_is_close(const struct lw_link_facts *f)
{
	return f->close_of >= 8 && f->close * 5 >= f->close_of * 4;
}

bool
lw_link_is_chance(const struct lw_link_facts *f)
{
	return f->close_of >= 8 && f->close * 8 < f->close_of && f->apart * 2 > f->close_of;
}

bool
lw_link_is_onset(const struct lw_link_facts *f)
{
	return f->onsets > 0 && f->onsets * 2 >= f->instances;
}
