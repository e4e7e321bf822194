/* source_logging.c - the entries of a Logging API query as newline-delimited JSON. */
#include "input/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "input/logging.h"

struct logging_source {
	struct lw_source base;
	struct lw_logging *logging;
	struct lw_buf line; /* an entry with its newline */
	size_t taken;       /* bytes of it that were handed out */
	int64_t since_ns;
};

/* The next entry into line: 1, 0 at the end, -1 where it failed. */
static int
fill(struct logging_source *g, struct lw_error *e)
{
	struct lw_logging_entry entry;
	struct lw_logging_progress at;
	enum lw_logging_next next;

	do {
		next = lw_logging_next(g->logging, &entry, e);
	} while (next == LW_LOGGING_PAGE);
	lw_logging_progress(g->logging, &at);
	g->base.reached_ns = at.reached_ns == LW_TIME_NONE ? g->since_ns : at.reached_ns;
	lw_buf_reset(&g->line);
	g->taken = 0;
	if (next == LW_LOGGING_FAILED)
		return -1;
	if (next == LW_LOGGING_ENTRY) {
		lw_buf_addstr(&g->line, entry.json);
		lw_buf_addc(&g->line, '\n');
	}
	if (next == LW_LOGGING_NOMEM || !lw_buf_ok(&g->line)) {
		(void)lw_error_set(e, LW_ENOMEM, "out of memory");
		return -1;
	}
	return next == LW_LOGGING_ENTRY;
}

static ptrdiff_t
logging_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct logging_source *g = (struct logging_source *)s;
	size_t left;
	int got;

	if (g->taken == g->line.n) {
		got = fill(g, e);
		if (got <= 0)
			return got;
	}
	left = g->line.n - g->taken;
	if (n > left)
		n = left;
	memcpy(buf, g->line.p + g->taken, n);
	g->taken += n;
	s->raw_bytes += n;
	return (ptrdiff_t)n;
}

static void
logging_close(struct lw_source *s)
{
	struct logging_source *g = (struct logging_source *)s;

	lw_logging_free(g->logging);
	lw_buf_fini(&g->line);
	free(g);
}

static const struct lw_source_ops logging_ops = {.read = logging_read, .close = logging_close};

enum lw_code
lw_source_logging(const char *name, const struct lw_remote *remote, struct lw_stop *stop,
    struct lw_source **s, struct lw_error *e)
{
	struct logging_source *g;

	(void)name;
	if (remote->logging == NULL)
		return lw_error_set(e, LW_EUSAGE, "name the project with --project instead");
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	g->base.ops = &logging_ops;
	g->since_ns = remote->logging->since_ns == LW_TIME_NONE ? 0 : remote->logging->since_ns;
	g->logging = lw_logging_new(remote->logging, remote, stop);
	if (g->logging == NULL) {
		free(g);
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	}
	*s = &g->base;
	return LW_OK;
}
