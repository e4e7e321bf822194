/* observe.c - duplicates, filters, rules, unknown messages, counts. */
#include "observe.h"

#include <stdlib.h>
#include <string.h>

#include "entry/stack.h"
#include "entry/stitch.h"

#define STITCH_BYTES ((size_t)8 << 20) /* of pieces put aside, over all threads together */

#define TAG_COUNTED \
	UINT64_C(256) /* of a piece that was counted when it came; else its enum lw_fragment */

struct lw_observer {
	struct lw_dedupe *dedupe;
	struct lw_filter filter;
	const struct lw_catalog *catalog;
	struct lw_scanner *scanner;
	struct lw_clusterer *clusters;
	struct lw_tally *tally;
	struct lw_stitcher *stitcher;
	bool shares;          /* the stitcher is another observer's */
	struct lw_entry soon; /* to be seen next, with its key */
	uint64_t soon_key;
	bool has_soon;
	bool failed;
};

struct lw_observer *
lw_observer_new(const struct lw_catalog *catalog, struct lw_dedupe *dedupe,
    const struct lw_filter *filter, int64_t step_ns)
{
	struct lw_observer *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->dedupe = dedupe;
	o->filter = *filter;
	o->catalog = catalog;
	o->scanner = lw_scanner_new(catalog);
	o->clusters = lw_clusterer_new(0);
	o->tally = lw_tally_new(catalog, step_ns, (struct lw_ceilings){0});
	o->stitcher = lw_stitcher_new(STITCH_BYTES);
	if (o->scanner == NULL || o->clusters == NULL || o->tally == NULL || o->stitcher == NULL) {
		lw_observer_free(o);
		return NULL;
	}
	return o;
}

void
lw_observer_free(struct lw_observer *o)
{
	if (o == NULL)
		return;
	if (!o->shares)
		lw_stitcher_free(o->stitcher);
	lw_tally_free(o->tally);
	lw_clusterer_free(o->clusters);
	lw_scanner_free(o->scanner);
	free(o);
}

void
lw_observer_share(struct lw_observer *o, const struct lw_observer *with)
{
	lw_stitcher_free(o->stitcher);
	o->stitcher = with->stitcher;
	o->shares = true;
}

/* Words of letters before a hit on its line, brackets aside: more than one, and the hit is quoted
 * by somebody else. */
static unsigned
words_before(struct lw_str line)
{
	unsigned words = 0, brackets = 0;
	size_t i, letters = 0;

	for (i = 0; i <= line.n; i++) {
		char c = i < line.n ? line.p[i] : ' ';
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (c == '[' || c == '(')
			brackets++;
		else if ((c == ']' || c == ')') && brackets > 0)
			brackets--;
		if (letter && brackets == 0) {
			letters++;
		} else if (c == ' ' || c == '\t') {
			words += letters >= 3;
			letters = 0;
		}
	}
	return words;
}

static struct lw_str
line_before(struct lw_str message, size_t at)
{
	size_t from = at;

	while (from > 0 && message.p[from - 1] != '\n')
		from--;
	return lw_str_make(message.p + from, at - from);
}

/*
 * Does another error of the same trace wrap what was hit?  Either its own line
 * quotes it behind more than a type, or the hit lies in an exception that the
 * trace gives as the cause or context of the one on the surface.
 */
static bool
is_wrapped(const struct lw_entry *e, const struct lw_hit *hit, bool quoted)
{
	const struct lw_exception *surface;
	size_t surface_at, i;

	if (e->stack == NULL)
		return false;
	surface = &e->stack->exceptions[0];
	if (surface->type.p < e->clean.p || surface->type.p >= e->clean.p + e->clean.n)
		return false;
	surface_at = (size_t)(surface->type.p - e->clean.p);
	if (quoted)
		return hit->start >= surface_at;
	for (i = 1; i < e->stack->exception_count; i++) {
		const struct lw_exception *x = &e->stack->exceptions[i];
		size_t at = (size_t)(x->type.p - e->clean.p);

		if (x->type.p >= e->clean.p && at != surface_at && hit->end > at &&
		    hit->start <= at + x->type.n + 2 + x->message.n)
			return true;
	}
	return false;
}

/* The mark of a message that no rule knows, or of the error that wraps a known one. */
static bool
mark_unknown(struct lw_observer *o, const struct lw_entry *e, struct lw_mark *m)
{
	*m = (struct lw_mark){.rule = LW_NO_RULE, .chain = e->severity >= LW_SEV_WARNING};
	if (!lw_cluster_add(o->clusters, e->clean, e->stack, &m->signature)) {
		o->failed = true;
		return false;
	}
	return true;
}

/*
 * The mark of the exception at the end of a trace's chain, by its own line, so
 * that it counts as the same thing wherever it is raised.  False where the chain
 * names no other one than what surfaced.
 */
static bool
mark_inner(struct lw_observer *o, const struct lw_entry *e, struct lw_mark *m)
{
	char outer[LW_SAMPLE_MAX_BYTES], inner[LW_SAMPLE_MAX_BYTES];
	const struct lw_exception *x;
	size_t n;

	if (e->stack == NULL || e->stack->exception_count < 2)
		return false;
	x = e->stack->exceptions;
	n = lw_raised_line(&x[e->stack->exception_count - 1], inner, sizeof(inner));
	if (n == 0 || x[e->stack->exception_count - 1].type.n == 0 ||
	    (n == lw_raised_line(x, outer, sizeof(outer)) && memcmp(outer, inner, n) == 0))
		return false;
	*m = (struct lw_mark){
	    .rule = LW_NO_RULE, .chain = e->severity >= LW_SEV_WARNING, .inner = true};
	if (!lw_cluster_add(o->clusters, lw_str_make(inner, n), NULL, &m->signature)) {
		o->failed = true;
		return false;
	}
	return true;
}

/* What an entry shows: its rules, or its template and that of the cause which its trace names. */
static size_t
marks_of(
    struct lw_observer *o, const struct lw_entry *e, struct lw_hit *hits, struct lw_mark *marks)
{
	size_t n, i, count = 0;
	bool wrapped = false, named = false; /* the wrapping error has a rule of its own */

	if (e->insight)
		return 0;
	n = lw_scan(o->scanner, e->clean, e, hits, LW_SCAN_MAX_HITS);
	for (i = 0; i < n; i++) {
		const struct lw_rule *rule = lw_catalog_rule(o->catalog, hits[i].rule);
		bool quoted = words_before(line_before(e->clean, hits[i].start)) > 1;
		bool inner = rule->role == LW_ROLE_CAUSE && is_wrapped(e, &hits[i], quoted);

		wrapped = wrapped || inner;
		named = named || rule->role == LW_ROLE_SYMPTOM;
		marks[count++] = (struct lw_mark){.rule = hits[i].rule,
		    .hit = &hits[i],
		    .rank = inner && quoted ? 2
			    : quoted        ? 1
					    : 0,
		    .chain = rule->role != LW_ROLE_ADVISORY && rule->severity >= LW_SEV_WARNING};
	}
	if (n == 0 ? e->severity >= LW_SEV_WARNING && lw_str_trim(e->clean).n > 0
		   : wrapped && !named) {
		count += mark_unknown(o, e, &marks[count]);
		if (n == 0)
			count += mark_inner(o, e, &marks[count]);
	}
	return count;
}

static bool
is_left_out(const struct lw_filter *f, const struct lw_entry *e)
{
	if (f->service != NULL && !lw_str_eq(e->service, lw_str_from(f->service)))
		return true;
	if (f->since_ns == LW_TIME_NONE && f->until_ns == LW_TIME_NONE)
		return false;
	if (e->time_ns == LW_TIME_NONE)
		return true;
	return (f->since_ns != LW_TIME_NONE && e->time_ns < f->since_ns) ||
	       (f->until_ns != LW_TIME_NONE && e->time_ns >= f->until_ns);
}

/*
 * Is it to be put together with its neighbours?  Lines of a text file are
 * joined by the framing already, and tell no instance.
 */
static bool
is_piece(const struct lw_entry *e)
{
	return (e->instance.n > 0 || e->log_name.n > 0) && lw_stitcher_wants(e);
}

/* A line between two traces that says no more than how they hang together; "Caused by: X" says
 * more, and is of its trace. */
static bool
is_bridge(const struct lw_entry *e)
{
	return e->fragment == LW_FRAGMENT_BRIDGE && !lw_str_starts(e->clean, LW_STR("Caused by"));
}

/*
 * The line with the exception says by itself what happened: it is counted at
 * once, so that no count hangs on the ceiling of what is put aside.
 */
static bool
speaks_alone(const struct lw_entry *e)
{
	return !e->split.present && (e->fragment == LW_FRAGMENT_RAISED || is_bridge(e));
}

static void
see(struct lw_observer *o, const struct lw_entry *e, uint64_t key)
{
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	struct lw_mark marks[LW_SCAN_MAX_HITS + 1];

	if (e->insert_id.n > 0 && lw_dedupe_seen(o->dedupe, key)) {
		o->tally->totals.duplicates++;
		return;
	}
	if (is_left_out(&o->filter, e)) {
		o->tally->totals.filtered++;
		return;
	}
	if (is_bridge(e))
		lw_tally_bridge(
		    o->tally, e, lw_str_find(e->clean, LW_STR("direct cause")) != LW_NPOS);
	if (is_piece(e)) {
		if (!lw_stitcher_add(o->stitcher, e, speaks_alone(e) ? TAG_COUNTED : e->fragment))
			o->failed = true;
		if (!speaks_alone(e)) {
			lw_tally_entry(o->tally, e, key, NULL, 0);
			return;
		}
	}
	lw_tally_entry(o->tally, e, key, marks, marks_of(o, e, hits, marks));
}

void
lw_observe(struct lw_observer *o, const struct lw_entry *e)
{
	see(o, e, lw_entry_key(e));
}

void
lw_observe_soon(struct lw_observer *o, const struct lw_entry *e)
{
	uint64_t key = lw_entry_key(e);

	if (e->insert_id.n > 0)
		lw_dedupe_expect(o->dedupe, key);
	lw_observe_rest(o);
	o->soon = *e;
	o->soon_key = key;
	o->has_soon = true;
}

void
lw_observe_rest(struct lw_observer *o)
{
	if (o->has_soon)
		see(o, &o->soon, o->soon_key);
	o->has_soon = false;
}

void
lw_observer_merge(struct lw_observer *o, struct lw_observer *from)
{
	o->failed = o->failed || from->failed;
	lw_tally_merge(o->tally, from->tally);
	if (!lw_clusterer_merge(o->clusters, from->clusters))
		o->failed = true;
	if (from->stitcher != o->stitcher && !lw_stitcher_merge(o->stitcher, from->stitcher))
		o->failed = true;
}

struct joining {
	struct lw_observer *o;
	struct lw_decoder *decoder;
};

/* Bytes of a joined message that were counted when they came: the line of the exception, first or
 * last. */
static void
counted_part(const struct lw_stitched *m, struct lw_str message, size_t *from, size_t *to)
{
	const char *end;
	size_t i;

	*from = *to = 0;
	if (m->tags[0] == TAG_COUNTED) {
		end = memchr(message.p, '\n', message.n);
		*to = end == NULL ? message.n : (size_t)(end - message.p);
	} else if (m->tags[m->entry_count - 1] == TAG_COUNTED) {
		message = lw_str_trim(message);
		for (i = message.n; i > 0 && message.p[i - 1] != '\n'; i--)
			;
		*from = i;
		*to = message.n;
	}
}

/* A message that was put together: what it shows beyond the line that was counted already. */
static void
on_joined(void *arg, const struct lw_stitched *m, size_t index)
{
	struct joining *j = arg;
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	struct lw_mark marks[LW_SCAN_MAX_HITS + 1];
	struct lw_entry e;
	size_t n, i, kept = 0, from, to;
	/* A frame without its trace says nothing that a rule does not know. */
	bool lone_frame = m->entry_count == 1 && m->tags[0] == LW_FRAGMENT_FRAME;

	(void)index;
	if (m->entry_count == 1 && m->tags[0] == TAG_COUNTED)
		return;
	if (lw_decode_message(j->decoder, &m->base, m->message, &e) != LW_OK) {
		j->o->failed = true;
		return;
	}
	counted_part(m, e.clean, &from, &to);
	n = marks_of(j->o, &e, hits, marks);
	for (i = 0; i < n; i++) {
		bool counted;

		if (marks[i].rule != LW_NO_RULE)
			counted = marks[i].hit->start >= from && marks[i].hit->start < to;
		else
			counted = (to > from && !marks[i].inner) || lone_frame;
		if (!counted)
			marks[kept++] = marks[i];
	}
	lw_tally_marks(j->o->tally, &e, marks, kept);
}

void
lw_observer_finish(struct lw_observer *o)
{
	struct joining j = {o, lw_decoder_new()};

	if (j.decoder == NULL || !lw_stitcher_finish(o->stitcher, on_joined, &j))
		o->failed = true;
	lw_decoder_free(j.decoder);
	lw_tally_settle(o->tally);
	if (!lw_clusters_finish(o->clusters))
		o->failed = true;
}

struct lw_tally *
lw_observer_tally(const struct lw_observer *o)
{
	return o->tally;
}

struct lw_clusterer *
lw_observer_clusters(const struct lw_observer *o)
{
	return o->clusters;
}

uint64_t
lw_observer_dropped(const struct lw_observer *o)
{
	return lw_stitcher_dropped(o->stitcher);
}

bool
lw_observer_ok(const struct lw_observer *o)
{
	return !o->failed && !o->tally->failed;
}
