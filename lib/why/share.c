/*
 * share.c - one root under the failures of several services is one incident.
 *
 * A root is shared where two services report the same finding at the same time, and
 * it names the same thing (a host, a socket, a module, a bucket), or each of one
 * follows one of the other more closely than chance lets it.  The same words about
 * other things, or about what is each service's own, are another root.
 */
#include <stdlib.h>

#include "why/chain.h"
#include "why/private.h"

#define ENOUGH 0.5                        /* of what the two name is the same */
#define SAME_MOMENT_NS (60 * LW_NS_PER_S) /* between the onsets of what names nothing */
#define MAX_VALUES 16                     /* of a slot, most first */

static bool
is_one_of(struct lw_str text, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (lw_str_eq(text, lw_str_from(list[i])))
			return true;
	return false;
}

/* Does a capture of this name say which thing it is about, one that services have in common?  What
 * a limit, a reason or a variable is called tells nothing. */
static bool
is_resource(const char *capture)
{
	static const char *const names[] = {"account", "api", "broker", "bucket", "class",
	    "connector", "constraint", "database", "file", "host", "image", "instance_name",
	    "library", "module", "object", "package", "project", "queue", "quota", "secret",
	    "server", "socket", "subscription", "table", "topic", "upstream", "url"};

	return is_one_of(lw_str_from(capture), names, sizeof(names) / sizeof(*names));
}

/* Is it the same address for every machine, and another machine for each? */
static bool
is_local(struct lw_str value)
{
	return lw_str_starts(value, LW_STR("localhost")) || lw_str_starts(value, LW_STR("127.")) ||
	       lw_str_starts(value, LW_STR("0.0.0.0")) || lw_str_starts(value, LW_STR("::1")) ||
	       lw_str_starts(value, LW_STR("[::1]"));
}

/* How often a vertex's nodes saw this value of the capture (all values: text.p NULL) */
static uint64_t
count_value(
    const struct lw_analysis *a, const struct lw_vertex *v, uint32_t capture, struct lw_str text)
{
	const struct lw_group *g = &a->groups[v->group];
	uint64_t n = 0;
	uint32_t i, k;

	for (i = 0; i < g->node_count; i++) {
		const struct lw_node *node = &a->tally->nodes[g->nodes[i]];

		for (k = 0; node->service == v->service && k < node->value_count; k++)
			if (node->values[k].capture == capture &&
			    (text.p == NULL || lw_str_eq(lw_str_from(node->values[k].text), text)))
				n += node->values[k].count;
	}
	return n;
}

/* The share of a capture's values that the two have in common; -1 where one of them has none. */
static double
common_values(const struct lw_analysis *a, const struct lw_vertex *u, const struct lw_vertex *v,
    uint32_t capture)
{
	const struct lw_str any = {0};
	const struct lw_group *g = &a->groups[u->group];
	double of_u = (double)count_value(a, u, capture, any), common = 0;
	double of_v = (double)count_value(a, v, capture, any);
	uint32_t i, k;

	if (of_u <= 0 || of_v <= 0)
		return -1;
	for (i = 0; i < g->node_count; i++) {
		const struct lw_node *node = &a->tally->nodes[g->nodes[i]];

		for (k = 0; node->service == u->service && k < node->value_count; k++) {
			struct lw_str text = lw_str_from(node->values[k].text);
			double x = (double)node->values[k].count / of_u, y;

			if (node->values[k].capture != capture || is_local(text))
				continue;
			y = (double)count_value(a, v, capture, text) / of_v;
			common += x < y ? x : y;
		}
	}
	return common;
}

/* Do the captures of their rule name the same things? */
static bool
names_the_same(const struct lw_analysis *a, const struct lw_vertex *u, const struct lw_vertex *v)
{
	const struct lw_rule *rule = lw_vertex_rule(a, u);
	bool same = false;
	uint32_t i;

	for (i = 0; i < rule->capture_count; i++) {
		double common;

		if (!is_resource(rule->captures[i]))
			continue;
		common = common_values(a, u, v, i);
		if (common >= 0 && common < ENOUGH)
			return false;
		same = same || common >= 0;
	}
	return same;
}

/* Without the scheme and what follows the host. */
static struct lw_str
authority_of(struct lw_str value)
{
	size_t at = lw_str_find(value, LW_STR("://"));

	if (at != LW_NPOS)
		value = lw_str_make(value.p + at + 3, value.n - at - 3);
	at = lw_str_find(value, LW_STR("/"));
	return at == LW_NPOS || at == 0 ? value : lw_str_make(value.p, at);
}

/* The share of a vertex's samples that hold the text. */
static double
share_with(const struct lw_vertex *v, struct lw_str text)
{
	size_t i, n = 0;

	for (i = 0; i < LW_MAX_SAMPLES && v->sum.samples[i] != NULL; i++)
		n += lw_str_find(v->sum.samples[i]->message, text) != LW_NPOS;
	return i == 0 ? 0 : (double)n / (double)i;
}

/* The share of what stands in a slot that the two have in common. */
static double
common_slot(const struct lw_slot *slot, const struct lw_vertex *u, const struct lw_vertex *v)
{
	struct lw_str seen[MAX_VALUES];
	size_t i, k, n = 0;
	double common = 0;

	for (i = 0; i < slot->value_count && n < MAX_VALUES; i++) {
		struct lw_str value = authority_of(slot->values[i].value);
		double x, y;

		for (k = 0; k < n && !lw_str_eq(seen[k], value); k++)
			;
		if (k < n || is_local(value))
			continue;
		seen[n++] = value;
		x = share_with(u, value);
		y = share_with(v, value);
		common += x < y ? x : y;
	}
	return common;
}

/* Do the messages of an unknown template name the same hosts, or nothing but themselves?  Then
 * they must begin together. */
static bool
says_the_same(const struct lw_analysis *a, const struct lw_vertex *u, const struct lw_vertex *v)
{
	static const char *const types[] = {"ip", "host", "url", "email"};
	const struct lw_template *t;
	int64_t apart_ns = u->sum.windows.onset_ns - v->sum.windows.onset_ns;
	bool named = false;
	size_t i;

	if (a->groups[u->group].template_index == LW_NO_TEMPLATE)
		return false;
	t = lw_cluster_template(a->clusters, a->groups[u->group].template_index);
	for (i = 0; i < t->slot_count; i++) {
		if (!is_one_of(
			lw_str_from(t->slots[i].type), types, sizeof(types) / sizeof(*types)))
			continue;
		if (common_slot(&t->slots[i], u, v) < ENOUGH)
			return false;
		named = true;
	}
	return named || (apart_ns <= SAME_MOMENT_NS && -apart_ns <= SAME_MOMENT_NS);
}

static bool
at_the_same_time(const struct lw_analysis *a, const struct lw_vertex *u, const struct lw_vertex *v)
{
	const struct lw_windows *x = &u->sum.windows, *y = &v->sum.windows;
	int64_t apart_ns = x->onset_ns - y->onset_ns;

	if (apart_ns < 0)
		apart_ns = -apart_ns;
	return apart_ns <= a->window_ns && x->onset_ns <= y->end_ns && y->onset_ns <= x->end_ns;
}

/* Do two roots speak of one thing: by its name, or since each time it happens both say so? */
static bool
is_shared(const struct lw_analysis *a, uint32_t root, uint32_t other)
{
	const struct lw_vertex *u = &a->vertices[root], *v = &a->vertices[other];

	if (root == other)
		return true;
	if (u->group != v->group || u->service == v->service || u->depth < LW_DEPTH_UNKNOWN ||
	    !at_the_same_time(a, u, v))
		return false;
	if (lw_chain_is_call_by_time(a, root, other) || lw_chain_is_call_by_time(a, other, root))
		return true;
	return lw_vertex_rule(a, u) == NULL ? says_the_same(a, u, v) : names_the_same(a, u, v);
}

static uint32_t
root_of(const struct lw_incident *inc)
{
	return inc->whys[inc->why_count - 1].vertex;
}

/* Is the root of y one with that of x, or of what x has taken in? */
static bool
is_one(const struct lw_analysis *a, const struct lw_incident *x, const struct lw_incident *y)
{
	bool one = is_shared(a, root_of(x), root_of(y));
	size_t i;

	for (i = 0; i < x->also_count && !one; i++)
		one = is_shared(a, x->also[i].root, root_of(y));
	return one;
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

bool
lw_why_share(struct lw_analysis *a)
{
	size_t i = 0, k;

	while (i < a->incident_count) {
		struct lw_incident *x = &a->incidents[i];

		for (k = i + 1; k < a->incident_count; k++)
			if (is_one(a, x, &a->incidents[k]))
				break;
		if (k >= a->incident_count) {
			i++;
			continue;
		}
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
	}
	return true;
}
