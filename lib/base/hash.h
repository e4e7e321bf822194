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

#include "base/str.h"

uint64_t lw_hash(const void *p, size_t n, uint64_t seed);

/* The same for what ends with the run, in half of the time: what it gives may change with a
 * version, so it is in no report and nothing is ordered by it. */
uint64_t lw_hash_quick(const void *p, size_t n, uint64_t seed);

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
