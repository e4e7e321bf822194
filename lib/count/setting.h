/*
 * setting.h - settings that a message states with their value.
 *
 * "connect timeout 75.0s", "maximumPoolSize 40", "DB_CONNECT_TIMEOUT=5000",
 * "Memory limit of 512 MiB exceeded".  Told by the word before a number, for any
 * writer: a timeout, limit, deadline, ttl or quota by itself; a size, threads,
 * connections and the like, which are gauges as often, only with a word such as
 * max or pool beside them.
 */
#ifndef LW_COUNT_SETTING_H
#define LW_COUNT_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define LW_STATED_NAME_BYTES 64    /* a name is cut to this */
#define LW_STATED_VALUE_BYTES 28   /* a longer value is none */
#define LW_STATED_MAX 8            /* settings read from one message */
#define LW_STATED_SCAN_BYTES 1024u /* of a message; what stands behind is not read */

struct lw_stated {
	struct lw_str name;  /* in the message: "connect timeout" */
	struct lw_str value; /* in the message, with its unit: "75.0s" */
	uint64_t
	    key; /* of the name without its case; of the statement too where the name is one word */
	uint64_t statement; /* of the words of the line up to the value, those with digits as one */
	bool measured;      /* "timeout after 25.0s", "exceeded (25.0s)" may be what was measured */
};

/* Fill out with the settings stated in message (clean text), in their order; returns how many.
 * Whether there are any hangs on no digit: another digit is as good. */
size_t lw_stated_find(struct lw_str message, struct lw_stated out[LW_STATED_MAX]);

#endif
