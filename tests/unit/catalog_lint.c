/* catalog_lint.c - what `patterns test` and `lint` find; the manual; the source of a rule. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalog/lint.h"
#include "catalog_help.h"
#include "check_catalog.h"

/* A file of this text, loaded as the only one; what is told goes to h. */
static enum lw_code
check_text(const char *yaml, enum lw_code (*run)(const struct lw_check *, struct lw_check_totals *),
    struct heard *h, struct lw_check_totals *totals)
{
	char path[] = "catalog_test_XXXXXX";
	const char *paths[] = {path};
	struct lw_check check = {
	    .base = paths, .base_count = 1, .fn = h->problems.fn, .arg = h->problems.arg};
	enum lw_code code;
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	ck_assert_ptr_nonnull(f);
	(void)fputs(yaml, f);
	(void)fclose(f);
	code = run(&check, totals);
	(void)unlink(path);
	return code;
}

#define RULE(id, more) "- {id: " id ", title: t, layer: build, role: cause, " more "}\n"

static const struct {
	const char *yaml, *problems;
	size_t errors;
} trials[] = {
    {RULE("a", "match: ['code (?<n>\\d+)'], examples: [{text: code 12, captures: {n: 12}}], "
	       "rejects: [code x]"),
	"", 0},
    {RULE("a", "match: [abc], examples: [abc, abd]"),
	"1:78: error: 'a' does not match its example [abd]\n", 1},
    {RULE("a", "match: ['code (?<n>\\d+)(?<u>s)?'],\n  examples: [{text: code 12, captures: {n: 1, "
	       "u: ''}}]"),
	"2:14: error: 'a' captures n = '12', the example says '1' [{text: code 12, captures: {n: "
	"1, "
	"u: ''}}]\n",
	1},
    {RULE("a", "match: [abc], examples: [abc],\n  rejects: [x, 'an abc']"),
	"2:16: error: 'a' matches what it must reject, at byte 3 to 6 ['an abc']\n", 1},
    {RULE("a", "match: [abc], where: {status: /^5/, method: GET},\n"
	       "  examples: [{text: abc, fields: {status: 503}}],\n"
	       "  rejects: [{text: abc, fields: {status: 404}}, {text: abc, fields: {status: 500, "
	       "method: PUT}}]"),
	"", 0},
    {RULE("a", "match: ['(a+a+)+z|abc'], examples: [abc,\n"
	       "  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaz]"),
	"", 0},
};

START_TEST(examples_are_tried)
{
	struct lw_check_totals totals;
	struct heard h;

	heard_init(&h);
	ck_assert_int_eq(check_text(trials[_i].yaml, lw_catalog_try, &h, &totals), LW_OK);
	ck_assert_str_eq(h.text.p, trials[_i].problems);
	ck_assert_uint_eq(totals.errors, trials[_i].errors);
	ck_assert_uint_eq(totals.rules, 1);
	heard_fini(&h);
}
END_TEST

static const struct {
	const char *yaml, *problems;
	size_t errors, warnings;
} lints[] = {
    {RULE("a", "match: ['abc (?<n>\\d+)'], examples: [{text: abc 1, captures: {n: 1}}]"), "", 0, 0},
    {RULE("a", "match: [abc], examples: [abc]\n") RULE("b", "match: [abcd], examples: [abcd]"), "",
	0, 0},
    {RULE("a", "match: [abc], examples: [abcd]\n") RULE("b", "match: [abcd], examples: [abcd]"),
	"1:73: warning: 'b' takes this example of 'a' first [abcd]\n", 0, 1},
    {RULE("a", "match: [abc], examples: [xyz]"), "1:8: error: no example reaches 'a' [a]\n", 1, 0},
    {RULE("a", "match: [abc], examples: [abc], caused_by: [a, b]"),
	"1:94: error: caused_by: there is no rule 'b' [b]\n", 1, 0},
    /* A rule that was left out is one problem, not two. */
    {RULE("a", "match: [abc], examples: [abc], caused_by: [b]")
	    RULE("b", "match: [], examples: [x]"),
	"2:55: error: match is empty [[]]\n", 1, 0},
    {RULE("a", "match: ['\\d{3}'], examples: ['123']"),
	"1:56: warning: no text of 3 bytes stands in every match, so this pattern is tried on "
	"every message ['\\d{3}']\n",
	0, 1},
    {RULE("a", "match: ['code (?<n>\\d)'], examples: [code 1]"),
	"1:8: warning: no example of 'a' states what 'n' captures [a]\n", 0, 1},
    {"- id: a\n  title: '{what} in {service} of {n}, {} {a b} {'\n  layer: build\n  role: cause\n"
     "  match: ['code (?<n>\\d)']\n  examples: [{text: code 1, captures: {n: 1}}]\n"
     "  verified_by: no {instance}\n"
     "  hypotheses:\n  - text: some {n}\n    check: show {nn}\n"
     "  actions:\n  - {priority: P1, text: '{location}{x1}'}\n",
	"2:11: warning: nothing fills {what}: it is no capture of 'a' [{what}]\n"
	"10:17: warning: nothing fills {nn}: it is no capture of 'a' [{nn}]\n"
	"12:37: warning: nothing fills {x1}: it is no capture of 'a' [{x1}]\n",
	0, 3},
};

START_TEST(suspicions_are_told)
{
	struct lw_check_totals totals;
	struct heard h;

	heard_init(&h);
	ck_assert_int_eq(check_text(lints[_i].yaml, lw_catalog_lint, &h, &totals), LW_OK);
	ck_assert_str_eq(h.text.p, lints[_i].problems);
	ck_assert_uint_eq(totals.errors, lints[_i].errors);
	ck_assert_uint_eq(totals.warnings, lints[_i].warnings);
	heard_fini(&h);
}
END_TEST

/* Files are checked in the company of a catalogue whose own problems are not theirs. */
START_TEST(files_are_checked_in_company)
{
	char base[] = "catalog_test_XXXXXX", mine[] = "catalog_test_XXXXXX";
	const char *bases[] = {base}, *files[] = {mine};
	struct lw_check_totals totals;
	struct heard h;
	struct lw_check check = {.base = bases, .base_count = 1, .files = files, .file_count = 1};
	FILE *f = fdopen(mkstemp(base), "w");

	heard_init(&h);
	check.fn = h.problems.fn;
	check.arg = h.problems.arg;
	(void)fputs(RULE("a", "match: [abc], examples: [none]") RULE("b", "match: []")
			RULE("c", "match: [abc def], examples: [abc def]"),
	    f);
	(void)fclose(f);
	f = fdopen(mkstemp(mine), "w");
	(void)fputs(RULE("a", "match: [abc], examples: [abc def], caused_by: [c, d]")
			RULE("e", "match: [xyz], examples: [xy]"),
	    f);
	(void)fclose(f);
	ck_assert_int_eq(lw_catalog_lint(&check, &totals), LW_OK);
	ck_assert_ptr_nonnull(strstr(h.text.p, "1:8: note: 'a' replaces the rule at "));
	ck_assert_ptr_nonnull(
	    strstr(h.text.p, "\n1:98: error: caused_by: there is no rule 'd' [d]\n"
			     "1:73: warning: 'c' takes this example of 'a' first "
			     "[abc def]\n"
			     "2:8: error: no example reaches 'e' [e]\n"));
	ck_assert_uint_eq(totals.rules, 2);
	ck_assert_uint_eq(totals.errors, 2);
	ck_assert_uint_eq(totals.warnings, 1);
	(void)unlink(base);
	(void)unlink(mine);
	heard_fini(&h);
}
END_TEST

START_TEST(source_of_a_rule_is_what_its_file_has)
{
	static const char first[] = "- id: a\n  # why\n  title: t\n  layer: build\n  role: cause\n"
				    "  match: [abc]\n  examples:\n    - abc\n";
	static const char second[] =
	    "- {id: b, title: t, layer: build, role: cause, match: [b b],\n"
	    "   examples: [b b]} # end\n";
	static const char third[] = "- id: c\n  title: t\n  layer: build\n  role: cause\n"
				    "  match: [abc]\n  examples:\n    - c abc";
	struct lw_buf all = {0};
	struct lw_catalog *c;
	struct heard h;

	heard_init(&h);
	lw_buf_printf(&all, "# head\n\n%s\n# of the next\n\n%s# of c\n%s", first, second, third);
	c = catalog_of(all.p, &h);
	ck_assert_str_eq(h.text.p, "");
	ck_assert(lw_str_eq(lw_catalog_source(c, 0), lw_str_from(first)));
	ck_assert(lw_str_eq(lw_catalog_source(c, 1), lw_str_from(second)));
	ck_assert(lw_str_eq(lw_catalog_source(c, 2), lw_str_from(third)));
	lw_catalog_free(c);
	lw_buf_fini(&all);
	heard_fini(&h);
}
END_TEST

static char *
read_manual(void)
{
	struct lw_buf text = {0};
	char block[4096];
	FILE *f = fopen(SRCDIR "/man/logwhy-patterns.5", "r");
	size_t n;

	ck_assert_ptr_nonnull(f);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		lw_buf_add(&text, block, n);
	(void)fclose(f);
	return lw_buf_take(&text);
}

/* Every name is in the manual, and its list of keys holds no other. */
START_TEST(manual_lists_what_the_loader_knows)
{
	static const struct {
		const char *key;
		bool required;
	} keys[] = {
#define KEY(symbol, key, required) {key, required},
	    LW_RULE_FIELDS(KEY)
#undef KEY
	};
	char *manual = read_manual(), *end = strstr(manual, ".Ss Patterns"), line[64];
	const char *at;
	size_t i, count = 0;

	ck_assert_ptr_nonnull(end);
	for (at = strstr(manual, ".It Cm "); at != NULL && at < end; at = strstr(at + 1, ".It Cm "))
		count++;
	ck_assert_uint_eq(count, LW_RULE_FIELD_COUNT);
	for (i = 0; i < LW_RULE_FIELD_COUNT; i++) {
		(void)snprintf(line, sizeof(line), ".It Cm %s%s\n", keys[i].key,
		    keys[i].required ? " Pq required" : "");
		at = strstr(manual, line);
		ck_assert_msg(at != NULL && at < end, "%s", line);
	}
	at = strstr(manual, ".Ss Fields");
	*strstr(at, ".Ss Texts") = '\0';
	for (i = 0; lw_where_fields[i] != NULL; i++)
		ck_assert_msg(strstr(at, lw_where_fields[i]) != NULL, "%s", lw_where_fields[i]);
	at += strlen(at) + 1;
	for (i = 0; lw_placeholders[i] != NULL; i++) {
		(void)snprintf(line, sizeof(line), "{%s}", lw_placeholders[i]);
		ck_assert_msg(strstr(at, line) != NULL, "%s", line);
	}
	free(manual);
}
END_TEST

/* The rule that the manual shows loads and does what its examples say. */
START_TEST(manual_shows_a_rule_that_works)
{
	char *manual = read_manual(), *start = strstr(manual, ".Bd -literal\n"), *p;
	struct lw_buf yaml = {0};
	struct lw_check_totals totals;
	struct heard h;

	heard_init(&h);
	ck_assert_ptr_nonnull(start);
	start = strchr(start, '\n') + 1;
	*strstr(start, ".Ed") = '\0';
	for (p = start; *p != '\0'; p++) {
		lw_buf_addc(&yaml, *p);
		if (p[0] == '\\' && p[1] == 'e')
			p++;
	}
	ck_assert_int_eq(check_text(yaml.p, lw_catalog_try, &h, &totals), LW_OK);
	ck_assert_uint_eq(totals.errors, 0);
	ck_assert_uint_eq(totals.examples, 2);
	ck_assert_uint_eq(totals.rejects, 1);
	lw_buf_fini(&yaml);
	heard_fini(&h);
	free(manual);
}
END_TEST

TCase *
catalog_lint_case(void)
{
	TCase *t = tcase_create("lint");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, examples_are_tried, 0, sizeof(trials) / sizeof(trials[0]));
	tcase_add_loop_test(t, suspicions_are_told, 0, sizeof(lints) / sizeof(lints[0]));
	tcase_add_test(t, files_are_checked_in_company);
	tcase_add_test(t, source_of_a_rule_is_what_its_file_has);
	tcase_add_test(t, manual_lists_what_the_loader_knows);
	tcase_add_test(t, manual_shows_a_rule_that_works);
	return t;
}
