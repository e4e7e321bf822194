/*
 * retry.h - whether and when a request is sent again.
 *
 *	lw_retry_begin(&retry, net);
 *	do
 *		send
 *	while (failed in passing && lw_retry_again(&retry, ...) == LW_RETRY_AGAIN);
 */
#ifndef LW_INPUT_RETRY_H
#define LW_INPUT_RETRY_H

#include "base/str.h"
#include "input/net.h"

struct lw_retry {
	const struct lw_net *net;
	unsigned tries;   /* that failed */
	int64_t began_ns; /* by the steady clock */
};

enum lw_retry_next {
	LW_RETRY_AGAIN,   /* the wait is over: send it again */
	LW_RETRY_ENOUGH,  /* attempts or time are used up */
	LW_RETRY_STOPPED, /* stop was asked for */
};

#define LW_RETRY_NO_HINT INT64_C(-1)

void lw_retry_begin(struct lw_retry *r, const struct lw_net *net); /* net is borrowed */

/* Begin to count tries anew: something went forward since. */
void lw_retry_progress(struct lw_retry *r);

/*
 * Count a try that failed, for the reason *why, and wait before the next.  hint_ns: what the
 * server asked to wait at the least (lw_retry_after), or LW_RETRY_NO_HINT.
 */
enum lw_retry_next lw_retry_again(
    struct lw_retry *r, int64_t hint_ns, struct lw_stop *stop, const struct lw_error *why);

/*
 * The header Retry-After (RFC 9110, 10.2.3): seconds, also with a fraction, or one of the three
 * forms of an HTTP date.  ns from now_ns on, 0 for a date that has passed; LW_RETRY_NO_HINT for ""
 * and what is neither.
 */
int64_t lw_retry_after(struct lw_str value, int64_t now_ns);

/* Is this the answer of a server that may do better later: 408, 429, 500, 502, 503, 504? */
bool lw_retry_status(long status);

#endif
