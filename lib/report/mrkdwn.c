/* mrkdwn.c - see mrkdwn.h. */
#include "report/mrkdwn.h"

#include "report/common.h"

#define COLUMNS 400 /* of one text of the log */

/* Log text, made safe. */
static void
add(struct lw_writer *w, struct lw_str s)
{
	bool cut = false;
	struct lw_str safe = lw_fit(lw_safe(w, s), COLUMNS, &cut);
	size_t i;

	for (i = 0; i < safe.n; i++) {
		if (safe.p[i] == '&')
			lw_buf_addz(w->out, "&amp;");
		else if (safe.p[i] == '<')
			lw_buf_addz(w->out, "&lt;");
		else if (safe.p[i] == '>')
			lw_buf_addz(w->out, "&gt;");
		else
			lw_buf_addc(w->out, safe.p[i]);
	}
	if (cut)
		lw_buf_addz(w->out, "...");
}

/* Bold ends at the first asterisk, so there is none in it. */
static void
add_bold(struct lw_writer *w, struct lw_str s)
{
	size_t at;

	lw_buf_addc(w->out, '*');
	at = w->out->n;
	add(w, s.n > 0 ? s : LW_STR("(empty)"));
	for (; at < w->out->n; at++)
		if (w->out->p[at] == '*')
			w->out->p[at] = '+';
	lw_buf_addc(w->out, '*');
}

static void
head(struct lw_writer *w)
{
	char from[LW_TIME_TEXT_BYTES], to[LW_TIME_TEXT_BYTES];
	const struct lw_report *r = w->r;

	add_bold(w, r->title.n > 0 ? r->title : LW_STR("Incident report"));
	lw_buf_addc(w->out, '\n');
	if (r->incident_count == 0)
		lw_buf_addz(w->out,
		    "No incident: nothing in these entries shows a failure that users felt.\n");
	if (r->from_ns != LW_TIME_NONE && lw_time_short(r->from_ns, from) > 0 &&
	    lw_time_short(r->to_ns, to) > 0)
		lw_buf_printf(w->out, "%s to %s, ", from, to);
	lw_add_count(w->out, r->totals.entries, "entry", "entries");
	lw_buf_addz(w->out, ", ");
	lw_add_errors(w->out, &r->totals);
	lw_buf_addc(w->out, '\n');
}

static void
why(struct lw_writer *w, const struct lw_m_why *y, size_t n, bool again)
{
	char confidence[LW_NUMBER_BYTES];

	if (again)
		lw_buf_addz(w->out, "      or: ");
	else
		lw_buf_printf(w->out, "%zu. ", n);
	if (!again) {
		add(w, y->question);
		lw_buf_addz(w->out, "\n      ");
	}
	if (!y->observed && !again)
		lw_buf_addz(w->out, "_Hypothesis, not shown by the log:_ ");
	add_bold(w, y->finding);
	(void)lw_confidence_format(y->confidence, confidence);
	lw_buf_addz(w->out, " (");
	if (lw_needs_extent(y)) {
		lw_add_extent(w->out, y->count, y->instances);
		lw_buf_addz(w->out, ", ");
	}
	lw_buf_printf(w->out, "confidence %s)\n", confidence);
}

static void
incident(struct lw_writer *w, const struct lw_m_incident *in, size_t n)
{
	char from[LW_TIME_TEXT_BYTES];
	size_t i, asked = 0;

	lw_buf_printf(w->out, "\n*Incident %zu:* ", n);
	add(w, in->title);
	lw_buf_printf(w->out, " (%s", in->ongoing ? "ongoing" : "ended");
	if (in->from_ns != LW_TIME_NONE && lw_time_short(in->from_ns, from) > 0)
		lw_buf_printf(w->out, ", since %s", from);
	lw_buf_addz(w->out, ")\n");
	for (i = 0; i < in->why_count; i++) {
		bool again = lw_is_alternative(in, i);

		asked += again ? 0 : 1;
		why(w, &in->whys[i], asked, again);
	}
	if (in->doubt != NULL) {
		add(w, in->doubt_text);
		lw_buf_addc(w->out, '\n');
	}
}

static void
actions(struct lw_writer *w)
{
	const struct lw_report *r = w->r;
	size_t i, j;

	if (r->action_count > 0)
		lw_buf_addz(w->out, "\n*Actions*\n");
	for (i = 0; i < r->action_count; i++) {
		lw_buf_addz(w->out, "• ");
		add(w, r->actions[i].priority);
		lw_buf_addz(w->out, ": ");
		add(w, r->actions[i].text);
		for (j = 0; j < r->actions[i].check_count; j++) {
			lw_buf_addz(w->out, "\n      ");
			add(w, r->actions[i].checks[j]);
		}
		lw_buf_addc(w->out, '\n');
	}
}

static void
coverage(struct lw_writer *w)
{
	size_t i;

	if (w->r->coverage_count > 0)
		lw_buf_addz(w->out, "\n*What this log cannot show*\n");
	for (i = 0; i < w->r->coverage_count; i++) {
		lw_buf_addz(w->out, "• ");
		add(w, w->r->coverage[i].text);
		lw_buf_addc(w->out, '\n');
	}
}

void
lw_write_mrkdwn(struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style)
{
	struct lw_writer w;
	size_t i;

	lw_writer_init(&w, out, r, style);
	head(&w);
	for (i = 0; i < r->incident_count; i++)
		incident(&w, &r->incidents[i], i + 1);
	actions(&w);
	coverage(&w);
	lw_writer_fini(&w);
}
