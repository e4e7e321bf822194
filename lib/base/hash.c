/* hash.c - MurmurHash64A over little-endian words. */
#include "base/hash.h"

#include "base/load.h"

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
		h ^= lw_hash_rest(data, p, n);
		h *= m;
	}
	h ^= h >> 47;
	h *= m;
	h ^= h >> 47;
	return h;
}
