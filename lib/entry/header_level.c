/* header_level.c - the level of a line, and what loggers put between it and the message. */
#include "entry/header.h"

#include "entry/severity.h"
#include "entry/stack.h"

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t
lw_header_blanks(struct lw_str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

size_t
lw_header_word(struct lw_str s, size_t at)
{
	while (at < s.n && s.p[at] != ' ' && s.p[at] != '\t')
		at++;
	return at;
}

/* The end of "[...]" at `at`, behind the bracket, or 0. */
size_t
lw_header_bracket(struct lw_str s, size_t at)
{
	size_t i, max = at + 120 < s.n ? at + 120 : s.n;

	if (at >= s.n || s.p[at] != '[')
		return 0;
	for (i = at + 1; i < max; i++)
		if (s.p[i] == ']')
			return i + 1;
	return 0;
}

bool
lw_header_level(struct lw_header *h, struct lw_str word)
{
	enum lw_severity s;
	size_t colon = lw_str_char_last(word, ':');

	word = lw_str_trim(word);
	if (colon != LW_NPOS && colon + 1 < word.n) /* Apache: "core:error" */
		word = lw_str_after(word, colon + 1);
	if (!lw_severity_word(word, &s))
		return false;
	h->severity = s;
	h->has_severity = s != LW_SEV_DEFAULT;
	return true;
}

static bool
all_digits(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!digit(s.p[i]))
			return false;
	return s.n > 0;
}

/* A logger's name: dotted or with '$', '/', '::', but not an exception's type. */
static bool
logger_name(struct lw_str s, struct lw_str rest)
{
	struct lw_str type, message;
	bool dotted = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '.' || c == '$' || c == '/' || c == ':')
			dotted = true;
		else if (!alpha(c) && !digit(c) && c != '_' && c != '-')
			return false;
	}
	return dotted && s.n > 2 && !lw_raised_parse(rest, &type, &message);
}

/* What may stand between the level and the message: pid, "---", [thread], logger and its separator.
 */
size_t
lw_header_after_level(struct lw_str s, size_t at)
{
	size_t end, next, i;

	for (i = 0; i < 6; i++) {
		at = lw_header_blanks(s, at);
		end = lw_header_bracket(s, at);
		if (end != 0 && (end >= s.n || s.p[end] == ' ' || s.p[end] == ':')) {
			at = end < s.n && s.p[end] == ':' ? end + 1 : end;
			continue;
		}
		end = lw_header_word(s, at);
		if (end == at)
			return at;
		if (lw_str_eq(lw_str_make(s.p + at, end - at), LW_STR("---")) ||
		    (end - at == 1 && (s.p[at] == '-' || s.p[at] == '|' || s.p[at] == ':'))) {
			at = end;
			continue;
		}
		next = lw_header_blanks(s, end);
		if (all_digits(lw_str_make(s.p + at, end - at)) && next + 3 <= s.n &&
		    memcmp(s.p + next, "---", 3) == 0) {
			at = end;
			continue;
		}
		/* nginx: "31#31: *1 open() failed" */
		if (s.p[end - 1] == ':' && digit(s.p[at]) &&
		    lw_str_char(lw_str_make(s.p + at, end - at), '#') != LW_NPOS)
			return lw_header_blanks(s, end);
		if (!logger_name(lw_str_make(s.p + at, end - at - (s.p[end - 1] == ':')),
			lw_str_make(s.p + at, s.n - at)))
			return at;
		if (s.p[end - 1] == ':')
			return next;
		if (next + 1 < s.n && (s.p[next] == '-' || s.p[next] == ':' || s.p[next] == '|') &&
		    s.p[next + 1] == ' ')
			return lw_header_blanks(s, next + 1);
		if (next + 2 < s.n && memcmp(s.p + next, "-- ", 3) == 0)
			return lw_header_blanks(s, next + 2);
		if (next < s.n && s.p[next] == '[' && lw_header_bracket(s, next) != 0) {
			at = end;
			continue;
		}
		return at;
	}
	return at;
}

/* Android: "  1702  2395 D WindowManager: message". */
size_t
lw_header_android(struct lw_str s, size_t at, struct lw_header *h)
{
	size_t i, end;

	for (i = 0; i < 2; i++) {
		at = lw_header_blanks(s, at);
		end = lw_header_word(s, at);
		if (!all_digits(lw_str_make(s.p + at, end - at)))
			return 0;
		at = end;
	}
	at = lw_header_blanks(s, at);
	if (at + 2 >= s.n || s.p[at + 1] != ' ' ||
	    !lw_severity_parse(lw_str_make(s.p + at, 1), &h->severity))
		return 0;
	h->has_severity = true;
	end = lw_header_word(s, at + 2);
	return s.p[end - 1] == ':' ? lw_header_blanks(s, end) : at + 2;
}

/*
 * Behind a time: the level within the next few words, where all words before
 * it are numbers, brackets, separators, or a name between " - ".  Returns where
 * the message starts; `at` itself (behind blanks) where no level is there.
 */
size_t
lw_header_behind_time(struct lw_str s, size_t at, struct lw_header *h)
{
	size_t start, end, i;
	bool dash = false;

	at = start = lw_header_blanks(s, at);
	for (i = 0; i < 7; i++) {
		at = lw_header_blanks(s, at);
		end = lw_header_bracket(s, at);
		if (end != 0) {
			if (lw_header_level(h, lw_str_make(s.p + at + 1, end - at - 2)))
				return lw_header_after_level(s, end);
			at = end < s.n && s.p[end] == ':' ? end + 1 : end;
			continue;
		}
		end = lw_header_word(s, at);
		if (end == at)
			break;
		if (end - at == 1 && (s.p[at] == '-' || s.p[at] == '|')) {
			dash = true;
			at = end;
			continue;
		}
		if (lw_header_level(h, lw_str_make(s.p + at, end - at - (s.p[end - 1] == ':'))))
			return lw_header_after_level(s, end);
		if (!all_digits(lw_str_make(s.p + at, end - at)) && !dash)
			break;
		dash = false;
		at = end;
	}
	return start;
}
