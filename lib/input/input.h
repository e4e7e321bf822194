/*
 * input.h - operands to records: open, inflate, find where each record starts
 * and ends.
 *
 * Inputs are read as streams: memory does not grow with them.  Framing is recognised
 * from the bytes and never from a name.  A reader is used by one thread, with
 * lw_reader_next, or by several, each with a block of its own and
 * lw_reader_take: then inputs and stretches of a large file are read side by side, and the
 * blocks of one input are decoded side by side.  lw_reader_stop alone may be called from a signal
 * handler.
 */
#ifndef LW_INPUT_INPUT_H
#define LW_INPUT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* A record above this is skipped and counted as malformed. */
#define LW_RECORD_MAX_BYTES ((size_t)16 << 20)

enum lw_record_kind {
	LW_RECORD_JSON, /* one JSON value, most often an object */
	LW_RECORD_YAML, /* one YAML document without its "---" */
	LW_RECORD_TEXT, /* one message of a text log: a line, with the lines that continue it */
};

/* Who looks at a record in whole vectors looks behind its end, where anything may be. */
#define LW_PADDING_BYTES ((size_t)64)

struct lw_record {
	struct lw_str bytes; /* valid until the next call of lw_reader_next, or with its block */
	bool padded;         /* the buffer they lie in ends with LW_PADDING_BYTES NUL bytes */
	enum lw_record_kind kind;
	bool by_layout;  /* if it is no JSON value, lw_framer_open_cut says what it is */
	uint32_t input;  /* index for lw_reader_input */
	uint64_t line;   /* 1-based line of the first byte, in the inflated stream */
	uint64_t offset; /* byte offset of the first byte, in the inflated stream */
};

/* What is known of one input; an operand that is a folder gives one for each file in it. */
struct lw_input_info {
	const char *name;                /* as given, "-" for standard input; owned by the reader */
	uint64_t bytes;                  /* read so far, inflated */
	uint64_t raw_bytes;              /* read so far, as stored */
	uint64_t size_bytes;             /* raw size where known in advance, else 0 */
	uint64_t malformed;              /* records that the framing could not use */
	struct lw_error first_malformed; /* the first of these; code LW_OK where there is none */
	int64_t reached_ns;              /* where it failed and was read in the order of time: up
					    to this time it was read; else 0 */
	bool failed;                     /* could not be opened, or not be read to its end */
};

struct lw_reader;

/*
 * operands[0..count): files, folders, "-", https:// addresses, gs://BUCKET/PREFIX; none means
 * standard input.  Both arrays are copied.  diag hears of what goes wrong (with name,
 * line and byte); it may be NULL.  NULL where memory ran out.
 */
struct lw_reader *lw_reader_new(
    const char *const *operands, size_t count, lw_diag_fn *diag, void *diag_arg);
void lw_reader_free(struct lw_reader *r); /* NULL is fine */

/* Bytes of the operands that are files of this machine, as stored: what is known before reading. */
uint64_t lw_reader_file_bytes(const struct lw_reader *r);

/* How to reach inputs over the network; borrowed.  Without it: defaults, and no second try. */
struct lw_remote;
void lw_reader_remote(struct lw_reader *r, const struct lw_remote *remote);

/*
 * Whether lines of text that continue a message (indented lines, stack traces, CRI parts) belong to
 * it, which is how a reader begins; false: each line that is no JSON is a record,
 * empty ones too while no JSON was seen.
 */
void lw_reader_join_lines(struct lw_reader *r, bool join);

/*
 * How many inputs may be read side by side: as many as there are threads that take blocks.  1 is
 * how a reader begins; call it before reading.  False where memory ran out.
 */
bool lw_reader_side_by_side(struct lw_reader *r, unsigned inputs);

/*
 * Whether lines, and elements of arrays by the layout of their lines, may be taken for records that
 * are not looked at byte by byte (record->by_layout), which takes a fraction of the time.  Call it
 * before reading.
 */
void lw_reader_by_layout(struct lw_reader *r, bool by_layout);

enum lw_next {
	LW_NEXT_END,    /* nothing more, or stopped */
	LW_NEXT_RECORD, /* *record is filled, or the block is */
	LW_NEXT_NOMEM,  /* memory ran out; the reader cannot go on */
};

/* The next record, in the order of the inputs; calls diag. */
enum lw_next lw_reader_next(struct lw_reader *r, struct lw_record *record);

struct lw_block; /* block.h */

/*
 * Fill *b, whose records are done with, with records of some input: those of one input come
 * in order, but their blocks go to whichever thread asks.  Waits while other threads may have more
 * to give.  Any number of threads.
 */
enum lw_next lw_reader_take(struct lw_reader *r, struct lw_block *b);

/* Call diag with what there is to be said by now, in the order of the inputs.  One thread; once
 * more after the last lw_reader_take. */
void lw_reader_tell(struct lw_reader *r);

/* Bytes read so far of all inputs, as stored, and of how many (0 where that is not known); any
 * thread. */
void lw_reader_progress(struct lw_reader *r, uint64_t *raw_bytes, uint64_t *size_bytes);

/*
 * Is there enough to read for another thread to be worth its while: several inputs, or a
 * long one?  After the first lw_reader_take; any thread.
 */
bool lw_reader_is_long(struct lw_reader *r);

/* No more: threads that wait in lw_reader_take, or call it later, get LW_NEXT_NOMEM. */
void lw_reader_abandon(struct lw_reader *r);

/* End the input: what was read already is given, as far as it is whole, and then LW_NEXT_END.
 * Async-signal-safe. */
void lw_reader_stop(struct lw_reader *r);

/* While threads take blocks, these are not to be called. */
size_t lw_reader_input_count(const struct lw_reader *r);
const struct lw_input_info *lw_reader_input(const struct lw_reader *r, size_t i); /* i < count */

/* True where some input could not be opened or read to its end (exit code 3). */
bool lw_reader_failed(const struct lw_reader *r);

#endif
