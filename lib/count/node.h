/* node.h - what a node keeps: values, revisions, samples (private to count/). */
#ifndef LW_COUNT_NODE_H
#define LW_COUNT_NODE_H

#include "count/tally.h"

/* A copy of what a report shows of e (raised as in lw_node_sample), with the times, keys and rank
 * of head, to be released with free(); NULL where memory ran out. */
struct lw_sample *lw_sample_new(
    const struct lw_entry *e, const struct lw_exception *raised, const struct lw_sample *head);

void lw_node_fini(struct lw_node *n);

/* Count a captured value of an entry; revision is LW_INTERN_FULL where it is not kept, its hash 0
 * where it is unknown.  Which values are kept depends on what they are called, not on what came
 * first.  False where memory ran out. */
bool lw_node_value(struct lw_node *n, uint32_t capture, struct lw_str text, uint32_t revision,
    uint64_t revision_hash, int64_t time_ns);

bool lw_node_revision(struct lw_node *n, uint32_t revision);
void lw_node_forget_revisions(struct lw_node *n);

/* Add what f counted, with the numbers of revisions as n has them; f keeps no samples.  False where
 * memory ran out. */
bool lw_node_take(struct lw_node *n, struct lw_node *f);

/* Offer an entry as a sample; it is kept where it belongs to the first by either order.  raised is
 * the exception that the node is of, or NULL. */
bool lw_node_sample(struct lw_node *n, const struct lw_entry *e, uint64_t entry_key, uint64_t rank,
    const struct lw_exception *raised);

/* Move the samples of `from` that belong to the first into n. */
void lw_node_take_samples(struct lw_node *n, struct lw_node *from);

/* Widen *first..*last by t (LW_TIME_NONE changes nothing). */
static inline void
lw_span_add(int64_t *first, int64_t *last, int64_t t)
{
	const uint64_t none_last = INT64_MAX; /* added, it makes LW_TIME_NONE the last of all */

	if ((uint64_t)t + none_last < (uint64_t)*first + none_last)
		*first = t;
	if (t > *last) /* LW_TIME_NONE is the first of all */
		*last = t;
}

#endif
