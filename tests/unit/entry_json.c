/* entry_json.c - LogEntry fields out of JSON, by every writer's names. */
#include "entry_test.h"

START_TEST(log_entry)
{
	struct lw_entry *e = decode_one(
	    "{\"insertId\":\"i1\",\"logName\":\"projects/p1/logs/run.googleapis.com%2Fstderr\","
	    "\"resource\":{\"type\":\"cloud_run_revision\",\"labels\":{\"service_name\":\"shop\","
	    "\"revision_name\":\"shop-1\",\"location\":\"europe-west1\",\"project_id\":\"p1\"}},"
	    "\"labels\":{\"instanceId\":\"abc\",\"k\":\"v\"},\"severity\":\"warn\","
	    "\"timestamp\":\"2025-01-02T03:04:05.6Z\",\"trace\":\"projects/p1/traces/t\","
	    "\"spanId\":\"s\",\"textPayload\":\"tab\\there\","
	    "\"sourceLocation\":{\"file\":\"a.py\",\"line\":\"231\",\"function\":\"f\"},"
	    "\"operation\":{\"id\":\"o\",\"producer\":\"pr\",\"last\":true},"
	    "\"split\":{\"uid\":\"u\",\"index\":1,\"totalSplits\":3}}",
	    LW_RECORD_JSON);
	struct lw_str v;

	ck_str(e->insert_id, "i1");
	ck_str(e->project, "p1");
	ck_str(e->service, "shop");
	ck_str(e->revision, "shop-1");
	ck_str(e->instance, "abc");
	ck_str(e->location, "europe-west1");
	ck_str(e->message, "tab\there");
	ck_str(e->trace, "projects/p1/traces/t");
	ck_assert_int_eq(e->severity, LW_SEV_WARNING);
	ck_assert(e->severity_field);
	ck_assert_int_eq(e->time_ns, INT64_C(1735787045600000000));
	ck_assert_uint_eq(e->source.line, 231);
	ck_assert(e->operation.last && !e->operation.first);
	ck_assert(e->split.present);
	ck_assert_uint_eq(e->split.index, 1);
	ck_assert_uint_eq(e->split.total, 3);
	ck_assert_uint_eq(e->label_count, 6);
	ck_assert(lw_entry_field(e, LW_STR("label.k"), &v));
	ck_str(v, "v");
	ck_assert(lw_entry_field(e, LW_STR("label.absent"), &v));
	ck_str(v, "");
	ck_assert(lw_entry_field(e, LW_STR("severity"), &v));
	ck_str(v, "WARNING");
	ck_assert(!lw_entry_field(e, LW_STR("colour"), &v));
}
END_TEST

TCase *
entry_json_case(void)
{
	TCase *t = tcase_create("json");

	tcase_add_test(t, log_entry);
	return t;
}
