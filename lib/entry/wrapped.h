/*
 * wrapped.h - errors that one message wraps: "cannot start: open store: no such table".
 *
 * As Go's fmt.Errorf("...: %w") and its likes in every language write them, and the
 * list under "Caused by:" of Rust's anyhow.
 */
#ifndef LW_ENTRY_WRAPPED_H
#define LW_ENTRY_WRAPPED_H

#include <stdbool.h>

#include "base/str.h"

struct lw_wrapped {
	struct lw_str outer; /* what failed: from the start of the message */
	struct lw_str inner; /* the innermost cause; n is 0 where that is not sure */
};

/*
 * False where the message does not say that something failed and then, behind ": ", why: the words
 * before it must speak of a failure ("failed to", "could not", "error while"), so that
 * "module: text" and "key: value" are none.
 */
bool lw_wrapped_parse(struct lw_str message, struct lw_wrapped *w);

#endif
