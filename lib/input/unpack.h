/* unpack.h - what the first bytes of an input say of how it is stored. */
#ifndef LW_INPUT_UNPACK_H
#define LW_INPUT_UNPACK_H

#include "input/window.h"

/*
 * Look at the start of w, a window just opened on *s.  gzip, also inside of gzip, is
 * put behind an inflating source: *s is replaced by it, and owns the old one.  LW_OK; LW_ENOMEM;
 * else the code and *e of a format that is not read here, with what to do about it.
 */
enum lw_code lw_unpack(struct lw_window *w, struct lw_source **s, struct lw_error *e);

#endif
