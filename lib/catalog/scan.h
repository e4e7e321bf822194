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

/*
 * Of a message longer than both together, the first and the last bytes are
 * scanned: an error is named at the start of a message, or at the end of a
 * trace, and what lies between is its frames or a payload.
 */
#define LW_SCAN_HEAD_BYTES ((size_t)64 << 10)
#define LW_SCAN_TAIL_BYTES ((size_t)16 << 10)

struct lw_hit {
	uint32_t rule;     /* index into the catalogue */
	size_t start, end; /* bytes of the match in the message, end exclusive */
	struct lw_str captures[LW_RULE_MAX_CAPTURES]; /* as rule->captures; .p NULL where the group
							 took no part */
};

struct lw_scanner;

struct lw_scanner *lw_scanner_new(const struct lw_catalog *catalog); /* NULL where memory ran out */
void lw_scanner_free(struct lw_scanner *s);                          /* NULL is fine */

/*
 * Which hit is more specific, the first that tells them apart:
 *   1. its rule has a `where`;
 *   2. more literal bytes: those that every match of its pattern holds, the
 *      least over alternatives, optional parts counted as absent;
 *   3. the longer match;
 *   4. the earlier rule of the catalogue.
 * A rule of which several patterns match counts once, with the most specific of them.
 *
 * Every rule that matches msg and whose `where` holds for *e (NULL: rules with
 * `where` do not match); no NUL needed.  Returns the number of hits written,
 * at most max and LW_SCAN_MAX_HITS, most specific first.  Captures borrow from msg.  A pattern
 * that ran out of steps or heap does not match and is charged to its rule; the scanner stays
 * usable.
 */
size_t lw_scan(struct lw_scanner *s, struct lw_str msg, const struct lw_entry *e,
    struct lw_hit *hits, size_t max);

/*
 * The same of e->clean.  What no digit changes is not looked for again in entries of the same
 * wording: which patterns may match, and where those do that take one digit for another.  Entries
 * of one scanner are to be of one decoder.
 */
size_t lw_scan_entry(
    struct lw_scanner *s, const struct lw_entry *e, struct lw_hit *hits, size_t max);

/* Is it known that lw_scan_entry finds nothing in it? */
bool lw_scan_finds_nothing(const struct lw_scanner *s, const struct lw_entry *e);

/* Times that the patterns of a rule exceeded their limits in this scanner. */
uint64_t lw_scan_limited(const struct lw_scanner *s, uint32_t rule);

#endif
