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

/* Bytes that a type may be written with, but for the ':' of "A::B"; one look a byte, since every
 * message is asked. */
static const bool of_type[256] = {
#define TEN(c) \
	[c] = true, [(c) + 1] = true, [(c) + 2] = true, [(c) + 3] = true, [(c) + 4] = true, \
	[(c) + 5] = true, [(c) + 6] = true, [(c) + 7] = true, [(c) + 8] = true, [(c) + 9] = true
    TEN('0'), TEN('A'),
    TEN('K'), ['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true, ['Z'] = true,
    TEN('a'), TEN('k'), ['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true,
    ['z'] = true, ['_'] = true, ['.'] = true, ['$'] = true, ['\\'] = true};
#undef TEN

/* Bytes of a type at the start of s: an identifier, "A::B", "A\\B". */
static size_t
type_length(struct lw_str s)
{
	size_t i = 0, max = s.n < TYPE_BYTES_MAX ? s.n : TYPE_BYTES_MAX;

	while (i < max) {
		if (of_type[(unsigned char)s.p[i]])
			i++;
		else if (s.p[i] == ':' && i + 2 < s.n && s.p[i + 1] == ':' &&
			 identifier(s.p[i + 2]))
			i += 2;
		else
			break;
	}
	return i;
}

/* The last part of a type: behind the last '.', '\\' or ':'. */
static struct lw_str
last_part(struct lw_str type)
{
	size_t i = type.n;

	while (i > 0 && type.p[i - 1] != '.' && type.p[i - 1] != '\\' && type.p[i - 1] != ':')
		i--;
	return lw_str_after(type, i);
}

bool
lw_raised_parse(struct lw_str line, struct lw_str *type, struct lw_str *message)
{
	struct lw_str s = line, name;
	size_t i = type_length(line);

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
	name = last_part(*type);
	if (!error_name(name) && !(name.n < type->n && name.n > 0 && name.p[0] >= 'A' &&
				     name.p[0] <= 'Z' && error_package(*type)))
		return false;
	*message = i + 1 < s.n ? lw_str_trim(lw_str_after(s, i + 1)) : LW_STR("");
	return true;
}

/* A name with small letters behind a capital; *humps is how many capitals begin a part of it. */
static bool
reads_as_class(struct lw_str name, unsigned *humps)
{
	bool small = false;
	size_t i;

	*humps = 0;
	if (name.n < 2 || name.p[0] < 'A' || name.p[0] > 'Z')
		return false;
	for (i = 0; i < name.n; i++) {
		bool capital = name.p[i] >= 'A' && name.p[i] <= 'Z';

		small = small || (name.p[i] >= 'a' && name.p[i] <= 'z');
		*humps += capital && (i == 0 || (name.p[i - 1] >= 'a' && name.p[i - 1] <= 'z'));
	}
	return small;
}

bool
lw_named_parse(struct lw_str line, struct lw_str *type, struct lw_str *message)
{
	struct lw_str name;
	size_t n = type_length(line);
	unsigned humps;

	if (n == 0 || (line.p[0] >= '0' && line.p[0] <= '9'))
		return false;
	if (n < line.n && (line.p[n] != ':' || (n + 1 < line.n && line.p[n + 1] != ' ')))
		return false;
	*type = lw_str_make(line.p, n);
	name = last_part(*type);
	if (!reads_as_class(name, &humps))
		return false;
	*message = LW_STR("");
	if (n == line.n)
		return name.n < n || humps > 1;
	*message = lw_str_trim(lw_str_after(line, n + 1));
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

static bool
starts_any(struct lw_str s, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (starts(s, list[i]))
			return true;
	return false;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A property of an error as Node prints it behind the frames: "code: 'ECONNREFUSED',", "errno:
 * -111,", and the end of the object. */
static bool
node_property(struct lw_str s)
{
	size_t n = type_length(s);
	struct lw_str value;

	if (s.p[0] == '}')
		return s.n == 1 || (s.n == 2 && s.p[1] == ',');
	if (n == 0 || n + 2 >= s.n || s.p[n] != ':' || s.p[n + 1] != ' ')
		return false;
	value = lw_str_after(s, n + 2);
	return value.p[0] == '\'' || value.p[0] == '[' || value.p[0] == '{' ||
	       ((value.p[0] == '-' || (value.p[0] >= '0' && value.p[0] <= '9')) &&
		   (value.p[value.n - 1] == ',' || lw_str_char(value, ' ') == LW_NPOS)) ||
	       starts(value, "undefined") || starts(value, "true,") || starts(value, "false,");
}

static enum lw_fragment
indented(struct lw_str line, struct lw_str s)
{
	static const char *const frames[] = {"File \"", "at ", "from ", "... ", "thrown in ",
	    "--- End of ", "Suppressed: ", "Caused by: ", "panic: ", "| ", "+-"};
	size_t blanks = line.n - s.n;

	if (starts(s, "[cause]:") || starts(s, "---> "))
		return LW_FRAGMENT_BRIDGE;
	if (starts(s, "+ Exception Group Traceback"))
		return LW_FRAGMENT_START;
	if (starts_any(s, frames, COUNT(frames)) || carets(s) || node_property(s))
		return LW_FRAGMENT_FRAME;
	if (line.p[0] == '\t' && lw_str_find(s, LW_STR(".go:")) != LW_NPOS)
		return LW_FRAGMENT_FRAME;
	if (s.n > 3 && s.p[0] >= '0' && s.p[0] <= '9' && (s.p[1] == ':' || s.p[2] == ':'))
		return LW_FRAGMENT_FRAME; /* Rust: "   7: shop::db::connect" */
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

/*
 * "/app/lib/shop.rb:3:in `fetch': key not found (KeyError)" raises, and the same without a
 * type is a frame of Rails.
 */
static enum lw_fragment
ruby(struct lw_str s)
{
	const char *colon = memchr(s.p, ':', s.n < TYPE_BYTES_MAX ? s.n : TYPE_BYTES_MAX);
	struct lw_str rest;
	size_t in;

	if (colon == NULL || colon - s.p < 4 || memcmp(colon - 3, ".rb", 3) != 0)
		return LW_FRAGMENT_NONE;
	rest = lw_str_after(s, (size_t)(colon - s.p) + 1);
	in = lw_str_find(rest, LW_STR(":in "));
	if (in == LW_NPOS || rest.p[0] < '0' || rest.p[0] > '9' || in > 6)
		return LW_FRAGMENT_NONE;
	return s.p[s.n - 1] == ')' && lw_str_find(rest, LW_STR(": ")) != LW_NPOS
		   ? LW_FRAGMENT_START
		   : LW_FRAGMENT_FRAME;
}

/* How lines of traces begin that have no blanks before them; by their first byte. */
static const struct {
	const char *text;
	enum lw_fragment fragment;
} openings[] = {
    {"** (", LW_FRAGMENT_START},
    {"... ", LW_FRAGMENT_FRAME},
    {"Caused by:", LW_FRAGMENT_BRIDGE},
    {"During handling of the above exception", LW_FRAGMENT_BRIDGE},
    {"Exception in thread ", LW_FRAGMENT_START},
    {"Node.js v", LW_FRAGMENT_FRAME},
    {"PHP   ", LW_FRAGMENT_FRAME},
    {"PHP Fatal error:  Uncaught ", LW_FRAGMENT_START},
    {"PHP Stack trace:", LW_FRAGMENT_FRAME},
    {"Stack trace:", LW_FRAGMENT_FRAME},
    {"The above exception was the direct cause", LW_FRAGMENT_BRIDGE},
    {"Traceback (most recent call last):", LW_FRAGMENT_START},
    {"Uncaught ", LW_FRAGMENT_START},
    {"Unhandled exception", LW_FRAGMENT_START},
    {"[signal SIG", LW_FRAGMENT_FRAME},
    {"[stacktrace]", LW_FRAGMENT_FRAME},
    {"assertion `", LW_FRAGMENT_NAMED},
    {"assertion failed: ", LW_FRAGMENT_NAMED},
    {"attempt to ", LW_FRAGMENT_NAMED},
    {"called `", LW_FRAGMENT_NAMED},
    {"explicit panic", LW_FRAGMENT_NAMED},
    {"fatal error: ", LW_FRAGMENT_START},
    {"for call at", LW_FRAGMENT_FRAME},
    {"index out of bounds: ", LW_FRAGMENT_NAMED},
    {"internal error: entered unreachable code", LW_FRAGMENT_NAMED},
    {"node:internal/", LW_FRAGMENT_FRAME},
    {"not yet implemented", LW_FRAGMENT_NAMED},
    {"note: Some details are omitted, run with `RUST_BACKTRACE", LW_FRAGMENT_FRAME},
    {"note: run with `RUST_BACKTRACE", LW_FRAGMENT_FRAME},
    {"panic: ", LW_FRAGMENT_START},
    {"stack backtrace:", LW_FRAGMENT_FRAME},
};

static enum lw_fragment
by_first(struct lw_str s)
{
	struct lw_str type, message;
	size_t i;

	for (i = 0; i < COUNT(openings) && openings[i].text[0] <= s.p[0]; i++)
		if (openings[i].text[0] == s.p[0] && openings[i].text[1] == s.p[1] &&
		    starts(s, openings[i].text))
			return openings[i].fragment;
	switch (s.p[0]) {
	case 'g':
		return starts(s, "goroutine ") && s.p[s.n - 1] == ':' ? LW_FRAGMENT_FRAME
								      : LW_FRAGMENT_NONE;
	case 't':
		return starts(s, "thread '") && lw_str_find(s, LW_STR(" panicked at ")) != LW_NPOS
			   ? LW_FRAGMENT_START
			   : LW_FRAGMENT_NONE;
	case 'N': /* PHP: what surfaced, behind the trace of its cause */
		return starts(s, "Next ") && lw_named_parse(lw_str_after(s, 5), &type, &message)
			   ? LW_FRAGMENT_BRIDGE
			   : LW_FRAGMENT_NONE;
	case '#':
		return s.n > 3 && s.p[1] >= '0' && s.p[1] <= '9' ? LW_FRAGMENT_FRAME
								 : LW_FRAGMENT_NONE;
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
		return s.n > 0 && node_property(s) ? LW_FRAGMENT_FRAME : LW_FRAGMENT_NONE;
	f = by_first(s);
	if (f != LW_FRAGMENT_NONE)
		return f;
	if (lw_raised_parse(s, &type, &message))
		return LW_FRAGMENT_RAISED;
	if (lw_named_parse(s, &type, &message))
		return LW_FRAGMENT_NAMED;
	f = ruby(s);
	if (f != LW_FRAGMENT_NONE)
		return f;
	return s.p[s.n - 1] == ')' || s.p[0] == 'c' || s.p[0] == 'e'
		   ? (go_function(s) ? LW_FRAGMENT_FRAME : LW_FRAGMENT_NONE)
		   : LW_FRAGMENT_NONE;
}
