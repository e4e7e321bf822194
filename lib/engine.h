/*
 * engine.h - what the program tells a run beyond logwhy.h.
 */
#ifndef LW_ENGINE_H
#define LW_ENGINE_H

#include <logwhy.h>

#include "input/remote.h"
#include "report/model.h"

/* Before lw_run_read: how to reach inputs over the network.  Copied, but for what it points to; its
 * diag is not used, since messages go where those of the run go. */
void lw_run_remote(struct lw_run *run, const struct lw_remote *remote);

/* After lw_run_read: the report as data, the run's. */
const struct lw_report *lw_run_model(const struct lw_run *run);

#endif
