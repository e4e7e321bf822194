/*
 * table.h - the table of signatures: a sum with a ceiling (private to cluster/).
 *
 * A signature is 64 bits: the upper half is its group (the first words of the
 * message), the lower half all of its masked tokens.  Two ceilings, neither
 * of which asks when something arrived:
 * - a group that has more than group_max signatures is folded: one row,
 *   "first words <*>", stands for all of it;
 * - where the groups together (each counted with at most group_max) pass the
 *   ceiling, only groups whose hash has `level` trailing zero bits are kept,
 *   the level being the least that fits; the rest is one row, "<*>".
 * Both are functions of the set of messages: what counts towards a ceiling
 * never falls when messages are added.
 */
#ifndef LW_CLUSTER_TABLE_H
#define LW_CLUSTER_TABLE_H

#include "base/map.h"
#include "base/time.h"
#include "cluster/mask.h"
#include "cluster/values.h"

#define LW_EXAMPLE_BYTES 1024         /* an example is cut there */
#define LW_REST_SIGNATURE UINT64_C(1) /* the row of dropped groups */

/* A token of a row; literal text is in the row's blob. */
struct lw_row_token {
	uint32_t start;
	uint16_t n;
	uint8_t kind; /* enum lw_token_kind */
	bool blank;
};

struct lw_row {
	uint64_t signature;
	uint64_t count;
	int64_t first_ns, last_ns;   /* LW_TIME_NONE where unknown */
	struct lw_row_token *tokens; /* followed by the literal bytes */
	struct lw_values *values;    /* one for each token that is a value */
	char *example;               /* the least message in byte order */
	uint32_t example_n, example_cap;
	uint16_t token_count, value_count;
	uint8_t severity; /* the highest */
	bool stack;       /* fingerprinted by a trace; tokens are its display */
	bool folded;      /* stands for a whole group, or for all dropped groups */
	uint32_t next;    /* next row of the group, LW_MAP_NONE at the end */
};

struct lw_group {
	uint32_t hash;
	uint32_t rows;  /* distinct signatures, at most group_max + 1 */
	uint32_t first; /* row; the folded one where folded */
	bool folded;
};

struct lw_table {
	struct lw_row *rows;
	struct lw_group *groups;
	size_t row_count, row_cap, group_count, group_cap;
	struct lw_map by_signature, by_group;
	size_t max, group_max, weight;
	uint64_t value_weight;
	uint8_t level, value_level;
};

bool lw_table_init(struct lw_table *t, size_t max_signatures);
void lw_table_fini(struct lw_table *t);

/* What is known of one message. */
struct lw_sighting {
	uint64_t signature;
	struct lw_str message; /* the whole message */
	struct lw_str text;    /* what the tokens' offsets refer to */
	const struct lw_masked *masked;
	int64_t time_ns;
	uint8_t severity;
	bool stack;
};

/* Count it.  False where memory ran out. */
bool lw_table_add(struct lw_table *t, const struct lw_sighting *s);

/* into += from.  False where memory ran out. */
bool lw_table_merge(struct lw_table *into, const struct lw_table *from);

/* The row that counts a signature, or NULL. */
const struct lw_row *lw_table_find(const struct lw_table *t, uint64_t signature);

static inline const char *
lw_row_text(const struct lw_row *r)
{
	return (const char *)(r->tokens + r->token_count);
}

#endif
