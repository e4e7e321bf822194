/* private.h - the steps of an analysis, in their order (private to why/). */
#ifndef LW_WHY_PRIVATE_H
#define LW_WHY_PRIVATE_H

#include "why/why.h"

/* Each returns false where memory ran out. */
bool lw_why_pods(struct lw_analysis *a);              /* pods.c: first, what pods are seen */
bool lw_why_group(struct lw_analysis *a);             /* groups.c: nodes to groups and vertices */
bool lw_why_index(struct lw_analysis *a);             /* groups.c: the vertices of each service */
bool lw_why_link(struct lw_analysis *a);              /* links.c: events to links, anew */
bool lw_why_split(struct lw_analysis *a, bool *done); /* split.c: vertices with two reasons */
bool lw_why_twins(struct lw_analysis *a, bool *done); /* twins.c: the same, at the same time */
bool lw_why_incidents(struct lw_analysis *a, size_t max_whys); /* incidents.c: links to incidents */
bool lw_why_share(struct lw_analysis *a);    /* share.c: incidents of one root to one */
bool lw_why_doubts(struct lw_analysis *a);   /* doubt.c: what may be a root as well */
bool lw_why_values(struct lw_analysis *a);   /* values.c: captured values that changed */
bool lw_why_settings(struct lw_analysis *a); /* settings.c: settings in messages, after values */
bool lw_why_changes(struct lw_analysis *a);  /* changes.c: all changes by time */

/*
 * Requests that are refused (401, 403): a few are normal on any address.  Is there a
 * time when at least half of all requests were, with any such status, far more than
 * before and after?
 * Its windows then begin and end there.
 */
bool lw_find_surge(const struct lw_analysis *a, struct lw_vertex *v);

/* Are these requests that were rejected with another 4xx, which no rule knows?  Of those a fourth
 * will do, in place of others: they are answered less often meanwhile, beyond chance. */
bool lw_are_rejected(const struct lw_analysis *a, const struct lw_vertex *v);

/* Are two services the same, or parts of one workload that the platform reports by one name: its
 * containers, its pods, its load balancer? */
bool lw_is_one_workload(const struct lw_analysis *a, uint32_t x, uint32_t y);

/* Is it one rule, or are two of three words of the two messages the same? */
bool lw_say_alike(const struct lw_analysis *a, uint32_t u, uint32_t v);

/* Have the two messages, which no rule knows, a word in common that says what they are about? */
bool lw_share_matter(const struct lw_analysis *a, uint32_t u, uint32_t v);

/* Does it come as chance has it, as often at any time of the input as other entries do, with no
 * peak and no onset?  False where there is too little to tell. */
bool lw_is_even(const struct lw_analysis *a, const struct lw_vertex *v);

/* Came it often enough since it began that by chance one of them would have come before? */
bool lw_has_onset(const struct lw_analysis *a, const struct lw_vertex *v);

/* Entries of a series between two times, both included, by its buckets. */
uint64_t lw_count_span(const struct lw_series *s, int64_t from_ns, int64_t to_ns);

bool lw_why_asked(struct lw_analysis *a); /* felt.c: once the vertices are final */

/* The vertices that are part of an incident, or explained by it. */
struct lw_part {
	const bool *has;          /* by vertex */
	const uint32_t *vertices; /* ascending */
	uint32_t count;
};

/* Periods and requests of an incident.  False where memory ran out. */
bool lw_why_felt(struct lw_analysis *a, struct lw_incident *inc, const struct lw_part *part);

/* Offer a sample to a sum. */
void lw_sum_sample(struct lw_sum *sum, const struct lw_sample *s);

/* Of an instance, or of the pod that an event names as such: did it come up, and not fail? */
bool lw_is_unharmed(const struct lw_analysis *a, uint64_t instance);

/* Likewise: when was it first seen?  LW_TIME_NONE where that is not known. */
int64_t lw_instance_first_ns(const struct lw_analysis *a, uint64_t instance);

/* Make `parts` vertices of vertex v, itself and new ones at the end, to which vertex_of_event
 * points already.  Events that are unsure (by event; NULL: none) are no evidence, where others are.
 * False where memory ran out. */
bool lw_vertex_split(struct lw_analysis *a, uint32_t v, uint32_t parts, const bool *unsure);

/* The link from effect to cause, or NULL; both vertices were there when links were made. */
const struct lw_link_facts *lw_link_find(
    const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/* Does the effect's rule name the cause's? */
bool lw_link_in_catalogue(const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/* The rule of a vertex or NULL. */
const struct lw_rule *lw_vertex_rule(const struct lw_analysis *a, const struct lw_vertex *v);

/* The events of the links' vertices, put in order as they are asked for.  NULL where memory ran
 * out; NULL is fine to free. */
struct lw_entries *lw_entries_new(const struct lw_analysis *a);
void lw_entries_free(struct lw_entries *e);

/* The keys of the entries by which a link shows: of the effect (or of the cause) in a map whose
 * values are 1.  False where memory ran out. */
bool lw_link_entries(
    struct lw_entries *e, uint32_t effect, uint32_t cause, bool of_cause, struct lw_map *keys);

#endif
