/*
 * split.c - one failure for two reasons is two failures.
 *
 * A vertex is a cluster in a service over the whole input.  Where its events
 * fall into parts that different causes came before, at different times, each
 * part becomes a vertex of its own, so that each has its own links, period and
 * evidence.
 */
#include <stdlib.h>

#include "why/chain.h"
#include "why/linker.h"

#define MAX_CAUSES 16     /* looked at for one vertex */
#define MIN_EVENTS 3      /* that make a part */
#define BUSY 4            /* events of an instance, from which on any two things are near there */
#define MIN_SHARE 20      /* a part is at least one in so many of the events */
#define NO_PART UINT8_MAX /* no cause came before */

struct cause {
	uint32_t vertex;
	enum lw_scope kind; /* of the scope that ties it to the effect: trace, instance or system */
	int64_t reach_ns;   /* how far back it may lie there */
	uint64_t n;         /* scopes or events of the effect that it came before */
};

struct reason { /* the causes that may divide one vertex */
	struct cause causes[MAX_CAUSES];
	uint32_t count;
};

struct moment { /* an event of the vertex at hand */
	int64_t at_ns;
	uint64_t entry_key;
	uint32_t event;
	uint16_t mask; /* which of the causes came before it */
	uint8_t part;
};

struct splitter {
	struct lw_analysis *a;
	struct reason *reasons; /* by vertex, of the first vertex_count */
	uint16_t *masks;        /* by event */
	struct moment *moments; /* by vertex, time */
	uint32_t *first;        /* by vertex: into moments; one more behind the last */
	uint32_t vertex_count;  /* before any was split */
};

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))

static int
most_first(const void *pa, const void *pb)
{
	const struct cause *a = pa, *b = pb;
	int c = LESS(b->n, a->n);

	return c != 0 ? c : LESS(a->vertex, b->vertex);
}

/* By what scope does the cause hang together with the effect?  By time where neither traces nor
 * instances tell. */
static struct cause
cause_of(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	const struct lw_vertex *effect = &a->vertices[f->effect];
	struct cause c = {f->cause, LW_SCOPE_SYSTEM, LW_NEARBY_NS, f->preceded};
	enum lw_scope scope;

	(void)lw_link_confidence(f, &scope);
	if (scope == LW_SCOPE_TRACE) {
		c.kind = scope;
		c.n = f->traces;
		c.reach_ns = lw_scope_horizon(scope);
	} else if (f->traced) {
		c.n = 0;
	} else if (scope == LW_SCOPE_INSTANCE && effect->sum.count < BUSY * f->instances_of) {
		c.kind = scope;
		c.n = f->instances;
		c.reach_ns = lw_scope_horizon(scope);
	}
	return c;
}

/*
 * Is it seen before more of the effect than chance would have it?  Where only time
 * ties them, each effect must follow a cause of its own, and the cause be rare where
 * there is no effect: what comes all the time is near to everything.
 */
static bool
stands_out(const struct lw_analysis *a, const struct lw_link_facts *f, const struct cause *c)
{
	double p, q, contrast = lw_link_contrast(f), closeness = lw_link_closeness(a, f);

	if (c->kind != LW_SCOPE_SYSTEM)
		return contrast < 0 || contrast >= 0.5;
	if (f->steps_of < LW_CONTRAST_STEPS || f->nearby_of == 0)
		return false;
	if (closeness < 0 || closeness > LW_CLOSE)
		return false;
	if (a->vertices[f->cause].weak && a->vertices[f->cause].sum.count * 2 < f->preceded)
		return false;
	p = (double)f->preceded / (double)f->nearby_of;
	q = 1 - (double)f->steps / (double)f->steps_of;
	return q <= p / 2;
}

/* May it be why a part of the effect happened?  It lies deeper, and where it is, the effect mostly
 * follows.  What came once before many effects has them all. */
static bool
may_divide(const struct lw_analysis *a, const struct lw_link_facts *f, const struct cause *c)
{
	const struct lw_vertex *effect = &a->vertices[f->effect], *cause = &a->vertices[f->cause];

	if (!cause->candidate || c->n < MIN_EVENTS || lw_link_is_onset(f))
		return false;
	if (effect->service != cause->service)
		return lw_chain_is_named(a, f->effect, f->cause) && stands_out(a, f, c);
	if (cause->depth < LW_DEPTH_UNKNOWN || cause->depth < effect->depth)
		return false;
	if (c->kind != LW_SCOPE_SYSTEM && c->n * 2 < cause->scopes[c->kind])
		return false;
	return stands_out(a, f, c);
}

static void
find_reasons(struct splitter *s)
{
	const struct lw_analysis *a = s->a;
	uint32_t i, from, to;

	for (from = 0; from < a->link_count; from = to) {
		uint32_t effect = a->links[from].effect;
		struct reason *r = &s->reasons[effect];
		struct cause worst;

		for (to = from; to < a->link_count && a->links[to].effect == effect; to++)
			;
		if (!a->vertices[effect].candidate || a->vertices[effect].weak ||
		    a->vertices[effect].depth >= LW_DEPTH_CAUSE)
			continue;
		for (i = from; i < to; i++) {
			struct cause c = cause_of(a, &a->links[i]);

			if (!may_divide(a, &a->links[i], &c))
				continue;
			if (r->count < MAX_CAUSES) {
				r->causes[r->count++] = c;
			} else {
				worst = r->causes[MAX_CAUSES - 1];
				if (most_first(&c, &worst) < 0)
					r->causes[MAX_CAUSES - 1] = c;
			}
			if (r->count == MAX_CAUSES)
				qsort(r->causes, r->count, sizeof(c), most_first);
		}
		if (r->count > 1)
			qsort(r->causes, r->count, sizeof(r->causes[0]), most_first);
	}
}

/* Is any cause tied to its effect by this kind of scope? */
static bool
is_asked_for(const struct splitter *s, enum lw_scope kind)
{
	uint32_t v, k;

	for (v = 0; v < s->vertex_count; v++)
		for (k = 0; k < s->reasons[v].count; k++)
			if (s->reasons[v].causes[k].kind == kind)
				return true;
	return false;
}

/* Note on each event which of the causes that this kind of scope ties to it came before it. */
static bool
mark_events(struct splitter *s, enum lw_scope kind)
{
	const struct lw_analysis *a = s->a;
	size_t n = a->tally->event_count + (size_t)1;
	struct lw_ref *refs = malloc(n * sizeof(*refs));
	struct last {
		int64_t at_ns;
		uint32_t scope; /* the number of the scope it was seen in, from 1 on */
	} *last = calloc(a->vertex_count + (size_t)1, sizeof(*last));
	uint32_t i, k, count, scope = 0;

	if (refs == NULL || last == NULL) {
		free(refs);
		free(last);
		return false;
	}
	count = lw_refs_collect(a, kind, true, refs);
	for (i = 0; i < count; i++) {
		const struct lw_ref *r = &refs[i];
		const struct reason *why = &s->reasons[r->vertex];

		scope += i == 0 || refs[i].scope != refs[i - 1].scope;
		for (k = 0; k < why->count; k++) {
			const struct last *c = &last[why->causes[k].vertex];
			int64_t reach_ns = why->causes[k].reach_ns;

			if (why->causes[k].kind == kind && c->scope == scope &&
			    (r->start_ns - c->at_ns <= reach_ns || r->at_ns - c->at_ns <= reach_ns))
				s->masks[r->event] |= (uint16_t)(1u << k);
		}
		last[r->vertex] =
		    (struct last){r->slack ? r->at_ns - LW_REQUEST_SLACK_NS : r->at_ns, scope};
	}
	free(refs);
	free(last);
	return true;
}

static int
by_time(const void *pa, const void *pb)
{
	const struct moment *a = pa, *b = pb;
	int c = LESS(a->at_ns, b->at_ns);

	if (c == 0)
		c = LESS(a->entry_key, b->entry_key);
	return c != 0 ? c : LESS(a->event, b->event);
}

/* The events of each vertex by time. */
static void
place_moments(struct splitter *s)
{
	const struct lw_analysis *a = s->a;
	const struct lw_tally *t = a->tally;
	uint32_t i, v, n = 0;

	for (i = 0; i < t->event_count; i++)
		if (a->vertex_of_event[i] != LW_NO_VERTEX)
			s->first[a->vertex_of_event[i] + 1]++;
	for (v = 0; v < s->vertex_count; v++)
		s->first[v + 1] += s->first[v];
	for (i = 0; i < t->event_count; i++) {
		v = a->vertex_of_event[i];
		if (v == LW_NO_VERTEX)
			continue;
		s->moments[s->first[v]++] =
		    (struct moment){t->events[i].effect_ns, t->events[i].entry_key, i, 0, NO_PART};
	}
	for (v = s->vertex_count; v > 0; v--)
		s->first[v] = s->first[v - 1];
	s->first[0] = 0;
	for (v = 0; v < s->vertex_count; v++) {
		n = s->first[v + 1] - s->first[v];
		if (n > 1)
			qsort(s->moments + s->first[v], n, sizeof(*s->moments), by_time);
	}
}

/* The time of a part but for its first and last twentieth. */
static void
core_of(const struct moment *m, uint32_t n, uint8_t part, int64_t *from_ns, int64_t *to_ns)
{
	uint32_t i, of = 0, at = 0;

	for (i = 0; i < n; i++)
		of += m[i].part == part;
	*from_ns = *to_ns = LW_TIME_NONE;
	for (i = 0; i < n; i++) {
		if (m[i].part != part)
			continue;
		if (at == of / 20)
			*from_ns = m[i].at_ns;
		if (at == of - 1 - of / 20)
			*to_ns = m[i].at_ns;
		at++;
	}
}

/*
 * Do two parts happen at times of their own?  Two faces of one trouble come
 * together.  Where each event has one of two causes, never both, less will do: that
 * a third of the whole time is of one alone.
 */
static bool
at_different_times(const struct moment *m, uint32_t n, uint8_t x, uint8_t y, bool apart)
{
	int64_t x_from, x_to, y_from, y_to, common, shorter, whole;

	core_of(m, n, x, &x_from, &x_to);
	core_of(m, n, y, &y_from, &y_to);
	common = (x_to < y_to ? x_to : y_to) - (x_from > y_from ? x_from : y_from);
	shorter = x_to - x_from < y_to - y_from ? x_to - x_from : y_to - y_from;
	whole = (x_to > y_to ? x_to : y_to) - (x_from < y_from ? x_from : y_from);
	return common <= shorter / 2 || (apart && common <= whole / 3 * 2);
}

/* Did no cause that came before an event of part x come before one of part y? */
static bool
are_apart(const struct moment *m, uint32_t n, uint8_t x, uint8_t y, uint16_t traced)
{
	uint16_t of_x = 0, of_y = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (m[i].part == x)
			of_x |= m[i].mask;
		else if (m[i].part == y)
			of_y |= m[i].mask;
	}
	return (of_x & of_y) == 0 && ((of_x | of_y) & ~traced) == 0;
}

/* The cause that came before most of the events which are in no part yet, and before few of the
 * others; MAX_CAUSES where there is none. */
static uint32_t
next_cause(const struct moment *m, uint32_t n, uint32_t cause_count)
{
	uint32_t i, k, best = MAX_CAUSES, best_n = 0;

	for (k = 0; k < cause_count; k++) {
		uint32_t fresh = 0, taken = 0;

		for (i = 0; i < n; i++)
			if ((m[i].mask >> k & 1) != 0) {
				fresh += m[i].part == NO_PART;
				taken += m[i].part != NO_PART;
			}
		if (fresh < MIN_EVENTS || fresh * MIN_SHARE < n || taken * 3 > fresh)
			continue;
		if (fresh > best_n) {
			best = k;
			best_n = fresh;
		}
	}
	return best;
}

/* Events that no cause came before: with the part whose events are near in time, or by themselves.
 */
static void
place_others(struct moment *m, uint32_t n, int64_t reach_ns)
{
	uint32_t i, last = n, next = 0;

	for (i = 0; i < n; i++) {
		if (m[i].part != NO_PART) {
			last = i;
			continue;
		}
		for (next = i; next < n && m[next].part == NO_PART; next++)
			;
		if (next < n && m[next].at_ns - m[i].at_ns <= reach_ns &&
		    (last == n || m[next].at_ns - m[i].at_ns < m[i].at_ns - m[last].at_ns))
			m[i].mask = (uint16_t)(m[next].part + 1);
		else if (last < n && m[i].at_ns - m[last].at_ns <= reach_ns)
			m[i].mask = (uint16_t)(m[last].part + 1);
		else
			m[i].mask = 0;
	}
	for (i = 0; i < n; i++)
		if (m[i].part == NO_PART && m[i].mask > 0)
			m[i].part = (uint8_t)(m[i].mask - 1);
}

/* Divide the events of a vertex; returns the number of parts, 1 where it stays whole. */
static uint32_t
divide(struct moment *m, uint32_t n, const struct reason *why, int64_t reach_ns)
{
	uint16_t traced = 0; /* the causes that traces tie to their effects */
	uint32_t parts = 0, i, k, x, alone = 0;

	for (k = 0; k < why->count; k++)
		if (why->causes[k].kind == LW_SCOPE_TRACE)
			traced |= (uint16_t)(1u << k);
	while (parts < MAX_CAUSES && (k = next_cause(m, n, why->count)) < MAX_CAUSES) {
		for (i = 0; i < n; i++)
			if (m[i].part == NO_PART && (m[i].mask >> k & 1) != 0)
				m[i].part = (uint8_t)parts;
		for (x = 0; x < parts; x++)
			if (!at_different_times(m, n, (uint8_t)x, (uint8_t)parts,
				are_apart(m, n, (uint8_t)x, (uint8_t)parts, traced)))
				break;
		if (x == parts) {
			parts++;
			continue;
		}
		for (i = 0; i < n; i++) /* the same trouble by another name */
			if (m[i].part == parts)
				m[i].part = (uint8_t)x;
	}
	if (parts == 0)
		return 1;
	place_others(m, n, reach_ns);
	for (i = 0; i < n; i++)
		alone += m[i].part == NO_PART;
	for (i = 0; i < n; i++)
		if (m[i].part == NO_PART)
			m[i].part = (uint8_t)(alone >= MIN_EVENTS && alone * 10 >= n ? parts : 0);
	return parts + (alone >= MIN_EVENTS && alone * 10 >= n);
}

static bool
split_vertex(struct splitter *s, uint32_t v, bool *done)
{
	struct lw_analysis *a = s->a;
	struct moment *m = s->moments + s->first[v];
	uint32_t n = s->first[v + 1] - s->first[v], i, parts;

	if (s->reasons[v].count == 0 || n < 2 * MIN_EVENTS)
		return true;
	for (i = 0; i < n; i++)
		m[i].mask = s->masks[m[i].event];
	parts = divide(m, n, &s->reasons[v], a->window_ns);
	if (parts < 2)
		return true;
	for (i = 0; i < n; i++)
		if (m[i].part > 0)
			a->vertex_of_event[m[i].event] = a->vertex_count + m[i].part - 1;
	*done = true;
	return lw_vertex_split(a, v, parts, NULL);
}

/* Divide every vertex that has reason to; *done says whether one was. */
static bool
split_all(struct splitter *s, bool *done)
{
	static const enum lw_scope kinds[] = {LW_SCOPE_TRACE, LW_SCOPE_INSTANCE, LW_SCOPE_SYSTEM};
	bool any = false;
	uint32_t v;
	size_t i;

	find_reasons(s);
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!is_asked_for(s, kinds[i]))
			continue;
		any = true;
		if (!mark_events(s, kinds[i]))
			return false;
	}
	if (!any)
		return true;
	place_moments(s);
	for (v = 0; v < s->vertex_count; v++)
		if (!split_vertex(s, v, done))
			return false;
	return true;
}

bool
lw_why_split(struct lw_analysis *a, bool *done)
{
	size_t v = a->vertex_count + (size_t)2, n = a->tally->event_count + (size_t)1;
	struct splitter s = {.a = a, .vertex_count = a->vertex_count};
	bool ok;

	*done = false;
	s.reasons = calloc(v, sizeof(*s.reasons));
	s.first = calloc(v, sizeof(*s.first));
	s.masks = calloc(n, sizeof(*s.masks));
	s.moments = malloc(n * sizeof(*s.moments));
	ok = s.reasons != NULL && s.first != NULL && s.masks != NULL && s.moments != NULL &&
	     split_all(&s, done);
	free(s.reasons);
	free(s.first);
	free(s.masks);
	free(s.moments);
	return ok;
}
