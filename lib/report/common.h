/*
 * common.h - what the writers share: safe text, numbers, the shape of a series.
 *
 * Private to lib/report.  A writer is one struct lw_writer on the stack of
 * its write function; nothing here is shared between threads.
 */
#ifndef LW_REPORT_COMMON_H
#define LW_REPORT_COMMON_H

#include "base/buf.h"
#include "report/report.h"

#define LW_NUMBER_BYTES 48 /* room for any number text and its NUL */
#define LW_SPARK_MAX 64    /* columns of a sparkline, at most */

struct lw_writer {
	struct lw_buf *out;
	const struct lw_report *r;
	struct lw_report_style style;
	struct lw_buf redacted, safe; /* scratch, see lw_safe */
};

void lw_writer_init(struct lw_writer *w, struct lw_buf *out, const struct lw_report *r,
    const struct lw_report_style *style);
void lw_writer_fini(struct lw_writer *w); /* a scratch buffer that failed makes *out fail */

/* s with its secrets replaced where the style asks for it; valid until the next call of this or
 * lw_safe. */
struct lw_str lw_redacted(struct lw_writer *w, struct lw_str s);

/*
 * s redacted, as valid UTF-8 on one line in which every character can be
 * seen: tabs are blanks, newline and carriage return are "\n" and "\r", other
 * hidden characters "\x1b" or "\u{202e}", bytes of no character "\xff".  Blanks
 * at both ends are cut.  Valid until the next call.
 */
struct lw_str lw_safe(struct lw_writer *w, struct lw_str s);

/* The longest start of safe text that fits max columns with "..." behind it; all of it where it
 * fits.  *cut says which. */
struct lw_str lw_fit(struct lw_str safe, size_t max, bool *cut);

/* x in plain decimal, at most six significant digits below 1 and six decimals above, no exponent,
 * no locale; what is no finite number is 0. */
size_t lw_number_format(double x, char buf[LW_NUMBER_BYTES]);

/* x of 0..1 as "7.5 %"; below 0.1 % more digits, so that few is never none; never 100 % unless all.
 */
size_t lw_percent_format(double x, char buf[LW_NUMBER_BYTES]);

/* x brought into 0..1, with at most two decimals. */
size_t lw_confidence_format(double x, char buf[LW_NUMBER_BYTES]);

/* "1.2 MB" in powers of ten. */
size_t lw_bytes_format(uint64_t bytes, char buf[LW_NUMBER_BYTES]);

/* A time to the second, for headings. */
size_t lw_time_short(int64_t ns, char buf[LW_TIME_TEXT_BYTES]);

/* to - from without overflow; 0 where one of them is unknown or to is before from. */
int64_t lw_span_ns(int64_t from_ns, int64_t to_ns);

const char *lw_status_name(enum lw_m_status status); /* "healthy", ... */
const char *lw_severity_label(size_t index);         /* "DEFAULT" .. "EMERGENCY" */

/* "75 errors (7.5 %), 60 more by their text" */
void lw_add_errors(struct lw_buf *out, const struct lw_m_totals *t);

/* "1 entry", "75 entries": n and the noun in its number. */
void lw_add_count(struct lw_buf *out, uint64_t n, const char *one, const char *many);

/* "75 entries on 15 instances"; without instances the entries alone. */
void lw_add_extent(struct lw_buf *out, uint64_t entries, uint64_t instances);

/*
 * The series over the report's period as `columns` block characters, one scale
 * from 1 to its own maximum; a column without events is a middle dot.  A step
 * wider than a column fills all that it covers.
 * columns is at most LW_SPARK_MAX.  Nothing where the period is unknown.
 */
void lw_add_spark(struct lw_buf *out, const struct lw_report *r, const struct lw_m_windows *windows,
    size_t columns);

/* "360 of 4000 requests failed (9 %)" */
void lw_add_felt(struct lw_buf *out, const struct lw_m_incident *in);

/* How many requests of another service failed for the same root, where any were seen to. */
void lw_add_also(struct lw_buf *out, const struct lw_m_also *also);

/*
 * What kind of link it is, with its numbers: "sequence, 15 of 15, 81 ms before";
 * numbers that the link's own text names are left out.
 */
void lw_add_link(struct lw_buf *out, const struct lw_m_link *link);

/* Whether why i of an incident is one more hypothesis for the question of the one before. */
bool lw_is_alternative(const struct lw_m_incident *incident, size_t i);

/* Whether a why's finding leaves out its extent, so that it has to be said beside it. */
bool lw_needs_extent(const struct lw_m_why *why);

/* Whether a capture says more than the cluster's title: it has several values, or one that is not
 * in the title. */
bool lw_capture_adds(const struct lw_m_cluster *cluster, const struct lw_m_capture *capture);

/* The why that ends the observed part of a chain: the root; NULL where nothing was observed. */
const struct lw_m_why *lw_root_why(const struct lw_m_incident *incident);

/*
 * "2 min 10 s before the onset of incident 1": when a change came, seen from the
 * incident that it bears on; nothing where there is none.  The number is left
 * out where there is one incident.
 */
void lw_add_lead(struct lw_buf *out, const struct lw_report *r, const struct lw_m_change *change);

/*
 * What a row of the comparison says, but for its title: "50 entries, 12 before
 * (12.5 an hour, 3 before)" of a cluster; when it was there, gone and back of an
 * incident.
 */
void lw_add_cluster_then(
    struct lw_buf *out, const struct lw_m_comparison *c, const struct lw_m_compared *m);
void lw_add_incident_then(struct lw_buf *out, const struct lw_m_compared *m);

/* "Counts are compared per hour", with the reason. */
const char *lw_unit_text(const struct lw_m_comparison *c);

/* "failing: 0 of 5 starts came up, tried up to 25 s, from .. to .."; nothing where no start was
 * seen.
 */
void lw_add_startup(struct lw_buf *out, const struct lw_m_startup *s);

/* "failed on 5 of 5 instances", "passed on 3 of 5 instances, 1.2 s (median)" */
void lw_add_phase(struct lw_buf *out, const struct lw_m_phase *phase);

/* "Phase 3 of 7"; nothing where it has no number. */
void lw_add_phase_number(struct lw_buf *out, const struct lw_m_phase *phase);

#define LW_COMPARED_SHOWN 20 /* clusters of a comparison in text and md */

#define LW_CHANGES_SHOWN 40 /* in text and md */

/*
 * Whether change i is among the LW_CHANGES_SHOWN that are shown: those that bear
 * on an incident first, then by time.
 */
bool lw_shows_change(const struct lw_report *r, size_t i);

/* Clusters to show under the style's top. */
size_t lw_shown_clusters(const struct lw_writer *w);

/* The names of the writers' functions, for the table in report.c. */
void lw_write_text(
    struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style);
void lw_write_md(
    struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style);
void lw_write_json(
    struct lw_buf *out, const struct lw_report *r, const struct lw_report_style *style);

#endif
