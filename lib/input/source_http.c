/*
 * source_http.c - https:// addresses, and http:// on loopback, by libcurl as a stream.
 *
 * The body waits in a buffer of a bounded size: where it is full, the transfer is
 * paused.  Redirections are followed here and not by libcurl, so that each address
 * on the way is held to the same rule.
 */
#include <config.h>

#include "input/source.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define BODY_BYTES ((size_t)1 << 20)
#define REDIRECTS_MAX 10
#define CONNECT_TIMEOUT_S 30L
#define WAIT_MS 1000

struct http_source {
	struct lw_source base;
	struct lw_stop *stop;
	CURLM *multi;
	CURL *easy;
	char *url; /* where the transfer is now */
	struct lw_buf body;
	size_t taken; /* bytes of body that were handed out */
	bool paused;
	bool done; /* the transfer ended; result says how */
	CURLcode result;
	bool good; /* the answer is 2xx: its body is the input */
	char reason[CURL_ERROR_SIZE];
};

/* Plain http gives the log to everyone on the way; on this machine there is none. */
static bool
is_allowed(const char *url, bool *loopback, struct lw_error *e)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL;
	bool fine = false;

	*loopback = false;
	if (u == NULL) {
		(void)lw_error_set(e, LW_ENOMEM, "out of memory");
		return false;
	}
	if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
		(void)lw_error_set(e, LW_EUSAGE, "is no valid address");
	} else if (strcmp(scheme, "https") == 0) {
		fine = true;
	} else if (strcmp(scheme, "http") == 0 &&
		   (strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
		       strcmp(host, "[::1]") == 0)) {
		fine = *loopback = true;
	} else {
		(void)lw_error_set(e, LW_EUSAGE,
		    "%s is not read: logs travel by https://, plain http:// is for this machine "
		    "alone",
		    url);
	}
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return fine;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct http_source *h = arg;

	n *= size;
	if (!h->good)
		return n; /* an answer that is no input: its text is let go */
	if (h->body.n - h->taken + n > BODY_BYTES && h->body.n > h->taken) {
		h->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	lw_buf_add(&h->body, p, n);
	return lw_buf_ok(&h->body) ? n : 0;
}

/* The first line of an answer decides what its body is. */
static size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libcurl's */
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct http_source *h = arg;
	long status = 0;

	(void)p;
	(void)curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	h->good = status >= 200 && status < 300;
	return n * size;
}

static bool
set_options(struct http_source *h, bool loopback)
{
	CURL *c = h->easy;
	CURLcode rc = CURLE_OK;

#define SET(option, value) \
	do { \
		if (rc == CURLE_OK) \
			rc = curl_easy_setopt(c, option, value); \
	} while (0)
	SET(CURLOPT_URL, h->url);
	SET(CURLOPT_ERRORBUFFER, h->reason);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, (void *)h);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, (void *)h);
	if (loopback)
		SET(CURLOPT_NOPROXY, "*");
#undef SET
	return rc == CURLE_OK;
}

/* Let the transfer go on until it has given something, or is done, or was stopped. */
static bool
run(struct http_source *h)
{
	struct curl_waitfd wake = {h->stop->wake[0], CURL_WAIT_POLLIN, 0};
	unsigned extra = h->stop->wake[0] >= 0 ? 1 : 0;
	int running = 0, left;
	CURLMsg *m;

	while (h->body.n == h->taken && !h->done) {
		if (lw_stop_asked(h->stop))
			return false;
		if (h->paused) {
			h->paused = false;
			(void)curl_easy_pause(h->easy, CURLPAUSE_CONT);
		}
		if (curl_multi_perform(h->multi, &running) != CURLM_OK) {
			h->done = true;
			h->result = CURLE_OUT_OF_MEMORY;
			break;
		}
		while ((m = curl_multi_info_read(h->multi, &left)) != NULL)
			if (m->msg == CURLMSG_DONE) {
				h->done = true;
				h->result = m->data.result;
			}
		if (h->body.n == h->taken && !h->done && !h->paused)
			(void)curl_multi_wait(h->multi, &wake, extra, WAIT_MS, NULL);
	}
	return true;
}

static enum lw_code
transfer_error(struct http_source *h, struct lw_error *e)
{
	const char *reason = h->reason[0] != '\0' ? h->reason : curl_easy_strerror(h->result);

	if (h->result == CURLE_OUT_OF_MEMORY || h->body.failed)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	return lw_error_set(e, LW_EHTTP, "the transfer failed: %s", reason);
}

static enum lw_code
status_error(long status, struct lw_error *e)
{
	const char *advice = "";

	if (status == 401 || status == 403)
		advice = "; the address must be readable without signing in";
	else if (status == 404 || status == 410)
		advice = "; check the address";
	else if (status == 429 || status >= 500)
		advice = "; the server is in trouble or busy, try again later";
	return lw_error_set(e, LW_EHTTP, "the server answered with status %ld%s", status, advice);
}

/* One request up to the first bytes of its answer.  *again: it leads elsewhere, h->url is set to
 * where. */
static enum lw_code
request(struct http_source *h, bool *again, struct lw_error *e)
{
	curl_off_t length = -1;
	char *location = NULL;
	long status = 0;
	bool loopback;

	*again = false;
	if (!is_allowed(h->url, &loopback, e))
		return e->code;
	h->done = h->paused = h->good = false;
	h->result = CURLE_OK;
	curl_easy_reset(h->easy);
	if (!set_options(h, loopback) || curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	if (!run(h))
		return lw_error_set(e, LW_EINTR, "interrupted before it was opened");
	(void)curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(h->easy, CURLINFO_REDIRECT_URL, &location);
	if (h->done && h->result != CURLE_OK && !h->good)
		return transfer_error(h, e);
	if (location != NULL) {
		char *next = strdup(location);

		(void)curl_multi_remove_handle(h->multi, h->easy);
		if (next == NULL)
			return lw_error_set(e, LW_ENOMEM, "out of memory");
		free(h->url);
		h->url = next;
		*again = true;
		return LW_OK;
	}
	if (!h->good)
		return status_error(status, e);
	(void)curl_easy_getinfo(h->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (length > 0)
		h->base.size_bytes = (uint64_t)length;
	return LW_OK;
}

static ptrdiff_t
http_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct http_source *h = (struct http_source *)s;
	size_t left;

	if (h->taken == h->body.n) {
		lw_buf_reset(&h->body);
		h->taken = 0;
	}
	if (!run(h))
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
	s->raw_bytes += n;
	return (ptrdiff_t)n;
}

static void
http_close(struct lw_source *s)
{
	struct http_source *h = (struct http_source *)s;

	if (h->multi != NULL && h->easy != NULL)
		(void)curl_multi_remove_handle(h->multi, h->easy);
	curl_easy_cleanup(h->easy);
	(void)curl_multi_cleanup(h->multi);
	lw_buf_fini(&h->body);
	free(h->url);
	free(h);
}

static const struct lw_source_ops http_ops = {http_read, http_close};

enum lw_code
lw_source_http(const char *url, const struct lw_remote *remote, struct lw_stop *stop,
    struct lw_source **s, struct lw_error *e)
{
	struct http_source *h = calloc(1, sizeof(*h));
	enum lw_code code = LW_OK;
	bool again = true;
	int i;

	*s = NULL;
	if (h == NULL)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	(void)remote;
	h->base.ops = &http_ops;
	h->stop = stop;
	h->url = strdup(url);
	h->easy = curl_easy_init();
	h->multi = curl_multi_init();
	if (h->url == NULL || h->easy == NULL || h->multi == NULL)
		code = lw_error_set(e, LW_ENOMEM, "out of memory");
	for (i = 0; code == LW_OK && again; i++) {
		if (i > REDIRECTS_MAX)
			code = lw_error_set(
			    e, LW_EHTTP, "the address leads on more than %d times", REDIRECTS_MAX);
		else
			code = request(h, &again, e);
	}
	if (code != LW_OK) {
		http_close(&h->base);
		return code;
	}
	*s = &h->base;
	return LW_OK;
}
