/* storage.c - see storage.h. */
#include "input/storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "input/document.h"
#include "input/http.h"
#include "input/secret.h"
#include "input/shard.h"

#define SCHEME "gs://"
#define SCHEME_BYTES (sizeof(SCHEME) - 1)
#define GOOGLE "https://storage.googleapis.com"
#define API "/storage/v1"
#define PAGE_MAX_BYTES ((size_t)16 << 20)
#define PAGES_MAX 20000
#define BEARER_BYTES 8192 /* so that a growing buffer leaves no copies of most tokens */

struct lw_storage {
	const struct lw_remote *remote;
	struct lw_auth_options auth_options;
	struct lw_net quiet; /* without its diagnostics, while credentials are looked for */
	struct lw_http *http;
	struct lw_auth *auth;
	char *base;  /* "https://storage.googleapis.com/storage/v1" */
	bool looked; /* for credentials */
	bool anonymous;
};

bool
lw_storage_is_operand(const char *operand)
{
	return strncmp(operand, SCHEME, SCHEME_BYTES) == 0;
}

/* Clients disagree whether the variable has a scheme and the API's path: all forms are taken. */
static char *
make_base(const char *given)
{
	struct lw_buf b = {0};
	struct lw_str host = lw_str_from(given);

	while (lw_str_ends(host, LW_STR("/")))
		host.n--;
	if (lw_str_ends(host, LW_STR(API)))
		host.n -= sizeof(API) - 1;
	if (host.n == 0)
		host = LW_STR(GOOGLE);
	else if (lw_str_find(host, LW_STR("://")) == LW_NPOS)
		lw_buf_addz(&b, "http://");
	lw_buf_addstr(&b, host);
	lw_buf_addz(&b, API);
	return lw_buf_take(&b);
}

static bool
is_emulated(const struct lw_storage *s)
{
	return s->remote->storage_host != NULL && s->remote->storage_host[0] != '\0';
}

struct lw_storage *
lw_storage_new(const struct lw_remote *remote, struct lw_stop *stop)
{
	struct lw_storage *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->remote = remote;
	s->auth_options = remote->auth;
	s->auth_options.scope = LW_AUTH_STORAGE_SCOPE;
	s->quiet = remote->net;
	s->quiet.diag = NULL;
	s->base = make_base(remote->storage_host);
	s->http = lw_http_new(&remote->net, stop);
	s->auth = lw_auth_new(&s->auth_options, &s->quiet, stop);
	if (s->base == NULL || s->http == NULL || s->auth == NULL) {
		lw_storage_free(s);
		return NULL;
	}
	return s;
}

void
lw_storage_free(struct lw_storage *s)
{
	if (s == NULL)
		return;
	lw_http_free(s->http);
	lw_auth_free(s->auth);
	free(s->base);
	free(s);
}

struct lw_auth *
lw_storage_auth(const struct lw_storage *s)
{
	return s->anonymous ? NULL : s->auth;
}

/* RFC 3986: all but unreserved characters, so that a name with '/', ':' or '%' is one segment. */
static void
add_encoded(struct lw_buf *out, struct lw_str text)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned char c;
	size_t i;

	for (i = 0; i < text.n; i++) {
		c = (unsigned char)text.p[i];
		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		    c == '-' || c == '.' || c == '_' || c == '~') {
			lw_buf_addc(out, (char)c);
		} else {
			lw_buf_addc(out, '%');
			lw_buf_addc(out, hex[c >> 4]);
			lw_buf_addc(out, hex[c & 15]);
		}
	}
}

static enum lw_code
no_memory(struct lw_error *e)
{
	return lw_error_set(e, LW_ENOMEM, "out of memory");
}

static enum lw_code
split(const char *operand, struct lw_str *bucket, struct lw_str *name, struct lw_error *e)
{
	struct lw_str rest = lw_str_from(operand + SCHEME_BYTES);
	const char *slash = rest.n == 0 ? NULL : memchr(rest.p, '/', rest.n);

	*bucket = lw_str_make(rest.p, slash == NULL ? rest.n : (size_t)(slash - rest.p));
	*name = slash == NULL ? lw_str_make(rest.p + rest.n, 0)
			      : lw_str_make(slash + 1, rest.n - bucket->n - 1);
	if (bucket->n == 0)
		return lw_error_set(e, LW_EUSAGE, "names no bucket; give gs://BUCKET/PREFIX");
	return LW_OK;
}

enum lw_code
lw_storage_address(
    const struct lw_storage *s, const char *operand, struct lw_buf *url, struct lw_error *e)
{
	struct lw_str bucket, name;

	if (split(operand, &bucket, &name, e) != LW_OK)
		return e->code;
	lw_buf_printf(url, "%s/b/", s->base);
	add_encoded(url, bucket);
	lw_buf_addz(url, "/o/");
	add_encoded(url, name);
	lw_buf_addz(url, "?alt=media");
	return lw_buf_ok(url) ? LW_OK : no_memory(e);
}

/* Is there anybody to ask as?  A bucket that is public needs nobody. */
static enum lw_code
look_for_credentials(struct lw_storage *s, struct lw_error *e)
{
	struct lw_buf token = {0};
	enum lw_code code = LW_OK;

	/* An emulator is not shown what was meant for Google, but for a token that was named. */
	if (is_emulated(s) && s->auth_options.token_file == NULL && s->auth_options.token == NULL) {
		s->anonymous = true;
	} else {
		code = lw_auth_token(s->auth, &token, e);
		lw_secret_fini(&token);
		if (code == LW_EACCES && !s->auth_options.named) {
			s->anonymous = true;
			code = LW_OK;
		}
	}
	s->looked = code == LW_OK;
	return code;
}

/* What a listing is at. */
struct listing {
	struct lw_storage *s;
	struct lw_str bucket, prefix;
	struct lw_walk *names;
	size_t cap;
	size_t left_out;
	bool alone;  /* the object of just this name was found */
	char *token; /* of the next page; NULL for none */
};

static void
page_address(const struct listing *l, struct lw_buf *url)
{
	lw_buf_printf(url, "%s/b/", l->s->base);
	add_encoded(url, l->bucket);
	lw_buf_addz(url, "/o?fields=items(name,size),nextPageToken&maxResults=1000&prefix=");
	add_encoded(url, l->prefix);
	if (l->token != NULL) {
		lw_buf_addz(url, "&pageToken=");
		add_encoded(url, lw_str_from(l->token));
	}
}

/* The status of an answer with what its body says of it, as one line. */
static enum lw_code
api_error(const struct lw_storage *s, const struct lw_buf *body, unsigned tries, struct lw_error *e)
{
	long status = lw_http_status(s->http);
	struct lw_document *d = lw_document_new(lw_buf_str(body), NULL);
	const char *text =
	    d == NULL ? NULL
		      : lw_field_text_of(lw_field_get(lw_document_root(d), "error"), "message");
	const char *nobody = s->anonymous && (status == 401 || status == 403)
				 ? " (nobody is signed in: run gcloud auth application-default "
				   "login, or give --token-file)"
				 : "";
	char line[200] = "", count[40] = "";
	size_t i;

	(void)snprintf(
	    line, sizeof(line), "%s%s", text == NULL ? "" : ": ", text == NULL ? "" : text);
	for (i = 0; line[i] != '\0'; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = ' ';
	lw_document_free(d);
	if (tries > 1)
		(void)snprintf(count, sizeof(count), " (tried %u times)", tries);
	(void)lw_http_status_error(status, e);
	i = strlen(e->message);
	(void)snprintf(e->message + i, sizeof(e->message) - i, "%s%s%s", line, nobody, count);
	return e->code;
}

static enum lw_code
send_signed(struct lw_storage *s, const char *url, struct lw_buf *body, unsigned *tries,
    bool *refused, struct lw_error *e)
{
	struct lw_http_header headers[2];
	struct lw_http_request r = {.url = url, .headers = headers, .inflate = true};
	struct lw_buf bearer = {0};
	const char *project;
	enum lw_code code = LW_OK;

	*refused = false;
	if (lw_storage_auth(s) != NULL) {
		if (!lw_buf_reserve(&bearer, BEARER_BYTES))
			return no_memory(e);
		lw_buf_addz(&bearer, "Bearer ");
		code = lw_auth_token(s->auth, &bearer, e);
		project = lw_auth_quota_project(s->auth);
		if (code == LW_OK) {
			headers[r.header_count++] =
			    (struct lw_http_header){"Authorization", bearer.p, true};
			if (project != NULL)
				headers[r.header_count++] =
				    (struct lw_http_header){"x-goog-user-project", project, true};
		}
	}
	if (code == LW_OK)
		code = lw_http_send(s->http, &r, body, PAGE_MAX_BYTES, tries, e);
	if (code == LW_OK && lw_http_status(s->http) == 401 && r.header_count > 0)
		*refused = lw_auth_refused(s->auth, lw_str_make(bearer.p + 7, bearer.n - 7));
	lw_secret_fini(&bearer);
	return code;
}

static enum lw_code
get_page(const struct listing *l, struct lw_buf *body, struct lw_error *e)
{
	struct lw_buf url = {0};
	enum lw_code code = LW_OK;
	bool refused = true;
	unsigned tries = 0;

	page_address(l, &url);
	if (!lw_buf_ok(&url))
		code = no_memory(e);
	while (code == LW_OK && refused)
		code = send_signed(l->s, url.p, body, &tries, &refused, e);
	lw_buf_fini(&url);
	if (code == LW_OK && lw_http_status(l->s->http) != 200)
		code = api_error(l->s, body, tries, e);
	return code;
}

static enum lw_code
add_name(struct listing *l, struct lw_str name, struct lw_error *e)
{
	struct lw_walk *w = l->names;
	struct lw_buf operand = {0};

	if (w->count == LW_STORAGE_OBJECTS_MAX)
		return lw_error_set(e, LW_ELIMIT,
		    "more than %zu objects begin with this; give a longer prefix",
		    LW_STORAGE_OBJECTS_MAX);
	if (w->count == w->cap) {
		size_t cap = w->cap == 0 ? 256 : w->cap * 2;
		char **paths = realloc(w->paths, cap * sizeof(*paths));

		if (paths == NULL)
			return no_memory(e);
		w->paths = paths;
		w->cap = cap;
	}
	lw_buf_addz(&operand, SCHEME);
	lw_buf_addstr(&operand, l->bucket);
	lw_buf_addc(&operand, '/');
	lw_buf_addstr(&operand, name);
	w->paths[w->count] = lw_buf_take(&operand);
	if (w->paths[w->count] == NULL)
		return no_memory(e);
	w->count++;
	return LW_OK;
}

static enum lw_code
add_item(struct listing *l, const struct lw_field *item, struct lw_error *e)
{
	const struct lw_remote *remote = l->s->remote;
	struct lw_str name = lw_str_from(lw_field_text_of(item, "name"));

	if (name.n == 0)
		return LW_OK;
	if (lw_str_eq(name, l->prefix)) {
		l->alone = true;
		return add_name(l, name, e);
	}
	if (lw_str_ends(name, LW_STR("/")) && lw_field_number(lw_field_get(item, "size"), 0) == 0)
		return LW_OK;
	if (!lw_shard_wanted(name, remote->since_ns, remote->until_ns)) {
		l->left_out++;
		return LW_OK;
	}
	return add_name(l, name, e);
}

static enum lw_code
take_page(struct listing *l, const struct lw_buf *body, struct lw_error *e)
{
	struct lw_document *d = lw_document_new(lw_buf_str(body), e);
	const struct lw_field *items;
	const char *token;
	enum lw_code code = LW_OK;
	size_t i;

	if (d == NULL)
		return e->code == LW_ENOMEM ? e->code
					    : lw_error_set(e, LW_EHTTP,
						  "the list of objects is no JSON; check that "
						  "the server is Cloud Storage");
	items = lw_field_get(lw_document_root(d), "items");
	for (i = 0; code == LW_OK && !l->alone && i < lw_field_count(items); i++)
		code = add_item(l, lw_field_at(items, i), e);
	free(l->token);
	l->token = NULL;
	token = lw_field_text_of(lw_document_root(d), "nextPageToken");
	if (code == LW_OK && !l->alone && token != NULL && token[0] != '\0') {
		l->token = strdup(token);
		if (l->token == NULL)
			code = no_memory(e);
	}
	lw_document_free(d);
	return code;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Whoever may read an object need not be allowed to list its bucket. */
static bool
is_object_alone(const struct listing *l)
{
	long status = lw_http_status(l->s->http);

	return (status == 401 || status == 403) && l->names->count == 0 && l->prefix.n > 0 &&
	       !lw_str_ends(l->prefix, LW_STR("/"));
}

static enum lw_code
list_pages(struct listing *l, struct lw_error *e)
{
	struct lw_buf body = {0};
	struct lw_error ignored;
	enum lw_code code;
	unsigned pages = 0;

	do {
		code = get_page(l, &body, e);
		if (code == LW_EHTTP && pages == 0 && is_object_alone(l)) {
			code = add_name(l, l->prefix, &ignored);
			break;
		}
		if (code == LW_OK)
			code = take_page(l, &body, e);
		if (code == LW_OK && l->token != NULL && ++pages == PAGES_MAX)
			code = lw_error_set(e, LW_ELIMIT,
			    "the list of objects has more than %d pages; give a longer prefix",
			    PAGES_MAX);
	} while (code == LW_OK && l->token != NULL);
	lw_buf_fini(&body);
	return code;
}

enum lw_code
lw_storage_list(struct lw_storage *s, const char *operand, struct lw_walk *names, size_t *left_out,
    struct lw_error *e)
{
	struct listing l = {.s = s, .names = names};
	enum lw_code code;

	*left_out = 0;
	code = split(operand, &l.bucket, &l.prefix, e);
	if (code == LW_OK && !s->looked)
		code = look_for_credentials(s, e);
	if (code == LW_OK)
		code = list_pages(&l, e);
	free(l.token);
	if (names->count > 1)
		qsort(names->paths, names->count, sizeof(*names->paths), by_bytes);
	*left_out = l.left_out;
	return code;
}
