/*
 * dedupe.h - has this entry been seen before?
 *
 * Keys are 64-bit hashes of (insertId, timestamp, logName), of which any bits are as good as
 * others, in a table that all threads of a run share without locks.  Memory: half a MiB for the
 * first 48 thousand keys, then a table of fixed size that takes their place, 4 bytes for each of
 * max_keys and a seventh more: 27 MiB by default.  Above that new keys are no longer kept, which
 * lw_dedupe_full counts and the report says.
 *
 * The large table keeps 51 bits of a key.  That one entry at all is falsely told to be a
 * duplicate has a chance of about n^2 / 2^52 for n keys, and of n r / 2^40 more where r are near
 * each other: 1 in 20,000 for half a million with ten, 1 in 80 for six million with 500.
 */
#ifndef LW_COUNT_DEDUPE_H
#define LW_COUNT_DEDUPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_DEDUPE_MAX_KEYS ((size_t)6 << 20)

struct lw_dedupe;

/*
 * The key of a hash.  Keys that are asked for one after the other are best of the same `near`: they
 * lie on few pages of the table then, as long as there is room.  Looking up where a page is takes
 * longer than all else.
 */
static inline uint64_t
lw_dedupe_key(uint64_t hash, uint64_t near)
{
	const uint64_t own = UINT64_MAX >> 12; /* the table has some 2^12 pages */

	return (near * UINT64_C(0x9e3779b97f4a7c15) & ~own) | (hash & own);
}

/* max_keys 0: the default; at most 2^31.  NULL where memory ran out. */
struct lw_dedupe *lw_dedupe_new(size_t max_keys);
void lw_dedupe_free(struct lw_dedupe *d); /* NULL is fine */

/*
 * Many keys are known to come: the large table takes the small one's place, and all of its memory
 * is touched, which the system clears for whoever touches it first.  Thread-safe.
 */
void lw_dedupe_prepare(struct lw_dedupe *d);

/* The key will be asked for soon: its place is brought nearer.  Thread-safe. */
void lw_dedupe_expect(const struct lw_dedupe *d, uint64_t key);

/* One that asks, a thread of its own; {0} before it asks for the first time. */
struct lw_dedupe_asker {
	size_t rooms;   /* for keys, that are its own and not used yet */
	uint64_t fresh; /* keys that were not there */
};

/* True where the key was there already; else it is there now, as long as there is room.
 * Thread-safe, with an asker each. */
bool lw_dedupe_seen(struct lw_dedupe *d, struct lw_dedupe_asker *a, uint64_t key);

/* How many of so many fresh keys, of all askers together, were above what is kept. */
uint64_t lw_dedupe_full(const struct lw_dedupe *d, uint64_t fresh);

#endif
