/* gitlab.c - notes on issues and merge requests of GitLab, wherever it runs. */
#include "deliver/comment.h"

#define BODY_MAX_BYTES ((size_t)1000000)

static bool
takes(const char *url)
{
	struct lw_issue issue;
	bool ok = lw_issue_parse(url, "/-", &issue);

	lw_issue_fini(&issue);
	return ok;
}

static void
set_addresses(const struct lw_deliver_options *o, const struct lw_issue *issue, struct lw_post *p)
{
	struct lw_buf b = {0}, lookup = {0};
	const char *at;

	if (o->gitlab_api != NULL)
		lw_buf_addz(&b, o->gitlab_api);
	else
		lw_buf_printf(&b, "%s/api/v4", issue->origin);
	lw_buf_addz(&b, "/projects/");
	for (at = issue->project; *at != '\0'; at++) { /* the rest is as in the address */
		if (*at == '/')
			lw_buf_addz(&b, "%2F");
		else
			lw_buf_addc(&b, *at);
	}
	lw_buf_printf(&b, "/%s/%s/notes", issue->kind, issue->number);
	if (lw_buf_ok(&b))
		lw_buf_printf(&lookup, "%s?sort=desc&order_by=created_at&per_page=100", b.p);
	p->lookup = lw_buf_take(&lookup);
	p->url = lw_buf_take(&b);
}

static enum lw_code
make(const struct lw_deliver_options *o, const char *url, struct lw_post *p, struct lw_error *e)
{
	struct lw_issue issue;
	enum lw_code code = LW_OK;

	if (!lw_issue_parse(url, "/-", &issue)) {
		code = lw_error_set(e, LW_EUSAGE,
		    "is no issue; give its address, "
		    "https://gitlab.example/GROUP/PROJECT/-/issues/NUMBER");
	} else if (o->gitlab_token == NULL) {
		code = lw_error_set(
		    e, LW_EUSAGE, "a comment on GitLab needs a token; set GITLAB_TOKEN");
	} else {
		set_addresses(o, &issue, p);
		if (p->url == NULL || p->lookup == NULL ||
		    !lw_comment_body(o, url, BODY_MAX_BYTES, p) ||
		    !lw_comment_credential(p, "PRIVATE-TOKEN", "", o->gitlab_token))
			code = lw_error_set(e, LW_ENOMEM, "out of memory");
	}
	lw_issue_fini(&issue);
	p->headers[p->header_count++] =
	    (struct lw_http_header){"Content-Type", "application/json", false};
	return code;
}

const struct lw_service lw_gitlab = {"gitlab", takes, make, lw_shown_issue};
