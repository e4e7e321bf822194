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

#include "base/load.h"
#include "entry/known.h"
#include "entry/parse.h"
#include "input/bytes.h"
#include "input/input.h"

#define LW_WALK_CHUNK ((size_t)64) /* nodes at a time; divides LW_TREE_NODES */

enum lw_walk_path { LW_WALK_PORTABLE, LW_WALK_SSE2, LW_WALK_AVX2, LW_WALK_NEON, LW_WALK_PATHS };

/*
 * One JSON value with nothing but blanks around it, and valid UTF-8; the buffer
 * that it lies in ends with LW_PADDING_BYTES of NUL.  `known` is what earlier ones left behind, and
 * lends objects to the tree until lw_known_next.  False where it is none, nested too deeply, holds
 * too many values, or memory ran out; *root is NULL then.
 */
typedef bool lw_walk_fn(
    struct lw_known *known, struct lw_arena *arena, struct lw_str text, struct lw_node **root);

/* NULL where this build or this processor does not have that path. */
lw_walk_fn *lw_walk_by(enum lw_walk_path path);

/* The reader that the processor is best at; never NULL. */
lw_walk_fn *lw_walk_best(void);

/* A reader and its memory.  Both are the decoder's; .walk is NULL where the reference reads. */
struct lw_walker {
	lw_walk_fn *walk;
	struct lw_known *known;
};

/* lw_json_walk of a text that is copied to the arena first. */
bool lw_json_walk_copy(
    const struct lw_walker *w, struct lw_arena *arena, struct lw_str text, struct lw_node **root);

/*
 * By the walker alone: false where it has no reader, or that says no.  A text that is not padded
 * (as in lw_record) is copied to the arena.
 */
static inline bool
lw_json_walk(const struct lw_walker *w, struct lw_arena *arena, struct lw_str text, bool padded,
    struct lw_node **root)
{
	return padded && w->walk != NULL ? w->walk(w->known, arena, text, root)
					 : lw_json_walk_copy(w, arena, text, root);
}

/*
 * One JSON value, valid UTF-8, into *root: by the walker, and by the reference where that fails.
 * Returns what lw_json_parse does.
 */
enum lw_code lw_json_read(const struct lw_walker *w, struct lw_arena *arena, struct lw_str text,
    struct lw_node **root, struct lw_parse_error *e);

/* What the paths share. */
struct lw_walk {
	struct lw_arena *arena;
	struct lw_node *node, *nodes_end; /* the rest of the chunk at hand */
	size_t chunks, borrowed;          /* nodes of known objects */
	struct lw_known *known;
	struct lw_known_key *key;       /* the one that came last */
	struct lw_known_object *object; /* the same; NULL where none did in this record */
	struct lw_unknown unknown[LW_UNKNOWN_MAX];
	size_t unknown_count;
	uint64_t high; /* not 0: a byte may be no ASCII */
};

/* Another chunk of nodes; false where memory or LW_TREE_NODES ran out. */
bool lw_walk_chunk(struct lw_walk *w);

static inline void
lw_walk_begin(struct lw_walk *w, struct lw_known *known, struct lw_arena *arena)
{
	w->arena = arena;
	w->node = w->nodes_end = known->nodes;
	w->chunks = w->borrowed = 0;
	if (known->nodes != NULL) {
		w->nodes_end += LW_WALK_CHUNK;
		w->chunks = 1;
		known->nodes = NULL;
	}
	w->known = known;
	w->key = &known->first;
	w->object = NULL;
	w->unknown_count = 0;
	w->high = 0;
}

/* What is left to do where a value is not as most are. */
bool lw_walk_end_rare(struct lw_walk *w, struct lw_str text);

/* Behind a value: false where the values are too many with those that were borrowed, or the text is
 * not valid UTF-8.  What one chunk has room for borrows too few to count. */
static inline bool
lw_walk_end(struct lw_walk *w, struct lw_str text)
{
	return (w->chunks == 1 && w->high == 0 && w->unknown_count == 0) ||
	       lw_walk_end_rare(w, text);
}

/* Let node *n be this known object. */
static inline void
lw_walk_lend(struct lw_walk *w, struct lw_known_object *o, struct lw_node *n)
{
	n->type = LW_NODE_OBJECT;
	n->text = o->bytes;
	n->child = o->child;
	n->names = o->names;
	n->known = o->serial;
	o->record = w->known->record;
	w->known->usual[n->name == LW_KEY_resource] = (uint32_t)o->bytes.n;
	w->object = o;
	w->borrowed += o->nodes;
}

/* The object of about so many bytes at p, as node *n, if it is known; else it will be, perhaps. */
bool lw_walk_known(struct lw_walk *w, struct lw_str bytes, struct lw_node *n);

/* Where the number at p ends, or NULL where it is none. */
const char *lw_walk_number(const char *p, const char *end);

/* How many of the 8 bytes at p are digits, up to the first that is none. */
static inline size_t
lw_walk_digits(const char *p)
{
	uint64_t x = lw_load64(p) ^ UINT64_C(0x3030303030303030);

	x = ((x + UINT64_C(0x7676767676767676)) | x) & UINT64_C(0x8080808080808080);
	return x == 0 ? 8 : lw_lowest(x) / 8;
}

/*
 * The escape sequence at p (a backslash) into at most 4 bytes at *to; returns where it
 * ends, or NULL where it is none.  A surrogate without its other half becomes U+FFFD.
 */
const char *lw_walk_escape(const char *p, const char *end, char **to);

/* The paths; those that a build lacks are not defined. */
lw_walk_fn lw_walk_portable;
lw_walk_fn lw_walk_sse2;
lw_walk_fn lw_walk_avx2;
lw_walk_fn lw_walk_neon;

#endif
