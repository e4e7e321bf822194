/*
 * share.c - one root under the failures of several services is one incident.
 *
 * A root is shared where two services report the same finding at the same time, and
 * it names the same thing (a host, a socket, a module, a bucket), or each of one
 * follows one of the other more closely than chance lets it, or where one of the two is
 * the database that they speak of.  The same words about
 * other things, or about what is each service's own, are another root.
 */
#include <stdlib.h>

#include "why/chain.h"
#include "why/roots.h"

struct sharer {
	struct lw_analysis *a;
	struct lw_roots *roots;
	uint32_t *told; /* the roots that an incident has by now */
	uint32_t *held; /* by incident: against how many of these it was held in vain */
};

static bool
at_the_same_time(const struct lw_analysis *a, const struct lw_vertex *u, const struct lw_vertex *v)
{
	const struct lw_windows *x = &u->sum.windows, *y = &v->sum.windows;
	int64_t apart_ns = x->onset_ns - y->onset_ns;

	if (apart_ns < 0)
		apart_ns = -apart_ns;
	return apart_ns <= a->window_ns && x->onset_ns <= y->end_ns && y->onset_ns <= x->end_ns;
}

static bool
is_database(const struct lw_analysis *a, const struct lw_vertex *v)
{
	const struct lw_service *s = &a->tally->services[v->service];

	return lw_str_ends(lw_intern_get(&a->tally->names, s->type), LW_STR("_database"));
}

/* Does a database say of itself, and it alone, what a client says of it? */
static bool
is_said_by_database(
    const struct lw_analysis *a, const struct lw_vertex *u, const struct lw_vertex *v)
{
	const struct lw_group *g = &a->groups[u->group];
	uint32_t i, of = LW_NO_VERTEX;

	if (lw_vertex_rule(a, u) == NULL || lw_vertex_rule(a, u)->layer != LW_LAYER_DEPENDENCY ||
	    is_database(a, u) == is_database(a, v))
		return false;
	for (i = 0; i < g->node_count; i++) {
		uint32_t at = a->vertex_of_node[g->nodes[i]];

		if (!is_database(a, &a->vertices[at]))
			continue;
		if (of != LW_NO_VERTEX && a->vertices[of].service != a->vertices[at].service)
			return false;
		of = at;
	}
	return true;
}

/* Do two roots speak of one thing: by its name, since it says so itself, or since each time it
 * happens both say so? */
static bool
is_shared(const struct sharer *s, uint32_t root, uint32_t other)
{
	const struct lw_analysis *a = s->a;
	const struct lw_vertex *u = &a->vertices[root], *v = &a->vertices[other];

	if (root == other)
		return true;
	if (u->group != v->group || u->service == v->service || u->depth < LW_DEPTH_UNKNOWN ||
	    !at_the_same_time(a, u, v))
		return false;
	if (lw_chain_is_call_by_time(a, root, other) || lw_chain_is_call_by_time(a, other, root))
		return true;
	if (is_said_by_database(a, u, v))
		return true;
	return lw_vertex_rule(a, u) == NULL ? lw_roots_say_one(s->roots, root, other)
					    : lw_roots_name_one(s->roots, root, other);
}

static uint32_t
root_of(const struct lw_incident *inc)
{
	return inc->whys[inc->why_count - 1].vertex;
}

/* Is the root of incident k one with those that are told, of which there are so many?  Those that
 * it was held against before are not looked at again. */
static bool
is_one(struct sharer *s, uint32_t told, size_t k)
{
	for (; s->held[k] < told; s->held[k]++)
		if (is_shared(s, s->told[s->held[k]], root_of(&s->a->incidents[k])))
			return true;
	return false;
}

/* Is x nearer to users than y, or felt by more of them? */
static bool
leads(const struct lw_analysis *a, const struct lw_incident *x, const struct lw_incident *y)
{
	const struct lw_vertex *u = &a->vertices[x->whys[0].vertex];
	const struct lw_vertex *v = &a->vertices[y->whys[0].vertex];

	if (u->depth != v->depth)
		return u->depth < v->depth;
	if (x->requests_failed != y->requests_failed)
		return x->requests_failed > y->requests_failed;
	if (x->why_count != y->why_count)
		return x->why_count > y->why_count;
	if (u->sum.count != v->sum.count)
		return u->sum.count > v->sum.count;
	return a->groups[u->group].id < a->groups[v->group].id;
}

/* Tell y, and what it has taken in, with x. */
static bool
take_in(struct lw_analysis *a, struct lw_incident *x, const struct lw_incident *y)
{
	size_t n = x->also_count + y->also_count + 1;
	struct lw_also *also = lw_arena_alloc(a->arena, n * sizeof(*also));

	if (also == NULL)
		return false;
	if (x->also_count > 0)
		memcpy(also, x->also, x->also_count * sizeof(*also));
	also[x->also_count] =
	    (struct lw_also){y->whys[0].vertex, root_of(y), y->requests_failed, y->requests_seen};
	if (y->also_count > 0)
		memcpy(also + x->also_count + 1, y->also, y->also_count * sizeof(*also));
	x->also = also;
	x->also_count = n;
	if (y->from_ns < x->from_ns)
		x->from_ns = y->from_ns;
	if (y->to_ns > x->to_ns)
		x->to_ns = y->to_ns;
	x->ongoing = x->ongoing || y->ongoing;
	return true;
}

/* Take incident k into incident i. */
static bool
join(struct sharer *s, size_t i, size_t k)
{
	struct lw_analysis *a = s->a;
	struct lw_incident *x = &a->incidents[i];

	if (leads(a, &a->incidents[k], x)) {
		struct lw_incident first = *x;

		*x = a->incidents[k];
		a->incidents[k] = first;
	}
	if (!take_in(a, x, &a->incidents[k]))
		return false;
	a->incident_count--;
	memmove(&a->incidents[k], &a->incidents[k + 1],
	    (a->incident_count - k) * sizeof(*a->incidents));
	memmove(&s->held[k], &s->held[k + 1], (a->incident_count - k) * sizeof(*s->held));
	return true;
}

/* Take into incident i all that are one with it, or with what it has taken in. */
static bool
gather(struct sharer *s, size_t i)
{
	struct lw_analysis *a = s->a;
	uint32_t told = 1;
	size_t k;

	s->told[0] = root_of(&a->incidents[i]);
	memset(s->held, 0, a->incident_count * sizeof(*s->held));
	for (k = i + 1; k < a->incident_count; k++) {
		if (!is_one(s, told, k))
			continue;
		s->told[told++] = root_of(&a->incidents[k]);
		if (!join(s, i, k))
			return false;
		k = i; /* from the first one on again */
	}
	return lw_roots_ok(s->roots);
}

bool
lw_why_share(struct lw_analysis *a)
{
	struct sharer s = {.a = a};
	size_t i;
	bool ok;

	if (a->incident_count < 2)
		return true;
	s.roots = lw_roots_new(a);
	s.told = malloc(a->incident_count * sizeof(*s.told));
	s.held = malloc(a->incident_count * sizeof(*s.held));
	ok = s.roots != NULL && s.told != NULL && s.held != NULL;
	for (i = 0; i < a->incident_count && ok; i++)
		ok = gather(&s, i);
	lw_roots_free(s.roots);
	free(s.told);
	free(s.held);
	return ok;
}
