/* frame_array.c - arrays of records, and the entries of pages, element by element. */
#include <string.h>

#include "input/bytes.h"
#include "input/frame_parts.h"

void
lw_frame_enter(struct lw_framer *f, enum lw_place place, size_t skip)
{
	if (place == LW_PLACE_ENTRIES)
		f->page_in_array = f->place == LW_PLACE_ARRAY;
	f->place = place;
	f->array_line = f->window.line;
	f->objects = f->tall = false;
	f->first_key[0] = '\0';
	f->between.n = 0;
	lw_window_skip(&f->window, skip);
	f->line_start = f->indent_known = false;
}

/* Blanks and commas between elements are skipped; f->indent is the blanks before what follows. */
static int
skip_between(struct lw_framer *f)
{
	struct lw_window *w = &f->window;
	uint64_t newlines = 0;
	size_t pos = 0;
	int c;

	for (;; pos++) {
		if (pos >= ((size_t)64 << 10)) {
			lw_window_skip_lines(w, pos, newlines);
			pos = newlines = 0;
		}
		c = lw_frame_byte(f, pos);
		if (c == '\n') {
			newlines++;
			f->indent = 0;
			f->indent_known = true;
		} else if (c == ' ' || c == '\t') {
			f->indent++;
		} else if (c == ',') {
			f->indent_known = false;
		} else if (c != '\r') {
			break;
		}
	}
	lw_window_skip_lines(w, pos, newlines);
	return c;
}

static void
leave(struct lw_framer *f)
{
	lw_window_skip_lines(&f->window, 1, 0);
	f->line_start = f->indent_known = false;
	f->by_line = false;
	f->place = f->place == LW_PLACE_ENTRIES ? LW_PLACE_TAIL : LW_PLACE_TOP;
}

static enum lw_step
unclosed(struct lw_framer *f)
{
	lw_frame_note(f, LW_ETRUNC,
	    "the array that begins at line %llu is not closed: the capture was ended while it was "
	    "written; its elements were read",
	    (unsigned long long)f->array_line);
	f->place = LW_PLACE_TOP;
	return LW_STEP_END;
}

/* Bytes of a string or word that is an element; 0 where there is none such. */
static size_t
scalar(struct lw_framer *f, int first)
{
	size_t pos = 1;
	int c;

	if (first != '"' && first != '-' && (first < '0' || first > '9') && first != 't' &&
	    first != 'f' && first != 'n')
		return 0;
	for (;; pos++) {
		c = lw_frame_byte(f, pos);
		if (c == LW_NO_BYTE || c == '\n' || pos > LW_RECORD_MAX_BYTES)
			return first == '"' ? 0 : pos;
		if (first == '"' && c == '\\')
			pos++;
		else if (first == '"' && c == '"')
			return pos + 1;
		else if (first != '"' &&
			 (c == ',' || c == ']' || c == ' ' || c == '\t' || c == '\r'))
			return pos;
	}
}

/* The first key of the object at the start of the window: the next one may begin with it as well.
 */
static void
remember_key(struct lw_framer *f)
{
	size_t pos = 1, from;
	bool newline = false;
	int c;

	if (f->first_key[0] != '\0' || lw_frame_nonblank(f, &pos, &newline) != '"')
		return;
	from = pos;
	while ((c = lw_frame_byte(f, ++pos)) != '"')
		if (c == LW_NO_BYTE || pos - from > sizeof(f->first_key) - 3)
			return;
	memcpy(f->first_key, lw_window_at(&f->window) + from, pos - from + 1);
	f->first_key[pos - from + 1] = '\0';
}

static void
remember_shape(struct lw_framer *f)
{
	f->objects = true;
	f->tall = f->indent_known;
	f->elem_indent = f->indent;
	remember_key(f);
}

static void
resync(struct lw_framer *f, size_t from)
{
	if (f->tall)
		lw_frame_resync_lines(f, from, f->elem_indent, false);
	else
		lw_frame_resync_flat(f, from);
}

static enum lw_step
broken(struct lw_framer *f, const char *why, size_t at)
{
	lw_frame_malformed(f, at, LW_EJSON, "%s; the element that begins at line %llu was skipped",
	    why, (unsigned long long)f->window.line);
	remember_key(f);
	if (f->indent_known) { /* as it begins its line, so will the next */
		f->tall = true;
		f->elem_indent = f->indent;
	}
	resync(f, f->tall ? at : 1);
	return LW_STEP_AGAIN;
}

/* An object, or an array where none was seen yet, with what is no blank behind its brace at
 * `inside`. */
static enum lw_step
element_object(struct lw_framer *f, enum lw_start start, size_t inside, struct lw_record *r)
{
	struct lw_jscan scan;
	size_t end, in;

	if (f->place == LW_PLACE_ARRAY && start != LW_START_ARRAY && lw_frame_page(f, 0, &in)) {
		lw_frame_enter(f, LW_PLACE_ENTRIES, in);
		return LW_STEP_AGAIN;
	}
	lw_frame_layout(f, start, inside, &scan);
	switch (lw_frame_value(f, &scan, &end)) {
	case LW_VALUE_WHOLE:
		if (!f->objects || f->indent_known != f->tall)
			remember_shape(f);
		lw_frame_take(f, r, LW_RECORD_JSON, end, scan.newlines);
		f->indent_known = false;
		return LW_STEP_RECORD;
	case LW_VALUE_BROKEN:
		return broken(f, scan.why, end);
	case LW_VALUE_CUT:
		lw_frame_malformed(f, 0, LW_ETRUNC,
		    "the input ends inside of the element that begins here; it was left out");
		lw_window_skip(&f->window, lw_window_size(&f->window));
		f->place = LW_PLACE_TOP;
		return LW_STEP_AGAIN;
	case LW_VALUE_LONG:
		return LW_STEP_AGAIN;
	case LW_VALUE_NOMEM:
	default:
		return LW_STEP_NOMEM;
	}
}

enum lw_step
lw_frame_element(struct lw_framer *f, struct lw_record *r)
{
	int c = skip_between(f);
	enum lw_start start;
	size_t n;

	if (c == LW_NO_BYTE)
		return f->window.nomem ? LW_STEP_NOMEM : unclosed(f);
	if (c == ']') {
		leave(f);
		return LW_STEP_AGAIN;
	}
	if (c == '{' || (c == '[' && !f->objects)) {
		size_t pos = 1;
		bool newline = false;

		(void)lw_frame_nonblank(f, &pos, &newline);
		start = newline ? LW_START_TALL : c == '[' ? LW_START_ARRAY : LW_START_LINE;
		return element_object(f, start, pos, r);
	}
	n = f->objects ? 0 : scalar(f, c);
	if (n > 0) {
		lw_frame_take(
		    f, r, LW_RECORD_JSON, n, lw_count_newlines(lw_window_at(&f->window), n));
		f->indent_known = false;
		return LW_STEP_RECORD;
	}
	lw_frame_malformed(f, 0, LW_EJSON,
	    "no JSON value stands here, between the elements of an array; what follows was "
	    "skipped up to the next element");
	resync(f, 0);
	return LW_STEP_AGAIN;
}

enum lw_step
lw_frame_tail(struct lw_framer *f)
{
	struct lw_jscan scan = {.layout = LW_LAYOUT_FREE, .depth = 1, .sliding = true};
	struct lw_window *w = &f->window;
	enum lw_jscan_result rc;
	size_t pos = 0;

	for (;;) {
		rc = lw_jscan(&scan, lw_window_at(w), lw_window_size(w), w->ended, &pos);
		lw_window_skip(w, pos);
		pos = 0;
		if (rc != LW_JSCAN_MORE)
			break;
		if (!lw_window_more(w) && w->ended) {
			f->place = LW_PLACE_TOP;
			lw_frame_note(
			    f, LW_ETRUNC, "the page is not closed; its entries were read");
			return LW_STEP_END;
		}
		if (w->nomem)
			return LW_STEP_NOMEM;
	}
	if (rc == LW_JSCAN_BROKEN) {
		lw_frame_malformed(f, 0, LW_EJSON, "%s; the end of the page was skipped", scan.why);
		lw_frame_drop_line(f);
		f->line_start = true;
		f->place = LW_PLACE_TOP;
		return LW_STEP_AGAIN;
	}
	f->line_start = f->indent_known = false;
	f->place = f->page_in_array ? LW_PLACE_ARRAY : LW_PLACE_TOP;
	return LW_STEP_AGAIN;
}

/* Spaces before an element that are looked for at its lines. */
#define CUT_INDENT_MAX 15

/* The first bytes of p[0..n), as the window has them behind an element, up to the line below the
 * brace of the next one. */
static bool
learn_between(struct lw_framer *f, const char *p, size_t n)
{
	size_t i, line = 0, brace;
	uint64_t lines = 0;

	if (n > sizeof(f->between.text))
		n = sizeof(f->between.text);
	for (i = 0; i < n && p[i] != '{'; i++) {
		if (p[i] == '\n') {
			line = i + 1;
			lines++;
		} else if (p[i] != ' ' && (lines > 0 || memchr(",\r\t", p[i], 3) == NULL)) {
			return false;
		}
	}
	brace = i;
	if (lines == 0 || brace - line != f->elem_indent)
		return false;
	do {
		if (++i >= n)
			return false;
	} while (p[i] == ' ' || p[i] == '\t' || p[i] == '\r');
	if (p[i] != '\n')
		return false;
	f->between.n = i + 1;
	f->between.brace = brace;
	f->between.lines = lines;
	memcpy(f->between.text, p, f->between.n);
	return true;
}

/* Is p[0..n) a closing brace behind this indentation? */
static bool
closes(const char *p, size_t n, size_t indent)
{
	size_t i;

	if (n <= indent)
		return false;
	for (i = 0; i < indent; i++)
		if (p[i] != ' ')
			return false;
	return p[indent] == '}';
}

/* Is p[0..n) the line of a first member, and its key none that a page may begin with? */
static bool
begins_entry(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] == ' ')
		i++;
	return n - i > 2 && p[i] == '"' && p[i + 1] != 'e' && p[i + 1] != 'n';
}

bool
lw_framer_cut(struct lw_framer *f, struct lw_record *r)
{
	const char *p = lw_window_at(&f->window);
	const size_t n = lw_window_size(&f->window), indent = f->elem_indent;
	uint64_t newlines;
	size_t last; /* the line that closes it */

	if (!lw_framer_cuts(f) || indent > CUT_INDENT_MAX)
		return false;
	if ((f->between.n == 0 || n < f->between.n ||
		memcmp(p, f->between.text, f->between.n) != 0) &&
	    !learn_between(f, p, n))
		return false;
	if (!begins_entry(p + f->between.n, n - f->between.n))
		return false;
	last = f->between.n - 1; /* the newline before the first member */
	last += lw_shallow_line(p + last, n - last, indent + 1, &newlines) + 1;
	if (last > LW_RECORD_MAX_BYTES || last > n || !closes(p + last, n - last, indent))
		return false;
	lw_window_skip_lines(&f->window, f->between.brace, f->between.lines);
	lw_frame_take(f, r, LW_RECORD_JSON, last + indent + 1 - f->between.brace, newlines + 1);
	r->by_layout = true;
	return true;
}

bool
lw_framer_open_cut(
    struct lw_framer *f, const struct lw_record *r, lw_frame_report_fn *report, void *arg)
{
	const char *end = r->bytes.p + r->bytes.n - 1;

	lw_framer_open(f, NULL, report, arg);
	if (!lw_window_open_line(&f->window, r->bytes))
		return false;
	f->window.line = r->line;
	f->window.offset = r->offset;
	f->begun = f->json = true;
	if (memchr(r->bytes.p, '\n', r->bytes.n) == NULL) { /* a line of its own, no element */
		f->by_line = true;
		return true;
	}
	lw_frame_enter(f, LW_PLACE_ENTRIES, 0);
	f->indent_known = true;
	for (f->indent = 0; end[-1 - (ptrdiff_t)f->indent] == ' ';)
		f->indent++;
	remember_shape(f);
	return true;
}
