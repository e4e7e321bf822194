/*
 * logging.h - the entries of a query to the Logging API v2 (entries.list),
 * oldest first, through all of its pages.
 *
 * One entry is in memory at a time.  A request that failed in passing is sent
 * again; a page that broke in the middle is asked for again, and what was
 * handed out of it is not handed out twice.  No more than so many requests a
 * minute are sent, since a project may make 60 reads a minute.
 */
#ifndef LW_INPUT_LOGGING_H
#define LW_INPUT_LOGGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "input/identity.h"
#include "input/remote.h"

#define LW_LOGGING_ENDPOINT "https://logging.googleapis.com"
#define LW_LOGGING_MAX_RESOURCES 100
#define LW_LOGGING_MAX_FILTER 20000 /* characters */
#define LW_LOGGING_PAGE_SIZE 1000
#define LW_LOGGING_READS_PER_MINUTE 60

/* What is asked for.  Strings are borrowed; NULL where they are not given. */
struct lw_logging_query {
	const char *endpoint;         /* "https://host[:port]"; NULL for LW_LOGGING_ENDPOINT */
	const char *const *resources; /* projects by their id, or "folders/1", "projects/P", ... */
	size_t resource_count;        /* 1 to LW_LOGGING_MAX_RESOURCES */
	const char *filter;           /* in the Logging query language */
	const char *service, *severity, *resource_type;
	int64_t since_ns, until_ns; /* since <= timestamp < until; LW_TIME_NONE: no bound */
	uint64_t limit;             /* entries at the most; 0: all */
	unsigned page_size;         /* 1 to 1000 */
	unsigned reads_per_minute;  /* 0: as fast as it goes */
};

/* What is wrong with a query, in *e; LW_OK, LW_EUSAGE, or LW_ENOMEM. */
enum lw_code lw_logging_check(const struct lw_logging_query *q, struct lw_error *e);

/* The filter that is sent: its clauses joined by AND, what the user wrote in brackets. */
void lw_logging_filter(struct lw_buf *out, const struct lw_logging_query *q);

/* "projects/P" for a bare id, else the name itself. */
void lw_logging_resource(struct lw_buf *out, const char *name);

struct lw_logging;

/* All are borrowed.  The query is one that lw_logging_check finds nothing wrong with.  NULL where
 * memory ran out. */
struct lw_logging *lw_logging_new(
    const struct lw_logging_query *q, const struct lw_remote *remote, struct lw_stop *stop);
void lw_logging_free(struct lw_logging *l); /* NULL is fine */

/* Before the first entry: one that is there already, at the start of the period, and not to be
 * handed out again.  False where memory ran out. */
bool lw_logging_skip(struct lw_logging *l, uint64_t hash);

struct lw_logging_entry {
	struct lw_str json; /* one line without its end; valid until the next call */
	struct lw_identity id;
};

enum lw_logging_next {
	LW_LOGGING_ENTRY,
	LW_LOGGING_PAGE, /* a page ended, or is to be asked for again: what is buffered may go out
			  */
	LW_LOGGING_END,  /* that was all, or the limit */
	LW_LOGGING_STOPPED, /* stop was asked for */
	LW_LOGGING_FAILED,  /* *e: what failed, after how many tries, and what to do */
	LW_LOGGING_NOMEM,
};

enum lw_logging_next lw_logging_next(
    struct lw_logging *l, struct lw_logging_entry *entry, struct lw_error *e);

/* How far it is. */
struct lw_logging_progress {
	uint64_t entries;   /* handed out */
	uint64_t pages;     /* whole ones */
	uint64_t bytes;     /* of the answers, inflated */
	int64_t reached_ns; /* timestamp of the last entry; LW_TIME_NONE before */
};
void lw_logging_progress(const struct lw_logging *l, struct lw_logging_progress *p);

#endif
