/*
 * stack_ruby.c - Ruby, as the interpreter, Logger and Rails print exceptions.
 *
 *	app.rb:3:in `f': no such key (KeyError)
 *		from app.rb:7:in `<main>'
 *
 *	ActiveRecord::ConnectionNotEstablished (could not connect):
 *	app/models/user.rb:12:in `find'
 */
#include "entry/stack.h"

/* "x.rb:3:in `f': rest"; the place and what is behind it. */
static bool
place(struct lw_str s, struct lw_str *file, struct lw_str *line, struct lw_str *function,
    struct lw_str *rest)
{
	size_t rb = lw_str_find(s, LW_STR(".rb:")), colon, end;

	if (rb == LW_NPOS || lw_str_char(lw_str_make(s.p, rb), ' ') != LW_NPOS)
		return false;
	*file = lw_str_make(s.p, rb + 3);
	*line = lw_str_after(s, rb + 4);
	if (lw_str_number(*line) == 0)
		return false;
	*function = LW_STR("");
	*rest = LW_STR("");
	colon = lw_str_char(*line, ':');
	if (colon == LW_NPOS)
		return true;
	s = lw_str_after(*line, colon + 1);
	if (!lw_str_starts(s, LW_STR("in ")) || s.n < 5) {
		*rest = s;
		return true;
	}
	s = lw_str_after(s, 4); /* the opening quote as well */
	end = lw_str_char(s, '\'');
	if (end == LW_NPOS)
		return true;
	*function = lw_str_make(s.p, end);
	*rest = lw_str_after(s, end + 1);
	if (rest->n > 0 && rest->p[0] == ':')
		*rest = lw_str_after(*rest, 1);
	return true;
}

static bool
constant(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '_' || c == ':'))
			return false;
	}
	return s.n > 2 && s.p[0] >= 'A' && s.p[0] <= 'Z';
}

/* "message (Type)" of the interpreter. */
static bool
message_type(struct lw_str s, struct lw_str *type, struct lw_str *message)
{
	size_t open;

	s = lw_str_trim(s);
	if (s.n < 3 || s.p[s.n - 1] != ')')
		return false;
	open = lw_str_char_last(s, '(');
	if (open == LW_NPOS)
		return false;
	*type = lw_str_make(s.p + open + 1, s.n - open - 2);
	*message = lw_str_trim(lw_str_make(s.p, open));
	return constant(*type);
}

/* "Type (message):" of Rails and "Type: message" of Logger. */
static bool
type_message(struct lw_str s, struct lw_str *type, struct lw_str *message)
{
	size_t open = lw_str_find(s, LW_STR(" (")), colon;

	s = lw_str_trim(s);
	if (open != LW_NPOS && lw_str_ends(s, LW_STR("):")) && constant(lw_str_make(s.p, open))) {
		*type = lw_str_make(s.p, open);
		*message = lw_str_make(s.p + open + 2, s.n - open - 4);
		return true;
	}
	colon = lw_str_find(s, LW_STR(": "));
	if (colon == LW_NPOS || !constant(lw_str_make(s.p, colon)))
		return false;
	*type = lw_str_make(s.p, colon);
	*message = lw_str_after(s, colon + 2);
	return true;
}

bool
lw_stack_ruby(struct lw_stack_builder *b)
{
	struct lw_lines lines = {.text = b->text};
	struct lw_str line, s, file, number, function, rest, type, message, above = LW_STR("");
	size_t above_start = 0;

	b->language = LW_LANG_RUBY;
	while (lw_line_next(&lines, &line)) {
		s = lw_str_left(line);
		if (lw_str_starts(s, LW_STR("from ")))
			s = lw_str_after(s, 5);
		if (!place(s, &file, &number, &function, &rest)) {
			if (lw_str_trim(line).n == 0)
				continue;
			if (b->exception_count > 0 &&
			    lw_str_starts(s, LW_STR("Caused by:"))) { /* Rails */
				above = lw_str_left(lw_str_after(s, 10));
				continue;
			}
			if (b->exception_count == 0 || type_message(s, &type, &message)) {
				above = line;
				above_start = lines.start;
			}
			continue;
		}
		if (message_type(rest, &type, &message)) {
			if (b->exception_count == 0)
				b->start = lines.start;
			lw_builder_exception(b, type, message,
			    b->exception_count == 0 ? LW_CHAIN_NONE : LW_CHAIN_CAUSE);
		} else if (type_message(above, &type, &message)) {
			if (b->exception_count == 0)
				b->start = above_start;
			lw_builder_exception(b, type, message,
			    b->exception_count == 0 ? LW_CHAIN_NONE : LW_CHAIN_CAUSE);
		} else if (b->exception_count == 0) {
			continue;
		}
		above = LW_STR("");
		lw_builder_frame(b, file, function, number);
		b->end = lines.start + line.n;
	}
	return b->frame_count > 0;
}
