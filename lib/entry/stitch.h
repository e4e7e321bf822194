/*
 * stitch.h - messages that came in several entries, put together again.
 *
 * Two kinds: a stack trace of which each line is an entry of its own, and a
 * long message that Cloud Logging cut into entries with `split`.  Entries come in any
 * order and from any thread, so that nothing is decided before all are there:
 * lw_stitcher_add copies the pieces, lw_stitcher_finish sorts them and hands
 * out what they are.  The outcome depends on the set of entries alone.
 *
 * A scope is one log of one instance of one service.  Within it a trace is a
 * run of pieces that follow each other within two seconds:
 *   START FRAME* RAISED       Python; the exception ends it
 *   START FRAME*              Go, Java's "Exception in thread", PHP
 *   RAISED FRAME+             Java, Node, .NET, with "Caused by:" lines inside
 * A NAMED line stands for RAISED where the others are there.  Many lines look like one
 * and are none, so that these have a ceiling of their own, a quarter of the other; above it they
 * are dropped by stretches of time of a scope, and not counted as dropped.
 * What is part of no trace is handed back as it came.  A bridge ("During
 * handling of the above exception, ...") between two traces ties the second to
 * the first by `link`; they stay two messages.  What makes no difference to
 * traces (LW_FRAGMENT_NONE without split, LW_FRAGMENT_WHOLE) need not be added, but
 * whole traces may be, so that bridges between them are seen.
 */
#ifndef LW_ENTRY_STITCH_H
#define LW_ENTRY_STITCH_H

#include "entry/entry.h"

#define LW_STITCH_BYTES ((size_t)64 << 20) /* default ceiling of what is kept */
#define LW_STITCH_MESSAGE_BYTES \
	((size_t)1 << 20)                  /* of one message put together; the rest is left out */
#define LW_STITCH_GAP_NS (2 * LW_NS_PER_S) /* longest pause inside a trace */

struct lw_stitcher; /* pieces may be added by any thread; for the rest, one thread */

/* max_bytes 0: the default.  NULL where memory ran out. */
struct lw_stitcher *lw_stitcher_new(size_t max_bytes);
void lw_stitcher_free(struct lw_stitcher *s); /* NULL is fine */

/* Should the entry be added?  A piece of a trace, a bridge, or a split entry. */
bool lw_stitcher_wants(const struct lw_entry *e);

/*
 * Copy what is needed of *e; `tag` is the caller's (an index, a line) and comes back
 * with it.  Pieces are ordered by time, insert id and text; where they have no time, as in plain
 * text logs, by tag.  Above the ceiling whole scopes are dropped, those of the highest hash
 * first, and their entries counted: the same scopes for any order and number of
 * stitchers, as long as all have the same ceiling.  False where memory ran out.
 */
bool lw_stitcher_add(struct lw_stitcher *s, const struct lw_entry *e, uint64_t tag);

/* Move all that `from` holds to `into`.  False where memory ran out; `from` is empty either way. */
bool lw_stitcher_merge(struct lw_stitcher *into, struct lw_stitcher *from);

/* Entries that were dropped because of the ceiling. */
uint64_t lw_stitcher_dropped(const struct lw_stitcher *s);

struct lw_stitched_piece {
	size_t start; /* where it begins in the message put together */
	struct lw_str insert_id;
	int64_t time_ns;
};

struct lw_stitched {
	struct lw_entry base; /* of the first piece: time, severity (the highest), resource, ids; no
				 labels, no stack */
	struct lw_str message;                  /* the pieces, joined; for lw_decode_message */
	size_t entry_count;                     /* pieces in it, at least 1 */
	const uint64_t *tags;                   /* of the pieces, in order */
	const struct lw_stitched_piece *pieces; /* likewise */
	bool whole;                             /* split: all parts arrived; traces: always true */
	enum lw_chain_link link; /* how the message at index `previous` stands to this one */
	size_t previous; /* index of an earlier call of the callback; meaningful where link is not
			    NONE */
};

/* Called with one message; all is valid during the call only.  index counts from 0. */
typedef void lw_stitched_fn(void *arg, const struct lw_stitched *m, size_t index);

/*
 * Put together and hand out everything, ordered by scope hash and time; the stitcher
 * is empty afterwards.  A piece that stays alone and whose tag has one of the bits `known` is of no
 * use to the caller: it has its index, but fn is not called.  False where memory ran out before
 * all was handed out.
 */
bool lw_stitcher_finish(struct lw_stitcher *s, uint64_t known, lw_stitched_fn *fn, void *arg);

#endif
