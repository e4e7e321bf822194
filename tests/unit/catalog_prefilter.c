/* catalog_prefilter.c - the prefilter proposes all that can match, whatever the message is. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "catalog/internal.h"
#include "check_catalog.h"
#include "entry/wording.h"

#define MAX_LINES \
	1500 /* of the captures that lie beside the tree; every pattern is tried on each */
#define MAX_LINE_BYTES 2000
#define PLACES ((size_t)12) /* bytes in front of a literal */

static struct lw_catalog *catalog; /* what is shipped */
static struct lw_scanner *scanner;
static size_t hits_seen;

static void
set_up(void)
{
	static const char *const paths[] = {SRCDIR "/patterns"};
	size_t bad;

	catalog = lw_catalog_load(paths, 1, 0, 1, NULL, NULL, &bad);
	ck_assert_ptr_nonnull(catalog);
	ck_assert_uint_eq(bad, 0);
	scanner = lw_scanner_new(catalog);
	ck_assert_ptr_nonnull(scanner);
	hits_seen = 0;
}

static void
tear_down(void)
{
	lw_scanner_free(scanner);
	lw_catalog_free(catalog);
}

static bool
example_field(const void *arg, struct lw_str name, struct lw_str *value)
{
	const struct lw_example *e = arg;
	size_t i;

	for (i = 0; e != NULL && i < e->field_count; i++) {
		if (!lw_str_eq(name, lw_str_from(e->fields[i].field)))
			continue;
		*value = e->fields[i].value;
		return true;
	}
	return false;
}

/* Both ways, the same. */
static void
scan_both_ways(struct lw_str msg, const struct lw_example *fields)
{
	struct lw_hit with[LW_SCAN_MAX_HITS], without[LW_SCAN_MAX_HITS];
	size_t i,
	    n = lw_scan_fields(scanner, msg, example_field, fields, true, with, LW_SCAN_MAX_HITS);
	size_t m =
	    lw_scan_fields(scanner, msg, example_field, fields, false, without, LW_SCAN_MAX_HITS);

	ck_assert_msg(n == m, "%zu hits of %zu in '%.*s'", n, m, (int)msg.n, msg.p);
	for (i = 0; i < n; i++)
		ck_assert_msg(with[i].rule == without[i].rule &&
				  with[i].start == without[i].start &&
				  with[i].end == without[i].end,
		    "'%.*s'", (int)msg.n, msg.p);
	hits_seen += n;
}

START_TEST(examples_are_found_through_literals)
{
	uint32_t i;
	size_t j;

	for (i = 0; i < lw_catalog_count(catalog); i++) {
		const struct lw_rule *rule = lw_catalog_rule(catalog, i);

		for (j = 0; j < rule->example_count; j++)
			scan_both_ways(rule->examples[j].text, &rule->examples[j]);
		for (j = 0; j < rule->reject_count; j++)
			scan_both_ways(rule->rejects[j].text, &rule->rejects[j]);
	}
	ck_assert_uint_ge(hits_seen, 1000);
}
END_TEST

static size_t
scan_lines(const char *path, size_t most)
{
	FILE *f = fopen(path, "rb");
	char line[MAX_LINE_BYTES];
	size_t lines = 0;

	ck_assert_ptr_nonnull(f);
	for (; lines < most && fgets(line, sizeof(line), f) != NULL; lines++)
		scan_both_ways(lw_str_from(line), NULL);
	(void)fclose(f);
	return lines;
}

/* Any lines will do as messages; a few of each file. */
static size_t
scan_folder(const char *folder, size_t most, unsigned depth)
{
	struct dirent **names;
	int count = scandir(folder, &names, NULL, alphasort), i;
	size_t lines = 0;

	for (i = 0; i < count; i++) {
		char path[1024];
		struct stat st;

		if (names[i]->d_name[0] != '.' && lines < most) {
			(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
			ck_assert_int_eq(stat(path, &st), 0);
			if (S_ISDIR(st.st_mode) && depth > 0)
				lines += scan_folder(path, most - lines, depth - 1);
			else if (S_ISREG(st.st_mode))
				lines += scan_lines(path, most - lines < 60 ? most - lines : 60);
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return lines;
}

START_TEST(captures_are_found_through_literals)
{
	ck_assert_uint_gt(scan_folder(SRCDIR "/data", MAX_LINES, 0), 50);
	(void)scan_folder(SRCDIR "/../shared/data", MAX_LINES, 3); /* where there is one */
	ck_assert_uint_gt(hits_seen, 0);
}
END_TEST

/* How a literal may look in a message: the first is as it is. */
static void
write_literal(struct lw_buf *b, struct lw_str literal, unsigned how)
{
	size_t i;

	for (i = 0; i < literal.n; i++) {
		char c = literal.p[i];
		bool letter = c >= 'a' && c <= 'z';

		if (how == 3 && c == 'k')
			lw_buf_addz(b, "\xe2\x84\xaa"); /* the Kelvin sign */
		else if (how == 3 && c == 's')
			lw_buf_addz(b, "\xc5\xbf"); /* the long s */
		else if (letter && (how == 1 || (how == 2 && i % 2 == 0)))
			lw_buf_addc(b, (char)(c & ~0x20));
		else
			lw_buf_addc(b, c);
	}
}

static bool
is_proposed(const struct lw_candidates *c, uint32_t id)
{
	return c->seen[id] == c->round;
}

/* Everywhere in a message, in either case: at its start, its end, and off any grid. */
START_TEST(literal_is_found_wherever_it_stands)
{
	struct lw_candidates found = {.seen = calloc(catalog->pattern_count, sizeof(uint32_t)),
	    .ids = calloc(catalog->pattern_count, sizeof(uint32_t))};
	uint64_t state = 1;
	uint32_t i;
	size_t j, k;

	ck_assert(found.seen != NULL && found.ids != NULL);
	for (i = 0; i < catalog->pattern_count; i++) {
		const struct lw_rule_impl *impl = catalog->rules[catalog->rule_of[i]];
		const struct lw_literals *l = &impl->patterns[i - impl->first_pattern].literals;

		for (j = 0; j < l->count; j++) {
			for (k = 0; k < PLACES * 3; k++) {
				struct lw_buf msg = {0};
				size_t after = lw_hash_mix(state++) % 10;

				while (msg.n < k / 3)
					lw_buf_addc(&msg, (char)lw_hash_mix(state++));
				write_literal(&msg, l->items[j], k % 3);
				while (after-- > 0)
					lw_buf_addc(&msg, (char)lw_hash_mix(state++));
				found.round++;
				found.count = 0;
				lw_prefilter_scan(catalog->prefilter, lw_buf_str(&msg), &found);
				ck_assert_msg(is_proposed(&found, i), "'%.*s' in '%.*s'",
				    (int)l->items[j].n, l->items[j].p, (int)msg.n, msg.p);
				lw_buf_fini(&msg);
			}
		}
	}
	free(found.seen);
	free(found.ids);
}
END_TEST

/* Examples in other letters, and around the places where a long message is cut. */
START_TEST(altered_examples_are_found_through_literals)
{
	static const size_t borders[] = {0, LW_SCAN_HEAD_BYTES, LW_SCAN_HEAD_BYTES + 40,
	    LW_SCAN_HEAD_BYTES + LW_SCAN_TAIL_BYTES};
	uint32_t i;
	unsigned how;
	size_t j;

	for (i = 0; i < lw_catalog_count(catalog); i += 3) {
		const struct lw_example *e = &lw_catalog_rule(catalog, i)->examples[0];

		for (how = 1; how <= 3; how++) {
			struct lw_buf msg = {0};

			write_literal(&msg, e->text, how);
			scan_both_ways(lw_buf_str(&msg), e);
			lw_buf_fini(&msg);
		}
	}
	for (i = 0; i < lw_catalog_count(catalog); i += 40) {
		const struct lw_example *e = &lw_catalog_rule(catalog, i)->examples[0];

		for (j = 0; j < sizeof(borders) / sizeof(borders[0]); j++) {
			struct lw_buf msg = {0};

			while (msg.n + e->text.n / 2 < borders[j])
				lw_buf_addz(&msg, "........");
			lw_buf_addstr(&msg, e->text);
			while (msg.n < LW_SCAN_HEAD_BYTES + LW_SCAN_TAIL_BYTES + 100)
				lw_buf_addz(&msg, "........");
			scan_both_ways(lw_buf_str(&msg), e);
			lw_buf_fini(&msg);
		}
	}
	ck_assert_uint_gt(hits_seen, 50);
}
END_TEST

/* The message with other digits, where they stand for any. */
static void
change_digits(char *to, const char *wording, struct lw_str message, uint64_t *state)
{
	size_t i;

	for (i = 0; i < message.n; i++)
		to[i] = wording[i] == (char)LW_ANY_DIGIT
			    ? (char)('0' + lw_hash_mix((*state)++) % 10)
			    : message.p[i];
}

static void
check_same_hits(const struct lw_hit *a, size_t a_count, const struct lw_hit *b, size_t b_count,
    struct lw_str message)
{
	size_t i, k;

	ck_assert_msg(a_count == b_count, "%zu and %zu rules: '%.*s'", a_count, b_count,
	    (int)message.n, message.p);
	for (i = 0; i < a_count; i++) {
		ck_assert_msg(
		    a[i].rule == b[i].rule && a[i].start == b[i].start && a[i].end == b[i].end,
		    "'%.*s'", (int)message.n, message.p);
		for (k = 0; k < LW_RULE_MAX_CAPTURES; k++)
			ck_assert_msg(a[i].captures[k].p == b[i].captures[k].p &&
					  a[i].captures[k].n == b[i].captures[k].n,
			    "capture %zu: '%.*s'", k, (int)message.n, message.p);
	}
}

/* What is remembered of a wording is what is found in each message of it, whatever its digits are,
 * by whoever gives the number.  Returns whether it is said that nothing is found. */
static bool
check_wording(struct lw_str message, uint32_t number, uint64_t *state)
{
	char wording[LW_WORDING_MAX_BYTES], other[LW_WORDING_MAX_BYTES];
	struct lw_entry e = {.message = message, .clean = message, .wording = number};
	struct lw_hit hits[LW_SCAN_MAX_HITS], anew[LW_SCAN_MAX_HITS];
	unsigned round;
	size_t n;

	if (!lw_wording_of(message, wording))
		return false;
	for (round = 0; round < 20; round++) {
		n = lw_scan_entry(scanner, &e, hits, LW_SCAN_MAX_HITS);
		ck_assert(n == 0 || !lw_scan_finds_nothing(scanner, &e));
		check_same_hits(
		    hits, n, anew, lw_scan(scanner, e.clean, &e, anew, LW_SCAN_MAX_HITS), e.clean);
		change_digits(other, wording, message, state);
		e.message.p = e.clean.p = other;
	}
	return lw_scan_finds_nothing(scanner, &e);
}

START_TEST(what_is_remembered_of_a_wording_holds_for_all_digits)
{
	uint64_t state = 1;
	size_t silent = 0, j;
	char text[64];
	uint32_t aside = (uint32_t)_i * LW_WORDING_ASIDE, i, number = 1;

	for (i = 0; i < lw_catalog_count(catalog); i++) {
		const struct lw_rule *rule = lw_catalog_rule(catalog, i);

		for (j = 0; j < rule->example_count; j++)
			silent += check_wording(rule->examples[j].text, aside | number++, &state);
		for (j = 0; j < rule->reject_count; j++)
			silent += check_wording(rule->rejects[j].text, aside | number++, &state);
	}
	ck_assert_uint_gt(silent, 20); /* rejects that have a literal */
	for (i = 0; i < 100; i++) {    /* and that it does */
		(void)snprintf(text, sizeof(text), "order %u of %c%c went out at %u.50 EUR", i,
		    (int)('a' + i % 26), (int)('a' + i / 26), i * 7);
		silent += check_wording(lw_str_from(text), aside | number++, &state);
	}
	ck_assert_uint_gt(silent, 100);
}
END_TEST

static const struct {
	const char *pattern;
	size_t blind;
} blind[] = {
    {"no digit at all", 15},
    {"\\d+ of [0-9a-f]{2,3} [[:digit:]] \\w", 35},
    {"a|b(c|d)", 8},
    {"HTTP (?:a|b)?(?<s>5\\d\\d) x", 13},
    {"ab7", 2},
    {"abc+7", 4},
    {"abc{1,2}[1-5]", 8},
    {"a(b(c[^3]))?d", 1},
    {"x[]{2}]y", 1}, /* of these, "{2}" lists three bytes */
    {"x[^]{2}]y", 1},
    {"x[[:alpha:]{2}]y", 1},
    {"[!-0-9]", 0}, /* up to 0, "-" and 9 */
    {"(a)b\\1", 4},
    {"(?<n>a)b\\k<n>", 8},
    {"(?P<n>a)b(?P=n)", 9},
    {"a\\x31", 1},
    {"a{,5}", 0},
    {"a{ 5}", 0},
    {"a\\N{U+35}", 1},
    {"a\\c5", 1},
    {"a5|b", 0},
    {"(?x) a # [", 0},
    {"(?i)ab 5", 7},
    {"\\Q[\\E", 0},
    {"a(*ACCEPT)", 0},
    {"a(?#5)", 0},
    {"a\\", 0},
    {"a)b", 0},
    {"(ab", 0},
    {"[ab", 0},
    {"", 0},
};

START_TEST(bytes_that_take_digits_alike)
{
	ck_assert_msg(lw_pattern_blind_bytes(lw_str_from(blind[_i].pattern)) == blind[_i].blind,
	    "%s: %zu", blind[_i].pattern, lw_pattern_blind_bytes(lw_str_from(blind[_i].pattern)));
}
END_TEST

#define MAYBES 256

/* What a literal that hangs on digits proposes for the text "0: ...", where it stands. */
static void
add_maybe(struct lw_candidates *found, const struct lw_prefilter_maybe *maybe, struct lw_str text)
{
	struct lw_buf msg = {0};
	const uint32_t *ids;
	size_t n, i;

	lw_buf_addz(&msg, "0: ");
	lw_buf_addstr(&msg, text);
	ids = lw_prefilter_ids(catalog->prefilter, maybe->literal, &n);
	for (i = 0; i < n; i++)
		if (lw_prefilter_stands(
			catalog->prefilter, maybe->literal, lw_buf_str(&msg), maybe->at))
			lw_candidates_add(found, ids[i]);
	msg.n = maybe->at;
	ck_assert(
	    !lw_prefilter_stands(catalog->prefilter, maybe->literal, lw_buf_str(&msg), maybe->at));
	lw_buf_fini(&msg);
}

/* A literal with digits is seen in a wording whatever digits stand there. */
START_TEST(literals_are_seen_behind_any_digits)
{
	struct lw_candidates found = {.seen = calloc(catalog->pattern_count, sizeof(uint32_t)),
	    .ids = calloc(catalog->pattern_count, sizeof(uint32_t))};
	struct lw_prefilter_maybe maybe[MAYBES];
	size_t digits = 0, maybes, i, j;
	uint32_t p;

	ck_assert(found.seen != NULL && found.ids != NULL);
	for (p = 0; p < catalog->pattern_count; p++) {
		const struct lw_rule_impl *impl = catalog->rules[catalog->rule_of[p]];
		const struct lw_literals *l = &impl->patterns[p - impl->first_pattern].literals;

		for (j = 0; j < l->count; j++) {
			struct lw_buf msg = {0};

			lw_buf_addz(&msg, "0: ");
			for (i = 0; i < l->items[j].n; i++) {
				bool digit = l->items[j].p[i] >= '0' && l->items[j].p[i] <= '9';

				lw_buf_addc(&msg, digit ? (char)LW_ANY_DIGIT : l->items[j].p[i]);
				digits += digit;
			}
			found.round++;
			found.count = 0;
			maybes = lw_prefilter_may(catalog->prefilter, lw_buf_str(&msg),
			    (char)LW_ANY_DIGIT, &found, maybe, MAYBES);
			ck_assert_uint_le(maybes, MAYBES);
			for (i = 0; i < maybes; i++)
				add_maybe(&found, &maybe[i], l->items[j]);
			ck_assert_msg(found.seen[p] == found.round, "'%.*s'", (int)l->items[j].n,
			    l->items[j].p);
			lw_buf_fini(&msg);
		}
	}
	ck_assert_uint_gt(digits, 0);
	free(found.seen);
	free(found.ids);
}
END_TEST

static size_t
scan_entry(const char *message, uint32_t wording)
{
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	struct lw_entry e = {.wording = wording};

	e.message = e.clean = lw_str_from(message);
	return lw_scan_entry(scanner, &e, hits, LW_SCAN_MAX_HITS);
}

START_TEST(entries_of_one_wording_are_each_matched)
{
	unsigned round;

	for (round = 0; round < 3; round++) {
		ck_assert_uint_eq(scan_entry("HTTP version 9 is spoken", 2 * LW_WORDINGS + 1), 0);
		ck_assert_uint_gt(scan_entry("Container called exit(3).", 5 * LW_WORDINGS + 2), 0);
		ck_assert_uint_eq(scan_entry("order 17 of 250 went out", 3 * LW_WORDINGS), 0);
		/* proposed by what no digit changes, and not matched by the part before its digits
		 */
		ck_assert_uint_eq(
		    scan_entry("loading 17 tables from a HTTP cache", 6 * LW_WORDINGS + 3), 0);
		/* another number in the same place is another wording */
		ck_assert_uint_gt(scan_entry("Container called exit(3).", 4 * LW_WORDINGS), 0);
	}
}
END_TEST

TCase *
catalog_prefilter_case(void)
{
	TCase *t = tcase_create("prefilter");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 300);
	tcase_add_test(t, examples_are_found_through_literals);
	tcase_add_test(t, captures_are_found_through_literals);
	tcase_add_test(t, literal_is_found_wherever_it_stands);
	tcase_add_test(t, altered_examples_are_found_through_literals);
	tcase_add_loop_test(t, what_is_remembered_of_a_wording_holds_for_all_digits, 0, 2);
	tcase_add_loop_test(
	    t, bytes_that_take_digits_alike, 0, (int)(sizeof(blind) / sizeof(blind[0])));
	tcase_add_test(t, literals_are_seen_behind_any_digits);
	tcase_add_test(t, entries_of_one_wording_are_each_matched);
	return t;
}
