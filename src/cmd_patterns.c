/*
 * cmd_patterns.c - look at the catalogue, and check it.
 *
 *   list            one line a rule
 *   show ID...      rules as their files have them, ready to be changed
 *   test [FILE...]  try every example and reject
 *   lint [FILE...]  tell what is wrong or suspicious
 *
 * With files, test and lint check these, in the company of the catalogue.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "catalog/catalog.h"
#include "catalog/lint.h"
#include "commands.h"

#define SHOWN_BYTES 100 /* of a line that a problem stands in */
#define BEFORE_BYTES 40 /* of these, at most so many before the place */

static int list(const struct settings *s);
static int show(const struct settings *s);
static int test(const struct settings *s);
static int lint(const struct settings *s);

static const struct {
	const char *name;
	int (*run)(const struct settings *s);
	size_t least, most; /* operands behind the name */
	const char *usage;
} verbs[] = {
    {"list", list, 0, 0, "list"},
    {"show", show, 1, SIZE_MAX, "show ID..."},
    {"test", test, 0, SIZE_MAX, "test [FILE...]"},
    {"lint", lint, 0, SIZE_MAX, "lint [FILE...]"},
};

int
cmd_patterns(const struct settings *s)
{
	size_t i, count = s->operand_count;

	if (count == 0) {
		complain("patterns: say what to do: list, show, test or lint");
		return EXIT_WRONG_USAGE;
	}
	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(s->operands[0], verbs[i].name) != 0)
			continue;
		if (count - 1 < verbs[i].least || count - 1 > verbs[i].most) {
			complain("usage: logwhy patterns %s", verbs[i].usage);
			return EXIT_WRONG_USAGE;
		}
		return finish_stdout(verbs[i].run(s));
	}
	complain("patterns: '%s' is none of list, show, test and lint", s->operands[0]);
	return EXIT_WRONG_USAGE;
}

/* Problems of a catalogue that is only looked at: `lint` shows them better. */
static void
pass_on(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	const struct settings *s = arg;
	char text[1024];

	if (level == LW_DIAG_ERROR || (level == LW_DIAG_NOTE ? s->verbose : !s->quiet))
		complain("%s", lw_error_format(e, text, sizeof(text)));
}

static struct lw_catalog *
load(const struct settings *s, size_t *bad)
{
	const char *paths[MAX_LISTED + 1];
	struct settings copy = *s;
	struct lw_catalog *c =
	    lw_catalog_load(paths, pattern_paths(s, paths), 0, 1, pass_on, &copy, bad);

	if (c == NULL)
		complain("out of memory");
	return c;
}

static int
list(const struct settings *s)
{
	size_t bad, width = 0;
	struct lw_catalog *c = load(s, &bad);
	uint32_t i;

	if (c == NULL)
		return EXIT_WRONG_USAGE;
	for (i = 0; i < lw_catalog_count(c); i++) {
		size_t n = strlen(lw_catalog_rule(c, i)->id);

		width = n > width ? n : width;
	}
	for (i = 0; i < lw_catalog_count(c); i++) {
		const struct lw_rule *r = lw_catalog_rule(c, i);

		(void)printf("%-*s  %-10s  %-8s  %s\n", (int)width, r->id, lw_layer_name(r->layer),
		    lw_role_name(r->role), r->title);
	}
	lw_catalog_free(c);
	return bad == 0 ? EXIT_DONE : EXIT_WRONG_USAGE;
}

/* The rules that name this one in caused_by, as a comment. */
static void
print_effects(const struct lw_catalog *c, uint32_t at)
{
	bool first = true;
	uint32_t i;
	size_t j;

	for (i = 0; i < lw_catalog_count(c); i++) {
		const struct lw_rule *r = lw_catalog_rule(c, i);

		for (j = 0; j < r->caused_by_count; j++) {
			if (r->caused_by[j] != at)
				continue;
			(void)printf("%s%s", first ? "# can stand behind: " : ", ", r->id);
			first = false;
		}
	}
	if (!first)
		(void)putchar('\n');
}

/* With the id that may have been meant. */
static void
complain_unknown(const struct lw_catalog *c, const char *id)
{
	const char **ids = malloc((lw_catalog_count(c) + 1) * sizeof(*ids));
	const char *nearest = NULL;
	uint32_t i;

	for (i = 0; ids != NULL && i < lw_catalog_count(c); i++)
		ids[i] = lw_catalog_rule(c, i)->id;
	if (ids != NULL)
		nearest = lw_nearest(lw_str_from(id), ids, lw_catalog_count(c));
	if (nearest != NULL)
		complain("there is no rule '%s'; did you mean '%s'?", id, nearest);
	else
		complain("there is no rule '%s'; `logwhy patterns list` names all", id);
	free(ids);
}

static int
show(const struct settings *s)
{
	size_t bad, i;
	struct lw_catalog *c = load(s, &bad);
	int status = EXIT_DONE;

	if (c == NULL)
		return EXIT_WRONG_USAGE;
	for (i = 1; i < s->operand_count; i++) {
		uint32_t at = lw_catalog_find(c, s->operands[i]);
		struct lw_str source;

		if (at == UINT32_MAX) {
			complain_unknown(c, s->operands[i]);
			status = EXIT_WRONG_USAGE;
			continue;
		}
		source = lw_catalog_source(c, at);
		(void)printf("# %s:%llu\n", lw_catalog_rule(c, at)->file,
		    (unsigned long long)lw_catalog_rule(c, at)->line);
		print_effects(c, at);
		(void)fwrite(source.p, 1, source.n, stdout);
		if (source.n > 0 && source.p[source.n - 1] != '\n')
			(void)putchar('\n');
	}
	lw_catalog_free(c);
	return status;
}

/* A run of bytes on a terminal: what moves the cursor is shown as a blank or "?". */
static void
print_clean(struct lw_str s, bool marks)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (marks && (c & 0xc0) == 0x80)
			continue;
		if (marks)
			(void)putchar(c == '\t' ? '\t' : ' ');
		else
			(void)putchar(c == '\t' || (c >= ' ' && c != 0x7f) ? c : '?');
	}
}

/* The line, and under it a caret and a wave for what is meant. */
static void
print_place(const struct lw_problem *p)
{
	struct lw_str line = p->line;
	size_t at = (size_t)p->error.column - 1, marked = p->mark_bytes, i;

	if (at > line.n)
		at = line.n;
	if (at > BEFORE_BYTES && line.n > SHOWN_BYTES) {
		size_t cut = at - BEFORE_BYTES;

		while (cut < at && ((unsigned char)line.p[cut] & 0xc0) == 0x80)
			cut++;
		line = lw_str_make(line.p + cut, line.n - cut);
		at -= cut;
	}
	line = lw_utf8_cut(line, SHOWN_BYTES);
	if (at + marked > line.n)
		marked = at < line.n ? line.n - at : 1;
	(void)fputs("    ", stdout);
	print_clean(line, false);
	(void)fputs("\n    ", stdout);
	print_clean(lw_str_make(line.p, at), true);
	(void)putchar('^');
	for (i = 1; i < marked; i++)
		if (((unsigned char)line.p[at + i] & 0xc0) != 0x80)
			(void)putchar('~');
	(void)putchar('\n');
}

static void
print_problem(void *arg, const struct lw_problem *p)
{
	static const char *const levels[] = {"note", "warning", "error"};
	const struct settings *s = arg;
	struct lw_error place = p->error;
	char text[sizeof(place.source) + 64];

	if ((p->level == LW_DIAG_NOTE && !s->verbose) || (p->level == LW_DIAG_WARNING && s->quiet))
		return;
	(void)snprintf(place.message, sizeof(place.message), "%s", levels[p->level]);
	(void)printf("%s: ", lw_error_format(&place, text, sizeof(text)));
	print_clean(lw_str_from(p->error.message), false);
	(void)putchar('\n');
	if (p->line.p != NULL)
		print_place(p);
}

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void
print_totals(const struct lw_check_totals *n)
{
	(void)printf("%zu rule%s, %zu example%s, %zu reject%s: %zu error%s, %zu warning%s\n",
	    n->rules, plural(n->rules), n->examples, plural(n->examples), n->rejects,
	    plural(n->rejects), n->errors, plural(n->errors), n->warnings, plural(n->warnings));
}

static int
check(const struct settings *s,
    enum lw_code (*run)(const struct lw_check *check, struct lw_check_totals *totals))
{
	const char *paths[MAX_LISTED + 1];
	struct settings copy = *s;
	struct lw_check what = {.base = paths,
	    .base_count = pattern_paths(s, paths),
	    .files = (const char *const *)s->operands + 1,
	    .file_count = s->operand_count - 1,
	    .fn = print_problem,
	    .arg = &copy};
	struct lw_check_totals n;

	if (run(&what, &n) != LW_OK) {
		complain("out of memory");
		return EXIT_IO;
	}
	if (!s->quiet)
		print_totals(&n);
	return n.errors == 0 ? EXIT_DONE : EXIT_WRONG_USAGE;
}

static int
test(const struct settings *s)
{
	return check(s, lw_catalog_try);
}

static int
lint(const struct settings *s)
{
	return check(s, lw_catalog_lint);
}
