/*
 * tree.h - one record as a tree of values, whatever it was written in.
 *
 * JSON and YAML are both read into this tree, so that what a field means is
 * decided in one place (map.c).  Nodes and the text that had escapes live in
 * the arena of the record; all other text is borrowed from the record's bytes.
 */
#ifndef LW_ENTRY_TREE_H
#define LW_ENTRY_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "entry/keys.h"

#define LW_TREE_DEPTH 64 /* nesting; above it the record is malformed */
#define LW_TREE_NODES \
	((size_t)1 << 20) /* values in one record; above it the record is malformed \
			   */

enum lw_node_type {
	LW_NODE_NULL,
	LW_NODE_BOOL,   /* text is "true" or "false" */
	LW_NODE_NUMBER, /* text as it was written */
	LW_NODE_STRING,
	LW_NODE_ARRAY, /* this and what follows is no scalar */
	LW_NODE_OBJECT
};

struct lw_node {
	struct lw_node *next;  /* the next member or element */
	struct lw_node *child; /* the first member or element */
	struct lw_str key;     /* of a member; empty in arrays and at the top */
	struct lw_str text;    /* of objects and arrays nothing, or all of their bytes */
	uint64_t names;        /* of an object: lw_key_bit of each of its members */
	union {
		struct {
			uint32_t known; /* of an object that came before: its serial (known.h),
					   else 0 */
			uint16_t name;  /* enum lw_key: what the key stands for */
			uint8_t type;   /* enum lw_node_type */
			uint8_t field;  /* enum lw_field: of a LogEntry; a null is none */
		};
		uint64_t tag; /* all four, to be set at once */
	};
};

/* `child` becomes a member of an object under `key`, or an element of an array; not yet linked. */
static inline void
lw_node_name(struct lw_node *parent, struct lw_node *child, enum lw_key name)
{
	child->name = (uint16_t)name;
	child->field = (uint8_t)lw_field_of(child->key, name);
	parent->names |= lw_key_bit(name);
}

/* Grows a tree from the events of a parser.  Zero-initialise, set arena. */
struct lw_tree {
	struct lw_arena *arena;
	struct lw_node *root; /* NULL until the first value */
	struct lw_str key;    /* of the value that comes next */
	size_t depth, nodes;
	const char *problem; /* why the last call failed: a limit, or "out of memory" */
	struct {
		struct lw_node *node;
		struct lw_node **tail;
	} open[LW_TREE_DEPTH];
};

/* A scalar, borrowed; false where a limit was reached, there is a second root, or memory ran out.
 */
bool lw_tree_scalar(struct lw_tree *t, enum lw_node_type type, struct lw_str text);
bool lw_tree_open(struct lw_tree *t, enum lw_node_type type);
void lw_tree_close(struct lw_tree *t);

/* Is there, perhaps, a member of that name?  NULL is fine. */
static inline bool
lw_node_may_have(const struct lw_node *object, enum lw_key name)
{
	return object != NULL && (object->names & lw_key_bit(name)) != 0;
}

/* The last member of that name (the last one wins, as in most readers), or NULL. */
const struct lw_node *lw_node_find(const struct lw_node *object, enum lw_key name);
static inline const struct lw_node *
lw_node_get(const struct lw_node *object, enum lw_key name)
{
	return lw_node_may_have(object, name) ? lw_node_find(object, name) : NULL;
}

/* The last member of that name whose key is spelt exactly so, or NULL. */
const struct lw_node *lw_node_find_spelt(
    const struct lw_node *object, enum lw_key name, const char *key);
static inline const struct lw_node *
lw_node_spelt(const struct lw_node *object, enum lw_key name, const char *key)
{
	return lw_node_may_have(object, name) ? lw_node_find_spelt(object, name, key) : NULL;
}

/* A member of exactly this key, which nothing need be looked up by, or NULL. */
const struct lw_node *lw_node_exact(const struct lw_node *object, const char *key);

/* The text of a string that is not empty; else an empty string.  NULL is fine. */
static inline struct lw_str
lw_node_string(const struct lw_node *n)
{
	return n == NULL || n->type != LW_NODE_STRING ? LW_STR("") : n->text;
}

/* The same for numbers and booleans as well. */
static inline struct lw_str
lw_node_scalar(const struct lw_node *n)
{
	return n == NULL || n->type >= LW_NODE_ARRAY ? LW_STR("") : n->text;
}

/* An integer from a number or a string of one; false where it is none or does not fit. */
bool lw_node_int(const struct lw_node *n, int64_t *value);

/* "a string", "a number", ... for diagnostics. */
const char *lw_node_type_text(const struct lw_node *n);

/* Append compact JSON, members sorted by key, cut after about max bytes. */
void lw_node_write(struct lw_buf *out, const struct lw_node *n, size_t max);

#endif
