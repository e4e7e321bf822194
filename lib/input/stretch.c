/* stretch.c - reading a part of a file that holds whole lines. */
#include "input/stretch.h"

#include <string.h>

#include "input/bytes.h"

/* Read behind a stretch for the end of its last line, and as often, before its length is the
 * framer's matter. */
#define BEHIND_BYTES ((size_t)4 << 10)
#define BEHIND_PIECES 256

/* Up to n bytes at `at`: fewer at the end, or where reading failed. */
static size_t
read_all(const struct lw_source *source, char *to, size_t n, uint64_t at)
{
	size_t got = 0;
	ptrdiff_t more;

	while (got < n) {
		more = source->ops->read_at(source, to + got, n - got, at + got);
		if (more <= 0)
			break;
		got += (size_t)more;
	}
	return got;
}

/*
 * The bytes from one before the stretch up to the end of its last line, at the front of the
 * block's buffer: how many, or 0 where that end is not to be seen.
 */
static size_t
read_lines(struct lw_stretch *s, const struct lw_source *source, char *buf)
{
	uint64_t at = s->from - 1;
	size_t n = read_all(source, buf, LW_STRETCH_BYTES + BEHIND_BYTES, at), looked, more;
	const char *end;
	int pieces;

	for (looked = LW_STRETCH_BYTES, pieces = 1; looked < n; pieces++) {
		end = memchr(buf + looked, '\n', n - looked);
		if (end != NULL)
			return (size_t)(end - buf) + 1;
		if (pieces == BEHIND_PIECES)
			return 0;
		looked = n;
		more = read_all(source, buf + n, BEHIND_BYTES, at + n);
		n += more;
	}
	/* the last stretch of the file: what has no end is left to the framer */
	for (; n > 0 && buf[n - 1] != '\n'; n--)
		;
	return n;
}

bool
lw_stretch_read(struct lw_stretch *s, const struct lw_source *source, struct lw_block *b)
{
	const char *first;
	size_t n, at, lines = 0;

	s->bytes = 0;
	s->offset = s->from;
	s->whole = false;
	if (!lw_block_clear(b, LW_STRETCH_BYTES + BEHIND_PIECES * BEHIND_BYTES))
		return false;
	n = read_lines(s, source, b->buf);
	first = n == 0 ? NULL : memchr(b->buf, '\n', n);
	if (first == NULL)
		return true;
	memset(b->buf + n, 0, LW_PADDING_BYTES);
	at = (size_t)(first - b->buf) + 1;
	s->offset = s->from - 1 + at;
	s->bytes = at == n
		       ? 0
		       : lw_plain_lines(b->buf + at, n - at, b->ends, LW_BLOCK_LINES, &lines, true);
	s->whole = s->bytes == n - at;
	b->pieces[0] = (struct lw_piece){.kind = LW_RECORD_JSON,
	    .offset = s->offset,
	    .at = at,
	    .n = lines,
	    .by_layout = true,
	    .lines = true};
	b->count = 1;
	b->end_count = lines;
	return true;
}
