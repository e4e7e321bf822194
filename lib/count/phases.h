/*
 * phases.h - the phases that messages of each instance name, as a table that merges.
 *
 * One row a phase and instance: how it went, and when.  Above the ceiling whole
 * instances are dropped by their hash.  Not thread-safe.
 */
#ifndef LW_COUNT_PHASES_H
#define LW_COUNT_PHASES_H

#include "base/map.h"
#include "base/time.h"
#include "count/phase.h"

#define LW_MAX_PHASES 16384 /* rows; default ceiling */

struct lw_phase_row {
	uint64_t instance; /* hash, as in lw_instance */
	uint64_t key;      /* of the ordinal, or of the name where there is none */
	int64_t first_ns;  /* first message; LW_TIME_NONE where none has a time */
	int64_t end_ns;    /* first message that says how it ended; LW_TIME_NONE */
	uint32_t state;    /* LW_PHASE_ flags */
	uint16_t tenths, total;
	uint8_t kind; /* enum lw_phase_kind */
	uint8_t name_bytes;
	int64_t name_ns;                /* of the message that gave the name: the first one */
	char name[LW_PHASE_NAME_BYTES]; /* the least of several at one moment */
};

/* Zero-initialise. */
struct lw_phases {
	struct lw_phase_row *rows;
	uint32_t count, capacity;
	uint32_t max; /* ceiling; 0: LW_MAX_PHASES */
	unsigned level;
	struct lw_map map;
};

void lw_phases_fini(struct lw_phases *p);

/* Count the phase that a message of an instance names, if it does.  False where memory ran out. */
bool lw_phases_add(struct lw_phases *p, struct lw_str message, uint64_t instance, int64_t time_ns);

/* Add what `from` counted.  False where memory ran out. */
bool lw_phases_merge(struct lw_phases *p, const struct lw_phases *from);

#endif
