/*
 * window.h - the part of an input that is in memory.
 *
 * A buffer that slides over a source.  Framing looks at bytes from the start
 * of the window and asks for more; it grows to the largest record and no
 * further.  Positions are relative to the start, which lw_window_skip alone
 * moves; the bytes stay where they are until lw_window_more.
 */
#ifndef LW_INPUT_WINDOW_H
#define LW_INPUT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "input/input.h"
#include "input/source.h"

/* A whole record and what must be seen behind it fit. */
#define LW_WINDOW_MAX_BYTES ((size_t)40 << 20)

struct lw_window {
	struct lw_source *source; /* borrowed */
	char *buf;
	size_t cap, start, end; /* behind the end, and behind cap, there is room for
				   LW_PADDING_BYTES of NUL */
	size_t keep; /* bytes at the front of buf that records in use lie in: they stay, relative
			to buf; at most start */
	uint64_t offset; /* of buf[start] in the inflated stream */
	uint64_t line;   /* of buf[start], 1-based */
	bool ended;      /* nothing more will come */
	bool nomem;
	bool failed; /* ended because reading failed; error says how */
	struct lw_error error;
};

void lw_window_init(struct lw_window *w);
void lw_window_fini(struct lw_window *w);

/* Begin another input; the memory is kept. */
void lw_window_open(struct lw_window *w, struct lw_source *source);

/* Begin with these bytes, which are copied, and a newline alone; source is NULL then.  False where
 * memory ran out. */
bool lw_window_open_line(struct lw_window *w, struct lw_str text);

/*
 * Read once.  True where the window got longer; false where nothing more comes
 * (ended), memory ran out (nomem), or it is as long as it may be.
 */
bool lw_window_more(struct lw_window *w);

/* Would lw_window_more wait for somebody who writes? */
bool lw_window_waits(const struct lw_window *w);

/*
 * Give buf away, with the bytes before the start that were kept, for another buffer
 * of the caller's that came from here (NULL is fine), in which the window goes on.  False where
 * memory ran out.
 */
bool lw_window_exchange(struct lw_window *w, char **buf, size_t *cap);

/* At least n bytes in the window; false where there are fewer to come. */
bool lw_window_need(struct lw_window *w, size_t n);

/* Move the start by n bytes that are in the window, counting lines. */
void lw_window_skip(struct lw_window *w, size_t n);

/* As lw_window_skip where the number of newlines in them is known. */
void lw_window_skip_lines(struct lw_window *w, size_t n, uint64_t newlines);

/* The next n bytes of the input, with as many newlines, were read by somebody else: nothing is in
 * the window, and the source stands behind them. */
void lw_window_pass(struct lw_window *w, size_t n, uint64_t newlines);

/* Newlines in the window. */
uint64_t lw_window_lines(const struct lw_window *w);

static inline const char *
lw_window_at(const struct lw_window *w)
{
	return w->buf + w->start;
}

static inline size_t
lw_window_size(const struct lw_window *w)
{
	return w->end - w->start;
}

#endif
