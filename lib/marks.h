/*
 * marks.h - what one entry shows: known errors, an unknown message, the causes that it states.
 *
 * An entry may show several things: every rule that matches, a message that no
 * rule knows, and the error that its trace or its own words ("cannot start: no
 * such table") give as the cause.  Of two of one entry, the mark with `inner` is the
 * cause of the other.
 */
#ifndef LW_MARKS_H
#define LW_MARKS_H

#include "catalog/scan.h"
#include "cluster/cluster.h"
#include "count/tally.h"
#include "entry/entry.h"

#define LW_MAX_MARKS (LW_SCAN_MAX_HITS + 2)

struct lw_marker; /* one a thread */

/* Catalogue, scanner and clusterer must outlive it.  NULL where memory ran out. */
struct lw_marker *lw_marker_new(
    const struct lw_catalog *catalog, struct lw_scanner *scanner, struct lw_clusterer *clusters);
void lw_marker_free(struct lw_marker *m); /* NULL is fine */

/*
 * Fill marks, and hits that they borrow; *count is how many marks.  What no rule knows is added
 * to the clusters.  False where memory ran out: *count is then what was found before.  Entries of
 * one marker are to be of one decoder.
 */
bool lw_marks_find(struct lw_marker *m, const struct lw_entry *e,
    struct lw_hit hits[LW_SCAN_MAX_HITS], struct lw_mark marks[LW_MAX_MARKS], size_t *count);

#endif
