/*
 * feed.h - one input while it is read: source, framer, what it came to.
 *
 * Used by one thread at a time, which may be another one for each block; but stretches of an
 * input that is shared are read by several at once.
 */
#ifndef LW_INPUT_FEED_H
#define LW_INPUT_FEED_H

#include "input/block.h"
#include "input/roll.h"
#include "input/stretch.h"

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
	uint64_t next_stretch;     /* its number, and where in the source it begins */
	uint64_t next_from;
	uint64_t taken;  /* stretches, in their order */
	bool was_shared; /* once is enough: lines that are no records would come again */
	bool is_shared;  /* stretches are read, and the framer rests */
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

/*
 * Sharing what is left of an input: every line is a record so far, and it is read from a file that
 * goes on for long.  Between lw_feed_share and lw_feed_resume the source may be read by those alone
 * that have a stretch of it, and whoever may call one of these has the feed for itself.
 */
bool lw_feed_can_share(const struct lw_feed *f);
void lw_feed_share(struct lw_feed *f);

/* Is there a stretch that nobody has?  Who gets it reads it with lw_stretch_read, and gives it to
 * lw_feed_take when it is its turn: where f->taken is its number, or is_shared is false. */
bool lw_feed_has_stretch(const struct lw_feed *f);
struct lw_stretch lw_feed_stretch(struct lw_feed *f);

/* The records of a stretch, which follow those before.  False where there are none, as behind one
 * that was not whole: sharing ends there. */
bool lw_feed_take(struct lw_feed *f, const struct lw_stretch *s, struct lw_block *b);

/* Nobody has a stretch any more, and there is none: lw_feed_fill goes on behind the last. */
void lw_feed_resume(struct lw_feed *f);

#endif
