/* text_tables.c - services, clusters, timeline and lists of the text report. */
#include "report/text.h"

#define SPARK_COLUMNS 20
#define VALUES_SHOWN 3
#define CAPTURES_SHOWN 4
#define REVISIONS_SHOWN 4

static void
put_u64(struct lw_buf *out, uint64_t v)
{
	lw_buf_printf(out, "%llu", (unsigned long long)v);
}

static const char *
status_colour(enum lw_m_status status)
{
	if (status == LW_STATUS_FAILING)
		return PAGE_RED;
	return status == LW_STATUS_DEGRADED ? PAGE_YELLOW : PAGE_GREEN;
}

static const char *
service_cell(struct page *p, size_t row, size_t column, struct lw_buf *out)
{
	const struct lw_m_service *s = &p->w.r->services[row];
	char buf[LW_NUMBER_BYTES];

	switch (column) {
	case 0:
		lw_buf_addz(out, lw_status_name(s->status));
		return status_colour(s->status);
	case 1:
		if (s->has_availability)
			(void)lw_percent_format(s->availability, buf);
		lw_buf_addz(out, s->has_availability ? buf : "-");
		break;
	case 2:
		put_u64(out, s->entries);
		break;
	case 3:
		put_u64(out, s->errors);
		break;
	case 4:
		lw_buf_printf(out, "%llu of %llu", (unsigned long long)s->instances_failed,
		    (unsigned long long)s->instances_seen);
		break;
	default:
		lw_buf_addstr(out, s->name.n > 0 ? lw_safe(&p->w, s->name) : LW_STR("(unnamed)"));
		return PAGE_BOLD;
	}
	return PAGE_PLAIN;
}

/* Append ", " and s where there is something on both sides. */
static void
add_part(struct page *p, struct lw_str s)
{
	if (s.n == 0)
		return;
	if (p->line.n > 0)
		lw_buf_addz(&p->line, ", ");
	lw_page_add(p, s);
}

static void
service_requests(struct page *p, const struct lw_m_service *s)
{
	static const char *const classes[] = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
	const char *before = ": ";
	size_t i;

	if (s->requests == 0)
		return;
	if (p->line.n > 0)
		lw_buf_addz(&p->line, "; ");
	lw_add_count(&p->line, s->requests, "request", "requests");
	for (i = 1; i < 7; i++) {
		if (s->by_class[i % 6] == 0)
			continue;
		lw_buf_printf(&p->line, "%s%llu %s", before, (unsigned long long)s->by_class[i % 6],
		    classes[i % 6]);
		before = ", ";
	}
}

/* How its instances start, and what phases their messages name. */
static void
service_startup(struct page *p, const struct lw_m_service *s)
{
	const struct lw_m_startup *u = &s->startup;
	size_t i;

	if (u->verdict != NULL) {
		lw_buf_addz(&p->line, "starts ");
		lw_add_startup(&p->line, u);
		lw_page_flush(p, 4, 0, strcmp(u->verdict, "failing") == 0 ? PAGE_YELLOW : PAGE_DIM);
	}
	for (i = 0; i < s->phase_count; i++) {
		const struct lw_m_phase *f = &s->phases[i];

		lw_buf_addz(&p->line, f->failed > 0               ? "\u2717 "
				      : f->passed == f->instances ? "\u2713 "
								  : "\u00b7 ");
		lw_buf_printf(&p->line, "%s ", f->kind);
		lw_add_phase_number(&p->line, f);
		if (f->tenths > 0 && f->name.n > 0)
			lw_buf_addc(&p->line, ' ');
		lw_page_add(p, f->name);
		lw_buf_addz(&p->line, ": ");
		lw_add_phase(&p->line, f);
		lw_page_flush(p, 4, 0, f->failed > 0 ? PAGE_YELLOW : PAGE_DIM);
	}
}

static void
service_more(struct page *p, size_t row, size_t indent)
{
	const struct lw_m_service *s = &p->w.r->services[row];
	char buf[LW_TIME_TEXT_BYTES];
	size_t i;

	(void)indent;
	add_part(p, s->type);
	add_part(p, s->project);
	add_part(p, s->location);
	service_requests(p, s);
	if (p->line.n > 0)
		lw_page_flush(p, 4, 0, PAGE_DIM);
	for (i = 0; i < s->revision_count && i < REVISIONS_SHOWN; i++) {
		lw_buf_addz(&p->line, "revision ");
		lw_page_add(p, s->revisions[i].name);
		if (lw_time_short(s->revisions[i].first_ns, buf) > 0)
			lw_buf_printf(&p->line, ", from %s", buf);
		if (s->revision_count > 1 && s->revisions[i].startup.verdict != NULL) {
			lw_buf_addz(&p->line, ", starts ");
			lw_add_startup(&p->line, &s->revisions[i].startup);
		}
		lw_page_flush(p, 4, 0, PAGE_DIM);
	}
	if (i < s->revision_count) {
		lw_buf_printf(&p->line, "and %u more revisions", (unsigned)(s->revision_count - i));
		lw_page_flush(p, 4, 0, PAGE_DIM);
	}
	service_startup(p, s);
}

void
lw_text_services(struct page *p)
{
	static const struct page_column columns[] = {{"status", false}, {"available", true},
	    {"entries", true}, {"errors", true}, {"failed", true}, {"service", false}};

	if (p->w.r->service_count == 0)
		return;
	lw_page_heading(p, "Services");
	lw_page_table(p, columns, 6, p->w.r->service_count, service_cell, service_more);
}

static const char *
severity_colour(struct lw_str severity)
{
	size_t i;

	for (i = 0; i < LW_MODEL_SEVERITIES; i++)
		if (lw_str_eq(severity, lw_str_from(lw_severity_label(i))))
			return i >= 5 ? PAGE_RED : i == 4 ? PAGE_YELLOW : PAGE_PLAIN;
	return PAGE_PLAIN;
}

static const char *
cluster_cell(struct page *p, size_t row, size_t column, struct lw_buf *out)
{
	const struct lw_m_cluster *c = &p->w.r->clusters[row];
	bool cut;

	switch (column) {
	case 0:
		put_u64(out, c->count);
		break;
	case 1:
		put_u64(out, c->instances);
		break;
	case 2:
		lw_buf_addstr(out, lw_fit(lw_safe(&p->w, c->severity), 9, &cut));
		return severity_colour(c->severity);
	default:
		lw_buf_addstr(out, lw_safe(&p->w, c->title.n > 0 ? c->title : c->template_text));
		return PAGE_BOLD;
	}
	return PAGE_PLAIN;
}

static void
capture_values(struct page *p, const struct lw_m_capture *c, size_t indent)
{
	bool cut;
	size_t i;

	lw_page_add(p, c->name);
	lw_buf_addz(&p->line, ": ");
	for (i = 0; i < c->value_count && i < VALUES_SHOWN; i++) {
		if (i > 0)
			lw_buf_addz(&p->line, ", ");
		lw_buf_addstr(&p->line, lw_fit(lw_safe(&p->w, c->values[i].value), 40, &cut));
		lw_buf_printf(&p->line, "%s (%llu)", cut ? "..." : "",
		    (unsigned long long)c->values[i].count);
	}
	if (i < c->value_count)
		lw_buf_printf(&p->line, ", %u more", (unsigned)(c->value_count - i));
	lw_page_flush(p, indent, 3, PAGE_DIM);
}

static void
cluster_more(struct page *p, size_t row, size_t indent)
{
	const struct lw_m_cluster *c = &p->w.r->clusters[row];
	size_t i;

	add_part(p, c->rule.n > 0 ? c->rule : LW_STR("no rule knows it"));
	add_part(p, c->layer);
	add_part(p, c->role);
	if (c->rule.n == 0)
		add_part(p, c->id);
	lw_page_flush(p, indent, 2, PAGE_DIM);
	for (i = 0; i < c->capture_count && i < CAPTURES_SHOWN; i++)
		if (lw_capture_adds(c, &c->captures[i]))
			capture_values(p, &c->captures[i], indent);
}

void
lw_text_counted_heading(struct page *p, const char *title, size_t shown, size_t all)
{
	lw_buf_addz(&p->line, title);
	if (shown < all)
		lw_buf_printf(&p->line, ", %u of %u", (unsigned)shown, (unsigned)all);
	if (lw_buf_ok(&p->line)) {
		lw_page_heading(p, p->line.p);
		lw_buf_reset(&p->line);
	}
}

void
lw_text_clusters(struct page *p)
{
	static const struct page_column columns[] = {
	    {"entries", true}, {"instances", true}, {"severity", false}, {"message", false}};
	size_t shown = lw_shown_clusters(&p->w);

	if (shown == 0)
		return;
	lw_text_counted_heading(p, "Clusters", shown, p->w.r->cluster_count);
	lw_page_table(p, columns, 4, shown, cluster_cell, cluster_more);
}

/* Where a whole period is shorter than a day, the time of day says enough. */
static void
put_moment(struct page *p, int64_t ns, struct lw_buf *out)
{
	bool day = lw_span_ns(p->w.r->from_ns, p->w.r->to_ns) < 86400 * LW_NS_PER_S;
	char buf[LW_TIME_TEXT_BYTES];

	if (lw_time_short(ns, buf) < 20)
		lw_buf_addc(out, '-');
	else
		lw_buf_add(out, buf + (day ? 11 : 5), day ? 8 : 11);
}

static const char *
timeline_cell(struct page *p, size_t row, size_t column, struct lw_buf *out)
{
	const struct lw_m_cluster *c = &p->w.r->clusters[row];

	switch (column) {
	case 0:
		lw_add_spark(out, p->w.r, &c->windows, SPARK_COLUMNS);
		return PAGE_CYAN;
	case 1:
		put_u64(out, c->windows.peak_count);
		break;
	case 2:
		put_moment(p, c->windows.peak_from_ns, out);
		break;
	case 3:
		if (c->windows.ongoing)
			lw_buf_addz(out, "ongoing");
		else
			put_moment(p, c->last_ns, out);
		break;
	default:
		lw_buf_addstr(out, lw_safe(&p->w, c->title.n > 0 ? c->title : c->template_text));
		break;
	}
	return PAGE_PLAIN;
}

void
lw_text_timeline(struct page *p)
{
	static const struct page_column columns[] = {{"series", false}, {"peak", true},
	    {"from", false}, {"last", false}, {"message", false}};
	const struct lw_report *r = p->w.r;
	int64_t period = lw_span_ns(r->from_ns, r->to_ns);
	size_t shown = lw_shown_clusters(&p->w);
	char buf[LW_TIME_TEXT_BYTES];

	if (shown == 0 || period == 0)
		return;
	lw_page_heading(p, "Timeline");
	(void)lw_time_short(r->from_ns, buf);
	lw_buf_printf(&p->line, "from %s, ", buf);
	(void)lw_duration_format(period / SPARK_COLUMNS, buf);
	lw_buf_printf(&p->line, "%s a column; peak is the most entries in ", buf);
	(void)lw_duration_format(r->window_ns, buf);
	lw_buf_addz(&p->line, buf);
	lw_page_flush(p, 2, 0, PAGE_DIM);
	lw_page_table(p, columns, 5, shown, timeline_cell, NULL);
}

/* "  - text", the hanging indent behind the mark. */
static void
item(struct page *p, const char *mark, const char *sgr, struct lw_str s)
{
	size_t indent = 2 + strlen(mark) + 1;

	lw_page_indent(p, 2);
	lw_page_put(p, sgr, mark);
	lw_page_indent(p, 1);
	lw_page_wrap(p, lw_safe(&p->w, s), indent, indent, 8, PAGE_PLAIN);
}

void
lw_text_coverage(struct page *p)
{
	size_t i;

	if (p->w.r->coverage_count == 0)
		return;
	lw_page_heading(p, "What this log cannot show");
	for (i = 0; i < p->w.r->coverage_count; i++)
		item(p, "-", PAGE_YELLOW, p->w.r->coverage[i].text);
}

void
lw_text_actions(struct page *p)
{
	const struct lw_m_action *a;
	size_t i, k;

	if (p->w.r->action_count == 0)
		return;
	lw_page_heading(p, "Actions");
	for (i = 0; i < p->w.r->action_count; i++) {
		a = &p->w.r->actions[i];
		lw_page_indent(p, 2);
		lw_page_add(p, a->priority);
		lw_page_put(p, lw_str_eq(a->priority, LW_STR("P0")) ? PAGE_RED : PAGE_BOLD,
		    p->line.n > 0 && p->line.n <= 4 ? p->line.p : "--");
		if (lw_buf_ok(&p->line))
			lw_buf_reset(&p->line);
		lw_page_indent(p, 2);
		lw_page_wrap(p, lw_safe(&p->w, a->text), 6, 6, 6, PAGE_PLAIN);
		for (k = 0; k < a->check_count; k++)
			lw_page_command(p, 8, a->checks[k]);
	}
}

void
lw_text_criteria(struct page *p)
{
	size_t i;

	if (p->w.r->criterion_count == 0)
		return;
	lw_page_heading(p, "It is over when");
	for (i = 0; i < p->w.r->criterion_count; i++)
		item(p, "[ ]", PAGE_PLAIN, p->w.r->criteria[i].text);
}

static void
severities(struct page *p)
{
	const struct lw_m_totals *t = &p->w.r->totals;
	const char *before = "";
	size_t i;

	for (i = LW_MODEL_SEVERITIES; i-- > 0;) {
		if (t->by_severity[i] == 0)
			continue;
		lw_buf_printf(&p->line, "%s%llu %s", before, (unsigned long long)t->by_severity[i],
		    lw_severity_label(i));
		before = ", ";
	}
	if (p->line.n > 0)
		lw_page_flush(p, 2, 0, PAGE_PLAIN);
	if (t->duplicates > 0) {
		lw_add_count(&p->line, t->duplicates, "duplicate", "duplicates");
		lw_buf_addz(&p->line, " counted once");
		lw_page_flush(p, 2, 0, PAGE_PLAIN);
	}
}

void
lw_text_input(struct page *p)
{
	const struct lw_m_input *in;
	char buf[LW_NUMBER_BYTES];
	size_t i;

	lw_page_heading(p, "Input");
	severities(p);
	for (i = 0; i < p->w.r->input_count; i++) {
		in = &p->w.r->inputs[i];
		lw_page_add(p, in->name);
		(void)lw_bytes_format(in->bytes, buf);
		lw_buf_printf(&p->line, ", %s, ", buf);
		lw_add_count(&p->line, in->entries, "entry", "entries");
		lw_page_flush(p, 2, 0, PAGE_PLAIN);
		if (in->malformed == 0)
			continue;
		lw_add_count(&p->line, in->malformed, "malformed record", "malformed records");
		if (in->has_first) {
			lw_buf_printf(&p->line, ", the first on line %llu, byte %llu: ",
			    (unsigned long long)in->first_line,
			    (unsigned long long)in->first_offset);
			lw_page_add(p, in->first_reason);
		}
		lw_page_flush(p, 4, 3, PAGE_YELLOW);
	}
}
