/* template.h - rows that belong together to templates with typed slots (private to cluster/). */
#ifndef LW_CLUSTER_TEMPLATE_H
#define LW_CLUSTER_TEMPLATE_H

#include "base/arena.h"
#include "cluster/cluster.h"
#include "cluster/table.h"

struct lw_templates {
	struct lw_template *list; /* by id */
	size_t count;
	uint32_t *of_row; /* index in list, by row of the table */
	struct lw_arena *arena;
};

/* Decide over the table, which must outlive *t.  False where memory ran out. */
bool lw_templates_make(struct lw_templates *t, const struct lw_table *table);
void lw_templates_fini(struct lw_templates *t);

#endif
