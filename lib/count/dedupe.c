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
 * is full, or many keys are known to come, its keys move to the large one.
 *
 * How many keys may be kept is counted in rooms, of which each asker draws some at a time, so that
 * none waits for another to count.  Some may stay unused: what is told as not kept is how many new
 * keys there were above all rooms, which hangs on no order.
 */
#define _DEFAULT_SOURCE 1 /* madvise, MAP_ANONYMOUS */

#include "count/dedupe.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FIRST_SLOTS ((size_t)1 << 12)
#define SMALL_SLOTS ((size_t)1 << 16)
#define SMALL_KEYS (SMALL_SLOTS / 4 * 3)
#define LINE_SLOTS 16
#define ROOMS 4096 /* that are drawn at a time */
#define HUGE_PAGE ((size_t)2 << 20)
#define PAGE_LINES 64 /* of the smallest pages that there are */

typedef _Atomic(uint32_t) slot;

struct line {
	_Alignas(64) slot slots[LINE_SLOTS]; /* 0 is empty, and so are those behind it */
};

struct lw_dedupe {
	uint64_t *small; /* by `lock`; 0 is empty */
	size_t small_slots;
	struct line *lines;
	void *memory; /* that they lie in */
	size_t memory_bytes;
	size_t line_count;
	size_t small_keys;    /* kept in the small table, at most */
	atomic_bool is_large; /* the large table is the one in use */
	pthread_mutex_t lock;
	size_t small_count;
	size_t max_keys;
	atomic_size_t drawn; /* rooms */
};

/*
 * Memory of zeros, of which pages that are not used take none; NULL where there is none.
 *
 * Keys fall all over the table: with pages of the usual size, looking up where a page is
 * takes longer than looking at it.  All of the table lies in huge pages, where the kernel grants
 * the wish; what it makes of it changes no result.
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

/* Empty; NULL where memory ran out.  Each page is written to before it is looked at: else the
 * system is asked for it twice, and stops other threads the second time.  Not by malloc, which
 * compilers make calloc of, with what follows: that writes nothing. */
static uint64_t *
small_new(size_t slots)
{
	uint64_t *small = aligned_alloc(64, slots * sizeof(*small));

	if (small != NULL)
		memset(small, 0, slots * sizeof(*small));
	return small;
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
	struct lw_dedupe *d = malloc(sizeof(*d));

	if (d == NULL)
		return NULL;
	if (max_keys == 0)
		max_keys = LW_DEDUPE_MAX_KEYS;
	d->small_keys = max_keys < SMALL_KEYS ? max_keys : SMALL_KEYS;
	d->max_keys = max_keys;
	d->line_count = (max_keys + max_keys / 7) / LINE_SLOTS + 1;
	d->small_count = 0;
	atomic_init(&d->is_large, false);
	atomic_init(&d->drawn, 0);
	d->small_slots = FIRST_SLOTS;
	d->small = small_new(d->small_slots);
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

/* More rooms for the asker, which has none; false where all are given away. */
static bool
draw(struct lw_dedupe *d, struct lw_dedupe_asker *a)
{
	size_t drawn = atomic_load_explicit(&d->drawn, memory_order_relaxed);

	if (drawn < d->max_keys)
		drawn = atomic_fetch_add_explicit(&d->drawn, ROOMS, memory_order_relaxed);
	if (drawn >= d->max_keys)
		return false;
	a->rooms = d->max_keys - drawn < ROOMS ? d->max_keys - drawn : ROOMS;
	return true;
}

static bool
put(struct lw_dedupe *d, struct lw_dedupe_asker *a, uint64_t key)
{
	uint32_t there;
	slot *s = find(d, key, &there);

	if (there == 0 && a->rooms == 0 && !draw(d, a)) {
		a->fresh++;
		return false;
	}
	while (there == 0) { /* else another thread was faster to put the same */
		if (atomic_compare_exchange_strong_explicit(
			s, &there, kept(key), memory_order_relaxed, memory_order_relaxed)) {
			a->rooms--;
			a->fresh++;
			return false;
		}
		s = find(d, key, &there);
	}
	return true;
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
	wide = small_new(slots * 4);
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
	struct lw_dedupe_asker mover = {.rooms = d->small_count};
	size_t i;

	atomic_fetch_add_explicit(&d->drawn, d->small_count, memory_order_relaxed);
	for (i = 0; i < d->small_slots; i++)
		if (d->small[i] != 0)
			(void)put(d, &mover, d->small[i]);
	free(d->small);
	d->small = NULL;
	atomic_store_explicit(&d->is_large, true, memory_order_release);
}

/* While the small table is the one in use; false where it is not any more. */
static __attribute__((noinline)) bool
put_small(struct lw_dedupe *d, struct lw_dedupe_asker *a, uint64_t key, bool *seen)
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
		a->fresh += !*seen;
	}
	(void)pthread_mutex_unlock(&d->lock);
	return is_small;
}

void
lw_dedupe_prepare(struct lw_dedupe *d)
{
	size_t at;

	(void)pthread_mutex_lock(&d->lock);
	if (!atomic_load_explicit(&d->is_large, memory_order_relaxed))
		grow(d);
	(void)pthread_mutex_unlock(&d->lock);
	for (at = 0; at < d->line_count; at += PAGE_LINES)
		(void)atomic_fetch_or_explicit(&d->lines[at].slots[0], 0, memory_order_relaxed);
}

void
lw_dedupe_expect(const struct lw_dedupe *d, uint64_t key)
{
	__builtin_prefetch(&d->lines[line_of(d, key)], 1);
}

bool
lw_dedupe_seen(struct lw_dedupe *d, struct lw_dedupe_asker *a, uint64_t key)
{
	bool seen;

	key += key == 0; /* 0 is an empty place of the small table */
	if (!atomic_load_explicit(&d->is_large, memory_order_acquire) &&
	    put_small(d, a, key, &seen))
		return seen;
	return put(d, a, key);
}

uint64_t
lw_dedupe_full(const struct lw_dedupe *d, uint64_t fresh)
{
	return fresh > d->max_keys ? fresh - d->max_keys : 0;
}
