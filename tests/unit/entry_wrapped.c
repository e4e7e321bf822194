/* entry_wrapped.c - what a message gives as the cause of what it reports. */
#include "entry/wrapped.h"
#include "entry_test.h"

static const struct {
	const char *message, *outer, *inner; /* outer NULL: wraps nothing; inner "": not sure */
} messages[] = {
    {"cannot start: open store: schema 7 is not supported", "cannot start",
	"schema 7 is not supported"},
    {"failed to load catalog: Acme.Schema.Exception: no schema 7", "failed to load catalog",
	"Acme.Schema.Exception: no schema 7"},
    {"ERROR: loader: could not read plan: sheet 3 has no rows",
	"ERROR: loader: could not read plan", "sheet 3 has no rows"},
    {"charge failed: post: Post \"https://x.example/a: b\": dial tcp: i/o timeout", "charge failed",
	"i/o timeout"},
    {"error while reading order 7: rpc error: code = Unavailable desc = shard map is stale",
	"error while reading order 7", "shard map is stale"},
    {"while syncing all tenants: ledger is locked", "while syncing all tenants",
	"ledger is locked"},
    {"Error: cannot load config\n\nCaused by:\n    0: reading app.toml\n    1: no such key mail",
	"Error: cannot load config", "no such key mail"},
    {"request failed: 503", "request failed", ""},
    {"request failed: timeout", "request failed", ""},
    {"request failed: retrying in 3 s", "request failed", ""},
    {"request failed: user: john smith", "request failed", ""},
    {"request failed: status=503 path=/x", "request failed", ""},
    {"INFO: module: text that says something", NULL, NULL},
    {"app.worker: picked up a job: mail to bob", NULL, NULL},
    {"Error: cannot find it", NULL, NULL},
    {"config: timeout: 30 seconds at most", NULL, NULL},
    {"failed to do it", NULL, NULL},
    {"failed to open (see docs: chapter two)", NULL, NULL},
    {"", NULL, NULL},
    {": : : ", NULL, NULL},
};

START_TEST(wrapped_causes_are_read)
{
	struct lw_wrapped w;
	bool is = lw_wrapped_parse(lw_str_from(messages[_i].message), &w);

	ck_assert_msg(is == (messages[_i].outer != NULL), "%s", messages[_i].message);
	if (!is)
		return;
	ck_assert_msg(
	    lw_str_eq(w.outer, lw_str_from(messages[_i].outer)), "%.*s", (int)w.outer.n, w.outer.p);
	ck_assert_msg(lw_str_eq(w.inner, lw_str_from(messages[_i].inner)), "%s: %.*s",
	    messages[_i].message, (int)w.inner.n, w.inner.p);
}
END_TEST

/* What is remembered of a message holds for all that differ from it in their digits. */
START_TEST(what_is_wrapped_hangs_on_no_digit)
{
	struct lw_str message = lw_str_from(messages[_i].message);
	struct lw_wrapped w, other;
	bool is = lw_wrapped_parse(message, &w);
	char text[300];
	size_t i;
	int by;

	for (by = 1; by < 10; by++) {
		ck_assert_uint_lt(message.n, sizeof(text));
		for (i = 0; i < message.n; i++)
			text[i] = message.p[i] >= '0' && message.p[i] <= '9'
				      ? (char)('0' + (message.p[i] - '0' + by) % 10)
				      : message.p[i];
		ck_assert_msg(lw_wrapped_parse(lw_str_make(text, message.n), &other) == is, "%s",
		    messages[_i].message);
		if (!is)
			continue;
		ck_assert(other.outer.p == text && other.outer.n == w.outer.n);
		ck_assert_uint_eq(other.inner.n, w.inner.n);
		ck_assert(w.inner.n == 0 || other.inner.p - text == w.inner.p - message.p);
	}
}
END_TEST

TCase *
entry_wrapped_case(void)
{
	TCase *t = tcase_create("wrapped");

	tcase_add_loop_test(
	    t, wrapped_causes_are_read, 0, (int)(sizeof(messages) / sizeof(messages[0])));
	tcase_add_loop_test(
	    t, what_is_wrapped_hangs_on_no_digit, 0, (int)(sizeof(messages) / sizeof(messages[0])));
	return t;
}
