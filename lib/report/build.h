/*
 * build.h - from the outcome of a run to the report model.
 *
 * The one place in report/ that knows tallies, clusters and analyses; the
 * writers know the model alone.
 */
#ifndef LW_REPORT_BUILD_H
#define LW_REPORT_BUILD_H

#include "base/arena.h"
#include "report/model.h"
#include "why/why.h"

struct lw_build {
	const struct lw_tally *tally;
	const struct lw_clusterer *clusters;
	const struct lw_analysis *analysis;
	const struct lw_m_input *inputs;
	size_t input_count;
	const char *title;   /* NULL: made from the incidents */
	const char *explain; /* id or number of an incident, "all", or NULL for none */
	const char *version;
	int64_t since_ns, until_ns; /* what was asked for; LW_TIME_NONE where nothing was */
	int64_t step_ns;
	bool compared;                 /* it will be compared with earlier reports */
	uint64_t malformed;            /* over all inputs */
	uint64_t duplicates_unchecked; /* entries that were not looked up for want of room */
	uint64_t
	    fragments_dropped; /* lines of traces that were not put together for want of room */
};

/* The model in `arena`; it borrows from everything in *b.  NULL where memory ran out. */
struct lw_report *lw_report_build(const struct lw_build *b, struct lw_arena *arena);

#endif
