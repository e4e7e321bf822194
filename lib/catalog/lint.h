/*
 * lint.h - do a catalogue's rules do what their examples say, and is anything
 * in them suspicious.  For `logwhy patterns test` and `lint`.
 */
#ifndef LW_CATALOG_LINT_H
#define LW_CATALOG_LINT_H

#include "catalog/catalog.h"
#include "catalog/source.h"

/*
 * What to check.  With files, their rules are checked, in the company of those
 * of `base`, whose own problems are not told; without, all of base is.  The
 * files together are one path: an id stands in them once, and replaces one of base.
 */
struct lw_check {
	const char *const *base;
	size_t base_count;
	const char *const *files;
	size_t file_count;
	lw_problem_fn *fn; /* hears of each problem, in order of the files, loading first */
	void *arg;
};

struct lw_check_totals {
	size_t rules, examples, rejects; /* checked */
	size_t errors, warnings;
};

/*
 * Try every example and every reject.  An example must match its rule, with
 * the captures that it states; a reject must not.  What fails is of level error, as is what
 * does not load.  LW_OK or LW_ENOMEM.
 */
enum lw_code lw_catalog_try(const struct lw_check *check, struct lw_check_totals *totals);

/*
 * Look for what loads and is wrong or suspicious all the same.  Errors: a
 * caused_by that names no rule; a rule that no example reaches.  Warnings: an
 * example that another rule takes first, a capture that no example states, a
 * pattern without a literal, a {name} in a text that nothing fills.  LW_OK or LW_ENOMEM.
 */
enum lw_code lw_catalog_lint(const struct lw_check *check, struct lw_check_totals *totals);

/* Names that texts may use in braces besides their rule's captures; ends with NULL. */
extern const char *const lw_placeholders[];

/* The nearest of names to `text`, for "did you mean"; NULL where none is near. */
const char *lw_nearest(struct lw_str text, const char *const *names, size_t count);

#endif
