/* md_story.c - what changed in the log, and since earlier reports, in the Markdown report. */
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

static void
compared(struct lw_writer *w, const struct lw_m_compared *m, bool incident)
{
	lw_buf_printf(w->out, "- **%s** ", m->state);
	lw_md_add(w, m->title, LW_MD_TEXT);
	lw_buf_addz(w->out, ": ");
	if (incident)
		lw_add_incident_then(w->out, m);
	else
		lw_add_cluster_then(w->out, w->r->comparison, m);
	lw_buf_addc(w->out, '\n');
}

void
lw_md_comparison(struct lw_writer *w)
{
	const struct lw_m_comparison *c = w->r->comparison;
	size_t i;

	if (c == NULL)
		return;
	lw_buf_addz(w->out, "\n## Compared with\n\n");
	for (i = 0; i < c->baseline_count; i++) {
		lw_buf_addz(w->out, "- ");
		lw_md_add_code(w, c->baselines[i].name, 0, LW_MD_TEXT);
		lw_buf_addz(w->out, ": ");
		lw_md_time(w->out, c->baselines[i].from_ns);
		lw_buf_addz(w->out, " to ");
		lw_md_time(w->out, c->baselines[i].to_ns);
		lw_buf_addz(w->out, ", ");
		lw_add_count(w->out, c->baselines[i].entries, "entry", "entries");
		lw_buf_addz(w->out, ", ");
		lw_add_count(w->out, c->baselines[i].incidents, "incident", "incidents");
		lw_buf_addc(w->out, '\n');
	}
	lw_buf_addz(w->out, "\nIncidents, then and now:\n\n");
	for (i = 0; i < c->incident_count; i++)
		compared(w, &c->incidents[i], true);
	if (c->incident_count == 0)
		lw_buf_addz(w->out, "- None, neither then nor now.\n");
	lw_buf_printf(w->out, "\nClusters, then and now. %s\n\n", lw_unit_text(c));
	for (i = 0; i < c->cluster_count && i < LW_COMPARED_SHOWN; i++)
		compared(w, &c->clusters[i], false);
	if (c->cluster_count > LW_COMPARED_SHOWN)
		lw_buf_printf(
		    w->out, "- and %u more\n", (unsigned)(c->cluster_count - LW_COMPARED_SHOWN));
	if (c->cluster_count == 0)
		lw_buf_addz(w->out, "- All much the same.\n");
}

void
lw_md_startup(struct lw_writer *w)
{
	size_t i, k;
	bool headed = false;

	for (i = 0; i < w->r->service_count; i++) {
		const struct lw_m_service *s = &w->r->services[i];

		if (s->startup.verdict == NULL && s->phase_count == 0)
			continue;
		if (!headed)
			lw_buf_addz(w->out, "\nStarts of instances:\n\n");
		headed = true;
		lw_buf_addz(w->out, "- ");
		lw_md_add_code(w, s->name.n > 0 ? s->name : LW_STR("(unnamed)"), 0, LW_MD_TEXT);
		if (s->startup.verdict != NULL)
			lw_buf_addc(w->out, ' ');
		lw_add_startup(w->out, &s->startup);
		lw_buf_addc(w->out, '\n');
		for (k = 0; k < s->phase_count; k++) {
			const struct lw_m_phase *f = &s->phases[k];

			lw_buf_printf(w->out, "  - [%c] %s ",
			    f->failed == 0 && f->passed == f->instances ? 'x' : ' ', f->kind);
			lw_add_phase_number(w->out, f);
			if (f->tenths > 0 && f->name.n > 0)
				lw_buf_addc(w->out, ' ');
			lw_md_add(w, f->name, LW_MD_TEXT);
			lw_buf_addz(w->out, ": ");
			lw_add_phase(w->out, f);
			lw_buf_addc(w->out, '\n');
		}
	}
}
