/* str.c - searching and trimming runs of bytes. */
#define _GNU_SOURCE /* memmem */
#include "base/str.h"

size_t
lw_str_find(struct lw_str s, struct lw_str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return LW_NPOS;
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at == NULL ? LW_NPOS : (size_t)(at - s.p);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct lw_str
lw_str_trim(struct lw_str s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}
