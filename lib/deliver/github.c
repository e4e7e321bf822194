/* github.c - comments on issues and pull requests of GitHub. */
#include "base/time.h"
#include "deliver/comment.h"

#define BODY_MAX_BYTES \
	((size_t)65536) /* characters, says its answer to more; bytes are no fewer \
			 */
#define LOOK_BACK_NS (3600 * LW_NS_PER_S)

static bool
takes(const char *url)
{
	struct lw_issue issue;
	bool ok =
	    lw_issue_parse(url, "", &issue) && strcmp(issue.origin, "https://github.com") == 0;

	lw_issue_fini(&issue);
	return ok;
}

static void
set_addresses(const struct lw_deliver_options *o, const struct lw_issue *issue, struct lw_post *p)
{
	const struct lw_clock *clock = o->net->clock;
	char since[LW_TIME_TEXT_BYTES] = "1970-01-01T00:00:00Z";
	struct lw_buf b = {0}, lookup = {0};

	/* The oldest come first; of one's own, none is older than this run. */
	if (clock != NULL)
		(void)lw_time_format(
		    (clock->now_ns(clock->arg) - LOOK_BACK_NS) / LW_NS_PER_S * LW_NS_PER_S, since);
	if (o->github_api != NULL)
		lw_buf_addz(&b, o->github_api);
	else if (strcmp(issue->origin, "https://github.com") == 0)
		lw_buf_addz(&b, "https://api.github.com");
	else
		lw_buf_printf(&b, "%s/api/v3", issue->origin);
	lw_buf_printf(&b, "/repos/%s/issues/%s/comments", issue->project, issue->number);
	if (lw_buf_ok(&b))
		lw_buf_printf(&lookup, "%s?per_page=100&since=%s", b.p, since);
	p->lookup = lw_buf_take(&lookup);
	p->url = lw_buf_take(&b);
}

static enum lw_code
make(const struct lw_deliver_options *o, const char *url, struct lw_post *p, struct lw_error *e)
{
	struct lw_issue issue;
	enum lw_code code = LW_OK;

	if (!lw_issue_parse(url, "", &issue)) {
		code = lw_error_set(e, LW_EUSAGE,
		    "is no issue; give its address, https://github.com/OWNER/REPO/issues/NUMBER");
	} else if (o->github_token == NULL) {
		code = lw_error_set(e, LW_EUSAGE,
		    "a comment on GitHub needs a token; set GITHUB_TOKEN or GH_TOKEN");
	} else {
		set_addresses(o, &issue, p);
		if (p->url == NULL || p->lookup == NULL ||
		    !lw_comment_body(o, url, BODY_MAX_BYTES, p) ||
		    !lw_comment_credential(p, "Authorization", "Bearer ", o->github_token))
			code = lw_error_set(e, LW_ENOMEM, "out of memory");
	}
	lw_issue_fini(&issue);
	p->headers[p->header_count++] =
	    (struct lw_http_header){"Accept", "application/vnd.github+json", false};
	p->headers[p->header_count++] =
	    (struct lw_http_header){"X-GitHub-Api-Version", "2022-11-28", false};
	p->headers[p->header_count++] =
	    (struct lw_http_header){"Content-Type", "application/json", false};
	return code;
}

const struct lw_service lw_github = {"github", takes, make, lw_shown_issue};
