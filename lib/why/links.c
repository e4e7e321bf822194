/*
 * links.c - how the vertices hang together, counted over the events.
 *
 * Three passes over the events that may stand in a chain: by instance, by
 * trace, and by service for what has neither.  Within a scope, in order of
 * time, each event looks back at the last event of every other vertex there.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "why/private.h"
#include "why/refs.h"

#define INSTANCE_HORIZON_NS (600 * LW_NS_PER_S)
#define BUSY_HORIZON_NS \
	(30 * LW_NS_PER_S) /* where the effect comes often, any two things are near */
#define BUSY_EVENTS 3
#define SERVICE_HORIZON_NS (60 * LW_NS_PER_S)
#define BRIDGE_REACH_NS (2 * LW_NS_PER_S)
#define MAX_IN_SCOPE 64 /* vertices looked at in one scope; more say little of any one */
#define MAX_LAGS 1024   /* lags kept of a link for the median */
#define MAX_LINKS 262144

struct lags {
	int64_t *ns;
	uint32_t count, capacity;
};

struct linker {
	struct lw_analysis *a;
	struct lw_map map; /* (effect, cause) to link */
	struct lags *lags; /* as a->links */
	uint64_t *both;    /* as a->links: instances that show effect and cause in any order */
	uint32_t capacity;
	enum lw_scope scope; /* of the pass */
	struct lw_ref *refs;
	uint32_t ref_count;
	bool failed;
};

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))

static struct lw_link_facts *
link_of(struct linker *l, uint32_t effect, uint32_t cause)
{
	struct lw_analysis *a = l->a;
	uint32_t at = lw_map_get(&l->map, (uint64_t)effect << 32 | cause);

	if (at != LW_MAP_NONE)
		return &a->links[at];
	if (a->link_count >= MAX_LINKS)
		return NULL;
	if (a->link_count == l->capacity) {
		uint32_t capacity = l->capacity == 0 ? 64 : l->capacity * 2;
		struct lw_link_facts *links = realloc(a->links, capacity * sizeof(*links));
		struct lags *lags;
		uint64_t *both;

		if (links != NULL)
			a->links = links;
		lags = links == NULL ? NULL : realloc(l->lags, capacity * sizeof(*lags));
		if (lags != NULL)
			l->lags = lags;
		both = lags == NULL ? NULL : realloc(l->both, capacity * sizeof(*both));
		if (both == NULL) {
			l->failed = true;
			return NULL;
		}
		l->both = both;
		l->capacity = capacity;
	}
	at = a->link_count;
	if (lw_map_put(&l->map, (uint64_t)effect << 32 | cause, at) == LW_MAP_NONE) {
		l->failed = true;
		return NULL;
	}
	a->links[at] =
	    (struct lw_link_facts){.effect = effect, .cause = cause, .median_lag_ns = LW_TIME_NONE};
	l->lags[at] = (struct lags){0};
	l->both[at] = 0;
	a->link_count++;
	return &a->links[at];
}

static void
keep_lag(struct linker *l, const struct lw_link_facts *f, int64_t lag_ns)
{
	struct lags *lags = &l->lags[f - l->a->links];

	if (lags->count == MAX_LAGS)
		return;
	if (lags->count == lags->capacity) {
		uint32_t capacity = lags->capacity == 0 ? 8 : lags->capacity * 2;
		int64_t *ns = realloc(lags->ns, capacity * sizeof(*ns));

		if (ns == NULL) {
			l->failed = true;
			return;
		}
		lags->ns = ns;
		lags->capacity = capacity;
	}
	lags->ns[lags->count++] = lag_ns;
}

struct seen { /* a vertex within one scope */
	uint32_t vertex;
	uint64_t events;
	int64_t last_ns;              /* of its last event */
	uint64_t with[MAX_IN_SCOPE];  /* events that the k-th vertex came before, in time */
	uint64_t near[MAX_IN_SCOPE];  /* of these, within BUSY_HORIZON_NS */
	int64_t lag_ns[MAX_IN_SCOPE]; /* of the first of these */
};

struct scope {
	struct seen seen[MAX_IN_SCOPE];
	uint32_t count;
};

static struct seen *
seen_in(struct scope *s, uint32_t vertex)
{
	uint32_t i;

	for (i = 0; i < s->count; i++)
		if (s->seen[i].vertex == vertex)
			return &s->seen[i];
	if (s->count == MAX_IN_SCOPE)
		return NULL;
	s->seen[s->count] = (struct seen){.vertex = vertex, .last_ns = LW_TIME_NONE};
	return &s->seen[s->count++];
}

static int64_t
horizon(enum lw_scope scope)
{
	switch (scope) {
	case LW_SCOPE_TRACE:
		return INT64_MAX;
	case LW_SCOPE_INSTANCE:
		return INSTANCE_HORIZON_NS;
	case LW_SCOPE_SERVICE:
		break;
	}
	return SERVICE_HORIZON_NS;
}

static void
look_back(struct linker *l, struct scope *s, const struct lw_ref *r)
{
	struct seen *me = seen_in(s, r->vertex);
	int64_t reach_ns = horizon(l->scope), lag_ns;
	uint32_t k;

	if (me == NULL)
		return;
	me->events++;
	for (k = 0; k < s->count; k++) {
		const struct seen *other = &s->seen[k];

		if (other == me || other->events == 0)
			continue;
		lag_ns = r->at_ns - other->last_ns;
		if (r->start_ns - other->last_ns > reach_ns && lag_ns > reach_ns)
			continue;
		if (r->slack)
			lag_ns -= LW_REQUEST_SLACK_NS;
		if (lag_ns <= BUSY_HORIZON_NS || l->scope == LW_SCOPE_TRACE)
			me->near[k]++;
		if (me->with[k]++ == 0)
			me->lag_ns[k] = lag_ns < 0 ? 0 : lag_ns;
	}
	me->last_ns = r->slack ? r->at_ns - LW_REQUEST_SLACK_NS : r->at_ns;
}

static bool
came_before(const struct seen *effect, uint32_t k)
{
	uint64_t n = effect->events < BUSY_EVENTS ? effect->with[k] : effect->near[k];

	return n > 0 && n * 2 >= effect->events;
}

static void
scope_to_links(struct linker *l, const struct scope *s)
{
	uint32_t i, k;

	for (i = 0; i < s->count; i++) {
		const struct seen *effect = &s->seen[i];

		for (k = 0; k < s->count; k++) {
			struct lw_link_facts *f;
			bool found = came_before(effect, k);

			if (k == i || (effect->with[k] == 0 && l->scope != LW_SCOPE_INSTANCE))
				continue;
			f = link_of(l, effect->vertex, s->seen[k].vertex);
			if (f == NULL)
				continue;
			if (l->scope == LW_SCOPE_TRACE) {
				f->traces += found;
			} else if (l->scope == LW_SCOPE_INSTANCE) {
				f->instances += found;
				l->both[f - l->a->links]++;
			} else {
				f->nearby += effect->with[k];
			}
			if (found && l->scope != LW_SCOPE_SERVICE)
				keep_lag(l, f, effect->lag_ns[k]);
		}
	}
}

/* One pass: look back within each scope; `scopes` counts those of each vertex. */
static void
pass(struct linker *l, enum lw_scope kind, uint64_t *scopes)
{
	struct scope *s = malloc(sizeof(*s));
	uint32_t i, from = 0, k;

	if (s == NULL) {
		l->failed = true;
		return;
	}
	l->scope = kind;
	while (from < l->ref_count) {
		s->count = 0;
		for (i = from; i < l->ref_count && l->refs[i].scope == l->refs[from].scope; i++)
			look_back(l, s, &l->refs[i]);
		for (k = 0; k < s->count; k++)
			scopes[s->seen[k].vertex] +=
			    kind == LW_SCOPE_SERVICE ? s->seen[k].events : 1;
		scope_to_links(l, s);
		from = i;
	}
	free(s);
}

/* Does the effect's rule name the cause's? */
static bool
in_catalogue(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
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

/* Of two things that one entry says, which one does it give as the cause of the other? */
static bool
names_as_cause(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	if (a->vertices[effect].depth != a->vertices[cause].depth)
		return a->vertices[effect].depth < a->vertices[cause].depth;
	return in_catalogue(a, effect, cause) && !in_catalogue(a, cause, effect);
}

static void
state(struct linker *l, uint32_t effect, uint32_t cause)
{
	struct lw_link_facts *f;

	if (effect == cause || !names_as_cause(l->a, effect, cause))
		return;
	f = link_of(l, effect, cause);
	if (f != NULL)
		f->stated++;
}

struct span { /* the events of one entry, [from, to) */
	uint32_t from, to;
};

static bool
says(const struct linker *l, struct span entry, uint32_t vertex)
{
	const struct lw_event *events = l->a->tally->events;
	uint32_t i;

	for (i = entry.from; i < entry.to; i++)
		if (l->a->vertex_of_node[events[i].node] == vertex)
			return true;
	return false;
}

/* What `cause` says stands behind what `effect` says, unless effect says it itself. */
static void
state_all(struct linker *l, struct span effect, struct span cause)
{
	const struct lw_event *events = l->a->tally->events;
	const uint32_t *vertex = l->a->vertex_of_node;
	bool same = effect.from == cause.from;
	uint32_t i, k;

	for (k = cause.from; k < cause.to; k++) {
		if (!same && says(l, effect, vertex[events[k].node]))
			continue;
		for (i = effect.from; i < effect.to; i++)
			state(l, vertex[events[i].node], vertex[events[k].node]);
	}
}

/* Do the two entries stand close to the bridge, on its instance? */
static bool
spans_bridge(
    const struct lw_event *before, const struct lw_event *bridge, const struct lw_event *after)
{
	return bridge->instance != 0 && before->instance == bridge->instance &&
	       after->instance == bridge->instance &&
	       bridge->effect_ns - before->effect_ns <= BRIDGE_REACH_NS &&
	       after->effect_ns - bridge->effect_ns <= BRIDGE_REACH_NS;
}

/* Entries that name a cause, and traces with a bridge between them; the tally's events are in
 * order. */
static void
find_stated(struct linker *l)
{
	const struct lw_tally *t = l->a->tally;
	const struct lw_event *bridge = NULL;
	struct span entry, before = {0, 0};

	for (entry.from = 0; entry.from < t->event_count; entry.from = entry.to) {
		const struct lw_event *e = &t->events[entry.from];

		for (entry.to = entry.from + 1;
		     entry.to < t->event_count && t->events[entry.to].entry_key == e->entry_key;
		     entry.to++)
			;
		if (t->events[entry.to - 1].node == LW_NO_NODE) { /* the last event of a bridge */
			bridge = e;
			continue;
		}
		state_all(l, entry, entry);
		if (bridge != NULL && before.to > before.from &&
		    spans_bridge(&t->events[before.from], bridge, e))
			state_all(l, entry, before);
		bridge = NULL;
		before = entry;
	}
}

static int
by_ns(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return LESS(*a, *b);
}

/* Of the instances of the service that are without the effect, how many are without the cause too.
 */
static void
find_contrast(struct linker *l)
{
	struct lw_analysis *a = l->a;
	const struct lw_tally *t = a->tally;
	uint64_t *of_service = calloc((size_t)t->service_count + 1, sizeof(*of_service));
	uint32_t i;

	if (of_service == NULL) {
		l->failed = true;
		return;
	}
	for (i = 0; i < t->instance_count; i++)
		of_service[t->instances[i].service]++;
	for (i = 0; i < a->link_count; i++) {
		struct lw_link_facts *f = &a->links[i];
		const struct lw_vertex *effect = &a->vertices[f->effect];
		const struct lw_vertex *cause = &a->vertices[f->cause];
		uint64_t cause_only = cause->sum.instances - l->both[i];

		if (effect->service != cause->service || f->instances == 0)
			continue;
		f->contrast_of = of_service[effect->service] - effect->sum.instances;
		f->contrast = f->contrast_of > cause_only ? f->contrast_of - cause_only : 0;
	}
	free(of_service);
}

static int
by_effect_and_cause(const void *pa, const void *pb)
{
	const struct lw_link_facts *a = pa, *b = pb;
	int c = LESS(a->effect, b->effect);

	return c != 0 ? c : LESS(a->cause, b->cause);
}

static bool
mostly(uint64_t n, uint64_t of)
{
	return n * 5 >= of * 4;
}

/* What only the whole can tell: totals to compare with, medians, the catalogue's word. */
static void
finish(struct linker *l, const uint64_t *traces, const uint64_t *instances, const uint64_t *events,
    const uint64_t *traced)
{
	struct lw_analysis *a = l->a;
	uint32_t i;

	find_contrast(l);
	for (i = 0; i < a->link_count; i++) {
		struct lw_link_facts *f = &a->links[i];
		struct lags *lags = &l->lags[i];

		f->stated_of = events[f->effect];
		f->traces_of = traces[f->effect];
		f->instances_of = instances[f->effect];
		f->nearby_of = events[f->effect];
		f->catalogue = in_catalogue(a, f->effect, f->cause);
		if (a->vertices[f->effect].sum.instances > 0 &&
		    a->vertices[f->cause].sum.instances > 0)
			f->nearby = 0; /* where instances are known, those decide */
		f->traced = mostly(traced[f->effect], events[f->effect]) &&
			    mostly(traced[f->cause], events[f->cause]);
		if (lags->count > 0) {
			qsort(lags->ns, lags->count, sizeof(*lags->ns), by_ns);
			f->median_lag_ns = lags->ns[(lags->count - 1) / 2];
		}
		free(lags->ns);
	}
	if (a->link_count > 1)
		qsort(a->links, a->link_count, sizeof(*a->links), by_effect_and_cause);
}

bool
lw_why_link(struct lw_analysis *a)
{
	size_t n = a->vertex_count + (size_t)1;
	struct linker l = {.a = a};
	uint64_t *traces = calloc(n, sizeof(*traces)), *instances = calloc(n, sizeof(*instances));
	uint64_t *events = calloc(n, sizeof(*events)), *traced = calloc(n, sizeof(*traced));
	uint32_t i;

	l.refs = malloc((a->tally->event_count + (size_t)1) * sizeof(*l.refs));
	lw_map_init(&l.map);
	if (l.refs == NULL || traces == NULL || instances == NULL || events == NULL ||
	    traced == NULL) {
		l.failed = true;
	} else {
		l.ref_count = lw_refs_collect(a, LW_SCOPE_TRACE, l.refs);
		for (i = 0; i < l.ref_count; i++)
			traced[l.refs[i].vertex]++;
		pass(&l, LW_SCOPE_TRACE, traces);
		l.ref_count = lw_refs_collect(a, LW_SCOPE_INSTANCE, l.refs);
		pass(&l, LW_SCOPE_INSTANCE, instances);
		l.ref_count = lw_refs_collect(a, LW_SCOPE_SERVICE, l.refs);
		pass(&l, LW_SCOPE_SERVICE, events);
		find_stated(&l);
		finish(&l, traces, instances, events, traced);
	}
	lw_map_fini(&l.map);
	free(l.lags);
	free(l.both);
	free(l.refs);
	free(traces);
	free(instances);
	free(events);
	free(traced);
	return !l.failed;
}

const struct lw_link_facts *
lw_link_find(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	struct lw_link_facts key = {.effect = effect, .cause = cause};

	if (a->link_count == 0)
		return NULL;
	return bsearch(&key, a->links, a->link_count, sizeof(*a->links), by_effect_and_cause);
}

static double
share(uint64_t n, uint64_t of)
{
	return of == 0 ? 0 : n >= of ? 1 : (double)n / (double)of;
}

double
lw_link_confidence(const struct lw_link_facts *f, enum lw_scope *scope)
{
	double traces = share(f->traces, f->traces_of),
	       instances = share(f->instances, f->instances_of);
	double nearby = share(f->nearby, f->nearby_of),
	       contrast = share(f->contrast, f->contrast_of);
	double sequence, doubt;
	enum lw_scope best = LW_SCOPE_SERVICE;

	if (f->traced)
		instances = nearby = 0;
	sequence = 0.3 * nearby;
	if (0.6 * instances >= sequence) {
		sequence = 0.6 * instances;
		best = LW_SCOPE_INSTANCE;
	}
	if (0.6 * traces > sequence) {
		sequence = 0.6 * traces;
		best = LW_SCOPE_TRACE;
	}
	if (scope != NULL)
		*scope = best;
	doubt = 1 - 0.85 * share(f->stated, f->stated_of);
	if (f->catalogue)
		doubt *= 1 - 0.35;
	if (f->contrast_of >= 2 && contrast < 0.5 && best == LW_SCOPE_INSTANCE)
		sequence *= contrast;
	else if (f->contrast_of >= 2 && f->instances > 0)
		doubt *= 1 - 0.3 * contrast;
	return 1 - doubt * (1 - sequence);
}
