/*
 * http.c - requests by libcurl's multi interface, so that a stop can wake a
 * wait and a body that is not taken pauses its transfer.
 */
#include <config.h>

#include "input/http.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/time.h"
#include "input/http_address.h"
#include "input/net_libs.h"
#include "input/retry.h"
#include "input/secret.h"

#define BODY_BYTES ((size_t)1 << 20) /* of an answer, waiting to be taken */
#define HEAD_BYTES ((size_t)64 << 10)
#define STALL_S 60L /* without a byte */
#define WAIT_MS 1000

struct lw_http {
	const struct lw_net *net;
	struct lw_stop *stop;
	const struct lw_curl *curl; /* NULL where it is missing: all requests fail */
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	struct lw_buf head; /* header lines of the answer */
	struct lw_buf body;
	size_t taken; /* bytes of body that were handed out */
	bool running; /* easy is in multi */
	bool headed;  /* status and headers of the answer are whole */
	bool paused;
	bool done; /* the transfer ended; result says how */
	CURLcode result;
	long status;
	char reason[CURL_ERROR_SIZE];
};

struct lw_http *
lw_http_new(const struct lw_net *net, struct lw_stop *stop)
{
	struct lw_http *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->net = net;
	h->stop = stop;
	h->curl = lw_curl();
	if (h->curl == NULL)
		return h;
	h->easy = h->curl->curl_easy_init();
	h->multi = h->curl->curl_multi_init();
	if (h->easy == NULL || h->multi == NULL) {
		lw_http_free(h);
		return NULL;
	}
	return h;
}

void
lw_http_end(struct lw_http *h)
{
	struct curl_slist *line;

	if (h->curl == NULL)
		return;
	if (h->running)
		(void)h->curl->curl_multi_remove_handle(h->multi, h->easy);
	h->running = false;
	if (h->easy != NULL)
		h->curl->curl_easy_reset(h->easy); /* it borrows the headers */
	for (line = h->headers; line != NULL; line = line->next)
		lw_secret_wipe(line->data, strlen(line->data));
	h->curl->curl_slist_free_all(h->headers);
	h->headers = NULL;
	lw_buf_reset(&h->body);
	h->taken = 0;
}

void
lw_http_free(struct lw_http *h)
{
	if (h == NULL)
		return;
	lw_http_end(h);
	if (h->curl != NULL) {
		h->curl->curl_easy_cleanup(h->easy);
		(void)h->curl->curl_multi_cleanup(h->multi);
	}
	lw_buf_fini(&h->head);
	lw_secret_fini(&h->body); /* it may have held a token */
	free(h);
}

const struct lw_net *
lw_http_net(const struct lw_http *h)
{
	return h->net;
}

struct lw_stop *
lw_http_stop(const struct lw_http *h)
{
	return h->stop;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct lw_http *h = arg;

	n *= size;
	if (h->body.n - h->taken + n > BODY_BYTES && h->body.n > h->taken) {
		h->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	lw_buf_add(&h->body, p, n);
	return lw_buf_ok(&h->body) ? n : 0;
}

/* One line of the answer's head.  A status line begins it anew (after "100 Continue", say), an
 * empty line ends it; what comes behind the body is not looked at. */
static size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libcurl's */
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct lw_http *h = arg;
	struct lw_str line;

	n *= size;
	line = lw_str_trim(lw_str_make(p, n));
	if (h->headed)
		return n;
	if (lw_str_starts(line, LW_STR("HTTP/")))
		lw_buf_reset(&h->head);
	if (line.n == 0) {
		(void)h->curl->curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &h->status);
		h->headed = h->status >= 200;
		return n;
	}
	if (h->head.n + line.n >= HEAD_BYTES)
		return 0;
	lw_buf_addstr(&h->head, line);
	lw_buf_addc(&h->head, '\n');
	return lw_buf_ok(&h->head) ? n : 0;
}

static bool
add_header(struct lw_http *h, const char *name, const char *value)
{
	struct lw_buf line = {0};
	struct curl_slist *list = NULL;

	if (lw_buf_reserve(&line, strlen(name) + strlen(value) + 3)) {
		/* A name and a colon alone would take the header out. */
		lw_buf_printf(&line, value[0] == '\0' ? "%s;" : "%s: %s", name, value);
		list = h->curl->curl_slist_append(h->headers, line.p);
	}
	lw_secret_fini(&line);
	if (list != NULL)
		h->headers = list;
	return list != NULL;
}

static bool
add_headers(struct lw_http *h, const struct lw_http_request *r, bool with_secrets)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < r->header_count; i++)
		if (with_secrets || !r->headers[i].secret)
			ok = ok && add_header(h, r->headers[i].name, r->headers[i].value);
	/* Without this, libcurl waits for leave to send a long body. */
	if (r->body.p != NULL && ok) {
		struct curl_slist *list = h->curl->curl_slist_append(h->headers, "Expect:");

		ok = list != NULL;
		h->headers = ok ? list : h->headers;
	}
	return ok;
}

static long
milliseconds(int64_t ns)
{
	return ns / LW_NS_PER_MS > 0 ? (long)(ns / LW_NS_PER_MS) : 1;
}

static long
address_family(int ip_version)
{
	return ip_version == 4   ? CURL_IPRESOLVE_V4
	       : ip_version == 6 ? CURL_IPRESOLVE_V6
				 : CURL_IPRESOLVE_WHATEVER;
}

static int64_t
first_positive(int64_t a, int64_t b, int64_t c)
{
	return a > 0 ? a : b > 0 ? b : c;
}

static bool
set_options(struct lw_http *h, const struct lw_http_request *r, const char *url, bool loopback)
{
	const struct lw_net *net = h->net;
	const char *method = r->method == NULL ? "GET" : r->method;
	int64_t max_time_ns = first_positive(r->max_time_ns, net->max_time_ns, 0);
	CURL *c = h->easy;
	CURLcode rc = CURLE_OK;

#define SET(option, value) \
	do { \
		if (rc == CURLE_OK) \
			rc = h->curl->curl_easy_setopt(c, option, value); \
	} while (0)
	SET(CURLOPT_URL, url);
	SET(CURLOPT_ERRORBUFFER, h->reason);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, (void *)h);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, (void *)h);
	SET(CURLOPT_HTTPHEADER, h->headers);
	SET(CURLOPT_IPRESOLVE, address_family(net->ip_version));
	SET(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(first_positive(r->connect_timeout_ns,
					   net->connect_timeout_ns, LW_NET_CONNECT_TIMEOUT_NS)));
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, STALL_S);
	if (max_time_ns > 0)
		SET(CURLOPT_TIMEOUT_MS, milliseconds(max_time_ns));
	if (net->ca_file != NULL)
		SET(CURLOPT_CAINFO, net->ca_file);
	if (net->insecure) {
		SET(CURLOPT_SSL_VERIFYPEER, 0L);
		SET(CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (loopback || r->direct)
		SET(CURLOPT_NOPROXY, "*");
	if (r->inflate)
		SET(CURLOPT_ACCEPT_ENCODING, "gzip");
	if (r->body.p != NULL) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		SET(CURLOPT_POSTFIELDS, r->body.p);
	}
	if (strcmp(method, "HEAD") == 0)
		SET(CURLOPT_NOBODY, 1L);
	else if (strcmp(method, r->body.p != NULL ? "POST" : "GET") != 0)
		SET(CURLOPT_CUSTOMREQUEST, method);
#undef SET
	return rc == CURLE_OK;
}

/* Is there what the caller waits for: the head of the answer, or bytes of its body? */
static bool
is_ready(const struct lw_http *h, bool head)
{
	return h->done || (head ? h->headed : h->body.n > h->taken);
}

/* Let the transfer go on until then; false where stop was asked for. */
static bool
run(struct lw_http *h, bool head)
{
	struct curl_waitfd wake = {h->stop->wake[0], CURL_WAIT_POLLIN, 0};
	unsigned extra = h->stop->wake[0] >= 0 ? 1 : 0;
	int running = 0, left;
	CURLMsg *m;

	while (!is_ready(h, head)) {
		if (lw_stop_asked(h->stop))
			return false;
		if (h->paused) {
			h->paused = false;
			(void)h->curl->curl_easy_pause(h->easy, CURLPAUSE_CONT);
		}
		if (h->curl->curl_multi_perform(h->multi, &running) != CURLM_OK) {
			h->done = true;
			h->result = CURLE_OUT_OF_MEMORY;
			break;
		}
		while ((m = h->curl->curl_multi_info_read(h->multi, &left)) != NULL)
			if (m->msg == CURLMSG_DONE) {
				h->done = true;
				h->result = m->data.result;
			}
		if (!is_ready(h, head) && !h->paused)
			(void)h->curl->curl_multi_wait(h->multi, &wake, extra, WAIT_MS, NULL);
	}
	return true;
}

/* A certificate that is good but for another host has no fault of its own. */
static const char *
certificate_advice(const struct lw_http *h)
{
	long fault = 0;

	(void)h->curl->curl_easy_getinfo(h->easy, CURLINFO_SSL_VERIFYRESULT, &fault);
	if (fault == X509_V_OK || fault == X509_V_ERR_UNSPECIFIED)
		return "; check the name in the address";
	if (fault == X509_V_ERR_CERT_HAS_EXPIRED || fault == X509_V_ERR_CERT_NOT_YET_VALID)
		return "; check the clock of this machine, else the server needs another";
	return "; give the certificate of its authority with --cacert";
}

/* What the user can do about a transfer that failed so. */
static const char *
advice_of(const struct lw_http *h)
{
	switch ((int)h->result) { /* of its many values, those with an advice */
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return "; check the name and the network";
	case CURLE_COULDNT_CONNECT:
		return "; check that it runs and that nothing is in between";
	case CURLE_PEER_FAILED_VERIFICATION:
		return certificate_advice(h);
	case CURLE_SSL_CACERT_BADFILE:
		return "; --cacert must name a file of certificates (PEM)";
	default:
		return "";
	}
}

static enum lw_code
transfer_error(const struct lw_http *h, struct lw_error *e)
{
	const char *reason =
	    h->reason[0] != '\0' ? h->reason : h->curl->curl_easy_strerror(h->result);

	if (h->result == CURLE_OUT_OF_MEMORY || h->body.failed || h->head.failed)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	return lw_error_set(e, LW_EHTTP, "the transfer failed: %s%s", reason, advice_of(h));
}

/* One request up to the head of its answer. */
static enum lw_code
exchange(struct lw_http *h, const struct lw_http_request *r, const char *url, bool with_secrets,
    struct lw_error *e)
{
	bool loopback;

	lw_http_end(h);
	lw_buf_reset(&h->head);
	h->headed = h->paused = h->done = false;
	h->result = CURLE_OK;
	h->status = 0;
	h->reason[0] = '\0';
	if (lw_http_allowed(url, h->net->insecure || r->plain, &loopback, e) != LW_OK)
		return e->code;
	if (!add_headers(h, r, with_secrets) || !set_options(h, r, url, loopback) ||
	    h->curl->curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	h->running = true;
	if (!run(h, true))
		return lw_error_set(e, LW_EINTR, "interrupted");
	return h->headed ? LW_OK : transfer_error(h, e);
}

/* Where the answer sends this request on to, as a copy; NULL where it does not. */
static char *
next_address(const struct lw_http *h, const struct lw_http_request *r, const char *url)
{
	bool reads =
	    r->method == NULL || strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
	struct lw_str location = lw_http_header(h, "Location");

	if (h->status != 307 && h->status != 308 && (!reads || h->status < 301 || h->status > 303))
		return NULL;
	return location.n == 0 ? NULL : lw_http_resolve(url, location);
}

enum lw_code
lw_http_begin(struct lw_http *h, const struct lw_http_request *r, struct lw_error *e)
{
	struct lw_error local;
	const char *url = r->url;
	char *next, *held = NULL;
	bool with_secrets = true;
	unsigned hops = 0;
	enum lw_code code;

	if (e == NULL)
		e = &local;
	for (;;) {
		code = exchange(h, r, url, with_secrets, e);
		if (code != LW_OK || r->redirects == 0)
			break;
		next = next_address(h, r, url);
		if (next == NULL)
			break;
		/* Once away from the first host, secrets stay away, also where the way leads back.
		 */
		with_secrets = with_secrets && lw_http_same_origin(r->url, next);
		free(held);
		url = held = next;
		if (++hops > r->redirects) {
			code = lw_error_set(
			    e, LW_EHTTP, "the address leads on more than %u times", r->redirects);
			break;
		}
	}
	free(held);
	return code;
}

ptrdiff_t
lw_http_read(struct lw_http *h, char *buf, size_t n, struct lw_error *e)
{
	size_t left;

	if (h->taken == h->body.n) {
		lw_buf_reset(&h->body);
		h->taken = 0;
	}
	if (!h->running || !run(h, false))
		return 0;
	left = h->body.n - h->taken;
	if (left == 0) {
		if (h->result == CURLE_OK)
			return 0;
		(void)transfer_error(h, e);
		return -1;
	}
	if (n > left)
		n = left;
	memcpy(buf, h->body.p + h->taken, n);
	h->taken += n;
	return (ptrdiff_t)n;
}

long
lw_http_status(const struct lw_http *h)
{
	return h->status;
}

struct lw_str
lw_http_header_at(const struct lw_http *h, const char *name, size_t i)
{
	size_t at = 0, n = strlen(name);

	while (at < h->head.n) {
		const char *line = h->head.p + at;
		const char *end = memchr(line, '\n', h->head.n - at);

		at = (size_t)(end - h->head.p) + 1; /* each ends with one */
		if ((size_t)(end - line) > n && line[n] == ':' && strncasecmp(line, name, n) == 0 &&
		    i-- == 0)
			return lw_str_trim(lw_str_make(line + n + 1, (size_t)(end - line) - n - 1));
	}
	return (struct lw_str){0};
}

struct lw_str
lw_http_header(const struct lw_http *h, const char *name)
{
	struct lw_str found = {0}, value;
	size_t i;

	for (i = 0; (value = lw_http_header_at(h, name, i)).p != NULL; i++)
		found = value;
	return found;
}

int64_t
lw_http_length(const struct lw_http *h)
{
	curl_off_t length = -1;

	if (!h->running || h->curl->curl_easy_getinfo(
			       h->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) != CURLE_OK)
		return -1;
	return length;
}

bool
lw_http_transient(const struct lw_http *h)
{
	switch ((int)h->result) { /* of its many values */
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WEIRD_SERVER_REPLY:
		return true;
	default:
		return false;
	}
}

bool
lw_http_sent(const struct lw_http *h)
{
	long bytes = 0;

	return h->running &&
	       h->curl->curl_easy_getinfo(h->easy, CURLINFO_REQUEST_SIZE, &bytes) == CURLE_OK &&
	       bytes > 0;
}

int64_t
lw_http_retry_after(const struct lw_http *h)
{
	const struct lw_clock *clock = h->net->clock;

	return clock == NULL
		   ? LW_RETRY_NO_HINT
		   : lw_retry_after(lw_http_header(h, "Retry-After"), clock->now_ns(clock->arg));
}
