/* frame_json.c - objects between records: one a line, pretty-printed, side by side, pages. */
#include <string.h>

#include "input/bytes.h"
#include "input/frame_parts.h"

#define KEY_MAX_BYTES 64
#define TOKEN_MAX_BYTES 4096

/* Skip the value while it is scanned on: it is above the limit. */
static enum lw_value
skip_long(struct lw_framer *f, struct lw_jscan *scan, size_t pos)
{
	struct lw_window *w = &f->window;
	enum lw_jscan_result rc;

	lw_frame_malformed(
	    f, 0, LW_ELIMIT, "a record above %zu MiB was skipped", LW_RECORD_MAX_BYTES >> 20);
	scan->sliding = true;
	for (;;) {
		lw_window_skip(w, pos);
		pos = 0;
		(void)lw_window_more(w);
		rc = lw_jscan(scan, lw_window_at(w), lw_window_size(w), w->ended, &pos);
		if (rc != LW_JSCAN_MORE)
			break;
		if (w->ended || w->nomem) {
			pos = lw_window_size(w);
			break;
		}
	}
	lw_window_skip(w, pos);
	if (rc == LW_JSCAN_BROKEN)
		lw_frame_drop_line(f);
	f->line_start = rc == LW_JSCAN_BROKEN;
	f->indent_known = false;
	return w->nomem ? LW_VALUE_NOMEM : LW_VALUE_LONG;
}

/*
 * Did a brace too many end the object before its time?  Pretty-printed, its last brace
 * stands on a line of its own below the first; where it does not, what follows tells.
 */
static bool
ends_early(struct lw_framer *f, const struct lw_jscan *scan, size_t end)
{
	const char *p = lw_window_at(&f->window);
	size_t i = end - 1;
	bool newline = false;
	int c;

	if (scan->layout != LW_LAYOUT_INDENTED)
		return false;
	while (i > 0 && (p[i - 1] == ' ' || p[i - 1] == '\t'))
		i--;
	if (i > 0 && p[i - 1] == '\n' && end - 1 - i == scan->indent)
		return false;
	c = lw_frame_nonblank(f, &end, &newline);
	if (c == ',') {
		end++;
		c = lw_frame_nonblank(f, &end, &newline);
		return c == '"';
	}
	return c == '"' || c == '}';
}

enum lw_value
lw_frame_value(struct lw_framer *f, struct lw_jscan *scan, size_t *end)
{
	struct lw_window *w = &f->window;
	size_t pos = 0;

	for (;;) {
		switch (lw_jscan(scan, lw_window_at(w), lw_window_size(w), w->ended, &pos)) {
		case LW_JSCAN_END:
			*end = pos;
			if (ends_early(f, scan, pos)) {
				scan->why = "a brace too many closes the object before its end";
				return f->window.nomem ? LW_VALUE_NOMEM : LW_VALUE_BROKEN;
			}
			if (pos <= LW_RECORD_MAX_BYTES)
				return LW_VALUE_WHOLE;
			lw_frame_malformed(f, 0, LW_ELIMIT, "a record above %zu MiB was skipped",
			    LW_RECORD_MAX_BYTES >> 20);
			lw_window_skip(w, pos);
			f->line_start = f->indent_known = false;
			return LW_VALUE_LONG;
		case LW_JSCAN_BROKEN:
			*end = pos;
			return LW_VALUE_BROKEN;
		case LW_JSCAN_MORE:
		default:
			break;
		}
		*end = pos;
		if (pos > LW_RECORD_MAX_BYTES)
			return skip_long(f, scan, pos);
		if (w->ended)
			return LW_VALUE_CUT;
		if (!lw_window_more(w) && !w->ended)
			return LW_VALUE_NOMEM;
	}
}

void
lw_frame_layout(struct lw_framer *f, enum lw_start start, size_t inside, struct lw_jscan *scan)
{
	size_t line;

	*scan = (struct lw_jscan){.layout = LW_LAYOUT_OUTDENT};
	if (f->indent_known)
		scan->indent = f->indent;
	if (start != LW_START_TALL)
		return;
	for (line = inside; line > 0 && lw_window_at(&f->window)[line - 1] != '\n'; line--)
		;
	/* written without any indentation: its lines tell nothing */
	scan->layout = inside - line > scan->indent ? LW_LAYOUT_INDENTED : LW_LAYOUT_FREE;
}

/* The string at pos, without escapes and within max bytes: *s is what stands between its quotes,
 * and the result the place behind it; 0 where it is none. */
static size_t
plain_string(struct lw_framer *f, size_t pos, size_t max, struct lw_str *s)
{
	size_t from = pos + 1;
	int c;

	if (lw_frame_byte(f, pos) != '"')
		return 0;
	while ((c = lw_frame_byte(f, ++pos)) != '"')
		if (c == LW_NO_BYTE || c == '\\' || c == '\n' || pos - from > max)
			return 0;
	*s = lw_str_make(lw_window_at(&f->window) + from, pos - from);
	return pos + 1;
}

bool
lw_frame_page(struct lw_framer *f, size_t pos, size_t *in)
{
	struct lw_str key;
	bool newline = false;
	int i, c;

	for (i = 0; i < 2; i++) { /* the page token may stand before the entries */
		pos++;
		(void)lw_frame_nonblank(f, &pos, &newline);
		c = lw_frame_byte(f, pos + 1);
		if (c != 'e' && c != 'n') /* as nearly always */
			return false;
		pos = plain_string(f, pos, KEY_MAX_BYTES, &key);
		if (pos == 0)
			return false;
		bool entries = lw_str_eq(key, LW_STR("entries"));
		bool token = lw_str_eq(key, LW_STR("nextPageToken"));

		if ((!entries && !token) || lw_frame_nonblank(f, &pos, &newline) != ':')
			return false;
		pos++;
		c = lw_frame_nonblank(f, &pos, &newline);
		if (entries) {
			if (c != '[')
				return false;
			*in = ++pos;
			c = lw_frame_nonblank(f, &pos, &newline);
			return c == '{' || c == ']' || c == LW_NO_BYTE;
		}
		pos = plain_string(f, pos, TOKEN_MAX_BYTES, &key);
		if (pos == 0 || lw_frame_nonblank(f, &pos, &newline) != ',')
			return false;
	}
	return false;
}

/* An answer of entries.list that holds no entries: "{}", or a page token alone. */
static bool
empty_page(struct lw_framer *f, size_t end)
{
	struct lw_str key;
	bool newline = false;
	size_t pos = 1;

	if (lw_frame_nonblank(f, &pos, &newline) == '}')
		return true;
	pos = plain_string(f, pos, KEY_MAX_BYTES, &key);
	if (pos == 0 || !lw_str_eq(key, LW_STR("nextPageToken")) ||
	    lw_frame_nonblank(f, &pos, &newline) != ':')
		return false;
	pos++;
	(void)lw_frame_nonblank(f, &pos, &newline);
	pos = plain_string(f, pos, TOKEN_MAX_BYTES, &key);
	return pos != 0 && lw_frame_nonblank(f, &pos, &newline) == '}' && pos + 1 == end;
}

static enum lw_step
too_long(struct lw_framer *f)
{
	lw_frame_malformed(
	    f, 0, LW_ELIMIT, "a record above %zu MiB was skipped", LW_RECORD_MAX_BYTES >> 20);
	lw_frame_drop_line(f);
	f->line_start = true;
	return LW_STEP_AGAIN;
}

static enum lw_step
cut(struct lw_framer *f, size_t size)
{
	lw_frame_malformed(f, 0, LW_ETRUNC,
	    "the input ends inside of the record that begins here; it was left out");
	lw_window_skip(&f->window, size);
	f->line_start = true;
	return LW_STEP_AGAIN;
}

/* The rest of the line at the start of the window is one record, or several side by side. */
static enum lw_step
json_line(struct lw_framer *f, struct lw_record *r)
{
	struct lw_jscan scan = {.layout = LW_LAYOUT_FREE};
	const char *p;
	size_t end, n, pos = 0;
	enum lw_line line = lw_frame_line(f, 0, LW_RECORD_MAX_BYTES, &end);
	enum lw_jscan_result rc;

	if (line == LW_LINE_NOMEM)
		return LW_STEP_NOMEM;
	if (line == LW_LINE_LONG)
		return too_long(f);
	p = lw_window_at(&f->window);
	n = lw_frame_trimmed(p, end);
	if (line == LW_LINE_LAST || lw_find_joint(p, n) < n) {
		rc = lw_jscan(&scan, p, n, true, &pos);
		if (rc == LW_JSCAN_MORE && line == LW_LINE_LAST)
			return cut(f, end);
		if (rc == LW_JSCAN_END && pos < n && (p[pos] == '{' || p[pos] == '[')) {
			lw_frame_take(f, r, LW_RECORD_JSON, pos, 0);
			f->line_start = false;
			return LW_STEP_RECORD;
		}
	}
	r->bytes = lw_str_make(p, n);
	r->kind = LW_RECORD_JSON;
	r->line = f->window.line;
	r->offset = f->window.offset;
	if (line == LW_LINE_FOUND)
		lw_window_skip_lines(&f->window, end + 1, 1);
	else
		lw_window_skip_lines(&f->window, end, 0);
	f->line_start = true;
	return LW_STEP_RECORD;
}

/* A whole object of end bytes that stands on lines, or a line, that are not known to be one each.
 */
static enum lw_step
whole_object(struct lw_framer *f, size_t end, uint64_t newlines, struct lw_record *r)
{
	bool one_line = newlines == 0, newline = false;
	size_t pos = end;
	int c;

	if (empty_page(f, end)) {
		lw_window_skip(&f->window, end);
		f->line_start = false;
		return LW_STEP_AGAIN;
	}
	if (one_line && f->line_start) {
		c = lw_frame_nonblank(f, &pos, &newline);
		if (newline || c == LW_NO_BYTE) {
			f->by_line = true;
		} else if (c != '{' && c != '[' && c != ',' && c != ']') {
			f->by_line = true; /* text behind it: the line is malformed as a whole */
			return json_line(f, r);
		}
	} else if (!one_line) {
		f->by_line = false;
	}
	lw_frame_take(f, r, LW_RECORD_JSON, end, newlines);
	f->line_start = f->indent_known = false;
	return LW_STEP_RECORD;
}

static enum lw_step
broken_object(struct lw_framer *f, const struct lw_jscan *scan, size_t at, struct lw_record *r)
{
	const char *p = lw_window_at(&f->window);

	if (memchr(p, '\n', at) == NULL && scan->layout == LW_LAYOUT_OUTDENT) {
		/* It broke on its first line, or there it should have ended: decoding will say what
		 * is wrong with it. */
		f->by_line = true;
		return json_line(f, r);
	}
	lw_frame_malformed(f, at, LW_EJSON, "%s; the object that begins at line %llu was skipped",
	    scan->why, (unsigned long long)f->window.line);
	lw_frame_resync_lines(f, at, scan->indent, true);
	return LW_STEP_AGAIN;
}

enum lw_step
lw_frame_json(struct lw_framer *f, size_t pos, enum lw_start start, struct lw_record *r)
{
	struct lw_jscan scan;
	size_t end, in, inside = 1;
	bool newline = false;

	if (f->line_start) {
		f->indent = pos;
		f->indent_known = true;
	}
	lw_window_skip_lines(&f->window, pos, 0);
	f->begun = true;
	if (start == LW_START_ARRAY) {
		f->json = true;
		f->by_line = false;
		lw_frame_enter(f, LW_PLACE_ARRAY, 1);
		return LW_STEP_AGAIN;
	}
	if (start == LW_START_LINE && f->by_line && f->line_start) {
		f->json = true;
		return json_line(f, r);
	}
	if (lw_frame_page(f, 0, &in)) {
		f->json = true;
		f->by_line = false;
		lw_frame_enter(f, LW_PLACE_ENTRIES, in);
		return LW_STEP_AGAIN;
	}
	(void)lw_frame_nonblank(f, &inside, &newline);
	lw_frame_layout(f, start, inside, &scan);
	f->json = true;
	switch (lw_frame_value(f, &scan, &end)) {
	case LW_VALUE_WHOLE:
		return whole_object(f, end, scan.newlines, r);
	case LW_VALUE_BROKEN:
		return broken_object(f, &scan, end, r);
	case LW_VALUE_CUT:
		return cut(f, lw_window_size(&f->window));
	case LW_VALUE_LONG:
		return LW_STEP_AGAIN;
	case LW_VALUE_NOMEM:
	default:
		return LW_STEP_NOMEM;
	}
}
