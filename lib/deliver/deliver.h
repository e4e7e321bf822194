/*
 * deliver.h - send a report to where people read it.
 *
 * An address is a Slack incoming webhook, an issue on GitHub or GitLab as people copy it, or any
 * other https:// address, which gets the report as JSON.  "slack:", "github:" and "gitlab:"
 * before it say what answers there, where its host does not.
 *
 * What fails in passing is sent again as net->retry says.  So that nothing is posted twice where
 * it is not known whether it arrived, webhooks get an Idempotency-Key, made of the report's
 * content, and comments a mark that is not shown, for which is looked before each further try.
 * Slack has neither: there a message may come twice, but is not lost.
 *
 * Addresses of webhooks are secrets: no message made here shows more than their host.
 *
 * Sources: "Sending messages using incoming webhooks", "Formatting text" and "Reference: blocks" of
 * Slack; "REST API endpoints for issue comments" of GitHub; "Notes API" of GitLab; the draft "The
 * Idempotency-Key HTTP Header Field" (IETF httpapi).
 */
#ifndef LW_DELIVER_DELIVER_H
#define LW_DELIVER_DELIVER_H

#include "input/net.h"
#include "report/report.h"

/* All is borrowed. */
struct lw_deliver_options {
	const struct lw_net *net;
	struct lw_stop *stop;
	const struct lw_report *report;
	struct lw_report_style style;
	const char *github_token, *gitlab_token; /* NULL: none */
	const char *github_api, *gitlab_api; /* "https://ghe.example/api/v3"; NULL: by the host */
};

struct lw_delivered {
	char left_out[256]; /* what the service has no room for; "" where all was sent */
	char where[256];    /* the address of the comment; "" where the service says none */
	unsigned tries;
};

/*
 * LW_OK: it arrived.  LW_EUSAGE: the address is none, is not allowed, or needs a token that is not
 * there; LW_EHTTP: it did not arrive, or not as far as is known; LW_EINTR; LW_ENOMEM.
 */
enum lw_code lw_deliver(const struct lw_deliver_options *o, const char *address,
    struct lw_delivered *d, struct lw_error *e);

/* The request that lw_deliver would send, as text without its secrets.  LW_OK, LW_EUSAGE,
 * LW_ENOMEM. */
enum lw_code lw_deliver_show(const struct lw_deliver_options *o, const char *address,
    struct lw_buf *out, struct lw_error *e);

/* The address as it may be shown: a copy; NULL where memory ran out. */
char *lw_deliver_address(const char *address);

#endif
