/* buf.c - a growing run of bytes. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void
lw_buf_init(struct lw_buf *b)
{
	*b = (struct lw_buf){0};
}

void
lw_buf_fini(struct lw_buf *b)
{
	free(b->p);
	lw_buf_init(b);
}

void
lw_buf_reset(struct lw_buf *b)
{
	b->n = 0;
	b->failed = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

bool
lw_buf_reserve(struct lw_buf *b, size_t n)
{
	size_t cap = b->cap < 64 ? 64 : b->cap;
	char *p;

	if (b->failed)
		return false;
	if (n >= SIZE_MAX / 2 - b->n) {
		b->failed = true;
		return false;
	}
	if (b->n + n + 1 <= b->cap)
		return true;
	while (cap < b->n + n + 1)
		cap *= 2;
	p = realloc(b->p, cap);
	if (p == NULL) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void
lw_buf_add(struct lw_buf *b, const void *p, size_t n)
{
	if ((b->failed || b->cap - b->n <= n) && !lw_buf_reserve(b, n))
		return;
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
lw_buf_addz(struct lw_buf *b, const char *z)
{
	lw_buf_add(b, z, strlen(z));
}

void
lw_buf_addstr(struct lw_buf *b, struct lw_str s)
{
	lw_buf_add(b, s.p, s.n);
}

void
lw_buf_addc(struct lw_buf *b, char c)
{
	lw_buf_add(b, &c, 1);
}

void
lw_buf_printf(struct lw_buf *b, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0 || !lw_buf_reserve(b, (size_t)n)) {
		b->failed = true;
		return;
	}
	va_start(ap, format);
	(void)vsnprintf(b->p + b->n, (size_t)n + 1, format, ap);
	va_end(ap);
	b->n += (size_t)n;
}

char *
lw_buf_take(struct lw_buf *b)
{
	char *p;

	if (!lw_buf_reserve(b, 0)) {
		lw_buf_fini(b);
		return NULL;
	}
	b->p[b->n] = '\0';
	p = b->p;
	lw_buf_init(b);
	return p;
}
