/* walk_neon.c - the fast reader in vectors of 16 bytes, for 64-bit ARM. */
#include "entry/walk.h"

#if defined(__aarch64__) && defined(__ARM_NEON)

#include <arm_neon.h>

#define LW_WALK lw_walk_neon
#define LW_TARGET
#define LANES 16

typedef uint64_t lanes_t; /* four bits a byte */

/* NEON has no mask of signs: each lane's 0x00 or 0xff is narrowed to four bits. */
static inline lanes_t
mask(uint8x16_t v)
{
	uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(v), 4);

	return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
}

static inline uint8x16_t
load(const char *p)
{
	return vld1q_u8((const uint8_t *)(const void *)p);
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
	uint8x16_t v = load(p);
	uint8x16_t quoted = vorrq_u8(vceqq_u8(v, vdupq_n_u8('"')), vceqq_u8(v, vdupq_n_u8('\\')));

	return mask(vorrq_u8(quoted, vcltq_u8(v, vdupq_n_u8(0x20))));
}

typedef uint8x16_t high_t;

static inline high_t
lanes_bytes(const char *p)
{
	return load(p);
}

static inline uint64_t
lanes_high(high_t h)
{
	return vmaxvq_u8(h) & 0x80;
}

static inline lanes_t
lanes_dark(const char *p)
{
	return ~mask(vceqq_u8(load(p), vdupq_n_u8(' ')));
}

/* One bit a byte, so that a mask can be emptied bit by bit. */
static inline lanes_t
lanes_braces(const char *p)
{
	uint8x16_t v = load(p);

	return mask(vorrq_u8(vceqq_u8(v, vdupq_n_u8('{')), vceqq_u8(v, vdupq_n_u8('}')))) &
	       UINT64_C(0x1111111111111111);
}

static inline bool
lanes_key(const char *p, const struct lw_known_key *key, unsigned skip)
{
	return memcmp(p, key->text + skip, (size_t)key->bytes - skip) == 0;
}

static inline bool
lanes_same(const char *a, const char *b, size_t n)
{
	return memcmp(a, b, n) == 0;
}

static inline size_t
lanes_first(lanes_t m)
{
	return (size_t)__builtin_ctzll(m) / 4;
}

static inline void
lanes_copy(char *to, const char *p)
{
	vst1q_u8((uint8_t *)(void *)to, load(p));
}

#include "entry/json_walk.h"

#endif
