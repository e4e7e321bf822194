/* rule.h - the pieces that read one rule from its YAML node. */
#ifndef LW_CATALOG_RULE_H
#define LW_CATALOG_RULE_H

#include "catalog/internal.h"
#include "catalog/strict.h"

/*
 * Fill *impl (zeroed by the caller) from a node; false where anything is wrong with it or memory
 * ran out (n->nomem).  lw_rule_fini is due in every case.
 */
bool lw_rule_read(struct lw_strict *n, const struct lw_doc_node *node, struct lw_rule_impl *impl);

/* The list under `examples` or `rejects`; the rule's captures and where are read already. */
bool lw_examples_read(struct lw_strict *n, const struct lw_doc_node *node,
    const struct lw_rule_impl *impl, const char *what, const struct lw_example **examples,
    size_t *count, struct lw_span **spans);

#endif
