/*
 * engine.h - what the program tells a run beyond logwhy.h.
 */
#ifndef LW_ENGINE_H
#define LW_ENGINE_H

#include <logwhy.h>

#include "input/remote.h"

/* Before lw_run_read: how to reach inputs over the network.  Copied, but for what it points to; its
 * diag is not used, since messages go where those of the run go. */
void lw_run_remote(struct lw_run *run, const struct lw_remote *remote);

#endif
