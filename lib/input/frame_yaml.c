/* frame_yaml.c - YAML documents between "---" lines, as plain `gcloud logging read` writes them. */
#include <string.h>

#include "input/bytes.h"
#include "input/frame_parts.h"

/* "key:" at the start of a line of YAML, the key in *key. */
static bool
yaml_key(struct lw_str line, struct lw_str *key)
{
	size_t i = 0;

	while (i < line.n && line.p[i] != ':' && line.p[i] != ' ' && line.p[i] != '\t')
		i++;
	if (i == 0 || i >= line.n || line.p[i] != ':')
		return false;
	if (i + 1 < line.n && line.p[i + 1] != ' ' && line.p[i + 1] != '\r')
		return false;
	*key = lw_str_make(line.p, i);
	return true;
}

/* 3 for a line that ends a document ("---" or "...", alone or with blanks behind it), else 0. */
static size_t
marker(const char *p, size_t n)
{
	if (n < 3 || (memcmp(p, "---", 3) != 0 && memcmp(p, "...", 3) != 0))
		return 0;
	return n == 3 || p[3] == ' ' || p[3] == '\r' || p[3] == '\t' ? 3 : 0;
}

/*
 * Does YAML begin with this line, the next one at `next`?  A "---" may stand in text as
 * well, so a key must follow: any at the start of the input, later that of an entry.
 */
bool
lw_frame_yaml_begins(struct lw_framer *f, struct lw_str line, size_t next)
{
	struct lw_str key;
	size_t end;

	if (lw_str_eq(lw_str_trim(line), LW_STR("---"))) {
		enum lw_line found = lw_frame_line(f, next, next + 65536, &end);

		if (found == LW_LINE_NOMEM || end <= next)
			return false;
		line = lw_str_make(lw_window_at(&f->window) + next, end - next);
		if (!yaml_key(line, &key))
			return !f->begun && line.n > 1 && line.p[0] == '{' && line.p[1] == '}';
		return !f->begun || lw_frame_is_field(key);
	}
	return !f->begun && yaml_key(line, &key) && lw_frame_is_field(key);
}

static bool
holds_something(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		if (p[i] == '#') { /* a comment, up to the end of its line */
			const char *nl = memchr(p + i, '\n', n - i);

			if (nl == NULL)
				return false;
			i = (size_t)(nl - p);
		} else if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r' && p[i] != '\n') {
			return true;
		}
		i++;
	}
	return false;
}

/* Does a marker stand at the start of the window? */
static bool
at_marker(struct lw_framer *f)
{
	const char *p, *nl;
	size_t n;

	(void)lw_window_need(&f->window, 4);
	n = lw_window_size(&f->window) < 4 ? lw_window_size(&f->window) : 4;
	p = lw_window_at(&f->window);
	nl = n > 0 ? memchr(p, '\n', n) : NULL;
	return marker(p, nl != NULL ? (size_t)(nl - p) : n) > 0;
}

/* A document above the limit: up to the next marker. */
static enum lw_step
skip_document(struct lw_framer *f)
{
	lw_frame_malformed(
	    f, 0, LW_ELIMIT, "a record above %zu MiB was skipped", LW_RECORD_MAX_BYTES >> 20);
	do {
		lw_frame_drop_line(f);
	} while (lw_frame_byte(f, 0) != LW_NO_BYTE && !at_marker(f));
	return LW_STEP_AGAIN;
}

enum lw_step
lw_frame_yaml(struct lw_framer *f, struct lw_record *r)
{
	struct lw_window *w = &f->window;
	size_t at = 0, end, n;
	enum lw_line found;

	for (;;) {
		found = lw_frame_line(f, at, LW_RECORD_MAX_BYTES, &end);
		if (found == LW_LINE_NOMEM)
			return LW_STEP_NOMEM;
		if (found == LW_LINE_LONG)
			return skip_document(f);
		n = marker(lw_window_at(w) + at, end - at);
		if (n > 0 && at == 0) { /* it begins a document, whose rest may stand on its line */
			lw_window_skip_lines(w, n, 0);
			f->begun = true;
			continue;
		}
		if (n > 0 || found == LW_LINE_LAST)
			break;
		at = end + 1;
	}
	if (n == 0)
		at = end; /* the last document has no line behind it */
	if (at == 0)
		return LW_STEP_END;
	end = at;
	if (!holds_something(lw_window_at(w), at)) {
		lw_window_skip(w, at);
		return LW_STEP_AGAIN;
	}
	for (n = 0; lw_window_at(w)[n] == '\n' || lw_window_at(w)[n] == '\r'; n++)
		;
	lw_window_skip(w, n); /* what is left of the marker's line */
	lw_frame_take(f, r, LW_RECORD_YAML, end - n, lw_count_newlines(lw_window_at(w), end - n));
	return LW_STEP_RECORD;
}
