/* walk_sse2.c - the fast reader in vectors of 16 bytes, as every x86-64 has them. */
#include "entry/walk.h"

#if defined(__SSE2__)

#include <emmintrin.h>

#define LW_WALK lw_walk_sse2
#define LW_TARGET
#define LANES 16

typedef uint32_t lanes_t; /* bit 0 is the first byte */

static inline __m128i
load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

typedef char specials_t; /* the compiler keeps them */

static inline specials_t
lanes_specials(void)
{
	return 0;
}

static inline lanes_t
lanes_special(const char *p, const specials_t *specials)
{
	(void)specials;
	__m128i v = load(p), special;

	special = _mm_or_si128(
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
	special = _mm_or_si128(special, _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v));
	return (lanes_t)_mm_movemask_epi8(special);
}

typedef __m128i high_t;

static inline high_t
lanes_bytes(const char *p)
{
	return load(p);
}

static inline uint64_t
lanes_high(high_t h)
{
	return (uint32_t)_mm_movemask_epi8(h);
}

static inline lanes_t
lanes_dark(const char *p)
{
	return (lanes_t)_mm_movemask_epi8(_mm_cmpeq_epi8(load(p), _mm_set1_epi8(' '))) ^ 0xffff;
}

static inline lanes_t
lanes_braces(const char *p)
{
	__m128i v = load(p);

	return (lanes_t)_mm_movemask_epi8(_mm_or_si128(
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('{')), _mm_cmpeq_epi8(v, _mm_set1_epi8('}'))));
}

static inline bool
lanes_key(const char *p, const struct lw_known_key *key, unsigned skip)
{
	const char *text = key->text + skip;
	uint32_t low = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(load(p), load(text)));
	uint32_t high = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(load(p + 16), load(text + 16)));

	return (~(low | high << 16) & key->mask >> skip) == 0;
}

static inline bool
lanes_same(const char *a, const char *b, size_t n)
{
	return memcmp(a, b, n) == 0;
}

static inline size_t
lanes_first(lanes_t m)
{
	return (size_t)__builtin_ctz(m);
}

static inline void
lanes_copy(char *to, const char *p)
{
	_mm_storeu_si128((__m128i *)(void *)to, load(p));
}

#include "entry/json_walk.h"

#endif
