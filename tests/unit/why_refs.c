/* why_refs.c - the events of each kind of scope are in the order that comparing them all gives. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "check_why.h"
#include "why/refs.h"

#define EVENTS 3000
#define VERTICES 6
#define SERVICES 3

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))

/* How often what is compared is equal. */
static const struct hard {
	unsigned times, entries, traces, instances; /* different ones; 1: all the same */
	size_t events;
	int64_t apart_ns; /* from one time to the next */
} hard[] = {
    {1, 1, 1, 1, EVENTS, 0},
    {1, 7, 3, 2, EVENTS, 0},
    {1, EVENTS, 3, 2, EVENTS, 0},
    {5, 50, 3, 2, EVENTS, LW_NS_PER_S},
    {40, 2000, 1000, 1, EVENTS, LW_NS_PER_S / 2}, /* slack moves past several others */
    {900, 2000, 1000, 40, EVENTS, LW_NS_PER_MS},
    {EVENTS, EVENTS, EVENTS, EVENTS, EVENTS, 1},
    {EVENTS, EVENTS, 200, 30, EVENTS, 900 * LW_NS_PER_S},
    {9, 10, 4, 3, 20, LW_NS_PER_S},
    {1, 1, 1, 1, 1, 0},
    {1, 1, 1, 1, 0, 0},
};
#define HARD (sizeof(hard) / sizeof(hard[0]))

static struct lw_service services[SERVICES] = {{.key = 9}, {.key = 8}, {.key = UINT64_MAX - 4}};
static struct lw_node *nodes;      /* VERTICES, the arena's */
static struct lw_vertex *vertices; /* twice as many, likewise */
static struct lw_event events[EVENTS];
static uint32_t vertex_of_event[EVENTS];
static struct lw_ref refs[EVENTS + 1], expected[EVENTS + 1];
static struct lw_tally tally;
static struct lw_analysis made;
static uint64_t seed;

static unsigned
below(unsigned n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

static void
make(const struct hard *h)
{
	uint32_t i;

	seed = h->times;
	made = (struct lw_analysis){.arena = lw_arena_new(0)};
	ck_assert_ptr_nonnull(made.arena);
	nodes = lw_arena_zalloc(made.arena, VERTICES * sizeof(*nodes));
	vertices = lw_arena_zalloc(made.arena, sizeof(*vertices) * 2 * VERTICES);
	ck_assert(nodes != NULL && vertices != NULL);
	tally = (struct lw_tally){.services = services,
	    .service_count = SERVICES,
	    .nodes = nodes,
	    .node_count = VERTICES,
	    .events = events,
	    .event_count = (uint32_t)h->events,
	    .event_limit = LW_NO_LIMIT};
	for (i = 0; i < VERTICES; i++)
		nodes[i].service = i % SERVICES;
	for (i = 0; i < 2 * VERTICES; i++)
		vertices[i].candidate = i % VERTICES != 4;
	for (i = 0; i < h->events; i++) {
		struct lw_event *ev = &events[i];

		*ev = (struct lw_event){
		    .effect_ns = ((int64_t)below(h->times) - h->times / 2) * h->apart_ns,
		    .entry_key = below(h->entries) * UINT64_C(0x9e3779b97f4a7c15),
		    .instance = below(h->instances) * UINT64_C(0xbf58476d1ce4e5b9),
		    .trace = below(h->traces) * UINT64_C(0x94d049bb133111eb),
		    .node = below(VERTICES),
		    .flags = (below(3) == 0 ? LW_EVENT_REQUEST : 0) |
			     (below(4) == 0 ? LW_EVENT_INNER : 0)};
		ev->start_ns = ev->effect_ns - below(3) * LW_NS_PER_S;
		if (below(20) == 0)
			ev->effect_ns = LW_TIME_NONE;
		if (below(20) == 0)
			ev->node = LW_NO_NODE;
		vertex_of_event[i] = ev->node == LW_NO_NODE ? LW_NO_VERTEX : ev->node;
	}
	made.tally = &tally;
	made.vertices = vertices;
	made.vertex_count = VERTICES;
	made.vertex_of_event = vertex_of_event;
	ck_assert(lw_why_order(&made));
}

static int
as_compared(const void *pa, const void *pb)
{
	const struct lw_ref *a = pa, *b = pb;
	int c = LESS(a->scope, b->scope);

	if (c == 0)
		c = LESS(a->at_ns, b->at_ns);
	if (c == 0)
		c = LESS(a->entry_key, b->entry_key);
	if (c == 0)
		c = LESS(b->inner, a->inner);
	if (c == 0)
		c = LESS(b->vertex, a->vertex);
	return c != 0 ? c : LESS(a->event, b->event);
}

static uint64_t
scope_of(const struct lw_event *ev, enum lw_scope kind)
{
	return kind == LW_SCOPE_TRACE      ? ev->trace
	       : kind == LW_SCOPE_INSTANCE ? ev->instance
	       : kind == LW_SCOPE_SERVICE  ? services[nodes[ev->node].service].key | 1
					   : 1;
}

/* Is there such an event of its entry among the expected already? */
static bool
is_expected(uint32_t n, const struct lw_ref *r)
{
	for (; n > 0 && expected[n - 1].entry_key == r->entry_key &&
	       expected[n - 1].scope == r->scope;
	     n--)
		if (expected[n - 1].vertex == r->vertex)
			return true;
	return false;
}

static uint32_t
expect(enum lw_scope kind, bool slack)
{
	uint32_t i, n = 0, kept = 0;

	for (i = 0; i < tally.event_count; i++) {
		const struct lw_event *ev = &events[i];
		bool late = slack && kind != LW_SCOPE_TRACE && (ev->flags & LW_EVENT_REQUEST) != 0;
		uint64_t scope = ev->node == LW_NO_NODE ? 0 : scope_of(ev, kind);

		if (scope == 0 || ev->effect_ns == LW_TIME_NONE ||
		    !vertices[vertex_of_event[i]].candidate)
			continue;
		expected[n++] = (struct lw_ref){.scope = scope,
		    .at_ns = ev->effect_ns + (late ? LW_REQUEST_SLACK_NS : 0),
		    .start_ns = ev->start_ns,
		    .entry_key = ev->entry_key,
		    .vertex = vertex_of_event[i],
		    .event = i,
		    .slack = late,
		    .inner = (ev->flags & LW_EVENT_INNER) != 0};
	}
	qsort(expected, n, sizeof(*expected), as_compared);
	for (i = 0; i < n; i++)
		if (!is_expected(kept, &expected[i]))
			expected[kept++] = expected[i];
	return kept;
}

static void
check_all(void)
{
	unsigned kind, slack;
	uint32_t i, n;

	for (kind = 0; kind < LW_SCOPE_COUNT; kind++)
		for (slack = 0; slack < 2; slack++) {
			n = lw_refs_collect(&made, kind, slack != 0, refs);
			ck_assert_uint_eq(n, expect(kind, slack != 0));
			for (i = 0; i < n; i++) {
				ck_assert_uint_eq(refs[i].event, expected[i].event);
				ck_assert_uint_eq(refs[i].scope, expected[i].scope);
				ck_assert_int_eq(refs[i].at_ns, expected[i].at_ns);
				ck_assert_int_eq(refs[i].start_ns, expected[i].start_ns);
				ck_assert_uint_eq(refs[i].vertex, expected[i].vertex);
				ck_assert(refs[i].slack == expected[i].slack);
				ck_assert(refs[i].inner == expected[i].inner);
				ck_assert(!refs[i].cut_off);
			}
		}
}

START_TEST(events_are_in_the_order_in_which_they_compare)
{
	uint32_t i;

	make(&hard[_i]);
	check_all();
	/* Vertices are split, and others may stand in chains: the order is made no more. */
	for (i = 0; i < tally.event_count; i++)
		if (vertex_of_event[i] != LW_NO_VERTEX && below(2) == 0)
			vertex_of_event[i] += VERTICES;
	vertices[VERTICES + 1].candidate = false;
	check_all();
	lw_arena_free(made.arena);
}
END_TEST

TCase *
refs_case(void)
{
	TCase *t = tcase_create("refs");

	tcase_add_loop_test(t, events_are_in_the_order_in_which_they_compare, 0, HARD);
	return t;
}
