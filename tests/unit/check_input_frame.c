/* check_input_frame.c - records are told from the bytes, whatever the pieces that the bytes come
 * in. */
#include <stdio.h>
#include <stdlib.h>

#include "input/block.h"
#include "input_helper.h"

#define TRACE "Traceback (most recent call last)"

static const struct {
	const char *in, *out; /* records as frame_all writes them */
} cases[] = {
    /* one a line */
    {"{\"a\":1}\n{\"b\":2}\n", "J 1 {\"a\":1}\nJ 2 {\"b\":2}\n"},
    {"{\"a\":1}\r\n\r\n  {\"b\":2}  ", "J 1 {\"a\":1}\nJ 3 {\"b\":2}\n"},
    {"\xef\xbb\xbf{\"a\":1}\n", "~ 1 9\nJ 1 {\"a\":1}\n"}, /* a warning, and nothing lost */
    {"{\"a\":\"}{\"}\n{\"b\":2}{\"c\":3} {\"d\":4}\n",
	"J 1 {\"a\":\"}{\"}\nJ 2 {\"b\":2}\nJ 2 {\"c\":3}\nJ 2 {\"d\":4}\n"},
    /* a broken line takes no other with it */
    {"{\"a\":\"x\n{\"b\":2}\n", "J 1 {\"a\":\"x\nJ 2 {\"b\":2}\n"},
    {"{\"a\":{\n{\"b\":2}\n", "J 1 {\"a\":{\nJ 2 {\"b\":2}\n"},
    {"{\"a\":1}\n{\"b\":[\n{\"c\":3}\n", "J 1 {\"a\":1}\nJ 2 {\"b\":[\nJ 3 {\"c\":3}\n"},
    {"{\"a\":1}\n{b\n{\"c\":3}\n", "J 1 {\"a\":1}\nJ 2 {b\nJ 3 {\"c\":3}\n"},
    {"{\"a\":1} x\n{\"c\":3}\n", "J 1 {\"a\":1} x\nJ 2 {\"c\":3}\n"},
    {"{\"a\":1}\n{\"b\":2", "J 1 {\"a\":1}\n! 2 6\n"},
    {"{\"b\":2", "! 1 6\n"},
    {"{\"a\":\"x\0y\"}\n", "J 1 {\"a\":\"x"}, /* see nul_bytes_pass */
    /* text among them */
    {"start\n{\"a\":1}\nmiddle\n{\"b\":2}\n",
	"T 1 start\nJ 2 {\"a\":1}\nT 3 middle\nJ 4 {\"b\":2}\n"},
    {"{'a': 1}\n{b}\n", "T 1 {'a': 1}\nT 2 {b}\n"},
    /* side by side, pretty-printed */
    {"{\n  \"a\": 1\n}\n{\n  \"b\": {\n    \"c\": 1\n  }\n}\n",
	"J 1 {|  \"a\": 1|}\nJ 4 {|  \"b\": {|    \"c\": 1|  }|}\n"},
    {"{\n  \"a\": 1\n}{\n  \"b\": 2\n}", "J 1 {|  \"a\": 1|}\nJ 3 {|  \"b\": 2|}\n"},
    {"{\"a\":1}{\"b\":2}{\"c\":3}", "J 1 {\"a\":1}\nJ 1 {\"b\":2}\nJ 1 {\"c\":3}\n"},
    {"  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  }\n]\n",
	"J 1 {|    \"a\": 1|  }\nJ 4 {|    \"b\": 2|  }\n"},
    {"{\n  \"a\": \"x\n}\n{\n  \"b\": 2\n}\n", "! 2 7\nJ 4 {|  \"b\": 2|}\n"},
    {"{\n  \"a\": {\n  \"b\": 1\n}\n{\n  \"c\": 2\n}\n", "! 3 7\nJ 5 {|  \"c\": 2|}\n"},
    {"{\n  \"a\": 1,\nERROR text\n{\n  \"c\": 2\n}\n",
	"! 2 7\nT 3 ERROR text\nJ 4 {|  \"c\": 2|}\n"},
    {"{\n\"a\": [\n{\n\"b\": 1\n}\n]\n}\n{\n\"c\": 2\n}\n",
	"J 1 {|\"a\": [|{|\"b\": 1|}|]|}\nJ 8 {|\"c\": 2|}\n"},
    /* an array */
    {"[]\n", ""},
    {"[\n]", ""},
    {"[{\"a\":1},{\"b\":2}]\n", "J 1 {\"a\":1}\nJ 1 {\"b\":2}\n"},
    {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  }\n]\n",
	"J 2 {|    \"a\": 1|  }\nJ 5 {|    \"b\": 2|  }\n"},
    {" \n [ {\"a\":1} , {\"b\":2} ] [{\"c\":3}]\n{\"d\":4}\n",
	"J 2 {\"a\":1}\nJ 2 {\"b\":2}\nJ 2 {\"c\":3}\nJ 3 {\"d\":4}\n"},
    {"[{\"a\":1}\n{\"b\":2}]", "J 1 {\"a\":1}\nJ 2 {\"b\":2}\n"},
    {"[\n  {\n    \"a\": 1\n  },\n", "J 2 {|    \"a\": 1|  }\n~ 5 6\n"},
    {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"b", "J 2 {|    \"a\": 1|  }\n! 5 6\n"},
    {"[\n  \"x\",\n  1\n]\n", "J 2 \"x\"\nJ 3 1\n"},
    {"[{\"a\":[{\"x\":1},{\"y\":2}]},{\"b\":\"]\"}]",
	"J 1 {\"a\":[{\"x\":1},{\"y\":2}]}\nJ 1 {\"b\":\"]\"}\n"},
    /* a broken element takes no other with it */
    {"[\n  {\n    \"a\": \"x,\n    \"b\": 2\n  },\n  {\n    \"c\": 3\n  }\n]\n{\"d\":4}\n",
	"! 3 7\nJ 6 {|    \"c\": 3|  }\nJ 10 {\"d\":4}\n"},
    {"[\n  {\n    \"a\": {\n      \"b\": 2\n  },\n  {\n    \"c\": 3\n  }\n]\n",
	"! 4 7\nJ 6 {|    \"c\": 3|  }\n"},
    {"[\n  {\n    \"a\": 2}\n    \"b\": 2\n  },\n  {\n    \"c\": 3\n  }\n]\n",
	"! 3 7\nJ 6 {|    \"c\": 3|  }\n"},
    {"[\n  {\n    \"a\": 2\n  },\noops\n  {\n    \"c\": 3\n  }\n]\n",
	"J 2 {|    \"a\": 2|  }\n! 5 7\nJ 6 {|    \"c\": 3|  }\n"},
    {"[{\"a\":\"x},{\"a\":\"y\",\"t\":\",{\"},{\"a\":\"z\"}]",
	"! 1 7\nJ 1 {\"a\":\"y\",\"t\":\",{\"}\nJ 1 {\"a\":\"z\"}\n"},
    {"[{\"insertId\":\"x},{\"timestamp\":\"y\"}]\n{\"c\":3}",
	"! 1 7\nJ 1 {\"timestamp\":\"y\"}\nJ 2 {\"c\":3}\n"},
    {"[{\"a\":1},oops,{\"a\":2}]", "J 1 {\"a\":1}\n! 1 7\nJ 1 {\"a\":2}\n"},
    {"[{\"a\":1},\n{\"a\":\"2},\n{\"a\":3}\n]", "J 1 {\"a\":1}\n! 2 7\nJ 3 {\"a\":3}\n"},
    {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2 }, {\n    \"c\": 3\n  },\n  {\n    "
     "\"d\": 4\n  }\n]\n",
	"J 2 {|    \"a\": 1|  }\nJ 5 {|    \"b\": 2 }\nJ 6 {|    \"c\": 3|  }\nJ 9 {|    "
	"\"d\": 4|  }\n"},
    {"[\r\n {\r\n  \"a\": 1\r\n },\r\n {\r\n  \"b\": \"\\\"}\"\r\n }\r\n]\r\n",
	"J 2 {\r|  \"a\": 1\r| }\nJ 5 {\r|  \"b\": \"\\\"}\"\r| }\n"},
    {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": {\n  },\n    \"c\": 1\n  },\n  {\n    "
     "\"d\": 3\n  }\n]\n",
	"J 2 {|    \"a\": 1|  }\n! 6 7\n! 8 7\nJ 10 {|    \"d\": 3|  }\n"},
    {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": \"x\n  },\n  {\n    \"c\": \"y\"z\"\n  },\n  "
     "{\n    \"d\": }\n  }\n]\n",
	"J 2 {|    \"a\": 1|  }\n! 6 7\n! 9 7\n! 12 7\n"},
    /* pages */
    {"{\n  \"entries\": [\n    {\n      \"a\": 1\n    }\n  ],\n  \"nextPageToken\": "
     "\"x\"\n}\n{\"entries\":[{\"b\":2}]}\n{\"nextPageToken\":\"y\"}\n{}\n",
	"J 3 {|      \"a\": 1|    }\nJ 9 {\"b\":2}\n"},
    {"{\"nextPageToken\": \"x\", \"entries\": [{\"b\":2}, {\"c\":3}]}",
	"J 1 {\"b\":2}\nJ 1 {\"c\":3}\n"},
    {"[{\"entries\":[{\"b\":2}],\"nextPageToken\":\"x\"},{\"entries\":[{\"c\":3}]}]",
	"J 1 {\"b\":2}\nJ 1 {\"c\":3}\n"},
    {"{\"nextPageToken\": \"EAA4\"}", ""},
    {"{\"entries\": [{\"b\":2},", "J 1 {\"b\":2}\n~ 1 6\n"},
    {"{\"entries\": [{\"b\":2}]", "J 1 {\"b\":2}\n~ 1 6\n"},
    /* the end of a page is not kept: what stood before a brace must not matter there */
    {"{\"entries\":[]x{\"a\":1}}\n{\"b\":2}\n", "J 2 {\"b\":2}\n"},
    {"{\"entries\": \"none\", \"x\": 1}", "J 1 {\"entries\": \"none\", \"x\": 1}\n"},
    /* YAML */
    {"---\na: 1\n---\nb: |\n  x\n  ---\n  y\n", "Y 2 a: 1|\nY 4 b: ||  x|  ---|  y|\n"},
    {"---\na: 1\n...\n---\n# nothing\n---\n\n---\nb: 2", "Y 2 a: 1|\nY 9 b: 2\n"},
    {"insertId: x\na: \x1b[31m\r\n---\r\nb: 2\n", "Y 1 insertId: x|a: \x1b[31m\r|\nY 4 b: 2|\n"},
    {"WARNING: something\n---\ninsertId: x\n", "T 1 WARNING: something\nY 3 insertId: x|\n"},
    {"---\nsome text\n---\n", "T 1 ---\nT 2 some text\nT 3 ---\n"},
    /* text, and what continues it */
    {"a\nb\n\nc\r\n", "T 1 a\nT 2 b\nT 4 c\n"},
    {"[INFO] a\n[  OK  ] b\n[1, 2]\n", "T 1 [INFO] a\nT 2 [  OK  ] b\nT 3 [1, 2]\n"},
    {"2025-09-16 ERROR boom\n" TRACE
     ":\n  File \"x\", line 1, in f\n    f()\nValueError: x\n2025-09-16 INFO next\n",
	"T 1 2025-09-16 ERROR boom|" TRACE
	":|  File \"x\", line 1, in f|    f()|ValueError: x\nT 6 2025-09-16 INFO next\n"},
    {"2025-09-16 INFO fine\n" TRACE ":\n  f()\nValueError: x\n",
	"T 1 2025-09-16 INFO fine\nT 2 " TRACE ":|  f()|ValueError: x\n"},
    {TRACE ":\n  f()\nKeyError: 'a'\n\nDuring handling of the above exception, another exception "
	   "occurred:\n\n" TRACE ":\n  g()\nValueError: x\nafter\n",
	"T 1 " TRACE ":|  f()|KeyError: 'a'||During handling of the above exception, another "
	"exception occurred:||" TRACE ":|  g()|ValueError: x\nT 10 after\n"},
    {TRACE ":\n  f()\n2025-09-16 00:42:59 INFO other\n",
	"T 1 " TRACE ":|  f()\nT 3 2025-09-16 00:42:59 INFO other\n"},
    {"java.lang.A: x\n\tat a.b(C.java:1)\n\t... 3 more\nCaused by: java.lang.B: y\n\tat "
     "d.e(F.java:2)\nnext\n",
	"T 1 java.lang.A: x|\tat a.b(C.java:1)|\t... 3 more|Caused by: java.lang.B: y|\tat "
	"d.e(F.java:2)\nT 6 next\n"},
    {"12:00:01.002 [main] ERROR c.e.App - failed\njava.lang.IllegalStateException: x\n\tat "
     "a.b(C.java:1)\n12:00:02.000 [main] INFO c - on\n",
	"T 1 12:00:01.002 [main] ERROR c.e.App - failed|java.lang.IllegalStateException: x|\tat "
	"a.b(C.java:1)\nT 4 12:00:02.000 [main] INFO c - on\n"},
    {"panic: boom\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\t/a.go:3 +0x1\nmain.main()\n\t/a.go:9 "
     "+0x2\nexit status 2\nnext\n",
	"T 1 panic: boom||goroutine 1 [running]:|main.f(0x1)|\t/a.go:3 +0x1|main.main()|\t/a.go:9 "
	"+0x2|exit status 2\nT 9 next\n"},
    {"/app/x.js:1\n    throw e\n    ^\n\nTypeError: no\n    at f (/app/x.js:1:3) {\n  code: "
     "'E'\n}\n\nNode.js v18.0.0\nnext\n",
	"T 1 /app/x.js:1|    throw e|    ^||TypeError: no|    at f (/app/x.js:1:3) {|  code: "
	"'E'|}||Node.js v18.0.0\nT 11 next\n"},
    {"PHP Fatal error:  Uncaught Exception: x in /a.php:3\nStack trace:\n#0 /a.php(9): f()\n#1 "
     "{main}\n  thrown in /a.php on line 3\nnext\n",
	"T 1 PHP Fatal error:  Uncaught Exception: x in /a.php:3|Stack trace:|#0 /a.php(9): f()|#1 "
	"{main}|  thrown in /a.php on line 3\nT 6 next\n"},
    {"  a\n  b\n    c\nd\n", "T 1   a\nT 2   b|    c\nT 4 d\n"},
    {"api | {\"a\":1}\napi | x\n", "T 1 api | {\"a\":1}\nT 2 api | x\n"},
    {"reply:\n{\n  \"a\": 1\n}\nmore\n", "T 1 reply:\nJ 2 {|  \"a\": 1|}\nT 5 more\n"},
    /* copied from Logs Explorer */
    {"ERROR 2026-06-09T07:43:26.950441Z Container called exit(1).\n  {\n    \"a\": 1\n  }\nINFO "
     "2026-06-09T07:43:27Z alone\n",
	"J 2 {|    \"a\": 1|  }\nT 5 INFO 2026-06-09T07:43:27Z alone\n"},
    /* container runtimes */
    {"2025-11-20T13:35:27.5Z stderr P one \n2025-11-20T13:35:27.6Z stdout F "
     "other\n2025-11-20T13:35:27.7Z stderr F two\n",
	"T 2 2025-11-20T13:35:27.6Z stdout F other\nT 1 2025-11-20T13:35:27.5Z stderr F one two\n"},
    {"2025-11-20T13:35:27.5Z stderr P one", "T 1 2025-11-20T13:35:27.5Z stderr F one\n"},
    {"2025-11-20T13:35:27.5Z stderr F a\n2025-11-20T13:35:27.5Z stderr F  b\n",
	"T 1 2025-11-20T13:35:27.5Z stderr F a\nT 2 2025-11-20T13:35:27.5Z stderr F  b\n"},
    /* nothing */
    {"", ""},
    {" \n\r\n\t", ""},
    {"[", "~ 1 6\n"},
    {"{", "! 1 6\n"},
};

START_TEST(records_are_told_from_the_bytes)
{
	struct lw_buf out = {0};

	frame_all(&out, cases[_i].in, strlen(cases[_i].in), 1 << 20, 0, true);
	if (strchr(cases[_i].out, '\n') != NULL || cases[_i].out[0] == '\0')
		ck_assert_str_eq(out.p == NULL ? "" : out.p, cases[_i].out);
	lw_buf_fini(&out);
}
END_TEST

START_TEST(records_do_not_depend_on_the_pieces)
{
	struct lw_buf whole = {0}, pieces = {0};
	size_t n = strlen(cases[_i].in), piece;
	bool join = true;

	do {
		lw_buf_reset(&whole);
		frame_all(&whole, cases[_i].in, n, 1 << 20, 0, join);
		for (piece = 0; piece < 40; piece++) {
			lw_buf_reset(&pieces);
			frame_all(&pieces, cases[_i].in, n, piece < 20 ? piece : 0, piece, join);
			ck_assert_uint_eq(pieces.n, whole.n);
			if (whole.n > 0)
				ck_assert_mem_eq(pieces.p, whole.p, whole.n);
		}
		join = !join;
	} while (!join);
	lw_buf_fini(&whole);
	lw_buf_fini(&pieces);
}
END_TEST

/* The same with elements told by their layout as far as it goes. */
START_TEST(records_do_not_depend_on_the_layout)
{
	struct lw_buf whole = {0}, hasty = {0};
	size_t n = strlen(cases[_i].in), block, count;

	frame_all(&whole, cases[_i].in, n, 1 << 20, 0, true);
	sort_lines(&whole);
	lw_buf_addz(&whole, "");
	for (block = 1; block < 200; block += 37) {
		lw_buf_reset(&hasty);
		frame_by_layout(&hasty, cases[_i].in, n, block % 20, block, &count);
		lw_buf_addz(&hasty, "");
		ck_assert_uint_eq(hasty.n, whole.n);
		if (whole.n > 0)
			ck_assert_mem_eq(hasty.p, whole.p, whole.n);
	}
	lw_buf_fini(&whole);
	lw_buf_fini(&hasty);
}
END_TEST

/* Which elements are told so: those behind the first, laid out like it. */
START_TEST(elements_are_told_by_their_layout)
{
	static const struct {
		const char *in;
		size_t by_layout;
	} texts[] = {
	    {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  },\n  {\n    \"c\": {\n      "
	     "\"d\": 2\n    }\n  }\n]\n",
		2},
	    {"{\n  \"entries\": [\n    {\n      \"a\": 1\n    },\n    {\n      \"b\": 1\n    }\n "
	     " ]\n}\n",
		1},
	    {"[\r\n {\r\n  \"a\": 1\r\n },\r\n {\r\n  \"b\": 2\r\n }\r\n]\r\n", 1},
	    {"[\n{\n\"a\": 1\n},\n{\n\"b\": 2\n}\n]\n", 0}, /* nothing is deeper */
	    {"[\n  {\n    \"a\": 1\n  },\n  {\n\t\"b\": 2\n  }\n]\n", 0},
	    {"[\n  {\n    \"a\": 1\n  },\n  { \"b\": 2,\n    \"c\": 2\n  }\n]\n", 0},
	    {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"entries\": [{\"x\": 1}]\n  }\n]\n", 0},
	};
	struct lw_buf out = {0};
	size_t i, count;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		lw_buf_reset(&out);
		frame_by_layout(
		    &out, texts[i].in, strlen(texts[i].in), 1 << 20, LW_BLOCK_BYTES, &count);
		ck_assert_msg(count == texts[i].by_layout, "%zu in %s", count, texts[i].in);
	}
	lw_buf_fini(&out);
}
END_TEST

TCase *
input_frame_case(void)
{
	TCase *t = tcase_create("frame");

	tcase_add_loop_test(
	    t, records_are_told_from_the_bytes, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(
	    t, records_do_not_depend_on_the_pieces, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(
	    t, records_do_not_depend_on_the_layout, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, elements_are_told_by_their_layout);
	return t;
}
