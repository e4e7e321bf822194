/* envelope.c - entries that came wrapped: lists, Pub/Sub messages, answers of the API. */
#include "base/utf8.h"
#include "entry/decode.h"

#define WRAPPERS_MAX 4 /* a wrapper in a wrapper in ... */

struct unwrapper {
	struct lw_arena *arena;
	const struct lw_walker *walker;
	struct lw_error *error;
	struct lw_entry_list *last;
};

static int
base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-') /* the URL-safe alphabet as well */
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return -1;
}

/* Decoded into the arena; false where it is not base64 (*out empty) or memory ran out (*out.p
 * NULL). */
static bool
base64(struct lw_arena *arena, struct lw_str s, struct lw_str *out)
{
	unsigned char *p = lw_arena_alloc(arena, s.n / 4 * 3 + 4);
	uint32_t bits = 0;
	size_t i, n = 0, count = 0;
	int v;

	*out = lw_str_make((const char *)p, 0);
	if (p == NULL)
		return false;
	for (i = 0; i < s.n && s.p[i] != '='; i++) {
		if (s.p[i] == '\n' || s.p[i] == '\r')
			continue;
		v = base64_value((unsigned char)s.p[i]);
		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		if (++count % 4 == 0) {
			p[n++] = (unsigned char)(bits >> 16);
			p[n++] = (unsigned char)(bits >> 8);
			p[n++] = (unsigned char)bits;
		}
	}
	if (count % 4 == 1)
		return false;
	if (count % 4 >= 2)
		p[n++] = (unsigned char)(count % 4 == 2 ? bits >> 4 : bits >> 10);
	if (count % 4 == 3)
		p[n++] = (unsigned char)(bits >> 2);
	*out = lw_str_make((const char *)p, n);
	return true;
}

static enum lw_code
add(struct unwrapper *u, const struct lw_node *object)
{
	struct lw_entry_list *item;

	if (u->last->object != NULL) {
		item = lw_arena_alloc(u->arena, sizeof(*item));
		if (item == NULL)
			return LW_ENOMEM;
		u->last->next = item;
		u->last = item;
	}
	*u->last = (struct lw_entry_list){.object = object};
	return LW_OK;
}

static enum lw_code unwrap(struct unwrapper *u, const struct lw_node *n, int depth);

static enum lw_code
each(struct unwrapper *u, const struct lw_node *array, int depth)
{
	const struct lw_node *n;
	enum lw_code code = LW_OK;

	for (n = array->child; code == LW_OK && n != NULL; n = n->next)
		code = unwrap(u, n, depth + 1);
	return code;
}

/* The data of a Pub/Sub message is a LogEntry as JSON, or any text. */
static enum lw_code
pubsub(struct unwrapper *u, const struct lw_node *message, int depth)
{
	struct lw_str data = lw_node_string(lw_node_spelt(message, LW_KEY_data, "data")), json;
	struct lw_parse_error why;
	struct lw_node *root, *key;
	enum lw_code code;

	if (!base64(u->arena, data, &json))
		return json.p == NULL ? LW_ENOMEM
				      : lw_error_set(u->error, LW_EJSON,
					    "the data of the Pub/Sub message is not base64");
	if (lw_utf8_check(json) != json.n) {
		struct lw_buf b = {0};

		lw_utf8_clean(&b, json);
		json =
		    lw_buf_ok(&b) ? lw_arena_str(u->arena, lw_buf_str(&b)) : lw_str_make(NULL, 0);
		lw_buf_fini(&b);
		if (json.p == NULL)
			return LW_ENOMEM;
	}
	code = lw_json_read(u->walker, u->arena, json, &root, &why);
	if (code == LW_ENOMEM || code == LW_ELIMIT)
		return code;
	if (code == LW_OK && root->type == LW_NODE_OBJECT)
		return unwrap(u, root, depth + 1);
	/* Any other text is the message of a structured line. */
	root = lw_arena_zalloc(u->arena, sizeof(*root));
	key = lw_arena_zalloc(u->arena, sizeof(*key));
	if (root == NULL || key == NULL)
		return LW_ENOMEM;
	*key = (struct lw_node){.key = LW_STR("message"), .type = LW_NODE_STRING, .text = json};
	*root = (struct lw_node){.type = LW_NODE_OBJECT, .child = key};
	lw_node_name(root, key, LW_KEY_message);
	return add(u, root);
}

/* {"message": {"data": base64, ...}}, as push sends it and pull lists it. */
static const struct lw_node *
pubsub_message(const struct lw_node *n)
{
	const struct lw_node *m = lw_node_spelt(n, LW_KEY_message, "message");

	if (m == NULL || lw_node_string(lw_node_spelt(m, LW_KEY_data, "data")).n == 0)
		return NULL;
	if (lw_node_get(m, LW_KEY_messageid) == NULL &&
	    lw_node_get(n, LW_KEY_subscription) == NULL && lw_node_get(n, LW_KEY_ackid) == NULL)
		return NULL;
	return m;
}

/* {"error": {"code": 429, "message": "...", "status": "RESOURCE_EXHAUSTED"}} and nothing else. */
static enum lw_code
api_error(struct unwrapper *u, const struct lw_node *n)
{
	const struct lw_node *e = lw_node_spelt(n, LW_KEY_error, "error");
	struct lw_str message, status;
	int64_t code;

	if (e == NULL || n->child->next != NULL ||
	    !lw_node_int(lw_node_spelt(e, LW_KEY_code, "code"), &code) || code < 400 || code > 599)
		return LW_OK;
	message = lw_utf8_cut(lw_node_string(lw_node_spelt(e, LW_KEY_message, "message")), 360);
	status = lw_utf8_cut(lw_node_string(lw_node_spelt(e, LW_KEY_status, "status")), 60);
	(void)lw_error_set(u->error, LW_EJSON,
	    "an error answer of the API, not an entry: %d%s%.*s: %.*s", (int)code,
	    status.n > 0 ? " " : "", (int)status.n, status.n > 0 ? status.p : "", (int)message.n,
	    message.n > 0 ? message.p : "");
	if (u->error != NULL)
		lw_one_line(u->error->message);
	return LW_EJSON;
}

static enum lw_code
unwrap(struct unwrapper *u, const struct lw_node *n, int depth)
{
	const struct lw_node *m;
	enum lw_code code;

	if (n->type == LW_NODE_ARRAY && depth < WRAPPERS_MAX)
		return each(u, n, depth);
	if (n->type != LW_NODE_OBJECT)
		return lw_error_set(u->error, LW_EJSON, "%s, not an entry", lw_node_type_text(n));
	if (n->child == NULL || depth >= WRAPPERS_MAX || lw_is_bare(n))
		return add(u, n);
	m = lw_node_spelt(n, LW_KEY_entries, "entries");
	if (m != NULL && m->type == LW_NODE_ARRAY &&
	    (m->child == NULL || m->child->type == LW_NODE_OBJECT) &&
	    lw_node_get(n, LW_KEY_logname) == NULL && lw_node_get(n, LW_KEY_message) == NULL)
		return each(u, m, depth);
	if (n->child->name == LW_KEY_nextpagetoken && n->child->next == NULL)
		return LW_OK; /* an empty page */
	m = lw_node_get(n, LW_KEY_receivedmessages);
	if (m != NULL && m->type == LW_NODE_ARRAY)
		return each(u, m, depth);
	m = pubsub_message(n);
	if (m != NULL)
		return pubsub(u, m, depth);
	code = api_error(u, n);
	return code != LW_OK ? code : add(u, n);
}

enum lw_code
lw_unwrap(struct lw_arena *arena, const struct lw_walker *walker, const struct lw_node *root,
    struct lw_entry_list *list, struct lw_error *error)
{
	struct unwrapper u = {.arena = arena, .walker = walker, .error = error, .last = list};

	*list = (struct lw_entry_list){NULL, NULL};
	return unwrap(&u, root, 0);
}
