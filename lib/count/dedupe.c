/*
 * dedupe.c - remainders of keys in cache lines, without locks.
 *
 * The upper half of a key chooses a line, the lower half is what the line keeps of it.  A line has
 * room for sixteen; where it is full the next one is used.  A slot goes from 0 to what it keeps
 * once and never changes again, so that looking and putting are one compare-and-exchange.
 *
 * Why not whole keys, in a table that grows: entries fall all over the table, so that
 * its memory is touched for the first time soon after the start, and half of that memory
 * is half of the time that the system takes to clear it (for the 55 MiB of whole keys 10 to 150 ms,
 * of the 900 that a capture of 400 MB takes).  A table of one size takes the same memory for 400 MB
 * as for 4 GB, and is never rehashed while others wait.
 *
 * Small inputs fill a small table of whole keys, under a lock; it grows in two steps, and once it
 * is full its keys move to the large one.
 */
#define _DEFAULT_SOURCE 1 /* madvise, MAP_ANONYMOUS */

#include "count/dedupe.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#define FIRST_SLOTS ((size_t)1 << 12)
#define SMALL_SLOTS ((size_t)1 << 16)
#define SMALL_KEYS (SMALL_SLOTS / 4 * 3)
#define LINE_SLOTS 16
#define COUNTERS 64
#define HUGE_PAGE ((size_t)2 << 20)
#define PAGE_LINES 64 /* of the smallest pages that there are */

typedef _Atomic(uint32_t) slot;

struct line {
	_Alignas(64) slot slots[LINE_SLOTS]; /* 0 is empty, and so are those behind it */
};

/* Each on a cache line of its own, so that threads do not wait for each other to count. */
struct counter {
	_Alignas(64) atomic_uint_fast64_t n;
};

struct lw_dedupe {
	uint64_t *small; /* by `lock`; 0 is empty */
	size_t small_slots;
	struct line *lines;
	void *memory; /* that they lie in */
	size_t memory_bytes;
	size_t line_count;
	size_t small_keys;     /* kept in the small table, at most */
	size_t keys_a_counter; /* of the large one */
	atomic_bool is_large;  /* the large table is the one in use */
	pthread_mutex_t lock;
	size_t small_count;
	atomic_uint_fast64_t full;
	struct counter counts[COUNTERS]; /* keys in the large table, by hash */
};

/*
 * Memory of zeros, of which pages that are not used take none; NULL where there is none.
 *
 * Keys fall all over the table: with pages of the usual size, looking up where a page is
 * takes longer than looking at it, and each is first looked at, then written to, which the
 * system is asked for twice.  All of the table lies in huge pages, where the kernel grants the
 * wish; what it makes of it changes no result.
 */
static struct line *
lines_new(size_t count, void **memory, size_t *bytes)
{
	size_t size = (count * sizeof(struct line) + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	uintptr_t at;

	*bytes = size + HUGE_PAGE;
	*memory = mmap(NULL, *bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (*memory == MAP_FAILED)
		return NULL;
	at = ((uintptr_t)*memory + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
#ifdef MADV_HUGEPAGE
	(void)madvise((void *)at, size, MADV_HUGEPAGE);
#endif
	return (struct line *)at;
}

static void
memory_free(struct lw_dedupe *d)
{
	free(d->small);
	if (d->lines != NULL)
		(void)munmap(d->memory, d->memory_bytes);
	free(d);
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
	d->keys_a_counter = (max_keys + COUNTERS - 1) / COUNTERS;
	d->line_count = (max_keys + max_keys / 7) / LINE_SLOTS + COUNTERS;
	d->small_count = 0;
	atomic_init(&d->is_large, false);
	for (i = 0; i < COUNTERS; i++)
		atomic_init(&d->counts[i].n, 0);
	d->small_slots = FIRST_SLOTS;
	d->small = calloc(d->small_slots, sizeof(*d->small));
	d->lines = lines_new(d->line_count, &d->memory, &d->memory_bytes);
	if (d->small == NULL || d->lines == NULL || pthread_mutex_init(&d->lock, NULL) != 0) {
		memory_free(d);
		return NULL;
	}
	return d;
}

void
lw_dedupe_free(struct lw_dedupe *d)
{
	if (d == NULL)
		return;
	(void)pthread_mutex_destroy(&d->lock);
	memory_free(d);
}

static size_t
line_of(const struct lw_dedupe *d, uint64_t key)
{
	return (size_t)((key >> 32) * d->line_count >> 32);
}

/* What a line keeps of a key. */
static uint32_t
kept(uint64_t key)
{
	uint32_t low = (uint32_t)key;

	return low == 0 ? 1 : low;
}

/* The slot that holds the key, or the empty one where it belongs; *there is what it holds. */
static inline slot *
find(const struct lw_dedupe *d, uint64_t key, uint32_t *there)
{
	const uint32_t k = kept(key);
	uint64_t h;
	unsigned i;

	/* Behind a full line the next one is anywhere: those beside it are as full. */
	for (h = key;; h = h * UINT64_C(0x9e3779b97f4a7c15) + 1) {
		slot *slots = d->lines[line_of(d, h)].slots;

		for (i = 0; i < LINE_SLOTS; i++) {
			*there = atomic_load_explicit(&slots[i], memory_order_relaxed);
			if (*there == 0 || *there == k)
				return &slots[i];
		}
	}
}

static bool
put(struct lw_dedupe *d, uint64_t key)
{
	atomic_uint_fast64_t *count = &d->counts[key % COUNTERS].n;
	uint32_t there;
	slot *s = find(d, key, &there);

	if (there != 0)
		return true;
	/* Every new key draws a number, so that how many find room hangs on no order. */
	if (atomic_fetch_add_explicit(count, 1, memory_order_relaxed) >= d->keys_a_counter)
		return false;
	while (!atomic_compare_exchange_strong_explicit(
	    s, &there, kept(key), memory_order_relaxed, memory_order_relaxed)) {
		s = find(d, key, &there);
		if (there != 0) { /* another thread was faster to put the same */
			atomic_fetch_sub_explicit(count, 1, memory_order_relaxed);
			return true;
		}
	}
	return false;
}

/* Where the key stands in the small table, or is to stand. */
static uint64_t *
find_small(const struct lw_dedupe *d, uint64_t key)
{
	size_t at = (size_t)key & (d->small_slots - 1);

	while (d->small[at] != 0 && d->small[at] != key)
		at = (at + 1) & (d->small_slots - 1);
	return &d->small[at];
}

/* By the lock: room for four times as many keys in the small table; false where it has what it may
 * have, or memory ran out. */
static bool
widen(struct lw_dedupe *d)
{
	uint64_t *old = d->small, *wide;
	size_t slots = d->small_slots, i;

	if (slots == SMALL_SLOTS)
		return false;
	wide = calloc(slots * 4, sizeof(*wide));
	if (wide == NULL)
		return false;
	d->small = wide;
	d->small_slots = slots * 4;
	for (i = 0; i < slots; i++)
		if (old[i] != 0)
			*find_small(d, old[i]) = old[i];
	free(old);
	return true;
}

/* By the lock: the keys of the small table go to the large one. */
static void
grow(struct lw_dedupe *d)
{
	size_t i;

	for (i = 0; i < d->small_slots; i++)
		if (d->small[i] != 0)
			(void)put(d, d->small[i]);
	free(d->small);
	d->small = NULL;
	atomic_store_explicit(&d->is_large, true, memory_order_release);
}

/* While the small table is the one in use; false where it is not any more. */
static __attribute__((noinline)) bool
put_small(struct lw_dedupe *d, uint64_t key, bool *seen)
{
	uint64_t *place;
	bool is_small;

	(void)pthread_mutex_lock(&d->lock);
	is_small = !atomic_load_explicit(&d->is_large, memory_order_relaxed);
	if (is_small) {
		place = find_small(d, key);
		*seen = *place != 0;
		*place = key;
		if (!*seen && (++d->small_count == d->small_keys ||
				  (d->small_count == d->small_slots / 4 * 3 && !widen(d))))
			grow(d);
	}
	(void)pthread_mutex_unlock(&d->lock);
	return is_small;
}

void
lw_dedupe_prepare(struct lw_dedupe *d)
{
	size_t at;

	for (at = 0; at < d->line_count; at += PAGE_LINES)
		(void)atomic_fetch_or_explicit(&d->lines[at].slots[0], 0, memory_order_relaxed);
}

void
lw_dedupe_expect(const struct lw_dedupe *d, uint64_t key)
{
	__builtin_prefetch(&d->lines[line_of(d, key)], 1);
}

bool
lw_dedupe_seen(struct lw_dedupe *d, uint64_t key)
{
	bool seen;

	key += key == 0; /* 0 is an empty place of the small table */
	if (!atomic_load_explicit(&d->is_large, memory_order_acquire) && put_small(d, key, &seen))
		return seen;
	return put(d, key);
}

uint64_t
lw_dedupe_full(const struct lw_dedupe *d)
{
	uint64_t n, full = 0;
	unsigned i;

	for (i = 0; i < COUNTERS; i++) {
		n = atomic_load_explicit(&d->counts[i].n, memory_order_relaxed);
		if (n > d->keys_a_counter)
			full += n - d->keys_a_counter;
	}
	return full;
}
