/* why_many.c - more errors and incidents than there is room for. */
#include <check.h>
#include <stdio.h>

#include "check_why.h"
#include "why_log.h"

/* So many failures, each for a setting of its own, in that many services; the first `often` come
 * twice. */
static void
fail_apart(int failures, int services, int often)
{
	char service[32], text[64];
	int i, k;

	for (i = 0; i < failures; i++)
		for (k = 0; k < (i < often ? 2 : 1); k++) {
			(void)snprintf(service, sizeof(service), "shop-%d", i % services);
			(void)snprintf(text, sizeof(text), "setting S%d is missing", i);
			entry(service, NULL, NULL, i % 60 + 60 * k, "ERROR", text);
		}
}

START_TEST(of_too_many_incidents_those_with_most_entries_are_told)
{
	size_t i;

	fail_apart(LW_MAX_INCIDENTS + 70, LW_MAX_INCIDENTS + 70, LW_MAX_INCIDENTS);
	analyse();
	ck_assert_uint_eq(analysis->incident_count, LW_MAX_INCIDENTS);
	ck_assert_uint_eq(analysis->unopened, 70);
	for (i = 0; i < analysis->incident_count; i++)
		ck_assert_uint_eq(
		    analysis->vertices[analysis->incidents[i].whys[0].vertex].sum.count, 2);
}
END_TEST

START_TEST(as_many_incidents_as_there_is_room_for_are_all_told)
{
	fail_apart(LW_MAX_INCIDENTS, LW_MAX_INCIDENTS, 0);
	analyse();
	ck_assert_uint_eq(analysis->incident_count, LW_MAX_INCIDENTS);
	ck_assert_uint_eq(analysis->unopened, 0);
	ck_assert_uint_eq(analysis->passed_over, 0);
}
END_TEST

START_TEST(of_too_many_errors_those_with_most_entries_may_be_causes)
{
	uint32_t i, candidates = 0;

	fail_apart(LW_MAX_CANDIDATES + 50, 100, 20);
	analyse();
	ck_assert_uint_eq(analysis->passed_over, 50);
	for (i = 0; i < analysis->vertex_count; i++) {
		candidates += analysis->vertices[i].candidate;
		if (analysis->vertices[i].sum.count == 2)
			ck_assert(analysis->vertices[i].candidate);
	}
	ck_assert_uint_eq(candidates, LW_MAX_CANDIDATES);
}
END_TEST

/* On each of five instances 190 errors come near to each other. */
START_TEST(of_too_many_links_it_is_told_that_there_are_more)
{
	char instance[32], text[64];
	int i, k;

	for (i = 0; i < 5; i++)
		for (k = 0; k < 190; k++) {
			(void)snprintf(instance, sizeof(instance), "i-%d", i);
			(void)snprintf(text, sizeof(text), "setting S%d is missing", 190 * i + k);
			entry("shop", instance, NULL, 600 * i + k, "ERROR", text);
		}
	analyse();
	ck_assert(analysis->links_full);
	ck_assert_uint_eq(analysis->link_count, 131072);
}
END_TEST

/* Two hosts cannot be reached, from 30 services each: each is one incident, whichever of them is
 * met first. */
START_TEST(what_names_one_thing_in_many_services_is_one_incident)
{
	char service[32], text[96];
	int i, k;

	for (i = 0; i < 60; i++)
		for (k = 0; k < 3; k++) {
			(void)snprintf(service, sizeof(service), "shop-%d", i * 7 % 60);
			(void)snprintf(text, sizeof(text),
			    "cannot reach https://%s.example.com/v1, giving up",
			    i % 2 == 0 ? "ledger" : "stock");
			entry(service, NULL, NULL, i + 60 * k, "ERROR", text);
		}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 2);
	ck_assert_uint_eq(analysis->incidents[0].also_count, 29);
	ck_assert_uint_eq(analysis->incidents[1].also_count, 29);
}
END_TEST

TCase *
many_case(void)
{
	TCase *t = tcase_create("many");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, why_setup, why_teardown);
	tcase_add_test(t, of_too_many_incidents_those_with_most_entries_are_told);
	tcase_add_test(t, as_many_incidents_as_there_is_room_for_are_all_told);
	tcase_add_test(t, of_too_many_errors_those_with_most_entries_may_be_causes);
	tcase_add_test(t, of_too_many_links_it_is_told_that_there_are_more);
	tcase_add_test(t, what_names_one_thing_in_many_services_is_one_incident);
	return t;
}
