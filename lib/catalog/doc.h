/*
 * doc.h - a YAML document as a tree whose nodes know where they stand.
 *
 * Two readers make it.  libyaml reads everything that is YAML and says what
 * is wrong with the rest.  It costs several hundred instructions a byte, which
 * made it most of the start of the program, so what rules are usually written in
 * (doc_plain.c says what that is) is read directly.  Where the direct reader
 * understands a text, both make the same tree, places included: a test and
 * a fuzzer compare them.
 */
#ifndef LW_CATALOG_DOC_H
#define LW_CATALOG_DOC_H

#include "base/arena.h"
#include "catalog/source.h"

enum lw_doc_kind { LW_DOC_TEXT, LW_DOC_LIST, LW_DOC_MAP };

struct lw_doc_node {
	enum lw_doc_kind kind;
	enum lw_quoting quoting; /* of a text */
	struct lw_span span;     /* in the source */
	struct lw_str text;      /* of a text; borrows from the source or is the arena's */
	const struct lw_doc_node *const *items; /* of a list; of a map: key, value, key, value... */
	size_t count;                           /* of a list its items, of a map its pairs */
};

#define LW_DOC_MAX_DEPTH 16 /* nothing in a rule is nested deeper */

struct lw_doc {
	const struct lw_doc_node *root; /* the arena's; NULL where the text holds nothing */
	bool more;                      /* another document follows, at `next` */
	struct lw_span next;
};

enum lw_doc_result {
	LW_DOC_OK,
	LW_DOC_BAD,  /* no YAML: told unless `quiet` */
	LW_DOC_DEEP, /* nested deeper than LW_DOC_MAX_DEPTH: told */
	LW_DOC_NOMEM,
};

/* Read s->text[base..end) with libyaml. */
enum lw_doc_result lw_doc_read(struct lw_doc *doc, const struct lw_source *s, size_t base,
    size_t end, struct lw_arena *arena, struct lw_problems *problems, bool quiet);

/*
 * Read the whole of s->text directly; false where it is not written the usual
 * way or memory ran out, and *doc is then unchanged.
 */
bool lw_doc_read_plain(struct lw_doc *doc, const struct lw_source *s, struct lw_arena *arena);

#endif
