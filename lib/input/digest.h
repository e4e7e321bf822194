/*
 * digest.h - the checksums of an object's bytes as they pass, held against those that its server
 * gives.
 *
 * Source: "Hashes and ETags: best practices" of Cloud Storage, whose header x-goog-hash is
 * "crc32c=BASE64" (big endian) or "md5=BASE64" or both with a comma, over the bytes as stored.  An
 * object put together from parts has no MD5.
 */
#ifndef LW_INPUT_DIGEST_H
#define LW_INPUT_DIGEST_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct lw_digest {
	uint32_t crc32c; /* of what has passed */
	bool expects_crc32c;
	uint32_t expected_crc32c;
	EVP_MD_CTX *md5; /* NULL where none is expected */
	unsigned char expected_md5[16];
};

/* Zero-initialise.  lw_net_libs has been asked for, as lw_http_begin does. */
void lw_digest_fini(struct lw_digest *d);

/* Before any bytes: the value of one x-goog-hash.  What is none is passed over. */
void lw_digest_expect(struct lw_digest *d, struct lw_str value);

void lw_digest_add(struct lw_digest *d, const void *p, size_t n);

/* After all bytes; LW_OK, also where nothing was expected; else LW_EIO and *e with both values. */
enum lw_code lw_digest_check(struct lw_digest *d, struct lw_error *e);

#endif
