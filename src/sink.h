/*
 * sink.h - lines to a file or standard output, so that a crash leaves whole ones.
 *
 * What is buffered goes out in whole lines; into a file called .gz as a
 * member of its own each time (RFC 1952, 2.2), so that the file can be read up
 * to its last whole member and be appended to.
 */
#ifndef LOGWHY_SINK_H
#define LOGWHY_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct sink {
	const char *path; /* for messages */
	int fd;
	bool owned, gzip;
	struct lw_buf lines, packed;
};

/* Is a file of this name written compressed? */
bool sink_is_gzip(const char *path);

/* path NULL or "-" for standard output.  keep_bytes: what stays of the file; 0 to begin it anew.
 * False after a complaint. */
bool sink_open(struct sink *s, const char *path, uint64_t keep_bytes);

/* Each false after a complaint: the output is not complete. */
bool sink_line(struct sink *s, struct lw_str line);
bool sink_flush(struct sink *s, bool last); /* compressed, little is kept for later unless last */
bool sink_close(struct sink *s);            /* flushes */

#endif
