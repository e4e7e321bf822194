/* instant.c - dates and times of day by shape; that they exist in a calendar is not asked. */
#include "cluster/instant.h"

#include <stdbool.h>
#include <stdint.h>

static bool
digit_at(struct lw_str s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static bool
char_at(struct lw_str s, size_t i, char c)
{
	return i < s.n && s.p[i] == c;
}

static bool
word_at(struct lw_str s, size_t i)
{
	return i < s.n && (digit_at(s, i) || (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
			      (s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '_' ||
			      (unsigned char)s.p[i] >= 0x80);
}

/* Between least and most digits at i; the end, or 0. */
static size_t
digits(struct lw_str s, size_t i, size_t least, size_t most)
{
	size_t start = i;

	while (digit_at(s, i))
		i++;
	return i - start >= least && i - start <= most ? i : 0;
}

/* "05:00", "05:00:00", "05:00:00.123", "22:15:29:606"; the end or 0. */
static size_t
clock_end(struct lw_str s, size_t i)
{
	size_t end = digits(s, i, 1, 3), more;

	if (end == 0 || !char_at(s, end, ':'))
		return 0;
	end = digits(s, end + 1, 2, 2);
	if (end == 0)
		return 0;
	if (char_at(s, end, ':') && digit_at(s, end + 1)) {
		end = digits(s, end + 1, 2, 2);
		if (end == 0)
			return 0;
		if (end < s.n && (s.p[end] == '.' || s.p[end] == ',' || s.p[end] == ':') &&
		    (more = digits(s, end + 1, 1, 9)) != 0)
			end = more;
	} else if (char_at(s, end, '.') && (more = digits(s, end + 1, 1, 9)) != 0) {
		end = more;
	}
	return end;
}

/* "Z", "+01:00", "-0700", glued or (offsets) behind a blank; i where there is none. */
static size_t
zone_end(struct lw_str s, size_t i)
{
	size_t at = i, end;

	if (i < s.n && (s.p[i] == 'Z' || s.p[i] == 'z'))
		return i + 1;
	if (char_at(s, at, ' '))
		at++;
	if (at >= s.n || (s.p[at] != '+' && s.p[at] != '-'))
		return i;
	end = digits(s, at + 1, 4, 4);
	if (end != 0)
		return end;
	end = digits(s, at + 1, 2, 2);
	if (end == 0 || !char_at(s, end, ':'))
		return i;
	end = digits(s, end + 1, 2, 2);
	return end != 0 ? end : i;
}

/* A clock and a zone behind a date that ends at i; i where there is none. */
static size_t
with_clock(struct lw_str s, size_t i)
{
	size_t end;

	if (i >= s.n ||
	    (s.p[i] != 'T' && s.p[i] != ' ' && s.p[i] != ':' && s.p[i] != '-' && s.p[i] != '_'))
		return i;
	end = clock_end(s, i + 1);
	if (end == 0)
		return i;
	end = zone_end(s, end);
	return word_at(s, end) ? i : end;
}

#define THREE(a, b, c) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16)

/* The first three letters of a word, in lower case. */
static uint32_t
three(struct lw_str w)
{
	return THREE(w.p[0] | 32, w.p[1] | 32, w.p[2] | 32);
}

static bool
is_month(struct lw_str w)
{
	if (w.n < 3 || w.n > 9)
		return false;
	switch (three(w)) {
	case THREE('j', 'a', 'n'):
	case THREE('f', 'e', 'b'):
	case THREE('m', 'a', 'r'):
	case THREE('a', 'p', 'r'):
	case THREE('m', 'a', 'y'):
	case THREE('j', 'u', 'n'):
	case THREE('j', 'u', 'l'):
	case THREE('a', 'u', 'g'):
	case THREE('s', 'e', 'p'):
	case THREE('o', 'c', 't'):
	case THREE('n', 'o', 'v'):
	case THREE('d', 'e', 'c'):
		return true;
	default:
		return false;
	}
}

static bool
is_weekday(struct lw_str w)
{
	if (w.n != 3)
		return false;
	switch (three(w)) {
	case THREE('m', 'o', 'n'):
	case THREE('t', 'u', 'e'):
	case THREE('w', 'e', 'd'):
	case THREE('t', 'h', 'u'):
	case THREE('f', 'r', 'i'):
	case THREE('s', 'a', 't'):
	case THREE('s', 'u', 'n'):
		return true;
	default:
		return false;
	}
}

/* "16/May/2017" from the separator behind the day on; the end or 0. */
static size_t
month_year(struct lw_str s, size_t i)
{
	char sep = s.p[i];
	size_t start = i + 1, end = start;

	while (end < s.n && end - start < 4 && (s.p[end] | 32) >= 'a' && (s.p[end] | 32) <= 'z')
		end++;
	if (!is_month(lw_str_make(s.p + start, end - start)) || !char_at(s, end, sep))
		return 0;
	return digits(s, end + 1, 4, 4);
}

static size_t
date_end(struct lw_str s, size_t i)
{
	size_t end = digits(s, i, 1, 8), n = end == 0 ? 0 : end - i;

	if (n == 0 || end >= s.n)
		return 0;
	if (n == 8 && char_at(s, end, '-') && clock_end(s, end + 1) != 0)
		return end;
	if (n == 4 && (s.p[end] == '-' || s.p[end] == '/' || s.p[end] == '.')) {
		char sep = s.p[end];

		end = digits(s, end + 1, 2, 2);
		if (end == 0 || !char_at(s, end, sep))
			return 0;
		return digits(s, end + 1, 2, 2);
	}
	if (n <= 2 && (s.p[end] == '/' || s.p[end] == '-' || s.p[end] == ' '))
		return month_year(s, end);
	return 0;
}

size_t
lw_instant_read(struct lw_str s, size_t i)
{
	size_t end = date_end(s, i), stop;

	if (end != 0) {
		stop = with_clock(s, end);
		return word_at(s, stop) ||
			       (stop == end && char_at(s, stop, '-') && digit_at(s, stop + 1))
			   ? 0
			   : stop;
	}
	end = clock_end(s, i);
	if (end == 0)
		return 0;
	stop = zone_end(s, end);
	if (word_at(s, stop))
		stop = end;
	return word_at(s, stop) || (char_at(s, stop, ':') && word_at(s, stop + 1)) ? 0 : stop;
}

/* " EDT", " 2005", " EDT 2005" behind a date; i where there is none. */
static size_t
year_end(struct lw_str s, size_t i)
{
	size_t at = i, end;

	if (!char_at(s, at, ' '))
		return i;
	at++;
	for (end = at; end < s.n && s.p[end] >= 'A' && s.p[end] <= 'Z'; end++)
		;
	if (end - at >= 3 && end - at <= 4 && char_at(s, end, ' '))
		at = end + 1;
	end = digits(s, at, 4, 4);
	if (end == 0 || word_at(s, end) || (s.p[at] != '1' && s.p[at] != '2'))
		return i;
	return end;
}

size_t
lw_instant_named(struct lw_str s, size_t i, size_t word_end)
{
	size_t at = i, end, day;

	if (is_weekday(lw_str_make(s.p + i, word_end - i))) {
		at = word_end + (char_at(s, word_end, ',') ? 1 : 0);
		if (!char_at(s, at, ' '))
			return 0;
		at++;
		if (digit_at(s, at))
			return lw_instant_read(s, at);
		word_end = at;
		while (word_end < s.n && word_end - at < 9 && (s.p[word_end] | 32) >= 'a' &&
		       (s.p[word_end] | 32) <= 'z')
			word_end++;
	}
	if (!is_month(lw_str_make(s.p + at, word_end - at)) || !char_at(s, word_end, ' '))
		return 0;
	at = word_end + 1;
	if (char_at(s, at, ' '))
		at++;
	day = digits(s, at, 1, 2);
	if (day == 0 || word_at(s, day))
		return 0;
	at = day + (char_at(s, day, ',') ? 1 : 0);
	end = year_end(s, at);
	if (char_at(s, end, ' ') && clock_end(s, end + 1) != 0) {
		end = zone_end(s, clock_end(s, end + 1));
		end = year_end(s, end);
	} else if (end == at) {
		return 0;
	}
	return word_at(s, end) ? 0 : end;
}
