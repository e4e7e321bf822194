/* observe.c - duplicates, filters, rules, unknown messages, counts. */
#include "observe.h"

#include <stdlib.h>
#include <string.h>

#include "entry/stitch.h"
#include "entry/wording.h"
#include "marks.h"

#define STITCH_BYTES ((size_t)3 << 19) /* of pieces put aside, over all threads together */

/* Of a piece that was counted when it came; else its enum lw_fragment. */
#define TAG_COUNTED UINT64_C(256)
#define TAG_BY_RULES UINT64_C(512) /* as far as rules know it */

struct lw_observer {
	struct lw_dedupe *dedupe;
	struct lw_dedupe_asker asker; /* of it */
	struct lw_filter filter;
	bool filters; /* the filter leaves something out */
	struct lw_scanner *scanner;
	struct lw_clusterer *clusters;
	struct lw_marker *marker;
	struct lw_wordings *aside; /* of messages that the decoder gives no number */
	struct lw_tally *tally;
	struct lw_stitcher *stitcher;
	bool shares;                 /* the stitcher is another observer's */
	const struct lw_entry *soon; /* to be seen next, with its identity; NULL: none is */
	uint64_t soon_identity;
	bool failed;
	/* By wording % LW_WORDINGS, of those that the decoder gives: it is known that no rule
	 * matches. */
	uint32_t silent[LW_WORDINGS];
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
	o->filters = filter->service != NULL || filter->since_ns != LW_TIME_NONE ||
		     filter->until_ns != LW_TIME_NONE;
	o->scanner = lw_scanner_new(catalog);
	o->clusters = lw_clusterer_new(0);
	o->marker = lw_marker_new(catalog, o->scanner, o->clusters);
	o->aside = lw_wordings_new();
	o->tally = lw_tally_new(catalog, step_ns, (struct lw_ceilings){0});
	o->stitcher = lw_stitcher_new(STITCH_BYTES);
	if (o->scanner == NULL || o->clusters == NULL || o->marker == NULL || o->aside == NULL ||
	    o->tally == NULL || o->stitcher == NULL) {
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
	lw_wordings_free(o->aside);
	lw_marker_free(o->marker);
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

static bool
is_left_out(const struct lw_filter *f, const struct lw_entry *e)
{
	if (f->service != NULL && !lw_entry_is_of(e, lw_str_from(f->service)))
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

/* A line between two traces that says no more than how they hang together; "Caused by: X" and
 * "---> X" say more, and are of their trace. */
static bool
is_bridge(const struct lw_entry *e)
{
	return e->fragment == LW_FRAGMENT_BRIDGE &&
	       (lw_str_starts(e->clean, LW_STR("The above exception")) ||
		   lw_str_starts(e->clean, LW_STR("During handling")));
}

/*
 * The line with the exception says by itself what happened: it is counted at
 * once, so that no count hangs on the ceiling of what is put aside.
 */
static bool
speaks_alone(const struct lw_entry *e)
{
	return !e->split.present && (e->fragment == LW_FRAGMENT_RAISED ||
					e->fragment == LW_FRAGMENT_NAMED || is_bridge(e));
}

static uint64_t
tag_of(const struct lw_entry *e)
{
	if (!speaks_alone(e))
		return e->fragment;
	return e->severity >= LW_SEV_WARNING ? TAG_COUNTED : TAG_COUNTED | TAG_BY_RULES;
}

static size_t
marks_of(
    struct lw_observer *o, const struct lw_entry *e, struct lw_hit *hits, struct lw_mark *marks)
{
	size_t n;

	if (is_bridge(e))
		return 0;
	if (!lw_marks_find(o->marker, e, hits, marks, &n))
		o->failed = true;
	return n;
}

/* By a look at no more than what is known of its wording: does the entry show nothing? */
static inline bool
shows_nothing(const struct lw_observer *o, const struct lw_entry *e)
{
	return o->silent[e->wording % LW_WORDINGS] == e->wording && e->wording != 0 &&
	       e->severity < LW_SEV_WARNING && e->stack == NULL;
}

/* The number of a message that the decoder gives none; 0 where it did not come before. */
static uint32_t
number_aside(struct lw_wordings *w, struct lw_str message)
{
	const struct lw_wording *known = lw_wordings_find(w, message);
	uint32_t number = known != NULL ? known->number : 0;

	if (known == NULL && lw_wordings_came(w))
		number = lw_wordings_keep(w, 0, LW_SEV_DEFAULT);
	return number == 0 ? 0 : number | LW_WORDING_ASIDE;
}

static void
count(struct lw_observer *o, const struct lw_entry *e)
{
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	struct lw_mark marks[LW_MAX_MARKS];
	struct lw_entry numbered;

	size_t n;

	if (e->wording == 0 && e->stack == NULL) {
		numbered = *e;
		numbered.wording = number_aside(o->aside, e->clean);
		e = &numbered;
	}
	n = marks_of(o, e, hits, marks);
	if (e->wording < LW_WORDING_ASIDE && lw_scan_finds_nothing(o->scanner, e))
		o->silent[e->wording % LW_WORDINGS] = e->wording;
	lw_tally_entry(o->tally, e, marks, n);
}

/* Put the entry aside where it is a piece.  False where it is to be counted as any other. */
static bool
put_aside(struct lw_observer *o, const struct lw_entry *e)
{
	if (is_bridge(e))
		lw_tally_bridge(
		    o->tally, e, lw_str_find(e->clean, LW_STR("direct cause")) != LW_NPOS);
	if (!is_piece(e))
		return false;
	if (!lw_stitcher_add(o->stitcher, e, tag_of(e)))
		o->failed = true;
	if (speaks_alone(e))
		return false;
	lw_tally_entry(o->tally, e, NULL, 0);
	return true;
}

static void
see(struct lw_observer *o, const struct lw_entry *e, uint64_t identity)
{
	if (identity != 0 && lw_dedupe_seen(o->dedupe, &o->asker, identity)) {
		o->tally->totals.duplicates++;
		return;
	}
	if (o->filters && is_left_out(&o->filter, e)) {
		o->tally->totals.filtered++;
		return;
	}
	if ((e->fragment != LW_FRAGMENT_NONE || e->split.present) && put_aside(o, e))
		return;
	if (shows_nothing(o, e))
		lw_tally_entry(o->tally, e, NULL, 0);
	else
		count(o, e);
}

/* For the table of duplicates; 0: it can be none.  Most logs come in order of time: the entries of
 * an eighth of a second are near each other. */
static uint64_t
identity_of(const struct lw_entry *e)
{
	if (e->insert_id.n == 0)
		return 0;
	return lw_dedupe_key(lw_entry_identity(e), (uint64_t)e->time_ns >> 27);
}

void
lw_observe(struct lw_observer *o, const struct lw_entry *e)
{
	see(o, e, identity_of(e));
}

void
lw_observe_soon(struct lw_observer *o, const struct lw_entry *e)
{
	uint64_t identity = identity_of(e);

	if (identity != 0)
		lw_dedupe_expect(o->dedupe, identity);
	lw_observe_rest(o);
	o->soon = e;
	o->soon_identity = identity;
}

void
lw_observe_rest(struct lw_observer *o)
{
	const struct lw_entry *e = o->soon;

	o->soon = NULL;
	if (e != NULL)
		see(o, e, o->soon_identity);
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
	if ((m->tags[0] & TAG_COUNTED) != 0) {
		end = memchr(message.p, '\n', message.n);
		*to = end == NULL ? message.n : (size_t)(end - message.p);
	} else if ((m->tags[m->entry_count - 1] & TAG_COUNTED) != 0) {
		message = lw_str_trim(message);
		for (i = message.n; i > 0 && message.p[i - 1] != '\n'; i--)
			;
		*from = i;
		*to = message.n;
	}
}

/* Where in the message a mark stands; 0 where that is not known. */
static size_t
place_of(const struct lw_entry *e, const struct lw_mark *mark)
{
	const struct lw_exception *x;

	if (mark->rule != LW_NO_RULE)
		return mark->hit->start;
	if (e->stack == NULL)
		return 0;
	x = &e->stack->exceptions[mark->inner ? e->stack->exception_count - 1 : 0];
	if (x->type.p < e->clean.p || x->type.p >= e->clean.p + e->clean.n)
		return 0;
	return (size_t)(x->type.p - e->clean.p);
}

/* *e as the piece that says the mark: what the reader looks up. */
static void
find_piece(const struct lw_stitched *m, const struct lw_entry *e, struct lw_mark *mark,
    struct lw_entry *said)
{
	size_t at = place_of(e, mark), i = 0;

	if (e->clean.p != m->message.p) /* what was cleaned stands elsewhere */
		return;
	while (i + 1 < m->entry_count && m->pieces[i + 1].start <= at)
		i++;
	*said = *e;
	said->insert_id = m->pieces[i].insert_id;
	said->time_ns = m->pieces[i].time_ns;
	mark->said = said;
}

/* A message that was put together: what it shows beyond the line that was counted already. */
static void
on_joined(void *arg, const struct lw_stitched *m, size_t index)
{
	struct joining *j = arg;
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	struct lw_mark marks[LW_MAX_MARKS];
	struct lw_entry e, said[LW_MAX_MARKS];
	size_t n, i, kept = 0, from, to;
	uint64_t tags = m->tags[0] | m->tags[m->entry_count - 1];
	/* A frame without its trace says nothing that a rule does not know. */
	bool lone_frame = m->entry_count == 1 && m->tags[0] == LW_FRAGMENT_FRAME;

	(void)index;
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
			counted = (to > from && (tags & TAG_BY_RULES) == 0 && !marks[i].inner) ||
				  lone_frame;
		if (counted)
			continue;
		find_piece(m, &e, &marks[i], &said[kept]);
		marks[kept++] = marks[i];
	}
	lw_tally_marks(j->o->tally, &e, marks, kept);
}

void
lw_observer_finish(struct lw_observer *o)
{
	struct joining j = {o, lw_decoder_new()};

	if (j.decoder == NULL || !lw_stitcher_finish(o->stitcher, TAG_COUNTED, on_joined, &j))
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
lw_observer_fresh(const struct lw_observer *o)
{
	return o->asker.fresh;
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
