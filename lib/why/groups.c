/* groups.c - nodes of one rule and key, or of one template, added up. */
#include <stdlib.h>

#include "base/hash.h"
#include "count/node.h"
#include "why/private.h"

static uint64_t
group_id(const struct lw_analysis *a, const struct lw_node *n, uint32_t *template_index)
{
	*template_index = LW_NO_TEMPLATE;
	if (n->rule != LW_NO_RULE)
		return n->what;
	*template_index = lw_cluster_of(a->clusters, n->signature);
	if (*template_index == LW_NO_TEMPLATE)
		return n->what;
	return lw_cluster_template(a->clusters, *template_index)->id;
}

static unsigned
depth_of(const struct lw_rule *rule)
{
	if (rule == NULL)
		return LW_DEPTH_UNKNOWN;
	switch (rule->layer) {
	case LW_LAYER_REQUEST:
		return LW_DEPTH_REQUEST;
	case LW_LAYER_INSTANCE:
		return LW_DEPTH_INSTANCE;
	case LW_LAYER_STARTUP:
		return LW_DEPTH_STARTUP;
	case LW_LAYER_NONE:
	case LW_LAYER_COUNT:
		return LW_DEPTH_UNKNOWN;
	case LW_LAYER_DEPENDENCY:
	case LW_LAYER_CONFIG:
	case LW_LAYER_PLATFORM:
	case LW_LAYER_BUILD:
		break;
	}
	return LW_DEPTH_CAUSE;
}

static bool
sample_before(const struct lw_sample *a, const struct lw_sample *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->entry_key < b->entry_key;
}

void
lw_sum_sample(struct lw_sum *sum, const struct lw_sample *s)
{
	size_t i, k;

	for (i = 0; i < LW_MAX_SAMPLES && sum->samples[i] != NULL; i++)
		if (sum->samples[i]->entry_key == s->entry_key)
			return;
	for (i = 0; i < LW_MAX_SAMPLES; i++) {
		if (sum->samples[i] != NULL && !sample_before(s, sum->samples[i]))
			continue;
		for (k = LW_MAX_SAMPLES - 1; k > i; k--)
			sum->samples[k] = sum->samples[k - 1];
		sum->samples[i] = s;
		return;
	}
}

static bool
sum_node(struct lw_sum *sum, const struct lw_node *n)
{
	size_t i;

	if (sum->count == 0) {
		sum->first_ns = sum->last_ns = LW_TIME_NONE;
		lw_series_init(&sum->series, n->series.width_ns);
	}
	sum->count += n->count;
	if (n->severity > sum->severity)
		sum->severity = n->severity;
	lw_span_add(&sum->first_ns, &sum->last_ns, n->first_ns);
	lw_span_add(&sum->first_ns, &sum->last_ns, n->last_ns);
	for (i = 0; i < LW_SAMPLES_EARLY && n->early[i] != NULL; i++)
		lw_sum_sample(sum, n->early[i]);
	for (i = 0; i < LW_SAMPLES_SPREAD && n->spread[i] != NULL; i++)
		lw_sum_sample(sum, n->spread[i]);
	return lw_series_merge(&sum->series, &n->series);
}

bool
lw_is_one_workload(const struct lw_analysis *a, uint32_t x, uint32_t y)
{
	const struct lw_service *s = &a->tally->services[x], *t = &a->tally->services[y];

	return x == y || (s->name == t->name && s->project == t->project &&
			     lw_intern_get(&a->tally->names, s->name).n > 0);
}

/* Distinct instances of each group and vertex. */
static bool
sum_instances(struct lw_analysis *a, const uint32_t *group_of_node)
{
	const struct lw_tally *t = a->tally;
	struct lw_map seen;
	uint32_t i;
	bool ok = true;

	lw_map_init(&seen);
	for (i = 0; i < t->pair_count && ok; i++) {
		const struct lw_pair *p = &t->pairs[i];
		uint32_t g = group_of_node[p->node], v = a->vertex_of_node[p->node];
		uint64_t group_pair = lw_hash_pair(p->instance, (uint64_t)g << 1);
		uint64_t vertex_pair = lw_hash_pair(p->instance, (uint64_t)v << 1 | 1);

		if (lw_map_get(&seen, group_pair) == LW_MAP_NONE)
			a->groups[g].sum.instances++;
		if (lw_map_get(&seen, vertex_pair) == LW_MAP_NONE) {
			a->vertices[v].sum.instances++;
			a->vertices[v].unharmed += lw_is_unharmed(a, p->instance);
		}
		ok = lw_map_put(&seen, group_pair, 1) != LW_MAP_NONE &&
		     lw_map_put(&seen, vertex_pair, 1) != LW_MAP_NONE;
	}
	lw_map_fini(&seen);
	return ok;
}

static int
most_first(const void *pa, const void *pb)
{
	const struct lw_group *a = pa, *b = pb;

	if (a->sum.count != b->sum.count)
		return a->sum.count > b->sum.count ? -1 : 1;
	if (a->sum.first_ns != b->sum.first_ns)
		return a->sum.first_ns < b->sum.first_ns ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* Sum up groups, still in the order of their first node; group_of_node is filled. */
static bool
make_groups(struct lw_analysis *a, uint32_t *group_of_node)
{
	const struct lw_tally *t = a->tally;
	struct lw_map map;
	uint32_t i, at, template_index;
	bool ok = true;

	lw_map_init(&map);
	for (i = 0; i < t->node_count && ok; i++) {
		const struct lw_node *n = &t->nodes[i];
		uint64_t id = group_id(a, n, &template_index);

		at = lw_map_put(&map, lw_hash_pair(id, n->rule != LW_NO_RULE), a->group_count);
		if (at == LW_MAP_NONE) {
			ok = false;
			break;
		}
		if (at == a->group_count)
			a->groups[a->group_count++] = (struct lw_group){
			    .rule = n->rule, .template_index = template_index, .id = id};
		group_of_node[i] = at;
		ok = sum_node(&a->groups[at].sum, n);
	}
	lw_map_fini(&map);
	return ok;
}

/* The groups in their final order, each with its nodes. */
static bool
order_groups(struct lw_analysis *a, uint32_t *group_of_node)
{
	struct lw_map order;
	uint32_t i, g, *nodes, *fill;
	bool ok = true;

	lw_map_init(&order);
	for (g = 0; g < a->group_count; g++)
		a->groups[g].node_count = g; /* its number until now */
	qsort(a->groups, a->group_count, sizeof(*a->groups), most_first);
	for (g = 0; g < a->group_count && ok; g++)
		ok = lw_map_put(&order, a->groups[g].node_count + UINT64_C(1), g) != LW_MAP_NONE;
	nodes = lw_arena_alloc(a->arena, (a->tally->node_count + (size_t)1) * sizeof(*nodes));
	fill = lw_arena_zalloc(a->arena, (a->group_count + (size_t)1) * sizeof(*fill));
	if (!ok || nodes == NULL || fill == NULL) {
		lw_map_fini(&order);
		return false;
	}
	for (i = 0; i < a->tally->node_count; i++) {
		group_of_node[i] = lw_map_get(&order, group_of_node[i] + UINT64_C(1));
		fill[group_of_node[i]]++;
	}
	lw_map_fini(&order);
	for (g = 0, i = 0; g < a->group_count; g++) {
		a->groups[g].nodes = nodes + i;
		a->groups[g].node_count = 0;
		i += fill[g];
	}
	for (i = 0; i < a->tally->node_count; i++) {
		struct lw_group *group = &a->groups[group_of_node[i]];

		nodes[(size_t)(group->nodes - nodes) + group->node_count++] = i;
	}
	return true;
}

static bool
make_vertices(struct lw_analysis *a, const uint32_t *group_of_node)
{
	const struct lw_tally *t = a->tally;
	struct lw_map map;
	uint32_t g, k, at;
	bool ok = true;

	lw_map_init(&map);
	for (g = 0; g < a->group_count; g++) {
		for (k = 0; k < a->groups[g].node_count && ok; k++) {
			uint32_t node = a->groups[g].nodes[k];
			const struct lw_node *n = &t->nodes[node];
			uint64_t key = lw_hash_pair(group_of_node[node], n->service);

			at = lw_map_put(&map, key, a->vertex_count);
			if (at == LW_MAP_NONE) {
				ok = false;
				break;
			}
			if (at == a->vertex_count) {
				a->vertices[a->vertex_count++] =
				    (struct lw_vertex){.group = g, .service = n->service};
				a->groups[g].services++;
			}
			if (n->revision_count > a->vertices[at].revisions)
				a->vertices[at].revisions = n->revision_count;
			a->vertex_of_node[node] = at;
			ok = sum_node(&a->vertices[at].sum, n);
		}
	}
	lw_map_fini(&map);
	return ok;
}

bool
lw_why_index(struct lw_analysis *a)
{
	uint32_t services = a->tally->service_count, i;
	uint32_t *from = lw_arena_zalloc(a->arena, (services + (size_t)2) * sizeof(*from));
	uint32_t *vertices =
	    lw_arena_alloc(a->arena, (a->vertex_count + (size_t)1) * sizeof(*vertices));

	if (from == NULL || vertices == NULL)
		return false;
	for (i = 0; i < a->vertex_count; i++)
		from[a->vertices[i].service + 2]++;
	for (i = 0; i < services; i++)
		from[i + 2] += from[i + 1];
	/* Shifted by one while they are filled, so that they end up as starts. */
	for (i = 0; i < a->vertex_count; i++)
		vertices[from[a->vertices[i].service + 1]++] = i;
	a->service_from = from;
	a->by_service = vertices;
	return true;
}

/* Advisories and what is below WARNING start nothing and explain nothing. */
static void
set_candidate(const struct lw_analysis *a, struct lw_vertex *v)
{
	const struct lw_rule *rule = lw_vertex_rule(a, v);

	if (v->service == a->tally->rest) /* of services that may have nothing in common */
		return;
	if (v->sum.severity < LW_SEV_WARNING || (rule != NULL && rule->role == LW_ROLE_ADVISORY))
		return;
	v->weak = v->sum.severity < LW_SEV_ERROR;
	if (!v->weak) {
		v->candidate = true;
	} else if (v->depth == LW_DEPTH_REQUEST) {
		v->candidate = v->surge = lw_find_surge(a, v);
		v->weak = !v->candidate;
	} else if (v->rejected && lw_find_surge(a, v)) {
		v->candidate = v->surge = true;
		v->weak = false;
		v->depth = LW_DEPTH_REQUEST;
	} else {
		v->candidate = rule == NULL || rule->role == LW_ROLE_CAUSE;
	}
}

struct rank { /* of a candidate */
	uint32_t vertex;
	bool weak;
	uint64_t count, group, service;
};

static int
most_telling(const void *pa, const void *pb)
{
	const struct rank *a = pa, *b = pb;

	if (a->weak != b->weak)
		return a->weak ? 1 : -1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->service < b->service ? -1 : a->service > b->service;
}

/* Links grow with pairs of candidates: of too many, errors stay before warnings, then those with
 * the most entries. */
static bool
limit_candidates(struct lw_analysis *a)
{
	struct rank *ranks = malloc((a->vertex_count + (size_t)1) * sizeof(*ranks));
	uint32_t i, n = 0;

	if (ranks == NULL)
		return false;
	for (i = 0; i < a->vertex_count; i++) {
		const struct lw_vertex *v = &a->vertices[i];

		if (v->candidate)
			ranks[n++] = (struct rank){i, v->weak, v->sum.count, a->groups[v->group].id,
			    a->tally->services[v->service].key};
	}
	if (n > LW_MAX_CANDIDATES)
		qsort(ranks, n, sizeof(*ranks), most_telling);
	for (i = LW_MAX_CANDIDATES; i < n; i++, a->passed_over++)
		a->vertices[ranks[i].vertex].candidate = false;
	free(ranks);
	return true;
}

static bool
place_events(struct lw_analysis *a)
{
	const struct lw_tally *t = a->tally;
	uint32_t i;

	a->vertex_of_event =
	    lw_arena_alloc(a->arena, (t->event_count + (size_t)1) * sizeof(*a->vertex_of_event));
	if (a->vertex_of_event == NULL)
		return false;
	for (i = 0; i < t->event_count; i++)
		a->vertex_of_event[i] = t->events[i].node == LW_NO_NODE
					    ? LW_NO_VERTEX
					    : a->vertex_of_node[t->events[i].node];
	return true;
}

bool
lw_why_group(struct lw_analysis *a)
{
	size_t n = a->tally->node_count + (size_t)1;
	uint32_t *group_of_node = lw_arena_alloc(a->arena, n * sizeof(*group_of_node));
	int64_t end_ns = a->tally->to_ns;
	uint32_t i;

	a->groups = lw_arena_zalloc(a->arena, n * sizeof(*a->groups));
	a->vertices = lw_arena_zalloc(a->arena, n * sizeof(*a->vertices));
	a->vertex_of_node = lw_arena_zalloc(a->arena, n * sizeof(*a->vertex_of_node));
	if (group_of_node == NULL || a->groups == NULL || a->vertices == NULL ||
	    a->vertex_of_node == NULL)
		return false;
	if (!make_groups(a, group_of_node) || !order_groups(a, group_of_node) ||
	    !make_vertices(a, group_of_node) || !lw_why_index(a) ||
	    !sum_instances(a, group_of_node))
		return false;
	for (i = 0; i < a->group_count; i++)
		a->groups[i].sum.windows =
		    lw_series_windows(&a->groups[i].sum.series, a->window_ns, end_ns);
	for (i = 0; i < a->vertex_count; i++) {
		struct lw_vertex *v = &a->vertices[i];

		v->sum.windows = lw_series_windows(&v->sum.series, a->window_ns, end_ns);
		v->depth = depth_of(lw_vertex_rule(a, v));
		v->rejected = lw_are_rejected(a, v);
	}
	for (i = 0; i < a->vertex_count; i++)
		set_candidate(a, &a->vertices[i]);
	return limit_candidates(a) && place_events(a);
}
