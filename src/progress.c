/* progress.c - bytes, rate, errors so far, time left. */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/time.h"
#include "commands.h"

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

/* Is it time to draw?  *s: seconds since the start. */
static bool
is_due(struct progress *p, double *s)
{
	if (!p->on || (p->drawn && seconds_since(&p->shown) < INTERVAL_S))
		return false;
	p->drawn = true;
	if (clock_gettime(CLOCK_MONOTONIC, &p->shown) != 0)
		return false;
	*s = seconds_since(&p->start);
	return true;
}

static void
end_line(void)
{
	(void)fputs("\033[K", stderr);
	(void)fflush(stderr);
}

void
progress_show(void *arg, const struct lw_run_progress *at)
{
	struct progress *p = arg;
	double s, rate;

	if (!is_due(p, &s))
		return;
	rate = s > 0 ? (double)at->bytes / s : 0;
	(void)fprintf(stderr, "\r%.1f MB  %.1f MB/s  %llu records  %llu errors",
	    (double)at->bytes / 1e6, rate / 1e6, (unsigned long long)at->records,
	    (unsigned long long)at->errors);
	if (at->size_bytes > at->bytes && rate > 0)
		(void)fprintf(stderr, "  %.0f s left", (double)(at->size_bytes - at->bytes) / rate);
	end_line();
}

void
progress_show_fetch(struct progress *p, const struct progress_fetch *at)
{
	char reached[LW_TIME_TEXT_BYTES];
	double s;

	if (!is_due(p, &s))
		return;
	(void)lw_time_format(at->reached_ns, reached);
	(void)fprintf(stderr, "\r%llu entries  %.0f/s  %.1f MB  until %s",
	    (unsigned long long)at->entries, s > 0 ? (double)at->entries / s : 0,
	    (double)at->bytes / 1e6, reached[0] == '\0' ? "-" : reached);
	end_line();
}

void
progress_clear(struct progress *p)
{
	if (p->on)
		(void)fputs("\r\033[K", stderr);
}

void
progress_say(struct progress *p, const struct settings *s, enum lw_diag_level level,
    const struct lw_error *e)
{
	char text[1024];

	if ((level == LW_DIAG_NOTE && !s->verbose) || (level == LW_DIAG_WARNING && s->quiet))
		return;
	progress_clear(p);
	complain("%s", lw_error_format(e, text, sizeof(text)));
}
