/* progress.c - bytes, rate, errors so far, time left. */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define INTERVAL_S 0.2

static double
seconds_since(const struct timespec *then)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

void
progress_start(struct progress *p, const struct settings *s)
{
	*p = (struct progress){0};
	p->on = s->progress == WHEN_ALWAYS ||
		(s->progress == WHEN_AUTO && !s->quiet && isatty(STDERR_FILENO));
	if (clock_gettime(CLOCK_MONOTONIC, &p->start) != 0)
		p->on = false;
	p->shown = p->start;
}

void
progress_show(void *arg, const struct lw_run_progress *at)
{
	struct progress *p = arg;
	double s, rate;

	if (!p->on || (p->drawn && seconds_since(&p->shown) < INTERVAL_S))
		return;
	p->drawn = true;
	if (clock_gettime(CLOCK_MONOTONIC, &p->shown) != 0)
		return;
	s = seconds_since(&p->start);
	rate = s > 0 ? (double)at->bytes / s : 0;
	(void)fprintf(stderr, "\r%.1f MB  %.1f MB/s  %llu records  %llu errors",
	    (double)at->bytes / 1e6, rate / 1e6, (unsigned long long)at->records,
	    (unsigned long long)at->errors);
	if (at->size_bytes > at->bytes && rate > 0)
		(void)fprintf(stderr, "  %.0f s left", (double)(at->size_bytes - at->bytes) / rate);
	(void)fputs("\033[K", stderr);
	(void)fflush(stderr);
}

void
progress_clear(struct progress *p)
{
	if (p->on)
		(void)fputs("\r\033[K", stderr);
}
