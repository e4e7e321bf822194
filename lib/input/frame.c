/* frame.c - one input's bytes to records: what comes next, and the helpers of all kinds. */
#include "input/frame.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "input/frame_parts.h"

/* Blanks that are looked through to find what follows a brace. */
#define REACH_BYTES ((size_t)64 << 10)

void
lw_framer_init(struct lw_framer *f)
{
	*f = (struct lw_framer){.join = true};
	lw_window_init(&f->window);
}

void
lw_framer_fini(struct lw_framer *f)
{
	size_t i;

	lw_window_fini(&f->window);
	for (i = 0; i < LW_CRI_STREAMS; i++)
		lw_buf_fini(&f->cri[i].text);
	lw_buf_fini(&f->cri_out);
}

void
lw_framer_open(struct lw_framer *f, struct lw_source *source, lw_frame_report_fn *report, void *arg)
{
	size_t i;

	lw_window_open(&f->window, source);
	f->report = report;
	f->report_arg = arg;
	f->place = LW_PLACE_TOP;
	f->begun = f->yaml = f->json = f->by_line = false;
	f->line_start = f->indent_known = true;
	f->indent = 0;
	f->page_in_array = false;
	for (i = 0; i < LW_CRI_STREAMS; i++)
		lw_buf_reset(&f->cri[i].text);
}

/* Blank lines between records are passed; the line that holds the next one stays whole, its text at
 * *pos. */
static int
skip_blank_lines(struct lw_framer *f, size_t *pos)
{
	struct lw_window *w = &f->window;
	int c;

	*pos = 0;
	for (;;) {
		c = lw_frame_byte(f, *pos);
		if (c == '\n') {
			lw_window_skip_lines(w, *pos + 1, 1);
			*pos = 0;
		} else if (c == ' ' || c == '\t' || c == '\r') {
			if (++*pos < REACH_BYTES)
				continue;
			lw_window_skip_lines(w, *pos, 0);
			*pos = 0;
		} else {
			break;
		}
	}
	if (c == LW_NO_BYTE)
		lw_window_skip_lines(w, *pos, 0);
	return c;
}

/* Behind a value, on its line. */
static enum lw_step
top_rest_of_line(struct lw_framer *f, struct lw_record *r)
{
	enum lw_start start;
	size_t pos = 0;
	int c;

	while ((c = lw_frame_byte(f, pos)) == ' ' || c == '\t' || c == '\r')
		if (++pos == REACH_BYTES) {
			lw_window_skip_lines(&f->window, pos, 0);
			pos = 0;
		}
	lw_window_skip_lines(&f->window, pos, 0);
	if (c == LW_NO_BYTE)
		return LW_STEP_END;
	if (c == '\n') {
		lw_window_skip_lines(&f->window, 1, 1);
		f->line_start = true;
		return LW_STEP_AGAIN;
	}
	if (c == ',' || c == ']') { /* copied out of an array */
		lw_window_skip_lines(&f->window, 1, 0);
		return LW_STEP_AGAIN;
	}
	start = c == '{' || c == '[' ? lw_frame_start_at(f, 0) : LW_START_NONE;
	if (start != LW_START_NONE)
		return lw_frame_json(f, 0, start, r);
	return lw_frame_text(f, r);
}

/* Where every line is a record, one with nothing on it is one too, so that records can be told by
 * their lines. */
static bool
blank_record(struct lw_framer *f, struct lw_record *r)
{
	size_t pos = 0;
	int c;

	if (f->join || f->json)
		return false;
	while ((c = lw_frame_byte(f, pos)) == ' ' || c == '\t' || c == '\r')
		if (++pos == REACH_BYTES)
			return false;
	if (c != '\n')
		return false;
	r->bytes = lw_str_make(lw_window_at(&f->window), 0);
	r->kind = LW_RECORD_TEXT;
	r->line = f->window.line;
	r->offset = f->window.offset;
	lw_window_skip_lines(&f->window, pos + 1, 1);
	return true;
}

static enum lw_step
top(struct lw_framer *f, struct lw_record *r)
{
	enum lw_start start;
	size_t pos;
	int c;

	if (f->yaml)
		return lw_frame_yaml(f, r);
	if (!f->line_start)
		return top_rest_of_line(f, r);
	if (blank_record(f, r))
		return LW_STEP_RECORD;
	c = skip_blank_lines(f, &pos);
	if (c == LW_NO_BYTE)
		return f->window.nomem ? LW_STEP_NOMEM : lw_frame_text_rest(f, r);
	if (f->json && !f->by_line &&
	    c == ']') { /* the end of an array whose start was not copied */
		lw_window_skip_lines(&f->window, pos + 1, 0);
		f->line_start = false;
		return LW_STEP_AGAIN;
	}
	start = c == '{' || c == '[' ? lw_frame_start_at(f, pos) : LW_START_NONE;
	if (start != LW_START_NONE)
		return lw_frame_json(f, pos, start, r);
	return lw_frame_text(f, r);
}

enum lw_next
lw_framer_next(struct lw_framer *f, struct lw_record *r)
{
	enum lw_step step;

	r->by_layout = false;
	r->padded = false;
	if (f->window.offset == 0 && !f->begun && lw_window_need(&f->window, 3) &&
	    memcmp(lw_window_at(&f->window), "\xef\xbb\xbf", 3) == 0) {
		lw_frame_warn(f, LW_EUTF8, "begins with a byte order mark, which was skipped");
		lw_window_skip_lines(&f->window, 3, 0);
	}
	do {
		switch (f->place) {
		case LW_PLACE_ARRAY:
		case LW_PLACE_ENTRIES:
			step = lw_frame_element(f, r);
			break;
		case LW_PLACE_TAIL:
			step = lw_frame_tail(f);
			break;
		case LW_PLACE_TOP:
		default:
			step = top(f, r);
			break;
		}
	} while (step == LW_STEP_AGAIN && !f->window.nomem);
	if (f->window.nomem)
		return LW_NEXT_NOMEM;
	if (step == LW_STEP_END && f->window.ended)
		step = lw_frame_text_rest(f, r);
	switch (step) {
	case LW_STEP_RECORD:
		f->begun = true;
		return LW_NEXT_RECORD;
	case LW_STEP_NOMEM:
		return LW_NEXT_NOMEM;
	case LW_STEP_AGAIN:
	case LW_STEP_END:
	default:
		return LW_NEXT_END;
	}
}

bool
lw_framer_by_line(const struct lw_framer *f)
{
	int i;

	for (i = 0; i < LW_CRI_STREAMS; i++)
		if (f->cri[i].text.n > 0)
			return false;
	return f->place == LW_PLACE_TOP && f->line_start && f->json && f->by_line && !f->yaml;
}

void
lw_framer_took(struct lw_framer *f, size_t n, uint64_t newlines)
{
	lw_window_skip_lines(&f->window, n, newlines);
	f->indent = 0;
	f->indent_known = true;
}

int
lw_frame_far_byte(struct lw_framer *f, size_t pos)
{
	if (!lw_window_need(&f->window, pos + 1))
		return LW_NO_BYTE;
	return (unsigned char)lw_window_at(&f->window)[pos];
}

int
lw_frame_nonblank(struct lw_framer *f, size_t *pos, bool *newline)
{
	size_t limit = *pos + REACH_BYTES;
	int c;

	for (; *pos < limit; ++*pos) {
		c = lw_frame_byte(f, *pos);
		if (c == '\n')
			*newline = true;
		else if (c != ' ' && c != '\t' && c != '\r')
			return c;
	}
	return LW_NO_BYTE;
}

static enum lw_start
object_start(struct lw_framer *f, size_t pos)
{
	bool newline = false;
	int c;

	pos++;
	c = lw_frame_nonblank(f, &pos, &newline);
	if (c == '"' || c == '}')
		return newline ? LW_START_TALL : LW_START_LINE;
	if (newline)
		return LW_START_NONE;
	if (c == LW_NO_BYTE)
		return LW_START_LINE;
	return f->json ? LW_START_LINE : LW_START_NONE;
}

/* Many lines of text begin with a bracket: the bytes behind it must be those of an array of
 * objects, or stand on a line of their own. */
static enum lw_start
array_start(struct lw_framer *f, size_t pos)
{
	bool newline = false, behind = false;
	int c, d;

	pos++;
	c = lw_frame_nonblank(f, &pos, &newline);
	if (c == LW_NO_BYTE)
		return LW_START_ARRAY;
	pos++;
	if (c == '{') {
		d = lw_frame_nonblank(f, &pos, &behind);
		return d == '"' || d == '}' || d == LW_NO_BYTE ? LW_START_ARRAY : LW_START_NONE;
	}
	if (c == ']') {
		d = lw_frame_nonblank(f, &pos, &behind);
		return behind || d == LW_NO_BYTE ? LW_START_ARRAY : LW_START_NONE;
	}
	if (newline && (c == '"' || c == '['))
		return LW_START_ARRAY;
	return LW_START_NONE;
}

enum lw_start
lw_frame_start_at(struct lw_framer *f, size_t pos)
{
	switch (lw_frame_byte(f, pos)) {
	case '{':
		return object_start(f, pos);
	case '[':
		return array_start(f, pos);
	default:
		return LW_START_NONE;
	}
}

enum lw_line
lw_frame_line(struct lw_framer *f, size_t pos, size_t limit, size_t *end)
{
	struct lw_window *w = &f->window;
	const char *p, *nl;

	for (;;) {
		p = lw_window_at(w);
		nl =
		    pos < lw_window_size(w) ? memchr(p + pos, '\n', lw_window_size(w) - pos) : NULL;
		if (nl != NULL) {
			*end = (size_t)(nl - p);
			return *end > limit ? LW_LINE_LONG : LW_LINE_FOUND;
		}
		pos = lw_window_size(w);
		*end = pos;
		if (pos > limit)
			return LW_LINE_LONG;
		if (!lw_window_more(w))
			return w->nomem ? LW_LINE_NOMEM : LW_LINE_LAST;
	}
}

void
lw_frame_drop_line(struct lw_framer *f)
{
	struct lw_window *w = &f->window;
	const char *p, *nl;

	for (;;) {
		p = lw_window_at(w);
		nl = lw_window_size(w) > 0 ? memchr(p, '\n', lw_window_size(w)) : NULL;
		if (nl != NULL) {
			lw_window_skip_lines(w, (size_t)(nl - p) + 1, 1);
			return;
		}
		lw_window_skip_lines(w, lw_window_size(w), 0);
		if (!lw_window_more(w))
			return;
	}
}

void
lw_frame_take(
    struct lw_framer *f, struct lw_record *r, enum lw_record_kind kind, size_t n, uint64_t newlines)
{
	r->bytes = lw_str_make(lw_window_at(&f->window), n);
	r->kind = kind;
	r->line = f->window.line;
	r->offset = f->window.offset;
	lw_window_skip_lines(&f->window, n, newlines);
}

__attribute__((format(printf, 6, 0))) static void
report(struct lw_framer *f, enum lw_diag_level level, bool malformed, size_t pos, enum lw_code code,
    const char *format, va_list ap)
{
	struct lw_window *w = &f->window;
	struct lw_error e;
	char text[sizeof(e.message)];

	if (f->report == NULL)
		return;
	if (pos > lw_window_size(w))
		pos = lw_window_size(w);
	(void)vsnprintf(text, sizeof(text), format, ap);
	(void)lw_error_set(&e, code, "%s", text);
	lw_error_at(&e, NULL, w->line, 0, w->offset + pos);
	for (; pos > 0; pos--)
		e.line += lw_window_at(w)[pos - 1] == '\n';
	f->report(f->report_arg, level, malformed, &e);
}

void
lw_frame_malformed(struct lw_framer *f, size_t pos, enum lw_code code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	report(f, LW_DIAG_WARNING, true, pos, code, format, ap);
	va_end(ap);
}

void
lw_frame_warn(struct lw_framer *f, enum lw_code code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	report(f, LW_DIAG_WARNING, false, 0, code, format, ap);
	va_end(ap);
}

void
lw_frame_note(struct lw_framer *f, enum lw_code code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	report(f, LW_DIAG_NOTE, false, 0, code, format, ap);
	va_end(ap);
}
