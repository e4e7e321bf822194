/* trace.h - what a stack trace is known by (private to cluster/). */
#ifndef LW_CLUSTER_TRACE_H
#define LW_CLUSTER_TRACE_H

#include "base/buf.h"
#include "entry/entry.h"

/* Is there enough of a trace to know it by?  A panic without a backtrace has its place alone, and
 * two of them in one file differ by their messages. */
bool lw_trace_tells(const struct lw_stack *stack);

/*
 * Append the fingerprint of a trace as one line: exception types, what each
 * names as its cause, and their own frames (file or package, and function; all
 * frames where none is own).  No line numbers, addresses or messages.
 */
void lw_trace_line(struct lw_buf *out, const struct lw_stack *stack);

#endif
