/*
 * severity.h - severities out of text that no field comes with.
 *
 * Conservative: only what stands where loggers put a level counts, such as
 * "[ERROR]", "| ERROR |", " - ERROR - ", "ERROR: ", "level=error", "E0916 12:",
 * and a word in capitals behind the time: "2026-05-11 09:00:00,123 ERROR ".
 */
#ifndef LW_ENTRY_SEVERITY_H
#define LW_ENTRY_SEVERITY_H

#include "entry/entry.h"
#include "entry/tree.h"

/* The names of LogEntries, as nearly all severities are, but for the one that is longer than eight
 * bytes; false for all others. */
bool lw_severity_usual(struct lw_str s, enum lw_severity *severity);

/* Words of at least three letters, any case: "warn", "SEVERE", "notice"; false for letters,
 * numbers, other words. */
bool lw_severity_word(struct lw_str s, enum lw_severity *severity);

/* The level that the first line of s says, within its first 160 bytes; false where it says none. */
bool lw_severity_from_text(struct lw_str s, enum lw_severity *severity);

/* Is the line a progress bar of a program that draws on its terminal, "Epoch 3: 40%|####  | 200/500
 * [00:07<00:11]"?  It goes to standard error, and is none. */
bool lw_is_progress_bar(struct lw_str line);

/* A level field of an application's own object by its folded key's convention: "level", "levelno",
 * "severity", ... */
bool lw_severity_from_node(const struct lw_node *n, enum lw_severity *severity);

#endif
