/*
 * close.c - effects that a cause comes right before, more closely than chance lets it.
 *
 * Where two failures go on at the same time, each comes before the other again and
 * again.  How close they are tells which of them an effect hangs together with.
 */
#include <stdlib.h>

#include "why/linker.h"

#define PART 20    /* close: within a part in so many of the mean distance between two causes */
#define APART 5    /* apart: from so many times this on */
#define MIN_EACH 4 /* events of the cause, on each instance where these decide */

struct seen { /* a vertex within one scope */
	uint32_t vertex;
	uint32_t home; /* its service, where its instances are known; else LW_MAP_NONE */
	int64_t last_ns, reach_ns;
};

struct pass {
	struct lw_linker *l;
	enum lw_scope kind;
	uint32_t count, max;
	struct seen seen[LW_MAX_IN_SCOPE + 1]; /* the last: one more, as an effect alone */
	uint32_t links[]; /* rows of max: by effect, cause, as lw_linker_at knows them */
};

int64_t
lw_close_reach(const struct lw_vertex *v, enum lw_scope kind)
{
	const struct lw_windows *w = &v->sum.windows;
	uint64_t each = kind == LW_SCOPE_INSTANCE && v->sum.instances > 1 ? v->sum.instances : 1;
	double distance_ns;

	if (v->sum.count < MIN_EACH * each)
		return -1;
	distance_ns = (double)(w->end_ns - w->onset_ns) / (double)(v->sum.count - 1) * (double)each;
	return distance_ns < PART * LW_NS_PER_MS ? -1 : (int64_t)(distance_ns / PART);
}

enum lw_scope
lw_close_scope(const struct lw_vertex *effect, const struct lw_vertex *cause)
{
	return effect->service == cause->service && effect->sum.instances > 0 &&
		       cause->sum.instances > 0
		   ? LW_SCOPE_INSTANCE
		   : LW_SCOPE_SYSTEM;
}

/* Where the vertex is among those seen in the scope at hand. */
static uint32_t
seen_at(struct pass *p, uint32_t vertex)
{
	const struct lw_vertex *v = &p->l->a->vertices[vertex];
	uint8_t *slot = &p->l->slots[vertex];
	uint32_t at = p->count, i;

	if (*slot != 0)
		return *slot - (uint32_t)1;
	p->seen[at] = (struct seen){.vertex = vertex,
	    .home = v->sum.instances > 0 ? v->service : LW_MAP_NONE,
	    .reach_ns = lw_close_reach(v, p->kind)};
	memset(&p->links[(size_t)at * p->max], 0, p->max * sizeof(*p->links));
	if (at == p->max)
		return at;
	for (i = 0; i < at; i++)
		p->links[(size_t)i * p->max + at] = 0;
	*slot = (uint8_t)++p->count;
	return at;
}

/* The effect at r, held against what came before it in its scope. */
static void
look_back(struct pass *p, const struct lw_ref *r)
{
	uint32_t at = seen_at(p, r->vertex), *row = &p->links[(size_t)at * p->max], k, link;
	struct seen *me = &p->seen[at];
	const bool by_instance = p->kind == LW_SCOPE_INSTANCE, placed = me->home != LW_MAP_NONE;
	const uint32_t count = p->count, home = me->home;

	for (k = 0; k < count; k++) {
		const struct seen *other = &p->seen[k];
		struct lw_link_facts *f;
		int64_t lag_ns;

		/* The latter: as lw_close_scope has it. */
		if (k == at || other->reach_ns < 0 ||
		    (placed && other->home == home) != by_instance)
			continue;
		link = lw_linker_at(p->l, me->vertex, other->vertex, &row[k]);
		if (link == LW_MAP_NONE)
			break;
		f = &p->l->a->links[link];
		lag_ns = r->at_ns - other->last_ns;
		f->close += lag_ns <= other->reach_ns;
		f->close_of++;
		f->apart += lag_ns > other->reach_ns * APART;
	}
	me->last_ns = r->at_ns;
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

void
lw_link_close(struct lw_linker *l, enum lw_scope kind)
{
	uint32_t n = l->a->vertex_count, max = n < LW_MAX_IN_SCOPE ? n : LW_MAX_IN_SCOPE, i;
	struct pass *p = calloc(1, sizeof(*p) + (size_t)(max + 1) * max * sizeof(*p->links));

	if (p == NULL) {
		l->failed = true;
		return;
	}
	p->l = l;
	p->kind = kind;
	p->max = max;
	n = lw_refs_collect(l->a, kind, false, l->refs);
	for (i = 0; i < n; i++) {
		if (i > 0 && l->refs[i].scope != l->refs[i - 1].scope)
			forget_seen(p);
		look_back(p, &l->refs[i]);
	}
	forget_seen(p);
	free(p);
}

void
lw_find_borne(struct lw_analysis *a, const uint64_t *events)
{
	uint32_t i;

	for (i = 0; i < a->vertex_count; i++)
		a->vertices[i].borne = a->vertices[i].depth == LW_DEPTH_REQUEST;
	for (i = 0; i < a->link_count; i++) {
		const struct lw_link_facts *f = &a->links[i];

		if (a->vertices[f->effect].depth == LW_DEPTH_REQUEST &&
		    f->close * 2 >= events[f->cause] && f->close * 5 >= f->close_of)
			a->vertices[f->cause].borne = true;
	}
}
