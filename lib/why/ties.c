/* ties.c - from each event to the causes near it, and to the nearest of them. */
#include "why/ties.h"

#include <stdlib.h>

#include "why/chain.h"
#include "why/refs.h"

#define MIN_EVENTS 3
#define MIN_TRACED 20 /* of one in so many of the effect: a cause that traces tie to it */
#define MIN_NEAR 10   /* the same where time does; chance brings one in 20 near */
#define GENERAL 20    /* what all but one in so many are tied to tells them not apart */

struct last { /* the event of a vertex seen last in the scope at hand */
	int64_t at_ns;
	uint32_t scope, event;
};

struct tier {
	const struct lw_analysis *a;
	struct lw_ties *ties;
	struct lw_tied *tied;
	struct lw_ref *refs;
	struct last *last;             /* by vertex */
	uint32_t (*seen)[LW_MAX_TIES]; /* by vertex and cause: the cause's event counted last */
	uint64_t *events;              /* by kind of scope and vertex: those that were drawn */
};

/* By what could the two be tied?  False where nothing could. */
static bool
set_scope(const struct lw_analysis *a, const struct lw_link_facts *f, struct lw_tie *tie)
{
	const struct lw_vertex *effect = &a->vertices[f->effect], *cause = &a->vertices[f->cause];

	tie->vertex = f->cause;
	tie->kind = f->traced ? LW_SCOPE_TRACE : lw_close_scope(effect, cause);
	tie->reach_ns = f->traced ? 0 : lw_close_reach(cause, tie->kind);
	return tie->reach_ns >= 0;
}

/* May it be why some of the effect happened?  What began an outage has all of it. */
static bool
may_be_why(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	const struct lw_vertex *effect = &a->vertices[f->effect], *cause = &a->vertices[f->cause];
	double contrast = lw_link_contrast(f);

	if (!cause->candidate || cause->weak || lw_link_is_onset(f) || lw_link_began(f))
		return false;
	if (!lw_is_one_workload(a, effect->service, cause->service))
		return lw_chain_is_named(a, f->effect, f->cause);
	return cause->depth >= LW_DEPTH_UNKNOWN && cause->depth >= effect->depth &&
	       (contrast < 0 || contrast >= 0.5);
}

/* Is x more of a reason than y? */
static bool
is_more(const struct lw_analysis *a, const struct lw_tie *x, const struct lw_tie *y)
{
	if (x->near != y->near)
		return x->near > y->near;
	return a->groups[a->vertices[x->vertex].group].id <
	       a->groups[a->vertices[y->vertex].group].id;
}

static void
offer(const struct lw_analysis *a, struct lw_ties *ties, struct lw_tie tie)
{
	uint32_t i = ties->count;

	if (ties->count == LW_MAX_TIES && !is_more(a, &tie, &ties->causes[--i]))
		return;
	for (; i > 0 && is_more(a, &tie, &ties->causes[i - 1]); i--)
		ties->causes[i] = ties->causes[i - 1];
	ties->causes[i] = tie;
	ties->count += ties->count < LW_MAX_TIES;
}

static void
find_candidates(struct tier *t)
{
	const struct lw_analysis *a = t->a;
	uint32_t i;

	for (i = 0; i < a->link_count; i++) {
		const struct lw_link_facts *f = &a->links[i];
		const struct lw_vertex *effect = &a->vertices[f->effect];
		struct lw_tie tie = {0};

		if (!effect->candidate || effect->weak || effect->depth >= LW_DEPTH_CAUSE ||
		    !may_be_why(a, f) || !set_scope(a, f, &tie))
			continue;
		tie.near = f->traced ? f->traces : f->close;
		offer(a, &t->ties[f->effect], tie);
	}
}

static void
note(struct tier *t, const struct lw_ref *r, uint32_t k, const struct last *c)
{
	struct lw_tie *tie = &t->ties[r->vertex].causes[k];
	struct lw_tied *tied = &t->tied[r->event];
	int64_t lag_ns = r->at_ns > c->at_ns ? r->at_ns - c->at_ns : c->at_ns - r->at_ns;
	bool right = tie->kind == LW_SCOPE_TRACE || lag_ns <= tie->reach_ns;

	if (tied->right && !right)
		return;
	if (right && !tied->right) {
		tied->mask = 0;
		tied->nearest = LW_NOT_TIED;
		tied->right = true;
	}
	tie->near += (tied->mask >> k & 1) == 0;
	tie->followed += t->seen[r->vertex][k] != c->event + 1;
	t->seen[r->vertex][k] = c->event + 1;
	tied->mask |= (uint16_t)(1u << k);
	if (tied->nearest == LW_NOT_TIED || lag_ns < tied->lag_ns) {
		tied->nearest = (uint8_t)k;
		tied->lag_ns = lag_ns;
	}
}

/* Is what was logged at at_ns near to the effect? */
static bool
is_near(const struct lw_ref *r, const struct lw_tie *tie, int64_t at_ns)
{
	if (tie->kind == LW_SCOPE_TRACE)
		return true;
	return at_ns <= r->at_ns ? at_ns >= r->start_ns || r->at_ns - at_ns <= tie->reach_ns
				 : at_ns - r->at_ns <= tie->reach_ns;
}

/*
 * May it be tied to what comes later on this way?  After a request only where nothing was before
 * its end: the time that it took may not be known.
 */
static bool
is_open(const struct tier *t, const struct lw_ref *r, bool back)
{
	return !back || ((t->a->tally->events[r->event].flags & LW_EVENT_REQUEST) != 0 &&
			    t->tied[r->event].nearest == LW_NOT_TIED);
}

/* One way through the events of a kind of scope: forth for what came before, or back. */
static void
pass(struct tier *t, enum lw_scope kind, uint32_t count, bool back)
{
	uint32_t i, k, scope = 0;

	memset(t->last, 0, (t->a->vertex_count + (size_t)1) * sizeof(*t->last));
	for (i = 0; i < count; i++) {
		const struct lw_ref *r = &t->refs[back ? count - 1 - i : i];
		const struct lw_ties *ties = &t->ties[r->vertex];
		bool open = is_open(t, r, back);

		if (i == 0 || r->scope != t->refs[back ? count - i : i - 1].scope)
			scope++;
		for (k = 0; k < ties->count; k++) {
			const struct last *c = &t->last[ties->causes[k].vertex];

			if (open && ties->causes[k].kind == kind && c->scope == scope &&
			    is_near(r, &ties->causes[k], c->at_ns))
				note(t, r, k, c);
		}
		for (k = 0; k < ties->count; k++)
			t->tied[r->event].drawn |= ties->causes[k].kind == kind;
		t->last[r->vertex] = (struct last){r->at_ns, scope, r->event};
	}
}

static void
tie_events(struct tier *t)
{
	static const enum lw_scope kinds[] = {LW_SCOPE_TRACE, LW_SCOPE_INSTANCE, LW_SCOPE_SYSTEM};
	const struct lw_analysis *a = t->a;
	bool asked_for[LW_SCOPE_COUNT] = {false}; /* does it tie any cause? */
	uint64_t *events;
	uint32_t i, k, m, count;
	bool more = true; /* is there another way to go? */

	memset(t->seen, 0, (a->vertex_count + (size_t)1) * sizeof(*t->seen));
	for (i = 0; i < a->tally->event_count; i++)
		t->tied[i] = (struct lw_tied){0, 0, LW_NOT_TIED, false, false};
	for (i = 0; i < a->vertex_count; i++)
		for (k = 0; k < t->ties[i].count; k++) {
			t->ties[i].causes[k].near = t->ties[i].causes[k].followed = 0;
			asked_for[t->ties[i].causes[k].kind] = true;
		}
	for (m = 0; m < 2 && more; m++)
		for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
			if (!asked_for[kinds[i]])
				continue;
			count = lw_refs_collect(a, kinds[i], false, t->refs);
			pass(t, kinds[i], count, m == 1);
			more = a->orders->requests; /* nothing else is looked at on the way back */
			events = t->events + kinds[i] * (size_t)a->vertex_count;
			memset(events, 0, a->vertex_count * sizeof(*events));
			for (k = 0; k < count; k++)
				events[t->refs[k].vertex]++;
		}
}

/* Keep the causes that stand before a good part of the effect, and mostly lead to it. */
static void
keep_causes_of(struct tier *t, uint32_t v)
{
	struct lw_ties *ties = &t->ties[v];
	uint32_t k, n = 0;

	for (k = 0; k < ties->count; k++) {
		const struct lw_tie *tie = &ties->causes[k];
		const uint64_t *events = t->events + tie->kind * (size_t)t->a->vertex_count;
		uint64_t min = tie->kind == LW_SCOPE_TRACE ? MIN_TRACED : MIN_NEAR;

		if (tie->near >= MIN_EVENTS && tie->near * min >= events[v] &&
		    (events[v] - tie->near) * GENERAL > events[v] &&
		    tie->followed * 2 >= events[tie->vertex])
			ties->causes[n++] = *tie;
	}
	ties->count = n;
}

static void
keep_causes(struct tier *t)
{
	uint32_t v;

	for (v = 0; v < t->a->vertex_count; v++)
		keep_causes_of(t, v);
}

bool
lw_ties_find(const struct lw_analysis *a, struct lw_ties *ties, struct lw_tied *tied)
{
	size_t v = a->vertex_count + (size_t)1, n = a->tally->event_count + (size_t)1;
	struct tier t = {.a = a, .ties = ties, .tied = tied};
	bool ok;

	t.refs = malloc(n * sizeof(*t.refs));
	t.last = malloc(v * sizeof(*t.last));
	t.seen = malloc(v * sizeof(*t.seen));
	t.events = calloc(v * LW_SCOPE_COUNT, sizeof(*t.events));
	ok = t.refs != NULL && t.last != NULL && t.seen != NULL && t.events != NULL;
	if (ok) {
		memset(ties, 0, v * sizeof(*ties));
		find_candidates(&t);
		tie_events(&t);
		keep_causes(&t);
		tie_events(&t);
	}
	free(t.refs);
	free(t.last);
	free(t.seen);
	free(t.events);
	return ok;
}

/* The paths of a kind of scope, from its last event to the first. */
static void
take_paths(const struct lw_analysis *a, enum lw_scope kind, struct lw_ref *refs, uint64_t *paths)
{
	const struct lw_event *events = a->tally->events;
	uint32_t n = lw_refs_collect(a, kind, false, refs), i;
	const struct lw_ref *next = NULL; /* the request that ended first after this */

	for (i = n; i-- > 0;) {
		const struct lw_ref *r = &refs[i];

		if (next != NULL && next->scope != r->scope)
			next = NULL;
		if (events[r->event].path != 0)
			next = r;
		else if (next != NULL && paths[r->event] == 0 &&
			 (kind == LW_SCOPE_TRACE || r->at_ns >= next->start_ns))
			paths[r->event] = events[next->event].path;
	}
}

bool
lw_ties_paths(const struct lw_analysis *a, uint64_t *paths)
{
	struct lw_ref *refs = malloc((a->tally->event_count + (size_t)1) * sizeof(*refs));
	uint32_t i;

	if (refs == NULL)
		return false;
	for (i = 0; i < a->tally->event_count; i++)
		paths[i] = a->tally->events[i].path;
	take_paths(a, LW_SCOPE_TRACE, refs, paths);
	take_paths(a, LW_SCOPE_INSTANCE, refs, paths);
	take_paths(a, LW_SCOPE_SYSTEM, refs, paths);
	free(refs);
	return true;
}
