/*
 * fuzz_frame.c - any bytes through the framer, in pieces of many sizes.
 *
 * Records lie within the input, are what stands there, come in order and do not
 * overlap; all of the input is used up; and another way of cutting the same bytes into
 * pieces gives the same records and the same faults.  The last byte chooses the pieces and
 * whether lines are joined.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "input/bytes.h"
#include "input/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

struct pieces {
	struct lw_source base;
	const char *p;
	size_t n, at;
	size_t piece; /* 0: one to a few bytes, by state */
	uint64_t state;
};

static ptrdiff_t
pieces_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct pieces *x = (struct pieces *)s;
	size_t piece = x->piece;

	(void)e;
	if (piece == 0) {
		x->state = x->state * UINT64_C(6364136223846793005) + 1;
		piece = 1 + (size_t)(x->state >> 40) % 100;
	}
	if (piece > n)
		piece = n;
	if (piece > x->n - x->at)
		piece = x->n - x->at;
	if (piece > 0)
		memcpy(buf, x->p + x->at, piece);
	x->at += piece;
	return (ptrdiff_t)piece;
}

static void
on_report(void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *e)
{
	uint64_t *sum = arg;

	(void)level;
	must(e->code != LW_OK && e->line > 0);
	*sum = lw_hash_pair(lw_hash_pair(*sum, e->line), lw_hash_pair(e->offset, malformed));
}

/* A hash of all that comes out. */
static uint64_t
frame(const char *p, size_t n, size_t piece, uint64_t seed, bool join)
{
	static const struct lw_source_ops ops = {pieces_read, NULL};
	struct pieces source = {.base.ops = &ops, .p = p, .n = n, .piece = piece, .state = seed};
	struct lw_framer f;
	struct lw_record r;
	uint64_t sum = 0, end = 0;
	enum lw_next next;

	lw_framer_init(&f);
	f.join = join;
	lw_framer_open(&f, &source.base, on_report, &sum);
	while ((next = lw_framer_next(&f, &r)) == LW_NEXT_RECORD) {
		must(r.bytes.n <= LW_RECORD_MAX_BYTES && r.line >= 1);
		sum = lw_hash_str(r.bytes, lw_hash_pair(sum, r.kind));
		sum = lw_hash_pair(lw_hash_pair(sum, r.line), r.offset);
		if (r.bytes.p == f.cri_out.p)
			continue; /* put together from parts: stands nowhere as a whole */
		must(r.offset >= end && r.offset <= n && r.bytes.n <= n - r.offset);
		must(r.bytes.n == 0 || memcmp(r.bytes.p, p + r.offset, r.bytes.n) == 0);
		end = r.offset + r.bytes.n;
	}
	must(next == LW_NEXT_END && lw_window_size(&f.window) == 0 && source.at == n);
	lw_framer_fini(&f);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	uint64_t whole;
	uint8_t choice;
	bool join;

	if (size == 0)
		return 0;
	/* from the end, so that seeds stay what they look like */
	choice = data[size - 1];
	join = (choice & 1) == 0;
	whole = frame(p, size, size, 0, join);
	must(frame(p, size, choice % 5, lw_hash(data, size, choice), join) == whole);
	return 0;
}
