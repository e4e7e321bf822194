/*
 * templates.h - the output of `logwhy cluster` as data, and its writers.
 *
 * A plain tree that the caller fills, as model.h is; strings are borrowed, are
 * UTF-8 or not (writers clean them), and are not yet redacted.
 */
#ifndef LW_REPORT_TEMPLATES_H
#define LW_REPORT_TEMPLATES_H

#include "base/buf.h"
#include "report/report.h"

#define LW_TEMPLATES_SCHEMA "logwhy.templates/1"

struct lw_m_slot {
	const char *type;                /* "number", "uuid", "*", ... */
	const struct lw_m_value *values; /* the commonest, most first */
	size_t value_count;
	uint64_t distinct;
	bool distinct_capped; /* distinct is an estimate, and the counts may not be the highest */
};

struct lw_m_template {
	struct lw_str id, text, example, severity; /* severity empty: unknown */
	uint64_t count;
	int64_t first_ns, last_ns; /* LW_TIME_NONE: unknown */
	bool is_stack;
	const struct lw_m_slot *slots;
	size_t slot_count;
};

struct lw_m_templates {
	struct lw_str version;            /* of the program */
	const struct lw_m_template *list; /* most messages first, ties by id */
	size_t count;
	uint64_t messages; /* of all templates, shown or not */
	uint64_t
	    templates; /* found; more than count where some have too few messages to be shown */
	uint64_t malformed, folded;
};

/* How to write them: style.top and width as in report.h; values: show what stood in the slots. */
struct lw_templates_style {
	struct lw_report_style style;
	bool values;
};

/* "text", "md" or "json"; false for another format.  Failure to grow is remembered by out. */
bool lw_write_templates(struct lw_buf *out, const char *format, const struct lw_m_templates *m,
    const struct lw_templates_style *style);

#endif
