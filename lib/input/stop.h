/*
 * stop.h - ending an input from outside.
 *
 * A flag that every source looks at before it reads, and a pipe that wakes
 * one that waits, so that a signal between the look and the wait is not lost.
 */
#ifndef LW_INPUT_STOP_H
#define LW_INPUT_STOP_H

#include <stdatomic.h>
#include <stdbool.h>

struct lw_stop {
	atomic_int asked;
	struct lw_stop *above; /* asking it is asking this; NULL for none */
	int wake[2]; /* read end, write end; -1 where no pipe could be had: then EINTR alone wakes
		      */
};

void lw_stop_init(struct lw_stop *s);
void lw_stop_fini(struct lw_stop *s);

/*
 * A stop of one part of what above stops; borrows it, and needs no lw_stop_fini.  Asking
 * it alone is noticed by who looks, and wakes nobody: waits look every second or so.
 */
void lw_stop_below(struct lw_stop *s, struct lw_stop *above);

/* Async-signal-safe, from any thread, any number of times. */
void lw_stop_ask(struct lw_stop *s);

bool lw_stop_asked(struct lw_stop *s);

/* Wait until fd can be read or stop was asked for; false where it was. */
bool lw_stop_wait(struct lw_stop *s, int fd);

#endif
