/* input_helper.c - a source in memory, and records as one text. */
#include "input_helper.h"

#include <stdlib.h>

#include "base/arena.h"
#include "entry/parse.h"
#include "input/block.h"
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

static const struct lw_source_ops memory_ops = {.read = memory_read, .close = memory_close};

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

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
sort_lines(struct lw_buf *out)
{
	struct lw_buf text = *out;
	char *lines[512] = {NULL}, *end;
	size_t count = 0, i;

	*out = (struct lw_buf){0};
	lw_buf_addc(&text, '\0');
	for (char *p = text.p; (end = strchr(p, '\n')) != NULL; p = end + 1) {
		*end = '\0';
		ck_assert_uint_lt(count, sizeof(lines) / sizeof(lines[0]));
		lines[count++] = p;
	}
	qsort(lines, count, sizeof(lines[0]), by_bytes);
	for (i = 0; i < count; i++)
		lw_buf_printf(out, "%s\n", lines[i]);
	lw_buf_fini(&text);
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

static void
on_report_again(void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *e)
{
	if (malformed)
		on_report(arg, level, malformed, e);
}

static void
add_again(struct lw_buf *out, struct lw_framer *f, const struct lw_record *by_layout)
{
	struct lw_record r;

	ck_assert(lw_framer_open_cut(f, by_layout, on_report_again, out));
	while (lw_framer_next(f, &r) == LW_NEXT_RECORD)
		add_record(out, &r);
}

void
frame_by_layout(
    struct lw_buf *out, const void *p, size_t n, size_t piece, size_t block, size_t *by_layout)
{
	struct memory_source source;
	struct lw_framer f, again;
	struct lw_block b;
	struct lw_record r;

	*by_layout = 0;
	memory_source_init(&source, p, n, piece, 0);
	lw_framer_init(&f);
	lw_framer_init(&again);
	lw_block_init(&b);
	f.by_layout = true;
	lw_framer_open(&f, &source.base, on_report, out);
	while (lw_block_fill(&b, &f, block) == LW_NEXT_RECORD)
		while (lw_block_next(&b, &r)) {
			*by_layout += r.by_layout;
			if (!r.by_layout || is_json(r.bytes))
				add_record(out, &r);
			else
				add_again(out, &again, &r);
		}
	ck_assert_uint_eq(lw_window_size(&f.window), 0);
	lw_framer_fini(&f);
	lw_framer_fini(&again);
	lw_block_fini(&b);
	sort_lines(out);
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
