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

struct lw_events { /* all zeros is empty */
	unsigned char *packed;
	size_t bytes, room;
	uint32_t count;
};

void lw_events_fini(struct lw_events *e);

/* One more at the end; false where memory ran out. */
bool lw_events_add(struct lw_events *e, const struct lw_event *ev);

/* The event at *at, which is 0 for the first and then that of the next; false behind the last. */
bool lw_events_get(const struct lw_events *e, size_t *at, struct lw_event *ev);

/*
 * Write again, while they are read, those that stay: `to` begins empty and has the same
 * memory.  None may take more bytes than it took; afterwards `e` is what was written.
 */
struct lw_events lw_events_again(const struct lw_events *e);
void lw_events_keep(struct lw_events *to, const struct lw_event *ev);

#endif
