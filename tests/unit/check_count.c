/* check_count.c - series, windows, duplicates and tallies: sums that do not know order. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "count/dedupe.h"
#include "count/node.h"
#include "count/path.h"
#include "count/tally.h"
#include "count_draw.h"
#include "count_many.h"
#include "count_phase.h"
#include "count_setting.h"

#define S LW_NS_PER_S

/* The same "random" numbers on every machine. */
static uint64_t
next_random(uint64_t *state)
{
	return *state = lw_hash_mix(*state + UINT64_C(0x9e3779b97f4a7c15));
}

static void
assert_same_series(const struct lw_series *a, const struct lw_series *b)
{
	uint32_t i;

	ck_assert_int_eq(a->width_ns, b->width_ns);
	ck_assert_uint_eq(a->count, b->count);
	for (i = 0; i < a->count; i++) {
		ck_assert_int_eq(a->buckets[i].start_ns, b->buckets[i].start_ns);
		ck_assert_int_eq(a->buckets[i].first_ns, b->buckets[i].first_ns);
		ck_assert_int_eq(a->buckets[i].last_ns, b->buckets[i].last_ns);
		ck_assert_uint_eq(a->buckets[i].n, b->buckets[i].n);
	}
}

START_TEST(series_counts_the_same_in_parts_and_in_any_order)
{
	struct lw_series whole, part[3], merged;
	uint64_t state = 7 + (uint64_t)_i;
	int64_t *times = calloc(4000, sizeof(*times));
	int i;

	ck_assert_ptr_nonnull(times);
	lw_series_init(&whole, S);
	lw_series_init(&merged, S);
	for (i = 0; i < 3; i++)
		lw_series_init(&part[i], S);
	for (i = 0; i < 4000; i++) { /* over eleven days: the width must double */
		times[i] = (int64_t)(next_random(&state) % 1000000) * S;
		ck_assert(lw_series_add(&whole, times[i], 1));
		ck_assert(lw_series_add(&part[next_random(&state) % 3], times[i], 1));
	}
	for (i = 2; i >= 0; i--)
		ck_assert(lw_series_merge(&merged, &part[i]));
	ck_assert_uint_le(whole.count, LW_SERIES_MAX_BUCKETS);
	assert_same_series(&whole, &merged);
	lw_series_fini(&merged);
	lw_series_init(&merged, S);
	for (i = 3999; i >= 0; i--)
		ck_assert(lw_series_add(&merged, times[i], 1));
	assert_same_series(&whole, &merged);
	for (i = 0; i < 3; i++)
		lw_series_fini(&part[i]);
	lw_series_fini(&whole);
	lw_series_fini(&merged);
	free(times);
}
END_TEST

/* Few buckets or none, known to the other one, between its own, before or behind them; every third
 * time one of the two is much wider. */
START_TEST(series_of_any_length_merge_as_one)
{
	uint64_t state = 11;
	int round, i;

	for (round = 0; round < 3000; round++) {
		struct lw_series whole, part[2];
		int n = (int)(next_random(&state) % 60);
		uint64_t seconds = 1 + next_random(&state) % 90;

		lw_series_init(&whole, S);
		lw_series_init(&part[0], S);
		lw_series_init(&part[1], S);
		if (round % 3 == 0)
			n += 3 * LW_SERIES_MAX_BUCKETS;
		for (i = 0; i < n; i++) {
			bool wide = i >= 60;
			int64_t t =
			    (int64_t)(next_random(&state) % (wide ? 3000 : seconds)) * S + i;
			int to = wide ? round / 3 % 2 : (int)(next_random(&state) % 2);

			ck_assert(lw_series_add(&whole, t, 1));
			ck_assert(lw_series_add(&part[to], t, 1));
		}
		ck_assert(lw_series_merge(&part[0], &part[1]));
		assert_same_series(&whole, &part[0]);
		ck_assert(lw_series_add(&part[0], 45 * S, 1));
		ck_assert(lw_series_add(&whole, 45 * S, 1));
		assert_same_series(&whole, &part[0]);
		for (i = 0; i < 2; i++)
			lw_series_fini(&part[i]);
		lw_series_fini(&whole);
	}
}
END_TEST

START_TEST(windows_find_peak_onset_and_end)
{
	struct lw_series s;
	struct lw_windows w;
	int i;

	lw_series_init(&s, 60 * S);
	ck_assert(lw_series_add(&s, 0, 1)); /* one stray, an hour before */
	for (i = 0; i < 100; i++)
		ck_assert(lw_series_add(&s, 3600 * S + i * S, 1));
	w = lw_series_windows(&s, 300 * S, 7200 * S);
	ck_assert_uint_eq(w.peak_count, 100);
	ck_assert_int_eq(w.peak_from_ns, 3600 * S);
	ck_assert_int_eq(w.onset_ns, 3600 * S);
	ck_assert_int_eq(w.end_ns, 3699 * S);
	ck_assert(!w.ongoing);
	w = lw_series_windows(&s, 300 * S, 3710 * S);
	ck_assert(w.ongoing);
	lw_series_fini(&s);
}
END_TEST

START_TEST(windows_slide_across_steps)
{
	struct lw_series s;
	struct lw_windows w;

	/* Three in one minute, then two each in two neighbouring ones: a window of two minutes
	 * holds four. */
	lw_series_init(&s, 60 * S);
	ck_assert(lw_series_add(&s, 10 * S, 3));
	ck_assert(lw_series_add(&s, 610 * S, 2));
	ck_assert(lw_series_add(&s, 670 * S, 2));
	w = lw_series_windows(&s, 120 * S, 700 * S);
	ck_assert_uint_eq(w.peak_count, 4);
	ck_assert_int_eq(w.peak_from_ns, 600 * S);
	ck_assert_int_eq(w.peak_to_ns, 720 * S);
	ck_assert_int_eq(w.onset_ns, 610 * S);
	lw_series_fini(&s);
}
END_TEST

START_TEST(windows_of_nothing_are_zero)
{
	struct lw_series s;

	lw_series_init(&s, S);
	ck_assert_uint_eq(lw_series_windows(&s, 300 * S, 0).peak_count, 0);
	lw_series_fini(&s);
}
END_TEST

/* _i: keys that are near few others, and all near each other. */
START_TEST(dedupe_tells_each_key_once)
{
	struct lw_dedupe *d = lw_dedupe_new(0);
	struct lw_dedupe_asker asker = {0};
	uint64_t i, key;

	ck_assert_ptr_nonnull(d);
	for (i = 0; i < 4000000; i++) {
		key = lw_dedupe_key(lw_hash_mix(i % 2000000), _i == 0 ? i % 2000000 / 100 : 7);
		ck_assert(lw_dedupe_seen(d, &asker, key) == (i >= 2000000));
	}
	ck_assert_uint_eq(asker.fresh, 2000000);
	ck_assert_uint_eq(lw_dedupe_full(d, asker.fresh), 0);
	lw_dedupe_free(d);
}
END_TEST

/* _i: in the small table, and in the large one with rooms that are drawn by several. */
START_TEST(dedupe_says_when_it_is_full)
{
	const uint64_t max = _i == 0 ? 1000 : 100000, keys = max * 3;
	struct lw_dedupe *d = lw_dedupe_new(max);
	struct lw_dedupe_asker askers[3] = {0};
	uint64_t i, seen = 0;

	ck_assert_ptr_nonnull(d);
	for (i = 0; i < keys; i++)
		ck_assert(!lw_dedupe_seen(d, &askers[i % 3], lw_hash_mix(i)));
	ck_assert_uint_eq(askers[0].fresh + askers[1].fresh + askers[2].fresh, keys);
	ck_assert_uint_eq(lw_dedupe_full(d, keys), keys - max);
	for (i = 0; i < keys; i++)
		seen += lw_dedupe_seen(d, &askers[i % 3], lw_hash_mix(i));
	ck_assert_uint_eq(seen, max);
	lw_dedupe_free(d);
}
END_TEST

#define SHARED_KEYS 200000

struct thread {
	struct lw_dedupe *dedupe;
	struct lw_dedupe_asker asker;
	uint64_t unseen;
};

static void *
ask(void *arg)
{
	struct thread *t = arg;
	uint64_t i;

	for (i = 0; i < SHARED_KEYS; i++)
		t->unseen += !lw_dedupe_seen(t->dedupe, &t->asker, lw_hash_mix(i));
	return NULL;
}

static void *
prepare(void *arg)
{
	lw_dedupe_prepare(arg);
	return NULL;
}

/* While one more makes the table ready. */
START_TEST(dedupe_tells_one_of_several_threads)
{
	struct lw_dedupe *d = lw_dedupe_new(0);
	struct thread askers[] = {{.dedupe = d}, {.dedupe = d}, {.dedupe = d}};
	pthread_t threads[3], preparer;
	uint64_t unseen = 0, fresh = 0;
	unsigned i;

	ck_assert_ptr_nonnull(d);
	ck_assert_int_eq(pthread_create(&preparer, NULL, prepare, d), 0);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		unseen += askers[i].unseen;
		fresh += askers[i].asker.fresh;
	}
	ck_assert_int_eq(pthread_join(preparer, NULL), 0);
	ck_assert_uint_eq(unseen, SHARED_KEYS);
	ck_assert_uint_eq(fresh, SHARED_KEYS);
	lw_dedupe_free(d);
}
END_TEST

/* An entry of service "web" that no rule knows, by number; place as in struct lw_entry. */
static void
count_one_of(struct lw_tally *t, uint64_t n, uint64_t signature, uint32_t place)
{
	char id[32], instance[32];
	struct lw_entry e = {.time_ns = (int64_t)n * S,
	    .effect_ns = (int64_t)n * S,
	    .severity = LW_SEV_ERROR,
	    .severity_known = true,
	    .severity_field = true,
	    .logged = LW_SEV_ERROR,
	    .service = LW_STR("web"),
	    .place = place,
	    .message = LW_STR("it broke"),
	    .clean = LW_STR("it broke")};
	struct lw_mark m = {.rule = LW_NO_RULE, .signature = signature, .chain = true};

	(void)snprintf(id, sizeof(id), "id-%llu", (unsigned long long)n);
	(void)snprintf(instance, sizeof(instance), "instance-%llu", (unsigned long long)(n % 50));
	e.insert_id = lw_str_from(id);
	e.instance = lw_str_from(instance);
	lw_tally_entry(t, &e, &m, 1);
}

static void
count_one(struct lw_tally *t, uint64_t n, uint64_t signature)
{
	count_one_of(t, n, signature, 0);
}

static void
assert_same_tally(const struct lw_tally *a, const struct lw_tally *b)
{
	uint32_t i, k;

	ck_assert(!a->failed && !b->failed);
	ck_assert_uint_eq(a->totals.entries, b->totals.entries);
	ck_assert_uint_eq(a->node_level, b->node_level);
	ck_assert_uint_eq(a->scope_level, b->scope_level);
	ck_assert_uint_eq(a->event_limit, b->event_limit);
	ck_assert_uint_eq(a->events_seen, b->events_seen);
	ck_assert_uint_eq(a->node_count, b->node_count);
	ck_assert_uint_eq(a->event_count, b->event_count);
	ck_assert_uint_eq(a->instance_count, b->instance_count);
	for (i = 0; i < a->node_count; i++) {
		ck_assert_uint_eq(a->nodes[i].key, b->nodes[i].key);
		ck_assert_uint_eq(a->nodes[i].count, b->nodes[i].count);
		ck_assert_uint_eq(a->nodes[i].instances, b->nodes[i].instances);
		for (k = 0; k < LW_SAMPLES_EARLY; k++) {
			const struct lw_sample *x = a->nodes[i].early[k], *y = b->nodes[i].early[k];

			ck_assert_int_eq(x == NULL, y == NULL);
			if (x != NULL)
				ck_assert(lw_str_eq(x->insert_id, y->insert_id));
		}
		for (k = 0; k < LW_SAMPLES_SPREAD; k++) {
			const struct lw_sample *x = a->nodes[i].spread[k],
					       *y = b->nodes[i].spread[k];

			ck_assert_int_eq(x == NULL, y == NULL);
			if (x != NULL)
				ck_assert(lw_str_eq(x->insert_id, y->insert_id));
		}
	}
	for (i = 0; i < a->event_count; i++)
		ck_assert_uint_eq(a->events[i].entry_key, b->events[i].entry_key);
}

/* _i: with generous ceilings, and with ceilings that everything exceeds. */
static bool
add_call(struct lw_changes *c, unsigned i, unsigned target)
{
	char id[16] = "", name[16];
	struct lw_setting setting = {LW_STR("env.T"), lw_str_from(id)};
	struct lw_audit_change change = {.kind = LW_CHANGE_DEPLOYMENT,
	    .title = "Deployment of",
	    .settings = &setting,
	    .setting_count = 1};
	struct lw_entry e = {.time_ns = (int64_t)i * S, .effect_ns = (int64_t)i * S};

	(void)snprintf(id, sizeof(id), "id%u", i);
	(void)snprintf(name, sizeof(name), "api%u", target);
	change.target = lw_str_from(name);
	e.insert_id = lw_str_from(id);
	setting.value = e.insert_id;
	e.audit.change = &change;
	return lw_changes_add(c, &e, 1, lw_entry_key(&e));
}

/* The rows that a ceiling of 64 leaves of 1,000 calls on many resources, or on one. */
START_TEST(changes_are_the_same_in_parts_and_in_any_order)
{
	static const unsigned targets[] = {200, 1};
	struct lw_changes whole = {.max = 64}, merged = {.max = 64};
	struct lw_changes part[3] = {{.max = 64}, {.max = 64}, {.max = 64}};
	uint64_t state = 3;
	uint32_t i;

	for (i = 0; i < 1000; i++)
		ck_assert(add_call(&whole, i, i % targets[_i]));
	for (i = 1000; i-- > 0;)
		ck_assert(add_call(&part[next_random(&state) % 3], i, i % targets[_i]));
	for (i = 0; i < 3; i++)
		ck_assert(lw_changes_merge(&merged, &part[i]));
	lw_changes_settle(&whole);
	lw_changes_settle(&merged);
	ck_assert_uint_gt(whole.count, 8);
	ck_assert_uint_le(whole.count, 64);
	ck_assert_uint_eq(whole.count + whole.dropped, 1000);
	ck_assert_uint_eq(whole.count, merged.count);
	ck_assert_uint_eq(whole.dropped, merged.dropped);
	for (i = 0; i < whole.count; i++) {
		ck_assert_uint_eq(whole.rows[i]->entry_key, merged.rows[i]->entry_key);
		ck_assert(lw_str_eq(whole.rows[i]->settings[0].value, merged.rows[i]->insert_id));
	}
	lw_changes_fini(&whole);
	lw_changes_fini(&merged);
	for (i = 0; i < 3; i++)
		lw_changes_fini(&part[i]);
}
END_TEST

START_TEST(tally_is_the_same_in_parts_and_in_any_order)
{
	static const struct lw_ceilings ceilings[] = {{0}, {40, 60, 20, 500, 3}};
	struct lw_tally *whole = lw_tally_new(NULL, 60 * S, ceilings[_i]);
	struct lw_tally *part[3];
	uint64_t n, state = 3;
	int i;

	for (i = 0; i < 3; i++)
		part[i] = lw_tally_new(NULL, 60 * S, ceilings[_i]);
	for (n = 0; n < 3000; n++)
		count_one(whole, n, 1 + n % 300);
	for (n = 3000; n-- > 0;)
		count_one(part[next_random(&state) % 3], n, 1 + n % 300);
	lw_tally_merge(part[2], part[0]);
	lw_tally_merge(part[2], part[1]);
	lw_tally_settle(whole);
	lw_tally_settle(part[2]);
	assert_same_tally(whole, part[2]);
	ck_assert_int_eq(whole->node_level > 0, _i == 1);
	if (_i == 0) {
		ck_assert_uint_eq(whole->node_count, 300);
		ck_assert_uint_eq(whole->instance_count, 50);
		ck_assert_uint_eq(whole->event_count, 3000);
		ck_assert_uint_eq(whole->nodes[0].count, 10);
	}
	lw_tally_free(whole);
	for (i = 0; i < 3; i++)
		lw_tally_free(part[i]);
}
END_TEST

/* Of more values than are kept the same ones are, whichever revision came first. */
static void
count_values(struct lw_node *n, struct lw_intern *revisions, bool backwards)
{
	unsigned k;

	for (k = 0; k < 400; k++) {
		unsigned i = backwards ? 399 - k : k;
		struct lw_str revision = i % 2 == 0 ? LW_STR("web-00001") : LW_STR("web-00002");
		char text[16];

		(void)snprintf(text, sizeof(text), "value %u", i / 2);
		ck_assert(lw_node_value(n, 0, lw_str_from(text), lw_intern_put(revisions, revision),
		    lw_hash_str(revision, 0), S));
	}
}

START_TEST(values_are_kept_whichever_revision_came_first)
{
	struct lw_node n[2] = {{0}};
	struct lw_intern revisions[2];
	uint32_t i, k, same = 0;

	for (i = 0; i < 2; i++) {
		ck_assert(lw_intern_init(&revisions[i], 16));
		count_values(&n[i], &revisions[i], i == 1);
		ck_assert_uint_eq(n[i].value_count, LW_MAX_VALUES);
		ck_assert_uint_eq(n[i].values_dropped, 400 - LW_MAX_VALUES);
	}
	for (i = 0; i < LW_MAX_VALUES; i++)
		for (k = 0; k < LW_MAX_VALUES; k++)
			same += strcmp(n[0].values[i].text, n[1].values[k].text) == 0 &&
				lw_str_eq(lw_intern_get(&revisions[0], n[0].values[i].revision),
				    lw_intern_get(&revisions[1], n[1].values[k].revision));
	ck_assert_uint_eq(same, LW_MAX_VALUES);
	for (i = 0; i < 2; i++) {
		lw_node_fini(&n[i]);
		lw_intern_fini(&revisions[i]);
	}
}
END_TEST

static void
count_in(struct lw_tally *t, const char *namespace_name)
{
	struct lw_entry e = {.time_ns = S,
	    .effect_ns = S,
	    .resource_type = LW_STR("k8s_container"),
	    .service = LW_STR("shop"),
	    .namespace_name = lw_str_from(namespace_name)};

	lw_tally_entry(t, &e, NULL, 0);
}

/* Where a service is in one namespace alone, whoever counted which of its entries. */
START_TEST(a_service_knows_its_namespace)
{
	static const struct {
		const char *first, *second, *third; /* the last by another thread */
		bool known, several;
	} cases[] = {{"", "", "", false, false}, {"prod", "", "prod", true, false},
	    {"", "", "prod", true, false}, {"prod", "test", "", true, true},
	    {"prod", "prod", "test", true, true}};
	struct lw_tally *t = lw_tally_new(NULL, 60 * S, (struct lw_ceilings){0});
	struct lw_tally *other = lw_tally_new(NULL, 60 * S, (struct lw_ceilings){0});
	const struct lw_service *s;

	count_in(t, cases[_i].first);
	count_in(t, cases[_i].second);
	count_in(other, cases[_i].third);
	if (_i % 2 == 0)
		lw_tally_merge(t, other);
	else
		lw_tally_merge(other, t);
	s = _i % 2 == 0 ? t->services : other->services;
	ck_assert_int_eq(s->namespace_name != LW_INTERN_FULL, cases[_i].known);
	ck_assert_int_eq(s->has_namespaces, cases[_i].several);
	lw_tally_free(t);
	lw_tally_free(other);
}
END_TEST

START_TEST(totals_tell_levels_of_a_stream_from_those_of_the_program)
{
	struct lw_tally *t = lw_tally_new(NULL, 60 * S, (struct lw_ceilings){0});
	struct lw_entry e = {.time_ns = S,
	    .effect_ns = S,
	    .insert_id = LW_STR("a"),
	    .message = LW_STR("[ERROR] x"),
	    .clean = LW_STR("[ERROR] x"),
	    .severity = LW_SEV_ERROR,
	    .logged = LW_SEV_INFO,
	    .severity_known = true,
	    .severity_field = true};

	lw_tally_entry(t, &e, NULL, 0); /* stdout */
	e.severity = LW_SEV_INFO;
	e.logged = LW_SEV_ERROR;
	lw_tally_entry(t, &e, NULL, 0); /* stderr */
	ck_assert_uint_eq(t->totals.errors, 1);
	ck_assert_uint_eq(t->totals.raised, 1);
	ck_assert_uint_eq(t->totals.lowered, 1);
	ck_assert_uint_eq(t->totals.errors_in_text, 0);
	ck_assert_uint_eq(t->totals.by_severity[LW_SEV_INFO], 1);
	ck_assert_uint_eq(t->totals.by_severity[LW_SEV_ERROR], 1);
	lw_tally_free(t);
}
END_TEST

/* Reports name revisions one after another: in the order of their times, not of the lines. */
START_TEST(paths_are_told_apart_by_what_they_ask_for)
{
	static const char *const same[] = {"https://shop.example/carts/17/items?page=2",
	    "http://other.example/carts/x-9/items", "/carts/4#top/items", "/carts//4/items/"};
	uint64_t path = lw_path_hash(lw_str_from(same[0]));

	ck_assert_uint_ne(path, 0);
	ck_assert_uint_eq(lw_path_hash(lw_str_from(same[1])), path);
	ck_assert_uint_ne(lw_path_hash(lw_str_from(same[2])), path);
	ck_assert_uint_eq(lw_path_hash(lw_str_from(same[3])), path);
	ck_assert_uint_ne(lw_path_hash(LW_STR("https://shop.example/carts")), path);
	ck_assert_uint_ne(lw_path_hash(LW_STR("https://shop.example/")), 0);
	ck_assert_uint_eq(lw_path_hash(LW_STR("https://shop.example")), 0);
	ck_assert_uint_eq(lw_path_hash(LW_STR("")), 0);
}
END_TEST

START_TEST(revisions_are_in_order_of_time)
{
	static const struct {
		const char *name;
		int64_t time_ns;
	} seen[] = {{"web-00003", 9 * S}, {"web-00002", 9 * S}, {"web-00001", 4 * S}};
	struct lw_tally *t = lw_tally_new(NULL, 60 * S, (struct lw_ceilings){0});
	uint32_t i;

	for (i = 0; i < 3; i++) {
		struct lw_entry e = {.time_ns = seen[i].time_ns,
		    .effect_ns = seen[i].time_ns,
		    .service = LW_STR("web"),
		    .revision = lw_str_from(seen[i].name)};

		lw_tally_entry(t, &e, NULL, 0);
	}
	lw_tally_settle(t);
	ck_assert_uint_eq(t->services[0].revision_count, 3);
	for (i = 0; i < 3; i++)
		ck_assert(
		    lw_str_eq(lw_intern_get(&t->revisions, t->services[0].revisions[i].revision),
			lw_str_from(seen[2 - i].name)));
	lw_tally_free(t);
}
END_TEST

/* Numbers of places change no count, where a slot is another place's later, and where rows go. */
START_TEST(tally_is_the_same_with_places)
{
	static const struct lw_ceilings ceilings[] = {{0}, {40, 60, 20, 500, 3}};
	struct lw_tally *without = lw_tally_new(NULL, 60 * S, ceilings[_i]);
	struct lw_tally *with = lw_tally_new(NULL, 60 * S, ceilings[_i]);
	uint64_t n, round;
	uint32_t i;

	for (n = 0; n < 3000; n++) {
		round = n / 1000;
		count_one(without, n, 1 + n % 300);
		count_one_of(with, n, 1 + n % 300,
		    (uint32_t)((round + 1) * LW_PLACES + (n % 50 + round) % 50));
	}
	ck_assert_uint_eq(without->instance_count, with->instance_count);
	for (i = 0; i < without->instance_count; i++) {
		const struct lw_instance *a = &without->instances[i], *b = &with->instances[i];

		ck_assert_uint_eq(a->hash, b->hash);
		ck_assert_uint_eq(a->flags, b->flags);
		ck_assert_int_eq(a->first_ns, b->first_ns);
		ck_assert_int_eq(a->last_ns, b->last_ns);
	}
	lw_tally_settle(without);
	lw_tally_settle(with);
	assert_same_tally(without, with);
	lw_tally_free(without);
	lw_tally_free(with);
}
END_TEST

START_TEST(totals_tell_recorded_severities_from_those_in_the_text)
{
	struct lw_tally *t = lw_tally_new(NULL, 60 * S, (struct lw_ceilings){0});
	struct lw_entry e = {.time_ns = S,
	    .effect_ns = S,
	    .insert_id = LW_STR("a"),
	    .message = LW_STR("[ERROR] x"),
	    .clean = LW_STR("[ERROR] x"),
	    .severity = LW_SEV_ERROR,
	    .severity_known = true};
	struct lw_entry line = e;

	lw_tally_entry(t, &e, NULL, 0); /* a LogEntry without the field: its text says ERROR */
	ck_assert_uint_eq(t->totals.errors, 0);
	ck_assert_uint_eq(t->totals.errors_in_text, 1);
	e.severity_field = true;
	e.logged = LW_SEV_ERROR;
	lw_tally_entry(t, &e, NULL, 0); /* with the field */
	ck_assert_uint_eq(t->totals.errors, 1);
	line.insert_id = LW_STR("");
	lw_tally_entry(t, &line, NULL, 0); /* a line of a text log has no other place to say it */
	ck_assert_uint_eq(t->totals.errors, 2);
	ck_assert_uint_eq(t->totals.errors_in_text, 1);
	e.severity_field = e.severity_known = false;
	e.severity = LW_SEV_DEFAULT;
	e.message = LW_STR(" ");
	lw_tally_entry(t, &e, NULL, 0); /* says nothing at all */
	ck_assert_uint_eq(t->totals.no_severity, 2);
	ck_assert_uint_eq(t->totals.unknown_severity, 1);
	ck_assert_uint_eq(t->totals.empty, 1);
	ck_assert_uint_eq(t->totals.by_severity[LW_SEV_DEFAULT], 2);
	ck_assert_uint_eq(t->totals.by_severity[LW_SEV_ERROR], 2);
	lw_tally_free(t);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("count");
	TCase *t = tcase_create("count");
	SRunner *r;
	int failed;

	tcase_set_timeout(t, 0); /* how long it takes is no question of right and wrong */
	tcase_add_loop_test(t, series_counts_the_same_in_parts_and_in_any_order, 0, 5);
	tcase_add_test(t, series_of_any_length_merge_as_one);
	tcase_add_test(t, windows_find_peak_onset_and_end);
	tcase_add_test(t, windows_slide_across_steps);
	tcase_add_test(t, windows_of_nothing_are_zero);
	tcase_add_loop_test(t, dedupe_tells_each_key_once, 0, 2);
	tcase_add_loop_test(t, dedupe_says_when_it_is_full, 0, 2);
	tcase_add_test(t, dedupe_tells_one_of_several_threads);
	tcase_add_loop_test(t, changes_are_the_same_in_parts_and_in_any_order, 0, 2);
	tcase_add_loop_test(t, tally_is_the_same_in_parts_and_in_any_order, 0, 2);
	tcase_add_test(t, values_are_kept_whichever_revision_came_first);
	tcase_add_test(t, paths_are_told_apart_by_what_they_ask_for);
	tcase_add_test(t, revisions_are_in_order_of_time);
	tcase_add_loop_test(t, tally_is_the_same_with_places, 0, 2);
	tcase_add_test(t, totals_tell_recorded_severities_from_those_in_the_text);
	tcase_add_loop_test(t, a_service_knows_its_namespace, 0, 5);
	tcase_add_test(t, totals_tell_levels_of_a_stream_from_those_of_the_program);
	suite_add_tcase(s, t);
	suite_add_tcase(s, count_draw_case());
	suite_add_tcase(s, count_many_case());
	suite_add_tcase(s, count_phase_case());
	suite_add_tcase(s, count_setting_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
