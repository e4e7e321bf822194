/* count_setting.c - the forms in which messages state settings, and the table of their values. */
#include "count_setting.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "count/tally.h"

#define S LW_NS_PER_S

static const struct {
	const char *message;
	const char *name; /* NULL: states no setting */
	const char *value;
	bool measured;
} messages[] = {
    {"Connecting to database (connect timeout 75.0s)", "connect timeout", "75.0s", false},
    {"Database connected in 28.2s (connect timeout 75.0s)", "connect timeout", "75.0s", false},
    {"HikariPool-1 - maximumPoolSize 40", "maximumPoolSize", "40", false},
    {"DB_CONNECT_TIMEOUT=5000", "DB_CONNECT_TIMEOUT", "5000", false},
    {"spring.datasource.hikari.maximum-pool-size: 10", "spring.datasource.hikari.maximum-pool-size",
	"10", false},
    {"server.tomcat.threads.max=200", "server.tomcat.threads.max", "200", false},
    {"connect_timeout_ms=250", "connect_timeout_ms", "250", false},
    {"{\"requestTimeout\": 30, \"mode\": \"a\"}", "requestTimeout", "30", false},
    {"idle-timeout '600s'", "idle-timeout", "600s", false},
    {"Request timeout set to 30 seconds", "Request timeout", "30 seconds", false},
    {"Memory limit of 512 MiB exceeded with 520 MiB used", "Memory limit", "512 MiB", false},
    {"Auth client ready with TTL 300s", "TTL", "300s", false},
    {"Heap limit is 80% of the machine", "Heap limit", "80%", false},
    {"timeout after 25.0s", "timeout", "25.0s", true},
    {"Database connection timeout exceeded (15.0s)", "Database connection timeout", "15.0s", true},
    {"java -Xmx512m -jar app.jar", "Xmx", "512m", false},
    {"-XX:MaxRAMPercentage=75.0", "MaxRAMPercentage", "75.0", false},
    {"spring.lettuce.timeout=PT5S", "spring.lettuce.timeout", "PT5S", false},
    {"read timeout of P1DT12H", "read timeout", "P1DT12H", false},
    {"memory limit: 512Mi", "memory limit", "512Mi", false},
    {"pool_size=20", "pool_size", "20", false},
    {"max connections: 100", "max connections", "100", false},
    {"trace sampling rate 0.25", "trace sampling rate", "0.25", false},
    {"alert threshold 90%", "alert threshold", "90%", false},
    {"shop version v1.2.3 starts", "version", "v1.2.3", false},
    {"release=2024.11.3-rc1", "release", "2024.11.3-rc1", false},
    {"image: eu.gcr.io/acme/shop:v1.2.3", "eu.gcr.io/acme/shop", "v1.2.3", false},
    {"Pulled eu.gcr.io/acme/shop@sha256:"
     "4f2a91c0d7e34f2a91c0d7e34f2a91c0d7e34f2a91c0d7e34f2a91c0d7e31234",
	"eu.gcr.io/acme/shop", "sha256:4f2a91c0d7e3", false},
    {"listening on 10.0.0.1", NULL, NULL, false},
    {"HTTP version 1.1", NULL, NULL, false},
    {"request rate 15", NULL, NULL, false}, /* a gauge */
    {"wait PT5S", NULL, NULL, false},
    {"prefix-Xmx512m2", NULL, NULL, false},
    {"https://shop.example:8080/v1/x:v1.2.3", NULL, NULL, false},
    {"timeout=PT", NULL, NULL, false},
    {"took 25 ms", NULL, NULL, false},
    {"queue size 17", NULL, NULL, false},              /* a gauge */
    {"latency min=2 max=17 avg=5", NULL, NULL, false}, /* of what was measured */
    {"retry in backoff 4s", NULL, NULL, false},
    {"GET /v1/items?limit=50", NULL, NULL, false}, /* of the request */
    {"SELECT id FROM t LIMIT 10", NULL, NULL, false},
    {"read timeout: 10.0.0.1", NULL, NULL, false}, /* an address */
    {"limit 5/10", NULL, NULL, false},
    {"deadline 2026-05-12", NULL, NULL, false},
    {"deadline 10:30:00", NULL, NULL, false},
    {"timeout 1778572800000", NULL, NULL, false}, /* a time */
    {"limit 4f2a91", NULL, NULL, false},
    {"Max retries exceeded with url: /v1/post", NULL, NULL, false},
    {"timeout", NULL, NULL, false},
    {"5", NULL, NULL, false},
    {"", NULL, NULL, false},
};

START_TEST(settings_are_told_by_the_words_before_a_value)
{
	struct lw_stated s[LW_STATED_MAX];
	size_t n = lw_stated_find(lw_str_from(messages[_i].message), s);

	ck_assert_msg(n == (messages[_i].name != NULL), "%zu in: %s", n, messages[_i].message);
	if (n == 0)
		return;
	ck_assert_msg(lw_str_eq(s[0].name, lw_str_from(messages[_i].name)), "%.*s",
	    (int)s[0].name.n, s[0].name.p);
	ck_assert_msg(lw_str_eq(s[0].value, lw_str_from(messages[_i].value)), "%.*s",
	    (int)s[0].value.n, s[0].value.p);
	ck_assert(s[0].measured == messages[_i].measured);
}
END_TEST

static struct lw_stated
first_of(const char *message)
{
	struct lw_stated s[LW_STATED_MAX];

	ck_assert_uint_gt(lw_stated_find(lw_str_from(message), s), 0);
	return s[0];
}

START_TEST(a_setting_is_the_same_in_other_statements)
{
	struct lw_stated a = first_of("Connected in 3 s (connect timeout 75 s)");
	struct lw_stated b = first_of("Connected in 4 s (connect timeout 15 s)");
	struct lw_stated c = first_of("Connecting (Connect Timeout 15 s)");

	ck_assert_uint_eq(a.key, b.key);
	ck_assert_uint_eq(a.key, c.key);
	ck_assert_uint_eq(a.statement, b.statement);
	ck_assert_uint_ne(a.statement, c.statement);
	/* A name that many share is of its statement. */
	ck_assert_uint_ne(first_of("redis: timeout 5 s").key, first_of("mysql: timeout 5 s").key);
	ck_assert_uint_eq(
	    first_of("redis-1: timeout 5 s").key, first_of("redis-2: timeout 6 s").key);
}
END_TEST

START_TEST(one_message_states_several_settings)
{
	struct lw_stated s[LW_STATED_MAX];
	char many[400];
	size_t i;

	ck_assert_uint_eq(
	    lw_stated_find(LW_STR("connectTimeout=5, readTimeout=30s; maxRetries: 3"), s), 3);
	ck_assert(lw_str_eq(s[1].name, LW_STR("readTimeout")));
	ck_assert(lw_str_eq(s[1].value, LW_STR("30s")));
	ck_assert(lw_str_eq(s[2].name, LW_STR("maxRetries")));
	for (i = 0; i + 20 < sizeof(many); i += 10)
		memcpy(many + i, "limit=7 b ", 10);
	ck_assert_uint_eq(lw_stated_find(lw_str_make(many, i), s), LW_STATED_MAX);
}
END_TEST

/* One of 400 settings, the first 100 of which have two values, the others up to ten; `worded`: as
 * an entry of a wording. */
static void
add_one(struct lw_settings *s, unsigned i, uint64_t random, bool worded)
{
	char message[64], id[16];
	struct lw_entry e = {.time_ns = (int64_t)(i / 2) * S};
	unsigned setting = (unsigned)(random >> 8) % 400;
	unsigned value = (unsigned)(random >> 32) % (setting < 100 ? 2 : 10);

	(void)snprintf(id, sizeof(id), "id%u", i);
	(void)snprintf(message, sizeof(message), "%c%c%c timeout %u%s", 'a' + (int)setting / 100,
	    'a' + (int)setting / 10 % 10, 'a' + (int)setting % 10, value,
	    random >> 60 == 0 ? ".0 s" : "s");
	e.insert_id = lw_str_from(id);
	e.clean = e.message = lw_str_from(message);
	e.revision = lw_str_from(id + strlen(id) - 1);
	e.wording = worded ? 1 + setting * 2 + (random >> 60 == 0) : 0;
	ck_assert(lw_settings_add(s, &e, 1, lw_entry_key(&e)));
}

static void
assert_same_few(const struct lw_few *a, const struct lw_few *b)
{
	unsigned i;

	ck_assert(a->many == b->many);
	ck_assert_uint_eq(a->count, b->count);
	for (i = 0; i < a->count; i++)
		ck_assert(lw_few_has(b, a->hashes[i]));
}

static void
assert_same_row(const struct lw_setting_row *a, const struct lw_setting_row *b)
{
	unsigned i;

	ck_assert_uint_eq(a->key, b->key);
	ck_assert_str_eq(a->name, b->name);
	ck_assert(a->noisy == b->noisy);
	ck_assert_uint_eq(a->value_count, b->value_count);
	for (i = 0; i < a->value_count; i++) {
		ck_assert_str_eq(a->values[i]->text, b->values[i]->text);
		ck_assert_uint_eq(a->values[i]->count, b->values[i]->count);
		ck_assert_int_eq(a->values[i]->first_ns, b->values[i]->first_ns);
		ck_assert_int_eq(a->values[i]->last_ns, b->values[i]->last_ns);
		ck_assert_uint_eq(a->values[i]->sample->entry_key, b->values[i]->sample->entry_key);
		assert_same_few(&a->values[i]->revisions, &b->values[i]->revisions);
		assert_same_few(&a->values[i]->statements, &b->values[i]->statements);
	}
}

/* _i: with room for all settings, and with a ceiling. */
START_TEST(settings_are_the_same_in_parts_and_in_any_order)
{
	uint32_t max = _i == 0 ? 0 : 64;
	struct lw_settings whole = {.max = max}, merged = {.max = max};
	struct lw_settings part[3] = {{.max = max}, {.max = max}, {.max = max}};
	uint64_t state = 3;
	uint32_t i, noisy = 0;

	for (i = 0; i < 9000; i++)
		add_one(&whole, i, lw_hash_mix(i + 1), false);
	for (i = 9000; i-- > 0;) {
		state = lw_hash_mix(state + 1);
		add_one(&part[state % 3], i, lw_hash_mix(i + 1), true);
	}
	for (i = 0; i < 3; i++)
		ck_assert(lw_settings_merge(&merged, &part[i]));
	lw_settings_settle(&whole);
	lw_settings_settle(&merged);
	ck_assert_uint_eq(whole.level, merged.level);
	ck_assert_int_eq(whole.level > 0, _i == 1);
	ck_assert_uint_eq(whole.count, merged.count);
	for (i = 0; i < whole.count; i++) {
		assert_same_row(&whole.rows[i], &merged.rows[i]);
		noisy += whole.rows[i].noisy;
	}
	if (_i == 0) {
		ck_assert_uint_eq(whole.count, 400);
		ck_assert_uint_eq(noisy, 300);
	}
	lw_settings_fini(&whole);
	lw_settings_fini(&merged);
	for (i = 0; i < 3; i++)
		lw_settings_fini(&part[i]);
}
END_TEST

/* What is remembered of a wording is what each message of it states, whatever its digits are. */
START_TEST(a_wording_states_the_same_with_all_digits)
{
	struct lw_settings known = {0}, anew = {0};
	struct lw_entry e = {.time_ns = S};
	char text[300];
	uint32_t i;
	int by;

	for (by = 0; by < 10; by++) {
		(void)snprintf(text, sizeof(text), "%s", messages[_i].message);
		for (i = 0; text[i] != '\0'; i++)
			if (text[i] >= '0' && text[i] <= '9')
				text[i] = (char)('0' + (text[i] - '0' + by) % 10);
		e.clean = e.message = lw_str_from(text);
		e.wording = LW_WORDING_ASIDE + 7;
		ck_assert(lw_settings_add(&known, &e, 1, lw_entry_key(&e)));
		e.wording = 0;
		ck_assert(lw_settings_add(&anew, &e, 1, lw_entry_key(&e)));
		ck_assert_uint_eq(known.count, anew.count);
		ck_assert_uint_eq(known.count > 0, messages[_i].name != NULL);
		for (i = 0; i < known.count; i++)
			assert_same_row(&known.rows[i], &anew.rows[i]);
	}
	lw_settings_fini(&known);
	lw_settings_fini(&anew);
}
END_TEST

START_TEST(entries_without_a_time_state_nothing)
{
	struct lw_settings s = {0};
	struct lw_entry e = {.time_ns = LW_TIME_NONE, .clean = LW_STR("connect timeout 5s")};

	ck_assert(lw_settings_add(&s, &e, 1, 1));
	ck_assert_uint_eq(s.count, 0);
	lw_settings_fini(&s);
}
END_TEST

TCase *
count_setting_case(void)
{
	TCase *t = tcase_create("settings");

	tcase_set_timeout(t, 0);
	tcase_add_loop_test(t, settings_are_told_by_the_words_before_a_value, 0,
	    sizeof(messages) / sizeof(messages[0]));
	tcase_add_loop_test(t, a_wording_states_the_same_with_all_digits, 0,
	    sizeof(messages) / sizeof(messages[0]));
	tcase_add_test(t, a_setting_is_the_same_in_other_statements);
	tcase_add_test(t, one_message_states_several_settings);
	tcase_add_loop_test(t, settings_are_the_same_in_parts_and_in_any_order, 0, 2);
	tcase_add_test(t, entries_without_a_time_state_nothing);
	return t;
}
