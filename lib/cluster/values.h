/*
 * values.h - the distinct values of one slot, bounded, the same for any
 * order of arrival (private to cluster/).
 *
 * A value is kept where its hash has at least `level` trailing zero bits; the
 * level is the least at which no more than LW_VALUES_KEPT are kept.  The
 * level only rises, so a kept value was kept from its first appearance and
 * its count is exact; which values are kept depends on the set alone.
 */
#ifndef LW_CLUSTER_VALUES_H
#define LW_CLUSTER_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define LW_VALUES_KEPT 32 /* per slot */
#define LW_VALUE_TEXT_BYTES \
	96 /* a longer value is cut for display; it is told apart by its whole text */

struct lw_value {
	uint64_t hash, count;
	uint32_t n;
	char p[];
};

struct lw_values {
	struct lw_value **table; /* open addressing by hash; NULL is free */
	uint64_t total;          /* lines counted */
	uint64_t first;          /* hash of some value seen: the only one where !many */
	uint16_t cap, kept;
	uint8_t level;
	bool many;      /* two values at least were seen */
	uint32_t types; /* bit i: enum lw_value_type i was seen */
};

void lw_values_fini(struct lw_values *v);

/* Count text n times.  False where memory ran out.  *kept_change is added the growth of v->kept. */
bool lw_values_add(struct lw_values *v, struct lw_str text, uint64_t hash, uint64_t n);

/* Add what from has to v; from is unchanged.  False where memory ran out. */
bool lw_values_merge(struct lw_values *v, const struct lw_values *from);

/* Keep only values of that level and above. */
void lw_values_raise(struct lw_values *v, uint8_t level);

static inline uint8_t
lw_value_level(uint64_t hash)
{
	return hash == 0 ? 63 : (uint8_t)__builtin_ctzll(hash);
}

#endif
