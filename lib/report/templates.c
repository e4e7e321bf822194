/* templates.c - templates as text, Markdown and JSON. */
#include "report/templates.h"

#include "report/json_out.h"
#include "report/md.h"
#include "report/text.h"

#define VALUES_SHOWN 5
#define EXAMPLE_COLUMNS 200

static const struct lw_report no_report; /* the helpers of the writers borrow one */

static double
share(const struct lw_m_templates *m, const struct lw_m_template *t)
{
	return m->messages == 0 ? 0 : (double)t->count / (double)m->messages;
}

/* "16,000 messages in 771 templates; 5 of less than ...": what the list is of. */
static void
summary(struct lw_buf *out, const struct lw_m_templates *m)
{
	lw_add_count(out, m->messages, "message", "messages");
	lw_buf_addz(out, ", ");
	lw_add_count(out, m->templates, "template", "templates");
	if (m->templates > m->count)
		lw_buf_printf(out, ", %llu shown", (unsigned long long)m->count);
	if (m->malformed > 0) {
		lw_buf_addz(out, ", ");
		lw_add_count(out, m->malformed, "malformed record", "malformed records");
	}
	if (m->folded > 0)
		lw_buf_printf(out,
		    ", %llu messages in coarser templates, because there were too many",
		    (unsigned long long)m->folded);
}

/* The slot's values as "a (3), b (2), ..., 12 distinct"; how each is written is up to `add`. */
static void
values(struct lw_writer *w, const struct lw_m_slot *s,
    void (*add)(struct lw_writer *w, struct lw_buf *out, struct lw_str value), struct lw_buf *out)
{
	size_t i, n = s->value_count < VALUES_SHOWN ? s->value_count : VALUES_SHOWN;

	for (i = 0; i < n; i++) {
		if (i > 0)
			lw_buf_addz(out, ", ");
		add(w, out, s->values[i].value);
		lw_buf_printf(out, " (%llu)", (unsigned long long)s->values[i].count);
	}
	if (s->distinct_capped)
		lw_buf_printf(out, "%sa sample of about %llu distinct", n > 0 ? ", ...: " : "",
		    (unsigned long long)s->distinct);
	else if (s->distinct > n)
		lw_buf_printf(out, "%s%llu distinct", n > 0 ? ", ..., " : "",
		    (unsigned long long)s->distinct);
}

static void
text_value(struct lw_writer *w, struct lw_buf *out, struct lw_str value)
{
	lw_buf_addstr(out, value.n == 0 ? LW_STR("nothing") : lw_safe(w, value));
}

static const char *
severity_colour(struct lw_str severity)
{
	if (lw_str_eq(severity, LW_STR("WARNING")))
		return PAGE_YELLOW;
	return severity.n == 0 || severity.p[0] == 'D' || severity.p[0] == 'I' ||
		       severity.p[0] == 'N'
		   ? PAGE_DIM
		   : PAGE_RED;
}

static void
text_template(
    struct page *p, const struct lw_m_templates *m, const struct lw_m_template *t, bool with_values)
{
	char buf[LW_NUMBER_BYTES];
	size_t i, column;

	(void)lw_percent_format(share(m, t), buf);
	lw_page_blank(p);
	column = p->w.out->n;
	lw_buf_printf(p->w.out, "%8llu  %6s  ", (unsigned long long)t->count, buf);
	if (t->severity.n > 0) {
		lw_buf_reset(&p->line);
		lw_page_add(p, t->severity);
		lw_page_put(p, severity_colour(t->severity), p->line.p);
		lw_buf_reset(&p->line);
		lw_buf_addz(p->w.out, "  ");
		column = 20 + t->severity.n;
	} else {
		column = p->w.out->n - column;
	}
	lw_page_wrap(p, lw_safe(&p->w, t->text), column, 10, 0, PAGE_BOLD);
	lw_buf_reset(&p->line);
	lw_buf_addstr(&p->line, t->id);
	if (t->first_ns != LW_TIME_NONE) {
		lw_buf_addz(&p->line, "  ");
		lw_text_add_period(p, t->first_ns, t->last_ns);
	}
	lw_page_flush(p, 10, 0, PAGE_DIM);
	if (!lw_str_eq(t->example, t->text)) {
		lw_buf_addz(&p->line, "e.g. ");
		lw_page_add(p, t->example);
		lw_page_flush(p, 10, 3, PAGE_PLAIN);
	}
	for (i = 0; with_values && i < t->slot_count; i++) {
		lw_buf_printf(&p->line, "<%s>: ", t->slots[i].type);
		values(&p->w, &t->slots[i], text_value, &p->line);
		lw_page_flush(p, 12, 0, PAGE_PLAIN);
	}
}

static void
write_text(
    struct lw_buf *out, const struct lw_m_templates *m, const struct lw_templates_style *style)
{
	struct page p;
	size_t i;

	lw_page_init(&p, out, &no_report, &style->style);
	summary(&p.line, m);
	lw_page_flush(&p, 0, 0, PAGE_PLAIN);
	for (i = 0; i < m->count; i++)
		text_template(&p, m, &m->list[i], style->values);
	lw_page_fini(&p);
}

static void
md_value(struct lw_writer *w, struct lw_buf *out, struct lw_str value)
{
	(void)out;
	if (value.n == 0)
		lw_buf_addz(w->out, "nothing");
	else
		lw_md_add_code(w, value, 0, LW_MD_CELL);
}

static void
md_template(struct lw_writer *w, const struct lw_m_templates *m, const struct lw_m_template *t,
    bool with_values)
{
	char buf[LW_NUMBER_BYTES];
	size_t i;

	(void)lw_percent_format(share(m, t), buf);
	lw_buf_printf(w->out, "| %llu | %s | ", (unsigned long long)t->count, buf);
	lw_buf_addstr(w->out, t->severity.n > 0 ? lw_safe(w, t->severity) : LW_STR("-"));
	lw_buf_addz(w->out, " | ");
	lw_md_add_code(w, t->text.n > 0 ? t->text : LW_STR("(empty)"), 0, LW_MD_CELL);
	for (i = 0; with_values && i < t->slot_count; i++) {
		lw_buf_addz(w->out, "<br>");
		lw_md_add_code(w, lw_str_from(t->slots[i].type), 0, LW_MD_CELL);
		lw_buf_addz(w->out, ": ");
		values(w, &t->slots[i], md_value, w->out);
	}
	lw_buf_addz(w->out, " | ");
	if (t->first_ns != LW_TIME_NONE) {
		lw_md_time(w->out, t->first_ns);
		lw_buf_addz(w->out, " | ");
		lw_md_time(w->out, t->last_ns);
	} else {
		lw_buf_addz(w->out, "- | -");
	}
	lw_buf_addz(w->out, " | ");
	lw_md_add_code(w, t->id, 0, LW_MD_CELL);
	lw_buf_addz(w->out, " | ");
	lw_md_add_code(w, t->example, EXAMPLE_COLUMNS, LW_MD_CELL);
	lw_buf_addz(w->out, " |\n");
}

static void
write_md(struct lw_buf *out, const struct lw_m_templates *m, const struct lw_templates_style *style)
{
	struct lw_writer w;
	size_t i;

	lw_writer_init(&w, out, &no_report, &style->style);
	lw_buf_addz(out, "# Messages\n\n");
	summary(out, m);
	lw_buf_addz(out,
	    ".\n\n| Messages | Share | Severity | Template | First | Last | Id | Example |\n"
	    "|--:|--:|---|---|---|---|---|---|\n");
	for (i = 0; i < m->count; i++)
		md_template(&w, m, &m->list[i], style->values);
	lw_writer_fini(&w);
}

static void
json_slot(struct lw_json *j, const struct lw_m_slot *s)
{
	size_t i;

	lw_json_open_map(j, NULL);
	lw_json_text(j, "type", lw_str_from(s->type));
	lw_json_integer(j, "distinct", s->distinct);
	lw_json_bool(j, "distinct_is_estimate", s->distinct_capped);
	lw_json_open_array(j, "values");
	for (i = 0; i < s->value_count; i++) {
		lw_json_open_map(j, NULL);
		lw_json_text(j, "value", s->values[i].value);
		lw_json_integer(j, "count", s->values[i].count);
		lw_json_close_map(j);
	}
	lw_json_close_array(j);
	lw_json_close_map(j);
}

static void
json_template(struct lw_json *j, const struct lw_m_templates *m, const struct lw_m_template *t,
    bool with_values)
{
	size_t i;

	lw_json_open_map(j, NULL);
	lw_json_text(j, "id", t->id);
	lw_json_text(j, "template", t->text);
	lw_json_integer(j, "count", t->count);
	lw_json_number(j, "share", share(m, t));
	lw_json_text_or_null(j, "severity", t->severity);
	lw_json_time(j, "first_seen", t->first_ns);
	lw_json_time(j, "last_seen", t->last_ns);
	lw_json_text(j, "example", t->example);
	lw_json_bool(j, "is_stack", t->is_stack);
	if (with_values) {
		lw_json_open_array(j, "slots");
		for (i = 0; i < t->slot_count; i++)
			json_slot(j, &t->slots[i]);
		lw_json_close_array(j);
	}
	lw_json_close_map(j);
}

static void
write_json(
    struct lw_buf *out, const struct lw_m_templates *m, const struct lw_templates_style *style)
{
	struct lw_json j;
	size_t i;

	if (!lw_json_init(&j, out, &no_report, &style->style))
		return;
	lw_json_open_map(&j, NULL);
	lw_json_text(&j, "schema", LW_STR(LW_TEMPLATES_SCHEMA));
	lw_json_open_map(&j, "generator");
	lw_json_text(&j, "name", LW_STR("logwhy"));
	lw_json_text(&j, "version", m->version);
	lw_json_close_map(&j);
	lw_json_integer(&j, "messages", m->messages);
	lw_json_integer(&j, "templates_found", m->templates);
	lw_json_integer(&j, "malformed", m->malformed);
	lw_json_integer(&j, "folded", m->folded);
	lw_json_open_array(&j, "templates");
	for (i = 0; i < m->count; i++)
		json_template(&j, m, &m->list[i], style->values);
	lw_json_close_array(&j);
	lw_json_close_map(&j);
	lw_json_fini(&j);
}

bool
lw_write_templates(struct lw_buf *out, const char *format, const struct lw_m_templates *m,
    const struct lw_templates_style *style)
{
	if (strcmp(format, "text") == 0)
		write_text(out, m, style);
	else if (strcmp(format, "md") == 0)
		write_md(out, m, style);
	else if (strcmp(format, "json") == 0)
		write_json(out, m, style);
	else
		return false;
	return true;
}
