/*
 * scopes.c - what came before what, in the scopes that events share.
 *
 * One pass over the events of a kind of scope: within each trace, instance,
 * service, or over all services, in order of time, each event looks back at the
 * last event of every other vertex there.
 */
#include <stdlib.h>

#include "count/node.h"
#include "why/linker.h"

#define INSTANCE_HORIZON_NS (600 * LW_NS_PER_S)
#define BUSY_HORIZON_NS \
	(30 * LW_NS_PER_S) /* where the effect comes often, any two things are near */
#define BUSY_EVENTS 3
#define AT_ONSET \
	10 /* the first effect follows its cause in less than a part in so many of the time before \
	    */
#define MAX_LAGS_OF_SCOPE 16 /* for the median: of a pair in one trace or instance */
#define MAX_IN_SCOPE 192     /* vertices looked at in one scope; more say little of any one */

struct cell {              /* an effect and a cause in one scope */
	uint64_t with;     /* events of the effect that the cause came before, in time */
	uint64_t near;     /* of these, within BUSY_HORIZON_NS */
	uint64_t causes;   /* events of the cause before the first effect */
	int64_t onset_lag; /* from the last of these to the first effect, in ns */
	int64_t burst_lag; /* from the first of these */
};

struct seen { /* a vertex within one scope */
	uint32_t vertex;
	uint64_t events;
	int64_t first_ns, last_ns; /* of its first event as an effect, of its last event */
	int64_t begin_ns;          /* of its first event */
};

struct pass {
	struct lw_linker *l;
	enum lw_scope kind;
	struct seen seen[MAX_IN_SCOPE];
	uint32_t count;
	struct cell cells[MAX_IN_SCOPE][MAX_IN_SCOPE]; /* by effect, cause */
};

static struct seen *
seen_in(struct pass *p, uint32_t vertex)
{
	uint32_t i;

	for (i = 0; i < p->count; i++)
		if (p->seen[i].vertex == vertex)
			return &p->seen[i];
	if (p->count == MAX_IN_SCOPE)
		return NULL;
	for (i = 0; i <= p->count; i++)
		p->cells[i][p->count] = p->cells[p->count][i] = (struct cell){0};
	p->seen[p->count] = (struct seen){.vertex = vertex,
	    .first_ns = LW_TIME_NONE,
	    .last_ns = LW_TIME_NONE,
	    .begin_ns = LW_TIME_NONE};
	return &p->seen[p->count++];
}

int64_t
lw_scope_horizon(enum lw_scope kind)
{
	switch (kind) {
	case LW_SCOPE_TRACE:
		return INT64_MAX;
	case LW_SCOPE_INSTANCE:
		return INSTANCE_HORIZON_NS;
	case LW_SCOPE_SERVICE:
	case LW_SCOPE_SYSTEM:
		break;
	}
	return LW_NEARBY_NS;
}

static bool
by_time_alone(enum lw_scope kind)
{
	return kind == LW_SCOPE_SERVICE || kind == LW_SCOPE_SYSTEM;
}

/* Over all services only what is of different ones: the pass by service has the others. */
static bool
of_interest(const struct pass *p, const struct seen *a, const struct seen *b)
{
	const struct lw_vertex *v = p->l->a->vertices;

	return p->kind != LW_SCOPE_SYSTEM || v[a->vertex].service != v[b->vertex].service;
}

static void
note_before(struct pass *p, const struct seen *me, uint32_t k, int64_t lag_ns)
{
	struct cell *c = &p->cells[me - p->seen][k];
	struct lw_link_facts *f;

	if (lag_ns < 0)
		lag_ns = 0;
	if (me->events == 1) {
		c->causes = p->seen[k].events;
		c->onset_lag = lag_ns;
		c->burst_lag = me->first_ns - p->seen[k].begin_ns;
	}
	if (lag_ns <= BUSY_HORIZON_NS || p->kind == LW_SCOPE_TRACE)
		c->near++;
	if (c->with++ >= MAX_LAGS_OF_SCOPE && !by_time_alone(p->kind))
		return;
	f = lw_linker_get(p->l, me->vertex, p->seen[k].vertex);
	if (f != NULL)
		lw_linker_lag(p->l, f, p->kind, lag_ns);
}

static void
look_back(struct pass *p, const struct lw_ref *r)
{
	struct seen *me = seen_in(p, r->vertex);
	int64_t reach_ns = lw_scope_horizon(p->kind), lag_ns;
	uint32_t k;

	if (me == NULL)
		return;
	if (!r->cut_off) {
		if (me->events++ == 0)
			me->first_ns = r->slack ? r->at_ns - LW_REQUEST_SLACK_NS : r->at_ns;
		for (k = 0; k < p->count; k++) {
			const struct seen *other = &p->seen[k];

			if (other == me || other->last_ns == LW_TIME_NONE ||
			    !of_interest(p, me, other))
				continue;
			lag_ns = r->at_ns - other->last_ns;
			if (r->start_ns - other->last_ns > reach_ns && lag_ns > reach_ns)
				continue;
			note_before(p, me, k, r->slack ? lag_ns - LW_REQUEST_SLACK_NS : lag_ns);
		}
	}
	me->last_ns = r->slack ? r->at_ns - LW_REQUEST_SLACK_NS : r->at_ns;
	if (me->begin_ns == LW_TIME_NONE)
		me->begin_ns = me->last_ns;
}

static bool
came_before(const struct seen *effect, const struct cell *c)
{
	uint64_t n = effect->events < BUSY_EVENTS ? c->with : c->near;

	return n > 0 && n * 2 >= effect->events;
}

/*
 * What happens once, or in one burst, may have many effects.  On an instance that
 * lived without the effect until then, did the first one follow the cause more closely
 * than a tenth of what chance lets it?
 */
static bool
came_at_onset(const struct pass *p, uint64_t scope, const struct seen *effect, uint32_t cause)
{
	const struct cell *c = &p->cells[effect - p->seen][cause];
	double lag_ns = (double)c->onset_lag * (double)c->causes;
	int64_t seen_ns;

	if ((double)c->burst_lag < lag_ns)
		lag_ns = (double)c->burst_lag;
	if (p->kind != LW_SCOPE_INSTANCE || c->causes == 0 || c->onset_lag > LW_NEARBY_NS ||
	    p->seen[cause].events * BUSY_EVENTS > effect->events)
		return false;
	seen_ns = lw_instance_first_ns(p->l->a, scope);
	return seen_ns != LW_TIME_NONE && lag_ns * AT_ONSET < (double)(effect->first_ns - seen_ns);
}

/* When a cause came last before the first effect on an instance, and when that was. */
static void
note_onset(
    struct pass *p, const struct lw_link_facts *f, const struct seen *effect, const struct cell *c)
{
	struct lw_onsets *o = &p->l->onsets[f - p->l->a->links];

	lw_linker_lag(p->l, f, LW_LAG_ONSET, c->onset_lag);
	lw_span_add(&o->effect_from_ns, &o->effect_to_ns, effect->first_ns);
	lw_span_add(&o->cause_from_ns, &o->cause_to_ns, effect->first_ns - c->onset_lag);
}

static void
scope_to_links(struct pass *p, uint64_t scope)
{
	struct lw_linker *l = p->l;
	uint32_t i, k;

	for (i = 0; i < p->count; i++) {
		const struct seen *effect = &p->seen[i];

		for (k = 0; k < p->count; k++) {
			const struct cell *c = &p->cells[i][k];
			bool found = came_before(effect, c), onset;
			struct lw_link_facts *f;

			if (k == i || (c->with == 0 && by_time_alone(p->kind)))
				continue;
			f = lw_linker_get(l, effect->vertex, p->seen[k].vertex);
			if (f == NULL)
				continue;
			onset = !found && came_at_onset(p, scope, effect, k);
			if (onset)
				note_onset(p, f, effect, c);
			if (p->kind == LW_SCOPE_TRACE) {
				f->traces += found;
				l->both_traces[f - l->a->links]++;
			} else if (p->kind == LW_SCOPE_INSTANCE) {
				f->instances += found || onset;
				f->onsets += onset;
				l->both[f - l->a->links]++;
			} else {
				f->nearby += c->with;
			}
		}
	}
}

void
lw_link_by_scope(struct lw_linker *l, enum lw_scope kind)
{
	struct pass *p = malloc(sizeof(*p));
	uint32_t i, from = 0, k, n;

	if (p == NULL) {
		l->failed = true;
		return;
	}
	n = lw_refs_collect(l->a, kind, true, l->refs);
	p->l = l;
	p->kind = kind;
	while (from < n) {
		p->count = 0;
		for (i = from; i < n && l->refs[i].scope == l->refs[from].scope; i++)
			look_back(p, &l->refs[i]);
		for (k = 0; k < p->count; k++)
			l->a->vertices[p->seen[k].vertex].scopes[kind] +=
			    by_time_alone(kind) ? p->seen[k].events : 1;
		scope_to_links(p, l->refs[from].scope);
		from = i;
	}
	free(p);
}
