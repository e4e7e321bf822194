/*
 * literal.c - required literals, by one recursive descent over the pattern.
 *
 * Each part of a pattern is described by `struct part`: the exact texts that
 * it can match where these are few, and a set of texts of which any match of
 * it holds one.  A sequence multiplies exact texts into longer ones until
 * something inexact stands between; an alternation unites them.
 */
#include "catalog/literal.h"

#include <string.h>

#define MAX_DEPTH 40    /* nested groups; PCRE2 allows 250, nobody writes them */
#define MAX_TEXT 48     /* bytes of one exact text before a new run starts */
#define MAX_REPEAT 4    /* x{n} is written out up to this n */
#define MAX_FIXED 10000 /* keeps sums far from overflow */

struct set {
	struct lw_str s[LW_LITERAL_MAX_COUNT];
	size_t n; /* 0: no such set is known */
};

struct part {
	bool exact; /* matches the texts of `texts` and nothing else */
	struct set texts;
	struct set need; /* every match holds one of these; none known where n is 0 */
	uint32_t fixed;
};

struct reader {
	const char *p;
	size_t n, at;
	struct lw_arena *arena;
	struct lw_literals *out;
	unsigned depth;
	bool extended; /* (?x): blanks and # comments are ignored */
	bool failed;   /* not understood, or no memory: nothing may be concluded */
};

static void read_alternation(struct reader *r, struct part *out);

static bool
more(const struct reader *r)
{
	return !r->failed && r->at < r->n;
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

/* Sets. */

static void
set_empty_text(struct set *s)
{
	s->n = 1;
	s->s[0] = LW_STR("");
}

static bool
set_add(struct set *s, struct lw_str text)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (lw_str_eq(s->s[i], text))
			return true;
	if (s->n == LW_LITERAL_MAX_COUNT)
		return false;
	s->s[s->n++] = text;
	return true;
}

static bool
set_unite(struct set *into, const struct set *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		if (!set_add(into, from->s[i]))
			return false;
	return true;
}

static size_t
set_shortest(const struct set *s)
{
	size_t i, least = s->n == 0 ? 0 : s->s[0].n;

	for (i = 1; i < s->n; i++)
		if (s->s[i].n < least)
			least = s->s[i].n;
	return least;
}

/* What a set is worth as a filter: long texts first, then few of them. */
static size_t
set_worth(const struct set *s)
{
	size_t least = set_shortest(s);

	if (least > LW_LITERAL_MAX_BYTES)
		least = LW_LITERAL_MAX_BYTES;
	return least == 0 ? 0 : least * LW_LITERAL_MAX_COUNT + LW_LITERAL_MAX_COUNT - s->n;
}

static void
set_keep_better(struct set *best, const struct set *s)
{
	if (set_worth(s) > set_worth(best))
		*best = *s;
}

/* Every text of a followed by every text of b; false where that is too many or too long. */
static bool
set_multiply(struct reader *r, const struct set *a, const struct set *b, struct set *out)
{
	size_t i, j;

	out->n = 0;
	if (a->n * b->n > LW_LITERAL_MAX_COUNT)
		return false;
	for (i = 0; i < a->n; i++) {
		for (j = 0; j < b->n; j++) {
			size_t n = a->s[i].n + b->s[j].n;
			char *p;

			if (n > MAX_TEXT)
				return false;
			p = lw_arena_alloc(r->arena, n + 1);
			if (p == NULL) {
				r->failed = true;
				return false;
			}
			memcpy(p, a->s[i].p, a->s[i].n);
			memcpy(p + a->s[i].n, b->s[j].p, b->s[j].n);
			(void)set_add(out, lw_str_make(p, n));
		}
	}
	return true;
}

/* Parts. */

static void
part_unknown(struct part *part)
{
	part->exact = false;
	part->texts.n = part->need.n = 0;
	part->fixed = 0;
}

static void
part_empty(struct part *part)
{
	part->exact = true;
	set_empty_text(&part->texts);
	part->need.n = 0;
	part->fixed = 0;
}

static void
part_byte(struct reader *r, struct part *part, char c)
{
	char *p = lw_arena_alloc(r->arena, 1);

	part_empty(part);
	if (p == NULL) {
		r->failed = true;
		return;
	}
	*p = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	part->texts.s[0] = lw_str_make(p, 1);
	part->need = part->texts;
	part->fixed = 1;
}

/* A sequence so far: `texts` is the run of exact texts that ends it. */
static void
sequence_add(struct reader *r, struct part *seq, const struct part *next)
{
	struct set longer;

	if (seq->fixed < MAX_FIXED)
		seq->fixed += next->fixed;
	if (next->exact && set_multiply(r, &seq->texts, &next->texts, &longer)) {
		seq->texts = longer;
		return;
	}
	seq->exact = false;
	set_keep_better(&seq->need, &seq->texts);
	if (next->exact) {
		seq->texts = next->texts;
	} else {
		set_keep_better(&seq->need, &next->need);
		set_empty_text(&seq->texts);
	}
}

/* next, repeated at least `least` times and at most `most`. */
static void
sequence_repeat(
    struct reader *r, struct part *seq, struct part *next, unsigned least, unsigned most)
{
	unsigned i;

	if (least == 0 && most == 1 && next->exact && set_add(&next->texts, LW_STR(""))) {
		next->fixed = 0;
		sequence_add(r, seq, next);
		return;
	}
	if (least == 0) {
		part_unknown(next);
		sequence_add(r, seq, next);
		return;
	}
	for (i = 0; i < least && i < MAX_REPEAT; i++)
		sequence_add(r, seq, next);
	if (i == most || !next->exact)
		return;
	/* More may follow, but the last one touches what comes behind it. */
	seq->exact = false;
	set_keep_better(&seq->need, &seq->texts);
	seq->texts = next->texts;
}

/* Atoms. */

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
		r->failed = true;
}

/* Behind "[": literal members where they are few and simple, else any byte. */
static void
read_class(struct reader *r, struct part *out)
{
	size_t start = r->at - 1, members = 0, i;
	bool negated = peek(r, 0) == '^', simple = !negated, first = true;
	char member[4];

	r->at += negated;
	for (; more(r); r->at++, first = false) {
		char c = peek(r, 0);

		if (c == ']' && !first)
			break;
		if (c == '[' && (peek(r, 1) == ':' || peek(r, 1) == '.' || peek(r, 1) == '=')) {
			simple = false;
			if (peek(r, 1) == ':')
				skip_posix_name(r);
			continue;
		}
		if (c == '\\') {
			r->at++;
			c = peek(r, 0);
			if (c == 'Q' || c == 'E')
				r->failed = true;
			if (is_alnum(c))
				simple = false;
		} else if (c == '-') {
			simple = false;
		}
		if ((unsigned char)c >= 0xc0 && !r->out->wide_class) {
			r->out->wide_class = true;
			r->out->wide_at = start;
		}
		if (r->extended && (c == ' ' || c == '\t'))
			simple = false; /* (?xx) ignores them here, (?x) does not */
		if (members < sizeof(member))
			member[members++] = c;
		else
			simple = false;
	}
	if (!more(r)) {
		r->failed = true;
		return;
	}
	r->at++;
	part_unknown(out);
	if (!simple)
		return;
	out->exact = true;
	for (i = 0; i < members; i++) {
		struct part one;

		part_byte(r, &one, member[i]);
		(void)set_add(&out->texts, one.texts.s[0]);
	}
	out->need = out->texts;
	out->fixed = out->texts.n == 1;
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
read_hex(struct reader *r, struct part *out)
{
	bool braces = peek(r, 0) == '{';
	int a = hex_value(peek(r, braces)), b = hex_value(peek(r, 1 + braces));

	if (a < 0 || b < 0 || (braces && peek(r, 3) != '}')) {
		r->failed = true;
		return;
	}
	r->at += braces ? 4 : 2;
	part_byte(r, out, (char)(a * 16 + b));
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
read_escape(struct reader *r, struct part *out)
{
	static const char names[] = "ntrfea", bytes[] = "\n\t\r\f\033\a";
	char c = peek(r, 0);
	const char *known = c == '\0' ? NULL : strchr(names, c);

	part_unknown(out);
	if (!more(r)) {
		r->failed = true;
		return;
	}
	r->at++;
	if (!is_alnum(c)) {
		part_byte(r, out, c);
	} else if (known != NULL) {
		part_byte(r, out, bytes[known - names]);
	} else if (c == 'x') {
		read_hex(r, out);
	} else if (strchr("AbBGKzZE", c) != NULL) {
		part_empty(out);
	} else if (is_digit(c)) {
		while (is_digit(peek(r, 0)))
			r->at++;
	} else if (strchr("pPgko", c) != NULL) {
		skip_argument(r);
	} else if (c == 'c') {
		r->at += more(r);
	} else if (strchr("dDhHsSvVwWRXC", c) == NULL && !(c == 'N' && peek(r, 0) != '{')) {
		r->failed = true;
	}
}

/* Behind "\Q", to "\E" or the end. */
static void
read_quoted(struct reader *r, struct part *seq)
{
	for (; more(r); r->at++) {
		struct part byte;

		if (peek(r, 0) == '\\' && peek(r, 1) == 'E') {
			r->at += 2;
			/* A quantifier here would repeat the last byte alone. */
			if (peek(r, 0) != '\0' && strchr("*+?{", peek(r, 0)) != NULL)
				r->failed = true;
			return;
		}
		part_byte(r, &byte, peek(r, 0));
		if (!r->failed)
			sequence_add(r, seq, &byte);
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
	}
	r->failed = true;
	return false;
}

enum group { GROUP_PLAIN, GROUP_ZERO_WIDTH, GROUP_UNKNOWN, GROUP_NO_BODY };

static void
skip_to(struct reader *r, char end)
{
	while (more(r) && peek(r, 0) != end)
		r->at++;
	if (!more(r))
		r->failed = true;
	r->at++;
}

/* Behind "(": what kind of group it is; leaves the reader at its body. */
static enum group
read_group_head(struct reader *r)
{
	char c = peek(r, 1), d = peek(r, 2);

	if (peek(r, 0) == '*') {
		r->failed = true; /* (*ACCEPT) and its kind change what a match is */
		return GROUP_NO_BODY;
	}
	if (peek(r, 0) != '?')
		return GROUP_PLAIN;
	r->at++;
	if (c == '>' || c == '|' || c == ':') {
		r->at++;
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
		skip_to(r, c == '\'' ? '\'' : '>');
		return GROUP_PLAIN;
	}
	return read_flags(r) ? GROUP_PLAIN : GROUP_NO_BODY;
}

static void
read_group(struct reader *r, struct part *out)
{
	bool extended = r->extended;
	enum group group = read_group_head(r);

	part_empty(out);
	if (group == GROUP_UNKNOWN)
		part_unknown(out);
	if (r->failed || group == GROUP_UNKNOWN || group == GROUP_NO_BODY)
		return;
	if (++r->depth > MAX_DEPTH) {
		r->failed = true;
		return;
	}
	read_alternation(r, out);
	r->depth--;
	r->extended = extended;
	if (peek(r, 0) != ')' || !more(r))
		r->failed = true;
	r->at++;
	if (group == GROUP_ZERO_WIDTH)
		part_empty(out);
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
		*least = *least < MAX_FIXED ? *least * 10 + (unsigned)(peek(r, i) - '0') : *least;
	if (i > 1 && peek(r, i) == ',') {
		comma = true;
		for (i++; is_digit(peek(r, i)); i++)
			*most =
			    *most < MAX_FIXED ? *most * 10 + (unsigned)(peek(r, i) - '0') : *most;
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
		r->failed = true;
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
		r->failed = true;
}

static void
read_sequence(struct reader *r, struct part *seq)
{
	part_empty(seq);
	for (skip_ignored(r); more(r); skip_ignored(r)) {
		char c = peek(r, 0);
		unsigned least, most;
		struct part next;

		if (c == '|' || c == ')')
			break;
		/* A quantifier that belongs to something before what was skipped. */
		if (c == '*' || c == '+' || c == '?' || (c == '{' && read_braces(r, &least, &most)))
			r->failed = true;
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
			part_empty(&next);
		else if (c == '.')
			part_unknown(&next);
		else
			part_byte(r, &next, c);
		if (r->failed)
			return;
		read_quantifier(r, &least, &most);
		if (!r->failed)
			sequence_repeat(r, seq, &next, least, most);
	}
	set_keep_better(&seq->need, &seq->texts);
}

static void
read_alternation(struct reader *r, struct part *out)
{
	struct part next;
	bool needed;

	read_sequence(r, out);
	needed = out->need.n > 0;
	while (more(r) && peek(r, 0) == '|') {
		r->at++;
		read_sequence(r, &next);
		if (r->failed)
			return;
		out->exact = out->exact && next.exact && set_unite(&out->texts, &next.texts);
		needed = needed && next.need.n > 0 && set_unite(&out->need, &next.need);
		if (!needed)
			out->need.n = 0;
		if (next.fixed < out->fixed)
			out->fixed = next.fixed;
	}
	if (!out->exact)
		out->texts.n = 0;
}

void
lw_literals_find(struct lw_literals *out, struct lw_arena *arena, struct lw_str pattern)
{
	struct reader r = {.p = pattern.p, .n = pattern.n, .arena = arena, .out = out};
	struct set kept = {.n = 0};
	struct part all;
	size_t i;

	memset(out, 0, sizeof(*out));
	part_unknown(&all);
	read_alternation(&r, &all);
	if (r.failed || r.at < r.n)
		return;
	out->fixed_bytes = all.fixed;
	if (set_shortest(&all.need) < LW_LITERAL_MIN_BYTES)
		return;
	for (i = 0; i < all.need.n; i++) {
		struct lw_str s = all.need.s[i];

		if (s.n > LW_LITERAL_MAX_BYTES)
			s.n = LW_LITERAL_MAX_BYTES;
		(void)set_add(&kept, s);
	}
	memcpy(out->items, kept.s, kept.n * sizeof(kept.s[0]));
	out->count = kept.n;
}
