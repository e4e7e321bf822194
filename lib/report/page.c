/* page.c - wrapping by display columns, and tables whose cells are asked for twice instead of
 * stored. */
#include "report/page.h"

#include "base/utf8.h"
#include "report/glyph.h"

#define PAGE_WIDTH 80
#define PAGE_WIDTH_LEAST 64 /* the tables' narrow columns need as much */
#define PAGE_COLUMNS_MAX 8

void
lw_page_init(struct page *p, struct lw_buf *out, const struct lw_report *r,
    const struct lw_report_style *style)
{
	*p = (struct page){.width = style->width == 0 ? PAGE_WIDTH : style->width};
	if (p->width < PAGE_WIDTH_LEAST)
		p->width = PAGE_WIDTH_LEAST;
	lw_writer_init(&p->w, out, r, style);
}

void
lw_page_fini(struct page *p)
{
	if (!lw_buf_ok(&p->line) || !lw_buf_ok(&p->cell))
		p->w.out->failed = true;
	lw_buf_fini(&p->line);
	lw_buf_fini(&p->cell);
	lw_writer_fini(&p->w);
}

static void
colour_on(struct page *p, const char *sgr)
{
	if (p->w.style.color && sgr[0] != '\0')
		lw_buf_printf(p->w.out, "\x1b[%sm", sgr);
}

static void
colour_off(struct page *p, const char *sgr)
{
	if (p->w.style.color && sgr[0] != '\0')
		lw_buf_addz(p->w.out, "\x1b[0m");
}

void
lw_page_blank(struct page *p)
{
	lw_buf_addc(p->w.out, '\n');
}

void
lw_page_put(struct page *p, const char *sgr, const char *text)
{
	colour_on(p, sgr);
	lw_buf_addz(p->w.out, text);
	colour_off(p, sgr);
}

void
lw_page_heading(struct page *p, const char *title)
{
	lw_page_blank(p);
	lw_page_put(p, PAGE_BOLD, title);
	lw_page_blank(p);
}

void
lw_page_indent(struct page *p, size_t n)
{
	while (n-- > 0)
		lw_buf_addc(p->w.out, ' ');
}

/* The bytes of s that make one line of at most `room` columns: up to a blank, else as many
 * characters as fit. */
static size_t
line_bytes(struct lw_str s, size_t room)
{
	size_t at = 0, columns = 0, blank = 0, n;
	uint32_t c;

	while ((n = lw_utf8_next(lw_str_make(s.p + at, s.n - at), &c)) > 0) {
		if (c == ' ')
			blank = at;
		columns += lw_glyph_width(c);
		if (columns > room)
			return blank > 0 ? blank : at > 0 ? at : n;
		at += n;
	}
	return at;
}

static struct lw_str
skip_blanks(struct lw_str s)
{
	while (s.n > 0 && s.p[0] == ' ') {
		s.p++;
		s.n--;
	}
	return s;
}

void
lw_page_wrap(struct page *p, struct lw_str s, size_t column, size_t indent, size_t max_lines,
    const char *sgr)
{
	size_t line = 0, room, n;
	bool cut = false;

	s = skip_blanks(s);
	do {
		if (line > 0)
			lw_page_indent(p, column = indent);
		line++;
		room = p->width > column + 8 ? p->width - column : 8;
		if (line == max_lines) {
			n = lw_fit(s, room, &cut).n;
		} else {
			n = line_bytes(s, room);
		}
		colour_on(p, sgr);
		lw_buf_add(p->w.out, s.p, n);
		if (cut)
			lw_buf_addz(p->w.out, "...");
		colour_off(p, sgr);
		lw_page_blank(p);
		s = skip_blanks(lw_str_make(s.p + n, s.n - n));
	} while (s.n > 0 && !cut);
}

void
lw_page_flush(struct page *p, size_t indent, size_t max_lines, const char *sgr)
{
	lw_page_indent(p, indent);
	lw_page_wrap(p, lw_buf_str(&p->line), indent, indent, max_lines, sgr);
	if (lw_buf_ok(&p->line))
		lw_buf_reset(&p->line);
}

void
lw_page_add(struct page *p, struct lw_str s)
{
	lw_buf_addstr(&p->line, lw_safe(&p->w, s));
}

/* Where a shell would let a line break: the last blank outside quotes within room, 0 where there is
 * none; at the end, s.n. */
static size_t
command_break(struct lw_str s, size_t room)
{
	size_t at = 0, columns = 0, blank = 0, n;
	bool escaped = false;
	uint32_t c, quote = 0;

	while ((n = lw_utf8_next(lw_str_make(s.p + at, s.n - at), &c)) > 0) {
		if (escaped)
			escaped = false;
		else if (c == '\\' && quote != '\'')
			escaped = true;
		else if (quote != 0)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"')
			quote = c;
		else if (c == ' ' && (columns <= room || blank == 0))
			blank = at;
		columns += lw_glyph_width(c);
		at += n;
	}
	return columns <= room + 2 ? s.n : blank;
}

void
lw_page_command(struct page *p, size_t indent, struct lw_str command)
{
	struct lw_str s = lw_safe(&p->w, command);
	size_t n, column = indent;

	lw_page_indent(p, indent);
	for (;;) {
		n = command_break(s, p->width > column + 2 ? p->width - column - 2 : 1);
		if (n == 0 || n > s.n)
			n = s.n;
		colour_on(p, PAGE_CYAN);
		lw_buf_add(p->w.out, s.p, n);
		colour_off(p, PAGE_CYAN);
		s = skip_blanks(lw_str_make(s.p + n, s.n - n));
		if (s.n == 0)
			break;
		lw_buf_addz(p->w.out, " \\\n");
		lw_page_indent(p, column = indent + 4);
	}
	lw_page_blank(p);
}

static const char *
fill(struct page *p, lw_page_cell_fn *cell, size_t row, size_t column)
{
	if (lw_buf_ok(&p->cell))
		lw_buf_reset(&p->cell);
	return cell(p, row, column, &p->cell);
}

static void
put_cell(struct page *p, struct lw_str s, size_t width, bool right, const char *sgr)
{
	size_t columns = lw_glyph_columns(s);
	size_t pad = columns < width ? width - columns : 0;

	if (right)
		lw_page_indent(p, pad);
	colour_on(p, sgr);
	lw_buf_addstr(p->w.out, s);
	colour_off(p, sgr);
	lw_page_indent(p, right ? 2 : pad + 2);
}

void
lw_page_table(struct page *p, const struct page_column *columns, size_t column_count, size_t rows,
    lw_page_cell_fn *cell, lw_page_more_fn *more)
{
	size_t widths[PAGE_COLUMNS_MAX], indent = 2, row, i, n;
	const char *sgr;

	for (i = 0; i + 1 < column_count && i < PAGE_COLUMNS_MAX; i++) {
		widths[i] = strlen(columns[i].head);
		for (row = 0; row < rows; row++) {
			(void)fill(p, cell, row, i);
			n = lw_glyph_columns(lw_buf_str(&p->cell));
			if (n > widths[i])
				widths[i] = n;
		}
		indent += widths[i] + 2;
	}
	lw_page_indent(p, 2);
	for (i = 0; i + 1 < column_count; i++)
		put_cell(p, lw_str_from(columns[i].head), widths[i], columns[i].right, PAGE_DIM);
	lw_page_put(p, PAGE_DIM, columns[i].head);
	lw_page_blank(p);
	for (row = 0; row < rows; row++) {
		lw_page_indent(p, 2);
		for (i = 0; i + 1 < column_count; i++) {
			sgr = fill(p, cell, row, i);
			put_cell(p, lw_buf_str(&p->cell), widths[i], columns[i].right, sgr);
		}
		sgr = fill(p, cell, row, i);
		lw_page_wrap(p, lw_buf_str(&p->cell), indent, indent, 3, sgr);
		if (more != NULL)
			more(p, row, indent);
	}
}
