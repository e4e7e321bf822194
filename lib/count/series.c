/* series.c - sparse aligned buckets and the windows over them. */
#include "count/series.h"

#include <stdlib.h>
#include <string.h>

void
lw_series_init(struct lw_series *s, int64_t width_ns)
{
	*s = (struct lw_series){.width_ns = width_ns};
}

void
lw_series_fini(struct lw_series *s)
{
	free(s->buckets);
	*s = (struct lw_series){0};
}

static int64_t
aligned(int64_t t_ns, int64_t width_ns)
{
	int64_t r = t_ns % width_ns;

	return t_ns - (r < 0 ? r + width_ns : r);
}

static void
bucket_join(struct lw_bucket *into, const struct lw_bucket *b)
{
	into->n += b->n;
	if (b->first_ns < into->first_ns)
		into->first_ns = b->first_ns;
	if (b->last_ns > into->last_ns)
		into->last_ns = b->last_ns;
}

/* Twice the width: neighbours fall together. */
static void
coarsen(struct lw_series *s)
{
	uint32_t i, kept = 0;

	s->width_ns *= 2;
	for (i = 0; i < s->count; i++) {
		struct lw_bucket b = s->buckets[i];

		b.start_ns = aligned(b.start_ns, s->width_ns);
		if (kept > 0 && s->buckets[kept - 1].start_ns == b.start_ns)
			bucket_join(&s->buckets[kept - 1], &b);
		else
			s->buckets[kept++] = b;
	}
	s->count = kept;
}

uint32_t
lw_series_at(const struct lw_series *s, int64_t start_ns)
{
	uint32_t low = 0, high = s->count;

	if (high > 0 && s->buckets[high - 1].start_ns < start_ns) /* most logs come in order */
		return high;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (s->buckets[mid].start_ns < start_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
add_bucket(struct lw_series *s, struct lw_bucket b)
{
	uint32_t at;

	b.start_ns = aligned(b.start_ns, s->width_ns);
	at = lw_series_at(s, b.start_ns);
	if (at < s->count && s->buckets[at].start_ns == b.start_ns) {
		bucket_join(&s->buckets[at], &b);
		s->recent = at;
		return true;
	}
	if (s->count == s->capacity) {
		uint32_t capacity = s->capacity == 0 ? 4 : s->capacity * 2;
		struct lw_bucket *p = realloc(s->buckets, capacity * sizeof(*p));

		if (p == NULL)
			return false;
		s->buckets = p;
		s->capacity = capacity;
	}
	memmove(s->buckets + at + 1, s->buckets + at, (s->count - at) * sizeof(*s->buckets));
	s->buckets[at] = b;
	s->recent = at;
	s->count++;
	while (s->count > LW_SERIES_MAX_BUCKETS)
		coarsen(s);
	return true;
}

bool
lw_series_add_anew(struct lw_series *s, int64_t t_ns, uint64_t n)
{
	return add_bucket(s, (struct lw_bucket){t_ns, t_ns, t_ns, n});
}

/* Bucket i of `from` in those of s, which are no narrower. */
static struct lw_bucket
bucket_for(const struct lw_series *s, const struct lw_series *from, uint32_t i)
{
	struct lw_bucket b = from->buckets[i];

	if (s->width_ns != from->width_ns)
		b.start_ns = aligned(b.start_ns, s->width_ns);
	return b;
}

/* Add those of `from` that s has a bucket for; how many it lacks. */
static uint32_t
join_known(struct lw_series *s, const struct lw_series *from)
{
	uint32_t i = 0, k, lacking = 0;
	int64_t lacked_ns = 0;

	for (k = 0; k < from->count; k++) {
		struct lw_bucket b = bucket_for(s, from, k);

		while (i < s->count && s->buckets[i].start_ns < b.start_ns)
			i++;
		if (i < s->count && s->buckets[i].start_ns == b.start_ns) {
			bucket_join(&s->buckets[i], &b);
		} else {
			lacking += lacking == 0 || b.start_ns != lacked_ns;
			lacked_ns = b.start_ns;
		}
	}
	return lacking;
}

/* Add the others, for which there is room: from the last on, each of s moves up once. */
static void
insert_lacking(struct lw_series *s, const struct lw_series *from, uint32_t lacking)
{
	uint32_t i = s->count, to = s->count + lacking, k;

	s->count = to;
	for (k = from->count; k-- > 0;) {
		struct lw_bucket b = bucket_for(s, from, k);

		while (i > 0 && s->buckets[i - 1].start_ns > b.start_ns)
			s->buckets[--to] = s->buckets[--i];
		if (i > 0 && s->buckets[i - 1].start_ns == b.start_ns)
			continue;
		if (to < s->count && s->buckets[to].start_ns == b.start_ns)
			bucket_join(&s->buckets[to], &b);
		else
			s->buckets[--to] = b;
	}
}

bool
lw_series_merge(struct lw_series *s, const struct lw_series *from)
{
	struct lw_bucket *buckets;
	uint32_t lacking;

	if (from->count == 0)
		return true;
	while (s->width_ns < from->width_ns)
		coarsen(s);
	lacking = join_known(s, from);
	if (s->capacity - s->count < lacking) {
		buckets = realloc(s->buckets, (s->count + lacking) * sizeof(*buckets));
		if (buckets == NULL)
			return false;
		s->buckets = buckets;
		s->capacity = s->count + lacking;
	}
	if (lacking > 0)
		insert_lacking(s, from, lacking);
	s->recent = 0;
	while (s->count > LW_SERIES_MAX_BUCKETS)
		coarsen(s);
	return true;
}

static void
find_peak(const struct lw_series *s, int64_t length_ns, struct lw_windows *w, uint32_t *at)
{
	uint64_t sum = 0;
	uint32_t from = 0, to = 0;

	for (; to < s->count; to++) {
		sum += s->buckets[to].n;
		while (
		    from < to && s->buckets[to].start_ns - s->buckets[from].start_ns >= length_ns)
			sum -= s->buckets[from++].n;
		if (sum > w->peak_count) {
			w->peak_count = sum;
			w->peak_from_ns = s->buckets[from].start_ns;
			*at = from;
		}
	}
	w->peak_to_ns = w->peak_from_ns + (length_ns > s->width_ns ? length_ns : s->width_ns);
}

struct lw_windows
lw_series_windows(const struct lw_series *s, int64_t length_ns, int64_t period_end_ns)
{
	struct lw_windows w = {0};
	uint32_t peak = 0, first, last, i;
	int64_t quiet_ns, allowed_ns;
	uint64_t in_run = 0;

	if (s->count == 0)
		return w;
	find_peak(s, length_ns, &w, &peak);
	for (first = peak; first > 0; first--)
		if (s->buckets[first].first_ns - s->buckets[first - 1].last_ns > length_ns)
			break;
	for (last = peak; last + 1 < s->count; last++)
		if (s->buckets[last + 1].first_ns - s->buckets[last].last_ns > length_ns)
			break;
	w.onset_ns = s->buckets[first].first_ns;
	w.end_ns = s->buckets[last].last_ns;
	for (i = first; i <= last; i++)
		in_run += s->buckets[i].n;
	quiet_ns = period_end_ns - s->buckets[s->count - 1].last_ns;
	allowed_ns = in_run > 1 ? 4 * ((w.end_ns - w.onset_ns) / (int64_t)(in_run - 1)) : length_ns;
	if (allowed_ns > length_ns)
		allowed_ns = length_ns;
	if (allowed_ns < 2 * s->width_ns)
		allowed_ns = 2 * s->width_ns;
	w.ongoing = quiet_ns <= allowed_ns;
	return w;
}
