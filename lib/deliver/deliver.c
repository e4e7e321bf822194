/* deliver.c - which service, how often, and whether it arrived. */
#include "deliver/deliver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "deliver/service.h"
#include "input/document.h"
#include "input/retry.h"

#define ANSWER_MAX_BYTES ((size_t)4 << 20) /* of a list of comments */

/* The first that takes an address gets it; the last takes every one. */
static const struct lw_service *const services[] = {&lw_slack, &lw_github, &lw_gitlab, &lw_webhook};

#define SERVICES (sizeof(services) / sizeof(services[0]))

/* The service of an address; *url is what stands behind the prefix that names one. */
static const struct lw_service *
service_of(const char *address, const char **url)
{
	size_t i, n;

	*url = address;
	for (i = 0; i < SERVICES; i++) {
		n = strlen(services[i]->name);
		if (strncmp(address, services[i]->name, n) == 0 && address[n] == ':') {
			*url = address + n + 1;
			return services[i];
		}
	}
	for (i = 0; i < SERVICES; i++)
		if (services[i]->takes(address))
			return services[i];
	return NULL;
}

char *
lw_deliver_address(const char *address)
{
	const char *url;
	const struct lw_service *s = service_of(address, &url);

	return s == NULL ? strdup("the address") : s->shown(url);
}

static enum lw_code
make(const struct lw_deliver_options *o, const char *address, const struct lw_service **service,
    struct lw_post *p, struct lw_error *e)
{
	const char *url;

	*service = service_of(address, &url);
	if (*service == NULL)
		return lw_error_set(e, LW_EUSAGE,
		    "is no address to post to; give the https:// address of a webhook or an issue");
	if (lw_http_allowed(url, o->net->insecure, NULL, e) != LW_OK)
		return e->code;
	return (*service)->make(o, url, p, e);
}

struct sending {
	const struct lw_deliver_options *o;
	const struct lw_service *service;
	struct lw_post post;
	struct lw_http *http;
	struct lw_retry retry;
	struct lw_buf answer;
	struct lw_delivered *d;
	bool passing; /* the failure may pass by itself */
	bool unknown; /* it may have arrived all the same */
};

static struct lw_http_request
request(const struct lw_post *p)
{
	return (struct lw_http_request){.method = "POST",
	    .url = p->url,
	    .headers = p->headers,
	    .header_count = p->header_count,
	    .body = lw_buf_str(&p->body)};
}

static enum lw_code
read_answer(struct sending *s, struct lw_error *e)
{
	char piece[4096];
	ptrdiff_t n;

	lw_buf_reset(&s->answer);
	while ((n = lw_http_read(s->http, piece, sizeof(piece), e)) > 0) {
		if (s->answer.n + (size_t)n > ANSWER_MAX_BYTES)
			return lw_error_set(
			    e, LW_ELIMIT, "the answer is longer than %zu bytes", ANSWER_MAX_BYTES);
		lw_buf_add(&s->answer, piece, (size_t)n);
	}
	if (!lw_buf_ok(&s->answer))
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	if (n == 0 && lw_stop_asked(s->o->stop))
		return lw_error_set(e, LW_EINTR, "interrupted");
	return n < 0 ? e->code : LW_OK;
}

/* What a service says of a failure, where that can be told from an echo of what was sent: the
 * message of an API, or one word. */
static void
add_reason(const struct sending *s, struct lw_error *e)
{
	struct lw_document *d = lw_document_new(lw_buf_str(&s->answer), NULL);
	const char *message = d == NULL ? NULL : lw_field_text_of(lw_document_root(d), "message");
	struct lw_str text = lw_str_trim(lw_buf_str(&s->answer));
	size_t i, n = strlen(e->message);

	if (message != NULL && s->post.lookup != NULL)
		text = lw_str_from(message);
	for (i = 0; i < text.n; i++)
		if (message == NULL ? (text.p[i] < 'a' || text.p[i] > 'z') && text.p[i] != '_'
				    : (unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
			break;
	if (i == text.n && i > 0 && (message != NULL ? s->post.lookup != NULL : i < 64)) {
		text = lw_utf8_cut(text, text.n < 160 ? text.n : 160);
		(void)snprintf(
		    e->message + n, sizeof(e->message) - n, ": %.*s", (int)text.n, text.p);
	}
	lw_document_free(d);
}

/* GitHub says "too fast" with 403. */
static bool
is_passing(const struct sending *s, long status)
{
	return lw_retry_status(status) ||
	       (status == 403 && lw_http_header(s->http, "Retry-After").n > 0);
}

static void
note_where(struct sending *s)
{
	struct lw_document *d = lw_document_new(lw_buf_str(&s->answer), NULL);
	const char *where = d == NULL ? NULL : lw_field_text_of(lw_document_root(d), "html_url");

	if (where != NULL && s->post.lookup != NULL &&
	    lw_http_allowed(where, true, NULL, NULL) == LW_OK &&
	    strpbrk(where, " \t\r\n\033") == NULL)
		(void)snprintf(s->d->where, sizeof(s->d->where), "%s", where);
	lw_document_free(d);
}

static enum lw_code
send_once(struct sending *s, struct lw_error *e)
{
	struct lw_http_request r = request(&s->post);
	enum lw_code code = lw_http_begin(s->http, &r, e);
	long status;

	s->d->tries++;
	s->unknown = s->passing = false;
	if (code == LW_OK)
		code = read_answer(s, e);
	status = lw_http_status(s->http);
	/* Once the status is there, the rest of the answer does not matter. */
	if (status >= 200 && status < 300 && code != LW_EINTR && code != LW_ENOMEM) {
		note_where(s);
		return LW_OK;
	}
	if (code == LW_EHTTP) {
		s->passing = lw_http_transient(s->http);
		s->unknown = lw_http_sent(s->http);
	}
	if (code != LW_OK)
		return code;
	s->passing = is_passing(s, status);
	s->unknown = status >= 500;
	(void)lw_http_status_error(status, e);
	add_reason(s, e);
	return LW_EHTTP;
}

/* Whether the comment of the try before is there after all; LW_OK: *found says it. */
static enum lw_code
look_up(struct sending *s, bool *found, struct lw_error *e)
{
	struct lw_http_request r = {.url = s->post.lookup,
	    .headers = s->post.headers,
	    .header_count = s->post.header_count};
	struct lw_buf answer = {0};
	enum lw_code code = lw_http_send(s->http, &r, &answer, ANSWER_MAX_BYTES, NULL, e);

	if (code == LW_OK && lw_http_status(s->http) != 200)
		code = lw_http_status_error(lw_http_status(s->http), e);
	*found =
	    code == LW_OK && lw_str_find(lw_buf_str(&answer), lw_str_from(s->post.id)) != LW_NPOS;
	lw_buf_fini(&answer);
	return code;
}

/* After a failure that is in *e: is it there already, or is it to be sent again?  LW_OK: it is
 * there. */
static enum lw_code
after_failure(struct sending *s, bool *again, struct lw_error *e)
{
	struct lw_error why = *e;
	enum lw_retry_next next;
	bool found = false;
	size_t n;

	*again = false;
	if (e->code != LW_EHTTP || !s->passing)
		return e->code;
	next = lw_retry_again(&s->retry, lw_http_retry_after(s->http), s->o->stop, e);
	if (next == LW_RETRY_STOPPED)
		return lw_error_set(e, LW_EINTR, "interrupted");
	if (s->unknown && s->post.lookup != NULL) {
		if (look_up(s, &found, e) != LW_OK) {
			n = strlen(why.message);
			(void)snprintf(why.message + n, sizeof(why.message) - n,
			    "; look whether it is there before you send it again");
			*e = why;
			return e->code;
		}
		if (found)
			return LW_OK;
	}
	*e = why;
	*again = next == LW_RETRY_AGAIN;
	return e->code;
}

static enum lw_code
send_until(struct sending *s, struct lw_error *e)
{
	bool again = true;
	enum lw_code code = LW_OK;
	size_t n;

	lw_retry_begin(&s->retry, s->o->net);
	while (again) {
		code = send_once(s, e);
		if (code == LW_OK)
			return LW_OK;
		code = after_failure(s, &again, e);
	}
	n = strlen(e->message);
	if (code != LW_OK && s->d->tries > 1)
		(void)snprintf(
		    e->message + n, sizeof(e->message) - n, " (tried %u times)", s->d->tries);
	return code;
}

enum lw_code
lw_deliver(const struct lw_deliver_options *o, const char *address, struct lw_delivered *d,
    struct lw_error *e)
{
	struct sending s = {.o = o, .d = d};
	struct lw_error local;
	enum lw_code code;

	if (e == NULL)
		e = &local;
	*d = (struct lw_delivered){0};
	code = make(o, address, &s.service, &s.post, e);
	if (code == LW_OK) {
		s.http = lw_http_new(o->net, o->stop);
		code = s.http == NULL ? lw_error_set(e, LW_ENOMEM, "out of memory")
				      : send_until(&s, e);
	}
	if (code == LW_OK)
		(void)snprintf(d->left_out, sizeof(d->left_out), "%s", s.post.left_out);
	lw_http_free(s.http);
	lw_buf_fini(&s.answer);
	lw_post_fini(&s.post);
	return code;
}

enum lw_code
lw_deliver_show(
    const struct lw_deliver_options *o, const char *address, struct lw_buf *out, struct lw_error *e)
{
	const struct lw_service *service;
	struct lw_post p = {0};
	struct lw_error local;
	enum lw_code code;
	char *shown;
	size_t i;

	if (e == NULL)
		e = &local;
	code = make(o, address, &service, &p, e);
	if (code == LW_OK) {
		/* An API's address is no secret, a webhook's is. */
		shown = p.lookup != NULL ? lw_shown_issue(p.url) : service->shown(p.url);
		lw_buf_printf(out, "POST %s\n", shown == NULL ? "" : shown);
		out->failed = out->failed || shown == NULL;
		free(shown);
		for (i = 0; i < p.header_count; i++)
			lw_buf_printf(out, "%s: %s\n", p.headers[i].name,
			    p.headers[i].secret ? "[REDACTED]" : p.headers[i].value);
		lw_buf_addc(out, '\n');
		lw_buf_addstr(out, lw_buf_str(&p.body));
		if (!lw_buf_ok(out))
			code = lw_error_set(e, LW_ENOMEM, "out of memory");
	}
	lw_post_fini(&p);
	return code;
}
