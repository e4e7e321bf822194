/*
 * observe.h - one entry through the stages that look at it alone.
 *
 * duplicates -> filters -> traces and split entries put aside -> rules ->
 * unknown messages -> counts.  One observer a thread; what several of them
 * saw is merged into one.
 */
#ifndef LW_OBSERVE_H
#define LW_OBSERVE_H

#include "catalog/scan.h"
#include "cluster/cluster.h"
#include "count/dedupe.h"
#include "count/tally.h"
#include "entry/entry.h"

struct lw_filter {
	int64_t since_ns, until_ns; /* LW_TIME_NONE: no bound */
	const char *service;        /* NULL: all */
};

struct lw_observer;

/* Everything passed in must outlive the observer.  NULL where memory ran out. */
struct lw_observer *lw_observer_new(const struct lw_catalog *catalog, struct lw_dedupe *dedupe,
    const struct lw_filter *filter, int64_t step_ns);
void lw_observer_free(struct lw_observer *o); /* NULL is fine */

/* Before its first entry: o puts pieces of traces and split entries aside where `with` does, which
 * must outlive it.  Else each keeps as many as all together may. */
void lw_observer_share(struct lw_observer *o, const struct lw_observer *with);

/* See one entry. */
void lw_observe(struct lw_observer *o, const struct lw_entry *e);

/*
 * See the entry given before, and *e when the next one is given or with
 * lw_observe_rest: in between the table of duplicates brings nearer what it needs to know of it.
 * *e and what it borrows must stay valid until then.
 */
void lw_observe_soon(struct lw_observer *o, const struct lw_entry *e);
void lw_observe_rest(struct lw_observer *o);

/* Add what `from` saw. */
void lw_observer_merge(struct lw_observer *o, struct lw_observer *from);

/* After the last entry: traces and split entries are put together and counted; tally and clusters
 * are final. */
void lw_observer_finish(struct lw_observer *o);

/* Owned by the observer. */
struct lw_tally *lw_observer_tally(const struct lw_observer *o);
struct lw_clusterer *lw_observer_clusters(const struct lw_observer *o);

/* Identities of entries that it was the first to see, of all that share the table of duplicates. */
uint64_t lw_observer_fresh(const struct lw_observer *o);

/* Lines of traces that found no room, and so were counted one by one. */
uint64_t lw_observer_dropped(const struct lw_observer *o);

/* False where memory ran out on the way. */
bool lw_observer_ok(const struct lw_observer *o);

#endif
