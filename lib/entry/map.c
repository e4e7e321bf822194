/* map.c - the fields of a LogEntry, or of a structured line, by name. */
#include "entry/map.h"

#include <stdarg.h>
#include <stdio.h>

#include "entry/clean.h"
#include "entry/severity.h"
#include "entry/stack.h"

enum field {
	F_INSERT_ID,
	F_LOG_NAME,
	F_RESOURCE,
	F_TIMESTAMP,
	F_RECEIVED,
	F_SEVERITY,
	F_LEVEL,
	F_HTTP,
	F_LABELS,
	F_OPERATION,
	F_TRACE,
	F_SPAN,
	F_SOURCE,
	F_SPLIT,
	F_TEXT,
	F_JSON,
	F_PROTO,
	F_MESSAGE,
	F_COUNT
};

/* Folded names (lw_key_is).  The long ones are those that a structured line uses for special
 * fields. */
static const struct {
	const char *name;
	unsigned char length;
	unsigned char field;
} names[] = {
#define FIELD(name, field) \
	{ \
		name, sizeof(name) - 1, field \
	}
    FIELD("insertid", F_INSERT_ID),
    FIELD("logginggoogleapiscom/insertid", F_INSERT_ID),
    FIELD("logname", F_LOG_NAME),
    FIELD("resource", F_RESOURCE),
    FIELD("timestamp", F_TIMESTAMP),
    FIELD("time", F_TIMESTAMP),
    FIELD("receivetimestamp", F_RECEIVED),
    FIELD("severity", F_SEVERITY),
    FIELD("level", F_LEVEL),
    FIELD("loglevel", F_LEVEL),
    FIELD("levelname", F_LEVEL),
    FIELD("lvl", F_LEVEL),
    FIELD("httprequest", F_HTTP),
    FIELD("labels", F_LABELS),
    FIELD("logginggoogleapiscom/labels", F_LABELS),
    FIELD("operation", F_OPERATION),
    FIELD("logginggoogleapiscom/operation", F_OPERATION),
    FIELD("trace", F_TRACE),
    FIELD("traceid", F_TRACE),
    FIELD("logginggoogleapiscom/trace", F_TRACE),
    FIELD("spanid", F_SPAN),
    FIELD("logginggoogleapiscom/spanid", F_SPAN),
    FIELD("sourcelocation", F_SOURCE),
    FIELD("logginggoogleapiscom/sourcelocation", F_SOURCE),
    FIELD("split", F_SPLIT),
    FIELD("textpayload", F_TEXT),
    FIELD("jsonpayload", F_JSON),
    FIELD("protopayload", F_PROTO),
    FIELD("message", F_MESSAGE),
    FIELD("msg", F_MESSAGE),
#undef FIELD
};

typedef const struct lw_node *fields[F_COUNT];

void
lw_mapping_warn(struct lw_mapping *m, enum lw_code code, const char *format, ...)
{
	va_list ap;
	char text[256];

	if (m->warn == NULL || m->warn->code != LW_OK)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	lw_error_set(m->warn, code, "%s", text);
	lw_error_at(m->warn, NULL, m->record->line, 0, m->record->offset);
}

void
lw_entry_clear(struct lw_entry *e)
{
	*e = (struct lw_entry){.time_ns = LW_TIME_NONE, .effect_ns = LW_TIME_NONE};
}

static bool
is_object(const struct lw_node *n)
{
	return n != NULL && n->type == LW_NODE_OBJECT;
}

/* BigQuery names a payload's column after its type: "jsonpayload_type_loadbalancerlogentry". */
static bool
typed_payload(struct lw_str key, struct lw_str name)
{
	size_t n = name.n;

	return key.n > n + 6 && lw_key_is(lw_str_make(key.p, n), name) &&
	       (lw_str_starts(lw_str_make(key.p + n, key.n - n), LW_STR("_type_")) ||
		   lw_str_eq(lw_str_make(key.p + n, key.n - n), LW_STR("_auditlog")) ||
		   lw_str_eq(lw_str_make(key.p + n, key.n - n), LW_STR("_requestlog")));
}

/* A null is as good as absent, and does not hide another spelling. */
static void
find_fields(const struct lw_node *object, fields f)
{
	const struct lw_node *n;
	size_t i;

	for (n = object->child; n != NULL; n = n->next) {
		if (n->type == LW_NODE_NULL || n->key.n < 3)
			continue;
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			if (((n->key.p[0] ^ names[i].name[0]) & ~0x20) != 0 && n->key.p[0] != '@')
				continue;
			if (lw_key_is(n->key, lw_str_make(names[i].name, names[i].length))) {
				/* "timestamp" is better than "time", "trace" than "traceId". */
				if (f[names[i].field] == NULL || names[i].field != F_TIMESTAMP ||
				    n->key.n > 4)
					f[names[i].field] = n;
				break;
			}
		}
		if (i < sizeof(names) / sizeof(names[0]) || !is_object(n))
			continue;
		if (typed_payload(n->key, LW_STR("jsonpayload")))
			f[F_JSON] = n;
		else if (typed_payload(n->key, LW_STR("protopayload")))
			f[F_PROTO] = n;
	}
}

/* A LogEntry has at least one field that only LogEntries have. */
static bool
is_log_entry(fields f)
{
	if (f[F_INSERT_ID] != NULL && lw_key_is(f[F_INSERT_ID]->key, LW_STR("insertid")))
		return true;
	if (f[F_LOG_NAME] != NULL || f[F_RECEIVED] != NULL || is_object(f[F_JSON]) ||
	    is_object(f[F_PROTO]))
		return true;
	if (is_object(f[F_RESOURCE]) && lw_node_get(f[F_RESOURCE], "type") != NULL)
		return true;
	return f[F_TEXT] != NULL && f[F_MESSAGE] == NULL;
}

static struct lw_str
want_string(struct lw_mapping *m, const struct lw_node *n)
{
	if (n == NULL || n->type == LW_NODE_NULL)
		return LW_STR("");
	if (n->type == LW_NODE_STRING)
		return n->text;
	lw_mapping_warn(m, LW_ETYPE, "%.*s is %s, not a string",
	    (int)(n->key.n < 80 ? n->key.n : 80), n->key.p, lw_node_type_text(n));
	return LW_STR("");
}

static const struct lw_node *
want_object(struct lw_mapping *m, const struct lw_node *n)
{
	if (n == NULL || n->type == LW_NODE_NULL)
		return NULL;
	if (n->type == LW_NODE_OBJECT)
		return n;
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

static void
map_time(struct lw_mapping *m, const struct lw_node *n, int64_t *ns)
{
	struct lw_str s;

	if (n == NULL || *ns != LW_TIME_NONE || lw_node_time(n, ns))
		return;
	s = lw_node_scalar(n);
	if (n->type == LW_NODE_OBJECT || n->type == LW_NODE_ARRAY || n->type == LW_NODE_BOOL)
		lw_mapping_warn(m, LW_ETYPE, "%.*s is %s, not a time", (int)n->key.n, n->key.p,
		    lw_node_type_text(n));
	else
		lw_mapping_warn(m, LW_ETIME, "%.*s \"%.*s\" is not a time", (int)n->key.n, n->key.p,
		    (int)(s.n < 60 ? s.n : 60), s.n == 0 ? "" : s.p);
}

/* Times that applications write into their payload, best first. */
static void
map_payload_time(const struct lw_node *payload, int64_t *ns)
{
	static const char *const keys[] = {"timestamp", "time", "ts", "datetime", "eventtime",
	    "asctime", "date", "requestmetadata"};
	const struct lw_node *n;
	size_t i;
	int64_t s, nanos = 0;

	for (i = 0; *ns == LW_TIME_NONE && i < sizeof(keys) / sizeof(keys[0]); i++) {
		n = lw_node_get(payload, keys[i]);
		if (is_object(n) && i + 1 == sizeof(keys) / sizeof(keys[0])) /* AuditLog */
			n = lw_node_get(lw_node_get(n, "requestattributes"), "time");
		(void)lw_node_time(n, ns);
	}
	if (*ns == LW_TIME_NONE && lw_node_int(lw_node_get(payload, "timestampseconds"), &s) &&
	    s >= 0 && s < INT64_MAX / LW_NS_PER_S - 1) {
		(void)lw_node_int(lw_node_get(payload, "timestampnanos"), &nanos);
		*ns = s * LW_NS_PER_S + (nanos > 0 && nanos < LW_NS_PER_S ? nanos : 0);
	}
}

static void
map_severity(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e)
{
	enum lw_severity s;
	struct lw_str text;

	if (n == NULL)
		return;
	text = lw_node_scalar(n);
	if (n->type == LW_NODE_OBJECT || n->type == LW_NODE_ARRAY || n->type == LW_NODE_BOOL) {
		lw_mapping_warn(
		    m, LW_ETYPE, "severity is %s, not a severity", lw_node_type_text(n));
		return;
	}
	if (text.n == 0 || !lw_severity_parse(text, &s)) {
		if (text.n > 0)
			lw_mapping_warn(m, LW_ETYPE, "severity \"%.*s\" is not known",
			    (int)(text.n < 40 ? text.n : 40), text.p);
		return;
	}
	if (s == LW_SEV_DEFAULT)
		return; /* the same as none: the text may say more */
	e->severity = s;
	e->severity_known = true;
	e->severity_field = true;
}

static void
map_http(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e)
{
	int64_t status;

	n = want_object(m, n);
	if (n == NULL)
		return;
	e->http.method = want_string(m, lw_node_get(n, "requestmethod"));
	e->http.url = want_string(m, lw_node_get(n, "requesturl"));
	status = want_int(m, lw_node_get(n, "status"));
	e->http.status = status > 0 && status < 1000 ? (int)status : 0;
	e->http.present = e->http.method.n > 0 || e->http.url.n > 0 || e->http.status != 0;
	n = lw_node_get(n, "latency");
	if (n == NULL || n->type == LW_NODE_NULL || (n->type == LW_NODE_STRING && n->text.n == 0))
		return;
	if (!lw_node_duration(n, &e->http.latency_ns) || e->http.latency_ns < 0) {
		struct lw_str s = lw_node_scalar(n);

		e->http.latency_ns = 0;
		lw_mapping_warn(m, LW_ETYPE, "latency \"%.*s\" is not a duration",
		    (int)(s.n < 40 ? s.n : 40), s.n == 0 ? "" : s.p);
	}
}

static void
map_small(struct lw_mapping *m, fields f, struct lw_entry *e)
{
	const struct lw_node *n;
	int64_t v;

	n = want_object(m, f[F_OPERATION]);
	if (n != NULL) {
		e->operation.id = want_string(m, lw_node_get(n, "id"));
		e->operation.producer = want_string(m, lw_node_get(n, "producer"));
		e->operation.first = want_bool(lw_node_get(n, "first"));
		e->operation.last = want_bool(lw_node_get(n, "last"));
	}
	n = want_object(m, f[F_SOURCE]);
	if (n != NULL) {
		e->source.file = want_string(m, lw_node_get(n, "file"));
		e->source.function = want_string(m, lw_node_get(n, "function"));
		v = want_int(m, lw_node_get(n, "line"));
		e->source.line = v > 0 ? (uint64_t)v : 0;
	}
	n = want_object(m, f[F_SPLIT]);
	if (n != NULL) {
		e->split.uid = want_string(m, lw_node_get(n, "uid"));
		v = want_int(m, lw_node_get(n, "index"));
		e->split.index = v > 0 && v < UINT32_MAX ? (uint32_t)v : 0;
		v = want_int(m, lw_node_get(n, "totalsplits"));
		e->split.total = v > 0 && v < UINT32_MAX ? (uint32_t)v : 0;
		e->split.present = e->split.uid.n > 0;
	}
}

static bool
contains(struct lw_str s, const char *needle)
{
	return lw_str_find(s, lw_str_from(needle)) != LW_NPOS;
}

/* The level that an application's payload carries; the nested `error.severity` of a validator does
 * not count. */
static void
payload_severity(const struct lw_node *payload, struct lw_entry *e)
{
	static const char *const keys[] = {"severity", "level", "levelname", "loglevel", "levelno",
	    "lvl", "severitytext", "priority"};
	enum lw_severity s;
	size_t i;

	for (i = 0; !e->severity_known && i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!lw_severity_from_node(lw_node_get(payload, keys[i]), &s) ||
		    s == LW_SEV_DEFAULT)
			continue;
		e->severity = s;
		e->severity_known = true;
	}
	if (!e->severity_known && /* ECS and loguru nest it */
	    (lw_severity_from_node(lw_node_get(lw_node_get(payload, "log"), "level"), &s) ||
		lw_severity_from_node(lw_node_get(lw_node_get(payload, "record"), "level"), &s)) &&
	    s != LW_SEV_DEFAULT) {
		e->severity = s;
		e->severity_known = true;
	}
}

static bool
map_json_payload(struct lw_mapping *m, const struct lw_node *payload, struct lw_entry *e)
{
	struct lw_str type = lw_node_string(lw_node_exact(payload, "@type"));
	struct lw_str details;

	e->payload = LW_PAYLOAD_JSON;
	payload_severity(payload, e);
	e->insight = e->insight || contains(type, "clouderrorreporting.v1beta1.Insight");
	details = lw_node_string(lw_node_get(payload, "statusdetails"));
	if (e->http.present && details.n > 0)
		return lw_request_message(m, details, e);
	return lw_payload_message(m, payload, e);
}

static bool
map_payload(struct lw_mapping *m, const struct lw_node *object, fields f, bool log_entry,
    struct lw_entry *e)
{
	const struct lw_node *n;

	if (!log_entry) {
		map_payload_time(object, &e->time_ns);
		lw_map_payload_resource(object, e);
		return map_json_payload(m, object, e);
	}
	e->message = want_string(m, f[F_TEXT]);
	if (e->message.n > 0)
		e->payload = LW_PAYLOAD_TEXT;
	n = want_object(m, f[F_PROTO]);
	if (n != NULL && n->child != NULL) {
		const struct lw_node *log = lw_node_get(n, "auditlog");

		n = is_object(log) ? log : n;
		map_payload_time(n, &e->time_ns);
		e->payload = LW_PAYLOAD_PROTO;
		if (!lw_map_proto(m, n, e))
			return false;
	}
	n = want_object(m, f[F_JSON]);
	if (n != NULL && n->child != NULL && e->message.n == 0) {
		map_payload_time(n, &e->time_ns);
		if (!map_json_payload(m, n, e))
			return false;
	}
	return true;
}

/* A request is stamped with its start and fails when it is answered. */
static void
set_effect(struct lw_entry *e)
{
	e->effect_ns = e->time_ns;
	if (e->time_ns != LW_TIME_NONE && e->http.present &&
	    e->http.latency_ns < INT64_MAX - (e->time_ns > 0 ? e->time_ns : 0))
		e->effect_ns += e->http.latency_ns;
}

bool
lw_map_entry(struct lw_mapping *m, const struct lw_node *object, struct lw_entry *e)
{
	fields f = {NULL};
	struct lw_mapping quiet = *m;
	bool log_entry;

	lw_entry_clear(e);
	find_fields(object, f);
	log_entry = is_log_entry(f);
	if (!log_entry) { /* what an application calls "trace" or "labels" may be anything */
		quiet.warn = NULL;
		m = &quiet;
	}
	e->insert_id = want_string(m, f[F_INSERT_ID]);
	e->log_name = want_string(m, f[F_LOG_NAME]);
	e->trace = want_string(m, f[F_TRACE]);
	e->span = want_string(m, f[F_SPAN]);
	if (f[F_TIMESTAMP] != NULL &&
	    !(f[F_TIMESTAMP]->type == LW_NODE_STRING && f[F_TIMESTAMP]->text.n == 0))
		map_time(m, f[F_TIMESTAMP], &e->time_ns);
	map_severity(m, f[F_SEVERITY], e);
	map_http(m, f[F_HTTP], e);
	map_small(m, f, e);
	e->insight = contains(e->log_name, "clouderrorreporting.googleapis.com");
	if (!lw_map_resource(m, want_object(m, f[F_RESOURCE]), want_object(m, f[F_LABELS]), e))
		return false;
	if (!map_payload(m, object, f, log_entry, e))
		return false;
	if (!log_entry && e->severity_known)
		e->severity_field = true;
	map_time(m, f[F_RECEIVED], &e->time_ns);
	set_effect(e);
	if (e->message.n == 0 && e->http.present && !lw_request_message(m, LW_STR(""), e))
		return false;
	return lw_entry_finish(m->arena, e);
}

/* "ValueError: x" is an error, "DeprecationWarning: x" a warning. */
static enum lw_severity
raised_severity(struct lw_str text)
{
	struct lw_str type, message;
	size_t nl = lw_str_char(text, '\n');

	if (nl != LW_NPOS)
		text.n = nl;
	if (lw_raised_parse(text, &type, &message) && lw_str_ends(type, LW_STR("Warning")))
		return LW_SEV_WARNING;
	return LW_SEV_ERROR;
}

bool
lw_entry_finish(struct lw_arena *arena, struct lw_entry *e)
{
	enum lw_severity s;

	if (!lw_clean(arena, e->message, &e->clean))
		return false;
	if (!lw_stack_parse(arena, e->clean, &e->stack))
		return false;
	e->fragment = e->stack != NULL ? LW_FRAGMENT_WHOLE : lw_fragment_of(e->clean);
	if (e->severity_known)
		return true;
	if (lw_severity_from_text(e->clean, &s) && s != LW_SEV_DEFAULT)
		e->severity = s;
	else if (e->stack != NULL || e->fragment == LW_FRAGMENT_START)
		e->severity = LW_SEV_ERROR;
	else if (e->fragment == LW_FRAGMENT_RAISED)
		e->severity = raised_severity(e->clean);
	e->severity_known = e->severity != LW_SEV_DEFAULT;
	return true;
}
