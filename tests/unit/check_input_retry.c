/* check_input_retry.c - when a request is sent again, by a clock that is told the time; and which
 * addresses are asked at all. */
#include "base/time.h"
#include "input/http.h"
#include "input/http_address.h"
#include "input/retry.h"
#include "input_helper.h"

#define START_NS INT64_C(1767225600000000000) /* 2026-01-01T00:00:00Z */

static struct fake {
	int64_t now_ns;
	uint64_t random;
	int64_t waits_ns[32];
	size_t waits;
} fake;
static struct lw_stop stop;

static int64_t
now_ns(void *arg)
{
	(void)arg;
	return fake.now_ns;
}

static bool
wait_for(void *arg, int64_t ns, struct lw_stop *asked)
{
	(void)arg;
	fake.waits_ns[fake.waits++ % 32] = ns;
	fake.now_ns += ns;
	return !lw_stop_asked(asked);
}

static uint64_t
random_bits(void *arg)
{
	(void)arg;
	return fake.random;
}

static const struct lw_clock clock_told = {NULL, now_ns, now_ns, wait_for, random_bits};

static struct lw_net
net(unsigned attempts, int64_t deadline_ns)
{
	return (struct lw_net){
	    .clock = &clock_told, .retry = {attempts, LW_NS_PER_S, 60 * LW_NS_PER_S, deadline_ns}};
}

static void
setup(void)
{
	fake = (struct fake){.now_ns = START_NS};
	lw_stop_init(&stop);
}

static void
teardown(void)
{
	lw_stop_fini(&stop);
}

static const struct lw_error why = {.code = LW_EHTTP, .message = "no"};

/* Waits until there is no further try. */
static enum lw_retry_next
exhaust(const struct lw_net *n, int64_t hint_ns)
{
	enum lw_retry_next next;
	struct lw_retry r;

	lw_retry_begin(&r, n);
	while ((next = lw_retry_again(&r, hint_ns, &stop, &why)) == LW_RETRY_AGAIN)
		ck_assert_uint_lt(r.tries, 32);
	return next;
}

START_TEST(the_longest_waits_double_up_to_a_minute)
{
	static const int64_t most_s[] = {1, 2, 4, 8, 16, 32, 60, 60};
	struct lw_net n = net(9, 0);
	size_t i;

	for (i = 0; i < 8; i++) {
		struct lw_retry r;
		size_t k;

		lw_retry_begin(&r, &n);
		fake.waits = 0;
		for (k = 0; k <= i; k++) {
			/* x % (most + 1) is the most where x is just that. */
			fake.random = (uint64_t)(most_s[k] * LW_NS_PER_S);
			ck_assert_int_eq(
			    lw_retry_again(&r, LW_RETRY_NO_HINT, &stop, &why), LW_RETRY_AGAIN);
			ck_assert_int_eq(fake.waits_ns[k], most_s[k] * LW_NS_PER_S);
		}
	}
}
END_TEST

START_TEST(waits_are_random_from_nothing_on)
{
	struct lw_net n = net(4, 0);

	fake.random = 0;
	ck_assert_int_eq(exhaust(&n, LW_RETRY_NO_HINT), LW_RETRY_ENOUGH);
	ck_assert_uint_eq(fake.waits, 3);
	ck_assert_int_eq(fake.now_ns, START_NS);
}
END_TEST

START_TEST(a_server_that_asks_for_time_gets_it)
{
	struct lw_net n = net(3, 0);

	fake.random = 800 * LW_NS_PER_MS;
	ck_assert_int_eq(exhaust(&n, 7 * LW_NS_PER_S), LW_RETRY_ENOUGH);
	ck_assert_uint_eq(fake.waits, 2);
	ck_assert_int_eq(fake.waits_ns[0], 7 * LW_NS_PER_S + 100 * LW_NS_PER_MS);
}
END_TEST

START_TEST(a_deadline_ends_the_tries)
{
	struct lw_net n = net(1000, 10 * LW_NS_PER_S);

	ck_assert_int_eq(exhaust(&n, 3 * LW_NS_PER_S), LW_RETRY_ENOUGH);
	ck_assert_uint_eq(fake.waits, 3);
	setup();
	ck_assert_int_eq(exhaust(&n, 11 * LW_NS_PER_S), LW_RETRY_ENOUGH);
	ck_assert_uint_eq(fake.waits, 0);
}
END_TEST

START_TEST(a_stop_ends_the_tries)
{
	struct lw_net n = net(5, 0);

	lw_stop_ask(&stop);
	ck_assert_int_eq(exhaust(&n, LW_RETRY_NO_HINT), LW_RETRY_STOPPED);
}
END_TEST

START_TEST(without_a_clock_nothing_is_tried_again)
{
	struct lw_net n = net(5, 0);

	n.clock = NULL;
	ck_assert_int_eq(exhaust(&n, LW_RETRY_NO_HINT), LW_RETRY_ENOUGH);
}
END_TEST

static const struct {
	const char *value;
	int64_t ns;
} hints[] = {
    {"0", 0},
    {"120", 120 * LW_NS_PER_S},
    {" 2 ", 2 * LW_NS_PER_S},
    {"0.25", 250 * LW_NS_PER_MS},
    {"99999999999999999999999", 1000000 * LW_NS_PER_S},
    {"Thu, 01 Jan 2026 00:00:30 GMT", 30 * LW_NS_PER_S},
    {"Thursday, 01-Jan-26 00:00:30 GMT", 30 * LW_NS_PER_S},
    {"Thu Jan  1 00:00:30 2026", 30 * LW_NS_PER_S},
    {"Wed, 31 Dec 2025 23:59:59 GMT", 0},
    {"Fri, 01 Jan 2277 00:00:00 GMT", 1000000 * LW_NS_PER_S},
    {"", LW_RETRY_NO_HINT},
    {"-5", LW_RETRY_NO_HINT},
    {"soon", LW_RETRY_NO_HINT},
    {"5 minutes", LW_RETRY_NO_HINT},
};

START_TEST(retry_after_is_seconds_or_a_date)
{
	ck_assert_int_eq(lw_retry_after(lw_str_from(hints[_i].value), START_NS), hints[_i].ns);
}
END_TEST

static const struct {
	const char *url;
	bool allowed, loopback;
} addresses[] = {
    {"https://logging.googleapis.com/v2", true, false},
    {"http://logging.googleapis.com/v2", false, false}, {"http://localhost:8080/", true, true},
    {"http://api.localhost/", true, true}, {"http://127.8.9.1/", true, true},
    {"http://[::1]:80/", true, true}, {"https://127.0.0.1/", true, true},
    {"http://127.0.0.1.example.com/", false, false}, {"http://127.example.com/", false, false},
    {"http://localhost.example.com/", false, false},
    {"http://localhost@example.com/", false, false}, {"http://[::2]/", false, false},
    {"file:///etc/passwd", false, false}, {"ftp://localhost/x", false, true},
    {"nonsense", false, false}, /* no scheme is no address */
};

START_TEST(only_https_leaves_this_machine)
{
	struct lw_error e = {.code = LW_OK};
	bool loopback, fine;

	fine = lw_http_allowed(addresses[_i].url, false, &loopback, &e) == LW_OK;
	ck_assert(fine == addresses[_i].allowed);
	ck_assert(loopback == addresses[_i].loopback);
	ck_assert((e.code == LW_OK) == fine);
}
END_TEST

START_TEST(insecure_is_for_http_alone)
{
	ck_assert_int_eq(lw_http_allowed("http://example.com/", true, NULL, NULL), LW_OK);
	ck_assert_int_eq(lw_http_allowed("file:///etc/passwd", true, NULL, NULL), LW_EUSAGE);
}
END_TEST

static const struct {
	const char *a, *b;
	bool same;
} origins[] = {
    {"https://a.example/x", "https://a.example/y?z", true},
    {"https://a.example/x", "https://A.example:443/", true},
    {"https://a.example/x", "http://a.example/x", false},
    {"https://a.example/x", "https://a.example:8443/x", false},
    {"https://a.example/x", "https://b.example/x", false},
    {"https://a.example/x", "https://a.example.evil.example/x", false},
    {"https://a.example/x", "https://a.example@evil.example/x", false},
};

START_TEST(an_origin_is_scheme_host_and_port)
{
	ck_assert(lw_http_same_origin(origins[_i].a, origins[_i].b) == origins[_i].same);
}
END_TEST

TCase *
input_retry_case(void)
{
	TCase *t = tcase_create("retry");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_longest_waits_double_up_to_a_minute);
	tcase_add_test(t, waits_are_random_from_nothing_on);
	tcase_add_test(t, a_server_that_asks_for_time_gets_it);
	tcase_add_test(t, a_deadline_ends_the_tries);
	tcase_add_test(t, a_stop_ends_the_tries);
	tcase_add_test(t, without_a_clock_nothing_is_tried_again);
	tcase_add_loop_test(
	    t, retry_after_is_seconds_or_a_date, 0, sizeof(hints) / sizeof(hints[0]));
	tcase_add_loop_test(
	    t, only_https_leaves_this_machine, 0, sizeof(addresses) / sizeof(addresses[0]));
	tcase_add_test(t, insecure_is_for_http_alone);
	tcase_add_loop_test(
	    t, an_origin_is_scheme_host_and_port, 0, sizeof(origins) / sizeof(origins[0]));
	return t;
}
