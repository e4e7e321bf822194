/* queue.c - a ring under one lock. */
#include "base/queue.h"

#include <stdlib.h>

bool
lw_queue_init(struct lw_queue *q, size_t capacity)
{
	*q = (struct lw_queue){.capacity = capacity};
	q->items = calloc(capacity, sizeof(*q->items));
	if (q->items == NULL)
		return false;
	if (pthread_mutex_init(&q->lock, NULL) != 0)
		goto no_lock;
	if (pthread_cond_init(&q->can_put, NULL) != 0)
		goto no_can_put;
	if (pthread_cond_init(&q->can_take, NULL) != 0)
		goto no_can_take;
	return true;
no_can_take:
	(void)pthread_cond_destroy(&q->can_put);
no_can_put:
	(void)pthread_mutex_destroy(&q->lock);
no_lock:
	free(q->items);
	return false;
}

void
lw_queue_fini(struct lw_queue *q)
{
	(void)pthread_cond_destroy(&q->can_take);
	(void)pthread_cond_destroy(&q->can_put);
	(void)pthread_mutex_destroy(&q->lock);
	free(q->items);
}

void
lw_queue_put(struct lw_queue *q, void *item)
{
	(void)pthread_mutex_lock(&q->lock);
	while (q->count == q->capacity)
		(void)pthread_cond_wait(&q->can_put, &q->lock);
	q->items[(q->head + q->count++) % q->capacity] = item;
	(void)pthread_cond_signal(&q->can_take);
	(void)pthread_mutex_unlock(&q->lock);
}

void *
lw_queue_take(struct lw_queue *q)
{
	void *item = NULL;

	(void)pthread_mutex_lock(&q->lock);
	while (q->count == 0 && !q->closed)
		(void)pthread_cond_wait(&q->can_take, &q->lock);
	if (q->count > 0) {
		item = q->items[q->head];
		q->head = (q->head + 1) % q->capacity;
		q->count--;
		(void)pthread_cond_signal(&q->can_put);
	}
	(void)pthread_mutex_unlock(&q->lock);
	return item;
}

void
lw_queue_close(struct lw_queue *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->closed = true;
	(void)pthread_cond_broadcast(&q->can_take);
	(void)pthread_mutex_unlock(&q->lock);
}
