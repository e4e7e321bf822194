/*
 * cluster.h - group the messages that no rule knows, by their masked text.
 *
 * lw_cluster_add takes a message and returns its signature, a hash of its
 * masked tokens; the table of signatures is a sum, so that parts counted by
 * several threads merge in any order into the same table.  lw_clusters_finish
 * then decides, over the sorted signatures, which of them are one template.
 * The outcome depends on the set of messages and their counts alone.
 *
 * Where the ideas come from
 *   Sentry's message parametrisation, and "Preprocessing is all you need":
 *     values are told by their shape, before anything is compared, by one list for all systems.
 *   Loki's pattern ingester: delimiters stay in the template; runs of values are one.
 *   Drain (He et al., ICWS 2017): messages of different shape are never
 *     compared; how many distinct words one place may have is bounded.
 *   Brain (Yu et al., TSC 2023), PIPLUP: decide at the end, from how many
 *     words stand in a place, next to which constants.
 * New here, as far as we know: a shape that repeats is one item however
 * long it is; rows are compared without one position (or two, for twice the
 * evidence), first by token, then by chunk; how much evidence is enough
 * depends on what kind of words they are and on what stands before them
 * (evidence.c).
 *
 * Tried, with mean GA and FGA on 8 labelled samples of LogHub-2k, and on
 * samples made up in the manner of 8 other systems (from remembered
 * message texts, so flattering to all):
 *   digits masked, nothing else                            .453 .488    .711 .362
 *   shapes masked, each type apart                         .685 .859    .832 .738
 *   shapes masked, types not told apart, lists folded      .968 .958    .846 .788
 *   the last, then Drain's tree (similarity .5)            .831 .855    .923 .884
 *   the last but one, then split by position (as IPLoM)    .714 .748    .865 .828
 *   the same, then words of equal frequency (as Brain)     .725 .760    .836 .788
 *   the same, then 9 distinct words for any position       .980 .989    .907 .870
 *   the same, then 3 distinct words for any position       .899 .969    .987 .956
 *   evidence by kind of word, by token alone               .995 .965    .921 .867
 *   evidence by kind of word, by token and chunk: kept     .996 .993    .993 .964
 * The last is flat from 6 to 14 distinct plain words and for 3 or 4 names;
 * 2 names cost .022 on the samples, 5 names .067 on the made-up ones.
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
