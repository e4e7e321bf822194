/* why_stated.c - causes that entries state themselves, in one entry or over several. */
#include <check.h>
#include <stdio.h>

#include "check_why.h"
#include "why_log.h"

#define EACH 6 /* entries, or traces, of each test */

/* The chain, and that its last why was stated by all entries of the one above. */
static void
ends_stated(const char *chain, const char *root)
{
	const struct lw_incident *inc;
	const struct lw_why *last;

	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), chain);
	inc = &analysis->incidents[0];
	last = &inc->whys[inc->why_count - 1];
	ck_assert_uint_eq(last->facts->stated, EACH);
	ck_assert_uint_eq(last->facts->stated_of, EACH);
	if (root != NULL)
		ck_assert_msg(strstr(template_of(inc->why_count - 1), root) != NULL, "%s",
		    template_of(inc->why_count - 1));
}

START_TEST(torn_traces_of_unknown_exceptions_with_a_bridge_state_the_first)
{
	char instance[32];
	const char *bridge = _i == 0 ? "The above exception was the direct cause of the following "
				       "exception:"
				     : "During handling of the above exception, another exception "
				       "occurred:";
	int i;

	for (i = 0; i < EACH; i++) {
		(void)snprintf(instance, sizeof(instance), "i%d", i);
		entry(
		    "shop", instance, NULL, 60 * i, "ERROR", "Traceback (most recent call last):");
		entry("shop", instance, NULL, 60 * i + 0.01, "ERROR",
		    "  File \\\"a.py\\\", line 1, in f");
		entry("shop", instance, NULL, 60 * i + 0.02, "ERROR", "store.NoQuorum: one alive");
		entry("shop", instance, NULL, 60 * i + 0.03, "ERROR", bridge);
		entry("shop", instance, NULL, 60 * i + 0.04, "ERROR",
		    "Traceback (most recent call last):");
		entry("shop", instance, NULL, 60 * i + 0.05, "ERROR",
		    "  File \\\"b.py\\\", line 2, in g");
		entry("shop", instance, NULL, 60 * i + 0.06, "ERROR", "PageError: no page");
	}
	ends_stated("? < ?", "NoQuorum");
}
END_TEST

START_TEST(an_unknown_exception_stands_behind_a_known_one)
{
	int i;

	for (i = 0; i < EACH; i++)
		entry("shop", "a", NULL, 60 * i, "ERROR",
		    "a.PageException: request failed\\n\\tat a.Page.show(Page.java:3)\\nCaused by: "
		    "a.NoQuorum: one alive\\n\\tat a.Store.read(Store.java:9)");
	ends_stated("requests-fail < ?", "NoQuorum");
}
END_TEST

START_TEST(an_unknown_exception_stands_behind_a_known_cause)
{
	int i;

	for (i = 0; i < EACH; i++)
		entry("shop", "a", NULL, 60 * i, "ERROR",
		    "a.CallException: upstream is down\\n\\tat a.Page.show(Page.java:3)\\nCaused "
		    "by: "
		    "a.NoQuorum: one alive\\n\\tat a.Store.read(Store.java:9)");
	ends_stated("upstream-down < ?", "NoQuorum");
}
END_TEST

START_TEST(a_known_exception_stands_behind_an_unknown_one)
{
	int i;

	for (i = 0; i < EACH; i++)
		entry("shop", "a", NULL, 60 * i, "ERROR",
		    "a.PageException: no page\\n\\tat a.Page.show(Page.java:3)\\nCaused by: "
		    "a.CallException: upstream is down\\n\\tat a.Store.read(Store.java:9)");
	ends_stated("? < upstream-down", NULL);
}
END_TEST

START_TEST(what_died_names_the_exception)
{
	int i;

	for (i = 0; i < EACH; i++)
		entry("shop", "a", NULL, 60 * i, "ERROR",
		    "start-up failed\\nTraceback (most recent call last):\\n  File \\\"a.py\\\", "
		    "line 1, "
		    "in f\\nstore.NoQuorum: one alive");
	ends_stated("startup-failed < ?", "NoQuorum");
}
END_TEST

START_TEST(words_that_wrap_a_cause_state_it)
{
	int i;

	for (i = 0; i < EACH; i++)
		entry("shop", "a", NULL, 60 * i, "ERROR",
		    "cannot load catalog: open store: one replica is alive");
	ends_stated("? < ?", "one replica is alive");
}
END_TEST

START_TEST(an_unknown_cause_stands_behind_a_known_symptom)
{
	int i;

	for (i = 0; i < EACH; i++)
		entry("shop", "a", NULL, 60 * i, "ERROR",
		    "start-up failed: open store: one replica is alive");
	ends_stated("startup-failed < ?", "one replica is alive");
}
END_TEST

START_TEST(a_message_belongs_to_the_trace_logged_with_it)
{
	int i;

	for (i = 0; i < EACH; i++) {
		char instance[32];

		(void)snprintf(instance, sizeof(instance), "i%d", i);
		entry("shop", instance, NULL, 60 * i, "ERROR", "drawing of the map gave nothing");
		entry("shop", instance, NULL, 60 * i + 0.0015, "ERROR",
		    "Traceback (most recent call last):\\n  File \\\"a.py\\\", line 1, in f\\n"
		    "store.NoQuorum: one alive");
	}
	ends_stated("? < ?", "NoQuorum");
}
END_TEST

START_TEST(evidence_is_the_line_that_says_it)
{
	const struct lw_why *last;
	int i;

	for (i = 0; i < EACH; i++) {
		entry("shop", "a", NULL, 60 * i, "ERROR", "a.PageException: no page");
		entry("shop", "a", NULL, 60 * i + 0.01, "ERROR", "\\tat a.Page.show(Page.java:3)");
		entry("shop", "a", NULL, 60 * i + 0.02, "ERROR",
		    "Caused by: a.Refused: upstream is down");
		entry(
		    "shop", "a", NULL, 60 * i + 0.03, "ERROR", "\\tat a.Store.read(Store.java:9)");
	}
	ends_stated("? < upstream-down", NULL);
	last = &analysis->incidents[0].whys[1];
	ck_assert(lw_str_eq(last->evidence[0]->insert_id, LW_STR("e2")));
	ck_assert_int_eq(last->evidence[0]->time_ns - analysis->tally->from_ns, 20 * LW_NS_PER_MS);
}
END_TEST

START_TEST(what_a_rule_knows_is_stated_once)
{
	int i;

	for (i = 0; i < EACH; i++)
		entry("shop", "a", NULL, 60 * i, "ERROR",
		    "cannot load catalog: call prices: upstream is down");
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "upstream-down");
}
END_TEST

TCase *
stated_case(void)
{
	TCase *t = tcase_create("stated");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, why_setup, why_teardown);
	tcase_add_loop_test(
	    t, torn_traces_of_unknown_exceptions_with_a_bridge_state_the_first, 0, 2);
	tcase_add_test(t, an_unknown_exception_stands_behind_a_known_one);
	tcase_add_test(t, an_unknown_exception_stands_behind_a_known_cause);
	tcase_add_test(t, a_known_exception_stands_behind_an_unknown_one);
	tcase_add_test(t, what_died_names_the_exception);
	tcase_add_test(t, words_that_wrap_a_cause_state_it);
	tcase_add_test(t, an_unknown_cause_stands_behind_a_known_symptom);
	tcase_add_test(t, a_message_belongs_to_the_trace_logged_with_it);
	tcase_add_test(t, evidence_is_the_line_that_says_it);
	tcase_add_test(t, what_a_rule_knows_is_stated_once);
	return t;
}
