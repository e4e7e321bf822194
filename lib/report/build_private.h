/* build_private.h - what the parts of the model builder share (private to report/). */
#ifndef LW_REPORT_BUILD_PRIVATE_H
#define LW_REPORT_BUILD_PRIVATE_H

#include "base/buf.h"
#include "report/build.h"

struct lw_builder {
	const struct lw_build *b;
	struct lw_arena *arena;
	struct lw_report *report;
	struct lw_str *cluster_ids; /* by group */
	struct lw_str *titles;      /* by group */
	struct lw_buf text;         /* scratch */
	bool failed;                /* memory ran out */
};

/* n * size bytes, cleared; sets failed and returns NULL where memory ran out or n is 0. */
void *lw_build_alloc(struct lw_builder *x, size_t n, size_t size);

struct lw_str lw_build_printf(struct lw_builder *x, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "1 entry", "75 entries" */
struct lw_str lw_build_count(struct lw_builder *x, uint64_t n, const char *one, const char *many);

struct lw_str lw_build_time(struct lw_builder *x, int64_t ns);
struct lw_str lw_build_duration(struct lw_builder *x, int64_t ns);

/*
 * Text of a rule with its {placeholders} filled in: captures by their commonest value in
 * the group, then service, revision, location, project, instance of the vertex (NULL: of
 * none).  A placeholder without a value stays as an upper-case name.
 */
struct lw_str lw_build_fill(
    struct lw_builder *x, const char *text, const struct lw_group *g, const struct lw_vertex *v);

/* As lw_build_fill for a command that people paste: a value that a shell could take for more than a
 * word is not filled in. */
struct lw_str lw_build_command(
    struct lw_builder *x, const char *text, const struct lw_group *g, const struct lw_vertex *v);

const struct lw_m_evidence *lw_build_evidence(
    struct lw_builder *x, const struct lw_sample *const *samples, size_t max, size_t *count);

/* The layer of an incident's root, with what speaks for it and against it. */
void lw_build_layer(struct lw_builder *x, const struct lw_incident *inc, struct lw_m_incident *m);

/* The causes beside an incident's root that the log does not tell from it. */
void lw_build_doubt(struct lw_builder *x, const struct lw_incident *inc, struct lw_m_incident *m);

/* What was considered for an incident's chain. */
void lw_build_explanation(
    struct lw_builder *x, const struct lw_incident *inc, struct lw_m_incident *m);

/* The kinds of evidence of a link with their numbers; NULL and 0 for f NULL. */
const struct lw_m_link *lw_build_links(
    struct lw_builder *x, const struct lw_link_facts *f, size_t *count);

void lw_build_clusters(struct lw_builder *x);  /* build_clusters.c */
void lw_build_services(struct lw_builder *x);  /* build_services.c; after the incidents */
void lw_build_incidents(struct lw_builder *x); /* build_incidents.c; after the clusters */
void lw_build_changes(struct lw_builder *x);   /* build_changes.c; after the incidents */

/* build_changes.c: the changes before an incident, as rows of the report's changes to come. */
void lw_build_leads(
    struct lw_builder *x, const struct lw_incident *incident, struct lw_m_incident *m);
void lw_build_coverage(struct lw_builder *x); /* build_coverage.c */

/* The commonest value of a capture in a group; .p NULL where there is none. */
struct lw_str lw_build_capture(
    const struct lw_builder *x, const struct lw_group *g, uint32_t capture);

#endif
