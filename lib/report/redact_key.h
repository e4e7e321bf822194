/*
 * redact_key.h - secrets that are told by the key they stand behind.  Private to redact.c.
 */
#ifndef LW_REPORT_REDACT_KEY_H
#define LW_REPORT_REDACT_KEY_H

#include <stdbool.h>

#include "base/str.h"

#define LW_REDACT_KEY_MAX 128 /* bytes looked back for a key */

/*
 * at is a delimiter: '=', ':', '>' of <key>, or a blank or quote behind a key.  Where a
 * secret's key stands before it and a value that can be one behind it: true,
 * with the value's bytes (end exclusive, never before `from`) and its kind.
 */
bool lw_redact_value(
    struct lw_str s, size_t at, size_t from, size_t *start, size_t *end, const char **kind);

/* Whether a value is none: null, "expired", ****, ${VAR}, <password>, [REDACTED]... */
bool lw_redact_placeholder(struct lw_str value);

/* Whether the letter before `at` ends an escape: a literal \n, \t, \r, or a colour sequence. */
bool lw_redact_after_escape(struct lw_str s, size_t at);

#endif
