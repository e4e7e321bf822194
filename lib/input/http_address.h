/* http_address.h - what the client looks at in an address. */
#ifndef LW_INPUT_HTTP_ADDRESS_H
#define LW_INPUT_HTTP_ADDRESS_H

#include <stdbool.h>

#include "base/str.h"

/* The same scheme, host and port; false where one is no address. */
bool lw_http_same_origin(const char *a, const char *b);

/* The address that reference, from the header Location say, means at the address base (RFC 3986,
 * 5): a copy; NULL where that is none, or memory ran out. */
char *lw_http_resolve(const char *base, struct lw_str reference);

/*
 * The address as it may be shown: without name and password, and with "..." for the values of its
 * query, which are tokens and signatures as often as not.  NULL where memory ran out; a copy of
 * what is no address.
 */
char *lw_http_shown(const char *url);

/* "localhost", a name below it, 127.0.0.0/8 or ::1, with or without brackets. */
bool lw_http_is_loopback(const char *host);

#endif
