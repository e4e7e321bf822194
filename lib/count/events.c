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

void
lw_events_fini(struct lw_events *e)
{
	free(e->packed);
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

void
lw_events_keep(struct lw_events *to, const struct lw_event *ev)
{
	unsigned has = (ev->instance != 0 ? HAS_INSTANCE : 0) | (ev->trace != 0 ? HAS_TRACE : 0) |
		       (ev->path != 0 ? HAS_PATH : 0) |
		       (ev->start_ns != ev->effect_ns ? HAS_START : 0);
	unsigned char *p = to->packed + to->bytes;

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
	to->bytes = (size_t)(p - to->packed);
	to->count++;
}

bool
lw_events_add(struct lw_events *e, const struct lw_event *ev)
{
	size_t room = e->room == 0 ? 1024 : e->room * 2;
	unsigned char *packed;

	if (e->room - e->bytes < MAX_BYTES) {
		packed = realloc(e->packed, room);
		if (packed == NULL)
			return false;
		e->packed = packed;
		e->room = room;
	}
	lw_events_keep(e, ev);
	return true;
}

bool
lw_events_get(const struct lw_events *e, size_t *at, struct lw_event *ev)
{
	const unsigned char *p = e->packed + *at;
	uint64_t flags, node, effect, start;

	if (*at == e->bytes)
		return false;
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
	*at = (size_t)(p - e->packed);
	return true;
}

struct lw_events
lw_events_again(const struct lw_events *e)
{
	return (struct lw_events){.packed = e->packed, .room = e->room};
}
