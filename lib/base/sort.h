/*
 * sort.h - items in the order of 64-bit keys.
 *
 * By digits, hardly comparing: a few passes over the items, however many they are and
 * whatever the keys.  Items of equal keys stay in the order in which they were, so that to sort by
 * one thing and then by another is to sort by both, the latter first.
 */
#ifndef LW_BASE_SORT_H
#define LW_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lw_keyed {
	uint64_t key;
	uint32_t item; /* the caller's */
};

/* list[0..n) ascending by key; `room` is for as many, and of no use afterwards. */
void lw_sort_keyed(struct lw_keyed *list, struct lw_keyed *room, size_t n);

/* A key by which signed numbers are in their order. */
static inline uint64_t
lw_sort_key(int64_t x)
{
	return (uint64_t)x ^ UINT64_C(1) << 63;
}

#define LW_SORT_RANKS 3

/*
 * values[i] becomes the one of list[0..n), n below 2^32, that has ranks[i] others before it in
 * their order; ranks are below n, ascending, LW_SORT_RANKS at most.  The list and the ranks are
 * used up, and so is room, for n numbers.
 */
void lw_sort_ranks(
    int64_t *list, int64_t *room, size_t n, size_t *ranks, size_t count, int64_t *values);

#endif
