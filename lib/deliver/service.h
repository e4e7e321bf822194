/* service.h - the kinds of places a report can go to: a file and a row of the table each. */
#ifndef LW_DELIVER_SERVICE_H
#define LW_DELIVER_SERVICE_H

#include "deliver/deliver.h"
#include "input/http.h"

#define LW_POST_HEADERS 5
#define LW_POST_ID_BYTES 33 /* 32 hexadecimal digits and a NUL */

/* One report for one place, ready to be sent.  Zero-initialise. */
struct lw_post {
	char *url;
	struct lw_http_header headers[LW_POST_HEADERS]; /* values are literals, or owned below */
	size_t header_count;
	char *credential; /* value of a header */
	struct lw_buf body;
	char id[LW_POST_ID_BYTES]; /* of the content */
	char *lookup; /* comments: the address that lists the newest; NULL where there are none */
	char left_out[256];
};

void lw_post_fini(struct lw_post *p);

/* 128 bits of SHA-256 over a and b as the id. */
void lw_post_identify(struct lw_post *p, struct lw_str a, struct lw_str b);

struct lw_service {
	const char *name; /* also the prefix that asks for it */
	bool (*takes)(const char *url);
	enum lw_code (*make)(const struct lw_deliver_options *o, const char *url, struct lw_post *p,
	    struct lw_error *e);
	char *(*shown)(const char *url); /* as it may be shown: a copy, or NULL */
};

extern const struct lw_service lw_slack, lw_github, lw_gitlab, lw_webhook;

/* Append text as a JSON string with its quotes. */
void lw_quote(struct lw_buf *out, struct lw_str text);

/*
 * The start of Markdown with as many of its sections as fit max_bytes with `tail` behind them, and
 * a line that names the others; left_out (of size bytes) gets the same names, or "".
 */
void lw_cut_markdown(struct lw_buf *out, struct lw_str md, size_t max_bytes, struct lw_str tail,
    char *left_out, size_t size);

/* What an issue's address says. */
struct lw_issue {
	char *origin;  /* "https://gitlab.example:8443" */
	char *project; /* "group/project" */
	char *number;
	const char *kind; /* "issues", "merge_requests" */
};

/* False where url is no issue of a service whose paths have `separator` ("" or "/-") before their
 * kind. Free it either way. */
bool lw_issue_parse(const char *url, const char *separator, struct lw_issue *issue);
void lw_issue_fini(struct lw_issue *issue);

/* "https://host/..." of a secret address; the whole of one that is none but for its query. */
char *lw_shown_host(const char *url);
char *lw_shown_issue(const char *url);

#endif
