/* bytes.c - looking at many bytes at once. */
#include "input/bytes.h"

#include <string.h>

/* Can a line of p[at..n) that begins at `at` be plain?  At the end of the bytes it is not known. */
static inline bool
begins_plain(const char *p, size_t at, size_t n)
{
	if (n - at < 2)
		return n > at && p[at] == '\n';
	return p[at] == '\n' || (p[at] == '{' && p[at + 1] == '"');
}

#ifdef LW_SSE2
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
		m->space |= equal16(v, ' ') << i;
		m->backslash |= equal16(v, '\\') << i;
		m->newline |= equal16(v, '\n') << i;
		m->brace |= equal16(folded, '{') << i;
		m->brace |= (uint64_t)(unsigned)_mm_movemask_epi8(shut) << i;
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

LW_AVX2 static inline void
ends_and_joints_avx2(const char *p, uint64_t *newlines, uint64_t *joints)
{
	const __m256i newline = _mm256_set1_epi8('\n'), shut = _mm256_set1_epi8('}'),
		      open = _mm256_set1_epi8('{');
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
	__m256i a1 = _mm256_loadu_si256((const __m256i *)(const void *)(p + 1));
	__m256i b1 = _mm256_loadu_si256((const __m256i *)(const void *)(p + 33));

	*newlines = lw_mask32(_mm256_cmpeq_epi8(a, newline)) |
		    lw_mask32(_mm256_cmpeq_epi8(b, newline)) << 32;
	*joints =
	    lw_mask32(_mm256_and_si256(_mm256_cmpeq_epi8(a, shut), _mm256_cmpeq_epi8(a1, open))) |
	    lw_mask32(_mm256_and_si256(_mm256_cmpeq_epi8(b, shut), _mm256_cmpeq_epi8(b1, open)))
		<< 32;
}

/* One bit a byte of p[0..64): newlines, and where a "}{" begins; p[64] is looked at. */
static inline void
ends_and_joints(const char *p, uint64_t *newlines, uint64_t *joints)
{
	uint64_t ends = 0, pairs = 0;
	unsigned i;

	for (i = 0; i < 64; i += 16) {
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + i + 1));
		__m128i both = _mm_and_si128(
		    _mm_cmpeq_epi8(a, _mm_set1_epi8('}')), _mm_cmpeq_epi8(b, _mm_set1_epi8('{')));

		ends |= equal16(a, '\n') << i;
		pairs |= (uint64_t)(unsigned)_mm_movemask_epi8(both) << i;
	}
	*newlines = ends;
	*joints = pairs;
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

static inline void
ends_and_joints(const char *p, uint64_t *newlines, uint64_t *joints)
{
	unsigned i;

	*newlines = *joints = 0;
	for (i = 0; i < 64; i++) {
		*newlines |= (uint64_t)(p[i] == '\n') << i;
		*joints |= (uint64_t)(p[i] == '}' && p[i + 1] == '{') << i;
	}
}

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
		if (c == ' ')
			m->space |= bit;
		if (c == '"')
			m->quote |= bit;
		else if (c == '\\')
			m->backslash |= bit;
		else if (c == '\n')
			m->newline |= bit;
		else if ((c | 0x20) == '{' || (c | 0x20) == '}')
			m->brace |= bit;
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

typedef void look_fn(const char *p, uint64_t *newlines, uint64_t *joints);

/* Plain lines without a "}{", compiled once for each way to look. */
static inline __attribute__((always_inline)) size_t
lines_apart(const char *p, size_t n, uint32_t *ends, size_t max, size_t *lines, look_fn *look)
{
	size_t i, good = 0, count = 0;
	uint64_t newlines, joints;
	char tail[65];

	*lines = 0;
	if (!begins_plain(p, 0, n))
		return 0;
	for (i = 0; i < n; i += 64) {
		if (n - i > 64) {
			look(p + i, &newlines, &joints);
		} else {
			memset(tail, ' ', sizeof(tail));
			memcpy(tail, p + i, n - i);
			look(tail, &newlines, &joints);
		}
		if (joints != 0) /* the lines that end before it are fine */
			newlines &= (joints & (0 - joints)) - 1;
		for (; newlines != 0; newlines &= newlines - 1) {
			if (count == max)
				return good;
			good = i + lw_lowest(newlines) + 1;
			ends[count++] = (uint32_t)good;
			*lines = count;
			if (!begins_plain(p, good, n))
				return good;
		}
		if (joints != 0)
			return good;
	}
	return good;
}

#ifdef LW_SSE2
LW_AVX2 static size_t
lines_apart_avx2(const char *p, size_t n, uint32_t *ends, size_t max, size_t *lines)
{
	return lines_apart(p, n, ends, max, lines, ends_and_joints_avx2);
}
#endif

static size_t
any_lines(const char *p, size_t n, uint32_t *ends, size_t max, size_t *lines)
{
	const char *newline;
	size_t good = 0, count;

	for (count = 0; count < max && begins_plain(p, good, n); count++) {
		newline = memchr(p + good, '\n', n - good);
		if (newline == NULL)
			break;
		good = (size_t)(newline - p) + 1;
		ends[count] = (uint32_t)good;
	}
	*lines = count;
	return good;
}

size_t
lw_plain_lines(const char *p, size_t n, uint32_t *ends, size_t max, size_t *lines, bool joined)
{
	if (joined)
		return any_lines(p, n, ends, max, lines);
#ifdef LW_SSE2
	if (lw_has_avx2())
		return lines_apart_avx2(p, n, ends, max, lines);
#endif
	return lines_apart(p, n, ends, max, lines, ends_and_joints);
}

static inline bool
stands_deep(const char *p, size_t n, size_t spaces)
{
	size_t i;

	if (n < spaces)
		return false;
	for (i = 0; i < spaces; i++)
		if (p[i] != ' ')
			return false;
	return true;
}

/* As lw_shallow_line, from p[i], and with the newlines before it counted. */
static size_t
shallow_line(const char *p, size_t i, size_t n, size_t spaces, uint64_t *newlines)
{
	const char *line;

	while (i < n && (line = memchr(p + i, '\n', n - i)) != NULL) {
		i = (size_t)(line - p) + 1;
		if (!stands_deep(p + i, n - i, spaces))
			return i - 1;
		++*newlines;
	}
	return n;
}

#ifdef LW_SSE2
/* The newlines of p[0..32); *shallow: those with fewer spaces behind them. */
LW_AVX2 static inline __attribute__((always_inline)) __m256i
lines32(const char *p, size_t spaces, __m256i *shallow)
{
	__m256i newline = _mm256_cmpeq_epi8(
	    _mm256_loadu_si256((const __m256i *)(const void *)p), _mm256_set1_epi8('\n'));
	__m256i deep = newline;
	size_t i;

	for (i = 1; i <= spaces; i++)
		deep = _mm256_and_si256(deep,
		    _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)(p + i)),
			_mm256_set1_epi8(' ')));
	*shallow = _mm256_xor_si256(newline, deep);
	return newline;
}

/* The sum of bytes. */
LW_AVX2 static inline uint64_t
sum32(__m256i v)
{
	__m256i sums = _mm256_sad_epu8(v, _mm256_setzero_si256());
	__m128i pair =
	    _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));

	return (uint64_t)_mm_cvtsi128_si64(pair) + (uint64_t)_mm_extract_epi64(pair, 1);
}

#define LANE_ROUNDS ((size_t)126) /* and one: two counts each, and a lane counts to 255 */

LW_AVX2 static inline __attribute__((always_inline)) size_t
shallow_line_avx2(const char *p, size_t n, size_t spaces, uint64_t *newlines)
{
	__m256i a, b, shallow_a, shallow_b, sums;
	size_t i = 0, stop;
	uint64_t found;

	*newlines = 0;
	while (n - i >= 64 + spaces) {
		stop = n - 64 - spaces;
		if (stop - i > LANE_ROUNDS * 64)
			stop = i + LANE_ROUNDS * 64;
		for (sums = _mm256_setzero_si256(); i <= stop; i += 64) {
			a = lines32(p + i, spaces, &shallow_a);
			b = lines32(p + i + 32, spaces, &shallow_b);
			if (!_mm256_testz_si256(_mm256_or_si256(shallow_a, shallow_b),
				_mm256_set1_epi8((char)0xff))) {
				found = lw_mask64(shallow_a, shallow_b);
				found ^= found - 1; /* up to the first */
				*newlines += sum32(sums) + (unsigned)__builtin_popcountll(
							       lw_mask64(a, b) & found >> 1);
				return i + (unsigned)__builtin_popcountll(found) - 1;
			}
			sums = _mm256_sub_epi8(sums, _mm256_add_epi8(a, b));
		}
		*newlines += sum32(sums);
	}
	return shallow_line(p, i, n, spaces, newlines);
}

/* For the usual indentations the loop over their spaces is unrolled. */
LW_AVX2 static size_t
shallow_line_by_avx2(const char *p, size_t n, size_t spaces, uint64_t *newlines)
{
	switch (spaces) {
	case 3:
		return shallow_line_avx2(p, n, 3, newlines);
	case 5:
		return shallow_line_avx2(p, n, 5, newlines);
	default:
		return shallow_line_avx2(p, n, spaces, newlines);
	}
}
#endif

size_t
lw_shallow_line(const char *p, size_t n, size_t spaces, uint64_t *newlines)
{
#ifdef LW_SSE2
	if (lw_has_avx2())
		return shallow_line_by_avx2(p, n, spaces, newlines);
#endif
	*newlines = 0;
	return shallow_line(p, 0, n, spaces, newlines);
}
