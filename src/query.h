/*
 * query.h - what the options ask of the Logging API.
 */
#ifndef LOGWHY_QUERY_H
#define LOGWHY_QUERY_H

#include "input/logging.h"
#include "options.h"

struct query {
	struct lw_logging_query logging;
	char *name; /* "logging://projects/P,...": the operand that stands for it */
};

/* From the options and LOGWHY_LOGGING_ENDPOINT; EXIT_DONE, or another exit code after a complaint.
 * query_fini in any case. */
int query_init(struct query *q, const struct settings *s);
void query_fini(struct query *q);

/* Was an option given that needs --project, though there is none?  Complains. */
bool query_options_astray(const struct settings *s);

#endif
