/* json.c - yajl's callbacks to a tree. */
#include "entry/parse.h"

#include <setjmp.h>
#include <stdio.h>
#include <yajl/yajl_parse.h>

struct reader {
	struct lw_tree tree;
	struct lw_str text;
	yajl_handle h;
	size_t end;    /* bytes of text up to the end of the root */
	bool finished; /* all of the text was given to yajl */
	jmp_buf no_memory;
};

/*
 * yajl does not look at what its allocator returns.  Its memory comes from
 * the record's arena, so that jumping out of it when memory runs out leaks
 * nothing.  A size in front of each block is what realloc needs.
 */
static void *
arena_malloc(void *ctx, size_t n)
{
	struct reader *r = ctx;
	size_t *block = lw_arena_alloc(r->tree.arena, n + 2 * sizeof(size_t));

	if (block == NULL)
		longjmp(r->no_memory, 1);
	block[0] = n;
	return block + 2;
}

static void *
arena_realloc(void *ctx, void *p, size_t n)
{
	size_t old;
	void *q;

	if (p == NULL)
		return arena_malloc(ctx, n);
	old = ((size_t *)p)[-2];
	if (n <= old)
		return p;
	q = arena_malloc(ctx, n);
	memcpy(q, p, old);
	return q;
}

static void
arena_free(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

/* Text without escapes stands in the record itself; the rest is in yajl's buffer, which it reuses.
 */
static struct lw_str
keep(struct reader *r, const unsigned char *p, size_t n)
{
	const char *s = (const char *)p;
	char *copy;

	if (s >= r->text.p && s + n <= r->text.p + r->text.n)
		return lw_str_make(s, n);
	copy = lw_arena_alloc(r->tree.arena, n + 1);
	if (copy == NULL)
		longjmp(r->no_memory, 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return lw_str_make(copy, n);
}

/* Called behind each value: is it the root? */
static int
note_end(struct reader *r)
{
	if (r->tree.depth == 0)
		r->end = r->finished ? r->text.n : yajl_get_bytes_consumed(r->h);
	return 1;
}

static int
on_scalar(struct reader *r, enum lw_node_type type, struct lw_str text)
{
	return lw_tree_scalar(&r->tree, type, text) && note_end(r);
}

static int
on_null(void *ctx)
{
	return on_scalar(ctx, LW_NODE_NULL, LW_STR(""));
}

static int
on_boolean(void *ctx, int value)
{
	return on_scalar(ctx, LW_NODE_BOOL, value ? LW_STR("true") : LW_STR("false"));
}

static int
on_number(void *ctx, const char *p, size_t n)
{
	struct reader *r = ctx;

	return on_scalar(r, LW_NODE_NUMBER, keep(r, (const unsigned char *)p, n));
}

static int
on_string(void *ctx, const unsigned char *p, size_t n)
{
	struct reader *r = ctx;

	return on_scalar(r, LW_NODE_STRING, keep(r, p, n));
}

static int
on_start_map(void *ctx)
{
	struct reader *r = ctx;

	return lw_tree_open(&r->tree, LW_NODE_OBJECT);
}

static int
on_key(void *ctx, const unsigned char *p, size_t n)
{
	struct reader *r = ctx;

	r->tree.key = keep(r, p, n);
	return 1;
}

static int
on_start_array(void *ctx)
{
	struct reader *r = ctx;

	return lw_tree_open(&r->tree, LW_NODE_ARRAY);
}

static int
on_end(void *ctx)
{
	struct reader *r = ctx;

	lw_tree_close(&r->tree);
	return note_end(r);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_start_map,
    .yajl_map_key = on_key,
    .yajl_end_map = on_end,
    .yajl_start_array = on_start_array,
    .yajl_end_array = on_end,
};

/* yajl's "parse error: unallowed token ...\n" on one line and without its prefix. */
static void
describe(yajl_handle h, struct lw_parse_error *e)
{
	unsigned char *text = yajl_get_error(h, 0, NULL, 0);
	struct lw_str s = lw_str_from((const char *)text);
	size_t colon = lw_str_find(s, LW_STR(": "));

	if (colon != LW_NPOS)
		s = lw_str_make(s.p + colon + 2, s.n - colon - 2);
	s = lw_str_trim(s);
	(void)snprintf(e->message, sizeof(e->message), "%.*s", (int)s.n, s.n == 0 ? "" : s.p);
}

/* A token that the end of the text cuts short behind the root is no error to yajl. */
static bool
only_blanks_follow(const struct reader *r)
{
	struct lw_str rest = lw_str_make(r->text.p + r->end, r->text.n - r->end);

	return lw_str_trim(rest).n == 0;
}

static enum lw_code
parse(struct reader *r, yajl_alloc_funcs *memory, struct lw_parse_error *e)
{
	yajl_status status;
	yajl_handle h;

	if (setjmp(r->no_memory) != 0)
		return LW_ENOMEM;
	r->h = h = yajl_alloc(&callbacks, memory, r);
	if (h == NULL)
		return LW_ENOMEM;
	yajl_config(h, yajl_dont_validate_strings, 1);
	status = yajl_parse(h, (const unsigned char *)r->text.p, r->text.n);
	e->offset = yajl_get_bytes_consumed(h);
	if (status == yajl_status_ok) {
		e->offset = r->text.n;
		r->finished = true;
		status = yajl_complete_parse(h);
	}
	if (status == yajl_status_ok && only_blanks_follow(r))
		return LW_OK;
	if (status == yajl_status_ok) {
		e->offset = r->end;
		(void)snprintf(e->message, sizeof(e->message), "trailing garbage");
		return LW_EJSON;
	}
	if (status == yajl_status_client_canceled) {
		(void)snprintf(e->message, sizeof(e->message), "%s", r->tree.problem);
		return strcmp(r->tree.problem, "out of memory") == 0 ? LW_ENOMEM : LW_ELIMIT;
	}
	describe(h, e);
	return LW_EJSON;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
lw_json_unit(const char *p, const char *end, uint32_t *unit)
{
	int i, digit;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return false;
	*unit = 0;
	for (i = 2; i < 6; i++) {
		digit = hex(p[i]);
		if (digit < 0)
			return false;
		*unit = *unit << 4 | (uint32_t)digit;
	}
	return true;
}

/* Bytes at p that are an escaped surrogate without its other half (6), or else one escape or byte.
 */
static size_t
escape_length(const char *p, const char *end, bool *lone)
{
	uint32_t unit, low;

	*lone = false;
	if (!lw_json_unit(p, end, &unit))
		return end - p < 2 ? 1 : 2;
	if (unit < 0xd800 || unit > 0xdfff)
		return 6;
	if (unit < 0xdc00 && lw_json_unit(p + 6, end, &low) && low >= 0xdc00 && low <= 0xdfff)
		return 12;
	*lone = true;
	return 6;
}

/*
 * Versions of yajl make different things of half a surrogate pair, UTF-8 none of them:
 * it is replaced in a copy of the text, byte for byte, so that offsets stay.
 */
static bool
mend_surrogates(struct lw_arena *arena, struct lw_str *text)
{
	const char *p = text->p, *end = text->p + text->n;
	char *copy = NULL;
	bool lone;

	while (p < end && (p = memchr(p, '\\', (size_t)(end - p))) != NULL) {
		size_t at = (size_t)(p - text->p);

		p += escape_length(p, end, &lone);
		if (!lone)
			continue;
		if (copy == NULL)
			copy = lw_arena_strz(arena, *text);
		if (copy == NULL)
			return false;
		memcpy(copy + at, "\\ufffd", 6);
	}
	if (copy != NULL)
		text->p = copy;
	return true;
}

/* yajl takes vertical tabs and form feeds for blanks; RFC 8259 has them nowhere. */
static size_t
stray_blank(struct lw_str text)
{
	const char *vt = memchr(text.p, '\v', text.n), *ff;

	ff = memchr(text.p, '\f', vt == NULL ? text.n : (size_t)(vt - text.p));
	vt = ff != NULL ? ff : vt;
	return vt == NULL ? LW_NPOS : (size_t)(vt - text.p);
}

enum lw_code
lw_json_parse(
    struct lw_arena *arena, struct lw_str text, struct lw_node **root, struct lw_parse_error *e)
{
	struct reader r = {.tree = {.arena = arena}, .text = text};
	yajl_alloc_funcs memory = {arena_malloc, arena_realloc, arena_free, &r};
	enum lw_code code;

	*root = NULL;
	e->offset = 0;
	e->message[0] = '\0';
	if (text.n > 0 && stray_blank(text) != LW_NPOS) {
		e->offset = stray_blank(text);
		(void)snprintf(e->message, sizeof(e->message), "a control character");
		return LW_EJSON;
	}
	if (!mend_surrogates(arena, &r.text))
		return LW_ENOMEM;
	code = parse(&r, &memory, e);
	if (code != LW_OK)
		return code;
	if (r.tree.root == NULL) {
		(void)snprintf(e->message, sizeof(e->message), "no value");
		return LW_EJSON;
	}
	*root = r.tree.root;
	return LW_OK;
}
