/* check_input_storage.c - what names and headers of remote objects say. */
#include <stdlib.h>

#include "base/time.h"
#include "input/content_range.h"
#include "input/http_address.h"
#include "input/shard.h"
#include "input_helper.h"

static const struct {
	const char *name, *from, *to; /* NULL: is no shard */
} shards[] = {
    {"run.googleapis.com/stderr/2026/03/02/08:00:00_08:59:59_S0.json", "2026-03-02T08:00:00Z",
	"2026-03-02T09:00:00Z"},
    {"2026/03/02/08:00:00_08:59:59_S12.json", "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z"},
    {"syslog/2026/12/31/23:00:00_23:59:59_A0:1616681700.json", "2026-12-31T23:00:00Z",
	"2027-01-01T00:00:00Z"},
    {"syslog/2026/03/02/23:30:00_00:29:59_S0.json.gz", "2026-03-02T23:30:00Z",
	"2026-03-03T00:30:00Z"},
    {"syslog/2026/02/30/08:00:00_08:59:59_S0.json", NULL, NULL},
    {"syslog/2026/03/02/24:00:00_24:59:59_S0.json", NULL, NULL},
    {"syslog/2026/03/02/08:00:00_08:59:59_X0.json", NULL, NULL},
    {"syslog/2026-03-02/08:00:00_08:59:59_S0.json", NULL, NULL},
    {"2026/03/02/", NULL, NULL},
    {"", NULL, NULL},
};

START_TEST(names_of_a_sink_say_their_hour)
{
	char text[LW_TIME_TEXT_BYTES];
	int64_t from, to;

	ck_assert(
	    lw_shard_time(lw_str_from(shards[_i].name), &from, &to) == (shards[_i].from != NULL));
	if (shards[_i].from == NULL)
		return;
	(void)lw_time_format(from, text);
	ck_assert_str_eq(text, shards[_i].from);
	(void)lw_time_format(to, text);
	ck_assert_str_eq(text, shards[_i].to);
}
END_TEST

static const struct {
	const char *since, *until; /* NULL: no bound */
	bool wanted;
} bounds[] = {
    {NULL, NULL, true},
    {"2026-03-02T09:59:59Z", NULL, true}, /* a shard's length after its end */
    {"2026-03-02T10:00:00Z", NULL, false},
    {NULL, "2026-03-02T07:00:00Z", false},
    {NULL, "2026-03-02T07:00:01Z", true}, /* a shard's length before its start */
    {"2026-03-02T08:10:00Z", "2026-03-02T08:20:00Z", true},
    {"2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z", false},
};

static int64_t
bound(const char *text)
{
	int64_t ns = LW_TIME_NONE;

	ck_assert(text == NULL || lw_time_parse(lw_str_from(text), &ns));
	return ns;
}

START_TEST(hours_that_touch_the_bounds_are_wanted)
{
	ck_assert(lw_shard_wanted(LW_STR("a/2026/03/02/08:00:00_08:59:59_S0.json"),
		      bound(bounds[_i].since), bound(bounds[_i].until)) == bounds[_i].wanted);
	ck_assert(
	    lw_shard_wanted(LW_STR("a/b.json"), bound(bounds[_i].since), bound(bounds[_i].until)));
}
END_TEST

static const struct {
	const char *value;
	bool valid;
	int64_t first, last, total;
} ranges[] = {
    {"bytes 100-199/300", true, 100, 199, 300},
    {"bytes 0-0/1", true, 0, 0, 1},
    {"BYTES  5-9/*", true, 5, 9, -1},
    {"bytes */300", true, -1, -1, 300},
    {"bytes 200-100/300", false, 0, 0, 0},
    {"bytes 100-300/300", false, 0, 0, 0},
    {"bytes 100-/300", false, 0, 0, 0},
    {"bytes 1-2", false, 0, 0, 0},
    {"bytes 99999999999999999999-1/2", false, 0, 0, 0},
    {"lines 1-2/3", false, 0, 0, 0},
    {"", false, 0, 0, 0},
};

START_TEST(content_range_is_read)
{
	struct lw_content_range r;

	ck_assert(lw_content_range_parse(lw_str_from(ranges[_i].value), &r) == ranges[_i].valid);
	if (!ranges[_i].valid)
		return;
	ck_assert_int_eq(r.first, ranges[_i].first);
	ck_assert_int_eq(r.last, ranges[_i].last);
	ck_assert_int_eq(r.total, ranges[_i].total);
}
END_TEST

static const struct {
	const char *url, *shown;
} shown[] = {
    {"https://example.com/a.json", "https://example.com/a.json"},
    {"https://me:pass@example.com/a", "https://example.com/a"},
    {"https://a@b:c@example.com", "https://example.com"},
    {"https://example.com/a@b?sig=abc&x&y=1#frag", "https://example.com/a@b?sig=...&x&y=..."},
    {"https://example.com?token=a/b@c", "https://example.com?token=..."},
    {"plain", "plain"},
};

START_TEST(addresses_are_shown_without_secrets)
{
	char *text = lw_http_shown(shown[_i].url);

	ck_assert_str_eq(text, shown[_i].shown);
	free(text);
}
END_TEST

static const struct {
	const char *base, *reference, *means; /* NULL: nothing */
} references[] = {
    {"https://example.com/a/b?c", "d", "https://example.com/a/d"},
    {"https://example.com/a/b", "/d?e=f", "https://example.com/d?e=f"},
    {"https://example.com/a", "//other.example/d", "https://other.example/d"},
    {"https://example.com/a", "http://other.example/d", "http://other.example/d"},
    {"https://example.com/a", "ftp://other.example/d", "ftp://other.example/d"},
    {"nonsense", "d", NULL},
};

START_TEST(references_are_resolved)
{
	char *url = lw_http_resolve(references[_i].base, lw_str_from(references[_i].reference));

	if (references[_i].means == NULL)
		ck_assert_ptr_null(url);
	else
		ck_assert_str_eq(url, references[_i].means);
	free(url);
}
END_TEST

TCase *
input_storage_case(void)
{
	TCase *t = tcase_create("storage");

	tcase_add_loop_test(
	    t, names_of_a_sink_say_their_hour, 0, sizeof(shards) / sizeof(shards[0]));
	tcase_add_loop_test(
	    t, hours_that_touch_the_bounds_are_wanted, 0, sizeof(bounds) / sizeof(bounds[0]));
	tcase_add_loop_test(t, content_range_is_read, 0, sizeof(ranges) / sizeof(ranges[0]));
	tcase_add_loop_test(
	    t, addresses_are_shown_without_secrets, 0, sizeof(shown) / sizeof(shown[0]));
	tcase_add_loop_test(
	    t, references_are_resolved, 0, sizeof(references) / sizeof(references[0]));
	return t;
}
