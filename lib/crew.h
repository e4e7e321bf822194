/*
 * crew.h - records to entries to counts, on one or several threads.
 *
 * One thread reads and cuts records; it hands them in batches to workers, each
 * with a decoder and an observer of its own.  With one thread there are no
 * batches and no locks.  What the workers saw is merged at the end.
 */
#ifndef LW_CREW_H
#define LW_CREW_H

#include "input/input.h"
#include "observe.h"

/* What the records of one input came to. */
struct lw_input_count {
	uint64_t entries;
	uint64_t malformed;
	struct lw_error first_malformed; /* by offset */
	struct lw_notice {
		uint64_t count;
		struct lw_error first; /* by offset */
	} notices[LW_CODE_COUNT];      /* fields that could not be used, by code */
};

struct lw_crew;

struct lw_crew_options {
	const struct lw_catalog *catalog;
	struct lw_dedupe *dedupe;
	struct lw_filter filter;
	int64_t step_ns;
	enum lw_decoder_kind decoder;
	unsigned threads; /* at least 1 */
};

struct lw_crew *lw_crew_new(
    const struct lw_crew_options *o); /* NULL where memory or threads ran out */
void lw_crew_free(struct lw_crew *c); /* NULL is fine; ends the threads */

/* Work on a record; its bytes are copied where they are needed later.  False where memory ran out.
 */
bool lw_crew_give(struct lw_crew *c, const struct lw_record *record);

/* Wait for the rest and merge; then the observer and the counts are whole.  False where memory ran
 * out. */
bool lw_crew_finish(struct lw_crew *c);

/* After lw_crew_finish; owned by the crew. */
struct lw_observer *lw_crew_observer(const struct lw_crew *c);

/* Counts of input i; NULL where it gave no record. */
const struct lw_input_count *lw_crew_input(const struct lw_crew *c, uint32_t i);

/* Entries at ERROR or above so far, roughly. */
uint64_t lw_crew_errors(const struct lw_crew *c);

#endif
