/* map_parts.c - the parts of an entry that are objects or have units, and what to say of wrong
 * types. */
#include "entry/map.h"

#include <stdarg.h>
#include <stdio.h>

#include "entry/severity.h"

void
lw_one_line(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
}

void
lw_mapping_warn(struct lw_mapping *m, enum lw_code code, const char *format, ...)
{
	va_list ap;
	char text[256];

	if (m->warn == NULL || m->warn->code != LW_OK)
		return;
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	lw_one_line(text);
	lw_error_set(m->warn, code, "%s", text);
	lw_error_at(m->warn, NULL, m->record->line, 0, m->record->offset);
}

struct lw_str
lw_no_string(struct lw_mapping *m, const struct lw_node *n)
{
	if (n->type == LW_NODE_NULL)
		return LW_STR("");
	lw_mapping_warn(m, LW_ETYPE, "%.*s is %s, not a string",
	    (int)(n->key.n < 80 ? n->key.n : 80), n->key.p, lw_node_type_text(n));
	return LW_STR("");
}

const struct lw_node *
lw_no_object(struct lw_mapping *m, const struct lw_node *n)
{
	if (n->type == LW_NODE_NULL)
		return NULL;
	lw_mapping_warn(m, LW_ETYPE, "%.*s is %s, not an object",
	    (int)(n->key.n < 80 ? n->key.n : 80), n->key.p, lw_node_type_text(n));
	return NULL;
}

/* An integer, or a string of one as int64 is written in JSON; 0 and a warning where it is neither.
 */
static int64_t
want_int(struct lw_mapping *m, const struct lw_node *n)
{
	int64_t v = 0;

	if (n == NULL || n->type == LW_NODE_NULL)
		return 0;
	if (n->type == LW_NODE_STRING && n->text.n == 0)
		return 0;
	if (!lw_node_int(n, &v)) {
		lw_mapping_warn(m, LW_ETYPE, "%.*s is %s, not an integer", (int)n->key.n, n->key.p,
		    lw_node_type_text(n));
		return 0;
	}
	return v;
}

static bool
want_bool(const struct lw_node *n)
{
	return lw_str_eq(lw_node_scalar(n), LW_STR("true"));
}

/* A time that is not near the last one, or none. */
static void
map_time_anew(struct lw_mapping *m, const struct lw_node *n, int64_t *ns)
{
	struct lw_str s;

	if (lw_node_time(n, ns))
		return;
	s = lw_node_scalar(n);
	if (n->type == LW_NODE_OBJECT || n->type == LW_NODE_ARRAY || n->type == LW_NODE_BOOL)
		lw_mapping_warn(m, LW_ETYPE, "%.*s is %s, not a time", (int)n->key.n, n->key.p,
		    lw_node_type_text(n));
	else
		lw_mapping_warn(m, LW_ETIME, "%.*s \"%.*s\" is not a time", (int)n->key.n, n->key.p,
		    (int)(s.n < 60 ? s.n : 60), s.n == 0 ? "" : s.p);
}

void
lw_map_time(struct lw_mapping *m, const struct lw_node *n, int64_t *ns)
{
	if (n == NULL || *ns != LW_TIME_NONE)
		return;
	if (n->type == LW_NODE_STRING && m->minute != NULL &&
	    lw_time_parse_near(n->text, m->minute, ns))
		return;
	map_time_anew(m, n, ns);
}

/* Times that applications write into their payload, best first. */
void
lw_map_payload_time(const struct lw_node *payload, int64_t *ns)
{
	static const enum lw_key keys[] = {LW_KEY_timestamp, LW_KEY_time, LW_KEY_ts,
	    LW_KEY_datetime, LW_KEY_eventtime, LW_KEY_asctime, LW_KEY_date, LW_KEY_requestmetadata};
	const struct lw_node *n;
	size_t i;
	int64_t s, nanos = 0;

	for (i = 0; *ns == LW_TIME_NONE && i < sizeof(keys) / sizeof(keys[0]); i++) {
		n = lw_node_get(payload, keys[i]);
		if (n != NULL && n->type == LW_NODE_OBJECT &&
		    i + 1 == sizeof(keys) / sizeof(keys[0])) /* AuditLog */
			n = lw_node_get(lw_node_get(n, LW_KEY_requestattributes), LW_KEY_time);
		(void)lw_node_time(n, ns);
	}
	if (*ns == LW_TIME_NONE)
		(void)lw_node_time(lw_node_spelt(payload, LW_KEY_t, "@t"), ns); /* clef.c */
	if (*ns == LW_TIME_NONE && lw_node_int(lw_node_get(payload, LW_KEY_timestampseconds), &s) &&
	    s >= 0 && s < INT64_MAX / LW_NS_PER_S - 1) {
		(void)lw_node_int(lw_node_get(payload, LW_KEY_timestampnanos), &nanos);
		*ns = s * LW_NS_PER_S + (nanos > 0 && nanos < LW_NS_PER_S ? nanos : 0);
	}
}

static void
set_severity(struct lw_entry *e, enum lw_severity s)
{
	if (s == LW_SEV_DEFAULT)
		return; /* the same as none: the text may say more */
	e->severity = e->logged = s;
	e->severity_known = true;
	e->severity_field = true;
}

/* A severity of any name or number, or none. */
static __attribute__((noinline)) void
map_any_severity(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e)
{
	enum lw_severity s;
	struct lw_str text = lw_node_scalar(n);

	if (n->type == LW_NODE_OBJECT || n->type == LW_NODE_ARRAY || n->type == LW_NODE_BOOL)
		lw_mapping_warn(
		    m, LW_ETYPE, "severity is %s, not a severity", lw_node_type_text(n));
	else if (text.n > 0 && lw_severity_parse(text, &s))
		set_severity(e, s);
	else if (text.n > 0)
		lw_mapping_warn(m, LW_ETYPE, "severity \"%.*s\" is not known",
		    (int)(text.n < 40 ? text.n : 40), text.p);
}

void
lw_map_severity(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e)
{
	enum lw_severity s;

	if (n == NULL)
		return;
	if (n->type == LW_NODE_STRING && lw_severity_usual(n->text, &s))
		set_severity(e, s);
	else
		map_any_severity(m, n, e);
}

/* A status of three digits, as nearly all are; 0 where there is none that can be told. */
static int
status_of(struct lw_mapping *m, const struct lw_node *n)
{
	int64_t v;

	if (n != NULL && n->type == LW_NODE_NUMBER && n->text.n == 3) {
		unsigned a = (unsigned char)n->text.p[0] - 48u,
			 b = (unsigned char)n->text.p[1] - 48u,
			 c = (unsigned char)n->text.p[2] - 48u;

		if (a < 10 && b < 10 && c < 10)
			return (int)(a * 100 + b * 10 + c);
	}
	v = want_int(m, n);
	return v > 0 && v < 1000 ? (int)v : 0;
}

static void
warn_of_latency(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e)
{
	struct lw_str s = lw_node_scalar(n);

	e->http.latency_ns = 0;
	lw_mapping_warn(m, LW_ETYPE, "latency \"%.*s\" is not a duration",
	    (int)(s.n < 40 ? s.n : 40), s.n == 0 ? "" : s.p);
}

void
lw_map_http(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e)
{
	enum { OTHER, METHOD, URL, STATUS, LATENCY, PARTS };
	static const unsigned char part_of[LW_KEY_COUNT] = {
	    [LW_KEY_requestmethod] = METHOD,
	    [LW_KEY_requesturl] = URL,
	    [LW_KEY_status] = STATUS,
	    [LW_KEY_latency] = LATENCY,
	};
	const struct lw_node *parts[PARTS] = {NULL};

	n = lw_want_object(m, n);
	if (n == NULL)
		return;
	for (n = n->child; n != NULL; n = n->next)
		parts[part_of[n->name]] = n; /* the last of a name counts */
	e->http.method = lw_want_string(m, parts[METHOD]);
	e->http.url = lw_want_string(m, parts[URL]);
	e->http.status = status_of(m, parts[STATUS]);
	e->http.present = e->http.method.n > 0 || e->http.url.n > 0 || e->http.status != 0;
	n = parts[LATENCY];
	if (n == NULL || n->type == LW_NODE_NULL || (n->type == LW_NODE_STRING && n->text.n == 0))
		return;
	if (!lw_node_duration(n, &e->http.latency_ns) || e->http.latency_ns < 0)
		warn_of_latency(m, n, e);
}

void
lw_map_operation(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e)
{
	n = lw_want_object(m, n);
	if (n == NULL)
		return;
	e->operation.id = lw_want_string(m, lw_node_get(n, LW_KEY_id));
	e->operation.producer = lw_want_string(m, lw_node_get(n, LW_KEY_producer));
	e->operation.first = want_bool(lw_node_get(n, LW_KEY_first));
	e->operation.last = want_bool(lw_node_get(n, LW_KEY_last));
}

void
lw_map_source(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e)
{
	int64_t line;

	n = lw_want_object(m, n);
	if (n == NULL)
		return;
	e->source.file = lw_want_string(m, lw_node_get(n, LW_KEY_file));
	e->source.function = lw_want_string(m, lw_node_get(n, LW_KEY_function));
	line = want_int(m, lw_node_get(n, LW_KEY_line));
	e->source.line = line > 0 ? (uint64_t)line : 0;
}

void
lw_map_split(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e)
{
	int64_t v;

	n = lw_want_object(m, n);
	if (n == NULL)
		return;
	e->split.uid = lw_want_string(m, lw_node_get(n, LW_KEY_uid));
	v = want_int(m, lw_node_get(n, LW_KEY_index));
	e->split.index = v > 0 && v < UINT32_MAX ? (uint32_t)v : 0;
	v = want_int(m, lw_node_get(n, LW_KEY_totalsplits));
	e->split.total = v > 0 && v < UINT32_MAX ? (uint32_t)v : 0;
	e->split.present = e->split.uid.n > 0;
}

bool
lw_severity_of_stream(const struct lw_entry *e)
{
	if (!e->severity_field || !lw_str_eq(e->resource_type, LW_STR("k8s_container")))
		return false;
	return (e->severity == LW_SEV_ERROR && lw_str_ends(e->log_name, LW_STR("/logs/stderr"))) ||
	       (e->severity == LW_SEV_INFO && lw_str_ends(e->log_name, LW_STR("/logs/stdout")));
}

/* The level that an application's payload carries; the nested `error.severity` of a validator does
 * not count. */
void
lw_map_payload_severity(const struct lw_node *payload, struct lw_entry *e)
{
	static const enum lw_key keys[] = {LW_KEY_severity, LW_KEY_levelname, LW_KEY_level,
	    LW_KEY_loglevel, LW_KEY_levelno, LW_KEY_lvl, LW_KEY_severitytext,
	    LW_KEY_priority}; /* a name before its number */
	bool known = e->severity_known;
	enum lw_severity s, before = e->severity;
	size_t i;

	if (lw_severity_of_stream(e))
		e->severity_known = false;
	for (i = 0; !e->severity_known && i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!lw_severity_from_node(lw_node_get(payload, keys[i]), &s) ||
		    s == LW_SEV_DEFAULT)
			continue;
		e->severity = s;
		e->severity_known = true;
	}
	if (!e->severity_known && lw_clef_is(payload) && lw_clef_severity(payload, &s)) {
		e->severity = s;
		e->severity_known = true;
	}
	if (!e->severity_known && /* ECS and loguru nest it */
	    (lw_severity_from_node(
		 lw_node_get(lw_node_get(payload, LW_KEY_log), LW_KEY_level), &s) ||
		lw_severity_from_node(
		    lw_node_get(lw_node_get(payload, LW_KEY_record), LW_KEY_level), &s)) &&
	    s != LW_SEV_DEFAULT) {
		e->severity = s;
		e->severity_known = true;
	}
	if (!e->severity_known && known) {
		e->severity = before;
		e->severity_known = true;
	}
}
