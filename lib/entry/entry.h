/*
 * entry.h - one record's bytes to struct lw_entry, the LogEntry model.
 *
 * An entry borrows from the decoder that made it and from the record's bytes;
 * it stays valid while the decoder decodes the next record that holds any, and no longer.  Field
 * meanings follow Cloud Logging's LogEntry
 * (https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry); what other writers call
 * the same thing is normalised to it.
 */
#ifndef LW_ENTRY_ENTRY_H
#define LW_ENTRY_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/time.h"
#include "input/input.h"

/* X(symbol, NAME, value): Cloud Logging's severities, lowest first. */
#define LW_SEVERITIES(X) \
	X(LW_SEV_DEFAULT, "DEFAULT", 0) \
	X(LW_SEV_DEBUG, "DEBUG", 100) \
	X(LW_SEV_INFO, "INFO", 200) \
	X(LW_SEV_NOTICE, "NOTICE", 300) \
	X(LW_SEV_WARNING, "WARNING", 400) \
	X(LW_SEV_ERROR, "ERROR", 500) \
	X(LW_SEV_CRITICAL, "CRITICAL", 600) \
	X(LW_SEV_ALERT, "ALERT", 700) \
	X(LW_SEV_EMERGENCY, "EMERGENCY", 800)

enum lw_severity { /* dense, so that it indexes arrays; LW_SEV_DEFAULT is 0 */
#define LW_SEVERITY_ENUM(symbol, name, value) symbol,
	LW_SEVERITIES(LW_SEVERITY_ENUM)
#undef LW_SEVERITY_ENUM
	    LW_SEVERITY_COUNT
};

const char *lw_severity_name(enum lw_severity s); /* "ERROR"; never NULL */

/* Names of any writer ("WARN", "E", "fatal", "40", "500"...); false where s names none. */
bool lw_severity_parse(struct lw_str s, enum lw_severity *severity);

enum lw_payload { LW_PAYLOAD_NONE, LW_PAYLOAD_TEXT, LW_PAYLOAD_JSON, LW_PAYLOAD_PROTO };

enum lw_trace_language {
	LW_LANG_UNKNOWN,
	LW_LANG_PYTHON,
	LW_LANG_JAVA,
	LW_LANG_NODE,
	LW_LANG_GO,
	LW_LANG_RUBY,
	LW_LANG_PHP,
	LW_LANG_DOTNET,
	LW_LANG_RUST,
	LW_LANG_ELIXIR
};

/* How the exception before (nearer to the surface) relates to this one. */
enum lw_chain_link {
	LW_CHAIN_NONE,    /* the first of the list */
	LW_CHAIN_CAUSE,   /* "caused by", "direct cause", [cause]: named as the cause */
	LW_CHAIN_CONTEXT, /* "During handling of": happened while this was handled */
};

struct lw_frame {
	struct lw_str file;     /* file, package or class; may be empty */
	struct lw_str function; /* may be empty */
	uint32_t line;          /* 0 where unknown */
	bool own;               /* not of a library or the language's runtime */
};

struct lw_exception {
	struct lw_str type;    /* "ModuleNotFoundError", "java.io.IOException", "panic" */
	struct lw_str message; /* first line or lines behind the type; may be empty */
	enum lw_chain_link link;
	const struct lw_frame *frames; /* innermost (where it was raised) first */
	size_t frame_count;
};

/* A stack trace: [0] is what surfaced last, each next one is what it names as its cause or context.
 */
struct lw_stack {
	enum lw_trace_language language;
	const struct lw_exception *exceptions;
	size_t exception_count; /* at least 1 */
	size_t start, end;      /* bytes of entry.clean that are the trace, end exclusive */
};

/* What a message is to a stack trace that stands in several entries (see stitch.h). */
enum lw_fragment {
	LW_FRAGMENT_NONE,
	LW_FRAGMENT_START, /* "Traceback (most recent call last):", "panic: x", "Exception in thread
			      ..." */
	LW_FRAGMENT_FRAME, /* "  File \"x\", line 3, in f", "\tat a.b(C.java:1)", "... 3 more",
			      source lines */
	LW_FRAGMENT_BRIDGE, /* "During handling of the above exception, ...", "The above exception
			       was ..." */
	LW_FRAGMENT_RAISED, /* one line "Type: message" as it ends a Python or starts a Java, Node,
			       Ruby or .NET trace */
	LW_FRAGMENT_NAMED,  /* such a line whose type does not say that it is an error; only its
			       neighbours can tell */
	LW_FRAGMENT_WHOLE,  /* a whole trace */
};

struct lw_label {
	struct lw_str key, value;
};

/* What kind of thing an audited call changes. */
enum lw_change_kind {
	LW_CHANGE_DEPLOYMENT,    /* code, image or traffic of a workload */
	LW_CHANGE_CONFIGURATION, /* what a workload runs on or with */
	LW_CHANGE_PERMISSION,    /* who may do what; keys of accounts */
	LW_CHANGE_SECRET         /* a secret or one of its versions */
};

struct lw_setting {
	struct lw_str name, value; /* "env.DB_TIMEOUT", "75" */
};

#define LW_MAX_SETTINGS 96
#define LW_SETTING_REFERENCE "reference to " /* begins a value that stands elsewhere */

/* What an audited call asks for; strings in the entry's memory, `title` static. */
struct lw_audit_change {
	enum lw_change_kind kind;
	const char *title;     /* before the target: "Deployment of", "Version added to secret" */
	struct lw_str target;  /* the last part of the resource's name */
	struct lw_str command; /* "gcloud run deploy" where the caller says so; may be empty */
	struct lw_str granted; /* "roles/x to user:a, ..."; may be empty */
	struct lw_str revoked;
	bool whole; /* the request states all settings, so that one that is absent is unset */
	const struct lw_setting *settings; /* by name; without what changes with every call */
	size_t setting_count;              /* at most LW_MAX_SETTINGS */
};

struct lw_entry {
	int64_t time_ns;   /* LW_TIME_NONE where the record has none */
	int64_t effect_ns; /* when it took effect: requests timestamp + latency, else time_ns */
	enum lw_severity severity;
	enum lw_severity logged; /* what the field says, which for a stream that GKE reads is not
				    what the program said; DEFAULT where there is none */
	enum lw_payload payload;
	bool severity_known; /* false: neither a field nor the text says one (severity is then
				DEFAULT) */
	bool severity_field; /* the record has the field; false where it was taken from the text */
	bool insight;        /* an Error Reporting insight: a second copy of an error */
	bool has_rare;       /* anything from `operation` on; false: all of it is zero */
	struct lw_str message; /* for people; empty where the entry says nothing */
	struct lw_str clean;   /* the message for matching: no colours, tags, CR; literal "\n" in
				  escaped traces made real */

	struct lw_str insert_id, log_name, trace, span;
	struct lw_str resource_type, project, location;
	struct lw_str service;  /* the resource's main name: service, job, function, module,
				   container, host, database */
	struct lw_str revision; /* revision, version, build; may be empty */
	struct lw_str instance; /* instanceId, pod, VM, clone; may be empty */
	struct lw_str container, cluster, namespace_name;
	const struct lw_label *labels; /* entry labels, then resource labels */
	size_t label_count;

	struct {
		bool present; /* an httpRequest with at least a method, an address or a status */
		struct lw_str method, url;
		int status;         /* 0 where unknown */
		int64_t latency_ns; /* 0 where unknown */
	} http;
	uint64_t log_key; /* LW_LOG_KEY of log_name, or 0 where it was not made */
	uint32_t place;   /* not 0: whatever this decoder gives the same number is the same from
			     resource_type down to the labels; what is the same may have several */
	uint32_t wording; /* not 0: whatever this decoder gives the same number is the same message
			     but for its digits, and one plain line without a trace */
	enum lw_fragment fragment;
	const struct lw_stack *stack; /* NULL where the message holds no trace */

	struct {
		struct lw_str id, producer;
		bool first, last;
	} operation;
	struct {
		struct lw_str file, function;
		uint64_t line;
	} source;
	struct {
		bool present;
		struct lw_str uid;
		uint32_t index, total;
	} split;
	struct {
		bool present;
		struct lw_str service, method, resource, principal, status_message;
		int status_code;                      /* google.rpc.Code; 0 is success */
		const struct lw_audit_change *change; /* NULL: it changes nothing that others
							 rest on */
	} audit;
};

/*
 * A field of the model by the name that a catalogue's `where` uses (table in fields.c); false
 * where there is none such.  A field that the entry lacks is an empty text.  "label.KEY" is an
 * entry or resource label; "status" and "audit_code" are numbers from 0 to 999 as text.
 */
bool lw_entry_field(const struct lw_entry *e, struct lw_str name, struct lw_str *value);

/* Is it an entry of the service of this name, or of the machine, which is one of a service? */
bool lw_entry_is_of(const struct lw_entry *e, struct lw_str name);

/*
 * The place that an entry is of came before, and its number says which: at most so many are in
 * use at a time, and two of them that are differ in place % LW_PLACES.  A number is never given
 * to another place later.  Only numbers of one decoder can be compared.
 */
#define LW_PLACES 512

/*
 * Likewise of wordings: two numbers in use differ in wording % LW_WORDINGS, none is given twice,
 * and all are below LW_WORDING_ASIDE.  From there on are the numbers that an observer gives to
 * what the decoder gives none: lines of traces, and messages of several lines.  They are of
 * `clean`, and in use beside the others.
 */
#define LW_WORDINGS 2048
#define LW_WORDING_ASIDE (UINT32_C(1) << 31)

/* The place of a wording in a table of what is known of each. */
#define LW_WORDING_PLACES ((size_t)2 * LW_WORDINGS)
static inline size_t
lw_wording_place(uint32_t wording)
{
	return wording % LW_WORDINGS + (wording >> 31) * LW_WORDINGS;
}

#define LW_LOG_KEY(log_name) lw_hash_str(log_name, 5)
static inline uint64_t
lw_entry_log_key(const struct lw_entry *e)
{
	return e->log_key != 0 ? e->log_key : LW_LOG_KEY(e->log_name);
}

struct lw_decoder; /* one a thread */

struct lw_decoder *lw_decoder_new(void); /* NULL where memory ran out */
void lw_decoder_free(struct lw_decoder *d);

/* Who reads JSON: the fast reader, which asks the reference about what it refuses, or that alone.
 */
enum lw_decoder_kind { LW_DECODER_FAST, LW_DECODER_YAJL };
void lw_decoder_use(struct lw_decoder *d, enum lw_decoder_kind kind); /* a new one is fast */

/* *e is the decoder's, and stays as it is until the one after the next is given. */
typedef void lw_entry_fn(void *arg, struct lw_entry *e);

/*
 * Decode one record and call fn once for each entry in it: most records are
 * one entry; a wrapper {"entries": [...]} on one line or a Pub/Sub envelope may
 * hold several or none.  Returns LW_OK, or the code of what makes the record
 * malformed (then fn was not called; *e says what and where: line and offset in
 * the input, from those of the record).  A known field of a wrong type does not make the
 * record malformed: the field is treated as missing, the rest is used, and
 * `warn` (may be NULL) is filled with code LW_ETYPE or LW_ETIME; warn->code is LW_OK else.
 * Invalid UTF-8 does not either: its bytes become U+FFFD and `warn` says LW_EUTF8.  The first
 * warning of a record is kept.  An answer of the API that is an error ({"error": {"code": 429,
 * ...}}) is malformed and *error quotes it.
 */
enum lw_code lw_decode(struct lw_decoder *d, const struct lw_record *record, lw_entry_fn *fn,
    void *arg, struct lw_error *warn, struct lw_error *error);

/*
 * A message that was put together from several entries (split entries, a trace
 * one line an entry) as an entry of its own: like *base, with message, clean,
 * fragment, stack and, where base has no severity_field, severity derived anew, and no
 * place or wording.  Valid until the decoder's next call; *base and message must stay valid as
 * long, and may not be those of the record that this decoder decoded last.
 */
enum lw_code lw_decode_message(
    struct lw_decoder *d, const struct lw_entry *base, struct lw_str message, struct lw_entry *out);

#endif
