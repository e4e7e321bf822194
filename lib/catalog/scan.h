/*
 * scan.h - match one log message against a compiled catalogue.
 *
 * The scanner is the mutable half: match data, JIT stack, candidate set.
 * One per thread, reused for every message.  The catalogue that it borrows
 * is read-only, may be shared, and must outlive it.
 *
 * Patterns are found through required literals (a prefilter that may propose
 * too many rules and never too few), so cost does not grow with their number.
 */
#ifndef LW_CATALOG_SCAN_H
#define LW_CATALOG_SCAN_H

#include "catalog/catalog.h"

struct lw_hit {
	uint32_t rule;     /* index into the catalogue */
	size_t start, end; /* bytes of the match in the message, end exclusive */
	struct lw_str captures[LW_RULE_MAX_CAPTURES]; /* as rule->captures; .p NULL where the group took no part */
};

struct lw_scanner;

struct lw_scanner *lw_scanner_new(const struct lw_catalog *catalog); /* NULL where memory ran out */
void lw_scanner_free(struct lw_scanner *s); /* NULL is fine */

/*
 * Every rule that matches msg and whose `where` holds for *e (NULL: rules with
 * `where` do not match); no NUL needed.  Returns the number of hits written,
 * at most max, most specific first.  A rule that ran out of steps or heap is
 * charged to that rule; the scanner stays usable.
 */
size_t lw_scan(struct lw_scanner *s, struct lw_str msg, const struct lw_entry *e,
    struct lw_hit *hits, size_t max);

/* Times that the patterns of a rule exceeded their limits in this scanner. */
uint64_t lw_scan_limited(const struct lw_scanner *s, uint32_t rule);

#endif
