/* tree.c - building and reading trees of values. */
#include "entry/tree.h"

#include <stdlib.h>

static struct lw_node *
add_node(struct lw_tree *t, enum lw_node_type type, struct lw_str text)
{
	struct lw_node *n;

	if (t->depth == 0 && t->root != NULL) {
		t->problem = "a second value follows the first";
		return NULL;
	}
	if (t->nodes >= LW_TREE_NODES) {
		t->problem = "the record holds more than a million values";
		return NULL;
	}
	n = lw_arena_alloc(t->arena, sizeof(*n));
	if (n == NULL) {
		t->problem = "out of memory";
		return NULL;
	}
	t->nodes++;
	*n = (struct lw_node){.type = (uint8_t)type, .key = t->key, .text = text};
	t->key = LW_STR("");
	if (t->depth == 0) {
		t->root = n;
	} else {
		lw_node_name(t->open[t->depth - 1].node, n, lw_key_of(n->key));
		if (type == LW_NODE_NULL)
			n->field = LW_FIELD_NONE;
		*t->open[t->depth - 1].tail = n;
		t->open[t->depth - 1].tail = &n->next;
	}
	return n;
}

bool
lw_tree_scalar(struct lw_tree *t, enum lw_node_type type, struct lw_str text)
{
	return add_node(t, type, text) != NULL;
}

bool
lw_tree_open(struct lw_tree *t, enum lw_node_type type)
{
	struct lw_node *n;

	if (t->depth == LW_TREE_DEPTH) {
		t->problem = "values are nested deeper than 64 levels";
		return false;
	}
	n = add_node(t, type, LW_STR(""));
	if (n == NULL)
		return false;
	t->open[t->depth].node = n;
	t->open[t->depth].tail = &n->child;
	t->depth++;
	return true;
}

void
lw_tree_close(struct lw_tree *t)
{
	if (t->depth > 0)
		t->depth--;
}

const struct lw_node *
lw_node_find(const struct lw_node *object, enum lw_key name)
{
	const struct lw_node *n, *found = NULL;

	for (n = object->child; n != NULL; n = n->next)
		if (n->name == name)
			found = n;
	return found;
}

const struct lw_node *
lw_node_find_spelt(const struct lw_node *object, enum lw_key name, const char *key)
{
	const struct lw_node *n, *found = NULL;
	struct lw_str want = lw_str_from(key);

	for (n = object->child; n != NULL; n = n->next)
		if (n->name == name && lw_str_eq(n->key, want))
			found = n;
	return found;
}

const struct lw_node *
lw_node_exact(const struct lw_node *object, const char *key)
{
	const struct lw_node *n = object == NULL ? NULL : object->child, *found = NULL;
	struct lw_str want = lw_str_from(key);

	for (; n != NULL; n = n->next)
		if (lw_str_eq(n->key, want))
			found = n;
	return found;
}

bool
lw_node_int(const struct lw_node *n, int64_t *value)
{
	struct lw_str s = lw_node_scalar(n);
	int64_t v = 0;
	size_t i = 0;
	bool minus = false;

	if (n == NULL || (n->type != LW_NODE_NUMBER && n->type != LW_NODE_STRING))
		return false;
	if (s.n > 0 && s.p[0] == '-') {
		minus = true;
		i = 1;
	}
	if (i == s.n)
		return false;
	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
		if (v > (INT64_MAX - 9) / 10)
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	/* The streaming API of Cloud Logging writes integers as 28.0. */
	if (i + 1 < s.n && s.p[i] == '.')
		for (i++; i < s.n && s.p[i] == '0'; i++)
			;
	if (i != s.n)
		return false;
	*value = minus ? -v : v;
	return true;
}

const char *
lw_node_type_text(const struct lw_node *n)
{
	static const char *const names[] = {
	    "null", "a boolean", "a number", "a string", "an array", "an object"};

	return names[n->type];
}

static void
write_string(struct lw_buf *out, struct lw_str s)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char c;
	size_t i;

	lw_buf_addc(out, '"');
	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\') {
			lw_buf_addc(out, '\\');
			lw_buf_addc(out, (char)c);
		} else if (c == '\n') {
			lw_buf_addz(out, "\\n");
		} else if (c < 0x20) {
			lw_buf_addz(out, "\\u00");
			lw_buf_addc(out, hex[c >> 4]);
			lw_buf_addc(out, hex[c & 15]);
		} else {
			lw_buf_addc(out, (char)c);
		}
	}
	lw_buf_addc(out, '"');
}

/* The member behind *last in key order (then by position), so that members need no sorted copy. */
#define SORTED_MEMBERS 64

static int
by_key(const void *a, const void *b)
{
	const struct lw_node *const *x = a, *const *y = b;

	return lw_str_cmp((*x)->key, (*y)->key);
}

static size_t
sorted_members(const struct lw_node *object, const struct lw_node *members[SORTED_MEMBERS])
{
	const struct lw_node *n;
	size_t count = 0;

	for (n = object->child; n != NULL && count < SORTED_MEMBERS; n = n->next)
		members[count++] = n;
	if (count > 1)
		qsort(members, count, sizeof(members[0]), by_key);
	return count;
}

static void write_node(struct lw_buf *out, const struct lw_node *n, size_t end);

static void
write_object(struct lw_buf *out, const struct lw_node *n, size_t end)
{
	const struct lw_node *members[SORTED_MEMBERS];
	size_t i, count = sorted_members(n, members);

	lw_buf_addc(out, '{');
	for (i = 0; i < count && out->n < end; i++) {
		if (i > 0)
			lw_buf_addc(out, ',');
		write_string(out, members[i]->key);
		lw_buf_addc(out, ':');
		write_node(out, members[i], end);
	}
	lw_buf_addc(out, '}');
}

static void
write_node(struct lw_buf *out, const struct lw_node *n, size_t end)
{
	const struct lw_node *e;

	switch (n->type) {
	case LW_NODE_NULL:
		lw_buf_addz(out, "null");
		break;
	case LW_NODE_BOOL:
	case LW_NODE_NUMBER:
		lw_buf_addstr(out, n->text);
		break;
	case LW_NODE_STRING:
		write_string(out, n->text);
		break;
	case LW_NODE_ARRAY:
		lw_buf_addc(out, '[');
		for (e = n->child; e != NULL && out->n < end; e = e->next) {
			if (e != n->child)
				lw_buf_addc(out, ',');
			write_node(out, e, end);
		}
		lw_buf_addc(out, ']');
		break;
	case LW_NODE_OBJECT:
		write_object(out, n, end);
		break;
	}
}

void
lw_node_write(struct lw_buf *out, const struct lw_node *n, size_t max)
{
	write_node(out, n, out->n + max);
}
