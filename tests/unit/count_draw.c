/* count_draw.c - which events stay above the ceiling: whole scopes, of one too large a part, by no
 * order. */
#include "count_draw.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "count/events.h"
#include "count/tally.h"

#define EVENTS 4000
#define CEILING 500
#define A_TRACE 4 /* events */

enum shape { TRACES, STORM, MOMENT, UNTIMED, SHAPES };

/* When event n of a shape took effect. */
static int64_t
time_of(enum shape shape, unsigned n)
{
	switch (shape) {
	case TRACES: /* each a minute after the other */
		return (int64_t)(n / A_TRACE) * 60 * LW_NS_PER_S + n % A_TRACE * LW_NS_PER_MS;
	case STORM: /* within 40 s */
		return (int64_t)n * 10 * LW_NS_PER_MS;
	case MOMENT:
		return LW_NS_PER_S;
	case UNTIMED:
	case SHAPES:
		break;
	}
	return LW_TIME_NONE;
}

static void
count_event(struct lw_tally *t, enum shape shape, unsigned n)
{
	char id[32], trace[32];
	struct lw_entry e = {.time_ns = time_of(shape, n),
	    .effect_ns = time_of(shape, n),
	    .severity = LW_SEV_ERROR,
	    .severity_known = true,
	    .service = LW_STR("web"),
	    .instance = LW_STR("one"),
	    .message = LW_STR("it broke"),
	    .clean = LW_STR("it broke")};
	/* Of many kinds, more than there is room for: that of an event may go before it comes. */
	struct lw_mark m = {.rule = LW_NO_RULE, .signature = 1 + n % 97, .chain = true};

	(void)snprintf(id, sizeof(id), "id-%u", n);
	e.insert_id = lw_str_from(id);
	if (shape == TRACES) {
		(void)snprintf(trace, sizeof(trace), "trace-%u", n / A_TRACE);
		e.trace = lw_str_from(trace);
		e.instance = e.trace;
	}
	lw_tally_entry(t, &e, &m, 1);
}

static struct lw_tally *
tally_new(size_t nodes)
{
	struct lw_tally *t = lw_tally_new(
	    NULL, 60 * LW_NS_PER_S, (struct lw_ceilings){.nodes = nodes, .events = CEILING});

	ck_assert_ptr_nonnull(t);
	return t;
}

START_TEST(as_many_stay_as_there_is_room_for)
{
	struct lw_tally *t = tally_new(0);
	unsigned n;

	for (n = 0; n < EVENTS; n++)
		count_event(t, (enum shape)_i, n);
	lw_tally_settle(t);
	ck_assert_uint_eq(t->events_seen, EVENTS);
	ck_assert_uint_le(t->event_count, CEILING);
	ck_assert_uint_gt(t->event_count, CEILING * 3 / 4);
	ck_assert(lw_tally_drawn(t) > 0 && lw_tally_drawn(t) < 1);
	lw_tally_free(t);
}
END_TEST

START_TEST(what_stays_hangs_on_no_order)
{
	static const size_t nodes[] = {0, 16}; /* with room for all, and for hardly any */
	struct lw_tally *whole = tally_new(nodes[_i / SHAPES]);
	struct lw_tally *part[3];
	enum shape shape = (enum shape)(_i % SHAPES);
	unsigned n, i;

	for (i = 0; i < 3; i++)
		part[i] = tally_new(nodes[_i / SHAPES]);
	for (n = 0; n < EVENTS; n++)
		count_event(whole, shape, n);
	for (n = 0; n < EVENTS; n++) {
		unsigned other = n * 1237 % EVENTS; /* has no factor in common with EVENTS */

		count_event(part[lw_hash_mix(other) % 3], shape, other);
	}
	lw_tally_merge(part[1], part[2]);
	lw_tally_merge(part[1], part[0]);
	lw_tally_settle(whole);
	lw_tally_settle(part[1]);
	ck_assert_uint_eq(whole->event_limit, part[1]->event_limit);
	ck_assert_uint_eq(whole->events_seen, part[1]->events_seen);
	ck_assert_uint_eq(whole->event_count, part[1]->event_count);
	for (n = 0; n < whole->event_count; n++)
		ck_assert_uint_eq(whole->events[n].entry_key, part[1]->events[n].entry_key);
	lw_tally_free(whole);
	for (i = 0; i < 3; i++)
		lw_tally_free(part[i]);
}
END_TEST

START_TEST(scopes_stay_whole)
{
	struct lw_tally *t = tally_new(0);
	unsigned n, i, k, traces = 0;

	for (n = 0; n < EVENTS; n++)
		count_event(t, TRACES, n);
	lw_tally_settle(t);
	for (i = 0; i < t->event_count; i += A_TRACE) { /* each trace is of one instance */
		for (k = 1; k < A_TRACE; k++)
			ck_assert_uint_eq(t->events[i].trace, t->events[i + k].trace);
		traces += lw_tally_keeps(t, &t->events[i], LW_SCOPE_TRACE);
	}
	/* The share that is told is that of the traces which were drawn. */
	ck_assert_uint_gt(traces, 0.7 * lw_tally_drawn(t) * EVENTS / A_TRACE);
	ck_assert_uint_lt(traces, 1.3 * lw_tally_drawn(t) * EVENTS / A_TRACE);
	lw_tally_free(t);
}
END_TEST

START_TEST(windows_of_a_storm_stay_whole)
{
	struct lw_tally *t = tally_new(0);
	unsigned n, cut_off = 0;
	uint32_t i;

	for (n = 0; n < EVENTS; n++)
		count_event(t, STORM, n);
	lw_tally_settle(t);
	for (i = 0; i < t->event_count; i++) {
		ck_assert(lw_tally_keeps(t, &t->events[i], LW_SCOPE_INSTANCE));
		if (lw_tally_keeps(t, &t->events[i], LW_SCOPE_SERVICE))
			cut_off += lw_tally_cut_off(t, &t->events[i], 60 * LW_NS_PER_S);
	}
	ck_assert_uint_lt(cut_off, t->event_count / 2);
	lw_tally_free(t);
}
END_TEST

START_TEST(few_stay_all)
{
	struct lw_tally *t = tally_new(0);
	unsigned n;

	for (n = 0; n < CEILING; n++)
		count_event(t, STORM, n);
	lw_tally_settle(t);
	ck_assert_uint_eq(t->event_count, CEILING);
	ck_assert_uint_eq(t->event_limit, LW_NO_LIMIT);
	ck_assert(!lw_tally_cut_off(t, &t->events[0], LW_NS_PER_S));
	lw_tally_free(t);
}
END_TEST

/* Event n; they take different numbers of bytes. */
static struct lw_event
event(uint64_t n)
{
	return (struct lw_event){.effect_ns = (int64_t)n,
	    .start_ns = n % 3 == 0 ? 7 : (int64_t)n,
	    .entry_key = lw_hash_mix(n),
	    .instance = n % 2,
	    .trace = n % 5 == 0 ? n : 0,
	    .path = n % 7 == 0 ? n : 0,
	    .node = n % 11 == 0 ? LW_NO_NODE : (uint32_t)n,
	    .flags = n % 13};
}

/* The events that are kept are those whose numbers `step` divides, up to `end`. */
static void
expect_events(const struct lw_events *e, uint64_t step, uint64_t end)
{
	struct lw_events_place place = {0};
	struct lw_event got, want;
	uint64_t n, count = 0;

	for (n = 0; n < end; n += step, count++) {
		want = event(n);
		ck_assert(lw_events_get(e, &place, &got));
		ck_assert_mem_eq(&got, &want, sizeof(got));
	}
	ck_assert(!lw_events_get(e, &place, &got));
	ck_assert_uint_eq(e->count, count);
}

/* In the memory that they lie in, over several blocks of it; then more come behind them. */
START_TEST(events_are_written_again_while_they_are_read)
{
	struct lw_events e = {0}, kept;
	uint64_t step, n, added = 20000;

	expect_events(&e, 1, 0);
	for (n = 0; n < added; n++) {
		struct lw_event ev = event(n);

		ck_assert(lw_events_add(&e, &ev));
	}
	for (step = 1; step <= 64; step *= 4) {
		struct lw_events_place place = {0};
		struct lw_event ev;

		kept = lw_events_again(&e);
		while (lw_events_get(&e, &place, &ev))
			if ((uint64_t)ev.effect_ns % step == 0)
				lw_events_keep(&kept, &ev);
		e = kept;
		expect_events(&e, step, added);
		for (n = 0; n < added; n++) { /* of which all but a few go in the next round */
			ev = event(added + n);
			if ((added + n) % step == 0)
				ck_assert(lw_events_add(&e, &ev));
		}
		added *= 2;
		expect_events(&e, step, added);
	}
	lw_events_fini(&e);
}
END_TEST

TCase *
count_draw_case(void)
{
	TCase *t = tcase_create("draw");

	tcase_set_timeout(t, 0); /* how long it takes is no question of right and wrong */
	tcase_add_loop_test(t, as_many_stay_as_there_is_room_for, 0, SHAPES);
	tcase_add_loop_test(t, what_stays_hangs_on_no_order, 0, 2 * SHAPES);
	tcase_add_test(t, scopes_stay_whole);
	tcase_add_test(t, windows_of_a_storm_stay_whole);
	tcase_add_test(t, few_stay_all);
	tcase_add_test(t, events_are_written_again_while_they_are_read);
	return t;
}
