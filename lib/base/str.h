/*
 * str.h - a borrowed run of bytes.
 *
 * Text of a log is pointer and length everywhere: it may hold NUL, it ends
 * nowhere in particular, and whoever made it owns it.
 */
#ifndef LW_BASE_STR_H
#define LW_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct lw_str {
	const char *p; /* NULL only where n is 0 */
	size_t n;      /* bytes */
};

/* A string literal as a run; the size is known at compile time. */
#define LW_STR(literal) ((struct lw_str){(literal), sizeof(literal) - 1})

static inline struct lw_str
lw_str_make(const char *p, size_t n)
{
	return (struct lw_str){p, n};
}

static inline struct lw_str
lw_str_from(const char *z)
{
	return (struct lw_str){z, z == NULL ? 0 : strlen(z)};
}

static inline bool
lw_str_eq(struct lw_str a, struct lw_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
lw_str_starts(struct lw_str s, struct lw_str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool
lw_str_ends(struct lw_str s, struct lw_str suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* Byte order, the shorter first where one is the start of the other: <0, 0, >0. */
static inline int
lw_str_cmp(struct lw_str a, struct lw_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

/* Offset of needle in s, or -1 cast to size_t (LW_NPOS) where it is not there. */
#define LW_NPOS ((size_t)-1)
size_t lw_str_find(struct lw_str s, struct lw_str needle);

/* Is s the word, given in small letters, in letters of any case (ASCII)?  One of the words? */
bool lw_word_is(struct lw_str s, const char *word);
bool lw_word_among(struct lw_str s, const char *const *words, size_t count);

/* Without the blanks (space, tab, CR, LF) at both ends. */
struct lw_str lw_str_trim(struct lw_str s);

#endif
