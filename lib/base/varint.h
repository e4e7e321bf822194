/*
 * varint.h - whole numbers in as many bytes as they need, seven bits a byte, the lowest first.
 *
 * For what is kept in great numbers and written by this program itself: nothing is checked.
 */
#ifndef LW_BASE_VARINT_H
#define LW_BASE_VARINT_H

#include <stddef.h>
#include <stdint.h>

#define LW_VARINT_MAX_BYTES 10

static inline size_t
lw_varint_size(uint64_t x)
{
	size_t n = 1;

	for (; x >= 0x80; x >>= 7)
		n++;
	return n;
}

/* Write x at p; where it ends. */
static inline unsigned char *
lw_varint_put(unsigned char *p, uint64_t x)
{
	for (; x >= 0x80; x >>= 7)
		*p++ = (unsigned char)(x | 0x80);
	*p++ = (unsigned char)x;
	return p;
}

/* Read *x at p; where it ends. */
static inline const unsigned char *
lw_varint_get(const unsigned char *p, uint64_t *x)
{
	unsigned shift = 0;

	*x = 0;
	for (; *p >= 0x80; shift += 7)
		*x |= (uint64_t)(*p++ & 0x7f) << shift;
	*x |= (uint64_t)*p++ << shift;
	return p;
}

#endif
