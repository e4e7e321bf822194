/* http_send.c - a request with its whole answer, tried again where that may help. */
#include "input/http.h"

#include <stdio.h>
#include <string.h>

#include "input/retry.h"

#define PIECE_BYTES 16384

static const struct {
	long status;
	const char *name, *advice;
} statuses[] = {
    {301, "Moved Permanently", "; where it leads is not followed here"},
    {302, "Found", "; where it leads is not followed here"},
    {303, "See Other", "; where it leads is not followed here"},
    {307, "Temporary Redirect", "; where it leads is not followed here"},
    {308, "Permanent Redirect", "; where it leads is not followed here"},
    {400, "Bad Request", ""},
    {401, "Unauthorized", "; sign in again, or check the token"},
    {403, "Forbidden", "; the account lacks a permission for this"},
    {404, "Not Found", "; check the address"},
    {408, "Request Timeout", "; try again later"},
    {410, "Gone", "; check the address"},
    {413, "Content Too Large", ""},
    {429, "Too Many Requests", "; try again later"},
    {500, "Internal Server Error", "; the server is in trouble, try again later"},
    {502, "Bad Gateway", "; the server is in trouble, try again later"},
    {503, "Service Unavailable", "; the server is in trouble or busy, try again later"},
    {504, "Gateway Timeout", "; the server is in trouble or busy, try again later"},
};

enum lw_code
lw_http_status_error(long status, struct lw_error *e)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].status == status)
			return lw_error_set(e, LW_EHTTP,
			    "the server answered with status %ld (%s)%s", status, statuses[i].name,
			    statuses[i].advice);
	return lw_error_set(e, LW_EHTTP, "the server answered with status %ld", status);
}

static enum lw_code
read_body(struct lw_http *h, struct lw_buf *body, size_t max_bytes, struct lw_error *e)
{
	ptrdiff_t n;

	/* Room is made before, so that a growing buffer leaves no copies of a short secret. */
	if (!lw_buf_reserve(body, max_bytes < PIECE_BYTES ? max_bytes : PIECE_BYTES))
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	for (;;) {
		if (!lw_buf_reserve(body, PIECE_BYTES))
			return lw_error_set(e, LW_ENOMEM, "out of memory");
		n = lw_http_read(h, body->p + body->n, PIECE_BYTES, e);
		if (n < 0)
			return e->code;
		if (n == 0)
			return LW_OK;
		body->n += (size_t)n;
		body->p[body->n] = '\0';
		if (body->n > max_bytes)
			return lw_error_set(
			    e, LW_ELIMIT, "the answer is longer than %zu bytes", max_bytes);
	}
}

static enum lw_code
try_once(struct lw_http *h, const struct lw_http_request *r, struct lw_buf *body, size_t max_bytes,
    struct lw_error *e)
{
	enum lw_code code = lw_http_begin(h, r, e);

	lw_buf_reset(body);
	if (code == LW_OK)
		code = read_body(h, body, max_bytes, e);
	if (code == LW_OK && lw_stop_asked(lw_http_stop(h)))
		code = lw_error_set(e, LW_EINTR, "interrupted");
	return code;
}

/* Is it worth another try? */
static bool
may_pass(const struct lw_http *h, const struct lw_http_request *r, enum lw_code code)
{
	if (code == LW_OK) /* an answer, and the server says that it did nothing */
		return lw_retry_status(lw_http_status(h)) &&
		       (!r->once || lw_http_status(h) == 429 || lw_http_status(h) == 503);
	return code == LW_EHTTP && lw_http_transient(h) && !(r->once && lw_http_sent(h));
}

enum lw_code
lw_http_send(struct lw_http *h, const struct lw_http_request *r, struct lw_buf *body,
    size_t max_bytes, unsigned *tries, struct lw_error *e)
{
	struct lw_error local, why;
	struct lw_retry retry;
	enum lw_retry_next next;
	enum lw_code code;
	size_t n;

	if (e == NULL)
		e = &local;
	lw_retry_begin(&retry, lw_http_net(h));
	do {
		code = try_once(h, r, body, max_bytes, e);
		if (tries != NULL)
			*tries = retry.tries + 1;
		if (!may_pass(h, r, code))
			return code;
		if (code == LW_OK)
			(void)lw_http_status_error(lw_http_status(h), &why);
		next = lw_retry_again(&retry,
		    code == LW_OK ? lw_http_retry_after(h) : LW_RETRY_NO_HINT, lw_http_stop(h),
		    code == LW_OK ? &why : e);
	} while (next == LW_RETRY_AGAIN);
	if (next == LW_RETRY_STOPPED)
		return lw_error_set(e, LW_EINTR, "interrupted");
	n = strlen(e->message);
	if (code != LW_OK && retry.tries > 1)
		(void)snprintf(
		    e->message + n, sizeof(e->message) - n, " (tried %u times)", retry.tries);
	return code;
}
