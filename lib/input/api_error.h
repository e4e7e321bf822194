/*
 * api_error.h - what an answer of Google's APIs says of its error.
 *
 * Format: AIP-193, {"error": {code, message, status, details: [{"@type":
 * ".../google.rpc.ErrorInfo", reason, metadata}]}}.
 */
#ifndef LW_INPUT_API_ERROR_H
#define LW_INPUT_API_ERROR_H

#include "base/error.h"
#include "base/str.h"

#define LW_API_ERROR_MAX_BYTES ((size_t)256 << 10)

/*
 * "the server answered with status 429 (RESOURCE_EXHAUSTED): MESSAGE; the quota
 * X of 60 is used up".  The message is cut, stripped of control characters, and left
 * out where it holds secret (may be empty).  advice is added where it is not NULL.  Returns
 * LW_EHTTP.
 */
enum lw_code lw_api_error(
    long status, struct lw_str body, struct lw_str secret, const char *advice, struct lw_error *e);

#endif
