/* inflate_isal.c - by ISA-L, Intel's library of storage functions, which also knows Arm. */
#include "input/inflate.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

#define PIECE_MAX ((size_t)1 << 30)

struct lw_inflate {
	struct inflate_state state;
};

struct lw_inflate *
lw_inflate_new(void)
{
	return calloc(1, sizeof(struct lw_inflate));
}

void
lw_inflate_free(struct lw_inflate *z)
{
	free(z);
}

void
lw_inflate_begin(struct lw_inflate *z)
{
	isal_inflate_init(&z->state);
	z->state.crc_flag = ISAL_GZIP; /* reads the header, checks what stands at the end */
}

static const char *
reason(int code)
{
	switch (code) {
	case ISAL_INVALID_BLOCK:
		return "invalid block type";
	case ISAL_INVALID_SYMBOL:
		return "invalid code";
	case ISAL_INVALID_LOOKBACK:
		return "invalid distance too far back";
	case ISAL_INVALID_WRAPPER:
		return "incorrect header check";
	case ISAL_UNSUPPORTED_METHOD:
		return "unknown compression method";
	case ISAL_INCORRECT_CHECKSUM:
		return "incorrect data check";
	default:
		return "damaged gzip data";
	}
}

static uint32_t
piece(size_t n)
{
	return (uint32_t)(n < PIECE_MAX ? n : PIECE_MAX);
}

enum lw_inflated
lw_inflate_run(struct lw_inflate *z, struct lw_inflate_io *io, const char **why)
{
	struct inflate_state *s = &z->state;
	uint32_t in = piece(io->in_n), out = piece(io->out_n);
	union { /* the library only reads what it takes as writable */
		const unsigned char *read;
		unsigned char *taken;
	} u = {.read = io->in};
	int rc;

	s->next_in = u.taken;
	s->avail_in = in;
	s->next_out = io->out;
	s->avail_out = out;
	rc = isal_inflate(s);
	io->in += in - s->avail_in;
	io->in_n -= in - s->avail_in;
	io->out += out - s->avail_out;
	io->out_n -= out - s->avail_out;
	if (rc < 0) {
		*why = reason(rc);
		return LW_INFLATED_DAMAGED;
	}
	return s->block_state == ISAL_BLOCK_FINISH ? LW_INFLATED_END : LW_INFLATED_SOME;
}
