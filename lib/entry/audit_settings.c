/*
 * audit_settings.c - the settings that an audited request asks for.
 *
 * A request of any service is a tree; its leaves are settings, named by their
 * path without the parts that only give structure: the container's
 * {"name": "DB_TIMEOUT", "value": "75"} in spec.template.spec.containers[0].env
 * is env.DB_TIMEOUT.  What every call changes (generations, nonces, versions of
 * the caller) is left out, so that two requests can be compared.
 */
#include <stdlib.h>

#include "entry/map.h"

#define MAX_NAME 160   /* bytes of a setting's name */
#define MAX_DEPTH 24   /* of the request, below its root */
#define NAMED_LISTS 64 /* elements of a list that are looked at */

struct collector {
	struct lw_mapping *m;
	struct lw_setting *settings;
	size_t count;
	bool failed;
};

/* Parts of a path that say nothing to people. */
static const char *const structure[] = {"service", "spec", "template", "metadata", "annotations",
    "labels", "containers", "function", "serviceconfig", "buildconfig", "deployment", "body",
    "instance", "request", "settings", "resource", "version", "job"};

/* Members that change with every call, or that the server fills in. */
static const char *const volatile_members[] = {"status", "uid", "resourceversion", "generation",
    "creationtimestamp", "observedgeneration", "etag", "updatemask", "selflink", "managedfields",
    "clientknativedev/nonce", "rungoogleapiscom/clientversion", "rungoogleapiscom/clientname",
    "rungoogleapiscom/operationid", "rungoogleapiscom/urls", "rungoogleapiscom/ingressstatus",
    "servingknativedev/lastmodifier", "servingknativedev/creator", "clientversion", "client",
    "namespace", "apiversion", "kind", "project", "parent", "requestid", "settingsversion",
    "kubectlkubernetesio/lastappliedconfiguration", "deploymentkubernetesio/revision",
    "lasttransitiontime", "updatetime", "createtime", "selector", "type"};

static bool
is_named(struct lw_str key, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (lw_key_is(key, lw_str_from(list[i])))
			return true;
	return false;
}

#define IS_NAMED(key, list) is_named(key, list, sizeof(list) / sizeof((list)[0]))

/* Path and part as "path.part"; an empty text where it grows too long. */
static struct lw_str
join(struct collector *c, struct lw_str path, struct lw_str part)
{
	size_t n = path.n + (path.n > 0) + part.n;
	char *p;

	if (part.n == 0)
		return path;
	if (n > MAX_NAME)
		return LW_STR("");
	p = lw_arena_alloc(c->m->arena, n + 1);
	if (p == NULL) {
		c->failed = true;
		return LW_STR("");
	}
	if (path.n > 0) {
		memcpy(p, path.p, path.n);
		p[path.n] = '.';
	}
	memcpy(p + n - part.n, part.p, part.n);
	return lw_str_make(p, n);
}

static void
add(struct collector *c, struct lw_str name, struct lw_str value)
{
	if (name.n == 0 || c->count == LW_MAX_SETTINGS)
		return;
	c->settings[c->count++] = (struct lw_setting){name, value};
}

/* {"secretKeyRef": {"name": "n", "key": "k"}} as "reference to n:k"; empty where it is none. */
static struct lw_str
reference(struct collector *c, const struct lw_node *from)
{
	const struct lw_node *ref = lw_node_get(from, LW_KEY_secretkeyref);
	struct lw_str name, key;
	struct lw_buf b = {0};
	char *p = NULL;

	if (ref == NULL)
		ref = lw_node_get(from, LW_KEY_configmapkeyref);
	name = lw_node_string(lw_node_get(ref, LW_KEY_name));
	if (name.n == 0)
		name = lw_node_string(lw_node_get(ref, LW_KEY_secret));
	key = lw_node_scalar(lw_node_get(ref, LW_KEY_key));
	if (key.n == 0)
		key = lw_node_scalar(lw_node_get(ref, LW_KEY_version));
	lw_buf_printf(&b, LW_SETTING_REFERENCE "%.*s:%.*s", (int)name.n, name.p, (int)key.n, key.p);
	if (name.n > 0 && lw_buf_ok(&b))
		p = lw_arena_alloc(c->m->arena, b.n);
	if (p != NULL)
		memcpy(p, b.p, b.n);
	else if (name.n > 0)
		c->failed = true;
	name = lw_str_make(p, p == NULL ? 0 : b.n);
	lw_buf_fini(&b);
	return name;
}

static void collect(struct collector *c, const struct lw_node *n, struct lw_str path, int depth);

/* An element that has a name is known by it, in a list of any order. */
static void
collect_list(struct collector *c, const struct lw_node *list, struct lw_str path, int depth)
{
	const struct lw_node *n;
	size_t i = 0;
	char digits[] = "00";

	for (n = list->child; n != NULL && i < NAMED_LISTS; n = n->next, i++) {
		struct lw_str name = lw_node_string(lw_node_get(n, LW_KEY_name));
		const struct lw_node *value = lw_node_get(n, LW_KEY_value), *from;
		bool container = lw_node_get(n, LW_KEY_image) != NULL;

		from = lw_node_get(n, LW_KEY_valuefrom);
		if (from == NULL)
			from = lw_node_get(n, LW_KEY_valuesource);
		if (name.n > 0 && from != NULL) {
			add(c, join(c, path, name), reference(c, from));
		} else if (name.n > 0 && value != NULL) {
			add(c, join(c, path, name), lw_node_scalar(value));
		} else if (container && list->child->next == NULL) {
			collect(c, n, path, depth); /* one container: its name says nothing */
		} else {
			digits[0] = (char)('0' + i / 10);
			digits[1] = (char)('0' + i % 10);
			collect(c, n,
			    join(c, path, name.n > 0 ? name : lw_str_from(digits + (i < 10))),
			    depth);
		}
	}
}

static void
collect(struct collector *c, const struct lw_node *n, struct lw_str path, int depth)
{
	const struct lw_node *child;

	if (depth == MAX_DEPTH || c->count == LW_MAX_SETTINGS)
		return;
	if (n->type == LW_NODE_ARRAY) {
		collect_list(c, n, path, depth + 1);
		return;
	}
	if (n->type != LW_NODE_OBJECT) {
		add(c, path, lw_node_scalar(n));
		return;
	}
	for (child = n->child; child != NULL; child = child->next) {
		bool scalar = child->type != LW_NODE_OBJECT && child->type != LW_NODE_ARRAY;

		if (child->type == LW_NODE_NULL || IS_NAMED(child->key, volatile_members) ||
		    child->key.n == 0 || child->key.p[0] == '@' ||
		    (scalar && (child->name == LW_KEY_name ||
				   lw_str_starts(child->key, LW_STR("run.googleapis.com/build-")))))
			continue;
		collect(c, child,
		    !scalar && IS_NAMED(child->key, structure) ? path : join(c, path, child->key),
		    depth + 1);
	}
}

static int
by_name(const void *pa, const void *pb)
{
	const struct lw_setting *a = pa, *b = pb;
	int c = lw_str_cmp(a->name, b->name);

	return c != 0 ? c : lw_str_cmp(a->value, b->value);
}

bool
lw_map_audit_settings(
    struct lw_mapping *m, const struct lw_node *request, struct lw_audit_change *change)
{
	struct collector c = {.m = m};

	if (request == NULL || request->type != LW_NODE_OBJECT)
		return true;
	c.settings = lw_arena_alloc(m->arena, LW_MAX_SETTINGS * sizeof(*c.settings));
	if (c.settings == NULL)
		return false;
	collect(&c, request, LW_STR(""), 0);
	if (c.count > 1)
		qsort(c.settings, c.count, sizeof(*c.settings), by_name);
	change->settings = c.settings;
	change->setting_count = c.count;
	if (c.count == LW_MAX_SETTINGS) /* there may be more */
		change->whole = false;
	return !c.failed;
}
