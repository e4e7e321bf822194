/* catalog_help.h - shared by the tests of lib/catalog: catalogues from memory, problems as text. */
#ifndef CATALOG_HELP_H
#define CATALOG_HELP_H

#include "base/buf.h"
#include "catalog/internal.h"

/* Problems as lines "LINE:COLUMN: level: message", the mark in [brackets] behind it. */
struct heard {
	struct lw_buf text;
	struct lw_problems problems;
};
void heard_init(struct heard *h);
void heard_fini(struct heard *h);

/* The catalogue of one text, finished; problems in h. */
struct lw_catalog *catalog_of(const char *yaml, struct heard *h);

/* A catalogue of rules r0, r1, ... with one pattern each, taken as they are. */
struct lw_catalog *catalog_of_patterns(const char *const *patterns, size_t count);

/* Scan with fields given as "name=value" texts, NULL-terminated, or NULL. */
size_t scan_with(struct lw_scanner *s, struct lw_str msg, const char *const *fields,
    struct lw_hit *hits, size_t max);

#endif
