/* check_report.h - what the files of check_report share. */
#ifndef LW_TESTS_CHECK_REPORT_H
#define LW_TESTS_CHECK_REPORT_H

#include <check.h>

#include "base/buf.h"
#include "report/report.h"
#include "report_sample.h"

#define STYLE_DEFAULT ((struct lw_report_style){.redact = true, .top = 10})

extern struct lw_arena *arena; /* of the running test */
void arena_setup(void);
void arena_teardown(void);

/* Replaces what out holds; every allocation must have worked. */
void write_report(struct lw_buf *out, const char *format, const struct lw_report *r,
    struct lw_report_style style);

/* The cases of the other files. */
TCase *redact_case(void);
TCase *hostile_case(void);

bool has(const struct lw_buf *b, const char *text);

#endif
