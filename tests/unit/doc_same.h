/* doc_same.h - do both readers of YAML make the same of a text?  For the tests and the fuzzer. */
#ifndef LW_TEST_DOC_SAME_H
#define LW_TEST_DOC_SAME_H

#include "catalog/doc.h"

static inline bool
same_node(const struct lw_doc_node *a, const struct lw_doc_node *b)
{
	size_t i;

	if (a->kind != b->kind || a->quoting != b->quoting || a->span.at != b->span.at ||
	    a->span.n != b->span.n || a->count != b->count || !lw_str_eq(a->text, b->text))
		return false;
	for (i = 0; i < (a->kind == LW_DOC_MAP ? 2 * a->count : a->count); i++)
		if (!same_node(a->items[i], b->items[i]))
			return false;
	return true;
}

enum doc_comparison { DOC_LEFT, DOC_SAME, DOC_DIFFERENT };

/* DOC_LEFT: the direct reader leaves the text to libyaml. */
static inline enum doc_comparison
compare_readers(struct lw_arena *arena, struct lw_str text)
{
	struct lw_problems quiet = {.fn = NULL};
	struct lw_source s;
	struct lw_doc direct, doc;

	if (!lw_source_init(&s, arena, "text", text) || !lw_doc_read_plain(&direct, &s, arena))
		return DOC_LEFT;
	if (lw_doc_read(&doc, &s, 0, s.text.n, arena, &quiet, true) != LW_DOC_OK || doc.more ||
	    doc.root == NULL)
		return DOC_DIFFERENT;
	return same_node(direct.root, doc.root) ? DOC_SAME : DOC_DIFFERENT;
}

#endif
