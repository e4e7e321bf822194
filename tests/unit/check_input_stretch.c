/* check_input_stretch.c - stretches of a file: each line that begins in one, once. */
#include <stdlib.h>
#include <string.h>

#include "input/stretch.h"
#include "input_helper.h"

#define TEXT_BYTES (5 * LW_STRETCH_BYTES / 2)

struct text_source {
	struct lw_source base;
	const char *p;
	size_t n, piece; /* bytes a read, at most */
};

static ptrdiff_t
text_read_at(const struct lw_source *s, char *buf, size_t n, uint64_t offset)
{
	const struct text_source *t = (const struct text_source *)s;

	if (offset > t->n)
		return -1;
	if (n > t->n - offset)
		n = t->n - (size_t)offset;
	if (n > t->piece)
		n = t->piece;
	memcpy(buf, t->p + offset, n);
	return (ptrdiff_t)n;
}

static const struct lw_source_ops text_ops = {.read_at = text_read_at};

static void
add_line(struct lw_buf *b, size_t bytes)
{
	lw_buf_addz(b, "{\"a\":\"");
	for (; bytes > 0; bytes--)
		lw_buf_addc(b, (char)('a' + b->n % 26));
	lw_buf_addz(b, "\"}\n");
}

/* Lines of all lengths up to `longest`, some of them empty. */
static struct lw_buf
some_lines(size_t longest)
{
	struct lw_buf b = {0};
	uint32_t seed = 1;

	while (b.n < TEXT_BYTES) {
		seed = seed * 1664525 + 1013904223;
		add_line(&b, (seed >> 8) % longest);
		if (seed >> 27 == 0)
			lw_buf_addc(&b, '\n');
	}
	ck_assert(lw_buf_ok(&b));
	return b;
}

/* Reads stretches from the second line on, as long as they are whole, and checks each of their
 * lines; returns the offset behind the last. */
static size_t
read_stretches(const struct lw_buf *b, size_t piece)
{
	struct text_source source = {.base.ops = &text_ops, .p = b->p, .n = b->n, .piece = piece};
	const char *second = memchr(b->p, '\n', b->n);
	struct lw_stretch s = {.from = (size_t)(second - b->p) + 1, .whole = true};
	size_t at = (size_t)s.from;
	uint64_t line = 2;
	struct lw_block block;
	struct lw_record r;

	lw_block_init(&block);
	for (; s.whole && s.from < b->n; s.from += LW_STRETCH_BYTES) {
		ck_assert(lw_stretch_read(&s, &source.base, &block));
		if (!s.whole && s.bytes == 0)
			break;
		ck_assert_uint_eq(s.offset, at);
		block.pieces[0].line = line;
		while (lw_block_next(&block, &r)) {
			for (; b->p[at] == '\n'; at++)
				line++;
			ck_assert_uint_eq(r.offset, at);
			ck_assert_uint_eq(r.line, line++);
			ck_assert_mem_eq(r.bytes.p, b->p + at, r.bytes.n);
			ck_assert_int_eq(b->p[at + r.bytes.n], '\n');
			ck_assert(r.padded && r.by_layout);
			at += r.bytes.n + 1;
		}
		for (; at < s.offset + s.bytes; at++)
			line += b->p[at] == '\n';
	}
	lw_block_fini(&block);
	return at;
}

START_TEST(every_line_is_in_one_stretch)
{
	/* the last are longer than a stretch: then there are stretches in which no line begins */
	static const size_t longest[] = {100, 3000, 100000, LW_STRETCH_BYTES * 3 / 2};
	static const size_t pieces[] = {SIZE_MAX, 4096, 70001};
	struct lw_buf b = some_lines(longest[_i]);
	size_t i, last;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		ck_assert_uint_eq(read_stretches(&b, pieces[i]), b.n);
	b.n -= 2; /* the last line has no end: it is the framer's */
	for (last = b.n; b.p[last - 1] != '\n'; last--)
		;
	ck_assert_uint_eq(read_stretches(&b, SIZE_MAX), last);
	lw_buf_fini(&b);
}
END_TEST

/* What is no line of one object, or longer than is looked for, ends the stretches before it. */
START_TEST(what_is_no_plain_line_ends_them)
{
	struct lw_buf b = {0}, after = some_lines(500);
	size_t at;

	while (b.n < LW_STRETCH_BYTES * 5 / 4)
		add_line(&b, 200);
	at = b.n;
	if (_i == 0)
		lw_buf_addz(&b, "Traceback (most recent call last):\n");
	else if (_i == 1)
		lw_buf_addz(&b, "{\n  \"a\": 1\n}\n");
	else
		add_line(&b, 4 * LW_STRETCH_BYTES);
	lw_buf_addstr(&b, lw_buf_str(&after));
	ck_assert(lw_buf_ok(&b));
	if (_i < 2)
		ck_assert_uint_eq(read_stretches(&b, SIZE_MAX), at);
	else
		ck_assert_uint_le(read_stretches(&b, SIZE_MAX), at);
	lw_buf_fini(&b);
	lw_buf_fini(&after);
}
END_TEST

TCase *
input_stretch_case(void)
{
	TCase *t = tcase_create("stretch");

	tcase_add_loop_test(t, every_line_is_in_one_stretch, 0, 4);
	tcase_add_loop_test(t, what_is_no_plain_line_ends_them, 0, 3);
	return t;
}
