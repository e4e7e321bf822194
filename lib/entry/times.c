/* times.c - times and durations as the many writers of logs put them. */
#include "entry/map.h"

/* A decimal number times 10^9 as an integer: "1698230214.243", "1.698230214E9".  False where it
 * does not fit. */
static bool
decimal_nano(struct lw_str s, int64_t *value)
{
	uint64_t v = 0;
	int scale = 9, exponent = 0, sign = 1;
	size_t i = 0;
	bool point = false, any = false;

	for (; i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.'); i++) {
		if (s.p[i] == '.') {
			if (point)
				return false;
			point = true;
			continue;
		}
		any = true;
		if (v > (UINT64_MAX - 9) / 10) { /* more digits than matter */
			scale += point ? 0 : 1;
			continue;
		}
		v = v * 10 + (uint64_t)(s.p[i] - '0');
		scale -= point ? 1 : 0;
	}
	if (!any)
		return false;
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		if (++i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
			sign = s.p[i++] == '-' ? -1 : 1;
		if (i == s.n || s.n - i > 3)
			return false;
		for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			exponent = exponent * 10 + (s.p[i] - '0');
	}
	if (i != s.n)
		return false;
	for (scale += sign * exponent; scale < 0; scale++)
		v /= 10;
	for (; scale > 0 && v != 0; scale--) {
		if (v > (uint64_t)INT64_MAX / 10)
			return false;
		v *= 10;
	}
	if (v > (uint64_t)INT64_MAX)
		return false;
	*value = (int64_t)v;
	return true;
}

/* Seconds, milliseconds, microseconds or nanoseconds since the epoch; told by size, good from 1973
 * to 2286. */
static bool
epoch(struct lw_str s, int64_t *ns)
{
	static const int64_t units[] = {LW_NS_PER_S, LW_NS_PER_MS, LW_NS_PER_US, 1};
	struct lw_node n = {.type = LW_NODE_NUMBER, .text = s};
	int64_t v, unit, least;
	size_t i;

	if (!lw_node_int(&n, &v)) {
		if (!decimal_nano(s, &v))
			return false;
		if (v / LW_NS_PER_S >= 100000000) {
			*ns = v;
			return true;
		}
		return false;
	}
	for (i = 0; i < 4; i++) {
		unit = units[i];
		least = 100000000 * (LW_NS_PER_S / unit);
		if (v >= least && v / 100 < least) {
			*ns = v * unit;
			return true;
		}
	}
	return false;
}

static bool
seconds_nanos(const struct lw_node *n, int64_t *ns)
{
	int64_t seconds = 0, nanos = 0;
	const struct lw_node *s = lw_node_get(n, LW_KEY_seconds);

	if (s == NULL && lw_node_get(n, LW_KEY_nanos) == NULL)
		return false;
	(void)lw_node_int(s, &seconds);
	(void)lw_node_int(lw_node_get(n, LW_KEY_nanos), &nanos);
	if (seconds < 0 || seconds > INT64_MAX / LW_NS_PER_S - 1 || nanos < 0 ||
	    nanos >= LW_NS_PER_S)
		return false;
	*ns = seconds * LW_NS_PER_S + nanos;
	return true;
}

bool
lw_node_time(const struct lw_node *n, int64_t *ns)
{
	if (n == NULL)
		return false;
	if (n->type == LW_NODE_OBJECT)
		return seconds_nanos(n, ns);
	if (n->type == LW_NODE_NUMBER)
		return epoch(n->text, ns);
	if (n->type == LW_NODE_STRING)
		return lw_time_parse(n->text, ns) || epoch(n->text, ns);
	return false;
}

bool
lw_node_duration(const struct lw_node *n, int64_t *ns)
{
	if (n == NULL)
		return false;
	if (n->type == LW_NODE_STRING && lw_duration_parse(n->text, ns))
		return true;
	if (n->type == LW_NODE_OBJECT)
		return seconds_nanos(n, ns);
	if (n->type == LW_NODE_NUMBER || n->type == LW_NODE_STRING)
		return decimal_nano(n->text, ns); /* a bare number is seconds */
	return false;
}
