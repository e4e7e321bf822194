/*
 * internal.h - a catalogue from the inside; for the files of this room and its tests.
 */
#ifndef LW_CATALOG_INTERNAL_H
#define LW_CATALOG_INTERNAL_H

#include "base/map.h"
#include "catalog/catalog.h"
#include "catalog/pattern.h"
#include "catalog/prefilter.h"
#include "catalog/scan.h"
#include "catalog/source.h"

/* Ceilings; what is above is a problem of level error. */
#define LW_CATALOG_MAX_FILE_BYTES ((size_t)4 << 20)
#define LW_CATALOG_MAX_RULES 65536
#define LW_RULE_MAX_ITEMS 256 /* of any list in a rule */
#define LW_RULE_MAX_WHERE 8

/*
 * X(symbol, key, required): the keys of a rule, in the order in which they are
 * read (captures come from `match`, and `key` and `examples` speak of them).
 * logwhy-patterns(5) documents each; a test compares.
 */
#define LW_RULE_FIELDS(X) \
	X(LW_RULE_ID, "id", true) \
	X(LW_RULE_TITLE, "title", true) \
	X(LW_RULE_LAYER, "layer", true) \
	X(LW_RULE_ROLE, "role", true) \
	X(LW_RULE_SEVERITY, "severity", false) \
	X(LW_RULE_MATCH, "match", true) \
	X(LW_RULE_WHERE, "where", false) \
	X(LW_RULE_KEY, "key", false) \
	X(LW_RULE_CAUSED_BY, "caused_by", false) \
	X(LW_RULE_HYPOTHESES, "hypotheses", false) \
	X(LW_RULE_ACTIONS, "actions", false) \
	X(LW_RULE_VERIFIED_BY, "verified_by", false) \
	X(LW_RULE_EXAMPLES, "examples", true) \
	X(LW_RULE_REJECTS, "rejects", false)

enum lw_rule_field {
#define LW_RULE_FIELD_ENUM(symbol, key, required) symbol,
	LW_RULE_FIELDS(LW_RULE_FIELD_ENUM)
#undef LW_RULE_FIELD_ENUM
	    LW_RULE_FIELD_COUNT
};

extern const char
    *const lw_where_fields[]; /* names that `where` may use besides label.KEY; ends with NULL */

struct lw_where {
	struct lw_str field, value;
	struct lw_pattern *pattern; /* NULL: exact */
};

struct lw_reference {
	struct lw_str id;
	struct lw_span span;
};

struct lw_rule_impl {
	struct lw_rule rule;
	const struct lw_source *source;
	uint32_t layer;               /* which of the loaded paths it came from */
	struct lw_span span, id_span; /* all of it, and its id */
	struct lw_span title_span;
	struct lw_pattern *patterns; /* rule.pattern_count of them */
	struct lw_span *pattern_spans;
	uint32_t first_pattern; /* number of patterns[0] among all patterns of the catalogue */
	struct lw_where *where; /* rule.where_count of them */
	struct lw_reference *causes;
	size_t cause_count;
	struct lw_span *hypothesis_spans, *action_spans, *example_spans, *reject_spans;
	struct lw_span verified_span;
};

struct lw_catalog {
	struct lw_arena *arena;
	struct lw_rule_impl *
	    *rules; /* in order of loading; a replacement takes the place of what it replaces */
	size_t count, capacity;
	uint32_t checked; /* layers whose patterns are known to be right */
	unsigned threads; /* that may read files, the caller's among them; 0 is 1 */
	struct lw_map by_id;
	struct lw_map left_out; /* ids of rules with a problem: to name them is no further one */
	uint32_t *rule_of;      /* by number of pattern: its rule */
	uint32_t pattern_count;
	uint32_t *always; /* patterns without a literal, which are always tried */
	size_t always_count;
	struct lw_prefilter *prefilter;
	uint32_t pair_count;          /* the most offset pairs that any pattern fills */
	pthread_mutex_t *translating; /* guards what scanning writes: machine code of patterns */
};

/* Loading, in steps.  All return LW_OK or LW_ENOMEM; other problems go to `problems`. */
struct lw_catalog *lw_catalog_new(void);
enum lw_code lw_catalog_read_path(
    struct lw_catalog *c, const char *path, uint32_t layer, struct lw_problems *problems);
enum lw_code lw_catalog_read_text(struct lw_catalog *c, const char *name, struct lw_str text,
    uint32_t layer, struct lw_problems *problems);
/* Take a rule; its patterns are the catalogue's from here on, whatever is returned. */
enum lw_code lw_catalog_add(
    struct lw_catalog *c, struct lw_rule_impl *rule, struct lw_problems *problems);
/* Take all rules of another catalogue, in their order, and free it. */
enum lw_code lw_catalog_take(
    struct lw_catalog *c, struct lw_catalog *from, struct lw_problems *problems);
/* Remember that a rule of this id was left out; false where memory ran out. */
bool lw_catalog_leave_out(struct lw_catalog *c, const char *id);
/*
 * Once, after the last: references and prefilter.  A caused_by that names nothing is of level
 * `dangling`, and told of rules from layer `from_layer` on.
 */
enum lw_code lw_catalog_finish(struct lw_catalog *c, enum lw_diag_level dangling,
    uint32_t from_layer, struct lw_problems *problems);

/* Read the rules of a file and lw_catalog_add each that is good (rule.c). */
enum lw_code lw_rules_read(struct lw_catalog *c, const struct lw_source *source, uint32_t layer,
    struct lw_problems *problems);

void lw_rule_fini(struct lw_rule_impl *rule); /* frees its patterns; the rest is the arena's */

/* A value of an entry by name, where entries are something other than a struct lw_entry. */
typedef bool lw_field_fn(const void *arg, struct lw_str name, struct lw_str *value);

/* lw_scan with any source of fields; `filtered` false tries every pattern, to test the prefilter.
 */
size_t lw_scan_fields(struct lw_scanner *s, struct lw_str msg, lw_field_fn *field, const void *arg,
    bool filtered, struct lw_hit *hits, size_t max);

#endif
