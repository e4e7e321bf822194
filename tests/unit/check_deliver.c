/* check_deliver.c - what is sent where: addresses of issues, and reports cut to a service's limits.
 */
#include <check.h>
#include <stdlib.h>

#include "deliver/service.h"

static const struct {
	const char *url, *separator, *origin, *project, *number,
	    *kind; /* origin NULL: is no issue */
} issues[] = {
    {"https://github.com/acme/shop/issues/7", "", "https://github.com", "acme/shop", "7", "issues"},
    {"https://github.com/acme/shop/pull/12#issuecomment-3", "", "https://github.com", "acme/shop",
	"12", "issues"},
    {"https://github.com/acme/shop/issues/7/?a=b", "", "https://github.com", "acme/shop", "7",
	"issues"},
    {"https://me:pass@ghe.example:8443/acme/shop/issues/7", "", "https://ghe.example:8443",
	"acme/shop", "7", "issues"},
    {"https://gitlab.example/a/b/c/-/issues/8", "/-", "https://gitlab.example", "a/b/c", "8",
	"issues"},
    {"https://gitlab.example/a/b/-/merge_requests/9", "/-", "https://gitlab.example", "a/b", "9",
	"merge_requests"},
    {"https://github.com/acme/shop/issues", "", NULL, NULL, NULL, NULL},
    {"https://github.com/acme/shop/issues/new", "", NULL, NULL, NULL, NULL},
    {"https://github.com/acme/shop/issues/7x", "", NULL, NULL, NULL, NULL},
    {"https://github.com/shop/issues/7", "", NULL, NULL, NULL, NULL},
    {"https://github.com/../shop/issues/7", "", NULL, NULL, NULL, NULL},
    {"https://gitlab.example/a/b/issues/8", "/-", NULL, NULL, NULL, NULL},
    {"https://github.com", "", NULL, NULL, NULL, NULL},
    {"nonsense", "", NULL, NULL, NULL, NULL},
};

START_TEST(addresses_of_issues_are_read)
{
	struct lw_issue issue;
	bool ok = lw_issue_parse(issues[_i].url, issues[_i].separator, &issue);

	ck_assert(ok == (issues[_i].origin != NULL));
	if (ok) {
		ck_assert_str_eq(issue.origin, issues[_i].origin);
		ck_assert_str_eq(issue.project, issues[_i].project);
		ck_assert_str_eq(issue.number, issues[_i].number);
		ck_assert_str_eq(issue.kind, issues[_i].kind);
	}
	lw_issue_fini(&issue);
}
END_TEST

START_TEST(json_strings_are_quoted)
{
	struct lw_buf b = {0};

	lw_quote(&b, LW_STR("a\"b\\c\nd\x01"
			    "e\x7f\xc3\xa9"));
	ck_assert_str_eq(b.p, "\"a\\\"b\\\\c\\nd\\u0001e\\u007f\xc3\xa9\"");
	lw_buf_fini(&b);
}
END_TEST

/* "# t", then `sections` of `lines` lines of 100 bytes. */
static void
fill(struct lw_buf *md, int sections, int lines, bool fenced)
{
	int i, j;

	lw_buf_addz(md, "# t\n\n");
	for (i = 1; i <= sections; i++) {
		lw_buf_printf(md, "## Section %d\n\n", i);
		lw_buf_addz(md, fenced ? "```sh\n" : "");
		for (j = 0; j < lines; j++)
			lw_buf_printf(md, "%099d\n", j);
		lw_buf_addz(md, fenced ? "```\n" : "");
		lw_buf_addc(md, '\n');
	}
}

static const struct {
	int sections, lines;
	bool fenced;
	const char *left_out;
} cuts[] = {
    {3, 10, false, ""}, {5, 20, false, "Section 4, Section 5"},
    {2, 100, false, "the rest of Section 1, Section 2"}, {1, 100, false, "the rest of Section 1"},
    {1, 100, true, "the rest of Section 1"}, {200, 1, false, NULL}, /* more names than are given */
};

START_TEST(markdown_ends_at_a_border_and_names_the_rest)
{
	struct lw_buf md = {0}, out = {0};
	char left_out[256];
	const char *at;
	int fences = 0;

	fill(&md, cuts[_i].sections, cuts[_i].lines, cuts[_i].fenced);
	lw_cut_markdown(&out, lw_buf_str(&md), 7000, LW_STR("TAIL\n"), left_out, sizeof(left_out));
	ck_assert_uint_le(out.n, 7000);
	ck_assert_str_eq(out.p + out.n - 5, "TAIL\n");
	if (cuts[_i].left_out != NULL)
		ck_assert_str_eq(left_out, cuts[_i].left_out);
	else
		ck_assert_ptr_nonnull(strstr(left_out, ", ..."));
	if (left_out[0] == '\0') {
		ck_assert_uint_eq(out.n, md.n + 5);
	} else {
		ck_assert_ptr_nonnull(strstr(out.p, "\n---\n\nLeft out, "));
		ck_assert_ptr_nonnull(strstr(out.p, left_out));
	}
	for (at = out.p; (at = strstr(at, "```")) != NULL; at += 3)
		fences++;
	ck_assert_int_eq(fences % 2, 0);
	lw_buf_fini(&md);
	lw_buf_fini(&out);
}
END_TEST

#define INCIDENTS 70

static void
show(const char *address, struct lw_buf *out)
{
	static char title[3001];
	struct lw_m_why why = {.n = 1,
	    .question = LW_STR("What?"),
	    .finding = LW_STR("It <failed>"),
	    .observed = true};
	struct lw_m_incident incidents[INCIDENTS];
	struct lw_report report = {.title = LW_STR("t"),
	    .version = LW_STR("1"),
	    .from_ns = LW_TIME_NONE,
	    .to_ns = LW_TIME_NONE,
	    .incidents = incidents,
	    .incident_count = INCIDENTS};
	struct lw_net net = {0};
	struct lw_deliver_options o = {.net = &net,
	    .report = &report,
	    .github_token = "secret-token",
	    .gitlab_token = "secret-token"};
	struct lw_error e;
	size_t i;

	memset(title, 'x', sizeof(title) - 1);
	for (i = 0; i < INCIDENTS; i++)
		incidents[i] = (struct lw_m_incident){.id = LW_STR("i"),
		    .title = lw_str_from(title),
		    .from_ns = LW_TIME_NONE,
		    .to_ns = LW_TIME_NONE,
		    .whys = &why,
		    .why_count = 1};
	ck_assert_msg(lw_deliver_show(&o, address, out, &e) == LW_OK, "%s", e.message);
	ck_assert_ptr_null(strstr(out->p, "secret"));
}

START_TEST(slack_gets_no_more_than_fifty_blocks)
{
	struct lw_buf out = {0};
	const char *at;
	int blocks = 0;

	show("https://hooks.slack.com/services/T0/B0/secret", &out);
	for (at = out.p; (at = strstr(at, "\"type\":\"section\"")) != NULL; at++)
		blocks++;
	ck_assert_int_eq(blocks, 50);
	ck_assert_ptr_nonnull(
	    strstr(out.p, "Left out, since a message has no room for more: *Incident 49:*"));
	ck_assert_ptr_nonnull(strstr(out.p, "It &lt;failed&gt;"));
	ck_assert_ptr_null(strstr(out.p, "<failed>"));
	lw_buf_fini(&out);
}
END_TEST

START_TEST(comments_are_cut_to_their_limit)
{
	struct lw_buf out = {0};
	const char *body;

	show("https://github.com/acme/shop/issues/7", &out);
	ck_assert_int_eq(
	    strncmp(out.p, "POST https://api.github.com/repos/acme/shop/issues/7/comments\n", 62),
	    0);
	ck_assert_ptr_nonnull(strstr(out.p, "Authorization: [REDACTED]\n"));
	body = strstr(out.p, "{\"body\":");
	ck_assert_ptr_nonnull(body);
	ck_assert_uint_gt(strlen(body), 50000);
	ck_assert_uint_lt(strlen(body), 70000); /* newlines and quotes take two bytes each */
	ck_assert_ptr_nonnull(strstr(
	    body, "Left out, since a comment has no room for more: the rest of Summary, Whys, "));
	ck_assert_ptr_nonnull(strstr(body, "<!-- logwhy "));
	lw_buf_reset(&out);
	show("https://gitlab.example/acme/shop/-/issues/8", &out);
	ck_assert_ptr_null(strstr(out.p, "Left out"));
	lw_buf_fini(&out);
}
END_TEST

static const struct {
	const char *address, *shown;
} addresses[] = {
    {"https://hooks.slack.com/services/T0/B0/secret", "https://hooks.slack.com/..."},
    {"slack:https://chat.example/hooks/secret", "https://chat.example/..."},
    {"https://me:secret@example.com/secret?secret", "https://example.com/..."},
    {"https://me:secret@github.com/a/b/issues/1?secret", "https://github.com/a/b/issues/1"},
    {"secret", "the address"},
    {"slack:secret", "the address"},
    {"github:secret", "the address"},
};

START_TEST(addresses_are_shown_without_secrets)
{
	char *shown = lw_deliver_address(addresses[_i].address);

	ck_assert_str_eq(shown, addresses[_i].shown);
	free(shown);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("deliver");
	TCase *t = tcase_create("deliver");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, addresses_of_issues_are_read, 0, sizeof(issues) / sizeof(issues[0]));
	tcase_add_test(t, json_strings_are_quoted);
	tcase_add_loop_test(
	    t, markdown_ends_at_a_border_and_names_the_rest, 0, sizeof(cuts) / sizeof(cuts[0]));
	tcase_add_test(t, slack_gets_no_more_than_fifty_blocks);
	tcase_add_test(t, comments_are_cut_to_their_limit);
	tcase_add_loop_test(
	    t, addresses_are_shown_without_secrets, 0, sizeof(addresses) / sizeof(addresses[0]));
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
