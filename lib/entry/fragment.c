/* fragment.c - what one line is to a trace that came one entry a line. */
#include <string.h>

#include "base/utf8.h"
#include "entry/stack.h"

#define TYPE_BYTES_MAX 200

static bool
identifier(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '$';
}

/* Endings of the names of exceptions; bare ones are words of their own except Error and Exception.
 */
static bool
error_name(struct lw_str name)
{
	static const struct {
		const char *ending;
		bool alone;
	} endings[] = {{"Error", true}, {"Exception", true}, {"Warning", false},
	    {"Interrupt", false}, {"Exit", false}, {"Failure", false}, {"Fault", false},
	    {"NotFound", false}, {"Unavailable", false}, {"Exhausted", false}, {"Denied", false},
	    {"Exceeded", false}, {"Timeout", false}, {"Throwable", false}};
	struct lw_str e;
	size_t i;

	if (name.n == 0 || name.p[0] < 'A' || name.p[0] > 'Z')
		return false;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		e = lw_str_from(endings[i].ending);
		if (lw_str_ends(name, e) && (name.n > e.n || endings[i].alone))
			return true;
	}
	return false;
}

/* "google.api_core.exceptions.ResourceExhausted": the package says that it is one. */
static bool
error_package(struct lw_str type)
{
	return lw_str_find(type, LW_STR("exception")) != LW_NPOS ||
	       lw_str_find(type, LW_STR("errors.")) != LW_NPOS ||
	       lw_str_find(type, LW_STR("error.")) != LW_NPOS;
}

bool
lw_raised_parse(struct lw_str line, struct lw_str *type, struct lw_str *message)
{
	struct lw_str s = line, name;
	size_t i, dot, max = line.n < TYPE_BYTES_MAX ? line.n : TYPE_BYTES_MAX;

	for (i = 0; i < max && identifier(s.p[i]); i++)
		;
	if (i == 0 || (s.p[0] >= '0' && s.p[0] <= '9'))
		return false;
	*type = lw_str_make(s.p, i);
	/* Node adds a code: "TypeError [ERR_X]: message" */
	if (i + 2 < s.n && s.p[i] == ' ' && s.p[i + 1] == '[') {
		size_t close = lw_str_char(lw_str_after(s, i), ']');

		if (close == LW_NPOS || i + close + 1 >= s.n || s.p[i + close + 1] != ':')
			return false;
		i += close + 1;
	}
	if (i < s.n && s.p[i] != ':')
		return false;
	if (i + 1 < s.n && s.p[i + 1] != ' ')
		return false;
	dot = lw_str_char_last(*type, '.');
	name = dot == LW_NPOS ? *type : lw_str_after(*type, dot + 1);
	if (!error_name(name) && !(dot != LW_NPOS && name.n > 0 && name.p[0] >= 'A' &&
				     name.p[0] <= 'Z' && error_package(*type)))
		return false;
	*message = i + 1 < s.n ? lw_str_trim(lw_str_after(s, i + 1)) : LW_STR("");
	return true;
}

size_t
lw_raised_line(const struct lw_exception *x, char *line, size_t room)
{
	struct lw_str message = x->message, parts[3];
	size_t nl = lw_str_char(message, '\n'), n = 0, i;

	if (nl != LW_NPOS)
		message = lw_str_trim(lw_str_make(message.p, nl));
	if (message.n == 0)
		return 0;
	parts[0] = x->type;
	parts[1] = x->type.n > 0 ? LW_STR(": ") : LW_STR("");
	parts[2] = message;
	for (i = 0; i < 3; i++) {
		struct lw_str s = lw_utf8_cut(parts[i], room - n);

		if (s.n > 0)
			memcpy(line + n, s.p, s.n);
		n += s.n;
		if (s.n < parts[i].n)
			break;
	}
	return n;
}

static bool
starts(struct lw_str s, const char *z)
{
	return lw_str_starts(s, lw_str_from(z));
}

static bool
carets(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != '^' && s.p[i] != '~' && s.p[i] != ' ')
			return false;
	return s.n > 0;
}

static enum lw_fragment
indented(struct lw_str line, struct lw_str s)
{
	size_t blanks = line.n - s.n;

	if (starts(s, "[cause]:") || starts(s, "---> "))
		return LW_FRAGMENT_BRIDGE;
	if (starts(s, "File \"") || starts(s, "at ") || starts(s, "from ") || starts(s, "... ") ||
	    starts(s, "thrown in ") || starts(s, "--- End of ") || carets(s))
		return LW_FRAGMENT_FRAME;
	if (line.p[0] == '\t' && lw_str_find(s, LW_STR(".go:")) != LW_NPOS)
		return LW_FRAGMENT_FRAME;
	return blanks >= 4 ? LW_FRAGMENT_FRAME : LW_FRAGMENT_NONE;
}

/* "main.(*Server).handle(0xc000...)" and "created by main.main in goroutine 1". */
static bool
go_function(struct lw_str s)
{
	size_t i, dot = lw_str_char(s, '.');

	if (starts(s, "created by ") || starts(s, "exit status "))
		return true;
	if (dot == LW_NPOS || s.p[s.n - 1] != ')' || lw_str_char(s, '(') == LW_NPOS)
		return false;
	for (i = 0; i < dot; i++)
		if (!identifier(s.p[i]) && s.p[i] != '/' && s.p[i] != '-')
			return false;
	return lw_str_find(s, LW_STR("(0x")) != LW_NPOS || lw_str_ends(s, LW_STR("()")) ||
	       lw_str_ends(s, LW_STR("(...)")) || lw_str_find(s, LW_STR(".(*")) != LW_NPOS;
}

static enum lw_fragment
by_first(struct lw_str s)
{
	switch (s.p[0]) {
	case 'T':
		if (starts(s, "Traceback (most recent call last):"))
			return LW_FRAGMENT_START;
		return starts(s, "The above exception was the direct cause") ? LW_FRAGMENT_BRIDGE
									     : LW_FRAGMENT_NONE;
	case 'D':
		return starts(s, "During handling of the above exception") ? LW_FRAGMENT_BRIDGE
									   : LW_FRAGMENT_NONE;
	case 'C':
		return starts(s, "Caused by: ") ? LW_FRAGMENT_BRIDGE : LW_FRAGMENT_NONE;
	case 'E':
		return starts(s, "Exception in thread ") ? LW_FRAGMENT_START : LW_FRAGMENT_NONE;
	case 'U':
		return starts(s, "Unhandled exception") || starts(s, "Uncaught ")
			   ? LW_FRAGMENT_START
			   : LW_FRAGMENT_NONE;
	case 'P':
		if (starts(s, "PHP Fatal error:  Uncaught "))
			return LW_FRAGMENT_START;
		return starts(s, "PHP Stack trace:") || starts(s, "PHP   ") ? LW_FRAGMENT_FRAME
									    : LW_FRAGMENT_NONE;
	case 'p':
		return starts(s, "panic: ") ? LW_FRAGMENT_START : LW_FRAGMENT_NONE;
	case 'f':
		if (starts(s, "fatal error: "))
			return LW_FRAGMENT_START;
		return starts(s, "for call at") ? LW_FRAGMENT_FRAME : LW_FRAGMENT_NONE;
	case 'g':
		return starts(s, "goroutine ") && s.p[s.n - 1] == ':' ? LW_FRAGMENT_FRAME
								      : LW_FRAGMENT_NONE;
	case 'S':
		return starts(s, "Stack trace:") ? LW_FRAGMENT_FRAME : LW_FRAGMENT_NONE;
	case '#':
		return s.n > 3 && s.p[1] >= '0' && s.p[1] <= '9' ? LW_FRAGMENT_FRAME
								 : LW_FRAGMENT_NONE;
	case '.':
		return starts(s, "... ") ? LW_FRAGMENT_FRAME : LW_FRAGMENT_NONE;
	default:
		return LW_FRAGMENT_NONE;
	}
}

enum lw_fragment
lw_fragment_of(struct lw_str text)
{
	struct lw_str s, type, message;
	size_t nl = lw_str_char(text, '\n');
	enum lw_fragment f;

	if (nl != LW_NPOS)
		text.n = nl;
	s = lw_str_left(text);
	if (s.n < text.n)
		return s.n == 0 ? LW_FRAGMENT_NONE : indented(text, s);
	if (s.n < 3)
		return LW_FRAGMENT_NONE;
	f = by_first(s);
	if (f != LW_FRAGMENT_NONE)
		return f;
	if (lw_raised_parse(s, &type, &message))
		return LW_FRAGMENT_RAISED;
	return s.p[s.n - 1] == ')' || s.p[0] == 'c' || s.p[0] == 'e'
		   ? (go_function(s) ? LW_FRAGMENT_FRAME : LW_FRAGMENT_NONE)
		   : LW_FRAGMENT_NONE;
}
