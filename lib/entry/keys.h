/*
 * keys.h - the names of members as numbers.
 *
 * A member's key is looked at once, when the tree is built or, as a log repeats its
 * keys, when it first comes; who looks for a field after that compares numbers.
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

/* Which field of a LogEntry a member is, if its object is one. */
enum lw_field {
	LW_FIELD_NONE,
	LW_FIELD_INSERT_ID,
	LW_FIELD_LOG_NAME,
	LW_FIELD_TIMESTAMP,
	LW_FIELD_TIME,
	LW_FIELD_RECEIVED,
	LW_FIELD_SEVERITY,
	LW_FIELD_LEVEL,
	LW_FIELD_HTTP,
	LW_FIELD_LABELS,
	LW_FIELD_RESOURCE,
	LW_FIELD_OPERATION,
	LW_FIELD_TRACE,
	LW_FIELD_SPAN,
	LW_FIELD_SOURCE,
	LW_FIELD_SPLIT,
	LW_FIELD_TEXT,
	LW_FIELD_JSON,
	LW_FIELD_PROTO,
	LW_FIELD_TYPED_JSON, /* a payload's column in BigQuery, named after the payload's type: of
				an object alone */
	LW_FIELD_TYPED_PROTO,
	LW_FIELD_MESSAGE,
	LW_FIELD_COUNT
};

/* Of a key, and the name that it stands for. */
enum lw_field lw_field_of(struct lw_str key, enum lw_key name);

#endif
