/* source_gzip.c - inflating another source (RFC 1952), member after member. */
#include "input/source.h"

#include <stdlib.h>
#include <string.h>

#include "input/inflate.h"

#define RAW_BYTES ((size_t)128 << 10)

struct gzip_source {
	struct lw_source base;
	struct lw_source *inner;
	struct lw_inflate *z;
	struct lw_inflate_io io;
	uint64_t fed;     /* raw bytes inflated or waiting for it */
	uint64_t members; /* whole ones */
	bool in_member;   /* the header of a member was begun */
	bool ended;
	const char *damage; /* what is wrong with the data */
	bool broken;        /* inner failed; error holds why */
	struct lw_error error;
	size_t cap;
	unsigned char *raw;
};

static uint64_t
raw_offset(const struct gzip_source *g)
{
	return g->fed - g->io.in_n;
}

/* More raw bytes where there are none; false at their end. */
static bool
refill(struct gzip_source *g)
{
	ptrdiff_t n;

	if (g->io.in_n > 0)
		return true;
	if (g->broken)
		return false;
	n = g->inner->ops->read(g->inner, (char *)g->raw, g->cap, &g->error);
	g->base.raw_bytes = g->inner->raw_bytes;
	if (n < 0)
		g->broken = true;
	if (n <= 0)
		return false;
	g->io.in = g->raw;
	g->io.in_n = (size_t)n;
	g->fed += (uint64_t)n;
	return true;
}

/* Between members: zeros pad tapes and are no fault, other bytes that start no member are noted and
 * left. */
static bool
next_member(struct gzip_source *g)
{
	while (refill(g) && *g->io.in == 0 && g->members > 0) {
		g->io.in++;
		g->io.in_n--;
	}
	if (g->io.in_n == 0) {
		g->ended = true;
		return false;
	}
	if (*g->io.in != 0x1f && g->members > 0) {
		(void)lw_error_set(&g->base.note, LW_EGZIP,
		    "what follows the gzip data at byte %llu of the compressed file is no gzip and "
		    "was "
		    "left out",
		    (unsigned long long)raw_offset(g));
		g->ended = true;
		return false;
	}
	lw_inflate_begin(g->z);
	g->in_member = true;
	return true;
}

static ptrdiff_t
fail(struct gzip_source *g, const char *what, struct lw_error *e)
{
	g->ended = true;
	(void)lw_error_set(e, LW_EGZIP,
	    "%s at byte %llu of the compressed file; what came before it was read, get the file "
	    "again for the rest",
	    what, (unsigned long long)raw_offset(g));
	return -1;
}

/* Inflate until there is something to give, or nothing to get.  False where memory ran out. */
static bool
inflate_some(struct gzip_source *g, size_t room)
{
	bool more = true;

	while (more && g->io.out_n == room && !g->ended && g->damage == NULL) {
		if (!g->in_member && !next_member(g))
			break;
		more = refill(g); /* without it, there may still be something to give */
		switch (lw_inflate_run(g->z, &g->io, &g->damage)) {
		case LW_INFLATED_END:
			g->in_member = false;
			g->members++;
			break;
		case LW_INFLATED_NOMEM:
			return false;
		case LW_INFLATED_SOME:
		case LW_INFLATED_DAMAGED:
			break;
		}
	}
	return true;
}

static ptrdiff_t
gzip_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct gzip_source *g = (struct gzip_source *)s;

	g->io.out = (unsigned char *)buf;
	g->io.out_n = n;
	if (!inflate_some(g, n)) {
		(void)lw_error_set(e, LW_ENOMEM, "out of memory");
		return -1;
	}
	if (g->io.out_n < n) /* what was inflated goes out before what is wrong is said */
		return (ptrdiff_t)(n - g->io.out_n);
	if (g->damage != NULL)
		return fail(g, g->damage, e);
	if (g->broken) {
		*e = g->error;
		return -1;
	}
	if (g->in_member && !g->ended)
		return fail(g, "the gzip data ends in the middle", e);
	return 0;
}

static void
gzip_close(struct lw_source *s)
{
	struct gzip_source *g = (struct gzip_source *)s;

	lw_inflate_free(g->z);
	lw_source_close(g->inner);
	free(g->raw);
	free(g);
}

static const struct lw_source_ops gzip_ops = {.read = gzip_read, .close = gzip_close};

struct lw_source *
lw_source_gzip(struct lw_source *inner, const char *head, size_t n)
{
	struct gzip_source *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->cap = n > RAW_BYTES ? n : RAW_BYTES;
	g->raw = malloc(g->cap);
	g->z = lw_inflate_new();
	if (g->raw == NULL || g->z == NULL) {
		if (g->z != NULL)
			lw_inflate_free(g->z);
		free(g->raw);
		free(g);
		return NULL;
	}
	memcpy(g->raw, head, n);
	g->io.in = g->raw;
	g->io.in_n = (size_t)n;
	g->fed = n;
	g->base.ops = &gzip_ops;
	g->base.raw_bytes = inner->raw_bytes;
	g->base.size_bytes = inner->size_bytes;
	g->inner = inner;
	return &g->base;
}
