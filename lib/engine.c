/*
 * engine.c - the order of the stages: input, entry, catalog, cluster, count,
 * why, report.  The public interface (logwhy.h) is here.
 */
#include "config.h"

#include <logwhy.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "crew.h"
#include "engine.h"
#include "report/build.h"
#include "report/compare.h"
#include "report/report.h"
#include "why/why.h"

#define LARGE_BYTES ((uint64_t)64 << 20) /* as stored: tens of thousands of entries */

struct lw_run {
	struct lw_baseline baselines[LW_BASELINES_MAX];
	size_t baseline_count;
	struct lw_run_options o;
	struct lw_remote remote;
	struct lw_catalog *catalog;
	struct lw_reader *reader;
	struct lw_crew *crew;
	struct lw_analysis *analysis;
	struct lw_arena *arena; /* of the report */
	struct lw_report *report;
	uint64_t malformed;
	pthread_mutex_t message_lock; /* what sources say may come from any thread */
	volatile sig_atomic_t stop;   /* asked to before there was a reader */
};

const char *
lw_version(void)
{
	return PACKAGE_VERSION;
}

void
lw_run_options_init(struct lw_run_options *o)
{
	*o = (struct lw_run_options){.since_ns = LW_RUN_NO_TIME,
	    .until_ns = LW_RUN_NO_TIME,
	    .window_ns = 300 * LW_NS_PER_S,
	    .step_ns = 60 * LW_NS_PER_S,
	    .whys = 5,
	    .threads = 1};
}

struct lw_run *
lw_run_new(const struct lw_run_options *o)
{
	struct lw_run *run = calloc(1, sizeof(*run));

	if (run == NULL)
		return NULL;
	if (pthread_mutex_init(&run->message_lock, NULL) != 0) {
		free(run);
		return NULL;
	}
	run->o = *o;
	run->remote = lw_remote_none;
	if (run->o.step_ns < LW_NS_PER_MS)
		run->o.step_ns = LW_NS_PER_MS;
	if (run->o.window_ns < run->o.step_ns)
		run->o.window_ns = run->o.step_ns;
	run->arena = lw_arena_new(0);
	if (run->arena == NULL) {
		lw_run_free(run);
		return NULL;
	}
	return run;
}

void
lw_run_free(struct lw_run *run)
{
	if (run == NULL)
		return;
	lw_analysis_free(run->analysis);
	lw_crew_free(run->crew);
	lw_reader_free(run->reader);
	lw_catalog_free(run->catalog);
	lw_arena_free(run->arena);
	(void)pthread_mutex_destroy(&run->message_lock);
	free(run);
}

void
lw_run_remote(struct lw_run *run, const struct lw_remote *remote)
{
	run->remote = *remote;
}

static void
say(struct lw_run *run, enum lw_run_level level, const struct lw_error *e, bool with_offset)
{
	char text[sizeof(e->source) + sizeof(e->message) + 96];
	size_t n;

	if (run->o.message == NULL)
		return;
	n = strlen(lw_error_format(e, text, sizeof(text)));
	if (with_offset && e->line != 0)
		(void)snprintf(
		    text + n, sizeof(text) - n, " (byte %llu)", (unsigned long long)e->offset);
	(void)pthread_mutex_lock(&run->message_lock);
	run->o.message(run->o.message_arg, level, text);
	(void)pthread_mutex_unlock(&run->message_lock);
}

static const enum lw_run_level run_levels[] = {[LW_DIAG_NOTE] = LW_RUN_NOTE,
    [LW_DIAG_WARNING] = LW_RUN_WARNING,
    [LW_DIAG_ERROR] = LW_RUN_ERROR};

static void
on_catalog_diag(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	say(arg, run_levels[level], e, false);
}

static void
on_input_diag(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	say(arg, run_levels[level], e, true);
}

/* A diagnostic for the first of `count`, with the number of the others. */
static void
say_first(struct lw_run *run, const char *source, const struct lw_error *first, uint64_t count)
{
	struct lw_error e = *first;
	size_t n = strlen(e.message);

	lw_error_at(&e, source, e.line, e.column, e.offset);
	if (count > 1)
		(void)snprintf(e.message + n, sizeof(e.message) - n, " (and %llu more like it)",
		    (unsigned long long)(count - 1));
	say(run, LW_RUN_WARNING, &e, true);
}

/* Now and then while the crew reads. */
static void
on_beat(void *arg)
{
	const struct lw_run *run = arg;
	struct lw_run_progress p = {
	    .records = lw_crew_records(run->crew), .errors = lw_crew_errors(run->crew)};

	lw_reader_tell(run->reader);
	if (run->o.progress == NULL)
		return;
	lw_reader_progress(run->reader, &p.bytes, &p.size_bytes);
	run->o.progress(run->o.progress_arg, &p);
}

/* What was counted of input i by the framing and by the decoder, as one row. */
static void
fill_input(struct lw_run *run, uint32_t i, struct lw_m_input *m)
{
	const struct lw_input_info *in = lw_reader_input(run->reader, i);
	const struct lw_input_count *count = lw_crew_input(run->crew, i);
	const struct lw_error *first = in->malformed > 0 ? &in->first_malformed : NULL;

	m->name = lw_str_from(in->name);
	m->bytes = in->bytes;
	m->malformed = in->malformed;
	m->cut_short = in->reached_ns != 0;
	m->reached_ns = in->reached_ns;
	if (count != NULL) {
		m->entries = count->entries;
		m->malformed += count->malformed;
		if (count->malformed > 0 &&
		    (first == NULL || count->first_malformed.offset < first->offset))
			first = &count->first_malformed;
	}
	run->malformed += m->malformed;
	if (first == NULL)
		return;
	m->has_first = true;
	m->first_line = first->line;
	m->first_offset = first->offset;
	m->first_reason =
	    lw_str_from(first->message[0] != '\0' ? first->message : lw_code_text(first->code));
}

/* The decoder's complaints, one a kind and input, in the order of the inputs. */
static void
say_what_was_wrong(struct lw_run *run, uint32_t i)
{
	const struct lw_input_count *count = lw_crew_input(run->crew, i);
	const char *name = lw_reader_input(run->reader, i)->name;
	int code;

	if (count == NULL)
		return;
	if (count->malformed > 0)
		say_first(run, name, &count->first_malformed, count->malformed);
	for (code = 0; code < LW_CODE_COUNT; code++)
		if (count->notices[code].count > 0)
			say_first(
			    run, name, &count->notices[code].first, count->notices[code].count);
}

static bool
build_report(struct lw_run *run)
{
	size_t n = lw_reader_input_count(run->reader);
	struct lw_m_input *inputs = lw_arena_zalloc(run->arena, (n + 1) * sizeof(*inputs));
	struct lw_observer *o = lw_crew_observer(run->crew);
	struct lw_why_options options = {run->o.window_ns, run->o.whys};
	struct lw_build b = {.tally = lw_observer_tally(o),
	    .clusters = lw_observer_clusters(o),
	    .inputs = inputs,
	    .input_count = n,
	    .title = run->o.title,
	    .explain = run->o.explain,
	    .version = PACKAGE_VERSION,
	    .since_ns = run->o.since_ns,
	    .until_ns = run->o.until_ns,
	    .step_ns = run->o.step_ns,
	    .compared = run->baseline_count > 0,
	    .duplicates_unchecked = lw_crew_unchecked(run->crew),
	    .fragments_dropped = lw_observer_dropped(o)};
	uint32_t i;

	if (inputs == NULL)
		return false;
	for (i = 0; i < n; i++) {
		fill_input(run, i, &inputs[i]);
		say_what_was_wrong(run, i);
	}
	b.malformed = run->malformed;
	run->analysis = lw_why_analyse(b.tally, b.clusters, &options);
	if (run->analysis == NULL)
		return false;
	b.analysis = run->analysis;
	run->report = lw_report_build(&b, run->arena);
	return run->report != NULL &&
	       (run->baseline_count == 0 ||
		   lw_report_compare(run->arena, run->report, run->baselines, run->baseline_count));
}

enum lw_run_status
lw_run_baseline(struct lw_run *run, const char *name, const char *text, size_t size)
{
	struct lw_error error = {0};
	enum lw_code code;

	if (run->baseline_count == LW_BASELINES_MAX)
		code = lw_error_set(
		    &error, LW_ETYPE, "is one baseline too many: %d at the most", LW_BASELINES_MAX);
	else
		code = lw_baseline_read(run->arena, lw_str_from(name), lw_str_make(text, size),
		    &run->baselines[run->baseline_count], &error);
	if (code == LW_OK) {
		run->baseline_count++;
		return LW_RUN_OK;
	}
	if (code == LW_ENOMEM)
		return LW_RUN_NO_MEMORY;
	lw_error_at(&error, name, 0, 0, 0);
	say(run, LW_RUN_ERROR, &error, false);
	return code == LW_ETYPE ? LW_RUN_NO_REPORT : LW_RUN_CUT_REPORT;
}

enum lw_run_status
lw_run_read(struct lw_run *run, const char *const *inputs, size_t count)
{
	struct lw_crew_options crew = {.filter = {run->o.since_ns, run->o.until_ns, run->o.service},
	    .step_ns = run->o.step_ns,
	    .decoder = run->o.reference_decoder ? LW_DECODER_YAJL : LW_DECODER_FAST,
	    .threads = run->o.threads == 0 ? 1 : run->o.threads,
	    .as_needed = run->o.threads_as_needed};
	size_t bad = 0;

	run->reader = lw_reader_new(inputs, count, on_input_diag, run);
	if (run->reader == NULL)
		return LW_RUN_NO_MEMORY;
	crew.large = lw_reader_file_bytes(run->reader) >= LARGE_BYTES;
	run->crew = lw_crew_new(&crew);
	if (run->crew == NULL)
		return LW_RUN_NO_MEMORY;
	run->catalog = lw_catalog_load(run->o.patterns, run->o.pattern_count,
	    run->o.checked_patterns, crew.threads, on_catalog_diag, run, &bad);
	if (run->catalog == NULL)
		return LW_RUN_NO_MEMORY;
	if (bad > 0)
		return LW_RUN_BAD_CATALOG;
	run->remote.net.diag = on_input_diag;
	run->remote.net.diag_arg = run;
	lw_reader_remote(run->reader, &run->remote);
	if (run->stop)
		lw_reader_stop(run->reader);
	if (!lw_crew_read(run->crew, run->catalog, run->reader, on_beat, run) ||
	    !lw_catalog_tried(run->catalog, on_catalog_diag, run, &bad))
		return LW_RUN_NO_MEMORY;
	if (bad > 0)
		return LW_RUN_BAD_CATALOG;
	return build_report(run) ? LW_RUN_OK : LW_RUN_NO_MEMORY;
}

void
lw_run_stop(struct lw_run *run)
{
	run->stop = true;
	if (run->reader != NULL)
		lw_reader_stop(run->reader);
}

bool
lw_run_input_failed(const struct lw_run *run)
{
	return run->reader != NULL && lw_reader_failed(run->reader);
}

uint64_t
lw_run_malformed(const struct lw_run *run)
{
	return run->malformed;
}

size_t
lw_run_incidents(const struct lw_run *run)
{
	return run->report == NULL ? 0 : run->report->incident_count;
}

const struct lw_report *
lw_run_model(const struct lw_run *run)
{
	return run->report;
}

char *
lw_run_report(
    const struct lw_run *run, const char *format, const struct lw_run_style *style, size_t *size)
{
	const struct lw_report_format *f = lw_report_format_by_name(format);
	struct lw_report_style s = {style->redact, style->color, style->width, style->top};
	struct lw_buf out = {0};

	if (f == NULL || run->report == NULL)
		return NULL;
	f->write(&out, run->report, &s);
	*size = out.n;
	return lw_buf_take(&out);
}

const char *
lw_format_of_path(const char *path)
{
	const struct lw_report_format *f = lw_report_format_by_path(path);

	return f == NULL ? NULL : f->name;
}

bool
lw_parse_time(const char *text, int64_t *ns)
{
	return lw_time_parse(lw_str_from(text), ns);
}

bool
lw_parse_duration(const char *text, int64_t *ns)
{
	return lw_duration_parse(lw_str_from(text), ns);
}
