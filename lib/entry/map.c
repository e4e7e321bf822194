/* map.c - the fields of a LogEntry, or of a structured line, by name. */
#include "entry/map.h"

#include <stddef.h>

#include "entry/clean.h"
#include "entry/severity.h"
#include "entry/stack.h"

typedef const struct lw_node *fields[LW_FIELD_COUNT];

#define CLEAR_BYTES 64

#define INSIGHTS "clouderrorreporting.googleapis.com" /* in the log name of Error Reporting */

/* In short pieces: as one, compilers make it a string instruction, which takes long to begin. */
static inline void
clear(void *start, size_t bytes)
{
	char *p = start;
	size_t i;

#pragma GCC unroll 8
	for (i = 0; i + CLEAR_BYTES <= bytes; i += CLEAR_BYTES)
		memset(p + i, 0, CLEAR_BYTES);
	memset(p + i, 0, bytes % CLEAR_BYTES);
}

/* Where in an entry what its place says begins and ends, and what few have begins. */
#define PLACE offsetof(struct lw_entry, resource_type)
#define PLACE_END offsetof(struct lw_entry, http)
#define RARE offsetof(struct lw_entry, operation)

/* An empty entry, but for its place.  What few have was cleared with the one before, where that had
 * none of it. */
static inline void
clear_but_place(struct lw_entry *e)
{
	if (e->has_rare)
		clear((char *)e + RARE, sizeof(*e) - RARE);
	clear(e, PLACE);
	clear((char *)e + PLACE_END, RARE - PLACE_END);
	e->time_ns = e->effect_ns = LW_TIME_NONE;
}

void
lw_entry_clear(struct lw_entry *e)
{
	clear_but_place(e);
	clear((char *)e + PLACE, PLACE_END - PLACE);
}

static bool
is_object(const struct lw_node *n)
{
	return n != NULL && n->type == LW_NODE_OBJECT;
}

/* BigQuery has a column for each type of payload; all but one are null. */
static void
take_typed(fields f, enum lw_field payload, enum lw_field typed)
{
	if (is_object(f[typed]) && !is_object(f[payload]))
		f[payload] = f[typed];
}

/* The last of a name counts.  A null is as good as absent, and does not hide another spelling. */
static void
find_fields(const struct lw_node *object, fields f)
{
	const struct lw_node *n;

	for (n = object->child; n != NULL; n = n->next)
		f[n->field] = n;
	take_typed(f, LW_FIELD_JSON, LW_FIELD_TYPED_JSON);
	take_typed(f, LW_FIELD_PROTO, LW_FIELD_TYPED_PROTO);
	if (f[LW_FIELD_TIMESTAMP] == NULL)
		f[LW_FIELD_TIMESTAMP] = f[LW_FIELD_TIME];
}

/* A LogEntry has at least one field that only LogEntries have. */
static bool
is_log_entry(fields f)
{
	if (f[LW_FIELD_INSERT_ID] != NULL && f[LW_FIELD_INSERT_ID]->name == LW_KEY_insertid)
		return true;
	if (f[LW_FIELD_LOG_NAME] != NULL || f[LW_FIELD_RECEIVED] != NULL ||
	    is_object(f[LW_FIELD_JSON]) || is_object(f[LW_FIELD_PROTO]))
		return true;
	if (is_object(f[LW_FIELD_RESOURCE]) &&
	    lw_node_get(f[LW_FIELD_RESOURCE], LW_KEY_type) != NULL)
		return true;
	return f[LW_FIELD_TEXT] != NULL && f[LW_FIELD_MESSAGE] == NULL;
}

static bool
contains(struct lw_str s, const char *needle)
{
	return lw_str_find(s, lw_str_from(needle)) != LW_NPOS;
}

/* There are few, and each is in many entries. */
static void
map_log_name(struct lw_log_names *names, struct lw_entry *e)
{
	struct lw_str s = e->log_name;
	struct lw_log_name *slot;

	if (s.n == 0 || s.n > LW_LOG_NAME_BYTES) {
		e->insight = contains(s, INSIGHTS);
		return;
	}
	slot = &names->slots[(s.n * 5 + (unsigned char)s.p[s.n - 1]) % LW_LOG_NAMES];
	if (slot->bytes != s.n || memcmp(slot->text, s.p, s.n) != 0) {
		memcpy(slot->text, s.p, s.n);
		slot->bytes = (unsigned char)s.n;
		slot->insight = contains(s, INSIGHTS);
		slot->key = LW_LOG_KEY(s);
	}
	e->insight = slot->insight;
	e->log_key = slot->key;
}

static bool
map_json_payload(struct lw_mapping *m, const struct lw_node *payload, struct lw_entry *e)
{
	struct lw_str type = lw_node_string(lw_node_spelt(payload, LW_KEY_type, "@type"));
	struct lw_str details;

	e->payload = LW_PAYLOAD_JSON;
	lw_map_payload_severity(payload, e);
	e->insight = e->insight || contains(type, "clouderrorreporting.v1beta1.Insight");
	details = lw_node_string(lw_node_get(payload, LW_KEY_statusdetails));
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
	e->message = lw_want_string(m, f[LW_FIELD_TEXT]);
	if (e->message.n > 0)
		e->payload = LW_PAYLOAD_TEXT;
	n = lw_want_object(m, f[LW_FIELD_PROTO]);
	if (n != NULL && n->child != NULL) {
		const struct lw_node *log = lw_node_get(n, LW_KEY_auditlog);

		n = is_object(log) ? log : n;
		lw_map_payload_time(n, &e->time_ns);
		e->payload = LW_PAYLOAD_PROTO;
		if (!lw_map_proto(m, n, e))
			return false;
	}
	n = lw_want_object(m, f[LW_FIELD_JSON]);
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

static void
map_rare(struct lw_mapping *m, fields f, struct lw_entry *e)
{
	e->has_rare = true;
	lw_map_operation(m, f[LW_FIELD_OPERATION], e);
	lw_map_source(m, f[LW_FIELD_SOURCE], e);
	lw_map_split(m, f[LW_FIELD_SPLIT], e);
}

bool
lw_map_entry(struct lw_mapping *m, const struct lw_node *object, struct lw_entry *e)
{
	fields f;
	struct lw_mapping quiet;
	bool log_entry;

	clear_but_place(e);
	clear(f, sizeof(f));
	find_fields(object, f);
	log_entry = is_log_entry(f);
	if (!log_entry) { /* what an application calls "trace" or "labels" may be anything */
		quiet = *m;
		quiet.warn = NULL;
		m = &quiet;
	}
	e->insert_id = lw_want_string(m, f[LW_FIELD_INSERT_ID]);
	e->log_name = lw_want_string(m, f[LW_FIELD_LOG_NAME]);
	e->trace = lw_want_string(m, f[LW_FIELD_TRACE]);
	e->span = lw_want_string(m, f[LW_FIELD_SPAN]);
	if (f[LW_FIELD_TIMESTAMP] != NULL &&
	    !(f[LW_FIELD_TIMESTAMP]->type == LW_NODE_STRING && f[LW_FIELD_TIMESTAMP]->text.n == 0))
		lw_map_time(m, f[LW_FIELD_TIMESTAMP], &e->time_ns);
	lw_map_severity(m, f[LW_FIELD_SEVERITY], e);
	if (f[LW_FIELD_HTTP] != NULL)
		lw_map_http(m, f[LW_FIELD_HTTP], e);
	if (f[LW_FIELD_OPERATION] != NULL || f[LW_FIELD_SOURCE] != NULL ||
	    f[LW_FIELD_SPLIT] != NULL)
		map_rare(m, f, e);
	map_log_name(m->log_names, e);
	if (!lw_map_resource(m, lw_want_object(m, f[LW_FIELD_RESOURCE]),
		lw_want_object(m, f[LW_FIELD_LABELS]), e))
		return false;
	if (!map_payload(m, object, f, log_entry, e))
		return false;
	if (!log_entry && e->severity_known) {
		e->severity_field = true;
		e->logged = e->severity;
	}
	if (e->time_ns == LW_TIME_NONE)
		lw_map_time(m, f[LW_FIELD_RECEIVED], &e->time_ns);
	set_effect(e);
	if (e->message.n == 0 && e->http.present && !lw_request_message(m, LW_STR(""), e))
		return false;
	return lw_entry_finish(m->arena, m->wordings, e);
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

/* What the message says of its severity; DEFAULT where nothing. */
static enum lw_severity
text_severity(const struct lw_entry *e)
{
	enum lw_severity s;

	if (lw_severity_from_text(e->clean, &s) && s != LW_SEV_DEFAULT)
		return s;
	if (e->stack != NULL || e->fragment == LW_FRAGMENT_START)
		return LW_SEV_ERROR;
	if (e->fragment == LW_FRAGMENT_RAISED)
		return raised_severity(e->clean);
	return lw_is_progress_bar(e->clean) ? LW_SEV_INFO : LW_SEV_DEFAULT;
}

/* Clean, stack and fragment, by reading the message.  False where memory ran out. */
static bool
read_message(struct lw_arena *arena, struct lw_wordings *w, struct lw_entry *e)
{
	bool line = lw_clean_line(e->message, &e->clean);

	if (!line && (!lw_clean(arena, e->message, &e->clean) ||
			 !lw_stack_parse(arena, e->clean, &e->stack)))
		return false;
	e->fragment = e->stack != NULL ? LW_FRAGMENT_WHOLE : lw_fragment_of(e->clean);
	if (w != NULL && line && e->fragment == LW_FRAGMENT_NONE && lw_wordings_came(w))
		e->wording = lw_wordings_keep(w, e->message.n - e->clean.n, text_severity(e));
	return true;
}

bool
lw_entry_finish(struct lw_arena *arena, struct lw_wordings *w, struct lw_entry *e)
{
	const struct lw_wording *known = w == NULL ? NULL : lw_wordings_find(w, e->message);
	enum lw_severity s;

	e->stack = NULL;
	e->wording = 0;
	if (known != NULL) {
		e->clean = lw_str_make(e->message.p, e->message.n - known->blanks);
		e->fragment = LW_FRAGMENT_NONE;
		e->wording = known->number;
	} else if (!read_message(arena, w, e)) {
		return false;
	}
	if (e->severity_known && (e->payload != LW_PAYLOAD_TEXT || !lw_severity_of_stream(e)))
		return true;
	s = known != NULL ? (enum lw_severity)known->severity : text_severity(e);
	if (s != LW_SEV_DEFAULT)
		e->severity = s;
	e->severity_known = e->severity != LW_SEV_DEFAULT;
	return true;
}
