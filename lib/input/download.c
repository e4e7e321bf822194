/* download.c - see download.h. */
#include "input/download.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "input/content_range.h"
#include "input/digest.h"
#include "input/retry.h"
#include "input/secret.h"

#define REDIRECTS_MAX 10
#define RESUMES_MAX 1000 /* of one object, whatever came in between */
#define HEADERS_MAX 5
#define BEARER ((size_t)7) /* bytes of "Bearer " */
#define BEARER_BYTES 8192  /* so that a growing buffer leaves no copies of most tokens */

/* What says that two answers are of the same object. */
struct version {
	char *etag, *modified, *encoding, *generation; /* NULL: not given */
};

struct lw_download {
	const struct lw_net *net;
	struct lw_stop *stop;
	struct lw_http *http;
	char *url, *name;
	struct lw_auth *auth;
	struct lw_buf bearer; /* the header's value */
	bool generations;
	struct version version; /* of the first answer */
	int64_t total;          /* bytes; -1 not known */
	uint64_t offset;        /* bytes handed out */
	uint64_t skip;          /* of this answer, bytes that were handed out before */
	uint32_t skipped;       /* their checksum */
	struct lw_digest digest;
	struct lw_retry retry;
	unsigned resumes;
	bool known;   /* there was a first answer */
	bool passing; /* the last failure may pass by itself */
	bool ended;
};

static void
free_version(struct version *v)
{
	free(v->etag);
	free(v->modified);
	free(v->encoding);
	free(v->generation);
	*v = (struct version){0};
}

void
lw_download_close(struct lw_download *d)
{
	if (d == NULL)
		return;
	lw_http_free(d->http);
	lw_secret_fini(&d->bearer);
	lw_digest_fini(&d->digest);
	free_version(&d->version);
	free(d->url);
	free(d->name);
	free(d);
}

uint64_t
lw_download_size(const struct lw_download *d)
{
	return d->total > 0 ? (uint64_t)d->total : 0;
}

static enum lw_code
no_memory(struct lw_error *e)
{
	return lw_error_set(e, LW_ENOMEM, "out of memory");
}

/* A header's value as a copy; NULL where there is none (*ok stays) or memory ran out. */
static char *
copy_header(const struct lw_http *h, const char *name, bool *ok)
{
	struct lw_str value = lw_http_header(h, name);
	char *copy = value.p == NULL ? NULL : strndup(value.p, value.n);

	*ok = *ok && (value.p == NULL || copy != NULL);
	return copy;
}

static bool
get_version(const struct lw_http *h, struct version *v)
{
	bool ok = true;

	v->etag = copy_header(h, "ETag", &ok);
	v->modified = copy_header(h, "Last-Modified", &ok);
	v->encoding = copy_header(h, "Content-Encoding", &ok);
	v->generation = copy_header(h, "x-goog-generation", &ok);
	if (!ok)
		free_version(v);
	return ok;
}

/* Not contradicted: what one of them lacks says nothing. */
static bool
agree(const char *a, const char *b)
{
	return a == NULL || b == NULL || strcmp(a, b) == 0;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_object(const struct version *a, const struct version *b)
{
	/* An ETag is a word for the bytes; a date can differ between servers behind one address. */
	bool dates = (a->etag != NULL && b->etag != NULL) || agree(a->modified, b->modified);

	return agree(a->etag, b->etag) && dates && agree(a->generation, b->generation) &&
	       same_text(a->encoding, b->encoding);
}

/* What If-Range takes; NULL where a range cannot be had safely.  A weak ETag is no word for bytes.
 */
static const char *
validator(const struct version *v)
{
	if (v->etag != NULL && strncmp(v->etag, "W/", 2) != 0)
		return v->etag;
	return v->etag == NULL ? v->modified : NULL;
}

/* The address names the version: no other can come. */
static bool
is_pinned(const struct lw_download *d)
{
	return d->generations && d->version.generation != NULL;
}

static bool
pinned_address(const struct lw_download *d, struct lw_buf *out)
{
	lw_buf_addz(out, d->url);
	if (is_pinned(d))
		lw_buf_printf(out, "%cgeneration=%s", strchr(d->url, '?') == NULL ? '?' : '&',
		    d->version.generation);
	return lw_buf_ok(out);
}

static enum lw_code
changed(struct lw_download *d, struct lw_error *e)
{
	d->passing = false;
	return lw_error_set(e, LW_EHTTP,
	    "the object was replaced while it was read: what came before byte %" PRIu64
	    " is of the old one; read it again",
	    d->offset);
}

/* Are the bytes of this answer those that Cloud Storage has checksums for? */
static bool
is_as_stored(const struct lw_http *h)
{
	struct lw_str stored = lw_http_header(h, "x-goog-stored-content-encoding");
	struct lw_str sent = lw_http_header(h, "Content-Encoding");

	if (stored.p == NULL)
		return true;
	if (lw_str_eq(stored, LW_STR("identity")))
		return sent.n == 0 || lw_str_eq(sent, stored);
	return lw_str_eq(stored, sent);
}

static enum lw_code
check_encoding(struct lw_download *d, struct lw_error *e)
{
	struct lw_str sent = lw_http_header(d->http, "Content-Encoding");

	if (sent.n == 0 || lw_str_eq(sent, LW_STR("gzip")) || lw_str_eq(sent, LW_STR("x-gzip")) ||
	    lw_str_eq(sent, LW_STR("identity")))
		return LW_OK;
	d->passing = false;
	return lw_error_set(e, LW_EHTTP,
	    "the server sends it packed as \"%.*s\", which was not asked for; save it with another "
	    "program and give the file",
	    (int)(sent.n > 40 ? 40 : sent.n), sent.p);
}

/* The whole object, for the first time. */
static enum lw_code
first_answer(struct lw_download *d, struct lw_error *e)
{
	struct lw_str sum;
	size_t i;

	if (lw_http_status(d->http) == 206) {
		d->passing = false;
		return lw_error_set(e, LW_EHTTP,
		    "the server answered with a part of the object that was not asked for");
	}
	if (check_encoding(d, e) != LW_OK)
		return e->code;
	if (!get_version(d->http, &d->version))
		return no_memory(e);
	d->total = lw_http_length(d->http);
	if (is_as_stored(d->http))
		for (i = 0; (sum = lw_http_header_at(d->http, "x-goog-hash", i)).p != NULL; i++)
			lw_digest_expect(&d->digest, sum);
	d->known = true;
	return LW_OK;
}

/* The rest of the object, or all of it once more. */
static enum lw_code
next_answer(struct lw_download *d, struct lw_error *e)
{
	struct lw_content_range range;
	struct version v = {0};
	bool same;

	if (!get_version(d->http, &v))
		return no_memory(e);
	same = same_object(&d->version, &v);
	free_version(&v);
	if (!same)
		return changed(d, e);
	if (lw_http_status(d->http) != 206) {
		if (d->total >= 0 && lw_http_length(d->http) >= 0 &&
		    d->total != lw_http_length(d->http))
			return changed(d, e);
		d->skip = d->offset;
		d->skipped = 0;
		return LW_OK;
	}
	if (!lw_content_range_parse(lw_http_header(d->http, "Content-Range"), &range) ||
	    range.first != (int64_t)d->offset) {
		d->passing = false;
		return lw_error_set(e, LW_EHTTP,
		    "the server answered with another part of the object than was asked for");
	}
	if (d->total >= 0 && range.total >= 0 && d->total != range.total)
		return changed(d, e);
	if (d->total < 0)
		d->total = range.total;
	return LW_OK;
}

/* The answer has a status that is no success. */
static enum lw_code
refusal(struct lw_download *d, struct lw_error *e)
{
	struct lw_content_range range;
	long status = lw_http_status(d->http);

	if (d->known && status == 416 && d->total >= 0 &&
	    lw_content_range_parse(lw_http_header(d->http, "Content-Range"), &range) &&
	    range.total == (int64_t)d->offset) {
		d->passing = false;
		return lw_error_set(e, LW_EHTTP,
		    "the server announced %" PRId64 " bytes and has only these", d->total);
	}
	/* With a range these say that the version is not there any more, or not so long. */
	if (d->known && (status == 404 || status == 410 || status == 412 || status == 416))
		return changed(d, e);
	d->passing =
	    lw_retry_status(status) ||
	    (status == 401 && d->auth != NULL &&
		lw_auth_refused(d->auth, lw_str_make(d->bearer.p + BEARER, d->bearer.n - BEARER)));
	if ((status == 401 || status == 403) && d->auth == NULL)
		return lw_error_set(e, LW_EHTTP, "the server answered with status %ld; %s", status,
		    d->generations
			? "nobody is signed in: run gcloud auth application-default login, "
			  "or give --token-file"
			: "the address must be readable without signing in");
	return lw_http_status_error(status, e);
}

/* The headers that prove who asks, behind those there are. */
static enum lw_code
sign(struct lw_download *d, struct lw_http_request *r, struct lw_http_header *headers,
    struct lw_error *e)
{
	const char *project;
	enum lw_code code;

	if (d->auth == NULL)
		return LW_OK;
	lw_secret_fini(&d->bearer);
	if (!lw_buf_reserve(&d->bearer, BEARER_BYTES))
		return no_memory(e);
	lw_buf_addz(&d->bearer, "Bearer ");
	code = lw_auth_token(d->auth, &d->bearer, e);
	if (code != LW_OK)
		return code;
	headers[r->header_count++] = (struct lw_http_header){"Authorization", d->bearer.p, true};
	project = lw_auth_quota_project(d->auth);
	if (project != NULL)
		headers[r->header_count++] =
		    (struct lw_http_header){"x-goog-user-project", project, true};
	return LW_OK;
}

static enum lw_code
exchange(struct lw_download *d, const char *url, struct lw_error *e)
{
	struct lw_http_header headers[HEADERS_MAX] = {{"Accept-Encoding", "gzip", false}};
	struct lw_http_request r = {
	    .url = url, .headers = headers, .header_count = 1, .redirects = REDIRECTS_MAX};
	const char *version = validator(&d->version);
	char range[40];
	enum lw_code code;
	long status;

	code = sign(d, &r, headers, e);
	if (code != LW_OK)
		return code;
	if (d->offset > 0 && (version != NULL || is_pinned(d))) {
		(void)snprintf(range, sizeof(range), "bytes=%" PRIu64 "-", d->offset);
		headers[r.header_count++] = (struct lw_http_header){"Range", range, false};
		if (!is_pinned(d))
			headers[r.header_count++] =
			    (struct lw_http_header){"If-Range", version, false};
	}
	code = lw_http_begin(d->http, &r, e);
	if (code != LW_OK) {
		d->passing = code == LW_EHTTP && lw_http_transient(d->http);
		return code;
	}
	status = lw_http_status(d->http);
	if (status < 200 || status > 299)
		return refusal(d, e);
	d->skip = 0;
	return d->known ? next_answer(d, e) : first_answer(d, e);
}

static enum lw_code
try_once(struct lw_download *d, struct lw_error *e)
{
	struct lw_buf url = {0};
	enum lw_code code;

	d->passing = false;
	code = pinned_address(d, &url) ? exchange(d, url.p, e) : no_memory(e);
	lw_buf_fini(&url);
	return code;
}

/* After a failure that is in *e: what it came to. */
static enum lw_code
give_up(struct lw_download *d, struct lw_error *e)
{
	struct lw_error why = *e;
	char tries[48] = "";

	if (d->retry.tries > 1)
		(void)snprintf(tries, sizeof(tries), " (tried %u times)", d->retry.tries);
	if (d->offset == 0 || why.code == LW_EIO)
		return lw_error_set(e, why.code, "%.400s%s", why.message, tries);
	if (d->total >= 0)
		return lw_error_set(e, why.code,
		    "ends at byte %" PRIu64 " of %" PRId64 ": %.400s%s", d->offset, d->total,
		    why.message, tries);
	return lw_error_set(
	    e, why.code, "ends at byte %" PRIu64 ": %.400s%s", d->offset, why.message, tries);
}

/* Wait after a failure, which is in *e; LW_OK where it can be tried again. */
static enum lw_code
wait_to_retry(struct lw_download *d, int64_t hint_ns, struct lw_error *e)
{
	if (e->code == LW_EINTR || e->code == LW_ENOMEM)
		return e->code;
	if (!d->passing || (d->known && ++d->resumes > RESUMES_MAX)) {
		d->retry.tries++;
		return give_up(d, e);
	}
	lw_error_at(e, d->name, 0, 0, 0);
	switch (lw_retry_again(&d->retry, hint_ns, d->stop, e)) {
	case LW_RETRY_AGAIN:
		return LW_OK;
	case LW_RETRY_STOPPED:
		return lw_error_set(e, LW_EINTR, "interrupted");
	case LW_RETRY_ENOUGH:
	default:
		return give_up(d, e);
	}
}

/* Ask until there is an answer to read from. */
static enum lw_code
ask(struct lw_download *d, struct lw_error *e)
{
	while (try_once(d, e) != LW_OK)
		if (wait_to_retry(d, lw_http_retry_after(d->http), e) != LW_OK)
			return e->code;
	return LW_OK;
}

/* The answer ended early, for the reason in *e. */
static enum lw_code
resume(struct lw_download *d, struct lw_error *e)
{
	enum lw_code code = wait_to_retry(d, LW_RETRY_NO_HINT, e);

	return code == LW_OK ? ask(d, e) : code;
}

/* Of n bytes in buf, those that are new, moved to its start; false where the bytes before them are
 * not those that were handed out. */
static bool
pass_over(struct lw_download *d, char *buf, size_t *n)
{
	size_t old = d->skip < *n ? (size_t)d->skip : *n;

	if (old == 0)
		return true;
	d->skipped = lw_crc32c(d->skipped, buf, old);
	d->skip -= old;
	if (d->skip == 0 && d->skipped != d->digest.crc32c)
		return false;
	memmove(buf, buf + old, *n - old);
	*n -= old;
	return true;
}

/* The answer has ended as if it were whole; LW_OK where it is. */
static enum lw_code
check_end(struct lw_download *d, struct lw_error *e)
{
	d->passing = true;
	if (d->skip > 0 || (d->total >= 0 && d->offset < (uint64_t)d->total))
		return lw_error_set(e, LW_EHTTP, "the server closed the connection early");
	d->passing = false;
	return lw_digest_check(&d->digest, e);
}

static enum lw_code
take(struct lw_download *d, char *buf, size_t *n, struct lw_error *e)
{
	if (!pass_over(d, buf, n))
		return changed(d, e);
	if (d->total >= 0 && *n > (uint64_t)d->total - d->offset) {
		d->passing = false;
		return lw_error_set(e, LW_EHTTP, "the server sends more than it announced");
	}
	if (*n == 0)
		return LW_OK;
	lw_digest_add(&d->digest, buf, *n);
	d->offset += *n;
	if (d->retry.tries > 0)
		lw_retry_progress(&d->retry);
	return LW_OK;
}

ptrdiff_t
lw_download_read(struct lw_download *d, char *buf, size_t n, struct lw_error *e)
{
	struct lw_error local;
	enum lw_code code;
	ptrdiff_t got;
	size_t taken;

	if (e == NULL)
		e = &local;
	while (!d->ended) {
		got = lw_http_read(d->http, buf, n, e);
		if (got == 0 && lw_stop_asked(d->stop))
			return 0;
		if (got > 0) {
			taken = (size_t)got;
			code = take(d, buf, &taken, e);
			if (code == LW_OK && taken > 0)
				return (ptrdiff_t)taken;
			if (code == LW_OK)
				continue;
		} else if (got < 0) {
			d->passing = lw_http_transient(d->http);
		} else if (check_end(d, e) == LW_OK) {
			d->ended = true;
			return 0;
		}
		code = resume(d, e);
		if (code == LW_EINTR)
			return 0;
		if (code != LW_OK) {
			d->ended = true;
			return -1;
		}
	}
	return 0;
}

enum lw_code
lw_download_open(const struct lw_download_options *o, struct lw_download **out, struct lw_error *e)
{
	struct lw_download *d = calloc(1, sizeof(*d));
	struct lw_error local;
	enum lw_code code;

	if (e == NULL)
		e = &local;
	*out = NULL;
	if (d == NULL)
		return no_memory(e);
	d->net = o->net;
	d->stop = o->stop;
	d->http = lw_http_new(o->net, o->stop);
	d->url = strdup(o->url);
	d->name = strdup(o->name);
	d->auth = o->auth;
	d->generations = o->generations;
	d->total = -1;
	lw_retry_begin(&d->retry, o->net);
	code = d->http == NULL || d->url == NULL || d->name == NULL ? no_memory(e) : ask(d, e);
	if (code != LW_OK) {
		lw_download_close(d);
		return code;
	}
	*out = d;
	return LW_OK;
}
