/* entry_stitch.c - traces one line an entry, split entries, in any order. */
#include "entry_test.h"

#include "entry/stitch.h"
#include "entry_same.h"

struct line {
	const char *instance, *text;
	int64_t ms;
};

/* Two instances whose lines are mixed; a chain over a bridge; lines that are no trace. */
static const struct line lines[] = {
    {"a", "Traceback (most recent call last):", 100},
    {"b", "panic: boom", 100},
    {"a", "  File \"x.py\", line 1, in f", 101},
    {"b", "goroutine 1 [running]:", 101},
    {"a", "    g()", 102},
    {"b", "main.main()", 102},
    {"a", "KeyError: 'k'", 103},
    {"b", "\t/src/main.go:3 +0x1", 103},
    {"a", "During handling of the above exception, another exception occurred:", 104},
    {"a", "Traceback (most recent call last):", 105},
    {"a", "  File \"y.py\", line 2, in h", 106},
    {"a", "RuntimeError: outer", 107},
    {"a", "java.io.IOException: read", 5000},
    {"a", "\tat a.B.c(B.java:1)", 5001},
    {"a", "Caused by: java.net.SocketException: reset", 5002},
    {"a", "\tat a.B.d(B.java:2)", 5003},
    {"a", "ValueError: alone", 9000},
    {"a", "    late source line", 20000},
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

struct result {
	struct lw_buf text;
	size_t count;
};

static void
note_some(void *arg, const struct lw_stitched *m, size_t index)
{
	struct result *r = arg;

	r->count++;
	lw_buf_printf(&r->text, "%.*s %zu link %d %zu: %.*s\n", (int)m->base.instance.n,
	    m->base.instance.p, m->entry_count, (int)m->link,
	    m->link == LW_CHAIN_NONE ? 0 : index - m->previous, (int)m->message.n, m->message.p);
}

static void
note(void *arg, const struct lw_stitched *m, size_t index)
{
	const struct result *r = arg;

	ck_assert_uint_eq(index, r->count);
	note_some(arg, m, index);
}

static void
add(struct lw_stitcher *s, size_t i)
{
	struct lw_entry e = *decode_one(lines[i].text, LW_RECORD_TEXT);

	e.time_ns = lines[i].ms * LW_NS_PER_MS;
	e.instance = lw_str_from(lines[i].instance);
	e.service = LW_STR("s");
	ck_assert(lw_stitcher_wants(&e));
	ck_assert(lw_stitcher_add(s, &e, i));
}

/* Lines in the order start, start + step, ... modulo their number, over two stitchers. */
static void
run(size_t start, size_t step, struct result *r)
{
	struct lw_stitcher *s[2] = {lw_stitcher_new(0), lw_stitcher_new(0)};
	size_t i;

	for (i = 0; i < LINES; i++)
		add(s[i % 2], (start + i * step) % LINES);
	ck_assert(lw_stitcher_merge(s[0], s[1]));
	ck_assert(lw_stitcher_finish(s[0], 0, note, r));
	lw_stitcher_free(s[0]);
	lw_stitcher_free(s[1]);
}

static bool
holds(const struct result *r, const char *text)
{
	return strstr(r->text.p, text) != NULL;
}

START_TEST(traces_are_put_together)
{
	struct result r = {{0}, 0};

	run(0, 1, &r);
	ck_assert_uint_eq(r.count, 7);
	ck_assert(holds(&r, "a 4 link 0 0: Traceback (most recent call last):\n  File \"x.py\", "
			    "line 1, in f\n    g()\n"
			    "KeyError: 'k'\n"));
	ck_assert(holds(&r, "a 1 link 0 0: During handling"));
	ck_assert(holds(&r, "a 3 link 2 2: Traceback (most recent call last):\n  File \"y.py\""));
	ck_assert(holds(&r, "b 4 link 0 0: panic: boom\ngoroutine 1 "
			    "[running]:\nmain.main()\n\t/src/main.go:3 +0x1\n"));
	ck_assert(holds(
	    &r, "a 4 link 0 0: java.io.IOException: read\n\tat a.B.c(B.java:1)\nCaused by: "));
	ck_assert(holds(&r, "a 1 link 0 0: ValueError: alone\n"));
	ck_assert(holds(&r, "a 1 link 0 0:     late source line\n"));
	lw_buf_fini(&r.text);
}
END_TEST

/* What is alone and known is passed over: the bridge, on which the link of the next trace rests,
 * and the last two lines. */
START_TEST(known_pieces_are_told_in_traces_alone)
{
	struct lw_stitcher *s = lw_stitcher_new(0);
	struct result r = {{0}, 0};
	size_t i;

	for (i = 0; i < LINES; i++)
		add(s, i);
	ck_assert(lw_stitcher_finish(s, 8 | 16, note_some, &r));
	ck_assert_uint_eq(r.count, 4);
	ck_assert(holds(&r, "a 3 link 2 2: Traceback (most recent call last):\n  File \"y.py\""));
	ck_assert(!holds(&r, "a 1 link"));
	lw_stitcher_free(s);
	lw_buf_fini(&r.text);
}
END_TEST

START_TEST(order_does_not_matter)
{
	static const size_t steps[] = {5, 7, 11, 13, 17};
	struct result a = {{0}, 0}, b = {{0}, 0};

	run(0, 1, &a);
	run((size_t)_i * 3, steps[_i], &b); /* coprime with the number of lines */
	ck_assert_str_eq(a.text.p, b.text.p);
	lw_buf_fini(&a.text);
	lw_buf_fini(&b.text);
}
END_TEST

START_TEST(whole_message_decodes)
{
	struct lw_decoder *d = lw_decoder_new();
	struct lw_entry base = *decode_one("Traceback (most recent call last):", LW_RECORD_TEXT),
			out;

	ck_assert_int_eq(lw_decode_message(d, &base,
			     LW_STR("Traceback (most recent call last):\n  File \"x.py\", line 1, "
				    "in f\nKeyError: 'k'"),
			     &out),
	    LW_OK);
	ck_assert_ptr_nonnull(out.stack);
	ck_str(out.stack->exceptions[0].type, "KeyError");
	ck_assert_int_eq(out.severity, LW_SEV_ERROR);
	lw_decoder_free(d);
}
END_TEST

/* Lines of one instance; each says "+" first where it goes on with the trace before it. */
static const char *const torn[][9] = {
    {"Traceback (most recent call last):", "+  File \"a.py\", line 1, in f", "+    f()",
	"+store.NoQuorum: 1 of 3 alive", "Server: ready"},
    {"shop.NoQuorum: 1 of 3 alive", "+\tat shop.A.b(A.java:3)", "+Caused by: shop.Gone: x",
	"+\tat shop.A.c(A.java:9)", "+\t... 2 more", "shop.Other: y"},
    {"Unhandled exception. Shop.NoQuorum: x", "+ ---> Shop.Gone: y",
	"+   at Shop.A.B() in /src/A.cs:line 4", "+   --- End of inner exception stack trace ---",
	"+   at Shop.C.D() in /src/C.cs:line 8"},
    {"NoQuorum: 1 of 3 alive", "+    at read (/app/a.js:1:2)", "+    at node:internal/x:1:1 {",
	"+  code: 'E_QUORUM',", "+  [cause]: Gone: y", "+      at get (/app/b.js:3:4)", "+}"},
    {"panic: no quorum", "+[signal SIGSEGV: segmentation violation]",
	"+goroutine 1 [running]:", "+main.main()", "+\t/src/main.go:3 +0x1"},
    {"/app/a.rb:3:in `read': no quorum (NoQuorum)", "+\tfrom /app/a.rb:9:in `<main>'"},
    {"PHP Fatal error:  Uncaught Acme\\Gone: x in /a.php:3", "+Stack trace:",
	"+#0 /app/b.php(2): f()", "+#1 {main}", "+Next Acme\\NoQuorum: y in /a.php:8",
	"+Stack trace:", "+#0 {main}", "+  thrown in /a.php on line 8"},
    {"thread 'main' panicked at src/a.rs:3:1:", "+called `Result::unwrap()` on an `Err` value: X",
	"+stack backtrace:", "+   0: shop::read", "+             at ./src/a.rs:3:1",
	"+note: run with `RUST_BACKTRACE=full`"},
    {"** (Shop.NoQuorum) 1 of 3 alive", "+    (shop 0.1.0) lib/shop.ex:3: Shop.read/1"},
};

static void
note_length(void *arg, const struct lw_stitched *m, size_t index)
{
	size_t *lengths = arg;

	ck_assert_uint_lt(index, 9);
	lengths[index] = m->entry_count;
}

START_TEST(torn_traces_of_every_language)
{
	struct lw_stitcher *s = lw_stitcher_new(0);
	size_t lengths[9] = {0}, i, at = 0;

	for (i = 0; i < 9 && torn[_i][i] != NULL; i++) {
		const char *text = torn[_i][i];
		struct lw_entry e = *decode_one(text + (text[0] == '+'), LW_RECORD_TEXT);

		e.time_ns = (int64_t)(9 - i) * -LW_NS_PER_MS;
		e.instance = LW_STR("a");
		ck_assert_msg(lw_stitcher_wants(&e), "%s", text);
		ck_assert(lw_stitcher_add(s, &e, i));
	}
	ck_assert(lw_stitcher_finish(s, 0, note_length, lengths));
	for (i = 0; i < 9 && torn[_i][i] != NULL; i++) {
		size_t k = i + 1;

		while (k < 9 && torn[_i][k] != NULL && torn[_i][k][0] == '+')
			k++;
		ck_assert_msg(lengths[at] == k - i, "%s: %zu", torn[_i][i], lengths[at]);
		at++;
		i = k - 1;
	}
	lw_stitcher_free(s);
}
END_TEST

/* Lines that only may raise are not kept at a low severity, and not for want of room. */
START_TEST(names_have_room_of_their_own)
{
	struct lw_stitcher *s = lw_stitcher_new(60000);
	struct result r = {{0}, 0};
	struct lw_entry e = *decode_one("Server: ready", LW_RECORD_TEXT);
	size_t i;

	e.severity = LW_SEV_INFO;
	e.severity_known = true;
	ck_assert(!lw_stitcher_wants(&e));
	for (i = 0; i < 4000; i++) {
		e = *decode_one("Server: ready", LW_RECORD_TEXT);
		e.time_ns = (int64_t)i * LW_NS_PER_S;
		ck_assert(lw_stitcher_add(s, &e, i));
	}
	for (i = 0; i < 3; i++)
		add(s, i * 2);
	ck_assert_uint_eq(lw_stitcher_dropped(s), 0);
	ck_assert(lw_stitcher_finish(s, 0, note, &r));
	ck_assert_uint_lt(r.count, 200);
	ck_assert(holds(&r, "a 3 link 0 0: Traceback"));
	lw_stitcher_free(s);
	lw_buf_fini(&r.text);
}
END_TEST

static void
note_split(void *arg, const struct lw_stitched *m, size_t index)
{
	struct result *r = arg;

	(void)index;
	r->count++;
	lw_buf_printf(
	    &r->text, "%zu %d %.*s\n", m->entry_count, m->whole, (int)m->message.n, m->message.p);
}

START_TEST(split_entries_are_joined)
{
	static const char *const parts[] = {
	    "{\"insertId\":\"3\",\"textPayload\":\"gamma\",\"split\":{\"uid\":\"u\",\"index\":2,"
	    "\"totalSplits\":3}}",
	    "{\"insertId\":\"1\",\"textPayload\":\"alpha "
	    "\",\"split\":{\"uid\":\"u\",\"totalSplits\":3}}",
	    "{\"insertId\":\"2\",\"textPayload\":\"beta "
	    "\",\"split\":{\"uid\":\"u\",\"index\":1,\"totalSplits\":3}}",
	    "{\"insertId\":\"2\",\"textPayload\":\"beta "
	    "\",\"split\":{\"uid\":\"u\",\"index\":1,\"totalSplits\":3}}",
	    "{\"insertId\":\"9\",\"textPayload\":\"half "
	    "\",\"split\":{\"uid\":\"v\",\"index\":0,\"totalSplits\":2}}",
	};
	struct lw_stitcher *s = lw_stitcher_new(0);
	struct result r = {{0}, 0};
	size_t i;

	for (i = 0; i < 5; i++) {
		struct lw_entry *e = decode_one(parts[i], LW_RECORD_JSON);

		ck_assert(lw_stitcher_wants(e));
		ck_assert(lw_stitcher_add(s, e, i));
	}
	ck_assert(lw_stitcher_finish(s, 0, note_split, &r));
	ck_assert_uint_eq(r.count, 2);
	ck_assert(holds(&r, "3 1 alpha beta gamma\n"));
	ck_assert(holds(&r, "1 0 half \n"));
	lw_stitcher_free(s);
	lw_buf_fini(&r.text);
}
END_TEST

/* What survives a ceiling is the same in one stitcher and in two, in either order. */
START_TEST(ceiling_drops_by_scope)
{
	struct result r[3] = {{{0}, 0}, {{0}, 0}, {{0}, 0}};
	size_t k, i, n = 400;
	uint64_t dropped[3];

	for (k = 0; k < 3; k++) {
		struct lw_stitcher *s[2] = {lw_stitcher_new(30000), lw_stitcher_new(30000)};

		for (i = 0; i < n; i++) {
			size_t at = k == 1 ? n - 1 - i : i;
			struct lw_entry e = *decode_one("ValueError: x", LW_RECORD_TEXT);
			char name[32];

			(void)snprintf(name, sizeof(name), "i%zu", at);
			e.instance = lw_str_from(name);
			ck_assert(lw_stitcher_add(s[k == 2 ? i % 2 : 0], &e, at));
		}
		ck_assert(lw_stitcher_merge(s[0], s[1]));
		dropped[k] = lw_stitcher_dropped(s[0]);
		ck_assert(lw_stitcher_finish(s[0], 0, note, &r[k]));
		ck_assert_uint_eq(r[k].count + dropped[k], n);
		lw_stitcher_free(s[0]);
		lw_stitcher_free(s[1]);
	}
	ck_assert_uint_gt(dropped[0], 0);
	ck_assert_uint_gt(r[0].count, 0);
	for (k = 0; k < 3; k++) {
		ck_assert_str_eq(r[k].text.p, r[0].text.p);
		if (k > 0)
			lw_buf_fini(&r[k].text);
	}
	lw_buf_fini(&r[0].text);
}
END_TEST

/* An entry of which every member that a piece keeps says something. */
static const char put_aside[] =
    "{\"insertId\":\"7\",\"logName\":\"projects/p/logs/stderr\",\"severity\":\"CRITICAL\","
    "\"timestamp\":\"2026-05-12T08:30:00.000000001Z\",\"trace\":\"projects/p/traces/1\","
    "\"spanId\":\"2\",\"resource\":{\"type\":\"k8s_container\",\"labels\":{\"project_id\":\"p\","
    "\"location\":\"l\",\"cluster_name\":\"c\",\"namespace_name\":\"n\",\"pod_name\":\"web-1\","
    "\"container_name\":\"web\",\"revision_name\":\"r\"}},\"operation\":{\"id\":\"o\","
    "\"producer\":\"q\",\"first\":true},\"sourceLocation\":{\"file\":\"f.py\",\"line\":\"300\","
    "\"function\":\"g\"},\"split\":{\"uid\":\"u\",\"index\":1,\"totalSplits\":200},"
    "\"textPayload\":\"Caused by: it\"}";

static void
note_base(void *arg, const struct lw_stitched *m, size_t index)
{
	const char **difference = arg;
	struct lw_entry e = *decode_one(put_aside, LW_RECORD_JSON);

	(void)index;
	/* What is not kept of a piece. */
	e.clean = e.message;
	e.place = 0;
	e.labels = NULL;
	e.label_count = 0;
	*difference = entry_difference(&e, &m->base);
}

START_TEST(what_is_put_aside_comes_back)
{
	struct lw_stitcher *s = lw_stitcher_new(0), *other = lw_stitcher_new(0);
	const char *difference = "all of it";
	struct lw_entry e = *decode_one(put_aside, LW_RECORD_JSON);

	ck_assert(lw_stitcher_wants(&e));
	ck_assert(lw_stitcher_add(s, &e, 0));
	ck_assert(lw_stitcher_merge(other, s));
	ck_assert(lw_stitcher_finish(other, 0, note_base, &difference));
	ck_assert_msg(difference == NULL, "%s is another", difference);
	lw_stitcher_free(s);
	lw_stitcher_free(other);
}
END_TEST

TCase *
entry_stitch_case(void)
{
	TCase *t = tcase_create("stitch");

	tcase_add_test(t, traces_are_put_together);
	tcase_add_test(t, known_pieces_are_told_in_traces_alone);
	tcase_add_loop_test(t, order_does_not_matter, 0, 5);
	tcase_add_test(t, whole_message_decodes);
	tcase_add_test(t, split_entries_are_joined);
	tcase_add_test(t, what_is_put_aside_comes_back);
	tcase_add_test(t, ceiling_drops_by_scope);
	tcase_add_loop_test(
	    t, torn_traces_of_every_language, 0, (int)(sizeof(torn) / sizeof(torn[0])));
	tcase_add_test(t, names_have_room_of_their_own);
	return t;
}
