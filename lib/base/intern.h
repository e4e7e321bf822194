/*
 * intern.h - one copy of each distinct string, by index.
 *
 * Indexes count up from 0 in the order of first use; what must not depend on
 * that order is sorted by the string later.  Above max_strings new strings
 * get LW_INTERN_FULL, and are counted.  Not thread-safe.
 */
#ifndef LW_BASE_INTERN_H
#define LW_BASE_INTERN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"

#define LW_INTERN_FULL UINT32_MAX

struct lw_intern {
	struct lw_map map;
	struct lw_arena *arena;
	struct lw_str *strings;
	uint32_t count, capacity, max_strings;
	uint64_t refused;
};

/* False where memory ran out. */
bool lw_intern_init(struct lw_intern *in, uint32_t max_strings);
void lw_intern_fini(struct lw_intern *in);

/* The index of s, which is copied when new; LW_INTERN_FULL above the ceiling or where memory ran
 * out. */
uint32_t lw_intern_put(struct lw_intern *in, struct lw_str s);

/* i < count, or LW_INTERN_FULL for the empty string. */
struct lw_str lw_intern_get(const struct lw_intern *in, uint32_t i);

#endif
