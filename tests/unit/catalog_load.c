/* catalog_load.c - catalogue files: what loads, what does not, and where it says so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog_help.h"
#include "check_catalog.h"

static const char whole[] =
    "# a comment\n"
    "- id: missing-module\n"
    "  title: Module {module} cannot be imported\n"
    "  match:\n"
    "    - 'No module named ''(?<module>[\\w.]+)'''\n"
    "    - \"Cannot find module '(?<module>[^']+)'(?: from (?<place>\\\\S+))?\"\n"
    "  where: {resource: cloud_run_revision, severity: /^(ERROR|CRITICAL)$/, label.tier: /gold/i}\n"
    "  layer: build\n"
    "  key: [module]\n"
    "  severity: critical\n"
    "  role: cause\n"
    "  caused_by: [missing-module, no-such-rule]\n"
    "  hypotheses:\n"
    "    - text: The image was built without {module}\n"
    "      check: gcloud run revisions describe {revision} --format='value(image)'\n"
    "    - {text: Nothing to check}\n"
    "  actions:\n"
    "    - {priority: P0, text: 'Put {module} in'}\n"
    "  verified_by: Instances of {service} start\n"
    "  examples:\n"
    "    - {text: \"No module named 'auth_service'\", captures: {module: auth_service},\n"
    "       fields: {severity: ERROR, label.tier: Gold}}\n"
    "  rejects:\n"
    "    - {text: No module selected, fields: {severity: ERROR, label.tier: gold}}\n";

START_TEST(every_field_is_read)
{
	const struct lw_rule *r;
	struct lw_catalog *c;
	struct heard h;

	heard_init(&h);
	c = catalog_of(whole, &h);
	ck_assert_str_eq(h.text.p,
	    "12:31: warning: caused_by: there is no rule 'no-such-rule' [no-such-rule]\n");
	ck_assert_uint_eq(lw_catalog_count(c), 1);
	ck_assert_uint_eq(lw_catalog_find(c, "missing-module"), 0);
	ck_assert_uint_eq(lw_catalog_find(c, "missing"), UINT32_MAX);
	r = lw_catalog_rule(c, 0);
	ck_assert_str_eq(r->id, "missing-module");
	ck_assert_str_eq(r->file, "t.yaml");
	ck_assert_uint_eq(r->line, 2);
	ck_assert_str_eq(r->title, "Module {module} cannot be imported");
	ck_assert_int_eq(r->layer, LW_LAYER_BUILD);
	ck_assert_int_eq(r->role, LW_ROLE_CAUSE);
	ck_assert_int_eq(r->severity, LW_SEV_CRITICAL);
	ck_assert_uint_eq(r->pattern_count, 2);
	ck_assert_str_eq(r->patterns[0], "No module named '(?<module>[\\w.]+)'");
	ck_assert_uint_eq(r->capture_count, 2);
	ck_assert_str_eq(r->captures[0], "module");
	ck_assert_str_eq(r->captures[1], "place");
	ck_assert_uint_eq(r->key_mask, 1);
	ck_assert_uint_eq(r->where_count, 3);
	ck_assert_str_eq(r->where[1].field, "severity");
	ck_assert_str_eq(r->where[1].value, "/^(ERROR|CRITICAL)$/");
	ck_assert_uint_eq(r->caused_by_count, 1);
	ck_assert_uint_eq(r->caused_by[0], 0);
	ck_assert_uint_eq(r->hypothesis_count, 2);
	ck_assert_str_eq(r->hypotheses[0].text, "The image was built without {module}");
	ck_assert_str_eq(r->hypotheses[0].check,
	    "gcloud run revisions describe {revision} --format='value(image)'");
	ck_assert_ptr_null(r->hypotheses[1].check);
	ck_assert_uint_eq(r->action_count, 1);
	ck_assert_str_eq(r->actions[0].priority, "P0");
	ck_assert_str_eq(r->actions[0].text, "Put {module} in");
	ck_assert_str_eq(r->verified_by, "Instances of {service} start");
	ck_assert_uint_eq(r->example_count, 1);
	ck_assert(lw_str_eq(r->examples[0].text, LW_STR("No module named 'auth_service'")));
	ck_assert_uint_eq(r->examples[0].line, 21);
	ck_assert_uint_eq(r->examples[0].column, 7);
	ck_assert_uint_eq(r->examples[0].capture_count, 1);
	ck_assert_str_eq(r->examples[0].captures[0].name, "module");
	/* Two that it has, and the one that `where` wants exactly. */
	ck_assert_uint_eq(r->examples[0].field_count, 3);
	ck_assert_str_eq(r->examples[0].fields[2].field, "resource");
	ck_assert(lw_str_eq(r->examples[0].fields[2].value, LW_STR("cloud_run_revision")));
	ck_assert_uint_eq(r->reject_count, 1);
	lw_catalog_free(c);
	heard_fini(&h);
}
END_TEST

/* A rule that is right but for what stands in `body`; 5 lines come before it. */
#define RULE(body) "- id: a\n  title: T\n  layer: build\n  role: cause\n  severity: error\n" body
#define MATCH "  match: [abc]\n"
#define EXAMPLES "  examples: [abc]\n"

static const struct {
	const char *yaml, *problems;
	size_t loaded;
} files[] = {
    /* The whole of a rule. */
    {RULE(MATCH EXAMPLES), "", 1},
    {"", "1:1: warning: the file holds no rules\n", 0},
    {"# nothing\n", "1:1: warning: the file holds no rules [#]\n", 0},
    {"id: a\n", "1:1: error: a catalogue file must be a list of rules (- id: ...) [id: a]\n", 0},
    {"- abc\n", "1:3: error: a rule must be a mapping (key: value) [abc]\n", 0},
    {"- {}\n",
	"1:3: error: the rule lacks 'id' [{}]\n1:3: error: the rule lacks 'title' [{}]\n"
	"1:3: error: the rule lacks 'layer' [{}]\n1:3: error: the rule lacks 'role' [{}]\n"
	"1:3: error: the rule lacks 'match' [{}]\n1:3: error: the rule lacks 'examples' [{}]\n",
	0},
    {RULE(MATCH EXAMPLES) "---\n" RULE(MATCH EXAMPLES),
	"8:1: error: a catalogue file is one document; what follows is not read [---]\n", 1},
    /* Keys. */
    {RULE(MATCH EXAMPLES "  mach: x\n"),
	"8:3: error: the key 'mach' is not known; did you mean 'match'? [mach]\n", 0},
    {RULE(MATCH EXAMPLES "  [1]: x\n"), "8:3: error: a key of a rule must be a text [[1]]\n", 0},
    {RULE(MATCH EXAMPLES "  role: cause\n"),
	"8:3: error: the key 'role' stands twice in a rule [role]\n", 0},
    {RULE(MATCH), "1:3: error: the rule lacks 'examples' [id: a]\n", 0},
    {RULE(EXAMPLES), "1:3: error: the rule lacks 'match' [id: a]\n", 0},
    {RULE(MATCH "  examples: []\n"), "7:13: error: examples is empty [[]]\n", 0},
    /* Values. */
    {"- {id: Not Kebab, title: [x], layer: top, role: casue, match: [abc], examples: [abc]}\n",
	"1:8: error: the id 'Not Kebab' is not in kebab case (a-z, 0-9 and single dashes) "
	"[Not Kebab]\n"
	"1:26: error: title must be a text [[x]]\n"
	"1:38: error: layer 'top' is not known; use one of: request, instance, startup, "
	"dependency, config, platform, build [top]\n"
	"1:49: error: role 'casue' is not known; did you mean 'cause'? [casue]\n",
	0},
    {"- {id: a, title: '', layer: build, role: cause, match: abc, examples: [abc], severity: "
     "bad}\n",
	"1:18: error: title is empty ['']\n"
	"1:88: error: severity 'bad' is not known; use one of: default, debug, info, notice, "
	"warning, error, critical, alert, emergency [bad]\n"
	"1:56: error: match must be a list [abc]\n",
	0},
    {"- {id: a-, title: t, layer: build, role: cause, match: [abc], examples: [abc]}\n",
	"1:8: error: the id 'a-' is not in kebab case (a-z, 0-9 and single dashes) [a-]\n", 0},
    {"- {id: a, title: \"x\\0y\", layer: build, role: cause, match: [abc], examples: [abc]}\n",
	"1:18: error: title holds a NUL byte [\"x\\0y\"]\n", 0},
    {RULE(MATCH EXAMPLES "  key: [nope]\n"),
	"8:9: error: the capture 'nope' is not known; there are none [nope]\n", 0},
    {RULE("  match: ['(?<one>a+)b']\n  examples: [ab]\n  key: [won]\n"),
	"8:9: error: the capture 'won' is not known; use one of: one [won]\n", 0},
    {RULE(MATCH EXAMPLES "  caused_by: x\n"), "8:14: error: caused_by must be a list [x]\n", 0},
    {RULE(MATCH EXAMPLES "  hypotheses: [{check: x}, {text: y, chek: z}]\n"),
	"8:16: error: a hypothesis lacks 'text' [{check: x}]\n"
	"8:38: error: the key 'chek' is not known; did you mean 'check'? [chek]\n",
	0},
    {RULE(MATCH EXAMPLES "  actions: [{priority: P9, text: y}, {text: y}]\n"),
	"8:24: error: priority 'P9' is not known; did you mean 'P0'? [P9]\n"
	"8:38: error: an action lacks 'priority' [{text: y}]\n",
	0},
    {RULE(MATCH EXAMPLES "  where: {resorce: x}\n"),
	"8:11: error: the field 'resorce' is not known; did you mean 'resource'? [resorce]\n", 0},
    {RULE(MATCH EXAMPLES "  where: {resource: /a(b/}\n"),
	"8:25: error: bad pattern: missing closing parenthesis [/]\n", 0},
    {RULE(MATCH EXAMPLES "  where: {resource: x, resource: y}\n"),
	"8:24: error: the field 'resource' stands twice in where [resource]\n", 0},
    {RULE(MATCH EXAMPLES "  where: {status: /^5/}\n"),
	"7:14: error: `where` asks for status: /^5/; add fields: {status: ...} to the example "
	"[abc]\n",
	0},
    {RULE(MATCH "  examples: [{text: abc, captures: {x: y}}]\n"),
	"7:37: error: the capture 'x' is not known; there are none [x]\n", 0},
    {RULE(MATCH "  examples: [{captures: {}}]\n"),
	"7:14: error: an example lacks 'text' [{captures: {}}]\n", 0},
    {RULE(MATCH EXAMPLES "  rejects: [{text: x, captures: {}}]\n"),
	"8:23: error: the key 'captures' is not known; use one of: text, fields [captures]\n", 0},
    /* Patterns: the place inside them, however YAML writes them. */
    {RULE("  match: [a(b]\n" EXAMPLES),
	"6:14: error: bad pattern: missing closing parenthesis []]\n", 0},
    {RULE("  match:\n  - 'it''s (?<x'\n" EXAMPLES),
	"7:16: error: bad pattern: syntax error in subpattern name (missing terminator?) [']\n", 0},
    {RULE("  match:\n  - \"\\x41\\u017c\\tb[z-a]c\"\n" EXAMPLES),
	"7:22: error: bad pattern: range out of order in character class [a]\n", 0},
    {RULE("  match:\n  - |-\n    (?x) one\n    two ) three\n" EXAMPLES),
	"9:9: error: bad pattern: unmatched closing parenthesis [)]\n", 0},
    {RULE("  match:\n  - one two\n    three *+? x++* four\n" EXAMPLES),
	"8:13: error: bad pattern: quantifier does not follow a repeatable item [?]\n", 0},
    {RULE("  match: ['a*']\n" EXAMPLES),
	"6:12: error: the pattern matches an empty text, and so every message [a]\n", 0},
    {RULE("  match: ['caf[\xc3\xa9\xc3\xa8]']\n" EXAMPLES),
	"6:15: error: patterns match bytes, so a class cannot list a character beyond ASCII; "
	"write (?:a|b) instead [[]\n",
	0},
    {RULE("  match: ['(?<a>1)(?<b>1)(?<c>1)(?<d>1)(?<e>1)', "
	  "'(?<f>1)(?<g>1)(?<h>1)(?<i>1)']\n" EXAMPLES),
	"6:50: error: the patterns of a rule may name at most 8 groups "
	"['(?<f>1)(?<g>1)(?<h>1)(?<i>1)']\n",
	0},
    /* Columns are bytes, whatever stands before. */
    {"# za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87 \xf0\x9f\x9a\x80\n- {\"\xc5\xbc\": 1}\n",
	"2:4: error: the key '\xc5\xbc' is not known; use one of: id, title, layer, role, "
	"severity, match, where, key, caused_by, hypotheses, actions, verified_by, examples, "
	"rejects [\"\xc5\xbc\"]\n"
	"2:3: error: the rule lacks 'id' [{\"\xc5\xbc\": 1}]\n"
	"2:3: error: the rule lacks 'title' [{\"\xc5\xbc\": 1}]\n"
	"2:3: error: the rule lacks 'layer' [{\"\xc5\xbc\": 1}]\n"
	"2:3: error: the rule lacks 'role' [{\"\xc5\xbc\": 1}]\n"
	"2:3: error: the rule lacks 'match' [{\"\xc5\xbc\": 1}]\n"
	"2:3: error: the rule lacks 'examples' [{\"\xc5\xbc\": 1}]\n",
	0},
    /* One slip costs one rule. */
    {"- {id: b, title: t, layer: build, role: cause, match: [b b], examples: [b b]}\n"
     "- {id: c, title: t, layer: [}\n"
     "- {id: d, title: t, layer: build, role: cause, match: [d d], examples: [d d]}\n",
	"2:29: error: malformed YAML: while parsing a flow node: did not find expected node "
	"content "
	"[}]\n",
	2},
    {"- {id: b, title: t, layer: build, role: cause, match: [b b], examples: [b b]}\n"
     "- {id: c, title: \"\xff\"}\n",
	"2:19: error: malformed YAML: invalid leading UTF-8 octet [\xff]\n", 1},
    {"- {id: b, title: t, layer: build, role: cause, match: [b b], examples: [b b]}\n"
     "- {id: b, title: t, layer: build, role: cause, match: [c c], examples: [c c]}\n",
	"2:8: error: the id 'b' is taken by the rule at t.yaml:1 [b]\n", 1},
    {"a: b: c\n",
	"1:5: error: malformed YAML: mapping values are not allowed in this context "
	"[:]\n",
	0},
};

START_TEST(problem_is_told_with_its_place)
{
	struct lw_catalog *c;
	struct heard h;

	heard_init(&h);
	c = catalog_of(files[_i].yaml, &h);
	ck_assert_str_eq(h.text.p, files[_i].problems);
	ck_assert_uint_eq(lw_catalog_count(c), files[_i].loaded);
	lw_catalog_free(c);
	heard_fini(&h);
}
END_TEST

START_TEST(severity_follows_the_role_where_none_is_given)
{
	struct lw_catalog *c;
	struct heard h;

	heard_init(&h);
	c = catalog_of("- {id: a, title: t, layer: build, role: advisory, match: [a b], examples: "
		       "[a b]}\n"
		       "- {id: b, title: t, layer: build, role: symptom, match: [b c], examples: "
		       "[b c]}\n",
	    &h);
	ck_assert_str_eq(h.text.p, "");
	ck_assert_int_eq(lw_catalog_rule(c, 0)->severity, LW_SEV_WARNING);
	ck_assert_int_eq(lw_catalog_rule(c, 1)->severity, LW_SEV_ERROR);
	lw_catalog_free(c);
	heard_fini(&h);
}
END_TEST

/* Deep nesting and an alias that holds itself end, and leave the rest alone. */
START_TEST(hostile_yaml_ends)
{
	struct lw_buf deep = {0};
	struct lw_catalog *c;
	struct heard h;
	int i;

	heard_init(&h);
	for (i = 0; i < 100000; i++)
		lw_buf_addc(&deep, '[');
	c = catalog_of(deep.p, &h);
	ck_assert_uint_eq(h.problems.errors, 1);
	lw_catalog_free(c);
	c = catalog_of("- &a {id: x, title: *a, match: &b [*b], examples: [*a]}\n", &h);
	ck_assert_uint_eq(lw_catalog_count(c), 0);
	lw_catalog_free(c);
	lw_buf_fini(&deep);
	heard_fini(&h);
}
END_TEST

static void
put(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static void
diag(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	char text[1024];

	lw_buf_printf(arg, "%d %s\n", (int)level, lw_error_format(e, text, sizeof(text)));
}

#define ONE(id, text) \
	"- {id: " id ", title: t, layer: build, role: cause, match: [" text "], examples: [" text \
	"]}\n"

static void
remove_folder(const char *folder)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0); /* NOLINT(cert-env33-c): a folder of its own */
}

START_TEST(later_path_replaces)
{
	char folder[] = "catalog_test_XXXXXX", user[64], empty[64], expected[512];
	const char *paths[4] = {folder, user, "no/such/path", empty};
	struct lw_buf heard = {0};
	struct lw_catalog *c;
	size_t bad;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(user, sizeof(user), "%s/mine.txt", folder);
	(void)snprintf(empty, sizeof(empty), "%s/empty", folder);
	ck_assert_int_eq(mkdir(empty, 0700), 0);
	put(folder, "b.yml", ONE("two", "from b"));
	put(folder, "a.yaml", ONE("one", "from a") ONE("three", "from a too"));
	put(folder, ".hidden.yaml", ONE("hidden", "from nowhere"));
	put(folder, "notes.md", "no rules");
	put(folder, "mine.txt", ONE("two", "from me") ONE("four", "from me too"));
	c = lw_catalog_load(paths, 4, 0, 1, diag, &heard, &bad);
	ck_assert_ptr_nonnull(c);
	(void)snprintf(expected, sizeof(expected),
	    "0 %s:1:8: 'two' replaces the rule at %s/b.yml:1\n"
	    "2 no/such/path: No such file or directory\n"
	    "2 %s: the folder holds no *.yaml and no *.yml\n",
	    user, folder, empty);
	ck_assert_str_eq(heard.p, expected);
	ck_assert_uint_eq(bad, 2);
	ck_assert_uint_eq(lw_catalog_count(c), 4);
	ck_assert_str_eq(lw_catalog_rule(c, 0)->id, "one");
	ck_assert_str_eq(lw_catalog_rule(c, 1)->id, "three");
	ck_assert_str_eq(lw_catalog_rule(c, 2)->id, "two");
	ck_assert_str_eq(lw_catalog_rule(c, 2)->patterns[0], "from me");
	ck_assert_str_eq(lw_catalog_rule(c, 2)->file, user);
	ck_assert_uint_eq(lw_catalog_find(c, "two"), 2);
	lw_catalog_free(c);
	lw_buf_fini(&heard);
	remove_folder(folder);
}
END_TEST

/* Rules `from` to `to`, and what else is to stand in their file. */
static void
put_many(const char *folder, const char *name, int from, int to, const char *more)
{
	struct lw_buf text = {0};

	for (; from < to; from++)
		lw_buf_printf(&text,
		    "- {id: r-%d, title: t, layer: build, role: cause, match: ['text (?<n>%d) "
		    "x'],\n"
		    "   examples: [text %d x], caused_by: [r-0, \"r\\x2d%d\"]}\n",
		    from, from, from, from + 1);
	lw_buf_printf(&text, "%s", more);
	ck_assert(lw_buf_ok(&text));
	put(folder, name, text.p);
	lw_buf_fini(&text);
}

/* Everything of a catalogue that hangs on the order in which it was read. */
static void
print_catalog(struct lw_buf *out, const char *folder, size_t checked, unsigned threads)
{
	const char *paths[] = {folder};
	size_t bad, i, j;
	struct lw_catalog *c = lw_catalog_load(paths, 1, checked, threads, diag, out, &bad);

	ck_assert_ptr_nonnull(c);
	lw_buf_printf(out, "%zu bad\n", bad);
	for (i = 0; i < lw_catalog_count(c); i++) {
		const struct lw_rule *r = lw_catalog_rule(c, (uint32_t)i);

		ck_assert_uint_eq(r->example_count, checked == 0);
		lw_buf_printf(out, "%s %s:%llu '%s' '%s'", r->id, r->file,
		    (unsigned long long)r->line, r->patterns[0], r->captures[0]);
		for (j = 0; j < r->caused_by_count; j++)
			lw_buf_printf(out, " %u", (unsigned)r->caused_by[j]);
		lw_buf_printf(out, "\n");
	}
	ck_assert(lw_buf_ok(out));
	lw_catalog_free(c);
}

/* Files are read side by side where they are large enough; some of these have problems. */
START_TEST(threads_change_nothing)
{
	char folder[] = "catalog_test_XXXXXX";
	struct lw_buf one = {0}, many = {0};
	unsigned threads;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	put_many(folder, "a.yaml", 0, 700, "");
	put_many(folder, "b.yaml", 700, 800, ONE("r-3", "an id of another file"));
	put_many(folder, "c.yaml", 800, 1600,
	    ONE("bad", "'(no end'") "- {id: worse, title: t, layer: build, role: cause, "
				    "match: ['(?<a>abc)'], examples: [{text: abc, captures: {no: "
				    "x}}]}\n");
	put_many(folder, "d.yaml", 1600, 1700, "- id: [no yaml\n");
	put_many(folder, "e.yaml", 1700, 2600, "");
	put(folder, "f.yaml", "");
	put_many(folder, "g.yaml", 2600, 4000, ONE("r-1599", "one more"));
	print_catalog(&one, folder, _i, 1);
	ck_assert_ptr_nonnull(strstr(one.p, "c.yaml:1601:"));
	ck_assert_ptr_nonnull(strstr(one.p, "the capture 'no' is not known; use one of: a"));
	ck_assert_ptr_nonnull(strstr(one.p, "the id 'r-3' is taken by the rule at"));
	ck_assert_ptr_nonnull(strstr(one.p, "f.yaml:1:1: the file holds no rules"));
	ck_assert_ptr_nonnull(strstr(one.p, "r-3999 "));
	for (threads = 2; threads < 9; threads += 3) {
		print_catalog(&many, folder, _i, threads);
		ck_assert_str_eq(many.p, one.p);
		lw_buf_reset(&many);
	}
	lw_buf_fini(&one);
	lw_buf_fini(&many);
	remove_folder(folder);
}
END_TEST

START_TEST(names_are_known)
{
	ck_assert_str_eq(lw_layer_name(LW_LAYER_NONE), "");
	ck_assert_str_eq(lw_layer_name(LW_LAYER_DEPENDENCY), "dependency");
	ck_assert_str_eq(lw_layer_name((enum lw_layer)99), "");
	ck_assert_str_eq(lw_role_name(LW_ROLE_ADVISORY), "advisory");
	ck_assert_str_eq(lw_role_name((enum lw_role)99), "");
}
END_TEST

TCase *
catalog_load_case(void)
{
	TCase *t = tcase_create("load");

	tcase_add_test(t, every_field_is_read);
	tcase_add_loop_test(t, problem_is_told_with_its_place, 0, sizeof(files) / sizeof(files[0]));
	tcase_add_test(t, severity_follows_the_role_where_none_is_given);
	tcase_add_test(t, hostile_yaml_ends);
	tcase_add_test(t, later_path_replaces);
	tcase_add_loop_test(t, threads_change_nothing, 0, 2); /* checked paths */
	tcase_add_test(t, names_are_known);
	return t;
}
