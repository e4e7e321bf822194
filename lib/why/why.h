/*
 * why.h - from counts to causes: clusters, links between them, incidents.
 *
 * Works on a settled tally and finished clusters, over sorted data alone, so
 * that the outcome does not depend on threads or on the order of the input.
 * Everything returned lives in the analysis and borrows from the tally, the
 * clusterer and the catalogue, which must outlive it.  Not thread-safe.
 */
#ifndef LW_WHY_WHY_H
#define LW_WHY_WHY_H

#include "base/arena.h"
#include "cluster/cluster.h"
#include "count/tally.h"

#define LW_NO_TEMPLATE UINT32_MAX
#define LW_MAX_SAMPLES 8

/* What nodes add up to. */
struct lw_sum {
	uint64_t count, instances;
	int64_t first_ns, last_ns;
	enum lw_severity severity;
	struct lw_series series;
	struct lw_windows windows;
	const struct lw_sample
	    *samples[LW_MAX_SAMPLES]; /* by rank, time, entry_key; NULL behind the last */
};

/* A cluster: one known error or one template, over all services. */
struct lw_group {
	uint32_t rule;           /* LW_NO_RULE for a template */
	uint32_t template_index; /* for lw_cluster_template; LW_NO_TEMPLATE for a rule */
	uint64_t id;             /* of a rule: of its id and key captures; else the template's */
	struct lw_sum sum;
	const uint32_t *nodes; /* into tally.nodes, ascending */
	uint32_t node_count;
};

/* A cluster in one service: what chains are made of. */
struct lw_vertex {
	uint32_t group, service;
	unsigned depth; /* LW_DEPTH_REQUEST .. LW_DEPTH_CAUSE */
	struct lw_sum sum;
	uint64_t unharmed; /* instances that show it, came up and did not fail */
};

#define LW_DEPTH_REQUEST 0u
#define LW_DEPTH_INSTANCE 1u
#define LW_DEPTH_STARTUP 2u
#define LW_DEPTH_UNKNOWN 3u /* errors that no rule knows: above any known cause */
#define LW_DEPTH_CAUSE 4u   /* dependency, config, platform, build */

/* How vertex `effect` hangs together with vertex `cause`; numbers, no judgement. */
struct lw_link_facts {
	uint32_t effect, cause;
	uint64_t stated, stated_of;       /* entries of effect that name cause, of all of them */
	uint64_t traces, traces_of;       /* traces of effect in which cause came first */
	uint64_t instances, instances_of; /* the same for instances */
	uint64_t nearby,
	    nearby_of; /* events of effect with cause in the same service up to a minute before */
	int64_t median_lag_ns; /* over the sequences found; LW_TIME_NONE where there are none */
	bool catalogue;        /* the effect's rule names the cause's */
	bool traced;           /* both carry traces: then instances say nothing more */
	uint64_t contrast, contrast_of; /* instances without effect that are without cause too */
};

enum lw_link_kind { LW_LINK_STATED, LW_LINK_SEQUENCE, LW_LINK_CONTRAST, LW_LINK_CATALOGUE };

enum lw_scope { LW_SCOPE_TRACE, LW_SCOPE_INSTANCE, LW_SCOPE_SERVICE };

struct lw_why {
	uint32_t vertex;
	const struct lw_link_facts *facts;   /* what ties it to the why above; NULL for the first */
	enum lw_scope scope;                 /* of its sequence, where it has one */
	double confidence;                   /* 0..1; of the link, 1 for the first */
	const struct lw_sample *evidence[3]; /* NULL behind the last */
};

struct lw_incident {
	const struct lw_why *whys; /* from what users felt to the root */
	size_t why_count;
	int64_t from_ns, to_ns;
	bool ongoing;
};

struct lw_value_change {
	uint32_t vertex, capture; /* of the vertex's rule */
	uint32_t revision_before, revision_after;
	struct lw_str before, after;
	int64_t at_ns; /* first seen with the later value */
};

struct lw_change; /* why/changes.h */

struct lw_analysis {
	struct lw_arena *arena;
	const struct lw_tally *tally;
	const struct lw_clusterer *clusters;
	int64_t window_ns;
	struct lw_group *groups; /* most entries first, then by first time and id */
	uint32_t group_count;
	struct lw_vertex *vertices;
	uint32_t vertex_count;
	uint32_t *vertex_of_node;    /* by node */
	struct lw_link_facts *links; /* by effect, cause */
	uint32_t link_count;
	struct lw_incident *incidents; /* by time of onset, then service */
	size_t incident_count;
	struct lw_value_change *value_changes;
	size_t value_change_count;
	const struct lw_change *changes; /* by time; see why/changes.h */
	size_t change_count;
};

struct lw_why_options {
	int64_t window_ns;
	size_t max_whys; /* observed ones in a chain; at least 1 */
};

/* NULL where memory ran out. */
struct lw_analysis *lw_why_analyse(const struct lw_tally *tally,
    const struct lw_clusterer *clusters, const struct lw_why_options *options);
void lw_analysis_free(struct lw_analysis *a); /* NULL is fine */

/*
 * Confidence of a link, 0..1: 1 minus the product of (1 - w) over its kinds of
 * evidence, with w = 0.85 x n/of for stated, 0.6 x n/of for a sequence in
 * traces or instances (0.3 within a service), 0.35 for the catalogue, 0.3 x n/of
 * for a contrast over at least two scopes.  A contrast that speaks against the link (less than
 * half of the scopes without the effect are without the cause) multiplies the
 * sequence by its share.  *scope (may be NULL) is the scope of the sequence used.
 */
double lw_link_confidence(const struct lw_link_facts *f, enum lw_scope *scope);

#define LW_LINK_ENOUGH 0.5 /* a chain follows links of at least this confidence */

#endif
