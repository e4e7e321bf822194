/*
 * auth_key.c - a service account's key for a token: a JSON Web Token (RFC 7519), signed with RS256
 * (RFC 7518, 3.3) by OpenSSL, is exchanged at the token endpoint (RFC 7523).
 */
#include "input/auth_kinds.h"

#include <string.h>

#include "input/net_libs.h"
#include "input/secret.h"

#define LIFE_S 3600 /* the most that Google accepts */
#define JWT_MAX_BYTES ((size_t)16 << 10)
#define SIGNATURE_MAX_BYTES 2048 /* of a key of 16384 bits */

/* RFC 4648, 5, without padding. */
static void
add_base64url(struct lw_buf *out, const void *bytes, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < n; i += 3) {
		unsigned long v = (unsigned long)p[i] << 16;

		v |= i + 1 < n ? (unsigned long)p[i + 1] << 8 : 0;
		v |= i + 2 < n ? (unsigned long)p[i + 2] : 0;
		lw_buf_addc(out, digits[v >> 18 & 63]);
		lw_buf_addc(out, digits[v >> 12 & 63]);
		if (i + 1 < n)
			lw_buf_addc(out, digits[v >> 6 & 63]);
		if (i + 2 < n)
			lw_buf_addc(out, digits[v & 63]);
	}
}

/* No escapes are written, so what would need one is refused. */
static bool
is_plain(const char *text)
{
	const char *p;

	for (p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == '"' || *p == '\\')
			return false;
	return true;
}

static enum lw_code
sign(struct lw_buf *jwt, const char *pem, struct lw_error *e)
{
	unsigned char signature[SIGNATURE_MAX_BYTES] = {0};
	size_t n = sizeof(signature);
	enum lw_code code = lw_net_libs(e);
	const struct lw_crypto *crypto = lw_crypto();
	EVP_MD_CTX *ctx;
	EVP_PKEY *key;
	BIO *bio;

	if (code != LW_OK)
		return code;
	bio = crypto->BIO_new_mem_buf(pem, -1);
	key = bio == NULL ? NULL : crypto->PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	ctx = crypto->EVP_MD_CTX_new();
	if (key == NULL || crypto->EVP_PKEY_base_id(key) != EVP_PKEY_RSA)
		code = lw_error_set(e, LW_EACCES, "\"private_key\" is no RSA key in PEM");
	else if (ctx == NULL || crypto->EVP_PKEY_size(key) > SIGNATURE_MAX_BYTES ||
		 crypto->EVP_DigestSignInit(ctx, NULL, crypto->EVP_sha256(), NULL, key) != 1 ||
		 crypto->EVP_DigestSign(
		     ctx, signature, &n, (const unsigned char *)jwt->p, jwt->n) != 1)
		code = lw_error_set(e, LW_EACCES, "\"private_key\" cannot sign");
	if (code == LW_OK) {
		lw_buf_addc(jwt, '.');
		add_base64url(jwt, signature, n);
	}
	crypto->ERR_clear_error();
	crypto->EVP_MD_CTX_free(ctx);
	crypto->EVP_PKEY_free(key);
	(void)crypto->BIO_free(bio);
	return code;
}

static enum lw_code
make_jwt(struct lw_grant *g, const struct lw_field *key, const char *token_uri, struct lw_buf *jwt,
    struct lw_error *e)
{
	const char *email = lw_field_text_of(key, "client_email");
	const char *key_id = lw_field_text_of(key, "private_key_id");
	const char *pem = lw_field_text_of(key, "private_key");
	long long now_s = (long long)(lw_auth_now(g) / LW_NS_PER_S);
	struct lw_buf part = {0};
	enum lw_code code;

	if (email == NULL || pem == NULL)
		return lw_error_set(e, LW_EACCES, "\"%s\" is missing",
		    email == NULL ? "client_email" : "private_key");
	if (!is_plain(email) || !is_plain(token_uri) || (key_id != NULL && !is_plain(key_id)))
		return lw_error_set(e, LW_EACCES, "has characters that no key has");
	lw_buf_printf(&part, "{\"alg\":\"RS256\",\"typ\":\"JWT\"%s%s%s}",
	    key_id == NULL ? "" : ",\"kid\":\"", key_id == NULL ? "" : key_id,
	    key_id == NULL ? "" : "\"");
	add_base64url(jwt, part.p, part.n);
	lw_buf_addc(jwt, '.');
	lw_buf_reset(&part);
	lw_buf_printf(&part,
	    "{\"iss\":\"%s\",\"scope\":\"%s\",\"aud\":\"%s\",\"iat\":%lld,\"exp\":%lld}", email,
	    g->options->scope, token_uri, now_s, now_s + LIFE_S);
	add_base64url(jwt, part.p, part.n);
	code = lw_buf_ok(&part) && lw_buf_ok(jwt) ? sign(jwt, pem, e)
						  : lw_error_set(e, LW_ENOMEM, "out of memory");
	lw_buf_fini(&part);
	if (code == LW_OK && !lw_buf_ok(jwt))
		code = lw_error_set(e, LW_ENOMEM, "out of memory");
	return code;
}

enum lw_code
lw_auth_key(struct lw_grant *g, const struct lw_field *key, struct lw_error *e)
{
	static const char grant[] =
	    "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
	    "&assertion=";
	const char *token_uri = lw_field_text_of(key, "token_uri");
	struct lw_buf form = {0}, jwt = {0};
	enum lw_code code;

	if (token_uri == NULL)
		token_uri = "https://oauth2.googleapis.com/token";
	if (!lw_buf_reserve(&jwt, JWT_MAX_BYTES) || !lw_buf_reserve(&form, JWT_MAX_BYTES))
		code = lw_error_set(e, LW_ENOMEM, "out of memory");
	else
		code = make_jwt(g, key, token_uri, &jwt, e);
	if (code == LW_OK) {
		lw_buf_addz(&form, grant);
		lw_buf_addstr(&form, lw_buf_str(&jwt));
		code = lw_buf_ok(&form) ? lw_auth_exchange(g, token_uri, lw_buf_str(&form), e)
					: lw_error_set(e, LW_ENOMEM, "out of memory");
	}
	lw_secret_fini(&form);
	lw_secret_fini(&jwt);
	return code;
}
