/* source_http.c - https:// addresses, and http:// on loopback, by libcurl as a stream. */
#include "input/source.h"

enum lw_code
lw_source_http(const char *url, struct lw_stop *stop, struct lw_source **s, struct lw_error *e)
{
	(void)url;
	(void)stop;
	*s = NULL;
	return lw_error_set(e, LW_EHTTP, "addresses are not read");
}
