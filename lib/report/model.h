/*
 * model.h - the report as data: what every writer writes from.
 *
 * A plain tree in one arena, filled by why/ and engine.c, read by the
 * writers, which know neither entries nor the catalogue.  Strings are
 * borrowed from that arena, are UTF-8 or not (writers clean them), and are
 * not yet redacted.  Times are ns since the epoch, LW_TIME_NONE where unknown.
 * Field meanings and the order of arrays: schema logwhy.report/1
 * (data/logwhy.report.schema.json).
 */
#ifndef LW_REPORT_MODEL_H
#define LW_REPORT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/time.h"

#define LW_REPORT_SCHEMA "logwhy.report/1"
#define LW_MODEL_SEVERITIES 9 /* DEFAULT .. EMERGENCY */

struct lw_m_evidence {
	struct lw_str insert_id, log_name;
	int64_t timestamp_ns;
	struct lw_str message;
};

struct lw_m_input {
	struct lw_str name;
	uint64_t bytes, entries, malformed;
	bool has_first; /* first_malformed is known */
	uint64_t first_line, first_offset;
	struct lw_str first_reason;
	bool cut_short; /* reading failed when it had come to reached_ns */
	int64_t reached_ns;
};

struct lw_m_totals {
	uint64_t entries, errors, duplicates, malformed, empty, unknown_severity;
	uint64_t errors_in_text; /* without a severity, but their text says ERROR or above; not in
				    errors */
	double error_ratio;      /* errors / entries, 0 where there are no entries */
	uint64_t by_severity[LW_MODEL_SEVERITIES];
};

struct lw_m_coverage {
	const char *kind; /* "limit", "short-period", "gap", "no-severity", "no-payload",
			     "malformed", "ceiling", ... */
	struct lw_str text;
};

enum lw_m_status { LW_STATUS_HEALTHY, LW_STATUS_DEGRADED, LW_STATUS_FAILING };

/* How instances start; times are LW_TIME_NONE where unknown. */
struct lw_m_startup {
	const char *verdict; /* "failing", "slow", "healthy", "unknown"; NULL: no start was seen */
	uint64_t starts, came_up, failed;
	int64_t healthy_max_ns, healthy_median_ns; /* from the first entry to the start-up marker */
	int64_t tried_max_ns, tried_median_ns;     /* from the first entry to the last failure */
	int64_t failing_from_ns, failing_to_ns;    /* starts since the last that came up */
};

struct lw_m_phase {
	const char *kind;       /* "phase", "stage", "step" */
	struct lw_str name;     /* may be empty */
	unsigned tenths, total; /* its number times ten, 0 where it has none; of how many, or 0 */
	uint64_t instances, passed, failed;
	int64_t median_ns; /* LW_TIME_NONE where unknown */
};

struct lw_m_revision {
	struct lw_str name;
	int64_t first_ns, last_ns;
	struct lw_m_startup startup;
};

struct lw_m_service {
	struct lw_str name, type, project, location;
	enum lw_m_status status;
	bool has_availability;
	double availability; /* 0..1 */
	uint64_t entries, errors;
	uint64_t requests, by_class[6]; /* [2] is 2xx; [0] unknown */
	uint64_t instances_seen, instances_started, instances_failed;
	const struct lw_m_revision *revisions; /* by first_ns */
	size_t revision_count;
	struct lw_m_startup startup;
	const struct lw_m_phase *phases; /* by number, then others by when they come */
	size_t phase_count;
};

struct lw_m_value {
	struct lw_str value;
	uint64_t count;
};

struct lw_m_capture {
	struct lw_str name;
	const struct lw_m_value *values; /* most first */
	size_t value_count;
};

struct lw_m_point {
	int64_t t_ns; /* start of the step */
	uint64_t n;
};

struct lw_m_windows {
	int64_t peak_from_ns, peak_to_ns;
	uint64_t peak_count;
	int64_t onset_ns;
	bool ongoing;
	const struct lw_m_point *series; /* steps with n > 0, by time */
	size_t point_count;
};

struct lw_m_cluster {
	struct lw_str id;
	struct lw_str rule;  /* empty: no rule knows it */
	struct lw_str title; /* filled in, for people */
	struct lw_str template_text;
	struct lw_str layer; /* empty: unknown */
	struct lw_str role;
	struct lw_str severity;
	uint64_t count, instances;
	int64_t first_ns, last_ns;
	const struct lw_str *services;
	size_t service_count;
	const struct lw_str *revisions;
	size_t revision_count;
	const struct lw_m_capture *captures;
	size_t capture_count;
	struct lw_m_windows windows;
	const struct lw_m_evidence *evidence;
	size_t evidence_count;
};

struct lw_m_link {
	const char *kind; /* "stated", "sequence", "contrast", "catalogue", "change" */
	uint64_t n, of;
	bool has_lag;
	double median_lag_s;
	double lag_spread_s; /* interquartile range of the lags */
	struct lw_str text;
};

struct lw_m_why {
	unsigned n; /* 1-based */
	struct lw_str question, finding;
	struct lw_str cluster; /* id; empty for a hypothesis without one */
	bool observed;         /* false: a hypothesis */
	double confidence;     /* 0..1 */
	uint64_t count, instances;
	const struct lw_m_link *links; /* what ties it to the why above it; none for the first */
	size_t link_count;
	const struct lw_m_evidence *evidence;
	size_t evidence_count;
	const struct lw_str *checks; /* commands */
	size_t check_count;
};

/* A change before the onset of an incident. */
struct lw_m_lead {
	size_t change;       /* into report.changes */
	const char *bearing; /* "service": on a service of the chain; "shared": on what is no
				workload */
	int64_t lead_ns;     /* onset - change, 0 and up */
};

struct lw_m_considered {                /* a link that was looked at for a chain */
	unsigned why;                   /* below which why, 1-based */
	struct lw_str effect, cause;    /* titles */
	struct lw_str cluster, service; /* of the cause */
	double confidence;
	const char *verdict; /* "taken", "deeper", "left" */
	struct lw_str reason;
	const struct lw_m_link *links;
	size_t link_count;
};

struct lw_m_period {
	int64_t from_ns, to_ns;
};

/* What another service felt of the same root. */
struct lw_m_also {
	struct lw_str service, cluster, title;
	uint64_t requests_failed, requests_seen; /* 0 of 0 where no request was seen to fail */
};

/* One of several causes at the same time that the log does not tell apart. */
struct lw_m_rival {
	struct lw_str cluster, service, title;
	uint64_t count, instances;
	uint64_t failures; /* that it is nearest to; 0 where none is tied to it */
};

struct lw_m_incident {
	struct lw_str id, title, service;
	bool ongoing;
	bool has_felt; /* requests of a service that felt it are in the log */
	uint64_t requests_failed, requests_seen; /* while it was felt, by the first why's service
						    and those of `also` */
	const struct lw_m_also *also;
	size_t also_count;
	const char *doubt; /* "wordings", "mixed", "untied"; NULL where there is none */
	struct lw_str doubt_text;
	const struct lw_m_rival *rivals; /* the root, or what stands before it, among them */
	size_t rival_count;
	const struct lw_m_period *periods; /* in which it was felt, by time */
	size_t period_count;
	const char *layer; /* of the root: "application", "build", "configuration",
			      "infrastructure"; NULL where the log does not tell */
	const struct lw_str *layer_for, *layer_against; /* facts */
	size_t for_count, against_count;
	const struct lw_m_considered *considered; /* by why, best first; none unless asked for */
	size_t considered_count;
	int64_t from_ns, to_ns;
	const struct lw_m_lead *leads; /* of the chain's services first, then the nearest */
	size_t lead_count;
	struct lw_str root_cluster, root_basis; /* basis: "observed" or "hypothesis" */
	const struct lw_m_why *whys;
	size_t why_count;
};

struct lw_m_change {
	const char *kind; /* "deployment", "value", "configuration", "permission", "secret" */
	struct lw_str text;
	struct lw_str service, target, method, by; /* empty where unknown; by: who called */
	const char *outcome;    /* of a call: "succeeded", "failed"; NULL where there was none */
	const char *relation;   /* "before" or "after" the onset of `incident`; "elsewhere": on
				   another workload; NULL where there is no incident */
	struct lw_str incident; /* id; empty where it bears on none */
	int64_t lead_ns;        /* onset - change, negative where it came after */
	int64_t at_ns;
	bool has_before, has_after;
	struct lw_str before, after;
	const struct lw_m_evidence *evidence;
	size_t evidence_count;
};

/* One cluster or incident, then and now. */
struct lw_m_compared {
	const char *state; /* clusters: "new", "gone", "worse", "better", "unseen" (gone, but so
			      little is to be seen that nothing follows); incidents: "new",
			      "continuing", "regression", "gone" */
	struct lw_str id, title;
	uint64_t count_before, count_after; /* entries; clusters alone */
	bool has_rates;                     /* both in entries per unit of the comparison */
	double rate_before, rate_after;
	int64_t before_from_ns, before_to_ns; /* incidents: when it was there before */
	int64_t gone_from_ns, gone_to_ns;     /* regressions: when it was seen to be gone */
	int64_t from_ns, to_ns;               /* incidents: now; LW_TIME_NONE where it is gone */
};

struct lw_m_earlier {
	struct lw_str name, title; /* name: of the file */
	int64_t from_ns, to_ns;
	uint64_t entries, requests, incidents;
};

/* This report and earlier ones; clusters are compared with the last of these. */
struct lw_m_comparison {
	const struct lw_m_earlier *baselines; /* by the end of their period */
	size_t baseline_count;
	const char *unit; /* "requests": counts are per 1000 requests; "hours": per hour;
			     "counts": as they are, since the periods are equally long or unknown */
	const struct lw_m_compared *incidents; /* regression, new, continuing, gone; then by time */
	size_t incident_count;
	const struct lw_m_compared
	    *clusters; /* new, worse, better, gone, unseen; then most first */
	size_t cluster_count;
};

struct lw_m_action {
	struct lw_str priority, text, incident;
	const struct lw_str *checks;
	size_t check_count;
};

struct lw_m_criterion {
	struct lw_str text, incident;
};

struct lw_report {
	struct lw_str title, version; /* of the program */
	int64_t from_ns, to_ns;
	int64_t window_ns, step_ns;
	const struct lw_m_input *inputs;
	size_t input_count;
	struct lw_m_totals totals;
	const struct lw_m_coverage *coverage;
	size_t coverage_count;
	const struct lw_m_service *services;
	size_t service_count;
	const struct lw_m_cluster *clusters;
	size_t cluster_count;
	const struct lw_m_incident *incidents;
	size_t incident_count;
	const struct lw_m_change *changes;
	size_t change_count;
	int64_t change_horizon_ns; /* how long before an onset a change is a lead */
	const struct lw_m_action *actions;
	size_t action_count;
	const struct lw_m_criterion *criteria;
	size_t criterion_count;
	const struct lw_m_comparison *comparison; /* NULL: with nothing */
};

#endif
