/*
 * walk.h - the fast reader of JSON: one pass over a record's bytes, into a tree.
 *
 * The reader is json_walk.h, compiled once for each set of vector instructions;
 * which of them the processor has is asked when a decoder is made.  It checks all that
 * RFC 8259 asks of the bytes it passes over, wanted or not, and says yes or
 * no alone: what is wrong with a record, and where, is asked of the reference (json.c).
 */
#ifndef LW_ENTRY_WALK_H
#define LW_ENTRY_WALK_H

#include "entry/parse.h"

#define LW_WALK_CHUNK 64 /* nodes taken from the arena at a time; divides LW_TREE_NODES */

enum lw_walk_path { LW_WALK_PORTABLE, LW_WALK_SSE2, LW_WALK_AVX2, LW_WALK_NEON, LW_WALK_PATHS };

/*
 * One JSON value with nothing but blanks around it, valid UTF-8.  False where it is none,
 * nested too deeply, holds too many values, or memory ran out; *root is NULL then.
 */
typedef bool lw_walk_fn(struct lw_arena *arena, struct lw_str text, struct lw_node **root);

/* NULL where this build or this processor does not have that path. */
lw_walk_fn *lw_walk_by(enum lw_walk_path path);

/* The reader that the processor is best at; never NULL. */
lw_walk_fn *lw_walk_best(void);

/*
 * One JSON value into *root: by `walk`, and by the reference where that is NULL or says no.
 * Returns what lw_json_parse does.
 */
enum lw_code lw_json_read(lw_walk_fn *walk, struct lw_arena *arena, struct lw_str text,
    struct lw_node **root, struct lw_parse_error *e);

/* What the paths share. */
struct lw_walk {
	struct lw_arena *arena;
	struct lw_node *node, *nodes_end; /* the rest of the chunk at hand */
	size_t chunks;
};

/* Another chunk of nodes; false where memory or LW_TREE_NODES ran out. */
bool lw_walk_chunk(struct lw_walk *w);

/* Where the number at p ends, or NULL where it is none. */
const char *lw_walk_number(const char *p, const char *end);

/*
 * The escape sequence at p (a backslash) into at most 4 bytes at *to; returns where it
 * ends, or NULL where it is none.  A surrogate without its other half becomes U+FFFD.
 */
const char *lw_walk_escape(const char *p, const char *end, char **to);

/* The paths; those that a build lacks are not defined. */
bool lw_walk_portable(struct lw_arena *arena, struct lw_str text, struct lw_node **root);
bool lw_walk_sse2(struct lw_arena *arena, struct lw_str text, struct lw_node **root);
bool lw_walk_avx2(struct lw_arena *arena, struct lw_str text, struct lw_node **root);
bool lw_walk_neon(struct lw_arena *arena, struct lw_str text, struct lw_node **root);

#endif
