/* text.h - the two halves of the text writer: the incidents, and the tables behind them. */
#ifndef LW_REPORT_TEXT_H
#define LW_REPORT_TEXT_H

#include "report/page.h"

/* "from .. to (how long)" appended to p->line; what is unknown is left out. */
void lw_text_add_period(struct page *p, int64_t from_ns, int64_t to_ns);

/* "Clusters", or "Clusters, 10 of 34" where not all are shown. */
void lw_text_counted_heading(struct page *p, const char *title, size_t shown, size_t all);

/* text_story.c: what changed before an incident, beside its root. */
void lw_text_leads(struct page *p, const struct lw_m_incident *in);

/* text_story.c: this report and earlier ones; nothing where there are none. */
void lw_text_comparison(struct page *p);

void lw_text_incident(struct page *p, size_t index);
void lw_text_services(struct page *p);
void lw_text_clusters(struct page *p);
void lw_text_timeline(struct page *p);
void lw_text_changes(struct page *p);
void lw_text_coverage(struct page *p);
void lw_text_actions(struct page *p);
void lw_text_criteria(struct page *p);
void lw_text_input(struct page *p);

/* "because  sequence, 15 of 15, 0.4 s before: text", each on lines of its own. */
void lw_text_links(struct page *p, const struct lw_m_link *links, size_t n, size_t indent);

void lw_text_felt(struct page *p, const struct lw_m_incident *in);       /* and its layer */
void lw_text_considered(struct page *p, const struct lw_m_incident *in); /* with --explain */

#endif
