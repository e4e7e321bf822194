/* check_why.c - chains: what is blamed, what is not, and how many incidents there are. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_why.h"
#include "why_log.h"

static void
one_crash(const char *service, int n, double s, const char *cause)
{
	char instance[32];

	(void)snprintf(instance, sizeof(instance), "%s-%d", service, n);
	entry(service, instance, NULL, s, "WARNING", "blank in setting");
	entry(service, instance, NULL, s + 0.1, "ERROR", cause);
	entry(service, instance, NULL, s + 0.2, "ERROR", "start-up failed");
	entry(service, instance, NULL, s + 0.3, "WARNING", "container exit");
	entry(service, instance, NULL, s + 0.4, "ERROR", "request failed");
}

START_TEST(chain_goes_from_what_users_felt_to_the_root)
{
	const struct lw_why *root;
	int i;

	for (i = 0; i < 10; i++)
		one_crash("shop", i, 60 * i, "setting COLOUR is missing");
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "requests-fail < exit < startup-failed < setting-missing");
	root = &analysis->incidents[0].whys[3];
	ck_assert_uint_eq(root->facts->instances, 10);
	ck_assert_uint_eq(root->facts->instances_of, 10);
	ck_assert_int_eq(root->facts->median_lag_ns, 100 * LW_NS_PER_MS);
	ck_assert(root->facts->catalogue);
	ck_assert_ptr_nonnull(root->evidence[0]);
	ck_assert(analysis->incidents[0].ongoing);
}
END_TEST

START_TEST(services_that_fail_apart_are_incidents_apart)
{
	int i;

	for (i = 0; i < 5; i++) {
		one_crash("shop", i, 60 * i, "setting COLOUR is missing");
		one_crash("mail", i, 60 * i + 7, "upstream is down");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 2);
	ck_assert_str_eq(chain_text(0), "requests-fail < exit < startup-failed < setting-missing");
	ck_assert_str_eq(chain_text(1), "requests-fail < exit < startup-failed < upstream-down");
}
END_TEST

START_TEST(errors_of_other_traces_are_not_blamed)
{
	char trace[32];
	int i;

	/* One long-lived instance: half of the requests fail for the upstream, and a job of its own
	 * fails beside them. */
	for (i = 0; i < 40; i++) {
		(void)snprintf(trace, sizeof(trace), "t%d", i);
		entry("shop", "one", trace, i, "ERROR", "upstream is down");
		entry(
		    "shop", "one", trace, i + 0.1, "ERROR", "cart lookup failed for session 12ab");
		entry("shop", "one", trace, i + 0.2, "ERROR", "request failed");
		(void)snprintf(trace, sizeof(trace), "job%d", i);
		entry("shop", "one", trace, i + 0.15, "ERROR", "setting NIGHTLY is missing");
	}
	analyse();
	ck_assert_uint_ge(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "requests-fail < ? < upstream-down");
}
END_TEST

START_TEST(what_healthy_instances_show_too_is_not_blamed)
{
	const struct lw_link_facts *f;
	char instance[32];
	int i;

	/* Every instance complains at start; one in four then dies. */
	for (i = 0; i < 40; i++) {
		(void)snprintf(instance, sizeof(instance), "i%d", i);
		entry("shop", instance, NULL, 10 * i, "ERROR",
		    "telemetry exporter could not be reached");
		if (i % 4 == 0)
			entry("shop", instance, NULL, 10 * i + 1, "WARNING", "container exit");
		else
			entry("shop", instance, NULL, 10 * i + 1, "INFO", "came up");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "exit");
	for (f = analysis->links; f->contrast_of == 0; f++)
		ck_assert(f < analysis->links + analysis->link_count);
	ck_assert_uint_eq(f->instances, 10);
	ck_assert_uint_eq(f->contrast, 0);
	ck_assert_uint_eq(f->contrast_of, 30);
}
END_TEST

START_TEST(healthy_logs_have_no_incident)
{
	int i;

	for (i = 0; i < 1000; i++)
		request("shop", i, i % 400 == 17 ? 500 : i % 50 == 3 ? 404 : 200);
	entry("shop", "a", NULL, 3, "INFO", "came up");
	entry("shop", "a", NULL, 4, "WARNING", "blank in setting");
	entry("shop", "a", NULL, 5, "ERROR", "publish failed once, trying again");
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 0);
}
END_TEST

START_TEST(a_trace_that_names_its_cause_states_it)
{
	char instance[32];
	int i;

	for (i = 0; i < 5; i++) {
		(void)snprintf(instance, sizeof(instance), "i%d", i);
		entry("shop", instance, NULL, 60 * i, "ERROR",
		    "start-up failed: setting COLOUR is missing");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "startup-failed < setting-missing");
	ck_assert_uint_eq(analysis->incidents[0].whys[1].facts->stated, 5);
	ck_assert_uint_eq(analysis->incidents[0].whys[1].facts->stated_of, 5);
}
END_TEST

START_TEST(a_trace_in_single_lines_counts_once)
{
	const struct lw_tally *t;
	char instance[32];
	int i;

	for (i = 0; i < 5; i++) {
		(void)snprintf(instance, sizeof(instance), "i%d", i);
		entry("shop", instance, NULL, 60 * i, "ERROR",
		    "java.lang.IllegalStateException: start-up failed");
		entry("shop", instance, NULL, 60 * i + 0.001, "ERROR",
		    "\\tat com.example.App.run(App.java:12)");
		entry("shop", instance, NULL, 60 * i + 0.002, "ERROR",
		    "Caused by: com.example.SettingException: setting COLOUR is missing");
		entry("shop", instance, NULL, 60 * i + 0.003, "ERROR",
		    "\\tat com.example.Settings.read(Settings.java:7)");
	}
	analyse();
	t = lw_observer_tally(observer);
	ck_assert_uint_eq(t->totals.entries, 20);
	ck_assert_uint_eq(t->node_count, 2); /* no cluster of frames */
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "startup-failed < setting-missing");
	ck_assert_uint_eq(analysis->incidents[0].whys[1].facts->stated, 5);
}
END_TEST

#define OUTER "com.example.OrderException: order cannot be priced"
#define OUTER_FRAME "\\tat com.example.Orders.price(Orders.java:12)"
#define INNER "com.example.ShardException: no shard owns the key"
#define INNER_FRAME "\\tat com.example.Shards.owner(Shards.java:7)"

/* An incident whose whys are the outer exception and, stated by n of n entries, the inner one. */
static void
inner_is_stated(uint64_t n)
{
	const struct lw_incident *inc = &analysis->incidents[0];
	size_t i;

	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "? < ?");
	ck_assert_ptr_nonnull(strstr(template_of(0), "OrderException"));
	ck_assert_ptr_nonnull(strstr(template_of(1), "no shard owns the key"));
	ck_assert_uint_eq(inc->whys[1].facts->stated, n);
	ck_assert_uint_eq(inc->whys[1].facts->stated_of, n);
	ck_assert_uint_eq(inc->whys[1].facts->instances, 3); /* and is raised first everywhere */
	ck_assert_int_eq(inc->whys[1].facts->median_lag_ns, 0);
	for (i = 0; i < 2; i++)
		ck_assert_uint_eq(analysis->vertices[inc->whys[i].vertex].sum.count, n);
}

START_TEST(a_trace_of_two_unknown_exceptions_states_the_inner_one)
{
	char instance[32];
	int i;

	for (i = 0; i < 6; i++) { /* on some instances more than once */
		(void)snprintf(instance, sizeof(instance), "i%d", i / 2);
		entry("shop", instance, NULL, 60 * i, "ERROR",
		    OUTER "\\n" OUTER_FRAME "\\nCaused by: " INNER "\\n" INNER_FRAME);
	}
	analyse();
	ck_assert_uint_eq(lw_observer_tally(observer)->totals.entries, 6);
	ck_assert_uint_eq(lw_observer_tally(observer)->totals.errors, 6);
	inner_is_stated(6);
}
END_TEST

START_TEST(unknown_exceptions_in_single_lines_state_the_inner_one)
{
	char instance[32];
	int i;

	for (i = 0; i < 6; i++) {
		(void)snprintf(instance, sizeof(instance), "i%d", i / 2);
		entry("shop", instance, NULL, 60 * i, "ERROR", OUTER);
		entry("shop", instance, NULL, 60 * i + 0.01, "ERROR", OUTER_FRAME);
		entry("shop", instance, NULL, 60 * i + 0.02, "ERROR", "Caused by: " INNER);
		entry("shop", instance, NULL, 60 * i + 0.03, "ERROR", INNER_FRAME);
	}
	analyse();
	ck_assert_uint_eq(lw_observer_tally(observer)->totals.entries, 24);
	inner_is_stated(6);
}
END_TEST

START_TEST(an_inner_exception_is_the_same_thing_where_it_is_raised_alone)
{
	const struct lw_tally *t;

	entry("shop", "a", NULL, 0, "ERROR",
	    OUTER "\\n" OUTER_FRAME "\\nCaused by: " INNER "\\n" INNER_FRAME);
	entry("shop", "a", NULL, 60, "ERROR", INNER);
	analyse();
	t = lw_observer_tally(observer);
	ck_assert_uint_eq(t->node_count, 2);
	ck_assert_uint_eq(t->nodes[0].count + t->nodes[1].count, 3);
}
END_TEST

START_TEST(an_inner_exception_that_says_nothing_new_is_none)
{
	/* the same once more; a type without a message */
	entry("shop", "a", NULL, 0, "ERROR",
	    OUTER "\\n" OUTER_FRAME "\\nCaused by: " OUTER "\\n" INNER_FRAME);
	entry("mail", "b", NULL, 0, "ERROR",
	    OUTER "\\n" OUTER_FRAME "\\nCaused by: java.lang.NullPointerException\\n" INNER_FRAME);
	analyse();
	ck_assert_uint_eq(lw_observer_tally(observer)->node_count, 2);
}
END_TEST

START_TEST(a_chain_follows_calls_between_services)
{
	char trace[32];
	int i;

	for (i = 0; i < 40; i++) {
		(void)snprintf(trace, sizeof(trace), "t%d", i);
		entry("auth", "a", trace, i + 0.1, "ERROR", "upstream is down");
		entry("auth", "a", trace, i + 0.2, "ERROR", "request failed");
		entry("shop", "s", trace, i + 0.3, "ERROR", "token check for user 4711 failed");
		entry("shop", "s", trace, i + 0.4, "ERROR", "request failed");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "requests-fail < ? < requests-fail < upstream-down");
	ck_assert_uint_ne(analysis->vertices[analysis->incidents[0].whys[0].vertex].service,
	    analysis->vertices[analysis->incidents[0].whys[2].vertex].service);
}
END_TEST

START_TEST(one_failure_is_an_incident_where_it_is_all_there_is)
{
	entry("shop", "a", NULL, 0, "ERROR", "setting COLOUR is missing");
	entry("shop", "a", NULL, 1, "WARNING", "container exit");
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "exit < setting-missing");
}
END_TEST

START_TEST(errors_that_no_request_felt_are_no_incident)
{
	char trace[32];
	int i;

	for (i = 0; i < 200; i++) {
		(void)snprintf(trace, sizeof(trace), "t%d", i);
		request("shop", i, 200);
		if (i % 10 == 0)
			entry("shop", "a", trace, i, "ERROR",
			    "upstream is down, answered from the cache");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 0);
}
END_TEST

START_TEST(a_rare_line_about_a_request_is_no_incident)
{
	int i;

	for (i = 0; i < 400; i++)
		entry("shop", "a", NULL, i, "INFO", "all is well");
	entry("shop", "a", NULL, 7, "ERROR", "request failed");
	entry("shop", "a", NULL, 200, "ERROR", "request failed");
	entry("shop", "a", NULL, 390, "ERROR", "request failed");
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 0);
}
END_TEST

START_TEST(a_split_entry_is_one_message)
{
	static const char *const parts[] = {
	    "com.example.SettingError: setting COLOUR is mis", "sing"};
	int i;

	for (i = 0; i < 2; i++) {
		char line[1024];

		(void)snprintf(line, sizeof(line),
		    "{\"insertId\":\"p%d\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"severity\":"
		    "\"ERROR\","
		    "\"labels\":{\"instanceId\":\"a\"},\"textPayload\":\"%s\","
		    "\"split\":{\"uid\":\"u\",\"index\":%d,\"totalSplits\":2}}",
		    i, parts[i], i);
		whole_entry(line);
	}
	analyse();
	ck_assert_uint_eq(lw_observer_tally(observer)->totals.entries, 2);
	ck_assert_uint_eq(analysis->group_count, 1);
	ck_assert_str_eq(chain_text(0), "setting-missing");
}
END_TEST

START_TEST(two_keys_of_one_rule_are_siblings)
{
	char instance[32];
	int i;

	for (i = 0; i < 5; i++) {
		(void)snprintf(instance, sizeof(instance), "i%d", i);
		entry("shop", instance, NULL, 60 * i, "ERROR", "setting COLOUR is missing");
		entry("shop", instance, NULL, 60 * i + 0.1, "ERROR", "setting SIZE is missing");
		entry("shop", instance, NULL, 60 * i + 0.2, "WARNING", "container exit");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "exit < setting-missing");
}
END_TEST

START_TEST(an_outage_that_is_over_has_ended)
{
	char trace[32];
	int i;

	for (i = 0; i < 60; i++) {
		(void)snprintf(trace, sizeof(trace), "t%d", i);
		entry("shop", "one", trace, i, "ERROR", "upstream is down");
		entry("shop", "one", trace, i + 0.2, "ERROR", "request failed");
	}
	for (i = 0; i < 3600; i += 10)
		request("shop", i, 200);
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert(!analysis->incidents[0].ongoing);
	ck_assert_str_eq(chain_text(0), "requests-fail < upstream-down");
}
END_TEST

START_TEST(refusals_are_an_incident_where_they_surge)
{
	int i;

	for (i = 0; i < 1800; i += 3)
		request("shop", i, i >= 900 && i < 1500 ? 403 : i % 90 == 0 ? 403 : 200);
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "requests-refused");
	ck_assert_int_eq(
	    (analysis->incidents[0].to_ns - analysis->incidents[0].from_ns) / (100 * LW_NS_PER_S),
	    5);
	ck_assert_uint_eq(analysis->incidents[0].requests_failed, 200);
}
END_TEST

START_TEST(refusals_as_on_every_day_are_none)
{
	int i;

	for (i = 0; i < 1800; i += 3)
		request("shop", i, i % 9 == 0 ? 403 : 200);
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 0);
}
END_TEST

START_TEST(a_cause_that_comes_back_is_one_incident_with_periods)
{
	char trace[32];
	int i;

	for (i = 0; i < 3600; i += 10) {
		bool bad = i < 300 || (i >= 1800 && i < 2100);

		request("shop", i, 200);
		if (!bad)
			continue;
		(void)snprintf(trace, sizeof(trace), "t%d", i);
		entry("shop", "one", trace, i, "ERROR", "upstream is down");
		entry("shop", "one", trace, i + 0.2, "ERROR", "request failed");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_uint_eq(analysis->incidents[0].period_count, 2);
	ck_assert_str_eq(chain_text(0), "requests-fail < upstream-down");
}
END_TEST

START_TEST(causes_in_turn_are_incidents_in_turn)
{
	char trace[32];
	int i;

	for (i = 0; i < 1200; i += 10) {
		(void)snprintf(trace, sizeof(trace), "t%d", i);
		entry("shop", "one", trace, i, "ERROR",
		    i < 600 ? "upstream is down" : "setting COLOUR is missing");
		entry("shop", "one", trace, i + 0.2, "ERROR", "request failed");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 2);
	ck_assert_str_eq(chain_text(0), "requests-fail < upstream-down");
	ck_assert_str_eq(chain_text(1), "requests-fail < setting-missing");
	ck_assert_int_lt(analysis->incidents[0].to_ns, analysis->incidents[1].from_ns);
}
END_TEST

START_TEST(one_line_over_two_causes_in_turn_is_two_incidents)
{
	char trace[32];
	int i;

	for (i = 0; i < 1200; i += 10) {
		(void)snprintf(trace, sizeof(trace), "t%d", i);
		entry("shop", "one", trace, i, "ERROR",
		    i < 600 ? "the hall file is damaged" : "setting COLOUR is missing");
		entry("shop", "one", trace, i + 0.1, "ERROR", "no seat was found");
		entry("shop", "one", trace, i + 0.2, "ERROR", "request failed");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 2);
	ck_assert_str_eq(chain_text(0), "requests-fail < ? < ?");
	ck_assert_str_eq(chain_text(1), "requests-fail < ? < setting-missing");
}
END_TEST

/* An hour with two bad times, each of another cause, in one instance and without traces; a steady
 * error beside them belongs to neither. */
START_TEST(causes_in_turn_need_no_traces)
{
	int i;

	for (i = 0; i < 3600; i += 5) {
		bool first = i >= 600 && i < 1000, second = i >= 2600 && i < 3000;

		if (i % 60 == 0)
			entry("shop", "one", NULL, i + 2, "ERROR", "banner has no picture");
		if (first)
			entry("shop", "one", NULL, i, "ERROR", "the hall file is damaged");
		if (second)
			entry("shop", "one", NULL, i, "ERROR", "setting COLOUR is missing");
		if (first || second)
			entry("shop", "one", NULL, i + 0.01, "ERROR", "request failed");
		else
			request("shop", i, 200);
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 2);
	ck_assert_str_eq(chain_text(0), "requests-fail < ?");
	ck_assert_str_eq(chain_text(1), "requests-fail < setting-missing");
	ck_assert_int_lt(analysis->incidents[0].to_ns, analysis->incidents[1].from_ns);
}
END_TEST

/* Their times overlap, but no trace shows both. */
START_TEST(causes_that_traces_keep_apart_are_two_incidents)
{
	char trace[32];
	int i;

	for (i = 0; i < 2400; i += 4) {
		bool first = i >= 400 && i < 1800 && i % 8 == 0, second = i >= 900 && i % 8 == 4;

		(void)snprintf(trace, sizeof(trace), "t%d", i);
		if (first || second) {
			entry("shop", "one", trace, i, "ERROR",
			    first ? "the floor plan has no scale" : "setting COLOUR is missing");
			entry("shop", "one", trace, i + 0.2, "ERROR", "request failed");
		} else {
			request("shop", i, 200);
		}
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 2);
	ck_assert_str_eq(chain_text(0), "requests-fail < ?");
	ck_assert_str_eq(chain_text(1), "requests-fail < setting-missing");
}
END_TEST

/* Too short a look to know an onset: an error from its first to its last minute at one rate. */
START_TEST(a_steady_error_in_few_minutes_is_no_incident)
{
	int i;

	for (i = 0; i < 240; i++)
		entry("job", "one", NULL, i, i % 20 == 5 ? "ERROR" : "INFO",
		    i % 20 == 5 ? "the part is empty, skipped" : "the part is done");
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 0);
}
END_TEST

START_TEST(a_steady_error_is_not_blamed)
{
	char trace[32];
	int i;

	for (i = 0; i < 3600; i += 20) {
		(void)snprintf(trace, sizeof(trace), "t%d", i);
		entry("shop", "one", NULL, i + 0.1, "ERROR", "banner has no picture");
		if (i >= 1800)
			entry("shop", "one", trace, i + 0.2, "ERROR", "request failed");
		else
			request("shop", i, 200);
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "requests-fail");
}
END_TEST

/* Sessions that end fail their own requests; later ones fail for what that began. */
START_TEST(what_began_an_outage_fails_other_requests)
{
	char trace[32];
	int i;

	for (i = 0; i < 600; i += 5) {
		(void)snprintf(trace, sizeof(trace), "h%d", i);
		entry("shop", i < 300 ? "old" : "new", trace, i, "INFO", "all is well");
	}
	for (i = 600; i < 800; i += 5) {
		(void)snprintf(trace, sizeof(trace), "t%d", i);
		entry("shop", "new", trace, i, "ERROR",
		    i < 650 ? "upstream is down" : "start-up failed");
		entry("shop", "new", trace, i + 0.01, "ERROR", "request failed");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "requests-fail < startup-failed < upstream-down");
}
END_TEST

START_TEST(a_service_that_messages_name_is_called)
{
	int i;

	/* No trace in common: by the name, and by what is near in time. */
	for (i = 0; i < 600; i += 10)
		entry("auth", "a", NULL, i, "INFO", "all is well");
	for (i = 600; i < 1200; i += 10) {
		entry("auth", "a", NULL, i, "ERROR", "token store lost its quorum");
		entry("shop", "s", NULL, i + 0.3, "ERROR", "http://auth.internal/check answered 7");
		entry("shop", "s", NULL, i + 0.4, "ERROR", "request failed");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
	ck_assert_str_eq(chain_text(0), "requests-fail < ? < ?");
	ck_assert_uint_gt(analysis->incidents[0].whys[2].facts->named, 0);
}
END_TEST

/* Healthy for ten minutes, then requests fail; `before_s` earlier another service says a thing
 * once. */
static void
fail_after(double before_s, const char *severity, int seen_before)
{
	int i;

	for (i = 0; i < 600; i += 5)
		entry("shop", "s", NULL, i, "INFO", "all is well");
	for (i = 0; i < seen_before; i++)
		entry("ring", "r", NULL, 100 + 40 * i, severity, "node left the ring");
	entry("ring", "r", NULL, 600 - before_s, severity, "node left the ring");
	for (i = 600; i < 1200; i += 5) {
		entry("shop", "s", NULL, i, "ERROR", "no key at hand");
		entry("shop", "s", NULL, i + 0.1, "ERROR", "request failed");
	}
	analyse();
	ck_assert_uint_eq(analysis->incident_count, 1);
}

START_TEST(what_begins_right_before_it_elsewhere_is_blamed)
{
	fail_after(3, "ERROR", 0);
	ck_assert_str_eq(chain_text(0), "requests-fail < ? < ?");
	ck_assert(analysis->incidents[0].whys[2].facts->alone);
}
END_TEST

START_TEST(what_is_seen_long_before_it_elsewhere_is_not_blamed)
{
	fail_after(58, "WARNING", 0);
	ck_assert_str_eq(chain_text(0), "requests-fail < ?");
}
END_TEST

START_TEST(what_is_seen_on_other_days_too_is_not_blamed)
{
	fail_after(3, "WARNING", 4);
	ck_assert_str_eq(chain_text(0), "requests-fail < ?");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("why");
	TCase *t = tcase_create("why");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, why_setup, why_teardown);
	tcase_add_test(t, chain_goes_from_what_users_felt_to_the_root);
	tcase_add_test(t, services_that_fail_apart_are_incidents_apart);
	tcase_add_test(t, errors_of_other_traces_are_not_blamed);
	tcase_add_test(t, what_healthy_instances_show_too_is_not_blamed);
	tcase_add_test(t, healthy_logs_have_no_incident);
	tcase_add_test(t, a_trace_that_names_its_cause_states_it);
	tcase_add_test(t, a_trace_in_single_lines_counts_once);
	tcase_add_test(t, a_trace_of_two_unknown_exceptions_states_the_inner_one);
	tcase_add_test(t, unknown_exceptions_in_single_lines_state_the_inner_one);
	tcase_add_test(t, an_inner_exception_is_the_same_thing_where_it_is_raised_alone);
	tcase_add_test(t, an_inner_exception_that_says_nothing_new_is_none);
	tcase_add_test(t, a_chain_follows_calls_between_services);
	tcase_add_test(t, one_failure_is_an_incident_where_it_is_all_there_is);
	tcase_add_test(t, errors_that_no_request_felt_are_no_incident);
	tcase_add_test(t, a_rare_line_about_a_request_is_no_incident);
	tcase_add_test(t, a_split_entry_is_one_message);
	tcase_add_test(t, two_keys_of_one_rule_are_siblings);
	tcase_add_test(t, an_outage_that_is_over_has_ended);
	tcase_add_test(t, refusals_are_an_incident_where_they_surge);
	tcase_add_test(t, refusals_as_on_every_day_are_none);
	tcase_add_test(t, a_cause_that_comes_back_is_one_incident_with_periods);
	tcase_add_test(t, causes_in_turn_are_incidents_in_turn);
	tcase_add_test(t, one_line_over_two_causes_in_turn_is_two_incidents);
	tcase_add_test(t, causes_in_turn_need_no_traces);
	tcase_add_test(t, causes_that_traces_keep_apart_are_two_incidents);
	tcase_add_test(t, a_steady_error_in_few_minutes_is_no_incident);
	tcase_add_test(t, a_steady_error_is_not_blamed);
	tcase_add_test(t, a_service_that_messages_name_is_called);
	tcase_add_test(t, what_began_an_outage_fails_other_requests);
	tcase_add_test(t, what_begins_right_before_it_elsewhere_is_blamed);
	tcase_add_test(t, what_is_seen_long_before_it_elsewhere_is_not_blamed);
	tcase_add_test(t, what_is_seen_on_other_days_too_is_not_blamed);
	suite_add_tcase(s, t);
	suite_add_tcase(s, confidence_case());
	suite_add_tcase(s, stated_case());
	suite_add_tcase(s, settings_case());
	suite_add_tcase(s, many_case());
	suite_add_tcase(s, refs_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
