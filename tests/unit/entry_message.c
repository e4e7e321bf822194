/* entry_message.c - the text for people, the text for matching, and the severity. */
#include "entry/severity.h"
#include "entry_test.h"

#define PAYLOAD(json) "{\"insertId\":\"1\",\"severity\":\"ERROR\",\"jsonPayload\":" json "}"
#define INFO(json) "{\"insertId\":\"1\",\"severity\":\"INFO\",\"jsonPayload\":" json "}"
#define AUDIT(json) "{\"insertId\":\"1\",\"protoPayload\":" json "}"

static const struct {
	const char *json, *message;
} messages[] = {
    {PAYLOAD("{\"message\":\"m\",\"msg\":\"n\"}"), "m"},
    {PAYLOAD("{\"message\":\"\",\"msg\":\"n\"}"), "n"},
    {PAYLOAD("{\"message\":null,\"log\":\"l\"}"), "l"},
    {PAYLOAD("{\"event\":\"e\"}"), "e"},
    {PAYLOAD("{\"reason\":\"r\"}"), "r"},
    {PAYLOAD("{\"message\":{\"type\":\"T\",\"message\":\"v\"}}"), "T: v"},
    {PAYLOAD("{\"error\":{\"type\":\"ValueError\",\"value\":\"bad\"}}"), "ValueError: bad"},
    {PAYLOAD("{\"error\":\"text\"}"), "text"},
    {PAYLOAD("{\"summary\":\"s\",\"error\":{\"message\":\"m\"}}"), "m"},
    {PAYLOAD("{\"short_message\":\"gelf\"}"), "gelf"},
    {PAYLOAD("{\"b\":1,\"a\":[true,null],\"c\":\"x\\\"y\"}"),
	"{\"a\":[true,null],\"b\":1,\"c\":\"x\\\"y\"}"},
    /* the error beside the message; said once, and not for what is no error */
    {PAYLOAD("{\"msg\":\"cannot connect\",\"err\":\"dial tcp: refused\"}"),
	"cannot connect: dial tcp: refused"},
    {PAYLOAD("{\"msg\":\"failed: refused\",\"err\":\"refused\"}"), "failed: refused"},
    {PAYLOAD("{\"message\":\"m\",\"error\":{\"type\":\"E\",\"value\":\"v\"}}"), "m: E: v"},
    {PAYLOAD(
	 "{\"message\":\"E: v\",\"error\":{\"type\":\"E\",\"value\":\"v\",\"traceback\":null}}"),
	"E: v"},
    {INFO("{\"message\":\"ready\",\"error\":{\"message\":\"Missing "
	  "field\",\"severity\":\"ERROR\"}}"),
	"ready"},
    {INFO("{\"message\":\"ready\",\"error\":\"none\"}"), "ready"},
    /* a trace of its own */
    {PAYLOAD("{\"message\":\"m\",\"stack_trace\":\"E: x\\n  at a.B.c(B.java:1)\"}"),
	"m\nE: x\n  at a.B.c(B.java:1)"},
    {PAYLOAD("{\"message\":\"m\",\"err\":{\"message\":\"x\",\"stack\":\"Error: x\\n    at f "
	     "(/a.js:1:2)\"}}"),
	"m: x\nError: x\n    at f (/a.js:1:2)"},
    {PAYLOAD("{\"message\":\"m\",\"error\":{\"traceback\":[\"Traceback (most recent call "
	     "last):\\n\",\"x\"]}}"),
	"m\nTraceback (most recent call last):\nx"},
    {PAYLOAD("{\"message\":\"E: x\\n  at y\",\"stack_trace\":\"E: x\\n  at y\"}"), "E: x\n  at y"},
    {PAYLOAD("{\"message\":\"m\",\"stack\":\"prod\"}"), "m"},
    /* Kubernetes events */
    {PAYLOAD("{\"reason\":\"BackOff\",\"message\":\"Back-off "
	     "restarting\",\"involvedObject\":{\"kind\":\"Pod\"}}"),
	"BackOff: Back-off restarting"},
    {PAYLOAD("{\"reason\":\"Failed\",\"message\":\"Failed to pull\",\"kind\":\"Event\"}"),
	"Failed to pull"},
    {PAYLOAD("{\"reason\":\"r\",\"message\":\"m\"}"), "m"},
    /* compact log events, Rust's tracing */
    {PAYLOAD("{\"@t\":\"2026-05-17T08:20:00Z\",\"@m\":\"Tariff 7 is missing\",\"@l\":\"Error\"}"),
	"Tariff 7 is missing"},
    {PAYLOAD("{\"@t\":\"2026-05-17T08:20:00Z\",\"@mt\":\"Tariff {Id,8:000} of {@Who} {Odd "
	     "is\",\"Id\":7,\"Who\":\"us\",\"@x\":\"System.IO.IOException: no\\n   at A.B() in "
	     "/a.cs:line "
	     "1\"}"),
	"Tariff 7 of us {Odd is\nSystem.IO.IOException: no\n   at A.B() in /a.cs:line 1"},
    {PAYLOAD(
	 "{\"level\":\"ERROR\",\"fields\":{\"message\":\"append rejected\",\"error\":\"lease ran "
	 "out\"},\"target\":\"journal\"}"),
	"append rejected: lease ran out"},
    /* audit */
    {AUDIT("{\"methodName\":\"a.b\",\"resourceName\":\"r/1\",\"status\":{\"code\":7}}"),
	"a.b r/1: status code 7 (PERMISSION_DENIED)"},
    {AUDIT("{\"methodName\":\"a.b\",\"resourceName\":\"r/1\",\"status\":{\"code\":99}}"),
	"a.b r/1: status code 99"},
    {AUDIT("{\"methodName\":\"a.b\",\"resourceName\":\"r/1\",\"status\":{}}"), "a.b r/1"},
    {AUDIT("{\"methodName\":\"a.b\",\"status\":{\"code\":3,\"message\":\"no\"}}"), "no"},
    {"{\"insertId\":\"1\",\"proto_payload\":{\"audit_log\":{\"method_name\":\"a.b\",\"resource_"
     "name\":\"r\"}}}",
	"a.b r"},
    {"{\"insertId\":\"1\",\"protopayload_auditlog\":{\"methodName\":\"a.b\",\"resourceName\":\"r\"}"
     "}",
	"a.b r"},
    /* requests */
    {"{\"insertId\":\"1\",\"textPayload\":\"t\",\"httpRequest\":{\"requestMethod\":\"GET\","
     "\"status\":503}}",
	"t"},
    {"{\"insertId\":\"1\",\"httpRequest\":{}}", ""},
    {"{\"insertId\":\"1\",\"httpRequest\":{\"requestUrl\":\"/x\"}}", "- /x"},
    {"{\"insertId\":\"1\",\"httpRequest\":{\"requestMethod\":\"GET\",\"requestUrl\":\"/"
     "\",\"status\":502},"
     "\"jsonPayload\":{\"statusDetails\":\"backend_timeout\"}}",
	"GET / -> 502 (backend_timeout)"},
    {"{\"insertId\":\"1\",\"protoPayload\":{\"@type\":\"type.googleapis.com/"
     "google.appengine.logging.v1.RequestLog\","
     "\"method\":\"GET\",\"resource\":\"/a\",\"status\":500,\"latency\":\"2s\"}}",
	"GET /a -> 500"},
    {"{\"insertId\":\"1\",\"protoPayload\":{\"@type\":\"type.googleapis.com/"
     "google.appengine.logging.v1.RequestLog\","
     "\"method\":\"GET\",\"line\":[{\"logMessage\":\"one\"},{\"logMessage\":\"two\"}]}}",
	"one\ntwo"},
    {"{\"insertId\":\"1\"}", ""},
    {"{\"insertId\":\"1\",\"jsonPayload\":{}}", ""},
};

START_TEST(message_is_found)
{
	ck_str(decode_one(messages[_i].json, LW_RECORD_JSON)->message, messages[_i].message);
}
END_TEST

/* clean; NULL where it is the message itself. */
static const struct {
	const char *text, *clean;
} cleaned[] = {
    {"nothing to do", NULL},
    {"a < b and <Foo> and C:\\new", NULL},
    {"\033[31mERROR\033[0m boom", "ERROR boom"},
    {"\033]0;title\aset", "set"},
    {"\033[1;38;5;12mx\033[K\033(By", "xy"},
    {"<red>bad</red> <level>x</level></>", "bad x"},
    {"one\r\ntwo\r\n", "one\ntwo"},
    {"10%\r20%", "10% 20%"},
    {"say \\u001b[31mred\\x1b[0m", "say red"},
    {"Traceback (most recent call last):\\n  File \"a.py\", line 1, in f\\n    x\\nKeyError: "
     "\\\"k\\\"",
	"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x\nKeyError: "
	"\"k\""},
    {"E: x\\n\\tat a.B.c(B.java:1)", "E: x\n\tat a.B.c(B.java:1)"},
    {"sanitized from 'shop\\n' to 'shop'", NULL},
    {"\033", ""},
    {"\033[", ""},
    {"\033[31", ""},
};

static void
text_entry(const char *text, struct decoded *d)
{
	struct lw_buf b = {0};
	const char *p;

	lw_buf_addz(&b, "{\"insertId\":\"1\",\"textPayload\":\"");
	for (p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			lw_buf_addc(&b, '\\');
		if ((unsigned char)*p < 0x20)
			lw_buf_printf(&b, "\\u%04x", (unsigned)*p);
		else
			lw_buf_addc(&b, *p);
	}
	lw_buf_addz(&b, "\"}");
	decode_bytes(b.p, b.n, LW_RECORD_JSON, d);
	ck_assert_int_eq(d->code, LW_OK);
	/* The entry borrows from the record; what is compared below must be kept. */
	d->e[0].message = d->e[0].message.p >= b.p && d->e[0].message.p < b.p + b.n
			      ? lw_str_from(text)
			      : d->e[0].message;
	lw_buf_fini(&b);
}

START_TEST(message_is_cleaned)
{
	struct lw_entry *e;
	struct lw_buf b = {0};

	/* A structured line needs no escaping but JSON's; a text record has no header here. */
	lw_buf_addz(&b, "x ");
	lw_buf_addz(&b, cleaned[_i].text);
	e = decode_one(b.p, LW_RECORD_TEXT);
	if (cleaned[_i].clean == NULL) {
		ck_assert_ptr_eq(e->clean.p, e->message.p);
	} else {
		ck_assert_msg(e->clean.n >= 1 && memcmp(e->clean.p, "x", 1) == 0, "start");
		if (cleaned[_i].clean[0] != '\0')
			ck_str(lw_str_make(e->clean.p + 2, e->clean.n - 2), cleaned[_i].clean);
	}
	lw_buf_fini(&b);
}
END_TEST

/* The severity that a text says; DEFAULT where it says none. */
static const struct {
	const char *text;
	enum lw_severity severity;
} said[] = {
    {"[2025-09-16 00:42:59 +0000] [13] [ERROR] Exception in worker process", LW_SEV_ERROR},
    {"[2025-09-16 00:42:59 +0000] [13] [INFO] Booting worker with pid: 14", LW_SEV_INFO},
    {"2025-01-01 10:00:00.123 | ERROR    | app:run:12 - cannot", LW_SEV_ERROR},
    {"2025-01-01 10:00:00,123 - app - WARNING - slow", LW_SEV_WARNING},
    {"\033[31mERROR\033[0m: colours", LW_SEV_ERROR},
    {"<red>ERROR</red>: tags", LW_SEV_ERROR},
    {"E0916 12:00:00.123456    1 x.go:1] klog", LW_SEV_ERROR},
    {"W0916 12:00:00.123456    1 x.go:1] klog", LW_SEV_WARNING},
    {"E0916 is a part number", LW_SEV_DEFAULT},
    {"ts=1 level=error msg=x", LW_SEV_ERROR},
    {"ts=1 lvl=warn msg=x", LW_SEV_WARNING},
    {"{\"level\": \"fatal\", \"msg\": \"cut sho", LW_SEV_CRITICAL},
    {"2025-01-01 [1-1] FATAL:  too many connections", LW_SEV_CRITICAL},
    {"2025-01-01 LOG:  checkpoint", LW_SEV_INFO},
    {"[2025-01-01 00:00:00] production.ERROR: laravel", LW_SEV_ERROR},
    {"[ ERROR ] flags payload v88 lacks checkout.tax (Basket/Flags.swift:12)", LW_SEV_ERROR},
    {"[ WARNING ] vapor", LW_SEV_WARNING},
    {"Basket/Tax.swift:41: Fatal error: Unexpectedly found nil", LW_SEV_ERROR},
    {"Fatal error: Index out of range: file Swift/Array.swift, line 444", LW_SEV_ERROR},
    {"2025/09/16 12:00:00 [error] 31#31: *1 open() failed", LW_SEV_ERROR},
    {"[core:error] [pid 1] x", LW_SEV_ERROR},
    {"INFO:     Started server process [1]", LW_SEV_INFO},
    {"fail: Microsoft.Hosting[0] x", LW_SEV_ERROR},
    {"panic: runtime error", LW_SEV_CRITICAL},
    {"ValueError: bad", LW_SEV_ERROR},
    {"app.errors.NotReady: x", LW_SEV_ERROR},
    {"x.py:3: DeprecationWarning: old", LW_SEV_DEFAULT},
    {"DeprecationWarning: old", LW_SEV_WARNING},
    {"Traceback (most recent call last):", LW_SEV_ERROR},
    {"the error rate is low", LW_SEV_DEFAULT},
    {"no errors found, warning lights off", LW_SEV_DEFAULT},
    {"Info about - error - handling", LW_SEV_ERROR}, /* between dashes it reads as a level */
    {"set alert threshold", LW_SEV_DEFAULT},
    {"fine, thanks", LW_SEV_DEFAULT},
    {"Listening at: http://0.0.0.0:8000 (1)", LW_SEV_DEFAULT},
    {"mode: default", LW_SEV_DEFAULT},
    {"2026-05-11T08:00:00.123Z ERROR 1 --- [nio-8080-exec-1] c.a.Loans : torn", LW_SEV_ERROR},
    {"2026-05-11 08:00:00,123 WARN torn", LW_SEV_WARNING},
    {"2026-05-11T08:00:00Z\tERROR\tapi.go:41\ttorn", LW_SEV_ERROR},
    {"[2026-05-11 08:00:00,123] ERROR in views: torn", LW_SEV_ERROR},
    {"[2026-05-11T08:00:00Z ERROR ledger::api] torn", LW_SEV_ERROR},
    {"08:00:00.123 [main] ERROR com.acme.Ledger - torn", LW_SEV_ERROR},
    {"[main] ERROR com.acme.Ledger - torn", LW_SEV_ERROR},
    {"[Nest] 1  - 05/11/2026, 8:00:00 AM   ERROR [Handler] torn", LW_SEV_ERROR},
    {"E, [2026-05-11T08:00:00.123456 #1] ERROR -- : torn", LW_SEV_ERROR},
    {"May 11 08:00:00 ERROR torn", LW_SEV_ERROR},
    {"2026-05-11 08:00:00 told of an ERROR in the ledger", LW_SEV_DEFAULT},
    {"12 ERROR marks were counted", LW_SEV_DEFAULT},
    {"code 7 INFO desk", LW_SEV_DEFAULT},
};

START_TEST(text_says_the_severity)
{
	struct decoded d;

	text_entry(said[_i].text, &d);
	ck_assert_msg(d.e[0].severity == said[_i].severity, "%s: %s", said[_i].text,
	    lw_severity_name(d.e[0].severity));
	ck_assert(d.e[0].severity_known == (said[_i].severity != LW_SEV_DEFAULT));
	ck_assert(!d.e[0].severity_field);
}
END_TEST

static const struct {
	const char *json;
	enum lw_severity severity;
	bool field;
} fields[] = {
    {"{\"insertId\":\"1\",\"severity\":\"error\",\"textPayload\":\"x\"}", LW_SEV_ERROR, true},
    {"{\"insertId\":\"1\",\"severity\":0,\"textPayload\":\"[ERROR] x\"}", LW_SEV_ERROR, false},
    {"{\"insertId\":\"1\",\"severity\":\"DEFAULT\",\"textPayload\":\"x\"}", LW_SEV_DEFAULT, false},
    {"{\"insertId\":\"1\",\"severity\":\"INFO\",\"textPayload\":\"[ERROR] x\"}", LW_SEV_INFO, true},
    {"{\"insertId\":\"1\",\"severity\":599,\"textPayload\":\"x\"}", LW_SEV_ERROR, true},
    {"{\"insertId\":\"1\",\"jsonPayload\":{\"message\":\"x\",\"level\":50}}", LW_SEV_ERROR, false},
    {"{\"insertId\":\"1\",\"jsonPayload\":{\"message\":\"x\",\"level\":400,\"level_name\":"
     "\"ERROR\"}}",
	LW_SEV_ERROR, false},
    {"{\"insertId\":\"1\",\"jsonPayload\":{\"@t\":\"\",\"@m\":\"x\",\"@l\":\"Fatal\"}}",
	LW_SEV_CRITICAL, false},
    {"{\"insertId\":\"1\",\"jsonPayload\":{\"@t\":\"\",\"@m\":\"[ERROR] x\"}}", LW_SEV_INFO, false},
    {"{\"insertId\":\"1\",\"jsonPayload\":{\"message\":\"x\",\"error\":{\"severity\":\"ERROR\"}}}",
	LW_SEV_DEFAULT, false},
    {"{\"msg\":\"x\",\"level\":40}", LW_SEV_WARNING, true},
    {"{\"msg\":\"x\",\"levelno\":40}", LW_SEV_ERROR, true},
    {"{\"msg\":\"x\",\"level\":\"warn\"}", LW_SEV_WARNING, true},
    {"{\"msg\":\"x\",\"log.level\":\"error\"}", LW_SEV_ERROR, true},
    {"{\"message\":\"x\",\"log\":{\"level\":\"error\"}}", LW_SEV_ERROR, true},
    {"{\"short_message\":\"x\",\"level\":3}", LW_SEV_ERROR, true},
    {"{\"MESSAGE\":\"x\",\"PRIORITY\":\"4\"}", LW_SEV_WARNING, true},
    {"{\"record\":{\"level\":{\"name\":\"CRITICAL\",\"no\":50},\"message\":\"x\"}}",
	LW_SEV_CRITICAL, true},
    {"{\"msg\":\"x\",\"level\":\"E\"}", LW_SEV_ERROR, true},
};

/* GKE names the stream, where the program says a level; %s is what the entry holds else. */
static const struct {
	const char *type, *log, *logged, *payload;
	enum lw_severity severity;
} streams[] = {
    {"k8s_container", "stdout", "INFO", "\"textPayload\":\"level=error msg=torn\"", LW_SEV_ERROR},
    {"k8s_container", "stdout", "INFO", "\"jsonPayload\":{\"level\":\"error\",\"msg\":\"torn\"}",
	LW_SEV_ERROR},
    {"k8s_container", "stdout", "INFO", "\"textPayload\":\"ValueError: torn\"", LW_SEV_ERROR},
    {"k8s_container", "stdout", "INFO", "\"textPayload\":\"torn\"", LW_SEV_INFO},
    {"k8s_container", "stdout", "WARNING", "\"textPayload\":\"[ERROR] torn\"", LW_SEV_WARNING},
    {"k8s_container", "stderr", "ERROR",
	"\"textPayload\":\"I0916 12:00:00.123456 1 x.go:1] bound\"", LW_SEV_INFO},
    {"k8s_container", "stderr", "ERROR", "\"textPayload\":\"INFO:trainer:step 4\"", LW_SEV_INFO},
    {"k8s_container", "stderr", "ERROR", "\"jsonPayload\":{\"level\":\"info\",\"msg\":\"torn\"}",
	LW_SEV_INFO},
    {"k8s_container", "stderr", "ERROR", "\"jsonPayload\":{\"msg\":\"torn\"}", LW_SEV_ERROR},
    {"k8s_container", "stderr", "ERROR", "\"textPayload\":\"torn\"", LW_SEV_ERROR},
    {"k8s_container", "stderr", "ERROR",
	"\"textPayload\":\"  4%|▍         | 21/500 [00:07<02:41,  2.97it/s]\"", LW_SEV_INFO},
    {"k8s_container", "stderr", "ERROR",
	"\"textPayload\":\"Epoch 3: 100%|██████████| 500/500 [00:07<00:00, 64.12it/s]\"",
	LW_SEV_INFO},
    {"k8s_container", "stderr", "ERROR", "\"textPayload\":\"disk 91%| used [<a]\"", LW_SEV_ERROR},
    {"k8s_container", "app", "ERROR", "\"textPayload\":\"INFO: torn\"", LW_SEV_ERROR},
    {"cloud_run_revision", "stderr", "ERROR", "\"textPayload\":\"INFO: torn\"", LW_SEV_ERROR},
};

START_TEST(the_program_knows_better_than_the_stream)
{
	char json[512];
	enum lw_severity logged = LW_SEV_DEFAULT;
	struct lw_entry *e;

	(void)snprintf(json, sizeof(json),
	    "{\"insertId\":\"1\",\"logName\":\"projects/p/logs/%s\",\"resource\":{\"type\":\"%s\"},"
	    "\"severity\":\"%s\",%s}",
	    streams[_i].log, streams[_i].type, streams[_i].logged, streams[_i].payload);
	e = decode_one(json, LW_RECORD_JSON);
	ck_assert_msg(
	    e->severity == streams[_i].severity, "%s: %s", json, lw_severity_name(e->severity));
	ck_assert(lw_severity_parse(lw_str_from(streams[_i].logged), &logged));
	ck_assert(e->severity_known && e->severity_field && e->logged == logged);
}
END_TEST

START_TEST(fields_say_the_severity)
{
	struct lw_entry *e = decode_one(fields[_i].json, LW_RECORD_JSON);

	ck_assert_msg(e->severity == fields[_i].severity, "%s: %s", fields[_i].json,
	    lw_severity_name(e->severity));
	ck_assert(e->severity_field == fields[_i].field);
}
END_TEST

static const struct {
	const char *name;
	int severity; /* -1: none */
} names[] = {{"ERROR", LW_SEV_ERROR}, {"err", LW_SEV_ERROR}, {"Warn", LW_SEV_WARNING},
    {"SEVERE", LW_SEV_ERROR}, {"FATAL", LW_SEV_CRITICAL}, {"crit", LW_SEV_CRITICAL},
    {"trace", LW_SEV_DEBUG}, {"E", LW_SEV_ERROR}, {"i", LW_SEV_INFO}, {"40", LW_SEV_WARNING},
    {"50", LW_SEV_ERROR}, {"500", LW_SEV_ERROR}, {"499", LW_SEV_WARNING}, {"0", LW_SEV_DEFAULT},
    {"900", LW_SEV_EMERGENCY}, {"", -1}, {"x", -1}, {"5", -1}, {"-100", -1}, {"errors", -1}};

START_TEST(names_are_parsed)
{
	enum lw_severity s = LW_SEV_ALERT;
	bool ok = lw_severity_parse(lw_str_from(names[_i].name), &s);

	ck_assert_msg(ok == (names[_i].severity >= 0), "%s", names[_i].name);
	if (ok)
		ck_assert_int_eq((int)s, names[_i].severity);
}
END_TEST

/* Each name of a LogEntry, and no other word of its length; the longest is left to others. */
START_TEST(usual_names_are_known)
{
	enum lw_severity s = (enum lw_severity)_i, got;
	struct lw_str name = lw_str_from(lw_severity_name(s));
	char other[16];
	size_t i;

	ck_assert_int_eq(lw_severity_usual(name, &got), s != LW_SEV_EMERGENCY);
	ck_assert(s == LW_SEV_EMERGENCY || got == s);
	for (i = 0; i < name.n; i++) {
		memcpy(other, name.p, name.n);
		other[i] ^= 0x20;
		ck_assert(!lw_severity_usual(lw_str_make(other, name.n), &got));
		ck_assert(!lw_severity_usual(lw_str_make(name.p, i), &got));
	}
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

TCase *
entry_message_case(void)
{
	TCase *t = tcase_create("message");

	tcase_add_loop_test(t, message_is_found, 0, COUNT(messages));
	tcase_add_loop_test(t, message_is_cleaned, 0, COUNT(cleaned));
	tcase_add_loop_test(t, text_says_the_severity, 0, COUNT(said));
	tcase_add_loop_test(t, fields_say_the_severity, 0, COUNT(fields));
	tcase_add_loop_test(t, the_program_knows_better_than_the_stream, 0, COUNT(streams));
	tcase_add_loop_test(t, names_are_parsed, 0, COUNT(names));
	tcase_add_loop_test(t, usual_names_are_known, 0, LW_SEVERITY_COUNT);
	return t;
}
