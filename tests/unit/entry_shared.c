/* entry_shared.c - real captures beside the source tree, where they are present. */
#include "entry_test.h"

static bool
lone(const char *name, struct decoded *d, struct lw_buf *b)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "entries/%s", name);
	if (!shared_file(path, b))
		return false;
	decode_bytes(b->p, b->n, LW_RECORD_JSON, d);
	ck_assert_msg(d->code == LW_OK && d->warn.code == LW_OK, "%s: %s%s", name, d->error.message,
	    d->warn.message);
	ck_assert_uint_eq(d->count, 1);
	return true;
}

/* The trap of each entry, as SOURCES.tsv names it. */
static const struct {
	const char *file, *message; /* the start of it; NULL: not looked at */
	enum lw_severity severity;
	const char *service, *instance; /* the start of it; NULL: not looked at */
	const char *raised;             /* type of the first exception; NULL: no trace */
} entries[] = {
    {"01_run_request_503_malformed.json", "The request failed because either", LW_SEV_ERROR,
	"netra-backend-staging", "0069c7a9887544", NULL},
    {"02_run_varlog_exit3.json", "Container called exit(3).", LW_SEV_WARNING, NULL, NULL, NULL},
    {"03_run_py_traceback_inner.json", "Traceback", LW_SEV_ERROR, NULL, NULL,
	"ModuleNotFoundError"},
    {"04_run_py_during_handling.json", "During handling", LW_SEV_DEFAULT, NULL, NULL, NULL},
    {"05_run_py_traceback_outer.json", "Traceback", LW_SEV_ERROR, NULL, NULL, "RuntimeError"},
    {"06_run_gunicorn_error_noseverity.json", "[2025-09-16 01:42:58 +0000] [13] [ERROR] Worker",
	LW_SEV_ERROR, NULL, NULL, NULL},
    {"09_run_json_info_nested_error.json", "UnifiedIDManager initialized", LW_SEV_INFO, NULL, NULL,
	NULL},
    {"10_run_json_error_structured.json",
	"Middleware setup failure details: ModuleNotFoundError: ", LW_SEV_ERROR, NULL, NULL, NULL},
    {"11_run_request_500_traced.json", "GET https://palios-taey-yb6xskdufa-uc.a.run.app/ -> 500",
	LW_SEV_ERROR, NULL, NULL, NULL},
    {"12_run_py_typeerror_grouped.json", "Traceback", LW_SEV_ERROR, NULL, NULL, "TypeError"},
    {"13_run_node_grpc_noseverity.json", "Error: 5 NOT_FOUND", LW_SEV_ERROR, NULL, NULL, "Error"},
    {"15_lb_200.json", "GET https://203.0.113.51/ -> 200 (response_sent_by_backend)", LW_SEV_INFO,
	"gcp-fixture-alb-backend-service", NULL, NULL},
    {"17_run_job_exit0.json", "Container called exit(0).", LW_SEV_INFO, "admind-taxonomy-worker",
	NULL, NULL},
    {"18_k8s_logtag_log.json", "2024/07/28 15:50:21 Serving request: /", LW_SEV_DEFAULT,
	"hello-app", "hello-app-75d4498bb8-92766", NULL},
    {"20_gce_winevt_crlf.json", "2023-02-25T03:46:49.1619Z OSConfigAgent", LW_SEV_ERROR,
	"blaise-gusty-data-entry", "458491889528639951", NULL},
    {"21_gae_stdout_bunyan.json", "AUDIT_LOG: Failed", LW_SEV_ERROR, "dqs-ui", "0037d6d5", NULL},
    {"24_sql_audit_code3.json", "Some of your SQL", LW_SEV_ERROR, "ons-blaise-v2-prod:blaise-prod",
	NULL, NULL},
    {"26_gcs_audit_code7_nomsg.json",
	"storage.objects.list projects/_/buckets/ons-blaise-v2-prod-winvm-data: status code 7",
	LW_SEV_ERROR, NULL, NULL, NULL},
    {"29_sql_mysql_slow_fragment.json", "ON DUPLICATE", LW_SEV_DEFAULT, NULL, NULL, NULL},
    {"30_audit_denied_no_timestamp.json", "Permission denied to enable service", LW_SEV_ERROR,
	"serviceusage.googleapis.com", NULL, NULL},
};

static void
starts(struct lw_str got, const char *want)
{
	if (want != NULL)
		ck_assert_msg(lw_str_starts(got, lw_str_from(want)), "%.*s", (int)got.n,
		    got.n == 0 ? "" : got.p);
}

START_TEST(trap_is_avoided)
{
	struct lw_buf b = {0};
	struct decoded d;

	if (!lone(entries[_i].file, &d, &b))
		return;
	starts(d.e[0].message, entries[_i].message);
	ck_assert_int_eq(d.e[0].severity, entries[_i].severity);
	starts(d.e[0].service, entries[_i].service);
	starts(d.e[0].instance, entries[_i].instance);
	if (entries[_i].raised == NULL)
		ck_assert_ptr_null(d.e[0].stack);
	else
		ck_str(d.e[0].stack->exceptions[0].type, entries[_i].raised);
	lw_buf_fini(&b);
}
END_TEST

START_TEST(traps_of_single_fields)
{
	struct lw_buf b = {0};
	struct decoded d;

	if (!lone("01_run_request_503_malformed.json", &d, &b))
		return;
	ck_assert_int_eq(d.e[0].effect_ns - d.e[0].time_ns, INT64_C(3786648988));
	lw_buf_reset(&b);
	ck_assert(lone("19_gce_osconfig_sourceloc.json", &d, &b));
	ck_assert_uint_eq(d.e[0].source.line, 231);
	lw_buf_reset(&b);
	ck_assert(lone("22_run_python_logger_emptyhttp.json", &d, &b));
	ck_assert(!d.e[0].http.present);
	lw_buf_reset(&b);
	ck_assert(lone("12_run_py_typeerror_grouped.json", &d, &b));
	ck_assert(!d.e[0].stack->exceptions[0].frames[0].own);
	lw_buf_reset(&b);
	ck_assert(lone("27_function_error_insight.json", &d, &b));
	ck_assert(d.e[0].insight);
	lw_buf_reset(&b);
	ck_assert(lone("30_audit_denied_no_timestamp.json", &d, &b));
	ck_assert_int_eq(d.e[0].time_ns, INT64_C(1762716526301911000));
	lw_buf_fini(&b);
}
END_TEST

static bool
same(struct lw_str a, struct lw_str b)
{
	return lw_str_eq(a, b);
}

/* The documents of a YAML stream and the elements of a JSON array, pairwise by insertId. */
static void
compare(const char *yaml_path, const char *json_path, size_t least)
{
	struct lw_buf yaml = {0}, json = {0};
	static struct decoded a, b;
	struct lw_decoder *other = lw_decoder_new();
	size_t i, pairs = 0;
	char *p, *next;

	if (!shared_file(yaml_path, &yaml) || !shared_file(json_path, &json)) {
		lw_decoder_free(other);
		return;
	}
	for (p = yaml.p + 4; p != NULL; p = next) {
		struct lw_record r;
		static struct decoded keep_a;

		next = strstr(p, "\n---\n");
		decode_bytes(p,
		    next == NULL ? (size_t)(yaml.p + yaml.n - p) : (size_t)(next + 1 - p),
		    LW_RECORD_YAML, &a);
		ck_assert_msg(a.code == LW_OK, "%s", a.error.message);
		next = next == NULL ? NULL : next + 5;
		(void)r;
		keep_a = a;
		/* The messages live in the decoder's arena: copy before the JSON is decoded. */
		{
			struct lw_buf id = {0}, message = {0}, clean = {0}, service = {0};
			struct lw_entry *x = &keep_a.e[0];

			lw_buf_addstr(&id, x->insert_id);
			lw_buf_addstr(&message, x->message);
			lw_buf_addstr(&clean, x->clean);
			lw_buf_addstr(&service, x->service);
			decode_bytes(json.p, json.n, LW_RECORD_JSON, &b);
			ck_assert_int_eq(b.code, LW_OK);
			for (i = 0; i < b.count; i++) {
				if (!same(b.e[i].insert_id, lw_buf_str(&id)))
					continue;
				pairs++;
				ck_assert(same(b.e[i].message, lw_buf_str(&message)));
				ck_assert(same(b.e[i].clean, lw_buf_str(&clean)));
				ck_assert(same(b.e[i].service, lw_buf_str(&service)));
				ck_assert_int_eq(b.e[i].time_ns, x->time_ns);
				ck_assert_int_eq(b.e[i].severity, x->severity);
				ck_assert_int_eq(b.e[i].fragment, x->fragment);
				ck_assert_uint_eq(b.e[i].label_count, x->label_count);
			}
			lw_buf_fini(&id);
			lw_buf_fini(&message);
			lw_buf_fini(&clean);
			lw_buf_fini(&service);
		}
	}
	ck_assert_uint_ge(pairs, least);
	lw_decoder_free(other);
	lw_buf_fini(&yaml);
	lw_buf_fini(&json);
}

START_TEST(yaml_is_json)
{
	compare("shapes/edge.yaml", "shapes/edge_array.json", 15);
	compare("shapes/gcloud_read_default.yaml", "shapes/gcloud_read.json", 2);
}
END_TEST

static const struct {
	const char *file;
	size_t count;
	enum lw_code code;
} shapes[] = {
    {"shapes/entries_list.json", 2, LW_OK},
    {"shapes/entries_list_empty_page.json", 0, LW_OK},
    {"shapes/error_429.json", 0, LW_EJSON},
    {"shapes/gcloud_read.json", 3, LW_OK},
    {"shapes/gcloud_tail.json", 4, LW_OK},
    {"shapes/pubsub_push.json", 1, LW_OK},
    {"shapes/docker_json_file.log", 1, LW_OK},
};

START_TEST(shape_is_read)
{
	struct lw_buf b = {0};
	struct decoded d;

	if (!shared_file(shapes[_i].file, &b))
		return;
	decode_bytes(b.p, b.n, LW_RECORD_JSON, &d);
	ck_assert_int_eq(d.code, shapes[_i].code);
	ck_assert_int_eq(d.warn.code, LW_OK);
	ck_assert_uint_eq(d.count, shapes[_i].count);
	lw_buf_fini(&b);
}
END_TEST

START_TEST(escaped_traces_of_the_incident)
{
	struct lw_buf b = {0};
	struct decoded d;
	char *p, *end;
	size_t traces = 0;

	if (!shared_file("incident-1278/backend-2025-09-15T2137.ndjson", &b))
		return;
	for (p = b.p; p < b.p + b.n; p = end + 1) {
		end = memchr(p, '\n', (size_t)(b.p + b.n - p));
		end = end == NULL ? b.p + b.n : end;
		decode_bytes(p, (size_t)(end - p), LW_RECORD_JSON, &d);
		ck_assert_int_eq(d.code, LW_OK);
		ck_assert_int_eq(d.warn.code, LW_OK);
		if (d.e[0].stack == NULL)
			continue;
		traces++;
		ck_assert_uint_eq(d.e[0].stack->exception_count, 4);
		ck_str(d.e[0].stack->exceptions[2].type, "TimeoutError");
		ck_assert_int_eq(d.e[0].stack->exceptions[2].link, LW_CHAIN_CAUSE);
	}
	ck_assert_uint_eq(traces, 5);
	lw_buf_fini(&b);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

TCase *
entry_shared_case(void)
{
	TCase *t = tcase_create("shared");

	tcase_add_loop_test(t, trap_is_avoided, 0, COUNT(entries));
	tcase_add_test(t, traps_of_single_fields);
	tcase_add_test(t, yaml_is_json);
	tcase_add_loop_test(t, shape_is_read, 0, COUNT(shapes));
	tcase_add_test(t, escaped_traces_of_the_incident);
	return t;
}
