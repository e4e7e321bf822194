/* source.c - places in the text of a catalogue file. */
#include "catalog/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *
next_end(const char *p, const char *end)
{
	return p == end ? NULL : memchr(p, '\n', (size_t)(end - p));
}

bool
lw_source_init(struct lw_source *s, struct lw_arena *arena, const char *name, struct lw_str text)
{
	const char *end = text.p + text.n, *p;
	size_t lines = 1;

	for (p = text.p; (p = next_end(p, end)) != NULL; p++)
		lines++;
	s->name = lw_arena_strz(arena, lw_str_from(name));
	s->text = lw_arena_str(arena, text);
	s->starts = lw_arena_alloc(arena, lines * sizeof(*s->starts));
	if (s->name == NULL || s->text.p == NULL || s->starts == NULL)
		return false;
	s->line_count = 1;
	s->starts[0] = 0;
	for (p = text.p; (p = next_end(p, end)) != NULL; p++)
		s->starts[s->line_count++] = (size_t)(p - text.p) + 1;
	return true;
}

/* Index of the line that holds byte `at`. */
static size_t
line_of(const struct lw_source *s, size_t at)
{
	size_t low = 0, high = s->line_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->starts[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void
lw_source_place(const struct lw_source *s, size_t at, uint64_t *line, uint64_t *column)
{
	size_t i = line_of(s, at);

	*line = i + 1;
	*column = at - s->starts[i] + 1;
}

struct lw_str
lw_source_line(const struct lw_source *s, size_t at)
{
	size_t i = line_of(s, at), start = s->starts[i];
	size_t end = i + 1 < s->line_count ? s->starts[i + 1] - 1 : s->text.n;

	if (end > start && s->text.p[end - 1] == '\r')
		end--;
	return lw_str_make(s->text.p + start, end - start);
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Bytes that a code point takes in UTF-8. */
static size_t
utf8_bytes(unsigned long c)
{
	return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* An escape of a double-quoted text: its bytes in the file; *made are those in the value. */
static size_t
escape(const char *p, size_t n, size_t *made)
{
	size_t digits, i;
	unsigned long c = 0;

	*made = 1;
	if (n < 2)
		return n;
	switch (p[1]) {
	case 'x':
		digits = 2;
		break;
	case 'u':
		digits = 4;
		break;
	case 'U':
		digits = 8;
		break;
	case 'N':
	case '_':
		*made = 2;
		return 2;
	case 'L':
	case 'P':
		*made = 3;
		return 2;
	case '\r':
	case '\n': /* the line goes on, without its indentation */
		*made = 0;
		for (i = 1; i < n && is_space(p[i]); i++)
			;
		return i;
	default:
		return 2;
	}
	for (i = 2; i < n && i < digits + 2; i++) {
		char d = p[i];

		c = c * 16 + (unsigned long)(d <= '9' ? d - '0' : (d | 0x20) - 'a' + 10);
	}
	*made = utf8_bytes(c);
	return i;
}

/* Blanks in a flow text: a line end folds into one blank, n of them into n - 1 line ends. */
static size_t
folded(const char *p, size_t n, size_t *made)
{
	size_t i, ends = 0;

	for (i = 0; i < n && is_space(p[i]); i++)
		ends += p[i] == '\n';
	if (ends == 0) {
		*made = 1;
		return 1;
	}
	*made = ends == 1 ? 1 : ends - 1;
	return i;
}

/* Bytes of the file for the next bytes of the value. */
static size_t
step(const char *p, size_t n, enum lw_quoting quoting, size_t *made)
{
	*made = 1;
	if (quoting == LW_QUOTING_SINGLE && *p == '\'')
		return n < 2 ? n : 2;
	if (quoting == LW_QUOTING_DOUBLE && *p == '\\')
		return escape(p, n, made);
	if (quoting != LW_QUOTING_BLOCK && is_space(*p))
		return folded(p, n, made);
	return 1;
}

/* The text of a block starts behind its header line; every line loses the first one's indentation.
 */
static size_t
find_in_block(const char *p, size_t n, size_t offset)
{
	size_t at = 0, indent = 0, i;

	while (at < n && p[at] != '\n')
		at++;
	at += at < n;
	while (at + indent < n && p[at + indent] == ' ')
		indent++;
	for (at += indent; at < n && offset > 0; offset--) {
		if (p[at++] != '\n')
			continue;
		for (i = 0; i < indent && at < n && p[at] == ' '; i++)
			at++;
	}
	return at;
}

size_t
lw_source_find(
    const struct lw_source *s, struct lw_span span, enum lw_quoting quoting, size_t offset)
{
	const char *p = s->text.p + span.at;
	size_t at = 0, made, n = span.n;

	if (quoting == LW_QUOTING_BLOCK)
		return span.at + find_in_block(p, n, offset);
	if (quoting != LW_QUOTING_PLAIN && n >= 2) {
		at = 1;
		n--;
	}
	while (at < n && offset > 0) {
		at += step(p + at, n - at, quoting, &made);
		offset -= made < offset ? made : offset;
	}
	return span.at + (at < n ? at : n);
}

void
lw_problem_add(struct lw_problems *to, enum lw_diag_level level, enum lw_code code,
    const struct lw_source *s, struct lw_span span, const char *format, ...)
{
	struct lw_problem p = {.level = level, .mark_bytes = 1};
	va_list ap;

	if (level == LW_DIAG_ERROR)
		to->errors++;
	else if (level == LW_DIAG_WARNING)
		to->warnings++;
	if (to->fn == NULL)
		return;
	p.error.code = code;
	va_start(ap, format);
	(void)vsnprintf(p.error.message, sizeof(p.error.message), format, ap);
	va_end(ap);
	if (s != NULL && s->starts == NULL)
		lw_error_at(&p.error, s->name, 0, 0, 0);
	if (s != NULL && s->starts != NULL) {
		uint64_t line, column;

		lw_source_place(s, span.at, &line, &column);
		lw_error_at(&p.error, s->name, line, column, span.at);
		p.line = lw_source_line(s, span.at);
		if (span.n > 1)
			p.mark_bytes = span.n;
		if (column + p.mark_bytes > p.line.n + 1)
			p.mark_bytes = column <= p.line.n ? p.line.n + 1 - (size_t)column : 1;
	}
	to->fn(to->arg, &p);
}
