/* links.c - the table of links: filled by kind of evidence, then finished and sorted. */
#include <stdlib.h>

#include "why/linker.h"

#define MAX_LINKS 131072
#define SCATTERED 2   /* times the while in which the effects began: that of their causes */
#define ONSET_PART 50 /* of the time before the first effect: so shortly before it */

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))

static bool
grow(struct lw_linker *l)
{
	uint32_t capacity = l->capacity == 0 ? 64 : l->capacity * 2;
	struct lw_link_facts *links = realloc(l->a->links, capacity * sizeof(*links));
	struct lw_lags *lags;
	uint64_t *both, *traces;
	struct lw_onsets *onsets;

	if (links == NULL)
		return false;
	l->a->links = links;
	lags = realloc(l->lags, (size_t)capacity * LW_LAG_KINDS * sizeof(*lags));
	if (lags == NULL)
		return false;
	l->lags = lags;
	both = realloc(l->both, capacity * sizeof(*both));
	if (both == NULL)
		return false;
	l->both = both;
	traces = realloc(l->both_traces, capacity * sizeof(*traces));
	if (traces == NULL)
		return false;
	l->both_traces = traces;
	onsets = realloc(l->onsets, capacity * sizeof(*onsets));
	if (onsets == NULL)
		return false;
	l->onsets = onsets;
	l->capacity = capacity;
	return true;
}

struct lw_link_facts *
lw_linker_find(struct lw_linker *l, uint32_t effect, uint32_t cause)
{
	struct lw_analysis *a = l->a;
	uint32_t at = lw_map_get(&l->map, (uint64_t)effect << 32 | cause);

	if (at != LW_MAP_NONE) {
		l->recent[lw_recent_link(effect, cause)] = at;
		return &a->links[at];
	}
	if (a->link_count >= MAX_LINKS) {
		a->links_full = true;
		return NULL;
	}
	at = a->link_count;
	if ((at == l->capacity && !grow(l)) ||
	    lw_map_put(&l->map, (uint64_t)effect << 32 | cause, at) == LW_MAP_NONE) {
		l->failed = true;
		return NULL;
	}
	a->links[at] = (struct lw_link_facts){.effect = effect,
	    .cause = cause,
	    .median_lag_ns = LW_TIME_NONE,
	    .spread_lag_ns = LW_TIME_NONE};
	memset(&l->lags[(size_t)at * LW_LAG_KINDS], 0, LW_LAG_KINDS * sizeof(*l->lags));
	l->both[at] = l->both_traces[at] = 0;
	l->onsets[at] = (struct lw_onsets){LW_TIME_NONE, LW_TIME_NONE, LW_TIME_NONE, LW_TIME_NONE};
	a->link_count++;
	return &a->links[at];
}

bool
lw_linker_more_lags(struct lw_linker *l, struct lw_lags *lags)
{
	uint32_t capacity = lags->capacity == 0 ? 2 : lags->capacity * 4;
	int64_t *ns;

	if (capacity > LW_MAX_LAGS)
		capacity = LW_MAX_LAGS;
	ns = realloc(lags->ns, capacity * sizeof(*ns));
	if (ns == NULL) {
		l->failed = true;
		return false;
	}
	lags->ns = ns;
	lags->capacity = capacity;
	return true;
}

bool
lw_link_in_catalogue(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_rule *rule = lw_vertex_rule(a, &a->vertices[effect]);
	uint32_t behind = a->groups[a->vertices[cause].group].rule;
	size_t i;

	if (rule == NULL || behind == LW_NO_RULE)
		return false;
	for (i = 0; i < rule->caused_by_count; i++)
		if (rule->caused_by[i] == behind)
			return true;
	return false;
}

static int
by_effect_and_cause(const void *pa, const void *pb)
{
	const struct lw_link_facts *a = pa, *b = pb;
	int c = LESS(a->effect, b->effect);

	return c != 0 ? c : LESS(a->cause, b->cause);
}

/* Median and interquartile range, by nearest rank; the lags are used up. */
static void
finish_lags(struct lw_link_facts *f, struct lw_lags *lags)
{
	uint32_t last = lags->count - 1;
	size_t ranks[] = {last / 4, last / 2, last * 3 / 4};
	int64_t room[LW_MAX_LAGS], values[3];

	if (lags->count == 0)
		return;
	lw_sort_ranks(lags->ns, room, lags->count, ranks, 3, values);
	f->median_lag_ns = values[1];
	f->spread_lag_ns = values[2] - values[0];
}

static bool
mostly(uint64_t n, uint64_t of)
{
	return n * 5 >= of * 4;
}

/* The pairs of services that some trace leads through, the lower number first. */
static bool
find_trace_pairs(struct lw_linker *l, struct lw_map *pairs)
{
	const struct lw_analysis *a = l->a;
	uint32_t i;

	for (i = 0; i < a->link_count; i++) {
		uint64_t x = a->vertices[a->links[i].effect].service;
		uint64_t y = a->vertices[a->links[i].cause].service;

		if (x < y && l->both_traces[i] > 0 &&
		    lw_map_put(pairs, (x << 32 | y) + 1, 1) == LW_MAP_NONE)
			return false;
	}
	return true;
}

/* Do traces, where there are any, lead from the one to the other? */
static bool
trace_joins(const struct lw_map *pairs, uint64_t x, uint64_t y)
{
	uint64_t pair = x < y ? x << 32 | y : y << 32 | x;

	return x == y || lw_map_get(pairs, pair + 1) != LW_MAP_NONE;
}

/*
 * Did the effects begin at one moment on all instances, whenever the cause had come there, and
 * do they speak of other matters?  Each would have followed its own.
 */
static bool
is_scattered(const struct lw_analysis *a, const struct lw_link_facts *f, const struct lw_onsets *o)
{
	int64_t causes_ns = o->cause_to_ns - o->cause_from_ns;
	int64_t effects_ns = o->effect_to_ns - o->effect_from_ns;

	return f->onsets > 1 && causes_ns >= LW_NS_PER_S && causes_ns > SCATTERED * effects_ns &&
	       !lw_link_in_catalogue(a, f->effect, f->cause) &&
	       !lw_share_matter(a, f->effect, f->cause);
}

/*
 * What came once before the first of many effects did so on most of their instances, or
 * shortly before the first of all: that one instance had a complaint of its own shortly
 * before happens by chance.
 */
static void
doubt_onsets(const struct lw_analysis *a, struct lw_link_facts *f, const struct lw_onsets *o)
{
	const struct lw_sum *effect = &a->vertices[f->effect].sum;
	int64_t lag_ns = effect->windows.onset_ns - a->vertices[f->cause].sum.first_ns;

	f->scattered = is_scattered(a, f, o);
	if (f->onsets == 0 || (!f->scattered && f->instances * 2 > f->instances_of))
		return;
	if (!f->scattered && lag_ns >= 0 &&
	    lag_ns < (effect->windows.onset_ns - a->tally->from_ns) / ONSET_PART)
		return;
	f->instances -= f->onsets;
	f->onsets = 0;
}

/* Where the links of each vertex are; false where memory ran out. */
static bool
index_links(struct lw_analysis *a)
{
	size_t n = a->vertex_count + (size_t)2;
	uint32_t *effect_from = lw_arena_zalloc(a->arena, n * sizeof(*effect_from));
	uint32_t *cause_from = lw_arena_zalloc(a->arena, n * sizeof(*cause_from));
	uint32_t *by_cause =
	    lw_arena_alloc(a->arena, (a->link_count + (size_t)1) * sizeof(*by_cause));
	uint32_t i;

	if (effect_from == NULL || cause_from == NULL || by_cause == NULL)
		return false;
	for (i = 0; i < a->link_count; i++) {
		effect_from[a->links[i].effect + 1]++;
		cause_from[a->links[i].cause + 2]++;
	}
	for (i = 0; i < a->vertex_count; i++) {
		effect_from[i + 1] += effect_from[i];
		cause_from[i + 2] += cause_from[i + 1];
	}
	/* Shifted by one while they are filled, so that they end up as starts. */
	for (i = 0; i < a->link_count; i++)
		by_cause[cause_from[a->links[i].cause + 1]++] = i;
	a->effect_from = effect_from;
	a->cause_from = cause_from;
	a->by_cause = by_cause;
	return true;
}

/* What only the whole can tell: totals to compare with, the catalogue's word. */
static void
finish(struct lw_linker *l, const uint64_t *events, const uint64_t *traced)
{
	struct lw_analysis *a = l->a;
	struct lw_map pairs;
	uint32_t i;

	lw_map_init(&pairs);
	if (!find_trace_pairs(l, &pairs))
		l->failed = true;

	for (i = 0; i < a->link_count; i++) {
		struct lw_link_facts *f = &a->links[i];
		const struct lw_vertex *effect = &a->vertices[f->effect];
		const struct lw_vertex *cause = &a->vertices[f->cause];
		bool own = effect->service == cause->service;

		f->stated_of = events[f->effect];
		f->traces_of = effect->scopes[LW_SCOPE_TRACE];
		f->instances_of = effect->scopes[LW_SCOPE_INSTANCE];
		doubt_onsets(a, f, &l->onsets[i]);
		f->nearby_of = effect->scopes[own ? LW_SCOPE_SERVICE : LW_SCOPE_SYSTEM];
		f->catalogue = lw_link_in_catalogue(a, f->effect, f->cause);
		f->began = lw_link_has_begun(a, f);
		f->preceded = f->nearby;
		if ((own && effect->sum.instances > 0 && cause->sum.instances > 0) ||
		    l->both[i] > 0)
			f->nearby = 0; /* where instances are known, those decide */
		f->traced = mostly(traced[f->effect], events[f->effect]) &&
			    mostly(traced[f->cause], events[f->cause]) &&
			    trace_joins(&pairs, effect->service, cause->service);
	}
	lw_map_fini(&pairs);
	lw_find_borne(a, events);
	lw_link_contrasts(l);
	for (i = 0; i < a->link_count; i++) {
		struct lw_link_facts *f = &a->links[i];
		enum lw_scope scope;
		unsigned kind;

		(void)lw_link_confidence(f, &scope);
		kind = scope;
		if (scope == LW_SCOPE_SERVICE &&
		    a->vertices[f->effect].service != a->vertices[f->cause].service)
			kind = LW_SCOPE_SYSTEM;
		if (scope == LW_SCOPE_INSTANCE && lw_link_is_onset(f))
			kind = LW_LAG_ONSET;
		finish_lags(f, &l->lags[(size_t)i * LW_LAG_KINDS + kind]);
		if (scope == LW_SCOPE_SERVICE && lw_link_began(f)) {
			f->median_lag_ns = a->vertices[f->effect].sum.windows.onset_ns -
					   a->vertices[f->cause].sum.first_ns;
			f->spread_lag_ns = 0;
		}
	}
	if (a->link_count > 1)
		qsort(a->links, a->link_count, sizeof(*a->links), by_effect_and_cause);
	if (!index_links(a)) {
		l->failed = true;
		return;
	}
	lw_link_wordings(a);
	l->failed = !lw_link_begun(a) || l->failed;
	lw_link_climbs(a);
}

/* Events of each vertex, and how many of them carry a trace. */
static void
count_events(const struct lw_analysis *a, uint64_t *events, uint64_t *traced)
{
	uint32_t i;

	for (i = 0; i < a->tally->event_count; i++) {
		if (a->vertex_of_event[i] == LW_NO_VERTEX)
			continue;
		events[a->vertex_of_event[i]]++;
		traced[a->vertex_of_event[i]] += a->tally->events[i].trace != 0;
	}
}

bool
lw_why_link(struct lw_analysis *a)
{
	size_t n = a->vertex_count + (size_t)1;
	struct lw_linker l = {.a = a};
	uint64_t *events = calloc(n, sizeof(*events)), *traced = calloc(n, sizeof(*traced));
	uint32_t i;

	free(a->links);
	a->links = NULL;
	a->link_count = 0;
	a->links_full = false;
	for (i = 0; i < a->vertex_count; i++)
		memset(a->vertices[i].scopes, 0, sizeof(a->vertices[i].scopes));
	l.refs = malloc((a->tally->event_count + (size_t)1) * sizeof(*l.refs));
	l.slots = calloc(n, sizeof(*l.slots));
	lw_map_init(&l.map);
	if (l.refs == NULL || l.slots == NULL || events == NULL || traced == NULL) {
		l.failed = true;
	} else {
		count_events(a, events, traced);
		lw_link_by_scope(&l, LW_SCOPE_TRACE);
		lw_link_by_scope(&l, LW_SCOPE_INSTANCE);
		lw_link_by_scope(&l, LW_SCOPE_SERVICE);
		lw_link_by_scope(&l, LW_SCOPE_SYSTEM);
		lw_link_close(&l, LW_SCOPE_INSTANCE);
		lw_link_close(&l, LW_SCOPE_SYSTEM);
		lw_link_stated(&l);
		lw_link_named(&l);
		finish(&l, events, traced);
	}
	for (i = 0; i < a->link_count * LW_LAG_KINDS && l.lags != NULL; i++)
		free(l.lags[i].ns);
	lw_map_fini(&l.map);
	free(l.lags);
	free(l.both);
	free(l.both_traces);
	free(l.onsets);
	free(l.refs);
	free(l.slots);
	free(events);
	free(traced);
	return !l.failed;
}

const struct lw_link_facts *
lw_link_find(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	uint32_t from = a->effect_from[effect], to = a->effect_from[effect + 1], middle;

	while (from < to) {
		middle = from + (to - from) / 2;
		if (a->links[middle].cause == cause)
			return &a->links[middle];
		if (a->links[middle].cause < cause)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}
