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

struct cell {              /* an effect and a cause in one scope */
	int64_t onset_lag; /* from the last of the causes to the first effect, in ns */
	int64_t burst_lag; /* from the first of these */
	uint32_t with;     /* events of the effect that the cause came before, in time */
	uint32_t near;     /* of these, within BUSY_HORIZON_NS */
	uint32_t causes;   /* events of the cause before the first effect */
	uint32_t link;     /* one more than where the link is; 0 before it is looked for */
};

struct seen { /* a vertex within one scope */
	uint32_t vertex;
	uint32_t kin; /* what is of the same is not looked at: the service over all services, where
		       * the pass by service has them, else the vertex alone */
	uint32_t events;
	int64_t first_ns, last_ns; /* of its first event as an effect, of its last event */
	int64_t begin_ns;          /* of its first event */
};

struct pass {
	struct lw_linker *l;
	enum lw_scope kind;
	int64_t reach_ns;  /* how far back a cause may lie */
	int64_t near_ns;   /* up to which it is near where the effect comes often */
	uint32_t max_lags; /* of a pair in one scope */
	uint32_t count, max;
	struct seen seen[LW_MAX_IN_SCOPE];
	struct cell cells[]; /* max rows of so many: by effect, cause */
};

/* Where the vertex is among those seen in the scope at hand; p->max where it has no room there. */
static uint32_t
seen_at(struct pass *p, const struct lw_ref *r)
{
	uint8_t *slot = &p->l->slots[r->vertex];
	uint32_t at = p->count, i;
	int64_t at_ns = r->slack ? r->at_ns - LW_REQUEST_SLACK_NS : r->at_ns;

	if (*slot != 0)
		return *slot - (uint32_t)1;
	if (at == p->max)
		return at;
	memset(&p->cells[(size_t)at * p->max], 0, ((size_t)at + 1) * sizeof(*p->cells));
	for (i = 0; i < at; i++)
		p->cells[(size_t)i * p->max + at] = (struct cell){0};
	p->seen[at] = (struct seen){.vertex = r->vertex,
	    .kin = p->kind == LW_SCOPE_SYSTEM ? p->l->a->vertices[r->vertex].service : r->vertex,
	    .first_ns = LW_TIME_NONE,
	    .begin_ns = at_ns};
	*slot = (uint8_t)++p->count;
	return at;
}

/* The next scope is another one. */
static void
forget_seen(struct pass *p)
{
	uint32_t i;

	for (i = 0; i < p->count; i++)
		p->l->slots[p->seen[i].vertex] = 0;
	p->count = 0;
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

/* The effect `me` at r, held against what came before it in its scope. */
static void
look_back(struct pass *p, const struct lw_ref *r, struct seen *me)
{
	struct cell *row = &p->cells[(size_t)(me - p->seen) * p->max];
	const int64_t slack_ns = r->slack ? LW_REQUEST_SLACK_NS : 0, reach_ns = p->reach_ns;
	const int64_t near_ns = p->near_ns;
	const uint32_t count = p->count, max_lags = p->max_lags, kin = me->kin;
	const bool first = me->events++ == 0;
	uint32_t k, at;

	if (first)
		me->first_ns = r->at_ns - slack_ns;
	for (k = 0; k < count; k++) {
		const struct seen *other = &p->seen[k];
		struct cell *c = &row[k];
		int64_t lag_ns;

		if (other->kin == kin)
			continue;
		lag_ns = r->at_ns - other->last_ns;
		if (lag_ns > reach_ns && r->start_ns - other->last_ns > reach_ns)
			continue;
		lag_ns = lag_ns > slack_ns ? lag_ns - slack_ns : 0;
		if (first) {
			c->causes = other->events;
			c->onset_lag = lag_ns;
			c->burst_lag = me->first_ns - other->begin_ns;
		}
		c->near += lag_ns <= near_ns;
		if (c->with++ >= max_lags)
			continue;
		at = lw_linker_at(p->l, me->vertex, other->vertex, &c->link);
		if (at != LW_MAP_NONE)
			lw_linker_lag(p->l, at, p->kind, lag_ns);
	}
}

static void
see(struct pass *p, const struct lw_ref *r)
{
	uint32_t at = seen_at(p, r);

	if (at == p->max)
		return;
	if (!r->cut_off)
		look_back(p, r, &p->seen[at]);
	p->seen[at].last_ns = r->slack ? r->at_ns - LW_REQUEST_SLACK_NS : r->at_ns;
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
came_at_onset(const struct pass *p, uint64_t scope, const struct seen *effect, const struct cell *c,
    const struct seen *cause)
{
	double lag_ns = (double)c->onset_lag * (double)c->causes;
	int64_t seen_ns;

	if ((double)c->burst_lag < lag_ns)
		lag_ns = (double)c->burst_lag;
	if (p->kind != LW_SCOPE_INSTANCE || c->causes == 0 || c->onset_lag > LW_NEARBY_NS ||
	    cause->events * (uint64_t)BUSY_EVENTS > effect->events)
		return false;
	seen_ns = lw_instance_first_ns(p->l->a, scope);
	return seen_ns != LW_TIME_NONE && lag_ns * AT_ONSET < (double)(effect->first_ns - seen_ns);
}

/* When a cause came last before the first effect on an instance, and when that was. */
static void
note_onset(struct pass *p, uint32_t link, const struct seen *effect, const struct cell *c)
{
	struct lw_onsets *o = &p->l->onsets[link];

	lw_linker_lag(p->l, link, LW_LAG_ONSET, c->onset_lag);
	lw_span_add(&o->effect_from_ns, &o->effect_to_ns, effect->first_ns);
	lw_span_add(&o->cause_from_ns, &o->cause_to_ns, effect->first_ns - c->onset_lag);
}

/* What the scope says of one effect and one cause. */
static void
cell_to_link(struct pass *p, uint64_t scope, uint32_t i, uint32_t k)
{
	const struct seen *effect = &p->seen[i], *cause = &p->seen[k];
	struct cell *c = &p->cells[(size_t)i * p->max + k];
	uint32_t at = lw_linker_at(p->l, effect->vertex, cause->vertex, &c->link);
	bool found = came_before(effect, c), onset;
	struct lw_link_facts *f;

	if (at == LW_MAP_NONE)
		return;
	f = &p->l->a->links[at];
	onset = !found && came_at_onset(p, scope, effect, c, cause);
	if (onset)
		note_onset(p, at, effect, c);
	if (p->kind == LW_SCOPE_TRACE) {
		f->traces += found;
		p->l->both_traces[at]++;
	} else if (p->kind == LW_SCOPE_INSTANCE) {
		f->instances += found || onset;
		f->onsets += onset;
		p->l->both[at]++;
	} else {
		f->nearby += c->with;
	}
}

static void
scope_to_links(struct pass *p, uint64_t scope)
{
	bool timely = by_time_alone(p->kind);
	uint32_t i, k;

	for (i = 0; i < p->count; i++)
		for (k = 0; k < p->count; k++)
			if (k != i && !(timely && p->cells[(size_t)i * p->max + k].with == 0))
				cell_to_link(p, scope, i, k);
}

static struct pass *
pass_new(struct lw_linker *l, enum lw_scope kind)
{
	uint32_t n = l->a->vertex_count, max = n < LW_MAX_IN_SCOPE ? n : LW_MAX_IN_SCOPE;
	struct pass *p = calloc(1, sizeof(*p) + (size_t)max * max * sizeof(*p->cells));

	if (p == NULL)
		return NULL;
	p->l = l;
	p->kind = kind;
	p->reach_ns = lw_scope_horizon(kind);
	p->near_ns = kind == LW_SCOPE_TRACE ? INT64_MAX : BUSY_HORIZON_NS;
	p->max_lags = by_time_alone(kind) ? UINT32_MAX : MAX_LAGS_OF_SCOPE;
	p->max = max;
	return p;
}

void
lw_link_by_scope(struct lw_linker *l, enum lw_scope kind)
{
	struct pass *p = pass_new(l, kind);
	uint32_t i, from, k, n;

	if (p == NULL) {
		l->failed = true;
		return;
	}
	n = lw_refs_collect(l->a, kind, true, l->refs);
	for (from = 0; from < n; from = i) {
		const uint64_t scope = l->refs[from].scope;

		for (i = from; i < n && l->refs[i].scope == scope; i++)
			see(p, &l->refs[i]);
		for (k = 0; k < p->count; k++)
			l->a->vertices[p->seen[k].vertex].scopes[kind] +=
			    by_time_alone(kind) ? p->seen[k].events : 1;
		scope_to_links(p, scope);
		forget_seen(p);
	}
	free(p);
}
