/*
 * http.h - one HTTP request at a time, its answer as a stream or as a whole.
 *
 * A client keeps its connections between requests.  One thread a client;
 * several transfers at once are several clients.  Only https:// with
 * verified certificates is spoken, unless the host is a loopback address or
 * net->insecure says otherwise; each redirection is held to the same rule.
 * Proxies and their exceptions come from the environment, as libcurl reads it.
 *
 * No message made here holds a header, a body, or more of an address than its
 * host: the rest may be secret.
 */
#ifndef LW_INPUT_HTTP_H
#define LW_INPUT_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "input/net.h"

struct lw_http_header {
	const char *name, *value;
	bool secret; /* is sent to the host of the request's own address alone, and overwritten in
			memory later */
};

/* Borrowed until the answer has ended. */
struct lw_http_request {
	const char *method; /* "GET", "POST", ...; NULL for GET */
	const char *url;
	const struct lw_http_header *headers;
	size_t header_count;
	struct lw_str body; /* sent where .p is not NULL */
	bool inflate;       /* ask for gzip, and inflate what comes */
	unsigned redirects; /* followed at the most; 0: a redirection is the answer.  Only GET
			       and HEAD are redirected by 301, 302 and 303. */
	bool once;          /* must not be sent again where it may have arrived */
	bool direct;        /* without a proxy */
	bool plain;         /* http:// is fine: the metadata server speaks nothing else */
	int64_t connect_timeout_ns; /* 0 for that of net */
	int64_t max_time_ns;        /* 0 for that of net */
};

struct lw_http;

/* Both are borrowed.  NULL where memory ran out. */
struct lw_http *lw_http_new(const struct lw_net *net, struct lw_stop *stop);
void lw_http_free(struct lw_http *h); /* NULL is fine */

/* As given. */
const struct lw_net *lw_http_net(const struct lw_http *h);
struct lw_stop *lw_http_stop(const struct lw_http *h);

/*
 * Send a request, and wait for the status and headers of its answer; what is left
 * of the answer before is given up.  LW_OK whatever the status is; LW_EINTR
 * when stopped; LW_EUSAGE for an address that is none or not allowed; LW_EHTTP
 * where no answer came; LW_ENOMEM.
 */
enum lw_code lw_http_begin(struct lw_http *h, const struct lw_http_request *r, struct lw_error *e);

/* As the read of a source: up to n bytes of the body, 0 at its end or when stopped, -1 where it
 * ends early (*e; all that came was returned before). */
ptrdiff_t lw_http_read(struct lw_http *h, char *buf, size_t n, struct lw_error *e);

/* Give up what is left of the answer. */
void lw_http_end(struct lw_http *h);

/* Of the last answer.  Header names in any case; .p is NULL where it has none. */
long lw_http_status(const struct lw_http *h);
struct lw_str lw_http_header(const struct lw_http *h, const char *name);
/* One that may be there several times: its value number i, from 0. */
struct lw_str lw_http_header_at(const struct lw_http *h, const char *name, size_t i);
int64_t lw_http_length(const struct lw_http *h); /* Content-Length, -1 where unknown */

/* Could the last failure of lw_http_begin or lw_http_read pass by itself? */
bool lw_http_transient(const struct lw_http *h);
/* May the request have arrived though it failed? */
bool lw_http_sent(const struct lw_http *h);

/* The Retry-After of the last answer, as lw_retry_after. */
int64_t lw_http_retry_after(const struct lw_http *h);

/*
 * A request and its whole body, of at most max_bytes (LW_ELIMIT above), sent again as net->retry
 * says where that may help.  LW_OK with whatever status came last, in lw_http_status; body is reset
 * first.  *tries (NULL is fine) is how often it was sent, which an error also says.
 */
enum lw_code lw_http_send(struct lw_http *h, const struct lw_http_request *r, struct lw_buf *body,
    size_t max_bytes, unsigned *tries, struct lw_error *e);

/* LW_OK where url may be asked for; else LW_EUSAGE and *e.  *loopback (NULL is fine): its host is
 * this machine, by name or by number. */
enum lw_code lw_http_allowed(const char *url, bool insecure, bool *loopback, struct lw_error *e);

/* "the server answered with status 503 (Service Unavailable)" and what can be done about it;
 * returns LW_EHTTP. */
enum lw_code lw_http_status_error(long status, struct lw_error *e);

#endif
