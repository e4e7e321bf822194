/*
 * auth.h - bearer tokens for Google's APIs, from wherever this machine has them.
 *
 * Tried in this order: a token that was given, a credentials file that was
 * given, the application default credentials, the metadata server, gcloud.
 * One that was given must work: another identity is not taken in its place.
 * Tokens are kept until shortly before they expire, never part of a message,
 * and overwritten in memory when they are done with.
 *
 * Formats: "Using OAuth 2.0 for Server to Server Applications" (service account
 * keys), "AIP-4110" to "AIP-4115" (where credentials are looked for), and RFC
 * 7523 and 7515 (the signed request for a token).
 */
#ifndef LW_INPUT_AUTH_H
#define LW_INPUT_AUTH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "input/net.h"

#define LW_AUTH_LOGGING_SCOPE "https://www.googleapis.com/auth/logging.read"
#define LW_AUTH_STORAGE_SCOPE "https://www.googleapis.com/auth/devstorage.read_only"

/* Strings are borrowed, and must outlive what is made of them; NULL or "" where there is none. */
struct lw_auth_options {
	const char *token_file;       /* --token-file: its first line is the token */
	const char *token;            /* LOGWHY_TOKEN */
	const char *credentials_file; /* GOOGLE_APPLICATION_CREDENTIALS */
	const char *config_folder;    /* CLOUDSDK_CONFIG, or gcloud's folder of the user */
	const char *metadata_host;    /* GCE_METADATA_HOST: host or host:port */
	const char *quota_project; /* GOOGLE_CLOUD_QUOTA_PROJECT, before that of the credentials */
	const char *scope;         /* one or several with blanks between */
	bool named; /* the environment or the user named any of these but the quota project */
};

struct lw_auth;

/* net and stop are borrowed.  NULL where memory ran out. */
struct lw_auth *lw_auth_new(
    const struct lw_auth_options *o, const struct lw_net *net, struct lw_stop *stop);
void lw_auth_free(struct lw_auth *a); /* NULL is fine */

/*
 * A token that is valid for some minutes, appended to *token (zero it before,
 * lw_secret_fini it after).  Any thread.  LW_EACCES where no credentials work: net->diag
 * heard as errors which were tried, each with its reason, and *e says what to run; LW_EINTR,
 * LW_ENOMEM.
 */
enum lw_code lw_auth_token(struct lw_auth *a, struct lw_buf *token, struct lw_error *e);

/*
 * The service answered 401 to this token: lw_auth_token gets another.  False where that is of no
 * use, because it was done for the token before as well.  Any thread.
 */
bool lw_auth_refused(struct lw_auth *a, struct lw_str token);

/* After lw_auth_token: the project whose quota is used (header x-goog-user-project), or NULL. */
const char *lw_auth_quota_project(struct lw_auth *a);

/* After lw_auth_token: where the token is from, for messages: "the metadata server". */
const char *lw_auth_source(struct lw_auth *a);

#endif
