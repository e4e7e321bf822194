/*
 * source.h - the text of a catalogue file, and where in it something stands.
 *
 * Problems are told as FILE:LINE:COLUMN with the line itself, so the text is
 * kept for as long as the catalogue lives.  Columns are bytes, from 1.
 */
#ifndef LW_CATALOG_SOURCE_H
#define LW_CATALOG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct lw_source {
	const char *name;
	struct lw_str text; /* a NUL is behind it */
	size_t *starts;     /* offset of the first byte of each line */
	size_t line_count;
};

/* Bytes of a source. */
struct lw_span {
	size_t at, n;
};

/* How YAML wrote a text; decides which bytes of the file stand for which byte of the value. */
enum lw_quoting { LW_QUOTING_PLAIN, LW_QUOTING_SINGLE, LW_QUOTING_DOUBLE, LW_QUOTING_BLOCK };

/* Copies name and text into the arena; false where memory ran out. */
bool lw_source_init(
    struct lw_source *s, struct lw_arena *arena, const char *name, struct lw_str text);

void lw_source_place(const struct lw_source *s, size_t at, uint64_t *line, uint64_t *column);

/* The line that holds byte `at`, without its end. */
struct lw_str lw_source_line(const struct lw_source *s, size_t at);

/*
 * Where in the file byte `offset` of a value stands that was written in `span`:
 * quotes, escapes, folded lines and indentation taken into account.  The end
 * of the span where the value is shorter than that.
 */
size_t lw_source_find(
    const struct lw_source *s, struct lw_span span, enum lw_quoting quoting, size_t offset);

/* A problem in a catalogue, with the text to show. */
struct lw_problem {
	enum lw_diag_level level;
	struct lw_error error; /* code, source, line, column, message */
	struct lw_str line;    /* the line of the file; .p NULL where there is none to show */
	size_t mark_bytes;     /* how much of it is meant, from error.column on; at least 1 */
};

/* *p is valid during the call only. */
typedef void lw_problem_fn(void *arg, const struct lw_problem *p);

struct lw_problems {
	lw_problem_fn *fn; /* NULL: count only */
	void *arg;
	size_t errors, warnings; /* counted by lw_problem_add */
};

/* s may be NULL where the problem belongs to no file, and without lines (.starts NULL) where only
 * the name is known. */
void lw_problem_add(struct lw_problems *to, enum lw_diag_level level, enum lw_code code,
    const struct lw_source *s, struct lw_span span, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#endif
