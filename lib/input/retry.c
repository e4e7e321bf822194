/* retry.c - backoff with full jitter, and what servers ask for. */
#include "input/retry.h"

#include <string.h>

#include "base/time.h"
#include "input/net_libs.h"

#define HINT_MAX_S 1000000 /* a server that asks for more asks for too much anyway */

void
lw_retry_begin(struct lw_retry *r, const struct lw_net *net)
{
	*r = (struct lw_retry){.net = net};
	lw_retry_progress(r);
}

void
lw_retry_progress(struct lw_retry *r)
{
	const struct lw_clock *clock = r->net->clock;

	r->tries = 0;
	r->began_ns = clock == NULL ? 0 : clock->steady_ns(clock->arg);
}

/* A random time from 0 to what this try may wait at the most. */
static int64_t
backoff(const struct lw_retry *r)
{
	const struct lw_retry_policy *p = &r->net->retry;
	int64_t most = p->first_ns;
	unsigned i;

	for (i = 1; i < r->tries && most < p->most_ns; i++)
		most = most > p->most_ns / 2 ? p->most_ns : most * 2;
	if (most > p->most_ns)
		most = p->most_ns;
	if (most <= 0)
		return 0;
	return (int64_t)(r->net->clock->random(r->net->clock->arg) % ((uint64_t)most + 1));
}

static void
tell(const struct lw_retry *r, int64_t wait_ns, const struct lw_error *why)
{
	char text[LW_TIME_TEXT_BYTES];
	struct lw_error e = *why;
	size_t n = strlen(e.message);

	if (r->net->diag == NULL)
		return;
	(void)lw_duration_format(wait_ns, text);
	(void)snprintf(e.message + n, sizeof(e.message) - n, " (try %u of %u; again in %s)",
	    r->tries, r->net->retry.attempts, text);
	r->net->diag(r->net->diag_arg, LW_DIAG_NOTE, &e);
}

enum lw_retry_next
lw_retry_again(
    struct lw_retry *r, int64_t hint_ns, struct lw_stop *stop, const struct lw_error *why)
{
	const struct lw_clock *clock = r->net->clock;
	const struct lw_retry_policy *p = &r->net->retry;
	int64_t wait_ns;

	r->tries++;
	if (lw_stop_asked(stop))
		return LW_RETRY_STOPPED;
	if (clock == NULL || r->tries >= p->attempts)
		return LW_RETRY_ENOUGH;
	wait_ns = backoff(r);
	if (hint_ns > 0) /* no sooner than asked for, and not all clients at once */
		wait_ns = hint_ns + wait_ns / 8;
	if (p->deadline_ns > 0 &&
	    clock->steady_ns(clock->arg) - r->began_ns > p->deadline_ns - wait_ns)
		return LW_RETRY_ENOUGH;
	tell(r, wait_ns, why);
	return clock->wait(clock->arg, wait_ns, stop) ? LW_RETRY_AGAIN : LW_RETRY_STOPPED;
}

/* Seconds with a fraction that is given up to its ninth digit; false where it is no number. */
static bool
parse_seconds(struct lw_str s, int64_t *ns)
{
	int64_t whole = 0, unit = LW_NS_PER_S, part = 0;
	size_t i = 0;

	for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		whole = whole > HINT_MAX_S ? HINT_MAX_S : whole * 10 + (s.p[i] - '0');
	if (i == 0)
		return false;
	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
			unit /= 10;
			part += unit * (s.p[i] - '0');
		}
	if (i != s.n)
		return false;
	*ns = (whole > HINT_MAX_S ? HINT_MAX_S : whole) * LW_NS_PER_S + part;
	return true;
}

int64_t
lw_retry_after(struct lw_str value, int64_t now_ns)
{
	char text[64];
	int64_t ns;
	time_t date;

	value = lw_str_trim(value);
	if (value.n == 0 || value.n >= sizeof(text))
		return LW_RETRY_NO_HINT;
	if (parse_seconds(value, &ns))
		return ns;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	date = lw_curl() == NULL ? -1 : lw_curl()->curl_getdate(text, NULL);
	if (date < 0)
		return LW_RETRY_NO_HINT;
	if (date > now_ns / LW_NS_PER_S + HINT_MAX_S)
		return HINT_MAX_S * LW_NS_PER_S;
	ns = (int64_t)date * LW_NS_PER_S - now_ns;
	return ns > 0 ? ns : 0;
}

bool
lw_retry_status(long status)
{
	switch (status) {
	case 408:
	case 429:
	case 500:
	case 502:
	case 503:
	case 504:
		return true;
	default:
		return false;
	}
}
