/* inflate_zlib.c - by zlib. */
#define ZLIB_CONST 1 /* next_in is only read */

#include "input/inflate.h"

#include <stdlib.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* the largest window, gzip around it */
#define PIECE_MAX ((size_t)1 << 30)

struct lw_inflate {
	z_stream z;
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
}

static uInt
piece(size_t n)
{
	return (uInt)(n < PIECE_MAX ? n : PIECE_MAX);
}

enum lw_inflated
lw_inflate_run(struct lw_inflate *z, struct lw_inflate_io *io, const char **why)
{
	uInt in = piece(io->in_n), out = piece(io->out_n);
	int rc;

	z->z.next_in = io->in;
	z->z.avail_in = in;
	z->z.next_out = io->out;
	z->z.avail_out = out;
	rc = inflate(&z->z, Z_NO_FLUSH);
	io->in += in - z->z.avail_in;
	io->in_n -= in - z->z.avail_in;
	io->out += out - z->z.avail_out;
	io->out_n -= out - z->z.avail_out;
	switch (rc) {
	case Z_OK:
	case Z_BUF_ERROR:
		return LW_INFLATED_SOME;
	case Z_STREAM_END:
		return LW_INFLATED_END;
	case Z_MEM_ERROR:
		return LW_INFLATED_NOMEM;
	default:
		*why = z->z.msg != NULL ? z->z.msg : "damaged gzip data";
		return LW_INFLATED_DAMAGED;
	}
}
