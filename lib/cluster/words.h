/* words.h - the few words that the lexer knows (private to cluster/). */
#ifndef LW_CLUSTER_WORDS_H
#define LW_CLUSTER_WORDS_H

#include "base/str.h"
#include "cluster/mask.h"

/* LW_VALUE_SIZE or LW_VALUE_DURATION where s is a unit of these, else LW_VALUE_ANY; single letters
 * count only where glued to the number. */
enum lw_value_type lw_unit(struct lw_str s, bool glued);

/* Names of formats and protocols that have a digit of their own: "IPv6", "UTF-8", "sha256". */
bool lw_is_term(struct lw_str s);

/* A dotted name that ends as host names do: "proxy.cse.cuhk.edu.hk", "db.internal". */
bool lw_is_host(struct lw_str s);

/* Words behind which a name stands: "user", "host". */
bool lw_names_next(struct lw_str s);

/* "for", "from", "by"...: what stands behind them is a thing, seldom a verb. */
bool lw_is_preposition(struct lw_str s);

#endif
