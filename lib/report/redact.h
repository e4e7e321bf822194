/*
 * redact.h - replace what looks like a secret.
 *
 * Bearer tokens and authorization headers, cookies, JWTs, keys of Google, AWS,
 * GitHub, GitLab, Slack, Stripe, npm and others by their prefix, passwords in
 * URLs and data source names, values of keys such as password, secret, token
 * or api_key in key=value, JSON (also escaped inside a string), YAML, XML and
 * command lines, private keys in PEM, and lines of base64 that can be of one.
 * What replaces a secret names its kind: [REDACTED:jwt].
 *
 * One pass, time linear in the text; any bytes.  No shared state.
 */
#ifndef LW_REPORT_REDACT_H
#define LW_REPORT_REDACT_H

#include "base/buf.h"
#include "base/str.h"

/* Append s with its secrets replaced; returns how many were. */
size_t lw_redact(struct lw_buf *out, struct lw_str s);

#endif
