/* walk_avx2.c - the fast reader in vectors of 32 bytes; chosen when the program runs. */
#include "entry/walk.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define LW_WALK lw_walk_avx2
#define LW_TARGET __attribute__((target("avx2,bmi")))
#define LANES 32

typedef uint32_t lanes_t; /* bit 0 is the first byte */

LW_TARGET static inline __m256i
load(const char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Held in registers: compilers make constants anew for each string. */
typedef struct {
	__m256i by_low_half; /* of a byte: the quote or the backslash, which has that */
	__m256i control;     /* the last of the control characters */
} specials_t;

LW_TARGET static inline specials_t
lanes_specials(void)
{
	specials_t s = {_mm256_broadcastsi128_si256(
			    _mm_setr_epi8(0, 0, '"', 0, 0, 0, 0, 0, 0, 0, 0, 0, '\\', 0, 0, 0)),
	    _mm256_set1_epi8(0x1f)};

	__asm__("" : "+x"(s.by_low_half), "+x"(s.control));
	return s;
}

LW_TARGET static inline lanes_t
lanes_special(const char *p, const specials_t *s)
{
	__m256i v = load(p);

	return (lanes_t)_mm256_movemask_epi8(
	    _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(s->by_low_half, v), v),
		_mm256_cmpeq_epi8(_mm256_min_epu8(v, s->control), v)));
}

typedef __m256i high_t;

LW_TARGET static inline high_t
lanes_bytes(const char *p)
{
	return load(p);
}

LW_TARGET static inline uint64_t
lanes_high(high_t h)
{
	return (uint32_t)_mm256_movemask_epi8(h);
}

LW_TARGET static inline lanes_t
lanes_dark(const char *p)
{
	return ~(lanes_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load(p), _mm256_set1_epi8(' ')));
}

LW_TARGET static inline lanes_t
lanes_braces(const char *p)
{
	__m256i v = load(p);

	return (lanes_t)_mm256_movemask_epi8(
	    _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('{')),
		_mm256_cmpeq_epi8(v, _mm256_set1_epi8('}'))));
}

LW_TARGET static inline bool
lanes_key(const char *p, const struct lw_known_key *key, unsigned skip)
{
	__m256i same = _mm256_cmpeq_epi8(load(p), load(key->text + skip));

	return (~(uint32_t)_mm256_movemask_epi8(same) & key->mask >> skip) == 0;
}

LW_TARGET static inline bool
lanes_same(const char *a, const char *b, size_t n)
{
	__m256i same = _mm256_cmpeq_epi8(load(a + n - LANES), load(b + n - LANES));
	size_t i;

	for (i = 0; i + LANES < n; i += LANES)
		same = _mm256_and_si256(same, _mm256_cmpeq_epi8(load(a + i), load(b + i)));
	return _mm256_movemask_epi8(same) == -1;
}

LW_TARGET static inline size_t
lanes_first(lanes_t m)
{
	return (size_t)__builtin_ctz(m);
}

LW_TARGET static inline void
lanes_copy(char *to, const char *p)
{
	_mm256_storeu_si256((__m256i *)(void *)to, load(p));
}

#include "entry/json_walk.h"

#endif
