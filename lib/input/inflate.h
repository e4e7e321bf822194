/*
 * inflate.h - the members of a gzip file (RFC 1952), one at a time, piece by piece.
 *
 * By zlib, or by ISA-L where configure was told --with-isal: inflate_zlib.c and
 * inflate_isal.c are the same to their callers but for how fast they are, and for how
 * many of the bytes before a damaged place they give.
 */
#ifndef LW_INPUT_INFLATE_H
#define LW_INPUT_INFLATE_H

#include <stddef.h>

struct lw_inflate;

/* What is read and written; moved along by lw_inflate_run. */
struct lw_inflate_io {
	const unsigned char *in;
	size_t in_n;
	unsigned char *out;
	size_t out_n;
};

enum lw_inflated {
	LW_INFLATED_SOME, /* `in` is used up, or `out` is full */
	LW_INFLATED_END,  /* of the member, whose checksum is right; `in` is behind it */
	LW_INFLATED_DAMAGED,
	LW_INFLATED_NOMEM,
};

struct lw_inflate *lw_inflate_new(void); /* NULL where memory ran out */
void lw_inflate_free(struct lw_inflate *z);

/* A member begins with the next byte. */
void lw_inflate_begin(struct lw_inflate *z);

/* Inflate what there is room for.  After LW_INFLATED_DAMAGED *why is a phrase, static; what was
 * written stands. */
enum lw_inflated lw_inflate_run(struct lw_inflate *z, struct lw_inflate_io *io, const char **why);

#endif
