/* count_phase.c - the forms in which messages name phases, and their table. */
#include <check.h>
#include <stdio.h>

#include "base/hash.h"
#include "count/phases.h"
#include "count_phase.h"

static const struct {
	const char *message;
	const char *name; /* NULL: names no phase */
	unsigned tenths, total;
	uint32_t state;
	enum lw_phase_kind kind;
} messages[] = {
    {"PHASE 1: INIT - Foundation", "INIT", 10, 0, LW_PHASE_STARTED, LW_PHASE_OF_PHASE},
    {"PHASE 3 DATABASE setup failed: no answer", "DATABASE setup", 30, 0, LW_PHASE_FAILED,
	LW_PHASE_OF_PHASE},
    {"Phase 2/7: Secrets loading ... completed", "Secrets loading", 20, 7, LW_PHASE_PASSED,
	LW_PHASE_OF_PHASE},
    {"2026-05-12 08:00:00 - INFO - Stage 4 of 9 - warm caches: done", "warm caches", 40, 9,
	LW_PHASE_PASSED, LW_PHASE_OF_STAGE},
    {"  \xe2\x9c\x93 Step 2.5: Environment context service initialized",
	"Environment context service", 25, 0, LW_PHASE_PASSED, LW_PHASE_OF_STEP},
    {"[U+2713] Step 1: Logging initialized", "Logging", 10, 0, LW_PHASE_PASSED, LW_PHASE_OF_STEP},
    {"[3/7] Connecting cache", "Connecting cache", 30, 7, LW_PHASE_STARTED, LW_PHASE_OF_STEP},
    {"\xe2\x9d\x8c [4/7] Migrations", "Migrations", 40, 7, LW_PHASE_FAILED, LW_PHASE_OF_STEP},
    {"FAIL: PHASE FAILED: DATABASE - timeout after 25.0s", "DATABASE", 0, 0, LW_PHASE_FAILED,
	LW_PHASE_OF_PHASE},
    {"PHASE TRANSITION  ->  INIT", "INIT", 0, 0, LW_PHASE_STARTED, LW_PHASE_OF_PHASE},
    {"Startup phase \"storage\" failed", "storage", 0, 0, LW_PHASE_FAILED, LW_PHASE_OF_PHASE},
    {"\xe2\x9c\x85 Redis connected", "Redis", 0, 0, LW_PHASE_PASSED, LW_PHASE_OF_PHASE},
    {"[FAIL] message broker", "message broker", 0, 0, LW_PHASE_FAILED, LW_PHASE_OF_PHASE},
    {"phase failed because of a missing file", NULL, 0, 0, 0, 0},
    {"the next steps are unclear", NULL, 0, 0, 0, 0},
    {"Attempt [1/3] failed: connection reset", NULL, 0, 0, 0, 0},
    {"[1/5] retrying in 2 s", NULL, 0, 0, 0, 0},
    {"multistage build ready", NULL, 0, 0, 0, 0},
    {"\xe2\x9c\x93 order 4711 shipped", NULL, 0, 0, 0, 0},
    {"step 12345 of 99999", NULL, 0, 0, 0, 0},
    {"GET /phase/2 200", NULL, 0, 0, 0, 0},
    {"", NULL, 0, 0, 0, 0},
};

START_TEST(phases_are_told_by_their_form)
{
	struct lw_phase p;
	bool found = lw_phase_parse(lw_str_from(messages[_i].message), &p);

	ck_assert_msg(found == (messages[_i].name != NULL), "%s", messages[_i].message);
	if (!found)
		return;
	ck_assert_msg(lw_str_eq(p.name, lw_str_from(messages[_i].name)), "%s: \"%.*s\"",
	    messages[_i].message, (int)p.name.n, p.name.p);
	ck_assert_uint_eq(p.tenths, messages[_i].tenths);
	ck_assert_uint_eq(p.total, messages[_i].total);
	ck_assert_uint_eq(p.state, messages[_i].state);
	if (p.tenths > 0)
		ck_assert_int_eq(p.kind, messages[_i].kind);
}
END_TEST

/* Wherever the head begins, and however much stands behind: most messages are ruled out at a glance
 * of many bytes together. */
START_TEST(phases_are_told_anywhere_in_the_head)
{
	static const char *const forms[] = {
	    "Phase 3 failed", "stage 2", "STEP 4: x", "[3/7] x", "(3/7) x"};
	struct lw_phase p;
	char text[256];
	size_t i, before, behind, n;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		for (before = 0; before < 96; before++)
			for (behind = 0; behind < 40; behind++) {
				n = strlen(forms[i]);
				memset(text, '.', sizeof(text));
				memcpy(text + before, forms[i], n);
				text[before + n] = ' ';
				ck_assert_msg(
				    lw_phase_parse(lw_str_make(text, before + n + behind), &p),
				    "\"%s\" behind %zu bytes, with %zu behind it", forms[i], before,
				    behind);
			}
}
END_TEST

/* What is ruled out for a message is ruled out for all that differ from it in their digits. */
START_TEST(no_digits_make_a_phase_of_what_is_unlikely)
{
	static const char *const unlikely[] = {"Container called exit(3).", "took 25 ms (p99 [ms])",
	    "the next steps are unclear", "[12:00:07] request 5 done", "[ERROR] 3/4 are gone"};
	const size_t known = sizeof(messages) / sizeof(messages[0]);
	const char *message = (size_t)_i < known ? messages[_i].message : unlikely[_i - (int)known];
	uint64_t state = 1;
	struct lw_phase p;
	unsigned round;
	char text[128];
	size_t i;

	if (lw_phase_likely(lw_str_from(message))) {
		ck_assert_int_lt(_i, (int)known);
		return;
	}
	for (round = 0; round < 1000; round++) {
		(void)snprintf(text, sizeof(text), "%s", message);
		for (i = 0; text[i] != '\0'; i++)
			if (text[i] >= '0' && text[i] <= '9')
				text[i] = (char)('0' + lw_hash_mix(state++) % (round % 10 + 1));
		ck_assert_msg(!lw_phase_parse(lw_str_from(text), &p), "%s", text);
	}
}
END_TEST

/* 2,000 messages on 100 instances, of which a ceiling of 64 rows keeps some. */
static bool
add_message(struct lw_phases *p, unsigned i)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "Step %u: part %c %s", 1 + i % 7, 'a' + (int)(i % 3),
	    i % 5 == 0 ? "done" : "");
	return lw_phases_add(
	    p, lw_str_from(text), lw_hash_mix(1 + i % 100), (int64_t)(i * 37 % 1999) * LW_NS_PER_S);
}

START_TEST(phases_are_the_same_in_parts_and_in_any_order)
{
	struct lw_phases whole = {.max = 64}, merged = {.max = 64}, part[3] = {{0}};
	uint64_t state = 9;
	uint32_t i, k;

	for (i = 0; i < 3; i++)
		part[i].max = 64;
	for (i = 0; i < 2000; i++)
		ck_assert(add_message(&whole, i));
	for (i = 2000; i-- > 0;) {
		state = lw_hash_mix(state + 1);
		ck_assert(add_message(&part[state % 3], i));
	}
	for (i = 0; i < 3; i++)
		ck_assert(lw_phases_merge(&merged, &part[i]));
	ck_assert_uint_gt(whole.count, 0);
	ck_assert_uint_le(whole.count, 64);
	ck_assert_uint_eq(whole.count, merged.count);
	for (i = 0; i < whole.count; i++) {
		const struct lw_phase_row *a = &whole.rows[i], *b = NULL;

		for (k = 0; k < merged.count && b == NULL; k++)
			if (merged.rows[k].instance == a->instance && merged.rows[k].key == a->key)
				b = &merged.rows[k];
		ck_assert_ptr_nonnull(b);
		ck_assert_int_eq(a->first_ns, b->first_ns);
		ck_assert_int_eq(a->end_ns, b->end_ns);
		ck_assert_uint_eq(a->state, b->state);
		ck_assert_uint_eq(a->name_bytes, b->name_bytes);
		ck_assert_mem_eq(a->name, b->name, a->name_bytes);
	}
	lw_phases_fini(&whole);
	lw_phases_fini(&merged);
	for (i = 0; i < 3; i++)
		lw_phases_fini(&part[i]);
}
END_TEST

TCase *
count_phase_case(void)
{
	TCase *t = tcase_create("phases");

	tcase_add_loop_test(
	    t, phases_are_told_by_their_form, 0, (int)(sizeof(messages) / sizeof(messages[0])));
	tcase_add_test(t, phases_are_told_anywhere_in_the_head);
	tcase_add_loop_test(t, no_digits_make_a_phase_of_what_is_unlikely, 0,
	    (int)(sizeof(messages) / sizeof(messages[0])) + 5);
	tcase_add_test(t, phases_are_the_same_in_parts_and_in_any_order);
	return t;
}
