/* frame_text.c - lines that are no JSON: messages, the lines that continue them, CRI parts. */
#include <string.h>

#include "base/time.h"
#include "input/frame_parts.h"
#include "input/join.h"

/* Empty lines inside of one message; Python and Go put one or two between the parts of a trace. */
#define BLANK_LINES_MAX 3

static struct lw_str
line_at(const struct lw_framer *f, size_t pos, size_t end)
{
	const char *p = lw_window_at(&f->window);

	if (end > pos && p[end - 1] == '\r')
		end--;
	return lw_str_make(p + pos, end - pos);
}

struct cri {
	int stream;  /* 0 stdout, 1 stderr */
	bool part;   /* more of the message follows */
	size_t tag;  /* offset of the tag in the line */
	size_t text; /* offset of the text */
};

/* "TIME stdout F text", the format of container runtimes. */
static bool
cri_parse(struct lw_str line, struct cri *c)
{
	const char *blank;
	int64_t ns;
	size_t n;

	if (line.n < 24 || line.p[0] < '0' || line.p[0] > '9' || line.p[4] != '-')
		return false;
	blank = memchr(line.p, ' ', line.n < 40 ? line.n : 40);
	if (blank == NULL)
		return false;
	n = (size_t)(blank - line.p);
	if (line.n - n < 9 || memcmp(blank, " std", 4) != 0)
		return false;
	if (memcmp(blank + 4, "out ", 4) != 0 && memcmp(blank + 4, "err ", 4) != 0)
		return false;
	c->stream = blank[4] == 'e';
	c->tag = n + 8;
	if (line.p[c->tag] != 'P' && line.p[c->tag] != 'F')
		return false;
	c->part = line.p[c->tag] == 'P';
	c->text = c->tag + 1;
	/* tags may follow, behind colons */
	while (c->text < line.n && line.p[c->text] == ':')
		while (c->text < line.n && line.p[c->text] != ' ' && line.p[++c->text] != ':')
			if (c->text + 1 >= line.n)
				break;
	if (c->text < line.n && line.p[c->text] != ' ')
		return false;
	if (c->text < line.n)
		c->text++;
	return lw_time_parse(lw_str_make(line.p, n), &ns);
}

/* Hand out what was put together for a stream. */
static enum lw_step
cri_give(struct lw_framer *f, int stream, struct lw_record *r)
{
	struct lw_buf swap = f->cri_out;

	f->cri_out = f->cri[stream].text;
	f->cri[stream].text = swap;
	lw_buf_reset(&f->cri[stream].text);
	r->bytes = lw_buf_str(&f->cri_out);
	r->kind = LW_RECORD_TEXT;
	r->line = f->cri[stream].line;
	r->offset = f->cri[stream].offset;
	return LW_STEP_RECORD;
}

/* A part, or the line that ends parts: LW_STEP_RECORD where a message is whole, LW_STEP_AGAIN where
 * more of it is to come. */
static enum lw_step
cri_part(struct lw_framer *f, struct lw_str line, const struct cri *c, struct lw_record *r)
{
	struct lw_buf *text = &f->cri[c->stream].text;

	if (text->n + line.n > LW_RECORD_MAX_BYTES) {
		lw_frame_malformed(f, 0, LW_ELIMIT, "a record above %zu MiB was skipped",
		    LW_RECORD_MAX_BYTES >> 20);
		lw_buf_reset(text);
		return LW_STEP_AGAIN;
	}
	if (text->n == 0) {
		f->cri[c->stream].line = f->window.line;
		f->cri[c->stream].offset = f->window.offset;
		lw_buf_add(text, line.p, c->tag);
		lw_buf_addz(text, "F ");
	}
	lw_buf_add(text, line.p + c->text, line.n - c->text);
	if (!lw_buf_ok(text))
		return LW_STEP_NOMEM;
	return c->part ? LW_STEP_AGAIN : cri_give(f, c->stream, r);
}

enum lw_step
lw_frame_text_rest(struct lw_framer *f, struct lw_record *r)
{
	int i;

	for (i = 0; i < LW_CRI_STREAMS; i++)
		if (f->cri[i].text.n > 0)
			return cri_give(f, i, r);
	return LW_STEP_END;
}

/* The next line with something on it, from *pos on: *pos moves to its start.  False where JSON
 * begins there (*json), or nothing is near. */
static bool
next_text(struct lw_framer *f, size_t *pos, bool *blank, bool *json)
{
	size_t at = *pos;
	int blanks = 0, c;

	for (;; at++) {
		c = lw_frame_byte(f, at);
		if (c == '\n') {
			if (++blanks > BLANK_LINES_MAX)
				return false;
			*pos = at + 1;
		} else if (c == LW_NO_BYTE || at - *pos > LW_JOIN_MAX_BYTES) {
			return false;
		} else if (c != ' ' && c != '\t' && c != '\r') {
			break;
		}
	}
	*blank = blanks > 0;
	if (c == '{' || c == '[') {
		enum lw_start start = lw_frame_start_at(f, at);

		/* On one line and deeper, it is a value that the message shows. */
		*json =
		    start == LW_START_TALL || (start != LW_START_NONE && (at == *pos || f->json));
		return !*json;
	}
	return true;
}

/* Where the message ends that begins with the line of n bytes; *json: an object follows it. */
static size_t
joined_end(struct lw_framer *f, size_t n, size_t next, bool join, bool *json)
{
	struct lw_join state;
	size_t end = n, pos = next, at;
	bool blank;
	enum lw_line found;

	lw_join_begin(&state, line_at(f, 0, n));
	while (pos < LW_JOIN_MAX_BYTES) {
		if (!next_text(f, &pos, &blank, json) || !join)
			break;
		found = lw_frame_line(f, pos, LW_JOIN_MAX_BYTES, &at);
		if (found == LW_LINE_LONG || found == LW_LINE_NOMEM)
			break;
		if (!lw_join_continues(&state, line_at(f, 0, n), line_at(f, pos, at), blank))
			break;
		end = at;
		if (found == LW_LINE_LAST)
			break;
		pos = at + 1;
	}
	return end;
}

static void
skip_through(struct lw_framer *f, size_t end)
{
	lw_window_skip(&f->window, end);
	if (lw_frame_byte(f, 0) == '\n')
		lw_window_skip_lines(&f->window, 1, 1);
	f->line_start = true;
}

enum lw_step
lw_frame_text(struct lw_framer *f, struct lw_record *r)
{
	struct lw_str line;
	struct cri cri;
	enum lw_line found;
	enum lw_step step;
	size_t end, n;
	bool json = false;

	found = lw_frame_line(f, 0, LW_RECORD_MAX_BYTES, &end);
	if (found == LW_LINE_NOMEM)
		return LW_STEP_NOMEM;
	if (found == LW_LINE_LONG) {
		lw_frame_malformed(
		    f, 0, LW_ELIMIT, "a line above %zu MiB was skipped", LW_RECORD_MAX_BYTES >> 20);
		lw_frame_drop_line(f);
		f->line_start = true;
		return LW_STEP_AGAIN;
	}
	line = line_at(f, 0, end);
	if (f->line_start && lw_frame_yaml_begins(f, line, end + (found == LW_LINE_FOUND))) {
		f->yaml = true;
		return LW_STEP_AGAIN;
	}
	line = line_at(f, 0, end); /* looking ahead may have moved it */
	f->begun = true;
	if (f->join && cri_parse(line, &cri) && (cri.part || f->cri[cri.stream].text.n > 0)) {
		step = cri_part(f, line, &cri, r);
		skip_through(f, end);
		return step;
	}
	n = end;
	if (found == LW_LINE_FOUND && (f->join || lw_join_is_summary(line)))
		n = joined_end(f, end, end + 1, f->join, &json);
	line = line_at(f, 0, n);
	if (json && lw_join_is_summary(line)) {
		skip_through(f, n); /* the object that follows says it all */
		return LW_STEP_AGAIN;
	}
	r->bytes = line;
	r->kind = LW_RECORD_TEXT;
	r->line = f->window.line;
	r->offset = f->window.offset;
	if (n == end && found == LW_LINE_FOUND) {
		lw_window_skip_lines(&f->window, end + 1, 1);
		f->line_start = true;
	} else {
		size_t skip = n;

		if (skip < lw_window_size(&f->window) && lw_window_at(&f->window)[skip] == '\n')
			skip++;
		lw_window_skip(&f->window, skip);
		f->line_start = true;
	}
	return LW_STEP_RECORD;
}
