/*
 * wording.h - messages that are the same but for their digits.
 *
 * A log says the same again and again, with other numbers, times and ids in it.  A message
 * that is one plain line is remembered without its digits, and each that is the same gets the
 * same number: what a stage found in one of them that hangs on no digit it need not look for
 * again.  What is the same is found by comparing all bytes.  One a thread; everything has a
 * ceiling.
 */
#ifndef LW_ENTRY_WORDING_H
#define LW_ENTRY_WORDING_H

#include "entry/entry.h"

#define LW_WORDING_MIN_BYTES 16
#define LW_WORDING_MAX_BYTES 176 /* of a message; a longer one has no wording */
#define LW_WORDING_WAYS 4        /* places of a wording */
#define LW_WORDINGS_SEEN 4096
#define LW_ANY_DIGIT 0xff /* stands for a digit, and in no UTF-8 */

/* What finishing an entry finds in its message. */
struct lw_wording {
	uint32_t number;        /* entry.wording; 0 where nothing is kept */
	unsigned char bytes;    /* of the message */
	unsigned char blanks;   /* at its end, which entry.clean has not */
	unsigned char severity; /* enum lw_severity, of the text; DEFAULT where it says none */
	char text[LW_WORDING_MAX_BYTES]; /* as lw_wording_of gives it */
};

struct lw_wordings {
	uint64_t hashes[LW_WORDINGS];
	uint32_t numbers[LW_WORDINGS]; /* of the slots, so that those in use alone are touched */
	struct lw_wording slots[LW_WORDINGS];
	uint32_t seen[LW_WORDINGS_SEEN]; /* of hashes that came: their upper half */
	uint32_t rounds;                 /* wordings that were given a number */
	/* The message that was looked for last. */
	uint64_t hash;
	size_t bytes; /* 0: it has no wording */
	char text[LW_WORDING_MAX_BYTES];
};

struct lw_wordings *lw_wordings_new(void);    /* NULL where memory ran out */
void lw_wordings_free(struct lw_wordings *w); /* NULL is fine */

/*
 * The message with LW_ANY_DIGIT for its digits, but for those of a request's status, to `out`:
 * as many bytes as it has.  False where it is too short or too long.
 */
bool lw_wording_of(struct lw_str message, char out[LW_WORDING_MAX_BYTES]);

/* What is known of the message's wording, or NULL.  Valid until the next call of lw_wordings_keep.
 */
const struct lw_wording *lw_wordings_find(struct lw_wordings *w, struct lw_str message);

/* Did the wording that was looked for last come before, so that it is worth keeping? */
bool lw_wordings_came(struct lw_wordings *w);

/* Keep that wording; returns its number, or 0 where the numbers are used up. */
uint32_t lw_wordings_keep(struct lw_wordings *w, size_t blanks, enum lw_severity severity);

#endif
