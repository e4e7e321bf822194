/*
 * keys.h - the names of members as numbers.
 *
 * A member's key is looked at once, when the tree is built; who looks for a
 * field after that compares numbers.
 */
#ifndef LW_ENTRY_KEYS_H
#define LW_ENTRY_KEYS_H

#include <stdint.h>

#include "base/str.h"

#define LW_KEY_BYTES 48 /* no folded name is longer */

enum lw_key {
	LW_KEY_NONE, /* a name that nothing is looked up by */
#define KEY(symbol, text) LW_KEY_##symbol,
#include "entry/keys.def"
#undef KEY
	LW_KEY_COUNT
};

/* Of 64, for a set of names in which few are wrongly found; none where there is no name. */
static inline uint64_t
lw_key_bit(enum lw_key name)
{
	return (uint64_t)(name != LW_KEY_NONE) << (name % 64);
}

/*
 * The name that a key as somebody wrote it stands for.  Case and '_', '-', '.', '@' do not
 * count, so that insertId, insert_id and INSERTID are the same.
 */
enum lw_key lw_key_of(struct lw_str key);

/* The same for a folded name that is no enum lw_key: does the key stand for it? */
bool lw_key_is(struct lw_str key, struct lw_str name);

#endif
