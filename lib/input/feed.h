/*
 * feed.h - one input while it is read: source, framer, what it came to.
 *
 * Used by one thread at a time, which may be another one for each block.
 */
#ifndef LW_INPUT_FEED_H
#define LW_INPUT_FEED_H

#include "input/block.h"
#include "input/roll.h"

struct lw_feed {
	struct lw_stop *stop;    /* borrowed */
	struct lw_remote remote; /* how to reach the input; its notes become sayings */
	struct lw_source *source;
	struct lw_framer framer;
	struct lw_input_info info; /* so far; its name is borrowed */
	const char *operand;       /* borrowed */
	size_t index;              /* of the input */
	uint64_t pieces;           /* handed out in blocks */
	struct lw_sayings sayings; /* to be heard by the roll */
	bool opened;
	bool told; /* the fault of the source was reported */
	bool nomem;
};

/* join: as lw_reader_join_lines. */
void lw_feed_init(struct lw_feed *f, struct lw_stop *stop, bool join);
void lw_feed_fini(struct lw_feed *f);

/* Another input, not opened yet; its strings are borrowed. */
void lw_feed_set(
    struct lw_feed *f, size_t index, const struct lw_input *in, const struct lw_remote *remote);

/* The next block of the input, which is opened first where it is not.  LW_NEXT_END: it is closed,
 * and the feed is ready for another. */
enum lw_next lw_feed_fill(struct lw_feed *f, struct lw_block *b);

#endif
