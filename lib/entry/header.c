/* header.c - the fields of a header, one after the other. */
#include "entry/header.h"

#include "entry/severity.h"
#include "entry/stack.h"

#define HEADER_BYTES_MAX 400
#define NESTING_MAX 2 /* a compose or CRI prefix before the logger's own header */

static void parse(struct lw_str s, struct lw_header *h, int depth);

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

/* "stdout F " behind the time of a container runtime. */
static size_t
cri(struct lw_str s, size_t at)
{
	if (at + 10 > s.n ||
	    (memcmp(s.p + at, " stdout ", 8) != 0 && memcmp(s.p + at, " stderr ", 8) != 0))
		return 0;
	if ((s.p[at + 8] != 'F' && s.p[at + 8] != 'P') || s.p[at + 9] != ' ')
		return 0;
	return at + 10;
}

/* What stands inside another header; its time counts where the outer one has none. */
static void
nested(struct lw_str s, size_t at, struct lw_header *h, int depth)
{
	struct lw_header inner = {.time_ns = LW_TIME_NONE};

	h->length = at;
	if (depth >= NESTING_MAX)
		return;
	parse(lw_str_after(s, at), &inner, depth + 1);
	h->length += inner.length;
	if (h->time_ns == LW_TIME_NONE)
		h->time_ns = inner.time_ns;
	if (inner.has_severity) {
		h->severity = inner.severity;
		h->has_severity = true;
	}
	h->service = h->service.n > 0 ? h->service : inner.service;
	h->instance = h->instance.n > 0 ? h->instance : inner.instance;
	if (inner.status != 0) {
		h->status = inner.status;
		h->method = inner.method;
		h->url = inner.url;
	}
}

static void
starts_with_digit(struct lw_str s, struct lw_header *h, int depth)
{
	size_t n = lw_time_parse_prefix(s, &h->time_ns), at;
	enum lw_severity none = LW_SEV_DEFAULT;

	if (n != 0) {
		at = cri(s, n);
		if (at != 0) {
			nested(s, at, h, depth);
			return;
		}
	} else {
		n = lw_header_time(s, &h->time_ns);
	}
	if (n == 0 || n >= s.n ||
	    (s.p[n] != ' ' && s.p[n] != '\t' && s.p[n] != ':' && s.p[n] != ']')) {
		h->time_ns = LW_TIME_NONE;
		return;
	}
	if (s.p[2] == '-' && s.p[5] == ' ') { /* a month and a day: Android or nothing */
		h->length = lw_header_android(s, n, h);
		return;
	}
	at = lw_header_behind_time(s, s.p[n] == ':' || s.p[n] == ']' ? n + 1 : n, h);
	if (h->time_ns == LW_TIME_NONE && !h->has_severity) {
		h->severity = none; /* a clock time alone may be part of the message */
		return;
	}
	h->length = at;
}

static void
starts_with_bracket(struct lw_str s, struct lw_header *h)
{
	struct lw_str inside;
	size_t end = lw_header_bracket(s, 0), n;
	int64_t t = LW_TIME_NONE;

	if (end == 0)
		return;
	inside = lw_str_make(s.p + 1, end - 2);
	n = lw_time_parse_prefix(inside, &t);
	if (n == 0)
		n = lw_header_time(inside, &t);
	if (n != 0 && n + 6 >= inside.n && t != LW_TIME_NONE) {
		h->time_ns = t;
		h->length = lw_header_behind_time(s, end, h);
		return;
	}
	if (end >= s.n || !lw_header_level(h, inside))
		return;
	/* "[ERROR] 2025-01-02T03:04:05Z message": the level alone is left in the message */
	n = lw_time_parse_prefix(lw_str_after(s, lw_header_blanks(s, end)), &t);
	if (n == 0)
		return;
	h->time_ns = t;
	h->length = lw_header_after_level(s, lw_header_blanks(s, end) + n);
}

/* syslog: "host program[pid]: message" behind the time. */
static size_t
syslog_tail(struct lw_str s, size_t at, struct lw_header *h)
{
	size_t host = lw_header_blanks(s, at), host_end = lw_header_word(s, host),
	       tag = lw_header_blanks(s, host_end), end;
	struct lw_str program;
	size_t bracket;

	end = lw_header_word(s, tag);
	if (end == tag || s.p[end - 1] != ':')
		return 0;
	program = lw_str_make(s.p + tag, end - tag - 1);
	bracket = lw_str_char(program, '[');
	if (bracket == 0)
		return 0;
	h->service = bracket == LW_NPOS ? program : lw_str_make(program.p, bracket);
	h->instance = lw_str_make(s.p + host, host_end - host);
	return lw_header_blanks(s, end);
}

/* "I0916 12:00:00.123456   1234 file.go:12] message" */
static bool
klog(struct lw_str s, struct lw_header *h)
{
	enum lw_severity severity;
	size_t i, max = s.n < 120 ? s.n : 120;

	if (s.n < 21 || !digit(s.p[1]) || !digit(s.p[4]) || s.p[5] != ' ' || s.p[8] != ':' ||
	    s.p[11] != ':' || !lw_severity_from_text(lw_str_make(s.p, 21), &severity))
		return false;
	for (i = 20; i + 1 < max; i++) {
		if (s.p[i] == ']' && s.p[i + 1] == ' ') {
			h->severity = severity;
			h->has_severity = true;
			h->length = i + 2;
			return true;
		}
	}
	return false;
}

/* "web-1  | message": the name of a compose container. */
static size_t
compose(struct lw_str s, struct lw_header *h)
{
	enum lw_severity severity;
	struct lw_str name;
	size_t i, at, max = s.n < 64 ? s.n : 64;
	bool lower = false;

	for (i = 0; i < max && (alpha(s.p[i]) || digit(s.p[i]) || s.p[i] == '-' || s.p[i] == '_' ||
				   s.p[i] == '.');
	     i++)
		lower = lower || s.p[i] >= 'a';
	at = lw_header_blanks(s, i);
	if (!lower || at == i || at + 1 >= s.n || s.p[at] != '|' || s.p[at + 1] != ' ')
		return 0;
	name = lw_str_make(s.p, i);
	if (lw_severity_word(name, &severity))
		return 0;
	h->instance = h->service = name;
	while (i > 0 && digit(s.p[i - 1]))
		i--;
	if (i > 1 && i < name.n && (s.p[i - 1] == '-' || s.p[i - 1] == '_'))
		h->service.n = i - 1;
	return at + 2;
}

/* "ERROR 2025-... summary" of Logs Explorer, "ERROR:root:message" of Python's default. */
static bool
level_first(struct lw_str s, struct lw_header *h)
{
	size_t i, n, end;
	int64_t t;

	for (i = 0; i < s.n && i < 14 && alpha(s.p[i]); i++)
		;
	if (i < 3 || i >= s.n || s.p[0] > 'Z' || (s.p[i] != ' ' && s.p[i] != ':'))
		return false;
	if (s.p[i] == ':') {
		end = i + 1;
		while (end < s.n &&
		       (alpha(s.p[end]) || digit(s.p[end]) || s.p[end] == '.' || s.p[end] == '_'))
			end++;
		if (end == i + 1 || end + 1 >= s.n || s.p[end] != ':' || s.p[end + 1] == ':' ||
		    !lw_header_level(h, lw_str_make(s.p, i)))
			return false;
		h->length = end + 1;
		return true;
	}
	n = lw_header_blanks(s, i);
	end = lw_time_parse_prefix(lw_str_after(s, n), &t);
	if (end == 0 || !lw_header_level(h, lw_str_make(s.p, i)))
		return false;
	h->time_ns = t;
	h->length = lw_header_after_level(s, n + end);
	return true;
}

static void
starts_with_letter(struct lw_str s, struct lw_header *h, int depth)
{
	size_t n;

	if (klog(s, h) || level_first(s, h))
		return;
	if (s.p[0] <= 'W' && (n = lw_header_time(s, &h->time_ns)) != 0) {
		size_t tail = syslog_tail(s, n, h);

		if (tail != 0)
			h->length = tail;
		else if (h->time_ns != LW_TIME_NONE)
			h->length = lw_header_behind_time(s, n, h);
		return;
	}
	n = compose(s, h);
	if (n != 0)
		nested(s, n, h, depth);
	else if (lw_str_starts(s, LW_STR("time=")) || lw_str_starts(s, LW_STR("ts="))) {
		n = s.p[1] == 's' ? 3 : 5;
		n += n < s.n && s.p[n] == '"';
		(void)lw_time_parse_prefix(lw_str_after(s, n), &h->time_ns);
	}
}

/* "<34>1 2003-10-11T22:14:15.003Z host app pid id - message", "<34>Oct 11 22:14:15 host su:
 * message". */
static void
starts_with_priority(struct lw_str s, struct lw_header *h)
{
	static const unsigned char levels[] = {LW_SEV_EMERGENCY, LW_SEV_ALERT, LW_SEV_CRITICAL,
	    LW_SEV_ERROR, LW_SEV_WARNING, LW_SEV_NOTICE, LW_SEV_INFO, LW_SEV_DEBUG};
	struct lw_str rest;
	size_t at = 1, n, i, end;
	int64_t t;

	while (at < s.n && at < 4 && digit(s.p[at]))
		at++;
	if (at == 1 || at >= s.n || s.p[at] != '>')
		return;
	h->severity = (enum lw_severity)levels[lw_str_number(lw_str_after(s, 1)) % 8];
	rest = lw_str_after(s, ++at);
	n = lw_header_time(rest, &t);
	if (n != 0) {
		h->time_ns = t;
		n = syslog_tail(s, at + n, h);
		h->length = n;
		h->has_severity = n != 0;
		return;
	}
	if (rest.n < 22 || rest.p[0] != '1' || rest.p[1] != ' ')
		return;
	n = lw_time_parse_prefix(lw_str_after(rest, 2), &t);
	if (n == 0)
		return;
	h->time_ns = t;
	h->has_severity = true;
	at += 2 + n;
	for (i = 0; i < 4; i++) { /* host, program, process id, message id */
		at = lw_header_blanks(s, at);
		end = lw_header_word(s, at);
		if (i < 2 && !(end - at == 1 && s.p[at] == '-'))
			*(i == 0 ? &h->instance : &h->service) = lw_str_make(s.p + at, end - at);
		at = end;
	}
	at = lw_header_blanks(s, at);
	end = at < s.n && s.p[at] == '-' ? at + 1 : lw_header_bracket(s, at);
	h->length = lw_header_blanks(s, end == 0 ? at : end);
}

/* '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326'; the message starts at the
 * quote. */
static bool
access_log(struct lw_str s, struct lw_header *h)
{
	size_t open = lw_str_char(s, '['), at, n, quote, end;
	int64_t t;

	if (open == LW_NPOS || open < 6 || open + 30 > s.n || s.p[open - 1] != ' ' ||
	    s.p[open + 3] != '/')
		return false;
	n = lw_header_clf_time(lw_str_after(s, open + 1), &t);
	at = open + 1 + n;
	if (n == 0 || at + 3 >= s.n || s.p[at] != ']' || s.p[at + 1] != ' ' || s.p[at + 2] != '"')
		return false;
	h->time_ns = t;
	h->length = at + 2;
	quote = at + 3;
	end = lw_header_word(s, quote);
	h->method = lw_str_make(s.p + quote, end - quote);
	quote = lw_header_blanks(s, end);
	end = lw_header_word(s, quote);
	h->url = lw_str_make(s.p + quote, end - quote);
	n = lw_str_find(lw_str_after(s, quote), LW_STR("\" "));
	if (n != LW_NPOS)
		h->status = (int)lw_str_number(lw_str_after(s, quote + n + 2));
	if (h->status < 100 || h->status > 599)
		h->status = 0;
	return true;
}

static void
parse(struct lw_str s, struct lw_header *h, int depth)
{
	if (s.n < 8)
		return;
	if (digit(s.p[0])) {
		if (!access_log(s, h))
			starts_with_digit(s, h, depth);
	} else if (alpha(s.p[0])) {
		if (!access_log(s, h))
			starts_with_letter(s, h, depth);
	} else if (s.p[0] == '[') {
		starts_with_bracket(s, h);
	} else if (s.p[0] == '<') {
		starts_with_priority(s, h);
	}
}

void
lw_header_parse(struct lw_str text, struct lw_header *h)
{
	const char *nl;

	*h = (struct lw_header){.time_ns = LW_TIME_NONE};
	if (text.n > HEADER_BYTES_MAX)
		text.n = HEADER_BYTES_MAX;
	nl = text.n == 0 ? NULL : memchr(text.p, '\n', text.n);
	if (nl != NULL)
		text.n = (size_t)(nl - text.p);
	parse(text, h, 0);
	if (h->length > text.n)
		h->length = text.n;
}
