/* entry_same.h - is what two decoders made of a record the same?  For unit tests and fuzzing. */
#ifndef TEST_ENTRY_SAME_H
#define TEST_ENTRY_SAME_H

#include "entry/entry.h"
#include "entry/walk.h"

/* The name of the first field that differs, or NULL. */
const char *entry_difference(const struct lw_entry *a, const struct lw_entry *b);

/* Are two trees the same, in all but where a reader keeps the bytes of objects and arrays? */
bool tree_same(const struct lw_node *a, const struct lw_node *b);

/* A decoder by the reference, which remembers no wordings, and one by every fast reader that the
 * processor has. */
struct rivals;
struct rivals *rivals_new(void); /* NULL where memory ran out */
void rivals_free(struct rivals *r);

/* Decode one record by all of them; what is different is written into why, and the result is false.
 */
bool decoders_agree(struct rivals *r, const struct lw_record *record, char why[200]);

/* The same of the readers alone, as far as the tree; any bytes. */
bool readers_agree(struct rivals *r, struct lw_str text, char why[200]);

#endif
