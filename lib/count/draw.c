/* draw.c - draws of scopes, and the limit up to which they stay. */
#include "count/draw.h"

#include "base/hash.h"

#define INSTANCE_SLOT_NS (600 * LW_NS_PER_S)
#define DIGIT_BITS 12 /* looked at together in search of the limit */
#define DIGITS (1u << DIGIT_BITS)
#define LAST_SHIFT (64 % DIGIT_BITS)

/*
 * The bits of a draw, from the highest: of the scope as a whole; of windows of time within it,
 * each within those before; of the entry.
 */
#define SCOPE_AT 40
#define LONG_AT 28
#define LONG_NS (10 * LW_NS_PER_S)
#define SHORT_AT 20
#define SHORT_NS (100 * LW_NS_PER_MS)
#define MOMENT_AT 12
#define MOMENT_NS LW_NS_PER_MS

static uint64_t
slot_of(int64_t t_ns, int64_t width_ns)
{
	if (t_ns == LW_TIME_NONE)
		return 0;
	return (uint64_t)(t_ns / width_ns - (t_ns % width_ns < 0));
}

/* The hash of the event's scope of this kind; false where it has none. */
static bool
scope_of(const struct lw_event *ev, enum lw_scope kind, uint64_t *hash)
{
	switch (kind) {
	case LW_SCOPE_TRACE:
		*hash = lw_hash_mix(ev->trace);
		return ev->trace != 0;
	case LW_SCOPE_INSTANCE:
		*hash = lw_hash_pair(ev->instance, slot_of(ev->effect_ns, INSTANCE_SLOT_NS));
		return ev->instance != 0;
	case LW_SCOPE_SERVICE:
	case LW_SCOPE_SYSTEM:
		break;
	}
	*hash = lw_hash_pair(1, slot_of(ev->effect_ns, LW_STRETCH_NS));
	return true;
}

/* Bits of a draw, from `at` to `to`, of the window within the scope. */
static uint64_t
window_bits(uint64_t scope, uint64_t slot, unsigned to, unsigned at)
{
	return lw_hash_pair(scope, slot) >> (64 - to + at) << at;
}

/* The draw of an event within the scope; what has no time is drawn by entries alone. */
static uint64_t
draw_in(const struct lw_event *ev, uint64_t scope)
{
	uint64_t draw = scope >> SCOPE_AT << SCOPE_AT;

	if (ev->effect_ns == LW_TIME_NONE)
		return draw | lw_hash_pair(scope, ev->entry_key) >> (64 - SCOPE_AT);
	draw |= window_bits(scope, slot_of(ev->effect_ns, LONG_NS), SCOPE_AT, LONG_AT);
	draw |= window_bits(scope, slot_of(ev->effect_ns, SHORT_NS), LONG_AT, SHORT_AT);
	draw |= window_bits(scope, slot_of(ev->effect_ns, MOMENT_NS), SHORT_AT, MOMENT_AT);
	return draw | lw_hash_mix(ev->entry_key) >> (64 - MOMENT_AT);
}

static bool
is_drawn(const struct lw_tally *t, const struct lw_event *ev, enum lw_scope kind)
{
	uint64_t scope;

	if (!scope_of(ev, kind, &scope))
		return false;
	if (scope >> SCOPE_AT != t->event_limit >> SCOPE_AT)
		return scope < t->event_limit;
	return draw_in(ev, scope) < t->event_limit;
}

/* All of a stretch is all of each instance, too, for so long; traces may go on behind it. */
bool
lw_tally_keeps(const struct lw_tally *t, const struct lw_event *ev, enum lw_scope kind)
{
	return t->event_limit == LW_NO_LIMIT || is_drawn(t, ev, kind) ||
	       (kind == LW_SCOPE_INSTANCE && is_drawn(t, ev, LW_SCOPE_SERVICE));
}

bool
lw_draw_keeps(const struct lw_tally *t, const struct lw_event *ev)
{
	return t->event_limit == LW_NO_LIMIT || is_drawn(t, ev, LW_SCOPE_TRACE) ||
	       is_drawn(t, ev, LW_SCOPE_INSTANCE) || is_drawn(t, ev, LW_SCOPE_SERVICE);
}

double
lw_tally_drawn(const struct lw_tally *t)
{
	return t->event_limit == LW_NO_LIMIT ? 1 : ((double)t->event_limit + 1) / 0x1p64;
}

bool
lw_tally_cut_off(const struct lw_tally *t, const struct lw_event *ev, int64_t reach_ns)
{
	struct lw_event before = *ev;
	uint64_t scope, apart;

	if (t->event_limit == LW_NO_LIMIT)
		return false;
	/* Of a stretch that is kept in part, what comes before within a whole window is all that
	 * there is. */
	(void)scope_of(ev, LW_SCOPE_SERVICE, &scope);
	apart = draw_in(ev, scope) ^ t->event_limit;
	if (apart >> SCOPE_AT == 0)
		reach_ns = apart >> LONG_AT != 0    ? LONG_NS / 10
			   : apart >> SHORT_AT != 0 ? SHORT_NS / 10
						    : MOMENT_NS / 10;
	before.effect_ns -= reach_ns;
	return !is_drawn(t, &before, LW_SCOPE_SERVICE);
}

/* The least draw of its scopes, from the bit `shift` up. */
static uint64_t
draw_of(const struct lw_event *ev, unsigned shift)
{
	static const enum lw_scope kinds[] = {LW_SCOPE_TRACE, LW_SCOPE_INSTANCE, LW_SCOPE_SERVICE};
	uint64_t least = UINT64_MAX, scope, draw;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!scope_of(ev, kinds[i], &scope) || scope >> SCOPE_AT > least >> SCOPE_AT)
			continue;
		draw = shift >= SCOPE_AT ? scope : draw_in(ev, scope);
		if (draw < least)
			least = draw;
	}
	return least >> shift;
}

void
lw_draw_limit(struct lw_tally *t, uint64_t limit)
{
	struct lw_events kept = lw_events_again(&t->kept);
	struct lw_events_place place = {0};
	struct lw_event ev;

	if (limit >= t->event_limit)
		return;
	t->event_limit = limit;
	while (lw_events_get(&t->kept, &place, &ev))
		if (lw_draw_keeps(t, &ev))
			lw_events_keep(&kept, &ev);
	t->kept = kept;
}

/*
 * The limit, digit by digit, below which as many draws are as there is room for.  The scope at
 * the limit goes whole where that leaves hardly any room, and so does a window within it.
 */
static uint64_t
find_limit(const struct lw_tally *t)
{
	uint64_t prefix = 0;
	size_t below = 0, max = t->max.events;
	struct lw_event ev;
	unsigned shift = 64;
	uint32_t k;

	do {
		uint32_t counts[DIGITS] = {0};
		struct lw_events_place place = {0};

		shift -= DIGIT_BITS;
		while (lw_events_get(&t->kept, &place, &ev)) {
			uint64_t draw = draw_of(&ev, shift);

			if (draw >> DIGIT_BITS == prefix)
				counts[draw % DIGITS]++;
		}
		for (k = 0; below + counts[k] <= max; k++)
			below += counts[k];
		prefix = prefix << DIGIT_BITS | k;
	} while (shift > LAST_SHIFT && (shift > SCOPE_AT || below < max - max / 64));
	return prefix << shift;
}

void
lw_draw_cut(struct lw_tally *t)
{
	if (t->kept.count > t->max.events)
		lw_draw_limit(t, find_limit(t));
}
