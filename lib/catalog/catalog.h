/*
 * catalog.h - the catalogue of known errors: rules read from YAML, compiled.
 *
 * A catalogue is read-only once loaded and may be shared by threads.  File
 * format: man/logwhy-patterns.5.
 */
#ifndef LW_CATALOG_CATALOG_H
#define LW_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "entry/entry.h"

/* X(symbol, name): where a failure sits, from what users feel to what lies deepest. */
#define LW_LAYERS(X) \
	X(LW_LAYER_NONE, "") \
	X(LW_LAYER_REQUEST, "request") \
	X(LW_LAYER_INSTANCE, "instance") \
	X(LW_LAYER_STARTUP, "startup") \
	X(LW_LAYER_DEPENDENCY, "dependency") \
	X(LW_LAYER_CONFIG, "config") \
	X(LW_LAYER_PLATFORM, "platform") \
	X(LW_LAYER_BUILD, "build")

enum lw_layer {
#define LW_LAYER_ENUM(symbol, name) symbol,
	LW_LAYERS(LW_LAYER_ENUM)
#undef LW_LAYER_ENUM
	    LW_LAYER_COUNT
};
const char *lw_layer_name(enum lw_layer layer);

#define LW_ROLES(X) \
	X(LW_ROLE_CAUSE, "cause") \
	X(LW_ROLE_SYMPTOM, "symptom") \
	X(LW_ROLE_ADVISORY, "advisory")

enum lw_role {
#define LW_ROLE_ENUM(symbol, name) symbol,
	LW_ROLES(LW_ROLE_ENUM)
#undef LW_ROLE_ENUM
	    LW_ROLE_COUNT
};
const char *lw_role_name(enum lw_role role);

#define LW_RULE_MAX_CAPTURES 8 /* named groups a rule may have over all its patterns */
#define LW_SCAN_MAX_HITS 16    /* rules that one message may count in */

struct lw_hypothesis {
	const char *text;  /* with {capture}, {service}, {revision}, {location}, {project},
			      {instance} to fill in */
	const char *check; /* a command, likewise; NULL where there is none */
};

struct lw_action {
	const char *priority; /* "P0", "P1", "P2" */
	const char *text;
};

struct lw_example {
	struct lw_str text;
	struct {
		const char *name;
		struct lw_str value;
	} captures[LW_RULE_MAX_CAPTURES];
	size_t capture_count;
	struct {
		const char *field;
		struct lw_str value;
	} fields[8]; /* entry fields that `where` needs */
	size_t field_count;
	uint64_t line, column;
};

/* One `where` condition, for `patterns show`. */
struct lw_condition {
	const char *field; /* a name that lw_entry_field knows */
	const char *value; /* exact, or /regex/ or /regex/i */
};

/* A rule as the reports and the chains need it; all strings are owned by the catalogue. */
struct lw_rule {
	const char *id, *title;
	const char *file; /* the file it came from */
	uint64_t line;    /* where its id stands */
	enum lw_layer layer;
	enum lw_role role;
	enum lw_severity severity;
	const char
	    *captures[LW_RULE_MAX_CAPTURES]; /* names of the groups, in order of first appearance */
	size_t capture_count;
	uint32_t key_mask;         /* bit i: captures[i] makes separate clusters */
	const uint32_t *caused_by; /* indexes of rules that can stand behind it */
	size_t caused_by_count;
	const struct lw_hypothesis *hypotheses;
	size_t hypothesis_count;
	const struct lw_action *actions;
	size_t action_count;
	const char *verified_by;     /* NULL where there is none */
	const char *const *patterns; /* sources, for `patterns show` */
	size_t pattern_count;
	const struct lw_condition *where; /* all of them must hold; NULL where there are none */
	size_t where_count;
	const struct lw_example *examples;
	size_t example_count;
	const struct lw_example *rejects;
	size_t reject_count;
};

struct lw_catalog;

/*
 * Load files and folders (folders: their *.yaml and *.yml, names sorted) in order;
 * a later rule replaces an earlier one with its id.  Every problem goes to
 * diag with file, line and column; a bad rule is left out and the rest is
 * loaded.  *bad counts the problems of level error.  NULL where memory ran out.
 *
 * The patterns of the first `checked` paths are known to be right, as lint tells: most of them are
 * compiled when they are first tried, which lw_catalog_tried comes back to.  Their examples and
 * rejects are looked at and not kept.
 *
 * With `threads` above 1 the files of a large folder are read by up to so many, the one that calls
 * among them; it alone calls diag, and what is told and loaded is the same.
 */
struct lw_catalog *lw_catalog_load(const char *const *paths, size_t count, size_t checked,
    unsigned threads, lw_diag_fn *diag, void *diag_arg, size_t *bad);
void lw_catalog_free(struct lw_catalog *c);

/*
 * Once no scanner uses it any more: patterns that were tried and turned out to be wrong all the
 * same go to diag, and *bad counts them.  False where memory ran out.
 */
bool lw_catalog_tried(const struct lw_catalog *c, lw_diag_fn *diag, void *diag_arg, size_t *bad);

size_t lw_catalog_count(const struct lw_catalog *c);
const struct lw_rule *lw_catalog_rule(const struct lw_catalog *c, uint32_t index);

/* The rule as its file has it, an item of a YAML list with its comments; ends with a line end. */
struct lw_str lw_catalog_source(const struct lw_catalog *c, uint32_t index);

uint32_t lw_catalog_find(
    const struct lw_catalog *c, const char *id); /* UINT32_MAX where there is none */

#endif
