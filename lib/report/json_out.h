/*
 * json_out.h - writing JSON members of a report: yajl's generator behind a writer.
 *
 * Private to lib/report.  A struct lw_json is one document, on the stack of its
 * write function; nothing here is shared between threads.  Output is indented
 * by two blanks and ends in a newline.  No function reports a failure: where
 * memory runs out, the output buffer remembers it, at the latest in lw_json_fini.
 *
 * `name` is the member's name in a map, a string of our own, ending in NUL and
 * written as it is; it is NULL for an element of an array.
 */
#ifndef LW_REPORT_JSON_OUT_H
#define LW_REPORT_JSON_OUT_H

#include <yajl/yajl_gen.h>

#include "report/common.h"

#define LW_JSON_POOL_BYTES 4096

struct lw_json {
	struct lw_writer w;
	/* The rest is json_out.c's own. */
	yajl_gen g;
	struct lw_buf clean;                                 /* scratch: a string as UTF-8 */
	_Alignas(16) unsigned char pool[LW_JSON_POOL_BYTES]; /* what yajl allocates */
	size_t pool_used;
};

/*
 * Starts a document that is appended to *out; out, r and what style borrows must
 * outlive j, which must not be moved: yajl keeps pointers into it.  False where
 * the generator could not be made: *out has failed, and j needs no fini.
 */
bool lw_json_init(struct lw_json *j, struct lw_buf *out, const struct lw_report *r,
    const struct lw_report_style *style);
void lw_json_fini(struct lw_json *j); /* a scratch buffer that failed makes *out fail */

/* Name NULL: the document itself, or an element.  Each open has its close. */
void lw_json_open_map(struct lw_json *j, const char *name);
void lw_json_close_map(struct lw_json *j);
void lw_json_open_array(struct lw_json *j, const char *name);
void lw_json_close_array(struct lw_json *j);

/*
 * Log text, any bytes, of any size: redacted where the style asks for it, made
 * valid UTF-8, and with every character that hides or reorders others escaped.
 */
void lw_json_text(struct lw_json *j, const char *name, struct lw_str s);
void lw_json_text_or_null(struct lw_json *j, const char *name, struct lw_str s); /* empty is null */

/* The name of a member where it is log text, written as lw_json_text writes; its value follows
 * with name NULL. */
void lw_json_key(struct lw_json *j, struct lw_str name);

void lw_json_null(struct lw_json *j, const char *name);
void lw_json_bool(struct lw_json *j, const char *name, bool v);
void lw_json_integer(struct lw_json *j, const char *name, uint64_t v);
void lw_json_number(struct lw_json *j, const char *name, double v); /* as lw_number_format */
void lw_json_time(struct lw_json *j, const char *name, int64_t ns); /* unknown is null */

#endif
