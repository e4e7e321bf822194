/* instant.h - dates and times of day inside a message (private to cluster/). */
#ifndef LW_CLUSTER_INSTANT_H
#define LW_CLUSTER_INSTANT_H

#include "base/str.h"

/*
 * A date, a time of day or both at s.p[i], which is a digit: "2017-05-16 05:00:00",
 * "2025-09-16T00:42:59.910Z", "16/May/2017:05:00:00 +0000", "02:12", "20171223-22:15:29:606".
 * Returns its end; 0 where none stands there.
 */
size_t lw_instant_read(struct lw_str s, size_t i);

/* "Sat Jun 18 02:08:10 2005", "Jun 18, 2005": the word s.p[i..word_end) may start a date.  Returns
 * its end or 0. */
size_t lw_instant_named(struct lw_str s, size_t i, size_t word_end);

#endif
