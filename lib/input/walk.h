/*
 * walk.h - the files under a folder.
 *
 * In the order of their names, byte by byte, folder by folder.  Names that begin with
 * a dot are left out.  Symbolic links are followed; a file or folder that was met already
 * is not met again, so that links may form loops.
 */
#ifndef LW_INPUT_WALK_H
#define LW_INPUT_WALK_H

#include <stddef.h>

#include "base/error.h"

struct lw_walk {
	char **paths; /* owned; "FOLDER/a/b" */
	size_t count;
	size_t cap;
};

/* What could not be entered or read; e->source is its path. */
typedef void lw_walk_fail_fn(void *arg, const struct lw_error *e);

/* The files under folder, into *w (cleared by the caller).  LW_OK, or LW_ENOMEM; other faults go to
 * fail, and the walk goes on. */
enum lw_code lw_walk(struct lw_walk *w, const char *folder, lw_walk_fail_fn *fail, void *arg);
void lw_walk_fini(struct lw_walk *w);

#endif
