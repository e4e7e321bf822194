/* build_clusters.c - groups as clusters: titles, captures, windows, evidence. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "entry/header.h"
#include "report/build_private.h"

#define TITLE_MAX_BYTES 160
#define HEADER_MAX_BYTES 24 /* before the time of a line */
#define MESSAGE_MIN_BYTES 8 /* less is no title */
#define MAX_EVIDENCE 5

/*
 * "RuntimeError: handlers could not be loaded" says more to people than the
 * frames that a trace is known by: what was raised, as one entry has it.
 */
static struct lw_str
stack_title(const struct lw_group *g, const struct lw_template *t)
{
	const struct lw_sample *s = g->sum.samples[0];

	return s == NULL || s->raised.n == 0 ? t->text : s->raised;
}

/* Of a line of logfmt its message; empty where it has none. */
static struct lw_str
logfmt_message(struct lw_str text)
{
	size_t from = lw_str_find(text, LW_STR(" msg=\"")), to;

	if (from == LW_NPOS ||
	    (!lw_str_starts(text, LW_STR("time=")) && !lw_str_starts(text, LW_STR("ts=")) &&
		!lw_str_starts(text, LW_STR("level="))))
		return LW_STR("");
	from += 6;
	for (to = from; to < text.n && text.p[to] != '"'; to++)
		to += text.p[to] == '\\';
	return lw_str_make(text.p + from, (to < text.n ? to : text.n) - from);
}

/* Behind the header of a line, whose time may be masked: that is read as one. */
static struct lw_str
behind_header(struct lw_builder *x, struct lw_str text)
{
	static const char masked[] = "<time>", some[] = "2026-01-01T00:00:00Z";
	size_t at = lw_str_find(text, lw_str_from(masked)), behind = at + sizeof(masked) - 1;
	struct lw_str line, rest;
	struct lw_header h;

	if (at > HEADER_MAX_BYTES) {
		lw_header_parse(text, &h);
		behind = h.length;
	} else {
		rest = lw_str_make(text.p + behind, text.n - behind);
		line = lw_build_printf(x, "%.*s%s%.*s", (int)at, text.p, some,
		    (int)lw_utf8_cut(rest, TITLE_MAX_BYTES).n, rest.p);
		lw_header_parse(line, &h);
		if (h.length > at + sizeof(some) - 1)
			behind += h.length - at - (sizeof(some) - 1);
	}
	if (h.length == 0 || behind >= text.n)
		return LW_STR("");
	return lw_str_trim(lw_str_make(text.p + behind, text.n - behind));
}

/* What a logger puts before its message, the time, the level, its own name, says nothing of what
 * happened. */
static struct lw_str
without_header(struct lw_builder *x, struct lw_str text)
{
	struct lw_str rest = logfmt_message(text);

	if (rest.n == 0)
		rest = behind_header(x, text);
	return rest.n < MESSAGE_MIN_BYTES ? text : rest;
}

static struct lw_str
template_title(struct lw_builder *x, const struct lw_group *g)
{
	const struct lw_template *t;
	struct lw_str text;

	if (g->template_index == LW_NO_TEMPLATE)
		return LW_STR("(a message that is no longer kept)");
	t = lw_cluster_template(x->b->clusters, g->template_index);
	text = t->is_stack ? stack_title(g, t) : without_header(x, t->text);
	if (lw_str_ends(text, LW_STR(".")) && !lw_str_ends(text, LW_STR("..")))
		text.n--; /* a sentence goes on behind it */
	if (text.n <= TITLE_MAX_BYTES)
		return text;
	return lw_build_printf(x, "%.*s...", (int)lw_utf8_cut(text, TITLE_MAX_BYTES - 3).n, text.p);
}

static void
name_group(struct lw_builder *x, uint32_t g)
{
	const struct lw_group *group = &x->b->analysis->groups[g];
	const struct lw_rule *rule;

	if (group->rule == LW_NO_RULE) {
		x->cluster_ids[g] = lw_build_printf(x, "t-%016llx", (unsigned long long)group->id);
		x->titles[g] = template_title(x, group);
		return;
	}
	rule = lw_catalog_rule(x->b->tally->catalog, group->rule);
	if (rule->key_mask == 0)
		x->cluster_ids[g] = lw_str_from(rule->id);
	else
		x->cluster_ids[g] = lw_build_printf(
		    x, "%s-%08lx", rule->id, (unsigned long)(lw_hash_mix(group->id) >> 32));
	x->titles[g] = lw_build_fill(x, rule->title, group, NULL);
}

static int
value_order(const void *pa, const void *pb)
{
	const struct lw_m_value *a = pa, *b = pb;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return lw_str_cmp(a->value, b->value);
}

/* Values of one capture over all nodes and revisions. */
static void
build_capture_values(
    struct lw_builder *x, const struct lw_group *g, uint32_t capture, struct lw_m_capture *out)
{
	const struct lw_tally *t = x->b->tally;
	struct lw_m_value *values;
	size_t n = 0, room = 0, i, k, j;

	for (i = 0; i < g->node_count; i++)
		room += t->nodes[g->nodes[i]].value_count;
	values = lw_build_alloc(x, room, sizeof(*values));
	if (values == NULL)
		return;
	for (i = 0; i < g->node_count; i++) {
		const struct lw_node *node = &t->nodes[g->nodes[i]];

		for (k = 0; k < node->value_count; k++) {
			struct lw_str text = lw_str_from(node->values[k].text);

			if (node->values[k].capture != capture)
				continue;
			for (j = 0; j < n && !lw_str_eq(values[j].value, text); j++)
				;
			if (j == n)
				values[n++] = (struct lw_m_value){text, 0};
			values[j].count += node->values[k].count;
		}
	}
	qsort(values, n, sizeof(*values), value_order);
	out->values = values;
	out->value_count = n;
}

/* The wildcards of a template, named by their type: "number", "ip", "number 2". */
static void
build_slots(struct lw_builder *x, const struct lw_template *t, struct lw_m_cluster *m)
{
	struct lw_m_capture *captures = lw_build_alloc(x, t->slot_count, sizeof(*captures));
	size_t i, k, same;

	for (i = 0; captures != NULL && i < t->slot_count; i++) {
		const struct lw_slot *slot = &t->slots[i];
		struct lw_m_value *values = lw_build_alloc(x, slot->value_count, sizeof(*values));

		for (k = 0, same = 1; k < i; k++)
			same += strcmp(t->slots[k].type, slot->type) == 0;
		captures[i].name = same == 1 ? lw_str_from(slot->type)
					     : lw_build_printf(x, "%s %zu", slot->type, same);
		if (values == NULL)
			continue;
		for (k = 0; k < slot->value_count; k++)
			values[k] =
			    (struct lw_m_value){slot->values[k].value, slot->values[k].count};
		captures[i].values = values;
		captures[i].value_count = slot->value_count;
	}
	m->captures = captures;
	m->capture_count = captures == NULL ? 0 : t->slot_count;
}

static void
build_captures(struct lw_builder *x, const struct lw_group *g, struct lw_m_cluster *m)
{
	const struct lw_rule *rule;
	struct lw_m_capture *captures;
	uint32_t i;

	if (g->rule == LW_NO_RULE) {
		if (g->template_index != LW_NO_TEMPLATE)
			build_slots(x, lw_cluster_template(x->b->clusters, g->template_index), m);
		return;
	}
	rule = lw_catalog_rule(x->b->tally->catalog, g->rule);
	captures = lw_build_alloc(x, rule->capture_count, sizeof(*captures));
	if (captures == NULL)
		return;
	for (i = 0; i < rule->capture_count; i++) {
		struct lw_m_capture *c = &captures[m->capture_count];

		c->name = lw_str_from(rule->captures[i]);
		build_capture_values(x, g, i, c);
		if (c->value_count > 0)
			m->capture_count++;
	}
	m->captures = captures;
}

static int
text_order(const void *pa, const void *pb)
{
	return lw_str_cmp(*(const struct lw_str *)pa, *(const struct lw_str *)pb);
}

static size_t
distinct(struct lw_str *s, size_t n)
{
	size_t i, kept = 0;

	qsort(s, n, sizeof(*s), text_order);
	for (i = 0; i < n; i++)
		if (kept == 0 || !lw_str_eq(s[i], s[kept - 1]))
			s[kept++] = s[i];
	return kept;
}

static void
build_places(struct lw_builder *x, const struct lw_group *g, struct lw_m_cluster *m)
{
	const struct lw_tally *t = x->b->tally;
	struct lw_str *services = lw_build_alloc(x, g->node_count, sizeof(*services)), *revisions;
	size_t n = 0, room = 0, i, k;

	for (i = 0; i < g->node_count; i++)
		room += t->nodes[g->nodes[i]].revision_count;
	revisions = lw_build_alloc(x, room, sizeof(*revisions));
	if (x->failed)
		return;
	for (i = 0; i < g->node_count; i++) {
		const struct lw_node *node = &t->nodes[g->nodes[i]];

		services[i] = lw_intern_get(&t->names, t->services[node->service].name);
		for (k = 0; k < node->revision_count; k++)
			revisions[n++] = lw_intern_get(&t->revisions, node->revisions[k]);
	}
	m->services = services;
	m->service_count = distinct(services, g->node_count);
	m->revisions = revisions;
	m->revision_count = n == 0 ? 0 : distinct(revisions, n);
}

static void
build_windows(struct lw_builder *x, const struct lw_sum *sum, struct lw_m_windows *m)
{
	struct lw_m_point *points = lw_build_alloc(x, sum->series.count, sizeof(*points));
	uint32_t i;

	if (sum->series.count == 0 || points == NULL) {
		m->peak_from_ns = m->peak_to_ns = m->onset_ns = LW_TIME_NONE;
		return;
	}
	for (i = 0; i < sum->series.count; i++)
		points[i] =
		    (struct lw_m_point){sum->series.buckets[i].start_ns, sum->series.buckets[i].n};
	*m = (struct lw_m_windows){sum->windows.peak_from_ns, sum->windows.peak_to_ns,
	    sum->windows.peak_count, sum->windows.onset_ns, sum->windows.ongoing, points,
	    sum->series.count};
}

static void
build_cluster(struct lw_builder *x, uint32_t at, struct lw_m_cluster *m)
{
	const struct lw_group *g = &x->b->analysis->groups[at];
	const struct lw_rule *rule = NULL;

	if (g->rule != LW_NO_RULE)
		rule = lw_catalog_rule(x->b->tally->catalog, g->rule);
	m->id = x->cluster_ids[at];
	m->rule = rule == NULL ? LW_STR("") : lw_str_from(rule->id);
	m->title = x->titles[at];
	if (g->template_index != LW_NO_TEMPLATE)
		m->template_text = lw_cluster_template(x->b->clusters, g->template_index)->text;
	else
		m->template_text = rule == NULL ? LW_STR("") : lw_str_from(rule->title);
	m->layer = rule == NULL ? LW_STR("") : lw_str_from(lw_layer_name(rule->layer));
	if (rule != NULL)
		m->role = lw_str_from(lw_role_name(rule->role));
	else /* below ERROR a message that no rule knows never enters a chain */
		m->role = g->sum.severity >= LW_SEV_ERROR ? LW_STR("symptom") : LW_STR("advisory");
	m->severity = lw_str_from(lw_severity_name(g->sum.severity));
	m->count = g->sum.count;
	m->instances = g->sum.instances << x->b->tally->scope_level;
	m->first_ns = g->sum.first_ns;
	m->last_ns = g->sum.last_ns;
	build_places(x, g, m);
	build_captures(x, g, m);
	build_windows(x, &g->sum, &m->windows);
	m->evidence = lw_build_evidence(x, g->sum.samples, MAX_EVIDENCE, &m->evidence_count);
}

void
lw_build_clusters(struct lw_builder *x)
{
	const struct lw_analysis *a = x->b->analysis;
	struct lw_m_cluster *clusters = lw_build_alloc(x, a->group_count, sizeof(*clusters));
	uint32_t i;
	size_t n = 0;

	x->cluster_ids = lw_build_alloc(x, a->group_count, sizeof(*x->cluster_ids));
	x->titles = lw_build_alloc(x, a->group_count, sizeof(*x->titles));
	for (i = 0; i < a->group_count && !x->failed; i++) {
		name_group(x, i);
		/* What is below WARNING (a start-up marker) is counted for the chains, and is no
		 * error. */
		if (a->groups[i].sum.severity >= LW_SEV_WARNING)
			build_cluster(x, i, &clusters[n++]);
	}
	x->report->clusters = clusters;
	x->report->cluster_count = n;
}
