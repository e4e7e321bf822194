/*
 * roots.c - do two roots name the same thing?
 *
 * What a root names is found once, since each is held against all others.
 */
#include "why/roots.h"

#include <stdlib.h>

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

/* How often a root saw a value of a capture, over all revisions. */
struct value {
	uint32_t capture;
	struct lw_str text;
	uint64_t count;
};

/* The shares of a root's samples that hold the values of one slot, in the order of these. */
struct slot_shares {
	size_t count;
	double of[MAX_VALUES];
};

/* What is needed of a root again and again, since each is held against all others. */
struct root {
	const struct value *values; /* by capture and text */
	uint32_t value_count;
	const struct slot_shares *slots; /* those that name a thing */
	size_t slot_count;
};

struct lw_roots {
	struct lw_analysis *a;
	struct root **roots; /* by vertex; NULL until it is asked for */
	struct lw_map nodes; /* group and service to the first of their nodes */
	uint32_t *next;      /* by node: the next one; UINT32_MAX behind the last */
	bool failed;         /* memory ran out */
};

static uint64_t
nodes_key(uint32_t group, uint32_t service)
{
	return ((uint64_t)group << 32 | service) + 1;
}

/* The first of the nodes of a vertex, of all that it may have been split into. */
static uint32_t
first_node(const struct lw_roots *s, const struct lw_vertex *v)
{
	uint32_t at = lw_map_get(&s->nodes, nodes_key(v->group, v->service));

	return at == LW_MAP_NONE ? UINT32_MAX : at;
}

static int
by_text(const void *pa, const void *pb)
{
	const struct value *a = pa, *b = pb;

	if (a->capture != b->capture)
		return a->capture < b->capture ? -1 : 1;
	return lw_str_cmp(a->text, b->text);
}

static void
find_values(struct lw_roots *s, const struct lw_vertex *v, struct root *r)
{
	const struct lw_node *nodes = s->a->tally->nodes;
	struct value *values;
	uint32_t at, k, n = 0, kept = 0;

	for (at = first_node(s, v); at != UINT32_MAX; at = s->next[at])
		n += nodes[at].value_count;
	values = lw_arena_alloc(s->a->arena, (n + (size_t)1) * sizeof(*values));
	if (values == NULL) {
		s->failed = true;
		return;
	}
	n = 0;
	for (at = first_node(s, v); at != UINT32_MAX; at = s->next[at])
		for (k = 0; k < nodes[at].value_count; k++)
			values[n++] = (struct value){nodes[at].values[k].capture,
			    lw_str_from(nodes[at].values[k].text), nodes[at].values[k].count};
	if (n > 1)
		qsort(values, n, sizeof(*values), by_text);
	for (k = 0; k < n; k++) {
		if (kept > 0 && by_text(&values[kept - 1], &values[k]) == 0)
			values[kept - 1].count += values[k].count;
		else
			values[kept++] = values[k];
	}
	r->values = values;
	r->value_count = kept;
}

/* How often a root saw this value of the capture. */
static uint64_t
count_value(const struct root *r, uint32_t capture, struct lw_str text)
{
	const struct value wanted = {capture, text, 0};
	uint32_t low = 0, high = r->value_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (by_text(&r->values[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->value_count && by_text(&r->values[low], &wanted) == 0 ? r->values[low].count
									      : 0;
}

static uint64_t
count_values(const struct root *r, uint32_t capture)
{
	uint64_t n = 0;
	uint32_t i;

	for (i = 0; i < r->value_count; i++)
		if (r->values[i].capture == capture)
			n += r->values[i].count;
	return n;
}

static const struct root *root_at(struct lw_roots *s, uint32_t v);

/* The share of a capture's values that two roots have in common; -1 where one of them has none. */
static double
common_values(struct lw_roots *s, uint32_t u, uint32_t v, uint32_t capture)
{
	const struct lw_node *nodes = s->a->tally->nodes;
	const struct root *x = root_at(s, u), *y = root_at(s, v);
	double of_u = (double)count_values(x, capture), common = 0;
	double of_v = (double)count_values(y, capture);
	uint32_t at, k;

	if (of_u <= 0 || of_v <= 0)
		return -1;
	for (at = first_node(s, &s->a->vertices[u]); at != UINT32_MAX; at = s->next[at])
		for (k = 0; k < nodes[at].value_count; k++) {
			struct lw_str text = lw_str_from(nodes[at].values[k].text);
			double p = (double)nodes[at].values[k].count / of_u, q;

			if (nodes[at].values[k].capture != capture || is_local(text))
				continue;
			q = (double)count_value(y, capture, text) / of_v;
			common += p < q ? p : q;
		}
	return common;
}

bool
lw_roots_name_one(struct lw_roots *s, uint32_t u, uint32_t v)
{
	const struct lw_rule *rule = lw_vertex_rule(s->a, &s->a->vertices[u]);
	bool same = false;
	uint32_t i;

	for (i = 0; i < rule->capture_count; i++) {
		double common;

		if (!is_resource(rule->captures[i]))
			continue;
		common = common_values(s, u, v, i);
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

static void
find_shares(const struct lw_slot *slot, const struct lw_vertex *v, struct slot_shares *shares)
{
	struct lw_str seen[MAX_VALUES];
	size_t i, k, n = 0;

	for (i = 0; i < slot->value_count && n < MAX_VALUES; i++) {
		struct lw_str value = authority_of(slot->values[i].value);

		for (k = 0; k < n && !lw_str_eq(seen[k], value); k++)
			;
		if (k < n || is_local(value))
			continue;
		shares->of[n] = share_with(v, value);
		seen[n++] = value;
	}
	shares->count = n;
}

/* What the messages of an unknown template name, by the slots that name something. */
static void
find_slots(struct lw_roots *s, const struct lw_vertex *v, struct root *r)
{
	static const char *const types[] = {"ip", "host", "url", "email"};
	const struct lw_template *t;
	struct slot_shares *slots;
	size_t i;

	if (s->a->groups[v->group].template_index == LW_NO_TEMPLATE)
		return;
	t = lw_cluster_template(s->a->clusters, s->a->groups[v->group].template_index);
	slots = lw_arena_alloc(s->a->arena, (t->slot_count + 1) * sizeof(*slots));
	if (slots == NULL) {
		s->failed = true;
		return;
	}
	for (i = 0; i < t->slot_count; i++)
		if (is_one_of(lw_str_from(t->slots[i].type), types, sizeof(types) / sizeof(*types)))
			find_shares(&t->slots[i], v, &slots[r->slot_count++]);
	r->slots = slots;
}

static const struct root *
root_at(struct lw_roots *s, uint32_t v)
{
	static const struct root nothing = {0};

	if (s->roots[v] == NULL) {
		s->roots[v] = lw_arena_zalloc(s->a->arena, sizeof(*s->roots[v]));
		if (s->roots[v] == NULL) {
			s->failed = true;
			return &nothing;
		}
		find_values(s, &s->a->vertices[v], s->roots[v]);
		find_slots(s, &s->a->vertices[v], s->roots[v]);
	}
	return s->roots[v];
}

/* The share of what stands in a slot that two roots have in common. */
static double
common_slot(const struct slot_shares *x, const struct slot_shares *y)
{
	double common = 0;
	size_t i;

	for (i = 0; i < x->count; i++)
		common += x->of[i] < y->of[i] ? x->of[i] : y->of[i];
	return common;
}

bool
lw_roots_say_one(struct lw_roots *s, uint32_t u, uint32_t v)
{
	const struct lw_vertex *vertices = s->a->vertices;
	const struct root *x = root_at(s, u), *y = root_at(s, v);
	int64_t apart_ns = vertices[u].sum.windows.onset_ns - vertices[v].sum.windows.onset_ns;
	size_t i;

	if (s->a->groups[vertices[u].group].template_index == LW_NO_TEMPLATE)
		return false;
	for (i = 0; i < x->slot_count && i < y->slot_count; i++)
		if (common_slot(&x->slots[i], &y->slots[i]) < ENOUGH)
			return false;
	return x->slot_count > 0 || (apart_ns <= SAME_MOMENT_NS && -apart_ns <= SAME_MOMENT_NS);
}

/* The nodes of each group in each service; false where memory ran out. */
static bool
chain_nodes(struct lw_roots *s)
{
	const struct lw_tally *t = s->a->tally;
	uint32_t *last = s->next + t->node_count; /* of the chain that begins at a node */
	uint32_t i, first;

	for (i = 0; i < t->node_count; i++) {
		const struct lw_vertex *v = &s->a->vertices[s->a->vertex_of_node[i]];

		s->next[i] = UINT32_MAX;
		first = lw_map_put(&s->nodes, nodes_key(v->group, v->service), i);
		if (first == LW_MAP_NONE)
			return false;
		if (first != i)
			s->next[last[first]] = i;
		last[first] = i;
	}
	return true;
}

struct lw_roots *
lw_roots_new(struct lw_analysis *a)
{
	struct lw_roots *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->a = a;
	lw_map_init(&s->nodes);
	s->roots = calloc(a->vertex_count + (size_t)1, sizeof(*s->roots));
	s->next = malloc((2 * (size_t)a->tally->node_count + 1) * sizeof(*s->next));
	if (s->roots == NULL || s->next == NULL || !chain_nodes(s)) {
		lw_roots_free(s);
		return NULL;
	}
	return s;
}

void
lw_roots_free(struct lw_roots *s)
{
	if (s == NULL)
		return;
	lw_map_fini(&s->nodes);
	free(s->roots);
	free(s->next);
	free(s);
}

bool
lw_roots_ok(const struct lw_roots *s)
{
	return !s->failed;
}
