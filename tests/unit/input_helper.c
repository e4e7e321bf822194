/* input_helper.c - a source in memory, and records as one text. */
#include "input_helper.h"

#include <stdlib.h>

#include "input/bytes.h"

static ptrdiff_t
memory_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct memory_source *m = (struct memory_source *)s;
	size_t piece = m->piece;

	(void)e;
	if (piece == 0) {
		m->state = m->state * UINT64_C(6364136223846793005) + 1442695040888963407u;
		piece = 1 + (size_t)(m->state >> 33) % ((m->state >> 62) == 0 ? 7 : 900);
	}
	if (piece > n)
		piece = n;
	if (piece > m->n - m->at)
		piece = m->n - m->at;
	memcpy(buf, m->p + m->at, piece);
	m->at += piece;
	s->raw_bytes += piece;
	return (ptrdiff_t)piece;
}

static void
memory_close(struct lw_source *s)
{
	(void)s;
}

static const struct lw_source_ops memory_ops = {memory_read, memory_close};

void
memory_source_init(struct memory_source *m, const void *p, size_t n, size_t piece, uint64_t seed)
{
	*m = (struct memory_source){
	    .base.ops = &memory_ops, .p = p, .n = n, .piece = piece, .state = seed};
}

static void
on_report(void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *e)
{
	(void)level;
	lw_buf_printf(
	    arg, "%s %llu %d\n", malformed ? "!" : "~", (unsigned long long)e->line, e->code);
}

static void
add_record(struct lw_buf *out, const struct lw_record *r)
{
	size_t at;

	lw_buf_printf(out, "%c %llu ", "JYT"[r->kind], (unsigned long long)r -> line);
	at = out->n;
	lw_buf_addstr(out, r->bytes);
	for (; at < out->n; at++)
		if (out->p[at] == '\n')
			out->p[at] = '|';
	lw_buf_addc(out, '\n');
}

void
frame_all(struct lw_buf *out, const void *p, size_t n, size_t piece, uint64_t seed, bool join)
{
	struct memory_source source;
	struct lw_framer f;
	struct lw_record r;

	memory_source_init(&source, p, n, piece, seed);
	lw_framer_init(&f);
	f.join = join;
	lw_framer_open(&f, &source.base, on_report, out);
	while (lw_framer_next(&f, &r) == LW_NEXT_RECORD) {
		add_record(out, &r);
		if (r.bytes.p == f.cri_out.p)
			continue; /* put together from parts */
		ck_assert_uint_le(r.offset + r.bytes.n, n);
		ck_assert_mem_eq(r.bytes.p, (const char *)p + r.offset, r.bytes.n);
		ck_assert_uint_eq(r.line, 1 + lw_count_newlines(p, r.offset));
	}
	ck_assert_uint_eq(lw_window_size(&f.window), 0);
	lw_framer_fini(&f);
	ck_assert(lw_buf_ok(out));
}

static void
on_diag(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	lw_buf_printf(arg, "? %d %llu %s\n", level, (unsigned long long)e->line, e->message);
}

void
read_all(struct lw_buf *out, const char *const *operands, size_t count, struct lw_reader **keep)
{
	struct lw_reader *reader = lw_reader_new(operands, count, on_diag, out);
	struct lw_record r;

	ck_assert_ptr_nonnull(reader);
	while (lw_reader_next(reader, &r) == LW_NEXT_RECORD) {
		ck_assert_uint_lt(r.input, lw_reader_input_count(reader));
		lw_buf_printf(out, "%u ", r.input);
		add_record(out, &r);
	}
	ck_assert(lw_buf_ok(out));
	if (keep != NULL)
		*keep = reader;
	else
		lw_reader_free(reader);
}
