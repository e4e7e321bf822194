/* decode.h - what the files of the decoder share. */
#ifndef LW_ENTRY_DECODE_H
#define LW_ENTRY_DECODE_H

#include "entry/map.h"
#include "entry/parse.h"
#include "entry/walk.h"

struct lw_decoder {
	struct lw_arena *arenas[2];             /* the record's, and that of the one before it */
	struct lw_node nodes[2][LW_WALK_CHUNK]; /* the first of their trees */
	struct lw_buf clean[2];                 /* the records with their invalid UTF-8 replaced */
	unsigned turn;                          /* which of them is the record's */
	struct lw_entry entries[2];             /* the next one to give, and the one given last */
	unsigned next_entry;                    /* which of them is the next */
	bool given;                             /* it has an entry */
	struct lw_walker walker;
	struct lw_time_minute minute; /* that the last entry was of */
	struct lw_log_names log_names;
	struct lw_mapping mapping; /* of the record at hand; owns its places and its wordings */
};

/*
 * envelope.c: the entries in one value.  A LogEntry or an application's object
 * is itself; {"entries": [...]}, an array and Pub/Sub messages hold several or
 * none.  Returns LW_OK and a list chained by `next` that begins with *list (objects only; NULL
 * where there are none), or why the record is malformed with *error's code and message set.
 */
struct lw_entry_list {
	const struct lw_node *object;
	struct lw_entry_list *next;
};
#define LW_WRAPPER_NAMES \
	(lw_key_bit(LW_KEY_entries) | lw_key_bit(LW_KEY_nextpagetoken) | \
	    lw_key_bit(LW_KEY_receivedmessages) | lw_key_bit(LW_KEY_message) | \
	    lw_key_bit(LW_KEY_error))

/* Is the value an entry for sure?  An object with a member of none of these names wraps nothing. */
static inline bool
lw_is_bare(const struct lw_node *n)
{
	return n->type == LW_NODE_OBJECT && (n->names & LW_WRAPPER_NAMES) == 0;
}
enum lw_code lw_unwrap(struct lw_arena *arena, const struct lw_walker *walker,
    const struct lw_node *root, struct lw_entry_list *list, struct lw_error *error);

/* text.c: one message of a text log.  LW_OK or LW_ENOMEM. */
enum lw_code lw_decode_text(struct lw_mapping *m, struct lw_str text, struct lw_entry *e);

#endif
