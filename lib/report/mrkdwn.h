/*
 * mrkdwn.h - the core of a report as paragraphs of Slack's mrkdwn.
 *
 * What happened, why, and what to do; paragraphs have an empty line between them and none
 * inside.  "&", "<" and ">" are character references everywhere, so that no log text can
 * be a link or a mention (<!channel>).
 */
#ifndef LW_REPORT_MRKDWN_H
#define LW_REPORT_MRKDWN_H

#include "base/buf.h"
#include "report/report.h"

void lw_write_mrkdwn(
    struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style);

#endif
