/*
 * stack_php.c - PHP's uncaught exceptions and the stack traces of Monolog.
 *
 *	PHP Fatal error:  Uncaught RuntimeException: x in /app/a.php:3
 *	Stack trace:
 *	#0 /app/b.php(12): f()
 *	#1 {main}
 *
 *	Next LogicException: y in /app/c.php:4
 */
#include "entry/stack.h"

/* "Type: message in FILE:LINE" behind what PHP says before it. */
static bool
raised(struct lw_str s, struct lw_str *type, struct lw_str *message)
{
	static const char *const openings[] = {"Uncaught ", "Next ", "[object] ("};
	size_t i, at, end, in;

	for (i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		at = lw_str_find(s, lw_str_from(openings[i]));
		if (at != LW_NPOS) {
			s = lw_str_after(s, at + strlen(openings[i]));
			break;
		}
	}
	s = lw_str_trim(s);
	for (end = 0; end < s.n; end++) {
		char c = s.p[end];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '_' || c == '\\'))
			break;
	}
	if (end == 0 || end == s.n)
		return false;
	*type = lw_str_make(s.p, end);
	if (s.p[end] == '(') { /* Monolog: "Type(code: 0): message at FILE:LINE)" */
		at = lw_str_find(s, LW_STR("): "));
		if (at == LW_NPOS)
			return false;
		*message = lw_str_after(s, at + 3);
		in = lw_str_find(*message, LW_STR(" at /"));
	} else {
		if (s.p[end] != ':' || end + 1 >= s.n || s.p[end + 1] != ' ')
			return false;
		*message = lw_str_after(s, end + 2);
		in = lw_str_find(*message, LW_STR(" in /"));
	}
	if (in != LW_NPOS)
		message->n = in;
	return true;
}

/* "#0 /app/b.php(12): App\\f()", "#1 [internal function]: g()", "#2 {main}" */
static bool
frame(struct lw_stack_builder *b, struct lw_str s)
{
	struct lw_str file, function, number = LW_STR("");
	size_t blank = lw_str_char(s, ' '), colon, open;

	if (s.n < 4 || s.p[0] != '#' || s.p[1] < '0' || s.p[1] > '9' || blank == LW_NPOS)
		return false;
	s = lw_str_after(s, blank + 1);
	if (lw_str_eq(lw_str_trim(s), LW_STR("{main}")))
		return true;
	colon = lw_str_find(s, LW_STR(": "));
	if (colon == LW_NPOS)
		return false;
	file = lw_str_make(s.p, colon);
	function = lw_str_after(s, colon + 2);
	open = lw_str_char_last(file, '(');
	if (open != LW_NPOS && file.p[file.n - 1] == ')') {
		number = lw_str_after(file, open + 1);
		file.n = open;
	}
	open = lw_str_char(function, '(');
	if (open != LW_NPOS)
		function.n = open;
	lw_builder_frame(b, file, function, number);
	return true;
}

bool
lw_stack_php(struct lw_stack_builder *b)
{
	struct lw_lines lines = {.text = b->text};
	struct lw_str line, s, type, message, above = LW_STR("");
	size_t above_start = 0;

	b->language = LW_LANG_PHP;
	while (lw_line_next(&lines, &line)) {
		s = lw_str_left(line);
		if (lw_str_starts(s, LW_STR("Stack trace:")) ||
		    lw_str_starts(s, LW_STR("[stacktrace]"))) {
			if (!raised(above, &type, &message))
				continue;
			if (b->exception_count == 0)
				b->start = above_start;
			/* The later one surfaced; the one before is its cause. */
			lw_builder_exception(b, type, message, LW_CHAIN_CAUSE);
		} else if (b->exception_count > 0 && frame(b, s)) {
			b->end = lines.start + line.n;
		} else if (s.n > 0) {
			above = s;
			above_start = lines.start;
		}
	}
	return b->frame_count > 0;
}
