/*
 * catalog.c - rules to one catalogue, and looking them up.
 *
 * Paths are layers: within one of them an id stands once, and a later layer
 * replaces what an earlier one calls by the same id.
 */
#include "catalog/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "catalog/internal.h"

#define ID_SEED 1

const char *
lw_layer_name(enum lw_layer layer)
{
	static const char *const names[] = {
#define NAME(symbol, name) name,
	    LW_LAYERS(NAME)
#undef NAME
	};

	return (unsigned)layer < LW_LAYER_COUNT ? names[layer] : "";
}

const char *
lw_role_name(enum lw_role role)
{
	static const char *const names[] = {
#define NAME(symbol, name) name,
	    LW_ROLES(NAME)
#undef NAME
	};

	return (unsigned)role < LW_ROLE_COUNT ? names[role] : "";
}

/* Problems as plain diagnostics. */
struct to_diag {
	lw_diag_fn *fn;
	void *arg;
};

static void
pass_on(void *arg, const struct lw_problem *p)
{
	const struct to_diag *to = arg;

	if (to->fn != NULL)
		to->fn(to->arg, p->level, &p->error);
}

struct lw_catalog *
lw_catalog_load(const char *const *paths, size_t count, size_t checked, unsigned threads,
    lw_diag_fn *diag, void *diag_arg, size_t *bad)
{
	struct to_diag to = {.fn = diag, .arg = diag_arg};
	struct lw_problems problems = {.fn = pass_on, .arg = &to};
	struct lw_catalog *c = lw_catalog_new();
	enum lw_code code = c == NULL ? LW_ENOMEM : LW_OK;
	size_t i;

	if (c != NULL) {
		c->checked = (uint32_t)checked;
		c->threads = threads;
	}
	for (i = 0; i < count && code == LW_OK; i++)
		code = lw_catalog_read_path(c, paths[i], (uint32_t)i, &problems);
	if (code == LW_OK)
		code = lw_catalog_finish(c, LW_DIAG_WARNING, 0, &problems);
	if (bad != NULL)
		*bad = problems.errors;
	if (code == LW_OK)
		return c;
	lw_catalog_free(c);
	return NULL;
}

/* What became of a pattern of a checked path; false where memory ran out. */
static bool
tell_tried(const struct lw_rule_impl *impl, const struct lw_pattern *p, struct lw_span span,
    struct lw_problems *problems)
{
	struct lw_error e;
	enum lw_code code = lw_pattern_tried(p, &e);

	if (code == LW_EPATTERN)
		lw_problem_add(problems, LW_DIAG_ERROR, code, impl->source, span, "%s", e.message);
	return code != LW_ENOMEM;
}

bool
lw_catalog_tried(const struct lw_catalog *c, lw_diag_fn *diag, void *diag_arg, size_t *bad)
{
	struct to_diag to = {.fn = diag, .arg = diag_arg};
	struct lw_problems problems = {.fn = pass_on, .arg = &to};
	bool ok = true;
	size_t i, j;

	for (i = 0; i < c->count; i++) {
		const struct lw_rule_impl *impl = c->rules[i];

		for (j = 0; j < impl->rule.pattern_count; j++)
			ok = tell_tried(
				 impl, &impl->patterns[j], impl->pattern_spans[j], &problems) &&
			     ok;
		for (j = 0; j < impl->rule.where_count; j++)
			ok = (impl->where[j].pattern == NULL ||
				 tell_tried(
				     impl, impl->where[j].pattern, impl->id_span, &problems)) &&
			     ok;
	}
	*bad = problems.errors;
	return ok;
}

struct lw_catalog *
lw_catalog_new(void)
{
	struct lw_catalog *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	lw_map_init(&c->by_id);
	lw_map_init(&c->left_out);
	c->arena = lw_arena_new(0);
	c->translating = malloc(sizeof(*c->translating));
	if (c->arena != NULL && c->translating != NULL &&
	    pthread_mutex_init(c->translating, NULL) == 0)
		return c;
	lw_arena_free(c->arena);
	free(c->translating);
	free(c);
	return NULL;
}

void
lw_catalog_free(struct lw_catalog *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->count; i++)
		lw_rule_fini(c->rules[i]);
	free(c->rules);
	free(c->rule_of);
	free(c->always);
	lw_prefilter_free(c->prefilter);
	(void)pthread_mutex_destroy(c->translating);
	free(c->translating);
	lw_map_fini(&c->by_id);
	lw_map_fini(&c->left_out);
	lw_arena_free(c->arena);
	free(c);
}

size_t
lw_catalog_count(const struct lw_catalog *c)
{
	return c->count;
}

const struct lw_rule *
lw_catalog_rule(const struct lw_catalog *c, uint32_t index)
{
	return &c->rules[index]->rule;
}

/* A block ends, for YAML, where the next one starts: blank lines and comments at the margin are not
 * the rule's. */
struct lw_str
lw_catalog_source(const struct lw_catalog *c, uint32_t index)
{
	const struct lw_rule_impl *impl = c->rules[index];
	struct lw_str text = impl->source->text;
	size_t end = impl->span.at + impl->span.n, line_start;
	const char *start = lw_source_line(impl->source, impl->span.at).p;
	const char *line_end = memchr(text.p + end, '\n', text.n - end);

	if (end > impl->span.at && text.p[end - 1] != '\n')
		end = line_end == NULL ? text.n : (size_t)(line_end - text.p) + 1;
	for (;; end = line_start) {
		for (line_start = end; line_start > 0 && text.p + line_start > start; line_start--)
			if (line_start < end && text.p[line_start - 1] == '\n')
				break;
		if (text.p + line_start <= start ||
		    (text.p[line_start] != '#' && text.p[line_start] != '\n'))
			return lw_str_make(start, end - (size_t)(start - text.p));
	}
}

static uint32_t
find(const struct lw_catalog *c, struct lw_str id)
{
	return lw_map_get(&c->by_id, lw_hash_str(id, ID_SEED));
}

uint32_t
lw_catalog_find(const struct lw_catalog *c, const char *id)
{
	return find(c, lw_str_from(id));
}

/* Replace, or refuse a second one of the same layer. */
static void
add_again(
    struct lw_catalog *c, uint32_t at, struct lw_rule_impl *impl, struct lw_problems *problems)
{
	struct lw_rule_impl *old = c->rules[at];

	if (old->layer == impl->layer) {
		lw_problem_add(problems, LW_DIAG_ERROR, LW_ERULE, impl->source, impl->id_span,
		    "the id '%s' is taken by the rule at %s:%llu", impl->rule.id, old->rule.file,
		    (unsigned long long)old->rule.line);
		lw_rule_fini(impl);
		return;
	}
	lw_problem_add(problems, LW_DIAG_NOTE, LW_OK, impl->source, impl->id_span,
	    "'%s' replaces the rule at %s:%llu", impl->rule.id, old->rule.file,
	    (unsigned long long)old->rule.line);
	lw_rule_fini(old);
	c->rules[at] = impl;
}

enum lw_code
lw_catalog_add(struct lw_catalog *c, struct lw_rule_impl *impl, struct lw_problems *problems)
{
	uint64_t key = lw_hash_str(lw_str_from(impl->rule.id), ID_SEED);
	uint32_t at = lw_map_get(&c->by_id, key);

	if (at != LW_MAP_NONE) {
		add_again(c, at, impl, problems);
		return LW_OK;
	}
	if (c->count == LW_CATALOG_MAX_RULES) {
		lw_problem_add(problems, LW_DIAG_ERROR, LW_ELIMIT, impl->source, impl->id_span,
		    "a catalogue may hold at most %d rules", LW_CATALOG_MAX_RULES);
		lw_rule_fini(impl);
		return LW_OK;
	}
	if (c->count == c->capacity) {
		size_t capacity = c->capacity == 0 ? 64 : c->capacity * 2;
		struct lw_rule_impl **rules = realloc(c->rules, capacity * sizeof(*rules));

		if (rules == NULL) {
			lw_rule_fini(impl);
			return LW_ENOMEM;
		}
		c->rules = rules;
		c->capacity = capacity;
	}
	if (lw_map_put(&c->by_id, key, (uint32_t)c->count) == LW_MAP_NONE) {
		lw_rule_fini(impl);
		return LW_ENOMEM;
	}
	c->rules[c->count++] = impl;
	return LW_OK;
}

enum lw_code
lw_catalog_take(struct lw_catalog *c, struct lw_catalog *from, struct lw_problems *problems)
{
	enum lw_code code = LW_OK;
	size_t i;

	for (i = 0; i < from->count; i++) {
		if (code == LW_OK)
			code = lw_catalog_add(c, from->rules[i], problems);
		else
			lw_rule_fini(from->rules[i]);
	}
	from->count = 0;
	lw_arena_join(c->arena, from->arena);
	from->arena = NULL;
	lw_catalog_free(from);
	return code;
}

bool
lw_catalog_leave_out(struct lw_catalog *c, const char *id)
{
	return lw_map_put(&c->left_out, lw_hash_str(lw_str_from(id), ID_SEED), 0) != LW_MAP_NONE;
}

enum lw_code
lw_catalog_read_text(struct lw_catalog *c, const char *name, struct lw_str text, uint32_t layer,
    struct lw_problems *problems)
{
	struct lw_source *source = lw_arena_zalloc(c->arena, sizeof(*source));

	if (lw_str_starts(text, LW_STR("\xef\xbb\xbf")))
		text = lw_str_make(text.p + 3, text.n - 3);
	if (source == NULL || !lw_source_init(source, c->arena, name, text))
		return LW_ENOMEM;
	return lw_rules_read(c, source, layer, problems);
}

/* Names to indexes; what names nothing is told and left out. */
static enum lw_code
resolve_causes(struct lw_catalog *c, struct lw_rule_impl *impl, enum lw_diag_level dangling,
    struct lw_problems *problems)
{
	uint32_t *causes;
	size_t i, count = 0;

	if (impl->cause_count == 0)
		return LW_OK;
	causes = lw_arena_alloc(c->arena, impl->cause_count * sizeof(*causes));
	if (causes == NULL)
		return LW_ENOMEM;
	for (i = 0; i < impl->cause_count; i++) {
		struct lw_str id = impl->causes[i].id;
		uint32_t at = find(c, id);

		if (at != UINT32_MAX)
			causes[count++] = at;
		else if (lw_map_get(&c->left_out, lw_hash_str(id, ID_SEED)) == LW_MAP_NONE)
			lw_problem_add(problems, dangling, LW_ERULE, impl->source,
			    impl->causes[i].span, "caused_by: there is no rule '%.*s'", (int)id.n,
			    id.p);
	}
	impl->rule.caused_by = causes;
	impl->rule.caused_by_count = count;
	return LW_OK;
}

/* Number the patterns over all rules; *literals counts those of all. */
static void
number_patterns(struct lw_catalog *c, size_t *literals)
{
	size_t i, j;

	*literals = 0;
	c->pattern_count = 0;
	c->pair_count = 1;
	for (i = 0; i < c->count; i++) {
		struct lw_rule_impl *impl = c->rules[i];

		impl->first_pattern = c->pattern_count;
		c->pattern_count += (uint32_t)impl->rule.pattern_count;
		for (j = 0; j < impl->rule.pattern_count; j++) {
			*literals += impl->patterns[j].literals.count;
			if (impl->patterns[j].pair_count > c->pair_count)
				c->pair_count = impl->patterns[j].pair_count;
		}
		for (j = 0; j < impl->rule.where_count; j++)
			if (impl->where[j].pattern != NULL &&
			    impl->where[j].pattern->pair_count > c->pair_count)
				c->pair_count = impl->where[j].pattern->pair_count;
	}
}

static enum lw_code
build_prefilter(struct lw_catalog *c)
{
	struct lw_prefilter_literal *all;
	size_t literals, count = 0, i, j, k;

	number_patterns(c, &literals);
	all = malloc((literals + 1) * sizeof(*all));
	c->rule_of = malloc((c->pattern_count + (size_t)1) * sizeof(*c->rule_of));
	c->always = malloc((c->pattern_count + (size_t)1) * sizeof(*c->always));
	if (all == NULL || c->rule_of == NULL || c->always == NULL) {
		free(all);
		return LW_ENOMEM;
	}
	for (i = 0; i < c->count; i++) {
		const struct lw_rule_impl *impl = c->rules[i];

		for (j = 0; j < impl->rule.pattern_count; j++) {
			const struct lw_literals *l = &impl->patterns[j].literals;
			uint32_t number = impl->first_pattern + (uint32_t)j;

			c->rule_of[number] = (uint32_t)i;
			if (l->count == 0)
				c->always[c->always_count++] = number;
			for (k = 0; k < l->count; k++)
				all[count++] = (struct lw_prefilter_literal){l->items[k], number};
		}
	}
	c->prefilter = lw_prefilter_new(all, count);
	free(all);
	return c->prefilter == NULL ? LW_ENOMEM : LW_OK;
}

enum lw_code
lw_catalog_finish(struct lw_catalog *c, enum lw_diag_level dangling, uint32_t from_layer,
    struct lw_problems *problems)
{
	struct lw_problems quiet = {.fn = NULL};
	enum lw_code code = LW_OK;
	size_t i;

	for (i = 0; i < c->count && code == LW_OK; i++)
		code = resolve_causes(
		    c, c->rules[i], dangling, c->rules[i]->layer >= from_layer ? problems : &quiet);
	return code == LW_OK ? build_prefilter(c) : code;
}
