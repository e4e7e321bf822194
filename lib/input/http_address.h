/* http_address.h - what the client looks at in an address. */
#ifndef LW_INPUT_HTTP_ADDRESS_H
#define LW_INPUT_HTTP_ADDRESS_H

#include <stdbool.h>

/* The same scheme, host and port; false where one is no address. */
bool lw_http_same_origin(const char *a, const char *b);

/* "localhost", a name below it, 127.0.0.0/8 or ::1, with or without brackets. */
bool lw_http_is_loopback(const char *host);

#endif
