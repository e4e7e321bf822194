/*
 * pods.c - what is known of the instance of an event.
 *
 * The platform's events of a pod and the lines of its containers are of services, and
 * instances, of their own; their events hang together by the pod.
 */
#include <stdlib.h>

#include "count/node.h"
#include "why/private.h"

struct lw_pod {
	uint64_t hash;
	int64_t first_ns; /* LW_TIME_NONE where none of it has a time */
	uint32_t flags;   /* of all its instances */
};

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))

static int
by_hash(const void *pa, const void *pb)
{
	const struct lw_pod *a = pa, *b = pb;

	return LESS(a->hash, b->hash);
}

bool
lw_why_pods(struct lw_analysis *a)
{
	const struct lw_tally *t = a->tally;
	struct lw_pod *pods =
	    lw_arena_alloc(a->arena, (t->instance_count + (size_t)1) * sizeof(*pods));
	uint32_t i, n = 0;

	if (pods == NULL)
		return false;
	for (i = 0; i < t->instance_count; i++)
		if (t->instances[i].pod != 0)
			pods[n++] = (struct lw_pod){
			    t->instances[i].pod, t->instances[i].first_ns, t->instances[i].flags};
	if (n > 1)
		qsort(pods, n, sizeof(*pods), by_hash);
	a->pods = pods;
	for (i = 0; i < n; i++) {
		struct lw_pod *last = a->pod_count == 0 ? NULL : &pods[a->pod_count - 1];
		int64_t last_ns = LW_TIME_NONE;

		if (last == NULL || last->hash != pods[i].hash) {
			pods[a->pod_count++] = pods[i];
			continue;
		}
		lw_span_add(&last->first_ns, &last_ns, pods[i].first_ns);
		last->flags |= pods[i].flags;
	}
	return true;
}

static const struct lw_pod *
find_pod(const struct lw_analysis *a, uint64_t instance)
{
	struct lw_pod key = {.hash = instance};

	if (a->pod_count == 0)
		return NULL;
	return bsearch(&key, a->pods, a->pod_count, sizeof(*a->pods), by_hash);
}

int64_t
lw_instance_first_ns(const struct lw_analysis *a, uint64_t instance)
{
	uint32_t at = lw_map_get(&a->tally->instance_map, instance);
	const struct lw_pod *pod;

	if (at != LW_MAP_NONE)
		return a->tally->instances[at].first_ns;
	pod = find_pod(a, instance);
	return pod == NULL ? LW_TIME_NONE : pod->first_ns;
}

bool
lw_is_unharmed(const struct lw_analysis *a, uint64_t instance)
{
	uint32_t at = lw_map_get(&a->tally->instance_map, instance), flags = 0;
	const struct lw_pod *pod = at == LW_MAP_NONE ? find_pod(a, instance) : NULL;

	if (at != LW_MAP_NONE)
		flags = a->tally->instances[at].flags;
	else if (pod != NULL)
		flags = pod->flags;
	return (flags & (LW_INSTANCE_CAME_UP | LW_INSTANCE_FAILED)) == LW_INSTANCE_CAME_UP;
}
