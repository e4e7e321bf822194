/* check_report.c - the writers: what they say, and what they never let through. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_report.h"
#include "entry/entry.h"
#include "report/common.h"
#include "report/platform.h"

struct lw_arena *arena;

void
arena_setup(void)
{
	arena = lw_arena_new(0);
	ck_assert_ptr_nonnull(arena);
}

void
arena_teardown(void)
{
	lw_arena_free(arena);
}

void
write_report(
    struct lw_buf *out, const char *format, const struct lw_report *r, struct lw_report_style style)
{
	const struct lw_report_format *f = lw_report_format_by_name(format);

	ck_assert_ptr_nonnull(f);
	lw_buf_reset(out);
	f->write(out, r, &style);
	ck_assert(lw_buf_ok(out));
	ck_assert_uint_gt(out->n, 0);
	ck_assert_int_eq(out->p[out->n - 1], '\n');
}

bool
has(const struct lw_buf *b, const char *text)
{
	return lw_str_find(lw_buf_str(b), lw_str_from(text)) != LW_NPOS;
}

START_TEST(format_is_found_by_name_and_ending)
{
	ck_assert_str_eq(lw_report_format_by_name("md")->name, "md");
	ck_assert_str_eq(lw_report_format_by_path("a/b.json")->name, "json");
	ck_assert_str_eq(lw_report_format_by_path("report.md")->name, "md");
	ck_assert_str_eq(lw_report_format_by_path("x.txt")->name, "text");
	ck_assert_ptr_null(lw_report_format_by_name("html"));
	ck_assert_ptr_null(lw_report_format_by_name(""));
	ck_assert_ptr_null(lw_report_format_by_path("json"));
}
END_TEST

static const struct {
	const char *type, *command, *said;
	bool in_namespace;
} platform_commands[] = {
    {"cloud_run_revision", "gcloud run services describe {service} --format=x",
	"gcloud run services describe {service} --format=x", false},
    {"k8s_container", "gcloud run services describe {service} --format=x",
	"kubectl get deployments -A --field-selector metadata.name={service} -o yaml", false},
    {"gce_instance", "kubectl exec {instance} -- sh -c 'df -h'",
	"gcloud compute ssh {instance} --zone={location} --project={project}", false},
    {"k8s_pod", "kubectl exec {instance} -- sh -c 'df -h'",
	"kubectl exec {instance} -- sh -c 'df -h'", false},
    {"k8s_container", "kubectl logs {instance} --previous",
	"kubectl -n {namespace} logs {instance} --previous", true},
    {"k8s_container", "kubectl describe nodes", "kubectl describe nodes", true},
    {"gce_instance", "kubectl describe pod {instance}",
	"gcloud compute instances describe {instance} --zone={location} --project={project}", true},
    {"gae_app", "gcloud logging read 'resource.labels.service_name=\"{service}\" a' --limit=5",
	"gcloud logging read 'resource.labels.module_id=\"{service}\" a' --limit=5", false},
    {"http_load_balancer", "gcloud run services describe {service} --format=x",
	"gcloud run services describe {service} --format=x", false},
    {"", "git log -5", "git log -5", false},
};

START_TEST(commands_are_those_of_the_platform)
{
	struct lw_buf out = {0};

	lw_platform_command(&out, platform_commands[_i].command,
	    lw_str_from(platform_commands[_i].type), platform_commands[_i].in_namespace);
	lw_buf_addc(&out, '\0');
	ck_assert(lw_buf_ok(&out));
	ck_assert_str_eq(out.p, platform_commands[_i].said);
	lw_buf_fini(&out);
}
END_TEST

/* A log in which nothing failed, and of which next to nothing is known. */
static const struct lw_report *
healthy_report(void)
{
	static const struct lw_m_input input = {.name = {"-", 1}, .bytes = 42, .entries = 3};
	static const struct lw_m_service service = {
	    .name = {"shop-api", 8}, .entries = 3, .instances_seen = 1};
	static const struct lw_report report = {.title = {"Incident report", 15},
	    .version = {"0.1.0", 5},
	    .from_ns = LW_TIME_NONE,
	    .to_ns = LW_TIME_NONE,
	    .window_ns = 300 * LW_NS_PER_S,
	    .step_ns = 500 * LW_NS_PER_MS,
	    .totals = {.entries = 3, .unknown_severity = 3, .by_severity = {3}},
	    .inputs = &input,
	    .input_count = 1,
	    .services = &service,
	    .service_count = 1};

	return &report;
}

/* Written anew where LW_UPDATE_GOLDEN is set; look at the diff. */
START_TEST(report_is_as_recorded)
{
	static const char *const names[] = {"sample", "healthy"};
	const struct lw_report_format *f = &lw_report_formats[_i % 3];
	struct lw_buf out = {0}, want = {0};
	char path[512], chunk[4096];
	unsigned line = 1;
	size_t n;
	FILE *file;

	write_report(&out, f->name, _i < 3 ? sample_report(arena, NULL, NULL) : healthy_report(),
	    STYLE_DEFAULT);
	(void)snprintf(
	    path, sizeof(path), SRCDIR "/tests/data/report/%s%s", names[_i / 3], f->extension);
	if (getenv("LW_UPDATE_GOLDEN") != NULL) {
		file = fopen(path, "wb");
		ck_assert_ptr_nonnull(file);
		ck_assert_uint_eq(fwrite(out.p, 1, out.n, file), out.n);
		ck_assert_int_eq(fclose(file), 0);
	}
	file = fopen(path, "rb");
	ck_assert_msg(file != NULL, "%s cannot be read", path);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		lw_buf_add(&want, chunk, n);
	ck_assert_int_eq(fclose(file), 0);
	for (n = 0; n < want.n && n < out.n && want.p[n] == out.p[n]; n++)
		line += want.p[n] == '\n';
	ck_assert_msg(
	    n == want.n && n == out.n, "%s:%u: this run writes \"%.80s\"", path, line, out.p + n);
	lw_buf_fini(&want);
	lw_buf_fini(&out);
}
END_TEST

/* Without line ends and runs of blanks, backticks and escaped quotes: the words alone. */
static void
words(struct lw_buf *out, struct lw_str s)
{
	size_t i;

	lw_buf_addc(out, ' ');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '`' || (s.p[i] == '\\' && s.p[i + 1] == '"'))
			continue;
		if (s.p[i] != ' ' && s.p[i] != '\n')
			lw_buf_addc(out, s.p[i]);
		else if (out->p[out->n - 1] != ' ')
			lw_buf_addc(out, ' ');
	}
}

static void
ck_says(const struct lw_buf *said, struct lw_str text, const char *format)
{
	struct lw_buf b = {0};

	words(&b, text);
	lw_buf_addc(&b, '\0');
	ck_assert_msg(has(said, b.p + 1), "%s does not say:%s", format, b.p);
	lw_buf_fini(&b);
}

START_TEST(every_format_says_all_that_matters)
{
	const char *name = lw_report_formats[_i].name;
	const struct lw_report *r = sample_report(arena, NULL, NULL);
	struct lw_buf out = {0}, said = {0};
	size_t i, k;

	write_report(&out, name, r, STYLE_DEFAULT);
	words(&said, lw_buf_str(&out));
	ck_says(&said, r->title, name);
	for (i = 0; i < r->incident_count; i++) {
		ck_says(&said, r->incidents[i].title, name);
		for (k = 0; k < r->incidents[i].why_count; k++) {
			ck_says(&said, r->incidents[i].whys[k].question, name);
			ck_says(&said, r->incidents[i].whys[k].finding, name);
			if (r->incidents[i].whys[k].evidence_count > 0)
				ck_says(&said, r->incidents[i].whys[k].evidence[0].insert_id, name);
		}
	}
	for (i = 0; i < r->coverage_count; i++)
		ck_says(&said, r->coverage[i].text, name);
	for (i = 0; i < r->service_count; i++)
		ck_says(&said, r->services[i].name, name);
	for (i = 0; i < r->change_count; i++)
		ck_says(&said, r->changes[i].text, name);
	for (i = 0; i < r->action_count; i++)
		ck_says(&said, r->actions[i].text, name);
	for (i = 0; i < r->criterion_count; i++)
		ck_says(&said, r->criteria[i].text, name);
	for (i = 0; i < r->input_count; i++)
		ck_says(&said, r->inputs[i].name, name);
	lw_buf_fini(&out);
	lw_buf_fini(&said);
}
END_TEST

START_TEST(text_tells_hypotheses_and_extents)
{
	struct lw_buf out = {0};

	write_report(&out, "text", sample_report(arena, NULL, NULL), STYLE_DEFAULT);
	ck_assert(has(&out, "75 entries on 15 instances"));
	ck_assert(has(&out, "Hypothesis, not shown by the log"));
	ck_assert(has(&out, "because  sequence, 15 of 15, 420 ms before"));
	write_report(&out, "md", sample_report(arena, NULL, NULL), STYLE_DEFAULT);
	ck_assert(has(&out, "75 entries on 15 instances"));
	ck_assert(has(&out, "*Hypothesis, not shown by the log:*"));
	ck_assert(has(&out, "- [ ] **P0** "));
	lw_buf_fini(&out);
}
END_TEST

START_TEST(colour_is_all_that_colour_adds)
{
	struct lw_report_style style = STYLE_DEFAULT;
	struct lw_buf plain = {0}, out = {0}, bare = {0};
	size_t i;

	write_report(&plain, "text", sample_report(arena, NULL, NULL), style);
	style.color = true;
	write_report(&out, "text", sample_report(arena, NULL, NULL), style);
	ck_assert(has(&out, "\x1b[1;31m"));
	for (i = 0; i < out.n; i++) {
		if (out.p[i] == '\x1b')
			i += strcspn(out.p + i, "m");
		else
			lw_buf_addc(&bare, out.p[i]);
	}
	ck_assert_str_eq(bare.p, plain.p);
	write_report(&out, "md", sample_report(arena, NULL, NULL), style);
	ck_assert(!has(&out, "\x1b"));
	lw_buf_fini(&plain);
	lw_buf_fini(&out);
	lw_buf_fini(&bare);
}
END_TEST

START_TEST(top_limits_what_people_read)
{
	struct lw_report_style style = STYLE_DEFAULT;
	struct lw_buf out = {0};

	style.top = 1;
	write_report(&out, "text", sample_report(arena, NULL, NULL), style);
	ck_assert(has(&out, "Clusters, 1 of 3"));
	ck_assert(!has(&out, "retry budget of <*>"));
	write_report(&out, "md", sample_report(arena, NULL, NULL), style);
	ck_assert(has(&out, "The first 1 of 3."));
	write_report(&out, "json", sample_report(arena, NULL, NULL), style);
	ck_assert(has(&out, "retry budget of <*>"));
	style.top = 0;
	write_report(&out, "text", sample_report(arena, NULL, NULL), style);
	ck_assert(has(&out, "retry budget of <*>"));
	lw_buf_fini(&out);
}
END_TEST

static const struct {
	double x;
	const char *number, *percent;
} numbers[] = {
    {0, "0", "0 %"},
    {1, "1", "100 %"},
    {0.075, "0.075", "7.5 %"},
    {1.0 / 3, "0.333333", "33.3 %"},
    {0.9997, "0.9997", "99.97 %"},
    {0.999999, "0.999999", "99.9999 %"},
    {0.00002, "0.00002", "0.002 %"},
    {1e-7, "0.0000001", "0.00001 %"},
    {10.42, "10.42", "1042 %"},
    {-0.5, "-0.5", "0 %"},
    {123456789.25, "123456789.25", NULL},
};

START_TEST(numbers_are_short_and_without_locale)
{
	char buf[LW_NUMBER_BYTES];

	(void)lw_number_format(numbers[_i].x, buf);
	ck_assert_str_eq(buf, numbers[_i].number);
	if (numbers[_i].percent == NULL)
		return;
	(void)lw_percent_format(numbers[_i].x, buf);
	ck_assert_str_eq(buf, numbers[_i].percent);
}
END_TEST

START_TEST(bytes_are_for_people)
{
	char buf[LW_NUMBER_BYTES];

	(void)lw_bytes_format(0, buf);
	ck_assert_str_eq(buf, "0 B");
	(void)lw_bytes_format(999, buf);
	ck_assert_str_eq(buf, "999 B");
	(void)lw_bytes_format(1234567, buf);
	ck_assert_str_eq(buf, "1.2 MB");
	(void)lw_bytes_format(456789012, buf);
	ck_assert_str_eq(buf, "456 MB");
	(void)lw_bytes_format(UINT64_MAX, buf);
	ck_assert_str_eq(buf, "18.4 EB");
}
END_TEST

START_TEST(severities_are_those_of_entries)
{
#define SEVERITY_NAME(symbol, name, value) name,
	static const char *const names[] = {LW_SEVERITIES(SEVERITY_NAME)};
#undef SEVERITY_NAME
	size_t i;

	ck_assert_uint_eq(sizeof(names) / sizeof(names[0]), LW_MODEL_SEVERITIES);
	for (i = 0; i < LW_MODEL_SEVERITIES; i++)
		ck_assert_str_eq(lw_severity_label(i), names[i]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("report");
	TCase *tc = tcase_create("writers");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, arena_setup, arena_teardown);
	tcase_add_loop_test(tc, commands_are_those_of_the_platform, 0,
	    (int)(sizeof(platform_commands) / sizeof(platform_commands[0])));
	tcase_add_test(tc, format_is_found_by_name_and_ending);
	tcase_add_loop_test(tc, report_is_as_recorded, 0, 6);
	tcase_add_loop_test(tc, every_format_says_all_that_matters, 0, 3);
	tcase_add_test(tc, text_tells_hypotheses_and_extents);
	tcase_add_test(tc, colour_is_all_that_colour_adds);
	tcase_add_test(tc, top_limits_what_people_read);
	tcase_add_loop_test(tc, numbers_are_short_and_without_locale, 0,
	    (int)(sizeof(numbers) / sizeof(numbers[0])));
	tcase_add_test(tc, bytes_are_for_people);
	tcase_add_test(tc, severities_are_those_of_entries);
	suite_add_tcase(suite, tc);
	suite_add_tcase(suite, redact_case());
	suite_add_tcase(suite, hostile_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
