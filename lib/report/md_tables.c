/* md_tables.c - services, clusters, timeline and lists of the Markdown report. */
#include "report/md.h"

#define SPARK_COLUMNS 24
#define TITLE_COLUMNS 160
#define VALUES_SHOWN 3

static void
names(struct lw_writer *w, struct lw_str a, const char *between, struct lw_str b)
{
	if (a.n == 0)
		return;
	lw_md_add_code(w, a, 0, LW_MD_CELL);
	if (b.n > 0) {
		lw_buf_addz(w->out, between);
		lw_md_add_code(w, b, 0, LW_MD_CELL);
	}
}

static void
service_row(struct lw_writer *w, const struct lw_m_service *s)
{
	char buf[LW_NUMBER_BYTES];

	lw_buf_addz(w->out, "| ");
	lw_md_add_code(w, s->name.n > 0 ? s->name : LW_STR("(unnamed)"), 0, LW_MD_CELL);
	lw_buf_printf(w->out, " | %s%s%s | ", s->status == LW_STATUS_HEALTHY ? "" : "**",
	    lw_status_name(s->status), s->status == LW_STATUS_HEALTHY ? "" : "**");
	if (s->has_availability)
		(void)lw_percent_format(s->availability, buf);
	lw_buf_printf(w->out, "%s | %llu | %llu | %llu of %llu | %llu (%llu) | ",
	    s->has_availability ? buf : "-", (unsigned long long)s->entries,
	    (unsigned long long)s->errors, (unsigned long long)s->instances_failed,
	    (unsigned long long)s->instances_seen, (unsigned long long)s->requests,
	    (unsigned long long)s->by_class[5]);
	names(w, s->type, " ", lw_str_make(NULL, 0));
	if (s->type.n > 0 && s->location.n > 0)
		lw_buf_addz(w->out, ", ");
	names(w, s->location, " ", lw_str_make(NULL, 0));
	lw_buf_addz(w->out, " |\n");
}

void
lw_md_services(struct lw_writer *w)
{
	size_t i;

	if (w->r->service_count == 0)
		return;
	lw_buf_addz(w->out, "\n## Services\n\n"
			    "| Service | Status | Available | Entries | Errors | Instances failed "
			    "| Requests (5xx) | Where |\n"
			    "|---|---|--:|--:|--:|--:|--:|---|\n");
	for (i = 0; i < w->r->service_count; i++)
		service_row(w, &w->r->services[i]);
}

static void
captures(struct lw_writer *w, const struct lw_m_cluster *c)
{
	const struct lw_m_capture *cap;
	size_t i, k;

	for (i = 0; i < c->capture_count; i++) {
		cap = &c->captures[i];
		if (!lw_capture_adds(c, cap))
			continue;
		lw_buf_addz(w->out, "<br>");
		lw_md_add(w, cap->name, LW_MD_CELL);
		lw_buf_addc(w->out, ':');
		for (k = 0; k < cap->value_count && k < VALUES_SHOWN; k++) {
			lw_buf_addz(w->out, k == 0 ? " " : ", ");
			lw_md_add_code(w, cap->values[k].value, 80, LW_MD_CELL);
			lw_buf_printf(w->out, " (%llu)", (unsigned long long)cap->values[k].count);
		}
	}
}

static void
cluster_title(struct lw_writer *w, const struct lw_m_cluster *c)
{
	bool cut = false;

	if (c->title.n > 0 && c->rule.n > 0) {
		lw_md_prose(w->out, lw_fit(lw_safe(w, c->title), TITLE_COLUMNS, &cut), LW_MD_CELL);
		if (cut)
			lw_buf_addz(w->out, "...");
		return;
	}
	/* What no rule knows is a template: log text, not prose. */
	lw_md_add_code(w, c->title.n > 0 ? c->title : c->template_text, TITLE_COLUMNS, LW_MD_CELL);
}

void
lw_md_clusters(struct lw_writer *w)
{
	const struct lw_m_cluster *c;
	size_t shown = lw_shown_clusters(w), i;

	if (shown == 0)
		return;
	lw_buf_addz(w->out, "\n## Clusters\n\n");
	if (shown < w->r->cluster_count)
		lw_buf_printf(w->out, "The first %u of %u.\n\n", (unsigned)shown,
		    (unsigned)w->r->cluster_count);
	lw_buf_addz(w->out, "| Entries | Instances | Severity | Message | Rule | Layer |\n"
			    "|--:|--:|---|---|---|---|\n");
	for (i = 0; i < shown; i++) {
		c = &w->r->clusters[i];
		lw_buf_printf(w->out, "| %llu | %llu | ", (unsigned long long)c->count,
		    (unsigned long long)c->instances);
		lw_md_add(w, c->severity, LW_MD_CELL);
		lw_buf_addz(w->out, " | ");
		cluster_title(w, c);
		captures(w, c);
		lw_buf_addz(w->out, " | ");
		lw_md_add_code(w, c->rule, 0, LW_MD_CELL);
		lw_buf_addz(w->out, " | ");
		lw_md_add(w, c->layer, LW_MD_CELL);
		lw_buf_addz(w->out, " |\n");
	}
}

void
lw_md_coverage(struct lw_writer *w)
{
	size_t i;

	if (w->r->coverage_count == 0)
		return;
	lw_buf_addz(w->out, "\n## What this log cannot show\n\n");
	for (i = 0; i < w->r->coverage_count; i++) {
		lw_buf_addz(w->out, "- ");
		lw_md_add(w, w->r->coverage[i].text, LW_MD_TEXT);
		lw_buf_addc(w->out, '\n');
	}
}

static void
timeline_row(struct lw_writer *w, const struct lw_m_cluster *c)
{
	char buf[LW_TIME_TEXT_BYTES];
	const struct lw_m_windows *m = &c->windows;

	lw_buf_addz(w->out, "| ");
	lw_add_spark(w->out, w->r, m, SPARK_COLUMNS);
	lw_buf_addz(w->out, " | ");
	lw_md_time(w->out, c->first_ns);
	lw_buf_addz(w->out, " | ");
	lw_md_time(w->out, c->last_ns);
	(void)lw_duration_format(lw_span_ns(m->peak_from_ns, m->peak_to_ns), buf);
	lw_buf_printf(w->out, " | %llu in %s | %s | ", (unsigned long long)m->peak_count, buf,
	    m->ongoing ? "ongoing" : "ended");
	cluster_title(w, c);
	lw_buf_addz(w->out, " |\n");
}

void
lw_md_timeline(struct lw_writer *w)
{
	size_t shown = lw_shown_clusters(w), i;

	if (shown == 0 && w->r->change_count == 0)
		return;
	lw_buf_addz(w->out, "\n## Timeline\n\n");
	if (shown > 0)
		lw_buf_addz(w->out, "| Series | First | Last | Peak | State | Message |\n"
				    "|---|---|---|---|---|---|\n");
	for (i = 0; i < shown; i++)
		timeline_row(w, &w->r->clusters[i]);
	lw_md_changes(w, shown > 0);
}

void
lw_md_actions(struct lw_writer *w)
{
	const struct lw_m_action *a;
	size_t i, k;

	if (w->r->action_count == 0)
		return;
	lw_buf_addz(w->out, "\n## Actions\n\n");
	for (i = 0; i < w->r->action_count; i++) {
		a = &w->r->actions[i];
		lw_buf_addz(w->out, "- [ ] ");
		lw_md_add_bold(w, a->priority);
		lw_buf_addc(w->out, ' ');
		lw_md_add(w, a->text, LW_MD_TEXT);
		lw_buf_addc(w->out, '\n');
		for (k = 0; k < a->check_count; k++) {
			lw_buf_addc(w->out, '\n');
			lw_md_block(w->out, lw_safe(w, a->checks[k]), 2, "sh");
		}
	}
}

void
lw_md_criteria(struct lw_writer *w)
{
	size_t i;

	if (w->r->criterion_count == 0)
		return;
	lw_buf_addz(w->out, "\n## Success criteria\n\n");
	for (i = 0; i < w->r->criterion_count; i++) {
		lw_buf_addz(w->out, "- [ ] ");
		lw_md_add(w, w->r->criteria[i].text, LW_MD_TEXT);
		lw_buf_addc(w->out, '\n');
	}
}

static void
input_row(struct lw_writer *w, const struct lw_m_input *in)
{
	char buf[LW_NUMBER_BYTES];

	(void)lw_bytes_format(in->bytes, buf);
	lw_buf_addz(w->out, "- ");
	lw_md_add_code(w, in->name, 0, LW_MD_TEXT);
	lw_buf_printf(w->out, ": %s, ", buf);
	lw_add_count(w->out, in->entries, "entry", "entries");
	if (in->malformed > 0) {
		lw_buf_addz(w->out, ", ");
		lw_add_count(w->out, in->malformed, "malformed record", "malformed records");
	}
	if (in->malformed > 0 && in->has_first) {
		lw_buf_printf(w->out,
		    ", the first on line %llu, byte %llu: ", (unsigned long long)in->first_line,
		    (unsigned long long)in->first_offset);
		lw_md_add(w, in->first_reason, LW_MD_TEXT);
	}
	lw_buf_addc(w->out, '\n');
}

void
lw_md_input(struct lw_writer *w)
{
	const struct lw_m_totals *t = &w->r->totals;
	const char *before = "- ";
	size_t i;

	lw_buf_addz(w->out, "\n## Input\n\n");
	for (i = LW_MODEL_SEVERITIES; i-- > 0;) {
		if (t->by_severity[i] == 0)
			continue;
		lw_buf_printf(w->out, "%s%llu %s", before, (unsigned long long)t->by_severity[i],
		    lw_severity_label(i));
		before = ", ";
	}
	if (before[0] == ',')
		lw_buf_addc(w->out, '\n');
	if (t->duplicates > 0) {
		lw_buf_addz(w->out, "- ");
		lw_add_count(w->out, t->duplicates, "duplicate", "duplicates");
		lw_buf_addz(w->out, " counted once\n");
	}
	for (i = 0; i < w->r->input_count; i++)
		input_row(w, &w->r->inputs[i]);
	lw_buf_addz(w->out, "\nWritten by logwhy ");
	lw_md_add(w, w->r->version, LW_MD_TEXT);
	lw_buf_addz(w->out, ".\n");
}
