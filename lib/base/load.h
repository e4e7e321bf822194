/* load.h - eight bytes as one word, as the loops that look at many bytes at once read them. */
#ifndef LW_BASE_LOAD_H
#define LW_BASE_LOAD_H

#include <stdint.h>
#include <string.h>

/* p[0..8), the first byte lowest on every machine; p need not be aligned. */
static inline uint64_t
lw_load64(const void *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

#endif
