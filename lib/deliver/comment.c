/* comment.c - what a comment on an issue is made of, whatever the service. */
#include "deliver/comment.h"

#include <stdlib.h>

/* A line that begins with a slash would be a command to GitLab ("/close"). */
static void
add_inert(struct lw_buf *out, struct lw_str md)
{
	size_t i;

	for (i = 0; i < md.n; i++) {
		if (md.p[i] == '/' && (i == 0 || md.p[i - 1] == '\n'))
			lw_buf_addc(out, '\\');
		lw_buf_addc(out, md.p[i]);
	}
}

bool
lw_comment_body(
    const struct lw_deliver_options *o, const char *url, size_t max_bytes, struct lw_post *p)
{
	struct lw_buf md = {0}, inert = {0}, cut = {0}, tail = {0};

	lw_report_format_by_name("md")->write(&md, o->report, &o->style);
	add_inert(&inert, lw_buf_str(&md));
	lw_post_identify(p, lw_buf_str(&inert), lw_str_from(url));
	lw_buf_printf(&tail, "\n<!-- logwhy %s -->\n", p->id);
	if (lw_buf_ok(&inert) && lw_buf_ok(&tail))
		lw_cut_markdown(&cut, lw_buf_str(&inert), max_bytes, lw_buf_str(&tail), p->left_out,
		    sizeof(p->left_out));
	lw_buf_addz(&p->body, "{\"body\":");
	lw_quote(&p->body, lw_buf_str(&cut));
	lw_buf_addz(&p->body, "}\n");
	p->body.failed = p->body.failed || md.failed || inert.failed || tail.failed || cut.failed;
	lw_buf_fini(&md);
	lw_buf_fini(&inert);
	lw_buf_fini(&tail);
	lw_buf_fini(&cut);
	return lw_buf_ok(&p->body);
}

bool
lw_comment_credential(struct lw_post *p, const char *name, const char *prefix, const char *token)
{
	struct lw_buf value = {0};

	if (lw_buf_reserve(&value, strlen(prefix) + strlen(token) + 1)) {
		lw_buf_addz(&value, prefix);
		lw_buf_addz(&value, token);
	}
	p->credential = lw_buf_take(&value);
	if (p->credential == NULL)
		return false;
	p->headers[p->header_count++] = (struct lw_http_header){name, p->credential, true};
	return true;
}
