/* common.c - safe text and numbers for every writer. */
#include "report/common.h"

#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "report/glyph.h"
#include "report/redact.h"

void
lw_writer_init(struct lw_writer *w, struct lw_buf *out, const struct lw_report *r,
    const struct lw_report_style *style)
{
	*w = (struct lw_writer){.out = out, .r = r, .style = *style};
}

void
lw_writer_fini(struct lw_writer *w)
{
	if (!lw_buf_ok(&w->redacted) || !lw_buf_ok(&w->safe))
		w->out->failed = true;
	lw_buf_fini(&w->redacted);
	lw_buf_fini(&w->safe);
}

/* Empties a scratch buffer without forgetting that it failed. */
static void
restart(struct lw_buf *b)
{
	if (!b->failed)
		lw_buf_reset(b);
}

struct lw_str
lw_redacted(struct lw_writer *w, struct lw_str s)
{
	if (!w->style.redact)
		return s;
	restart(&w->redacted);
	(void)lw_redact(&w->redacted, s);
	/* A redaction that failed half-way must not fall back to the secret. */
	return lw_buf_ok(&w->redacted) ? lw_buf_str(&w->redacted) : lw_str_make(NULL, 0);
}

static void
add_visible(struct lw_buf *out, uint32_t c)
{
	if (c == '\t')
		lw_buf_addc(out, ' ');
	else if (c == '\n')
		lw_buf_addz(out, "\\n");
	else if (c == '\r')
		lw_buf_addz(out, "\\r");
	else if (!lw_glyph_hidden(c))
		lw_utf8_add(out, c);
	else if (c < 0x100)
		lw_buf_printf(out, "\\x%02x", (unsigned)c);
	else
		lw_buf_printf(out, "\\u{%x}", (unsigned)c);
}

struct lw_str
lw_safe(struct lw_writer *w, struct lw_str s)
{
	uint32_t c;
	size_t n;

	s = lw_str_trim(lw_redacted(w, s));
	restart(&w->safe);
	while (s.n > 0) {
		n = lw_utf8_next(s, &c);
		if (n == 0) {
			lw_buf_printf(&w->safe, "\\x%02x", (unsigned)(unsigned char)s.p[0]);
			n = 1;
		} else {
			add_visible(&w->safe, c);
		}
		s = lw_str_make(s.p + n, s.n - n);
	}
	return lw_buf_ok(&w->safe) ? lw_buf_str(&w->safe) : lw_str_make(NULL, 0);
}

struct lw_str
lw_fit(struct lw_str safe, size_t max, bool *cut)
{
	size_t at = 0, columns = 0, room = 0, n;
	uint32_t c;

	while ((n = lw_utf8_next(lw_str_make(safe.p + at, safe.n - at), &c)) > 0) {
		columns += lw_glyph_width(c);
		if (columns > max) {
			*cut = true;
			return lw_str_make(safe.p, room);
		}
		at += n;
		if (columns + 3 <= max)
			room = at;
	}
	*cut = false;
	return safe;
}

size_t
lw_number_format(double x, char buf[LW_NUMBER_BYTES])
{
	double scale = 1e6;
	int decimals = 6, n = 0;
	uint64_t v, unit = 1000000;

	if (!isfinite(x) || x > 9e12 || x < -9e12)
		x = 0;
	if (x < 0) {
		x = -x;
		buf[n++] = '-';
	}
	while (x > 0 && decimals < 15 && x * scale < 1e5) {
		scale *= 10;
		unit *= 10;
		decimals++;
	}
	v = (uint64_t)(x * scale + 0.5);
	if (v == 0)
		n = 0;
	n += snprintf(buf + n, (size_t)(LW_NUMBER_BYTES - n), "%llu.%0*llu",
	    (unsigned long long)(v / unit), decimals, (unsigned long long)(v % unit));
	while (buf[n - 1] == '0')
		n--;
	if (buf[n - 1] == '.')
		n--;
	buf[n] = '\0';
	return (size_t)n;
}

size_t
lw_percent_format(double x, char buf[LW_NUMBER_BYTES])
{
	double step = 10, percent = isfinite(x) ? x * 100 : 0;
	size_t n;

	if (percent < 0)
		percent = 0;
	if (percent > 1e6)
		percent = 1e6;
	while (percent > 0 && step < 1e9 && percent * step < 1)
		step *= 10;
	while (percent < 100 && step < 1e9 && percent * step + 0.5 >= 100 * step)
		step *= 10;
	n = lw_number_format((double)(uint64_t)(percent * step + 0.5) / step, buf);
	return n + (size_t)snprintf(buf + n, LW_NUMBER_BYTES - n, " %%");
}

size_t
lw_confidence_format(double x, char buf[LW_NUMBER_BYTES])
{
	if (!(x > 0))
		x = 0;
	if (x > 1)
		x = 1;
	return lw_number_format((double)(int)(x * 100 + 0.5) / 100, buf);
}

size_t
lw_bytes_format(uint64_t bytes, char buf[LW_NUMBER_BYTES])
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
	uint64_t unit = 1;
	size_t i = 0;

	while (bytes / unit >= 1000 && i + 1 < sizeof(units) / sizeof(units[0])) {
		unit *= 1000;
		i++;
	}
	if (bytes / unit >= 100 || unit == 1)
		return (size_t)snprintf(
		    buf, LW_NUMBER_BYTES, "%llu %s", (unsigned long long)(bytes / unit), units[i]);
	return (size_t)snprintf(buf, LW_NUMBER_BYTES, "%llu.%llu %s",
	    (unsigned long long)(bytes / unit), (unsigned long long)(bytes % unit / (unit / 10)),
	    units[i]);
}

size_t
lw_time_short(int64_t ns, char buf[LW_TIME_TEXT_BYTES])
{
	int64_t part = ns == LW_TIME_NONE ? 0 : ns % LW_NS_PER_S;

	if (part < 0)
		part = ns >= INT64_MIN + LW_NS_PER_S ? part + LW_NS_PER_S : 0;
	return lw_time_format(ns == LW_TIME_NONE ? ns : ns - part, buf);
}

int64_t
lw_span_ns(int64_t from_ns, int64_t to_ns)
{
	if (from_ns == LW_TIME_NONE || to_ns == LW_TIME_NONE || to_ns <= from_ns)
		return 0;
	if (from_ns < 0 && to_ns > INT64_MAX + from_ns)
		return INT64_MAX;
	return to_ns - from_ns;
}

const char *
lw_status_name(enum lw_m_status status)
{
	switch (status) {
	case LW_STATUS_HEALTHY:
		return "healthy";
	case LW_STATUS_DEGRADED:
		return "degraded";
	case LW_STATUS_FAILING:
		return "failing";
	}
	return "healthy";
}

const char *
lw_severity_label(size_t index)
{
	static const char *const names[LW_MODEL_SEVERITIES] = {"DEFAULT", "DEBUG", "INFO", "NOTICE",
	    "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"};

	return index < LW_MODEL_SEVERITIES ? names[index] : "DEFAULT";
}

void
lw_add_count(struct lw_buf *out, uint64_t n, const char *one, const char *many)
{
	lw_buf_printf(out, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
}

void
lw_add_errors(struct lw_buf *out, const struct lw_m_totals *t)
{
	char buf[LW_NUMBER_BYTES];

	lw_add_count(out, t->errors, "error", "errors");
	if (t->errors > 0) {
		(void)lw_percent_format(t->error_ratio, buf);
		lw_buf_printf(out, " (%s)", buf);
	}
	if (t->errors_in_text > 0)
		lw_buf_printf(
		    out, ", %llu more by their text", (unsigned long long)t->errors_in_text);
}

void
lw_add_extent(struct lw_buf *out, uint64_t entries, uint64_t instances)
{
	lw_add_count(out, entries, "entry", "entries");
	if (instances > 0) {
		lw_buf_addz(out, " on ");
		lw_add_count(out, instances, "instance", "instances");
	}
}

static size_t
spark_column(int64_t from_ns, int64_t t_ns, int64_t width_ns, size_t columns)
{
	int64_t column = lw_span_ns(from_ns, t_ns) / width_ns;

	return column >= (int64_t)columns ? columns - 1 : (size_t)column;
}

/* Steps that share a column add up; wide ones only meet in one, and the higher is shown. */
static void
spark_put(uint64_t *column, uint64_t n, bool wide)
{
	if (n > UINT64_MAX / 16)
		n = UINT64_MAX / 16;
	if (wide)
		*column = n > *column ? n : *column;
	else
		*column = *column > UINT64_MAX / 16 - n ? UINT64_MAX / 16 : *column + n;
}

void
lw_add_spark(struct lw_buf *out, const struct lw_report *r, const struct lw_m_windows *windows,
    size_t columns)
{
	static const char *const blocks[] = {
	    "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
	uint64_t sum[LW_SPARK_MAX] = {0}, most = 1;
	int64_t width, t, period = lw_span_ns(r->from_ns, r->to_ns);
	size_t i, column, last;

	if (period == 0 || columns == 0 || columns > LW_SPARK_MAX)
		return;
	width = period / (int64_t)columns + 1;
	for (i = 0; i < windows->point_count; i++) {
		t = windows->series[i].t_ns;
		last = column = spark_column(r->from_ns, t, width, columns);
		if (r->step_ns > width && t <= INT64_MAX - r->step_ns)
			last = spark_column(r->from_ns, t + r->step_ns - 1, width, columns);
		for (; column <= last; column++) {
			spark_put(&sum[column], windows->series[i].n, r->step_ns > width);
			if (sum[column] > most)
				most = sum[column];
		}
	}
	for (i = 0; i < columns; i++)
		lw_buf_addz(out, sum[i] == 0 ? "\u00b7" : blocks[(sum[i] * 8 - 1) / most]);
}

static bool
contains(struct lw_str s, const char *part)
{
	return lw_str_find(s, lw_str_from(part)) != LW_NPOS;
}

void
lw_add_link(struct lw_buf *out, const struct lw_m_link *link)
{
	char part[2 * LW_NUMBER_BYTES], lag[LW_TIME_TEXT_BYTES], spread[LW_TIME_TEXT_BYTES];
	/* A rule stands behind a link or it does not: there is nothing to count. */
	bool counted = strcmp(link->kind, "catalogue") != 0;

	lw_buf_addz(out, link->kind);
	(void)snprintf(part, sizeof(part), "%llu of %llu", (unsigned long long)link->n,
	    (unsigned long long)link->of);
	if (counted && link->of > 1 && !contains(link->text, part))
		lw_buf_printf(out, ", %s", part);
	else if (counted && link->of == 0 && link->n > 0)
		lw_buf_printf(out, ", %llu times", (unsigned long long)link->n);
	if (link->has_lag && link->median_lag_s >= 0 && link->median_lag_s < 1e9) {
		(void)lw_duration_format((int64_t)(link->median_lag_s * 1e9), lag);
		if (!contains(link->text, lag))
			lw_buf_printf(out, ", %s before", lag);
		if (link->lag_spread_s >= 0.001 && link->lag_spread_s < 1e9) {
			(void)lw_duration_format((int64_t)(link->lag_spread_s * 1e9), spread);
			lw_buf_printf(out, ", spread %s", spread);
		}
	}
}

void
lw_add_felt(struct lw_buf *out, const struct lw_m_incident *in)
{
	double share = in->requests_seen == 0
			   ? 0
			   : 100 * (double)in->requests_failed / (double)in->requests_seen;

	lw_buf_printf(out, "%llu of %llu requests failed (%.3g %%)",
	    (unsigned long long)in->requests_failed, (unsigned long long)in->requests_seen, share);
}

void
lw_add_also(struct lw_buf *out, const struct lw_m_also *also)
{
	if (also->requests_seen > 0)
		lw_buf_printf(out, " (%llu of %llu requests)",
		    (unsigned long long)also->requests_failed,
		    (unsigned long long)also->requests_seen);
}

bool
lw_is_alternative(const struct lw_m_incident *incident, size_t i)
{
	const struct lw_m_why *y = incident->whys;

	return i > 0 && !y[i].observed && !y[i - 1].observed &&
	       lw_str_eq(y[i].question, y[i - 1].question);
}

bool
lw_needs_extent(const struct lw_m_why *why)
{
	struct lw_buf b = {0};
	bool needed;

	if (why->count == 0)
		return false;
	lw_add_extent(&b, why->count, why->instances);
	needed = !lw_buf_ok(&b) || !contains(why->finding, b.p);
	lw_buf_fini(&b);
	return needed;
}

bool
lw_capture_adds(const struct lw_m_cluster *cluster, const struct lw_m_capture *capture)
{
	return capture->value_count > 1 ||
	       (capture->value_count == 1 &&
		   lw_str_find(cluster->title, capture->values[0].value) == LW_NPOS);
}

const struct lw_m_why *
lw_root_why(const struct lw_m_incident *incident)
{
	const struct lw_m_why *root = NULL;
	size_t i;

	for (i = 0; i < incident->why_count; i++)
		if (incident->whys[i].observed)
			root = &incident->whys[i];
	return root;
}

size_t
lw_shown_clusters(const struct lw_writer *w)
{
	size_t n = w->r->cluster_count;

	return w->style.top > 0 && n > w->style.top ? w->style.top : n;
}

void
lw_add_lead(struct lw_buf *out, const struct lw_report *r, const struct lw_m_change *change)
{
	char buf[LW_TIME_TEXT_BYTES];
	size_t i;

	if (change->relation == NULL)
		return;
	if (change->incident.n == 0) {
		lw_buf_addz(out, "bears on no incident");
		return;
	}
	(void)lw_duration_format(change->lead_ns < 0 ? -change->lead_ns : change->lead_ns, buf);
	lw_buf_printf(out, "%s %s the onset", buf, change->relation);
	for (i = 0; r->incident_count > 1 && i < r->incident_count; i++)
		if (lw_str_eq(r->incidents[i].id, change->incident))
			lw_buf_printf(out, " of incident %u", (unsigned)(i + 1));
}

bool
lw_shows_change(const struct lw_report *r, size_t i)
{
	size_t related = 0, before = 0, k;
	bool bears = r->changes[i].incident.n > 0;

	for (k = 0; k < r->change_count; k++) {
		bool other = r->changes[k].incident.n > 0;

		related += other;
		before += k < i && other == bears;
	}
	return before + (bears ? 0 : related) < LW_CHANGES_SHOWN;
}

const char *
lw_unit_text(const struct lw_m_comparison *c)
{
	if (strcmp(c->unit, "requests") == 0)
		return "The periods differ in length: counts are compared per 1000 requests.";
	if (strcmp(c->unit, "hours") == 0)
		return "The periods differ in length: counts are compared per hour.";
	return "Counts are compared as they are.";
}

void
lw_add_cluster_then(
    struct lw_buf *out, const struct lw_m_comparison *c, const struct lw_m_compared *m)
{
	const char *unit = strcmp(c->unit, "requests") == 0 ? "per 1000 requests" : "an hour";
	char before[LW_NUMBER_BYTES], after[LW_NUMBER_BYTES];

	lw_add_count(out, m->count_after, "entry", "entries");
	lw_buf_printf(out, ", %llu before", (unsigned long long)m->count_before);
	if (!m->has_rates || strcmp(c->unit, "counts") == 0)
		return;
	(void)snprintf(before, sizeof(before), "%.3g", m->rate_before);
	(void)snprintf(after, sizeof(after), "%.3g", m->rate_after);
	lw_buf_printf(out, " (%s %s, %s before)", after, unit, before);
}

static void
add_span(struct lw_buf *out, const char *before, int64_t from_ns, int64_t to_ns)
{
	char from[LW_TIME_TEXT_BYTES], to[LW_TIME_TEXT_BYTES];

	if (lw_time_short(from_ns, from) > 0 && lw_time_short(to_ns, to) > 0)
		lw_buf_printf(out, "%s%s to %s", before, from, to);
}

void
lw_add_incident_then(struct lw_buf *out, const struct lw_m_compared *m)
{
	char buf[LW_TIME_TEXT_BYTES];

	add_span(out, "seen ", m->before_from_ns, m->before_to_ns);
	add_span(out, ", gone ", m->gone_from_ns, m->gone_to_ns);
	if (strcmp(m->state, "gone") == 0)
		lw_buf_addz(out, ", not in this report");
	else if (lw_time_short(m->from_ns, buf) > 0)
		lw_buf_printf(out, "%s%s%s",
		    m->before_from_ns == LW_TIME_NONE     ? ""
		    : strcmp(m->state, "regression") == 0 ? ", back "
							  : ", here ",
		    "since ", buf);
}

void
lw_add_startup(struct lw_buf *out, const struct lw_m_startup *s)
{
	char a[LW_TIME_TEXT_BYTES], b[LW_TIME_TEXT_BYTES];

	if (s->verdict == NULL)
		return;
	lw_buf_printf(out, "%s: %llu of %llu starts came up", s->verdict,
	    (unsigned long long)s->came_up, (unsigned long long)s->starts);
	if (s->healthy_max_ns != LW_TIME_NONE) {
		(void)lw_duration_format(s->healthy_median_ns, a);
		(void)lw_duration_format(s->healthy_max_ns, b);
		lw_buf_printf(out, " in %s (median), at most %s", a, b);
	}
	if (s->failed > 0) {
		(void)lw_duration_format(s->tried_median_ns, a);
		(void)lw_duration_format(s->tried_max_ns, b);
		lw_buf_printf(out, "; %llu failed after %s (median), at most %s",
		    (unsigned long long)s->failed, a, b);
	}
	if (lw_time_short(s->failing_from_ns, a) > 0 && lw_time_short(s->failing_to_ns, b) > 0)
		lw_buf_printf(out, "; none has come up since %s, until %s", a, b);
}

void
lw_add_phase_number(struct lw_buf *out, const struct lw_m_phase *phase)
{
	if (phase->tenths == 0)
		return;
	lw_buf_printf(out, "%u", phase->tenths / 10);
	if (phase->tenths % 10 != 0)
		lw_buf_printf(out, ".%u", phase->tenths % 10);
	if (phase->total > 0)
		lw_buf_printf(out, "/%u", phase->total);
}

void
lw_add_phase(struct lw_buf *out, const struct lw_m_phase *phase)
{
	uint64_t open = phase->instances - phase->passed - phase->failed;
	char buf[LW_TIME_TEXT_BYTES];

	if (phase->failed > 0)
		lw_buf_printf(out, "failed on %llu", (unsigned long long)phase->failed);
	if (phase->passed > 0)
		lw_buf_printf(out, "%spassed on %llu", phase->failed > 0 ? ", " : "",
		    (unsigned long long)phase->passed);
	if (open > 0)
		lw_buf_printf(out, "%sbegun, no end in the log, on %llu",
		    open < phase->instances ? ", " : "", (unsigned long long)open);
	lw_buf_printf(out, " of ");
	lw_add_count(out, phase->instances, "instance", "instances");
	if (phase->median_ns != LW_TIME_NONE) {
		(void)lw_duration_format(phase->median_ns, buf);
		lw_buf_printf(out, ", after %s (median)", buf);
	}
}
