/* map.c - the fields of a LogEntry, or of a structured line, by name. */
#include "entry/map.h"

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

static bool
contains(struct lw_str s, const char *needle)
{
	return lw_str_find(s, lw_str_from(needle)) != LW_NPOS;
}

static bool
map_json_payload(struct lw_mapping *m, const struct lw_node *payload, struct lw_entry *e)
{
	struct lw_str type = lw_node_string(lw_node_exact(payload, "@type"));
	struct lw_str details;

	e->payload = LW_PAYLOAD_JSON;
	lw_map_payload_severity(payload, e);
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
		lw_map_payload_time(object, &e->time_ns);
		lw_map_payload_resource(object, e);
		return map_json_payload(m, object, e);
	}
	e->message = lw_want_string(m, f[F_TEXT]);
	if (e->message.n > 0)
		e->payload = LW_PAYLOAD_TEXT;
	n = lw_want_object(m, f[F_PROTO]);
	if (n != NULL && n->child != NULL) {
		const struct lw_node *log = lw_node_get(n, "auditlog");

		n = is_object(log) ? log : n;
		lw_map_payload_time(n, &e->time_ns);
		e->payload = LW_PAYLOAD_PROTO;
		if (!lw_map_proto(m, n, e))
			return false;
	}
	n = lw_want_object(m, f[F_JSON]);
	if (n != NULL && n->child != NULL && e->message.n == 0) {
		lw_map_payload_time(n, &e->time_ns);
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
	e->insert_id = lw_want_string(m, f[F_INSERT_ID]);
	e->log_name = lw_want_string(m, f[F_LOG_NAME]);
	e->trace = lw_want_string(m, f[F_TRACE]);
	e->span = lw_want_string(m, f[F_SPAN]);
	if (f[F_TIMESTAMP] != NULL &&
	    !(f[F_TIMESTAMP]->type == LW_NODE_STRING && f[F_TIMESTAMP]->text.n == 0))
		lw_map_time(m, f[F_TIMESTAMP], &e->time_ns);
	lw_map_severity(m, f[F_SEVERITY], e);
	lw_map_http(m, f[F_HTTP], e);
	lw_map_operation(m, f[F_OPERATION], e);
	lw_map_source(m, f[F_SOURCE], e);
	lw_map_split(m, f[F_SPLIT], e);
	e->insight = contains(e->log_name, "clouderrorreporting.googleapis.com");
	if (!lw_map_resource(
		m, lw_want_object(m, f[F_RESOURCE]), lw_want_object(m, f[F_LABELS]), e))
		return false;
	if (!map_payload(m, object, f, log_entry, e))
		return false;
	if (!log_entry && e->severity_known)
		e->severity_field = true;
	lw_map_time(m, f[F_RECEIVED], &e->time_ns);
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
