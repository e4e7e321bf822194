/* bytes.h - looking at many bytes at once; SSE2 where the processor has it, plain C elsewhere. */
#ifndef LW_INPUT_BYTES_H
#define LW_INPUT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the bytes of a block of 64 are, one bit a byte, the first byte in bit 0. */
struct lw_masks {
	uint64_t quote, backslash, open, close, newline;
	uint64_t after; /* may stand behind a string: blanks, control bytes, ',' ':' '}' ']' */
};

typedef void lw_masks_fn(const char *p, struct lw_masks *m); /* p[0..64) */
lw_masks_fn lw_masks_of;

/* The same, as fast as this processor can. */
lw_masks_fn *lw_masks_fastest(void);

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
