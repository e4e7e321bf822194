/* comment.h - what a comment on an issue is made of, whatever the service. */
#ifndef LW_DELIVER_COMMENT_H
#define LW_DELIVER_COMMENT_H

#include "deliver/service.h"

/* {"body": the report as Markdown of at most max_bytes, with a mark of its id that is not shown};
 * sets the id and what was left out.  False where memory ran out. */
bool lw_comment_body(
    const struct lw_deliver_options *o, const char *url, size_t max_bytes, struct lw_post *p);

/* A secret header.  False where memory ran out. */
bool lw_comment_credential(
    struct lw_post *p, const char *name, const char *prefix, const char *token);

#endif
