/*
 * literal.c - required literals, by one recursive descent over the pattern.
 *
 * part.h says what is known of each part and how parts join.
 */
#include "catalog/literal.h"

#include <string.h>

#include "catalog/part.h"

#define MAX_DEPTH 40 /* nested groups; PCRE2 allows 250, nobody writes them */

struct reader {
	const char *p;
	size_t n, at;
	struct lw_parts parts; /* .failed: not understood, or no memory; nothing may be concluded */
	struct lw_literals *out;
	unsigned depth;
	bool extended; /* (?x): blanks and # comments are ignored */
	bool
	    renumbered; /* groups may have other numbers, or names, than they are counted to have */
	struct lw_literal_name names[LW_LITERAL_MAX_NAMES];
	size_t name_count;
};

static void read_alternation(struct reader *r, struct lw_part *out);

static bool
more(const struct reader *r)
{
	return !r->parts.failed && r->at < r->n;
}

static char
peek(const struct reader *r, size_t ahead)
{
	return r->at + ahead < r->n ? r->p[r->at + ahead] : '\0';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_name(char c)
{
	return is_alnum(c) || c == '_';
}

/* At "[:alpha:]" inside a class: to its last byte.  What only looks like one gives up. */
static void
skip_posix_name(struct reader *r)
{
	size_t i = 2;

	i += peek(r, i) == '^';
	while (peek(r, i) >= 'a' && peek(r, i) <= 'z')
		i++;
	if (peek(r, i) == ':' && peek(r, i + 1) == ']')
		r->at += i + 1;
	else
		r->parts.failed = true;
}

/* From one byte of a class to another, as PCRE2 orders them; false where that is no range. */
static bool
add_range(bool set[256], unsigned char from, unsigned char to)
{
	unsigned c;

	for (c = from; c <= to; c++)
		set[c] = true;
	return from <= to;
}

/* A member of a class, at the reader: true where it is one byte, which is then *c. */
static bool
read_member(struct reader *r, bool set[256], unsigned char *c)
{
	if (peek(r, 0) != '\\') {
		*c = (unsigned char)peek(r, 0);
		return true;
	}
	r->at++;
	*c = (unsigned char)peek(r, 0);
	if (*c == 'Q' || *c == 'E')
		r->parts.failed = true;
	if (*c == 'd')
		return !add_range(set, '0', '9');
	if (is_alnum((char)*c)) /* not concluded from */
		(void)add_range(set, 0, 255);
	return !is_alnum((char)*c);
}

/* Behind "[": what it may stand for. */
static void
read_class(struct reader *r, struct lw_part *out)
{
	size_t start = r->at - 1;
	bool negated = peek(r, 0) == '^', first = true, single = false, set[256] = {false};
	unsigned char last = 0, c;

	r->at += negated;
	for (; more(r); r->at++, first = false) {
		if (peek(r, 0) == ']' && !first)
			break;
		if (peek(r, 0) == '[' && strchr(":.=", peek(r, 1)) != NULL) {
			(void)add_range(set, 0, 255);
			if (peek(r, 1) == ':')
				skip_posix_name(r);
			single = false;
			continue;
		}
		if (peek(r, 0) == '-' && single && peek(r, 1) != ']') {
			r->at++;
			if (!read_member(r, set, &c) || c == '[' || !add_range(set, last, c))
				(void)add_range(set, 0, 255);
			single = false;
			continue;
		}
		if (peek(r, 0) == '-' && !first && peek(r, 1) != ']')
			(void)add_range(set, 0, 255); /* behind a range: not concluded from */
		single = read_member(r, set, &c);
		if (!single)
			continue;
		last = c;
		set[c] = true;
		if (c >= 0xc0 && !r->out->wide_class) {
			r->out->wide_class = true;
			r->out->wide_at = start;
		}
		if (r->extended && (c == ' ' || c == '\t'))
			(void)add_range(set, 0, 255); /* (?xx) ignores them here, (?x) does not */
	}
	if (!more(r)) {
		r->parts.failed = true;
		return;
	}
	r->at++;
	if (negated)
		lw_part_unknown(out);
	else
		lw_part_class(&r->parts, out, set);
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \xHH and \x{HH}; anything else that starts so is not concluded from. */
static void
read_hex(struct reader *r, struct lw_part *out)
{
	bool braces = peek(r, 0) == '{';
	int a = hex_value(peek(r, braces)), b = hex_value(peek(r, 1 + braces));
	char byte;

	if (a < 0 || b < 0 || (braces && peek(r, 3) != '}')) {
		r->parts.failed = true;
		return;
	}
	r->at += braces ? 4 : 2;
	byte = (char)(a * 16 + b);
	lw_part_run(&r->parts, out, &byte, 1);
}

/* Past what stands in brackets behind \p, \g, \k, \o. */
static void
skip_argument(struct reader *r)
{
	char open = peek(r, 0), close = open == '{' ? '}' : open == '<' ? '>' : open;

	if (open != '{' && open != '<' && open != '\'') {
		r->at += more(r);
		while (is_digit(peek(r, 0)))
			r->at++;
		return;
	}
	for (r->at++; more(r) && peek(r, 0) != close; r->at++)
		;
	r->at += more(r);
}

/* Behind the backslash. */
static void
read_escape(struct reader *r, struct lw_part *out)
{
	static const char names[] = "ntrfea", bytes[] = "\n\t\r\f\033\a";
	char c = peek(r, 0);
	const char *known = c == '\0' ? NULL : strchr(names, c);

	lw_part_unknown(out);
	if (!more(r)) {
		r->parts.failed = true;
		return;
	}
	r->at++;
	if (!is_alnum(c)) {
		lw_part_run(&r->parts, out, &c, 1);
	} else if (known != NULL) {
		lw_part_run(&r->parts, out, &bytes[known - names], 1);
	} else if (c == 'd') {
		bool digits[256] = {false};

		(void)add_range(digits, '0', '9');
		lw_part_class(&r->parts, out, digits);
	} else if (c == 'x') {
		read_hex(r, out);
	} else if (strchr("AbBGKzZ", c) != NULL) {
		lw_part_empty(out);
	} else if (is_digit(c)) {
		while (is_digit(peek(r, 0)))
			r->at++;
	} else if (strchr("pPgko", c) != NULL) {
		skip_argument(r);
	} else if (c == 'c') {
		r->at += more(r);
	} else if (strchr("dDhHsSvVwWRXC", c) == NULL && !(c == 'N' && peek(r, 0) != '{')) {
		r->parts.failed = true;
	}
}

/* Behind "\Q", to "\E" or the end. */
static void
read_quoted(struct reader *r, struct lw_part *seq)
{
	for (; more(r); r->at++) {
		struct lw_part byte;

		if (peek(r, 0) == '\\' && peek(r, 1) == 'E') {
			r->at += 2;
			/* A quantifier here would repeat the last byte alone. */
			if (peek(r, 0) != '\0' && strchr("*+?{", peek(r, 0)) != NULL)
				r->parts.failed = true;
			return;
		}
		lw_part_run(&r->parts, &byte, r->p + r->at, 1);
		if (!r->parts.failed)
			lw_part_follow(&r->parts, seq, &byte);
	}
}

/* "(?imsx-x)" or "(?i:": sets the mode; true where a group follows. */
static bool
read_flags(struct reader *r)
{
	bool on = true;

	for (; more(r); r->at++) {
		char c = peek(r, 0);

		if (c == '^') {
			r->extended = false;
		} else if (c == '-') {
			on = false;
		} else if (c == 'x' && peek(r, 1) != 'x') {
			r->extended = on;
		} else if (c == ')' || c == ':') {
			r->at++;
			return c == ':';
		} else if (strchr("imsnJU", c) == NULL) {
			break;
		}
		r->renumbered = r->renumbered || c == 'n' || c == 'J';
	}
	r->parts.failed = true;
	return false;
}

static void
skip_to(struct reader *r, char end)
{
	while (more(r) && peek(r, 0) != end)
		r->at++;
	if (!more(r))
		r->parts.failed = true;
	r->at++;
}

/* At the name of a group, before `end`. */
static void
read_name(struct reader *r, char end)
{
	size_t start = r->at;

	skip_to(r, end);
	r->out->group_count++;
	if (r->parts.failed || r->name_count == LW_LITERAL_MAX_NAMES) {
		r->renumbered = true;
		return;
	}
	r->names[r->name_count++] = (struct lw_literal_name){
	    lw_str_make(r->p + start, r->at - 1 - start), r->out->group_count};
}

enum group { GROUP_PLAIN, GROUP_ZERO_WIDTH, GROUP_UNKNOWN, GROUP_NO_BODY };

/* Behind "(": what kind of group it is; leaves the reader at its body. */
static enum group
read_group_head(struct reader *r)
{
	char c = peek(r, 1), d = peek(r, 2);

	if (peek(r, 0) == '*') {
		r->parts.failed = true; /* (*ACCEPT) and its kind change what a match is */
		return GROUP_NO_BODY;
	}
	if (peek(r, 0) != '?') {
		r->out->group_count++;
		return GROUP_PLAIN;
	}
	r->at++;
	if (c == '>' || c == '|' || c == ':') {
		r->at++;
		r->renumbered = r->renumbered || c == '|';
		return GROUP_PLAIN;
	}
	if (c == '=' || c == '!' || (c == '<' && (d == '=' || d == '!'))) {
		r->at += c == '<' ? 2 : 1;
		return GROUP_ZERO_WIDTH;
	}
	if (c == '#' || c == 'R' || c == '&' || c == '+' || is_digit(c) ||
	    (c == '-' && is_digit(d)) || (c == 'P' && (d == '>' || d == '='))) {
		skip_to(r, ')');
		return c == '#' ? GROUP_NO_BODY : GROUP_UNKNOWN;
	}
	if ((c == '<' && is_name(d)) || c == '\'' || (c == 'P' && d == '<')) {
		r->at += c == 'P' ? 2 : 1;
		read_name(r, c == '\'' ? '\'' : '>');
		return GROUP_PLAIN;
	}
	return read_flags(r) ? GROUP_PLAIN : GROUP_NO_BODY;
}

static void
read_group(struct reader *r, struct lw_part *out)
{
	bool extended = r->extended;
	enum group group = read_group_head(r);

	lw_part_empty(out);
	if (group == GROUP_UNKNOWN) {
		lw_part_unknown(out);
		r->renumbered = true; /* not that it is: a call is not looked into */
	}
	if (r->parts.failed || group == GROUP_UNKNOWN || group == GROUP_NO_BODY)
		return;
	if (++r->depth > MAX_DEPTH) {
		r->parts.failed = true;
		return;
	}
	read_alternation(r, out);
	r->depth--;
	r->extended = extended;
	if (peek(r, 0) != ')' || !more(r))
		r->parts.failed = true;
	r->at++;
	if (group == GROUP_ZERO_WIDTH)
		lw_part_empty(out);
}

/* Past what (?x) ignores, and comments. */
static void
skip_ignored(struct reader *r)
{
	while (more(r)) {
		char c = peek(r, 0);

		if (c == '(' && peek(r, 1) == '?' && peek(r, 2) == '#') {
			skip_to(r, ')');
		} else if (r->extended && c == '#') {
			while (more(r) && peek(r, 0) != '\n')
				r->at++;
		} else if (r->extended && (c == ' ' || (c >= '\t' && c <= '\r'))) {
			r->at++;
		} else {
			break;
		}
	}
}

/* "{2}", "{2,}", "{2,5}" at the reader; true where it is one.  What only newer versions read so
 * gives up. */
static bool
read_braces(struct reader *r, unsigned *least, unsigned *most)
{
	size_t i = 1;
	bool comma = false;

	*least = *most = 0;
	for (; is_digit(peek(r, i)); i++)
		*least = *least < LW_PART_MAX_COUNT ? *least * 10 + (unsigned)(peek(r, i) - '0')
						    : *least;
	if (i > 1 && peek(r, i) == ',') {
		comma = true;
		for (i++; is_digit(peek(r, i)); i++)
			*most = *most < LW_PART_MAX_COUNT
				    ? *most * 10 + (unsigned)(peek(r, i) - '0')
				    : *most;
		if (peek(r, i - 1) == ',')
			*most = UINT32_MAX;
	}
	if (i > 1 && peek(r, i) == '}') {
		if (!comma)
			*most = *least;
		r->at += i + 1;
		return true;
	}
	for (i = 1; is_digit(peek(r, i)) || peek(r, i) == ',' || peek(r, i) == ' '; i++)
		;
	if (i > 1 && peek(r, i) == '}')
		r->parts.failed = true;
	return false;
}

/* A quantifier behind an atom; 1 and 1 where there is none. */
static void
read_quantifier(struct reader *r, unsigned *least, unsigned *most)
{
	char c;

	skip_ignored(r);
	c = peek(r, 0);
	*least = *most = 1;
	if (c == '*' || c == '+' || c == '?') {
		*least = c == '+';
		*most = c == '?' ? 1 : UINT32_MAX;
		r->at++;
	} else if (c != '{' || !read_braces(r, least, most)) {
		*least = *most = 1;
		return;
	}
	c = peek(r, 0);
	r->at += c == '+' || c == '?';
	skip_ignored(r);
	c = peek(r, 0);
	if (c == '*' || c == '+' || c == '?')
		r->parts.failed = true;
}

/* Does the byte stand for itself and nothing else, wherever it is?  Those that are frequent. */
static bool
is_itself(char c)
{
	return is_alnum(c) || c == ' ' || c == '_' || c == '-' || c == ':' || c == '/' ||
	       c == '\'' || c == '"' || c == '=' || c == ',' || c == ';' || c == '@';
}

/* Bytes that stand for themselves, the first of which is behind the reader. */
static void
read_run(struct reader *r, struct lw_part *out)
{
	size_t start = r->at - 1;

	while (!r->extended && r->at < r->n && is_itself(r->p[r->at]))
		r->at++;
	/* A quantifier repeats the last one alone. */
	if (r->at > start + 1 && more(r) && strchr("*+?{(", peek(r, 0)) != NULL)
		r->at--;
	lw_part_run(&r->parts, out, r->p + start, r->at - start);
}

static void
read_sequence(struct reader *r, struct lw_part *seq)
{
	lw_part_empty(seq);
	for (skip_ignored(r); more(r); skip_ignored(r)) {
		char c = peek(r, 0);
		unsigned least, most;
		struct lw_part next;

		if (c == '|' || c == ')')
			break;
		/* A quantifier that belongs to something before what was skipped. */
		if (c == '*' || c == '+' || c == '?' || (c == '{' && read_braces(r, &least, &most)))
			r->parts.failed = true;
		r->at++;
		if (c == '\\' && peek(r, 0) == 'Q') {
			r->at++;
			read_quoted(r, seq);
			continue;
		}
		if (c == '(')
			read_group(r, &next);
		else if (c == '[')
			read_class(r, &next);
		else if (c == '\\')
			read_escape(r, &next);
		else if (c == '^' || c == '$')
			lw_part_empty(&next);
		else if (c == '.')
			lw_part_unknown(&next);
		else
			read_run(r, &next);
		if (r->parts.failed)
			return;
		read_quantifier(r, &least, &most);
		if (!r->parts.failed)
			lw_part_repeat(&r->parts, seq, &next, least, most);
	}
	lw_texts_keep_better(&seq->need, &seq->texts);
}

static void
read_alternation(struct reader *r, struct lw_part *out)
{
	struct lw_part next;
	bool needed;

	read_sequence(r, out);
	needed = out->need.n > 0;
	while (more(r) && peek(r, 0) == '|') {
		r->at++;
		read_sequence(r, &next);
		if (r->parts.failed)
			return;
		out->exact =
		    out->exact && next.exact && lw_texts_unite(&r->parts, &out->texts, &next.texts);
		needed =
		    needed && next.need.n > 0 && lw_texts_unite(&r->parts, &out->need, &next.need);
		if (!needed)
			out->need.n = 0;
		if (next.fixed < out->fixed)
			out->fixed = next.fixed;
	}
	if (!out->exact)
		out->texts.n = 0;
}

static bool
holds_another(const struct lw_texts *s, size_t at)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (i != at && lw_str_find(s->s[at], s->s[i]) != LW_NPOS &&
		    (s->s[i].n < s->s[at].n || i < at))
			return true;
	return false;
}

/* The texts that it takes to find them all: where "time out" is looked for, "time out after" need
 * not be. */
static bool
keep(struct lw_literals *out, struct lw_arena *arena, const struct lw_texts *need)
{
	struct lw_str *items = lw_arena_alloc(arena, need->n * sizeof(*items));
	size_t i;

	if (items == NULL)
		return false;
	for (i = 0; i < need->n; i++) {
		struct lw_str s = need->s[i];

		if (holds_another(need, i))
			continue;
		if (s.n > LW_LITERAL_MAX_BYTES)
			s.n = LW_LITERAL_MAX_BYTES;
		items[out->count] = lw_arena_str(arena, s);
		if (items[out->count++].p == NULL)
			return false;
	}
	out->items = items;
	return true;
}

static bool
keep_names(struct lw_literals *out, struct lw_arena *arena, const struct reader *r)
{
	struct lw_literal_name *names = lw_arena_alloc(arena, (r->name_count + 1) * sizeof(*names));
	size_t i;

	if (names == NULL)
		return false;
	for (i = 0; i < r->name_count; i++) {
		names[i].number = r->names[i].number;
		names[i].text = lw_arena_str(arena, r->names[i].text);
		if (names[i].text.p == NULL)
			return false;
	}
	out->names = names;
	out->name_count = r->name_count;
	out->groups_known = true;
	return true;
}

bool
lw_literals_find(struct lw_literals *out, struct lw_arena *arena, struct lw_arena *scratch,
    struct lw_str pattern)
{
	struct reader r = {.p = pattern.p, .n = pattern.n, .parts = {.arena = scratch}, .out = out};
	struct lw_part all;

	memset(out, 0, sizeof(*out));
	lw_part_unknown(&all);
	read_alternation(&r, &all);
	if (r.parts.failed || r.at < r.n)
		return true;
	if (!r.renumbered && !keep_names(out, arena, &r))
		return false;
	out->fixed_bytes = all.fixed;
	if (lw_texts_shortest(&all.need) < LW_LITERAL_MIN_BYTES)
		return true;
	return keep(out, arena, &all.need);
}
