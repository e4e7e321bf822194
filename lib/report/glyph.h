/*
 * glyph.h - how a character behaves on a screen: its columns, and whether it can be seen.
 *
 * Log text may hold characters that hide or reorder what follows them; no
 * writer lets one through.  Small tables after Unicode 15.1 (EastAsianWidth.txt,
 * DerivedGeneralCategory.txt); the C library's wcwidth depends on the locale.
 */
#ifndef LW_REPORT_GLYPH_H
#define LW_REPORT_GLYPH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Controls (C0, DEL, C1), line and paragraph separators, bidirectional
 * overrides, zero-width and other format characters, fillers, noncharacters:
 * what must be shown as an escape.
 */
bool lw_glyph_hidden(uint32_t code_point);

/* Columns that a visible character takes: 0 (combining), 1 or 2. */
unsigned lw_glyph_width(uint32_t code_point);

/* Columns of valid UTF-8 without hidden characters. */
size_t lw_glyph_columns(struct lw_str s);

#endif
