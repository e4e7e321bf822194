/* logging_query.c - a query as the API wants it. */
#include "input/logging.h"

#include <string.h>
#include <strings.h>

#include "base/time.h"

static const char *const severities[] = {
    "DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"};

/* What resource types call their service; the same labels as where entries are read. */
static const char *const service_labels[] = {"service_name", "configuration_name", "job_name",
    "worker_pool_name", "container_name", "function_name", "module_id", "database_id",
    "backend_service_name", "cluster_name", "topic_id", "subscription_id", "service"};

static bool
is_given(const char *s)
{
	return s != NULL && s[0] != '\0';
}

/* As the API writes it, from any case; NULL where there is no such severity. */
static const char *
severity_name(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(severities) / sizeof(severities[0]); i++)
		if (strcasecmp(text, severities[i]) == 0)
			return severities[i];
	return NULL;
}

/* A string of the query language. */
static void
add_quoted(struct lw_buf *out, const char *text)
{
	const char *p;

	lw_buf_addc(out, '"');
	for (p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			lw_buf_addc(out, '\\');
		lw_buf_addc(out, *p);
	}
	lw_buf_addc(out, '"');
}

static void
add_and(struct lw_buf *out)
{
	if (out->n > 0)
		lw_buf_addz(out, " AND ");
}

static void
add_time(struct lw_buf *out, const char *operator, int64_t ns)
{
	char text[LW_TIME_TEXT_BYTES];

	if (ns == LW_TIME_NONE)
		return;
	(void)lw_time_format(ns, text);
	add_and(out);
	lw_buf_printf(out, "timestamp%s\"%s\"", operator, text);
}

void
lw_logging_filter(struct lw_buf *out, const struct lw_logging_query *q)
{
	size_t i;

	add_time(out, ">=", q->since_ns);
	add_time(out, "<", q->until_ns);
	if (is_given(q->resource_type)) {
		add_and(out);
		lw_buf_addz(out, "resource.type=");
		add_quoted(out, q->resource_type);
	}
	if (is_given(q->severity) && severity_name(q->severity) != NULL) {
		add_and(out);
		lw_buf_printf(out, "severity>=%s", severity_name(q->severity));
	}
	if (is_given(q->service)) {
		add_and(out);
		for (i = 0; i < sizeof(service_labels) / sizeof(service_labels[0]); i++) {
			lw_buf_printf(
			    out, "%sresource.labels.%s=", i == 0 ? "(" : " OR ", service_labels[i]);
			add_quoted(out, q->service);
		}
		lw_buf_addc(out, ')');
	}
	if (is_given(q->filter)) {
		add_and(out);
		/* The bracket stands on a line of its own: a comment ends with its line. */
		lw_buf_printf(out, "(%s\n)", q->filter);
	}
}

void
lw_logging_resource(struct lw_buf *out, const char *name)
{
	lw_buf_printf(out, "%s%s", strchr(name, '/') == NULL ? "projects/" : "", name);
}

static bool
is_resource(const char *name)
{
	static const char *const kinds[] = {
	    "projects/", "folders/", "organizations/", "billingAccounts/"};
	const char *p;
	size_t i;

	for (p = name; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == '"' || *p == '\\' || *p == 0x7f)
			return false;
	if (strchr(name, '/') == NULL)
		return name[0] != '\0';
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
			return name[strlen(kinds[i])] != '\0';
	return false;
}

enum lw_code
lw_logging_check(const struct lw_logging_query *q, struct lw_error *e)
{
	struct lw_buf filter = {0};
	enum lw_code code = LW_OK;
	size_t i;

	if (q->resource_count == 0)
		return lw_error_set(e, LW_EUSAGE, "say which project to read, with --project");
	if (q->resource_count > LW_LOGGING_MAX_RESOURCES)
		return lw_error_set(e, LW_EUSAGE, "one query reads %d projects at the most",
		    LW_LOGGING_MAX_RESOURCES);
	for (i = 0; i < q->resource_count; i++)
		if (!is_resource(q->resources[i]))
			return lw_error_set(e, LW_EUSAGE,
			    "'%s' is no project; give its id, or projects/P, folders/N, "
			    "organizations/N or billingAccounts/ID",
			    q->resources[i]);
	if (is_given(q->severity) && severity_name(q->severity) == NULL)
		return lw_error_set(e, LW_EUSAGE,
		    "'%s' is no severity; they are DEFAULT, DEBUG, INFO, NOTICE, WARNING, ERROR, "
		    "CRITICAL, ALERT and EMERGENCY",
		    q->severity);
	if (q->since_ns != LW_TIME_NONE && q->until_ns != LW_TIME_NONE &&
	    q->since_ns >= q->until_ns)
		return lw_error_set(e, LW_EUSAGE, "the period ends before it begins");
	lw_logging_filter(&filter, q);
	if (!lw_buf_ok(&filter))
		code = lw_error_set(e, LW_ENOMEM, "out of memory");
	else if (filter.n > LW_LOGGING_MAX_FILTER)
		code = lw_error_set(e, LW_EUSAGE,
		    "the filter has %zu characters, and the API takes %d at the most", filter.n,
		    LW_LOGGING_MAX_FILTER);
	lw_buf_fini(&filter);
	return code;
}
