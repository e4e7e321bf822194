/* time.c - reading and writing times without the C library's time zones. */
#include "base/time.h"

#include <stdio.h>

#include "base/load.h"

#define S_PER_DAY INT64_C(86400)

/* Days from 1970-01-01; Howard Hinnant, "chrono-compatible low-level date algorithms". */
static int64_t
days_from_civil(int64_t y, int m, int d)
{
	int64_t era, yoe, doy, doe;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static void
civil_from_days(int64_t z, int64_t *y, int *m, int *d)
{
	int64_t era, doe, yoe, doy, mp;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = yoe + era * 400 + (*m <= 2);
}

static int
days_in_month(int64_t year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

bool
lw_time_make(int64_t year, int month, int day, int hour, int minute, int second,
    int64_t fraction_ns, int64_t *ns)
{
	int64_t s;

	if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return false;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return false;
	if (second == 60) {
		second = 59;
		fraction_ns = LW_NS_PER_S - 1;
	}
	s = days_from_civil(year, month, day) * S_PER_DAY + INT64_C(3600) * hour +
	    INT64_C(60) * minute + second;
	*ns = s * LW_NS_PER_S + fraction_ns;
	return true;
}

/* Exactly n digits at p[*at..]; moves *at.  -1 where they are not there. */
static int
digits(struct lw_str s, size_t *at, int n)
{
	int v = 0;

	for (; n > 0; n--, (*at)++) {
		if (*at >= s.n || s.p[*at] < '0' || s.p[*at] > '9')
			return -1;
		v = v * 10 + (s.p[*at] - '0');
	}
	return v;
}

static bool
literal(struct lw_str s, size_t *at, char c)
{
	if (*at >= s.n || s.p[*at] != c)
		return false;
	(*at)++;
	return true;
}

/* ".123456": up to nine digits count.  0 where there is no fraction. */
static int64_t
fraction(struct lw_str s, size_t *at)
{
	static const int scale[] = {
	    0, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	size_t i = *at, n;
	int v = 0;

	if (i + 1 >= s.n || (s.p[i] != '.' && s.p[i] != ',') || s.p[i + 1] < '0' ||
	    s.p[i + 1] > '9')
		return 0;
	for (i++, n = 0; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		if (n < 9) {
			v = v * 10 + (s.p[i] - '0');
			n++;
		}
	*at = i;
	return (int64_t)v * scale[n];
}

/* Seconds east of UTC of "Z", "+01:00", "+0100", "+01", " UTC"; 0 where there is none. */
static int
offset(struct lw_str s, size_t *at)
{
	size_t i = *at;
	int h, m = 0, sign;

	if (i < s.n && (s.p[i] == 'Z' || s.p[i] == 'z')) {
		*at = i + 1;
		return 0;
	}
	if (lw_str_starts(lw_str_make(s.p + i, s.n - i), LW_STR(" UTC"))) {
		*at = i + 4;
		return 0;
	}
	if (i + 1 < s.n && s.p[i] == ' ' && (s.p[i + 1] == '+' || s.p[i + 1] == '-'))
		i++;
	if (i >= s.n || (s.p[i] != '+' && s.p[i] != '-'))
		return 0;
	sign = s.p[i++] == '-' ? -1 : 1;
	h = digits(s, &i, 2);
	if (h < 0 || h > 23)
		return 0;
	*at = i;
	(void)literal(s, &i, ':');
	m = digits(s, &i, 2);
	if (m < 0 || m > 59)
		return sign * h * 3600;
	*at = i;
	return sign * (h * 3600 + m * 60);
}

size_t
lw_time_parse_prefix(struct lw_str s, int64_t *ns)
{
	int year, month, day, hour, minute, second;
	int64_t ns_fraction, t;
	size_t at = 0;

	year = digits(s, &at, 4);
	if (year < 0 || !literal(s, &at, '-'))
		return 0;
	month = digits(s, &at, 2);
	if (month < 0 || !literal(s, &at, '-'))
		return 0;
	day = digits(s, &at, 2);
	if (day < 0 || (!literal(s, &at, 'T') && !literal(s, &at, 't') && !literal(s, &at, ' ')))
		return 0;
	hour = digits(s, &at, 2);
	if (hour < 0 || !literal(s, &at, ':'))
		return 0;
	minute = digits(s, &at, 2);
	if (minute < 0 || !literal(s, &at, ':'))
		return 0;
	second = digits(s, &at, 2);
	if (second < 0)
		return 0;
	ns_fraction = fraction(s, &at);
	if (!lw_time_make(year, month, day, hour, minute, second, ns_fraction, &t))
		return 0;
	*ns = t - (int64_t)offset(s, &at) * LW_NS_PER_S;
	return at;
}

#define DIGITS UINT64_C(0x7676767676767676) /* added to a byte above 9, it sets bit 7 */

/*
 * Each byte of x, which were digits, is below 10 where `limits` has 0x76, and 0 where it has
 * 0x7f.  A byte from 0x80 on, which may disturb the one above it, shows by itself.
 */
static inline bool
within(uint64_t x, uint64_t limits)
{
	return (((x + limits) | x) & UINT64_C(0x8080808080808080)) == 0;
}

/* Byte i of `pairs` as a number. */
static inline unsigned
pair(uint64_t pairs, unsigned i)
{
	return (unsigned)(pairs >> (8 * i)) & 0xff;
}

/* The 1 to 9 digits that end at p as billionths; at least 8 bytes before p are there. */
static inline bool
usual_fraction(const char *p, size_t n, unsigned *ns)
{
	unsigned ninth = n == 9 ? (unsigned)(unsigned char)p[-1] - '0' : 0;
	size_t high = n == 9 ? 8 : n; /* digits but for that one */
	uint64_t x = lw_load64(p - n + high - 8) ^ UINT64_C(0x3030303030303030);

	x >>= 64 - 8 * high; /* what is before them goes, and zeros come behind */
	if (!within(x, DIGITS) || ninth > 9)
		return false;
	x = x * 10 + (x >> 8); /* pairs in the even bytes, then fours and eights */
	x = (((x & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064)) +
		(((x >> 16) & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001))) >>
	    32;
	*ns = (unsigned)x * 10 + ninth;
	return true;
}

/*
 * "2025-09-16T00:42:59Z" with 1 to 9 digits of a fraction, as nearly every record has it, from
 * 1970 on; false where it is anything else, a time or none.  Digits are looked at eight at a
 * time: one by one it took three times as long, once or twice a record.
 */
static bool
parse_usual(struct lw_str s, int64_t *ns)
{
	static const short days_before[] = {
	    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
	const char *p = s.p;
	unsigned year, month, day, nanos;
	uint64_t date, time;
	int64_t days;

	if (s.n < 22 || s.n > 30 || p[10] != 'T' || p[19] != '.' || p[s.n - 1] != 'Z')
		return false;
	date = lw_load64(p) ^ UINT64_C(0x2d30302d30303030);      /* 0000-00- */
	time = lw_load64(p + 11) ^ UINT64_C(0x30303a30303a3030); /* 00:00:00 */
	if (!within(date, UINT64_C(0x7f76767f76767676)) ||
	    !within(time, UINT64_C(0x76767f76767f7676)) ||
	    !usual_fraction(p + s.n - 1, s.n - 21, &nanos))
		return false;
	date = date * 10 + (date >> 8);
	time = time * 10 + (time >> 8);
	year = pair(date, 0) * 100 + pair(date, 2);
	month = pair(date, 5);
	if ((unsigned)(p[8] - '0') > 9 || (unsigned)(p[9] - '0') > 9)
		return false;
	day = (unsigned)(p[8] - '0') * 10 + (unsigned)(p[9] - '0');
	/* A 29th to 31st is left to the one who counts the days of months. */
	if (year < 1970 || year > 2199 || month - 1 > 11 || day - 1 > 27 || pair(time, 0) > 23 ||
	    pair(time, 3) > 59 || pair(time, 6) > 59)
		return false;
	/* Leap days before this year, then that of this year where it is over. */
	days = (int64_t)(year - 1970) * 365 + (year - 1969) / 4 - (year - 1901) / 100 +
	       (year - 1601) / 400 + days_before[month - 1] + day - 1;
	if (month > 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		days++;
	*ns = (((days * 24 + pair(time, 0)) * 60 + pair(time, 3)) * 60 + pair(time, 6)) *
		  LW_NS_PER_S +
	      nanos;
	return true;
}

bool
lw_time_parse(struct lw_str s, int64_t *ns)
{
	int64_t t;
	size_t n;

	if (parse_usual(s, ns))
		return true;
	s = lw_str_trim(s);
	n = lw_time_parse_prefix(s, &t);
	if (n == 0 || n != s.n)
		return false;
	*ns = t;
	return true;
}

/* Has it the form that parse_usual reads behind its minute, as far as single characters say? */
static inline bool
ends_usual(struct lw_str s)
{
	return s.n >= 22 && s.n <= 30 && s.p[16] == ':' && s.p[19] == '.' && s.p[s.n - 1] == 'Z';
}

bool
lw_time_parse_near(struct lw_str s, struct lw_time_minute *last, int64_t *ns)
{
	bool usual = ends_usual(s);
	unsigned ten, one, nanos;

	if (usual && memcmp(s.p, last->text, sizeof(last->text)) == 0) {
		ten = (unsigned)(unsigned char)s.p[17] - '0';
		one = (unsigned)(unsigned char)s.p[18] - '0';
		if (ten < 6 && one < 10 && usual_fraction(s.p + s.n - 1, s.n - 21, &nanos)) {
			*ns = last->ns + (int64_t)(ten * 10 + one) * LW_NS_PER_S + nanos;
			return true;
		}
	}
	if (!lw_time_parse(s, ns))
		return false;
	if (usual && s.p[10] == 'T' && *ns >= 0) {
		memcpy(last->text, s.p, sizeof(last->text));
		last->ns = *ns - *ns % (60 * LW_NS_PER_S);
	}
	return true;
}

static const struct {
	const char *name;
	int64_t ns;
} units[] = {
    {"s", LW_NS_PER_S},
    {"", LW_NS_PER_S},
    {"ms", LW_NS_PER_MS},
    {"us", LW_NS_PER_US},
    {"\xc2\xb5s", LW_NS_PER_US},
    {"ns", 1},
    {"m", 60 * LW_NS_PER_S},
    {"min", 60 * LW_NS_PER_S},
    {"h", 3600 * LW_NS_PER_S},
    {"d", S_PER_DAY *LW_NS_PER_S},
};

/* Apart, so that what is usual saves no registers for it. */
static __attribute__((noinline)) bool
parse_duration(struct lw_str s, int64_t *ns)
{
	int64_t whole = 0, part, unit = 0;
	size_t at = 0, i;

	s = lw_str_trim(s);
	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9') {
		whole = whole * 10 + (s.p[at++] - '0');
		if (whole > INT64_C(9000000000))
			return false;
	}
	if (at == 0)
		return false;
	part = fraction(s, &at);
	if (s.n == at + 1 && s.p[at] == 's') { /* as requests have it */
		if (whole > INT64_MAX / 2 / LW_NS_PER_S)
			return false;
		*ns = whole * LW_NS_PER_S + part;
		return true;
	}
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (lw_str_eq(lw_str_make(s.p + at, s.n - at), lw_str_from(units[i].name)))
			unit = units[i].ns;
	if (unit == 0 || whole > INT64_MAX / 2 / unit)
		return false;
	/* part is below one unit in 1e-9 steps; 1e9 steps of a day still fit. */
	*ns = whole * unit +
	      (unit >= LW_NS_PER_S ? part * (unit / LW_NS_PER_S) : part / (LW_NS_PER_S / unit));
	return true;
}

bool
lw_duration_parse(struct lw_str s, int64_t *ns)
{
	unsigned nanos;

	if (s.n >= 9 && s.n <= 12 && s.p[1] == '.' && s.p[s.n - 1] == 's' && s.p[0] >= '0' &&
	    s.p[0] <= '9' && usual_fraction(s.p + s.n - 1, s.n - 3, &nanos)) {
		*ns = (s.p[0] - '0') * LW_NS_PER_S + nanos; /* "0.461533s", as requests have it */
		return true;
	}
	return parse_duration(s, ns);
}

/* `count` digits of v from `to` on, as many as it has at the most; returns their end. */
static inline char *
put_digits(char *to, unsigned v, unsigned count)
{
	unsigned i;

	for (i = count; i-- > 0; v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + count;
}

static inline char *
put_pair(char *to, unsigned v, char behind)
{
	to = put_digits(to, v, 2);
	*to = behind;
	return to + 1;
}

/* By hand, since a report has thousands of times and printf took ten times as long. */
size_t
lw_time_format(int64_t ns, char buf[LW_TIME_TEXT_BYTES])
{
	int64_t s, days, year;
	unsigned second, part;
	int month, day;
	char *p = buf;

	buf[0] = '\0';
	if (ns == LW_TIME_NONE)
		return 0;
	s = ns / LW_NS_PER_S - (ns % LW_NS_PER_S < 0);
	part = (unsigned)(ns - s * LW_NS_PER_S);
	days = s / S_PER_DAY - (s % S_PER_DAY < 0);
	second = (unsigned)(s - days * S_PER_DAY);
	civil_from_days(days, &year, &month, &day); /* of 64 bits, from 1677 to 2262 */
	p = put_digits(p, (unsigned)year, 4);
	*p++ = '-';
	p = put_pair(p, (unsigned)month, '-');
	p = put_pair(p, (unsigned)day, 'T');
	p = put_pair(p, second / 3600, ':');
	p = put_pair(p, second / 60 % 60, ':');
	p = put_digits(p, second % 60, 2);
	if (part > 0) {
		*p++ = '.';
		p = put_digits(p, part, 9);
		while (p[-1] == '0')
			p--;
	}
	*p++ = 'Z';
	*p = '\0';
	return (size_t)(p - buf);
}

size_t
lw_duration_format(int64_t ns, char buf[LW_TIME_TEXT_BYTES])
{
	static const struct {
		const char *name;
		int64_t ns;
	} steps[] = {{"d", S_PER_DAY * LW_NS_PER_S}, {"h", 3600 * LW_NS_PER_S},
	    {"min", 60 * LW_NS_PER_S}, {"s", LW_NS_PER_S}, {"ms", LW_NS_PER_MS},
	    {"us", LW_NS_PER_US}, {"ns", 1}};
	const char *sign = ns < 0 ? "-" : "";
	size_t i;
	int n;

	if (ns == 0 || ns == LW_TIME_NONE)
		return (size_t)snprintf(buf, LW_TIME_TEXT_BYTES, "0 s");
	if (ns < 0)
		ns = -ns;
	for (i = 0; ns < steps[i].ns; i++)
		;
	if (i == 3 && ns < 10 * LW_NS_PER_S &&
	    ns % LW_NS_PER_S != 0) /* "1.5 s" says more than "1 s 500 ms" */
		return (size_t)snprintf(buf, LW_TIME_TEXT_BYTES, "%s%lld.%lld s", sign,
		    (long long)(ns / LW_NS_PER_S),
		    (long long)(ns % LW_NS_PER_S / (LW_NS_PER_S / 10)));
	n = snprintf(buf, LW_TIME_TEXT_BYTES, "%s%lld %s", sign, (long long)(ns / steps[i].ns),
	    steps[i].name);
	if (i < 3 && ns % steps[i].ns / steps[i + 1].ns > 0)
		n += snprintf(buf + n, (size_t)(LW_TIME_TEXT_BYTES - n), " %lld %s",
		    (long long)(ns % steps[i].ns / steps[i + 1].ns), steps[i + 1].name);
	return (size_t)n;
}
