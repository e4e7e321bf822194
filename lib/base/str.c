/* str.c - searching and trimming runs of bytes. */
#define _GNU_SOURCE /* memmem */
#include "base/str.h"

#define SHORT 256 /* bytes; memmem takes as long to begin */

static size_t
find_in_short(struct lw_str s, struct lw_str needle)
{
	const char *p = s.p, *last = s.p + (s.n - needle.n);

	while ((p = memchr(p, needle.p[0], (size_t)(last - p) + 1)) != NULL) {
		if (memcmp(p, needle.p, needle.n) == 0)
			return (size_t)(p - s.p);
		if (p++ == last)
			break;
	}
	return LW_NPOS;
}

size_t
lw_str_find(struct lw_str s, struct lw_str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return LW_NPOS;
	if (s.n <= SHORT)
		return find_in_short(s, needle);
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

static char
fold(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

bool
lw_word_is(struct lw_str s, const char *word)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (word[i] == '\0' || fold(s.p[i]) != word[i])
			return false;
	return word[i] == '\0';
}

bool
lw_word_among(struct lw_str s, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; s.n > 0 && i < count; i++)
		if (words[i][0] == fold(s.p[0]) && lw_word_is(s, words[i]))
			return true;
	return false;
}
