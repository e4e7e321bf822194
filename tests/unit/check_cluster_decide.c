/* check_cluster_decide.c - what becomes one template, what stays apart, and how it is shown. */
#include "check_cluster.h"

#include <stdio.h>
#include <string.h>

static const char *
text_of(const struct lw_clusterer *c, uint64_t signature)
{
	static char text[4][2048];
	static int turn;
	const struct lw_template *t = lw_cluster_template(c, lw_cluster_of(c, signature));

	turn = (turn + 1) % 4;
	(void)snprintf(text[turn], sizeof(text[turn]), "%.*s", (int)t->text.n, t->text.p);
	return text[turn];
}

START_TEST(literal_is_shown_until_a_second_value)
{
	struct lw_clusterer *c = lw_clusterer_new(0);
	uint64_t a = add(c, "listening on port 8080"), b = add(c, "retry 1 of 5");

	add(c, "listening on port 8080");
	add(c, "retry 2 of 5");
	ck_assert(lw_clusters_finish(c));
	ck_assert_str_eq(text_of(c, a), "listening on port 8080");
	ck_assert_str_eq(text_of(c, b), "retry <number> of 5");
	lw_clusterer_free(c);
}
END_TEST

/* The id depends on the message's shape, not on how many values were seen yet. */
START_TEST(id_is_the_same_tomorrow)
{
	struct lw_clusterer *today = lw_clusterer_new(0), *tomorrow = lw_clusterer_new(0);

	add(today, "retry 1 of 5");
	add(tomorrow, "retry 2 of 5");
	add(tomorrow, "retry 3 of 7");
	ck_assert(lw_clusters_finish(today) && lw_clusters_finish(tomorrow));
	ck_assert_uint_eq(lw_cluster_count(today), 1);
	ck_assert_uint_eq(lw_cluster_template(today, 0)->id, lw_cluster_template(tomorrow, 0)->id);
	lw_clusterer_free(today);
	lw_clusterer_free(tomorrow);
}
END_TEST

/* A word is the same wherever it stands, at the very end of a message too. */
START_TEST(short_messages_meet_long_ones)
{
	struct lw_clusterer *c = lw_clusterer_new(0);
	uint64_t a = add(c, "exit 1");

	ck_assert_uint_eq(a, add(c, "exit 1371371371371371371"));
	ck_assert_uint_eq(a, add(c, "exit  22"));
	lw_clusterer_free(c);
}
END_TEST

START_TEST(verbs_stay_apart)
{
	static const char *const verbs[] = {"Started", "Paused", "Resumed", "Stopped"};
	struct lw_clusterer *c = lw_clusterer_new(0);
	char text[100];
	int i;

	for (i = 0; i < 400; i++) {
		(void)snprintf(
		    text, sizeof(text), "[instance: %d] VM %s (Lifecycle Event)", i, verbs[i % 4]);
		add(c, text);
	}
	ck_assert(lw_clusters_finish(c));
	ck_assert_uint_eq(lw_cluster_count(c), 4);
	lw_clusterer_free(c);
}
END_TEST

/* States of a program, however many, are no values; few names are. */
START_TEST(states_stay_apart_where_names_fall_together)
{
	static const char *const states[] = {
	    "NEW", "ASSIGNED", "RUNNING", "CLEANUP_DONE", "FAILED"};
	static const char *const modules[] = {
	    "app.db", "app.web.views", "lib_core", "runLoop", "x.y"};
	struct lw_clusterer *c = lw_clusterer_new(0);
	char text[100];
	int i;

	for (i = 0; i < 50; i++) {
		(void)snprintf(text, sizeof(text), "task %d went over to %s", i, states[i % 5]);
		add(c, text);
		(void)snprintf(text, sizeof(text), "module %s was loaded twice", modules[i % 5]);
		add(c, text);
	}
	ck_assert(lw_clusters_finish(c));
	ck_assert_uint_eq(lw_cluster_count(c), 5 + 1);
	lw_clusterer_free(c);
}
END_TEST

/* A value of one token here and of several there. */
START_TEST(chunks_meet)
{
	struct lw_clusterer *c = lw_clusterer_new(0);
	uint64_t a = add(c, "clock synchronized to 10.0.0.1, stratum 3"),
		 b = add(c, "clock synchronized to LOCAL(0), stratum 10"),
		 d = add(c, "clock synchronized to wpad:80, stratum 2");

	ck_assert(lw_clusters_finish(c));
	ck_assert_uint_eq(lw_cluster_of(c, a), lw_cluster_of(c, b));
	ck_assert_uint_eq(lw_cluster_of(c, a), lw_cluster_of(c, d));
	ck_assert_str_eq(text_of(c, a), "clock synchronized to <*>, stratum <number>");
	lw_clusterer_free(c);
}
END_TEST

/* Two places that vary together need twice the names. */
START_TEST(pairs_need_more)
{
	static const char *const names[] = {"a.b", "c.d", "e.f", "g.h", "i.j", "k.l"};
	char text[100];
	size_t few, i;

	for (few = 3; few <= 6; few += 3) {
		struct lw_clusterer *c = lw_clusterer_new(0);

		for (i = 0; i < few; i++) {
			(void)snprintf(text, sizeof(text),
			    "registering class %s for handler %s again", names[i], names[5 - i]);
			add(c, text);
		}
		ck_assert(lw_clusters_finish(c));
		ck_assert_uint_eq(lw_cluster_count(c), few == 3 ? 3 : 1);
		lw_clusterer_free(c);
	}
}
END_TEST

START_TEST(time_and_severity_are_kept)
{
	struct lw_clusterer *c = lw_clusterer_new(0), *other = lw_clusterer_new(0);
	const struct lw_template *t;
	uint64_t s;

	ck_assert(lw_cluster_add_at(c, LW_STR("exit 1"), NULL, 20, LW_SEV_INFO, &s));
	ck_assert(lw_cluster_add_at(c, LW_STR("exit 1"), NULL, LW_TIME_NONE, LW_SEV_DEFAULT, &s));
	ck_assert(lw_cluster_add_at(other, LW_STR("exit 2"), NULL, 10, LW_SEV_ERROR, &s));
	ck_assert(lw_clusterer_merge(c, other) && lw_clusters_finish(c));
	t = lw_cluster_template(c, 0);
	ck_assert_int_eq(t->first_ns, 10);
	ck_assert_int_eq(t->last_ns, 20);
	ck_assert_int_eq(t->severity, LW_SEV_ERROR);
	ck_assert_uint_eq(t->count, 3);
	lw_clusterer_free(c);
	lw_clusterer_free(other);
}
END_TEST

START_TEST(user_names_fall_together)
{
	struct lw_clusterer *c = lw_clusterer_new(0);
	uint64_t a = add(c, "session opened for user cyrus by (uid=0)"),
		 b = add(c, "session opened for user news by (uid=0)");

	ck_assert(lw_clusters_finish(c));
	ck_assert_uint_ne(a, b);
	ck_assert_str_eq(text_of(c, a), "session opened for user <*> by (uid=0)");
	ck_assert_uint_eq(lw_cluster_of(c, a), lw_cluster_of(c, b));
	lw_clusterer_free(c);
}
END_TEST

START_TEST(many_words_are_a_value)
{
	static const char *const words[] = {"alpha", "bravo", "charlie", "delta", "echo", "foxtrot",
	    "golf", "hotel", "india", "juliet", "kilo", "lima"};
	struct lw_clusterer *c = lw_clusterer_new(0);
	char text[100];
	size_t i;

	for (i = 0; i < 12; i++) {
		(void)snprintf(
		    text, sizeof(text), "cannot find the table %s in the schema", words[i]);
		add(c, text);
	}
	ck_assert(lw_clusters_finish(c));
	ck_assert_uint_eq(lw_cluster_count(c), 1);
	ck_assert_uint_eq(lw_cluster_template(c, 0)->slot_count, 1);
	ck_assert_uint_eq(lw_cluster_template(c, 0)->slots[0].distinct, 12);
	lw_clusterer_free(c);
}
END_TEST

START_TEST(slot_has_its_commonest_values)
{
	struct lw_clusterer *c = lw_clusterer_new(0);
	const struct lw_template *t;

	add(c, "exit 137");
	add(c, "exit 1");
	add(c, "exit 137");
	ck_assert(lw_clusters_finish(c));
	t = lw_cluster_template(c, 0);
	ck_assert_uint_eq(t->count, 3);
	ck_assert_uint_eq(t->slot_count, 1);
	ck_assert_str_eq(t->slots[0].type, "number");
	ck_assert_uint_eq(t->slots[0].value_count, 2);
	ck_assert_str_eq(t->slots[0].values[0].value.p, "137");
	ck_assert_uint_eq(t->slots[0].values[0].count, 2);
	ck_assert(!t->slots[0].distinct_capped);
	lw_clusterer_free(c);
}
END_TEST

START_TEST(nothing_and_odd_bytes_are_messages_too)
{
	struct lw_clusterer *c = lw_clusterer_new(0);
	uint64_t signature;
	struct lw_buf b = {0};

	ck_assert(lw_cluster_add(c, lw_str_make(NULL, 0), NULL, &signature));
	add(c, "x");
	add(c, "1 2 3");
	add(c, "\xff\xfe bad \xc3 utf-8");
	ck_assert(lw_cluster_add(c, lw_str_make("nul \0 byte", 10), NULL, &signature));
	ck_assert(lw_clusters_finish(c));
	ck_assert_uint_eq(lw_cluster_count(c), 5);
	dump(&b, c);
	lw_buf_fini(&b);
	lw_clusterer_free(c);
}
END_TEST

static const struct lw_frame frames[] = {
    {{"/srv/app/db.py", 14}, {"connect", 7}, 12, true},
    {{"/usr/lib/python3/socket.py", 26}, {"create", 6}, 99, false},
};

static struct lw_exception
exception(const char *type, const char *message, uint32_t line)
{
	static struct lw_frame own[4][2];
	static int turn;
	struct lw_frame *f = own[turn++ % 4];

	f[0] = frames[0];
	f[1] = frames[1];
	f[0].line = line;
	return (struct lw_exception){lw_str_from(type), lw_str_from(message), LW_CHAIN_NONE, f, 2};
}

START_TEST(trace_is_known_by_type_and_own_frames)
{
	struct lw_clusterer *c = lw_clusterer_new(0);
	struct lw_exception a = exception("TimeoutError", "after 25 s", 12),
			    b = exception("TimeoutError", "quite another text", 40),
			    other = exception("KeyError", "x", 12);
	struct lw_stack s = {.language = LW_LANG_PYTHON, .exceptions = &a, .exception_count = 1};
	uint64_t x, y, z;

	ck_assert(lw_cluster_add(c, LW_STR("Traceback A"), &s, &x));
	s.exceptions = &b;
	ck_assert(lw_cluster_add(c, LW_STR("Traceback B"), &s, &y));
	s.exceptions = &other;
	ck_assert(lw_cluster_add(c, LW_STR("Traceback C"), &s, &z));
	ck_assert_uint_eq(x, y);
	ck_assert_uint_ne(x, z);
	ck_assert(lw_clusters_finish(c));
	ck_assert_str_eq(text_of(c, x), "TimeoutError at app/db.py:connect");
	ck_assert(lw_cluster_template(c, lw_cluster_of(c, x))->is_stack);
	lw_clusterer_free(c);
}
END_TEST

START_TEST(panics_without_a_backtrace_are_known_by_their_messages)
{
	struct lw_clusterer *c = lw_clusterer_new(0);
	struct lw_frame at = {LW_STR("src/rates.rs"), LW_STR(""), 88, true};
	struct lw_exception panic = {
	    LW_STR("panic"), LW_STR("index out of bounds"), LW_CHAIN_NONE, &at, 1};
	struct lw_stack s = {.language = LW_LANG_RUST, .exceptions = &panic, .exception_count = 1};
	uint64_t x, y;

	ck_assert(lw_cluster_add(c,
	    LW_STR("thread 'main' panicked at src/rates.rs:88:17:\nindex out of bounds"), &s, &x));
	ck_assert(lw_cluster_add(c,
	    LW_STR("thread 'main' panicked at src/rates.rs:61:40:\nPoisonError { .. }"), &s, &y));
	ck_assert_uint_ne(x, y);
	ck_assert(lw_clusters_finish(c));
	ck_assert_uint_ne(lw_cluster_of(c, x), lw_cluster_of(c, y));
	lw_clusterer_free(c);
}
END_TEST

TCase *
decide_case(void)
{
	TCase *t = tcase_create("decide");

	tcase_add_test(t, literal_is_shown_until_a_second_value);
	tcase_add_test(t, id_is_the_same_tomorrow);
	tcase_add_test(t, short_messages_meet_long_ones);
	tcase_add_test(t, verbs_stay_apart);
	tcase_add_test(t, states_stay_apart_where_names_fall_together);
	tcase_add_test(t, chunks_meet);
	tcase_add_test(t, pairs_need_more);
	tcase_add_test(t, time_and_severity_are_kept);
	tcase_add_test(t, user_names_fall_together);
	tcase_add_test(t, many_words_are_a_value);
	tcase_add_test(t, slot_has_its_commonest_values);
	tcase_add_test(t, nothing_and_odd_bytes_are_messages_too);
	tcase_add_test(t, trace_is_known_by_type_and_own_frames);
	tcase_add_test(t, panics_without_a_backtrace_are_known_by_their_messages);
	return t;
}
