/*
 * series.h - how often something happened, in steps of time.
 *
 * Sparse buckets of one width, aligned to the epoch.  When a series has more
 * than LW_SERIES_MAX_BUCKETS of them its width doubles until it fits, which
 * depends on the times alone: series that were counted apart merge into what
 * one would have counted.  Not thread-safe.
 */
#ifndef LW_COUNT_SERIES_H
#define LW_COUNT_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_SERIES_MAX_BUCKETS 512

struct lw_bucket {
	int64_t start_ns;          /* a multiple of the width */
	int64_t first_ns, last_ns; /* of what it holds */
	uint64_t n;
};

struct lw_series {
	int64_t width_ns;
	struct lw_bucket *buckets; /* by start */
	uint32_t count, capacity;
	uint32_t recent; /* the bucket that was added to last */
};

void lw_series_init(struct lw_series *s, int64_t width_ns);
void lw_series_fini(struct lw_series *s);

/* Count n at time t_ns; false where memory ran out. */
bool lw_series_add_anew(struct lw_series *s, int64_t t_ns, uint64_t n); /* in any bucket */
static inline bool
lw_series_add(struct lw_series *s, int64_t t_ns, uint64_t n)
{
	struct lw_bucket *b;

	if (s->recent >= s->count ||
	    (uint64_t)t_ns - (uint64_t)s->buckets[s->recent].start_ns >= (uint64_t)s->width_ns)
		return lw_series_add_anew(s, t_ns, n);
	b = &s->buckets[s->recent];
	b->n += n;
	if (t_ns < b->first_ns)
		b->first_ns = t_ns;
	if (t_ns > b->last_ns)
		b->last_ns = t_ns;
	return true;
}

/* Add what `from` counted (widths are a power of two apart); false where memory ran out. */
bool lw_series_merge(struct lw_series *s, const struct lw_series *from);

/* Index of the first bucket that starts at or after start_ns; s->count where none does. */
uint32_t lw_series_at(const struct lw_series *s, int64_t start_ns);

/* What a sliding window makes of a series. */
struct lw_windows {
	int64_t peak_from_ns,
	    peak_to_ns; /* the window with the most, the earliest of equals; [from, to) */
	uint64_t peak_count;
	int64_t onset_ns; /* first time of the run that holds the peak: a run has no gap above one
			     window */
	int64_t end_ns;   /* last time of that run */
	bool ongoing; /* the input ended before the series had been quiet long enough to be over */
};

/*
 * Windows of length_ns slide by the width of the series; period_end_ns is the
 * last time of the whole input.  A series is over when it was quiet, up to the
 * end, for more than two steps and four times its mean distance, at most one
 * window.  Zeroed for an empty series.
 */
struct lw_windows lw_series_windows(
    const struct lw_series *s, int64_t length_ns, int64_t period_end_ns);

#endif
