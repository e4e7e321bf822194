/*
 * buf.h - a growing run of bytes that it owns.
 *
 * Failing to grow is remembered: later calls do nothing, and lw_buf_ok says
 * so once at the end, which keeps writers free of a test after every call.
 * Zero-initialise (`struct lw_buf b = {0}`) or lw_buf_init; not thread-safe.
 */
#ifndef LW_BASE_BUF_H
#define LW_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct lw_buf {
	char *p;     /* NUL-terminated where not NULL; the NUL is not counted */
	size_t n;    /* bytes in use */
	size_t cap;  /* bytes allocated */
	bool failed; /* an allocation failed; the content is incomplete */
};

void lw_buf_init(struct lw_buf *b);
void lw_buf_fini(struct lw_buf *b);  /* frees; the buffer is as after init */
void lw_buf_reset(struct lw_buf *b); /* empty, keeps the memory and forgets a failure */

/* Room for n more bytes; false where memory ran out. */
bool lw_buf_reserve(struct lw_buf *b, size_t n);

void lw_buf_add(struct lw_buf *b, const void *p, size_t n);
void lw_buf_addz(struct lw_buf *b, const char *z); /* a NUL-terminated string */
void lw_buf_addstr(struct lw_buf *b, struct lw_str s);
void lw_buf_addc(struct lw_buf *b, char c);
void lw_buf_printf(struct lw_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline bool
lw_buf_ok(const struct lw_buf *b)
{
	return !b->failed;
}

static inline struct lw_str
lw_buf_str(const struct lw_buf *b)
{
	return (struct lw_str){b->p, b->n};
}

/* The content as a NUL-terminated string that the caller frees, or NULL where an allocation failed;
 * the buffer is empty then. */
char *lw_buf_take(struct lw_buf *b);

#endif
