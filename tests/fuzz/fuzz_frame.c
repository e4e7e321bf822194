/*
 * fuzz_frame.c - any bytes through the framer, in pieces of many sizes.
 *
 * Records lie within the input, are what stands there, come in order and do not
 * overlap; all of the input is used up; and another way of cutting the same bytes into
 * pieces gives the same records and the same faults, also in blocks.  The last byte chooses the
 * pieces and whether lines are joined.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "input/block.h"
#include "input/bytes.h"

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

/* Hashes of all that comes out. */
struct sums {
	uint64_t records, reports;
};

static void
on_report(void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *e)
{
	struct sums *sums = arg;

	(void)level;
	must(e->code != LW_OK && e->line > 0);
	sums->reports =
	    lw_hash_pair(lw_hash_pair(sums->reports, e->line), lw_hash_pair(e->offset, malformed));
}

static void
add(struct sums *sums, const struct lw_record *r)
{
	must(r->bytes.n <= LW_RECORD_MAX_BYTES && r->line >= 1);
	sums->records = lw_hash_str(r->bytes, lw_hash_pair(sums->records, r->kind));
	sums->records = lw_hash_pair(lw_hash_pair(sums->records, r->line), r->offset);
}

static const struct lw_source_ops ops = {pieces_read, NULL};

static struct sums
frame(const char *p, size_t n, size_t piece, uint64_t seed, bool join)
{
	struct pieces source = {.base.ops = &ops, .p = p, .n = n, .piece = piece, .state = seed};
	struct lw_framer f;
	struct lw_record r;
	struct sums sums = {0, 0};
	uint64_t end = 0;
	enum lw_next next;

	lw_framer_init(&f);
	f.join = join;
	lw_framer_open(&f, &source.base, on_report, &sums);
	while ((next = lw_framer_next(&f, &r)) == LW_NEXT_RECORD) {
		add(&sums, &r);
		if (r.bytes.p == f.cri_out.p)
			continue; /* put together from parts: stands nowhere as a whole */
		must(r.offset >= end && r.offset <= n && r.bytes.n <= n - r.offset);
		must(r.bytes.n == 0 || memcmp(r.bytes.p, p + r.offset, r.bytes.n) == 0);
		end = r.offset + r.bytes.n;
	}
	must(next == LW_NEXT_END && lw_window_size(&f.window) == 0 && source.at == n);
	lw_framer_fini(&f);
	return sums;
}

static struct sums
frame_in_blocks(const char *p, size_t n, size_t piece, uint64_t seed, bool join)
{
	struct pieces source = {.base.ops = &ops, .p = p, .n = n, .piece = piece, .state = seed};
	struct lw_framer f;
	struct lw_block b;
	struct lw_record r;
	struct sums sums = {0, 0};
	enum lw_next next;

	lw_framer_init(&f);
	lw_block_init(&b);
	f.join = join;
	lw_framer_open(&f, &source.base, on_report, &sums);
	while ((next = lw_block_fill(&b, &f, 1 + seed % 256)) == LW_NEXT_RECORD)
		while (lw_block_next(&b, &r))
			add(&sums, &r);
	must(next == LW_NEXT_END && lw_window_size(&f.window) == 0 && source.at == n);
	lw_framer_fini(&f);
	lw_block_fini(&b);
	return sums;
}

static bool
same(struct sums a, struct sums b)
{
	return a.records == b.records && a.reports == b.reports;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	struct sums whole;
	uint64_t seed;
	uint8_t choice;
	bool join;

	if (size == 0)
		return 0;
	/* from the end, so that seeds stay what they look like */
	choice = data[size - 1];
	join = (choice & 1) == 0;
	seed = lw_hash(data, size, choice);
	whole = frame(p, size, size, 0, join);
	must(same(frame(p, size, choice % 5, seed, join), whole));
	must(same(frame_in_blocks(p, size, choice % 5, seed, join), whole));
	return 0;
}
