/*
 * map.h - a tree of values to struct lw_entry.
 *
 * One mapping for every writer: names are compared with case and separators
 * folded away, so that LogEntry's camelCase, the snake_case of the streaming
 * API and of Log Analytics, and BigQuery's lower case are the same fields.  An
 * object that is no LogEntry is what an application wrote to its standard
 * output; it is then its own jsonPayload.
 */
#ifndef LW_ENTRY_MAP_H
#define LW_ENTRY_MAP_H

#include "base/arena.h"
#include "entry/entry.h"
#include "entry/tree.h"
#include "entry/walk.h"
#include "entry/wording.h"

/*
 * resource.c: what resources and labels that came before (known.h) say of an entry, so that names
 * are not looked up again.  They borrow from the known objects, as long as those are known.
 */
struct lw_place {
	uint32_t number; /* entry.place */
	uint64_t record; /* that borrows it, and that it must outlive by one */
	bool whole;      /* what follows is filled */
	struct lw_str resource_type, project, location, service, revision, instance, container,
	    cluster, namespace_name;
	struct lw_label *own; /* the labels */
	size_t label_count, room;
};
#define LW_PLACE_WAYS 4 /* slots that a place may have; a power of two */
struct lw_places {
	uint64_t keys[LW_PLACES]; /* serials of resource and labels; 0 for none */
	struct lw_place slots[LW_PLACES];
	uint32_t rounds; /* places that were given a number */
};
struct lw_places *lw_places_new(void);    /* NULL where memory ran out */
void lw_places_free(struct lw_places *p); /* NULL is fine */

/* Log names that came before, and what is asked of each of them. */
#define LW_LOG_NAMES 32
#define LW_LOG_NAME_BYTES 112 /* a longer one is looked at every time */
struct lw_log_names {
	struct lw_log_name {
		uint64_t key; /* LW_LOG_KEY */
		bool insight; /* of Error Reporting */
		unsigned char bytes;
		char text[LW_LOG_NAME_BYTES];
	} slots[LW_LOG_NAMES];
};

/* What the steps of one record share. */
struct lw_mapping {
	struct lw_arena *arena;
	const struct lw_walker *walker; /* reads JSON that stands in text */
	struct lw_places *places;       /* NULL: none are remembered */
	struct lw_time_minute *minute;  /* of the last entry; NULL: none is remembered */
	struct lw_wordings *wordings;   /* NULL: likewise */
	struct lw_log_names *log_names;
	const struct lw_record *record;
	struct lw_error *warn; /* NULL: nobody listens; only the first warning is kept */
	int depth; /* lines in lines: a container runtime's object around the application's */
};

void lw_one_line(char *text); /* control bytes become blanks: what is quoted may hold any */
void lw_mapping_warn(struct lw_mapping *m, enum lw_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * map_parts.c: the text of a string, or an object; empty or NULL where the field is absent or
 * null, and with a warning that names it where it is of another type.
 */
struct lw_str lw_no_string(struct lw_mapping *m, const struct lw_node *n);
const struct lw_node *lw_no_object(struct lw_mapping *m, const struct lw_node *n);

static inline struct lw_str
lw_want_string(struct lw_mapping *m, const struct lw_node *n)
{
	if (n == NULL)
		return LW_STR("");
	return n->type == LW_NODE_STRING ? n->text : lw_no_string(m, n);
}

static inline const struct lw_node *
lw_want_object(struct lw_mapping *m, const struct lw_node *n)
{
	return n == NULL || n->type == LW_NODE_OBJECT ? n : lw_no_object(m, n);
}

/* map_parts.c: one member of a LogEntry (NULL is fine) into *e. */
void lw_map_severity(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e);
void lw_map_http(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e);
void lw_map_operation(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e);
void lw_map_source(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e);
void lw_map_split(struct lw_mapping *m, const struct lw_node *n, struct lw_entry *e);

/* map_parts.c: a time into *ns where that is LW_TIME_NONE still. */
void lw_map_time(struct lw_mapping *m, const struct lw_node *n, int64_t *ns);
void lw_map_payload_time(const struct lw_node *payload, int64_t *ns);

/* map_parts.c: the level that an application's payload carries, where none is known yet. */
void lw_map_payload_severity(const struct lw_node *payload, struct lw_entry *e);

/*
 * The agent of GKE calls each line of stdout INFO and each of stderr ERROR: is e's severity the
 * name of its stream, and not what the program said?  Then a level in the payload counts for more.
 */
bool lw_severity_of_stream(const struct lw_entry *e);

/* map.c: fill *e from an object.  False where memory ran out. */
bool lw_map_entry(struct lw_mapping *m, const struct lw_node *object, struct lw_entry *e);

/* text.c: the same, but the line in a container runtime's {"log", "stream", "time"} is the entry.
 */
bool lw_map_container_line(struct lw_mapping *m, const struct lw_node *object, struct lw_entry *e);
static inline bool
lw_map_object(struct lw_mapping *m, const struct lw_node *object, struct lw_entry *e)
{
	return lw_node_may_have(object, LW_KEY_stream) ? lw_map_container_line(m, object, e)
						       : lw_map_entry(m, object, e);
}

/* What follows from the message alone: clean, severity, stack, fragment, and wording where wordings
 * are remembered (NULL: they are not).  False where memory ran out. */
bool lw_entry_finish(struct lw_arena *arena, struct lw_wordings *w, struct lw_entry *e);

/* An empty entry: all fields zero but the times. */
void lw_entry_clear(struct lw_entry *e);

/* times.c: a time by any writer (RFC 3339, epoch seconds to nanoseconds, {seconds, nanos}). */
bool lw_node_time(const struct lw_node *n, int64_t *ns);

/* times.c: a duration ("1.5s", 1.5, {seconds, nanos}) in ns. */
bool lw_node_duration(const struct lw_node *n, int64_t *ns);

/* resource.c: resource_type, project, location, service, revision, instance, ... and the labels. */
bool lw_map_resource(struct lw_mapping *m, const struct lw_node *resource,
    const struct lw_node *labels, struct lw_entry *e);

/* resource.c: the same from what a structured line itself says (serviceContext, kubernetes,
 * hostname). */
void lw_map_payload_resource(const struct lw_node *payload, struct lw_entry *e);

/* payload.c: the message of a jsonPayload; empty where it says nothing.  False where memory ran
 * out. */
bool lw_payload_message(struct lw_mapping *m, const struct lw_node *payload, struct lw_entry *e);

/* clef.c: is it a compact log event?  Its level, message and exception; false where it has no level
 * that can be read, or memory ran out. */
bool lw_clef_is(const struct lw_node *payload);
bool lw_clef_severity(const struct lw_node *payload, enum lw_severity *severity);
bool lw_clef_message(struct lw_mapping *m, const struct lw_node *payload, struct lw_str *message);
struct lw_str lw_clef_exception(const struct lw_node *payload); /* empty where there is none */

/* payload.c: "METHOD URL -> STATUS (details)" of a request. */
bool lw_request_message(struct lw_mapping *m, struct lw_str details, struct lw_entry *e);

/* audit_change.c: what an AuditLog's call changes, to e->audit.change; after the other fields of
 * e->audit and e->log_name.  False where memory ran out. */
bool lw_map_audit_change(struct lw_mapping *m, const struct lw_node *proto, struct lw_entry *e);

/* audit_settings.c: the settings in an audited request (NULL is fine), to c->settings.  False where
 * memory ran out. */
bool lw_map_audit_settings(
    struct lw_mapping *m, const struct lw_node *request, struct lw_audit_change *c);

/* audit.c: protoPayload (AuditLog, RequestLog) to e->audit, e->http and the message. */
bool lw_map_proto(struct lw_mapping *m, const struct lw_node *proto, struct lw_entry *e);

#endif
