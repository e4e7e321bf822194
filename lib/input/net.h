/*
 * net.h - what everything that uses the network is told by the program.
 *
 * lib/ reads no clock, draws no random numbers and reads no environment:
 * they come in here, so that tests decide what time it is and how long a
 * wait takes.
 */
#ifndef LW_INPUT_NET_H
#define LW_INPUT_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "input/stop.h"

/* Functions of the program; each may be called from any thread. */
struct lw_clock {
	void *arg;
	int64_t (*now_ns)(void *arg);    /* wall clock, ns since the epoch */
	int64_t (*steady_ns)(void *arg); /* never set back; its zero means nothing */
	/* Wait so long; false where stop was asked for, at once. */
	bool (*wait)(void *arg, int64_t ns, struct lw_stop *stop);
	uint64_t (*random)(void *arg);
};

/* When a request is sent again.  Source: "exponential backoff and jitter" of AIP-194 and of the
 * AWS architecture blog (full jitter). */
struct lw_retry_policy {
	unsigned attempts; /* requests in all, at least 1 */
	/* Before try n+1 a random time from 0 to first * 2^(n-1), at most most, is waited. */
	int64_t first_ns, most_ns;
	int64_t deadline_ns; /* no try begins so long after the first; 0 for no deadline */
};

struct lw_net {
	const struct lw_clock *clock; /* NULL: nothing is waited for, and so nothing tried again */
	const char *ca_file;          /* certificates to trust; NULL for those of the system */
	int64_t connect_timeout_ns;   /* 0 for LW_NET_CONNECT_TIMEOUT_NS */
	int64_t max_time_ns;          /* for one request with its answer; 0 for no limit */
	int ip_version;               /* 4, 6, or 0 for either */
	bool insecure; /* plain http:// and unverified certificates, as the user asked for */
	struct lw_retry_policy retry;
	lw_diag_fn *diag; /* hears of tries that failed, as notes; may be NULL */
	void *diag_arg;
};

#define LW_NET_CONNECT_TIMEOUT_NS INT64_C(30000000000)

#endif
