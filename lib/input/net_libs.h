/*
 * net_libs.h - libcurl and OpenSSL's libcrypto, loaded when something is asked of the network.
 *
 * Most runs read files and ask nothing.  The libraries, and the two dozen that libcurl needs
 * in turn, would take a third of the time of a short run just to be linked.  configure finds their
 * names (LW_CURL_NAME, LW_CRYPTO_NAME); where it does not, or is told
 * --disable-lazy-network, they are linked as any other library is.
 *
 * A function is called by its own name: lw_curl()->curl_easy_init().
 */
#ifndef LW_INPUT_NET_LIBS_H
#define LW_INPUT_NET_LIBS_H

#define CURL_DISABLE_TYPECHECK 1 /* its macros take the names for functions, not members */
#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/error.h"

#define LW_CURL_FUNCTIONS(X) \
	X(curl_easy_cleanup) \
	X(curl_easy_getinfo) \
	X(curl_easy_init) \
	X(curl_easy_pause) \
	X(curl_easy_reset) \
	X(curl_easy_setopt) \
	X(curl_easy_strerror) \
	X(curl_free) \
	X(curl_getdate) \
	X(curl_multi_add_handle) \
	X(curl_multi_cleanup) \
	X(curl_multi_info_read) \
	X(curl_multi_init) \
	X(curl_multi_perform) \
	X(curl_multi_remove_handle) \
	X(curl_multi_wait) \
	X(curl_slist_append) \
	X(curl_slist_free_all) \
	X(curl_url) \
	X(curl_url_cleanup) \
	X(curl_url_get) \
	X(curl_url_set)

#define LW_CRYPTO_FUNCTIONS(X) \
	X(BIO_free) \
	X(BIO_new_mem_buf) \
	X(ERR_clear_error) \
	X(EVP_DecodeBlock) \
	X(EVP_DigestFinal_ex) \
	X(EVP_DigestInit_ex) \
	X(EVP_DigestSign) \
	X(EVP_DigestSignInit) \
	X(EVP_DigestUpdate) \
	X(EVP_EncodeBlock) \
	X(EVP_MD_CTX_free) \
	X(EVP_MD_CTX_new) \
	X(EVP_PKEY_base_id) \
	X(EVP_PKEY_free) \
	X(EVP_PKEY_size) \
	X(EVP_md5) \
	X(EVP_sha256) \
	X(PEM_read_bio_PrivateKey)

#define LW_NET_FUNCTION(name) __typeof__(name) *name;
struct lw_curl {
	LW_CURL_FUNCTIONS(LW_NET_FUNCTION)
};
struct lw_crypto {
	LW_CRYPTO_FUNCTIONS(LW_NET_FUNCTION)
};
#undef LW_NET_FUNCTION

/* Any thread.  NULL where the library cannot be loaded; it is not tried again. */
const struct lw_curl *lw_curl(void);
const struct lw_crypto *lw_crypto(void);

/* LW_OK where both are there; else LW_EHTTP and *e, which names what is missing. */
enum lw_code lw_net_libs(struct lw_error *e);

#endif
