/* logging.c - pages of entries, asked for until there are no more. */
#include "input/logging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "input/api_error.h"
#include "input/http.h"
#include "input/http_address.h"
#include "input/input.h"
#include "input/entries_page.h"
#include "input/retry.h"
#include "input/secret.h"

#define PIECE_BYTES ((size_t)64 << 10)
#define PAGE_MAX_BYTES ((uint64_t)1 << 30) /* 1000 entries of the longest kind are 256 MiB */
#define MINUTE_NS (60 * LW_NS_PER_S)

enum step {
	STEP_ASK,  /* for the page of token */
	STEP_BODY, /* in the answer */
	STEP_END,
};

struct lw_logging {
	const struct lw_logging_query *q;
	const struct lw_remote *remote;
	const struct lw_net *net;
	struct lw_stop *stop;
	struct lw_auth_options auth_options;
	struct lw_auth *auth; /* NULL: none are needed */
	struct lw_http *http;
	struct lw_retry retry;
	struct lw_buf url, filter, request, token; /* token: of the page, escaped as it came */
	struct lw_entries_page page;
	char *piece;
	size_t piece_bytes, piece_used;
	enum step step;
	uint64_t *handed; /* of this page, over all tries */
	size_t handed_count, handed_cap;
	struct lw_seen replay;  /* what another try of this page gives again */
	struct lw_seen skipped; /* what was there already */
	int64_t *asked_ns;      /* when the last requests were sent, a ring of reads_per_minute */
	uint64_t requests;
	struct lw_logging_progress at;
};

static bool
make_url(struct lw_logging *l)
{
	const char *endpoint = l->q->endpoint != NULL ? l->q->endpoint : LW_LOGGING_ENDPOINT;
	size_t n = strlen(endpoint);

	while (n > 0 && endpoint[n - 1] == '/')
		n--;
	lw_buf_add(&l->url, endpoint, n);
	lw_buf_addz(&l->url, "/v2/entries:list");
	lw_logging_filter(&l->filter, l->q);
	return lw_buf_ok(&l->url) && lw_buf_ok(&l->filter);
}

/* A server on this machine is a test or a proxy that has credentials of its own: it gets only what
 * the user named. */
static bool
needs_auth(const struct lw_logging *l)
{
	bool loopback = false;

	(void)lw_http_allowed(l->url.p, l->net->insecure, &loopback, NULL);
	return !loopback || l->remote->auth.named;
}

struct lw_logging *
lw_logging_new(
    const struct lw_logging_query *q, const struct lw_remote *remote, struct lw_stop *stop)
{
	struct lw_logging *l = calloc(1, sizeof(*l));
	bool ok;

	if (l == NULL)
		return NULL;
	l->q = q;
	l->remote = remote;
	l->net = &remote->net;
	l->stop = stop;
	l->at.reached_ns = LW_TIME_NONE;
	l->auth_options = remote->auth;
	l->auth_options.scope = LW_AUTH_LOGGING_SCOPE;
	l->http = lw_http_new(l->net, stop);
	l->piece = malloc(PIECE_BYTES);
	ok = make_url(l) && l->http != NULL && l->piece != NULL;
	if (ok && needs_auth(l)) {
		l->auth = lw_auth_new(&l->auth_options, l->net, stop);
		ok = l->auth != NULL;
	}
	if (ok && q->reads_per_minute > 0) {
		l->asked_ns = calloc(q->reads_per_minute, sizeof(*l->asked_ns));
		ok = l->asked_ns != NULL;
	}
	if (!ok) {
		lw_logging_free(l);
		return NULL;
	}
	lw_retry_begin(&l->retry, l->net);
	return l;
}

void
lw_logging_free(struct lw_logging *l)
{
	if (l == NULL)
		return;
	lw_auth_free(l->auth);
	lw_http_free(l->http);
	lw_entries_page_fini(&l->page);
	lw_buf_fini(&l->url);
	lw_buf_fini(&l->filter);
	lw_buf_fini(&l->request);
	lw_buf_fini(&l->token);
	lw_seen_fini(&l->replay);
	lw_seen_fini(&l->skipped);
	free(l->handed);
	free(l->asked_ns);
	free(l->piece);
	free(l);
}

bool
lw_logging_skip(struct lw_logging *l, uint64_t hash)
{
	return lw_seen_add(&l->skipped, hash);
}

void
lw_logging_progress(const struct lw_logging *l, struct lw_logging_progress *p)
{
	*p = l->at;
}

/* The members of an error that say how far it is, behind what is there. */
static void
add_reached(const struct lw_logging *l, unsigned tries, struct lw_error *e)
{
	char text[LW_TIME_TEXT_BYTES];
	size_t n = strlen(e->message);

	if (tries > 1)
		(void)snprintf(e->message + n, sizeof(e->message) - n, " (tried %u times)", tries);
	n = strlen(e->message);
	if (l->at.reached_ns == LW_TIME_NONE) {
		(void)snprintf(e->message + n, sizeof(e->message) - n, "; no entry was read");
		return;
	}
	(void)lw_time_format(l->at.reached_ns, text);
	(void)snprintf(e->message + n, sizeof(e->message) - n,
	    "; the log was read until %s (%llu %s)", text, (unsigned long long)l->at.entries,
	    l->at.entries == 1 ? "entry" : "entries");
}

static enum lw_logging_next
fail(const struct lw_logging *l, enum lw_code code, unsigned tries, struct lw_error *e)
{
	if (code == LW_EINTR || lw_stop_asked(l->stop))
		return LW_LOGGING_STOPPED;
	if (code == LW_ENOMEM)
		return LW_LOGGING_NOMEM;
	add_reached(l, tries, e);
	return LW_LOGGING_FAILED;
}

/* Wait until one more request stays within the reads of a minute; false where stop was asked for.
 */
static bool
pace(struct lw_logging *l)
{
	const struct lw_clock *clock = l->net->clock;
	unsigned reads = l->q->reads_per_minute;
	int64_t *slot, now_ns, wait_ns;

	if (reads == 0 || clock == NULL)
		return !lw_stop_asked(l->stop);
	slot = &l->asked_ns[l->requests % reads];
	now_ns = clock->steady_ns(clock->arg);
	wait_ns = l->requests < reads ? 0 : *slot + MINUTE_NS - now_ns;
	if (wait_ns > 0) {
		if (!clock->wait(clock->arg, wait_ns, l->stop))
			return false;
		now_ns = clock->steady_ns(clock->arg);
	}
	*slot = now_ns;
	return true;
}

static void
add_json(struct lw_buf *out, struct lw_str s)
{
	size_t i;

	lw_buf_addc(out, '"');
	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			lw_buf_addc(out, '\\');
		if (c < ' ')
			lw_buf_printf(out, "\\u%04x", c);
		else
			lw_buf_addc(out, (char)c);
	}
	lw_buf_addc(out, '"');
}

static bool
make_request(struct lw_logging *l)
{
	const struct lw_logging_query *q = l->q;
	struct lw_buf name = {0}, *out = &l->request;
	uint64_t size = q->limit > 0 && q->limit < q->page_size ? q->limit : q->page_size;
	bool ok;
	size_t i;

	lw_buf_reset(out);
	lw_buf_addz(out, "{\"resourceNames\":[");
	for (i = 0; i < q->resource_count; i++) {
		if (i > 0)
			lw_buf_addc(out, ',');
		lw_buf_reset(&name);
		lw_logging_resource(&name, q->resources[i]);
		add_json(out, lw_buf_str(&name));
	}
	lw_buf_addz(out, "],\"filter\":");
	add_json(out, lw_buf_str(&l->filter));
	lw_buf_printf(
	    out, ",\"orderBy\":\"timestamp asc\",\"pageSize\":%llu", (unsigned long long)size);
	if (l->token.n > 0)
		lw_buf_printf(out, ",\"pageToken\":\"%s\"", l->token.p);
	lw_buf_addc(out, '}');
	ok = lw_buf_ok(&name) && lw_buf_ok(out);
	lw_buf_fini(&name);
	return ok;
}

static enum lw_code
send(struct lw_logging *l, struct lw_str token, struct lw_error *e)
{
	struct lw_http_header headers[3] = {{"Content-Type", "application/json", false}};
	struct lw_http_request r = {.method = "POST",
	    .url = l->url.p,
	    .headers = headers,
	    .header_count = 1,
	    .body = lw_buf_str(&l->request),
	    .inflate = true};
	const char *quota = l->auth == NULL ? NULL : lw_auth_quota_project(l->auth);
	struct lw_buf bearer = {0};
	enum lw_code code;

	if (token.n > 0) {
		if (!lw_buf_reserve(&bearer, token.n + sizeof("Bearer ")))
			return lw_error_set(e, LW_ENOMEM, "out of memory");
		lw_buf_addz(&bearer, "Bearer ");
		lw_buf_addstr(&bearer, token);
		headers[r.header_count++] =
		    (struct lw_http_header){"Authorization", bearer.p, true};
	}
	if (quota != NULL)
		headers[r.header_count++] =
		    (struct lw_http_header){"x-goog-user-project", quota, false};
	l->requests++;
	code = lw_http_begin(l->http, &r, e);
	lw_secret_fini(&bearer);
	return code;
}

/* What a status means for somebody who reads a log. */
static const char *
advice_of(long status)
{
	switch (status) {
	case 400:
		return "check --filter and the times";
	case 401:
		return "sign in again (gcloud auth application-default login), or check the token";
	case 403:
		return "the account needs roles/logging.viewer on the project (and "
		       "roles/logging.privateLogViewer for audit logs of data access)";
	case 404:
		return "check the name of the project";
	case 429:
		return "lower --read-quota, or have the quota raised";
	default:
		return status >= 500 ? "the service is in trouble, try again later" : NULL;
	}
}

/* The error of an answer that is no page. */
static void
describe_answer(struct lw_logging *l, struct lw_str token, struct lw_error *e)
{
	long status = lw_http_status(l->http);
	struct lw_buf body = {0};
	struct lw_error ignored;
	ptrdiff_t n;

	while (lw_buf_ok(&body) && body.n < LW_API_ERROR_MAX_BYTES &&
	       (n = lw_http_read(l->http, l->piece, PIECE_BYTES, &ignored)) > 0)
		lw_buf_add(&body, l->piece, (size_t)n);
	(void)lw_api_error(status, lw_buf_str(&body), token, advice_of(status), e);
	lw_buf_fini(&body);
}

/* One request.  *passing: it may work later, and the server asks to wait hint_ns. */
static enum lw_code
ask_once(struct lw_logging *l, bool *passing, int64_t *hint_ns, struct lw_error *e)
{
	struct lw_buf token = {0};
	enum lw_code code = LW_OK;
	bool renew = true;

	*hint_ns = LW_RETRY_NO_HINT;
	*passing = false;
	code =
	    lw_http_allowed(l->url.p, l->net->insecure, NULL, e); /* before a token is looked for */
	while (code == LW_OK && renew) {
		*passing = false;
		lw_secret_fini(&token);
		if (l->auth != NULL)
			code = lw_auth_token(l->auth, &token, e);
		if (code != LW_OK)
			break;
		code = send(l, lw_buf_str(&token), e);
		if (code != LW_OK) {
			*passing = code == LW_EHTTP && lw_http_transient(l->http);
			break;
		}
		if (lw_http_status(l->http) == 200)
			break;
		renew = lw_http_status(l->http) == 401 && l->auth != NULL &&
			lw_auth_refused(l->auth, lw_buf_str(&token));
		if (renew)
			continue;
		*passing = lw_retry_status(lw_http_status(l->http));
		*hint_ns = lw_http_retry_after(l->http);
		*passing = *passing || *hint_ns != LW_RETRY_NO_HINT;
		describe_answer(l, lw_buf_str(&token), e);
		code = LW_EHTTP;
	}
	lw_secret_fini(&token);
	return code;
}

/* After a failure in passing: wait, and make ready to ask for the same page again. */
static enum lw_logging_next
again(struct lw_logging *l, int64_t hint_ns, struct lw_error *e)
{
	size_t i;

	switch (lw_retry_again(&l->retry, hint_ns, l->stop, e)) {
	case LW_RETRY_STOPPED:
		return LW_LOGGING_STOPPED;
	case LW_RETRY_ENOUGH:
		return fail(l, LW_EHTTP, l->retry.tries, e);
	case LW_RETRY_AGAIN:
		break;
	}
	lw_seen_clear(&l->replay);
	for (i = 0; i < l->handed_count; i++)
		if (!lw_seen_add(&l->replay, l->handed[i]))
			return LW_LOGGING_NOMEM;
	l->step = STEP_ASK;
	return LW_LOGGING_PAGE;
}

static enum lw_logging_next
ask(struct lw_logging *l, struct lw_error *e)
{
	enum lw_code code;
	int64_t hint_ns;
	bool passing;

	if (!pace(l))
		return LW_LOGGING_STOPPED;
	if (!make_request(l))
		return LW_LOGGING_NOMEM;
	code = ask_once(l, &passing, &hint_ns, e);
	if (code != LW_OK)
		return passing ? again(l, hint_ns, e) : fail(l, code, l->retry.tries + 1, e);
	lw_entries_page_begin(&l->page);
	l->piece_bytes = l->piece_used = 0;
	l->step = STEP_BODY;
	return LW_LOGGING_PAGE;
}

static bool
remember(struct lw_logging *l, uint64_t hash)
{
	if (l->handed_count == l->handed_cap) {
		size_t cap = l->handed_cap == 0 ? LW_LOGGING_PAGE_SIZE : l->handed_cap * 2;
		uint64_t *p = realloc(l->handed, cap * sizeof(*p));

		if (p == NULL)
			return false;
		l->handed = p;
		l->handed_cap = cap;
	}
	l->handed[l->handed_count++] = hash;
	return true;
}

/* The entry in the page; LW_LOGGING_PAGE where it is not to be handed out. */
static enum lw_logging_next
take_entry(struct lw_logging *l, struct lw_logging_entry *entry, struct lw_error *e)
{
	entry->json = lw_buf_str(&l->page.entry);
	if (!lw_identify(entry->json, &entry->id)) {
		(void)lw_error_set(e, LW_EHTTP,
		    "a page is broken: an entry before byte %llu of it is no JSON",
		    (unsigned long long)l->page.offset);
		return again(l, LW_RETRY_NO_HINT, e);
	}
	if (lw_seen_take(&l->replay, entry->id.hash))
		return LW_LOGGING_PAGE;
	if (!remember(l, entry->id.hash))
		return LW_LOGGING_NOMEM;
	if (lw_seen_take(&l->skipped, entry->id.hash))
		return LW_LOGGING_PAGE;
	l->at.entries++;
	if (entry->id.time_ns != LW_TIME_NONE &&
	    (l->at.reached_ns == LW_TIME_NONE || entry->id.time_ns > l->at.reached_ns))
		l->at.reached_ns = entry->id.time_ns;
	return LW_LOGGING_ENTRY;
}

/* The page is whole: what comes next? */
static enum lw_logging_next
end_page(struct lw_logging *l, struct lw_error *e)
{
	if (l->page.token.n > 0 && l->handed_count == 0 &&
	    lw_str_eq(lw_buf_str(&l->page.token), lw_buf_str(&l->token))) {
		(void)lw_error_set(e, LW_EHTTP,
		    "the server gave an empty page that leads to itself; try again later");
		return fail(l, LW_EHTTP, 1, e);
	}
	l->at.pages++;
	l->handed_count = 0;
	lw_seen_clear(&l->replay);
	lw_retry_progress(&l->retry);
	lw_buf_reset(&l->token);
	lw_buf_addstr(&l->token, lw_buf_str(&l->page.token));
	if (!lw_buf_ok(&l->token))
		return LW_LOGGING_NOMEM;
	l->step = l->token.n > 0 ? STEP_ASK : STEP_END;
	return LW_LOGGING_PAGE;
}

/* The next piece of the answer, or what its end means. */
static enum lw_logging_next
more(struct lw_logging *l, struct lw_error *e)
{
	ptrdiff_t n = lw_http_read(l->http, l->piece, PIECE_BYTES, e);

	l->piece_used = 0;
	l->piece_bytes = n > 0 ? (size_t)n : 0;
	if (n > 0) {
		l->at.bytes += (uint64_t)n;
		if (l->page.offset <= PAGE_MAX_BYTES)
			return LW_LOGGING_PAGE;
		(void)lw_error_set(e, LW_ELIMIT, "a page is longer than 1 GiB");
		return fail(l, LW_ELIMIT, 1, e);
	}
	if (lw_stop_asked(l->stop))
		return LW_LOGGING_STOPPED;
	if (lw_entries_page_whole(&l->page)) /* whatever the announced length was */
		return end_page(l, e);
	if (n < 0 && (e->code == LW_ENOMEM || !lw_http_transient(l->http)))
		return fail(l, e->code, l->retry.tries + 1, e);
	if (n == 0)
		(void)lw_error_set(e, LW_EHTTP, "a page is broken: it ends after %llu bytes",
		    (unsigned long long)l->page.offset);
	return again(l, LW_RETRY_NO_HINT, e);
}

static enum lw_logging_next
read_page(struct lw_logging *l, struct lw_logging_entry *entry, struct lw_error *e)
{
	size_t used;

	if (l->piece_used == l->piece_bytes)
		return more(l, e);
	switch (lw_entries_page_feed(
	    &l->page, l->piece + l->piece_used, l->piece_bytes - l->piece_used, &used)) {
	case LW_ENTRIES_PAGE_NOMEM:
		return LW_LOGGING_NOMEM;
	case LW_ENTRIES_PAGE_BROKEN:
		(void)lw_error_set(e, LW_EHTTP, "a page is broken at byte %llu: %s",
		    (unsigned long long)l->page.offset + used, l->page.why);
		return again(l, LW_RETRY_NO_HINT, e);
	case LW_ENTRIES_PAGE_ENTRY:
		l->piece_used += used;
		return take_entry(l, entry, e);
	case LW_ENTRIES_PAGE_MORE:
		l->piece_used += used;
		break;
	}
	return LW_LOGGING_PAGE;
}

enum lw_logging_next
lw_logging_next(struct lw_logging *l, struct lw_logging_entry *entry, struct lw_error *e)
{
	enum lw_logging_next next = LW_LOGGING_PAGE;
	enum step before;

	while (next == LW_LOGGING_PAGE) {
		before = l->step;
		if (l->step == STEP_END || (l->q->limit > 0 && l->at.entries >= l->q->limit))
			return LW_LOGGING_END;
		next = l->step == STEP_ASK ? ask(l, e) : read_page(l, entry, e);
		/* Between pages the caller hears of it. */
		if (next == LW_LOGGING_PAGE && before == STEP_BODY && l->step != STEP_BODY)
			break;
	}
	return next;
}
