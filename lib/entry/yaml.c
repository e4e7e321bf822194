/*
 * yaml.c - libyaml's events to a tree, leniently.
 *
 * `gcloud logging read` writes raw ESC and CR into its YAML.  libyaml rejects
 * the one and folds the other away, so that each character it would not hand
 * through is moved to the private plane 15 before parsing (U+001B to U+F001B)
 * and back afterwards.  Plane 15 itself is left alone where nothing was moved.
 */
#include "entry/parse.h"

#include <stdio.h>
#include <yaml.h>

#include "base/utf8.h"

#define MOVED 0xf0000u

/* Would libyaml reject the character, or take it for an end of line? */
static bool
troublesome(uint32_t c, bool keep_cr)
{
	if (c == '\n' || c == '\t')
		return false;
	if (c == '\r')
		return !keep_cr;
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
	       c == 0xfffe || c == 0xffff;
}

/* A file that went through Windows has CR LF at every end; then a CR means nothing. */
static bool
all_crlf(struct lw_str s)
{
	const char *p = s.p, *end = s.p + s.n;
	bool any = false;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		if (p == s.p || p[-1] != '\r')
			return false;
		any = true;
		p++;
	}
	return any;
}

static bool
needs_moving(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c >= 0x7f)
			return true;
	}
	return false;
}

/* Returns whether anything was moved. */
static bool
move_out(struct lw_buf *out, struct lw_str s)
{
	bool keep_cr = all_crlf(s), moved = false;
	uint32_t c = 0;
	size_t n, from = 0, at = 0;

	while (at < s.n) {
		n = lw_utf8_next(lw_str_make(s.p + at, s.n - at), &c);
		if (n == 0) {
			n = 1;
			c = 0;
		}
		if (troublesome(c, keep_cr)) {
			lw_buf_add(out, s.p + from, at - from);
			lw_utf8_add(out, MOVED + c);
			from = at + n;
			moved = true;
		}
		at += n;
	}
	lw_buf_add(out, s.p + from, s.n - from);
	return moved;
}

/* In place: text only shrinks. */
static size_t
move_back(char *p, size_t n)
{
	struct lw_buf one = {0};
	size_t at = 0, to = 0, step;
	uint32_t c = 0;

	while (at < n) {
		step = lw_utf8_next(lw_str_make(p + at, n - at), &c);
		if (step == 4 && c >= MOVED && c <= MOVED + 0xffff) {
			lw_buf_reset(&one);
			lw_utf8_add(&one, c - MOVED);
			if (lw_buf_ok(&one)) {
				memcpy(p + to, one.p, one.n);
				to += one.n;
			}
		} else {
			step = step == 0 ? 1 : step;
			memmove(p + to, p + at, step);
			to += step;
		}
		at += step;
	}
	lw_buf_fini(&one);
	return to;
}

static size_t
digits(struct lw_str s, size_t at)
{
	size_t i = at;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i - at;
}

static bool
is_number(struct lw_str s)
{
	size_t at = 0, n;

	if (at < s.n && (s.p[at] == '-' || s.p[at] == '+'))
		at++;
	n = digits(s, at);
	if (n == 0 || (n > 1 && s.p[at] == '0'))
		return false;
	at += n;
	if (at < s.n && s.p[at] == '.') {
		n = digits(s, at + 1);
		if (n == 0)
			return false;
		at += n + 1;
	}
	if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
		at++;
		if (at < s.n && (s.p[at] == '-' || s.p[at] == '+'))
			at++;
		n = digits(s, at);
		if (n == 0)
			return false;
		at += n;
	}
	return at == s.n;
}

static bool
one_of(struct lw_str s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (lw_str_eq(s, lw_str_from(*words)))
			return true;
	return false;
}

static enum lw_node_type
plain_type(struct lw_str *s)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const trues[] = {"true", "True", "TRUE", NULL};
	static const char *const falses[] = {"false", "False", "FALSE", NULL};

	if (one_of(*s, nulls)) {
		*s = LW_STR("");
		return LW_NODE_NULL;
	}
	if (one_of(*s, trues)) {
		*s = LW_STR("true");
		return LW_NODE_BOOL;
	}
	if (one_of(*s, falses)) {
		*s = LW_STR("false");
		return LW_NODE_BOOL;
	}
	return is_number(*s) ? LW_NODE_NUMBER : LW_NODE_STRING;
}

struct reader {
	struct lw_tree tree;
	bool moved;
	bool want_key[LW_TREE_DEPTH + 1]; /* at each depth: is the next scalar a key? */
};

static bool
in_object(const struct reader *r)
{
	const struct lw_tree *t = &r->tree;

	return t->depth > 0 && t->open[t->depth - 1].node->type == LW_NODE_OBJECT;
}

/* After a value in an object a key comes again. */
static void
value_done(struct reader *r)
{
	r->want_key[r->tree.depth] = in_object(r);
}

static bool
scalar(struct reader *r, const yaml_event_t *ev)
{
	struct lw_str s;
	char *copy;
	enum lw_node_type type = LW_NODE_STRING;

	copy = lw_arena_alloc(r->tree.arena, ev->data.scalar.length + 1);
	if (copy == NULL) {
		r->tree.problem = "out of memory";
		return false;
	}
	memcpy(copy, ev->data.scalar.value, ev->data.scalar.length);
	s = lw_str_make(copy, ev->data.scalar.length);
	if (r->moved)
		s.n = move_back(copy, s.n);
	if (in_object(r) && r->want_key[r->tree.depth]) {
		r->tree.key = s;
		r->want_key[r->tree.depth] = false;
		return true;
	}
	if (ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		type = plain_type(&s);
	if (!lw_tree_scalar(&r->tree, type, s))
		return false;
	value_done(r);
	return true;
}

static bool
open_node(struct reader *r, enum lw_node_type type)
{
	if (in_object(r) && r->want_key[r->tree.depth]) {
		r->tree.problem = "a key that is no scalar";
		return false;
	}
	if (!lw_tree_open(&r->tree, type))
		return false;
	r->want_key[r->tree.depth] = type == LW_NODE_OBJECT;
	return true;
}

/* False: stop, see tree.problem.  *end is set with the last event of the document. */
static bool
on_event(struct reader *r, const yaml_event_t *ev, bool *end)
{
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return scalar(r, ev);
	case YAML_ALIAS_EVENT: /* no log has one; never followed */
		if (in_object(r) && r->want_key[r->tree.depth]) {
			r->tree.problem = "an alias as a key";
			return false;
		}
		if (!lw_tree_scalar(&r->tree, LW_NODE_NULL, LW_STR("")))
			return false;
		value_done(r);
		return true;
	case YAML_SEQUENCE_START_EVENT:
		return open_node(r, LW_NODE_ARRAY);
	case YAML_MAPPING_START_EVENT:
		return open_node(r, LW_NODE_OBJECT);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		lw_tree_close(&r->tree);
		value_done(r);
		return true;
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		*end = true;
		return true;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		break;
	}
	return true;
}

/* libyaml counts characters, and of the moved text; lines are the same in both. */
static size_t
line_offset(struct lw_str text, size_t line)
{
	const char *p = text.p, *end = text.p + text.n, *q;

	while (line-- > 0 && p < end && (q = memchr(p, '\n', (size_t)(end - p))) != NULL)
		p = q + 1;
	return (size_t)(p - text.p);
}

static enum lw_code
read_events(struct reader *r, yaml_parser_t *parser, struct lw_str text, struct lw_parse_error *e)
{
	yaml_event_t ev;
	bool ok, end = false;

	while (!end) {
		if (!yaml_parser_parse(parser, &ev)) {
			e->offset = line_offset(text, parser->problem_mark.line);
			(void)snprintf(e->message, sizeof(e->message), "%s",
			    parser->problem == NULL ? "not YAML" : parser->problem);
			return parser->error == YAML_MEMORY_ERROR ? LW_ENOMEM : LW_EYAML;
		}
		ok = on_event(r, &ev, &end);
		yaml_event_delete(&ev);
		if (!ok) {
			e->offset = line_offset(text, parser->mark.line);
			(void)snprintf(e->message, sizeof(e->message), "%s", r->tree.problem);
			return strcmp(r->tree.problem, "out of memory") == 0 ? LW_ENOMEM
									     : LW_ELIMIT;
		}
	}
	return LW_OK;
}

enum lw_code
lw_yaml_parse(
    struct lw_arena *arena, struct lw_str text, struct lw_node **root, struct lw_parse_error *e)
{
	struct reader r = {.tree = {.arena = arena}};
	struct lw_buf moved = {0};
	struct lw_str input = text;
	yaml_parser_t parser;
	enum lw_code code;

	*root = NULL;
	e->offset = 0;
	e->message[0] = '\0';
	if (needs_moving(text)) {
		r.moved = move_out(&moved, text);
		if (!lw_buf_ok(&moved)) {
			lw_buf_fini(&moved);
			return LW_ENOMEM;
		}
		input = lw_buf_str(&moved);
	}
	if (!yaml_parser_initialize(&parser)) {
		lw_buf_fini(&moved);
		return LW_ENOMEM;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)input.p, input.n);
	code = read_events(&r, &parser, text, e);
	yaml_parser_delete(&parser);
	lw_buf_fini(&moved);
	if (code != LW_OK)
		return code;
	if (r.tree.root == NULL) {
		(void)snprintf(e->message, sizeof(e->message), "an empty document");
		return LW_EYAML;
	}
	*root = r.tree.root;
	return LW_OK;
}
