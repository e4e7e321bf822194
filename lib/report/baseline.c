/* baseline.c - the parts of an earlier report that a later one is compared with. */
#include "report/baseline.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/time.h"
#include "base/utf8.h"
#include "entry/parse.h"
#include "report/model.h"

struct reader {
	struct lw_arena *arena;
	bool failed; /* memory ran out */
};

/* A copy in the arena: the tree lives no longer than the reading. */
/* The last member of this key, or NULL. */
static const struct lw_node *
member(const struct lw_node *object, const char *key)
{
	const struct lw_node *n, *found = NULL;

	if (object == NULL || object->type != LW_NODE_OBJECT)
		return NULL;
	for (n = object->child; n != NULL; n = n->next)
		if (lw_str_eq(n->key, lw_str_from(key)))
			found = n;
	return found;
}

static struct lw_str
text_of(struct reader *r, const struct lw_node *object, const char *key)
{
	struct lw_str s = lw_arena_str(r->arena, lw_node_string(member(object, key)));

	if (s.p == NULL)
		r->failed = true;
	return s;
}

static uint64_t
count_of(const struct lw_node *object, const char *key)
{
	int64_t v = 0;

	return lw_node_int(member(object, key), &v) && v > 0 ? (uint64_t)v : 0;
}

static int64_t
time_of(const struct lw_node *object, const char *key)
{
	int64_t ns;

	return lw_time_parse(lw_node_string(member(object, key)), &ns) ? ns : LW_TIME_NONE;
}

/* An array's elements that are objects, and their number; no elements where it is none. */
static const struct lw_node *
array_of(const struct lw_node *object, const char *key, size_t *count)
{
	const struct lw_node *array = member(object, key), *n;

	*count = 0;
	if (array == NULL || array->type != LW_NODE_ARRAY)
		return NULL;
	for (n = array->child; n != NULL; n = n->next)
		++*count;
	return array->child;
}

static int
by_id(const void *pa, const void *pb)
{
	const struct lw_baseline_cluster *a = pa, *b = pb;

	return lw_str_cmp(a->id, b->id);
}

static void
read_clusters(struct reader *r, const struct lw_node *root, struct lw_baseline *b)
{
	size_t count, k = 0;
	const struct lw_node *n = array_of(root, "clusters", &count);
	struct lw_baseline_cluster *clusters =
	    lw_arena_zalloc(r->arena, (count + 1) * sizeof(*clusters));

	if (clusters == NULL) {
		r->failed = true;
		return;
	}
	for (; n != NULL; n = n->next) {
		if (lw_node_string(member(n, "id")).n == 0)
			continue;
		clusters[k++] = (struct lw_baseline_cluster){.id = text_of(r, n, "id"),
		    .title = text_of(r, n, "title"),
		    .severity = text_of(r, n, "severity"),
		    .role = text_of(r, n, "role"),
		    .count = count_of(n, "count")};
	}
	if (k > 1)
		qsort(clusters, k, sizeof(*clusters), by_id);
	b->clusters = clusters;
	b->cluster_count = k;
}

static void
read_incidents(struct reader *r, const struct lw_node *root, struct lw_baseline *b)
{
	size_t count, k = 0;
	const struct lw_node *n = array_of(root, "incidents", &count);
	struct lw_baseline_incident *incidents =
	    lw_arena_zalloc(r->arena, (count + 1) * sizeof(*incidents));

	if (incidents == NULL) {
		r->failed = true;
		return;
	}
	for (; n != NULL; n = n->next)
		incidents[k++] = (struct lw_baseline_incident){.id = text_of(r, n, "id"),
		    .root_cluster = text_of(r, member(n, "root"), "cluster"),
		    .title = text_of(r, n, "title"),
		    .service = text_of(r, n, "service"),
		    .ended = lw_str_eq(lw_node_string(member(n, "status")), LW_STR("ended")),
		    .from_ns = time_of(n, "from"),
		    .to_ns = time_of(n, "to")};
	b->incidents = incidents;
	b->incident_count = k;
}

static void
read_report(struct reader *r, const struct lw_node *root, struct lw_baseline *b)
{
	const struct lw_node *period = member(root, "period"), *n;
	size_t count;

	b->title = text_of(r, root, "title");
	b->from_ns = time_of(period, "from");
	b->to_ns = time_of(period, "to");
	b->entries = count_of(member(root, "totals"), "entries");
	for (n = array_of(root, "services", &count); n != NULL; n = n->next)
		b->requests += count_of(member(n, "http"), "requests");
	read_clusters(r, root, b);
	read_incidents(r, root, b);
}

/* What a schema's name tells of a document that is no report of ours. */
static enum lw_code
refuse(struct lw_error *error, struct lw_str schema)
{
	if (schema.n == 0)
		return lw_error_set(error, LW_ETYPE,
		    "is JSON, but no report of logwhy: write one with logwhy -o FILE.json");
	if (lw_str_starts(schema, LW_STR("logwhy.report/")))
		return lw_error_set(error, LW_ETYPE,
		    "is a report of schema %.*s, and this program reads " LW_REPORT_SCHEMA,
		    (int)(schema.n < 80 ? schema.n : 80), schema.p);
	return lw_error_set(error, LW_ETYPE, "is of schema %.*s, not " LW_REPORT_SCHEMA,
	    (int)(schema.n < 80 ? schema.n : 80), schema.p);
}

static enum lw_code
read_tree(struct reader *r, struct lw_arena *scratch, struct lw_str text, struct lw_baseline *b,
    struct lw_error *error)
{
	struct lw_parse_error problem;
	struct lw_node *root;
	struct lw_str schema;
	enum lw_code code = lw_json_parse(scratch, text, &root, &problem);

	if (code == LW_ENOMEM)
		return lw_error_set(error, code, "out of memory");
	if (code != LW_OK)
		return lw_error_set(error, code, "is cut or no JSON: byte %zu of %zu: %s",
		    problem.offset, text.n, problem.message);
	schema = lw_node_string(member(root, "schema"));
	if (!lw_str_eq(schema, LW_STR(LW_REPORT_SCHEMA)))
		return refuse(error, schema);
	read_report(r, root, b);
	return r->failed ? lw_error_set(error, LW_ENOMEM, "out of memory") : LW_OK;
}

enum lw_code
lw_baseline_read(struct lw_arena *arena, struct lw_str name, struct lw_str text,
    struct lw_baseline *b, struct lw_error *error)
{
	struct reader r = {.arena = arena};
	struct lw_arena *scratch = lw_arena_new(0);
	enum lw_code code = LW_ENOMEM;

	*b = (struct lw_baseline){.from_ns = LW_TIME_NONE, .to_ns = LW_TIME_NONE};
	if (scratch == NULL)
		return lw_error_set(error, code, "out of memory");
	b->name = lw_arena_str(arena, name);
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0)
		text = lw_str_make(text.p + 3, text.n - 3);
	text = lw_str_trim(text);
	if (lw_utf8_check(text) < text.n)
		code =
		    lw_error_set(error, LW_EJSON, "is no JSON: it holds bytes that are no UTF-8");
	else if (b->name.p == NULL)
		(void)lw_error_set(error, code, "out of memory");
	else
		code = read_tree(&r, scratch, text, b, error);
	lw_arena_free(scratch);
	return code;
}
