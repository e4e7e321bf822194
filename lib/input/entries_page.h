/*
 * entries_page.h - one answer of entries.list, entry by entry as its bytes come.
 *
 * The page is never held as a whole: an entry is, without the blanks between
 * its tokens, and the token of the next page.  Source: the resource
 * ListLogEntriesResponse of the Logging API v2.
 */
#ifndef LW_INPUT_ENTRIES_PAGE_H
#define LW_INPUT_ENTRIES_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define LW_ENTRIES_PAGE_TOKEN_MAX_BYTES ((size_t)64 << 10)

enum lw_entries_page_event {
	LW_ENTRIES_PAGE_MORE,   /* all bytes were used */
	LW_ENTRIES_PAGE_ENTRY,  /* p->entry is whole until the next call */
	LW_ENTRIES_PAGE_BROKEN, /* p->why says why; what came before is fine */
	LW_ENTRIES_PAGE_NOMEM,
};

struct lw_entries_page {
	int place;           /* in page.c's table */
	struct lw_buf entry; /* on one line, not looked into */
	struct lw_buf
	    token; /* nextPageToken as it stands between its quotes; "" where there is none */
	char key[24];
	size_t key_bytes;
	unsigned depth; /* of the value that is copied or skipped */
	bool in_string, escaped;
	uint64_t offset; /* bytes used */
	const char *why; /* static */
};

void lw_entries_page_begin(
    struct lw_entries_page *p); /* also before the first page; the memory is kept */
void lw_entries_page_fini(struct lw_entries_page *p);

/* Use bytes[0..n), up to the end of an entry; *used says how many. */
enum lw_entries_page_event lw_entries_page_feed(
    struct lw_entries_page *p, const char *bytes, size_t n, size_t *used);

/* Did the page end where it should? */
bool lw_entries_page_whole(const struct lw_entries_page *p);

#endif
