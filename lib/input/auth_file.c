/* auth_file.c - files of credentials: service account keys and users' refresh tokens. */
#include "input/auth_kinds.h"

#include <stdio.h>
#include <string.h>

#include "input/secret.h"

#define GOOGLE_TOKEN_URI "https://oauth2.googleapis.com/token"
#define ANSWER_MAX_BYTES ((size_t)64 << 10)

static const struct {
	const char *type;
	enum lw_code (*get)(struct lw_grant *g, const struct lw_field *file, struct lw_error *e);
	const char *advice; /* where it cannot be used */
} types[] = {
    {"service_account", lw_auth_key, NULL},
    {"authorized_user", lw_auth_user, NULL},
    {"external_account", NULL,
	"workload identity federation (external_account) is not supported; use gcloud auth "
	"print-access-token --login-config, and --token-file"},
    {"external_account_authorized_user", NULL,
	"workforce identity federation (external_account_authorized_user) is not supported; give "
	"the token of gcloud auth print-access-token by --token-file"},
    {"impersonated_service_account", NULL,
	"impersonation (impersonated_service_account) is not supported; give the token of gcloud "
	"auth print-access-token --impersonate-service-account=ACCOUNT by --token-file"},
    {"gdch_service_account", NULL,
	"accounts of Distributed Cloud (gdch_service_account) are not supported; give a token by "
	"--token-file"},
};

static enum lw_code
by_type(struct lw_grant *g, const char *path, const struct lw_field *root, struct lw_error *e)
{
	const char *type = lw_field_text_of(root, "type");
	const char *quota = lw_field_text_of(root, "quota_project_id");
	struct lw_error why;
	enum lw_code code;
	size_t i;

	if (type == NULL)
		return lw_error_set(
		    e, LW_EACCES, "%s has no \"type\": no file of credentials", path);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(type, types[i].type) != 0)
			continue;
		if (types[i].get == NULL)
			return lw_error_set(e, LW_EACCES, "%s: %s", path, types[i].advice);
		code = types[i].get(g, root, &why);
		if (code != LW_OK)
			return lw_error_set(e, code, "%s: %s", path, why.message);
		if (quota != NULL && strlen(quota) < sizeof(g->quota_project))
			(void)snprintf(g->quota_project, sizeof(g->quota_project), "%s", quota);
		return LW_OK;
	}
	return lw_error_set(e, LW_EACCES, "%s: this type of credentials is not known", path);
}

enum lw_code
lw_auth_file(struct lw_grant *g, const char *path, struct lw_error *e)
{
	struct lw_buf text = {0};
	struct lw_document *d = NULL;
	enum lw_code code = lw_auth_read_file(path, &text, e);

	if (code == LW_OK) {
		d = lw_document_new(lw_buf_str(&text), e);
		if (d != NULL)
			code = by_type(g, path, lw_document_root(d), e);
		else if (e->code == LW_ENOMEM)
			code = LW_ENOMEM;
		else
			code = lw_error_set(e, LW_EACCES, "%s is no JSON", path);
	}
	lw_document_free(d);
	lw_secret_fini(&text);
	return code;
}

enum lw_code
lw_auth_user(struct lw_grant *g, const struct lw_field *user, struct lw_error *e)
{
	static const char *const names[] = {"client_id", "client_secret", "refresh_token"};
	const char *token_uri = lw_field_text_of(user, "token_uri");
	struct lw_buf form = {0};
	enum lw_code code;
	size_t i;

	if (!lw_buf_reserve(&form, 3 * LW_AUTH_FILE_MAX_BYTES))
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	lw_buf_addz(&form, "grant_type=refresh_token");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = lw_field_text_of(user, names[i]);

		if (text == NULL) {
			lw_secret_fini(&form);
			return lw_error_set(e, LW_EACCES, "\"%s\" is missing", names[i]);
		}
		lw_buf_printf(&form, "&%s=", names[i]);
		lw_auth_add_encoded(&form, text);
	}
	code = lw_auth_exchange(
	    g, token_uri == NULL ? GOOGLE_TOKEN_URI : token_uri, lw_buf_str(&form), e);
	lw_secret_fini(&form);
	return code;
}

/* What RFC 6749, 5.2 lets an endpoint say, and what to do about it. */
static const struct {
	const char *error, *advice;
} refusals[] = {
    {"invalid_grant",
	"the key or the refresh token is not valid any more, or this machine's clock is wrong; run "
	"gcloud auth application-default login, or get a new key"},
    {"invalid_client", "the client is not known; run gcloud auth application-default login"},
    {"invalid_request", "the request is not understood"},
    {"invalid_scope", "the account may not have this scope"},
    {"unauthorized_client", "the account may not ask for tokens"},
    {"unsupported_grant_type", "this is no token endpoint of Google"},
    {"access_denied", "access is denied"},
};

/* Nothing of the answer is passed on but one of these words: the rest could hold anything. */
static enum lw_code
refusal(long status, struct lw_str answer, struct lw_error *e)
{
	struct lw_document *d = lw_document_new(answer, NULL);
	const char *error = d == NULL ? NULL : lw_field_text_of(lw_document_root(d), "error");
	size_t i;

	(void)lw_error_set(e, LW_EACCES, "the token endpoint answered with status %ld", status);
	for (i = 0; error != NULL && i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(error, refusals[i].error) == 0)
			(void)lw_error_set(e, LW_EACCES,
			    "the token endpoint answered with status %ld, %s: %s", status,
			    refusals[i].error, refusals[i].advice);
	lw_document_free(d);
	return LW_EACCES;
}

enum lw_code
lw_auth_take_answer(struct lw_grant *g, struct lw_str answer, struct lw_error *e)
{
	struct lw_document *d = lw_document_new(answer, NULL);
	const struct lw_field *root = d == NULL ? NULL : lw_document_root(d);
	const char *token = lw_field_text_of(root, "access_token");
	int64_t life_s = lw_field_number(lw_field_get(root, "expires_in"), 0);
	enum lw_code code;

	if (token == NULL) {
		code = lw_error_set(e, LW_EACCES, "the answer holds no access_token");
	} else {
		code = lw_auth_take_token(g, lw_str_from(token), e);
		if (life_s > 86400)
			life_s = 86400;
		g->expires_ns = lw_auth_now(g) + (life_s > 0 ? life_s : 0) * LW_NS_PER_S;
	}
	lw_document_free(d);
	return code;
}

enum lw_code
lw_auth_exchange(struct lw_grant *g, const char *token_uri, struct lw_str form, struct lw_error *e)
{
	static const struct lw_http_header headers[] = {
	    {"Content-Type", "application/x-www-form-urlencoded", false}};
	struct lw_http_request r = {.method = "POST",
	    .url = token_uri,
	    .headers = headers,
	    .header_count = 1,
	    .body = form};
	struct lw_http *h = lw_http_new(g->net, g->stop);
	struct lw_buf answer = {0};
	unsigned tries = 0;
	enum lw_code code;
	size_t n;

	if (h == NULL || !lw_buf_reserve(&answer, 2 * ANSWER_MAX_BYTES)) {
		code = lw_error_set(e, LW_ENOMEM, "out of memory");
	} else {
		code = lw_http_send(h, &r, &answer, ANSWER_MAX_BYTES, &tries, e);
		if (code == LW_OK && lw_http_status(h) == 200)
			code = lw_auth_take_answer(g, lw_buf_str(&answer), e);
		else if (code == LW_OK)
			code = refusal(lw_http_status(h), lw_buf_str(&answer), e);
		n = strlen(e->message);
		if (code == LW_EACCES && tries > 1)
			(void)snprintf(
			    e->message + n, sizeof(e->message) - n, " (tried %u times)", tries);
	}
	lw_secret_fini(&answer);
	lw_http_free(h);
	return code;
}

void
lw_auth_add_encoded(struct lw_buf *out, const char *text)
{
	const char *p;

	for (p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (c != 0 && strchr("-._~", c) != NULL))
			lw_buf_addc(out, (char)c);
		else
			lw_buf_printf(out, "%%%02X", c);
	}
}
