/* why_settings.c - settings in messages whose value changed. */
#include <check.h>
#include <stdio.h>

#include "check_why.h"
#include "why_log.h"

/* One line a change: "NAME BEFORE AFTER SECOND", and whether it went back. */
static const char *
changes_text(void)
{
	static char text[512];
	size_t i;

	analyse();
	text[0] = '\0';
	for (i = 0; i < analysis->setting_change_count; i++) {
		const struct lw_setting_change *c = &analysis->setting_changes[i];
		int64_t s = (c->at_ns - analysis->tally->from_ns) / LW_NS_PER_S;
		size_t n = strlen(text);

		ck_assert(c->samples[0] != NULL && c->samples[1] != NULL);
		(void)snprintf(text + n, sizeof(text) - n, "%.*s %.*s %.*s %d%s\n", (int)c->name.n,
		    c->name.p, (int)c->before.n, c->before.p, (int)c->after.n, c->after.p, (int)s,
		    c->back_ns == LW_TIME_NONE ? "" : " and back");
	}
	return text;
}

/* The same message of one instance from one time up to another, each 10 s. */
static void
state(const char *before, const char *value, int from, int to)
{
	char text[256];
	int s;

	for (s = from; s < to; s += 10) {
		(void)snprintf(text, sizeof(text), "%s%s", before, value);
		entry("shop", "a", NULL, s, "INFO", text);
	}
}

START_TEST(a_step_in_time_is_a_change)
{
	state("connecting (connect timeout ", "75.0s", 0, 100);
	state("connecting (connect timeout ", "15.0s", 100, 200);
	ck_assert_str_eq(changes_text(), "connect timeout 75.0s 15.0s 100\n");
}
END_TEST

START_TEST(one_entry_is_no_step)
{
	state("connecting (connect timeout ", "75.0s", 0, 100);
	state("connecting (connect timeout ", "15.0s", 100, 110);
	ck_assert_str_eq(changes_text(), "");
}
END_TEST

START_TEST(values_that_take_turns_are_none)
{
	int i;

	for (i = 0; i < 10; i++)
		state("calling (connect timeout ", i % 2 == 0 ? "5s" : "7s", i * 10, i * 10 + 10);
	ck_assert_str_eq(changes_text(), "");
}
END_TEST

START_TEST(other_statements_of_one_name_are_no_step)
{
	state("redis is up (connect timeout ", "5s", 0, 100);
	state("mysql is up (connect timeout ", "30s", 100, 200);
	ck_assert_str_eq(changes_text(), "");
}
END_TEST

START_TEST(a_step_between_revisions_needs_no_more_than_one_entry)
{
	entry_of_revision("shop", "r1", 0, "poolSize=20");
	entry_of_revision("shop", "r2", 100, "poolSize=5");
	entry_of_revision("shop", "r1", 150, "poolSize=20"); /* both run for a while */
	ck_assert_str_eq(changes_text(), "poolSize 20 5 100\n");
}
END_TEST

START_TEST(revisions_that_share_a_value_are_no_step)
{
	entry_of_revision("shop", "r1", 0, "poolSize=20");
	entry_of_revision("shop", "r2", 100, "poolSize=5");
	entry_of_revision("shop", "r2", 150, "poolSize=20");
	ck_assert_str_eq(changes_text(), "");
}
END_TEST

START_TEST(what_was_measured_once_is_no_step)
{
	entry_of_revision("shop", "r1", 0, "timeout after 25.0s");
	entry_of_revision("shop", "r2", 100, "timeout after 26.5s");
	ck_assert_str_eq(changes_text(), "");
}
END_TEST

START_TEST(a_value_that_went_back_is_one_change)
{
	state("connecting (connect timeout ", "75.0s", 0, 1000);
	state("connecting (connect timeout ", "15.0s", 1000, 1500);
	state("connecting (connect timeout ", "75.0s", 1500, 3000);
	ck_assert_str_eq(changes_text(), "connect timeout 75.0s 15.0s 1000 and back\n");
}
END_TEST

START_TEST(a_value_between_others_went_nowhere)
{
	state("connecting (connect timeout ", "75.0s", 0, 3000);
	state("connecting (connect timeout ", "15.0s", 1000, 1500);
	ck_assert_str_eq(changes_text(), "");
}
END_TEST

START_TEST(a_revision_between_two_went_back)
{
	entry_of_revision("shop", "r1", 0, "poolSize=20");
	entry_of_revision("shop", "r2", 300, "poolSize=5");
	entry_of_revision("shop", "r2", 310, "poolSize=5");
	entry_of_revision("shop", "r3", 600, "poolSize=20");
	ck_assert_str_eq(changes_text(), "poolSize 20 5 300 and back\n");
}
END_TEST

START_TEST(a_counter_is_none)
{
	char value[16];
	int i;

	for (i = 0; i < 20; i++) {
		(void)snprintf(value, sizeof(value), "%d", i / 2);
		state("pool size: ", value, i * 10, i * 10 + 10);
	}
	ck_assert_str_eq(changes_text(), "");
}
END_TEST

START_TEST(those_before_an_onset_come_first)
{
	int i;

	state("a (idle timeout ", "5s", 0, 100);
	state("a (idle timeout ", "7s", 100, 400);
	state("b (read timeout ", "5s", 0, 200);
	state("b (read timeout ", "7s", 200, 400);
	for (i = 0; i < 10; i++)
		entry("shop", "a", NULL, 205 + i * 10, "ERROR", "request failed");
	ck_assert_str_eq(changes_text(), "read timeout 5s 7s 200\nidle timeout 5s 7s 100\n");
}
END_TEST

TCase *
settings_case(void)
{
	TCase *t = tcase_create("settings");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, why_setup, why_teardown);
	tcase_add_test(t, a_step_in_time_is_a_change);
	tcase_add_test(t, one_entry_is_no_step);
	tcase_add_test(t, values_that_take_turns_are_none);
	tcase_add_test(t, other_statements_of_one_name_are_no_step);
	tcase_add_test(t, a_step_between_revisions_needs_no_more_than_one_entry);
	tcase_add_test(t, revisions_that_share_a_value_are_no_step);
	tcase_add_test(t, what_was_measured_once_is_no_step);
	tcase_add_test(t, a_value_that_went_back_is_one_change);
	tcase_add_test(t, a_value_between_others_went_nowhere);
	tcase_add_test(t, a_revision_between_two_went_back);
	tcase_add_test(t, a_counter_is_none);
	tcase_add_test(t, those_before_an_onset_come_first);
	return t;
}
