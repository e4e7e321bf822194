/*
 * map.h - a 64-bit key to a 32-bit index, open addressing.
 *
 * The table behind clusters, scopes and interned strings: the caller keeps
 * the rows in an array of its own and the map finds their index by hash.
 * Keys are hashes already; two rows with one hash are one row, which at a
 * few million rows happens with a chance of about 1 in 10^7.
 */
#ifndef LW_BASE_MAP_H
#define LW_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_MAP_NONE UINT32_MAX

struct lw_map {
	uint64_t *keys; /* 0 is an empty slot; the key 0 itself is stored as 1 */
	uint32_t *values;
	size_t slots; /* a power of two, or 0 */
	size_t count;
};

void lw_map_init(struct lw_map *m);
void lw_map_fini(struct lw_map *m);
void lw_map_clear(struct lw_map *m); /* empty, keeps the memory */

/* The value of key, or LW_MAP_NONE. */
uint32_t lw_map_get(const struct lw_map *m, uint64_t key);

/*
 * The value of key; where there is none, `value` is stored and returned.
 * LW_MAP_NONE where memory ran out (value must not be LW_MAP_NONE itself).
 */
uint32_t lw_map_put(struct lw_map *m, uint64_t key, uint32_t value);

#endif
