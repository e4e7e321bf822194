/*
 * chain.h - one chain of vertices, from the surface down (private to why/).
 */
#ifndef LW_WHY_CHAIN_H
#define LW_WHY_CHAIN_H

#include "why/why.h"

#define LW_CHAIN_MAX 16
#define LW_BEHIND_ENOUGH 0.6 /* confidence of a link from a known cause to what no rule knows */
#define LW_CLEAR 0.9         /* contrast of what is hardly ever there without its effect */
#define LW_CLOSE 0.25 /* closeness at which each effect has a cause of its own that it follows */

struct lw_chain {
	uint32_t at[LW_CHAIN_MAX]; /* vertices; [0] is on the surface */
	size_t n;
};

/* The confidence of the link from effect to cause; 0 where there is none. */
double lw_chain_confidence(const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/* Do the messages of effect mostly name the service of cause, and not the other way round? */
bool lw_chain_is_named(const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/*
 * Did the service of `effect` call that of `cause`, and fail for it?  By the
 * traces of most of the effect, or by its messages, which name the other service,
 * where that one failed shortly before; without traces also where each effect comes
 * right after a cause.
 */
bool lw_chain_is_call(const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/*
 * The same by time alone, the weakest of all reasons: the other service's trouble
 * began first, most of the effect follows it within a minute, and where there is
 * none of the effect there is none of it.  It follows closely, or the catalogue knows the one
 * as a cause of the other.
 */
bool lw_chain_is_call_by_time(const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/*
 * By its beginning alone, the last of all: the other service's trouble, never seen before, began
 * right before the effect did, which hardly anything does by chance.
 */
bool lw_chain_has_begun(const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/*
 * Are the two near to each other by chance alone: does each go with requests that the
 * other one does not go with, or was the effect there before the cause began?  Where
 * traces or entries tie them, those have told already.
 */
bool lw_chain_is_apart(const struct lw_analysis *a, const struct lw_link_facts *f);

/* Do entries state the link from cause to effect alone?  Where both happen again and again: is
 * effect much nearer before cause than cause before effect? */
bool lw_chain_is_backwards(const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/* May `cause` stand directly under `effect`?  LW_VERDICT_TAKEN, or why not. */
enum lw_verdict lw_chain_judge(const struct lw_analysis *a, uint32_t effect, uint32_t cause);

/* Follow the best links down from the last vertex. */
void lw_chain_grow(const struct lw_analysis *a, struct lw_chain *ch);

/* Down to at most max vertices, max >= 1: inner ones go, whose neighbours hang together best
 * without them. */
void lw_chain_shorten(const struct lw_analysis *a, struct lw_chain *ch, size_t max);

#endif
