/* entry_text.c - headers of text logs: what is taken away, and what is left alone. */
#include "entry_test.h"

#define T0 INT64_C(1735689600000000000) /* 2025-01-01T00:00:00Z */

static const struct {
	const char *line, *message;
	int64_t ns; /* 0: LW_TIME_NONE */
	enum lw_severity severity;
	const char *service;
} lines[] = {
    {"2025-01-01 00:00:00,000 ERROR [main] c.a.B - msg", "msg", T0, LW_SEV_ERROR, ""},
    {"2025-01-01 00:00:00.000  WARN 1 --- [           main] c.a.boot.App       : Starting",
	"Starting", T0, LW_SEV_WARNING, ""},
    {"2025-01-01T00:00:00Z plain message", "plain message", T0, LW_SEV_DEFAULT, ""},
    {"12:00:00.123 [main] INFO  com.a.B -- hello", "hello", 0, LW_SEV_INFO, ""},
    {"12:00:00 lunch", "12:00:00 lunch", 0, LW_SEV_DEFAULT, ""},
    {"[2025-01-01 00:00:00 +0000] [13] [ERROR] Worker failed", "Worker failed", T0, LW_SEV_ERROR,
	""},
    {"2025/01/01 00:00:00 [error] 31#31: *1 open() failed", "*1 open() failed", T0, LW_SEV_ERROR,
	""},
    {"2025/01/01 00:00:00 main.go:12: cannot start", "main.go:12: cannot start", T0, LW_SEV_DEFAULT,
	""},
    {"[Wed Jan 01 00:00:00 2025] [error] child init", "child init", T0, LW_SEV_ERROR, ""},
    {"[Wed Jan 01 00:00:00.000000 2025] [core:error] [pid 1:tid 2] [client 1.2.3.4] no file",
	"no file", T0, LW_SEV_ERROR, ""},
    {"E0101 00:00:00.123456    1234 file.go:12] cannot x", "cannot x", 0, LW_SEV_ERROR, ""},
    {"Jan  1 00:00:00 host1 sshd[123]: Failed password", "Failed password", 0, LW_SEV_DEFAULT,
	"sshd"},
    {"Jan 1 is a day", "Jan 1 is a day", 0, LW_SEV_DEFAULT, ""},
    {"<34>1 2025-01-01T00:00:00Z mymachine su - ID47 - 'su root' failed", "'su root' failed", T0,
	LW_SEV_CRITICAL, "su"},
    {"<11>Jan  1 00:00:00 mymachine su: failed", "failed", 0, LW_SEV_ERROR, "su"},
    {"<html> is markup", "<html> is markup", 0, LW_SEV_DEFAULT, ""},
    {"2025-01-01T00:00:00.000000000Z stderr F 2025-01-01 00:00:00,100 ERROR [main] a.B - nested",
	"nested", T0, LW_SEV_ERROR, ""},
    {"2025-01-01T00:00:00Z stderr P Traceback (most rec", "Traceback (most rec", T0, LW_SEV_DEFAULT,
	""},
    {"2025-01-01T00:00:00Z stdout F {\"severity\":\"ERROR\",\"message\":\"boom\"}", "boom", T0,
	LW_SEV_ERROR, ""},
    {"web-1  | {\"level\":\"error\",\"msg\":\"x failed\",\"time\":\"2025-01-01T00:00:00Z\"}",
	"x failed", T0, LW_SEV_ERROR, "web"},
    {"web-1  | 2025-01-01 00:00:00 INFO ok", "ok", T0, LW_SEV_INFO, "web"},
    {"Jan  1 00:00:00 host1 app[1]: {\"msg\":\"in syslog\"}", "in syslog", 0, LW_SEV_DEFAULT,
	"app"},
    {"2025-01-01 00:00:00.000 | ERROR    | app.main:run:12 - cannot", "cannot", T0, LW_SEV_ERROR,
	""},
    {"2025-01-01 00:00:00,000 - app.db - ERROR - cannot", "cannot", T0, LW_SEV_ERROR, ""},
    {"ERROR:root:plain python", "plain python", 0, LW_SEV_ERROR, ""},
    {"ERROR: build step 0 failed", "ERROR: build step 0 failed", 0, LW_SEV_ERROR, ""},
    {"Error: Cannot find module", "Error: Cannot find module", 0, LW_SEV_ERROR, ""},
    {"std::vector::at failed", "std::vector::at failed", 0, LW_SEV_DEFAULT, ""},
    {"2025-01-01 00:00:00 UTC [77] ERROR:  relation \"x\" does not exist",
	"relation \"x\" does not exist", T0, LW_SEV_ERROR, ""},
    {"2025-01-01 00:00:00.000 25746 INFO nova.wsgi.server [req-3 - - -] 10.1.1.1 ok", "10.1.1.1 ok",
	T0, LW_SEV_INFO, ""},
    {"25/01/01 00:00:00 INFO executor.Backend: Registered", "Registered", T0, LW_SEV_INFO, ""},
    {"250101 000000 148 INFO dfs.DataNode$PacketResponder: done", "done", T0, LW_SEV_INFO, ""},
    {"01-01 16:13:38.811  1702  2395 D WindowManager: printing", "printing", 0, LW_SEV_DEBUG, ""},
    {"2025-01-01 00:00:00 ERROR java.lang.IllegalStateException: boom",
	"java.lang.IllegalStateException: boom", T0, LW_SEV_ERROR, ""},
    {"INFO 2025-01-01T00:00:00Z Container called exit(0).", "Container called exit(0).", T0,
	LW_SEV_INFO, ""},
    {"INFO 2025-01-01T00:00:00Z summary\n  {\n    \"textPayload\": \"whole\", \"insertId\": "
     "\"1\"\n  }",
	"whole", T0, LW_SEV_INFO, ""},
    {"time=\"2025-01-01T00:00:00Z\" level=error msg=x",
	"time=\"2025-01-01T00:00:00Z\" level=error msg=x", T0, LW_SEV_ERROR, ""},
    {"request failed {\"code\":5}", "request failed {\"code\":5}", 0, LW_SEV_DEFAULT, ""},
    {"2025-01-01 00:00:00 failed {\"code\":5}", "failed {\"code\":5}", T0, LW_SEV_DEFAULT, ""},
    {"web | {broken}", "{broken}", 0, LW_SEV_DEFAULT, "web"},
    {"ERROR | not a service", "ERROR | not a service", 0, LW_SEV_ERROR, ""},
    {"\033[2m2025-01-01T00:00:00Z\033[0m \033[31mERROR\033[0m \033[2mapp::db\033[0m: down", "down",
	T0, LW_SEV_ERROR, ""},
    {"PacketResponder 1 for block blk_3886 terminating",
	"PacketResponder 1 for block blk_3886 terminating", 0, LW_SEV_DEFAULT, ""},
    {"10.11.10.1 \"GET /v2 HTTP/1.1\" status: 200", "10.11.10.1 \"GET /v2 HTTP/1.1\" status: 200",
	0, LW_SEV_DEFAULT, ""},
    {"  File \"x.py\", line 3, in f", "  File \"x.py\", line 3, in f", 0, LW_SEV_DEFAULT, ""},
    {"", "", 0, LW_SEV_DEFAULT, ""},
    {"\n", "", 0, LW_SEV_DEFAULT, ""},
    {"2025-01-01", "2025-01-01", 0, LW_SEV_DEFAULT, ""},
    {"2025-01-01 00:00:00", "2025-01-01 00:00:00", 0, LW_SEV_DEFAULT, ""},
    {"[", "[", 0, LW_SEV_DEFAULT, ""},
    {"<1>", "<1>", 0, LW_SEV_DEFAULT, ""},
};

START_TEST(header_is_told_from_message)
{
	struct lw_entry *e = decode_one(lines[_i].line, LW_RECORD_TEXT);

	ck_str(e->message, lines[_i].message);
	ck_assert_msg(e->time_ns == (lines[_i].ns == 0 ? LW_TIME_NONE : lines[_i].ns), "%s: %lld",
	    lines[_i].line, (long long)e->time_ns);
	ck_assert_msg(e->severity == lines[_i].severity, "%s: %s", lines[_i].line,
	    lw_severity_name(e->severity));
	ck_str(e->service, lines[_i].service);
}
END_TEST

START_TEST(access_log_is_a_request)
{
	struct lw_entry *e = decode_one("1.2.3.4 - - [01/Jan/2025:01:00:00 +0100] \"GET /a?b "
					"HTTP/1.0\" 503 2326 \"-\" \"curl\"",
	    LW_RECORD_TEXT);

	ck_str(e->message, "\"GET /a?b HTTP/1.0\" 503 2326 \"-\" \"curl\"");
	ck_str(e->http.method, "GET");
	ck_str(e->http.url, "/a?b");
	ck_assert_int_eq(e->http.status, 503);
	ck_assert_int_eq(e->time_ns, T0);
}
END_TEST

/* No prefix of any header may read past its end: each is decoded at every length. */
START_TEST(cut_lines_are_safe)
{
	struct decoded d;
	size_t n, i, length;
	char *copy;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		length = strlen(lines[i].line);
		for (n = 0; n <= length; n++) {
			/* to the byte, so that a read past the end shows */
			copy = malloc(n == 0 ? 1 : n);
			ck_assert_ptr_nonnull(copy);
			memcpy(copy, lines[i].line, n);
			decode_bytes(copy, n, LW_RECORD_TEXT, &d);
			ck_assert_int_eq(d.code, LW_OK);
			free(copy);
		}
	}
}
END_TEST

TCase *
entry_text_case(void)
{
	TCase *t = tcase_create("text");

	tcase_add_loop_test(
	    t, header_is_told_from_message, 0, (int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_test(t, access_log_is_a_request);
	tcase_add_test(t, cut_lines_are_safe);
	return t;
}
