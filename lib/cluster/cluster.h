/*
 * cluster.h - group the messages that no rule knows, by their masked text.
 *
 * lw_cluster_add takes a message and returns its signature, a hash of its
 * masked tokens; the table of signatures is a sum, so that parts counted by
 * several threads merge in any order into the same table.  lw_clusters_finish
 * then decides, over the sorted signatures, which of them are one template.
 * The outcome depends on the set of messages and their counts alone.
 */
#ifndef LW_CLUSTER_CLUSTER_H
#define LW_CLUSTER_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "entry/entry.h"

#define LW_SIGNATURES_MAX 200000 /* default ceiling */

struct lw_clusterer; /* one a thread */

/* max_signatures 0: the default.  NULL where memory ran out. */
struct lw_clusterer *lw_clusterer_new(size_t max_signatures);
void lw_clusterer_free(struct lw_clusterer *c); /* NULL is fine */

/*
 * Count one message; stack is NULL or the trace in it, by which it is then
 * fingerprinted.  *signature is what lw_cluster_of takes later (never 0).
 * False where memory ran out.  The message is copied where it is needed.
 */
bool lw_cluster_add(struct lw_clusterer *c, struct lw_str message, const struct lw_stack *stack,
    uint64_t *signature);

/* The same, with when it was logged (LW_TIME_NONE: unknown) and how severe it is (LW_SEV_DEFAULT:
 * unknown). */
bool lw_cluster_add_at(struct lw_clusterer *c, struct lw_str message, const struct lw_stack *stack,
    int64_t time_ns, enum lw_severity severity, uint64_t *signature);

/* Add what `from` counted to `into`; `from` is empty afterwards.  False where memory ran out. */
bool lw_clusterer_merge(struct lw_clusterer *into, struct lw_clusterer *from);

struct lw_value_count {
	struct lw_str value;
	uint64_t count;
};

struct lw_slot {          /* one wildcard of a template */
	const char *type; /* "number", "uuid", "*", ... */
	/* The commonest, most first, ties by byte order; where distinct_capped, of a sample of the
	 * distinct values that was chosen by hash. */
	const struct lw_value_count *values;
	size_t value_count;
	uint64_t distinct; /* distinct values seen; an estimate where distinct_capped */
	bool distinct_capped;
};

struct lw_template {
	uint64_t id;           /* hash of text: the same message has the same id tomorrow */
	struct lw_str text;    /* "connect to <ip>:<port> failed", one line */
	struct lw_str example; /* one message, the least in byte order among those kept */
	uint64_t count;
	int64_t first_ns, last_ns;   /* LW_TIME_NONE where no time is known */
	enum lw_severity severity;   /* the highest */
	const struct lw_slot *slots; /* in order of appearance in text */
	size_t slot_count;
	bool is_stack; /* fingerprinted by exception and frames */
};

/* Decide the templates; no lw_cluster_add afterwards.  False where memory ran out. */
bool lw_clusters_finish(struct lw_clusterer *c);

/* After finish: templates sorted by id; all memory is owned by c. */
size_t lw_cluster_count(const struct lw_clusterer *c);
const struct lw_template *lw_cluster_template(const struct lw_clusterer *c, size_t i);

/* After finish: the index of the template that a signature fell into; UINT32_MAX where unknown. */
uint32_t lw_cluster_of(const struct lw_clusterer *c, uint64_t signature);

/* Messages whose signature was folded into a coarser one because the ceiling was reached; 0 where
 * it was not. */
uint64_t lw_cluster_folded(const struct lw_clusterer *c);

#endif
