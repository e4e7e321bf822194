/* catalog_literal.c - required literals, and that the prefilter never loses a match. */
#include <stdint.h>
#include <stdlib.h>

#include "base/hash.h"
#include "catalog_help.h"
#include "check_catalog.h"

static const struct {
	const char *pattern, *literals; /* joined by "|" */
	uint32_t fixed;
} literals[] = {
    {"No module named", "no module named", 15},
    {"No module named '(?<module>[\\w.]+)'", "no module named '", 18},
    {"(?i)ERROR: \\d+ of", "error: ", 10},
    {"ab", "", 2},
    {"a.b.c.d", "", 4},
    {"connection (refused|reset|timed out)",
	"connection refused|connection reset|connection timed out", 16},
    {"(?:foo|ba)r", "foor|bar", 3},
    {"foo|bar", "foo|bar", 3},
    {"foo|ba", "", 2},
    {"foo|\\d+", "", 0},
    /* Most logs have the longer one. */
    {"\\w+ HTTP/1\\.1\" 502\\b", " http/1.1\" 502", 14},
    {"HTTP/\\d(?:\\.\\d)?\" 502\\b", "\" 502", 10},
    {"HTTP/\\d(?:\\.\\d)?\" (?:50[0145]|511)\\b", "\" 500|\" 501|\" 504|\" 505|\" 511", 9},
    {"connection \\w+ oops", " oops", 16},
    {"connections \\w+ oops", "connections ", 17},
    {"process\\S+ oops", " oops", 12},
    {"modules? not found", "modules not found|module not found", 16},
    {"colou?r blind", "colour blind|color blind", 11},
    {"abc*def", "def", 5},
    {"abc+def", "cdef", 6},
    {"(?:abc)+def", "abcdef", 6},
    {"(?:abc){2}", "abcabc", 6},
    {"(?:abc){2,}x", "abcabc", 7},
    {"(?:abc){0,3}xyz", "xyz", 3},
    {"a{3}b", "aaab", 4},
    {"(?:abc)?", "", 0},
    {"[Ee]rror code", "error code", 10},
    {"file['\"]name", "file\"name|file'name", 8},
    {"[^a]bcd", "bcd", 3},
    {"[]a]bcd", "]bcd|abcd", 3},
    {"[\\]a]bcd", "]bcd|abcd", 3},
    {"[[:alpha:]]bcd", "bcd", 3},
    {"[1-3]bcd", "1bcd|2bcd|3bcd", 3},
    {"[1-3-9]bcd", "bcd", 3},
    {"[9-]bcd", "-bcd|9bcd", 3},
    {"[-9]bcd", "-bcd|9bcd", 3},
    {"[+--]bcd", "+bcd|,bcd|-bcd", 3},
    {"[\\d\\w]bcd", "bcd", 3},
    {"ab\\E*c", "", 0},
    {"time ?out(?: after)?", "time out|timeout", 7},
    {"[a-z]bcd", "bcd", 3},
    {"\\Qa.b*c\\Ed", "a.b*cd", 6},
    {"\\Qabc\\E*d", "", 0},
    {"exit\\(\\d+\\)\\.", "exit(0|exit(1|exit(2|exit(3|exit(4|exit(5|exit(6|exit(7|exit(8|exit(9",
	7},
    {"^\\s*Traceback\\b", "traceback", 9},
    {"foo(?=bar)baz", "foobaz", 6},
    {"foo(?!bar)", "foo", 3},
    {"(?<=foo)bar", "bar", 3},
    {"(?x) foo # comment bar\n bar", "foobar", 6},
    {"(?x: f o o ) b", "foo b", 5},
    {"foo(?#comment)bar", "foobar", 6},
    {"foo(?#comment)*bar", "bar", 5},
    {"(?<n>foo)\\k<n>bar", "foo", 6},
    {"(foo)\\1", "foo", 3},
    {"(foo)(?1)bar", "foo", 6},
    {"(?(?=a)abc|def)", "", 0},
    {"(*ACCEPT)abc", "", 0},
    {"abc\\x41\\x{42}", "abcab", 5},
    {"a\\tbc", "a\tbc", 4},
    {"{module}", "{module}", 8},
    {"a{,3}bcd", "", 0},
    {"caf\xc3\xa9", "caf\xc3\xa9", 5},
    {"x\\p{Lu}foo", "foo", 4},
    {"(?|foo|bar)baz", "foobaz|barbaz", 6},
    {"(?i:FOO)Bar", "foobar", 6},
    {"a very long text that goes on and on and on", "a very long text that goes on and on and on",
	43},
};

START_TEST(literals_are_found)
{
	struct lw_arena *arena = lw_arena_new(0), *scratch = lw_arena_new(0);
	struct lw_buf joined = {0};
	struct lw_literals l;
	size_t i;

	ck_assert(lw_literals_find(&l, arena, scratch, lw_str_from(literals[_i].pattern)));
	lw_buf_addz(&joined, "");
	for (i = 0; i < l.count; i++) {
		if (i > 0)
			lw_buf_addc(&joined, '|');
		lw_buf_addstr(&joined, l.items[i]);
	}
	ck_assert_str_eq(joined.p, literals[_i].literals);
	ck_assert_uint_eq(l.fixed_bytes, literals[_i].fixed);
	lw_buf_fini(&joined);
	lw_arena_free(scratch);
	lw_arena_free(arena);
}
END_TEST

/* A small generator, so that a failure can be repeated. */
static uint64_t
draw(uint64_t *state, uint64_t below)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	return lw_hash_mix(*state) % below;
}

/* A random pattern out of the grammar that literal.c knows, over few letters so that it matches
 * often. */
static void
grow(struct lw_buf *b, uint64_t *state, int depth)
{
	static const char *const atoms[] = {"a", "b", "C", "ab", "bca", "abca", "cab", "[ab]",
	    "[^c]", "\\w", ".", "\\x61", "\\Qbc\\E", "(?i)", "(?x) a ", "[]b]", "\\b", "(?=a)",
	    "(?!c)", "(?#x)", "[A-C]", "\\141", "ca?", "(?<!b)", "[[:lower:]]", "^", "$", "\\K",
	    "\\E", "[a-b]", "[b\\d-]", "\\d"};
	static const char *const quantifiers[] = {
	    "?", "*", "+", "{2}", "{0,1}", "{1,}", "{2,3}", "??", "*+", "++", "{0}"};
	static const char *const groups[] = {"(", "(?:", "(?i:", "(?x: ", "(?>", "(?|"};
	size_t parts = 1 + (size_t)draw(state, 4), i;

	for (i = 0; i < parts; i++) {
		if (depth > 0 && draw(state, 3) == 0) {
			lw_buf_addz(b, groups[draw(state, sizeof(groups) / sizeof(groups[0]))]);
			grow(b, state, depth - 1);
			lw_buf_addc(b, ')');
		} else {
			lw_buf_addz(b, atoms[draw(state, sizeof(atoms) / sizeof(atoms[0]))]);
		}
		if (draw(state, 4) == 0)
			lw_buf_addz(b,
			    quantifiers[draw(state, sizeof(quantifiers) / sizeof(quantifiers[0]))]);
		if (draw(state, 7) == 0)
			lw_buf_addc(b, '|');
	}
}

static size_t
make_patterns(char **patterns, size_t max, uint64_t *state)
{
	struct lw_arena *arena = lw_arena_new(0), *scratch = lw_arena_new(0);
	size_t count = 0, tries;

	for (tries = 0; tries < max * 20 && count < max; tries++) {
		struct lw_buf b = {0};
		struct lw_pattern p;
		struct lw_error e;
		size_t offset;

		grow(&b, state, 3);
		if (lw_pattern_compile(&p, arena, scratch, lw_buf_str(&b), false, &offset, &e) ==
		    LW_OK) {
			lw_pattern_fini(&p);
			patterns[count++] = lw_buf_take(&b);
		}
		lw_buf_fini(&b);
	}
	lw_arena_free(scratch);
	lw_arena_free(arena);
	return count;
}

static bool
same_hits(const struct lw_hit *a, size_t an, const struct lw_hit *b, size_t bn)
{
	size_t i, j;

	if (an != bn)
		return false;
	for (i = 0; i < an; i++) {
		if (a[i].rule != b[i].rule || a[i].start != b[i].start || a[i].end != b[i].end)
			return false;
		for (j = 0; j < LW_RULE_MAX_CAPTURES; j++)
			if (!lw_str_eq(a[i].captures[j], b[i].captures[j]))
				return false;
	}
	return true;
}

#define PATTERNS 60
#define MESSAGES 2000

START_TEST(prefilter_loses_nothing)
{
	static const char letters[] = "aaabbbcccABC \n\xc3\xa9]";
	uint64_t state = (uint64_t)_i + 1;
	struct lw_hit with[LW_SCAN_MAX_HITS], without[LW_SCAN_MAX_HITS];
	char *patterns[PATTERNS];
	size_t count = make_patterns(patterns, PATTERNS, &state), i, j, hits = 0;
	struct lw_catalog *c = catalog_of_patterns((const char *const *)patterns, count);
	struct lw_scanner *s = lw_scanner_new(c);

	ck_assert_uint_eq(count, PATTERNS);
	for (i = 0; i < MESSAGES; i++) {
		char msg[24];
		size_t n = (size_t)draw(&state, sizeof(msg)), a, b;

		for (j = 0; j < n; j++)
			msg[j] = letters[draw(&state, sizeof(letters))];
		a = lw_scan_fields(
		    s, lw_str_make(msg, n), NULL, NULL, true, with, LW_SCAN_MAX_HITS);
		b = lw_scan_fields(
		    s, lw_str_make(msg, n), NULL, NULL, false, without, LW_SCAN_MAX_HITS);
		hits += b;
		ck_assert_msg(
		    same_hits(with, a, without, b), "%zu hits of %zu in '%.*s'", a, b, (int)n, msg);
	}
	ck_assert_uint_gt(hits, MESSAGES); /* or the test shows nothing */
	ck_assert_uint_lt(c->always_count, count);
	lw_scanner_free(s);
	lw_catalog_free(c);
	for (i = 0; i < count; i++)
		free(patterns[i]);
}
END_TEST

/* What most rules look like: a literal here and there decides. */
/* What of a pattern is known without PCRE2 is what PCRE2 makes of it. */
static bool
same_when_deferred(struct lw_str text, pthread_mutex_t *lock)
{
	struct lw_arena *arena = lw_arena_new(0), *scratch = lw_arena_new(0);
	struct lw_pattern now, later;
	struct lw_matcher m;
	struct lw_error e;
	size_t offset, i;
	bool deferred = lw_pattern_compile(&now, arena, scratch, text, false, &offset, &e) == LW_OK;

	if (deferred && lw_pattern_defer(&later, arena, scratch, text, false) == LW_OK) {
		ck_assert_ptr_null(later.code);
		ck_assert_uint_eq(later.pair_count, now.pair_count);
		ck_assert_uint_eq(later.group_count, now.group_count);
		for (i = 0; i < now.group_count; i++) {
			ck_assert_str_eq(later.groups[i].name, now.groups[i].name);
			ck_assert_uint_eq(later.groups[i].number, now.groups[i].number);
		}
		ck_assert(lw_matcher_init(&m, now.pair_count, lock));
		(void)lw_pattern_match(&later, &m, LW_STR("cab abca"), 0, 0);
		ck_assert_ptr_nonnull(later.code);
		ck_assert_int_eq(lw_pattern_tried(&later, &e), LW_OK);
		lw_matcher_fini(&m);
		lw_pattern_fini(&later);
	} else if (deferred) {
		deferred = false;
	}
	lw_pattern_fini(&now);
	lw_arena_free(scratch);
	lw_arena_free(arena);
	return deferred;
}

START_TEST(groups_are_known_before_pcre2_sees_them)
{
	static const char *const known[] = {"(?<first>abc)(d(?'second'e))?", "(?P<x>[(]abc)",
	    "\\Q(abc\\E(?:(?i)(?<y>d))", "(?x) abc # (\n (?<z>d)", "(abc){0}(?<w>abc)"};
	static const char *const left[] = {"(?|(?<a>abc)|(?<a>abd))", "(?n)(abc)", "(?J)(?<a>abc)",
	    "(abc)(?1)", "(?<a>[ab])", "abc(*SKIP)"};
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	uint64_t state = 7;
	size_t i, deferred = 0;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		ck_assert_msg(same_when_deferred(lw_str_from(known[i]), &lock), "%s", known[i]);
	for (i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		ck_assert_msg(!same_when_deferred(lw_str_from(left[i]), &lock), "%s", left[i]);
	for (i = 0; i < 20000; i++) {
		struct lw_buf b = {0};

		grow(&b, &state, 3);
		deferred += same_when_deferred(lw_buf_str(&b), &lock);
		lw_buf_fini(&b);
	}
	ck_assert_uint_gt(deferred, 500);
}
END_TEST

START_TEST(a_deferred_pattern_that_is_wrong_is_told_when_tried)
{
	struct lw_arena *arena = lw_arena_new(0), *scratch = lw_arena_new(0);
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct lw_pattern p;
	struct lw_matcher m;
	struct lw_error e;

	ck_assert_int_eq(
	    lw_pattern_defer(&p, arena, scratch, LW_STR("abc(?<1st>d)"), false), LW_OK);
	ck_assert_int_eq(lw_pattern_tried(&p, &e), LW_OK);
	ck_assert(lw_matcher_init(&m, p.pair_count, &lock));
	ck_assert_int_eq(lw_pattern_match(&p, &m, LW_STR("abcd"), 0, 0), LW_MATCH_NO);
	ck_assert_int_eq(lw_pattern_tried(&p, &e), LW_EPATTERN);
	ck_assert_ptr_nonnull(strstr(e.message, "bad pattern: "));
	lw_matcher_fini(&m);
	lw_pattern_fini(&p);
	lw_arena_free(scratch);
	lw_arena_free(arena);
}
END_TEST

START_TEST(prefilter_proposes_only_what_can_match)
{
	static const char *const patterns[] = {"No module named", "(?i)connection (refused|reset)",
	    "exit\\(\\d+\\)", "he said", "she", "his", "hers"};
	struct lw_catalog *c = catalog_of_patterns(patterns, 7);
	uint32_t seen[7] = {0}, ids[7];
	struct lw_candidates found = {.seen = seen, .ids = ids, .round = 1};

	ck_assert_uint_eq(c->always_count, 0);
	lw_prefilter_scan(c->prefilter, LW_STR("all is well"), &found);
	ck_assert_uint_eq(found.count, 0);
	lw_prefilter_scan(c->prefilter, LW_STR("CONNECTION RESET, ushers"), &found);
	ck_assert_uint_eq(found.count, 3);
	ck_assert_uint_eq(ids[0], 1);
	ck_assert_uint_eq(ids[1], 4);
	ck_assert_uint_eq(ids[2], 6);
	lw_catalog_free(c);
}
END_TEST

TCase *
catalog_literal_case(void)
{
	TCase *t = tcase_create("literal");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, literals_are_found, 0, sizeof(literals) / sizeof(literals[0]));
	tcase_add_test(t, groups_are_known_before_pcre2_sees_them);
	tcase_add_test(t, a_deferred_pattern_that_is_wrong_is_told_when_tried);
	tcase_add_loop_test(t, prefilter_loses_nothing, 0, 20);
	tcase_add_test(t, prefilter_proposes_only_what_can_match);
	return t;
}
