/*
 * logwhy.h - read cloud error streams and say why a system failed.
 *
 * The public interface of liblogwhy.  A run reads all of its inputs, and
 * then writes a report of them in any number of formats:
 *
 *	struct lw_run_options o;
 *	lw_run_options_init(&o);
 *	struct lw_run *run = lw_run_new(&o);
 *	if (run != NULL && lw_run_read(run, inputs, count) == LW_RUN_OK)
 *		text = lw_run_report(run, "md", &style, &size);
 *	free(text);
 *	lw_run_free(run);
 *
 * Nothing here prints, exits, or reads a clock.  A run is used by one thread;
 * lw_run_stop alone may be called from elsewhere, also from a signal handler.
 */
#ifndef LOGWHY_H
#define LOGWHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LW_RUN_NO_TIME INT64_MIN

enum lw_run_status {
	LW_RUN_OK,
	LW_RUN_BAD_CATALOG, /* some rule could not be used; nothing was read */
	LW_RUN_NO_MEMORY,
	LW_RUN_NO_REPORT,  /* a baseline is no report that this version reads */
	LW_RUN_CUT_REPORT, /* a baseline is cut, damaged, or no JSON */
};

enum lw_run_level { LW_RUN_NOTE, LW_RUN_WARNING, LW_RUN_ERROR };

/* What the user should hear: "SOURCE:LINE: what is wrong", valid during the call; one thread at a
 * time. */
typedef void lw_run_message_fn(void *arg, enum lw_run_level level, const char *text);

struct lw_run_progress {
	uint64_t bytes;      /* read so far, as stored */
	uint64_t size_bytes; /* of the inputs opened so far; 0 where one of them is a pipe */
	uint64_t records;
	uint64_t errors; /* entries at ERROR or above; lags behind by what threads are at */
};

/* Called every few hundred records by the thread that reads. */
typedef void lw_run_progress_fn(void *arg, const struct lw_run_progress *p);

struct lw_run_options {
	const char *title;   /* of the report; NULL: made from its incidents */
	const char *explain; /* number or id of an incident, or "all": show every link that was
				considered for it; NULL: none */
	const char *service; /* only entries of this service; NULL: of all */
	int64_t since_ns,
	    until_ns; /* since <= time < until, ns since the epoch; LW_RUN_NO_TIME: no bound */
	int64_t window_ns, step_ns; /* sliding windows; 5 min and 1 min */
	unsigned whys;              /* observed whys in a chain at the most; 5 */
	unsigned threads;           /* that decode and count; 1 */
	bool threads_as_needed;     /* fewer of them where the inputs are short; false */
	bool reference_decoder;     /* read JSON by yajl alone: slower, the same report; false */
	const char *const
	    *patterns; /* files and folders of rules; later ones replace earlier ones by id */
	size_t pattern_count;
	size_t checked_patterns;    /* the first so many of them were seen to be right by `logwhy
				       patterns lint`; what is wrong with their expressions is
				       told when one is first needed; 0 */
	lw_run_message_fn *message; /* may be NULL */
	void *message_arg;
	lw_run_progress_fn *progress; /* may be NULL */
	void *progress_arg;
};

struct lw_run_style {
	bool redact;    /* replace secrets */
	bool color;     /* format text: ANSI colours */
	unsigned width; /* format text: columns; 0 for 80 */
	unsigned top;   /* formats text and md: clusters to show; 0 for all */
};

struct lw_run;

const char *lw_version(void); /* "0.1.0" */

void lw_run_options_init(struct lw_run_options *o); /* the defaults named above */

/* Options are copied, but for the strings and functions, which must outlive the run.  NULL where
 * memory ran out. */
struct lw_run *lw_run_new(const struct lw_run_options *o);
void lw_run_free(struct lw_run *run); /* NULL is fine */

/*
 * An earlier report in format json, as text, to compare this one with; name is
 * for people.  Before lw_run_read; up to 16 of them, in any order.  What is wrong
 * with it is told as a message.  The text is not needed afterwards.
 */
enum lw_run_status lw_run_baseline(
    struct lw_run *run, const char *name, const char *text, size_t size);

/* Read files, folders, "-" (standard input), https:// addresses, gs://BUCKET/PREFIX; none means
 * standard input.  Once a run. */
enum lw_run_status lw_run_read(struct lw_run *run, const char *const *inputs, size_t count);

/* End the input early: what was read so far is the input.  Async-signal-safe. */
void lw_run_stop(struct lw_run *run);

/* After lw_run_read. */
bool lw_run_input_failed(
    const struct lw_run *run); /* an input could not be opened or read to its end */
uint64_t lw_run_malformed(const struct lw_run *run); /* records that could not be used */
size_t lw_run_incidents(const struct lw_run *run);   /* incidents found */

/*
 * The report in format "text", "md" or "json" as text that the caller frees,
 * NUL-terminated, its length in *size; NULL for an unknown format or where
 * memory ran out.
 */
char *lw_run_report(
    const struct lw_run *run, const char *format, const struct lw_run_style *style, size_t *size);

/* The format that a file name asks for by its ending, or NULL. */
const char *lw_format_of_path(const char *path);

/* "2026-03-02T09:00:00Z" and "5m"; false where text is none, *ns is untouched then. */
bool lw_parse_time(const char *text, int64_t *ns);
bool lw_parse_duration(const char *text, int64_t *ns);

#ifdef __cplusplus
}
#endif

#endif
