/* bytes.h - looking at many bytes at once; SSE2 where the processor has it, plain C elsewhere. */
#ifndef LW_INPUT_BYTES_H
#define LW_INPUT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__) && defined(__x86_64__) && !defined(LW_PORTABLE_BYTES)
#include <immintrin.h>
#define LW_SSE2 1
#define LW_AVX2 \
	__attribute__((target("avx2,pclmul,popcnt,bmi,bmi2"))) /* where lw_has_avx2 says so */
#endif

/* What the bytes of a block of 64 are, one bit a byte, the first byte in bit 0. */
struct lw_masks {
	uint64_t quote, backslash, newline, space;
	uint64_t brace; /* or bracket */
	uint64_t after; /* may stand behind a string: blanks, control bytes, ',' ':' '}' ']' */
};

typedef void lw_masks_fn(const char *p, struct lw_masks *m); /* p[0..64) */
lw_masks_fn lw_masks_of;

#ifdef LW_SSE2
static inline bool
lw_has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
	       __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi") &&
	       __builtin_cpu_supports("bmi2");
}

LW_AVX2 static inline uint64_t
lw_mask32(__m256i v)
{
	return (uint32_t)_mm256_movemask_epi8(v);
}

LW_AVX2 static inline uint64_t
lw_mask64(__m256i a, __m256i b)
{
	return lw_mask32(a) | lw_mask32(b) << 32;
}

/* Which of 64 bytes are c. */
LW_AVX2 static inline uint64_t
lw_equal64(__m256i a, __m256i b, char c)
{
	__m256i wanted = _mm256_set1_epi8(c);

	return lw_mask64(_mm256_cmpeq_epi8(a, wanted), _mm256_cmpeq_epi8(b, wanted));
}

/* What may stand behind a string, of a vector and the same with bit 0x20 set in each byte. */
LW_AVX2 static inline __m256i
lw_after32(__m256i v, __m256i folded)
{
	/* By the lower half of a byte, which one it must be: ':', ',' or '}'. */
	const __m256i wanted = _mm256_broadcastsi128_si256(
	    _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', 0, ',', '}', 0, 0));
	__m256i blank = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x20)), v);

	return _mm256_or_si256(
	    blank, _mm256_cmpeq_epi8(_mm256_shuffle_epi8(wanted, folded), folded));
}

LW_AVX2 static inline __m256i
lw_brace32(__m256i folded)
{
	return _mm256_or_si256(_mm256_cmpeq_epi8(folded, _mm256_set1_epi8('{')),
	    _mm256_cmpeq_epi8(folded, _mm256_set1_epi8('}')));
}

/* As lw_masks_of; to be part of a loop, and of a function that is LW_AVX2. */
LW_AVX2 static inline __attribute__((always_inline)) void
lw_masks_avx2(const char *p, struct lw_masks *m)
{
	const __m256i fold = _mm256_set1_epi8(0x20);
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
	/* '[' and '{', ']' and '}' differ in this bit alone */
	__m256i folded_a = _mm256_or_si256(a, fold), folded_b = _mm256_or_si256(b, fold);

	m->space = lw_equal64(a, b, ' ');
	m->quote = lw_equal64(a, b, '"');
	m->backslash = lw_equal64(a, b, '\\');
	m->newline = lw_equal64(a, b, '\n');
	m->brace = lw_mask64(lw_brace32(folded_a), lw_brace32(folded_b));
	m->after = lw_mask64(lw_after32(a, folded_a), lw_after32(b, folded_b));
}
#endif

size_t lw_count_newlines(const char *p, size_t n);

/*
 * Bytes of the whole lines at p[0..n), a start of a line, that are empty or hold one object of one
 * member or more: begin with {" and have no "}{", or that too where `joined`.  n is at most
 * UINT32_MAX.  *lines is how many lines they are, at most max; ends[0..*lines) is where each ends:
 * one behind its newline.
 */
size_t lw_plain_lines(
    const char *p, size_t n, uint32_t *ends, size_t max, size_t *lines, bool joined);

/*
 * Offset of the first newline in p[0..n) that has fewer than `spaces` (at least 1) right behind it,
 * or too few bytes to say; n where there is none.  *newlines: how many come before it.
 */
size_t lw_shallow_line(const char *p, size_t n, size_t spaces, uint64_t *newlines);

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
