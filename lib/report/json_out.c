/* json_out.c - JSON through yajl, from a writer's strings and numbers. */
#include "report/json_out.h"

#include <string.h>

#include "base/load.h"
#include "base/utf8.h"
#include "report/glyph.h"

/* yajl does not look at what its allocator returns; its few hundred bytes come from j. */
static void *
pool_alloc(void *ctx, size_t n)
{
	struct lw_json *j = ctx;
	void *p = j->pool + j->pool_used;

	n = (n + 15) & ~(size_t)15;
	if (n > sizeof(j->pool) - j->pool_used)
		return NULL;
	j->pool_used += n;
	return p;
}

static void *
pool_realloc(void *ctx, void *p, size_t n)
{
	(void)p; /* only the buffer that print() stands in for would ever grow */
	return pool_alloc(ctx, n);
}

static void
pool_free(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

/* Nearly all that is printed, and none of it is hidden. */
static inline bool
is_plain(char c)
{
	return (c >= ' ' && c < 0x7f) || c == '\n'; /* a line's end, outside of strings alone */
}

/* With how many of them s begins. */
static size_t
plain_length(struct lw_str s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	size_t at = 0;

	for (; s.n - at >= 8; at += 8) {
		uint64_t x = lw_load64(s.p + at);

		/* The first byte above 0x7e, or below a blank, sets its bit 7. */
		if (((x | (x + ones) | (x - ones * ' ')) & ones * 0x80) != 0)
			break;
	}
	while (at < s.n && is_plain(s.p[at]))
		at++;
	return at;
}

/*
 * What yajl prints.  It escapes below U+0020 only; DEL, C1, separators and
 * characters that hide or reorder others can stand inside strings only, so
 * they are escaped here.  yajl never cuts a character between two calls.
 */
static __attribute__((noinline)) void
print_text(struct lw_buf *out, const char *p, size_t n)
{
	struct lw_str s = {p, n};
	size_t at = 0, size;
	uint32_t c;

	for (;;) {
		at += plain_length(lw_str_make(s.p + at, s.n - at));
		if (at == s.n)
			break;
		size = lw_utf8_next(lw_str_make(s.p + at, s.n - at), &c);
		if (size == 0 || !lw_glyph_hidden(c)) {
			at += size == 0 ? 1 : size;
			continue;
		}
		lw_buf_add(out, s.p, at);
		if (c > 0xffff)
			lw_buf_printf(out, "\\u%04x\\u%04x",
			    (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
			    (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
		else
			lw_buf_printf(out, "\\u%04x", (unsigned)c);
		s = lw_str_make(s.p + at + size, s.n - at - size);
		at = 0;
	}
	lw_buf_add(out, s.p, s.n);
}

/* Of ten pieces nine are a quote, a separator, an end of line or a step of the indent; for these no
 * registers are saved. */
static void
print(void *arg, const char *p, size_t n)
{
	struct lw_buf *out = arg;
	char *to;

	if (n - 1 > 1 || out->cap - out->n < 3 || out->failed || !is_plain(p[0]) ||
	    !is_plain(p[n - 1])) {
		print_text(out, p, n);
		return;
	}
	to = out->p + out->n;
	to[0] = p[0];
	to[1] = p[n - 1];
	to[n] = '\0';
	out->n += n;
}

bool
lw_json_init(struct lw_json *j, struct lw_buf *out, const struct lw_report *r,
    const struct lw_report_style *style)
{
	yajl_alloc_funcs funcs = {pool_alloc, pool_realloc, pool_free, j};

	lw_writer_init(&j->w, out, r, style);
	j->clean = (struct lw_buf){0};
	j->pool_used = 0;
	j->g = yajl_gen_alloc(&funcs);
	if (j->g == NULL) {
		out->failed = true;
		return false;
	}
	yajl_gen_config(j->g, yajl_gen_beautify, 1);
	yajl_gen_config(j->g, yajl_gen_indent_string, "  ");
	yajl_gen_config(j->g, yajl_gen_print_callback, print, out);
	return true;
}

void
lw_json_fini(struct lw_json *j)
{
	yajl_gen_free(j->g);
	if (!lw_buf_ok(&j->clean))
		j->w.out->failed = true;
	lw_buf_fini(&j->clean);
	lw_writer_fini(&j->w);
}

static void
key(struct lw_json *j, const char *name)
{
	if (name != NULL)
		yajl_gen_string(j->g, (const unsigned char *)name, strlen(name));
}

static void
string(struct lw_json *j, struct lw_str s)
{
	if (!lw_buf_ok(&j->clean))
		return;
	lw_buf_reset(&j->clean);
	lw_buf_reserve(&j->clean, s.n + 1);
	lw_utf8_clean(&j->clean, lw_redacted(&j->w, s));
	yajl_gen_string(
	    j->g, (const unsigned char *)(j->clean.n > 0 ? j->clean.p : ""), j->clean.n);
}

void
lw_json_open_map(struct lw_json *j, const char *name)
{
	key(j, name);
	yajl_gen_map_open(j->g);
}

void
lw_json_close_map(struct lw_json *j)
{
	yajl_gen_map_close(j->g);
}

void
lw_json_open_array(struct lw_json *j, const char *name)
{
	key(j, name);
	yajl_gen_array_open(j->g);
}

void
lw_json_close_array(struct lw_json *j)
{
	yajl_gen_array_close(j->g);
}

void
lw_json_text(struct lw_json *j, const char *name, struct lw_str s)
{
	key(j, name);
	string(j, s);
}

void
lw_json_text_or_null(struct lw_json *j, const char *name, struct lw_str s)
{
	if (s.n == 0)
		lw_json_null(j, name);
	else
		lw_json_text(j, name, s);
}

void
lw_json_key(struct lw_json *j, struct lw_str name)
{
	string(j, name);
}

void
lw_json_null(struct lw_json *j, const char *name)
{
	key(j, name);
	yajl_gen_null(j->g);
}

void
lw_json_bool(struct lw_json *j, const char *name, bool v)
{
	key(j, name);
	yajl_gen_bool(j->g, v);
}

void
lw_json_integer(struct lw_json *j, const char *name, uint64_t v)
{
	char buf[LW_NUMBER_BYTES], *end = buf + sizeof(buf), *p = end;

	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	key(j, name);
	yajl_gen_number(j->g, p, (size_t)(end - p));
}

void
lw_json_number(struct lw_json *j, const char *name, double v)
{
	char buf[LW_NUMBER_BYTES];
	size_t n = lw_number_format(v, buf);

	key(j, name);
	yajl_gen_number(j->g, buf, n);
}

void
lw_json_time(struct lw_json *j, const char *name, int64_t ns)
{
	char buf[LW_TIME_TEXT_BYTES];
	size_t n = lw_time_format(ns, buf);

	key(j, name);
	if (n == 0)
		yajl_gen_null(j->g);
	else
		yajl_gen_string(j->g, (const unsigned char *)buf, n);
}
