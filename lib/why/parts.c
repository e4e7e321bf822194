/* parts.c - the sums of vertices that are a part of the events of their nodes. */
#include <stdlib.h>

#include "count/node.h"
#include "why/private.h"

/* How many entries the events stand for, where some were not kept. */
struct stand {
	uint64_t entries, events;
};

/* Entries that the first n of the events stand for. */
static uint64_t
stands_for(const struct stand *s, uint64_t n)
{
	return s->events == 0 ? n : (uint64_t)((double)s->entries * (double)n / (double)s->events);
}

/* Add the events of vertex v to sum. */
static bool
sum_events(const struct lw_analysis *a, uint32_t v, struct lw_vertex *part, const struct stand *s)
{
	const struct lw_tally *t = a->tally;
	struct lw_sum *sum = &part->sum;
	struct lw_map seen;
	uint32_t i;
	bool ok = true;

	lw_map_init(&seen);
	for (i = 0; i < t->event_count && ok; i++) {
		const struct lw_event *ev = &t->events[i];

		if (a->vertex_of_event[i] != v)
			continue;
		sum->count++;
		lw_span_add(&sum->first_ns, &sum->last_ns, ev->start_ns);
		if (ev->effect_ns != LW_TIME_NONE)
			ok = lw_series_add(&sum->series, ev->effect_ns,
			    stands_for(s, sum->count) - stands_for(s, sum->count - 1));
		if (ev->instance == 0 || lw_map_get(&seen, ev->instance) != LW_MAP_NONE)
			continue;
		sum->instances++;
		part->unharmed += lw_is_unharmed(a, ev->instance);
		ok = ok && lw_map_put(&seen, ev->instance, 1) != LW_MAP_NONE;
	}
	lw_map_fini(&seen);
	return ok;
}

/* The keys of the entries of vertex v, but for those of unsure events. */
static bool
sum_keys(const struct lw_analysis *a, uint32_t v, const bool *unsure, struct lw_map *keys)
{
	uint32_t i;
	bool ok = true;

	for (i = 0; i < a->tally->event_count && ok; i++)
		if (a->vertex_of_event[i] == v && (unsure == NULL || !unsure[i]))
			ok = lw_map_put(keys, a->tally->events[i].entry_key, 1) != LW_MAP_NONE;
	return ok;
}

/* The samples of the nodes behind it whose entries are of this part. */
static void
pick_samples(const struct lw_analysis *a, struct lw_vertex *part, const struct lw_map *keys)
{
	const struct lw_group *g = &a->groups[part->group];
	uint32_t i, k;

	for (i = 0; i < g->node_count; i++) {
		const struct lw_node *n = &a->tally->nodes[g->nodes[i]];

		if (n->service != part->service)
			continue;
		for (k = 0; k < LW_SAMPLES_EARLY && n->early[k] != NULL; k++)
			if (lw_map_get(keys, n->early[k]->entry_key) != LW_MAP_NONE)
				lw_sum_sample(&part->sum, n->early[k]);
		for (k = 0; k < LW_SAMPLES_SPREAD && n->spread[k] != NULL; k++)
			if (lw_map_get(keys, n->spread[k]->entry_key) != LW_MAP_NONE)
				lw_sum_sample(&part->sum, n->spread[k]);
	}
}

static bool
sum_part(const struct lw_analysis *a, uint32_t v, struct lw_vertex *part, const struct stand *s,
    const bool *unsure)
{
	struct lw_map keys;
	bool ok;

	lw_map_init(&keys);
	ok = sum_events(a, v, part, s) && sum_keys(a, v, unsure, &keys);
	pick_samples(a, part, &keys);
	if (ok && part->sum.samples[0] == NULL && unsure != NULL) {
		ok = sum_keys(a, v, NULL, &keys);
		pick_samples(a, part, &keys);
	}
	lw_map_fini(&keys);
	part->sum.windows = lw_series_windows(&part->sum.series, a->window_ns, a->tally->to_ns);
	return ok;
}

/* Events of the vertices that v was split into. */
static uint64_t
count_events(const struct lw_analysis *a, uint32_t v, uint32_t parts)
{
	uint64_t n = 0;
	uint32_t i;

	for (i = 0; i < a->tally->event_count; i++)
		n += a->vertex_of_event[i] == v ||
		     (a->vertex_of_event[i] >= a->vertex_count &&
			 a->vertex_of_event[i] - a->vertex_count < parts - 1);
	return n;
}

bool
lw_vertex_split(struct lw_analysis *a, uint32_t v, uint32_t parts, const bool *unsure)
{
	uint32_t more = parts - 1, i;
	struct lw_vertex *vertices =
	    lw_arena_alloc(a->arena, (a->vertex_count + (size_t)parts) * sizeof(*vertices));
	struct lw_vertex whole = a->vertices[v];
	uint64_t events = count_events(a, v, parts);
	bool sampled = a->tally->event_limit != LW_NO_LIMIT, ok = true;
	struct stand s = {whole.sum.count, sampled ? events : 0};

	if (vertices == NULL)
		return false;
	memcpy(vertices, a->vertices, a->vertex_count * sizeof(*vertices));
	a->vertices = vertices;
	for (i = 0; i < parts; i++) {
		uint32_t at = i == 0 ? v : a->vertex_count + i - 1;

		a->vertices[at] = (struct lw_vertex){.group = whole.group,
		    .service = whole.service,
		    .depth = whole.depth,
		    .revisions = whole.revisions,
		    .candidate = whole.candidate,
		    .sum = {.severity = whole.sum.severity,
			.first_ns = LW_TIME_NONE,
			.last_ns = LW_TIME_NONE}};
		lw_series_init(&a->vertices[at].sum.series, whole.sum.series.width_ns);
	}
	for (i = 0; i < parts; i++) {
		uint32_t at = i == 0 ? v : a->vertex_count + i - 1;

		ok = sum_part(a, at, &a->vertices[at], &s, unsure) && ok;
	}
	/* Where only some of the events were kept, each part has its share of all entries. */
	for (i = 0; i < parts && sampled; i++) {
		struct lw_sum *sum = &a->vertices[i == 0 ? v : a->vertex_count + i - 1].sum;

		sum->count =
		    (uint64_t)((double)whole.sum.count * (double)sum->count / (double)events);
	}
	a->vertex_count += more;
	lw_series_fini(&whole.sum.series);
	return ok;
}
