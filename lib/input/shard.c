/* shard.c - see shard.h. */
#include "input/shard.h"

#include "base/time.h"

#define DATE_BYTES 11                                 /* "2026/03/02/" */
#define CLOCK_BYTES 8                                 /* "08:00:00" */
#define NAME_BYTES (DATE_BYTES + 2 * CLOCK_BYTES + 3) /* with "_", "_S" */
#define DAY_NS (INT64_C(86400) * LW_NS_PER_S)

/* Of n digits; -1 where there are others. */
static int
digits(const char *p, int n)
{
	int v = 0;

	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return -1;
		v = v * 10 + (*p - '0');
	}
	return v;
}

static bool
parse_clock(const char *p, int64_t day_ns, int64_t *ns)
{
	int hour = digits(p, 2), minute = digits(p + 3, 2), second = digits(p + 6, 2);

	if (p[2] != ':' || p[5] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
	    second < 0 || second > 59)
		return false;
	*ns = day_ns + (hour * INT64_C(3600) + minute * INT64_C(60) + second) * LW_NS_PER_S;
	return true;
}

/* Where its date begins: the third slash from the end, as no part of the rest has one. */
static const char *
date_of(struct lw_str name)
{
	size_t at = name.n;
	int slashes = 0;

	while (at > 0) {
		if (name.p[at - 1] == '/' && ++slashes == 4)
			break;
		at--;
	}
	return name.n - at >= NAME_BYTES ? name.p + at : NULL;
}

bool
lw_shard_time(struct lw_str name, int64_t *from_ns, int64_t *to_ns)
{
	const char *p = date_of(name);
	const char *first, *last;
	int64_t day;

	if (p == NULL || p[4] != '/' || p[7] != '/' || p[10] != '/')
		return false;
	if (!lw_time_make(digits(p, 4), digits(p + 5, 2), digits(p + 8, 2), 0, 0, 0, 0, &day))
		return false;
	first = p + DATE_BYTES;
	last = first + CLOCK_BYTES + 1;
	if (first[CLOCK_BYTES] != '_' || last[CLOCK_BYTES] != '_' ||
	    (last[CLOCK_BYTES + 1] != 'S' && last[CLOCK_BYTES + 1] != 'A'))
		return false;
	if (!parse_clock(first, day, from_ns) || !parse_clock(last, day, to_ns))
		return false;
	*to_ns += LW_NS_PER_S; /* its last second is named */
	if (*to_ns <= *from_ns)
		*to_ns += DAY_NS;
	return true;
}

bool
lw_shard_wanted(struct lw_str name, int64_t since_ns, int64_t until_ns)
{
	int64_t from, to;

	if (!lw_shard_time(name, &from, &to))
		return true;
	if (since_ns != LW_TIME_NONE && to + (to - from) <= since_ns)
		return false;
	return until_ns == LW_TIME_NONE || from - (to - from) < until_ns;
}
