/* window.c - a buffer that slides over a source. */
#include "input/window.h"

#include <stdlib.h>
#include <string.h>

#include "input/bytes.h"

/* Read in pieces that stay in the processor's cache until they are framed. */
#define FIRST_BYTES ((size_t)512 << 10)
#define READ_BYTES ((size_t)256 << 10)
#define ROOM_BYTES ((size_t)4 << 10)
#define LARGE_BYTES (8 * FIRST_BYTES)

void
lw_window_init(struct lw_window *w)
{
	*w = (struct lw_window){.line = 1, .ended = true};
}

void
lw_window_fini(struct lw_window *w)
{
	free(w->buf);
	lw_window_init(w);
}

static char *
buffer_new(size_t cap)
{
	return malloc(cap + LW_PADDING_BYTES);
}

/* With what records are padded. */
static void
set_end(struct lw_window *w, size_t end)
{
	w->end = end;
	memset(w->buf + end, 0, LW_PADDING_BYTES);
}

void
lw_window_open(struct lw_window *w, struct lw_source *source)
{
	w->source = source;
	w->start = w->end = w->keep = 0;
	w->offset = 0;
	w->line = 1;
	w->ended = w->failed = false;
	w->error.code = LW_OK;
}

bool
lw_window_open_line(struct lw_window *w, struct lw_str text)
{
	lw_window_open(w, NULL);
	w->ended = true;
	if (w->cap <= text.n) {
		free(w->buf);
		w->buf = buffer_new(text.n + 1);
		w->cap = w->buf == NULL ? 0 : text.n + 1;
		w->nomem = w->buf == NULL;
	}
	if (w->nomem)
		return false;
	memcpy(w->buf, text.p, text.n);
	w->buf[text.n] = '\n';
	set_end(w, text.n + 1);
	return true;
}

static void
slide(struct lw_window *w)
{
	size_t size = lw_window_size(w);

	if (w->start == w->keep)
		return;
	memmove(w->buf + w->keep, w->buf + w->start, size);
	w->start = w->keep;
	w->end = w->start + size;
}

/*
 * Room behind the end.  Sliding is paid for by the bytes skipped since the last
 * time (as many as are moved), growing doubles: both are linear over the input.
 */
static bool
make_room(struct lw_window *w)
{
	size_t skipped = w->start - w->keep, cap;
	char *p;

	if (w->cap - w->end >= ROOM_BYTES)
		return true;
	if (skipped >= ROOM_BYTES && skipped >= lw_window_size(w)) {
		slide(w);
		return true;
	}
	if (w->cap - w->keep >= LW_WINDOW_MAX_BYTES) {
		slide(w);
		return w->end < w->cap;
	}
	cap = w->cap == 0 ? FIRST_BYTES : w->cap * 2;
	if (cap > w->keep + LW_WINDOW_MAX_BYTES)
		cap = w->keep + LW_WINDOW_MAX_BYTES;
	p = realloc(w->buf, cap + LW_PADDING_BYTES);
	if (p == NULL) {
		w->nomem = true;
		return false;
	}
	w->buf = p;
	w->cap = cap;
	return true;
}

bool
lw_window_more(struct lw_window *w)
{
	ptrdiff_t got;
	size_t room;

	if (w->ended || w->nomem || !make_room(w))
		return false;
	room = w->cap - w->end;
	got = w->source->ops->read(
	    w->source, w->buf + w->end, room < READ_BYTES ? room : READ_BYTES, &w->error);
	if (got <= 0) {
		w->ended = true;
		w->failed = got < 0;
		w->nomem = w->failed && w->error.code == LW_ENOMEM;
		return false;
	}
	set_end(w, w->end + (size_t)got);
	return true;
}

bool
lw_window_waits(const struct lw_window *w)
{
	return !w->ended && w->source->ops->waits != NULL && w->source->ops->waits(w->source);
}

bool
lw_window_exchange(struct lw_window *w, char **buf, size_t *cap)
{
	size_t size = lw_window_size(w), other_cap = w->cap;
	char *other = w->buf;

	/* One that a giant record came through is let go, too. */
	if (*buf == NULL || *cap < size + ROOM_BYTES ||
	    (*cap > LARGE_BYTES && size < FIRST_BYTES)) {
		size_t want = FIRST_BYTES;

		while (want < size + ROOM_BYTES)
			want *= 2;
		free(*buf);
		*cap = 0;
		*buf = buffer_new(want);
		if (*buf == NULL) {
			w->nomem = true;
			return false;
		}
		*cap = want;
	}
	if (size > 0)
		memcpy(*buf, lw_window_at(w), size);
	w->buf = *buf;
	w->cap = *cap;
	w->keep = w->start = 0;
	set_end(w, size);
	*buf = other;
	*cap = other_cap;
	return true;
}

bool
lw_window_need(struct lw_window *w, size_t n)
{
	while (lw_window_size(w) < n)
		if (!lw_window_more(w))
			return false;
	return true;
}

void
lw_window_skip_lines(struct lw_window *w, size_t n, uint64_t newlines)
{
	w->start += n;
	w->offset += n;
	w->line += newlines;
}

void
lw_window_pass(struct lw_window *w, size_t n, uint64_t newlines)
{
	w->start = w->end = w->keep = 0;
	w->offset += n;
	w->line += newlines;
}

void
lw_window_skip(struct lw_window *w, size_t n)
{
	if (n > 0)
		lw_window_skip_lines(w, n, lw_count_newlines(lw_window_at(w), n));
}

uint64_t
lw_window_lines(const struct lw_window *w)
{
	return lw_window_size(w) == 0 ? 0 : lw_count_newlines(lw_window_at(w), lw_window_size(w));
}
