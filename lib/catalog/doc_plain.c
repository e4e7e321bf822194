/*
 * doc_plain.c - rules as people write them to a tree, without libyaml.
 *
 * Understood are block lists and block mappings, lists and mappings in
 * brackets, plain and quoted texts on one line, and comments.  Block texts,
 * texts over several lines, anchors, tags, directives, several documents,
 * tabs, and whatever is wrong or merely unusual are left to libyaml: where
 * there is any doubt, this reader gives up, and it never tells problems.  Rules of
 * the language that it relies on are numbered as in YAML 1.2.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "catalog/doc.h"

#define MAX_KEY 128 /* bytes; libyaml gives up at 1024 characters */
#define BLOCK 64    /* bytes looked at together */

struct reader {
	const char *p;
	size_t n, at;
	size_t line; /* where the line of `at` starts */
	struct lw_arena *arena;
	unsigned depth;
	/* Items of the collections that are still open, the innermost last. */
	const struct lw_doc_node **open;
	size_t open_count, open_capacity;
};

static struct lw_doc_node *read_block(struct reader *r, size_t least);
static struct lw_doc_node *read_flow(struct reader *r);

static char
peek(const struct reader *r, size_t ahead)
{
	return r->at + ahead < r->n ? r->p[r->at + ahead] : '\n';
}

static bool
is_end(char c)
{
	return c == ' ' || c == '\n';
}

static bool
at_end(const struct reader *r)
{
	return r->at >= r->n;
}

static size_t
column(const struct reader *r)
{
	return r->at - r->line;
}

/* Are the bytes of a block at p printable ASCII and ends of lines? */
static bool
are_printable(const char *p)
{
	unsigned char other = 0;
	size_t i;

	for (i = 0; i < BLOCK; i++) { /* without a branch, so that compilers take many at once */
		unsigned char c = (unsigned char)p[i];

		other |= (unsigned char)((c < ' ' && c != '\n') || c >= 0x7f);
	}
	return other == 0;
}

/*
 * Bytes that mean one thing to YAML and another to somebody who reads lines of
 * UTF-8: control characters, other line ends, byte order marks.
 */
static bool
is_simple_text(struct lw_str s)
{
	uint32_t code_point;
	size_t i = 0, looked_at = 0, bytes;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];

		if (s.n - i >= BLOCK && i >= looked_at) {
			looked_at = i + BLOCK;
			if (are_printable(s.p + i)) {
				i += BLOCK;
				continue;
			}
		}
		if ((c >= ' ' && c < 0x7f) || c == '\n') {
			i++;
			continue;
		}
		bytes = c < 0x80 ? 0 : lw_utf8_next(lw_str_make(s.p + i, s.n - i), &code_point);
		if (bytes == 0 || code_point < 0xa0 || code_point == 0x2028 ||
		    code_point == 0x2029 || code_point == 0xfeff ||
		    (code_point >= 0xfffe && code_point <= 0xffff))
			return false;
		i += bytes;
	}
	return true;
}

static struct lw_doc_node *
new_node(struct reader *r, enum lw_doc_kind kind, size_t start)
{
	struct lw_doc_node *node = lw_arena_alloc(r->arena, sizeof(*node));

	if (node != NULL)
		*node = (struct lw_doc_node){.kind = kind, .span = {.at = start}};
	return node;
}

static bool
open_item(struct reader *r, const struct lw_doc_node *item)
{
	if (item == NULL)
		return false;
	if (r->open_count == r->open_capacity) {
		size_t capacity = r->open_capacity == 0 ? 256 : r->open_capacity * 2;
		const struct lw_doc_node **open = realloc(r->open, capacity * sizeof(*r->open));

		if (open == NULL)
			return false;
		r->open = open;
		r->open_capacity = capacity;
	}
	r->open[r->open_count++] = item;
	return true;
}

/* The items opened since `first` are those of the node, which ends here. */
static struct lw_doc_node *
close_items(struct reader *r, struct lw_doc_node *node, size_t first)
{
	size_t count = r->open_count - first;
	const struct lw_doc_node **items = lw_arena_alloc(r->arena, (count + 1) * sizeof(*items));

	if (items == NULL)
		return NULL;
	if (count > 0)
		memcpy(items, r->open + first, count * sizeof(*items));
	r->open_count = first;
	node->items = items;
	node->count = node->kind == LW_DOC_MAP ? count / 2 : count;
	node->span.n = r->at - node->span.at;
	r->depth--;
	return node;
}

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->n && r->p[r->at] == ' ')
		r->at++;
}

static void
skip_comment(struct reader *r)
{
	const char *end;

	if (peek(r, 0) != '#')
		return;
	end = memchr(r->p + r->at, '\n', r->n - r->at);
	r->at = end == NULL ? r->n : (size_t)(end - r->p);
}

/* Behind a value: nothing but a comment may stand on its line. */
static bool
finish_line(struct reader *r)
{
	size_t before = r->at;

	skip_blanks(r);
	if (r->at > before)
		skip_comment(r);
	return peek(r, 0) == '\n';
}

/* From a line's end to the next thing that is no comment. */
static void
next_line(struct reader *r)
{
	while (r->at < r->n && r->p[r->at] == '\n') {
		r->line = ++r->at;
		skip_blanks(r);
		skip_comment(r);
	}
}

static struct lw_doc_node *
new_text(struct reader *r, enum lw_quoting quoting, size_t start, struct lw_str text)
{
	struct lw_doc_node *node = new_node(r, LW_DOC_TEXT, start);

	if (node == NULL)
		return NULL;
	node->quoting = quoting;
	node->text = text;
	node->span.n = r->at - start;
	return node;
}

/* What a byte may be the start, the end or a part of. */
enum {
	NO_PLAIN = 1,     /* begins no plain text */
	STOPS = 2,        /* is looked at in a plain text */
	STOPS_FLOW = 4,   /* the same within brackets */
	STOPS_SINGLE = 8, /* the same in quotes */
	STOPS_DOUBLE = 16,
};

static const unsigned char bytes_of[256] = {
    ['?'] = NO_PLAIN | STOPS_FLOW,
    [':'] = NO_PLAIN | STOPS | STOPS_FLOW,
    [','] = NO_PLAIN | STOPS_FLOW,
    ['['] = NO_PLAIN | STOPS_FLOW,
    [']'] = NO_PLAIN | STOPS_FLOW,
    ['{'] = NO_PLAIN | STOPS_FLOW,
    ['}'] = NO_PLAIN | STOPS_FLOW,
    ['#'] = NO_PLAIN | STOPS | STOPS_FLOW,
    ['&'] = NO_PLAIN,
    ['*'] = NO_PLAIN,
    ['!'] = NO_PLAIN,
    ['|'] = NO_PLAIN,
    ['>'] = NO_PLAIN,
    ['\''] = NO_PLAIN | STOPS_SINGLE,
    ['"'] = NO_PLAIN | STOPS_DOUBLE,
    ['%'] = NO_PLAIN,
    ['@'] = NO_PLAIN,
    ['`'] = NO_PLAIN,
    ['\\'] = STOPS_DOUBLE,
    ['\0'] = STOPS | STOPS_FLOW | STOPS_SINGLE | STOPS_DOUBLE,
    ['\n'] = NO_PLAIN | STOPS | STOPS_FLOW | STOPS_SINGLE | STOPS_DOUBLE,
};

static bool
is_any(char c, unsigned what)
{
	return (bytes_of[(unsigned char)c] & what) != 0;
}

/* Past the bytes that are not looked at; to the NUL behind the text, where a line ends. */
static void
skip_until(struct reader *r, unsigned what)
{
	const char *p = r->p + r->at;

	while (!is_any(*p, what))
		p++;
	r->at = (size_t)(p - r->p);
}

/*
 * ns-plain-one-line [133]; a ": " in it would make it a key.  At the left margin, "---" and
 * "..." part documents.
 */
static struct lw_doc_node *
read_plain(struct reader *r, bool flow)
{
	size_t start = r->at, end;
	char c = peek(r, 0), next;

	if (is_any(c, NO_PLAIN) || (c == '-' && (flow || is_end(peek(r, 1)))) ||
	    ((c == '-' || c == '.') && column(r) == 0))
		return NULL;
	for (;; r->at++) {
		skip_until(r, flow ? STOPS_FLOW : STOPS);
		c = peek(r, 0);
		next = peek(r, 1);
		if (c == '\n' || (flow && (c == ',' || c == ']' || c == '}')))
			break;
		if (c == ':' && (is_end(next) || (flow && strchr(",?[]{}", next) != NULL)))
			return NULL;
		if (flow && (c == '[' || c == '{' || c == '?'))
			return NULL;
		if (c == '#' && r->p[r->at - 1] == ' ')
			break;
	}
	for (end = r->at; r->p[end - 1] == ' '; end--)
		;
	r->at = end;
	return new_text(r, LW_QUOTING_PLAIN, start, lw_str_make(r->p + start, end - start));
}

/* c-single-quoted [120], on one line; '' stands for one quote. */
static struct lw_doc_node *
read_single(struct reader *r)
{
	size_t start = r->at++, quotes = 0, i, n = 0;
	struct lw_str raw;
	char *text;

	for (;; r->at += 2) {
		skip_until(r, STOPS_SINGLE);
		if (peek(r, 0) == '\n')
			return NULL;
		if (peek(r, 1) != '\'')
			break;
		quotes++;
	}
	raw = lw_str_make(r->p + start + 1, r->at++ - start - 1);
	if (quotes == 0)
		return new_text(r, LW_QUOTING_SINGLE, start, raw);
	text = lw_arena_alloc(r->arena, raw.n);
	if (text == NULL)
		return NULL;
	for (i = 0; i < raw.n; i++) {
		text[n++] = raw.p[i];
		i += raw.p[i] == '\'';
	}
	return new_text(r, LW_QUOTING_SINGLE, start, lw_str_make(text, n));
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* One escape [62], p[0] the backslash: its bytes, 0 where it is left to libyaml. */
static size_t
read_escape(const char *p, size_t n, struct lw_buf *out)
{
	static const char names[] = "0abtnvfre \"/\\", bytes[] = "\0\a\b\t\n\v\f\r\033 \"/\\";
	const char *known = n < 2 ? NULL : memchr(names, p[1], sizeof(names) - 1);
	size_t digits = n < 2 ? 0 : p[1] == 'x' ? 2 : p[1] == 'u' ? 4 : 0, i;
	uint32_t code_point = 0;

	if (known != NULL) {
		lw_buf_addc(out, bytes[known - names]);
		return 2;
	}
	if (digits == 0 || n < 2 + digits)
		return 0;
	for (i = 2; i < 2 + digits; i++) {
		if (!is_hex(p[i]))
			return 0;
		code_point = code_point * 16 +
			     (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
	}
	if (code_point >= 0xd800 && code_point <= 0xdfff)
		return 0;
	lw_utf8_add(out, code_point);
	return 2 + digits;
}

/* c-double-quoted [109], on one line. */
static struct lw_doc_node *
read_double(struct reader *r)
{
	size_t start = r->at++, escapes = 0, i, bytes;
	struct lw_buf out = {0};
	struct lw_str raw, text;

	while (skip_until(r, STOPS_DOUBLE), peek(r, 0) != '"') {
		if (peek(r, 0) == '\n' || peek(r, 1) == '\n')
			return NULL;
		escapes++;
		r->at += 2;
	}
	raw = lw_str_make(r->p + start + 1, r->at++ - start - 1);
	if (escapes == 0)
		return new_text(r, LW_QUOTING_DOUBLE, start, raw);
	for (i = 0; i < raw.n; i += bytes) {
		const char *next = memchr(raw.p + i, '\\', raw.n - i);
		size_t plain = next == NULL ? raw.n - i : (size_t)(next - (raw.p + i));

		lw_buf_add(&out, raw.p + i, plain);
		i += plain;
		bytes = next == NULL ? 0 : read_escape(next, raw.n - i, &out);
		if (bytes == 0)
			break;
	}
	text = lw_arena_str(r->arena, lw_buf_str(&out));
	if (!lw_buf_ok(&out))
		text.p = NULL;
	lw_buf_fini(&out);
	return i < raw.n || text.p == NULL ? NULL : new_text(r, LW_QUOTING_DOUBLE, start, text);
}

/* A letter or "_", which a key begins with. */
static bool
is_word(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || c == '_';
}

static bool
is_in_key(char c)
{
	return is_word(c) || (c >= '-' && c <= '9' && c != '/');
}

/* At a key that is a plain word: behind its colon. */
static struct lw_doc_node *
read_key(struct reader *r)
{
	const char *start = r->p + r->at, *p = start;
	struct lw_doc_node *node;
	size_t at = r->at;

	if (is_word(*p))
		while (is_in_key(*p))
			p++;
	r->at += (size_t)(p - start);
	if (p == start || p - start > MAX_KEY || peek(r, 0) != ':' || !is_end(peek(r, 1)))
		return NULL;
	node = new_text(r, LW_QUOTING_PLAIN, at, lw_str_make(start, (size_t)(p - start)));
	r->at++;
	return node;
}

/* Blanks and line ends inside brackets; false at what is left to libyaml. */
static bool
skip_in_flow(struct reader *r)
{
	skip_blanks(r);
	while (r->at < r->n && r->p[r->at] == '\n') {
		r->line = ++r->at;
		skip_blanks(r);
		if (column(r) == 0 && !at_end(r) && r->p[r->at] != '\n')
			return false;
	}
	return !at_end(r);
}

/* At "[" or "{" [137, 140]; behind its end afterwards. */
static struct lw_doc_node *
read_brackets(struct reader *r)
{
	bool map = peek(r, 0) == '{';
	struct lw_doc_node *node = new_node(r, map ? LW_DOC_MAP : LW_DOC_LIST, r->at++);
	char close = map ? '}' : ']';
	size_t first = r->open_count;

	if (node == NULL || ++r->depth > LW_DOC_MAX_DEPTH || !skip_in_flow(r))
		return NULL;
	while (peek(r, 0) != close) {
		if (map && (!open_item(r, read_key(r)) || !skip_in_flow(r)))
			return NULL;
		if (!open_item(r, read_flow(r)) || !skip_in_flow(r))
			return NULL;
		if (peek(r, 0) == close)
			break;
		if (peek(r, 0) != ',')
			return NULL;
		r->at++;
		if (!skip_in_flow(r) || peek(r, 0) == close)
			return NULL;
	}
	r->at++;
	return close_items(r, node, first);
}

/* A value inside brackets. */
static struct lw_doc_node *
read_flow(struct reader *r)
{
	char c = peek(r, 0);

	if (c == '[' || c == '{')
		return read_brackets(r);
	if (c == '\'')
		return read_single(r);
	if (c == '"')
		return read_double(r);
	return read_plain(r, true);
}

/* A value that ends with its line. */
static struct lw_doc_node *
read_on_line(struct reader *r)
{
	char c = peek(r, 0);
	struct lw_doc_node *node = c == '[' || c == '{' ? read_brackets(r)
				   : c == '\''          ? read_single(r)
				   : c == '"'           ? read_double(r)
							: read_plain(r, false);

	return node != NULL && finish_line(r) ? node : NULL;
}

static bool
is_entry(const struct reader *r)
{
	return peek(r, 0) == '-' && is_end(peek(r, 1));
}

/*
 * The value behind "key:" or "-" of a collection at column `indent`.  On the
 * lines below it must stand further right, but for a list, which may stand below
 * the key itself.
 */
static struct lw_doc_node *
read_value(struct reader *r, size_t indent, bool of_key)
{
	struct lw_doc_node *node;

	skip_blanks(r);
	if (peek(r, 0) == '\n') {
		next_line(r);
		if (at_end(r) || column(r) < indent ||
		    (column(r) == indent && !(of_key && is_entry(r))))
			return NULL;
		return read_block(r, indent);
	}
	if (!of_key)
		return read_block(r, indent + 1);
	node = read_on_line(r);
	if (node == NULL)
		return NULL;
	next_line(r);
	return node;
}

/* l+block-sequence [183] at the column where it starts; or l+block-mapping [187], behind its first
 * key. */
static struct lw_doc_node *
read_collection(struct reader *r, const struct lw_doc_node *key)
{
	const bool map = key != NULL;
	struct lw_doc_node *node =
	    new_node(r, map ? LW_DOC_MAP : LW_DOC_LIST, map ? key->span.at : r->at);
	size_t indent, first = r->open_count;

	if (node == NULL || ++r->depth > LW_DOC_MAX_DEPTH)
		return NULL;
	indent = node->span.at - r->line;
	for (;;) {
		if (map && !open_item(r, key))
			return NULL;
		r->at += !map;
		if (!open_item(r, read_value(r, indent, map)))
			return NULL;
		if (at_end(r) || column(r) != indent || !(map || is_entry(r)))
			break;
		if (map)
			key = read_key(r);
	}
	/* What stands further right now continues the last value. */
	return at_end(r) || column(r) <= indent ? close_items(r, node, first) : NULL;
}

/* A node on lines of its own, at column `least` or further right; at what follows it
 * afterwards. */
static struct lw_doc_node *
read_block(struct reader *r, size_t least)
{
	size_t start = r->at;
	struct lw_doc_node *node;

	if (column(r) < least)
		return NULL;
	if (is_entry(r))
		return read_collection(r, NULL);
	node = read_key(r);
	if (node != NULL)
		return read_collection(r, node);
	r->at = start;
	node = read_on_line(r);
	if (node == NULL)
		return NULL;
	next_line(r);
	return node;
}

bool
lw_doc_read_plain(struct lw_doc *doc, const struct lw_source *s, struct lw_arena *arena)
{
	struct reader r = {.p = s->text.p, .n = s->text.n, .arena = arena};
	struct lw_doc_node *root = NULL;

	if (!is_simple_text(s->text))
		return false;
	skip_blanks(&r);
	skip_comment(&r);
	next_line(&r);
	if (!at_end(&r))
		root = read_block(&r, 0);
	free(r.open);
	if (root == NULL || !at_end(&r))
		return false;
	*doc = (struct lw_doc){.root = root};
	return true;
}
