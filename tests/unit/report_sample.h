/*
 * report_sample.h - a whole report model for the tests of the writers.
 *
 * Every string that can come from a log passes through `make`, so that a test
 * can put a hostile one in its place.
 */
#ifndef LW_TESTS_REPORT_SAMPLE_H
#define LW_TESTS_REPORT_SAMPLE_H

#include "base/arena.h"
#include "report/model.h"

typedef struct lw_str sample_make_fn(void *arg, struct lw_str text);

/* The model, all of it in the arena; make NULL leaves the strings as they are. */
struct lw_report *sample_report(struct lw_arena *arena, sample_make_fn *make, void *arg);

#endif
