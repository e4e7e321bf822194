/*
 * platform.h - a rule's command, as the platform that runs the service wants it.
 *
 * A rule is about an error, wherever it happens, and its commands are those of
 * one platform.  What describes a service, its revisions or its instances, and the
 * label by which a query finds its entries, are put in the words of another.
 */
#ifndef LW_REPORT_PLATFORM_H
#define LW_REPORT_PLATFORM_H

#include "base/buf.h"

/*
 * Append the command with its {placeholders} still in it, for a service of this resource type
 * ("cloud_run_revision"); as it is where the type is another one or there are no other words for
 * it.  What asks Kubernetes about one pod asks in {namespace} where that is known.
 */
void lw_platform_command(
    struct lw_buf *out, const char *command, struct lw_str type, bool in_namespace);

#endif
