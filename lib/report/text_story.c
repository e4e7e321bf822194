/* text_story.c - what changed in the log, and since earlier reports, in the text report. */
#include "report/text.h"

static void
change(struct page *p, const struct lw_m_change *c)
{
	char buf[LW_TIME_TEXT_BYTES];

	if (lw_time_short(c->at_ns, buf) > 0)
		lw_buf_printf(&p->line, "%s  ", buf);
	lw_page_add(p, lw_str_from(c->kind));
	lw_buf_addz(&p->line, ": ");
	lw_page_add(p, c->text);
	lw_page_flush(p, 2, 4, PAGE_PLAIN);
	if (c->has_before || c->has_after) {
		lw_buf_addz(&p->line, "from ");
		lw_page_add(p, c->has_before ? c->before : LW_STR("nothing"));
		lw_buf_addz(&p->line, " to ");
		lw_page_add(p, c->has_after ? c->after : LW_STR("nothing"));
		lw_page_flush(p, 4, 3, PAGE_DIM);
	}
	lw_add_lead(&p->line, p->w.r, c);
	if (p->line.n > 0)
		lw_page_flush(p, 4, 0, PAGE_DIM);
}

void
lw_text_changes(struct page *p)
{
	const struct lw_report *r = p->w.r;
	size_t shown = r->change_count < LW_CHANGES_SHOWN ? r->change_count : LW_CHANGES_SHOWN, i;

	if (r->change_count == 0)
		return;
	lw_text_counted_heading(p, "Changes in the log", shown, r->change_count);
	for (i = 0; i < r->change_count; i++)
		if (lw_shows_change(r, i))
			change(p, &r->changes[i]);
}

/* What changed before an incident, beside its root. */
void
lw_text_leads(struct page *p, const struct lw_m_incident *in)
{
	char buf[LW_TIME_TEXT_BYTES];
	size_t i;

	if (in->lead_count == 0)
		return;
	(void)lw_duration_format(p->w.r->change_horizon_ns, buf);
	lw_buf_printf(&p->line,
	    "Changes up to %s before the onset; the log does not show that they led to it:", buf);
	lw_page_flush(p, 0, 0, PAGE_PLAIN);
	for (i = 0; i < in->lead_count; i++) {
		const struct lw_m_change *c = &p->w.r->changes[in->leads[i].change];

		(void)lw_duration_format(in->leads[i].lead_ns, buf);
		lw_buf_printf(&p->line, "%s before: ", buf);
		lw_page_add(p, c->text);
		if (c->has_before || c->has_after) {
			lw_buf_addz(&p->line, ", from ");
			lw_page_add(p, c->has_before ? c->before : LW_STR("nothing"));
			lw_buf_addz(&p->line, " to ");
			lw_page_add(p, c->has_after ? c->after : LW_STR("nothing"));
		}
		lw_page_flush(p, 2, 4, PAGE_PLAIN);
	}
}

static void
compared(struct page *p, const struct lw_m_compared *m, bool incident)
{
	lw_buf_printf(&p->line, "%s  ", m->state);
	lw_page_add(p, m->title);
	lw_page_flush(p, 2, 3, PAGE_PLAIN);
	if (incident)
		lw_add_incident_then(&p->line, m);
	else
		lw_add_cluster_then(&p->line, p->w.r->comparison, m);
	if (p->line.n > 0)
		lw_page_flush(p, 4, 0, PAGE_DIM);
}

void
lw_text_comparison(struct page *p)
{
	const struct lw_m_comparison *c = p->w.r->comparison;
	size_t shown, i;

	if (c == NULL)
		return;
	lw_page_heading(p, "Compared with");
	for (i = 0; i < c->baseline_count; i++) {
		lw_page_add(p, c->baselines[i].name);
		lw_buf_addz(&p->line, ": ");
		lw_text_add_period(p, c->baselines[i].from_ns, c->baselines[i].to_ns);
		lw_buf_addz(&p->line, ", ");
		lw_add_count(&p->line, c->baselines[i].entries, "entry", "entries");
		lw_buf_addz(&p->line, ", ");
		lw_add_count(&p->line, c->baselines[i].incidents, "incident", "incidents");
		lw_page_flush(p, 2, 0, PAGE_PLAIN);
	}
	lw_page_heading(p, "Incidents, then and now");
	for (i = 0; i < c->incident_count; i++)
		compared(p, &c->incidents[i], true);
	if (c->incident_count == 0) {
		lw_buf_addz(&p->line, "None, neither then nor now.");
		lw_page_flush(p, 2, 0, PAGE_PLAIN);
	}
	shown = c->cluster_count < LW_COMPARED_SHOWN ? c->cluster_count : LW_COMPARED_SHOWN;
	lw_text_counted_heading(p, "Clusters, then and now", shown, c->cluster_count);
	lw_buf_addz(&p->line, lw_unit_text(c));
	lw_page_flush(p, 2, 0, PAGE_DIM);
	for (i = 0; i < shown; i++)
		compared(p, &c->clusters[i], false);
	if (shown == 0) {
		lw_buf_addz(&p->line, "All much the same.");
		lw_page_flush(p, 2, 0, PAGE_PLAIN);
	}
}
