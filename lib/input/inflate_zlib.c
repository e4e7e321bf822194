/*
 * inflate_zlib.c - by zlib, but for the checksum.
 *
 * zlib reads the header of a member with its checks on; then they are switched off, and the
 * checksum and the length at its end are compared here, where they cost a fraction.
 */
#define ZLIB_CONST 1 /* next_in is only read */

#include "input/inflate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "input/crc32.h"

#define GZIP_WINDOW (15 + 16) /* the largest window, gzip around it */
#define PIECE_MAX ((size_t)1 << 30)
#define TRAILER_BYTES 8
#define AT_BLOCK 128 /* in data_type: a block of the data comes next */

struct lw_inflate {
	z_stream z;
	bool in_header;
	uint32_t crc, size;                   /* of what was inflated of the member */
	unsigned char trailer[TRAILER_BYTES]; /* the last that were read */
};

struct lw_inflate *
lw_inflate_new(void)
{
	struct lw_inflate *z = calloc(1, sizeof(*z));

	if (z != NULL && inflateInit2(&z->z, GZIP_WINDOW) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

void
lw_inflate_free(struct lw_inflate *z)
{
	(void)inflateEnd(&z->z);
	free(z);
}

void
lw_inflate_begin(struct lw_inflate *z)
{
	(void)inflateReset(&z->z);
	(void)inflateValidate(&z->z, 1);
	z->in_header = true;
	z->crc = z->size = 0;
}

/* The last bytes of what was read so far, of which p[0..n) is new. */
static void
keep_trailer(struct lw_inflate *z, const unsigned char *p, size_t n)
{
	if (n >= TRAILER_BYTES) {
		memcpy(z->trailer, p + n - TRAILER_BYTES, TRAILER_BYTES);
	} else {
		memmove(z->trailer, z->trailer + n, TRAILER_BYTES - n);
		memcpy(z->trailer + TRAILER_BYTES - n, p, n);
	}
}

static uint32_t
number(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The end of the member, and of its trailer. */
static enum lw_inflated
check(const struct lw_inflate *z, const char **why)
{
	if (number(z->trailer) != z->crc)
		*why = "incorrect data check";
	else if (number(z->trailer + 4) != z->size)
		*why = "incorrect length check";
	else
		return LW_INFLATED_END;
	return LW_INFLATED_DAMAGED;
}

static uInt
piece(size_t n)
{
	return (uInt)(n < PIECE_MAX ? n : PIECE_MAX);
}

/* zlib's inflate, with the checksum. */
static int
run(struct lw_inflate *z, struct lw_inflate_io *io, int flush)
{
	uInt in = piece(io->in_n), out = piece(io->out_n);
	int rc;

	z->z.next_in = io->in;
	z->z.avail_in = in;
	z->z.next_out = io->out;
	z->z.avail_out = out;
	rc = inflate(&z->z, flush);
	in -= z->z.avail_in;
	out -= z->z.avail_out;
	keep_trailer(z, io->in, in);
	z->crc = lw_crc32(z->crc, io->out, out);
	z->size += out;
	io->in += in;
	io->in_n -= in;
	io->out += out;
	io->out_n -= out;
	return rc;
}

enum lw_inflated
lw_inflate_run(struct lw_inflate *z, struct lw_inflate_io *io, const char **why)
{
	int rc;

	if (z->in_header) {
		rc = run(z, io, Z_BLOCK); /* stops behind the header */
		z->in_header =
		    (rc == Z_OK || rc == Z_BUF_ERROR) && (z->z.data_type & AT_BLOCK) == 0;
		if (!z->in_header)
			(void)inflateValidate(&z->z, 0);
	} else {
		rc = run(z, io, Z_NO_FLUSH);
	}
	switch (rc) {
	case Z_OK:
	case Z_BUF_ERROR:
		return LW_INFLATED_SOME;
	case Z_STREAM_END:
		return check(z, why);
	case Z_MEM_ERROR:
		return LW_INFLATED_NOMEM;
	default:
		*why = z->z.msg != NULL ? z->z.msg : "damaged gzip data";
		return LW_INFLATED_DAMAGED;
	}
}
