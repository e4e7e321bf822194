/* cmd_report.c - logwhy report: read everything, then write the report. */
#include <errno.h>
#include <logwhy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "engine.h"
#include "network.h"
#include "post.h"
#include "progress.h"
#include "query.h"

static void
stop(void *arg)
{
	lw_run_stop(arg);
}

struct talk {
	const struct settings *settings;
	struct progress progress;
};

static void
on_message(void *arg, enum lw_run_level level, const char *text)
{
	struct talk *t = arg;

	if (level == LW_RUN_NOTE && !t->settings->verbose)
		return;
	if (level == LW_RUN_WARNING && t->settings->quiet)
		return;
	progress_clear(&t->progress);
	complain("%s", text);
}

static void
on_progress(void *arg, const struct lw_run_progress *at)
{
	struct talk *t = arg;

	progress_show(&t->progress, at);
}

static bool
write_report(const struct lw_run *run, const struct settings *s, const char *path)
{
	const char *by_path = lw_format_of_path(path);
	const char *format = s->format != NULL ? s->format : by_path != NULL ? by_path : "text";
	bool to_stdout = strcmp(path, "-") == 0;
	struct lw_run_style style = {.redact = !s->no_redact,
	    .color = to_stdout && use_color(s),
	    .width = to_stdout ? output_width() : 80,
	    .top = (unsigned)s->top};
	size_t size = 0;
	char *text = lw_run_report(run, format, &style, &size);
	bool ok;

	if (text == NULL) {
		complain("out of memory while writing the report");
		return false;
	}
	ok = write_output(path, text, size);
	free(text);
	return ok;
}

static int
write_reports(const struct lw_run *run, const struct settings *s)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < s->output_count; i++)
		ok = write_report(run, s, s->outputs[i]) && ok;
	if (s->output_count == 0 && !s->post_dry_run)
		ok = write_report(run, s, "-");
	if (!ok || lw_run_input_failed(run))
		return EXIT_IO;
	if (s->strict && lw_run_malformed(run) > 0)
		return EXIT_MALFORMED;
	if (s->exit_code && lw_run_incidents(run) > 0)
		return EXIT_INCIDENT;
	return EXIT_DONE;
}

#define BASELINE_MAX_BYTES ((size_t)256 << 20)

/* A whole file as text that the caller frees; NULL after a complaint. */
static char *
read_file(const char *path, size_t *size)
{
	size_t room = 65536, n = 0, got;
	FILE *f = fopen(path, "r");
	char *text = f == NULL ? NULL : malloc(room), *more;

	if (f == NULL) {
		complain("%s: cannot be read: %s", path, strerror(errno));
		return NULL;
	}
	errno = text == NULL ? ENOMEM : 0;
	while (text != NULL && (got = fread(text + n, 1, room - n, f)) > 0) {
		n += got;
		if (n < room)
			continue;
		more = room < BASELINE_MAX_BYTES ? realloc(text, room * 2) : NULL;
		if (more == NULL) {
			errno = room < BASELINE_MAX_BYTES ? ENOMEM : EFBIG;
			break;
		}
		text = more;
		room *= 2;
	}
	if (errno != 0) {
		complain("%s: cannot be read: %s", path, strerror(errno));
		free(text);
		text = NULL;
	}
	(void)fclose(f);
	*size = n;
	return text;
}

/* The exit code, or -1 where all baselines could be read. */
static int
read_baselines(struct lw_run *run, const struct settings *s)
{
	enum lw_run_status status;
	size_t i, size;
	char *text;

	for (i = 0; i < s->baseline_count; i++) {
		text = read_file(s->baselines[i], &size);
		if (text == NULL)
			return EXIT_IO;
		status = lw_run_baseline(run, s->baselines[i], text, size);
		free(text);
		if (status == LW_RUN_NO_MEMORY)
			complain("out of memory");
		if (status != LW_RUN_OK)
			return status == LW_RUN_NO_REPORT ? EXIT_WRONG_USAGE : EXIT_IO;
	}
	return -1;
}

/* The operands, and the query as one more behind them. */
static enum lw_run_status
read_inputs(struct lw_run *run, const struct settings *s, const struct query *q)
{
	size_t count = s->operand_count + (q->name != NULL ? 1 : 0), i;
	const char **inputs = calloc(count + 1, sizeof(*inputs));
	enum lw_run_status status;

	if (inputs == NULL)
		return LW_RUN_NO_MEMORY;
	for (i = 0; i < s->operand_count; i++)
		inputs[i] = s->operands[i];
	if (q->name != NULL)
		inputs[i] = q->name;
	status = lw_run_read(run, inputs, count);
	free(inputs);
	return status;
}

static int
read_and_write(struct lw_run *run, const struct settings *s, const struct query *q,
    struct talk *talk, const struct network *network)
{
	enum lw_run_status status;
	int code = read_baselines(run, s);

	if (code >= 0)
		return code;
	stop_on_signals(stop, run);
	status = read_inputs(run, s, q);
	progress_clear(&talk->progress);
	if (status == LW_RUN_BAD_CATALOG) {
		complain("the catalogue has errors; see logwhy patterns lint");
		return EXIT_WRONG_USAGE;
	}
	if (status == LW_RUN_NO_MEMORY) {
		complain("out of memory");
		return EXIT_IO;
	}
	code = write_reports(run, s);
	/* Written first: whatever becomes of it on the way, it is not lost. */
	return post_asked(s) && !post_report(run, s, network) ? EXIT_IO : code;
}

/* Reach what is not on this machine, and read. */
static int
run_query(struct lw_run *run, const struct settings *s, struct talk *talk)
{
	struct query query = {.name = NULL};
	struct network network;
	int code = s->project_count > 0 ? query_init(&query, s) : EXIT_DONE;

	network_init(&network, s);
	if (code == EXIT_DONE) {
		if (s->project_count > 0)
			network.remote.logging = &query.logging;
		lw_run_remote(run, &network.remote);
		code = read_and_write(run, s, &query, talk, &network);
	}
	lw_run_free(run); /* which borrows the others */
	network_fini(&network);
	query_fini(&query);
	return code;
}

int
cmd_report(const struct settings *s)
{
	const char *paths[MAX_LISTED + 1];
	struct talk talk = {.settings = s};
	struct lw_run_options o;
	struct lw_run *run;

	if (query_options_astray(s))
		return EXIT_WRONG_USAGE;
	if (s->operand_count == 0 && s->project_count == 0 && isatty(STDIN_FILENO)) {
		print_program_help(stderr);
		return EXIT_WRONG_USAGE;
	}
	if (s->post_dry_run && !post_asked(s)) {
		complain("--post-dry-run wants --post and an address");
		return EXIT_WRONG_USAGE;
	}
	lw_run_options_init(&o);
	o.title = s->title;
	o.explain = s->explain;
	/* A query alone has them in its filter, as the pipe from logwhy fetch does. */
	if (s->operand_count > 0 || s->project_count == 0) {
		o.service = s->service;
		o.since_ns = s->since_ns;
		o.until_ns = s->until_ns;
	}
	o.window_ns = s->window_ns;
	o.step_ns = s->step_ns;
	o.whys = (unsigned)s->whys;
	o.threads = s->threads == 0 ? processor_count() : (unsigned)s->threads;
	o.threads_as_needed = s->threads == 0;
	o.reference_decoder = s->reference_decoder;
	o.pattern_count = pattern_paths(s, paths);
	o.patterns = paths;
	o.checked_patterns = s->no_default_patterns ? 0 : 1; /* those that are shipped */
	o.message = on_message;
	o.message_arg = &talk;
	progress_start(&talk.progress, s);
	if (talk.progress.on) {
		o.progress = on_progress;
		o.progress_arg = &talk;
	}
	run = lw_run_new(&o);
	if (run == NULL) {
		complain("out of memory");
		return EXIT_IO;
	}
	return run_query(run, s, &talk);
}
