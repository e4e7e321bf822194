/* why_log.c - logs made entry by entry, and what is analysed of them. */
#include "why_log.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINES 8192

/* A log under construction, one JSON entry a line. */
struct log {
	char *lines[MAX_LINES];
	size_t n;
};

static struct log the_log;
struct lw_catalog *catalog;
static struct lw_dedupe *dedupe;
struct lw_observer *observer;
struct lw_analysis *analysis;

void
why_setup(void)
{
	static const char *const paths[] = {SRCDIR "/tests/data/why/rules.yaml"};
	size_t bad;

	the_log.n = 0;
	catalog = lw_catalog_load(paths, 1, 1, 1, NULL, NULL, &bad);
	ck_assert_ptr_nonnull(catalog);
	ck_assert_uint_eq(bad, 0);
}

void
why_teardown(void)
{
	lw_analysis_free(analysis);
	lw_observer_free(observer);
	lw_dedupe_free(dedupe);
	lw_catalog_free(catalog);
	while (the_log.n > 0)
		free(the_log.lines[--the_log.n]);
	analysis = NULL;
	observer = NULL;
	dedupe = NULL;
}

void
whole_entry(const char *json)
{
	char *line = strdup(json);

	ck_assert_ptr_nonnull(line);
	ck_assert_uint_lt(the_log.n, MAX_LINES);
	the_log.lines[the_log.n++] = line;
}

/* "timestamp":"..." at second s */
static const char *
timestamp(double s)
{
	static char text[64];
	int whole = (int)s;

	(void)snprintf(text, sizeof(text), "\"timestamp\":\"2026-01-01T%02d:%02d:%02d.%03dZ\"",
	    whole / 3600, whole / 60 % 60, whole % 60, (int)((s - whole) * 1000));
	return text;
}

void
entry(const char *service, const char *instance, const char *trace, double s, const char *severity,
    const char *text)
{
	char line[1024];

	(void)snprintf(line, sizeof(line),
	    "{\"insertId\":\"e%zu\",%s,\"severity\":\"%s\","
	    "\"resource\":{\"type\":\"cloud_run_revision\",\"labels\":{\"service_name\":\"%s\"}},"
	    "\"labels\":{%s%s%s},%s%s%s\"textPayload\":\"%s\"}",
	    the_log.n, timestamp(s), severity, service, instance == NULL ? "" : "\"instanceId\":\"",
	    instance == NULL ? "" : instance, instance == NULL ? "" : "\"",
	    trace == NULL ? "" : "\"trace\":\"", trace == NULL ? "" : trace,
	    trace == NULL ? "" : "\",", text);
	whole_entry(line);
}

void
entry_of_revision(const char *service, const char *revision, double s, const char *text)
{
	char line[1024];

	(void)snprintf(line, sizeof(line),
	    "{\"insertId\":\"v%zu\",%s,\"severity\":\"INFO\",\"resource\":{\"type\":"
	    "\"cloud_run_revision\",\"labels\":{\"service_name\":\"%s\",\"revision_name\":\"%s\"}},"
	    "\"textPayload\":\"%s\"}",
	    the_log.n, timestamp(s), service, revision, text);
	whole_entry(line);
}

void
request(const char *service, double s, int status)
{
	char line[1024];

	(void)snprintf(line, sizeof(line),
	    "{\"insertId\":\"r%zu\",%s,\"severity\":\"%s\","
	    "\"resource\":{\"type\":\"cloud_run_revision\",\"labels\":{\"service_name\":\"%s\"}},"
	    "\"httpRequest\":{\"requestMethod\":\"GET\",\"requestUrl\":\"/x\",\"status\":%d,"
	    "\"latency\":\"0.1s\"}}",
	    the_log.n, timestamp(s), status < 500 ? "INFO" : "ERROR", service, status);
	whole_entry(line);
}

static void
on_entry(void *arg, struct lw_entry *e)
{
	lw_observe(arg, e);
}

void
analyse(void)
{
	static const struct lw_filter all = {LW_TIME_NONE, LW_TIME_NONE, NULL};
	static const struct lw_why_options options = {300 * LW_NS_PER_S, 5};
	struct lw_decoder *decoder = lw_decoder_new();
	struct lw_error warning, error;
	size_t i;

	dedupe = lw_dedupe_new(0);
	observer = lw_observer_new(catalog, dedupe, &all, 60 * LW_NS_PER_S);
	ck_assert(decoder != NULL && dedupe != NULL && observer != NULL);
	for (i = 0; i < the_log.n; i++) {
		struct lw_record r = {.bytes = lw_str_from(the_log.lines[i]), .line = i + 1};

		ck_assert_int_eq(
		    lw_decode(decoder, &r, on_entry, observer, &warning, &error), LW_OK);
	}
	lw_decoder_free(decoder);
	lw_observer_finish(observer);
	ck_assert(lw_observer_ok(observer));
	analysis =
	    lw_why_analyse(lw_observer_tally(observer), lw_observer_clusters(observer), &options);
	ck_assert_ptr_nonnull(analysis);
}

/* "requests-fail < exit < setting-missing": the rules of a chain, "?" for an unknown message. */
const char *
chain_text(size_t incident)
{
	static char text[512];
	const struct lw_incident *inc = &analysis->incidents[incident];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < inc->why_count; i++) {
		uint32_t rule =
		    analysis->groups[analysis->vertices[inc->whys[i].vertex].group].rule;

		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
		    i > 0 ? " < " : "",
		    rule == LW_NO_RULE ? "?" : lw_catalog_rule(catalog, rule)->id);
	}
	return text;
}

const char *
template_of(size_t why)
{
	const struct lw_vertex *v = &analysis->vertices[analysis->incidents[0].whys[why].vertex];

	return lw_cluster_template(
	    lw_observer_clusters(observer), analysis->groups[v->group].template_index)
	    ->text.p;
}
