/*
 * scan_parts.h - a scanner from the inside, and what it remembers of wordings (private to
 * catalog/).
 */
#ifndef LW_CATALOG_SCAN_PARTS_H
#define LW_CATALOG_SCAN_PARTS_H

#include "catalog/internal.h"

#define LW_LIKELY_MAX 16 /* patterns that may match a wording; one with more is not remembered */
#define LW_MAYBE_MAX 64  /* likewise, literals that hang on its digits */
#define LW_LIKELY_ABSENT UINT8_MAX

/* A pattern that may match messages of one wording. */
struct lw_likely {
	uint32_t pattern;
	bool matches;       /* all of them, at these bytes: no digit changes that */
	uint8_t start, end; /* a wording is shorter than LW_LIKELY_ABSENT */
	struct {
		uint8_t at, n;
	} captures[LW_RULE_MAX_CAPTURES]; /* .at LW_LIKELY_ABSENT: the group took no part */
};

/* What is known of a wording. */
struct lw_known_wording {
	uint32_t wording; /* 0: nothing is */
	uint8_t count;    /* of patterns that may match; 0: no rule does */
	uint8_t maybe_count;
	uint16_t sure;            /* bit i: pattern i is proposed whatever the digits are */
	struct lw_likely *likely; /* NULL: which is not known */
	struct lw_maybe {
		struct lw_prefilter_maybe is;
		uint16_t proposes; /* where it stands: bit i: pattern i */
	} * maybe;
};

struct lw_scanner {
	const struct lw_catalog *catalog;
	struct lw_matcher matcher;
	struct lw_candidates candidates; /* ids are numbers of patterns */
	uint8_t *where;                  /* by rule: enum holds, of this message */
	uint32_t *where_round;           /* by rule: the round that `where` is of */
	uint64_t *limited;               /* by rule */
	struct lw_blind *blind;          /* by pattern */
	struct lw_known_wording known[LW_WORDING_PLACES];
};

/* A new round, with the patterns that are always tried. */
void lw_scan_begin(struct lw_scanner *s);

/* What the matcher found in msg, by a pattern of the rule. */
void lw_scan_fill(const struct lw_scanner *s, struct lw_hit *hit, uint32_t rule,
    const struct lw_pattern *p, struct lw_str msg);

/*
 * Find which patterns may match messages of the entry's wording.  Where that is too much, or
 * memory ran out, .likely is NULL and .count is not 0.
 */
void lw_scan_learn(struct lw_scanner *s, struct lw_known_wording *known, const struct lw_entry *e);
void lw_scan_forget(struct lw_known_wording *known);

/* The patterns of .likely that are proposed for a message of the wording, a bit each. */
unsigned lw_scan_proposed(
    const struct lw_scanner *s, const struct lw_known_wording *known, struct lw_str msg);

#endif
