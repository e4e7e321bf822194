/* dedupe.c - striped open addressing of 64-bit keys. */
#include "count/dedupe.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/hash.h"

#define STRIPE_BITS 4
#define STRIPES (1u << STRIPE_BITS)
#define FIRST_SLOTS ((size_t)1 << (21 - STRIPE_BITS)) /* 16 MiB over all stripes */

struct stripe {
	pthread_mutex_t lock;
	uint64_t *keys; /* 0 is empty */
	size_t slots, count, max_keys;
	uint64_t full;
};

struct lw_dedupe {
	struct stripe stripes[STRIPES];
};

struct lw_dedupe *
lw_dedupe_new(size_t max_keys)
{
	struct lw_dedupe *d = calloc(1, sizeof(*d));
	unsigned i;

	if (d == NULL)
		return NULL;
	for (i = 0; i < STRIPES; i++) {
		struct stripe *s = &d->stripes[i];

		s->max_keys = (max_keys == 0 ? LW_DEDUPE_MAX_KEYS : max_keys) / STRIPES + 1;
		s->slots = FIRST_SLOTS;
		s->keys = calloc(s->slots, sizeof(*s->keys));
		if (s->keys == NULL || pthread_mutex_init(&s->lock, NULL) != 0) {
			free(s->keys);
			s->keys = NULL;
			lw_dedupe_free(d);
			return NULL;
		}
	}
	return d;
}

void
lw_dedupe_free(struct lw_dedupe *d)
{
	unsigned i;

	if (d == NULL)
		return;
	for (i = 0; i < STRIPES && d->stripes[i].keys != NULL; i++) {
		free(d->stripes[i].keys);
		(void)pthread_mutex_destroy(&d->stripes[i].lock);
	}
	free(d);
}

static size_t
slot_of(const struct stripe *s, uint64_t key)
{
	size_t at = (size_t)key & (s->slots - 1);

	while (s->keys[at] != 0 && s->keys[at] != key)
		at = (at + 1) & (s->slots - 1);
	return at;
}

/* Twice the slots; where memory runs out the table stays as it is and fills up. */
static void
grow(struct stripe *s)
{
	struct stripe bigger = {.slots = s->slots * 2};
	size_t i;

	bigger.keys = calloc(bigger.slots, sizeof(*bigger.keys));
	if (bigger.keys == NULL)
		return;
	for (i = 0; i < s->slots; i++)
		if (s->keys[i] != 0)
			bigger.keys[slot_of(&bigger, s->keys[i])] = s->keys[i];
	free(s->keys);
	s->keys = bigger.keys;
	s->slots = bigger.slots;
}

bool
lw_dedupe_seen(struct lw_dedupe *d, uint64_t key)
{
	struct stripe *s;
	size_t at;
	bool seen;

	key = lw_hash_mix(key);
	if (key == 0)
		key = 1;
	s = &d->stripes[key >> (64 - STRIPE_BITS)];
	(void)pthread_mutex_lock(&s->lock);
	at = slot_of(s, key);
	seen = s->keys[at] != 0;
	if (!seen && s->count < s->max_keys && s->count < s->slots / 8 * 7) {
		s->keys[at] = key;
		if (++s->count > s->slots / 4 * 3)
			grow(s);
	} else if (!seen) {
		s->full++;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return seen;
}

uint64_t
lw_dedupe_full(const struct lw_dedupe *d)
{
	uint64_t full = 0;
	unsigned i;

	for (i = 0; i < STRIPES; i++)
		full += d->stripes[i].full;
	return full;
}
