/*
 * hash.h - 64-bit hashes of bytes, the same on every machine and run.
 *
 * Ids in reports are made of these, so the function never changes: a
 * multiply-xorshift over 8-byte little-endian words in the manner of
 * MurmurHash64A (Austin Appleby, public domain), seeded.  Not for secrets.
 */
#ifndef LW_BASE_HASH_H
#define LW_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/load.h"
#include "base/str.h"

uint64_t lw_hash(const void *p, size_t n, uint64_t seed);

/* The last n bytes, fewer than eight, of those that begin at `from`. */
static inline uint64_t
lw_hash_rest(const unsigned char *from, const unsigned char *p, size_t n)
{
	uint64_t k = 0;

	if (p > from)
		return lw_load64(p + n - 8) >> 8 * (8 - n);
	while (n > 0)
		k = k << 8 | p[--n];
	return k;
}

/*
 * A hash for what ends with the run, in half of the time and in two halves that do not wait for
 * each other: what it gives may change with a version, so it is in no report and nothing is ordered
 * by it.
 */
static inline uint64_t
lw_hash_quick(const void *data, size_t n, uint64_t seed)
{
	const uint64_t m = UINT64_C(0x9e3779b97f4a7c15);
	const unsigned char *p = data;
	uint64_t a = seed * m ^ n, b = m;

	for (; n > 16; n -= 16, p += 16) {
		a = (a ^ lw_load64(p)) * m;
		b = (b ^ lw_load64(p + 8)) * m;
		a ^= a >> 32;
		b ^= b >> 32;
	}
	if (n >= 8) { /* the last sixteen bytes or fewer: two words, which may overlap */
		a ^= lw_load64(p);
		b ^= lw_load64(p + n - 8);
	} else if (n > 0) {
		a ^= lw_hash_rest(data, p, n);
	}
	a *= m;
	b *= m;
	a = (a ^ a >> 32) * m + (b ^ b >> 29);
	return a ^ a >> 32;
}

static inline uint64_t
lw_hash_str(struct lw_str s, uint64_t seed)
{
	return lw_hash(s.p, s.n, seed);
}

/* Spread the bits of x; a bijection. */
static inline uint64_t
lw_hash_mix(uint64_t x)
{
	x ^= x >> 33;
	x *= UINT64_C(0xff51afd7ed558ccd);
	x ^= x >> 33;
	x *= UINT64_C(0xc4ceb9fe1a85ec53);
	x ^= x >> 33;
	return x;
}

/* Two hashes as one; the order matters. */
static inline uint64_t
lw_hash_pair(uint64_t a, uint64_t b)
{
	return lw_hash_mix(a * UINT64_C(0x9e3779b97f4a7c15) + b);
}

#endif
