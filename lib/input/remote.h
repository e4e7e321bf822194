/* remote.h - what sources that are not files are told by the program. */
#ifndef LW_INPUT_REMOTE_H
#define LW_INPUT_REMOTE_H

#include "input/auth.h"
#include "input/net.h"

struct lw_ahead;
struct lw_storage;
struct lw_logging_query;

/* Strings are borrowed, and must outlive the reader. */
struct lw_remote {
	struct lw_net net;
	struct lw_auth_options auth; /* but for the scope, which each service sets in a copy */
	const char *storage_host; /* STORAGE_EMULATOR_HOST, host:port or an address; NULL or "" for
				     Google's */
	/* What the objects of gs:// operands share; set by the roll. */
	struct lw_storage *storage;
	struct lw_ahead *ahead;
	int64_t since_ns, until_ns; /* what the user asked for; LW_TIME_NONE: no bound */
	const struct lw_logging_query *logging; /* what logging:// reads; NULL: nothing */
};

/* Nothing but the defaults: no clock, no credentials, no bounds. */
extern const struct lw_remote lw_remote_none;

#endif
