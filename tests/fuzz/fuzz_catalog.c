/*
 * fuzz_catalog.c - any bytes as a catalogue file; what loads is used on a few messages.
 *
 * Besides not crashing: both readers of YAML agree, the prefilter loses no match, every rule
 * can be shown, and the groups of a pattern are known before it is compiled.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../unit/doc_same.h"
#include "base/buf.h"
#include "catalog/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
hear(void *arg, const struct lw_problem *p)
{
	char text[1024];

	(void)arg;
	(void)lw_error_format(&p->error, text, sizeof(text));
	if (p->line.p != NULL && p->mark_bytes == 0)
		abort();
}

static uint64_t
limited(const struct lw_scanner *s, const struct lw_catalog *c)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < lw_catalog_count(c); i++)
		sum += lw_scan_limited(s, i);
	return sum;
}

static void
scan_both_ways(struct lw_scanner *s, const struct lw_catalog *c, struct lw_str msg)
{
	struct lw_hit with[LW_SCAN_MAX_HITS], without[LW_SCAN_MAX_HITS];
	uint64_t before = limited(s, c);
	size_t i, n = lw_scan_fields(s, msg, NULL, NULL, true, with, LW_SCAN_MAX_HITS);
	size_t m = lw_scan_fields(s, msg, NULL, NULL, false, without, LW_SCAN_MAX_HITS);

	if (limited(s, c) != before)
		return; /* a pattern that was stopped may have matched or not */
	if (n != m)
		abort();
	for (i = 0; i < n; i++)
		if (with[i].rule != without[i].rule || with[i].start != without[i].start ||
		    with[i].end != without[i].end || with[i].end > msg.n)
			abort();
}

/* A rule's literals in the midst of other bytes, in capitals too: they are found, and hits are the
 * same. */
static void
scan_around_literals(struct lw_scanner *s, const struct lw_catalog *c,
    const struct lw_rule_impl *rule, struct lw_str text)
{
	size_t i, j, k;

	for (i = 0; i < rule->rule.pattern_count && i < 4; i++) {
		const struct lw_literals *l = &rule->patterns[i].literals;

		for (j = 0; j < l->count && j < 4; j++) {
			struct lw_buf msg = {0};
			size_t before = (i * 7 + j * 3) % 11;

			lw_buf_add(&msg, text.p, before < text.n ? before : text.n);
			for (k = 0; k < l->items[j].n; k++) {
				char b = l->items[j].p[k];

				lw_buf_addc(&msg,
				    k % 2 == j % 2 && b >= 'a' && b <= 'z' ? (char)(b & ~0x20) : b);
			}
			lw_buf_add(&msg, text.p + text.n / 2, text.n / 2 < 20 ? text.n / 2 : 20);
			if (lw_buf_ok(&msg))
				scan_both_ways(s, c, lw_buf_str(&msg));
			lw_buf_fini(&msg);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_str text = lw_str_make((const char *)data, size);
	struct lw_problems problems = {.fn = hear};
	struct lw_catalog *c = lw_catalog_new();
	struct lw_arena *arena = lw_arena_new(0);
	struct lw_scanner *s = NULL;
	struct lw_error e;
	uint32_t i;
	size_t k;

	if (c == NULL || arena == NULL)
		abort();
	if (compare_readers(arena, text) == DOC_DIFFERENT)
		abort();
	lw_arena_free(arena);
	c->checked =
	    size % 2; /* its patterns are compiled as they are read, or as they are tried */
	if (lw_catalog_read_text(c, "input", text, 0, &problems) == LW_OK &&
	    lw_catalog_finish(c, LW_DIAG_WARNING, 0, &problems) == LW_OK)
		s = lw_scanner_new(c);
	for (i = 0; s != NULL && i < lw_catalog_count(c); i++) {
		const struct lw_rule *rule = lw_catalog_rule(c, i);
		struct lw_str source = lw_catalog_source(c, i);

		if (source.n == 0 || source.n > size)
			abort();
		for (k = 0; k < rule->example_count && k < 4; k++)
			scan_both_ways(s, c, rule->examples[k].text);
		scan_around_literals(s, c, c->rules[i], text);
	}
	if (s != NULL)
		scan_both_ways(s, c, text);
	for (i = 0; i < lw_catalog_count(c); i++)
		for (k = 0; k < c->rules[i]->rule.pattern_count; k++)
			if (lw_pattern_tried(&c->rules[i]->patterns[k], &e) == LW_EPATTERN &&
			    strncmp(e.message, "bad pattern", 11) != 0)
				abort();
	lw_scanner_free(s);
	lw_catalog_free(c);
	return 0;
}
