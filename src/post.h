/* post.h - logwhy report --post: the report to where people read it. */
#ifndef LOGWHY_POST_H
#define LOGWHY_POST_H

#include "engine.h"
#include "network.h"

/* Whether there is somewhere to post to, by option or environment. */
bool post_asked(const struct settings *s);

/* Post the report to all of these, or show what would be posted; false after a complaint where some
 * of it failed. */
bool post_report(const struct lw_run *run, const struct settings *s, const struct network *n);

#endif
