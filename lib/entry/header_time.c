/* header_time.c - the times of text logs that are not RFC 3339. */
#include "entry/header.h"

static int
two(struct lw_str s, size_t at)
{
	if (at + 2 > s.n || s.p[at] < '0' || s.p[at] > '9' || s.p[at + 1] < '0' ||
	    s.p[at + 1] > '9')
		return -1;
	return (s.p[at] - '0') * 10 + (s.p[at + 1] - '0');
}

/* 1 to 12, or 0. */
static int
month(struct lw_str s, size_t at)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	size_t i;

	if (at + 3 > s.n)
		return 0;
	for (i = 0; i < 12; i++)
		if (memcmp(s.p + at, names + 3 * i, 3) == 0)
			return (int)i + 1;
	return 0;
}

static bool
weekday(struct lw_str s)
{
	static const char names[] = "SunMonTueWedThuFriSat";
	size_t i;

	for (i = 0; s.n > 4 && i < 7; i++)
		if (memcmp(s.p, names + 3 * i, 3) == 0)
			return s.p[3] == ' ' || (s.p[3] == ',' && s.p[4] == ' ');
	return false;
}

struct clock {
	int hour, minute, second;
	int64_t fraction_ns;
};

/* "13:55:36" with an optional fraction behind '.', ',' or ':' (three digits); the bytes it took, or
 * 0. */
static size_t
clock_time(struct lw_str s, size_t at, struct clock *c)
{
	int64_t unit = LW_NS_PER_S;
	size_t i = at + 8;

	if (at + 8 > s.n || s.p[at + 2] != ':' || s.p[at + 5] != ':')
		return 0;
	c->hour = two(s, at);
	c->minute = two(s, at + 3);
	c->second = two(s, at + 6);
	c->fraction_ns = 0;
	if (c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59 || c->second < 0 ||
	    c->second > 60)
		return 0;
	if (i + 1 < s.n && (s.p[i] == '.' || s.p[i] == ',') && s.p[i + 1] >= '0' &&
	    s.p[i + 1] <= '9') {
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
			unit /= 10;
			c->fraction_ns += unit * (s.p[i] - '0');
		}
	}
	return i - at;
}

static bool
make(int year, int mon, int day, const struct clock *c, int64_t *ns)
{
	return lw_time_make(year, mon, day, c->hour, c->minute, c->second, c->fraction_ns, ns);
}

static int
year_at(struct lw_str s, size_t at)
{
	int high = two(s, at), low = two(s, at + 2);

	return high < 0 || low < 0 ? -1 : high * 100 + low;
}

/* "2025/01/02 03:04:05" of Go and nginx, "25/01/02 03:04:05" of Hadoop and Spark. */
static size_t
slashes(struct lw_str s, int64_t *ns)
{
	struct clock c;
	size_t at, n;
	int year, mon, day;

	if (s.n > 10 && s.p[4] == '/' && s.p[7] == '/') {
		year = year_at(s, 0);
		at = 5;
	} else if (s.n > 8 && s.p[2] == '/' && s.p[5] == '/') {
		year = 2000 + two(s, 0);
		at = 3;
	} else {
		return 0;
	}
	mon = two(s, at);
	day = two(s, at + 3);
	if (at + 5 >= s.n || s.p[at + 5] != ' ')
		return 0;
	n = clock_time(s, at + 6, &c);
	if (n == 0 || !make(year, mon, day, &c, ns))
		return 0;
	return at + 6 + n;
}

/* "081109 203615" of Hadoop's data nodes. */
static size_t
packed(struct lw_str s, int64_t *ns)
{
	struct clock c = {two(s, 7), two(s, 9), two(s, 11), 0};

	if (s.n < 14 || s.p[6] != ' ' || s.p[13] != ' ' || two(s, 0) < 0 || two(s, 2) < 0 ||
	    two(s, 4) < 0 || c.hour < 0 || c.minute < 0 || c.second < 0)
		return 0;
	return make(2000 + two(s, 0), two(s, 2), two(s, 4), &c, ns) ? 13 : 0;
}

/* "03-17 16:13:38.811" of Android; "13:55:36,123" of logback's default. */
static size_t
without_year(struct lw_str s)
{
	struct clock c;
	size_t n;

	if (s.n > 14 && s.p[2] == '-' && s.p[5] == ' ' && two(s, 0) > 0 && two(s, 0) <= 12 &&
	    two(s, 3) > 0 && two(s, 3) <= 31) {
		n = clock_time(s, 6, &c);
		return n == 0 ? 0 : 6 + n;
	}
	return clock_time(s, 0, &c);
}

/* "Sep 16 00:42:59", "Sep  6 2025 00:42:59", "Sun Dec 04 04:47:44[.123] 2005". */
static size_t
named_month(struct lw_str s, int64_t *ns)
{
	struct clock c;
	size_t at = 0, n;
	int mon, day, year;

	if (weekday(s))
		at = s.p[3] == ',' ? 5 : 4;
	mon = month(s, at);
	if (mon == 0 || at + 7 > s.n || s.p[at + 3] != ' ')
		return 0;
	if (s.p[at + 4] == ' ' && s.p[at + 5] >= '1' && s.p[at + 5] <= '9')
		day = s.p[at + 5] - '0';
	else
		day = two(s, at + 4);
	if (day < 1 || day > 31 || s.p[at + 6] != ' ')
		return 0;
	at += 7;
	year = year_at(s, at);
	if (year >= 1970 && at + 5 < s.n && s.p[at + 4] == ' ') {
		n = clock_time(s, at + 5, &c);
		return n != 0 && make(year, mon, day, &c, ns) ? at + 5 + n : 0;
	}
	n = clock_time(s, at, &c);
	if (n == 0)
		return 0;
	at += n;
	year = at + 5 <= s.n && s.p[at] == ' ' ? year_at(s, at + 1) : -1;
	if (year >= 1970 && year < 2200 &&
	    (at + 5 == s.n || s.p[at + 5] == ' ' || s.p[at + 5] == ']') &&
	    make(year, mon, day, &c, ns))
		at += 5;
	return at;
}

size_t
lw_header_time(struct lw_str s, int64_t *ns)
{
	size_t n;

	*ns = LW_TIME_NONE;
	if (s.n < 8)
		return 0;
	if (s.p[0] >= 'A')
		return named_month(s, ns);
	n = slashes(s, ns);
	if (n == 0)
		n = packed(s, ns);
	return n != 0 ? n : without_year(s);
}

size_t
lw_header_clf_time(struct lw_str s, int64_t *ns)
{
	struct clock c;
	size_t n;
	int sign, zone = 0;

	if (s.n < 20 || s.p[2] != '/' || s.p[6] != '/' || s.p[11] != ':')
		return 0;
	n = clock_time(s, 12, &c);
	if (n != 8 || !make(year_at(s, 7), month(s, 3), two(s, 0), &c, ns))
		return 0;
	if (s.n >= 26 && s.p[20] == ' ' && (s.p[21] == '+' || s.p[21] == '-')) {
		sign = s.p[21] == '-' ? -1 : 1;
		if (two(s, 22) >= 0 && two(s, 24) >= 0)
			zone = sign * (two(s, 22) * 60 + two(s, 24));
		*ns -= (int64_t)zone * 60 * LW_NS_PER_S;
		return 26;
	}
	return 20;
}
