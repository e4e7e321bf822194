/*
 * stack_at.c - Java, Node and .NET: traces of "at ..." lines.
 *
 *	java.io.IOException: x            Error: x                     System.Exception: x
 *		at a.B.c(B.java:12)           at f (/app/x.js:1:2)      ---> System.IO.IOException:
 *y
 *		... 3 more                  [cause]: TypeError: y         at A.B() in C:\x.cs:line 3
 *	Caused by: java.lang.Error: y         at g (/app/y.js:3:4)        --- End of inner exception
 *stack trace ---
 */
#include "entry/stack.h"

#define MESSAGE_LINES_MAX 40 /* of an exception, searched backwards from its first frame */

struct walk {
	struct lw_stack_builder *b;
	struct lw_lines lines;
	struct lw_str line;
	size_t open[LW_STACK_EXCEPTIONS]; /* .NET: exceptions whose frames are still to come */
	size_t depth;
	size_t
	    suppressed; /* Java: indentation of "Suppressed:", which its causes share; 0 outside */
};

static bool
starts(struct lw_str s, const char *z)
{
	return lw_str_starts(s, lw_str_from(z));
}

static bool
digits(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* "FILE:LINE:COLUMN" from the end; false where the last two parts are no numbers. */
static bool
node_place(struct lw_str s, struct lw_str *file, struct lw_str *line)
{
	size_t column = lw_str_char_last(s, ':'), at;

	if (column == LW_NPOS || !digits(lw_str_after(s, column + 1)))
		return false;
	at = lw_str_char_last(lw_str_make(s.p, column), ':');
	if (at == LW_NPOS || !digits(lw_str_make(s.p + at + 1, column - at - 1)))
		return false;
	*file = lw_str_make(s.p, at);
	*line = lw_str_make(s.p + at + 1, column - at - 1);
	return true;
}

struct place {
	struct lw_str file, function, line;
};

/* "fn (/x.js:1:2)", "async /x.js:1:2", "new Foo (<anonymous>)" */
static bool
node_frame(struct lw_str s, struct place *f)
{
	size_t open;

	*f = (struct place){LW_STR(""), LW_STR(""), LW_STR("")};
	s = lw_str_trim(s);
	if (lw_str_ends(s, LW_STR(" {"))) /* properties of the error follow */
		s.n -= 2;
	if (starts(s, "async "))
		s = lw_str_after(s, 6);
	if (s.n > 0 && s.p[s.n - 1] == ')') {
		open = lw_str_find(s, LW_STR(" ("));
		if (open == LW_NPOS)
			return false;
		f->function = lw_str_make(s.p, open);
		s = lw_str_make(s.p + open + 2, s.n - open - 3);
		if (lw_str_eq(s, LW_STR("<anonymous>")) || lw_str_eq(s, LW_STR("native")) ||
		    starts(s, "index "))
			return true;
	}
	if (starts(s, "file://"))
		s = lw_str_after(s, 7);
	return node_place(s, &f->file, &f->line);
}

/* "java.base/java.lang.Thread.run(Thread.java:829) ~[na:na]" */
static bool
java_frame(struct lw_str s, struct place *f)
{
	size_t open = lw_str_char(s, '('), close, colon, dot, slash;
	struct lw_str inside, name;

	if (open == LW_NPOS)
		return false;
	close = lw_str_char(lw_str_after(s, open), ')');
	if (close == LW_NPOS)
		return false;
	inside = lw_str_make(s.p + open + 1, close - 1);
	name = lw_str_make(s.p, open);
	if (name.n == 0 || lw_str_char(name, ' ') != LW_NPOS)
		return false;
	colon = lw_str_char(inside, ':');
	if (!lw_str_eq(inside, LW_STR("Native Method")) &&
	    !lw_str_eq(inside, LW_STR("Unknown Source")) &&
	    !lw_str_eq(inside, LW_STR("<generated>")) &&
	    (lw_str_char(inside, '.') == LW_NPOS || lw_str_char(inside, ' ') != LW_NPOS))
		return false;
	slash = lw_str_char_last(name, '/'); /* the module */
	if (slash != LW_NPOS)
		name = lw_str_after(name, slash + 1);
	dot = lw_str_char_last(name, '.');
	if (dot == LW_NPOS)
		return false;
	f->file = lw_str_make(name.p, dot);
	f->function = lw_str_after(name, dot + 1);
	f->line = colon == LW_NPOS ? LW_STR("") : lw_str_after(inside, colon + 1);
	return true;
}

/* "Shop.Db.Open(String dsn) in C:\src\Db.cs:line 12" */
static bool
dotnet_frame(struct lw_str s, struct place *f)
{
	size_t open = lw_str_char(s, '('), in, line;

	if (open == LW_NPOS || open == 0 || lw_str_char(s, ')') == LW_NPOS ||
	    lw_str_char(lw_str_make(s.p, open), ' ') != LW_NPOS ||
	    lw_str_char(lw_str_make(s.p, open), '.') == LW_NPOS)
		return false;
	*f = (struct place){LW_STR(""), lw_str_make(s.p, open), LW_STR("")};
	in = lw_str_find(s, LW_STR(") in "));
	if (in == LW_NPOS)
		return true;
	f->file = lw_str_after(s, in + 5);
	line = lw_str_find(f->file, LW_STR(":line "));
	if (line != LW_NPOS) {
		f->line = lw_str_after(f->file, line + 6);
		f->file.n = line;
	}
	return true;
}

static bool
frame(struct lw_stack_builder *b, struct lw_str s, struct place *f)
{
	switch (b->language) {
	case LW_LANG_JAVA:
		return java_frame(s, f);
	case LW_LANG_NODE:
		return node_frame(s, f);
	case LW_LANG_DOTNET:
		return dotnet_frame(s, f);
	case LW_LANG_UNKNOWN:
	case LW_LANG_PYTHON:
	case LW_LANG_GO:
	case LW_LANG_RUBY:
	case LW_LANG_PHP:
	case LW_LANG_RUST:
	case LW_LANG_ELIXIR:
		break;
	}
	if (java_frame(s, f))
		b->language = LW_LANG_JAVA;
	else if (node_frame(s, f))
		b->language = LW_LANG_NODE;
	else if (dotnet_frame(s, f))
		b->language = LW_LANG_DOTNET;
	return b->language != LW_LANG_UNKNOWN;
}

/* What stands before a type in a first line. */
static struct lw_str
without_opening(struct lw_str s)
{
	static const char *const openings[] = {"Unhandled exception. ",
	    "Unhandled Exception: ", "Uncaught exception: ", "Uncaught ", "Unhandled rejection ",
	    "Caused by: "};
	size_t i, quote;

	s = lw_str_left(s);
	if (starts(s, "Exception in thread \"")) {
		quote = lw_str_find(s, LW_STR("\" "));
		if (quote != LW_NPOS && quote > 20)
			return lw_str_after(s, quote + 2);
	}
	for (i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
		if (starts(s, openings[i]))
			return lw_str_after(s, strlen(openings[i]));
	return s;
}

/*
 * "Type: message" with any type that reads as one word with a capital or dots
 * in it; behind "Caused by:" even a lower-case class is one.
 */
static void
split_type(struct lw_str s, bool loose, struct lw_str *type, struct lw_str *message)
{
	size_t colon;

	*message = lw_str_trim(s);
	*type = lw_str_make(s.p, 0);
	if (lw_raised_parse(lw_str_trim(s), type, message))
		return;
	colon = lw_str_find(s, LW_STR(": "));
	if (!loose)
		return;
	*type = lw_str_trim(colon == LW_NPOS ? s : lw_str_make(s.p, colon));
	if (lw_str_char(*type, ' ') != LW_NPOS) {
		*message = lw_str_trim(s);
		*type = lw_str_make(s.p, 0);
		return;
	}
	*message = colon == LW_NPOS ? LW_STR("") : lw_str_trim(lw_str_after(s, colon + 2));
}

/* "(Inner Exception #1) System.X: y <---" of an AggregateException. */
static struct lw_str
without_number(struct lw_str s)
{
	size_t close = lw_str_find(s, LW_STR(") "));

	if (!starts(s, "(Inner Exception #") || close == LW_NPOS)
		return s;
	s = lw_str_trim(lw_str_after(s, close + 2));
	if (lw_str_ends(s, LW_STR("<---")))
		s.n -= 4;
	return lw_str_trim(s);
}

/* .NET puts the chain first: "A: x ---> B: y", on one line or several. */
static void
add_inner(struct walk *w, struct lw_str s, enum lw_chain_link link)
{
	struct lw_str head, type, message;
	size_t arrow, i;

	do {
		arrow = lw_str_find(s, LW_STR(" ---> "));
		head = arrow == LW_NPOS ? s : lw_str_make(s.p, arrow);
		split_type(without_opening(without_number(head)), true, &type, &message);
		i = lw_builder_exception(w->b, type, message, link);
		if (i == LW_STACK_EXCEPTIONS)
			return;
		w->open[w->depth++] = i;
		if (arrow != LW_NPOS)
			s = lw_str_after(s, arrow + 6);
		link = LW_CHAIN_CAUSE;
	} while (arrow != LW_NPOS);
}

/* Frames of an exception that is not the last one stand later in the text; give it a run of its
 * own. */
static void
add_frame(struct walk *w, const struct place *f)
{
	struct lw_raised *x;
	size_t owner;

	lw_builder_frame(w->b, f->file, f->function, f->line);
	if (w->b->language != LW_LANG_DOTNET || w->depth == 0 || w->b->exception_count == 0)
		return;
	owner = w->open[w->depth - 1];
	if (owner + 1 == w->b->exception_count || w->b->frame_count == LW_STACK_FRAMES)
		return;
	w->b->exceptions[w->b->exception_count - 1].frame_count--;
	x = &w->b->exceptions[owner];
	if (x->frame_count == 0)
		x->first_frame = w->b->frame_count - 1;
	x->frame_count++;
}

/*
 * The first exception: the nearest line above the first frame that reads as
 * "Type: message", and all lines between as the rest of its message.
 */
static void
first_exception(struct walk *w, size_t frame_start)
{
	struct lw_stack_builder *b = w->b;
	struct lw_lines up = {.text = lw_str_make(b->text.p, frame_start)};
	struct lw_str line, s, type, message, best_type = LW_STR(""), best = LW_STR("");
	size_t starts_at[MESSAGE_LINES_MAX], count = 0, i, k, first = LW_NPOS;

	while (lw_line_next(&up, &line))
		starts_at[count++ % MESSAGE_LINES_MAX] = up.start;
	for (i = 0; i < count && i < MESSAGE_LINES_MAX; i++) {
		k = starts_at[(count - 1 - i) % MESSAGE_LINES_MAX];
		up.at = k;
		if (!lw_line_next(&up, &line))
			break;
		s = without_opening(line);
		if (b->language == LW_LANG_DOTNET && starts(s, "---> "))
			continue;
		if (lw_raised_parse(s, &type, &message) ||
		    (s.p != lw_str_left(line).p && s.n > 0)) {
			split_type(s, s.p != lw_str_left(line).p, &best_type, &best);
			first = k;
			break;
		}
	}
	if (first == LW_NPOS) { /* no type anywhere: the line above is what it says */
		first = count == 0 ? 0 : starts_at[(count - 1) % MESSAGE_LINES_MAX];
		best = lw_str_trim(lw_str_make(b->text.p + first, frame_start - first));
		s = without_opening(best);
		if (lw_named_parse(s, &type, &message) && type.n < s.n) {
			best_type = type;
			best = message;
		}
	} else if (best.n > 0) {
		best.n = frame_start - (size_t)(best.p - b->text.p);
	}
	b->start = first;
	if (b->language == LW_LANG_DOTNET) {
		s = lw_str_make(b->text.p + first, frame_start - first);
		up = (struct lw_lines){.text = s};
		for (i = 0; lw_line_next(&up, &line); i++) {
			struct lw_str l = lw_str_left(line);

			if (i == 0 || starts(l, "---> "))
				add_inner(w, i == 0 ? line : lw_str_after(l, 5),
				    i == 0 ? LW_CHAIN_NONE : LW_CHAIN_CAUSE);
		}
		return;
	}
	lw_builder_exception(b, best_type, best, LW_CHAIN_NONE);
}

/* A line that starts a cause: "Caused by: ", "[cause]: "; its text behind that. */
static bool
cause_line(struct lw_str s, struct lw_str *rest)
{
	static const char *const openings[] = {
	    "Caused by: ", "caused by: ", "[cause]: ", "Wrapped by: ", "[errors]: "};
	size_t i;

	for (i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		if (starts(s, openings[i])) {
			*rest = lw_str_after(s, strlen(openings[i]));
			return true;
		}
	}
	return false;
}

static void
step(struct walk *w)
{
	struct lw_stack_builder *b = w->b;
	struct lw_str s = lw_str_left(w->line), rest, type, message;
	size_t indentation = w->line.n - s.n;
	struct place f;

	if (w->suppressed != 0) {
		if (indentation >= w->suppressed)
			return;
		w->suppressed = 0;
	}
	if (starts(s, "at ")) {
		if (!frame(b, lw_str_after(s, 3), &f))
			return;
		if (b->exception_count == 0)
			first_exception(w, w->lines.start);
		add_frame(w, &f);
		b->end = w->lines.start + w->line.n;
		return;
	}
	if (b->exception_count == 0)
		return;
	if (starts(s, "Suppressed: ")) {
		w->suppressed = indentation;
	} else if (cause_line(s, &rest)) {
		split_type(rest, true, &type, &message);
		if (message.n > 0 && lw_str_ends(message, LW_STR(" {")))
			message.n -= 2;
		lw_builder_exception(b, type, message, LW_CHAIN_CAUSE);
		b->end = w->lines.start + w->line.n;
	} else if (starts(s, "--- End of inner exception stack trace") && w->depth > 1) {
		w->depth--;
	} else if (starts(s, "... ") && lw_str_find(s, LW_STR(" more")) != LW_NPOS) {
		b->end = w->lines.start + w->line.n;
	}
}

bool
lw_stack_at(struct lw_stack_builder *b)
{
	struct walk w = {.b = b, .lines = {.text = b->text}};

	while (lw_line_next(&w.lines, &w.line))
		step(&w);
	return b->frame_count > 0;
}
