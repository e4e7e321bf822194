/*
 * join.h - which lines of a text log continue the message before them.
 *
 * By the habits of languages and loggers, never by the log's name: an indented line,
 * the body and last line of a Python traceback and the sentences that chain them, "Caused by:",
 * goroutine dumps, PHP's numbered frames, a closing brace.
 */
#ifndef LW_INPUT_JOIN_H
#define LW_INPUT_JOIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* A message stops growing here: the limit of Cloud Logging for an entry. */
#define LW_JOIN_MAX_BYTES ((size_t)256 << 10)

enum lw_join_state {
	LW_JOIN_PLAIN,
	LW_JOIN_PYTHON_BODY,   /* inside of a traceback */
	LW_JOIN_PYTHON_DONE,   /* behind the line that names the exception */
	LW_JOIN_PYTHON_BRIDGE, /* behind "During handling of ..." */
	LW_JOIN_GO,            /* in a panic's dump */
	LW_JOIN_CARET,         /* behind the "^" under a line of source; the error follows */
	LW_JOIN_TRACE,         /* indented frames were seen */
};

struct lw_join {
	enum lw_join_state state;
	size_t indent; /* blanks before the first line */
	size_t lines;
};

void lw_join_begin(struct lw_join *j, struct lw_str first);

/*
 * Does line continue the message whose first line is first?  blank: empty lines stand
 * between.  Then the state moves on.
 */
bool lw_join_continues(struct lw_join *j, struct lw_str first, struct lw_str line, bool blank);

/* "ERROR 2026-06-09T07:43:26.950441Z ...": what Logs Explorer puts before a copied entry. */
bool lw_join_is_summary(struct lw_str line);

#endif
