/* check_engine.c - the public interface: whole runs over the project's own captures. */
#include <check.h>
#include <logwhy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "entry/wording.h"
#include "observe.h"

#define OUTAGE SRCDIR "/data/checkout-outage.json"
#define HEALTHY SRCDIR "/data/healthy.ndjson"
#define LOST SRCDIR "/data/there-is-no-such-file.json"

static const char *const shipped[] = {SRCDIR "/patterns"};
static unsigned errors_heard;

static void
on_message(void *arg, enum lw_run_level level, const char *text)
{
	(void)arg;
	ck_assert_ptr_null(strchr(text, '\n'));
	errors_heard += level == LW_RUN_ERROR;
}

static struct lw_run_options
options(void)
{
	struct lw_run_options o;

	lw_run_options_init(&o);
	o.patterns = shipped;
	o.pattern_count = 1;
	o.message = on_message;
	errors_heard = 0;
	return o;
}

static char *
json_of(const struct lw_run *run)
{
	struct lw_run_style style = {.redact = true};
	size_t size;
	char *text = lw_run_report(run, "json", &style, &size);

	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(size, strlen(text));
	return text;
}

static struct lw_run *
run_over(const struct lw_run_options *o, const char *input)
{
	struct lw_run *run = lw_run_new(o);

	ck_assert_ptr_nonnull(run);
	ck_assert_int_eq(lw_run_read(run, &input, 1), LW_RUN_OK);
	return run;
}

START_TEST(any_number_of_threads_gives_the_same_report)
{
	struct lw_run_options o = options();
	struct lw_run *one = run_over(&o, OUTAGE), *many;
	char *expected = json_of(one), *text;

	ck_assert_uint_eq(lw_run_incidents(one), 1);
	for (o.threads = 2; o.threads <= 9; o.threads += 3) {
		many = run_over(&o, OUTAGE);
		text = json_of(many);
		ck_assert_str_eq(text, expected);
		free(text);
		lw_run_free(many);
	}
	free(expected);
	lw_run_free(one);
}
END_TEST

START_TEST(a_healthy_log_has_no_incident)
{
	struct lw_run_options o = options();
	struct lw_run *run = run_over(&o, HEALTHY);

	ck_assert_uint_eq(lw_run_incidents(run), 0);
	ck_assert(!lw_run_input_failed(run));
	ck_assert_uint_eq(lw_run_malformed(run), 0);
	lw_run_free(run);
}
END_TEST

START_TEST(a_lost_input_fails_and_the_others_are_read)
{
	static const char *const inputs[] = {LOST, OUTAGE};
	struct lw_run_options o = options();
	struct lw_run *run = lw_run_new(&o);

	ck_assert_ptr_nonnull(run);
	ck_assert_int_eq(lw_run_read(run, inputs, 2), LW_RUN_OK);
	ck_assert(lw_run_input_failed(run));
	ck_assert_uint_eq(errors_heard, 1);
	ck_assert_uint_eq(lw_run_incidents(run), 1);
	lw_run_free(run);
}
END_TEST

START_TEST(a_bad_catalogue_stops_the_run)
{
	static const char *const paths[] = {LOST};
	struct lw_run_options o = options();
	struct lw_run *run;
	const char *input = OUTAGE;

	o.patterns = paths;
	run = lw_run_new(&o);
	ck_assert_ptr_nonnull(run);
	ck_assert_int_eq(lw_run_read(run, &input, 1), LW_RUN_BAD_CATALOG);
	ck_assert_uint_ge(errors_heard, 1);
	lw_run_free(run);
}
END_TEST

START_TEST(a_run_that_is_stopped_first_reads_nothing)
{
	struct lw_run_options o = options();
	struct lw_run *run = lw_run_new(&o);
	const char *input = OUTAGE;
	char *text;

	ck_assert_ptr_nonnull(run);
	lw_run_stop(run);
	ck_assert_int_eq(lw_run_read(run, &input, 1), LW_RUN_OK);
	text = json_of(run);
	ck_assert_ptr_nonnull(strstr(text, "\"entries\": 0"));
	free(text);
	lw_run_free(run);
}
END_TEST

START_TEST(filters_leave_out_and_say_so)
{
	struct lw_run_options o = options();
	struct lw_run *run;
	char *text;

	o.service = "no-such-service";
	run = run_over(&o, OUTAGE);
	ck_assert_uint_eq(lw_run_incidents(run), 0);
	text = json_of(run);
	ck_assert_ptr_nonnull(strstr(text, "left out by --since, --until or --service"));
	free(text);
	lw_run_free(run);
	o = options();
	o.until_ns = 0;
	run = run_over(&o, OUTAGE);
	ck_assert_uint_eq(lw_run_incidents(run), 0);
	lw_run_free(run);
}
END_TEST

START_TEST(a_machine_is_asked_for_by_its_name_or_that_of_its_group)
{
	static const char entry[] =
	    "{\"insertId\":\"%d\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"textPayload\":\"x\","
	    "\"resource\":{\"type\":\"gce_instance\",\"labels\":{\"instance_id\":\"1\"}},"
	    "\"labels\":{\"compute.googleapis.com/resource_name\":\"web-%d\"}}\n";
	static const struct {
		const char *service, *count;
	} asked[] = {
	    {"web", "\"entries\": 2"}, {"web-2", "\"entries\": 1"}, {"web-3", "\"entries\": 0"}};
	char path[] = "/tmp/check_engine.XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	struct lw_run_options o = options();
	size_t i;

	ck_assert_ptr_nonnull(f);
	for (i = 1; i <= 2; i++)
		ck_assert_int_gt(fprintf(f, entry, (int)i, (int)i), 0);
	ck_assert_int_eq(fclose(f), 0);
	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct lw_run *run;
		char *text;

		o.service = asked[i].service;
		run = run_over(&o, path);
		text = json_of(run);
		ck_assert_msg(strstr(text, asked[i].count) != NULL, "%s", asked[i].service);
		free(text);
		lw_run_free(run);
	}
	(void)remove(path);
}
END_TEST

START_TEST(commands_hold_no_text_that_a_shell_would_run)
{
	static const char entry[] =
	    "{\"severity\":\"ERROR\",\"timestamp\":\"2026-01-01T00:00:0%dZ\",\"insertId\":\"%d\","
	    "\"textPayload\":\"ModuleNotFoundError: No module named 'a.b'\",\"resource\":{"
	    "\"type\":\"cloud_run_revision\",\"labels\":{\"service_name\":\"shop\","
	    "\"location\":\"$(touch x)\",\"revision_name\":\"`touch y`\"}}}\n";
	char path[] = "/tmp/check_engine.XXXXXX";
	struct lw_run_options o = options();
	struct lw_run *run;
	FILE *f = fdopen(mkstemp(path), "w");
	char *text, *check;
	int i;

	ck_assert_ptr_nonnull(f);
	for (i = 0; i < 5; i++)
		ck_assert_int_gt(fprintf(f, entry, i, i), 0);
	ck_assert_int_eq(fclose(f), 0);
	run = run_over(&o, path);
	ck_assert_uint_eq(lw_run_incidents(run), 1);
	text = json_of(run);
	check = strstr(text, "gcloud run revisions describe");
	ck_assert_ptr_nonnull(check);
	check[strcspn(check, "\n")] = '\0';
	ck_assert_ptr_null(strstr(check, "touch"));
	ck_assert_ptr_nonnull(strstr(check, "REVISION"));
	free(text);
	lw_run_free(run);
	ck_assert_int_eq(remove(path), 0);
}
END_TEST

START_TEST(formats_are_found_by_name_and_ending)
{
	struct lw_run_options o = options();
	struct lw_run *run = run_over(&o, HEALTHY);
	struct lw_run_style style = {.redact = true};
	size_t size;

	ck_assert_str_eq(lw_format_of_path("a/b.md"), "md");
	ck_assert_str_eq(lw_format_of_path("b.json"), "json");
	ck_assert_ptr_null(lw_format_of_path("b.pdf"));
	ck_assert_ptr_null(lw_run_report(run, "pdf", &style, &size));
	lw_run_free(run);
}
END_TEST

static const struct lw_filter all = {LW_TIME_NONE, LW_TIME_NONE, NULL};

static struct lw_observer *
new_observer(const struct lw_catalog *catalog, struct lw_dedupe *dedupe)
{
	struct lw_observer *o = lw_observer_new(catalog, dedupe, &all, 60 * LW_NS_PER_S);

	ck_assert_ptr_nonnull(o);
	return o;
}

/* The message with other digits where `wording` has any. */
static void
change_digits(char *to, const char *wording, struct lw_str message, uint64_t seed)
{
	size_t i;

	for (i = 0; i < message.n; i++)
		to[i] = wording[i] == (char)LW_ANY_DIGIT ? (char)('0' + lw_hash_mix(seed + i) % 10)
							 : message.p[i];
}

struct both {
	struct lw_catalog *catalog;
	struct lw_dedupe *none;          /* entries have no insertId */
	struct lw_observer *one, *parts; /* who remembers, and what those saw that saw one each */
	uint32_t wordings;
};

/* Messages of one wording at several times: to the one that remembers, and each to a new one. */
static void
observe_both(struct both *b, struct lw_str message, enum lw_severity severity, bool numbered)
{
	char wording[LW_WORDING_MAX_BYTES], text[LW_WORDING_MAX_BYTES], instance[16];
	struct lw_entry e = {.severity = severity, .severity_known = true, .severity_field = true};
	struct lw_observer *fresh;
	unsigned i;

	if (!lw_wording_of(message, wording))
		return;
	b->wordings++;
	e.service = LW_STR("web");
	for (i = 0; i < 6; i++) {
		change_digits(
		    text, wording, message, UINT64_C(1000) * b->wordings + UINT64_C(200) * i);
		e.clean = e.message = lw_str_make(i == 0 ? message.p : text, message.n);
		(void)snprintf(instance, sizeof(instance), "i%u", i % 3);
		e.instance = lw_str_from(instance);
		e.time_ns = e.effect_ns = (int64_t)(b->wordings * 7 + i * 40) * LW_NS_PER_S;
		e.wording = 0;
		fresh = new_observer(b->catalog, b->none);
		lw_observe(fresh, &e);
		lw_observer_merge(b->parts, fresh);
		lw_observer_free(fresh);
		e.wording = numbered ? b->wordings : 0;
		lw_observe(b->one, &e);
	}
}

static void
assert_same_counts(const struct lw_tally *a, const struct lw_tally *b)
{
	uint32_t i, k;

	ck_assert_mem_eq(&a->totals, &b->totals, sizeof(a->totals));
	ck_assert_uint_eq(a->node_count, b->node_count);
	for (i = 0; i < a->node_count; i++) {
		const struct lw_node *x = &a->nodes[i], *y = &b->nodes[i];

		ck_assert(x->key == y->key && x->count == y->count && x->severity == y->severity);
		ck_assert(x->first_ns == y->first_ns && x->last_ns == y->last_ns);
		ck_assert_uint_eq(x->value_count, y->value_count);
		for (k = 0; k < LW_SAMPLES_SPREAD && x->spread[k] != NULL; k++)
			ck_assert(lw_str_eq(x->spread[k]->message, y->spread[k]->message) &&
				  x->spread[k]->rank == y->spread[k]->rank);
	}
	ck_assert_uint_eq(a->event_count, b->event_count);
	for (i = 0; i < a->event_count; i++)
		ck_assert(a->events[i].node == b->events[i].node &&
			  a->events[i].entry_key == b->events[i].entry_key &&
			  a->events[i].flags == b->events[i].flags);
	ck_assert_uint_eq(a->phases.count, b->phases.count);
	ck_assert_uint_eq(a->settings.count, b->settings.count);
	for (i = 0; i < a->settings.count; i++)
		ck_assert(a->settings.rows[i].key == b->settings.rows[i].key &&
			  a->settings.rows[i].value_count == b->settings.rows[i].value_count);
}

/* _i: severities, numbered by the decoder or by the observer. */
START_TEST(what_is_remembered_of_a_wording_changes_no_count)
{
	static const char *const more[] = {"cannot start: open store: schema 7 is not supported",
	    "worker 3 gave up after 17 tries", "HikariPool-1 - maximumPoolSize 40",
	    "Step 3 of 7: cache ready", "[3/7] Connecting cache", "ValueError: no row 17 there",
	    "lines of 2\nand of 3 in one"};
	enum lw_severity severity = _i / 2 == 0 ? LW_SEV_INFO : LW_SEV_ERROR;
	size_t bad, j;
	struct both b = {.catalog = lw_catalog_load(shipped, 1, 0, 1, NULL, NULL, &bad),
	    .none = lw_dedupe_new(0)};
	uint32_t i;

	ck_assert(b.catalog != NULL && b.none != NULL);
	b.one = new_observer(b.catalog, b.none);
	b.parts = new_observer(b.catalog, b.none);
	for (i = (uint32_t)_i; i < lw_catalog_count(b.catalog); i += 4)
		for (j = 0; j < lw_catalog_rule(b.catalog, i)->example_count; j++)
			observe_both(&b, lw_catalog_rule(b.catalog, i)->examples[j].text, severity,
			    _i % 2 == 0);
	for (j = 0; j < sizeof(more) / sizeof(more[0]); j++)
		observe_both(&b, lw_str_from(more[j]), severity, _i % 2 == 0);
	ck_assert_uint_gt(b.wordings, 50);
	lw_observer_finish(b.one);
	lw_observer_finish(b.parts);
	ck_assert(lw_observer_ok(b.one) && lw_observer_ok(b.parts));
	assert_same_counts(lw_observer_tally(b.one), lw_observer_tally(b.parts));
	lw_observer_free(b.one);
	lw_observer_free(b.parts);
	lw_dedupe_free(b.none);
	lw_catalog_free(b.catalog);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("engine");
	TCase *t = tcase_create("engine");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 0);
	tcase_add_test(t, any_number_of_threads_gives_the_same_report);
	tcase_add_test(t, a_healthy_log_has_no_incident);
	tcase_add_test(t, a_lost_input_fails_and_the_others_are_read);
	tcase_add_test(t, a_bad_catalogue_stops_the_run);
	tcase_add_test(t, a_run_that_is_stopped_first_reads_nothing);
	tcase_add_test(t, filters_leave_out_and_say_so);
	tcase_add_test(t, a_machine_is_asked_for_by_its_name_or_that_of_its_group);
	tcase_add_test(t, commands_hold_no_text_that_a_shell_would_run);
	tcase_add_test(t, formats_are_found_by_name_and_ending);
	tcase_add_loop_test(t, what_is_remembered_of_a_wording_changes_no_count, 0, 4);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
