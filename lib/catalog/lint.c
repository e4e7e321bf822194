/* lint.c - trying examples, and looking for what is suspicious. */
#include "catalog/lint.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/internal.h"

const char *const lw_placeholders[] = {
    "service", "revision", "location", "project", "instance", NULL};

/* A catalogue under check. */
struct bench {
	struct lw_catalog *catalog;
	struct lw_scanner *scanner;
	struct lw_problems problems;
	uint32_t layer; /* rules of this layer are checked; all where `all` */
	bool all;
	struct lw_check_totals *totals;
};

static void
bench_fini(struct bench *b)
{
	b->totals->errors = b->problems.errors;
	b->totals->warnings = b->problems.warnings;
	lw_scanner_free(b->scanner);
	lw_catalog_free(b->catalog);
}

static enum lw_code
bench_init(struct bench *b, const struct lw_check *check, enum lw_diag_level dangling,
    struct lw_check_totals *totals)
{
	struct lw_problems quiet = {.fn = NULL};
	enum lw_code code = LW_OK;
	size_t i;

	memset(totals, 0, sizeof(*totals));
	*b = (struct bench){.problems = {.fn = check->fn, .arg = check->arg},
	    .layer = (uint32_t)check->base_count,
	    .all = check->file_count == 0,
	    .totals = totals};
	b->catalog = lw_catalog_new();
	if (b->catalog == NULL)
		return LW_ENOMEM;
	for (i = 0; i < check->base_count && code == LW_OK; i++)
		code = lw_catalog_read_path(
		    b->catalog, check->base[i], (uint32_t)i, b->all ? &b->problems : &quiet);
	for (i = 0; i < check->file_count && code == LW_OK; i++)
		code = lw_catalog_read_path(b->catalog, check->files[i], b->layer, &b->problems);
	if (code == LW_OK)
		code = lw_catalog_finish(b->catalog, dangling, b->all ? 0 : b->layer, &b->problems);
	if (code != LW_OK)
		return code;
	b->scanner = lw_scanner_new(b->catalog);
	return b->scanner == NULL ? LW_ENOMEM : LW_OK;
}

static bool
is_checked(const struct bench *b, const struct lw_rule_impl *impl)
{
	return b->all || impl->layer == b->layer;
}

static bool
example_field(const void *arg, struct lw_str name, struct lw_str *value)
{
	const struct lw_example *e = arg;
	size_t i;

	for (i = 0; i < e->field_count; i++) {
		if (!lw_str_eq(name, lw_str_from(e->fields[i].field)))
			continue;
		*value = e->fields[i].value;
		return true;
	}
	return false;
}

static size_t
scan(struct bench *b, const struct lw_example *e, struct lw_hit *hits)
{
	return lw_scan_fields(b->scanner, e->text, example_field, e, true, hits, LW_SCAN_MAX_HITS);
}

static const struct lw_hit *
hit_of(const struct lw_hit *hits, size_t count, uint32_t rule)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (hits[i].rule == rule)
			return &hits[i];
	return NULL;
}

/* For messages: not more of a text than reads well. */
static int
shown(struct lw_str s)
{
	return (int)(s.n > 80 ? 80 : s.n);
}

/* The captures that the example states, as stated; an empty one may have taken no part. */
static void
compare_captures(
    struct bench *b, const struct lw_rule_impl *impl, size_t example, const struct lw_hit *hit)
{
	const struct lw_example *e = &impl->rule.examples[example];
	size_t i, j;

	for (i = 0; i < e->capture_count; i++) {
		struct lw_str want = e->captures[i].value, got = {NULL, 0};

		for (j = 0; j < impl->rule.capture_count; j++)
			if (strcmp(impl->rule.captures[j], e->captures[i].name) == 0)
				got = hit->captures[j];
		if (!lw_str_eq(want, got))
			lw_problem_add(&b->problems, LW_DIAG_ERROR, LW_ERULE, impl->source,
			    impl->example_spans[example],
			    "'%s' captures %s = '%.*s', the example says '%.*s'", impl->rule.id,
			    e->captures[i].name, shown(got), got.n == 0 ? "" : got.p, shown(want),
			    want.p);
	}
}

static void
try_rule(struct bench *b, uint32_t at)
{
	const struct lw_rule_impl *impl = b->catalog->rules[at];
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	const struct lw_hit *hit;
	uint64_t limited;
	size_t i;

	for (i = 0; i < impl->rule.example_count; i++) {
		limited = lw_scan_limited(b->scanner, at);
		hit = hit_of(hits, scan(b, &impl->rule.examples[i], hits), at);
		if (lw_scan_limited(b->scanner, at) != limited)
			lw_problem_add(&b->problems, LW_DIAG_ERROR, LW_ELIMIT, impl->source,
			    impl->example_spans[i],
			    "a pattern of '%s' needs too many steps for this example",
			    impl->rule.id);
		else if (hit == NULL)
			lw_problem_add(&b->problems, LW_DIAG_ERROR, LW_ERULE, impl->source,
			    impl->example_spans[i], "'%s' does not match its example",
			    impl->rule.id);
		if (hit != NULL)
			compare_captures(b, impl, i, hit);
	}
	for (i = 0; i < impl->rule.reject_count; i++) {
		hit = hit_of(hits, scan(b, &impl->rule.rejects[i], hits), at);
		if (hit != NULL)
			lw_problem_add(&b->problems, LW_DIAG_ERROR, LW_ERULE, impl->source,
			    impl->reject_spans[i],
			    "'%s' matches what it must reject, at byte %zu to %zu", impl->rule.id,
			    hit->start, hit->end);
	}
	b->totals->rules++;
	b->totals->examples += impl->rule.example_count;
	b->totals->rejects += impl->rule.reject_count;
}

enum lw_code
lw_catalog_try(const struct lw_check *check, struct lw_check_totals *totals)
{
	struct bench b;
	enum lw_code code = bench_init(&b, check, LW_DIAG_WARNING, totals);
	uint32_t i;

	for (i = 0; code == LW_OK && i < b.catalog->count; i++)
		if (is_checked(&b, b.catalog->rules[i]))
			try_rule(&b, i);
	bench_fini(&b);
	return code;
}

/* Which rules does any example reach; and who takes this rule's examples. */
static void
find_reached(struct bench *b, uint32_t at, bool *reached)
{
	const struct lw_rule_impl *impl = b->catalog->rules[at];
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	size_t i, j, count;

	for (i = 0; i < impl->rule.example_count; i++) {
		count = scan(b, &impl->rule.examples[i], hits);
		for (j = 0; j < count; j++)
			reached[hits[j].rule] = true;
		if (count == 0 || hits[0].rule == at || !is_checked(b, impl))
			continue;
		lw_problem_add(&b->problems, LW_DIAG_WARNING, LW_ERULE, impl->source,
		    impl->example_spans[i], "'%s' takes this example of '%s' first",
		    b->catalog->rules[hits[0].rule]->rule.id, impl->rule.id);
	}
}

static bool
is_filled(const struct lw_rule *rule, struct lw_str name)
{
	size_t i;

	for (i = 0; i < rule->capture_count; i++)
		if (lw_str_eq(name, lw_str_from(rule->captures[i])))
			return true;
	for (i = 0; lw_placeholders[i] != NULL; i++)
		if (lw_str_eq(name, lw_str_from(lw_placeholders[i])))
			return true;
	return false;
}

/* A word inside a span of a file, where it stands there as it is; else the span. */
static struct lw_span
span_of(const struct lw_source *s, struct lw_span span, struct lw_str word)
{
	size_t at = lw_str_find(lw_str_make(s->text.p + span.at, span.n), word);

	return at == LW_NPOS ? span : (struct lw_span){span.at + at, word.n};
}

/* {name} in a text; braces around anything else are the text's own. */
static void
check_placeholders(
    struct bench *b, const struct lw_rule_impl *impl, const char *text, struct lw_span span)
{
	const char *open, *p;
	struct lw_str word;

	for (open = text == NULL ? NULL : strchr(text, '{'); open != NULL;
	     open = strchr(open + 1, '{')) {
		for (p = open + 1; (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
				   (*p == '_' && p > open + 1);
		     p++)
			;
		if (*p != '}' || p == open + 1 ||
		    is_filled(&impl->rule, lw_str_make(open + 1, (size_t)(p - open) - 1)))
			continue;
		word = lw_str_make(open, (size_t)(p - open) + 1);
		lw_problem_add(&b->problems, LW_DIAG_WARNING, LW_ERULE, impl->source,
		    span_of(impl->source, span, word),
		    "nothing fills %.*s: it is no capture of '%s'", (int)word.n, word.p,
		    impl->rule.id);
	}
}

static void
check_texts(struct bench *b, const struct lw_rule_impl *impl)
{
	const struct lw_rule *r = &impl->rule;
	size_t i;

	check_placeholders(b, impl, r->title, impl->title_span);
	for (i = 0; i < r->hypothesis_count; i++) {
		check_placeholders(b, impl, r->hypotheses[i].text, impl->hypothesis_spans[i]);
		check_placeholders(b, impl, r->hypotheses[i].check, impl->hypothesis_spans[i]);
	}
	for (i = 0; i < r->action_count; i++)
		check_placeholders(b, impl, r->actions[i].text, impl->action_spans[i]);
	check_placeholders(b, impl, r->verified_by, impl->verified_span);
}

static bool
is_stated(const struct lw_rule *rule, const char *capture)
{
	size_t i, j;

	for (i = 0; i < rule->example_count; i++)
		for (j = 0; j < rule->examples[i].capture_count; j++)
			if (strcmp(rule->examples[i].captures[j].name, capture) == 0)
				return true;
	return false;
}

static void
check_patterns(struct bench *b, const struct lw_rule_impl *impl)
{
	const struct lw_rule *r = &impl->rule;
	size_t i;

	for (i = 0; i < r->pattern_count; i++)
		if (impl->patterns[i].literals.count == 0)
			lw_problem_add(&b->problems, LW_DIAG_WARNING, LW_EPATTERN, impl->source,
			    impl->pattern_spans[i],
			    "no text of %d bytes stands in every match, so this pattern is tried "
			    "on every message",
			    LW_LITERAL_MIN_BYTES);
	for (i = 0; i < r->capture_count; i++)
		if (!is_stated(r, r->captures[i]))
			lw_problem_add(&b->problems, LW_DIAG_WARNING, LW_ERULE, impl->source,
			    impl->id_span, "no example of '%s' states what '%s' captures", r->id,
			    r->captures[i]);
}

static void
lint_rule(struct bench *b, uint32_t at, const bool *reached)
{
	const struct lw_rule_impl *impl = b->catalog->rules[at];

	if (!reached[at])
		lw_problem_add(&b->problems, LW_DIAG_ERROR, LW_ERULE, impl->source, impl->id_span,
		    "no example reaches '%s'", impl->rule.id);
	check_patterns(b, impl);
	check_texts(b, impl);
	b->totals->rules++;
	b->totals->examples += impl->rule.example_count;
	b->totals->rejects += impl->rule.reject_count;
}

enum lw_code
lw_catalog_lint(const struct lw_check *check, struct lw_check_totals *totals)
{
	struct bench b;
	enum lw_code code = bench_init(&b, check, LW_DIAG_ERROR, totals);
	bool *reached = NULL;
	uint32_t i;

	if (code == LW_OK) {
		reached = calloc(b.catalog->count + 1, sizeof(*reached));
		code = reached == NULL ? LW_ENOMEM : LW_OK;
	}
	for (i = 0; code == LW_OK && i < b.catalog->count; i++)
		find_reached(&b, i, reached);
	for (i = 0; code == LW_OK && i < b.catalog->count; i++)
		if (is_checked(&b, b.catalog->rules[i]))
			lint_rule(&b, i, reached);
	free(reached);
	bench_fini(&b);
	return code;
}

/* Levenshtein's distance, for short words; large where a word is not short. */
static unsigned
distance(struct lw_str a, struct lw_str b)
{
	unsigned row[33], i, j;

	if (a.n >= sizeof(row) / sizeof(row[0]) || b.n >= sizeof(row) / sizeof(row[0]))
		return UINT32_MAX;
	for (j = 0; j <= b.n; j++)
		row[j] = j;
	for (i = 1; i <= a.n; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= b.n; j++) {
			unsigned best = diagonal + (a.p[i - 1] != b.p[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.n];
}

const char *
lw_nearest(struct lw_str text, const char *const *names, size_t count)
{
	unsigned best = text.n < 4 ? 2 : 3, d;
	const char *nearest = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		d = distance(text, lw_str_from(names[i]));
		if (d < best) {
			best = d;
			nearest = names[i];
		}
	}
	return nearest;
}
