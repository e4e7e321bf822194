/*
 * md_inline.h - log text inside GitHub Flavored Markdown, where nothing of it may become markup.
 *
 * Backslashes do not do: a mention, an issue number, a commit hash or a bare
 * address is found in the rendered text, behind the parser's back.  Nothing
 * of this reaches into code, so a word that could become active is put into
 * a code span of its own; what is left is letters, digits and a few marks.
 * Private to the Markdown writer.
 */
#ifndef LW_REPORT_MD_INLINE_H
#define LW_REPORT_MD_INLINE_H

#include "report/common.h"

enum lw_md_place {
	LW_MD_TEXT,
	LW_MD_CELL
}; /* a paragraph or list item; a table's cell, where pipes split */

/* Safe text (lw_safe) as prose, harmless words as they are, others as code. */
void lw_md_prose(struct lw_buf *out, struct lw_str safe, enum lw_md_place place);

/* Safe text as one code span; nothing for empty text. */
void lw_md_code(struct lw_buf *out, struct lw_str safe, enum lw_md_place place);

/* A fenced block of code in a list item; every line indented. */
void lw_md_block(struct lw_buf *out, struct lw_str safe, size_t indent, const char *language);

#endif
