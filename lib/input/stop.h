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
	int wake[2]; /* read end, write end; -1 where no pipe could be had: then EINTR alone wakes
		      */
};

void lw_stop_init(struct lw_stop *s);
void lw_stop_fini(struct lw_stop *s);

/* Async-signal-safe, from any thread, any number of times. */
void lw_stop_ask(struct lw_stop *s);

bool lw_stop_asked(struct lw_stop *s);

/* Wait until fd can be read or stop was asked for; false where it was. */
bool lw_stop_wait(struct lw_stop *s, int fd);

#endif
