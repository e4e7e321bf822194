/* linker.h - links under construction (private to why/). */
#ifndef LW_WHY_LINKER_H
#define LW_WHY_LINKER_H

#include "why/private.h"
#include "why/refs.h"

struct lw_lags {
	int64_t *ns;
	uint32_t count, capacity;
};

/* Where a cause came once before the first of many effects: when, and when these began. */
struct lw_onsets {
	int64_t cause_from_ns, cause_to_ns, effect_from_ns, effect_to_ns; /* LW_TIME_NONE */
};

/* Lags are kept by kind of scope, and those of causes that came once before many effects. */
#define LW_LAG_ONSET LW_SCOPE_COUNT
#define LW_LAG_KINDS (LW_SCOPE_COUNT + 1)

#define LW_MAX_LAGS 1024 /* kept of a link for the median */

#define LW_RECENT_LINKS 1024 /* a power of two */

struct lw_linker {
	struct lw_analysis *a;
	struct lw_map map;                /* (effect, cause) to link */
	uint32_t recent[LW_RECENT_LINKS]; /* found last, by effect and cause */
	struct lw_lags *lags;             /* as a->links, LW_LAG_KINDS for each */
	uint64_t *both;        /* as a->links: instances that show effect and cause in any order */
	uint64_t *both_traces; /* as a->links: the same for traces */
	struct lw_onsets *onsets; /* as a->links, over all instances */
	uint32_t capacity;
	struct lw_ref *refs; /* room for all events */
	uint8_t *slots; /* by vertex: one more than where it is among those seen in the scope at
			   hand; 0: nowhere */
	bool failed;    /* memory ran out */
};

static inline uint32_t
lw_recent_link(uint32_t effect, uint32_t cause)
{
	return (effect * 61 + cause) & (LW_RECENT_LINKS - 1);
}

/* The link from effect to cause, made where it is new; NULL where there is no room. */
struct lw_link_facts *lw_linker_find(struct lw_linker *l, uint32_t effect, uint32_t cause);

/* The same, without a look into the map where it was found lately. */
static inline struct lw_link_facts *
lw_linker_get(struct lw_linker *l, uint32_t effect, uint32_t cause)
{
	uint32_t at = l->recent[lw_recent_link(effect, cause)];
	struct lw_link_facts *f = &l->a->links[at];

	if (at < l->a->link_count && f->effect == effect && f->cause == cause)
		return f;
	return lw_linker_find(l, effect, cause);
}

/* Where it is among the links; *known is one more than that, 0 before it was asked for.
 * LW_MAP_NONE where there is no room. */
static inline uint32_t
lw_linker_at(struct lw_linker *l, uint32_t effect, uint32_t cause, uint32_t *known)
{
	const struct lw_link_facts *f;

	if (*known == 0) {
		f = lw_linker_get(l, effect, cause);
		if (f == NULL)
			return LW_MAP_NONE;
		*known = (uint32_t)(f - l->a->links) + 1;
	}
	return *known - 1;
}

/* Room for more lags; false where memory ran out. */
bool lw_linker_more_lags(struct lw_linker *l, struct lw_lags *lags);

/* Remember a lag of this kind for the median of the link at `at`. */
static inline void
lw_linker_lag(struct lw_linker *l, uint32_t at, unsigned kind, int64_t lag_ns)
{
	struct lw_lags *lags = &l->lags[(size_t)at * LW_LAG_KINDS + kind];

	if (lags->count == LW_MAX_LAGS ||
	    (lags->count == lags->capacity && !lw_linker_more_lags(l, lags)))
		return;
	lags->ns[lags->count++] = lag_ns;
}

#define LW_MAX_IN_SCOPE 192 /* vertices looked at in one scope; more say little of any one */

void lw_link_by_scope(struct lw_linker *l, enum lw_scope kind); /* scopes.c */
void lw_link_close(struct lw_linker *l, enum lw_scope kind);    /* close.c */
void lw_link_stated(struct lw_linker *l);                       /* stated.c */
void lw_link_named(struct lw_linker *l);                        /* named.c */
void lw_link_contrasts(struct lw_linker *l);                    /* contrast.c; after the others */

/*
 * began.c: a few entries of what a rule knows as the cause of many: did they begin shortly
 * before these did, and not before?
 */
bool lw_link_has_begun(const struct lw_analysis *a, const struct lw_link_facts *f);

/* The same of what no rule knows: sets `alone` of links that are sorted and indexed already.  False
 * where memory ran out. */
bool lw_link_begun(struct lw_analysis *a);

/*
 * climb.c: does a number in the cause, a warning, go one way until the effect begins, and no
 * further then?  Sets `climbs` of links that are sorted already.
 */
void lw_link_climbs(struct lw_analysis *a);

/* wordings.c: sets `others` of links that are sorted already. */
void lw_link_wordings(struct lw_analysis *a);

/* close.c: sets `borne` of each vertex, of which there are so many events. */
void lw_find_borne(struct lw_analysis *a, const uint64_t *events);

#endif
