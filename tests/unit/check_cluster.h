/* check_cluster.h - the test cases of the cluster room, one file a subject. */
#ifndef CHECK_CLUSTER_H
#define CHECK_CLUSTER_H

#include <check.h>

#include "base/buf.h"
#include "cluster/cluster.h"

TCase *mask_case(void);
TCase *decide_case(void);
TCase *merge_case(void);
TCase *grouping_case(void);

/* "COUNT ID TEXT {type distinct: value=count ...}" a template, one a line, in order of ids: all
 * that a caller can see. */
void dump(struct lw_buf *out, const struct lw_clusterer *c);

/* Adds a NUL-terminated message; its signature. */
uint64_t add(struct lw_clusterer *c, const char *message);

#endif
