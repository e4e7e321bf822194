/*
 * phase.h - a part of a start that a message names.
 *
 * "PHASE 3: DATABASE - Setup", "Phase 2/7: Secrets loading ... completed",
 * "[3/7] Connecting cache", "Step 4 of 9 done", "PHASE FAILED: CACHE - no
 * answer", and lines that begin with a tick or a cross.  Told by their form, for
 * any writer; whether they belong to a start is not known here.
 */
#ifndef LW_COUNT_PHASE_H
#define LW_COUNT_PHASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define LW_PHASE_NAME_BYTES 48
#define LW_PHASE_MAX_ORDINAL 99

#define LW_PHASE_STARTED 1u
#define LW_PHASE_PASSED 2u
#define LW_PHASE_FAILED 4u

/* What the message calls it. */
enum lw_phase_kind { LW_PHASE_OF_PHASE, LW_PHASE_OF_STAGE, LW_PHASE_OF_STEP };

struct lw_phase {
	enum lw_phase_kind kind; /* a fraction or a mark alone: of a step */
	struct lw_str name;      /* in the message, at most LW_PHASE_NAME_BYTES; may be empty where
				    there is an ordinal */
	unsigned tenths;         /* its number times ten ("2.5" is 25); 0 where it has none */
	unsigned total;          /* of how many; 0 where unknown */
	uint32_t state;          /* one of LW_PHASE_ */
};

/* False where no message that differs from this one (clean text) in its digits alone names any. */
bool lw_phase_possible(struct lw_str message);

/* The same by all of its bytes: slower, for what is remembered of messages with other digits. */
bool lw_phase_likely(struct lw_str message);

/* False where the message (clean text) names none. */
bool lw_phase_parse(struct lw_str message, struct lw_phase *phase);

#endif
