/* cmd_fetch.c - logwhy fetch: entries of the Logging API to a file or standard output. */
#include <inttypes.h>
#include <logwhy.h>
#include <string.h>

#include "base/time.h"
#include "commands.h"
#include "network.h"
#include "progress.h"
#include "query.h"
#include "resume.h"
#include "sink.h"

#define SHOW_ENTRIES 64

/* One call of the command. */
struct call {
	const struct settings *settings;
	struct network network;
	struct query query;
	struct resume resume;
	struct sink sink;
	struct progress progress;
	struct lw_stop stop;
	const char *path; /* NULL: standard output */
};

static void
stop(void *arg)
{
	lw_stop_ask(arg);
}

static void
on_diag(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	struct call *c = arg;

	progress_say(&c->progress, c->settings, level, e);
}

static void
show_progress(struct call *c, const struct lw_logging *l)
{
	struct lw_logging_progress at;

	lw_logging_progress(l, &at);
	progress_show_fetch(&c->progress,
	    &(struct progress_fetch){c->resume.entries + at.entries, at.bytes, at.reached_ns});
}

static const char *
how_to_go_on(const struct call *c)
{
	return c->path == NULL ? "" : "; go on with the same command and --resume";
}

/* What the end of the entries comes to. */
static int
finish(
    struct call *c, const struct lw_logging *l, enum lw_logging_next next, const struct lw_error *e)
{
	struct lw_logging_progress at;
	char reached[LW_TIME_TEXT_BYTES];

	progress_clear(&c->progress);
	lw_logging_progress(l, &at);
	(void)lw_time_format(at.reached_ns, reached);
	switch (next) {
	case LW_LOGGING_FAILED:
		complain("%s: %s%s", c->query.name, e->message, how_to_go_on(c));
		return EXIT_IO;
	case LW_LOGGING_STOPPED:
		complain("%s: interrupted; %s%s%s", c->query.name,
		    reached[0] == '\0' ? "no entry was read" : "the log was read until ", reached,
		    how_to_go_on(c));
		return EXIT_IO;
	case LW_LOGGING_NOMEM:
		complain("out of memory");
		return EXIT_IO;
	case LW_LOGGING_END:
	case LW_LOGGING_ENTRY:
	case LW_LOGGING_PAGE:
		break;
	}
	if (c->settings->verbose)
		complain("%s: %" PRIu64 " entries in %" PRIu64 " pages", c->query.name, at.entries,
		    at.pages);
	return EXIT_DONE;
}

/* All entries into the sink. */
static int
copy(struct call *c, struct lw_logging *l)
{
	struct lw_logging_entry entry;
	enum lw_logging_next next;
	struct lw_error e = {.code = LW_OK};
	bool ok = true;
	uint64_t n = 0;
	int code;

	do {
		next = lw_logging_next(l, &entry, &e);
		if (next == LW_LOGGING_ENTRY)
			ok = sink_line(&c->sink, entry.json);
		else if (next == LW_LOGGING_PAGE)
			ok = sink_flush(&c->sink, false);
		if (c->progress.on && n++ % SHOW_ENTRIES == 0)
			show_progress(c, l);
	} while (ok && (next == LW_LOGGING_ENTRY || next == LW_LOGGING_PAGE));
	if (!ok)
		return EXIT_IO;
	ok = sink_flush(&c->sink, true);
	code = finish(c, l, next, &e);
	return ok ? code : EXIT_IO;
}

/* The query from where the file ends; false where there is nothing left to ask for. */
static bool
go_on(struct call *c)
{
	struct lw_logging_query *q = &c->query.logging;
	const struct resume *r = &c->resume;

	if (r->torn_bytes > 0 && !c->settings->quiet)
		complain("%s: its last %" PRIu64 " bytes are cut off: they are no whole %s",
		    c->path, r->torn_bytes, c->sink.gzip ? "gzip member" : "line");
	/* Whatever --since says now: an hour ago was another time when the file was begun. */
	if (r->last_ns != LW_RUN_NO_TIME)
		q->since_ns = r->last_ns;
	if (q->until_ns != LW_TIME_NONE && q->since_ns >= q->until_ns)
		return false;
	if (q->limit > 0 && r->entries >= q->limit)
		return false;
	if (q->limit > 0)
		q->limit -= r->entries;
	return true;
}

static int
fetch(struct call *c)
{
	struct lw_logging *l;
	int code = EXIT_IO;
	bool ok;
	size_t i;

	if (!sink_open(&c->sink, c->path, c->resume.keep_bytes))
		return EXIT_IO;
	if (!go_on(c))
		return sink_close(&c->sink) ? EXIT_DONE : EXIT_IO;
	l = lw_logging_new(&c->query.logging, &c->network.remote, &c->stop);
	ok = l != NULL;
	for (i = 0; ok && i < c->resume.last_count; i++)
		ok = lw_logging_skip(l, c->resume.last_ids[i]);
	if (ok)
		code = copy(c, l);
	else
		complain("out of memory");
	lw_logging_free(l);
	progress_clear(&c->progress);
	return sink_close(&c->sink) ? code : EXIT_IO;
}

static bool
options_are_fine(const struct settings *s)
{
	if (s->operand_count > 0)
		complain("fetch reads no files; it takes %s for nothing", s->operands[0]);
	else if (s->output_count > 1)
		complain("fetch writes one file; --output is given %zu times", s->output_count);
	else if (s->resume && (s->output_count == 0 || strcmp(s->outputs[0], "-") == 0))
		complain("--resume needs the file to go on with: --output FILE");
	else
		return true;
	return false;
}

int
cmd_fetch(const struct settings *s)
{
	struct call c = {.settings = s, .resume.last_ns = LW_RUN_NO_TIME};
	int code;

	if (!options_are_fine(s))
		return EXIT_WRONG_USAGE;
	c.path = s->output_count == 0 || strcmp(s->outputs[0], "-") == 0 ? NULL : s->outputs[0];
	code = query_init(&c.query, s);
	if (code == EXIT_DONE) {
		lw_stop_init(&c.stop);
		stop_on_signals(stop, &c.stop);
		network_init(&c.network, s);
		c.network.remote.net.diag = on_diag;
		c.network.remote.net.diag_arg = &c;
		progress_start(&c.progress, s);
		if (s->resume && !resume_read(&c.resume, c.path))
			code = EXIT_IO;
		else
			code = fetch(&c);
		resume_fini(&c.resume);
		network_fini(&c.network);
		lw_stop_fini(&c.stop);
	}
	query_fini(&c.query);
	return code;
}
