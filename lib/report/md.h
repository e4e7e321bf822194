/* md.h - the two halves of the Markdown writer: the incidents, and the tables and lists behind
 * them. */
#ifndef LW_REPORT_MD_H
#define LW_REPORT_MD_H

#include "report/md_inline.h"

/* Log text as prose, made safe. */
void lw_md_add(struct lw_writer *w, struct lw_str s, enum lw_md_place place);

/* The same in bold; "(empty)" where there is none, for bold without text is a rule. */
void lw_md_add_bold(struct lw_writer *w, struct lw_str s);

/* Log text as code, made safe; cut to so many columns, 0 for all. */
void lw_md_add_code(struct lw_writer *w, struct lw_str s, size_t columns, enum lw_md_place place);

void lw_md_time(struct lw_buf *out, int64_t ns); /* to the second, or "unknown" */

/* A list of the first few entries; `indent` stands before each mark. */
void lw_md_evidence(
    struct lw_writer *w, const struct lw_m_evidence *e, size_t n, const char *indent);

/* md_story.c: what changed; the list stands behind a table or alone. */
void lw_md_changes(struct lw_writer *w, bool after_table);
/* md_story.c: what changed before an incident, beside its root. */
void lw_md_leads(struct lw_writer *w, const struct lw_m_incident *in);

/* md_story.c: this report and earlier ones; nothing where there are none. */
void lw_md_comparison(struct lw_writer *w);

/* md_story.c: how instances start, behind the services. */
void lw_md_startup(struct lw_writer *w);

void lw_md_services(struct lw_writer *w);
void lw_md_clusters(struct lw_writer *w);
void lw_md_coverage(struct lw_writer *w);
void lw_md_timeline(struct lw_writer *w);
void lw_md_actions(struct lw_writer *w);
void lw_md_criteria(struct lw_writer *w);
void lw_md_input(struct lw_writer *w);

void lw_md_period(struct lw_writer *w, int64_t from_ns, int64_t to_ns);
void lw_md_links(struct lw_writer *w, const struct lw_m_link *links, size_t n, const char *indent);
void lw_md_felt(struct lw_writer *w, const struct lw_m_incident *in);       /* and its layer */
void lw_md_considered(struct lw_writer *w, const struct lw_m_incident *in); /* with --explain */

#endif
