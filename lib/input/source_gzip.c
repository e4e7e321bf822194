/* source_gzip.c - inflating another source (RFC 1952), member after member. */
#include "input/source.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define RAW_BYTES ((size_t)128 << 10)

struct gzip_source {
	struct lw_source base;
	struct lw_source *inner;
	z_stream z;
	uint64_t fed;     /* raw bytes given to zlib or waiting for it */
	uint64_t members; /* whole ones */
	bool in_member;   /* the header of a member was begun */
	bool ended;
	bool broken; /* inner failed; error holds why */
	struct lw_error error;
	size_t cap;
	unsigned char *raw;
};

static uint64_t
raw_offset(const struct gzip_source *g)
{
	return g->fed - g->z.avail_in;
}

/* More raw bytes where there are none; false at their end. */
static bool
refill(struct gzip_source *g)
{
	ptrdiff_t n;

	if (g->z.avail_in > 0)
		return true;
	if (g->broken)
		return false;
	n = g->inner->ops->read(g->inner, (char *)g->raw, g->cap, &g->error);
	g->base.raw_bytes = g->inner->raw_bytes;
	if (n < 0)
		g->broken = true;
	if (n <= 0)
		return false;
	g->z.next_in = g->raw;
	g->z.avail_in = (uInt)n;
	g->fed += (uint64_t)n;
	return true;
}

/* Between members: zeros pad tapes and are no fault, other bytes that start no member are noted and
 * left. */
static bool
next_member(struct gzip_source *g)
{
	while (refill(g) && *g->z.next_in == 0 && g->members > 0) {
		g->z.next_in++;
		g->z.avail_in--;
	}
	if (g->z.avail_in == 0) {
		g->ended = true;
		return false;
	}
	if (*g->z.next_in != 0x1f && g->members > 0) {
		(void)lw_error_set(&g->base.note, LW_EGZIP,
		    "what follows the gzip data at byte %llu of the compressed file is no gzip and "
		    "was "
		    "left out",
		    (unsigned long long)raw_offset(g));
		g->ended = true;
		return false;
	}
	if (inflateReset(&g->z) != Z_OK)
		return false;
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

static ptrdiff_t
gzip_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct gzip_source *g = (struct gzip_source *)s;
	uInt room = n > (1u << 30) ? 1u << 30 : (uInt)n;
	int rc;

	g->z.next_out = (Bytef *)buf;
	g->z.avail_out = room;
	while (g->z.avail_out == room && !g->ended) {
		if (!g->in_member && !next_member(g))
			break;
		if (!refill(g))
			break;
		rc = inflate(&g->z, Z_NO_FLUSH);
		if (rc == Z_STREAM_END) {
			g->in_member = false;
			g->members++;
		} else if (rc == Z_MEM_ERROR) {
			(void)lw_error_set(e, LW_ENOMEM, "out of memory");
			return -1;
		} else if (rc != Z_OK && rc != Z_BUF_ERROR) {
			/* What was inflated goes out first; the next call finds zlib in the same
			 * state. */
			if (g->z.avail_out < room)
				break;
			return fail(g, g->z.msg != NULL ? g->z.msg : "damaged gzip data", e);
		}
	}
	if (g->z.avail_out < room)
		return (ptrdiff_t)(room - g->z.avail_out);
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

	(void)inflateEnd(&g->z);
	lw_source_close(g->inner);
	free(g->raw);
	free(g);
}

static const struct lw_source_ops gzip_ops = {gzip_read, gzip_close};

struct lw_source *
lw_source_gzip(struct lw_source *inner, const char *head, size_t n)
{
	struct gzip_source *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->cap = n > RAW_BYTES ? n : RAW_BYTES;
	g->raw = malloc(g->cap);
	if (g->raw == NULL || inflateInit2(&g->z, 15 + 16) != Z_OK) {
		free(g->raw);
		free(g);
		return NULL;
	}
	memcpy(g->raw, head, n);
	g->z.next_in = g->raw;
	g->z.avail_in = (uInt)n;
	g->fed = n;
	g->base.ops = &gzip_ops;
	g->base.raw_bytes = inner->raw_bytes;
	g->base.size_bytes = inner->size_bytes;
	g->inner = inner;
	return &g->base;
}
