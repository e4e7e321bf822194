/*
 * queue.h - a bounded queue of pointers between threads.
 *
 * Any number of threads put and take.  A full queue makes lw_queue_put wait,
 * an empty one lw_queue_take, until lw_queue_close.
 */
#ifndef LW_BASE_QUEUE_H
#define LW_BASE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct lw_queue {
	pthread_mutex_t lock;
	pthread_cond_t can_put, can_take;
	void **items;
	size_t capacity, head, count;
	bool closed;
};

/* False where memory or locks ran out. */
bool lw_queue_init(struct lw_queue *q, size_t capacity);
void lw_queue_fini(struct lw_queue *q); /* no thread may wait in it any more */

void lw_queue_put(struct lw_queue *q, void *item); /* item is not NULL */
void *lw_queue_take(struct lw_queue *q);           /* NULL when closed and empty */
void lw_queue_close(struct lw_queue *q);

#endif
