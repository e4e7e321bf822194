/*
 * progress.h - how far it is, in one line on standard error.
 */
#ifndef LOGWHY_PROGRESS_H
#define LOGWHY_PROGRESS_H

#include <logwhy.h>
#include <time.h>

#include "base/error.h"
#include "options.h"

struct progress {
	bool on;
	bool drawn; /* at least once */
	struct timespec start, shown;
};

/* Whether to show it is decided here: with --progress auto, on a terminal only. */
void progress_start(struct progress *p, const struct settings *s);

/* A lw_run_progress_fn; arg is the struct progress.  Draws a few times a second. */
void progress_show(void *arg, const struct lw_run_progress *at);

/* Of a download in the order of time. */
struct progress_fetch {
	uint64_t entries, bytes;
	int64_t reached_ns; /* LW_RUN_NO_TIME where no entry came yet */
};
void progress_show_fetch(struct progress *p, const struct progress_fetch *at);

/* Remove the line. */
void progress_clear(struct progress *p);

/* A diagnostic in its place, unless --quiet or the lack of --verbose silences it. */
void progress_say(struct progress *p, const struct settings *s, enum lw_diag_level level,
    const struct lw_error *e);

#endif
