/*
 * ties.h - which of several causes each single event hangs together with (private to why/).
 *
 * An event is tied to a cause that its trace holds; without traces to one logged while it lasted
 * or right before its end, on its instance where both say theirs.
 */
#ifndef LW_WHY_TIES_H
#define LW_WHY_TIES_H

#include "why/private.h"

#define LW_MAX_TIES 16 /* causes looked at for one vertex */
#define LW_NOT_TIED UINT8_MAX

struct lw_tie {
	uint32_t vertex;
	enum lw_scope kind; /* trace, instance or system: in which its events are looked for */
	int64_t reach_ns;   /* how far before the effect's end; unused in traces */
	uint64_t near;      /* events of the effect that are tied to it */
	uint64_t followed;  /* events of the cause that one of the effect is tied to */
};

struct lw_ties { /* of one vertex */
	struct lw_tie causes[LW_MAX_TIES];
	uint32_t count;
};

struct lw_tied {         /* of one event */
	int64_t lag_ns;  /* to the nearest */
	uint16_t mask;   /* of its vertex's causes: those that are near */
	uint8_t nearest; /* of these; LW_NOT_TIED where there is none */
	bool right;      /* they are right before or behind its end, not only while it lasted */
	bool drawn;      /* it was looked at: what is around it is among the kept */
};

/*
 * Fill paths (by event) with what the requests asked for, as in struct lw_event, that the events
 * are of: of one trace, or the one on the same instance, or of all, that ended first after it.
 * 0 where it is not known.  False where memory ran out.
 */
bool lw_ties_paths(const struct lw_analysis *a, uint64_t *paths);

/*
 * Fill ties (by vertex) and tied (by event).  A cause is left where hardly any effect is tied to
 * it, where it mostly leads to none, or where it is there without the effect as often as with it.
 * False where memory ran out.
 */
bool lw_ties_find(const struct lw_analysis *a, struct lw_ties *ties, struct lw_tied *tied);

#endif
