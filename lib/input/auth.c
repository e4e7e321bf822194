/* auth.c - the order of the credentials, and when a token is got anew. */
#include <config.h>

#include "input/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input/auth_kinds.h"
#include "input/secret.h"
#include "input/source.h"

/* A token that expires sooner is not used: a request may take a while. */
#define MARGIN_NS (300 * LW_NS_PER_S)
/* A file may be written anew by another program. */
#define FILE_LIFE_NS (MARGIN_NS + 60 * LW_NS_PER_S)

static bool
is_given(const char *s)
{
	return s != NULL && s[0] != '\0';
}

static enum lw_code
token_file(struct lw_grant *g, struct lw_error *e)
{
	struct lw_buf text = {0};
	struct lw_str line;
	const char *end;
	enum lw_code code;

	if (!is_given(g->options->token_file))
		return lw_error_set(e, LW_ENOENT, "not given");
	code = lw_auth_read_file(g->options->token_file, &text, e);
	if (code == LW_OK) {
		line = lw_str_trim(lw_buf_str(&text));
		end = line.n == 0 ? NULL : memchr(line.p, '\n', line.n);
		if (end != NULL)
			line.n = (size_t)(end - line.p);
		code = lw_auth_take_token(g, line, e);
		g->expires_ns = lw_auth_now(g) + FILE_LIFE_NS;
	}
	lw_secret_fini(&text);
	return code == LW_ENOENT ? LW_EACCES : code; /* one that was given is not just absent */
}

static enum lw_code
token_of_environment(struct lw_grant *g, struct lw_error *e)
{
	if (!is_given(g->options->token))
		return lw_error_set(e, LW_ENOENT, "not set");
	g->expires_ns = LW_TIME_NONE;
	return lw_auth_take_token(g, lw_str_from(g->options->token), e);
}

static enum lw_code
given_file(struct lw_grant *g, struct lw_error *e)
{
	enum lw_code code;

	if (!is_given(g->options->credentials_file))
		return lw_error_set(e, LW_ENOENT, "not set");
	code = lw_auth_file(g, g->options->credentials_file, e);
	return code == LW_ENOENT ? LW_EACCES : code;
}

static enum lw_code
default_file(struct lw_grant *g, struct lw_error *e)
{
	struct lw_buf path = {0};
	enum lw_code code;

	if (!is_given(g->options->config_folder))
		return lw_error_set(e, LW_ENOENT, "no home folder is known");
	lw_buf_printf(&path, "%s/application_default_credentials.json", g->options->config_folder);
	code = lw_buf_ok(&path) ? lw_auth_file(g, path.p, e)
				: lw_error_set(e, LW_ENOMEM, "out of memory");
	lw_buf_fini(&path);
	return code;
}

/* In the order they are tried. */
static const struct kind {
	const char *name;
	bool given; /* by the user: where it fails, nothing else is tried */
	enum lw_code (*get)(struct lw_grant *g, struct lw_error *e);
} kinds[] = {
    {"--token-file", true, token_file},
    {"LOGWHY_TOKEN", true, token_of_environment},
    {"GOOGLE_APPLICATION_CREDENTIALS", true, given_file},
    {"application default credentials", false, default_file},
    {"metadata server", false, lw_auth_metadata},
    {"gcloud auth print-access-token", false, lw_auth_gcloud},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct lw_auth {
	struct lw_auth_options options;
	pthread_mutex_t lock;
	struct lw_grant grant;
	size_t kind;  /* of the token; KINDS before there was one */
	bool valid;   /* grant.token may be used */
	bool renewed; /* after it was refused */
};

struct lw_auth *
lw_auth_new(const struct lw_auth_options *o, const struct lw_net *net, struct lw_stop *stop)
{
	struct lw_auth *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	if (pthread_mutex_init(&a->lock, NULL) != 0) {
		free(a);
		return NULL;
	}
	a->options = *o;
	a->grant = (struct lw_grant){.options = &a->options, .net = net, .stop = stop};
	a->kind = KINDS;
	return a;
}

void
lw_auth_free(struct lw_auth *a)
{
	if (a == NULL)
		return;
	lw_secret_fini(&a->grant.token);
	(void)pthread_mutex_destroy(&a->lock);
	free(a);
}

static enum lw_code
get(struct lw_auth *a, size_t kind, struct lw_error *e)
{
	lw_secret_fini(&a->grant.token);
	a->grant.quota_project[0] = '\0';
	return kinds[kind].get(&a->grant, e);
}

/* Say of every kind that was tried why it was of no use. */
static void
tell(const struct lw_auth *a, size_t kind, const struct lw_error *why)
{
	struct lw_error e;

	if (a->grant.net->diag == NULL)
		return;
	(void)lw_error_set(&e, why->code, "%s: %s", kinds[kind].name, why->message);
	a->grant.net->diag(a->grant.net->diag_arg, LW_DIAG_ERROR, &e);
}

/* The first kind that gives a token. */
static enum lw_code
search(struct lw_auth *a, struct lw_error *e)
{
	struct lw_error reasons[KINDS];
	enum lw_code code;
	size_t i, j;

	for (i = 0; i < KINDS; i++) {
		code = get(a, i, &reasons[i]);
		if (code == LW_OK) {
			a->kind = i;
			return LW_OK;
		}
		if (code == LW_EINTR || code == LW_ENOMEM) {
			*e = reasons[i];
			return code;
		}
		if (kinds[i].given && code != LW_ENOENT)
			return lw_error_set(
			    e, LW_EACCES, "%s: %s", kinds[i].name, reasons[i].message);
	}
	for (j = 0; j < KINDS; j++)
		tell(a, j, &reasons[j]);
	return lw_error_set(e, LW_EACCES,
	    "no credentials were found (tried in this order: the above); run gcloud auth "
	    "application-default login, or give --token-file or GOOGLE_APPLICATION_CREDENTIALS");
}

static bool
is_fresh(const struct lw_auth *a)
{
	return a->valid && (a->grant.expires_ns == LW_TIME_NONE ||
			       lw_auth_now(&a->grant) < a->grant.expires_ns - MARGIN_NS);
}

static enum lw_code
renew(struct lw_auth *a, struct lw_error *e)
{
	struct lw_error why;
	enum lw_code code;

	a->valid = false;
	if (a->kind == KINDS) {
		code = search(a, e);
	} else {
		code = get(a, a->kind, &why);
		if (code != LW_OK)
			(void)lw_error_set(e, code == LW_ENOENT ? LW_EACCES : code,
			    "the token could not be renewed: %s: %s", kinds[a->kind].name,
			    why.message);
	}
	a->valid = code == LW_OK;
	return code == LW_ENOENT ? LW_EACCES : code;
}

enum lw_code
lw_auth_token(struct lw_auth *a, struct lw_buf *token, struct lw_error *e)
{
	enum lw_code code = LW_OK;
	struct lw_error local;

	if (e == NULL)
		e = &local;
	(void)pthread_mutex_lock(&a->lock);
	if (!is_fresh(a))
		code = renew(a, e);
	if (code == LW_OK) {
		lw_buf_addstr(token, lw_buf_str(&a->grant.token));
		if (!lw_buf_ok(token))
			code = lw_error_set(e, LW_ENOMEM, "out of memory");
	}
	(void)pthread_mutex_unlock(&a->lock);
	return code;
}

bool
lw_auth_refused(struct lw_auth *a, struct lw_str token)
{
	bool again;

	(void)pthread_mutex_lock(&a->lock);
	if (a->valid && lw_str_eq(token, lw_buf_str(&a->grant.token))) {
		again = !a->renewed;
		a->renewed = true;
		a->valid = false;
	} else {
		again = true; /* another thread has seen to it */
	}
	(void)pthread_mutex_unlock(&a->lock);
	return again;
}

const char *
lw_auth_quota_project(struct lw_auth *a)
{
	if (is_given(a->options.quota_project))
		return a->options.quota_project;
	return a->grant.quota_project[0] == '\0' ? NULL : a->grant.quota_project;
}

const char *
lw_auth_source(struct lw_auth *a)
{
	return a->kind == KINDS ? "none" : kinds[a->kind].name;
}

int64_t
lw_auth_now(const struct lw_grant *g)
{
	return g->net->clock == NULL ? 0 : g->net->clock->now_ns(g->net->clock->arg);
}

enum lw_code
lw_auth_take_token(struct lw_grant *g, struct lw_str s, struct lw_error *e)
{
	size_t i;

	s = lw_str_trim(s);
	if (s.n == 0)
		return lw_error_set(e, LW_EACCES, "is empty");
	if (s.n > LW_AUTH_TOKEN_MAX_BYTES)
		return lw_error_set(e, LW_EACCES, "is too long for a token");
	for (i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return lw_error_set(
			    e, LW_EACCES, "is no token: it has blanks or control characters");
	lw_secret_fini(&g->token);
	if (!lw_buf_reserve(&g->token, s.n))
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	lw_buf_addstr(&g->token, s);
	return LW_OK;
}

enum lw_code
lw_auth_read_file(const char *path, struct lw_buf *out, struct lw_error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum lw_code code = LW_OK;
	ssize_t n = 1;

	if (fd < 0 && errno == ENOENT)
		return lw_error_set(e, LW_ENOENT, "%s is not there", path);
	if (fd < 0)
		return lw_error_set(e, LW_EACCES, "%s: %s", path, strerror(errno));
	if (!lw_buf_reserve(out, LW_AUTH_FILE_MAX_BYTES + 1))
		code = lw_error_set(e, LW_ENOMEM, "out of memory");
	while (code == LW_OK && n > 0 && out->n <= LW_AUTH_FILE_MAX_BYTES) {
		n = read(fd, out->p + out->n, LW_AUTH_FILE_MAX_BYTES + 1 - out->n);
		if (n > 0)
			out->n += (size_t)n;
		else if (n < 0 && errno != EINTR)
			code = lw_error_set(e, LW_EACCES, "%s: %s", path, strerror(errno));
		else if (n < 0)
			n = 1;
	}
	if (code == LW_OK && out->n > LW_AUTH_FILE_MAX_BYTES)
		code = lw_error_set(e, LW_EACCES, "%s is too long for credentials", path);
	(void)close(fd);
	return code;
}
