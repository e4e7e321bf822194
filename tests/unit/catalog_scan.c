/* catalog_scan.c - one message against the rules. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "catalog_help.h"
#include "check_catalog.h"

static const char rules[] =
    "- id: any-error\n  title: t\n  layer: request\n  role: symptom\n"
    "  match: ['[Ee]rror']\n  examples: [an error]\n"
    "- id: module\n  title: t\n  layer: build\n  role: cause\n"
    "  match:\n  - 'No module named ''(?<module>[\\w.]+)'''\n"
    "  - '(?:Cannot find module (?<module>\\S+)|no package (?<module>\\S+)) at (?<place>\\S+)'\n"
    "  examples: [\"No module named 'x'\"]\n"
    "- id: run-error\n  title: t\n  layer: request\n  role: symptom\n"
    "  match: ['error']\n  where: {resource: cloud_run_revision, status: /^5\\d\\d$/}\n"
    "  examples: [{text: error, fields: {status: 503}}]\n";

static struct lw_catalog *catalog;
static struct lw_scanner *scanner;

static void
set_up(void)
{
	struct heard h;

	heard_init(&h);
	catalog = catalog_of(rules, &h);
	ck_assert_str_eq(h.text.p, "");
	heard_fini(&h);
	scanner = lw_scanner_new(catalog);
	ck_assert_ptr_nonnull(scanner);
}

static void
tear_down(void)
{
	lw_scanner_free(scanner);
	lw_catalog_free(catalog);
}

START_TEST(captures_are_cut_out)
{
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	struct lw_str msg = LW_STR("ImportError: No module named 'auth.service' here");

	ck_assert_uint_eq(lw_scan(scanner, msg, NULL, hits, LW_SCAN_MAX_HITS), 2);
	ck_assert_uint_eq(hits[0].rule, 1);
	ck_assert_uint_eq(hits[0].start, 13);
	ck_assert_uint_eq(hits[0].end, 43);
	ck_assert(lw_str_eq(hits[0].captures[0], LW_STR("auth.service")));
	ck_assert_ptr_null(hits[0].captures[1].p);
	ck_assert_uint_eq(hits[1].rule, 0);
	/* One name in two branches. */
	msg = LW_STR("no package left-pad at line:1");
	ck_assert_uint_eq(lw_scan(scanner, msg, NULL, hits, LW_SCAN_MAX_HITS), 1);
	ck_assert(lw_str_eq(hits[0].captures[0], LW_STR("left-pad")));
	ck_assert(lw_str_eq(hits[0].captures[1], LW_STR("line:1")));
	ck_assert_uint_eq(lw_scan(scanner, LW_STR("fine"), NULL, hits, LW_SCAN_MAX_HITS), 0);
	ck_assert_uint_eq(lw_scan(scanner, msg, NULL, hits, 0), 0);
	ck_assert_uint_eq(lw_scan(scanner, (struct lw_str){NULL, 0}, NULL, hits, 1), 0);
}
END_TEST

START_TEST(where_must_hold_and_goes_first)
{
	static const char *const run[] = {"status=503", "resource=cloud_run_revision", NULL};
	static const char *const ok[] = {"status=200", "resource=cloud_run_revision", NULL};
	static const char *const other[] = {"status=503", "resource=cloud_run_revision2", NULL};
	static const char *const half[] = {"status=503", NULL};
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	struct lw_str msg = LW_STR("an error");

	ck_assert_uint_eq(scan_with(scanner, msg, run, hits, LW_SCAN_MAX_HITS), 2);
	ck_assert_uint_eq(hits[0].rule, 2);
	ck_assert_uint_eq(hits[1].rule, 0);
	ck_assert_uint_eq(scan_with(scanner, msg, ok, hits, LW_SCAN_MAX_HITS), 1);
	ck_assert_uint_eq(scan_with(scanner, msg, other, hits, LW_SCAN_MAX_HITS), 1);
	ck_assert_uint_eq(scan_with(scanner, msg, half, hits, LW_SCAN_MAX_HITS), 1);
	ck_assert_uint_eq(lw_scan(scanner, msg, NULL, hits, LW_SCAN_MAX_HITS), 1);
}
END_TEST

/* The names that the loader allows are those that entries have. */
START_TEST(where_names_are_names_of_fields)
{
	struct lw_entry e;
	struct lw_str value;
	size_t i;

	memset(&e, 0, sizeof(e));
	for (i = 0; lw_where_fields[i] != NULL; i++)
		ck_assert_msg(lw_entry_field(&e, lw_str_from(lw_where_fields[i]), &value), "%s",
		    lw_where_fields[i]);
	e.resource_type = LW_STR("cloud_run_revision");
	e.http.status = 503;
	{
		struct lw_hit hits[LW_SCAN_MAX_HITS];

		ck_assert_uint_eq(lw_scan(scanner, LW_STR("error"), &e, hits, LW_SCAN_MAX_HITS), 2);
		ck_assert_uint_eq(hits[0].rule, 2);
	}
}
END_TEST

START_TEST(most_specific_goes_first)
{
	static const char *const patterns[] = {
	    "failed to (?:connect|bind)", /* 14 bytes at least */
	    "failed to connect",          /* 17 */
	    "failed .*",                  /* 7 and the longest match */
	    "failed ",                    /* 7 */
	    "failed [a-z]",               /* 7, longer */
	    "to connect",                 /* 10, the same length as the next one */
	    "ed to conn",
	};
	static const uint32_t order[] = {1, 0, 5, 6, 2, 4, 3};
	struct lw_catalog *c = catalog_of_patterns(patterns, 7);
	struct lw_scanner *s = lw_scanner_new(c);
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	size_t i, max;

	for (max = 1; max <= 7; max++) {
		ck_assert_uint_eq(
		    lw_scan(s, LW_STR("failed to connect to host"), NULL, hits, max), max);
		for (i = 0; i < max; i++)
			ck_assert_uint_eq(hits[i].rule, order[i]);
	}
	lw_scanner_free(s);
	lw_catalog_free(c);
}
END_TEST

START_TEST(more_rules_than_hits)
{
	static const char *const one = "the same text";
	const char *patterns[40];
	struct lw_hit hits[40];
	struct lw_catalog *c;
	struct lw_scanner *s;
	uint32_t i;

	for (i = 0; i < 40; i++)
		patterns[i] = one;
	c = catalog_of_patterns(patterns, 40);
	s = lw_scanner_new(c);
	ck_assert_uint_eq(
	    lw_scan(s, LW_STR("it is the same text"), NULL, hits, 40), LW_SCAN_MAX_HITS);
	for (i = 0; i < LW_SCAN_MAX_HITS; i++)
		ck_assert_uint_eq(hits[i].rule, i);
	lw_scanner_free(s);
	lw_catalog_free(c);
}
END_TEST

/* A pattern that explodes is stopped, charged, and costs the others nothing. */
START_TEST(runaway_pattern_is_charged)
{
	static const char *const patterns[] = {
	    "(?:a+)+$|never", "(x+x+)+y\\b", "aaaa", "(?:(?:a|aa)+)+(?:!|\\?)"};
	char msg[4096];
	struct lw_catalog *c = catalog_of_patterns(patterns, 4);
	struct lw_scanner *s = lw_scanner_new(c);
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	int i;

	memset(msg, 'a', sizeof(msg));
	msg[sizeof(msg) - 1] = 'b';
	for (i = 1; i <= 3; i++) {
		ck_assert_uint_eq(lw_scan(s, lw_str_make(msg, sizeof(msg)), NULL, hits, 4), 1);
		ck_assert_uint_eq(hits[0].rule, 2);
		ck_assert_uint_eq(lw_scan_limited(s, 0), i);
		ck_assert_uint_eq(lw_scan_limited(s, 2), 0);
	}
	/* No "!" and no "?" there: PCRE2 or the literals may know without trying. */
	ck_assert_uint_le(lw_scan_limited(s, 3), 3);
	lw_scanner_free(s);
	lw_catalog_free(c);
}
END_TEST

START_TEST(long_message_is_scanned_at_both_ends)
{
	static const char *const patterns[] = {"needle", "^start", "end$", "^middle", "left edge"};
	size_t n = (size_t)1 << 20, at;
	struct lw_buf msg = {0};
	struct lw_catalog *c = catalog_of_patterns(patterns, 5);
	struct lw_scanner *s = lw_scanner_new(c);
	struct lw_hit hits[LW_SCAN_MAX_HITS];

	lw_buf_addz(&msg, "start");
	while (msg.n < n)
		lw_buf_addz(&msg, " middle");
	lw_buf_addz(&msg, "\nmiddle end");
	n = msg.n;
	ck_assert_uint_eq(lw_scan(s, lw_buf_str(&msg), NULL, hits, LW_SCAN_MAX_HITS), 2);
	ck_assert_uint_eq(hits[0].rule, 1);
	ck_assert_uint_eq(hits[1].rule, 2);
	ck_assert_uint_eq(hits[1].end, n);
	for (at = 0; at < 3; at++) {
		static const size_t places[] = {1000, 500000, 0};
		size_t place = at == 2 ? n - 1000 : places[at];

		memcpy(msg.p + place, "needle", 6);
		ck_assert_uint_eq(
		    lw_scan(s, lw_buf_str(&msg), NULL, hits, LW_SCAN_MAX_HITS), at == 1 ? 2 : 3);
		if (at != 1) {
			ck_assert_uint_eq(hits[0].rule, 0);
			ck_assert_uint_eq(hits[0].start, place);
		}
		memcpy(msg.p + place, "middle", 6);
	}
	lw_scanner_free(s);
	lw_catalog_free(c);
	lw_buf_fini(&msg);
}
END_TEST

/* Any bytes, with NUL, in a buffer of exactly their size. */
START_TEST(hostile_bytes_are_scanned)
{
	static const char text[] = "\xff\xfe Error \0 No module named '\xc3(\0.x'";
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	uint64_t state = 1;
	size_t i, j;

	ck_assert_uint_eq(lw_scan(scanner, lw_str_make(text, sizeof(text) - 1), NULL, hits, 4), 1);
	for (i = 0; i < 20000; i++) {
		size_t n = i % 67, count;
		char *p = malloc(n + 1);

		ck_assert_ptr_nonnull(p);
		for (j = 0; j < n; j++)
			p[j + 1] = (char)lw_hash_mix(state++);
		count = lw_scan(scanner, lw_str_make(p + 1, n), NULL, hits, LW_SCAN_MAX_HITS);
		for (j = 0; j < count; j++)
			ck_assert_uint_le(hits[j].end, n);
		free(p);
	}
}
END_TEST

TCase *
catalog_scan_case(void)
{
	TCase *t = tcase_create("scan");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, captures_are_cut_out);
	tcase_add_test(t, where_must_hold_and_goes_first);
	tcase_add_test(t, where_names_are_names_of_fields);
	tcase_add_test(t, most_specific_goes_first);
	tcase_add_test(t, more_rules_than_hits);
	tcase_add_test(t, runaway_pattern_is_charged);
	tcase_add_test(t, long_message_is_scanned_at_both_ends);
	tcase_add_test(t, hostile_bytes_are_scanned);
	return t;
}
