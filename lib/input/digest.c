/* digest.c - see digest.h. */
#include "input/digest.h"

#include <string.h>

#include "base/crc32c.h"
#include "input/net_libs.h"

#define CRC_BYTES 4
#define MD5_BYTES 16
#define TEXT_BYTES 25 /* of 16 bytes in base64, and a NUL */

void
lw_digest_fini(struct lw_digest *d)
{
	if (d->md5 != NULL)
		lw_crypto()->EVP_MD_CTX_free(d->md5);
	*d = (struct lw_digest){0};
}

/* n bytes from base64 with its padding; false where text is not just that. */
static bool
decode(struct lw_str text, unsigned char *out, size_t n)
{
	unsigned char raw[MD5_BYTES + 2]; /* padding is decoded too */

	if (text.n != (n + 2) / 3 * 4 || text.p[text.n - 1] != '=')
		return false;
	if (lw_crypto()->EVP_DecodeBlock(raw, (const unsigned char *)text.p, (int)text.n) < 0)
		return false;
	memcpy(out, raw, n);
	return true;
}

static uint32_t
big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
expect_md5(struct lw_digest *d)
{
	const struct lw_crypto *crypto = lw_crypto();

	if (d->md5 == NULL)
		d->md5 = crypto->EVP_MD_CTX_new();
	/* An OpenSSL that may not use MD5 leaves the other sum. */
	if (d->md5 != NULL && crypto->EVP_DigestInit_ex(d->md5, crypto->EVP_md5(), NULL) != 1) {
		crypto->EVP_MD_CTX_free(d->md5);
		d->md5 = NULL;
	}
}

void
lw_digest_expect(struct lw_digest *d, struct lw_str value)
{
	unsigned char crc[CRC_BYTES];
	struct lw_str part;
	const char *comma;

	while (value.n > 0) {
		comma = memchr(value.p, ',', value.n);
		part = lw_str_make(value.p, comma == NULL ? value.n : (size_t)(comma - value.p));
		value = lw_str_make(value.p + part.n, value.n - part.n);
		if (comma != NULL)
			value = lw_str_make(value.p + 1, value.n - 1);
		part = lw_str_trim(part);
		if (lw_str_starts(part, LW_STR("crc32c=")) &&
		    decode(lw_str_make(part.p + 7, part.n - 7), crc, sizeof(crc))) {
			d->expects_crc32c = true;
			d->expected_crc32c = big_endian(crc);
		} else if (lw_str_starts(part, LW_STR("md5=")) &&
			   decode(lw_str_make(part.p + 4, part.n - 4), d->expected_md5,
			       sizeof(d->expected_md5))) {
			expect_md5(d);
		}
	}
}

void
lw_digest_add(struct lw_digest *d, const void *p, size_t n)
{
	d->crc32c = lw_crc32c(d->crc32c, p, n);
	if (d->md5 != NULL)
		(void)lw_crypto()->EVP_DigestUpdate(d->md5, p, n);
}

static enum lw_code
mismatch(const char *kind, const unsigned char *is, const unsigned char *expected, size_t n,
    struct lw_error *e)
{
	unsigned char a[TEXT_BYTES], b[TEXT_BYTES];

	(void)lw_crypto()->EVP_EncodeBlock(a, is, (int)n);
	(void)lw_crypto()->EVP_EncodeBlock(b, expected, (int)n);
	return lw_error_set(e, LW_EIO,
	    "what came is not what is stored: its %s is %s, the server gives %s; read it again, "
	    "and "
	    "check the object where that is no help",
	    kind, (const char *)a, (const char *)b);
}

enum lw_code
lw_digest_check(struct lw_digest *d, struct lw_error *e)
{
	unsigned char md5[EVP_MAX_MD_SIZE], is[CRC_BYTES], expected[CRC_BYTES];
	size_t i;

	if (d->expects_crc32c && d->crc32c != d->expected_crc32c) {
		for (i = 0; i < CRC_BYTES; i++) {
			is[i] = (unsigned char)(d->crc32c >> (24 - 8 * i));
			expected[i] = (unsigned char)(d->expected_crc32c >> (24 - 8 * i));
		}
		return mismatch("crc32c", is, expected, CRC_BYTES, e);
	}
	if (d->md5 != NULL && lw_crypto()->EVP_DigestFinal_ex(d->md5, md5, NULL) == 1 &&
	    memcmp(md5, d->expected_md5, sizeof(d->expected_md5)) != 0)
		return mismatch("MD5", md5, d->expected_md5, MD5_BYTES, e);
	return LW_OK;
}
