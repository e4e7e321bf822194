/* roots.h - what roots of incidents name, held against each other (private to why/). */
#ifndef LW_WHY_ROOTS_H
#define LW_WHY_ROOTS_H

#include "why/private.h"

struct lw_roots;

/* Once the vertices are final; what is found lives in the analysis.  NULL where memory ran out. */
struct lw_roots *lw_roots_new(struct lw_analysis *a);
void lw_roots_free(struct lw_roots *s); /* NULL is fine */

/* Do the captures of the rule of two vertices name the same things? */
bool lw_roots_name_one(struct lw_roots *s, uint32_t u, uint32_t v);

/* Do the messages of the unknown template of two vertices name the same hosts, or nothing but
 * themselves?  Then they must begin together. */
bool lw_roots_say_one(struct lw_roots *s, uint32_t u, uint32_t v);

/* False where memory ran out: then the answers were not. */
bool lw_roots_ok(const struct lw_roots *s);

#endif
