/*
 * arena.h - memory that is released all at once.
 *
 * One arena a lifetime: the record's is reset for every record, the run's
 * lives to the end.  Not thread-safe; one arena a thread.
 */
#ifndef LW_BASE_ARENA_H
#define LW_BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct lw_arena;

/* Blocks of block_bytes (0 for 64 KiB); larger requests get a block of their own.  NULL where
 * memory ran out. */
struct lw_arena *lw_arena_new(size_t block_bytes);
void lw_arena_free(struct lw_arena *a); /* NULL is fine */

/* What was allocated from `from` is into's from here on; `from` is freed. */
void lw_arena_join(struct lw_arena *into, struct lw_arena *from);

/* Everything allocated so far is gone; the first block is kept for reuse. */
void lw_arena_reset(struct lw_arena *a);

/* n bytes aligned for any type, not cleared; NULL where memory ran out.  lw_arena_zalloc clears
 * them. */
void *lw_arena_alloc(struct lw_arena *a, size_t n);
void *lw_arena_zalloc(struct lw_arena *a, size_t n);

/* Give back what the latest allocation, at p, does not need: it keeps its first n bytes. */
void lw_arena_trim(struct lw_arena *a, void *p, size_t n);

/* A copy of s with a NUL behind it; .p is NULL where memory ran out. */
struct lw_str lw_arena_str(struct lw_arena *a, struct lw_str s);
char *lw_arena_strz(struct lw_arena *a, struct lw_str s); /* the same as a C string */

/* Bytes held in blocks, for ceilings. */
size_t lw_arena_bytes(const struct lw_arena *a);

#endif
