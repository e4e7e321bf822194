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

/* The same request by the names of three writers. */
static const char *const writers[] = {
    "{\"insertId\":\"i\",\"timestamp\":\"2025-01-01T00:00:00Z\",\"severity\":\"ERROR\","
    "\"httpRequest\":{\"requestMethod\":\"GET\",\"requestUrl\":\"/x\",\"status\":503,"
    "\"latency\":\"1.5s\"}}",
    "{\"insert_id\":\"i\",\"timestamp\":\"2025-01-01T00:00:00Z\",\"severity\":500,\"trace\":\"\","
    "\"http_request\":{\"request_method\":\"GET\",\"request_url\":\"/x\",\"status\":503,"
    "\"latency\":{\"seconds\":1,\"nanos\":500000000}}}",
    "{\"insertId\":\"i\",\"timestamp\":\"2025-01-01 00:00:00 UTC\",\"severity\":\"500\","
    "\"httpRequest\":{\"requestMethod\":\"GET\",\"requestUrl\":\"/x\",\"status\":\"503\","
    "\"latency\":1.5}}",
};

START_TEST(writers_agree)
{
	struct lw_entry *e = decode_one(writers[_i], LW_RECORD_JSON);

	ck_str(e->insert_id, "i");
	ck_str(e->message, "GET /x -> 503");
	ck_assert_int_eq(e->payload, LW_PAYLOAD_NONE);
	ck_assert_int_eq(e->severity, LW_SEV_ERROR);
	ck_assert(e->http.present);
	ck_assert_int_eq(e->http.status, 503);
	ck_assert_int_eq(e->http.latency_ns, 1500000000);
	ck_assert_int_eq(e->time_ns, INT64_C(1735689600000000000));
	ck_assert_int_eq(e->effect_ns - e->time_ns, 1500000000);
}
END_TEST

/* Times of LogEntries and of applications; 0 where there is none. */
static const struct {
	const char *json;
	int64_t ns;
	enum lw_code warn;
} times[] = {
    {"{\"insertId\":\"1\",\"timestamp\":\"2025-01-01T00:00:00.000000001Z\"}",
	INT64_C(1735689600000000001), LW_OK},
    {"{\"insertId\":\"1\",\"timestamp\":\"2025-01-01T01:00:00+01:00\"}",
	INT64_C(1735689600000000000), LW_OK},
    {"{\"insertId\":\"1\",\"timestamp\":\"yesterday\",\"receiveTimestamp\":\"2025-01-01T00:00:"
     "00Z\"}",
	INT64_C(1735689600000000000), LW_ETIME},
    {"{\"insertId\":\"1\",\"timestamp\":\"2025-02-30T00:00:00Z\"}", 0, LW_ETIME},
    {"{\"insertId\":\"1\",\"timestamp\":true}", 0, LW_ETYPE},
    {"{\"insertId\":\"1\",\"timestamp\":\"\"}", 0, LW_OK},
    {"{\"insertId\":\"1\",\"protoPayload\":{\"timestamp\":\"2025-01-01T00:00:00Z\"},"
     "\"receiveTimestamp\":\"2025-01-01T00:00:09Z\"}",
	INT64_C(1735689600000000000), LW_OK},
    {"{\"insertId\":\"1\",\"jsonPayload\":{\"time\":1735689600123}}", INT64_C(1735689600123000000),
	LW_OK},
    {"{\"msg\":\"x\",\"time\":1735689600123,\"level\":50}", INT64_C(1735689600123000000), LW_OK},
    {"{\"msg\":\"x\",\"ts\":1735689600.25}", INT64_C(1735689600250000000), LW_OK},
    {"{\"msg\":\"x\",\"ts\":1.7356896E9}", INT64_C(1735689600000000000), LW_OK},
    {"{\"message\":\"x\",\"@timestamp\":\"2025-01-01T00:00:00Z\"}", INT64_C(1735689600000000000),
	LW_OK},
    {"{\"message\":\"x\",\"timestamp\":{\"seconds\":1735689600,\"nanos\":5}}",
	INT64_C(1735689600000000005), LW_OK},
    {"{\"message\":\"x\",\"timestampSeconds\":1735689600,\"timestampNanos\":7}",
	INT64_C(1735689600000000007), LW_OK},
    {"{\"message\":\"x\",\"time\":12}", 0, LW_OK},
};

START_TEST(time_is_found)
{
	struct decoded d;

	decode(times[_i].json, LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.code, LW_OK);
	ck_assert_int_eq(d.warn.code, times[_i].warn);
	ck_assert_int_eq(d.e[0].time_ns, times[_i].ns == 0 ? LW_TIME_NONE : times[_i].ns);
}
END_TEST

/* Wrong types: the field is missing, the entry is used, the warning names it. */
static const struct {
	const char *json, *warning; /* NULL: none */
} wrong[] = {
    {"{\"insertId\":5,\"textPayload\":\"x\"}", "insertId is a number, not a string"},
    {"{\"insertId\":\"1\",\"textPayload\":{\"a\":1}}", "textPayload is an object, not a string"},
    {"{\"insertId\":\"1\",\"labels\":[1]}", "labels is an array, not an object"},
    {"{\"insertId\":\"1\",\"resource\":\"r\"}", "resource is a string, not an object"},
    {"{\"insertId\":\"1\",\"severity\":{}}", "severity is an object, not a severity"},
    {"{\"insertId\":\"1\",\"severity\":\"LOUD\"}", "severity \"LOUD\" is not known"},
    {"{\"insertId\":\"1\",\"httpRequest\":{\"status\":\"ok\"}}",
	"status is a string, not an integer"},
    {"{\"insertId\":\"1\",\"httpRequest\":{\"latency\":\"soon\"}}",
	"latency \"soon\" is not a duration"},
    {"{\"insertId\":\"1\",\"timestamp\":\"soon\"}", "timestamp \"soon\" is not a time"},
    {"{\"insertId\":\"1\",\"httpRequest\":{},\"labels\":null,\"trace\":\"\"}", NULL},
    {"{\"insertId\":\"1\",\"sourceLocation\":{\"line\":231}}", NULL},
    {"{\"message\":\"x\",\"labels\":[1],\"trace\":5,\"resource\":true}", NULL},
};

START_TEST(wrong_type_is_a_warning)
{
	struct decoded d;

	decode(wrong[_i].json, LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.code, LW_OK);
	ck_assert_uint_eq(d.count, 1);
	if (wrong[_i].warning == NULL) {
		ck_assert_msg(d.warn.code == LW_OK, "%s", d.warn.message);
		return;
	}
	ck_assert_str_eq(d.warn.message, wrong[_i].warning);
	ck_assert_uint_eq(d.warn.line, 7);
	ck_assert(!d.e[0].http.present);
}
END_TEST

static const struct {
	const char *text;
	enum lw_code code;
	uint64_t line, offset;
	const char *says;
} malformed[] = {
    {"{\"insertId\":\"1\",}", LW_EJSON, 7, 115, "malformed JSON: "},
    {"{\n\"insertId\":\"1\"\n\"x\"", LW_EJSON, 9, 118, "malformed JSON: "},
    {"{\"insertId\":\"1\"", LW_EJSON, 7, 115, "premature EOF"},
    {"", LW_EJSON, 7, 100, "malformed JSON"},
    {"7", LW_EJSON, 7, 100, "a number, not an entry"},
    {"[1]", LW_EJSON, 7, 100, "a number, not an entry"},
    {"{\"a\":1} {\"a\":2}", LW_EJSON, 7, 108, "trailing garbage"},
    {"{\"error\":{\"code\":429,\"message\":\"Quota exceeded\",\"status\":\"RESOURCE_EXHAUSTED\"}}",
	LW_EJSON, 7, 100,
	"an error answer of the API, not an entry: 429 RESOURCE_EXHAUSTED: Quota exceeded"},
    {"{\"message\":{\"data\":\"*\",\"messageId\":\"1\"}}", LW_EJSON, 7, 100, "is not base64"},
};

START_TEST(malformed_says_where)
{
	struct decoded d;

	decode(malformed[_i].text, LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.code, malformed[_i].code);
	ck_assert_uint_eq(d.count, 0);
	ck_assert_uint_eq(d.error.line, malformed[_i].line);
	ck_assert_msg(
	    d.error.offset >= malformed[_i].offset && d.error.offset <= malformed[_i].offset + 3,
	    "offset %llu", (unsigned long long)d.error.offset);
	ck_assert_msg(strstr(d.error.message, malformed[_i].says) != NULL, "%s", d.error.message);
}
END_TEST

START_TEST(depth_and_size_are_bounded)
{
	static char deep[200000];
	struct decoded d;
	struct lw_buf b = {0};
	size_t i;

	memset(deep, '[', sizeof(deep));
	decode_bytes(deep, sizeof(deep), LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.code, LW_ELIMIT);
	decode_bytes(deep, sizeof(deep), LW_RECORD_YAML, &d);
	ck_assert(d.code == LW_ELIMIT || d.code == LW_EYAML);
	lw_buf_addz(&b, "{\"insertId\":\"1\",\"jsonPayload\":{\"message\":\"m\",\"x\":[0");
	for (i = 0; i < 1100000; i++)
		lw_buf_addz(&b, ",0");
	lw_buf_addz(&b, "]}}");
	decode_bytes(b.p, b.n, LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.code, LW_ELIMIT);
	lw_buf_reset(&b);
	lw_buf_addz(&b, "{\"insertId\":\"1\",\"textPayload\":\"\\n");
	for (i = 0; i < 1000000; i++)
		lw_buf_addz(&b, "abcd");
	lw_buf_addz(&b, "\"}");
	decode_bytes(b.p, b.n, LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.code, LW_OK);
	ck_assert_uint_eq(d.e[0].message.n, 4000001);
	lw_buf_fini(&b);
}
END_TEST

START_TEST(invalid_utf8_is_replaced)
{
	struct decoded d;

	decode("{\"insertId\":\"1\",\"textPayload\":\"a\xff"
	       "b\"}",
	    LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.code, LW_OK);
	ck_assert_int_eq(d.warn.code, LW_EUTF8);
	ck_assert_uint_eq(d.warn.offset, 132);
	ck_str(d.e[0].message, "a\xef\xbf\xbd"
			       "b");
	decode("{\"insertId\":\"1\",\"textPayload\":\"a\\u0000b\"}", LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.code, LW_OK);
	ck_assert_uint_eq(d.e[0].message.n, 3);
}
END_TEST

/* How many entries a record holds, and the message of the last. */
static const struct {
	const char *json;
	size_t count;
	const char *last;
} wrapped[] = {
    {"{\"entries\":[{\"insertId\":\"1\",\"textPayload\":\"a\"},{\"insertId\":\"2\",\"textPayload\":"
     "\"b\"}],"
     "\"nextPageToken\":\"t\"}",
	2, "b"},
    {"{\"entries\":[]}", 0, NULL},
    {"{\"nextPageToken\":\"t\"}", 0, NULL},
    {"[{\"textPayload\":\"a\"},{\"textPayload\":\"b\"}]", 2, "b"},
    /* {"textPayload":"hi","insertId":"9"} */
    {"{\"message\":{\"data\":\"eyJ0ZXh0UGF5bG9hZCI6ImhpIiwiaW5zZXJ0SWQiOiI5In0=\",\"messageId\":"
     "\"1\"},"
     "\"subscription\":\"s\"}",
	1, "hi"},
    {"{\"receivedMessages\":[{\"ackId\":\"a\",\"message\":{\"data\":"
     "\"eyJ0ZXh0UGF5bG9hZCI6ImhpIiwiaW5zZXJ0SWQi"
     "OiI5In0\"}},{\"ackId\":\"b\",\"message\":{\"data\":\"cGxhaW4=\"}}]}",
	2, "plain"},
    {"{\"message\":{\"data\":\"not wrapped\",\"text\":\"t\"}}", 1, NULL},
    {"{\"message\":\"five entries\",\"entries\":[{\"a\":1}]}", 1, "five entries"},
    {"{\"log\":\"{\\\"severity\\\":\\\"error\\\",\\\"message\\\":\\\"boom\\\"}\\n\",\"stream\":"
     "\"stdout\","
     "\"time\":\"2025-01-01T00:00:00Z\"}",
	1, "boom"},
    {"{\"log\":\"plain line\\n\",\"stream\":\"stderr\",\"time\":\"2025-01-01T00:00:00Z\"}", 1,
	"plain line"},
    {"{\"log\":\"kept\",\"stream\":\"north\"}", 1, "kept"},
};

START_TEST(wrappers_are_opened)
{
	struct decoded d;

	decode(wrapped[_i].json, LW_RECORD_JSON, &d);
	ck_assert_msg(d.code == LW_OK, "%s", d.error.message);
	ck_assert_uint_eq(d.count, wrapped[_i].count);
	if (wrapped[_i].last != NULL)
		ck_str(d.e[d.count - 1].message, wrapped[_i].last);
}
END_TEST

/* Resource types: what becomes service, revision and instance. */
static const struct {
	const char *resource, *labels, *service, *revision, *instance;
} resources[] = {
    {"\"type\":\"cloud_run_revision\",\"labels\":{\"service_name\":\"s\",\"revision_name\":\"s-"
     "1\"}",
	"\"instanceId\":\"i\"", "s", "s-1", "i"},
    {"\"type\":\"cloud_run_job\",\"labels\":{\"job_name\":\"j\"}", "\"instanceId\":\"i\"", "j", "",
	"i"},
    {"\"type\":\"k8s_container\",\"labels\":{\"container_name\":\"c\",\"pod_name\":\"c-75d4498bb8-"
     "92766\"}",
	"\"k8s-pod/pod-template-hash\":\"75d4498bb8\"", "c", "75d4498bb8", "c-75d4498bb8-92766"},
    {"\"type\":\"k8s_pod\",\"labels\":{\"pod_name\":\"shop-web-75d4498bb8-92766\"}", "", "shop-web",
	"", "shop-web-75d4498bb8-92766"},
    {"\"type\":\"k8s_pod\",\"labels\":{\"pod_name\":\"db-0\"}", "", "db", "", "db-0"},
    {"\"type\":\"k8s_pod\",\"labels\":{\"pod_name\":\"web-server\"}", "", "web-server", "",
	"web-server"},
    {"\"type\":\"cloud_function\",\"labels\":{\"function_name\":\"f\",\"region\":\"r\"}", "", "f",
	"", ""},
    {"\"type\":\"gae_app\",\"labels\":{\"module_id\":\"m\",\"version_id\":\"v\"}",
	"\"clone_id\":\"c\"", "m", "v", "c"},
    {"\"type\":\"gce_instance\",\"labels\":{\"instance_id\":\"42\",\"zone\":\"z\"}",
	"\"compute.googleapis.com/resource_name\":\"vm\"", "vm", "", "42"},
    {"\"type\":\"gce_instance\",\"labels\":{\"instance_id\":\"42\"}", "", "42", "", "42"},
    {"\"type\":\"gce_instance\",\"labels\":{\"instance_id\":\"42\"}",
	"\"compute.googleapis.com/resource_name\":\"web-x2kd\","
	"\"compute.googleapis.com/instance_group_manager/name\":\"web\"",
	"web", "", "42"},
    {"\"type\":\"gce_instance\",\"labels\":{\"instance_id\":\"42\"}",
	"\"compute.googleapis.com/resource_name\":\"web-12\"", "web", "", "42"},
    {"\"type\":\"gce_instance\",\"labels\":{\"instance_id\":\"42\"}",
	"\"compute.googleapis.com/resource_name\":\"web-x2kd\"", "web", "", "42"},
    {"\"type\":\"gce_instance\",\"labels\":{\"instance_id\":\"42\"}",
	"\"compute.googleapis.com/resource_name\":\"web-prod\"", "web-prod", "", "42"},
    {"\"type\":\"gce_instance\",\"labels\":{\"instance_id\":\"42\"}",
	"\"compute.googleapis.com/resource_name\":\"web-v2a\"", "web-v2a", "", "42"},
    {"\"type\":\"cloudsql_database\",\"labels\":{\"database_id\":\"p:db\"}", "", "p:db", "", ""},
    {"\"type\":\"build\",\"labels\":{\"build_id\":\"b\",\"build_trigger_id\":\"t\"}", "", "t", "b",
	""},
    {"\"type\":\"http_load_balancer\",\"labels\":{\"backend_service_name\":\"\",\"url_map_name\":"
     "\"u\"}",
	"", "u", "", ""},
    {"\"type\":\"audited_resource\",\"labels\":{\"service\":\"s.googleapis.com\",\"method\":\"m\"}",
	"", "s.googleapis.com", "", ""},
    {"\"type\":\"something_new\",\"labels\":{\"service_name\":\"n\"}", "\"instanceId\":\"i\"", "n",
	"", "i"},
    {"\"type\":\"global\",\"labels\":{\"project_id\":\"p\"}", "\"app\":\"a\"", "a", "", ""},
};

START_TEST(resource_gives_the_service)
{
	char json[1024];
	struct lw_entry *e;

	(void)snprintf(json, sizeof(json),
	    "{\"insertId\":\"1\",\"textPayload\":\"x\",\"resource\":{%s},\"labels\":{%s}}",
	    resources[_i].resource, resources[_i].labels);
	e = decode_one(json, LW_RECORD_JSON);
	ck_str(e->service, resources[_i].service);
	ck_str(e->revision, resources[_i].revision);
	ck_str(e->instance, resources[_i].instance);
}
END_TEST

START_TEST(structured_line_says_its_service)
{
	struct lw_entry *e = decode_one(
	    "{\"severity\":\"WARNING\",\"message\":\"m\",\"serviceContext\":{\"service\":\"s\","
	    "\"version\":\"v\"},"
	    "\"logging.googleapis.com/trace\":\"projects/p/traces/t\",\"logging.googleapis.com/"
	    "spanId\":\"sp\","
	    "\"logging.googleapis.com/insertId\":\"id\",\"logging.googleapis.com/"
	    "labels\":{\"a\":\"b\"},"
	    "\"logging.googleapis.com/sourceLocation\":{\"file\":\"x.go\",\"line\":\"3\"}}",
	    LW_RECORD_JSON);

	ck_str(e->service, "s");
	ck_str(e->revision, "v");
	ck_str(e->trace, "projects/p/traces/t");
	ck_str(e->project, "p");
	ck_str(e->span, "sp");
	ck_str(e->insert_id, "id");
	ck_str(e->source.file, "x.go");
	ck_assert_uint_eq(e->label_count, 1);
	ck_assert(e->severity_field);
	ck_assert_int_eq(e->payload, LW_PAYLOAD_JSON);
	e = decode_one(
	    "{\"msg\":\"x\",\"kubernetes\":{\"pod_name\":\"p-1\",\"container_name\":\"c\","
	    "\"namespace_name\":\"n\"}}",
	    LW_RECORD_JSON);
	ck_str(e->service, "c");
	ck_str(e->instance, "p-1");
	ck_str(e->namespace_name, "n");
}
END_TEST

START_TEST(insight_is_a_second_copy)
{
	ck_assert(decode_one(
	    "{\"insertId\":\"1\",\"jsonPayload\":{\"message\":\"m\",\"@type\":"
	    "\"type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.Insight\"}}",
	    LW_RECORD_JSON)
		      ->insight);
	ck_assert(!decode_one("{\"insertId\":\"1\",\"jsonPayload\":{\"message\":\"m\",\"@type\":"
			      "\"type.googleapis.com/"
			      "google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent\"}}",
	    LW_RECORD_JSON)
		       ->insight);
}
END_TEST

/* What is remembered of a log is of that log alone, also where another takes its place. */
START_TEST(logs_in_turn_are_told_apart)
{
	static const char *const logs[] = {
	    "projects/p/logs/clouderrorreporting.googleapis.com%2Finsights",
	    "projects/p/logs/a-log-of-a-length-and-an-end-that-are-the-sames",
	    "projects/p/logs/another-of-a-length-and-end-that-are-the-sames-",
	    "projects/p/logs/b-log-of-a-length-and-an-end-that-are-the-sames", ""};
	char record[200];
	size_t i;

	for (i = 0; i < 50; i++) {
		const char *log = logs[i * i % 5];
		const struct lw_entry *e;

		(void)snprintf(record, sizeof(record),
		    "{\"insertId\":\"1\",\"logName\":\"%s\",\"textPayload\":\"m\"}", log);
		e = decode_one(record, LW_RECORD_JSON);
		ck_str(e->log_name, log);
		ck_assert_int_eq(e->insight, log == logs[0]);
		ck_assert(e->log_key == (log[0] == '\0' ? 0 : LW_LOG_KEY(e->log_name)));
	}
}
END_TEST

struct given {
	const struct lw_entry *last; /* stays until another one was given */
	unsigned count;
};

static void
on_given(void *arg, struct lw_entry *e)
{
	struct given *g = arg;
	char id[8];

	(void)snprintf(id, sizeof(id), "%u", g->count);
	if (g->last != NULL) {
		ck_assert_ptr_ne(g->last, e);
		ck_str(g->last->insert_id, id);
	}
	(void)snprintf(id, sizeof(id), "%u", ++g->count);
	ck_str(e->insert_id, id);
	g->last = e;
}

/* Also across records, whether they hold one, two or none. */
START_TEST(an_entry_stays_while_the_next_is_given)
{
	static const char *const records[] = {"{\"insertId\":\"1\"}",
	    "{\"insertId\":\"2\",\"severity\":\"ERROR\"}", "{\"entries\":[]}",
	    "{\"entries\":[{\"insertId\":\"3\"},{\"insertId\":\"4\"},{\"insertId\":\"5\"}]}",
	    "no JSON", "{\"insertId\":\"6\"}"};
	struct lw_decoder *d = lw_decoder_new();
	struct given g = {NULL, 0};
	struct lw_error error;
	size_t i;

	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		const struct lw_record r = {
		    .bytes = lw_str_from(records[i]), .kind = LW_RECORD_JSON, .line = 1};

		(void)lw_decode(d, &r, on_given, &g, NULL, &error);
	}
	ck_assert_uint_eq(g.count, 6);
	lw_decoder_free(d);
}
END_TEST

static const struct {
	const char *status;
	int is;
	bool warns;
} statuses[] = {
    {"200", 200, false},
    {"503.0", 503, false},
    {"\"404\"", 404, false},
    {"99", 99, false},
    {"0", 0, false},
    {"-20", 0, false},
    {"1000", 0, false},
    {"5e2", 0, true},
    {"2.5", 0, true},
    {"true", 0, true},
    {"null", 0, false},
};

START_TEST(status_is_read)
{
	struct decoded d;
	char record[100];

	(void)snprintf(record, sizeof(record),
	    "{\"insertId\":\"1\",\"httpRequest\":{\"requestMethod\":\"GET\",\"status\":%s}}",
	    statuses[_i].status);
	decode(record, LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.count, 1);
	ck_assert_int_eq(d.e[0].http.status, statuses[_i].is);
	ck_assert_int_eq(d.warn.code, statuses[_i].warns ? LW_ETYPE : LW_OK);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

TCase *
entry_json_case(void)
{
	TCase *t = tcase_create("json");

	tcase_add_test(t, log_entry);
	tcase_add_test(t, an_entry_stays_while_the_next_is_given);
	tcase_add_loop_test(t, writers_agree, 0, COUNT(writers));
	tcase_add_loop_test(t, time_is_found, 0, COUNT(times));
	tcase_add_loop_test(t, status_is_read, 0, COUNT(statuses));
	tcase_add_loop_test(t, wrong_type_is_a_warning, 0, COUNT(wrong));
	tcase_add_loop_test(t, malformed_says_where, 0, COUNT(malformed));
	tcase_add_test(t, depth_and_size_are_bounded);
	tcase_add_test(t, invalid_utf8_is_replaced);
	tcase_add_loop_test(t, wrappers_are_opened, 0, COUNT(wrapped));
	tcase_add_loop_test(t, resource_gives_the_service, 0, COUNT(resources));
	tcase_add_test(t, structured_line_says_its_service);
	tcase_add_test(t, insight_is_a_second_copy);
	tcase_add_test(t, logs_in_turn_are_told_apart);
	return t;
}
