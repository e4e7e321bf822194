/* stack_python.c - CPython's traceback module, chains included. */
#include "entry/stack.h"

#define HEADER "Traceback (most recent call last):"

static size_t
indentation(struct lw_str line)
{
	return line.n - lw_str_left(line).n;
}

/* '  File "x.py", line 3, in f'; ", in f" is missing in syntax errors. */
static bool
frame(struct lw_stack_builder *b, struct lw_str line)
{
	struct lw_str s = lw_str_left(line), file, function = LW_STR("");
	size_t end, in;

	if (!lw_str_starts(s, LW_STR("File \"")))
		return false;
	s = lw_str_after(s, 6);
	end = lw_str_find(s, LW_STR("\", line "));
	if (end == LW_NPOS)
		return false;
	file = lw_str_make(s.p, end);
	s = lw_str_after(s, end + 8);
	in = lw_str_find(s, LW_STR(", in "));
	if (in != LW_NPOS)
		function = lw_str_trim(lw_str_after(s, in + 5));
	lw_builder_frame(b, file, function, s);
	return true;
}

/* The exceptions that a group holds are indented behind "|". */
static struct lw_str
without_bar(struct lw_str line)
{
	struct lw_str s = lw_str_left(line);

	if (s.n >= 1 && s.p[0] == '|')
		return s.n == 1 ? lw_str_after(s, 1) : lw_str_after(s, s.p[1] == ' ' ? 2 : 1);
	return line;
}

static bool
header(struct lw_str line)
{
	return lw_str_ends(lw_str_trim(line), LW_STR(HEADER));
}

enum bridge { NO_BRIDGE, CAUSE, CONTEXT };

static enum bridge
bridge(struct lw_str line)
{
	line = lw_str_left(line);
	if (lw_str_starts(line, LW_STR("The above exception was the direct cause")))
		return CAUSE;
	if (lw_str_starts(line, LW_STR("During handling of the above exception")))
		return CONTEXT;
	return NO_BRIDGE;
}

/* "Type: message"; what stands under a traceback is the exception, whatever it is called. */
static void
raised(struct lw_stack_builder *b, struct lw_str line)
{
	struct lw_str s = lw_str_left(line);
	size_t i, last = b->exception_count - 1;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '_' || c == '.' || c == '<' || c == '>'))
			break;
	}
	if (i > 0 && (i == s.n || s.p[i] == ':')) {
		b->exceptions[last].type = lw_str_make(s.p, i);
		b->exceptions[last].message =
		    i == s.n ? lw_str_make(s.p + i, 0) : lw_str_trim(lw_str_after(s, i + 1));
	} else {
		b->exceptions[last].type = lw_str_make(s.p, 0);
		b->exceptions[last].message = s;
	}
}

/* A group is what surfaces; the exceptions in it are its causes, but stand behind it. */
static void
group_last(struct lw_stack_builder *b, size_t group)
{
	size_t i;

	if (group == LW_STACK_EXCEPTIONS || group + 1 >= b->exception_count)
		return;
	for (i = group; i + 1 < b->exception_count; i++) {
		struct lw_raised x = b->exceptions[i];

		b->exceptions[i] = b->exceptions[i + 1];
		b->exceptions[i].link = LW_CHAIN_CAUSE;
		b->exceptions[i + 1] = x;
	}
}

enum state { OUTSIDE, FRAMES, MESSAGE };

/* One line of the text; *group is the index of an exception group once one was seen. */
static enum state
step(struct lw_stack_builder *b, enum state state, struct lw_str line, size_t *base, size_t *group)
{
	size_t last = b->exception_count - 1;

	if (header(line)) {
		*base =
		    lw_str_starts(lw_str_left(line), LW_STR("Traceback")) ? indentation(line) : 0;
		lw_builder_exception(b, LW_STR(""), LW_STR(""), LW_CHAIN_CONTEXT);
		return FRAMES;
	}
	if (b->exception_count == 0)
		return OUTSIDE;
	if (bridge(line) != NO_BRIDGE) {
		b->exceptions[last].link =
		    bridge(line) == CAUSE ? LW_CHAIN_CAUSE : LW_CHAIN_CONTEXT;
		return OUTSIDE;
	}
	if (lw_str_starts(lw_str_left(line), LW_STR("+-+--")) && *group == LW_STACK_EXCEPTIONS) {
		*group = last;
		return OUTSIDE;
	}
	if (state == FRAMES && !frame(b, line) && lw_str_trim(line).n > 0 &&
	    indentation(line) <= *base) {
		raised(b, line);
		return MESSAGE;
	}
	if (state == MESSAGE &&
	    (lw_str_trim(line).n == 0 || lw_str_starts(lw_str_left(line), LW_STR("+---"))))
		return OUTSIDE;
	if (state == MESSAGE && b->exceptions[last].message.n > 0) /* more lines of it */
		b->exceptions[last].message.n =
		    (size_t)(line.p + line.n - b->exceptions[last].message.p);
	return state;
}

bool
lw_stack_python(struct lw_stack_builder *b)
{
	struct lw_lines lines = {.text = b->text};
	enum state state = OUTSIDE;
	struct lw_str line, inner;
	size_t base = 0, group = LW_STACK_EXCEPTIONS;

	b->language = LW_LANG_PYTHON;
	while (lw_line_next(&lines, &line)) {
		if (b->exception_count == 0 && header(line))
			b->start = lines.start + lw_str_find(line, LW_STR("Traceback"));
		inner = without_bar(line);
		state = step(b, state, inner, &base, &group);
		if (state != OUTSIDE)
			b->end = (size_t)(line.p + line.n - b->text.p);
	}
	group_last(b, group);
	return b->exception_count > 0;
}
