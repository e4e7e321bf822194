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
#define LW_NO_VERTEX UINT32_MAX
#define LW_MAX_SAMPLES 16

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
	uint32_t services; /* that report it */
};

/* A cluster in one service: what chains are made of. */
struct lw_vertex {
	uint32_t group, service;
	unsigned depth; /* LW_DEPTH_REQUEST .. LW_DEPTH_CAUSE */
	bool candidate; /* may stand in a chain */
	bool weak;  /* a warning: in a chain only where contrast speaks for it, never at its head */
	bool surge; /* refused requests, far more than on any day; its windows are of that time */
	bool rejected;      /* requests answered with a 4xx that no rule knows */
	uint32_t revisions; /* that report it */
	struct lw_sum sum;
	bool borne; /* goes with requests: it is one, or comes right before one that failed */
	uint64_t unharmed;               /* instances that show it, came up and did not fail */
	uint64_t scopes[LW_SCOPE_COUNT]; /* traces, instances it is seen in; events, near others */
};

#define LW_DEPTH_REQUEST 0u
#define LW_DEPTH_INSTANCE 1u
#define LW_DEPTH_STARTUP 2u
#define LW_DEPTH_UNKNOWN 3u /* errors that no rule knows: above any known cause */
#define LW_DEPTH_CAUSE 4u   /* dependency, config, platform, build */

/*
 * How vertex `effect` hangs together with vertex `cause`; numbers, no
 * judgement.  All are of the events kept: where tally.event_limit is set, of
 * the scopes that were drawn.
 */
struct lw_link_facts {
	uint32_t effect, cause;
	uint64_t stated, stated_of;       /* entries of effect that name cause, of all of them */
	uint64_t named, named_of;         /* samples of effect that name the service of cause */
	uint64_t traces, traces_of;       /* traces of effect in which cause came first */
	uint64_t instances, instances_of; /* the same for instances */
	uint64_t others;                  /* traces or instances before whose effect another wording
					     of the cause came instead */
	uint64_t onsets;            /* of these, where it came once before the first of many */
	bool scattered;             /* these began at one moment, whenever it had come before */
	uint64_t nearby, nearby_of; /* events of effect with cause up to a minute before: in
				       the same service, or in the other one */
	uint64_t preceded;          /* as nearby, also where traces or instances say more */
	uint64_t close, apart;      /* events of effect with cause right before, and long before */
	uint64_t close_of;          /* of so many, for which there is one before at all */
	int64_t median_lag_ns; /* over the sequences found; LW_TIME_NONE where there are none */
	int64_t spread_lag_ns; /* their interquartile range; LW_TIME_NONE likewise */
	bool began;            /* cause began once, shortly before the first of many effects, and a
				  rule knows it as their cause */
	bool alone;            /* likewise, and no rule knows it; by chance hardly any one thing
				  of all that began would */
	bool lasting;          /* alone, and it went on as long as the effect */
	uint64_t climbs, climbs_of; /* steps that a number of the cause went one way until the first
				       effect, of all its steps; 0 of 0 where it does not */
	double climb_from, climb_to; /* its first value, and the furthest */
	int64_t climb_ns;            /* over which it went */
	bool climb_full; /* it came near to its bound or to nothing; without a bound, far */
	bool catalogue;  /* the effect's rule names the cause's */
	bool traced;     /* both carry traces: then instances say nothing more */
	uint64_t contrast, contrast_of; /* instances without effect that are without cause too */
	uint64_t requests, requests_of; /* the same for requests that were answered well */
	uint64_t steps, steps_of;       /* the same for steps of time in which there are entries */
};

/* What became of a link that was considered. */
enum lw_verdict {
	LW_VERDICT_TAKEN,
	LW_VERDICT_DEEPER,    /* the cause stands further down in the chain */
	LW_VERDICT_LESS,      /* it might stand there; another one was better */
	LW_VERDICT_WEAK,      /* confidence below LW_LINK_ENOUGH */
	LW_VERDICT_CONTRAST,  /* as often where there is no effect */
	LW_VERDICT_ORDER,     /* it comes first, but nothing says that it is the cause */
	LW_VERDICT_BACKWARDS, /* the effect is nearer before the cause than the other way round */
	LW_VERDICT_APART,   /* near by chance: each goes with requests of its own, or the effect was
			       there before */
	LW_VERDICT_ABOVE,   /* nearer to users than the effect: its effect, if anything */
	LW_VERDICT_SIBLING, /* the same rule with other values */
	LW_VERDICT_NO_CALL, /* another service, and no trace or name leads there */
	LW_VERDICT_WARNING, /* a warning that is not absent where there is no effect */
	LW_VERDICT_NORMAL   /* an advisory, or refusals as on every day */
};

#define LW_NOT_JUDGED UINT8_MAX

struct lw_considered {
	const struct lw_link_facts *facts;
	double confidence;
	enum lw_verdict verdict;
};

struct lw_why {
	uint32_t vertex;
	const struct lw_link_facts *facts;   /* what ties it to the why above; NULL for the first */
	enum lw_scope scope;                 /* of its sequence, where it has one */
	double confidence;                   /* 0..1; of the link, 1 for the first */
	const struct lw_sample *evidence[3]; /* NULL behind the last */
};

struct lw_period {
	int64_t from_ns, to_ns;
	uint64_t count; /* entries */
};

/* What another service felt of the same root. */
struct lw_also {
	uint32_t vertex, root; /* the first and the last why there */
	uint64_t requests_failed, requests_seen;
};

/* Why a root may be one of several causes at the same time. */
enum lw_doubt {
	LW_DOUBT_NONE,
	LW_DOUBT_WORDINGS, /* each failure has one of them; they may be wordings of one cause */
	LW_DOUBT_MIXED,    /* too many failures are near to several of them */
	LW_DOUBT_UNTIED    /* nothing but the time ties failures to any of them */
};

#define LW_MAX_RIVALS 4

struct lw_rival {
	uint32_t vertex;
	uint64_t failures; /* entries that it is nearest to; 0 where none is tied to it */
};

/* A vertex whose events are tied to several causes, and that was not divided between them. */
struct lw_undecided {
	uint32_t effect, count;
	enum lw_doubt doubt;
	struct lw_rival rivals[LW_MAX_RIVALS];
};

struct lw_incident {
	const struct lw_why *whys; /* from what users felt to the root */
	size_t why_count;
	int64_t from_ns, to_ns;
	bool ongoing;
	const struct lw_period *periods; /* of what users felt, by time */
	size_t period_count;
	uint64_t requests_failed, requests_seen; /* of the first why's service; 0 of 0 where no
						    request was seen to fail */
	const struct lw_also *also;              /* other services that failed for it */
	size_t also_count;
	enum lw_doubt doubt;
	const struct lw_rival *rivals; /* the causes that could not be told apart */
	size_t rival_count;
};

struct lw_value_change {
	uint32_t vertex, capture; /* of the vertex's rule */
	uint32_t revision_before, revision_after;
	struct lw_str before, after;
	int64_t at_ns; /* first seen with the later value */
};

#define LW_SETTING_CHANGES_MAX 20 /* those nearest before an onset */

/* A setting in messages whose value was `before` up to a time and `after` from then on. */
struct lw_setting_change {
	uint32_t service; /* into tally.services */
	struct lw_str name, before, after;
	int64_t at_ns;                      /* first seen with the later value */
	int64_t back_ns;                    /* `before` was seen again after this; LW_TIME_NONE */
	const struct lw_sample *samples[2]; /* the first entries with each */
};

#define LW_MAX_CANDIDATES 4096 /* before any was split */
#define LW_MAX_INCIDENTS 1024

struct lw_pod; /* why/pods.c */
struct lw_asked {
	uint64_t requests, of; /* events of request entries, and all */
};

struct lw_change; /* why/changes.h */
struct lw_start;  /* why/startup.h */

struct lw_analysis {
	struct lw_arena *arena;
	const struct lw_tally *tally;
	const struct lw_clusterer *clusters;
	int64_t window_ns;
	const struct lw_pod *pods; /* by hash; why/pods.c */
	size_t pod_count;
	struct lw_group *groups; /* most entries first, then by first time and id */
	uint32_t group_count;
	struct lw_vertex *vertices;
	uint32_t vertex_count;
	uint32_t passed_over; /* vertices that are no candidates since there are so many */
	const uint32_t
	    *service_from; /* by service, and one more: where in by_service its own begin */
	const uint32_t *by_service;  /* vertices, ascending within their service */
	struct lw_asked *asked;      /* by vertex */
	uint32_t *vertex_of_node;    /* by node; the first of those it is split into */
	uint32_t *vertex_of_event;   /* by event; LW_NO_VERTEX for a bridge */
	struct lw_orders *orders;    /* of the events, for lw_refs_collect; why/refs.h */
	struct lw_link_facts *links; /* by effect, cause */
	uint32_t link_count;
	bool links_full;             /* there were more */
	const uint32_t *effect_from; /* by vertex, and one more: where in `links` its own begin */
	const uint32_t *by_cause;    /* the links by cause, effect: indices of `links` */
	const uint32_t *cause_from;  /* as effect_from, into by_cause */
	uint8_t
	    *judged; /* by link, while incidents are opened: enum lw_verdict, or LW_NOT_JUDGED */
	struct lw_incident *incidents; /* by time of onset, then service */
	size_t incident_count;         /* at most LW_MAX_INCIDENTS */
	size_t unopened; /* failures that were not looked at, since there are so many */
	struct lw_undecided *undecided; /* by effect */
	size_t undecided_count;
	struct lw_value_change *value_changes;
	size_t value_change_count;
	struct lw_setting_change *setting_changes;
	size_t setting_change_count;
	const struct lw_change *changes; /* by time; see why/changes.h */
	size_t change_count;
	const struct lw_start *starts; /* see why/startup.h */
	size_t start_count;
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
 * The links that were looked at below the k-th why of an incident: what comes
 * before it or is named by it, best first, at most max of them.  Returns how many;
 * *left (may be NULL) is how many more there were.
 */
size_t lw_why_considered(const struct lw_analysis *a, const struct lw_incident *inc, size_t k,
    struct lw_considered *list, size_t max, size_t *left);

/*
 * Confidence of a link, 0..1: 1 minus the product of (1 - w) over its kinds of
 * evidence.  With r(n, m) = (n + 1) / (m + 1.5), 0 for n = 0, so that 1 of 1
 * counts less than 15 of 15,
 *
 *   stated     w = 0.85 r; where the effect's messages name the service alone 0.5 r
 *   sequence   w = 0.6 r in traces or instances, or where it comes right before nearly
 *              every effect; 0.3 r near in time, and on instances where it is no nearer
 *              than by chance; an instance that a cause came to once, shortly before the
 *              first of many effects, counts; so
 *              does the first effect of all, as 1 of 1 near in time, where the catalogue
 *              knows the cause; a
 *              number of the cause that climbs until then counts 0.6 r of its steps, and
 *              leaves nothing to contrast
 *   contrast   w = 0.3 f, where f = (p - q) / p is the excess of the cause among
 *              scopes with the effect (share p) over those without (share q);
 *              the least of the instances or requests (from 2 on) and of the
 *              steps of time (from 5 on).  Below 0.5 it speaks against the link:
 *              w is 0, and that of the sequence is multiplied by f.
 *   catalogue  w = 0.35
 *
 * Order alone thus stays below LW_ORDER_MAX.  *scope (may be NULL) is the scope
 * of the sequence used.
 */
double lw_link_confidence(const struct lw_link_facts *f, enum lw_scope *scope);

#define LW_CONTRAST_SCOPES \
	2 /* a contrast needs so many instances or requests without the effect ... */
#define LW_CONTRAST_STEPS 5 /* ... or steps of time */
#define LW_ORDER_MAX 0.6    /* no link on order alone has more confidence */
#define LW_LINK_ENOUGH 0.45 /* a chain follows links of at least this confidence */

/* Does its sequence rest on causes that came once, before the first of many effects? */
bool lw_link_is_onset(const struct lw_link_facts *f);

/* Does its sequence rest on a cause that began once, before the first effect of all? */
bool lw_link_began(const struct lw_link_facts *f);

/* Does the cause come right before nearly every effect, where chance would let it before one in 20?
 */
bool lw_link_is_close(const struct lw_link_facts *f);

/* Does the cause come before the effect by chance: hardly ever right before, mostly long before? */
bool lw_link_is_chance(const struct lw_link_facts *f);

/* How much nearer the cause comes before the effect than chance lets it: the median lag times the
 * rate of the cause, about 0.7 by chance; -1 where it is not known. */
double lw_link_closeness(const struct lw_analysis *a, const struct lw_link_facts *f);

/* Of the scopes or events of the effect, by which its sequence shows, the share that cause came
 * before. */
double lw_link_share(const struct lw_link_facts *f);

/* f of the contrast, 0..1; -1 where there is nothing to compare with. */
double lw_link_contrast(const struct lw_link_facts *f);

#endif
