/* query.c - options to a query, with the bounds of time that it needs. */
#include "query.h"

#include <logwhy.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "network.h"

#define DEFAULT_SPAN_NS INT64_C(3600000000000)

/* Does the filter say itself which times it is about? */
static bool
names_time(const char *filter)
{
	static const char word[] = "timestamp";
	const char *p;

	for (p = filter; p != NULL && *p != '\0'; p++)
		if (strncasecmp(p, word, sizeof(word) - 1) == 0)
			return true;
	return false;
}

static void
set_times(struct lw_logging_query *q, const struct settings *s)
{
	q->since_ns = s->since_ns;
	q->until_ns = s->until_ns;
	if (names_time(s->filter))
		return;
	/* A query without an end would chase a log that goes on; one without a start takes minutes.
	 */
	if (q->until_ns == LW_RUN_NO_TIME)
		q->until_ns = system_clock.now_ns(NULL);
	if (q->since_ns == LW_RUN_NO_TIME)
		q->since_ns = q->until_ns - DEFAULT_SPAN_NS;
}

static char *
operand_name(const struct lw_logging_query *q)
{
	struct lw_buf name = {0};
	size_t i;

	lw_buf_addz(&name, "logging://");
	for (i = 0; i < q->resource_count; i++) {
		if (i > 0)
			lw_buf_addc(&name, ',');
		lw_logging_resource(&name, q->resources[i]);
	}
	return lw_buf_take(&name);
}

int
query_init(struct query *q, const struct settings *s)
{
	const char *endpoint = getenv("LOGWHY_LOGGING_ENDPOINT");
	struct lw_error e;
	enum lw_code code;

	*q = (struct query){
	    .logging = {.endpoint = endpoint != NULL && endpoint[0] != '\0' ? endpoint : NULL,
		.resources = s->projects,
		.resource_count = s->project_count,
		.filter = s->filter,
		.service = s->service,
		.severity = s->severity,
		.resource_type = s->resource_type,
		.limit = s->limit,
		.page_size = LW_LOGGING_PAGE_SIZE,
		.reads_per_minute = (unsigned)s->read_quota}};
	set_times(&q->logging, s);
	code = lw_logging_check(&q->logging, &e);
	if (code != LW_OK) {
		complain("%s", e.message);
		return code == LW_ENOMEM ? EXIT_IO : EXIT_WRONG_USAGE;
	}
	q->name = operand_name(&q->logging);
	if (q->name == NULL) {
		complain("out of memory");
		return EXIT_IO;
	}
	return EXIT_DONE;
}

void
query_fini(struct query *q)
{
	free(q->name);
	q->name = NULL;
}

bool
query_options_astray(const struct settings *s)
{
	const char *option = s->filter != NULL          ? "filter"
			     : s->severity != NULL      ? "severity"
			     : s->resource_type != NULL ? "resource"
			     : s->limit > 0             ? "limit"
							: NULL;

	if (s->project_count > 0 || option == NULL)
		return false;
	complain("--%s is for the Logging API; say which project with --project", option);
	return true;
}
