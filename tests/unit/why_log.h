/*
 * why_log.h - a log made entry by entry, and its analysis.
 *
 * One at a time: why_setup and why_teardown around each test.  Rules are those of
 * tests/data/why/rules.yaml.
 */
#ifndef WHY_LOG_H
#define WHY_LOG_H

#include "observe.h"
#include "why/why.h"

extern struct lw_catalog *catalog;
extern struct lw_observer *observer;
extern struct lw_analysis *analysis; /* once analyse was called */

void why_setup(void);
void why_teardown(void);

/* An entry at second s; instance and trace may be NULL.  text is the inside of a JSON string. */
void entry(const char *service, const char *instance, const char *trace, double s,
    const char *severity, const char *text);

/* The same of a revision, which is no instance. */
void entry_of_revision(const char *service, const char *revision, double s, const char *text);

/* Any record. */
void whole_entry(const char *json);

/* A request at a whole second. */
void request(const char *service, double s, int status);

/* Read all of them. */
void analyse(void);

/* "requests-fail < exit < setting-missing": the rules of a chain, "?" for an unknown message. */
const char *chain_text(size_t incident);

/* The template of a why of the first incident. */
const char *template_of(size_t why);

#endif
