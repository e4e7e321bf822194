/* events.c - packing events. */
#include "count/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/varint.h"
#include "count/tally.h"

/* What is there, in the lowest bits of the first number; the event's flags are above. */
#define HAS_INSTANCE 1u
#define HAS_TRACE 2u
#define HAS_PATH 4u
#define HAS_START 8u /* apart from the effect */
#define FLAGS_AT 4
#define MAX_BYTES ((size_t)2 * LW_VARINT_MAX_BYTES + 6 * sizeof(uint64_t))

#define BLOCK_BYTES ((size_t)32 << 10)

struct lw_events_block {
	struct lw_events_block *next; /* what is behind the last of lw_events waits for its turn */
	size_t bytes;                 /* set when the next one is begun */
	unsigned char packed[BLOCK_BYTES - 4 * sizeof(size_t)];
};

void
lw_events_fini(struct lw_events *e)
{
	struct lw_events_block *b, *next;

	for (b = e->first; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*e = (struct lw_events){0};
}

static unsigned char *
put(unsigned char *p, uint64_t x)
{
	memcpy(p, &x, sizeof(x));
	return p + sizeof(x);
}

static const unsigned char *
get(const unsigned char *p, uint64_t *x)
{
	memcpy(x, p, sizeof(*x));
	return p + sizeof(*x);
}

/* Go on in another block; false where memory ran out. */
static bool
next_block(struct lw_events *e)
{
	struct lw_events_block **next = e->last == NULL ? &e->first : &e->last->next;

	if (*next == NULL) {
		*next = malloc(sizeof(**next));
		if (*next == NULL)
			return false;
		(*next)->next = NULL;
	}
	if (e->last != NULL)
		e->last->bytes = e->bytes;
	e->last = *next;
	e->bytes = 0;
	return true;
}

/* Has the last block room for any event? */
static bool
has_room(const struct lw_events *e)
{
	return e->last != NULL && sizeof(e->last->packed) - e->bytes >= MAX_BYTES;
}

void
lw_events_keep(struct lw_events *to, const struct lw_event *ev)
{
	unsigned has = (ev->instance != 0 ? HAS_INSTANCE : 0) | (ev->trace != 0 ? HAS_TRACE : 0) |
		       (ev->path != 0 ? HAS_PATH : 0) |
		       (ev->start_ns != ev->effect_ns ? HAS_START : 0);
	unsigned char *p;

	if (!has_room(to)) /* there is a next one: it was read */
		(void)next_block(to);
	p = to->last->packed + to->bytes;
	p = lw_varint_put(p, (uint64_t)ev->flags << FLAGS_AT | has);
	p = lw_varint_put(p, ev->node == LW_NO_NODE ? 0 : (uint64_t)ev->node + 1);
	p = put(p, (uint64_t)ev->effect_ns);
	p = put(p, ev->entry_key);
	if ((has & HAS_INSTANCE) != 0)
		p = put(p, ev->instance);
	if ((has & HAS_TRACE) != 0)
		p = put(p, ev->trace);
	if ((has & HAS_PATH) != 0)
		p = put(p, ev->path);
	if ((has & HAS_START) != 0)
		p = put(p, (uint64_t)ev->start_ns);
	to->bytes = (size_t)(p - to->last->packed);
	to->count++;
}

bool
lw_events_add(struct lw_events *e, const struct lw_event *ev)
{
	if (!has_room(e) && !next_block(e))
		return false;
	lw_events_keep(e, ev);
	return true;
}

bool
lw_events_get(const struct lw_events *e, struct lw_events_place *place, struct lw_event *ev)
{
	const unsigned char *p;
	uint64_t flags, node, effect, start;

	if (place->block == NULL)
		*place = (struct lw_events_place){e->first, 0};
	if (place->block == NULL || (place->block == e->last && place->at == e->bytes))
		return false;
	if (place->block != e->last && place->at == place->block->bytes)
		*place = (struct lw_events_place){place->block->next, 0};
	p = place->block->packed + place->at;
	*ev = (struct lw_event){0};
	p = lw_varint_get(p, &flags);
	p = lw_varint_get(p, &node);
	p = get(p, &effect);
	p = get(p, &ev->entry_key);
	start = effect;
	if ((flags & HAS_INSTANCE) != 0)
		p = get(p, &ev->instance);
	if ((flags & HAS_TRACE) != 0)
		p = get(p, &ev->trace);
	if ((flags & HAS_PATH) != 0)
		p = get(p, &ev->path);
	if ((flags & HAS_START) != 0)
		p = get(p, &start);
	ev->effect_ns = (int64_t)effect;
	ev->start_ns = (int64_t)start;
	ev->node = node == 0 ? LW_NO_NODE : (uint32_t)(node - 1);
	ev->flags = (uint32_t)(flags >> FLAGS_AT);
	place->at = (size_t)(p - place->block->packed);
	return true;
}

struct lw_events
lw_events_again(const struct lw_events *e)
{
	return (struct lw_events){.first = e->first, .last = e->first};
}
