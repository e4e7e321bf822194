/*
 * block.h - a stretch of one input in memory, and where its records are.
 *
 * What one thread has framed and another decodes: the buffer goes over whole,
 * nothing is copied record by record.  Lines that hold one object each, the usual
 * case, are taken together and told apart when they are asked for.  One thread at a time.
 */
#ifndef LW_INPUT_BLOCK_H
#define LW_INPUT_BLOCK_H

#include "input/frame.h"

/* What suits a processor's cache, and is worth another thread's waking up: of blocks half as long
 * twice as many are waited for. */
#define LW_BLOCK_BYTES ((size_t)960 << 10)
#define LW_BLOCK_PIECES 4096
#define LW_BLOCK_LINES 16384 /* that are taken together */

struct lw_piece {
	uint64_t line, offset; /* of its first byte, in the inflated stream */
	size_t at;             /* in buf, or in `apart` */
	size_t n;              /* bytes; of lines: how many */
	enum lw_record_kind kind;
	bool by_layout;
	bool apart; /* in no one place of the input */
	bool lines; /* each line but an empty one is a record */
};

struct lw_block {
	char *buf;
	size_t cap;
	struct lw_buf apart;
	uint32_t input;  /* for record->input; set by whoever fills the block */
	bool is_written; /* another process writes the input while it is read; set likewise */
	struct lw_piece *pieces;
	size_t count;
	uint32_t *ends; /* of all lines in pieces of lines: one behind the newline, from .at */
	size_t end_count;
	/* what lw_block_next gives next */
	size_t piece;
	const struct lw_piece *lines; /* those that are given now, if end is not last_end */
	size_t end, last_end;         /* where the next one ends, and behind the last one's */
	uint32_t from;                /* where it begins, from lines->at */
};

void lw_block_init(struct lw_block *b);
void lw_block_fini(struct lw_block *b);

/* No records, and a buffer of so many bytes and LW_PADDING_BYTES behind them, with anything in it;
 * false where memory ran out. */
bool lw_block_clear(struct lw_block *b, size_t room);

/*
 * Fill the block with the next records of f, whose window gets the block's buffer: about as many
 * bytes (more where a record is longer), LW_BLOCK_PIECES records or runs of lines, or what there is
 * up to the end.  LW_NEXT_RECORD; LW_NEXT_END where there are none; LW_NEXT_NOMEM.
 */
enum lw_next lw_block_fill(struct lw_block *b, struct lw_framer *f, size_t bytes);

/* The next line that is not empty of those given now; false behind the last. */
static inline bool
lw_block_next_line(struct lw_block *b, struct lw_record *r)
{
	while (b->end < b->last_end) {
		const struct lw_piece *p = b->lines;
		uint32_t from = b->from, to = b->ends[b->end++];
		const char *line = b->buf + p->at + from;

		b->from = to;
		if (to == from + 1)
			continue;
		r->kind = p->kind;
		r->by_layout = p->by_layout;
		r->input = b->input;
		r->line = p->line + p->n - (b->last_end - b->end) - 1;
		r->offset = p->offset + from;
		r->padded = true;
		r->bytes = lw_str_make(line, lw_frame_trimmed(line, to - 1 - from));
		return true;
	}
	return false;
}

bool lw_block_next_piece(struct lw_block *b, struct lw_record *r);

/* The next record of the block, valid until the block is filled again; false behind the last. */
static inline bool
lw_block_next(struct lw_block *b, struct lw_record *record)
{
	return lw_block_next_line(b, record) || lw_block_next_piece(b, record);
}

#endif
