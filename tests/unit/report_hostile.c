/* report_hostile.c - whatever stands in a log, a report stays readable, parsable and inert. */
#include <math.h>
#include <stdlib.h>
#include <yajl/yajl_tree.h>

#include "base/utf8.h"
#include "check_report.h"
#include "report/glyph.h"

/* Each of these in every string of the model at once; brackets hold the literals of one. */
static const char *const hostile[] = {
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \23331m",
    "line one\nline two\r\n# heading\n- item\n```\nfence",
    "`code` ``more`` ```fence``` `",
    "``",
    "a\\`b|c\\|d\\\\|e`",
    "| a | b |\n|---|---|",
    "@octocat please see #1 and octo/repo#12 or GH-34 at 6a2e6e5c0ffee",
    "(@team/x) \"@user\" '#5' see:#6 x@example.com.",
    "a|x@example.com|b http://x.y|www.x.y",
    "[text](javascript:alert(1)) ![img](http://x/y.png) [ref]: http://z <http://a.b>",
    "http://example.com/a_b https://x.y www.example.com ftp://q (www.z.com)",
    "<script>alert(1)</script> <!-- comment --> <img src=x onerror=y> &lt;b&gt; &amp;",
    "</code></td></table><b>",
    "**bold** _it_ ~~no~~ *x* __y__ $a^2$ $$b$$ :smile: :+1: \\* \\",
    "1. one",
    "2) two",
    "- dash",
    "+ plus",
    "* star",
    "> quote",
    "# head",
    "===",
    "---",
    "***",
    "- [x] done",
    "    indented code",
    "~~~",
    ":smile: x",
    ": y: z",
    "\xe2\x80\256desrever \xe2\x81\xa6 iso \xe2\x80\x8b zero \xef\xbb\xbf bom \xf3\xa0\x81\x81 tag",
    "\xe2\x80\xa8 ls \xe2\x80\xa9 ps \xc2\x85 nel \x7f del \xc2\xad shy \xe3\x85\xa4 filler",
    "\xff\xfe\x80 \xc3 \xed\xa0\x80 \xf4\x90\x80\x80 \xc0\xaf",
    ("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe3\x83\xad\xe3\x82\xb0 \xf0\x9f\x94\xa5 "
     "caf\xc3\xa9 e\xcc\x81"),
    ("averyveryveryveryveryveryveryveryveryverylongwordwithoutanyblankinitthatmustbebrokensomewhere"
     "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97"
     "\xa5"),
    "%s %n %d \"quoted\" {json} 'single' \\u0041 \\n",
};

#define HOSTILE_COUNT ((int)(sizeof(hostile) / sizeof(hostile[0])))

static struct lw_str
same(void *arg, struct lw_str text)
{
	/* An empty rule means that no rule is known; it stays so. */
	return text.n == 0 ? text : lw_str_from(arg);
}

/* Check's loop index to a text that `same` takes. */
static char *
hostile_text(int i)
{
	return lw_arena_strz(arena, lw_str_from(hostile[i]));
}

/* Commands may be wider than a page. */
static struct lw_report *
without_commands(const struct lw_report *from)
{
	struct lw_report *r = lw_arena_zalloc(arena, sizeof(*r));
	struct lw_m_incident *in = lw_arena_zalloc(arena, sizeof(*in) * from->incident_count);
	struct lw_m_why *why;
	size_t i, k;

	*r = *from;
	r->action_count = 0;
	r->incidents = in;
	for (i = 0; i < r->incident_count; i++) {
		in[i] = from->incidents[i];
		why = lw_arena_zalloc(arena, sizeof(*why) * in[i].why_count);
		for (k = 0; k < in[i].why_count; k++) {
			why[k] = in[i].whys[k];
			why[k].check_count = 0;
		}
		in[i].whys = why;
	}
	return r;
}

/* Every line is UTF-8 that can be seen as it is; at most `width` columns where that is not 0. */
static void
ck_clean(const struct lw_buf *b, size_t width)
{
	size_t at = 0, columns = 0, n;
	uint32_t c;

	while (at < b->n) {
		n = lw_utf8_next(lw_str_make(b->p + at, b->n - at), &c);
		if (n == 0) /* no assertion for each byte: Check writes each one down */
			ck_abort_msg("byte %zu is no UTF-8", at);
		if (c != '\n' && lw_glyph_hidden(c))
			ck_abort_msg("U+%04X at %zu", (unsigned)c, at);
		columns = c == '\n' ? 0 : columns + lw_glyph_width(c);
		if (width > 0 && columns > width)
			ck_abort_msg("wider than %zu before: %.40s", width, b->p + at);
		at += n;
	}
}

/* Behind the code span at p, which must be closed in its line; no pipe may stand in one of a table.
 */
static const char *
behind_span(const char *line, const char *p, const char *end)
{
	size_t ticks = strspn(p, "`");
	const char *close;

	for (close = p + ticks;; close += strspn(close, "`")) {
		close = memchr(close, '`', (size_t)(end - close));
		ck_assert_msg(close != NULL, "open code span: %.60s", p);
		if (strspn(close, "`") == ticks)
			break;
	}
	ck_assert(line[0] != '|' || memchr(p, '|', (size_t)(close - p)) == NULL);
	return close + ticks;
}

static const char *
behind_code_element(const char *p, const char *end)
{
	const char *close = strstr(p, "</code>");

	ck_assert(close != NULL && close < end);
	for (p += 6; p < close; p++)
		if (strncmp(p, "<!-- -->", 8) == 0)
			p += 7;
		else if (strchr("`|*_<>[]@:/.$~\\", *p) != NULL)
			ck_abort_msg("in a code element: %.60s", p);
	return close + 7;
}

/* What stands outside of code, line by line. */
static void
outside_code(struct lw_buf *out, const struct lw_buf *md)
{
	const char *line, *p, *end;
	size_t ticks, fence = 0;

	for (line = md->p; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		ck_assert_ptr_nonnull(end);
		p = line + strspn(line, " ");
		ticks = strspn(p, "`");
		if (fence > 0) {
			if (ticks >= fence && p + ticks == end)
				fence = 0;
			continue;
		}
		if (ticks >= 3 && strncmp(p + ticks, "sh\n", 3) == 0) {
			fence = ticks;
			continue;
		}
		for (p = line; p < end;) {
			if (*p == '`')
				p = behind_span(line, p, end);
			else if (strncmp(p, "<code>", 6) == 0)
				p = behind_code_element(p, end);
			else
				lw_buf_addc(out, *p++);
		}
		lw_buf_addc(out, '\n');
	}
	ck_assert_uint_eq(fence, 0);
}

static size_t
count(const struct lw_buf *b, char c)
{
	size_t n = 0, i;

	for (i = 0; i < b->n; i++)
		n += b->p[i] == c;
	return n;
}

/* Outside of code, a hostile report has the very marks of a plain one. */
START_TEST(markdown_of_a_log_is_inert)
{
	static const char marks[] = "*_[]<>|#@&$~`\\^{}=\n";
	char plain_text[] = "plain";
	struct lw_buf md = {0}, plain = {0}, out = {0};
	size_t i;

	write_report(&md, "md", sample_report(arena, same, plain_text), STYLE_DEFAULT);
	outside_code(&plain, &md);
	write_report(&md, "md", sample_report(arena, same, hostile_text(_i)), STYLE_DEFAULT);
	outside_code(&out, &md);
	for (i = 0; i < sizeof(marks) - 1; i++)
		ck_assert_msg(count(&out, marks[i]) == count(&plain, marks[i]), "'%c' in %.999s",
		    marks[i], out.p);
	ck_assert(!has(&out, "://"));
	ck_assert(!has(&out, "www."));
	ck_assert(!has(&out, "GH-3"));
	ck_assert(!has(&out, "6a2e6e5"));
	ck_assert(!has(&out, ":smile"));
	for (i = 0; i + 2 < out.n; i++) /* what a log says begins no block */
		if (strncmp(out.p + i, "\n- ", 3) == 0 && strchr("-+*>=#", out.p[i + 3]) != NULL &&
		    strncmp(out.p + i + 3, "**", 2) != 0)
			ck_abort_msg("a block begins: %.40s", out.p + i);
	lw_buf_fini(&md);
	lw_buf_fini(&plain);
	lw_buf_fini(&out);
}
END_TEST

static yajl_val
parse(const struct lw_buf *json)
{
	char error[512];
	yajl_val v = yajl_tree_parse(json->p, error, sizeof(error));

	ck_assert_msg(v != NULL, "%s", error);
	return v;
}

START_TEST(hostile_text_is_shown_and_fits)
{
	static const unsigned widths[] = {0, 64, 72, 132};
	struct lw_report *r = sample_report(arena, same, hostile_text(_i));
	struct lw_report_style style = STYLE_DEFAULT;
	struct lw_buf out = {0};
	yajl_val v;
	size_t i;

	for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		style.width = widths[i];
		write_report(&out, "text", without_commands(r), style);
		ck_clean(&out, widths[i] == 0 ? 80 : widths[i]);
	}
	write_report(&out, "text", r, STYLE_DEFAULT);
	ck_clean(&out, 0);
	write_report(&out, "md", r, STYLE_DEFAULT);
	ck_clean(&out, 0);
	write_report(&out, "json", r, STYLE_DEFAULT);
	ck_clean(&out, 0);
	v = parse(&out);
	if (lw_utf8_check(lw_str_from(hostile[_i])) == strlen(hostile[_i])) {
		const char *path[] = {"title", NULL};
		char *title = YAJL_GET_STRING(yajl_tree_get(v, path, yajl_t_string));

		ck_assert_str_eq(title, hostile[_i]); /* nothing is lost */
	}
	yajl_tree_free(v);
	lw_buf_fini(&out);
}
END_TEST

struct noise {
	uint64_t state;
	struct lw_arena *arena;
};

static uint64_t
next(struct noise *n)
{
	n->state = n->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return n->state >> 33;
}

/* Random bytes; half of the strings of the bytes that mean something somewhere. */
static struct lw_str
noise(void *arg, struct lw_str text)
{
	static const char pool[] =
	    "`|\\<>[]()*_#@&:/.\n\r\t\x1b\x7f -=\"'{}$~!ax0\xc2\x9b\xe2\x80\xae\xff";
	struct noise *n = arg;
	size_t size = next(n) % 120, i;
	bool pick = next(n) % 2 == 0;
	char *p = lw_arena_alloc(n->arena, size + 1);

	(void)text;
	ck_assert_ptr_nonnull(p);
	for (i = 0; i < size; i++)
		p[i] = pick ? pool[next(n) % (sizeof(pool) - 1)] : (char)next(n);
	return lw_str_make(p, size);
}

START_TEST(random_bytes_never_reach_a_reader)
{
	struct noise n = {(uint64_t)_i * 977 + 1, arena};
	struct lw_report_style style = STYLE_DEFAULT;
	struct lw_buf out = {0}, rest = {0};
	struct lw_report *r;
	int round;

	for (round = 0; round < 20; round++) {
		lw_arena_reset(arena);
		r = sample_report(arena, noise, &n);
		style.redact = round % 2 == 0;
		write_report(&out, "text", r, style);
		ck_clean(&out, 0);
		write_report(&out, "text", without_commands(r), style);
		ck_clean(&out, 80);
		write_report(&out, "md", r, style);
		ck_clean(&out, 0);
		lw_buf_reset(&rest);
		outside_code(&rest, &out);
		write_report(&out, "json", r, style);
		ck_clean(&out, 0);
		yajl_tree_free(parse(&out));
	}
	lw_buf_fini(&out);
	lw_buf_fini(&rest);
}
END_TEST

/* Each string with a secret of its own behind it. */
static struct lw_str
leak(void *arg, struct lw_str text)
{
	struct lw_buf b = {0};
	struct lw_str s;

	if (text.n == 0)
		return text;
	lw_buf_addz(&b, "password=hunter2xyz ");
	lw_buf_addstr(&b, text);
	s = lw_arena_str(arg, lw_buf_str(&b));
	lw_buf_fini(&b);
	return s;
}

START_TEST(no_string_of_the_model_leaks_a_secret)
{
	const char *name = lw_report_formats[_i].name;
	struct lw_report *r = sample_report(arena, leak, arena);
	struct lw_report_style style = STYLE_DEFAULT;
	struct lw_buf out = {0};

	write_report(&out, name, r, style);
	ck_assert(!has(&out, "hunter2xyz"));
	ck_assert(has(&out, "[REDACTED:password]"));
	style.redact = false;
	write_report(&out, name, r, style);
	ck_assert(has(&out, "hunter2xyz"));
	ck_assert(!has(&out, "[REDACTED:"));
	lw_buf_fini(&out);
}
END_TEST

/* Numbers that no run should produce: nothing may overflow, hang or break the JSON. */
START_TEST(absurd_numbers_are_written)
{
	static const int64_t times[] = {LW_TIME_NONE, INT64_MIN + 1, -1, 0, 1, INT64_MAX};
	static const double doubles[] = {0, -1, 1e300, 1e-300, (double)NAN, (double)INFINITY};
	struct lw_report r = *sample_report(arena, NULL, NULL);
	struct lw_m_point points[] = {{INT64_MIN + 1, UINT64_MAX}, {0, UINT64_MAX}, {INT64_MAX, 1}};
	struct lw_m_link link = {
	    "sequence", UINT64_MAX, UINT64_MAX, true, doubles[_i], doubles[_i], LW_STR("x")};
	struct lw_m_why why = {.confidence = doubles[_i],
	    .links = &link,
	    .link_count = 1,
	    .count = UINT64_MAX,
	    .instances = UINT64_MAX};
	struct lw_m_incident incident = {
	    .whys = &why, .why_count = 1, .from_ns = times[_i], .to_ns = times[5 - _i]};
	struct lw_m_cluster cluster = {.count = UINT64_MAX,
	    .windows = {.series = points,
		.point_count = 3,
		.peak_from_ns = times[_i],
		.peak_to_ns = times[5 - _i],
		.peak_count = 1,
		.onset_ns = times[_i]},
	    .first_ns = times[_i],
	    .last_ns = times[5 - _i]};
	struct lw_m_service service = {.has_availability = true,
	    .availability = doubles[_i],
	    .requests = UINT64_MAX,
	    .by_class = {UINT64_MAX, 1, 1, 1, 1, UINT64_MAX}};
	struct lw_buf out = {0};
	size_t f;

	r.from_ns = times[_i];
	r.to_ns = times[5 - _i];
	r.step_ns = r.window_ns = times[_i];
	r.totals.error_ratio = doubles[_i];
	r.incidents = &incident;
	r.clusters = &cluster;
	r.services = &service;
	r.incident_count = r.cluster_count = r.service_count = 1;
	for (f = 0; f < 3; f++) {
		write_report(&out, lw_report_formats[f].name, &r, STYLE_DEFAULT);
		ck_clean(&out, 0);
	}
	yajl_tree_free(parse(&out));
	lw_buf_fini(&out);
}
END_TEST

TCase *
hostile_case(void)
{
	TCase *tc = tcase_create("hostile");

	tcase_add_checked_fixture(tc, arena_setup, arena_teardown);
	tcase_add_loop_test(tc, hostile_text_is_shown_and_fits, 0, HOSTILE_COUNT);
	tcase_add_loop_test(tc, markdown_of_a_log_is_inert, 0, HOSTILE_COUNT);
	tcase_add_loop_test(tc, random_bytes_never_reach_a_reader, 0, 8);
	tcase_add_loop_test(tc, no_string_of_the_model_leaks_a_secret, 0, 3);
	tcase_add_loop_test(tc, absurd_numbers_are_written, 0, 6);
	return tc;
}
