/* cut.c - as much of a report as there is room for, and JSON strings. */
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "deliver/service.h"
#include "input/net_libs.h"
#include "input/secret.h"

#define NOTICE_BYTES ((size_t)512)
#define NAME_BYTES ((size_t)60) /* of a section, where it is named as left out */

void
lw_post_fini(struct lw_post *p)
{
	free(p->url);
	free(p->lookup);
	lw_secret_free(p->credential);
	lw_buf_fini(&p->body);
}

void
lw_post_identify(struct lw_post *p, struct lw_str a, struct lw_str b)
{
	const struct lw_crypto *crypto = lw_crypto();
	unsigned char sum[EVP_MAX_MD_SIZE] = {0};
	EVP_MD_CTX *c = crypto->EVP_MD_CTX_new();
	size_t i;

	if (c != NULL && crypto->EVP_DigestInit_ex(c, crypto->EVP_sha256(), NULL) == 1) {
		(void)crypto->EVP_DigestUpdate(c, a.p, a.n);
		(void)crypto->EVP_DigestUpdate(c, b.p, b.n);
		(void)crypto->EVP_DigestFinal_ex(c, sum, NULL);
	}
	crypto->EVP_MD_CTX_free(c);
	for (i = 0; i < (LW_POST_ID_BYTES - 1) / 2; i++)
		(void)snprintf(p->id + 2 * i, 3, "%02x", sum[i]);
}

void
lw_quote(struct lw_buf *out, struct lw_str text)
{
	unsigned char c;
	size_t i;

	lw_buf_addc(out, '"');
	for (i = 0; i < text.n; i++) {
		c = (unsigned char)text.p[i];
		if (c == '"' || c == '\\')
			lw_buf_addc(out, '\\');
		if (c == '\n')
			lw_buf_addz(out, "\\n");
		else if (c < ' ' || c == 0x7f)
			lw_buf_printf(out, "\\u%04x", (unsigned)c);
		else
			lw_buf_addc(out, (char)c);
	}
	lw_buf_addc(out, '"');
}

/* A heading of the second or third order at the start of a line: nothing of a log can be one. */
static bool
is_heading(struct lw_str line)
{
	return lw_str_starts(line, LW_STR("## ")) || lw_str_starts(line, LW_STR("### "));
}

static struct lw_str
line_at(struct lw_str md, size_t at)
{
	const char *end = memchr(md.p + at, '\n', md.n - at);

	return lw_str_make(md.p + at, end == NULL ? md.n - at : (size_t)(end - md.p) - at + 1);
}

/* Where to cut: at the last heading before room, else after the last line that is not inside of a
 * block of code. */
static size_t
border(struct lw_str md, size_t room, bool *in_section)
{
	size_t at, heading = 0, line = 0;
	bool fenced = false;

	for (at = 0; at < room; at += line_at(md, at).n) {
		if (!fenced)
			line = at;
		if (is_heading(line_at(md, at)))
			heading = at;
		else if (lw_str_starts(lw_str_trim(line_at(md, at)), LW_STR("```")))
			fenced = !fenced;
	}
	*in_section =
	    heading < room / 2; /* better a part of a long section than half of the room */
	return *in_section ? line : heading;
}

/* One name more, or "..." for it and all that follow.  False where there is no room any more. */
static bool
add_name(char *names, size_t size, struct lw_str heading)
{
	size_t n = strlen(names), marks = 0;
	struct lw_str title;
	const char *between = n > 0 && names[n - 1] != ' ' ? ", " : "";

	while (marks < heading.n && heading.p[marks] == '#')
		marks++;
	title = lw_str_trim(lw_str_make(heading.p + marks, heading.n - marks));
	title = lw_utf8_cut(title, title.n < NAME_BYTES ? title.n : NAME_BYTES);
	if (n + title.n + sizeof(", , ...") > size) {
		(void)snprintf(names + n, size - n, "%s...", between);
		return false;
	}
	(void)snprintf(names + n, size - n, "%s%.*s", between, (int)title.n, title.p);
	return true;
}

/* "the rest of Clusters, Timeline, Actions" */
static void
name_rest(struct lw_str md, size_t at, bool in_section, char *names, size_t size)
{
	struct lw_str line, section = {0};
	bool room = true;
	size_t i;

	for (i = 0; i < at; i += line.n) {
		line = line_at(md, i);
		if (is_heading(line))
			section = line;
	}
	(void)snprintf(names, size, "%s", in_section ? "the rest of " : "");
	if (in_section)
		room = add_name(names, size, section);
	for (i = at; i < md.n && room; i += line.n) {
		line = line_at(md, i);
		if (is_heading(line))
			room = add_name(names, size, line);
	}
}

void
lw_cut_markdown(struct lw_buf *out, struct lw_str md, size_t max_bytes, struct lw_str tail,
    char *left_out, size_t size)
{
	bool in_section;
	size_t at;

	left_out[0] = '\0';
	if (md.n + tail.n <= max_bytes) {
		lw_buf_addstr(out, md);
		lw_buf_addstr(out, tail);
		return;
	}
	at = border(md, max_bytes - tail.n - NOTICE_BYTES, &in_section);
	name_rest(md, at, in_section, left_out, size);
	lw_buf_add(out, md.p, at);
	lw_buf_printf(
	    out, "\n---\n\nLeft out, since a comment has no room for more: %s.\n", left_out);
	lw_buf_addstr(out, tail);
}
