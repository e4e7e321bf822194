/* catalog_doc.c - rules read directly are what libyaml reads, to the byte. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "catalog/internal.h"
#include "check_catalog.h"
#include "doc_same.h"

static struct lw_arena *arena;

static void
set_up(void)
{
	arena = lw_arena_new(0);
	ck_assert_ptr_nonnull(arena);
}

static void
tear_down(void)
{
	lw_arena_free(arena);
}

/* What is shipped must not fall back to the slow reader unseen. */
START_TEST(shipped_rules_are_read_directly)
{
	struct dirent **names;
	int count = scandir(SRCDIR "/patterns", &names, NULL, alphasort), i, files = 0;

	ck_assert_int_gt(count, 0);
	for (i = 0; i < count; i++) {
		struct lw_buf text = {0};
		char path[1024], block[4096];
		size_t n;
		FILE *f;

		if (strstr(names[i]->d_name, ".yaml") == NULL)
			goto next;
		files++;
		(void)snprintf(path, sizeof(path), SRCDIR "/patterns/%.200s", names[i]->d_name);
		f = fopen(path, "rb");
		ck_assert_ptr_nonnull(f);
		while ((n = fread(block, 1, sizeof(block), f)) > 0)
			lw_buf_add(&text, block, n);
		(void)fclose(f);
		ck_assert_msg(compare_readers(arena, lw_buf_str(&text)) == DOC_SAME, "%s", path);
		lw_buf_fini(&text);
	next:
		free(names[i]);
	}
	free(names);
	ck_assert_int_gt(files, 10);
}
END_TEST

static const struct {
	const char *text;
	enum doc_comparison expected;
} texts[] = {
    {"- a: b\n  c:\n    - d\n    - 'e''f'\n", DOC_SAME},
    {"# first\n\n- a: b # c\n  # d\n- - x\n  - y\n", DOC_SAME},
    {"a:\n- b\n- c\nd: [e, {f: \"g\\n\\u20ac\"},\n  h]", DOC_SAME},
    {"- {a: b, c: ['d', \"\"], e: {}}\n", DOC_SAME},
    {"- \xc5\xbc\xc3\xb3\xc5\x82w: x\n", DOC_LEFT}, /* a key in letters beyond ASCII */
    {"- a: \xc5\xbc\xc3\xb3\xc5\x82w # \xf0\x9f\x9a\x80\n- b\n", DOC_SAME},
    {"- a: -1\n- http://x#y\n", DOC_SAME},
    {"", DOC_LEFT},
    {"---\n- a\n", DOC_LEFT},
    {"- a\n...\n", DOC_LEFT},
    {"a: ---\n", DOC_SAME},
    {"---", DOC_LEFT},
    {"%YAML 1.1\n", DOC_LEFT},
    {"- |\n  a\n", DOC_LEFT},
    {"- >-\n  a\n", DOC_LEFT},
    {"- &a b\n- *a\n", DOC_LEFT},
    {"- !!str a\n", DOC_LEFT},
    {"- a\n  b\n", DOC_LEFT},
    {"- 'a\n  b'\n", DOC_LEFT},
    {"- \"a\\\n  b\"\n", DOC_LEFT},
    {"- \"a\\N\"\n", DOC_LEFT},
    {"- [a,]\n", DOC_LEFT},
    {"- [a: b]\n", DOC_LEFT},
    {"- {a}\n", DOC_LEFT},
    {"- a:\n- b\n", DOC_LEFT},
    {"- a: b: c\n", DOC_LEFT},
    {"- a:\tb\n", DOC_LEFT},
    {"- a\r\n- b\r\n", DOC_LEFT},
    {"- a\xc2\x85- b\n", DOC_LEFT},
    {"- \xff\n", DOC_LEFT},
    {"- a\n - b\n", DOC_LEFT},
    {"- 'a' b\n", DOC_LEFT},
    {"? a\n: b\n", DOC_LEFT},
    {"a: b\n c: d\n", DOC_LEFT},
    {"- [[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]]\n", DOC_LEFT},
};

START_TEST(direct_reader_knows_what_it_knows)
{
	ck_assert_int_eq(compare_readers(arena, lw_str_from(texts[_i].text)), texts[_i].expected);
}
END_TEST

/* Any order of what YAML is made of. */
START_TEST(readers_agree)
{
	static const char *const tokens[] = {"- ", "- ", "a: ", "b: ", "\n", "\n", "\n  ", "\n    ",
	    "\n- ", "\n  - ", "\n  c: ", "'x''y'", "[", "]", ", ", "{", "}", " # c", "#",
	    "\"y\\n\"", "text", "w o r d", ":", "-", " ", "\n\n", "---", "...", "a:b", "-1", "?",
	    "x#y", "\xc3\xa9", "\\", "|", "*"};
	uint64_t state = (uint64_t)_i << 32;
	size_t same = 0, i, parts;

	for (i = 0; i < 100000; i++) {
		struct lw_buf text = {0};
		enum doc_comparison c;

		for (parts = 1 + lw_hash_mix(state++) % 14; parts > 0; parts--)
			lw_buf_addz(&text,
			    tokens[lw_hash_mix(state++) % (sizeof(tokens) / sizeof(tokens[0]))]);
		c = compare_readers(arena, lw_buf_str(&text));
		ck_assert_msg(c != DOC_DIFFERENT, "%s", text.p);
		same += c == DOC_SAME;
		lw_arena_reset(arena);
		lw_buf_fini(&text);
	}
	ck_assert_uint_gt(same, 5000); /* or the test shows nothing */
}
END_TEST

TCase *
catalog_doc_case(void)
{
	TCase *t = tcase_create("doc");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, shipped_rules_are_read_directly);
	tcase_add_loop_test(
	    t, direct_reader_knows_what_it_knows, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_loop_test(t, readers_agree, 0, 2);
	return t;
}
