/* str.c - searching and trimming runs of bytes. */
#define _GNU_SOURCE /* memmem */
#include "base/str.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define SHORT 256 /* bytes; memmem takes as long to begin */

#if defined(__SSE2__)
/* 16 places at a time: where the first and the last byte of needle stand, all are compared.  Places
 * looked at twice, since the last 16 overlap, do no harm. */
static size_t
find_by_ends(struct lw_str s, struct lw_str needle)
{
	__m128i first = _mm_set1_epi8(needle.p[0]), last = _mm_set1_epi8(needle.p[needle.n - 1]);
	size_t at = 0, behind = s.n - needle.n + 1; /* places: at least 16 */
	unsigned found;

	for (;;) {
		const char *p = s.p + at;
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + needle.n - 1));

		a = _mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last));
		for (found = (unsigned)_mm_movemask_epi8(a); found != 0; found &= found - 1) {
			p = s.p + at + __builtin_ctz(found);
			if (memcmp(p, needle.p, needle.n) == 0)
				return (size_t)(p - s.p);
		}
		if (at + 16 == behind)
			return LW_NPOS;
		at = at + 32 <= behind ? at + 16 : behind - 16;
	}
}
#endif

static size_t
find_in_short(struct lw_str s, struct lw_str needle)
{
	const char *p = s.p, *last = s.p + (s.n - needle.n);

#if defined(__SSE2__)
	if (s.n - needle.n + 1 >= 16)
		return find_by_ends(s, needle);
#endif
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
