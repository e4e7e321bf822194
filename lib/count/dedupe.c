/*
 * dedupe.c - open addressing of 64-bit keys, without locks.
 *
 * A slot goes from 0 to its key once and never changes again, so that looking and
 * putting are one compare-and-exchange.  Small inputs fill a small table, under
 * a lock; once it is full it is only looked at, and further keys go to the large
 * one.  A large table of one fixed size takes the same memory for 400 MB as for 4 GB, and
 * is never rehashed while others wait.
 */
#define _DEFAULT_SOURCE 1 /* madvise */

#include "count/dedupe.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/hash.h"

#define SMALL_SLOTS ((size_t)1 << 16)
#define SMALL_KEYS (SMALL_SLOTS / 4 * 3)
#define COUNTERS 64
#define HUGE_PAGE ((size_t)2 << 20)

typedef _Atomic(uint64_t) slot;

/* Each on a cache line of its own, so that threads do not wait for each other to count. */
struct counter {
	_Alignas(64) atomic_uint_fast64_t n;
};

struct lw_dedupe {
	slot *small, *large; /* 0 is empty */
	size_t large_slots;
	size_t small_keys;     /* kept in the small table, at most */
	size_t keys_a_counter; /* in the large one */
	atomic_bool is_large;  /* the small table does not change any more */
	pthread_mutex_t lock;  /* for putting into the small table */
	size_t small_count;
	atomic_uint_fast64_t full;
	struct counter counts[COUNTERS]; /* keys in the large table, by hash */
};

/*
 * Keys fall all over the table: with pages of the usual size, looking up where a page is
 * takes longer than looking at it.  What the kernel makes of the wish changes no result.
 */
static void
wish_for_huge_pages(void *table, size_t n)
{
#ifdef MADV_HUGEPAGE
	uintptr_t from = ((uintptr_t)table + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
	uintptr_t to = ((uintptr_t)table + n) & ~(uintptr_t)(HUGE_PAGE - 1);

	if (from < to)
		(void)madvise((char *)table + (from - (uintptr_t)table), to - from, MADV_HUGEPAGE);
#else
	(void)table;
	(void)n;
#endif
}

struct lw_dedupe *
lw_dedupe_new(size_t max_keys)
{
	struct lw_dedupe *d = aligned_alloc(64, sizeof(*d));
	unsigned i;

	if (d == NULL)
		return NULL;
	if (max_keys == 0)
		max_keys = LW_DEDUPE_MAX_KEYS;
	d->small_keys = max_keys < SMALL_KEYS ? max_keys : SMALL_KEYS;
	d->keys_a_counter = (max_keys - d->small_keys) / COUNTERS;
	d->large_slots = max_keys + max_keys / 7 + COUNTERS;
	d->small_count = 0;
	atomic_init(&d->is_large, false);
	atomic_init(&d->full, 0);
	for (i = 0; i < COUNTERS; i++)
		atomic_init(&d->counts[i].n, 0);
	/* pages of zeros that take no memory before they are used */
	d->small = calloc(SMALL_SLOTS, sizeof(slot));
	d->large = calloc(d->large_slots, sizeof(slot));
	if (d->small == NULL || d->large == NULL || pthread_mutex_init(&d->lock, NULL) != 0) {
		free(d->small);
		free(d->large);
		free(d);
		return NULL;
	}
	wish_for_huge_pages(d->large, d->large_slots * sizeof(slot));
	return d;
}

void
lw_dedupe_free(struct lw_dedupe *d)
{
	if (d == NULL)
		return;
	(void)pthread_mutex_destroy(&d->lock);
	free(d->small);
	free(d->large);
	free(d);
}

static uint64_t
stored(uint64_t key)
{
	key = lw_hash_mix(key);
	return key == 0 ? 1 : key;
}

static size_t
small_place(uint64_t key)
{
	return (size_t)key & (SMALL_SLOTS - 1);
}

static size_t
large_place(const struct lw_dedupe *d, uint64_t key)
{
	return (size_t)((key >> 32) * d->large_slots >> 32);
}

/* The slot of the small table that holds the key or is empty. */
static slot *
find_small(const struct lw_dedupe *d, uint64_t key)
{
	size_t at = small_place(key);
	uint64_t there;

	for (;; at = (at + 1) & (SMALL_SLOTS - 1)) {
		there = atomic_load_explicit(&d->small[at], memory_order_relaxed);
		if (there == 0 || there == key)
			return &d->small[at];
	}
}

/* While the small table has room.  False where it has none: nothing was put. */
static bool
put_small(struct lw_dedupe *d, uint64_t key, bool *seen)
{
	slot *s;
	bool room;

	(void)pthread_mutex_lock(&d->lock);
	room = !atomic_load_explicit(&d->is_large, memory_order_relaxed);
	if (room) {
		s = find_small(d, key);
		*seen = atomic_load_explicit(s, memory_order_relaxed) != 0;
		if (!*seen) {
			atomic_store_explicit(s, key, memory_order_relaxed);
			if (++d->small_count == d->small_keys)
				atomic_store_explicit(&d->is_large, true, memory_order_release);
		}
	}
	(void)pthread_mutex_unlock(&d->lock);
	return room;
}

static bool
put_large(struct lw_dedupe *d, uint64_t key)
{
	size_t at = large_place(d, key);
	atomic_uint_fast64_t *count = &d->counts[key % COUNTERS].n;
	bool room = atomic_load_explicit(count, memory_order_relaxed) < d->keys_a_counter;
	uint64_t there;

	for (;; at = at + 1 == d->large_slots ? 0 : at + 1) {
		there = atomic_load_explicit(&d->large[at], memory_order_relaxed);
		if (there == key)
			return true;
		if (there != 0)
			continue;
		if (!room) {
			atomic_fetch_add_explicit(&d->full, 1, memory_order_relaxed);
			return false;
		}
		if (atomic_compare_exchange_strong_explicit(
			&d->large[at], &there, key, memory_order_relaxed, memory_order_relaxed)) {
			atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
			return false;
		}
		if (there == key) /* another thread was faster */
			return true;
	}
}

void
lw_dedupe_expect(const struct lw_dedupe *d, uint64_t key)
{
	key = stored(key);
	__builtin_prefetch(&d->large[large_place(d, key)], 1);
}

bool
lw_dedupe_seen(struct lw_dedupe *d, uint64_t key)
{
	bool seen;

	key = stored(key);
	if (!atomic_load_explicit(&d->is_large, memory_order_acquire) && put_small(d, key, &seen))
		return seen;
	if (atomic_load_explicit(find_small(d, key), memory_order_relaxed) != 0)
		return true;
	return put_large(d, key);
}

uint64_t
lw_dedupe_full(const struct lw_dedupe *d)
{
	return atomic_load_explicit(&d->full, memory_order_relaxed);
}
