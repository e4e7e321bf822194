/*
 * check_input_damage.c - one wrong byte costs one record.
 *
 * Entries are written in every framing, one byte that means something to JSON is taken
 * out, doubled or put in at random, and all the other entries must come out as they were.
 */
#include <stdio.h>
#include <stdlib.h>

#include "input_helper.h"

#define ENTRIES 40
#define ROUNDS 150

static const struct style {
	const char *before, *between, *after;
	int indent;  /* of the entries; -1: each on one line */
	bool blanks; /* behind commas and colons */
} styles[] = {
    {"", "\n", "\n", -1, true},
    {"[", ",", "]", -1, false},
    {"[", ", ", "]", -1, true},
    {"[\n", ",\n", "\n]\n", -1, true},
    {"[\n  ", ",\n  ", "\n]\n", 2, true},
    {"", "\n", "\n", 0, true},
    {"{\n  \"entries\": [\n    ", ",\n    ", "\n  ],\n  \"nextPageToken\": \"x\"\n}\n", 4, true},
    {"{\"entries\":[", ",", "],\"nextPageToken\":\"x\"}", -1, false},
};

static void
new_line(struct lw_buf *out, const struct style *s, int depth)
{
	if (s->indent < 0)
		return;
	lw_buf_printf(out, "\n%*s", s->indent + 2 * depth, "");
}

static void
comma(struct lw_buf *out, const struct style *s, int depth)
{
	lw_buf_addz(out, s->blanks && s->indent < 0 ? ", " : ",");
	new_line(out, s, depth);
}

static void
member(struct lw_buf *out, const struct style *s, const char *key, const char *value)
{
	lw_buf_printf(out, "\"%s\":%s%s", key, s->blanks ? " " : "", value);
}

static void
add_entry(struct lw_buf *out, const struct style *s, int n)
{
	char id[32];

	(void)snprintf(id, sizeof(id), "\"id-%04d\"", n);
	lw_buf_addc(out, '{');
	new_line(out, s, 1);
	if (n % 3 == 0) {
		member(out, s, "errorGroups", "[");
		new_line(out, s, 2);
		lw_buf_addc(out, '{');
		new_line(out, s, 3);
		member(out, s, "id", "\"CPTn7\"");
		new_line(out, s, 2);
		lw_buf_addc(out, '}');
		new_line(out, s, 1);
		lw_buf_addc(out, ']');
		comma(out, s, 1);
	}
	member(out, s, "insertId", id);
	comma(out, s, 1);
	member(out, s, "labels", "{");
	new_line(out, s, 2);
	member(out, s, "a", "\"x, {\\\"y\\\": [1]}\"");
	comma(out, s, 2);
	member(out, s, "b", "12");
	new_line(out, s, 1);
	lw_buf_addc(out, '}');
	comma(out, s, 1);
	member(out, s, "severity", "\"ERROR\"");
	comma(out, s, 1);
	member(
	    out, s, "textPayload", "\"Traceback:\\n  File \\\"x.py\\\", line 1\\nE: {'a': [2]}\"");
	new_line(out, s, 0);
	lw_buf_addc(out, '}');
}

static uint64_t
next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return *state >> 33;
}

/* A copy of text with one wrong byte. */
static void
damage(struct lw_buf *out, const struct lw_buf *text, uint64_t *state)
{
	static const char telling[] = "\"{}[],:\\";
	size_t at;

	lw_buf_reset(out);
	if (next_random(state) % 3 == 0) {
		at = next_random(state) % text->n;
		lw_buf_add(out, text->p, at);
		lw_buf_addc(out, telling[next_random(state) % 8]);
		lw_buf_add(out, text->p + at, text->n - at);
		return;
	}
	do {
		at = next_random(state) % text->n;
	} while (memchr(telling, text->p[at], 8) == NULL);
	lw_buf_add(out, text->p, at);
	if (next_random(state) % 2 == 0)
		lw_buf_add(out, text->p + at, 1), lw_buf_add(out, text->p + at, 1);
	lw_buf_add(out, text->p + at + 1, text->n - at - 1);
}

/* How many of the entries are records of the text. */
static int
count_whole(const struct lw_buf *text, struct lw_buf *entries)
{
	struct memory_source source;
	struct lw_framer f;
	struct lw_record r;
	int n = 0, whole = 0;

	memory_source_init(&source, text->p, text->n, 1 << 16, 0);
	lw_framer_init(&f);
	lw_framer_open(&f, &source.base, NULL, NULL);
	while (lw_framer_next(&f, &r) == LW_NEXT_RECORD) {
		int i = n;

		while (i < ENTRIES && !lw_str_eq(lw_buf_str(&entries[i]), r.bytes))
			i++;
		if (i == ENTRIES)
			continue; /* the damaged one */
		whole++;
		n = i + 1;
	}
	lw_framer_fini(&f);
	return whole;
}

/* The same records and faults where elements are told by their layout. */
static void
check_layout(const struct lw_buf *text, size_t want)
{
	struct lw_buf whole = {0}, hasty = {0};
	size_t count;

	frame_all(&whole, text->p, text->n, 1 << 16, 0, true);
	sort_lines(&whole);
	frame_by_layout(&hasty, text->p, text->n, 1 << 16, 3000, &count);
	ck_assert_str_eq(hasty.p, whole.p);
	ck_assert_uint_ge(count, want);
	lw_buf_fini(&whole);
	lw_buf_fini(&hasty);
}

START_TEST(one_wrong_byte_costs_one_record)
{
	const struct style *s = &styles[_i];
	struct lw_buf text = {0}, wrong = {0}, entries[ENTRIES] = {{0}};
	uint64_t state = 1;
	int i, whole;

	lw_buf_addz(&text, s->before);
	for (i = 0; i < ENTRIES; i++) {
		add_entry(&entries[i], s, i);
		lw_buf_addstr(&text, lw_buf_str(&entries[i]));
		lw_buf_addz(&text, i + 1 < ENTRIES ? s->between : s->after);
	}
	ck_assert_int_eq(count_whole(&text, entries), ENTRIES);
	check_layout(&text, s->indent > 0 ? 2 * ENTRIES / 3 - 1 : 0);
	for (i = 0; i < ROUNDS; i++) {
		damage(&wrong, &text, &state);
		whole = count_whole(&wrong, entries);
		ck_assert_msg(whole >= ENTRIES - 1, "style %d, round %d: %d left of\n%s", _i, i,
		    whole, wrong.p);
		check_layout(&wrong, 0);
	}
	for (i = 0; i < ENTRIES; i++)
		lw_buf_fini(&entries[i]);
	lw_buf_fini(&text);
	lw_buf_fini(&wrong);
}
END_TEST

TCase *
input_damage_case(void)
{
	TCase *t = tcase_create("damage");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(
	    t, one_wrong_byte_costs_one_record, 0, sizeof(styles) / sizeof(styles[0]));
	return t;
}
