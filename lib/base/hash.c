/* hash.c - MurmurHash64A over little-endian words. */
#include "base/hash.h"

#include "base/load.h"

/* The last n bytes, fewer than eight, of those that begin at `from`. */
static uint64_t
load_rest(const unsigned char *from, const unsigned char *p, size_t n)
{
	uint64_t k = 0;

	if (p > from)
		return lw_load64(p + n - 8) >> 8 * (8 - n);
	while (n > 0)
		k = k << 8 | p[--n];
	return k;
}

/* In two halves that do not wait for each other. */
uint64_t
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
		a ^= load_rest(data, p, n);
	}
	a *= m;
	b *= m;
	a = (a ^ a >> 32) * m + (b ^ b >> 29);
	return a ^ a >> 32;
}

uint64_t
lw_hash(const void *data, size_t n, uint64_t seed)
{
	const uint64_t m = UINT64_C(0xc6a4a7935bd1e995);
	const unsigned char *p = data;
	uint64_t h = seed ^ ((uint64_t)n * m);

	for (; n >= 8; n -= 8, p += 8) {
		uint64_t k = lw_load64(p);

		k *= m;
		k ^= k >> 47;
		k *= m;
		h ^= k;
		h *= m;
	}
	if (n > 0) {
		h ^= load_rest(data, p, n);
		h *= m;
	}
	h ^= h >> 47;
	h *= m;
	h ^= h >> 47;
	return h;
}
