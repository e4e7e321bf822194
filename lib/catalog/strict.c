/* strict.c - strict reading of YAML nodes. */
#include "catalog/strict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "catalog/internal.h"
#include "catalog/lint.h"

/* libyaml's marks count characters; the source counts bytes.  Nodes are read nearly in order, so
 * walking is cheap. */
static size_t
byte_of(struct lw_strict *n, size_t chars)
{
	const char *p = n->source->text.p + n->base;
	size_t size = n->source->text.n - n->base;

	while (n->chars < chars && n->bytes < size) {
		n->bytes++;
		while (n->bytes < size && ((unsigned char)p[n->bytes] & 0xc0) == 0x80)
			n->bytes++;
		n->chars++;
	}
	while (n->chars > chars && n->bytes > 0) {
		n->bytes--;
		while (n->bytes > 0 && ((unsigned char)p[n->bytes] & 0xc0) == 0x80)
			n->bytes--;
		n->chars--;
	}
	return n->base + n->bytes;
}

struct lw_span
lw_strict_between(struct lw_strict *n, yaml_mark_t start, yaml_mark_t end)
{
	size_t at = byte_of(n, start.index);

	return (struct lw_span){at, byte_of(n, end.index) - at};
}

struct lw_span
lw_strict_span(struct lw_strict *n, const yaml_node_t *node)
{
	return lw_strict_between(n, node->start_mark, node->end_mark);
}

struct lw_span
lw_strict_span_at(struct lw_strict *n, const yaml_node_t *node, size_t offset)
{
	enum lw_quoting quoting = LW_QUOTING_PLAIN;

	if (node->type != YAML_SCALAR_NODE)
		return lw_strict_span(n, node);
	if (node->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE)
		quoting = LW_QUOTING_SINGLE;
	else if (node->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
		quoting = LW_QUOTING_DOUBLE;
	else if (node->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
		 node->data.scalar.style == YAML_FOLDED_SCALAR_STYLE)
		quoting = LW_QUOTING_BLOCK;
	return (struct lw_span){
	    lw_source_find(n->source, lw_strict_span(n, node), quoting, offset), 1};
}

void
lw_strict_error(struct lw_strict *n, const yaml_node_t *node, const char *format, ...)
{
	char text[sizeof(((struct lw_error *)NULL)->message)];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	lw_problem_add(
	    n->problems, LW_DIAG_ERROR, LW_ERULE, n->source, lw_strict_span(n, node), "%s", text);
}

static struct lw_str
scalar(const yaml_node_t *node)
{
	return lw_str_make((const char *)node->data.scalar.value, node->data.scalar.length);
}

bool
lw_strict_text(struct lw_strict *n, const yaml_node_t *node, const char *what, struct lw_str *out)
{
	if (node->type != YAML_SCALAR_NODE) {
		lw_strict_error(n, node, "%s must be a text", what);
		return false;
	}
	if (node->data.scalar.length == 0) {
		lw_strict_error(n, node, "%s is empty", what);
		return false;
	}
	*out = lw_arena_str(n->arena, scalar(node));
	if (out->p == NULL)
		n->nomem = true;
	return out->p != NULL;
}

bool
lw_strict_textz(struct lw_strict *n, const yaml_node_t *node, const char *what, const char **out)
{
	struct lw_str s;

	if (!lw_strict_text(n, node, what, &s))
		return false;
	if (memchr(s.p, '\0', s.n) != NULL) {
		lw_strict_error(n, node, "%s holds a NUL byte", what);
		return false;
	}
	*out = s.p;
	return true;
}

bool
lw_strict_list(struct lw_strict *n, const yaml_node_t *node, const char *what, size_t *count)
{
	if (node->type != YAML_SEQUENCE_NODE) {
		lw_strict_error(n, node, "%s must be a list", what);
		return false;
	}
	*count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
	if (*count == 0) {
		lw_strict_error(n, node, "%s is empty", what);
		return false;
	}
	if (*count > LW_RULE_MAX_ITEMS) {
		lw_strict_error(n, node, "%s has more than %d items", what, LW_RULE_MAX_ITEMS);
		return false;
	}
	return true;
}

yaml_node_t *
lw_strict_item(struct lw_strict *n, const yaml_node_t *list, size_t i)
{
	return yaml_document_get_node(n->doc, list->data.sequence.items.start[i]);
}

static size_t
index_of(struct lw_str text, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (lw_str_eq(text, lw_str_from(names[i])))
			break;
	return i;
}

/* "'mach' is no ...", with the name that may have been meant. */
static void
no_such(struct lw_strict *n, const yaml_node_t *node, const char *what, const char *const *names,
    size_t count)
{
	struct lw_str s = scalar(node);
	const char *nearest = lw_nearest(s, names, count);
	char known[320] = "";
	size_t i, at = 0;

	if (nearest != NULL) {
		lw_strict_error(n, node, "%s '%.*s' is not known; did you mean '%s'?", what,
		    (int)(s.n > 64 ? 64 : s.n), s.p, nearest);
		return;
	}
	if (count == 0) {
		lw_strict_error(n, node, "%s '%.*s' is not known; there are none", what,
		    (int)(s.n > 64 ? 64 : s.n), s.p);
		return;
	}
	for (i = 0; i < count && at < sizeof(known); i++)
		at += (size_t)snprintf(
		    known + at, sizeof(known) - at, "%s%s", i > 0 ? ", " : "", names[i]);
	lw_strict_error(n, node, "%s '%.*s' is not known; use one of: %s", what,
	    (int)(s.n > 64 ? 64 : s.n), s.p, known);
}

bool
lw_strict_members(struct lw_strict *n, const yaml_node_t *node, const char *what,
    const char *const *names, size_t count, yaml_node_t **values)
{
	const yaml_node_pair_t *pair;
	bool good = true;
	size_t i;

	for (i = 0; i < count; i++)
		values[i] = NULL;
	if (node->type != YAML_MAPPING_NODE) {
		lw_strict_error(n, node, "%s must be a mapping (key: value)", what);
		return false;
	}
	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(n->doc, pair->key);

		if (key->type != YAML_SCALAR_NODE) {
			lw_strict_error(n, key, "a key of %s must be a text", what);
			good = false;
			continue;
		}
		i = index_of(scalar(key), names, count);
		if (i == count) {
			no_such(n, key, "the key", names, count);
			good = false;
		} else if (values[i] != NULL) {
			lw_strict_error(n, key, "the key '%s' stands twice in %s", names[i], what);
			good = false;
		} else {
			values[i] = yaml_document_get_node(n->doc, pair->value);
		}
	}
	return good;
}

size_t
lw_strict_choice(struct lw_strict *n, const yaml_node_t *node, const char *what,
    const char *const *names, size_t count)
{
	size_t i;

	if (node->type != YAML_SCALAR_NODE) {
		lw_strict_error(n, node, "%s must be a text", what);
		return count;
	}
	i = index_of(scalar(node), names, count);
	if (i == count)
		no_such(n, node, what, names, count);
	return i;
}
