/* bytes.c - looking at many bytes at once. */
#include "input/bytes.h"

#include <string.h>

#if defined(__SSE2__) && !defined(LW_PORTABLE_BYTES)
#include <emmintrin.h>

static inline uint64_t
equal16(__m128i v, char c)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

void
lw_masks_of(const char *p, struct lw_masks *m)
{
	unsigned i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < 64; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		/* '[' and '{', ']' and '}' differ in this bit alone */
		__m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20));
		__m128i blank = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x20)), v);
		__m128i comma = _mm_cmpeq_epi8(v, _mm_set1_epi8(','));
		__m128i colon = _mm_cmpeq_epi8(v, _mm_set1_epi8(':'));
		__m128i shut = _mm_cmpeq_epi8(folded, _mm_set1_epi8('}'));
		__m128i after = _mm_or_si128(_mm_or_si128(blank, comma), _mm_or_si128(colon, shut));

		m->quote |= equal16(v, '"') << i;
		m->backslash |= equal16(v, '\\') << i;
		m->newline |= equal16(v, '\n') << i;
		m->open |= equal16(folded, '{') << i;
		m->close |= (uint64_t)(unsigned)_mm_movemask_epi8(shut) << i;
		m->after |= (uint64_t)(unsigned)_mm_movemask_epi8(after) << i;
	}
}

size_t
lw_count_newlines(const char *p, size_t n)
{
	const __m128i newline = _mm_set1_epi8('\n');
	size_t i = 0, count = 0;

	while (n - i >= 16) {
		size_t rounds = (n - i) / 16;
		__m128i sums = _mm_setzero_si128();
		__m128i pair;

		if (rounds > 255) /* a lane counts to 255 */
			rounds = 255;
		for (; rounds > 0; rounds--, i += 16)
			sums = _mm_sub_epi8(sums,
			    _mm_cmpeq_epi8(
				_mm_loadu_si128((const __m128i *)(const void *)(p + i)), newline));
		pair = _mm_sad_epu8(sums, _mm_setzero_si128());
		count += (size_t)_mm_cvtsi128_si32(pair) +
			 (size_t)_mm_cvtsi128_si32(_mm_srli_si128(pair, 8));
	}
	for (; i < n; i++)
		count += p[i] == '\n';
	return count;
}

size_t
lw_find_joint(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i + 17 <= n; i += 16) {
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + i + 1));
		__m128i both = _mm_and_si128(
		    _mm_cmpeq_epi8(a, _mm_set1_epi8('}')), _mm_cmpeq_epi8(b, _mm_set1_epi8('{')));
		unsigned bits = (unsigned)_mm_movemask_epi8(both);

		if (bits != 0)
			return i + lw_lowest(bits);
	}
	for (; i + 1 < n; i++)
		if (p[i] == '}' && p[i + 1] == '{')
			return i;
	return n;
}

#else

void
lw_masks_of(const char *p, struct lw_masks *m)
{
	unsigned i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < 64; i++) {
		const unsigned char c = (unsigned char)p[i];
		const uint64_t bit = UINT64_C(1) << i;

		if (c <= 0x20 || c == ',' || c == ':' || (c | 0x20) == '}')
			m->after |= bit;
		if (c == '"')
			m->quote |= bit;
		else if (c == '\\')
			m->backslash |= bit;
		else if (c == '\n')
			m->newline |= bit;
		else if ((c | 0x20) == '{')
			m->open |= bit;
		else if ((c | 0x20) == '}')
			m->close |= bit;
	}
}

size_t
lw_count_newlines(const char *p, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += p[i] == '\n';
	return count;
}

size_t
lw_find_joint(const char *p, size_t n)
{
	const char *q = p, *end = p + n;

	while ((q = memchr(q, '}', (size_t)(end - q))) != NULL && end - q > 1) {
		if (q[1] == '{')
			return (size_t)(q - p);
		q++;
	}
	return n;
}

#endif
