/* md_explain.c - in Markdown: how an incident was felt, its layer, and what else was considered. */
#include "report/md.h"

void
lw_md_links(struct lw_writer *w, const struct lw_m_link *links, size_t n, const char *indent)
{
	size_t i;

	for (i = 0; i < n; i++) {
		lw_buf_printf(w->out, "%s- Because (", indent);
		lw_add_link(w->out, &links[i]);
		lw_buf_addc(w->out, ')');
		if (links[i].text.n > 0)
			lw_buf_addz(w->out, ": ");
		lw_md_add(w, links[i].text, LW_MD_TEXT);
		lw_buf_addc(w->out, '\n');
	}
}

static void
facts(struct lw_writer *w, const char *head, const struct lw_str *all, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		lw_buf_addz(w->out, i == 0 ? head : "; ");
		lw_md_add(w, all[i], LW_MD_TEXT);
	}
}

void
lw_md_felt(struct lw_writer *w, const struct lw_m_incident *in)
{
	size_t i;

	if (in->has_felt) {
		lw_buf_addz(w->out, "- Felt: ");
		lw_add_felt(w->out, in);
		lw_buf_addc(w->out, '\n');
	}
	for (i = 0; i < in->also_count; i++) {
		lw_buf_addz(w->out, "- Same root in ");
		lw_md_add(w, in->also[i].service, LW_MD_TEXT);
		lw_buf_addz(w->out, ": ");
		lw_md_add(w, in->also[i].title, LW_MD_TEXT);
		lw_add_also(w->out, &in->also[i]);
		lw_buf_addc(w->out, '\n');
	}
	if (in->doubt != NULL) {
		lw_buf_addz(w->out, "- ");
		lw_md_add(w, in->doubt_text, LW_MD_TEXT);
		lw_buf_addc(w->out, '\n');
	}
	for (i = 0; i < in->period_count && in->period_count > 1; i++) {
		lw_buf_addz(w->out, i == 0 ? "- Felt from " : "  - and again from ");
		lw_md_period(w, in->periods[i].from_ns, in->periods[i].to_ns);
		lw_buf_addc(w->out, '\n');
	}
	if (in->layer == NULL)
		return;
	lw_buf_printf(w->out, "- Layer of the root: %s", in->layer);
	facts(w, ", for ", in->layer_for, in->for_count);
	facts(w, "; against: ", in->layer_against, in->against_count);
	lw_buf_addc(w->out, '\n');
}

void
lw_md_considered(struct lw_writer *w, const struct lw_m_incident *in)
{
	char buf[LW_NUMBER_BYTES];
	size_t i;

	for (i = 0; i < in->considered_count; i++) {
		const struct lw_m_considered *c = &in->considered[i];

		if (i == 0 || c->why != c[-1].why) {
			lw_buf_printf(w->out, "\n#### Considered for what led to why %u: ", c->why);
			lw_md_add(w, c->effect, LW_MD_TEXT);
			lw_buf_addz(w->out, "\n\n");
		}
		(void)lw_confidence_format(c->confidence, buf);
		lw_buf_printf(w->out, "- %s, %s: ", c->verdict, buf);
		lw_md_add_bold(w, c->cause);
		if (c->service.n > 0) {
			lw_buf_addz(w->out, " (");
			lw_md_add(w, c->service, LW_MD_TEXT);
			lw_buf_addc(w->out, ')');
		}
		lw_buf_addz(w->out, ": ");
		lw_md_add(w, c->reason, LW_MD_TEXT);
		lw_buf_addc(w->out, '\n');
		lw_md_links(w, c->links, c->link_count, "  ");
	}
}
