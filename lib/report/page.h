/*
 * page.h - laying out text for a terminal: paragraphs, tables, colours.
 *
 * Private to the text writer.  Columns are those of glyph.h.  No line is wider
 * than the page, but for commands, which are printed whole.
 */
#ifndef LW_REPORT_PAGE_H
#define LW_REPORT_PAGE_H

#include "report/common.h"

/* SGR parameters; used where style.color is set. */
#define PAGE_PLAIN ""
#define PAGE_BOLD "1"
#define PAGE_DIM "2"
#define PAGE_RED "1;31"
#define PAGE_GREEN "32"
#define PAGE_YELLOW "33"
#define PAGE_CYAN "36"

struct page {
	struct lw_writer w;
	size_t width;
	struct lw_buf line; /* scratch: text being put together for a paragraph */
	struct lw_buf cell; /* scratch of tables */
};

void lw_page_init(struct page *p, struct lw_buf *out, const struct lw_report *r,
    const struct lw_report_style *style);
void lw_page_fini(struct page *p);

void lw_page_blank(struct page *p); /* an empty line */

/* A section's heading with an empty line before it. */
void lw_page_heading(struct page *p, const char *title);

/* Own text with colour, no wrapping, no line end. */
void lw_page_put(struct page *p, const char *sgr, const char *text);

/* n blanks. */
void lw_page_indent(struct page *p, size_t n);

/*
 * Safe text wrapped between `indent` and the page's width; `column` is where the
 * line stands now.  Ends the line.  max_lines 0: all; else the last one ends in "..."
 */
void lw_page_wrap(struct page *p, struct lw_str safe, size_t column, size_t indent,
    size_t max_lines, const char *sgr);

/* The same for p->line, which is emptied, with an indented first line. */
void lw_page_flush(struct page *p, size_t indent, size_t max_lines, const char *sgr);

/* Append log text, made safe, to p->line. */
void lw_page_add(struct page *p, struct lw_str s);

/* A command behind a label, at `indent`; broken with backslashes at blanks where it is too long, so
 * that it can still be pasted. */
void lw_page_command(struct page *p, size_t indent, struct lw_str command);

struct page_column {
	const char *head;
	bool right; /* aligned */
};

/* Writes cell (row, column) as safe text; returns the colour. */
typedef const char *lw_page_cell_fn(struct page *p, size_t row, size_t column, struct lw_buf *out);
/* More lines below a row, at this indent; may be NULL. */
typedef void lw_page_more_fn(struct page *p, size_t row, size_t indent);

/* A table; the last column takes what room is left and wraps. */
void lw_page_table(struct page *p, const struct page_column *columns, size_t column_count,
    size_t rows, lw_page_cell_fn *cell, lw_page_more_fn *more);

#endif
