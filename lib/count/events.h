/*
 * events.h - events in few bytes each, while entries are read (private to count/).
 *
 * They are most of what grows with the input, and half of what an event holds is 0 in most:
 * some 30 bytes instead of 56.  Read and written from the first to the last alone.
 */
#ifndef LW_COUNT_EVENTS_H
#define LW_COUNT_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lw_event; /* count/tally.h */

struct lw_events_block; /* events.c */

/* In blocks: an array that doubles leaves holes as large as itself behind. */
struct lw_events { /* all zeros is empty */
	struct lw_events_block *first, *last;
	size_t bytes; /* of the last block */
	uint32_t count;
};

/* Where reading stands; all zeros is before the first. */
struct lw_events_place {
	const struct lw_events_block *block;
	size_t at;
};

void lw_events_fini(struct lw_events *e);

/* One more at the end; false where memory ran out. */
bool lw_events_add(struct lw_events *e, const struct lw_event *ev);

/* The event that comes next; false behind the last. */
bool lw_events_get(const struct lw_events *e, struct lw_events_place *place, struct lw_event *ev);

/*
 * Write again, while they are read, those that stay: `to` begins empty and has the same
 * memory.  None may take more bytes than it took; afterwards `e` is what was written.
 */
struct lw_events lw_events_again(const struct lw_events *e);
void lw_events_keep(struct lw_events *to, const struct lw_event *ev);

#endif
