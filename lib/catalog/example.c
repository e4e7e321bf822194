/* example.c - the texts that a rule must match, and those that it must not. */
#include <string.h>

#include "catalog/rule.h"

#define MAX_FIELDS \
	(sizeof(((struct lw_example *)NULL)->fields) / \
	    sizeof(((struct lw_example *)NULL)->fields[0]))

enum member { TEXT, CAPTURES, FIELDS, MEMBERS };

/* A value may be empty here: a group can match nothing, a field can be absent. */
static bool
read_value(struct lw_strict *n, const struct lw_doc_node *node, struct lw_str *out)
{
	if (node->kind != LW_DOC_TEXT) {
		lw_strict_error(n, node, "the value must be a text");
		return false;
	}
	*out = lw_arena_str(n->arena, node->text);
	if (out->p == NULL)
		n->nomem = true;
	return out->p != NULL;
}

static bool
is_mapping(struct lw_strict *n, const struct lw_doc_node *node, const char *what, size_t most)
{
	if (node->kind != LW_DOC_MAP) {
		lw_strict_error(n, node, "%s must be a mapping (name: value)", what);
		return false;
	}
	if (node->count > most) {
		lw_strict_error(n, node, "%s has more than %zu members", what, most);
		return false;
	}
	return true;
}

static bool
read_captures(struct lw_strict *n, const struct lw_doc_node *node, const struct lw_rule *rule,
    struct lw_example *e)
{
	size_t pair;
	size_t i;

	if (!is_mapping(n, node, "captures", LW_RULE_MAX_CAPTURES))
		return false;
	for (pair = 0; pair < node->count; pair++) {
		const struct lw_doc_node *key = node->items[2 * pair];

		i = lw_strict_choice(n, key, "the capture", rule->captures, rule->capture_count);
		if (i == rule->capture_count)
			return false;
		e->captures[e->capture_count].name = rule->captures[i];
		if (!read_value(n, node->items[2 * pair + 1], &e->captures[e->capture_count].value))
			return false;
		e->capture_count++;
	}
	return true;
}

static bool
is_field(struct lw_strict *n, const struct lw_doc_node *key, const char *name)
{
	size_t count = 0;

	if (strncmp(name, "label.", 6) == 0 && name[6] != '\0')
		return true;
	while (lw_where_fields[count] != NULL)
		count++;
	return lw_strict_choice(n, key, "the field", lw_where_fields, count) < count;
}

static bool
add_field(struct lw_strict *n, const struct lw_doc_node *node, struct lw_example *e,
    const char *field, struct lw_str value)
{
	if (e->field_count == MAX_FIELDS) {
		lw_strict_error(n, node, "an example has more than %zu fields", MAX_FIELDS);
		return false;
	}
	e->fields[e->field_count].field = field;
	e->fields[e->field_count++].value = value;
	return true;
}

static bool
read_fields(struct lw_strict *n, const struct lw_doc_node *node, struct lw_example *e)
{
	size_t pair;

	if (!is_mapping(n, node, "fields", MAX_FIELDS))
		return false;
	for (pair = 0; pair < node->count; pair++) {
		const struct lw_doc_node *key = node->items[2 * pair];
		struct lw_str value;
		const char *name;

		if (!lw_strict_textz(n, key, "a field", &name) || !is_field(n, key, name) ||
		    !read_value(n, node->items[2 * pair + 1], &value) ||
		    !add_field(n, key, e, name, value))
			return false;
	}
	return true;
}

static bool
has_field(const struct lw_example *e, struct lw_str name)
{
	size_t i;

	for (i = 0; i < e->field_count; i++)
		if (lw_str_eq(lw_str_from(e->fields[i].field), name))
			return true;
	return false;
}

/* What `where` wants exactly is what an example has that says nothing else. */
static bool
assume_where(struct lw_strict *n, const struct lw_doc_node *node, const struct lw_rule_impl *impl,
    struct lw_example *e)
{
	size_t i;

	for (i = 0; i < impl->rule.where_count; i++) {
		const struct lw_where *w = &impl->where[i];

		if (w->field.n == 0 || has_field(e, w->field))
			continue;
		if (w->pattern != NULL) {
			lw_strict_error(n, node,
			    "`where` asks for %s: %s; add fields: {%s: ...} to the example",
			    impl->rule.where[i].field, impl->rule.where[i].value,
			    impl->rule.where[i].field);
			return false;
		}
		if (!add_field(n, node, e, impl->rule.where[i].field, w->value))
			return false;
	}
	return true;
}

static bool
read_example(struct lw_strict *n, const struct lw_doc_node *node, const struct lw_rule_impl *impl,
    bool reject, struct lw_example *e)
{
	static const char *const names[] = {"text", "captures", "fields"};
	static const char *const reject_names[] = {"text", "fields"};
	const struct lw_doc_node *member[MEMBERS] = {NULL};

	if (node->kind == LW_DOC_TEXT)
		return lw_strict_text(n, node, "an example", &e->text) &&
		       assume_where(n, node, impl, e);
	if (reject) {
		const struct lw_doc_node *two[2];

		if (!lw_strict_members(n, node, "a reject", reject_names, 2, two))
			return false;
		member[TEXT] = two[0];
		member[FIELDS] = two[1];
	} else if (!lw_strict_members(n, node, "an example", names, MEMBERS, member)) {
		return false;
	}
	if (member[TEXT] == NULL) {
		lw_strict_error(n, node, "%s lacks 'text'", reject ? "a reject" : "an example");
		return false;
	}
	return lw_strict_text(n, member[TEXT], "text", &e->text) &&
	       (member[CAPTURES] == NULL || read_captures(n, member[CAPTURES], &impl->rule, e)) &&
	       (member[FIELDS] == NULL || read_fields(n, member[FIELDS], e)) &&
	       assume_where(n, node, impl, e);
}

bool
lw_examples_read(struct lw_strict *n, const struct lw_doc_node *node,
    const struct lw_rule_impl *impl, const char *what, const struct lw_example **examples,
    size_t *count, struct lw_span **spans)
{
	struct lw_example *items;
	bool good = true;
	size_t i, items_count;

	if (!lw_strict_list(n, node, what, &items_count))
		return false;
	items = lw_arena_zalloc(n->arena, items_count * sizeof(*items));
	*spans = lw_arena_zalloc(n->arena, items_count * sizeof(**spans));
	if (items == NULL || *spans == NULL) {
		n->nomem = true;
		return false;
	}
	for (i = 0; i < items_count; i++) {
		const struct lw_doc_node *item = node->items[i];

		(*spans)[i] = item->span;
		lw_source_place(n->source, (*spans)[i].at, &items[i].line, &items[i].column);
		good = read_example(n, item, impl, what[0] == 'r', &items[i]) && good;
	}
	*examples = items;
	*count = items_count;
	return good;
}
