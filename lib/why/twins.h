/*
 * twins.h - the events of one vertex, each on the side of the causes that it is tied to (private
 * to why/).
 */
#ifndef LW_WHY_TWINS_H
#define LW_WHY_TWINS_H

#include "why/ties.h"

#define LW_SIDE_MIN 3 /* events that make a side */
#define LW_NO_SIDE UINT8_MAX

struct lw_moment { /* an event of the vertex at hand */
	int64_t at_ns;
	uint64_t entry_key, feature;
	uint32_t event;
	uint8_t side; /* which group of causes it is tied to; LW_NO_SIDE */
	bool sure;    /* nothing speaks for another */
};

struct lw_twins {
	struct lw_analysis *a;
	struct lw_ties *ties;
	struct lw_tied *tied;
	struct lw_moment *moments;
	uint64_t *paths;           /* by event */
	bool *unsure;              /* by event: it may be of another part */
	bool clear;                /* hardly any event is tied to causes of two groups */
	uint32_t effect;           /* the vertex at hand */
	uint32_t count;            /* of moments: of that vertex */
	uint8_t side[LW_MAX_TIES]; /* by cause: its group, named by its first cause */
	uint32_t n[LW_MAX_TIES];   /* by group: events */
};

/* Sort the moments by time, or by feature and time. */
void lw_moments_by_time(struct lw_twins *t);
void lw_moments_by_feature(struct lw_twins *t);

/* The cause of a side that lies deepest: the one that comes longest before the failure. */
uint32_t lw_side_deepest(const struct lw_twins *t, const struct lw_ties *ties, uint8_t side);

/* Does something deeper lead to causes of both sides? */
bool lw_sides_share_root(
    const struct lw_twins *t, const struct lw_ties *ties, uint8_t x, uint8_t y);

/* Are the sides two causes, and no two wordings of one?  Sorts the moments anew. */
bool lw_sides_are_two(struct lw_twins *t, const struct lw_ties *ties, uint8_t x, uint8_t y);

#endif
