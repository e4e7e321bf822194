/*
 * piece.h - an entry that is put aside, in a quarter of its bytes (private to entry/).
 *
 * What entries of one log of one instance have in common is kept once, as their
 * origin; the rest is packed behind the struct.  A pool holds the origins of its pieces.
 */
#ifndef LW_ENTRY_PIECE_H
#define LW_ENTRY_PIECE_H

#include "base/map.h"
#include "entry/entry.h"

struct lw_origin;

struct lw_origins { /* all zeros is an empty pool */
	struct lw_origin **at;
	uint32_t count, room;
	struct lw_map map; /* by hash, into `at` */
	size_t bytes;      /* of all of them */
};

struct lw_piece {
	uint64_t scope, tag; /* the caller's */
	int64_t time_ns, effect_ns;
	const struct lw_origin *origin;
	uint32_t split_index;
	uint32_t bits;
	unsigned char packed[]; /* insert id, message and others, each behind its length */
};

/* A copy of *e but for its labels, stack, request and audited call; free() releases it.  NULL where
 * memory ran out. */
struct lw_piece *lw_piece_new(struct lw_origins *pool, const struct lw_entry *e);

/* *e as it was copied; it borrows from the piece and its pool. */
void lw_piece_entry(const struct lw_piece *p, struct lw_entry *e);

/* Single members of that entry. */
struct lw_str lw_piece_insert_id(const struct lw_piece *p);
struct lw_str lw_piece_message(const struct lw_piece *p);
enum lw_fragment lw_piece_fragment(const struct lw_piece *p);
bool lw_piece_is_split(const struct lw_piece *p);

/* Bytes of the piece without its origin. */
size_t lw_piece_bytes(const struct lw_piece *p);

/* The piece goes to another pool; false where memory ran out. */
bool lw_piece_move(struct lw_piece *p, struct lw_origins *to);

/* Release the origins that none of these pieces has. */
void lw_origins_sweep(struct lw_origins *pool, struct lw_piece *const *pieces, size_t count);
void lw_origins_fini(struct lw_origins *pool); /* releases all */

#endif
