/*
 * crew.h - records to entries to counts, on one or several threads.
 *
 * Each thread takes blocks of records from the reader, and has a decoder and an
 * observer of its own.  The thread that calls is one of them.  What they saw is
 * merged at the end, as sums that do not depend on who saw what.
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
	struct lw_filter filter;
	int64_t step_ns;
	enum lw_decoder_kind decoder;
	unsigned threads; /* at least 1 */
	bool as_needed;   /* one thread until the inputs show to be worth others */
	bool large;       /* tens of thousands of entries are known to come */
};

/*
 * NULL where memory ran out.  For a large input, a thread makes ready from here on what memory it
 * will take, where more than one is allowed.
 */
struct lw_crew *lw_crew_new(const struct lw_crew_options *o);
void lw_crew_free(struct lw_crew *c); /* NULL is fine; ends the threads */

/* Called by the thread that called lw_crew_read, now and then. */
typedef void lw_crew_fn(void *arg);

/*
 * Read all inputs of r, and merge; then the observer and the counts are whole.  The catalogue must
 * outlive the crew; beat may be NULL.  False where memory ran out.  Once a crew.
 */
bool lw_crew_read(struct lw_crew *c, const struct lw_catalog *catalog, struct lw_reader *r,
    lw_crew_fn *beat, void *arg);

/* After lw_crew_read; owned by the crew. */
struct lw_observer *lw_crew_observer(const struct lw_crew *c);

/* Counts of input i; NULL where it gave no record. */
const struct lw_input_count *lw_crew_input(const struct lw_crew *c, uint32_t i);

/* Entries that were not looked up among the duplicates for want of room; after lw_crew_read. */
uint64_t lw_crew_unchecked(const struct lw_crew *c);

/* Records so far, and entries at ERROR or above, roughly; any thread. */
uint64_t lw_crew_records(const struct lw_crew *c);
uint64_t lw_crew_errors(const struct lw_crew *c);

#endif
