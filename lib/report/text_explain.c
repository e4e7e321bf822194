/* text_explain.c - for a terminal: how an incident was felt, its layer, and what else was
 * considered. */
#include "report/text.h"

#define INDENT 4

void
lw_text_links(struct page *p, const struct lw_m_link *links, size_t n, size_t indent)
{
	size_t i;

	for (i = 0; i < n; i++) {
		lw_page_indent(p, indent);
		lw_page_put(p, PAGE_CYAN, "because  ");
		lw_add_link(&p->line, &links[i]);
		if (links[i].text.n > 0)
			lw_buf_addz(&p->line, ": ");
		lw_page_add(p, links[i].text);
		lw_page_wrap(p, lw_buf_str(&p->line), indent + 9, indent + 9, 4, PAGE_PLAIN);
		if (lw_buf_ok(&p->line))
			lw_buf_reset(&p->line);
	}
}

void
lw_text_felt(struct page *p, const struct lw_m_incident *in)
{
	size_t i;

	if (in->has_felt) {
		lw_add_felt(&p->line, in);
		lw_page_flush(p, 0, 0, PAGE_PLAIN);
	}
	for (i = 0; i < in->also_count; i++) {
		lw_buf_addz(&p->line, "Same root in ");
		lw_page_add(p, in->also[i].service);
		lw_buf_addz(&p->line, ": ");
		lw_page_add(p, in->also[i].title);
		lw_add_also(&p->line, &in->also[i]);
		lw_page_flush(p, 0, 6, PAGE_PLAIN);
	}
	if (in->doubt != NULL) {
		lw_page_add(p, in->doubt_text);
		lw_page_flush(p, 0, 12, PAGE_YELLOW);
	}
	for (i = 0; i < in->period_count && in->period_count > 1; i++) {
		lw_buf_addz(&p->line, i == 0 ? "Felt " : "and again ");
		lw_text_add_period(p, in->periods[i].from_ns, in->periods[i].to_ns);
		lw_page_flush(p, i == 0 ? 0 : 2, 0, PAGE_PLAIN);
	}
	if (in->layer == NULL)
		return;
	lw_buf_printf(&p->line, "Layer of the root: %s", in->layer);
	for (i = 0; i < in->for_count; i++) {
		lw_buf_addz(&p->line, i == 0 ? ", for " : "; ");
		lw_page_add(p, in->layer_for[i]);
	}
	for (i = 0; i < in->against_count; i++) {
		lw_buf_addz(&p->line, i == 0 ? "; against: " : "; ");
		lw_page_add(p, in->layer_against[i]);
	}
	lw_page_flush(p, 0, 6, PAGE_PLAIN);
}

void
lw_text_considered(struct page *p, const struct lw_m_incident *in)
{
	char buf[LW_NUMBER_BYTES];
	size_t i;

	for (i = 0; i < in->considered_count; i++) {
		const struct lw_m_considered *c = &in->considered[i];

		if (i == 0 || c->why != c[-1].why) {
			lw_page_blank(p);
			lw_buf_printf(&p->line, "  Considered for what led to why %u, \"", c->why);
			lw_page_add(p, c->effect);
			lw_buf_addz(&p->line, "\":");
			lw_page_flush(p, 2, 3, PAGE_BOLD);
		}
		(void)lw_confidence_format(c->confidence, buf);
		lw_buf_printf(&p->line, "%s, %s: ", c->verdict, buf);
		lw_page_add(p, c->cause);
		if (c->service.n > 0) {
			lw_buf_addz(&p->line, " (");
			lw_page_add(p, c->service);
			lw_buf_addz(&p->line, ")");
		}
		lw_page_flush(p, INDENT, 3, PAGE_YELLOW);
		lw_page_add(p, c->reason);
		lw_page_flush(p, INDENT + 2, 2, PAGE_DIM);
		lw_text_links(p, c->links, c->link_count, INDENT + 2);
	}
}
