/* join.c - which lines of a text log continue the message before them. */
#include "input/join.h"

#include "base/time.h"

#define HEADER_BYTES 160 /* where a logger's level is looked for */

static const struct lw_str bridges[] = {
    {"During handling of the above exception", 38},
    {"The above exception was the direct cause", 40},
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static size_t
indent_of(struct lw_str line)
{
	size_t i = 0;

	while (i < line.n && is_blank(line.p[i]))
		i++;
	return i;
}

static struct lw_str
from(struct lw_str s, size_t at)
{
	return lw_str_make(s.p + at, s.n - at);
}

static bool
starts(struct lw_str s, const char *z)
{
	return lw_str_starts(s, lw_str_from(z));
}

/* Is one of the words in s, whatever its case? */
static bool
holds_word(struct lw_str s, const char *const *words, size_t count)
{
	size_t i, k, w;

	for (i = 0; i < s.n; i++) {
		if (!is_letter(s.p[i]))
			continue;
		for (w = 0; w < count; w++) {
			for (k = 0;
			     words[w][k] != '\0' && i + k < s.n && lower(s.p[i + k]) == words[w][k];
			     k++)
				;
			if (words[w][k] == '\0')
				return true;
		}
		while (i + 1 < s.n && is_letter(s.p[i + 1]))
			i++;
	}
	return false;
}

static const char *const levels[] = {"trace", "debug", "info", "notice", "warn", "error", "err",
    "crit", "fatal", "severe", "alert", "emerg", "panic"};
static const char *const bad_levels[] = {
    "warn", "error", "err", "crit", "fatal", "severe", "alert", "emerg", "exception"};

/* Does a logger's prefix stand at the start: a time, a level, a bracket with either? */
static bool
is_header(struct lw_str line)
{
	struct lw_str word;
	size_t i = 0, n;

	while (i < line.n &&
	       (line.p[i] == '[' || line.p[i] == '<' || line.p[i] == '(' || is_blank(line.p[i])))
		i++;
	line = from(line, i);
	if (line.n < 5)
		return false;
	for (n = 0; n < line.n && is_digit(line.p[n]); n++)
		;
	if (n >= 1 && n < line.n)
		return n >= 2 && (line.p[n] == '-' || line.p[n] == '/' || line.p[n] == ':' ||
				     line.p[n] == '.' || line.p[n] == '>' || is_blank(line.p[n]));
	if ((line.p[0] == 'I' || line.p[0] == 'W' || line.p[0] == 'E' || line.p[0] == 'F') &&
	    is_digit(line.p[1]) && is_digit(line.p[2]) && is_digit(line.p[3]) &&
	    is_digit(line.p[4]))
		return true; /* glog */
	for (n = 0; n < line.n && is_letter(line.p[n]); n++)
		;
	word = lw_str_make(line.p, n);
	if (n == 3 && line.n > 5 && line.p[3] == ' ' &&
	    (is_digit(line.p[4]) || is_digit(line.p[5])))
		return true; /* "Sep 16 ..." */
	if (n > 8 || n == line.n || line.p[n] == '.' || line.p[n] == '(')
		return false;
	return holds_word(word, levels, sizeof(levels) / sizeof(levels[0])) &&
	       !lw_str_ends(word, LW_STR("Error"));
}

/* "pkg.Type: text", the type by its name an exception's. */
static bool
is_exception(struct lw_str line)
{
	static const char *const endings[] = {
	    "Error", "Exception", "Throwable", "Failure", "Interrupt", "Fault", "Warning"};
	struct lw_str name;
	size_t n = 0, i;

	while (n < line.n && (is_letter(line.p[n]) || is_digit(line.p[n]) || line.p[n] == '.' ||
				 line.p[n] == '$' || line.p[n] == '\\' ||
				 (line.p[n] == ':' && n + 2 < line.n && line.p[n + 1] == ':' &&
				     is_letter(line.p[n + 2])) ||
				 (line.p[n] == ':' && n > 0 && line.p[n - 1] == ':')))
		n++;
	if (n == 0 || !(is_letter(line.p[0]) || line.p[0] == '\\'))
		return false;
	if (n < line.n && line.p[n] != ':' &&
	    !(line.p[n] == ' ' && n + 1 < line.n && line.p[n + 1] == '['))
		return false;
	name = lw_str_make(line.p, n);
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (lw_str_ends(name, lw_str_from(endings[i])))
			return true;
	return false;
}

static bool
is_traceback(struct lw_str line)
{
	return starts(line, "Traceback (most recent call last)");
}

static bool
is_bridge(struct lw_str line)
{
	return lw_str_starts(line, bridges[0]) || lw_str_starts(line, bridges[1]);
}

/* "goroutine 34 [running]:" */
static bool
is_goroutine(struct lw_str line)
{
	return starts(line, "goroutine ") && line.n > 10 && is_digit(line.p[10]) &&
	       lw_str_find(line, LW_STR(" [")) != LW_NPOS;
}

/* "main.(*T).serve(0xc000...)", "created by main.main in goroutine 1", "[signal SIGSEGV: ...]" */
static bool
is_go_line(struct lw_str line)
{
	size_t i, paren;

	if (is_goroutine(line) || starts(line, "created by ") || starts(line, "[signal ") ||
	    starts(line, "exit status ") || starts(line, "panic: ") || starts(line, "runtime: ") ||
	    starts(line, "runtime stack:"))
		return true;
	if (line.n < 3 || (line.p[line.n - 1] != ')' && !lw_str_ends(line, LW_STR("(...)"))))
		return false;
	paren = lw_str_find(line, LW_STR("("));
	if (paren == LW_NPOS)
		return false;
	for (i = 0; i < paren; i++)
		if (is_blank(line.p[i]))
			return false;
	return lw_str_find(line, LW_STR(".")) < line.n && is_letter(line.p[0]);
}

/* "#0 /app/x.php(12): f()" */
static bool
is_php_frame(struct lw_str line)
{
	return line.n > 3 && line.p[0] == '#' && is_digit(line.p[1]) &&
	       (is_blank(line.p[2]) ||
		   (is_digit(line.p[2]) && (is_blank(line.p[3]) || is_digit(line.p[3]))));
}

/* Nothing but what closes what was opened: "}", "});", "]," */
static bool
is_closer(struct lw_str line)
{
	size_t i;

	line = lw_str_trim(line);
	if (line.n == 0 || line.n > 4 || (line.p[0] != '}' && line.p[0] != ']' && line.p[0] != ')'))
		return false;
	for (i = 1; i < line.n; i++)
		if (memchr("}]);,", line.p[i], 5) == NULL)
			return false;
	return true;
}

/* Carets alone, under a line of source. */
static bool
is_caret(struct lw_str line)
{
	size_t i;

	line = lw_str_trim(line);
	for (i = 0; i < line.n; i++)
		if (line.p[i] != '^' && line.p[i] != '~')
			return false;
	return line.n > 0;
}

static enum lw_join_state
state_of(struct lw_str line)
{
	if (is_traceback(line))
		return LW_JOIN_PYTHON_BODY;
	if (starts(line, "panic: ") || starts(line, "fatal error: ") || is_goroutine(line))
		return LW_JOIN_GO;
	return LW_JOIN_PLAIN;
}

void
lw_join_begin(struct lw_join *j, struct lw_str first)
{
	static const struct lw_str traceback = {"Traceback (most recent call last):", 34};

	*j = (struct lw_join){.lines = 1, .indent = indent_of(first)};
	j->state = state_of(from(first, j->indent));
	if (j->state == LW_JOIN_PLAIN && lw_str_ends(first, traceback))
		j->state = LW_JOIN_PYTHON_BODY; /* behind a logger's prefix */
}

static struct lw_str
head_of(struct lw_str line)
{
	return lw_str_make(line.p, line.n < HEADER_BYTES ? line.n : HEADER_BYTES);
}

/* Is it a logger's line that reports an error? */
static bool
is_error_header(struct lw_str first)
{
	return is_header(first) &&
	       holds_word(head_of(first), bad_levels, sizeof(bad_levels) / sizeof(bad_levels[0]));
}

static bool
is_php(struct lw_str first)
{
	return starts(first, "PHP ") || lw_str_find(head_of(first), LW_STR(" PHP ")) != LW_NPOS;
}

/* A line that stands deeper than the first. */
static bool
indented(struct lw_join *j, struct lw_str line, bool blank)
{
	if (blank && j->state == LW_JOIN_PLAIN)
		return false;
	if (j->state == LW_JOIN_PLAIN)
		j->state = LW_JOIN_TRACE;
	if (j->state == LW_JOIN_TRACE && is_caret(line))
		j->state = LW_JOIN_CARET;
	return true;
}

/* A line that stands as the first one does, in the state that the lines before have led to. */
static bool
by_state(struct lw_join *j, struct lw_str line, bool blank)
{
	switch (j->state) {
	case LW_JOIN_PYTHON_BODY:
		if (blank || is_header(line))
			return false;
		j->state = LW_JOIN_PYTHON_DONE;
		return true;
	case LW_JOIN_PYTHON_DONE:
		if (!is_bridge(line))
			return false;
		j->state = LW_JOIN_PYTHON_BRIDGE;
		return true;
	case LW_JOIN_PYTHON_BRIDGE:
		if (!is_traceback(line))
			return false;
		j->state = LW_JOIN_PYTHON_BODY;
		return true;
	case LW_JOIN_GO:
		return is_go_line(line);
	case LW_JOIN_CARET:
		if (!is_exception(line) && !starts(line, "Uncaught "))
			return false;
		j->state = LW_JOIN_TRACE;
		return true;
	case LW_JOIN_TRACE:
		return starts(line, "Node.js v");
	case LW_JOIN_PLAIN:
	default:
		return false;
	}
}

/* A line that says by its own words that it goes on; first is the message's first line. */
static bool
by_words(struct lw_join *j, struct lw_str first, struct lw_str line)
{
	switch (line.p[0]) {
	case 'C':
		if (starts(line, "Caused by: "))
			return true;
		break;
	case 'S':
		if (starts(line, "Suppressed: ") || starts(line, "Stack trace:"))
			return true;
		break;
	case '#':
		return is_php_frame(line);
	case '-':
		return starts(line, "--- End of ");
	case 'P':
		if ((starts(line, "PHP   ") || starts(line, "PHP Stack trace:")) && is_php(first))
			return true;
		break;
	case 'a':
		if (starts(line, "at ") && line.p[line.n - 1] == ')' && j->state == LW_JOIN_TRACE)
			return true;
		break;
	case '}':
	case ']':
	case ')':
		return j->lines > 1 && is_closer(line);
	case 'g':
		if (is_goroutine(line) && lw_str_find(head_of(first), LW_STR("panic")) != LW_NPOS) {
			j->state = LW_JOIN_GO;
			return true;
		}
		break;
	default:
		break;
	}
	if (j->lines > 1)
		return false;
	/* behind a logger's line on an error, what it was */
	if (is_traceback(line) && is_error_header(first)) {
		j->state = LW_JOIN_PYTHON_BODY;
		return true;
	}
	return is_exception(line) && !is_header(line) && is_error_header(first);
}

bool
lw_join_continues(struct lw_join *j, struct lw_str first, struct lw_str line, bool blank)
{
	size_t indent = indent_of(line);
	bool yes;

	if (indent > j->indent) {
		yes = indented(j, line, blank);
	} else {
		line = from(line, indent);
		/* most lines of most logs begin with the digits of a time */
		yes = line.n > 0 && !is_digit(line.p[0]) &&
		      (by_state(j, line, blank) || (!blank && by_words(j, first, line)));
	}
	if (yes)
		j->lines++;
	return yes;
}

bool
lw_join_is_summary(struct lw_str line)
{
	static const char *const names[] = {"DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING",
	    "ERROR", "CRITICAL", "ALERT", "EMERGENCY"};
	int64_t ns;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (starts(line, names[i])) {
			line = from(line, strlen(names[i]));
			return line.n > 1 && is_blank(line.p[0]) &&
			       lw_time_parse_prefix(from(line, 1), &ns) > 0;
		}
	return false;
}
