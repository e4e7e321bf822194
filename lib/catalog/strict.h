/*
 * strict.h - a parsed YAML document with strict readers: each takes a node,
 * says what is wrong with it and where, and returns whether it was right.
 */
#ifndef LW_CATALOG_STRICT_H
#define LW_CATALOG_STRICT_H

#include "catalog/doc.h"

struct lw_strict {
	const struct lw_source *source;
	struct lw_problems *problems;
	struct lw_arena *arena;
	struct lw_arena *scratch; /* for work on one value */
	bool defer;               /* expressions are known to be right: compile them when tried */
	bool nomem;
};

/* Byte `offset` of a scalar's text as a place in the file. */
struct lw_span lw_strict_span_at(
    const struct lw_strict *n, const struct lw_doc_node *node, size_t offset);

/* A problem of level error at the node. */
void lw_strict_error(struct lw_strict *n, const struct lw_doc_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A scalar that is not empty, copied; `what` names it in messages. */
bool lw_strict_text(
    struct lw_strict *n, const struct lw_doc_node *node, const char *what, struct lw_str *out);
bool lw_strict_textz(/* and that holds no NUL */
    struct lw_strict *n, const struct lw_doc_node *node, const char *what, const char **out);

bool lw_strict_borrow(/* the same; not copied where it stands in the source as it is */
    struct lw_strict *n, const struct lw_doc_node *node, const char *what, struct lw_str *out);

/* A list of 1 to LW_RULE_MAX_ITEMS items; *count of them. */
bool lw_strict_list(
    struct lw_strict *n, const struct lw_doc_node *node, const char *what, size_t *count);

/*
 * A mapping whose keys are all among names[0..count), each at most once;
 * values[i] is the node of names[i] or NULL.  False where any key is wrong.
 */
bool lw_strict_members(struct lw_strict *n, const struct lw_doc_node *node, const char *what,
    const char *const *names, size_t count, const struct lw_doc_node **values);

/* Index of the scalar among names[0..count); count where it is none of them, which is then told. */
size_t lw_strict_choice(struct lw_strict *n, const struct lw_doc_node *node, const char *what,
    const char *const *names, size_t count);

#endif
