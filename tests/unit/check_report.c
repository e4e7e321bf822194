/* check_report.c - the writers: what they say, and what they never let through. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_report.h"
#include "entry/entry.h"
#include "report/common.h"

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

/* Written anew where LW_UPDATE_GOLDEN is set; look at the diff. */
START_TEST(sample_is_as_recorded)
{
	const struct lw_report_format *f = &lw_report_formats[_i];
	struct lw_buf out = {0}, want = {0};
	char path[512], chunk[4096];
	size_t n;
	FILE *file;

	write_report(&out, f->name, sample_report(arena, NULL, NULL), STYLE_DEFAULT);
	(void)snprintf(path, sizeof(path), SRCDIR "/tests/data/report/sample%s", f->extension);
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
	ck_assert_str_eq(out.p, want.p);
	lw_buf_fini(&want);
	lw_buf_fini(&out);
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
	tcase_add_test(tc, format_is_found_by_name_and_ending);
	tcase_add_loop_test(tc, sample_is_as_recorded, 0, 3);
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
