/*
 * mask.h - one scan over a message: words, delimiters, and values told by
 * their shape.
 *
 * A value's shape says what it is (a number, an address, a path...), not
 * what the message means, so the same lexer serves every system.  Lists are
 * as one item; a word with a number in it ("eth0") is a word and a number.
 * What is recognised is listed, with near misses, in
 * tests/unit/check_cluster_mask.c.
 */
#ifndef LW_CLUSTER_MASK_H
#define LW_CLUSTER_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* What stands behind the cap is one value of the type LW_VALUE_ANY. */
#define LW_MASK_TOKENS_MAX 256

#define LW_MASK_WORD_BYTES 256 /* a longer word is a value */
#define LW_MASK_DELIM_BYTES 3  /* a longer run of one delimiter is as one of this length */

/* X(symbol, name in templates) */
#define LW_VALUES(X) \
	X(LW_VALUE_ANY, "*") \
	X(LW_VALUE_NUMBER, "number") \
	X(LW_VALUE_HEX, "hex") \
	X(LW_VALUE_UUID, "uuid") \
	X(LW_VALUE_IP, "ip") \
	X(LW_VALUE_MAC, "mac") \
	X(LW_VALUE_HOST, "host") \
	X(LW_VALUE_EMAIL, "email") \
	X(LW_VALUE_URL, "url") \
	X(LW_VALUE_PATH, "path") \
	X(LW_VALUE_TIME, "time") \
	X(LW_VALUE_DURATION, "duration") \
	X(LW_VALUE_SIZE, "size") \
	X(LW_VALUE_VERSION, "version") \
	X(LW_VALUE_ID, "id") \
	X(LW_VALUE_LIST, "list")

enum lw_value_type {
#define LW_VALUE_ENUM(symbol, name) symbol,
	LW_VALUES(LW_VALUE_ENUM)
#undef LW_VALUE_ENUM
	    LW_VALUE_COUNT
};

const char *lw_value_name(enum lw_value_type type); /* never NULL */

enum lw_token_kind { LW_TOKEN_WORD, LW_TOKEN_DELIM, LW_TOKEN_VALUE };

struct lw_token {
	uint64_t hash;       /* of a literal's bytes and kind; all values have one hash */
	uint32_t start, end; /* bytes of the message, end exclusive */
	uint8_t kind;        /* enum lw_token_kind */
	uint8_t type;        /* enum lw_value_type of a value, else 0 */
	uint8_t item;        /* of a list: the type of its first item; else as type */
	bool blank;          /* blanks stand before it (never before the first) */
};

struct lw_masked {
	struct lw_token tokens[LW_MASK_TOKENS_MAX];
	uint32_t count;
	bool capped; /* the last token stands for the rest */
};

/* Fill *out with the tokens of msg; bytes behind the first 4 GiB are ignored. */
void lw_mask(struct lw_str msg, struct lw_masked *out);

#endif
