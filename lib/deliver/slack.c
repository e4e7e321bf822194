/* slack.c - incoming webhooks of Slack, and of others that take its messages. */
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "deliver/service.h"
#include "report/mrkdwn.h"

/* "Reference: blocks": a section's text has 3,000 characters at the most, a message 50 blocks. */
#define SECTION_MAX_BYTES ((size_t)3000)
#define BLOCKS_MAX 50
#define NOTICE_BYTES ((size_t)40)

static bool
takes(const char *url)
{
	return lw_str_starts(lw_str_from(url), LW_STR("https://hooks.slack.com/")) ||
	       lw_str_starts(lw_str_from(url), LW_STR("https://hooks.slack-gov.com/"));
}

/* verbatim: no address or name in it becomes a link. */
static void
add_section(struct lw_buf *out, struct lw_str text, bool first)
{
	lw_buf_addz(out, first ? "" : ",");
	lw_buf_addz(
	    out, "{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"verbatim\":true,\"text\":");
	lw_quote(out, text);
	lw_buf_addz(out, "}}");
}

/* The lines of a paragraph that fit; *rest: there were more. */
static struct lw_str
fit(struct lw_str paragraph, bool *rest)
{
	struct lw_str s = paragraph;
	size_t n;

	*rest = s.n > SECTION_MAX_BYTES;
	if (!*rest)
		return s;
	s = lw_utf8_cut(s, SECTION_MAX_BYTES - NOTICE_BYTES);
	for (n = s.n; n > 0 && s.p[n - 1] != '\n'; n--)
		;
	return n > 0 ? lw_str_make(s.p, n) : s;
}

static void
name(struct lw_post *p, struct lw_str paragraph, bool rest)
{
	const char *end = memchr(paragraph.p, '\n', paragraph.n);
	struct lw_str line =
	    lw_str_make(paragraph.p, end == NULL ? paragraph.n : (size_t)(end - paragraph.p));
	size_t n = strlen(p->left_out);

	if (n + 12 > sizeof(p->left_out))
		return;
	line = lw_utf8_cut(line, line.n < 60 ? line.n : 60);
	if (n + line.n + 32 > sizeof(p->left_out))
		(void)snprintf(p->left_out + n, sizeof(p->left_out) - n, ", ...");
	else
		(void)snprintf(p->left_out + n, sizeof(p->left_out) - n, "%s%s%.*s",
		    n > 0 ? ", " : "", rest ? "the rest of " : "", (int)line.n, line.p);
}

static struct lw_str
next_paragraph(struct lw_str *text)
{
	size_t n = lw_str_find(*text, LW_STR("\n\n"));
	struct lw_str paragraph = *text;

	if (n == LW_NPOS) {
		*text = lw_str_make(text->p + text->n, 0);
		return lw_str_trim(paragraph);
	}
	paragraph.n = n;
	*text = lw_str_make(text->p + n + 2, text->n - n - 2);
	return lw_str_trim(paragraph);
}

static void
add_blocks(struct lw_post *p, struct lw_str text)
{
	struct lw_buf notice = {0};
	int blocks = 0;

	while (text.n > 0) {
		struct lw_str paragraph = next_paragraph(&text);
		bool rest = false;

		if (paragraph.n == 0)
			continue;
		if (blocks == BLOCKS_MAX - 1) { /* the last one is for the notice */
			name(p, paragraph, false);
			continue;
		}
		add_section(&p->body, fit(paragraph, &rest), blocks++ == 0);
		if (rest)
			name(p, paragraph, true);
	}
	if (p->left_out[0] != '\0') {
		lw_buf_printf(
		    &notice, "Left out, since a message has no room for more: %s", p->left_out);
		add_section(&p->body, lw_buf_str(&notice), false);
	}
	p->body.failed = p->body.failed || notice.failed;
	lw_buf_fini(&notice);
}

static enum lw_code
make(const struct lw_deliver_options *o, const char *url, struct lw_post *p, struct lw_error *e)
{
	struct lw_buf text = {0};
	struct lw_str rest, title;

	p->url = strdup(url);
	lw_write_mrkdwn(&text, o->report, &o->style);
	rest = lw_buf_str(&text);
	title = next_paragraph(&rest);
	/* "text" is what a notification shows. */
	lw_buf_addz(&p->body, "{\"text\":");
	lw_quote(&p->body,
	    lw_utf8_cut(title, title.n < SECTION_MAX_BYTES ? title.n : SECTION_MAX_BYTES));
	lw_buf_addz(&p->body, ",\"parse\":\"none\",\"link_names\":false,\"unfurl_links\":false,"
			      "\"unfurl_media\":false,\"blocks\":[");
	add_blocks(p, lw_buf_str(&text));
	lw_buf_addz(&p->body, "]}\n");
	p->body.failed = p->body.failed || text.failed;
	lw_buf_fini(&text);
	if (p->url == NULL || !lw_buf_ok(&p->body))
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	p->headers[p->header_count++] =
	    (struct lw_http_header){"Content-Type", "application/json; charset=utf-8", false};
	return LW_OK;
}

const struct lw_service lw_slack = {"slack", takes, make, lw_shown_host};
