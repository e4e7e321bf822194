/*
 * rows.h - adding to the rows of a tally, one by one (private to count/).
 *
 * What counts entries and what merges tallies share these.  Where memory runs
 * out they set tally.failed; where a table is full they drop by hash (level.h).
 */
#ifndef LW_COUNT_ROWS_H
#define LW_COUNT_ROWS_H

#include "count/tally.h"

/* The row of the entry's service, made when new, or tally.rest, and its key; LW_MAP_NONE where
 * memory ran out.  May renumber services. */
uint32_t lw_rows_service(struct lw_tally *t, const struct lw_entry *e, uint64_t *key);

/* The row that stands for services which are not kept; LW_MAP_NONE where memory ran out. */
uint32_t lw_rows_rest(struct lw_tally *t);

/* A revision of s, with the hash of its name, was seen from first_ns to last_ns (LW_TIME_NONE:
 * unknown).  Its index, LW_INTERN_FULL where it is not kept or memory ran out. */
uint32_t lw_rows_revision(struct lw_tally *t, struct lw_service *s, struct lw_str name,
    uint64_t hash, int64_t first_ns, int64_t last_ns);

/* Before s is settled: the index of its revision, LW_INTERN_FULL where it is none that is kept. */
uint32_t lw_rows_find_revision(const struct lw_service *s, uint64_t hash);

/* What a node is of. */
struct lw_kind {
	uint64_t what, signature;
	uint32_t rule;
	uint64_t service_key; /* LW_REST: of many */
};

static inline struct lw_kind
lw_kind_of(const struct lw_node *n)
{
	return (struct lw_kind){n->what, n->signature, n->rule, n->service_key};
}

uint64_t lw_rows_node_key(const struct lw_kind *kind);

/* The row of a node in that service, made when new, or the one that it is counted in over all
 * services; LW_NO_NODE where it is dropped or memory ran out.  May renumber nodes. */
uint32_t lw_rows_node(struct lw_tally *t, const struct lw_kind *kind, uint32_t service);

/* The row in which what is in n, of another tally, is counted; LW_NO_NODE where there is none. */
uint32_t lw_rows_find(const struct lw_tally *t, const struct lw_node *n);

/* An instance (0: unknown, nothing is done) was seen from first_ns to last_ns, with these
 * LW_INSTANCE_ flags.  Its row until the next call, NULL where there is none. */
struct lw_instance *lw_rows_instance(struct lw_tally *t, uint64_t hash, uint32_t service,
    uint32_t flags, int64_t first_ns, int64_t last_ns);

/* The instance came up (LW_INSTANCE_CAME_UP) or failed (LW_INSTANCE_FAILED) from first_ns to
 * last_ns; NULL is fine. */
void lw_rows_start(struct lw_instance *i, uint32_t flags, int64_t first_ns, int64_t last_ns);

/* The instance is of a revision; where several are named, of the first by name. */
void lw_rows_instance_revision(const struct lw_tally *t, struct lw_instance *i, uint32_t revision);

/* The instance is a part of this pod (0: of none); where several are named, of the lowest. */
void lw_rows_instance_pod(struct lw_instance *i, uint64_t pod);

/* A node, of that key, was seen on an instance (0: unknown, nothing is done). */
void lw_rows_pair(struct lw_tally *t, uint64_t instance, uint64_t key, uint32_t node);

/* Keep the event where its scopes are drawn; tally.events_seen is left to the caller. */
void lw_rows_event(struct lw_tally *t, const struct lw_event *ev);

#endif
