/* clean.h - a message without what terminals and loggers put around its words. */
#ifndef LW_ENTRY_CLEAN_H
#define LW_ENTRY_CLEAN_H

#include "base/arena.h"
#include "base/str.h"

/*
 * *out is s without terminal escapes, "<red>" tags of loggers, CR, and line ends and
 * blanks at its end; where a trace stands on one line with literal "\n" between
 * its lines, these become real.  Points into s where nothing inside changes (the
 * common case, a few memchr), else into the arena.  False where memory ran out.
 */
bool lw_clean(struct lw_arena *arena, struct lw_str s, struct lw_str *out);

/*
 * The same where s is one line with nothing to leave out but blanks at its end, as nearly all
 * are: true and *out, by one look at its bytes.  False: ask lw_clean.
 */
bool lw_clean_line(struct lw_str s, struct lw_str *out);

#endif
