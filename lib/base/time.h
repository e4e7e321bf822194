/*
 * time.h - RFC 3339 timestamps and durations as int64 nanoseconds.
 *
 * Times are nanoseconds since 1970-01-01T00:00:00Z, leap seconds ignored
 * (:60 is read as :59.999999999), 1678 to 2262.  Nothing here reads a clock.
 * Format: RFC 3339; durations as protobuf's JSON mapping writes them ("1.5s").
 */
#ifndef LW_BASE_TIME_H
#define LW_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define LW_NS_PER_US INT64_C(1000)
#define LW_NS_PER_MS INT64_C(1000000)
#define LW_NS_PER_S INT64_C(1000000000)

#define LW_TIME_NONE INT64_MIN /* no time known */
#define LW_TIME_TEXT_BYTES 40  /* room for any time or duration text and its NUL */

/*
 * "2025-09-16T00:42:59.910682Z": 'T', 't' or one blank between date and time,
 * 0 to 9 fractional digits after '.' or ',' (further ones are cut), 'Z', 'z',
 * an offset "+01:00", "+0100", "+01" or " UTC"; without any of these UTC.
 * The whole of s must be the time.  False where it is none; *ns is untouched.
 */
bool lw_time_parse(struct lw_str s, int64_t *ns);

/*
 * The same where many times are of the same minute, in order or not: what was found of the last
 * one is kept in *last, which is zero-initialised.
 */
struct lw_time_minute {
	char text[16]; /* "2025-09-16T00:42" */
	int64_t ns;    /* its start */
};
bool lw_time_parse_near(struct lw_str s, struct lw_time_minute *last, int64_t *ns);

/* As lw_time_parse, for a time at the start of s; returns the bytes it took, 0 where there is none.
 */
size_t lw_time_parse_prefix(struct lw_str s, int64_t *ns);

/* "67.228814580s", "0s", "1500ms", "5m", "1h", "250us", "10ns", "2d"; a bare number is seconds.
 * False where it is none. */
bool lw_duration_parse(struct lw_str s, int64_t *ns);

/* Calendar date (proleptic Gregorian) and time of day, UTC, to ns; month 1-12, day 1-31.  False
 * outside the range. */
bool lw_time_make(int64_t year, int month, int day, int hour, int minute, int second,
    int64_t fraction_ns, int64_t *ns);

/* "2025-09-16T00:42:59.910682Z", fraction without trailing zeros; "" for LW_TIME_NONE.  Returns the
 * length. */
size_t lw_time_format(int64_t ns, char buf[LW_TIME_TEXT_BYTES]);

/* For people: "25 s", "1 min 46 s", "350 ms", "2 h 5 min", "3 d 4 h"; at most two units.  Returns
 * the length. */
size_t lw_duration_format(int64_t ns, char buf[LW_TIME_TEXT_BYTES]);

#endif
