/* md.c - the report as Markdown, ready for a GitHub issue. */
#include "report/md.h"

#define EVIDENCE_SHOWN 3
#define MESSAGE_COLUMNS 240

void
lw_md_add(struct lw_writer *w, struct lw_str s, enum lw_md_place place)
{
	lw_md_prose(w->out, lw_safe(w, s), place);
}

void
lw_md_add_bold(struct lw_writer *w, struct lw_str s)
{
	struct lw_str safe = lw_safe(w, s);

	lw_buf_addz(w->out, "**");
	lw_md_prose(w->out, safe.n > 0 ? safe : LW_STR("(empty)"), LW_MD_TEXT);
	lw_buf_addz(w->out, "**");
}

void
lw_md_add_code(struct lw_writer *w, struct lw_str s, size_t columns, enum lw_md_place place)
{
	struct lw_str safe = lw_safe(w, s);
	bool cut = false;

	if (columns > 0)
		safe = lw_fit(safe, columns, &cut);
	lw_md_code(w->out, safe, place);
	if (cut)
		lw_buf_addz(w->out, "...");
}

void
lw_md_time(struct lw_buf *out, int64_t ns)
{
	char buf[LW_TIME_TEXT_BYTES];

	lw_buf_addz(out, lw_time_short(ns, buf) > 0 ? buf : "unknown");
}

void
lw_md_period(struct lw_writer *w, int64_t from_ns, int64_t to_ns)
{
	char buf[LW_TIME_TEXT_BYTES];

	lw_md_time(w->out, from_ns);
	lw_buf_addz(w->out, " to ");
	lw_md_time(w->out, to_ns);
	(void)lw_duration_format(lw_span_ns(from_ns, to_ns), buf);
	lw_buf_printf(w->out, " (%s)", buf);
}

void
lw_md_evidence(struct lw_writer *w, const struct lw_m_evidence *e, size_t n, const char *indent)
{
	char buf[LW_TIME_TEXT_BYTES];
	size_t i;

	for (i = 0; i < n && i < EVIDENCE_SHOWN; i++) {
		lw_buf_printf(w->out, "%s- ", indent);
		if (lw_time_format(e[i].timestamp_ns, buf) > 0)
			lw_buf_printf(w->out, "%s ", buf);
		lw_md_add_code(w, e[i].insert_id, 0, LW_MD_TEXT);
		/* The same message again is said once, with the last of its entries. */
		if (e[i].message.n > 0 && (i + 1 >= n || i + 1 >= EVIDENCE_SHOWN ||
					      !lw_str_eq(e[i].message, e[i + 1].message))) {
			lw_buf_addz(w->out, ": ");
			lw_md_add_code(w, e[i].message, MESSAGE_COLUMNS, LW_MD_TEXT);
		}
		lw_buf_addc(w->out, '\n');
	}
	if (i < n)
		lw_buf_printf(w->out, "%s- and %u more\n", indent, (unsigned)(n - i));
}

static void
head(struct lw_writer *w)
{
	const struct lw_report *r = w->r;
	size_t i;

	lw_buf_addz(w->out, "# ");
	lw_md_add(w, r->title.n > 0 ? r->title : LW_STR("Incident report"), LW_MD_TEXT);
	lw_buf_addz(w->out, "\n\n## Summary\n\n");
	if (r->incident_count == 0)
		lw_buf_addz(w->out, "- **No incident.** Nothing in these entries shows a failure "
				    "that users felt.\n");
	for (i = 0; i < r->incident_count; i++) {
		lw_buf_addz(w->out, "- ");
		lw_md_add_bold(w, r->incidents[i].title);
		lw_buf_printf(w->out, " (%s)\n", r->incidents[i].ongoing ? "ongoing" : "ended");
	}
	if (r->from_ns != LW_TIME_NONE) {
		lw_buf_addz(w->out, "- Period: ");
		lw_md_period(w, r->from_ns, r->to_ns);
		lw_buf_addc(w->out, '\n');
	}
	lw_buf_addz(w->out, "- ");
	lw_add_count(w->out, r->totals.entries, "entry", "entries");
	lw_buf_addz(w->out, ", ");
	lw_add_errors(w->out, &r->totals);
	lw_buf_addc(w->out, '\n');
}

static void
why(struct lw_writer *w, const struct lw_m_why *y, size_t n, bool again)
{
	char buf[LW_NUMBER_BYTES];
	size_t i;

	if (!again) {
		lw_buf_printf(w->out, "\n#### Why %u: ", (unsigned)n);
		lw_md_add(w, y->question, LW_MD_TEXT);
		lw_buf_addc(w->out, '\n');
	}
	lw_buf_addc(w->out, '\n');
	if (!y->observed)
		lw_buf_addz(w->out,
		    again ? "*Or, another hypothesis:* " : "*Hypothesis, not shown by the log:* ");
	lw_md_add_bold(w, y->finding);
	lw_buf_addz(w->out, "\n\n- ");
	if (lw_needs_extent(y)) {
		lw_add_extent(w->out, y->count, y->instances);
		lw_buf_addz(w->out, ", ");
	}
	(void)lw_confidence_format(y->confidence, buf);
	lw_buf_printf(w->out, "confidence %s\n", buf);
	lw_md_links(w, y->links, y->link_count, "");
	if (y->evidence_count > 0)
		lw_buf_addz(w->out, "- Evidence:\n");
	lw_md_evidence(w, y->evidence, y->evidence_count, "  ");
	for (i = 0; i < y->check_count; i++) {
		lw_buf_addz(w->out, "- Check with:\n\n");
		lw_md_block(w->out, lw_safe(w, y->checks[i]), 2, "sh");
	}
}

static void
incident(struct lw_writer *w, const struct lw_m_incident *in, size_t n)
{
	const struct lw_m_why *root = lw_root_why(in);
	size_t i;

	lw_buf_printf(w->out, "\n### Incident %u: ", (unsigned)n);
	lw_md_add(w, in->title, LW_MD_TEXT);
	lw_buf_printf(w->out, "\n\n- Status: %s\n- Service: ", in->ongoing ? "ongoing" : "ended");
	lw_md_add_code(w, in->service.n > 0 ? in->service : LW_STR("unknown"), 0, LW_MD_TEXT);
	lw_buf_addz(w->out, "\n- Period: ");
	lw_md_period(w, in->from_ns, in->to_ns);
	lw_buf_addz(w->out, "\n- Root cause: ");
	if (root == NULL) {
		lw_buf_addz(w->out, "not shown by the log");
	} else {
		lw_md_add(w, root->finding, LW_MD_TEXT);
		if (lw_needs_extent(root)) {
			lw_buf_addz(w->out, " (");
			lw_add_extent(w->out, root->count, root->instances);
			lw_buf_addz(w->out, ")");
		}
	}
	lw_buf_addc(w->out, '\n');
	lw_md_felt(w, in);
	lw_md_leads(w, in);
	for (i = 0; i < in->why_count; i++)
		why(w, &in->whys[i], i + 1, lw_is_alternative(in, i));
	lw_md_considered(w, in);
}

void
lw_write_md(struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style)
{
	struct lw_writer w;
	size_t i;

	lw_writer_init(&w, out, r, style);
	head(&w);
	if (r->incident_count > 0)
		lw_buf_addz(out, "\n## Whys\n");
	for (i = 0; i < r->incident_count; i++)
		incident(&w, &r->incidents[i], i + 1);
	lw_md_comparison(&w);
	lw_md_services(&w);
	lw_md_startup(&w);
	lw_md_clusters(&w);
	lw_md_coverage(&w);
	lw_md_timeline(&w);
	lw_md_actions(&w);
	lw_md_criteria(&w);
	lw_md_input(&w);
	lw_writer_fini(&w);
}
