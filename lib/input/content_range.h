/* content_range.h - what part of an object an answer with status 206 or 416 is about. */
#ifndef LW_INPUT_CONTENT_RANGE_H
#define LW_INPUT_CONTENT_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct lw_content_range {
	int64_t first, last; /* bytes, both included; -1 for "*", of a status 416 */
	int64_t total;       /* bytes; -1 for "*", not known */
};

/* The header Content-Range (RFC 9110, 14.4) with the unit bytes; false where it is none. */
bool lw_content_range_parse(struct lw_str value, struct lw_content_range *r);

#endif
