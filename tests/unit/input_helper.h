/* input_helper.h - a source in memory that gives its bytes in pieces of any size, and records as
 * one text. */
#ifndef LW_TESTS_INPUT_HELPER_H
#define LW_TESTS_INPUT_HELPER_H

#include <check.h>

#include "base/buf.h"
#include "input/frame.h"
#include "input/input.h"

struct memory_source {
	struct lw_source base;
	const char *p;
	size_t n, at;
	size_t piece; /* bytes a read; 0: random, from state */
	uint64_t state;
};

void memory_source_init(
    struct memory_source *m, const void *p, size_t n, size_t piece, uint64_t seed);

/*
 * All records of p[0..n): a line "J LINE BYTES" each (J, Y or T; newlines in the bytes as "|"), and
 * "! LINE CODE" for what was malformed, "~" for a note.  Offsets and lines are checked against the
 * bytes.
 */
void frame_all(struct lw_buf *out, const void *p, size_t n, size_t piece, uint64_t seed, bool join);

/*
 * As frame_all, in blocks of so many bytes, with elements of arrays told by their layout and framed
 * again where they are no JSON; the lines in the order of their bytes.  *by_layout: how many.
 */
void frame_by_layout(
    struct lw_buf *out, const void *p, size_t n, size_t piece, size_t block, size_t *by_layout);

/* The lines of frame_all in the order of their bytes. */
void sort_lines(struct lw_buf *out);

/* As frame_all, with operands of a reader; diagnostics as "? LEVEL LINE message". */
void read_all(
    struct lw_buf *out, const char *const *operands, size_t count, struct lw_reader **keep);

TCase *input_frame_case(void);
TCase *input_damage_case(void);
TCase *input_source_case(void);
TCase *input_storage_case(void);
TCase *input_http_case(void);
TCase *input_retry_case(void);
TCase *input_stretch_case(void);

#endif
