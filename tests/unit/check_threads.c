/*
 * check_threads.c - whole runs on one thread and on several: the same report and the
 * same diagnostics, whatever the input is like.
 */
#include <check.h>
#include <dirent.h>
#include <logwhy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"

#define ENTRIES 5000 /* of a large input: several blocks */

static const unsigned threads[] = {2, 3, 8};
static const char *const shipped[] = {SRCDIR "/patterns"};
static char folder[] = "/tmp/check_threads.XXXXXX";
static char path[sizeof(folder) + 256];

static const char *
path_of(const char *name)
{
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
make_folder(void)
{
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 7);
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
remove_folder(void)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			ck_assert_int_eq(unlink(path_of(e->d_name)), 0);
	ck_assert_int_eq(closedir(d), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void
write_file(const char *name, const struct lw_buf *b)
{
	FILE *f = fopen(path_of(name), "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert(lw_buf_ok(b));
	if (b->n > 0) /* an empty buffer has no bytes to point to */
		ck_assert_uint_eq(fwrite(b->p, 1, b->n, f), b->n);
	ck_assert_int_eq(fclose(f), 0);
}

/* In members of `member` bytes each. */
static void
write_gzip(const char *name, const struct lw_buf *b, size_t member)
{
	size_t at, n;

	(void)unlink(path_of(name));
	for (at = 0; at < b->n; at += n) {
		gzFile f = gzopen(path_of(name), "ab1");

		n = b->n - at < member ? b->n - at : member;
		ck_assert_ptr_nonnull(f);
		ck_assert_int_eq(gzwrite(f, b->p + at, (unsigned)n), (int)n);
		ck_assert_int_eq(gzclose(f), Z_OK);
	}
}

/* Entry i: requests, some that failed, and messages, some of them errors. */
static void
add_entry(struct lw_buf *b, int i, const char *end)
{
	lw_buf_printf(b,
	    "{\"insertId\":\"i%d\",\"timestamp\":\"2026-05-%02dT%02d:%02d:%02d.%03dZ\",\"logName\":"
	    "\"projects/p/logs/run.googleapis.com%%2Fx\",\"resource\":{\"type\":\"cloud_run_"
	    "revision\",\"labels\":{\"service_name\":\"svc-%d\",\"revision_name\":\"svc-%d-0000%"
	    "d\","
	    "\"location\":\"l\"}},\"labels\":{\"instanceId\":\"%x\"},",
	    i, 1 + i / 7000, i / 600 % 24, i / 10 % 60, i % 60, i % 1000, i % 7, i % 7, i / 3000,
	    i % 31 * 77);
	if (i % 3 == 0)
		lw_buf_printf(b,
		    "\"severity\":\"%s\",\"httpRequest\":{\"requestMethod\":\"GET\",\"requestUrl\":"
		    "\"https://x/a/%d\",\"status\":%d,\"latency\":\"0.%03ds\"}}%s",
		    i % 99 == 0 ? "ERROR" : "INFO", i % 5, i % 99 == 0 ? 503 : 200, i % 997, end);
	else if (i % 41 == 0)
		lw_buf_printf(b,
		    "\"severity\":\"ERROR\",\"textPayload\":\"ModuleNotFoundError: No module "
		    "named 'mod%d'\"}%s",
		    i % 3, end);
	else
		lw_buf_printf(b,
		    "\"severity\":\"%s\",\"jsonPayload\":{\"message\":\"worker %d took %d ms\"}}%s",
		    i % 17 == 0 ? "ERROR" : "INFO", i % 13, i, end);
}

static struct lw_buf
entries(int from, int to, const char *end)
{
	struct lw_buf b = {0};
	int i;

	for (i = from; i < to; i++)
		add_entry(&b, i, end);
	return b;
}

static void
on_message(void *arg, enum lw_run_level level, const char *text)
{
	lw_buf_printf(arg, "%d %s\n", level, text);
}

/* The report over inputs, and behind it all that was said. */
static struct lw_buf
report(const char *const *inputs, size_t count, unsigned thread_count, bool as_needed)
{
	struct lw_run_style style = {.redact = true};
	struct lw_run_options o;
	struct lw_buf out = {0}, said = {0};
	struct lw_run *run;
	size_t size;
	char *text;

	lw_run_options_init(&o);
	o.patterns = shipped;
	o.pattern_count = 1;
	o.threads = thread_count;
	o.threads_as_needed = as_needed;
	o.message = on_message;
	o.message_arg = &said;
	run = lw_run_new(&o);
	ck_assert_ptr_nonnull(run);
	ck_assert_int_eq(lw_run_read(run, inputs, count), LW_RUN_OK);
	text = lw_run_report(run, "json", &style, &size);
	ck_assert_ptr_nonnull(text);
	lw_buf_addz(&out, text);
	lw_buf_addstr(&out, lw_buf_str(&said));
	lw_buf_addc(&out, '\0');
	ck_assert(lw_buf_ok(&out));
	lw_buf_fini(&said);
	free(text);
	lw_run_free(run);
	return out;
}

/* Every number of threads gives the same; a and b are pieces of it. */
static void
expect(const char *const *inputs, size_t count, const char *a, const char *b)
{
	struct lw_buf one = report(inputs, count, 1, false), many;
	size_t i;

	ck_assert_msg(strstr(one.p, a) != NULL, "no %s in %.900s", a, one.p);
	ck_assert_msg(strstr(one.p, b) != NULL, "no %s in %.900s", b, one.p);
	for (i = 0; i < 2 * sizeof(threads) / sizeof(threads[0]); i++) {
		many = report(inputs, count, threads[i / 2], i % 2 != 0);
		ck_assert_str_eq(many.p, one.p);
		lw_buf_fini(&many);
	}
	lw_buf_fini(&one);
}

static void
expect_file(const struct lw_buf *b, const char *a, const char *c)
{
	const char *input;
	char *name;

	write_file("input", b);
	input = name = strdup(path);
	expect(&input, 1, a, c);
	free(name);
}

START_TEST(a_large_file_with_malformed_lines)
{
	struct lw_buf b = {0};
	int i;

	for (i = 0; i < ENTRIES; i++) {
		if (i % 1000 == 800)
			lw_buf_addz(&b, "{\"a\": 1 x}\n");
		add_entry(&b, i, "\n");
	}
	ck_assert_uint_gt(b.n, (size_t)3 << 19);
	expect_file(&b, "\"malformed\": 5,", "\"line\": 801,");
	lw_buf_fini(&b);
}
END_TEST

/* Memory for many entries is made ready while the rules are read; that they do not come does not
 * matter. */
START_TEST(a_file_known_to_be_large)
{
	struct lw_buf b = entries(0, ENTRIES, "\n");
	const char *input;
	char *name;

	write_file("input", &b);
	input = name = strdup(path);
	ck_assert_int_eq(truncate(name, (off_t)65 << 20), 0);
	expect(&input, 1, "\"entries\": 5000,", "a line above 16 MiB was skipped");
	free(name);
	lw_buf_fini(&b);
}
END_TEST

START_TEST(duplicates_across_blocks)
{
	struct lw_buf b = entries(0, ENTRIES, "\n"), again = entries(0, ENTRIES, "\n");

	lw_buf_addstr(&b, lw_buf_str(&again));
	expect_file(&b, "\"entries\": 5000,", "\"duplicates\": 5000,");
	lw_buf_fini(&b);
	lw_buf_fini(&again);
}
END_TEST

START_TEST(records_longer_than_a_block)
{
	struct lw_buf b = {0};
	size_t n;
	int i;

	for (i = 0; i < 2000; i++) {
		if (i % 500 == 250) {
			lw_buf_printf(&b,
			    "{\"insertId\":\"long%d\",\"severity\":\"ERROR\",\"textPayload\":\"it "
			    "is",
			    i);
			for (n = 0; n < 200000; n++)
				lw_buf_addz(&b, " long");
			lw_buf_addz(&b, "\"}\n");
		}
		add_entry(&b, i, "\n");
	}
	expect_file(&b, "\"entries\": 2004,", "\"malformed\": 0,");
	lw_buf_fini(&b);
}
END_TEST

START_TEST(ends_of_lines)
{
	struct lw_buf b = entries(0, ENTRIES, "\r\n"),
		      more = entries(ENTRIES, ENTRIES + 50, "\n\n\n");

	lw_buf_addstr(&b, lw_buf_str(&more));
	lw_buf_fini(&more);
	more = entries(ENTRIES + 50, ENTRIES + 100, "  \t\r\n \n");
	lw_buf_addstr(&b, lw_buf_str(&more));
	add_entry(&b, ENTRIES + 100, ""); /* no newline at the end */
	expect_file(&b, "\"entries\": 5101,", "\"malformed\": 0,");
	lw_buf_fini(&b);
	lw_buf_fini(&more);
}
END_TEST

START_TEST(an_end_in_the_middle)
{
	struct lw_buf b = entries(0, ENTRIES, "\n");

	b.n -= 20;
	expect_file(&b, "\"entries\": 4999,", "the input ends inside of the record");
	lw_buf_fini(&b);
}
END_TEST

/* Text, traces over lines, objects over lines and side by side, an array: between the lines. */
START_TEST(all_kinds_in_one_file)
{
	static const char *const others[] = {"2026-05-01 10:00:00 ERROR cannot open x\n",
	    ("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    "
	     "g()\nValueError: "
	     "no\n"),
	    "{\n  \"severity\": \"ERROR\",\n  \"message\": \"tall\"\n}\n",
	    "{\"message\":\"side\"}{\"message\":\"by side\"}\n",
	    "[\n  {\"message\": \"one\"},\n  {\"message\": \"two\"}\n]\n",
	    "2026-05-01T10:00:00.5Z stderr P part of \n2026-05-01T10:00:00.5Z stderr F a line\n",
	    "svc | {\"severity\":\"ERROR\",\"message\":\"behind a prefix\"}\n"};
	struct lw_buf b = {0};
	int i;

	for (i = 0; i < ENTRIES; i++) {
		if (i % 100 == 99)
			lw_buf_addz(
			    &b, others[i / 100 % (int)(sizeof(others) / sizeof(others[0]))]);
		add_entry(&b, i, "\n");
	}
	expect_file(&b, "\"malformed\": 0,", "behind a prefix");
	lw_buf_fini(&b);
}
END_TEST

/* A file of which threads read stretches, up to something between its lines, or an end of another
 * kind. */
START_TEST(a_file_that_is_shared)
{
	static const char *const others[] = {"", "2026-05-01 10:00:00 ERROR cannot open x\n",
	    "{\"a\": 1 x}\n", "{\n  \"severity\": \"ERROR\",\n  \"message\": \"tall\"\n}\n",
	    "{\"message\":\"side\"}{\"message\":\"by side\"}\n", "\n\r\n \n"};
	static const char *const ends[] = {
	    "", "{\"message\":\"no newline\"}", "[\n {\"a\":1}\n]\n"};
	struct lw_buf b = {0};
	int i, entries = _i == 0 ? 18000 : 12000, other = _i % 6;

	for (i = 0; i < entries; i++) {
		if (i % 5000 == 4800 + _i * 10)
			lw_buf_addz(&b, others[other]);
		add_entry(&b, i, "\n");
	}
	lw_buf_addz(&b, ends[_i % 3]);
	expect_file(&b, "\"inputs\"", other == 2 ? "\"line\": 4821" : "\"malformed\": 0,");
	lw_buf_fini(&b);
}
END_TEST

START_TEST(one_array)
{
	struct lw_buf b = {0}, rest = entries(1, ENTRIES, "\n");
	size_t i;

	lw_buf_addz(&b, "[\n  ");
	add_entry(&b, 0, "");
	for (i = 0; i < rest.n; i++) {
		if (rest.p[i] == '{' && (i == 0 || rest.p[i - 1] == '\n'))
			lw_buf_addz(&b, ",\n  ");
		if (rest.p[i] == ',') /* as if pretty-printed */
			lw_buf_addz(&b, ",\n      ");
		else if (rest.p[i] != '\n')
			lw_buf_addc(&b, rest.p[i]);
	}
	lw_buf_addz(&b, "\n]\n");
	expect_file(&b, "\"entries\": 5000,", "\"malformed\": 0,");
	lw_buf_fini(&b);
	lw_buf_fini(&rest);
}
END_TEST

START_TEST(gzip_of_several_members)
{
	struct lw_buf b = entries(0, ENTRIES, "\n");
	const char *input;
	char *name;

	write_gzip("input.gz", &b, 100000);
	input = name = strdup(path);
	expect(&input, 1, "\"entries\": 5000,", "\"malformed\": 0,");
	ck_assert_int_eq(truncate(name, 100000), 0);
	expect(&input, 1, "the gzip data ends in the middle", "\"inputs\"");
	free(name);
	lw_buf_fini(&b);
}
END_TEST

/* What is said comes in the order of the inputs, though they are read side by side. */
START_TEST(many_files)
{
	const char *inputs[2] = {folder, "/there/is/no/such/file"};
	struct lw_buf b;
	char name[32];
	int i;

	for (i = 0; i < 60; i++) {
		b = entries(i * 100, i * 100 + i * 7 % 100, "\n");
		if (i % 4 == 1)
			lw_buf_addz(&b, "{\"broken\": tru}\n");
		(void)snprintf(name, sizeof(name), "f%02d%s", i, i % 3 == 0 ? ".gz" : "");
		if (i % 3 == 0 && b.n > 0)
			write_gzip(name, &b, 5000);
		else if (b.n > 0 || i == 0)
			write_file(name, &b);
		lw_buf_fini(&b);
	}
	expect(inputs, 2, "f00.gz: is empty", "cannot be opened");
}
END_TEST

/* A file that is given twice is read twice, one time after the other. */
START_TEST(the_same_file_twice)
{
	struct lw_buf b = entries(0, ENTRIES, "\n");
	const char *inputs[2];
	char *name;

	write_file("input", &b);
	inputs[0] = inputs[1] = name = strdup(path);
	expect(inputs, 2, "\"entries\": 5000,", "\"duplicates\": 5000,");
	free(name);
	lw_buf_fini(&b);
}
END_TEST

struct meddling {
	struct lw_run *run;
	const char *input;
	bool truncates;
	bool done;
};

/* While the input is read: cut it short, or stop the run. */
static void
meddle(void *arg, const struct lw_run_progress *p)
{
	struct meddling *m = arg;

	if (m->done || p->records == 0)
		return;
	m->done = true;
	if (m->truncates)
		ck_assert_int_eq(truncate(m->input, 1000000), 0);
	else
		lw_run_stop(m->run);
}

/* Whatever was read by then is reported. */
START_TEST(an_input_that_ends_while_it_is_read)
{
	struct lw_buf b = entries(0, 8 * ENTRIES, "\n");
	struct lw_run_style style = {.redact = true};
	struct lw_run_options o;
	struct meddling m = {.truncates = _i % 2 == 1};
	unsigned long long counted;
	const char *entries;
	size_t size;
	char *text, *name;

	write_file("input", &b);
	lw_buf_fini(&b);
	m.input = name = strdup(path);
	lw_run_options_init(&o);
	o.patterns = shipped;
	o.pattern_count = 1;
	o.threads = _i < 2 ? 1 : 3;
	o.progress = meddle;
	o.progress_arg = &m;
	m.run = lw_run_new(&o);
	ck_assert_ptr_nonnull(m.run);
	ck_assert_int_eq(lw_run_read(m.run, &m.input, 1), LW_RUN_OK);
	ck_assert(!lw_run_input_failed(m.run));
	text = lw_run_report(m.run, "json", &style, &size);
	ck_assert_ptr_nonnull(text);
	entries = strstr(text, "\"entries\": ");
	ck_assert_ptr_nonnull(entries);
	counted = strtoull(entries + strlen("\"entries\": "), NULL, 10);
	ck_assert(m.done);
	ck_assert_uint_gt(counted, 0);
	if (_i < 2) /* on several threads it may be read before this one hears of it */
		ck_assert_uint_lt(counted, (size_t)8 * ENTRIES);
	free(text);
	lw_run_free(m.run);
	free(name);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("threads");
	TCase *t = tcase_create("threads");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, make_folder, remove_folder);
	tcase_add_test(t, a_large_file_with_malformed_lines);
	tcase_add_test(t, a_file_known_to_be_large);
	tcase_add_test(t, duplicates_across_blocks);
	tcase_add_test(t, records_longer_than_a_block);
	tcase_add_test(t, ends_of_lines);
	tcase_add_test(t, an_end_in_the_middle);
	tcase_add_test(t, all_kinds_in_one_file);
	tcase_add_loop_test(t, a_file_that_is_shared, 0, 6);
	tcase_add_test(t, one_array);
	tcase_add_test(t, gzip_of_several_members);
	tcase_add_test(t, many_files);
	tcase_add_test(t, the_same_file_twice);
	tcase_add_loop_test(t, an_input_that_ends_while_it_is_read, 0, 4);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
