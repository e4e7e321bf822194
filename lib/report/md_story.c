/* md_story.c - what changed, in the Markdown report. */
#include "report/md.h"

static void
values(struct lw_writer *w, const struct lw_m_change *c)
{
	if (!c->has_before && !c->has_after)
		return;
	lw_buf_addz(w->out, ", from ");
	lw_md_add_code(w, c->has_before ? c->before : LW_STR("nothing"), 80, LW_MD_TEXT);
	lw_buf_addz(w->out, " to ");
	lw_md_add_code(w, c->has_after ? c->after : LW_STR("nothing"), 80, LW_MD_TEXT);
}

static void
change(struct lw_writer *w, const struct lw_m_change *c)
{
	lw_buf_addz(w->out, "- ");
	lw_md_time(w->out, c->at_ns);
	lw_buf_addz(w->out, " ");
	lw_md_add(w, lw_str_from(c->kind), LW_MD_TEXT);
	lw_buf_addz(w->out, ": ");
	lw_md_add(w, c->text, LW_MD_TEXT);
	values(w, c);
	if (c->relation != NULL)
		lw_buf_addz(w->out, "; ");
	lw_add_lead(w->out, w->r, c);
	lw_buf_addc(w->out, '\n');
	lw_md_evidence(w, c->evidence, c->evidence_count, "  ");
}

/* What changed before an incident, beside its root. */
void
lw_md_leads(struct lw_writer *w, const struct lw_m_incident *in)
{
	char buf[LW_TIME_TEXT_BYTES];
	size_t i;

	if (in->lead_count == 0)
		return;
	(void)lw_duration_format(w->r->change_horizon_ns, buf);
	lw_buf_printf(w->out,
	    "- Changes up to %s before the onset; the log does not show that they led to it:\n",
	    buf);
	for (i = 0; i < in->lead_count; i++) {
		(void)lw_duration_format(in->leads[i].lead_ns, buf);
		lw_buf_printf(w->out, "  - %s before: ", buf);
		lw_md_add(w, w->r->changes[in->leads[i].change].text, LW_MD_TEXT);
		values(w, &w->r->changes[in->leads[i].change]);
		lw_buf_addc(w->out, '\n');
	}
}

void
lw_md_changes(struct lw_writer *w, bool after_table)
{
	const struct lw_report *r = w->r;
	size_t i;

	if (r->change_count == 0)
		return;
	lw_buf_printf(w->out, "%sChanges in the log", after_table ? "\n" : "");
	if (r->change_count > LW_CHANGES_SHOWN)
		lw_buf_printf(
		    w->out, ", %u of %u", (unsigned)LW_CHANGES_SHOWN, (unsigned)r->change_count);
	lw_buf_addz(w->out, ":\n\n");
	for (i = 0; i < r->change_count; i++)
		if (lw_shows_change(r, i))
			change(w, &r->changes[i]);
}
