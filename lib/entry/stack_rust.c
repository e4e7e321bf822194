/*
 * stack_rust.c - Rust's panics, with a backtrace or without.
 *
 *	thread 'main' panicked at src/db.rs:31:10:
 *	called `Result::unwrap()` on an `Err` value: Timeout
 *	stack backtrace:
 *	   0: rust_begin_unwind
 *	             at /rustc/5680fa18/library/std/src/panicking.rs:647:5
 *	   1: shop::db::connect
 *	             at ./src/db.rs:31:10
 *
 * Before Rust 1.73: thread 'main' panicked at 'message', src/db.rs:31:10
 */
#include "entry/stack.h"

/* "src/db.rs:31:10", also with a colon behind it. */
static bool
place(struct lw_str s, struct lw_str *file, struct lw_str *line)
{
	size_t rs = lw_str_find(s, LW_STR(".rs:"));

	if (rs == LW_NPOS || lw_str_char(lw_str_make(s.p, rs), ' ') != LW_NPOS)
		return false;
	*file = lw_str_make(s.p, rs + 3);
	*line = lw_str_after(s, rs + 4);
	return lw_str_number(*line) > 0;
}

/* The line that panics; its message is empty where it stands on the next one. */
static bool
panics(struct lw_str s, struct lw_str *message, struct lw_str *at)
{
	size_t behind = lw_str_find(s, LW_STR("' panicked at ")), quote;

	if (!lw_str_starts(s, LW_STR("thread '")))
		return false;
	if (behind == LW_NPOS) { /* with the thread's number: thread 'main' (71) panicked at */
		behind = lw_str_find(s, LW_STR(") panicked at "));
		if (behind == LW_NPOS)
			return false;
	}
	s = lw_str_after(s, behind + 14);
	*message = LW_STR("");
	*at = s;
	if (s.n == 0 || s.p[0] != '\'')
		return true;
	quote = lw_str_char_last(s, '\'');
	if (quote == 0)
		return false;
	*message = lw_str_make(s.p + 1, quote - 1);
	*at = lw_str_after(s, quote + 1);
	if (lw_str_starts(*at, LW_STR(", ")))
		*at = lw_str_after(*at, 2);
	return true;
}

/* "   1: shop::db::connect"; the function. */
static bool
frame(struct lw_str s, struct lw_str *function)
{
	size_t colon = lw_str_char(s, ':');

	if (s.n < 4 || colon == LW_NPOS || colon == 0 || colon > 4 || colon + 2 >= s.n ||
	    s.p[colon + 1] != ' ' || s.p[0] < '0' || s.p[0] > '9')
		return false;
	*function = lw_str_trim(lw_str_after(s, colon + 2));
	return true;
}

/* Frames, as they come after the line that panicked. */
struct walk {
	struct lw_stack_builder *b;
	struct lw_str where;    /* of the panic, where there are no frames */
	struct lw_str function; /* of the frame whose place is still to come */
	bool in_frames;
};

static void
step(struct walk *w, struct lw_str line, size_t end)
{
	struct lw_str s = lw_str_left(line), function, file, number;
	struct lw_raised *x = &w->b->exceptions[w->b->exception_count - 1];

	if (lw_str_starts(s, LW_STR("stack backtrace:"))) {
		w->in_frames = true;
	} else if (w->in_frames && lw_str_starts(s, LW_STR("at ")) && w->function.n > 0) {
		if (place(lw_str_after(s, 3), &file, &number))
			lw_builder_frame(w->b, file, w->function, number);
		w->function = LW_STR("");
	} else if (w->in_frames && frame(s, &function)) {
		if (w->function.n > 0)
			lw_builder_frame(w->b, LW_STR(""), w->function, LW_STR(""));
		w->function = function;
	} else if (!w->in_frames && !lw_str_starts(s, LW_STR("note: ")) && s.n > 0) {
		if (x->message.n == 0)
			x->message = s;
		else
			return;
	} else {
		return;
	}
	w->b->end = end;
}

bool
lw_stack_rust(struct lw_stack_builder *b)
{
	struct lw_lines lines = {.text = b->text};
	struct walk w = {.b = b};
	struct lw_str line, message, file, number;

	b->language = LW_LANG_RUST;
	while (lw_line_next(&lines, &line)) {
		if (b->exception_count > 0) {
			step(&w, line, lines.start + line.n);
			continue;
		}
		if (!panics(lw_str_left(line), &message, &w.where))
			continue;
		lw_builder_exception(b, LW_STR("panic"), message, LW_CHAIN_NONE);
		b->start = lines.start;
		b->end = lines.start + line.n;
	}
	if (w.function.n > 0)
		lw_builder_frame(b, LW_STR(""), w.function, LW_STR(""));
	if (b->exception_count > 0 && b->frame_count == 0 && place(w.where, &file, &number))
		lw_builder_frame(b, file, LW_STR(""), number);
	return b->frame_count > 0;
}
