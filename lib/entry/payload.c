/* payload.c - the one text for people in the many payloads that applications write. */
#include "entry/map.h"

#include <stdio.h>

#define PAYLOAD_TEXT_BYTES 16384 /* of a payload that has no message and is shown whole */

/* Where a text may stand in a payload: a member, or its member `inner`. */
struct place {
	unsigned char member, inner; /* enum lw_key; inner may be LW_KEY_NONE */
	unsigned char kind;
};

enum {
	OBJECT = 1,   /* counts only where it is an object */
	ONE_LINE = 2, /* is a trace also without line ends */
};

/* Where the message is, best first.  The first that holds a text counts; of an object its type and
 * message. */
static const struct place message_keys[] = {
    {LW_KEY_message, LW_KEY_NONE, 0},
    {LW_KEY_msg, LW_KEY_NONE, 0},
    {LW_KEY_textpayload, LW_KEY_NONE, 0},
    {LW_KEY_error, LW_KEY_NONE, OBJECT},
    {LW_KEY_err, LW_KEY_NONE, OBJECT},
    {LW_KEY_exception, LW_KEY_NONE, OBJECT},
    {LW_KEY_exception, LW_KEY_NONE, 0},
    {LW_KEY_stacktrace, LW_KEY_NONE, 0},
    {LW_KEY_log, LW_KEY_NONE, 0},
    {LW_KEY_event, LW_KEY_NONE, 0},
    {LW_KEY_summary, LW_KEY_NONE, 0},
    {LW_KEY_reason, LW_KEY_NONE, 0},
    {LW_KEY_error, LW_KEY_NONE, 0},
    {LW_KEY_err, LW_KEY_NONE, 0},
    {LW_KEY_shortmessage, LW_KEY_NONE, 0}, /* GELF */
    {LW_KEY_fullmessage, LW_KEY_NONE, 0},
    {LW_KEY_body, LW_KEY_NONE, 0}, /* OpenTelemetry */
    {LW_KEY_text, LW_KEY_NONE, 0},
    {LW_KEY_description, LW_KEY_NONE, 0},
    {LW_KEY_details, LW_KEY_NONE, 0},
    {LW_KEY_detail, LW_KEY_NONE, 0},
    {LW_KEY_statusmessage, LW_KEY_NONE, 0},
    {LW_KEY_errormessage, LW_KEY_NONE, 0},
    {LW_KEY_eventdata, LW_KEY_message, 0},
    {LW_KEY_fields, LW_KEY_message, 0}, /* Rust's tracing */
    {LW_KEY_title, LW_KEY_NONE, 0},
    {LW_KEY_record, LW_KEY_message, 0},
};

/* Where a stack trace stands apart from the message. */
static const struct place trace_keys[] = {
    {LW_KEY_stacktrace, LW_KEY_NONE, 0},
    {LW_KEY_stack, LW_KEY_NONE, 0},
    {LW_KEY_exception, LW_KEY_NONE, ONE_LINE},
    {LW_KEY_exception, LW_KEY_stacktrace, ONE_LINE},
    {LW_KEY_exception, LW_KEY_stack, ONE_LINE},
    {LW_KEY_exceptionstacktrace, LW_KEY_NONE, ONE_LINE},
    {LW_KEY_excinfo, LW_KEY_NONE, ONE_LINE},
    {LW_KEY_traceback, LW_KEY_NONE, 0},
    {LW_KEY_backtrace, LW_KEY_NONE, 0},
    {LW_KEY_error, LW_KEY_stack, ONE_LINE},
    {LW_KEY_error, LW_KEY_stacktrace, ONE_LINE},
    {LW_KEY_error, LW_KEY_traceback, ONE_LINE},
    {LW_KEY_errorstack, LW_KEY_NONE, ONE_LINE},
    {LW_KEY_errorstacktrace, LW_KEY_NONE, ONE_LINE},
    {LW_KEY_errorverbose, LW_KEY_NONE, ONE_LINE},
    {LW_KEY_err, LW_KEY_stack, ONE_LINE},
    {LW_KEY_thrown, LW_KEY_extendedstacktrace, 0},
    {LW_KEY_throwable, LW_KEY_NONE, 0},
    {LW_KEY_stackinfo, LW_KEY_NONE, 0},
};

static const struct lw_node *
find_there(const struct lw_node *payload, const struct place *place)
{
	const struct lw_node *n = lw_node_find(payload, place->member);

	if (place->inner != LW_KEY_NONE)
		n = lw_node_get(n, place->inner);
	return n != NULL && place->kind == OBJECT && n->type != LW_NODE_OBJECT ? NULL : n;
}

/* Few of the places are in a payload: most are passed over here. */
static inline const struct lw_node *
find(const struct lw_node *payload, const struct place *place)
{
	return lw_node_may_have(payload, place->member) ? find_there(payload, place) : NULL;
}

/* Lists of lines (a stack as an array of strings) are as good as one string with line ends. */
static bool
text_of(struct lw_mapping *m, const struct lw_node *n, struct lw_str *out)
{
	const struct lw_node *line;
	size_t size = 0, at = 0;
	char *p;

	*out = lw_node_string(n);
	if (n == NULL || n->type != LW_NODE_ARRAY)
		return true;
	for (line = n->child; line != NULL; line = line->next) {
		if (line->type != LW_NODE_STRING)
			return true;
		size += line->text.n + 1;
	}
	if (size == 0)
		return true;
	p = lw_arena_alloc(m->arena, size);
	if (p == NULL)
		return false;
	for (line = n->child; line != NULL; line = line->next) {
		memcpy(p + at, line->text.p, line->text.n);
		at += line->text.n;
		if (line->next != NULL && (at == 0 || p[at - 1] != '\n'))
			p[at++] = '\n';
	}
	*out = lw_str_make(p, at);
	return true;
}

static bool
join(struct lw_mapping *m, struct lw_str a, struct lw_str between, struct lw_str b,
    struct lw_str *out)
{
	char *p;

	if (a.n == 0 || b.n == 0) {
		*out = a.n == 0 ? b : a;
		return true;
	}
	p = lw_arena_alloc(m->arena, a.n + between.n + b.n);
	if (p == NULL)
		return false;
	memcpy(p, a.p, a.n);
	memcpy(p + a.n, between.p, between.n);
	memcpy(p + a.n + between.n, b.p, b.n);
	*out = lw_str_make(p, a.n + between.n + b.n);
	return true;
}

/* A number below 1000; returns its digits. */
static size_t
put_status(char *to, unsigned status)
{
	size_t n = 0;

	if (status >= 100)
		to[n++] = (char)('0' + status / 100);
	if (status >= 10)
		to[n++] = (char)('0' + status / 10 % 10);
	to[n++] = (char)('0' + status % 10);
	return n;
}

bool
lw_request_message(struct lw_mapping *m, struct lw_str details, struct lw_entry *e)
{
	size_t size = e->http.method.n + e->http.url.n + details.n + 32, n = 0;
	char *p = lw_arena_alloc(m->arena, size);
	struct lw_str method = e->http.method.n > 0 ? e->http.method : LW_STR("-");

	if (p == NULL)
		return false;
	memcpy(p, method.p, method.n);
	n = method.n;
	p[n++] = ' ';
	memcpy(p + n, e->http.url.p, e->http.url.n);
	n += e->http.url.n;
	if (e->http.status != 0) {
		memcpy(p + n, " -> ", 4);
		n += 4 + put_status(p + n + 4, (unsigned)e->http.status);
	}
	if (details.n > 0) {
		memcpy(p + n, " (", 2);
		memcpy(p + n + 2, details.p, details.n);
		n += details.n + 3;
		p[n - 1] = ')';
	}
	e->message = lw_str_make(p, n);
	return true;
}

static struct lw_str
error_value(const struct lw_node *error)
{
	static const enum lw_key keys[] = {LW_KEY_message, LW_KEY_value, LW_KEY_exceptionmessage,
	    LW_KEY_msg, LW_KEY_reason, LW_KEY_description};
	struct lw_str value = LW_STR("");
	size_t i;

	for (i = 0; value.n == 0 && i < sizeof(keys) / sizeof(keys[0]); i++)
		value = lw_node_string(lw_node_get(error, keys[i]));
	return value;
}

/* {type: "ValueError", value: "x"} as "ValueError: x"; empty where it holds neither. */
static bool
error_text(struct lw_mapping *m, const struct lw_node *error, struct lw_str *out)
{
	static const enum lw_key keys[] = {
	    LW_KEY_type, LW_KEY_name, LW_KEY_class, LW_KEY_exceptionclass, LW_KEY_kind};
	struct lw_str type = LW_STR(""), value = error_value(error);
	size_t i;

	for (i = 0; type.n == 0 && i < sizeof(keys) / sizeof(keys[0]); i++)
		type = lw_node_string(lw_node_get(error, keys[i]));
	if (value.n == 0) {
		*out = type;
		return true;
	}
	if (lw_str_starts(value, type))
		type.n = 0;
	return join(m, type, LW_STR(": "), value, out);
}

static bool
find_message(struct lw_mapping *m, const struct lw_node *payload, struct lw_str *out)
{
	const struct lw_node *n;
	bool ok;
	size_t i;

	for (i = 0; i < sizeof(message_keys) / sizeof(message_keys[0]); i++) {
		n = find(payload, &message_keys[i]);
		if (n == NULL)
			continue;
		ok = n->type == LW_NODE_OBJECT ? error_text(m, n, out) : text_of(m, n, out);
		if (!ok)
			return false;
		if (out->n > 0)
			return true;
	}
	return true;
}

static bool
contains(struct lw_str s, struct lw_str part)
{
	return lw_str_find(s, part) != LW_NPOS;
}

/* A trace of its own goes behind the message, so that it is recognised as one. */
static bool
add_trace(struct lw_mapping *m, const struct lw_node *payload, struct lw_str *message)
{
	struct lw_str trace, start;
	const struct lw_node *n;
	size_t i;

	for (i = 0; i < sizeof(trace_keys) / sizeof(trace_keys[0]); i++) {
		n = find(payload, &trace_keys[i]);
		if (n == NULL)
			continue;
		if (!text_of(m, n, &trace))
			return false;
		trace = lw_str_trim(trace);
		if (trace.n == 0)
			continue;
		start = lw_str_make(trace.p, trace.n < 200 ? trace.n : 200);
		if (contains(*message, start))
			continue;
		/* Without line ends it is a trace only where it says so. */
		if (memchr(trace.p, '\n', trace.n) == NULL && !contains(trace, LW_STR("\\n")) &&
		    trace_keys[i].kind != ONE_LINE)
			continue;
		return join(m, *message, LW_STR("\n"), trace, message);
	}
	return true;
}

/* The error that a logger was given beside the message: {"msg": "cannot connect", "err": "dial tcp:
 * ..."}. */
static bool
add_error(struct lw_mapping *m, const struct lw_node *payload, const struct lw_entry *e,
    struct lw_str *message)
{
	static const struct place places[] = {{LW_KEY_error, LW_KEY_NONE, 0},
	    {LW_KEY_err, LW_KEY_NONE, 0}, {LW_KEY_fields, LW_KEY_error, 0}};
	struct lw_str text;
	const struct lw_node *n;
	size_t i;

	if (!e->severity_known || e->severity < LW_SEV_WARNING)
		return true;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		n = find(payload, &places[i]);
		if (n == NULL)
			continue;
		text = lw_node_string(n);
		if (n->type == LW_NODE_OBJECT && e->severity >= LW_SEV_ERROR) {
			if (contains(*message, error_value(n)))
				continue; /* an error without a value as well */
			if (!error_text(m, n, &text))
				return false;
		}
		if (text.n > 0 && !contains(*message, text))
			return join(m, *message, LW_STR(": "), text, message);
	}
	return true;
}

/* A Kubernetes event: "BackOff: Back-off restarting failed container". */
static bool
add_reason(struct lw_mapping *m, const struct lw_node *payload, struct lw_str *message)
{
	struct lw_str reason = lw_node_string(lw_node_get(payload, LW_KEY_reason));

	if (reason.n == 0 || contains(*message, reason))
		return true;
	if (lw_node_get(payload, LW_KEY_involvedobject) == NULL &&
	    !lw_str_eq(lw_node_string(lw_node_get(payload, LW_KEY_kind)), LW_STR("Event")))
		return true;
	return join(m, reason, LW_STR(": "), *message, message);
}

/* No text anywhere: the payload itself, so that it is at least seen and grouped. */
static bool
whole_payload(struct lw_mapping *m, const struct lw_node *payload, struct lw_str *out)
{
	struct lw_buf b = {0};
	struct lw_str copy;

	lw_node_write(&b, payload, PAYLOAD_TEXT_BYTES);
	copy = lw_buf_ok(&b) ? lw_arena_str(m->arena, lw_buf_str(&b)) : LW_STR("");
	lw_buf_fini(&b);
	*out = copy;
	return copy.n > 0;
}

bool
lw_payload_message(struct lw_mapping *m, const struct lw_node *payload, struct lw_entry *e)
{
	struct lw_str message = LW_STR(""), exception;

	if (lw_clef_is(payload)) {
		exception = lw_clef_exception(payload);
		return lw_clef_message(m, payload, &message) &&
		       join(m, message, LW_STR("\n"), exception, &e->message);
	}
	if (!find_message(m, payload, &message))
		return false;
	if (message.n == 0) {
		if (e->http.present)
			return true;
		return whole_payload(m, payload, &e->message);
	}
	if (!add_reason(m, payload, &message) || !add_error(m, payload, e, &message) ||
	    !add_trace(m, payload, &message))
		return false;
	e->message = message;
	return true;
}
