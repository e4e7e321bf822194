/*
 * decide.h - which signatures are one template (private to cluster/).
 *
 * Works on the finished table alone: the outcome depends on the rows and
 * their counts, not on their order.
 */
#ifndef LW_CLUSTER_DECIDE_H
#define LW_CLUSTER_DECIDE_H

#include "cluster/table.h"

/*
 * owner[i], for each of the count rows: the least row (by index) of the
 * template that row i belongs to.  Rows must be sorted by signature.  Rows of
 * one template have the same chunks (see below), whose inside may differ.  False where
 * memory ran out.
 */
bool lw_decide(const struct lw_row *const *rows, size_t count, uint32_t *owner);

/*
 * A chunk is what stands between blanks, without the punctuation at its
 * ends: the core tokens [from, to) of the chunk that starts at token start
 * and ends before token end.  from == to where there is nothing but punctuation.
 */
struct lw_chunk {
	size_t start, from, to, end;
};

/* The chunk that starts at token `start` (< r->token_count). */
struct lw_chunk lw_row_chunk(const struct lw_row *r, size_t start);

#endif
