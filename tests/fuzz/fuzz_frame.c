/*
 * fuzz_frame.c - any bytes through the framer, in pieces of many sizes.
 *
 * Records lie within the input, are what stands there, come in order and do not
 * overlap; all of the input is used up; and another way of cutting the same bytes into
 * pieces gives the same records and the same faults, also in blocks, and where elements are told
 * by their layout: those that are JSON are what they should be, and the others when they were
 * framed again.  The last byte chooses the pieces and whether lines are joined.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "entry/parse.h"
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

/* Hashes of all that comes out; the reports in any order. */
struct sums {
	uint64_t records, reports;
	size_t count; /* of both */
};

static void
on_report(void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *e)
{
	struct sums *sums = arg;

	(void)level;
	must(e->code != LW_OK && e->line > 0);
	sums->reports += lw_hash_pair(e->line, lw_hash_pair(e->offset, malformed));
	sums->count++;
}

static void
add(struct sums *sums, const struct lw_record *r)
{
	must(r->bytes.n <= LW_RECORD_MAX_BYTES && r->line >= 1);
	sums->records = lw_hash_str(r->bytes, lw_hash_pair(sums->records, r->kind));
	sums->records = lw_hash_pair(lw_hash_pair(sums->records, r->line), r->offset);
	sums->count++;
}

static const struct lw_source_ops ops = {.read = pieces_read};

static struct sums
frame(const char *p, size_t n, size_t piece, uint64_t seed, bool join)
{
	struct pieces source = {.base.ops = &ops, .p = p, .n = n, .piece = piece, .state = seed};
	struct lw_framer f;
	struct lw_record r;
	struct sums sums = {0, 0, 0};
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
	struct sums sums = {0, 0, 0};
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

/* A record that was told by its layout. */
struct again {
	struct sums *sums;
	uint64_t last; /* offset of its closing brace */
	size_t notes;
	size_t ends; /* those of the end of its array */
	bool cut;
};

static void
on_report_again(void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *e)
{
	struct again *a = arg;

	a->cut = a->cut || (malformed && (e->code == LW_ETRUNC || e->offset == a->last));
	a->notes += !malformed;
	if (malformed)
		on_report(a->sums, level, malformed, e);
	else
		a->ends += strncmp(e->message, "the array ", 10) == 0;
}

static bool
is_json(struct lw_str text)
{
	struct lw_arena *arena = lw_arena_new(0);
	struct lw_parse_error why;
	struct lw_node *root;
	bool is = lw_json_parse(arena, text, &root, &why) == LW_OK;

	lw_arena_free(arena);
	return is;
}

/*
 * What the record comes to when it is framed again; false where what is wrong with it may make
 * what follows be told in another way: a brace closed the element before the layout says so, and
 * its last line belongs to what followed; a second object of the line goes on behind it.
 */
static bool
add_again(struct sums *sums, struct lw_framer *f, const struct lw_record *r)
{
	struct again again = {.sums = sums, .last = r->offset + r->bytes.n - 1};
	size_t count = sums->count;
	struct lw_record record;
	enum lw_next next;
	bool text = false; /* behind the object: lines that follow may continue it */

	must(lw_framer_open_cut(f, r, on_report_again, &again));
	while ((next = lw_framer_next(f, &record)) == LW_NEXT_RECORD) {
		must(!is_json(r->bytes) || lw_str_eq(record.bytes, r->bytes));
		text = text || record.kind == LW_RECORD_TEXT;
		add(sums, &record);
	}
	must(next == LW_NEXT_END && lw_window_size(&f->window) == 0);
	must(!is_json(r->bytes) || sums->count == count + 1);
	if (memchr(r->bytes.p, '\n', r->bytes.n) == NULL)
		return !again.cut && !text && again.notes == 0 && f->by_line;
	return !again.cut && again.notes == 1 && again.ends == 1 && f->tall;
}

static bool
frame_by_layout(const char *p, size_t n, size_t piece, uint64_t seed, bool join, struct sums *sums)
{
	struct pieces source = {.base.ops = &ops, .p = p, .n = n, .piece = piece, .state = seed};
	struct lw_framer f, again;
	struct lw_block b;
	struct lw_record r;
	bool clear = true;

	*sums = (struct sums){0, 0, 0};
	lw_framer_init(&f);
	lw_framer_init(&again);
	lw_block_init(&b);
	f.join = join;
	f.by_layout = true;
	lw_framer_open(&f, &source.base, on_report, sums);
	while (lw_block_fill(&b, &f, 1 + seed % 512) == LW_NEXT_RECORD)
		while (lw_block_next(&b, &r)) {
			if (!r.by_layout)
				add(sums, &r);
			else if (!add_again(sums, &again, &r))
				clear = false;
		}
	must(lw_window_size(&f.window) == 0 && source.at == n);
	lw_framer_fini(&f);
	lw_framer_fini(&again);
	lw_block_fini(&b);
	return clear;
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
	struct sums whole, hasty;
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
	must(!frame_by_layout(p, size, choice % 5, seed, join, &hasty) || same(hasty, whole));
	return 0;
}
