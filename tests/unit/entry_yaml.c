/* entry_yaml.c - what `gcloud logging read` writes without --format. */
#include "entry_test.h"

START_TEST(entry_is_read)
{
	struct lw_entry *e = decode_one("insertId: 68c8c079000d3f33d5b1a727\n"
					"labels:\n"
					"  instanceId: abc\n"
					"  run: '1757'\n"
					"logName: projects/p/logs/run.googleapis.com%2Fstderr\n"
					"resource:\n"
					"  labels:\n"
					"    service_name: shop\n"
					"  type: cloud_run_revision\n"
					"severity: ERROR\n"
					"httpRequest:\n"
					"  status: 503\n"
					"  requestUrl: /x\n"
					"textPayload: |-\n"
					"  one\n"
					"    two\n"
					"timestamp: '2025-01-01T00:00:00Z'\n",
	    LW_RECORD_YAML);

	ck_str(e->insert_id, "68c8c079000d3f33d5b1a727");
	ck_str(e->instance, "abc");
	ck_str(e->service, "shop");
	ck_str(e->project, "p");
	ck_str(e->message, "one\n  two");
	ck_assert_int_eq(e->severity, LW_SEV_ERROR);
	ck_assert_int_eq(e->http.status, 503);
	ck_assert_int_eq(e->time_ns, INT64_C(1735689600000000000));
	ck_assert_uint_eq(e->label_count, 3);
}
END_TEST

/* Both sides must give the same message. */
static const struct {
	const char *yaml, *message;
} texts[] = {
    {"insertId: '1'\ntextPayload: |-\n  \033[31mERROR\033[0m boom\n    at x\n",
	"\033[31mERROR\033[0m boom\n  at x"},
    {"insertId: '1'\ntextPayload: |\n  crlf one\r\n  crlf two\r\n", "crlf one\r\ncrlf two\r\n"},
    {"insertId: '1'\r\ntextPayload: |\r\n  windows\r\n  file\r\n", "windows\nfile\n"},
    {"insertId: '1'\ntextPayload: |-\n  lone\rcr\n", "lone\rcr"},
    {"insertId: '1'\ntextPayload: a \001\177 b\n", "a \001\177 b"},
    {"insertId: '1'\ntextPayload: |2\n    leading\n  second\n", "  leading\nsecond\n"},
    {"insertId: '1'\ntextPayload: |+\n  line\n\n\n...\n", "line\n\n\n"},
    {"insertId: '1'\ntextPayload: folded\n  line\n", "folded line"},
    {"insertId: '1'\ntextPayload: 'true'\n", "true"},
    {"insertId: '1'\ntextPayload: \"sep \\L nbsp \xc2\xa0 nel \\N x\"\n",
	"sep \xe2\x80\xa8 nbsp \xc2\xa0 nel \xc2\x85 x"},
    {"insertId: '1'\ntextPayload: |-\n  raw \xe2\x80\xa8 sep \xc2\x85 nel \xef\xbb\xbf bom\n",
	"raw \xe2\x80\xa8 sep \xc2\x85 nel \xef\xbb\xbf bom"},
    {"insertId: '1'\njsonPayload:\n  a: 1.5\n  b: true\n  c: null\n  d: '1'\n  e: {}\n  f: []\n  "
     "g: ~\n",
	"{\"a\":1.5,\"b\":true,\"c\":null,\"d\":\"1\",\"e\":{},\"f\":[],\"g\":null}"},
    {"insertId: '1'\njsonPayload: {message: flow style}\n", "flow style"},
    {"insertId: '1'\njsonPayload:\n  x: &a 1\n  y: *a\n", "{\"x\":1,\"y\":null}"},
};

START_TEST(text_is_kept)
{
	ck_str(decode_one(texts[_i].yaml, LW_RECORD_YAML)->message, texts[_i].message);
}
END_TEST

static const struct {
	const char *yaml;
	uint64_t line;
} broken[] = {
    {"insertId: '1'\ntextPayload: [1\nx: y\n", 9},
    {"insertId: '1\n", 7},
    {"", 7},
    {"just a text\n", 7},
    {"? [a, b]\n: c\n", 7},
    {"a: b\n  c: d\n", 8},
};

START_TEST(broken_yaml_says_where)
{
	struct decoded d;

	decode(broken[_i].yaml, LW_RECORD_YAML, &d);
	ck_assert_int_ne(d.code, LW_OK);
	ck_assert_uint_eq(d.count, 0);
	ck_assert_msg(d.error.line >= 7 && d.error.line <= broken[_i].line + 1, "line %llu: %s",
	    (unsigned long long)d.error.line, d.error.message);
	ck_assert_str_ne(d.error.message, "");
}
END_TEST

TCase *
entry_yaml_case(void)
{
	TCase *t = tcase_create("yaml");

	tcase_add_test(t, entry_is_read);
	tcase_add_loop_test(t, text_is_kept, 0, (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_loop_test(
	    t, broken_yaml_says_where, 0, (int)(sizeof(broken) / sizeof(broken[0])));
	return t;
}
