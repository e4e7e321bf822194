/* text.h - the two halves of the text writer: the incidents, and the tables behind them. */
#ifndef LW_REPORT_TEXT_H
#define LW_REPORT_TEXT_H

#include "report/page.h"

/* "from .. to (how long)" appended to p->line; what is unknown is left out. */
void lw_text_add_period(struct page *p, int64_t from_ns, int64_t to_ns);

void lw_text_incident(struct page *p, size_t index);
void lw_text_services(struct page *p);
void lw_text_clusters(struct page *p);
void lw_text_timeline(struct page *p);
void lw_text_changes(struct page *p);
void lw_text_coverage(struct page *p);
void lw_text_actions(struct page *p);
void lw_text_criteria(struct page *p);
void lw_text_input(struct page *p);

#endif
