/* webhook.c - any address: the report as JSON. */
#include <stdlib.h>

#include "deliver/service.h"

static bool
takes(const char *url)
{
	return lw_str_starts(lw_str_from(url), LW_STR("http"));
}

static enum lw_code
make(const struct lw_deliver_options *o, const char *url, struct lw_post *p, struct lw_error *e)
{
	p->url = strdup(url);
	lw_report_format_by_name("json")->write(&p->body, o->report, &o->style);
	if (p->url == NULL || !lw_buf_ok(&p->body))
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	lw_post_identify(p, lw_buf_str(&p->body), LW_STR(""));
	p->headers[p->header_count++] =
	    (struct lw_http_header){"Content-Type", "application/json", false};
	p->headers[p->header_count++] = (struct lw_http_header){"Idempotency-Key", p->id, false};
	return LW_OK;
}

const struct lw_service lw_webhook = {"webhook", takes, make, lw_shown_host};
