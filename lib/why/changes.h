/*
 * changes.h - what changed, and how long before each incident.
 *
 * Deployments, permissions, secrets and settings by audited calls, revisions
 * by their first entry, values in messages.  A change that precedes an incident
 * is named beside its root with its lead time; it is no link of a chain, since
 * most changes are innocent.  Everything lives in the analysis.
 */
#ifndef LW_WHY_CHANGES_H
#define LW_WHY_CHANGES_H

#include "why/why.h"

#define LW_CHANGE_HORIZON_NS \
	(3600 * LW_NS_PER_S)       /* how long before an onset a change is named beside the root */
#define LW_CHANGE_LEADS 8          /* changes named beside one root, at the most: */
#define LW_CHANGE_LEADS_SERVICE 5  /* on its services */
#define LW_CHANGE_LEADS_SHARED 3   /* on what is no workload */
#define LW_CHANGE_SETTINGS_SHOWN 8 /* settings that one call changed, each a change of its own */

enum lw_change_source {
	LW_CHANGE_OF_CALL,     /* an audited call: row */
	LW_CHANGE_OF_SETTING,  /* a setting that differs from the call before: row, name */
	LW_CHANGE_OF_REVISION, /* the first entry of a revision: service, revision */
	LW_CHANGE_OF_VALUE,    /* what a rule captures: value */
	LW_CHANGE_OF_STATED    /* a setting in messages: stated */
};

enum lw_outcome { LW_OUTCOME_UNKNOWN, LW_OUTCOME_SUCCEEDED, LW_OUTCOME_FAILED };

struct lw_change {
	enum lw_change_source source;
	int64_t at_ns;    /* LW_TIME_NONE where unknown */
	uint32_t service; /* into tally.services; LW_NO_SERVICE */
	enum lw_outcome outcome;
	const struct lw_change_row *row; /* of a call, a setting */
	const struct lw_change_row
	    *last;        /* the last entry of the call's operation, or the last of its repeats */
	uint64_t repeats; /* calls that follow within seconds and change nothing more */
	struct lw_str name, before, after;  /* of a setting; p NULL where it was or is unset */
	uint64_t more;                      /* settings that changed with it and are not shown */
	uint32_t revision, revision_before; /* into tally.revisions */
	uint64_t order;                     /* of revisions that came at one moment */
	const struct lw_value_change *value;
	const struct lw_setting_change *stated;
};

#define LW_NO_SERVICE UINT32_MAX

/* How a change bears on an incident. */
enum lw_bearing {
	LW_BEARS_NOT,    /* on another workload */
	LW_BEARS_SHARED, /* on something that is no workload: a secret, a policy, a database */
	LW_BEARS_SERVICE /* on a service of the incident's chain */
};

enum lw_bearing lw_change_bearing(
    const struct lw_analysis *a, const struct lw_change *c, const struct lw_incident *incident);

struct lw_lead {
	uint32_t change; /* into analysis.changes */
	enum lw_bearing bearing;
	int64_t lead_ns; /* onset - change, 0 and up */
};

/*
 * The changes that bear on an incident and precede its onset (incident->from_ns)
 * by at most LW_CHANGE_HORIZON_NS, the nearest ones: those of its services
 * first, then the others.  Calls that failed are left out.  Returns how many
 * were written.
 */
size_t lw_change_leads(const struct lw_analysis *a, const struct lw_incident *incident,
    struct lw_lead leads[LW_CHANGE_LEADS]);

#endif
