/* entry_wording.c - messages that differ in their digits alone are read once, and read right. */
#include "entry/wording.h"
#include "entry_same.h"
#include "entry_test.h"

#define ROUNDS 12

/* What says something by its form: levels, dates, requests, lines of traces, marks. */
static const char *const messages[] = {
    "Order 4711 accepted, total 12.50 EUR",
    "E0916 12:00:00.000001       1 main.go:17] lease lost",
    "I0916 12:00:00.000001       1 main.go:17] lease held",
    "2026-05-11 09:00:00,123 ERROR pool 3 is empty",
    "[2026-05-11T09:00:00Z INFO  shop] served 17 requests",
    "level=warn msg=\"slow query\" ms=1700",
    "GET https://shop.example/items/17 -> 200",
    "GET https://shop.example/items/17 -> 503",
    "10.0.0.7 - - [11/May/2026:09:00:00 +0000] \"GET /x HTTP/1.1\" 200 612 \"-\" \"curl/8.1\"",
    "10.0.0.7 - - [11/May/2026:09:00:00 +0000] \"GET /x HTTP/1.1\" 502 612 \"-\" \"curl/8.1\"",
    "  7: shop::db::connect at src/db.rs:17",
    "#0 /app/index.php(17): Shop->load()",
    "/app/lib/shop.rb:0:in `fetch': key not found (KeyError)",
    "/app/lib/shop.rb:17:in `fetch'",
    "goroutine 17 [running]:",
    "errno: -111, in the middle of a message",
    " 42%|####      | 42/100 [00:17<00:23,  2.40it/s]",
    "connection from 10.0.0.7:51234 closed after 17 s   ",
    "Tenant caf\xc3\xa9 17 refreshed its token",
};

static void
change_digits(char *text, int by)
{
	for (; *text != '\0'; text++)
		if (*text >= '0' && *text <= '9')
			*text = (char)('0' + (*text - '0' + by) % 10);
}

/* As a text log's line, as a text payload and as a JSON payload's message. */
static void
write_record(char *to, size_t room, const char *message, int form)
{
	char escaped[400];
	size_t n = 0;

	for (; *message != '\0'; message++) {
		if (*message == '"' && form > 0)
			escaped[n++] = '\\';
		escaped[n++] = *message;
	}
	escaped[n] = '\0';
	if (form == 0)
		(void)snprintf(to, room, "%s", escaped);
	else if (form == 1)
		(void)snprintf(to, room, "{\"insertId\":\"a\",\"textPayload\":\"%s\"}", escaped);
	else
		(void)snprintf(to, room,
		    "{\"insertId\":\"a\",\"severity\":\"INFO\",\"jsonPayload\":{\"message\":\"%s\"}"
		    "}",
		    escaped);
}

/* Other digits never make another entry of what was remembered. */
START_TEST(digits_make_no_difference_to_what_is_remembered)
{
	struct rivals *r = rivals_new();
	char text[200], record[500], why[200];
	struct lw_record rec = {.line = 1};
	int form, round;

	ck_assert_ptr_nonnull(r);
	for (form = 0; form < 3; form++) {
		for (round = 0; round < ROUNDS; round++) {
			(void)snprintf(text, sizeof(text), "%s", messages[_i]);
			change_digits(text, round * 3);
			write_record(record, sizeof(record), text, form);
			rec.kind = form == 0 ? LW_RECORD_TEXT : LW_RECORD_JSON;
			rec.bytes = lw_str_from(record);
			ck_assert_msg(decoders_agree(r, &rec, why), "%s: %s", record, why);
		}
	}
	rivals_free(r);
}
END_TEST

static uint32_t
wording_of(const char *message)
{
	char record[500];

	write_record(record, sizeof(record), message, 1);
	return decode_one(record, LW_RECORD_JSON)->wording;
}

START_TEST(the_same_but_for_its_digits_has_the_same_number)
{
	uint32_t number;

	ck_assert_uint_eq(wording_of("order 17 took 250 ms in all"), 0); /* the first one */
	number = wording_of("order 18 took 251 ms in all");
	ck_assert_uint_ne(number, 0);
	ck_assert_uint_eq(wording_of("order 99 took 999 ms in all"), number);
	ck_assert_uint_ne(wording_of("order 99 took 99 ms in all"), number);
	ck_assert_uint_ne(wording_of("Order 99 took 999 ms in all"), number);
	ck_assert_uint_ne(wording_of("order xx took 999 ms in all"), number);
}
END_TEST

/* A status is no number like others: whether the request failed hangs on it. */
START_TEST(a_status_keeps_its_digits)
{
	static const char *const ways[][2] = {{"GET /items/17 -> 200", "GET /items/17 -> 502"},
	    {"\"GET /items/17 HTTP/1.1\" 200 612", "\"GET /items/17 HTTP/1.1\" 502 612"}};
	char wordings[2][LW_WORDING_MAX_BYTES];
	size_t i, n = strlen(ways[_i][0]);

	for (i = 0; i < 2; i++)
		ck_assert(lw_wording_of(lw_str_from(ways[_i][i]), wordings[i]));
	ck_assert_int_ne(memcmp(wordings[0], wordings[1], n), 0);
	for (i = 0; i < n; i++)
		ck_assert(wordings[0][i] == wordings[1][i] || ways[_i][0][i] != ways[_i][1][i]);
}
END_TEST

START_TEST(traces_lines_and_long_messages_have_none)
{
	static const char *const others[] = {"short 17", "  at Shop.load (shop.js:17:4)",
	    "two lines, the first\\nand the second", "a <red>colour</red> is taken out",
	    "ValueError: 17 is too much"};
	char longer[LW_WORDING_MAX_BYTES + 2];
	size_t i;
	int round;

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	for (round = 0; round < 3; round++) {
		for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
			ck_assert_uint_eq(wording_of(others[i]), 0);
		ck_assert_uint_eq(wording_of(longer), 0);
	}
	longer[LW_WORDING_MAX_BYTES] = '\0';
	(void)wording_of(longer);
	ck_assert_uint_ne(wording_of(longer), 0);
}
END_TEST

static struct lw_str
job_text(char text[60], uint32_t i)
{
	(void)snprintf(text, 60, "worker %c%c%c%c is ready, 17 jobs wait", (int)('a' + i / 2744),
	    (int)('a' + i / 196 % 14), (int)('a' + i / 14 % 14), (int)('a' + i % 14));
	return lw_str_from(text);
}

/* More wordings than there is room for: the last to come into a place has it, with a new number. */
START_TEST(wordings_make_room_and_numbers_are_never_given_twice)
{
	enum { MANY = 3 * LW_WORDINGS };
	static uint32_t owner[LW_WORDINGS], number_of[MANY];
	struct lw_wordings *w = lw_wordings_new();
	const struct lw_wording *found;
	uint32_t i, highest = 0;
	char text[60];

	ck_assert_ptr_nonnull(w);
	for (i = 0; i < MANY; i++) {
		ck_assert_ptr_null(lw_wordings_find(w, job_text(text, i)));
		(void)lw_wordings_came(w);
		ck_assert(lw_wordings_came(w));
		number_of[i] = lw_wordings_keep(w, 0, LW_SEV_INFO);
		ck_assert_uint_gt(number_of[i] / LW_WORDINGS, highest);
		highest = number_of[i] / LW_WORDINGS;
		owner[number_of[i] % LW_WORDINGS] = i;
	}
	for (i = 0; i < MANY; i++) {
		found = lw_wordings_find(w, job_text(text, i));
		if (owner[number_of[i] % LW_WORDINGS] == i) {
			ck_assert_ptr_nonnull(found);
			ck_assert_uint_eq(found->number, number_of[i]);
		} else {
			ck_assert_ptr_null(found);
		}
	}
	lw_wordings_free(w);
}
END_TEST

TCase *
entry_wording_case(void)
{
	TCase *t = tcase_create("wording");

	tcase_add_loop_test(t, digits_make_no_difference_to_what_is_remembered, 0,
	    (int)(sizeof(messages) / sizeof(messages[0])));
	tcase_add_test(t, the_same_but_for_its_digits_has_the_same_number);
	tcase_add_loop_test(t, a_status_keeps_its_digits, 0, 2);
	tcase_add_test(t, traces_lines_and_long_messages_have_none);
	tcase_add_test(t, wordings_make_room_and_numbers_are_never_given_twice);
	return t;
}
