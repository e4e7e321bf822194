/* bytes.h - looking at many bytes at once; SSE2 where the processor has it, plain C elsewhere. */
#ifndef LW_INPUT_BYTES_H
#define LW_INPUT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__) && defined(__x86_64__) && !defined(LW_PORTABLE_BYTES)
#include <immintrin.h>
#define LW_SSE2 1
#define LW_AVX2 __attribute__((target("avx2,pclmul"))) /* where lw_has_avx2 says so */
#endif

/* What the bytes of a block of 64 are, one bit a byte, the first byte in bit 0. */
struct lw_masks {
	uint64_t quote, backslash, open, close, newline, space;
	uint64_t after; /* may stand behind a string: blanks, control bytes, ',' ':' '}' ']' */
};

typedef void lw_masks_fn(const char *p, struct lw_masks *m); /* p[0..64) */
lw_masks_fn lw_masks_of;

#ifdef LW_SSE2
static inline bool
lw_has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul");
}

LW_AVX2 static inline uint64_t
lw_mask32(__m256i v)
{
	return (uint32_t)_mm256_movemask_epi8(v);
}

/* As lw_masks_of; to be part of a loop. */
LW_AVX2 static inline void
lw_masks_avx2(const char *p, struct lw_masks *m)
{
	struct lw_masks k = {0};
	unsigned i;

	for (i = 0; i < 64; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		__m256i folded = _mm256_or_si256(v, _mm256_set1_epi8(0x20));
		__m256i blank = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x20)), v);
		__m256i comma = _mm256_cmpeq_epi8(v, _mm256_set1_epi8(','));
		__m256i colon = _mm256_cmpeq_epi8(v, _mm256_set1_epi8(':'));
		__m256i shut = _mm256_cmpeq_epi8(folded, _mm256_set1_epi8('}'));
		__m256i after =
		    _mm256_or_si256(_mm256_or_si256(blank, comma), _mm256_or_si256(colon, shut));

		k.space |= lw_mask32(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(' '))) << i;
		k.quote |= lw_mask32(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'))) << i;
		k.backslash |= lw_mask32(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'))) << i;
		k.newline |= lw_mask32(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n'))) << i;
		k.open |= lw_mask32(_mm256_cmpeq_epi8(folded, _mm256_set1_epi8('{'))) << i;
		k.close |= lw_mask32(shut) << i;
		k.after |= lw_mask32(after) << i;
	}
	*m = k;
}
#endif

size_t lw_count_newlines(const char *p, size_t n);

/*
 * Bytes of the whole lines at p[0..n), a start of a line, that are empty or hold one object of one
 * member or more: begin with {" and have no "}{".  n is at most UINT32_MAX.  *lines is how many
 * lines they are, at most max; ends[0..*lines) is where each ends: one behind its newline.
 */
size_t lw_plain_lines(const char *p, size_t n, uint32_t *ends, size_t max, size_t *lines);

/* Offset of the first "}{" in p[0..n), or n. */
size_t lw_find_joint(const char *p, size_t n);

static inline unsigned
lw_popcount(uint64_t x)
{
	x = x - ((x >> 1) & UINT64_C(0x5555555555555555));
	x = (x & UINT64_C(0x3333333333333333)) + ((x >> 2) & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned)((x * UINT64_C(0x0101010101010101)) >> 56);
}

/* Index of the lowest bit; x is not 0. */
static inline unsigned
lw_lowest(uint64_t x)
{
	return (unsigned)__builtin_ctzll(x);
}

#endif
