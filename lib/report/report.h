/*
 * report.h - write a report model in one of the formats.
 *
 * What is written is safe to paste: control characters escaped, markup of
 * the format neutralised, secrets redacted unless told otherwise.
 */
#ifndef LW_REPORT_REPORT_H
#define LW_REPORT_REPORT_H

#include "base/buf.h"
#include "report/model.h"

struct lw_report_style {
	bool redact;    /* replace secrets (redact.h) */
	bool color;     /* text only: ANSI colours */
	unsigned width; /* text only: columns, at least 64; 0 for 80 */
	unsigned top;   /* clusters to show in text and md; 0 for all; json always has all */
};

struct lw_report_format {
	const char *name;      /* "text", "md", "json" */
	const char *extension; /* ".txt", ".md", ".json" */
	void (*write)(
	    struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style);
};

extern const struct lw_report_format lw_report_formats[]; /* ends with a NULL name */

const struct lw_report_format *lw_report_format_by_name(
    const char *name); /* NULL where there is none */
const struct lw_report_format *lw_report_format_by_path(
    const char *path); /* by its ending; NULL where there is none */

#endif
