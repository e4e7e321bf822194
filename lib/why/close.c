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
#define MAX_IN_SCOPE 192

struct seen { /* a vertex within one scope */
	uint32_t vertex;
	int64_t last_ns, reach_ns;
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

/* The effect at r, held against what came before it in its scope. */
static void
look_back(struct lw_linker *l, enum lw_scope kind, const struct lw_ref *r, struct seen *seen,
    uint32_t count)
{
	const struct lw_vertex *v = l->a->vertices;
	uint32_t i;

	for (i = 0; i < count; i++) {
		struct lw_link_facts *f;
		int64_t lag_ns = r->at_ns - seen[i].last_ns;

		if (seen[i].vertex == r->vertex || seen[i].reach_ns < 0 ||
		    lw_close_scope(&v[r->vertex], &v[seen[i].vertex]) != kind)
			continue;
		f = lw_linker_get(l, r->vertex, seen[i].vertex);
		if (f == NULL)
			return;
		f->close += lag_ns <= seen[i].reach_ns;
		f->close_of++;
		f->apart += lag_ns > seen[i].reach_ns * APART;
	}
}

static void
note(struct lw_linker *l, enum lw_scope kind, const struct lw_ref *r, struct seen *seen,
    uint32_t *count)
{
	uint32_t i;

	for (i = 0; i < *count && seen[i].vertex != r->vertex; i++)
		;
	if (i == MAX_IN_SCOPE)
		return;
	if (i == *count) {
		seen[i].vertex = r->vertex;
		seen[i].reach_ns = lw_close_reach(&l->a->vertices[r->vertex], kind);
		++*count;
	}
	seen[i].last_ns = r->at_ns;
}

void
lw_link_close(struct lw_linker *l, enum lw_scope kind)
{
	struct seen seen[MAX_IN_SCOPE];
	uint32_t n = lw_refs_collect(l->a, kind, false, l->refs), i, count = 0;

	for (i = 0; i < n; i++) {
		if (i > 0 && l->refs[i].scope != l->refs[i - 1].scope)
			count = 0;
		look_back(l, kind, &l->refs[i], seen, count);
		note(l, kind, &l->refs[i], seen, &count);
	}
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
