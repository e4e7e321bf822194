/* auth_kinds.h - the kinds of credentials, behind auth.c. */
#ifndef LW_INPUT_AUTH_KINDS_H
#define LW_INPUT_AUTH_KINDS_H

#include "base/time.h"
#include "input/auth.h"
#include "input/document.h"
#include "input/http.h"

#define LW_AUTH_FILE_MAX_BYTES ((size_t)64 << 10)
#define LW_AUTH_TOKEN_MAX_BYTES ((size_t)16 << 10)

/* What a kind works with, and gives. */
struct lw_grant {
	const struct lw_auth_options *options;
	const struct lw_net *net;
	struct lw_stop *stop;
	struct lw_buf token;     /* secret */
	int64_t expires_ns;      /* LW_TIME_NONE: never */
	char quota_project[128]; /* "" where the credentials name none */
};

/* Each fills token and expires_ns.  LW_ENOENT: there are none of this kind; else what is wrong with
 * them, in *e without their secrets. */
enum lw_code lw_auth_key(struct lw_grant *g, const struct lw_field *key, struct lw_error *e);
enum lw_code lw_auth_user(struct lw_grant *g, const struct lw_field *user, struct lw_error *e);
enum lw_code lw_auth_file(struct lw_grant *g, const char *path, struct lw_error *e);
enum lw_code lw_auth_metadata(struct lw_grant *g, struct lw_error *e);
enum lw_code lw_auth_gcloud(struct lw_grant *g, struct lw_error *e);

/* POST form (secret, urlencoded) to a token endpoint and take its token. */
enum lw_code lw_auth_exchange(
    struct lw_grant *g, const char *token_uri, struct lw_str form, struct lw_error *e);

/* The token of an answer {access_token, expires_in}. */
enum lw_code lw_auth_take_answer(struct lw_grant *g, struct lw_str answer, struct lw_error *e);

/* s, trimmed, as the token, where it can be one: printable without blanks. */
enum lw_code lw_auth_take_token(struct lw_grant *g, struct lw_str s, struct lw_error *e);

/* The whole of a small file, secret. */
enum lw_code lw_auth_read_file(const char *path, struct lw_buf *out, struct lw_error *e);

/* Percent-encoded for a form or an address. */
void lw_auth_add_encoded(struct lw_buf *out, const char *text);

int64_t lw_auth_now(const struct lw_grant *g);

#endif
