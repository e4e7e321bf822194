/*
 * stretch.h - a part of a large file that holds whole lines, read apart from the others.
 *
 * Where every line is a record and the source can be read at any place, as a regular file
 * can, threads read and frame stretches of it side by side, and agree on no more than their
 * order.  A stretch has the lines that begin in it; where that is, its bytes alone tell.
 * What lw_plain_lines does not know ends it: the framer goes on from there.
 */
#ifndef LW_INPUT_STRETCH_H
#define LW_INPUT_STRETCH_H

#include "input/block.h"
#include "input/source.h"

/* So short that what is read is still at hand when it is decoded, so long that waiting for the one
 * before it is rare. */
#define LW_STRETCH_BYTES ((size_t)512 << 10)

struct lw_stretch {
	uint64_t number; /* from 0 */
	uint64_t from;   /* offset in the source, at least 1; it ends LW_STRETCH_BYTES behind it */
	/* set by reading it */
	uint64_t offset; /* of its first line */
	size_t bytes;    /* of its lines that are plain, up to the first that is not */
	bool whole;      /* that are all of them */
};

/*
 * Read and frame it: what is at `offset` becomes the block's one piece, whose .line is not set; its
 * end_count is how many lines they are.  Any thread may, while no other one reads the source from
 * where it stands.  A fault of the source ends the lines before it.  False where memory ran out.
 */
bool lw_stretch_read(struct lw_stretch *s, const struct lw_source *source, struct lw_block *b);

#endif
