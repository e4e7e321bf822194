/*
 * progress.h - how far it is, in one line on standard error.
 */
#ifndef LOGWHY_PROGRESS_H
#define LOGWHY_PROGRESS_H

#include <logwhy.h>
#include <time.h>

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

/* Remove the line. */
void progress_clear(struct progress *p);

#endif
