/*
 * rule.c - one rule: from its YAML node to struct lw_rule_impl.
 *
 * One reader a key, called in the order of LW_RULE_FIELDS.  A reader tells
 * what is wrong and returns false; the others still run, so that a file's
 * problems are all told at once.  A rule with any problem is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog/internal.h"
#include "catalog/strict.h"
#include "catalog/rule.h"

const char *const lw_where_fields[] = {"resource", "project", "location", "service", "revision",
    "instance", "container", "cluster", "namespace", "log", "severity", "insert_id", "trace",
    "status", "method", "url", "audit_service", "audit_method", "audit_code", "audit_resource",
    "principal", "operation_producer", "source_file", "source_function", NULL};

#define WHERE_FIELD_COUNT (sizeof(lw_where_fields) / sizeof(lw_where_fields[0]) - 1)

static const char *const field_keys[] = {
#define FIELD_KEY(symbol, key, required) key,
    LW_RULE_FIELDS(FIELD_KEY)
#undef FIELD_KEY
};

static const bool field_required[] = {
#define FIELD_REQUIRED(symbol, key, required) required,
    LW_RULE_FIELDS(FIELD_REQUIRED)
#undef FIELD_REQUIRED
};

/* The rule being read. */
struct reader {
	struct lw_strict *n;
	struct lw_rule_impl *impl;
	struct lw_rule *rule; /* &impl->rule */
};

static void *
allocate(struct reader *r, size_t count, size_t size)
{
	void *p = lw_arena_zalloc(r->n->arena, count * size);

	if (p == NULL)
		r->n->nomem = true;
	return p;
}

/* Shared by the lists of a rule: its length, room for `size` bytes an item and for the items'
 * places. */
static void *
list(struct reader *r, const struct lw_doc_node *node, const char *what, size_t size, size_t *count,
    struct lw_span **spans)
{
	void *items;

	if (!lw_strict_list(r->n, node, what, count))
		return NULL;
	items = allocate(r, *count, size);
	*spans = allocate(r, *count, sizeof(**spans));
	return *spans == NULL ? NULL : items;
}

static bool
is_kebab(const char *s)
{
	bool dash = true;

	for (; *s != '\0'; s++) {
		if (*s == '-' && dash)
			return false;
		dash = *s == '-';
		if (!dash && !(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9'))
			return false;
	}
	return !dash;
}

static bool
read_id(struct reader *r, const struct lw_doc_node *node)
{
	r->impl->id_span = node->span;
	if (!lw_strict_textz(r->n, node, "id", &r->rule->id))
		return false;
	if (!is_kebab(r->rule->id)) {
		lw_strict_error(r->n, node,
		    "the id '%.64s' is not in kebab case (a-z, 0-9 and single dashes)",
		    r->rule->id);
		return false;
	}
	return true;
}

static bool
read_title(struct reader *r, const struct lw_doc_node *node)
{
	r->impl->title_span = node->span;
	return lw_strict_textz(r->n, node, "title", &r->rule->title);
}

static bool
read_layer(struct reader *r, const struct lw_doc_node *node)
{
	static const char *const names[] = {
#define NAME(symbol, name) name,
	    LW_LAYERS(NAME)
#undef NAME
	};
	/* The first is LW_LAYER_NONE, which a rule may not have. */
	size_t i = lw_strict_choice(r->n, node, "layer", names + 1, LW_LAYER_COUNT - 1);

	if (i == LW_LAYER_COUNT - 1)
		return false;
	r->rule->layer = (enum lw_layer)(i + 1);
	return true;
}

static bool
read_role(struct reader *r, const struct lw_doc_node *node)
{
	static const char *const names[] = {
#define NAME(symbol, name) name,
	    LW_ROLES(NAME)
#undef NAME
	};
	size_t i = lw_strict_choice(r->n, node, "role", names, LW_ROLE_COUNT);

	if (i == LW_ROLE_COUNT)
		return false;
	r->rule->role = (enum lw_role)i;
	/* What no severity was written for: an advisory is no error. */
	r->rule->severity = r->rule->role == LW_ROLE_ADVISORY ? LW_SEV_WARNING : LW_SEV_ERROR;
	return true;
}

static bool
read_severity(struct reader *r, const struct lw_doc_node *node)
{
	static const char *const names[] = {"default", "debug", "info", "notice", "warning",
	    "error", "critical", "alert", "emergency"};
	size_t i = lw_strict_choice(r->n, node, "severity", names, LW_SEVERITY_COUNT);

	if (i == LW_SEVERITY_COUNT)
		return false;
	r->rule->severity = (enum lw_severity)i;
	return true;
}

/* The index of a capture by name; capture_count where there is none. */
static size_t
capture_index(const struct lw_rule *rule, struct lw_str name)
{
	size_t i;

	for (i = 0; i < rule->capture_count; i++)
		if (lw_str_eq(name, lw_str_from(rule->captures[i])))
			break;
	return i;
}

/* Groups of a pattern to captures of its rule. */
static bool
take_groups(struct reader *r, const struct lw_doc_node *node, struct lw_pattern *p)
{
	size_t i, at;

	for (i = 0; i < p->group_count; i++) {
		at = capture_index(r->rule, lw_str_from(p->groups[i].name));
		if (at == LW_RULE_MAX_CAPTURES) {
			lw_strict_error(r->n, node,
			    "the patterns of a rule may name at most %d groups",
			    LW_RULE_MAX_CAPTURES);
			return false;
		}
		if (at == r->rule->capture_count)
			r->rule->captures[r->rule->capture_count++] = p->groups[i].name;
		p->groups[i].capture = (uint32_t)at;
	}
	return true;
}

static bool
compile(struct reader *r, const struct lw_doc_node *node, struct lw_str text, size_t shift,
    bool caseless, struct lw_pattern *p)
{
	struct lw_error e;
	size_t offset;
	enum lw_code code;

	lw_arena_reset(r->n->scratch);
	code = LW_EPATTERN;
	if (r->n->defer)
		code = lw_pattern_defer(p, r->n->arena, r->n->scratch, text, caseless);
	if (code == LW_EPATTERN)
		code =
		    lw_pattern_compile(p, r->n->arena, r->n->scratch, text, caseless, &offset, &e);
	if (code == LW_ENOMEM)
		r->n->nomem = true;
	if (code == LW_EPATTERN)
		lw_problem_add(r->n->problems, LW_DIAG_ERROR, code, r->n->source,
		    lw_strict_span_at(r->n, node, shift + offset), "%s", e.message);
	if (code != LW_OK)
		return false;
	if (p->literals.wide_class) {
		lw_problem_add(r->n->problems, LW_DIAG_ERROR, LW_EPATTERN, r->n->source,
		    lw_strict_span_at(r->n, node, shift + p->literals.wide_at),
		    "patterns match bytes, so a class cannot list a character beyond ASCII; "
		    "write (?:a|b) instead");
		return false;
	}
	return true;
}

static bool
read_match(struct reader *r, const struct lw_doc_node *node)
{
	size_t count, i;
	const char **sources =
	    list(r, node, "match", sizeof(*sources), &count, &r->impl->pattern_spans);
	bool good = true;

	if (sources == NULL)
		return false;
	r->impl->patterns = allocate(r, count, sizeof(*r->impl->patterns));
	if (r->impl->patterns == NULL)
		return false;
	r->rule->patterns = sources;
	r->rule->pattern_count = count;
	for (i = 0; i < count; i++) {
		const struct lw_doc_node *item = node->items[i];

		r->impl->pattern_spans[i] = item->span;
		good = lw_strict_textz(r->n, item, "a pattern", &sources[i]) &&
		       compile(r, item, lw_str_from(sources[i]), 0, false, &r->impl->patterns[i]) &&
		       take_groups(r, item, &r->impl->patterns[i]) && good;
	}
	return good;
}

/* "/regex/" or "/regex/i"; false: the value is to be compared as it is. */
static bool
is_regex(struct lw_str value, struct lw_str *regex, bool *caseless)
{
	*caseless = lw_str_ends(value, LW_STR("/i"));
	*regex = lw_str_make(value.p + 1, value.n - (*caseless ? 3 : 2));
	return value.n > (*caseless ? 3u : 2u) && value.p[0] == '/' &&
	       (*caseless || value.p[value.n - 1] == '/');
}

static bool
read_condition(struct reader *r, const struct lw_doc_node *key, const struct lw_doc_node *node,
    struct lw_condition *shown, struct lw_where *w)
{
	struct lw_str regex;
	bool caseless;
	size_t i;

	if (!lw_strict_textz(r->n, key, "a field of where", &shown->field))
		return false;
	w->field = lw_str_from(shown->field);
	if (!(lw_str_starts(w->field, LW_STR("label.")) && w->field.n > 6) &&
	    lw_strict_choice(r->n, key, "the field", lw_where_fields, WHERE_FIELD_COUNT) ==
		WHERE_FIELD_COUNT)
		return false;
	for (i = 0; &r->impl->where[i] < w; i++) {
		if (!lw_str_eq(r->impl->where[i].field, w->field))
			continue;
		lw_strict_error(r->n, key, "the field '%s' stands twice in where", shown->field);
		return false;
	}
	if (!lw_strict_textz(r->n, node, "a value of where", &shown->value))
		return false;
	w->value = lw_str_from(shown->value);
	if (w->value.n < 3 || !is_regex(w->value, &regex, &caseless))
		return true;
	w->pattern = allocate(r, 1, sizeof(*w->pattern));
	return w->pattern != NULL && compile(r, node, regex, 1, caseless, w->pattern);
}

static bool
read_where(struct reader *r, const struct lw_doc_node *node)
{
	struct lw_condition *shown;
	size_t pair, count;
	bool good = true;

	if (node->kind != LW_DOC_MAP) {
		lw_strict_error(r->n, node, "where must be a mapping (field: value)");
		return false;
	}
	count = node->count;
	if (count == 0 || count > LW_RULE_MAX_WHERE) {
		lw_strict_error(r->n, node, "where must have 1 to %d fields", LW_RULE_MAX_WHERE);
		return false;
	}
	shown = allocate(r, count, sizeof(*shown));
	r->impl->where = allocate(r, count, sizeof(*r->impl->where));
	if (shown == NULL || r->impl->where == NULL)
		return false;
	r->rule->where = shown;
	for (pair = 0; pair < node->count; pair++) {
		size_t i = r->rule->where_count++;

		good = read_condition(r, node->items[2 * pair], node->items[2 * pair + 1],
			   &shown[i], &r->impl->where[i]) &&
		       good;
		if (!good) /* or examples would be asked for it */
			r->impl->where[i].field.n = 0;
	}
	return good;
}

static bool
read_key(struct reader *r, const struct lw_doc_node *node)
{
	size_t count, i;
	bool good = true;

	if (!lw_strict_list(r->n, node, "key", &count))
		return false;
	for (i = 0; i < count; i++) {
		const struct lw_doc_node *item = node->items[i];
		size_t at = lw_strict_choice(
		    r->n, item, "the capture", r->rule->captures, r->rule->capture_count);

		if (at == r->rule->capture_count)
			good = false;
		else
			r->rule->key_mask |= UINT32_C(1) << at;
	}
	return good;
}

static bool
read_caused_by(struct reader *r, const struct lw_doc_node *node)
{
	struct lw_reference *causes;
	size_t count, i;
	bool good = true;

	if (!lw_strict_list(r->n, node, "caused_by", &count))
		return false;
	causes = allocate(r, count, sizeof(*causes));
	if (causes == NULL)
		return false;
	for (i = 0; i < count; i++) {
		const struct lw_doc_node *item = node->items[i];

		causes[i].span = item->span;
		good = lw_strict_borrow(r->n, item, "a rule id", &causes[i].id) && good;
	}
	r->impl->causes = causes;
	r->impl->cause_count = count;
	return good;
}

static bool
missing(struct reader *r, const struct lw_doc_node *node, const char *what, const char *key)
{
	lw_strict_error(r->n, node, "%s lacks '%s'", what, key);
	return false;
}

static bool
read_hypotheses(struct reader *r, const struct lw_doc_node *node)
{
	static const char *const names[] = {"text", "check"};
	const struct lw_doc_node *member[2];
	size_t count, i;
	struct lw_hypothesis *items =
	    list(r, node, "hypotheses", sizeof(*items), &count, &r->impl->hypothesis_spans);
	bool good = true;

	if (items == NULL)
		return false;
	for (i = 0; i < count; i++) {
		const struct lw_doc_node *item = node->items[i];

		r->impl->hypothesis_spans[i] = item->span;
		if (!lw_strict_members(r->n, item, "a hypothesis", names, 2, member)) {
			good = false;
			continue;
		}
		good = (member[0] == NULL
			       ? missing(r, item, "a hypothesis", "text")
			       : lw_strict_textz(r->n, member[0], "text", &items[i].text)) &&
		       good;
		if (member[1] != NULL)
			good = lw_strict_textz(r->n, member[1], "check", &items[i].check) && good;
	}
	r->rule->hypotheses = items;
	r->rule->hypothesis_count = count;
	return good;
}

static bool
read_actions(struct reader *r, const struct lw_doc_node *node)
{
	static const char *const names[] = {"priority", "text"};
	static const char *const priorities[] = {"P0", "P1", "P2"};
	const struct lw_doc_node *member[2];
	size_t count, i;
	struct lw_action *items =
	    list(r, node, "actions", sizeof(*items), &count, &r->impl->action_spans);
	bool good = true;

	if (items == NULL)
		return false;
	for (i = 0; i < count; i++) {
		const struct lw_doc_node *item = node->items[i];
		size_t p;

		r->impl->action_spans[i] = item->span;
		if (!lw_strict_members(r->n, item, "an action", names, 2, member)) {
			good = false;
			continue;
		}
		if (member[0] == NULL || member[1] == NULL) {
			good = missing(r, item, "an action", names[member[0] != NULL]);
			continue;
		}
		p = lw_strict_choice(r->n, member[0], "priority", priorities, 3);
		good = p < 3 && lw_strict_textz(r->n, member[1], "text", &items[i].text) && good;
		items[i].priority = p < 3 ? priorities[p] : NULL;
	}
	r->rule->actions = items;
	r->rule->action_count = count;
	return good;
}

static bool
read_verified_by(struct reader *r, const struct lw_doc_node *node)
{
	r->impl->verified_span = node->span;
	return lw_strict_textz(r->n, node, "verified_by", &r->rule->verified_by);
}

/*
 * Examples are there to be tried.  Those of a rule that is known to be right are looked at and not
 * kept: they are a quarter of what the catalogue takes.
 */
static bool
read_tries(struct reader *r, const struct lw_doc_node *node, const char *what,
    const struct lw_example **tries, size_t *count, struct lw_span **spans)
{
	struct lw_arena *arena = r->n->arena;
	bool good;

	if (!r->n->defer)
		return lw_examples_read(r->n, node, r->impl, what, tries, count, spans);
	lw_arena_reset(r->n->scratch);
	r->n->arena = r->n->scratch;
	good = lw_examples_read(r->n, node, r->impl, what, tries, count, spans);
	r->n->arena = arena;
	*tries = NULL;
	*spans = NULL;
	*count = 0;
	return good;
}

static bool
read_examples(struct reader *r, const struct lw_doc_node *node)
{
	return read_tries(r, node, "examples", &r->rule->examples, &r->rule->example_count,
	    &r->impl->example_spans);
}

static bool
read_rejects(struct reader *r, const struct lw_doc_node *node)
{
	return read_tries(
	    r, node, "rejects", &r->rule->rejects, &r->rule->reject_count, &r->impl->reject_spans);
}

static bool (*const field_readers[LW_RULE_FIELD_COUNT])(
    struct reader *, const struct lw_doc_node *) = {
    [LW_RULE_ID] = read_id,
    [LW_RULE_TITLE] = read_title,
    [LW_RULE_LAYER] = read_layer,
    [LW_RULE_ROLE] = read_role,
    [LW_RULE_SEVERITY] = read_severity,
    [LW_RULE_MATCH] = read_match,
    [LW_RULE_WHERE] = read_where,
    [LW_RULE_KEY] = read_key,
    [LW_RULE_CAUSED_BY] = read_caused_by,
    [LW_RULE_HYPOTHESES] = read_hypotheses,
    [LW_RULE_ACTIONS] = read_actions,
    [LW_RULE_VERIFIED_BY] = read_verified_by,
    [LW_RULE_EXAMPLES] = read_examples,
    [LW_RULE_REJECTS] = read_rejects,
};

bool
lw_rule_read(struct lw_strict *n, const struct lw_doc_node *node, struct lw_rule_impl *impl)
{
	const struct lw_doc_node *values[LW_RULE_FIELD_COUNT];
	struct reader r = {.n = n, .impl = impl, .rule = &impl->rule};
	uint64_t column;
	bool good;
	size_t i;

	impl->source = n->source;
	impl->rule.file = n->source->name;
	impl->span = node->span;
	good = lw_strict_members(n, node, "a rule", field_keys, LW_RULE_FIELD_COUNT, values);
	if (node->kind != LW_DOC_MAP)
		return false;
	for (i = 0; i < LW_RULE_FIELD_COUNT; i++) {
		if (values[i] == NULL && field_required[i])
			good = missing(&r, node, "the rule", field_keys[i]);
		else if (values[i] != NULL)
			good = field_readers[i](&r, values[i]) && good;
	}
	lw_source_place(n->source, impl->id_span.at, &impl->rule.line, &column);
	return good && !n->nomem;
}

void
lw_rule_fini(struct lw_rule_impl *impl)
{
	size_t i;

	for (i = 0; impl->patterns != NULL && i < impl->rule.pattern_count; i++)
		lw_pattern_fini(&impl->patterns[i]);
	for (i = 0; i < impl->rule.where_count; i++)
		if (impl->where[i].pattern != NULL)
			lw_pattern_fini(impl->where[i].pattern);
}
