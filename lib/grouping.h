/*
 * grouping.h - inputs in, templates out: what `logwhy cluster` does.
 *
 * The short run of the engine: input, entry, cluster.  Plain lines of text
 * take a shorter way than entries: their header is read, nothing else.
 */
#ifndef LW_GROUPING_H
#define LW_GROUPING_H

#include "cluster/cluster.h"
#include "input/input.h"

struct lw_grouping;

/* Called for every record in input order with its signature; 0 where the record holds no message.
 */
typedef void lw_grouping_fn(void *arg, uint64_t signature);

struct lw_grouping_options {
	lw_diag_fn *diag; /* may be NULL */
	void *diag_arg;
	lw_grouping_fn *assigned; /* may be NULL; else every line of text is a record of its own */
	void *assigned_arg;
	void (*progress)(
	    void *arg, const struct lw_grouping *g); /* every few thousand records; may be NULL */
	void *progress_arg;
	const struct lw_remote
	    *remote; /* how to reach inputs over the network; borrowed; may be NULL */
};

/* Reads operands as lw_reader_new does.  NULL where memory ran out. */
struct lw_grouping *lw_grouping_new(
    const char *const *operands, size_t count, const struct lw_grouping_options *o);
void lw_grouping_free(struct lw_grouping *g); /* NULL is fine */

/* Read everything and decide the templates.  False where memory ran out. */
bool lw_grouping_run(struct lw_grouping *g);

/* End the input early; async-signal-safe. */
void lw_grouping_stop(struct lw_grouping *g);

/* After the run; owned by g. */
const struct lw_clusterer *lw_grouping_clusters(const struct lw_grouping *g);
const struct lw_reader *lw_grouping_reader(const struct lw_grouping *g);
uint64_t lw_grouping_messages(const struct lw_grouping *g);
uint64_t lw_grouping_malformed(const struct lw_grouping *g); /* records that could not be used */

/* How severe a template is: what its entries said, else what its example says. */
enum lw_severity lw_grouping_severity(struct lw_grouping *g, const struct lw_template *t);

#endif
