/* http_address.c - which addresses may be asked, and which are one host. */
#include "input/http_address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "input/http.h"
#include "input/net_libs.h"

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
free_parts(const struct lw_curl *curl, struct parts *p)
{
	curl->curl_free(p->scheme);
	curl->curl_free(p->host);
	curl->curl_free(p->port);
}

static bool
get_parts(const struct lw_curl *curl, const char *url, struct parts *p)
{
	CURLU *u = curl->curl_url();
	bool ok;

	*p = (struct parts){0};
	ok = u != NULL && curl->curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	     curl->curl_url_get(u, CURLUPART_SCHEME, &p->scheme, 0) == CURLUE_OK &&
	     curl->curl_url_get(u, CURLUPART_HOST, &p->host, 0) == CURLUE_OK &&
	     curl->curl_url_get(u, CURLUPART_PORT, &p->port, CURLU_DEFAULT_PORT) == CURLUE_OK;
	curl->curl_url_cleanup(u);
	return ok;
}

bool
lw_http_same_origin(const char *a, const char *b)
{
	const struct lw_curl *curl = lw_curl();
	struct parts x, y;
	bool same;

	if (curl == NULL)
		return false;
	same = get_parts(curl, a, &x);
	same = get_parts(curl, b, &y) && same && strcmp(x.scheme, y.scheme) == 0 &&
	       strcasecmp(x.host, y.host) == 0 && strcmp(x.port, y.port) == 0;
	free_parts(curl, &x);
	free_parts(curl, &y);
	return same;
}

char *
lw_http_resolve(const char *base, struct lw_str reference)
{
	const struct lw_curl *curl = lw_curl();
	CURLU *u = curl == NULL ? NULL : curl->curl_url();
	char *text, *url = NULL, *copy;

	if (u == NULL)
		return NULL;
	text = strndup(reference.p, reference.n);
	if (text == NULL || curl->curl_url_set(u, CURLUPART_URL, base, 0) != CURLUE_OK ||
	    curl->curl_url_set(u, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
	    curl->curl_url_get(u, CURLUPART_URL, &url, 0) != CURLUE_OK)
		url = NULL;
	copy = url == NULL ? NULL : strdup(url);
	curl->curl_free(url);
	curl->curl_url_cleanup(u);
	free(text);
	return copy;
}

/* "a=1&b" as "a=...&b". */
static void
add_query(struct lw_buf *out, const char *query)
{
	size_t n;

	for (; *query != '\0'; query += n + (query[n] != '\0')) {
		size_t name = strcspn(query, "=&");

		n = strcspn(query, "&");
		lw_buf_add(out, query, name);
		if (name < n)
			lw_buf_addz(out, "=...");
		if (query[n] != '\0')
			lw_buf_addc(out, '&');
	}
}

char *
lw_http_shown(const char *url)
{
	const char *host = strstr(url, "://");
	const char *at, *query;
	struct lw_buf out = {0};
	size_t n;

	if (host == NULL)
		return strdup(url);
	host += 3;
	n = strcspn(host, "/?#");
	lw_buf_add(&out, url, (size_t)(host - url));
	for (at = host + n; at > host && at[-1] != '@'; at--)
		;
	query = host + strcspn(host, "?#");
	lw_buf_add(&out, at, (size_t)(query - at));
	if (*query == '?') {
		struct lw_buf rest = {0};

		lw_buf_add(&rest, query + 1, strcspn(query + 1, "#"));
		lw_buf_addc(&out, '?');
		if (rest.p != NULL)
			add_query(&out, rest.p);
		out.failed = out.failed || rest.failed;
		lw_buf_fini(&rest);
	}
	return lw_buf_take(&out);
}

enum lw_code
lw_http_allowed(const char *url, bool insecure, bool *loopback, struct lw_error *e)
{
	enum lw_code code = lw_net_libs(e);
	const struct lw_curl *curl = lw_curl();
	struct parts p;
	bool here = false;

	if (code != LW_OK)
		return code;
	if (!get_parts(curl, url, &p)) {
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
	free_parts(curl, &p);
	if (loopback != NULL)
		*loopback = here;
	return code;
}
