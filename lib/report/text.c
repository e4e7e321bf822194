/* text.c - the report for a terminal: what happened, why, and what to do, in that order. */
#include "report/text.h"

#define EVIDENCE_SHOWN 2
#define EVIDENCE_LINES 4
#define WHY_INDENT 9 /* "  Why 1  " */

void
lw_text_add_period(struct page *p, int64_t from_ns, int64_t to_ns)
{
	char buf[LW_TIME_TEXT_BYTES];

	if (lw_time_short(from_ns, buf) == 0)
		return;
	lw_buf_addz(&p->line, buf);
	if (lw_time_short(to_ns, buf) == 0)
		return;
	lw_buf_printf(&p->line, " to %s", buf);
	(void)lw_duration_format(lw_span_ns(from_ns, to_ns), buf);
	lw_buf_printf(&p->line, " (%s)", buf);
}

static void
head(struct page *p)
{
	const struct lw_report *r = p->w.r;

	lw_page_add(p, r->title.n > 0 ? r->title : LW_STR("Incident report"));
	lw_page_flush(p, 0, 3, PAGE_BOLD);
	lw_text_add_period(p, r->from_ns, r->to_ns);
	if (p->line.n > 0)
		lw_page_flush(p, 0, 0, PAGE_PLAIN);
	lw_add_count(&p->line, r->totals.entries, "entry", "entries");
	lw_buf_addz(&p->line, ", ");
	lw_add_errors(&p->line, &r->totals);
	if (r->incident_count > 0) {
		lw_buf_addz(&p->line, ", ");
		lw_add_count(&p->line, r->incident_count, "incident", "incidents");
	}
	lw_page_flush(p, 0, 0, PAGE_PLAIN);
}

static void
no_incident(struct page *p)
{
	lw_page_blank(p);
	lw_page_put(p, PAGE_GREEN, "No incident. ");
	lw_page_wrap(p,
	    p->w.r->totals.entries == 0
		? LW_STR("There was no entry to look at.")
		: LW_STR("Nothing in these entries shows a failure that users felt."),
	    13, 0, 0, PAGE_PLAIN);
}

/* One line of a message, indented; an empty one is passed over. */
static void
message_line(struct page *p, struct lw_str line, size_t max_lines)
{
	lw_page_add(p, line);
	if (p->line.n > 0)
		lw_page_flush(p, WHY_INDENT + 2, max_lines, PAGE_PLAIN);
}

/*
 * A message on a few lines.  Of a longer one the head and the tail: a stack
 * trace says what failed at its first line or at its last.
 */
static void
message(struct page *p, struct lw_str s)
{
	size_t lines = 1, n, i, at = 0, end;

	/* Redacted whole, for a key can span lines; lw_safe then finds nothing more in them. */
	s = lw_str_trim(lw_redacted(&p->w, s));
	if (lw_buf_ok(&p->cell))
		lw_buf_reset(&p->cell);
	lw_buf_addstr(&p->cell, s);
	for (i = 0; i < s.n; i++)
		lines += s.p[i] == '\n';
	for (n = 0; n < lines && lw_buf_ok(&p->cell); n++, at = end + 1) {
		for (end = at; end < p->cell.n && p->cell.p[end] != '\n'; end++)
			;
		if (lines <= EVIDENCE_LINES || n == 0 || n + 2 >= lines)
			message_line(p, lw_str_make(p->cell.p + at, end - at),
			    lines == 1 ? EVIDENCE_LINES : 2);
		else if (n == 1)
			message_line(p, LW_STR("..."), 1);
	}
}

static void
evidence(struct page *p, const struct lw_m_why *y)
{
	char buf[LW_TIME_TEXT_BYTES];
	size_t i;

	for (i = 0; i < y->evidence_count && i < EVIDENCE_SHOWN; i++) {
		if (lw_time_format(y->evidence[i].timestamp_ns, buf) > 0)
			lw_buf_printf(&p->line, "%s  ", buf);
		if (y->evidence[i].insert_id.n > 0)
			lw_page_add(p, y->evidence[i].insert_id);
		else
			lw_buf_addz(&p->line, "no insertId");
		lw_page_flush(p, WHY_INDENT, 0, PAGE_DIM);
		/* The same message again is said once, below the last of its entries. */
		if (i + 1 < y->evidence_count && i + 1 < EVIDENCE_SHOWN &&
		    lw_str_eq(y->evidence[i].message, y->evidence[i + 1].message))
			continue;
		message(p, y->evidence[i].message);
	}
}

static void
links(struct page *p, const struct lw_m_why *y)
{
	lw_text_links(p, y->links, y->link_count, WHY_INDENT);
}

static void
confidence(struct page *p, const struct lw_m_why *y)
{
	char buf[LW_NUMBER_BYTES];

	if (lw_needs_extent(y)) {
		lw_add_extent(&p->line, y->count, y->instances);
		lw_buf_addz(&p->line, ", ");
	}
	(void)lw_confidence_format(y->confidence, buf);
	lw_buf_printf(&p->line, "confidence %s", buf);
	lw_page_flush(p, WHY_INDENT, 0, PAGE_DIM);
}

static void
question(struct page *p, const struct lw_m_why *y, size_t n)
{
	lw_buf_printf(&p->line, "  Why %u ", (unsigned)n);
	if (p->line.n < WHY_INDENT)
		lw_buf_addc(&p->line, ' ');
	n = p->line.n;
	lw_page_put(p, PAGE_BOLD, n > 0 ? p->line.p : "");
	if (lw_buf_ok(&p->line))
		lw_buf_reset(&p->line);
	lw_page_wrap(p, lw_safe(&p->w, y->question), n, WHY_INDENT, 3, PAGE_PLAIN);
}

/* again: it is one more hypothesis for the question before. */
static void
why(struct page *p, const struct lw_m_why *y, size_t n, bool again)
{
	size_t i;

	lw_page_blank(p);
	if (!again)
		question(p, y, n);
	if (!y->observed) {
		lw_page_indent(p, WHY_INDENT);
		lw_page_put(p, PAGE_YELLOW,
		    again ? "Or, another hypothesis:" : "Hypothesis, not shown by the log:");
		lw_page_blank(p);
	}
	lw_page_add(p, y->finding);
	lw_page_flush(p, WHY_INDENT, 6, y->observed ? PAGE_BOLD : PAGE_YELLOW);
	confidence(p, y);
	links(p, y);
	evidence(p, y);
	for (i = 0; i < y->check_count; i++) {
		if (i == 0) {
			lw_page_indent(p, WHY_INDENT);
			lw_page_put(p, PAGE_DIM, "check with");
			lw_page_blank(p);
		}
		lw_page_command(p, WHY_INDENT + 2, y->checks[i]);
	}
}

static void
rule_line(struct page *p)
{
	size_t i;

	for (i = 0; i < p->width; i++)
		lw_buf_addz(&p->line, "\u2500");
	lw_page_flush(p, 0, 0, PAGE_DIM);
}

void
lw_text_incident(struct page *p, size_t index)
{
	const struct lw_m_incident *in = &p->w.r->incidents[index];
	const struct lw_m_why *root = lw_root_why(in);
	size_t i;

	lw_page_blank(p);
	rule_line(p);
	lw_buf_addz(&p->line, "Incident");
	if (p->w.r->incident_count > 1)
		lw_buf_printf(
		    &p->line, " %u of %u", (unsigned)(index + 1), (unsigned)p->w.r->incident_count);
	lw_buf_addz(&p->line, in->ongoing ? ", ongoing" : ", ended");
	if (in->service.n > 0) {
		lw_buf_addz(&p->line, ", ");
		lw_page_add(p, in->service);
	}
	lw_page_flush(p, 0, 0, in->ongoing ? PAGE_RED : PAGE_YELLOW);
	if (!lw_str_eq(in->title, p->w.r->title)) {
		lw_page_add(p, in->title);
		lw_page_flush(p, 0, 4, PAGE_BOLD);
	}
	lw_text_add_period(p, in->from_ns, in->to_ns);
	if (p->line.n > 0)
		lw_page_flush(p, 0, 0, PAGE_PLAIN);
	if (root != NULL && root->count > 0) {
		lw_buf_addz(&p->line, "Root cause in ");
		lw_add_extent(&p->line, root->count, root->instances);
		lw_page_flush(p, 0, 0, PAGE_PLAIN);
	} else if (root == NULL) {
		lw_buf_addz(&p->line, "The log does not show the root cause.");
		lw_page_flush(p, 0, 0, PAGE_PLAIN);
	}
	lw_text_felt(p, in);
	lw_text_leads(p, in);
	for (i = 0; i < in->why_count; i++)
		why(p, &in->whys[i], i + 1, lw_is_alternative(in, i));
	lw_text_considered(p, in);
}

void
lw_write_text(struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style)
{
	struct page p;
	size_t i;

	lw_page_init(&p, out, r, style);
	head(&p);
	if (r->incident_count == 0)
		no_incident(&p);
	for (i = 0; i < r->incident_count; i++)
		lw_text_incident(&p, i);
	if (r->incident_count > 0) {
		lw_page_blank(&p);
		rule_line(&p);
	}
	lw_text_comparison(&p);
	lw_text_actions(&p);
	lw_text_services(&p);
	lw_text_clusters(&p);
	lw_text_timeline(&p);
	lw_text_changes(&p);
	lw_text_coverage(&p);
	lw_text_criteria(&p);
	lw_text_input(&p);
	lw_page_fini(&p);
}
