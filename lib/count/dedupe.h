/*
 * dedupe.h - has this entry been seen before?
 *
 * Keys are 64-bit hashes of (insertId, timestamp, logName).  The table is
 * shared by all threads of a run, in stripes with a lock each.  Memory: 16 MiB
 * at the least, growing with the distinct keys up to max_keys (8 bytes each, a
 * third more in slots); above it new keys are no longer kept, which
 * lw_dedupe_full counts and the report says.
 */
#ifndef LW_COUNT_DEDUPE_H
#define LW_COUNT_DEDUPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LW_DEDUPE_MAX_KEYS ((size_t)12 << 20)

struct lw_dedupe;

/* max_keys 0: the default.  NULL where memory ran out. */
struct lw_dedupe *lw_dedupe_new(size_t max_keys);
void lw_dedupe_free(struct lw_dedupe *d); /* NULL is fine */

/* True where the key was there already; else it is there now.  Thread-safe. */
bool lw_dedupe_seen(struct lw_dedupe *d, uint64_t key);

/* Keys that found no room; call it after all threads are done. */
uint64_t lw_dedupe_full(const struct lw_dedupe *d);

#endif
