/* check_base.c - the leaf helpers: times, buffers, arenas, maps, UTF-8. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/sort.h"
#include "base/str.h"
#include "base/time.h"
#include "base/utf8.h"

#define KEYS 6000

static const struct {
	size_t n;
	uint64_t keys; /* different ones at most; 0: any */
	unsigned shift;
} lists[] = {{0, 0, 0}, {1, 0, 0}, {2, 2, 0}, {24, 3, 60}, {25, 3, 0}, {300, 1, 0}, {300, 2, 63},
    {1000, 0, 0}, {KEYS, 0, 0}, {KEYS, 5, 61}, {KEYS, 256, 33}, {KEYS, 3000, 5}};
#define LISTS (sizeof(lists) / sizeof(lists[0]))

static uint64_t
key_of(size_t which, size_t i)
{
	uint64_t key = lw_hash_mix(i * 77 + 1);

	return lists[which].keys == 0 ? key : key % lists[which].keys << lists[which].shift;
}

static int
by_key(const void *pa, const void *pb)
{
	const struct lw_keyed *a = pa, *b = pb;

	return a->key < b->key ? -1 : a->key > b->key ? 1 : a->item < b->item ? -1 : 1;
}

START_TEST(keyed_items_are_sorted_and_those_of_equal_keys_stay)
{
	static struct lw_keyed list[KEYS], room[KEYS], expected[KEYS];
	size_t n = lists[_i].n, i;

	for (i = 0; i < n; i++)
		list[i] = expected[i] = (struct lw_keyed){key_of((size_t)_i, i), (uint32_t)i};
	qsort(expected, n, sizeof(*expected), by_key);
	lw_sort_keyed(list, room, n);
	for (i = 0; i < n; i++) {
		ck_assert_uint_eq(list[i].key, expected[i].key);
		ck_assert_uint_eq(list[i].item, expected[i].item);
	}
}
END_TEST

static int
by_number(const void *pa, const void *pb)
{
	const int64_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

START_TEST(number_of_a_rank_is_the_one_that_sorting_puts_there)
{
	static int64_t numbers[KEYS], list[KEYS], room[KEYS], expected[KEYS];
	size_t n = lists[_i].n, i;

	for (i = 0; i < n; i++)
		numbers[i] = expected[i] = (int64_t)key_of((size_t)_i, i);
	qsort(expected, n, sizeof(*expected), by_number);
	for (i = 0; i < n; i++)
		ck_assert(i == 0 || lw_sort_key(expected[i - 1]) <= lw_sort_key(expected[i]));
	for (i = 0; i < n; i += 1 + n / 50) {
		size_t ranks[LW_SORT_RANKS] = {i / 3, i, i + (n - 1 - i) / 2}, k;
		int64_t values[LW_SORT_RANKS];

		memcpy(list, numbers, n * sizeof(*list));
		lw_sort_ranks(list, room, n, ranks, LW_SORT_RANKS, values);
		ck_assert_int_eq(values[0], expected[i / 3]);
		ck_assert_int_eq(values[1], expected[i]);
		ck_assert_int_eq(values[2], expected[i + (n - 1 - i) / 2]);
		memcpy(list, numbers, n * sizeof(*list));
		for (k = 0; k < LW_SORT_RANKS; k++)
			ranks[k] = i;
		lw_sort_ranks(list, room, n, ranks, LW_SORT_RANKS, values);
		for (k = 0; k < LW_SORT_RANKS; k++)
			ck_assert_int_eq(values[k], expected[i]);
	}
}
END_TEST

static const struct {
	const char *text, *canonical; /* NULL: not a time */
} times[] = {
    {"2025-09-16T00:42:59.910682Z", "2025-09-16T00:42:59.910682Z"},
    {"2025-09-16T00:42:59Z", "2025-09-16T00:42:59Z"},
    {"2025-09-16T00:42:59.1Z", "2025-09-16T00:42:59.1Z"},
    {"2025-09-16T00:42:59.123456789Z", "2025-09-16T00:42:59.123456789Z"},
    {"2025-09-16T00:42:59.123456789123Z", "2025-09-16T00:42:59.123456789Z"},
    {"2025-09-15T20:38:01.857723+00:00", "2025-09-15T20:38:01.857723Z"},
    {"2023-02-25T04:46:49+01:00", "2023-02-25T03:46:49Z"},
    {"2023-02-25 03:46:49 +0000", "2023-02-25T03:46:49Z"},
    {"2023-02-25 03:46:49.5 UTC", "2023-02-25T03:46:49.5Z"},
    {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
    {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999999Z"},
    {"2023-02-29T00:00:00Z", NULL},
    {"2025-13-01T00:00:00Z", NULL},
    {"2025-09-16T24:00:00Z", NULL},
    {"2025-09-16", NULL},
    {"2025-09-16T00:42:59Zx", NULL},
    {"yesterday", NULL},
    {"", NULL},
};

START_TEST(time_is_read_and_written)
{
	char buf[LW_TIME_TEXT_BYTES];
	int64_t ns = 42;
	bool ok = lw_time_parse(lw_str_from(times[_i].text), &ns);

	ck_assert_int_eq(ok, times[_i].canonical != NULL);
	if (!ok) {
		ck_assert_int_eq(ns, 42);
		return;
	}
	ck_assert_uint_eq(lw_time_format(ns, buf), strlen(times[_i].canonical));
	ck_assert_str_eq(buf, times[_i].canonical);
}
END_TEST

/* By the C library's calendar and its printf. */
static size_t
print_time(int64_t ns, char *buf, size_t room)
{
	int64_t part = ns % LW_NS_PER_S;
	time_t s = (time_t)(ns / LW_NS_PER_S);
	struct tm tm;
	size_t n;

	if (part < 0) {
		part += LW_NS_PER_S;
		s--;
	}
	ck_assert_ptr_nonnull(gmtime_r(&s, &tm));
	n = strftime(buf, room, "%Y-%m-%dT%H:%M:%S", &tm);
	if (part > 0)
		n += (size_t)snprintf(buf + n, room - n, ".%09lld", (long long)part);
	while (part > 0 && buf[n - 1] == '0')
		n--;
	return n + (size_t)snprintf(buf + n, room - n, "Z");
}

START_TEST(time_is_written_as_printf_writes_it)
{
	static const int64_t edges[] = {0, 1, -1, INT64_MAX, INT64_MIN + 1, LW_NS_PER_S,
	    -LW_NS_PER_S, LW_NS_PER_S - 1, 1 - LW_NS_PER_S, 86400 * LW_NS_PER_S,
	    -86400 * LW_NS_PER_S, -86400 * LW_NS_PER_S - 1};
	char buf[LW_TIME_TEXT_BYTES], expected[64];
	uint64_t seed = 1;
	unsigned i;

	for (i = 0; i < 100000; i++) {
		int64_t ns;

		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		ns = (int64_t)(seed ^ seed << 31);
		if (i % 4 != 0) /* a whole day, second or thousandth of one */
			ns -= ns % (i % 4 == 1      ? 86400 * LW_NS_PER_S
				       : i % 4 == 2 ? LW_NS_PER_S
						    : LW_NS_PER_MS);
		if (i < sizeof(edges) / sizeof(*edges))
			ns = edges[i];
		if (ns == LW_TIME_NONE)
			continue;
		ck_assert_uint_eq(
		    lw_time_format(ns, buf), print_time(ns, expected, sizeof(expected)));
		ck_assert_str_eq(buf, expected);
	}
}
END_TEST

/* The usual form is read by a way of its own: the same as by the general one, damaged or not. */
START_TEST(usual_time_is_as_any)
{
	static const char damage[] = "09-:.TZ ax/";
	char text[64];
	int64_t fast, slow;
	unsigned seed = 1, i;

	for (i = 0; i < 40000; i++) {
		struct lw_str s;
		bool ok;

		seed = seed * 1103515245 + 12345;
		(void)snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02u.%09u",
		    1965 + (seed >> 8) % 300, (seed >> 4) % 14, i % 33, i % 25, (seed >> 9) % 61,
		    (seed >> 16) % 61, seed % 1000000000);
		s = lw_str_make(text, 20 + i % 10);
		text[s.n++] = 'Z';
		if (i % 3 == 0)
			text[(seed >> 12) % s.n] = damage[seed % (sizeof(damage) - 1)];
		else if (i % 3 == 1)
			text[(seed >> 12) % s.n] = (char)(seed >> 18);
		fast = slow = 42;
		ok = lw_time_parse(s, &fast);
		ck_assert_msg(
		    ok == (lw_time_parse_prefix(lw_str_trim(s), &slow) == lw_str_trim(s).n), "%.*s",
		    (int)s.n, text);
		ck_assert_msg(!ok || fast == slow, "%.*s", (int)s.n, text);
	}
}
END_TEST

/* Times of a few minutes, as they come in a log: the same as without what is remembered. */
START_TEST(time_near_another_is_as_any)
{
	static const char *const minutes[] = {"2025-09-16T23:59", "2025-09-17T00:00",
	    "1970-01-01T00:00", "1969-12-31T23:59", "2025-02-29T00:00", "2024-02-29T10:61"};
	static const char damage[] = "09-:.TZ ax/";
	struct lw_time_minute last = {{0}, 0};
	int64_t fast, slow;
	char text[64];
	unsigned seed = 1, i;

	for (i = 0; i < 40000; i++) {
		struct lw_str s;
		bool ok;

		seed = seed * 1103515245 + 12345;
		(void)snprintf(text, sizeof(text), "%s:%02u.%09u",
		    minutes[(seed >> 8) % (i % 50 == 0 ? 6 : 1)], (seed >> 16) % 62,
		    seed % 1000000000);
		s = lw_str_make(text, 20 + (seed >> 10) % 10);
		text[s.n++] = 'Z';
		if (i % 3 == 0)
			text[(seed >> 12) % s.n] = damage[seed % (sizeof(damage) - 1)];
		else if (i % 3 == 1)
			text[(seed >> 12) % s.n] = (char)(seed >> 18);
		fast = slow = 42;
		ok = lw_time_parse(s, &slow);
		ck_assert_msg(lw_time_parse_near(s, &last, &fast) == ok && fast == slow, "%.*s",
		    (int)s.n, text);
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t ns; /* -1: not a duration */
} durations[] = {
    {"0.461533s", 461533000},
    {"9.123456789s", INT64_C(9123456789)},
    {"1.1234567890s", INT64_C(1123456789)},
    {"0.46153as", -1},
    {"0.46 533s", -1},
    {"0..61533s", -1},
    {"-.461533s", -1},
    {"67.228814580s", INT64_C(67228814580)},
    {"0s", 0},
    {"1500ms", 1500 * LW_NS_PER_MS},
    {"250us", 250 * LW_NS_PER_US},
    {"10ns", 10},
    {"5m", 300 * LW_NS_PER_S},
    {"1h", 3600 * LW_NS_PER_S},
    {"2d", 172800 * LW_NS_PER_S},
    {"1.5h", 5400 * LW_NS_PER_S},
    {"25", 25 * LW_NS_PER_S},
    {"", -1},
    {"s", -1},
    {"5 parsecs", -1},
    {"99999999999999999999s", -1},
};

START_TEST(duration_is_read)
{
	int64_t ns = -1;

	ck_assert_int_eq(
	    lw_duration_parse(lw_str_from(durations[_i].text), &ns), durations[_i].ns >= 0);
	ck_assert_int_eq(ns, durations[_i].ns);
}
END_TEST

START_TEST(duration_is_written_for_people)
{
	char buf[LW_TIME_TEXT_BYTES];

	lw_duration_format(106 * LW_NS_PER_S, buf);
	ck_assert_str_eq(buf, "1 min 46 s");
	lw_duration_format(0, buf);
	ck_assert_str_eq(buf, "0 s");
	lw_duration_format(25 * LW_NS_PER_S, buf);
	ck_assert_str_eq(buf, "25 s");
	lw_duration_format(1500 * LW_NS_PER_MS, buf);
	ck_assert_str_eq(buf, "1.5 s");
	lw_duration_format(70 * LW_NS_PER_US, buf);
	ck_assert_str_eq(buf, "70 us");
	lw_duration_format(-3600 * LW_NS_PER_S, buf);
	ck_assert_str_eq(buf, "-1 h");
}
END_TEST

/* Ids in reports are made of hashes. */
START_TEST(hashes_stay_the_same)
{
	unsigned char bytes[40];
	uint64_t h = 0;
	size_t n;

	for (n = 0; n < sizeof(bytes); n++)
		bytes[n] = (unsigned char)(n * 37 + 1);
	for (n = 0; n <= sizeof(bytes); n++)
		h = lw_hash_pair(h, lw_hash(bytes, n, n));
	ck_assert_uint_eq(h, UINT64_C(0xee970bf4cfe0132d));
}
END_TEST

/* Every bit of a run of every length makes another hash, and so do its length and the seed. */
START_TEST(quick_hash_hangs_on_every_bit)
{
	unsigned char bytes[67];
	uint64_t h, other;
	size_t n, i;

	memset(bytes, 0, sizeof(bytes));
	for (n = 0; n < sizeof(bytes); n++) {
		h = lw_hash_quick(bytes, n, 1);
		ck_assert_uint_ne(h, lw_hash_quick(bytes, n, 2));
		ck_assert_uint_ne(h, lw_hash_quick(bytes, n + 1, 1));
		for (i = 0; i < 8 * n; i++) {
			bytes[i / 8] ^= (unsigned char)(1u << i % 8);
			other = lw_hash_quick(bytes, n, 1);
			ck_assert_uint_ne(h, other);
			ck_assert_uint_ne((uint32_t)h, (uint32_t)other);
			ck_assert_uint_ne(h >> 32, other >> 32);
			bytes[i / 8] ^= (unsigned char)(1u << i % 8);
		}
	}
}
END_TEST

START_TEST(map_keeps_what_was_put)
{
	struct lw_map m;
	uint32_t i;

	lw_map_init(&m);
	ck_assert_uint_eq(lw_map_get(&m, 7), LW_MAP_NONE);
	for (i = 0; i < 100000; i++)
		ck_assert_uint_eq(lw_map_put(&m, lw_hash(&i, sizeof(i), 1), i), i);
	for (i = 0; i < 100000; i++)
		ck_assert_uint_eq(lw_map_get(&m, lw_hash(&i, sizeof(i), 1)), i);
	ck_assert_uint_eq(lw_map_put(&m, 0, 5), 5);
	ck_assert_uint_eq(lw_map_put(&m, 0, 6), 5);
	lw_map_fini(&m);
}
END_TEST

START_TEST(arena_aligns_resets_and_holds_large_blocks)
{
	struct lw_arena *a = lw_arena_new(256);
	struct lw_str s;
	int i;

	ck_assert_ptr_nonnull(a);
	for (i = 0; i < 1000; i++) {
		char *p = lw_arena_alloc(a, (size_t)i % 37 + 1);

		ck_assert_uint_eq((uintptr_t)p % sizeof(void *), 0);
		memset(p, i, (size_t)i % 37 + 1);
	}
	ck_assert_ptr_nonnull(lw_arena_zalloc(a, 1 << 20));
	s = lw_arena_str(a, LW_STR("text"));
	ck_assert_str_eq(s.p, "text");
	lw_arena_reset(a);
	ck_assert_uint_le(lw_arena_bytes(a), 256);
	lw_arena_free(a);
}
END_TEST

START_TEST(arenas_join)
{
	struct lw_arena *a = lw_arena_new(256), *b = lw_arena_new(256), *none = lw_arena_new(0);
	struct lw_str first = lw_arena_str(a, LW_STR("first")), second;
	size_t bytes;

	ck_assert_ptr_nonnull(lw_arena_zalloc(b, 1000));
	second = lw_arena_str(b, LW_STR("second"));
	bytes = lw_arena_bytes(a) + lw_arena_bytes(b);
	lw_arena_join(a, b);
	lw_arena_join(a, none);
	ck_assert_uint_eq(lw_arena_bytes(a), bytes);
	ck_assert_str_eq(first.p, "first");
	ck_assert_str_eq(second.p, "second");
	ck_assert_ptr_nonnull(lw_arena_zalloc(a, 1000));
	none = lw_arena_new(0);
	lw_arena_join(none, a);
	ck_assert_str_eq(second.p, "second");
	lw_arena_free(none);
}
END_TEST

/* Few letters, so that a needle is nearly found often; nothing may be read outside of either. */
START_TEST(str_is_found_where_it_first_is)
{
	unsigned seed = 1, i;
	size_t k, want;

	for (i = 0; i < 40000; i++) {
		size_t n = i % 300, needle_n = 1 + (i / 7) % 20;
		char *p = malloc(n > 0 ? n : 1), *q = malloc(needle_n);
		struct lw_str s = {p, n}, needle = {q, needle_n};

		ck_assert(p != NULL && q != NULL);
		for (k = 0; k < n; k++) {
			seed = seed * 1103515245 + 12345;
			p[k] = (seed >> 16) % 8 == 0 ? 'b' : 'a';
		}
		for (k = 0; k < needle_n; k++)
			q[k] = k == needle_n / 2 && i % 2 == 0 ? 'b' : 'a';
		want = LW_NPOS;
		for (k = 0; want == LW_NPOS && k + needle_n <= n; k++)
			if (memcmp(p + k, q, needle_n) == 0)
				want = k;
		ck_assert_uint_eq(lw_str_find(s, needle), want);
		free(p);
		free(q);
	}
}
END_TEST

START_TEST(utf8_finds_the_first_bad_byte)
{
	struct lw_buf b = {0};

	ck_assert_uint_eq(lw_utf8_check(LW_STR("plain ascii text")), 16);
	ck_assert_uint_eq(
	    lw_utf8_check(LW_STR("Za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87 \xf0\x9f\x9a\x80")), 15);
	ck_assert_uint_eq(lw_utf8_check(LW_STR("ab\xff"
					       "cd")),
	    2);
	ck_assert_uint_eq(lw_utf8_check(LW_STR("\xc0\x80")), 0);         /* overlong */
	ck_assert_uint_eq(lw_utf8_check(LW_STR("\xed\xa0\x80")), 0);     /* surrogate */
	ck_assert_uint_eq(lw_utf8_check(LW_STR("\xf4\x90\x80\x80")), 0); /* above U+10FFFF */
	ck_assert_uint_eq(lw_utf8_check(LW_STR("x\xe2\x82")), 1);        /* cut */
	lw_utf8_clean(&b, LW_STR("a\xff"
				 "b"));
	ck_assert_str_eq(b.p, "a\xef\xbf\xbd"
			      "b");
	lw_buf_fini(&b);
	ck_assert_uint_eq(lw_utf8_cut(LW_STR("a\xc5\xbc"), 2).n, 1);
}
END_TEST

START_TEST(crc32c_is_that_of_rfc_3720)
{
	unsigned char bytes[32], much[1000];
	size_t i;

	memset(bytes, 0, sizeof(bytes));
	ck_assert_uint_eq(lw_crc32c(0, bytes, sizeof(bytes)), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	ck_assert_uint_eq(lw_crc32c(0, bytes, sizeof(bytes)), 0x62a8ab43);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	ck_assert_uint_eq(lw_crc32c(0, bytes, sizeof(bytes)), 0x46dd794e);
	ck_assert_uint_eq(lw_crc32c_portable(0, bytes, sizeof(bytes)), 0x46dd794e);
	ck_assert_uint_eq(lw_crc32c(0, bytes, 0), 0);
	for (i = 0; i < sizeof(much); i++)
		much[i] = (unsigned char)(i * i >> 3);
	for (i = 0; i + 8 < sizeof(much);
	     i++) { /* in two parts, at each border; with and without the instruction */
		uint32_t whole = lw_crc32c_portable(0, much + i % 8, i);

		ck_assert_uint_eq(
		    lw_crc32c(lw_crc32c(0, much + i % 8, i / 2), much + i % 8 + i / 2, i - i / 2),
		    whole);
	}
}
END_TEST

START_TEST(words_are_told_in_any_case)
{
	static const char *const words[] = {"failed", "fail", "out"};

	ck_assert(lw_word_is(LW_STR("FaiL"), "fail"));
	ck_assert(!lw_word_is(LW_STR("fails"), "fail"));
	ck_assert(!lw_word_is(LW_STR("fai"), "fail"));
	ck_assert(lw_word_is(LW_STR(""), ""));
	ck_assert(lw_word_among(LW_STR("OUT"), words, 3));
	ck_assert(lw_word_among(LW_STR("fail"), words, 3));
	ck_assert(!lw_word_among(LW_STR("failure"), words, 3));
	ck_assert(!lw_word_among(LW_STR(""), words, 3));
}
END_TEST

START_TEST(error_says_where)
{
	struct lw_error e;
	char text[128];
	int code;

	ck_assert_int_eq(lw_error_set(&e, LW_EJSON, "unexpected %c", '}'), LW_EJSON);
	lw_error_at(&e, "x.json", 3, 0, 120);
	ck_assert_str_eq(lw_error_format(&e, text, sizeof(text)), "x.json:3: unexpected }");
	for (code = 0; code <= LW_CODE_COUNT; code++)
		ck_assert_str_ne(lw_code_text((enum lw_code)code), "");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("base");
	TCase *t = tcase_create("base");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, time_is_read_and_written, 0, sizeof(times) / sizeof(times[0]));
	tcase_add_test(t, time_is_written_as_printf_writes_it);
	tcase_add_test(t, usual_time_is_as_any);
	tcase_add_test(t, time_near_another_is_as_any);
	tcase_add_loop_test(t, duration_is_read, 0, sizeof(durations) / sizeof(durations[0]));
	tcase_add_test(t, duration_is_written_for_people);
	tcase_add_test(t, hashes_stay_the_same);
	tcase_add_test(t, quick_hash_hangs_on_every_bit);
	tcase_add_test(t, map_keeps_what_was_put);
	tcase_add_test(t, arena_aligns_resets_and_holds_large_blocks);
	tcase_add_test(t, arenas_join);
	tcase_add_loop_test(t, keyed_items_are_sorted_and_those_of_equal_keys_stay, 0, LISTS);
	tcase_add_loop_test(t, number_of_a_rank_is_the_one_that_sorting_puts_there, 0, LISTS);
	tcase_add_test(t, str_is_found_where_it_first_is);
	tcase_add_test(t, utf8_finds_the_first_bad_byte);
	tcase_add_test(t, crc32c_is_that_of_rfc_3720);
	tcase_add_test(t, error_says_where);
	tcase_add_test(t, words_are_told_in_any_case);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
