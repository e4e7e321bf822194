/*
 * stitch.c - collecting pieces, and taking them apart into messages.
 *
 * The ceiling is kept by a threshold on the scope's hash: what is above it is
 * dropped, also when it comes later, so that which scopes survive does not
 * depend on order.
 */
#include "entry/stitch.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "entry/piece.h"

#define STRETCH_NS \
	(120 * LW_NS_PER_S) /* of lines that may be of no trace: kept or dropped whole \
			     */

struct heap {
	struct lw_piece **pieces;
	struct lw_origins origins;
	size_t count, room;
	size_t bytes, max_bytes; /* the first without the origins */
	bool by_stretch;         /* scopes are dropped by stretches of time */
	uint64_t threshold;      /* what is drawn above it is dropped */
	uint64_t dropped;
};

struct lw_stitcher {
	pthread_mutex_t lock; /* for adding */
	struct heap sure;     /* pieces; in the end, all that are left */
	struct heap named;    /* lines that may be a piece */
};

struct lw_stitcher *
lw_stitcher_new(size_t max_bytes)
{
	struct lw_stitcher *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	if (pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return NULL;
	}
	s->sure.max_bytes = max_bytes == 0 ? LW_STITCH_BYTES : max_bytes;
	s->named.max_bytes = s->sure.max_bytes / 4;
	s->named.by_stretch = true;
	s->sure.threshold = s->named.threshold = UINT64_MAX;
	return s;
}

static void
clear(struct heap *h)
{
	size_t i;

	for (i = 0; i < h->count; i++)
		free(h->pieces[i]);
	lw_origins_fini(&h->origins);
	h->count = 0;
	h->bytes = 0;
}

void
lw_stitcher_free(struct lw_stitcher *s)
{
	if (s == NULL)
		return;
	clear(&s->sure);
	clear(&s->named);
	free(s->sure.pieces);
	free(s->named.pieces);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* What raises goes to standard error, without a severity or with a high one. */
static bool
may_raise(const struct lw_entry *e)
{
	return !e->severity_known || e->severity >= LW_SEV_ERROR;
}

bool
lw_stitcher_wants(const struct lw_entry *e)
{
	if (e->split.present)
		return true;
	switch (e->fragment) {
	case LW_FRAGMENT_START:
	case LW_FRAGMENT_FRAME:
	case LW_FRAGMENT_BRIDGE:
	case LW_FRAGMENT_RAISED:
		return true;
	case LW_FRAGMENT_NAMED:
		return may_raise(e);
	case LW_FRAGMENT_NONE:
	case LW_FRAGMENT_WHOLE:
		break;
	}
	return false;
}

static uint64_t
scope_of(const struct lw_entry *e)
{
	uint64_t h = lw_hash_str(e->service, 1);

	if (e->split.present) /* parts of one message are told by their uid alone */
		return lw_hash_pair(lw_hash_str(e->split.uid, 2), 2);
	h = lw_hash_str(e->resource_type, h);
	h = lw_hash_str(e->project, h);
	h = lw_hash_str(e->instance, h);
	return lw_hash_mix(lw_hash_str(e->log_name, h));
}

static bool
grow(struct heap *h, size_t more)
{
	size_t room = h->room == 0 ? 64 : h->room;
	struct lw_piece **pieces;

	while (room < h->count + more)
		room *= 2;
	if (room == h->room)
		return true;
	pieces = realloc(h->pieces, room * sizeof(*pieces));
	if (pieces == NULL)
		return false;
	h->pieces = pieces;
	h->room = room;
	return true;
}

/* What decides whether a piece is dropped. */
static uint64_t
draw_of(const struct heap *h, uint64_t scope, int64_t time_ns)
{
	return h->by_stretch ? lw_hash_mix(lw_hash_pair(scope, (uint64_t)(time_ns / STRETCH_NS)))
			     : scope;
}

/* Keep the pieces at or below the threshold. */
static void
drop_above(struct heap *h)
{
	size_t i, kept = 0;

	for (i = 0; i < h->count; i++) {
		struct lw_piece *p = h->pieces[i];

		if (draw_of(h, p->scope, p->time_ns) <= h->threshold) {
			h->pieces[kept++] = p;
			continue;
		}
		h->bytes -= lw_piece_bytes(p);
		h->dropped++;
		free(p);
	}
	h->count = kept;
	lw_origins_sweep(&h->origins, h->pieces, h->count);
}

static void
keep_ceiling(struct heap *h)
{
	while (h->bytes + h->origins.bytes > h->max_bytes && h->threshold != 0) {
		h->threshold /= 2;
		drop_above(h);
	}
}

/* The lock is held. */
static bool
add(struct heap *h, const struct lw_entry *e, uint64_t scope, uint64_t tag)
{
	struct lw_piece *p;

	if (draw_of(h, scope, e->time_ns) > h->threshold) {
		h->dropped++;
		return true;
	}
	if (!grow(h, 1))
		return false;
	p = lw_piece_new(&h->origins, e);
	if (p == NULL)
		return false;
	p->scope = scope;
	p->tag = tag;
	h->pieces[h->count++] = p;
	h->bytes += lw_piece_bytes(p);
	keep_ceiling(h);
	return true;
}

bool
lw_stitcher_add(struct lw_stitcher *s, const struct lw_entry *e, uint64_t tag)
{
	bool named = e->fragment == LW_FRAGMENT_NAMED && !e->split.present, ok;
	uint64_t scope = scope_of(e);

	(void)pthread_mutex_lock(&s->lock);
	ok = add(named ? &s->named : &s->sure, e, scope, tag);
	(void)pthread_mutex_unlock(&s->lock);
	return ok;
}

/* Move the pieces of `from`; it is empty afterwards.  False where memory ran out. */
static bool
move(struct heap *into, struct heap *from)
{
	bool ok = grow(into, from->count);
	size_t i;

	for (i = 0; ok && i < from->count; i++) {
		struct lw_piece *p = from->pieces[i];

		ok = lw_piece_move(p, &into->origins);
		if (!ok)
			break;
		into->pieces[into->count++] = p;
		into->bytes += lw_piece_bytes(p);
	}
	for (; i < from->count; i++)
		free(from->pieces[i]);
	from->count = 0;
	clear(from);
	return ok;
}

static bool
merge(struct heap *into, struct heap *from)
{
	if (!move(into, from))
		return false;
	into->dropped += from->dropped;
	from->dropped = 0;
	if (from->threshold < into->threshold)
		into->threshold = from->threshold;
	drop_above(into);
	keep_ceiling(into);
	return true;
}

bool
lw_stitcher_merge(struct lw_stitcher *into, struct lw_stitcher *from)
{
	bool sure = merge(&into->sure, &from->sure), named = merge(&into->named, &from->named);

	return sure && named;
}

uint64_t
lw_stitcher_dropped(const struct lw_stitcher *s)
{
	return s->sure.dropped;
}

/*
 * Insert ids of one writer count up, so that they order what has one time; the text decides
 * the rest.  Where there is no time at all, only the caller's tag can tell.
 */
static int
in_order(const void *a, const void *b)
{
	const struct lw_piece *x = *(struct lw_piece *const *)a, *y = *(struct lw_piece *const *)b;
	int c;

	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	if (lw_piece_is_split(x) && x->split_index != y->split_index)
		return x->split_index < y->split_index ? -1 : 1;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	c = lw_str_cmp(lw_piece_insert_id(x), lw_piece_insert_id(y));
	if (c == 0 && x->time_ns != LW_TIME_NONE)
		c = lw_str_cmp(lw_piece_message(x), lw_piece_message(y));
	if (c == 0)
		c = x->tag < y->tag ? -1 : x->tag > y->tag;
	return c;
}

/* Handing out. */
struct output {
	lw_stitched_fn *fn;
	void *arg;
	uint64_t known; /* bits of tags */
	struct lw_buf text;
	uint64_t *tags;
	struct lw_stitched_piece *pieces;
	size_t room;             /* of both */
	size_t index;            /* of the next message */
	enum lw_chain_link link; /* set by a bridge for the next message */
	const struct lw_piece
	    *last; /* last piece of the last trace of the scope, NULL where there is none */
	size_t last_index;
};

/* b comes at most the gap after a, in order as they are sorted. */
static bool
follows(const struct lw_piece *a, const struct lw_piece *b)
{
	if (a->time_ns == LW_TIME_NONE || b->time_ns == LW_TIME_NONE)
		return a->time_ns == b->time_ns;
	return (uint64_t)b->time_ns - (uint64_t)a->time_ns <= (uint64_t)LW_STITCH_GAP_NS;
}

static bool
make_room(struct output *o, size_t n)
{
	uint64_t *tags;
	struct lw_stitched_piece *pieces;

	if (n <= o->room)
		return true;
	tags = realloc(o->tags, n * sizeof(*tags));
	if (tags == NULL)
		return false;
	o->tags = tags;
	pieces = realloc(o->pieces, n * sizeof(*pieces));
	if (pieces == NULL)
		return false;
	o->pieces = pieces;
	o->room = n;
	return true;
}

/* The next message is the last one so far. */
static void
count_message(struct output *o, const struct lw_piece *last)
{
	o->link = LW_CHAIN_NONE;
	o->last = last;
	o->last_index = o->index++;
}

/* pieces[0..n) as one message, joined by `between`. */
static bool
hand_out(struct output *o, struct lw_piece *const *pieces, size_t n, const char *between,
    bool trace, bool whole)
{
	struct lw_stitched m = {.entry_count = n, .whole = whole};
	size_t i;

	if (n == 1 && (pieces[0]->tag & o->known) != 0) {
		count_message(o, trace ? pieces[0] : NULL);
		return true;
	}
	if (!make_room(o, n))
		return false;
	lw_piece_entry(pieces[0], &m.base);
	lw_buf_reset(&o->text);
	for (i = 0; i < n; i++) {
		struct lw_entry e;

		lw_piece_entry(pieces[i], &e);
		if (e.severity > m.base.severity) {
			m.base.severity = e.severity;
			m.base.severity_known = e.severity_known;
			m.base.severity_field = e.severity_field;
		}
		if (i > 0 &&
		    (o->text.n == 0 || *between == '\0' || o->text.p[o->text.n - 1] != '\n'))
			lw_buf_addz(&o->text, between);
		o->tags[i] = pieces[i]->tag;
		o->pieces[i] = (struct lw_stitched_piece){o->text.n, e.insert_id, e.time_ns};
		if (o->text.n + e.message.n <= LW_STITCH_MESSAGE_BYTES)
			lw_buf_addstr(&o->text, e.message);
	}
	if (!lw_buf_ok(&o->text))
		return false;
	m.message = lw_buf_str(&o->text);
	m.tags = o->tags;
	m.pieces = o->pieces;
	if (o->link != LW_CHAIN_NONE && o->last != NULL && follows(o->last, pieces[0])) {
		m.link = o->link;
		m.previous = o->last_index;
	}
	o->fn(o->arg, &m, o->index);
	count_message(o, trace ? pieces[n - 1] : NULL);
	return true;
}

static bool
python_header(const struct lw_piece *p)
{
	return lw_str_starts(lw_piece_message(p), LW_STR("Traceback "));
}

/* Rust says what it panicked for on the next line. */
static bool
rust_header(const struct lw_piece *p)
{
	return lw_str_starts(lw_piece_message(p), LW_STR("thread '"));
}

/* "Caused by:" and "[cause]:" go on inside a trace; the bridges of Python stand between two. */
static enum lw_chain_link
bridge_link(const struct lw_piece *p)
{
	if (lw_str_starts(lw_piece_message(p), LW_STR("The above exception")))
		return LW_CHAIN_CAUSE;
	if (lw_str_starts(lw_piece_message(p), LW_STR("During handling")))
		return LW_CHAIN_CONTEXT;
	return LW_CHAIN_NONE;
}

/* Does the piece go on with a trace that was begun?  *last is set where it ends it. */
static bool
goes_on(struct lw_piece *const *p, size_t i, bool *last)
{
	bool python = lw_piece_fragment(p[0]) == LW_FRAGMENT_START && python_header(p[0]);

	switch (lw_piece_fragment(p[i])) {
	case LW_FRAGMENT_FRAME:
		return true;
	case LW_FRAGMENT_BRIDGE:
		return bridge_link(p[i]) == LW_CHAIN_NONE && !python;
	case LW_FRAGMENT_RAISED:
		*last = true;
		return python && i > 1;
	case LW_FRAGMENT_NAMED:
		*last = python;
		return python ? i > 1 : i == 1 && rust_header(p[0]);
	case LW_FRAGMENT_START:
	case LW_FRAGMENT_NONE:
	case LW_FRAGMENT_WHOLE:
		break;
	}
	return false;
}

/* How many pieces from p[0] on are one trace; 1 where p[0] starts none. */
static size_t
trace_length(struct lw_piece *const *p, size_t n)
{
	enum lw_fragment first = lw_piece_fragment(p[0]);
	bool last = false;
	size_t i;

	if (first != LW_FRAGMENT_START && first != LW_FRAGMENT_RAISED && first != LW_FRAGMENT_NAMED)
		return 1;
	for (i = 1; i < n && !last && follows(p[i - 1], p[i]) && goes_on(p, i, &last); i++)
		;
	return i;
}

static bool
hand_out_traces(struct output *o, struct lw_piece *const *p, size_t n)
{
	size_t i = 0, length;

	o->last = NULL;
	o->link = LW_CHAIN_NONE;
	while (i < n) {
		if (lw_piece_fragment(p[i]) == LW_FRAGMENT_BRIDGE &&
		    bridge_link(p[i]) != LW_CHAIN_NONE && o->last != NULL) {
			enum lw_chain_link link = bridge_link(p[i]);
			const struct lw_piece *last = o->last;
			size_t index = o->last_index;

			o->link = LW_CHAIN_NONE;
			if (!hand_out(o, p + i, 1, "", false, true))
				return false;
			o->link = link;
			o->last = last;
			o->last_index = index;
			i++;
			continue;
		}
		length = trace_length(p + i, n - i);
		if (!hand_out(o, p + i, length, "\n",
			length > 1 || lw_piece_fragment(p[i]) == LW_FRAGMENT_WHOLE, true))
			return false;
		i += length;
	}
	return true;
}

/* The parts of one uid, in order; a part that came twice counts once. */
static bool
hand_out_split(struct output *o, struct lw_piece **p, size_t n)
{
	struct lw_entry first;
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (kept == 0 || p[i]->split_index != p[kept - 1]->split_index) {
			struct lw_piece *x = p[kept];

			p[kept++] = p[i];
			p[i] = x;
		}
	o->last = NULL;
	o->link = LW_CHAIN_NONE;
	lw_piece_entry(p[0], &first);
	return hand_out(o, p, kept, "", false, kept == first.split.total);
}

bool
lw_stitcher_finish(struct lw_stitcher *s, uint64_t known, lw_stitched_fn *fn, void *arg)
{
	struct output o = {.fn = fn, .arg = arg, .known = known};
	struct heap *h = &s->sure;
	bool ok = move(h, &s->named);
	size_t i, n;

	if (h->count > 1)
		qsort(h->pieces, h->count, sizeof(*h->pieces), in_order);
	for (i = 0; ok && i < h->count; i += n) {
		for (n = 1; i + n < h->count && h->pieces[i + n]->scope == h->pieces[i]->scope; n++)
			;
		ok = lw_piece_is_split(h->pieces[i]) ? hand_out_split(&o, h->pieces + i, n)
						     : hand_out_traces(&o, h->pieces + i, n);
	}
	lw_buf_fini(&o.text);
	free(o.tags);
	free(o.pieces);
	clear(h);
	return ok;
}
