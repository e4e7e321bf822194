/* catalog_help.c - catalogues from memory for the tests. */
#include "catalog_help.h"

#include <check.h>
#include <string.h>

static const char *const levels[] = {"note", "warning", "error"};

static void
hear(void *arg, const struct lw_problem *p)
{
	struct heard *h = arg;

	lw_buf_printf(&h->text, "%llu:%llu: %s: %s", (unsigned long long)p->error.line,
	    (unsigned long long)p->error.column, levels[p->level], p->error.message);
	if (p->line.p != NULL && p->error.column <= p->line.n) {
		ck_assert_uint_le(p->error.column - 1 + p->mark_bytes, p->line.n);
		lw_buf_addz(&h->text, " [");
		lw_buf_add(&h->text, p->line.p + p->error.column - 1, p->mark_bytes);
		lw_buf_addz(&h->text, "]");
	}
	lw_buf_addc(&h->text, '\n');
}

void
heard_init(struct heard *h)
{
	memset(h, 0, sizeof(*h));
	lw_buf_addz(&h->text, "");
	h->problems.fn = hear;
	h->problems.arg = h;
}

void
heard_fini(struct heard *h)
{
	lw_buf_fini(&h->text);
}

struct lw_catalog *
catalog_of(const char *yaml, struct heard *h)
{
	struct lw_catalog *c = lw_catalog_new();

	ck_assert_ptr_nonnull(c);
	ck_assert_int_eq(
	    lw_catalog_read_text(c, "t.yaml", lw_str_from(yaml), 0, &h->problems), LW_OK);
	ck_assert_int_eq(lw_catalog_finish(c, LW_DIAG_WARNING, 0, &h->problems), LW_OK);
	return c;
}

struct lw_catalog *
catalog_of_patterns(const char *const *patterns, size_t count)
{
	struct lw_buf yaml = {0};
	struct lw_catalog *c;
	struct heard h;
	size_t i;
	const char *p;

	heard_init(&h);
	for (i = 0; i < count; i++) {
		lw_buf_printf(
		    &yaml, "- {id: r%zu, title: t, layer: build, role: cause, match: ['", i);
		for (p = patterns[i]; *p != '\0'; p++)
			lw_buf_addz(&yaml, *p == '\'' ? "''" : (char[2]){*p, '\0'});
		lw_buf_addz(&yaml, "'], examples: [x]}\n");
	}
	c = catalog_of(yaml.p, &h);
	ck_assert_str_eq(h.text.p, "");
	ck_assert_uint_eq(lw_catalog_count(c), count);
	heard_fini(&h);
	lw_buf_fini(&yaml);
	return c;
}

static bool
named_field(const void *arg, struct lw_str name, struct lw_str *value)
{
	const char *const *fields = arg;

	for (; fields != NULL && *fields != NULL; fields++) {
		const char *equals = strchr(*fields, '=');

		if (!lw_str_eq(name, lw_str_make(*fields, (size_t)(equals - *fields))))
			continue;
		*value = lw_str_from(equals + 1);
		return true;
	}
	return false;
}

size_t
scan_with(struct lw_scanner *s, struct lw_str msg, const char *const *fields, struct lw_hit *hits,
    size_t max)
{
	return lw_scan_fields(s, msg, named_field, fields, true, hits, max);
}
