/*
 * startup.h - how the instances of a service start.
 *
 * A start is an instance that came up or that failed to.  It came up at its
 * first start-up marker (at its last one where it had failed before), and took
 * so long from its first entry.  It failed where a symptom of layer startup says
 * so and no marker follows, or where it failed within LW_START_MOMENT_NS of its
 * first entry without having come up or answered a request.
 *
 *   failing  three of four starts failed, two at least, and no two came up after
 *            the last failure; or the starts since the last one that came up have failed, for
 * longer than the longest healthy start of the service took: two at least, or one where nothing of
 * this service or revision ever came up; where no healthy start is known to compare with, two at
 * least slow     it came up only after starts that failed, or one start took three times the median
 * and 10 s more than that healthy  starts came up unknown  neither
 */
#ifndef LW_WHY_STARTUP_H
#define LW_WHY_STARTUP_H

#include "why/why.h"

#define LW_START_MOMENT_NS (600 * LW_NS_PER_S)

enum lw_startup_verdict {
	LW_STARTUP_UNKNOWN,
	LW_STARTUP_HEALTHY,
	LW_STARTUP_SLOW,
	LW_STARTUP_FAILING
};

struct lw_startup {
	enum lw_startup_verdict verdict;
	uint64_t starts, came_up, failed;          /* instances kept; see tally.scope_level */
	int64_t healthy_max_ns, healthy_median_ns; /* LW_TIME_NONE where none came up */
	int64_t tried_max_ns, tried_median_ns;     /* of those that failed; LW_TIME_NONE */
	int64_t failing_from_ns, failing_to_ns;    /* starts since the last that came up;
						      LW_TIME_NONE where it is none */
};

/* One start, for those that sum them up. */
struct lw_start {
	uint32_t service, revision; /* into the tally's */
	bool came_up, late;         /* late: after it had failed */
	int64_t begin_ns, end_ns;   /* end: came up, or failed last */
	uint64_t instance;
};

/* A phase over the starts of a service. */
struct lw_startup_phase {
	enum lw_phase_kind kind;
	struct lw_str name; /* may be empty; in the tally */
	unsigned tenths, total;
	uint64_t instances, passed, failed; /* passed: said so, or a later one began, or the
					       instance came up */
	int64_t median_ns; /* from its first message to the one that says how it ended;
			      LW_TIME_NONE where unknown */
};

#define LW_STARTUP_PHASES 32 /* more, and they are no phases */

/* All starts, by service, begin and instance, in the arena of `a`; false where memory ran out. */
bool lw_why_starts(struct lw_analysis *a);

/* Of the starts of a service, or of one revision of it (LW_INTERN_FULL: all); false where memory
 * ran out. */
bool lw_startup_sum(
    const struct lw_analysis *a, uint32_t service, uint32_t revision, struct lw_startup *sum);

/*
 * The phases that messages of the service's instances name between their first
 * entry and the end of their start, by number, then others by when they come; none
 * where there are more than LW_STARTUP_PHASES.  In the arena; *phases is NULL where
 * there are none.  False where memory ran out.
 */
bool lw_startup_phases(const struct lw_analysis *a, uint32_t service, struct lw_arena *arena,
    const struct lw_startup_phase **phases, size_t *count);

#endif
