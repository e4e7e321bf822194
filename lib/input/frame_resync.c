/*
 * frame_resync.c - behind a broken object: where the next record can start.
 *
 * Pretty-printed records begin their lines with the same number of blanks, which
 * tells them from what stands inside of them.  In an array on one line, an element
 * begins behind a comma with a key that begins entries.
 */
#include <string.h>

#include "input/frame_parts.h"

/* Kept in memory while looking for a brace, for what stands before it. */
#define REACH_BACK_BYTES ((size_t)4 << 10)

static const char *const fields[] = {"apphub", "errorGroups", "error_groups", "httpRequest",
    "http_request", "insertId", "insert_id", "jsonPayload", "json_payload", "labels", "logName",
    "log_name", "metadata", "operation", "protoPayload", "proto_payload", "receiveTimestamp",
    "receive_timestamp", "resource", "severity", "sourceLocation", "source_location", "spanId",
    "span_id", "split", "textPayload", "text_payload", "timestamp", "trace", "traceSampled",
    "trace_sampled"};

bool
lw_frame_is_field(struct lw_str key)
{
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (lw_str_eq(key, lw_str_from(fields[i])))
			return true;
	return false;
}

enum verdict { GO_ON, HERE, BEHIND };

/* May a record start at the line at the start of the window?  *skip bytes of it come before. */
static enum verdict
judge_line(struct lw_framer *f, size_t indent, bool top, size_t *skip)
{
	size_t i;
	int c = LW_NO_BYTE;

	for (i = 0; i <= indent; i++) {
		c = lw_frame_byte(f, i);
		if (c != ' ' && c != '\t')
			break;
	}
	*skip = i;
	if (c == '\n' || c == '\r' || c == LW_NO_BYTE || i > indent)
		return GO_ON;
	if (i == indent && c == '{')
		return HERE;
	if (i == indent && c == '}') {
		++*skip;
		return BEHIND;
	}
	if (!top)
		return c == ']' && (i < indent || indent == 0) ? HERE : GO_ON;
	return i < indent || memchr("\"]},:[", c, 6) == NULL ? HERE : GO_ON;
}

void
lw_frame_resync_lines(struct lw_framer *f, size_t from, size_t indent, bool top)
{
	size_t skip;

	lw_window_skip(&f->window, from);
	for (;;) {
		lw_frame_drop_line(f);
		f->line_start = f->indent_known = true;
		f->indent = 0;
		if (lw_frame_byte(f, 0) == LW_NO_BYTE)
			return;
		switch (judge_line(f, indent, top, &skip)) {
		case GO_ON:
			continue;
		case BEHIND:
			lw_window_skip(&f->window, skip);
			f->line_start = f->indent_known = false;
			return;
		case HERE:
		default:
			return;
		}
	}
}

/* Is the brace at pos that of an element: a comma before it, the key of an entry in it? */
static bool
begins_element(struct lw_framer *f, size_t pos)
{
	size_t before = pos, from;
	bool newline = false;
	struct lw_str key;
	int c = LW_NO_BYTE;

	while (before > 0) {
		c = lw_frame_byte(f, --before);
		if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			break;
	}
	if (c != ',')
		return false;
	pos++;
	if (lw_frame_nonblank(f, &pos, &newline) != '"')
		return false;
	from = pos + 1;
	while ((c = lw_frame_byte(f, ++pos)) != '"')
		if (c == LW_NO_BYTE || pos - from >= sizeof(f->first_key))
			return false;
	key = lw_str_make(lw_window_at(&f->window) + from, pos - from);
	if (lw_frame_is_field(key))
		return true;
	return f->first_key[0] != '\0' && strlen(f->first_key) == key.n + 2 &&
	       memcmp(f->first_key + 1, key.p, key.n) == 0;
}

void
lw_frame_resync_flat(struct lw_framer *f, size_t from)
{
	struct lw_window *w = &f->window;
	size_t pos = from;
	const char *p;

	f->indent_known = false;
	for (;;) {
		p = pos < lw_window_size(w)
			? memchr(lw_window_at(w) + pos, '{', lw_window_size(w) - pos)
			: NULL;
		if (p != NULL) {
			pos = (size_t)(p - lw_window_at(w));
			if (begins_element(f, pos)) {
				lw_window_skip(w, pos);
				return;
			}
			pos++;
			continue;
		}
		pos = lw_window_size(w);
		if (pos > REACH_BACK_BYTES) { /* blanks and a comma may be needed again */
			lw_window_skip(w, pos - REACH_BACK_BYTES);
			pos = REACH_BACK_BYTES;
		}
		if (!lw_window_more(w)) {
			lw_window_skip(w, lw_window_size(w));
			return;
		}
	}
}
