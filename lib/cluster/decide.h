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
 * template that row i belongs to.  Rows must be sorted by signature.  False where
 * memory ran out.
 */
bool lw_decide(const struct lw_row *const *rows, size_t count, uint32_t *owner);

#endif
