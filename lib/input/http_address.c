/* http_address.c - which addresses may be asked, and which are one host. */
#include "input/http_address.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "input/http.h"

bool
lw_http_is_loopback(const char *host)
{
	static const char suffix[] = ".localhost"; /* RFC 6761, 6.3 */
	unsigned char number[4];
	size_t n = strlen(host);

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	    strcmp(host, "::1") == 0)
		return true;
	if (n > sizeof(suffix) - 1 && strcasecmp(host + n - (sizeof(suffix) - 1), suffix) == 0)
		return true;
	/* A number, not just a name that begins like one. */
	return inet_pton(AF_INET, host, number) == 1 && number[0] == 127;
}

struct parts {
	char *scheme, *host, *port;
};

static void
free_parts(struct parts *p)
{
	curl_free(p->scheme);
	curl_free(p->host);
	curl_free(p->port);
}

static bool
get_parts(const char *url, struct parts *p)
{
	CURLU *u = curl_url();
	bool ok;

	*p = (struct parts){0};
	ok = u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_SCHEME, &p->scheme, 0) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_HOST, &p->host, 0) == CURLUE_OK &&
	     curl_url_get(u, CURLUPART_PORT, &p->port, CURLU_DEFAULT_PORT) == CURLUE_OK;
	curl_url_cleanup(u);
	return ok;
}

bool
lw_http_same_origin(const char *a, const char *b)
{
	struct parts x, y;
	bool same = get_parts(a, &x);

	same = get_parts(b, &y) && same && strcmp(x.scheme, y.scheme) == 0 &&
	       strcasecmp(x.host, y.host) == 0 && strcmp(x.port, y.port) == 0;
	free_parts(&x);
	free_parts(&y);
	return same;
}

enum lw_code
lw_http_allowed(const char *url, bool insecure, bool *loopback, struct lw_error *e)
{
	enum lw_code code = LW_OK;
	struct parts p;
	bool here = false;

	if (!get_parts(url, &p)) {
		code = lw_error_set(e, LW_EUSAGE, "is no valid address");
	} else {
		here = lw_http_is_loopback(p.host);
		if (strcmp(p.scheme, "https") != 0 && strcmp(p.scheme, "http") != 0)
			code = lw_error_set(
			    e, LW_EUSAGE, "%s:// is not spoken here, https:// is", p.scheme);
		else if (strcmp(p.scheme, "http") == 0 && !here && !insecure)
			code = lw_error_set(e, LW_EUSAGE,
			    "http://%s is not asked: logs and tokens travel by https://, plain "
			    "http:// is for this machine alone (or --insecure)",
			    p.host);
	}
	free_parts(&p);
	if (loopback != NULL)
		*loopback = here;
	return code;
}
