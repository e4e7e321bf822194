/* walk_portable.c - the fast reader in 64-bit words, for any machine. */
#include <stdint.h>
#include <string.h>

#include "base/load.h"
#include "entry/walk.h"
#include "input/bytes.h"

#define LW_WALK lw_walk_portable
#define LW_TARGET
#define LANES 8

typedef uint64_t lanes_t; /* bit 7 of each byte */

/* Bit 7 of each byte of x that is 0; exact, unlike the usual trick. */
static inline uint64_t
zeros(uint64_t x)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);

	return ~(((x & low) + low) | x | low);
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

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
	uint64_t x = lw_load64(p);

	return zeros(x ^ EACH('"')) | zeros(x ^ EACH('\\')) | zeros(x & EACH(0xe0));
}

typedef uint64_t high_t;

static inline high_t
lanes_bytes(const char *p)
{
	return lw_load64(p);
}

static inline uint64_t
lanes_high(high_t h)
{
	return h & EACH(0x80);
}

static inline lanes_t
lanes_dark(const char *p)
{
	return ~zeros(lw_load64(p) ^ EACH(' ')) & EACH(0x80);
}

static inline lanes_t
lanes_braces(const char *p)
{
	uint64_t x = lw_load64(p);

	return zeros(x ^ EACH('{')) | zeros(x ^ EACH('}'));
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
	return lw_lowest(m) / 8;
}

static inline void
lanes_copy(char *to, const char *p)
{
	memcpy(to, p, LANES);
}

#include "entry/json_walk.h"
