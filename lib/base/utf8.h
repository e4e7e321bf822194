/* utf8.h - telling UTF-8 from what is not (RFC 3629). */
#ifndef LW_BASE_UTF8_H
#define LW_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Bytes of the character at s[0..], 1 to 4, and its code point; 0 where s
 * does not start with a whole, shortest-form character (surrogates are none).
 */
size_t lw_utf8_next(struct lw_str s, uint32_t *code_point);

/* Bytes of s before the first that is no ASCII. */
size_t lw_utf8_ascii(struct lw_str s);

/* Offset of the first byte that belongs to no character, or s.n where all is well. */
size_t lw_utf8_check(struct lw_str s);

/* Append s with every byte that belongs to no character replaced by U+FFFD. */
void lw_utf8_clean(struct lw_buf *out, struct lw_str s);

/* Append one code point (above 0x10FFFF or a surrogate: U+FFFD). */
void lw_utf8_add(struct lw_buf *out, uint32_t code_point);

/* The longest prefix of s of at most n bytes that does not cut a character. */
struct lw_str lw_utf8_cut(struct lw_str s, size_t n);

#endif
