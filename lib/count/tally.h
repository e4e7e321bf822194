/*
 * tally.h - everything that is counted, as sums that merge in any order.
 *
 * A tally is what one thread counted; lw_tally_merge adds one to another, and
 * the outcome is the same for every order of the entries and every way of
 * sharing them out.  Its tables:
 *
 *   services   entries, errors, requests by class, revisions
 *   nodes      one known error (rule and key captures) or one unknown message
 *              (signature) in one service: count, times, captures, samples
 *   pairs      on which instances a node was seen, for exact instance counts
 *   instances  whether and when they came up, whether and when they failed
 *   phases     parts of a start that messages name, by instance (phases.h)
 *   events     each occurrence that may stand in a chain, with its scope
 *   changes    audited calls that change something (changes.h)
 *   settings   values that messages state for a setting (settings.h)
 *
 * Every table has a ceiling.  What is dropped above it is chosen by hash: a
 * table at level L keeps what has L zero bits at the top of its hash, so that
 * the outcome depends on the set alone; events are drawn by whole scopes (draw.h).
 * Services above the ceiling are told as one; a node that is not kept is counted
 * with the others of its rule or signature, over all services (level.h).
 * Not thread-safe; one tally a thread.
 */
#ifndef LW_COUNT_TALLY_H
#define LW_COUNT_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "base/map.h"
#include "catalog/catalog.h"
#include "catalog/scan.h"
#include "count/changes.h"
#include "count/events.h"
#include "count/phases.h"
#include "count/series.h"
#include "count/settings.h"
#include "entry/entry.h"

#define LW_NO_RULE UINT32_MAX
#define LW_RECENT_SERVICES 64
#define LW_MAX_VALUES 64        /* distinct values kept of one capture */
#define LW_VALUE_MAX_BYTES 200  /* a captured value is cut to this */
#define LW_SAMPLE_MAX_BYTES 600 /* a sample's message is cut to this */
#define LW_SAMPLES_EARLY 4      /* the most direct and earliest entries */
#define LW_SAMPLES_SPREAD 24    /* entries spread over time: one a slot, drawn by hash */

struct lw_ceilings {
	size_t nodes, pairs, instances, events, services; /* 0: the default of each */
};

struct lw_value {
	char *text;        /* NUL-terminated, owned */
	uint64_t hash;     /* of capture, text and revision */
	uint32_t capture;  /* index into the rule's captures */
	uint32_t revision; /* into tally.revisions; LW_INTERN_FULL where unknown */
	uint64_t count;
	int64_t first_ns, last_ns;
};

struct lw_sample {
	int64_t time_ns;
	uint64_t entry_key; /* as in struct lw_event */
	uint64_t rank;      /* 0 names the thing first of all, 1 after other words, 2 inside another
			       error's text */
	struct lw_str insert_id, log_name, instance, message; /* in the same allocation */
	struct lw_str raised; /* "Type: message" of the exception that an unknown trace is known by;
				 likewise */
};

struct lw_node {
	uint64_t key;              /* of what and service */
	uint64_t what;             /* of rule and key captures, or the signature */
	uint64_t service_key;      /* of its service; LW_REST where it is of many */
	uint64_t signature;        /* 0 for a rule */
	uint32_t rule;             /* LW_NO_RULE for a signature */
	uint32_t service;          /* into tally.services */
	enum lw_severity severity; /* the highest of its entries, or the rule's */
	uint64_t count;            /* entries */
	uint64_t instances;        /* distinct; set by lw_tally_settle */
	int64_t first_ns, last_ns; /* LW_TIME_NONE where no entry had a time */
	struct lw_series series;   /* by time of effect */
	struct lw_value *values;
	uint32_t value_count;
	uint64_t values_dropped; /* entries whose value is not among the kept */
	uint32_t *revisions;     /* into tally.revisions, ascending */
	uint32_t revision_count;
	struct lw_sample
	    *early[LW_SAMPLES_EARLY]; /* by rank, time, entry_key; NULL behind the last */
	struct lw_sample *spread[LW_SAMPLES_SPREAD]; /* by time; NULL behind the last */
	int64_t slot_ns; /* width of their slots, which are aligned to the epoch */
};

#define LW_MAX_REVISIONS 512 /* kept of a service: those with the least hashes */

struct lw_service_revision {
	uint64_t hash; /* of its name */
	uint32_t revision;
	int64_t first_ns, last_ns;
};

#define LW_REST UINT64_C(0x7265737400000001) /* key of the row of services not kept */

struct lw_service {
	uint64_t key;
	uint32_t name, type, project, location; /* into tally.names */
	uint32_t namespace_name; /* likewise, of an entry that has one; LW_INTERN_FULL: none has */
	bool has_namespaces;     /* and not one alone */
	uint64_t entries, errors, requests, by_class[6];
	struct lw_service_revision *revisions; /* by hash; once settled, as they were first seen */
	uint32_t revision_count;
	bool revisions_dropped;               /* there were more */
	uint32_t recent_revision;             /* of revisions: of the entry before */
	struct lw_series failures, successes; /* requests answered with 5xx, and others */
};

#define LW_INSTANCE_CAME_UP 1u /* a start-up marker: a rule of layer startup and role advisory */
#define LW_INSTANCE_FAILED \
	2u /* a symptom of layer instance or startup, at severity ERROR or above */
#define LW_INSTANCE_ERROR 4u /* any event at all */

#define LW_INSTANCE_SERVED 8u        /* a request was answered, with anything but a 5xx */
#define LW_INSTANCE_START_FAILED 16u /* a symptom of layer startup says that it did not start */

struct lw_instance {
	uint64_t hash;
	uint64_t pod; /* the Kubernetes pod, whatever the service: its events and its containers
			 are of services of their own; 0 where it is none */
	uint32_t service, flags;
	uint32_t revision; /* into tally.revisions; LW_INTERN_FULL where unknown */
	int64_t first_ns, last_ns;
	int64_t up_first_ns, up_last_ns;         /* of LW_INSTANCE_CAME_UP; LW_TIME_NONE */
	int64_t failed_first_ns, failed_last_ns; /* of LW_INSTANCE_FAILED; LW_TIME_NONE */
};

struct lw_pair {
	uint64_t instance;
	uint64_t key;  /* of what and service of the node, though it is not kept */
	uint32_t node; /* LW_NO_NODE where it is dropped, until lw_tally_settle */
};

#define LW_EVENT_BRIDGE 1u  /* "During handling of the above exception...": node is LW_NO_NODE */
#define LW_EVENT_CAUSE 2u   /* a bridge that names the cause, not the context */
#define LW_EVENT_REQUEST 4u /* of a request entry */
#define LW_EVENT_INNER 8u   /* the trace of the entry gives it as the cause of what surfaced */
#define LW_EVENT_RAISED 16u /* of a trace, or of the line of one that raises */
#define LW_NO_NODE \
	UINT32_MAX /* without LW_EVENT_BRIDGE: of a dropped node; there until lw_tally_settle, so \
		    * that what else is kept hangs on no order */

struct lw_event {
	int64_t effect_ns;
	int64_t start_ns;   /* the entry's own time; a request's start */
	uint64_t entry_key; /* the same for all events of one entry */
	uint64_t instance;  /* of a pod lw_instance.pod, else lw_instance.hash; 0 where unknown */
	uint64_t trace;     /* 0 where unknown */
	uint64_t path;      /* of a request, as lw_path_hash; 0 where unknown */
	uint32_t node;
	uint32_t flags;
};

/* What events that hang together have in common; the last two: a service, or all, near in time. */
enum lw_scope { LW_SCOPE_TRACE, LW_SCOPE_INSTANCE, LW_SCOPE_SERVICE, LW_SCOPE_SYSTEM };
#define LW_SCOPE_COUNT 4

#define LW_STRETCH_NS (120 * LW_NS_PER_S) /* of time, over all services; aligned to the epoch */

struct lw_totals {
	uint64_t entries, errors, duplicates, empty, unknown_severity, no_time;
	uint64_t errors_in_text;  /* without a severity field, but the text says ERROR or above */
	uint64_t no_severity;     /* without a severity field */
	uint64_t raised, lowered; /* to ERROR and above, or below it, since the field named but the
				     stream and the payload a level; errors counts what the payload
				     says */
	uint64_t insights;        /* second copies by Error Reporting */
	uint64_t filtered;        /* left out by --since, --until, --service */
	uint64_t by_severity[LW_SEVERITY_COUNT]; /* as recorded; none recorded is DEFAULT */
};

/* The rows of the entries of one place (lw_entry.place). */
struct lw_place_rows {
	uint32_t place;         /* 0: none yet */
	uint32_t service;       /* into tally.services */
	uint64_t service_key;   /* of the entry's own service, though it is not kept */
	uint32_t revision;      /* into tally.revisions; LW_INTERN_FULL where unknown */
	uint32_t revision_at;   /* its row among those of the service, where that is of the hash */
	uint64_t revision_hash; /* of its name; 0 where unknown */
	uint64_t instance;      /* hash; 0 where unknown */
	uint64_t pod;           /* lw_instance.pod */
	uint32_t instance_at;   /* its row, where that is of the hash: rows move */
};

/* What messages of a wording say of starts and settings, whatever their digits are. */
struct lw_wording_says {
	uint32_t wording; /* 0: not known */
	bool phase;       /* may name a part of a start */
	bool setting;     /* states a setting */
};

struct lw_tally {
	const struct lw_catalog *catalog;
	int64_t step_ns;
	struct lw_ceilings max;
	struct lw_totals totals;
	int64_t from_ns, to_ns; /* of all entries; LW_TIME_NONE where none has a time */
	struct lw_series all;   /* every entry */
	struct lw_intern names, revisions;
	struct lw_service *services;
	uint32_t service_count, service_capacity;
	uint32_t rest; /* the row of services that are not kept; LW_MAP_NONE: there are none */
	struct lw_map service_map;
	uint32_t recent_services[LW_RECENT_SERVICES]; /* found last, by a sketch of the name; one
							 more than the index */
	struct lw_place_rows places[LW_PLACES];       /* by place % LW_PLACES */
	struct lw_wording_says says[LW_WORDING_PLACES];
	struct lw_node *nodes;
	uint32_t node_count, node_capacity;
	uint32_t node_shared; /* of these, so many are of many services */
	struct lw_map node_map;
	struct lw_pair *pairs;
	uint32_t pair_count, pair_capacity;
	struct lw_map pair_map;
	struct lw_instance *instances;
	uint32_t instance_count, instance_capacity;
	struct lw_map instance_map;
	struct lw_events kept;   /* until lw_tally_settle, then */
	struct lw_event *events; /* they are here */
	uint32_t event_count;
	struct lw_changes changes;
	struct lw_phases phases;
	struct lw_settings settings;
	/* See above; 0: nothing was dropped.  shared_level: of signatures over all services. */
	unsigned service_level, node_level, shared_level, scope_level;
	uint64_t dropped_nodes_entries; /* entries of dropped nodes */
	uint64_t event_limit;           /* scopes of draws below it are kept; see draw.h */
	uint64_t events_seen;           /* the kept ones and the others */
	bool failed;                    /* memory ran out: the counts are not complete */
};

/* One thing that an entry shows. */
struct lw_mark {
	const struct lw_hit *hit; /* of the rule */
	uint64_t signature;
	uint64_t rank; /* as lw_sample.rank */
	uint32_t rule; /* LW_NO_RULE: signature counts */
	bool chain;    /* may stand in a chain: a warning or worse */
	bool inner;    /* of the last exception of the entry's trace, not of what surfaced */
	const struct lw_entry *said; /* the one of several entries that says it, with the whole
					message; NULL: the entry counted */
};

struct lw_tally *lw_tally_new(const struct lw_catalog *catalog, int64_t step_ns,
    struct lw_ceilings max); /* NULL where memory ran out */
void lw_tally_free(struct lw_tally *t);

/* Count one entry, and the marks on it. */
void lw_tally_entry(
    struct lw_tally *t, const struct lw_entry *e, const struct lw_mark *marks, size_t mark_count);

/* Count a message that was put together from entries which lw_tally_entry has counted: its marks
 * alone. */
void lw_tally_marks(
    struct lw_tally *t, const struct lw_entry *e, const struct lw_mark *marks, size_t mark_count);

/* A bridge between two traces of one instance. */
void lw_tally_bridge(struct lw_tally *t, const struct lw_entry *e, bool cause);

/* The key of an entry for what is kept of it: of insertId, time and log name, or of the message
 * where it has no insertId. */
uint64_t lw_entry_key(const struct lw_entry *e);

/* The same for duplicates, of an entry with an insertId: quicker, since each entry is asked for it,
 * and in no report. */
static inline uint64_t
lw_entry_identity(const struct lw_entry *e)
{
	return lw_hash_quick(
	    e->insert_id.p, e->insert_id.n, (uint64_t)e->time_ns ^ lw_entry_log_key(e));
}

#define LW_NO_LIMIT UINT64_MAX /* all events are kept */

/*
 * Are all events of this event's scope of this kind among the kept?  Always so
 * at LW_NO_LIMIT; below it for scopes drawn by hash, and
 * events of other scopes are there only where another scope of theirs was drawn.
 * One scope more may be kept in part; there it is said of the windows of time that are.
 */
bool lw_tally_keeps(const struct lw_tally *t, const struct lw_event *ev, enum lw_scope kind);

/* Was what came up to reach_ns before the event, over all services, not drawn?  It must have a
 * time, and its stretch of time must be kept; where that is in part, the reach is a part, too. */
bool lw_tally_cut_off(const struct lw_tally *t, const struct lw_event *ev, int64_t reach_ns);

/* The share of all scopes that was drawn: above 0, 1 where nothing was dropped. */
double lw_tally_drawn(const struct lw_tally *t);

/* Add what `from` counted; it is empty afterwards. */
void lw_tally_merge(struct lw_tally *t, struct lw_tally *from);

/* After the last entry: sets instance counts and sorts the events by (instance, effect, entry_key,
 * node key). */
void lw_tally_settle(struct lw_tally *t);

#endif
