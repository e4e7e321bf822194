/* strict.c - strict reading of YAML nodes. */
#include "catalog/strict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "catalog/internal.h"
#include "catalog/lint.h"

struct lw_span
lw_strict_span_at(const struct lw_strict *n, const struct lw_doc_node *node, size_t offset)
{
	if (node->kind != LW_DOC_TEXT)
		return node->span;
	return (struct lw_span){lw_source_find(n->source, node->span, node->quoting, offset), 1};
}

void
lw_strict_error(struct lw_strict *n, const struct lw_doc_node *node, const char *format, ...)
{
	char text[sizeof(((struct lw_error *)NULL)->message)];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	lw_problem_add(n->problems, LW_DIAG_ERROR, LW_ERULE, n->source, node->span, "%s", text);
}

static bool
is_text(struct lw_strict *n, const struct lw_doc_node *node, const char *what)
{
	if (node->kind != LW_DOC_TEXT) {
		lw_strict_error(n, node, "%s must be a text", what);
		return false;
	}
	if (node->text.n == 0) {
		lw_strict_error(n, node, "%s is empty", what);
		return false;
	}
	return true;
}

static bool
holds_no_nul(struct lw_strict *n, const struct lw_doc_node *node, const char *what)
{
	if (memchr(node->text.p, '\0', node->text.n) == NULL)
		return true;
	lw_strict_error(n, node, "%s holds a NUL byte", what);
	return false;
}

static bool
copy(struct lw_strict *n, const struct lw_doc_node *node, struct lw_str *out)
{
	*out = lw_arena_str(n->arena, node->text);
	if (out->p == NULL)
		n->nomem = true;
	return out->p != NULL;
}

bool
lw_strict_text(
    struct lw_strict *n, const struct lw_doc_node *node, const char *what, struct lw_str *out)
{
	return is_text(n, node, what) && copy(n, node, out);
}

bool
lw_strict_textz(
    struct lw_strict *n, const struct lw_doc_node *node, const char *what, const char **out)
{
	struct lw_str s;

	if (!is_text(n, node, what) || !holds_no_nul(n, node, what) || !copy(n, node, &s))
		return false;
	*out = s.p;
	return true;
}

bool
lw_strict_borrow(
    struct lw_strict *n, const struct lw_doc_node *node, const char *what, struct lw_str *out)
{
	/* A text of another place may be above or below: the difference is large then. */
	uintptr_t at = (uintptr_t)node->text.p - (uintptr_t)n->source->text.p;

	if (!is_text(n, node, what) || !holds_no_nul(n, node, what))
		return false;
	*out = node->text;
	return at < n->source->text.n || copy(n, node, out);
}

bool
lw_strict_list(struct lw_strict *n, const struct lw_doc_node *node, const char *what, size_t *count)
{
	if (node->kind != LW_DOC_LIST) {
		lw_strict_error(n, node, "%s must be a list", what);
		return false;
	}
	*count = node->count;
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

static size_t
index_of(struct lw_str text, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (text.n > 0 && text.p[0] == names[i][0] &&
		    lw_str_eq(text, lw_str_from(names[i])))
			break;
	return i;
}

/* "'mach' is no ...", with the name that may have been meant. */
static void
no_such(struct lw_strict *n, const struct lw_doc_node *node, const char *what,
    const char *const *names, size_t count)
{
	struct lw_str s = node->text;
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
lw_strict_members(struct lw_strict *n, const struct lw_doc_node *node, const char *what,
    const char *const *names, size_t count, const struct lw_doc_node **values)
{
	bool good = true;
	size_t pair, i;

	for (i = 0; i < count; i++)
		values[i] = NULL;
	if (node->kind != LW_DOC_MAP) {
		lw_strict_error(n, node, "%s must be a mapping (key: value)", what);
		return false;
	}
	for (pair = 0; pair < node->count; pair++) {
		const struct lw_doc_node *key = node->items[2 * pair];

		if (key->kind != LW_DOC_TEXT) {
			lw_strict_error(n, key, "a key of %s must be a text", what);
			good = false;
			continue;
		}
		i = index_of(key->text, names, count);
		if (i == count) {
			no_such(n, key, "the key", names, count);
			good = false;
		} else if (values[i] != NULL) {
			lw_strict_error(n, key, "the key '%s' stands twice in %s", names[i], what);
			good = false;
		} else {
			values[i] = node->items[2 * pair + 1];
		}
	}
	return good;
}

size_t
lw_strict_choice(struct lw_strict *n, const struct lw_doc_node *node, const char *what,
    const char *const *names, size_t count)
{
	size_t i;

	if (node->kind != LW_DOC_TEXT) {
		lw_strict_error(n, node, "%s must be a text", what);
		return count;
	}
	i = index_of(node->text, names, count);
	if (i == count)
		no_such(n, node, what, names, count);
	return i;
}
