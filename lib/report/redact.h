/*
 * redact.h - replace what looks like a secret.
 *
 * Bearer tokens, JWTs, Google, AWS, GitHub, Slack, Stripe keys, passwords in URLs and in
 * key=value pairs, private keys, authorization headers.  What replaces them
 * names the kind: [REDACTED:jwt].
 */
#ifndef LW_REPORT_REDACT_H
#define LW_REPORT_REDACT_H

#include "base/buf.h"
#include "base/str.h"

/* Append s with its secrets replaced; returns how many were. */
size_t lw_redact(struct lw_buf *out, struct lw_str s);

#endif
