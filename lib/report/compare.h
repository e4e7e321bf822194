/*
 * compare.h - a report against earlier ones.
 *
 * Clusters are the same by their id, incidents by the cluster at their root.
 * Counts are compared per 1000 requests where both reports hold at least 100,
 * else per hour where both periods are known, else as they are; also as they
 * are where the two periods differ by no more than 5 %.
 *
 * A cluster is worse where its count is at least twice what the baseline's rate
 * lets expect, and above that by more than three standard deviations of a count
 * (Poisson: 3 sqrt(expected + 1)); better the other way round.  It is gone where
 * at least 3 entries were to be expected and none came, unseen where fewer were.
 *
 * An incident is a regression where its root was there in an earlier report and
 * was gone since: absent from a later one, or ended before that report's end.
 */
#ifndef LW_REPORT_COMPARE_H
#define LW_REPORT_COMPARE_H

#include "base/arena.h"
#include "report/baseline.h"
#include "report/model.h"

/* Fills report->comparison; baselines in any order, at least one.  False where memory ran out. */
bool lw_report_compare(struct lw_arena *arena, struct lw_report *report,
    const struct lw_baseline *baselines, size_t count);

#endif
