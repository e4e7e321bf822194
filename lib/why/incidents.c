/*
 * incidents.c - which chains are incidents: what is serious enough to start
 * one, what belongs to one that is open already, and what it rests on.
 */
#include <stdlib.h>

#include "why/chain.h"
#include "why/private.h"

#define FEW 24

struct opener {
	struct lw_analysis *a;
	bool *used;      /* by vertex: part of an incident, or explained by one */
	bool *part;      /* by vertex: of the incident at hand */
	uint32_t *parts; /* the vertices that are */
	uint32_t part_count;
	uint32_t *queue; /* used vertices whose links were not followed yet */
	uint32_t queued;
	struct lw_entries *entries;
};

/* At least 3 entries that are one in `of` of the service's; fewer where they are one in 5. */
static bool
is_share(const struct lw_vertex *v, const struct lw_service *s, uint64_t of)
{
	return v->sum.count * (v->sum.count < 3 ? 5 : of) >= s->entries;
}

/*
 * Many errors for at least a window, and none before or after, are held against what the service
 * logs meanwhile.
 */
static bool
is_share_meanwhile(
    const struct lw_analysis *a, const struct lw_vertex *v, const struct lw_service *s, uint64_t of)
{
	const struct lw_tally *t = a->tally;
	int64_t span_ns = v->sum.last_ns - v->sum.first_ns;
	double part = (double)span_ns / (double)(t->to_ns - t->from_ns + 1);

	if (v->sum.count <= FEW || span_ns < a->window_ns || lw_is_even(a, v))
		return false;
	return (double)(v->sum.count * of) >= (double)s->entries * part;
}

/* Few entries are not spread evenly: from the first to the last quarter, and in both halves? */
static bool
is_spread(const struct lw_tally *t, const struct lw_vertex *v)
{
	int64_t half_ns = t->from_ns + (t->to_ns - t->from_ns) / 2;
	int64_t quarter_ns = (t->to_ns - t->from_ns) / 4;
	uint64_t first = lw_count_span(&v->sum.series, t->from_ns, half_ns);

	return v->sum.count <= FEW && v->sum.first_ns <= t->from_ns + quarter_ns &&
	       v->sum.last_ns >= t->to_ns - quarter_ns && first * 4 >= v->sum.count &&
	       first * 4 <= v->sum.count * 3;
}

/* Does it come at one rate from the first to the last quarter of the input? */
static bool
is_steady(const struct lw_analysis *a, const struct lw_vertex *v)
{
	const struct lw_tally *t = a->tally;
	const struct lw_series *s = &v->sum.series;
	int64_t quarter_ns = (t->to_ns - t->from_ns) / 4;
	uint64_t first, last;

	if (v->sum.count < 8)
		return false;
	first = lw_count_span(s, t->from_ns, t->from_ns + quarter_ns);
	last = lw_count_span(s, t->to_ns - quarter_ns, t->to_ns);
	return (first * 8 >= v->sum.count && last * 8 >= v->sum.count) || is_spread(t, v);
}

static bool
is_now_and_then(const struct lw_analysis *a, const struct lw_vertex *v)
{
	return v->sum.count <= FEW && lw_is_even(a, v) && !lw_has_onset(a, v);
}

/* Is it made to end, and to end well? */
static bool
is_job(const struct lw_analysis *a, const struct lw_service *s)
{
	return lw_str_ends(lw_intern_get(&a->tally->names, s->type), LW_STR("_job"));
}

/*
 * Is one vertex alone reason to speak of an incident?
 *   requests   at least 3 failed, and at least 5 % of those answered meanwhile
 *              (of all, where they fail now and then all the time); or all that are
 *              in the log; where only texts speak of requests, as errors below
 *   instances  at least 2 of them failed, or one twice; one, where that is 20 %
 *              of the service's entries, or an execution of a job
 *   start-up   as instances
 *   errors     in services of which no requests are seen (where they are, an
 *              error that no request and no instance suffered from is none):
 *              at least 3 entries that are 1 % of the service's entries for a known
 *              cause and 5 % for an unknown error; fewer where they are 20 %;
 *              of those logged while it lasts, where it is a run of at least a window;
 *              not what most instances say once or twice when they start, and live;
 *              of one that comes all the time at one rate a fourth for a known cause
 *              and a third for an unknown error; likewise of few that come now and
 *              then, as chance has it; a twentieth for a known cause that does.
 *              CRITICAL and above always.
 */
static bool
serious(const struct lw_analysis *a, const struct lw_vertex *v)
{
	const struct lw_service *s = &a->tally->services[v->service];
	uint64_t good =
	    lw_count_span(&s->successes, v->sum.windows.onset_ns, v->sum.windows.end_ns);
	uint64_t failed =
	    lw_count_span(&v->sum.series, v->sum.windows.onset_ns, v->sum.windows.end_ns);

	switch (v->depth) {
	case LW_DEPTH_REQUEST:
		if (s->requests == 0) /* only a text speaks of them */
			return is_share(v, s, 100);
		if (s->by_class[5] == s->requests)
			return true;
		if (is_steady(a, v)) { /* a handful that happen to come close are no outage */
			failed = v->sum.count;
			good = s->requests - s->by_class[5];
		}
		if (v->sum.count * 20 < s->requests && lw_is_even(a, v))
			return false;
		return failed >= 3 && failed * 20 >= good;
	case LW_DEPTH_INSTANCE:
	case LW_DEPTH_STARTUP:
		return v->sum.count >= 2 || v->sum.count * 5 >= s->entries || is_job(a, s);
	default:
		break;
	}
	if (s->requests > 0 && v->sum.severity < LW_SEV_CRITICAL)
		return false;
	if (v->depth == LW_DEPTH_UNKNOWN && v->sum.instances > 0 &&
	    v->unharmed * 2 >= v->sum.instances && v->sum.count <= 2 * v->sum.instances)
		return false;
	if (v->sum.severity >= LW_SEV_CRITICAL)
		return true;
	if (is_steady(a, v))
		return is_share(v, s, v->depth == LW_DEPTH_CAUSE ? 4 : 3);
	if (v->depth != LW_DEPTH_CAUSE)
		return is_share_meanwhile(a, v, s, 20) ||
		       is_share(v, s, is_now_and_then(a, v) ? 3 : 20);
	return is_share(v, s, lw_is_even(a, v) ? 20 : 100);
}

/* Fewer failed requests will do, 10 and 1 %, where the chain ends in a cause that the catalogue
 * knows. */
static bool
lasting_trouble(const struct lw_analysis *a, const struct lw_chain *ch)
{
	const struct lw_vertex *felt = &a->vertices[ch->at[0]];
	const struct lw_series *good = &a->tally->services[felt->service].successes;

	return felt->depth == LW_DEPTH_REQUEST && felt->sum.count >= 10 && !is_steady(a, felt) &&
	       a->vertices[ch->at[ch->n - 1]].depth == LW_DEPTH_CAUSE &&
	       felt->sum.count * 100 >=
		   lw_count_span(good, felt->sum.windows.onset_ns, felt->sum.windows.end_ns);
}

static bool
chain_is_serious(const struct lw_analysis *a, const struct lw_chain *ch)
{
	size_t i;

	for (i = 0; i < ch->n; i++)
		if (!a->vertices[ch->at[i]].weak && serious(a, &a->vertices[ch->at[i]]))
			return true;
	return lasting_trouble(a, ch);
}

/* Do the two hang together well enough that one incident explains both? */
static bool
hang_together(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	const struct lw_vertex *effect = &a->vertices[f->effect], *cause = &a->vertices[f->cause];

	if (!effect->candidate || !cause->candidate || effect->weak || cause->weak)
		return false;
	if (lw_chain_is_apart(a, f))
		return false;
	if (!lw_is_one_workload(a, effect->service, cause->service))
		return lw_chain_is_call(a, f->effect, f->cause);
	return lw_link_confidence(f, NULL) >= LW_LINK_ENOUGH;
}

static void
use(struct opener *c, uint32_t vertex)
{
	if (!c->used[vertex])
		c->queue[c->queued++] = vertex;
	c->used[vertex] = true;
}

static void
take_part(struct opener *c, uint32_t vertex)
{
	if (!c->part[vertex])
		c->parts[c->part_count++] = vertex;
	c->part[vertex] = true;
}

/* Requests refused with one status and with another at the same time are one failure. */
static void
mark_refused(struct opener *c, uint32_t felt)
{
	const struct lw_analysis *a = c->a;
	const struct lw_vertex *v = &a->vertices[felt];
	uint32_t i;

	for (i = a->service_from[v->service]; v->surge && i < a->service_from[v->service + 1];
	     i++) {
		uint32_t at = a->by_service[i];
		const struct lw_vertex *other = &a->vertices[at];

		if (!other->surge || c->used[at] ||
		    other->sum.windows.onset_ns > v->sum.windows.end_ns ||
		    v->sum.windows.onset_ns > other->sum.windows.end_ns)
			continue;
		use(c, at);
		take_part(c, at);
	}
}

/* The end of a link from a vertex that is used becomes part of the incident where they hang
 * together. */
static void
follow(struct opener *c, const struct lw_link_facts *f)
{
	if (c->used[f->effect] == c->used[f->cause] || !hang_together(c->a, f))
		return;
	take_part(c, f->effect);
	take_part(c, f->cause);
	use(c, f->effect);
	use(c, f->cause);
}

/* What hangs together with the chain is explained by it, and starts no incident of its own. */
static void
mark_used(struct opener *c, const struct lw_chain *ch)
{
	const struct lw_analysis *a = c->a;
	uint32_t i, v;
	size_t k;

	while (c->part_count > 0)
		c->part[c->parts[--c->part_count]] = false;
	for (k = 0; k < ch->n; k++) {
		use(c, ch->at[k]);
		take_part(c, ch->at[k]);
	}
	mark_refused(c, ch->at[0]);
	while (c->queued > 0) {
		v = c->queue[--c->queued];
		for (i = a->effect_from[v]; i < a->effect_from[v + 1]; i++)
			follow(c, &a->links[i]);
		for (i = a->cause_from[v]; i < a->cause_from[v + 1]; i++)
			follow(c, &a->links[a->by_cause[i]]);
	}
}

static void
pick_evidence(const struct lw_analysis *a, struct lw_why *w, const struct lw_map *linked)
{
	const struct lw_vertex *v = &a->vertices[w->vertex];
	int64_t since_ns = v->sum.windows.onset_ns - (v->surge ? 0 : a->window_ns);
	size_t n = 0, pass, i, k;

	/* First the entries by which the link shows, then those of the run, then any. */
	for (pass = 0; pass < 3 && (pass < 2 || n == 0); pass++) {
		for (i = 0; i < LW_MAX_SAMPLES && v->sum.samples[i] != NULL && n < 3; i++) {
			const struct lw_sample *s = v->sum.samples[i];

			if (pass == 0 && lw_map_get(linked, s->entry_key) == LW_MAP_NONE)
				continue;
			if (pass == 1 &&
			    (n > 0 || s->time_ns < since_ns || s->time_ns > v->sum.windows.end_ns))
				continue;
			if (n > 0 && s->rank > w->evidence[0]->rank)
				continue; /* an entry that says it plainly needs no company that
					     does not */
			for (k = 0; k < n && w->evidence[k] != s; k++)
				;
			if (k == n)
				w->evidence[n++] = s;
		}
	}
}

static bool
fill_whys(const struct opener *c, struct lw_incident *inc, const struct lw_chain *ch)
{
	const struct lw_analysis *a = c->a;
	struct lw_why *whys = lw_arena_zalloc(a->arena, ch->n * sizeof(*whys));
	struct lw_map linked;
	size_t i;
	bool ok = whys != NULL;

	lw_map_init(&linked);
	for (i = 0; i < ch->n && ok; i++) {
		struct lw_why *w = &whys[i];

		w->vertex = ch->at[i];
		w->confidence = 1;
		if (i > 0) {
			w->facts = lw_link_find(a, ch->at[i - 1], ch->at[i]);
			w->confidence =
			    w->facts == NULL ? 0 : lw_link_confidence(w->facts, &w->scope);
		}
		lw_map_clear(&linked);
		if (i > 0)
			ok = lw_link_entries(c->entries, ch->at[i - 1], ch->at[i], true, &linked);
		else if (ch->n > 1)
			ok = lw_link_entries(c->entries, ch->at[0], ch->at[1], false, &linked);
		pick_evidence(a, w, &linked);
	}
	lw_map_fini(&linked);
	inc->whys = whys;
	inc->why_count = ch->n;
	return ok;
}

static void
set_span(const struct lw_analysis *a, struct lw_incident *inc)
{
	size_t i;

	inc->from_ns = inc->to_ns = LW_TIME_NONE;
	for (i = 0; i < inc->why_count; i++) {
		const struct lw_sum *sum = &a->vertices[inc->whys[i].vertex].sum;

		if (sum->series.count == 0)
			continue;
		if (inc->from_ns == LW_TIME_NONE || sum->windows.onset_ns < inc->from_ns)
			inc->from_ns = sum->windows.onset_ns;
		if (inc->to_ns == LW_TIME_NONE || sum->windows.end_ns > inc->to_ns)
			inc->to_ns = sum->windows.end_ns;
	}
	inc->ongoing = a->vertices[inc->whys[0].vertex].sum.windows.ongoing ||
		       a->vertices[inc->whys[inc->why_count - 1].vertex].sum.windows.ongoing;
}

struct surface {
	uint32_t vertex;
	unsigned depth;
	bool below; /* comes before another one of its depth: that one is nearer to users */
	uint64_t count, id;
};

static int
surface_first(const void *pa, const void *pb)
{
	const struct surface *a = pa, *b = pb;

	if (a->depth != b->depth)
		return a->depth < b->depth ? -1 : 1;
	if (a->below != b->below)
		return a->below ? 1 : -1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->vertex < b->vertex ? -1 : a->vertex > b->vertex;
}

static int
by_onset(const void *pa, const void *pb)
{
	const struct lw_incident *a = pa, *b = pb;

	if (a->from_ns != b->from_ns)
		return a->from_ns < b->from_ns ? -1 : 1;
	return a->whys[0].vertex < b->whys[0].vertex ? -1 : a->whys[0].vertex > b->whys[0].vertex;
}

/* The depth of v; of what names v as its cause, where that lies deeper. */
static unsigned
surface_depth(const struct lw_analysis *a, uint32_t v)
{
	unsigned depth = a->vertices[v].depth;
	uint32_t i;

	for (i = a->cause_from[v]; i < a->cause_from[v + 1]; i++) {
		const struct lw_link_facts *f = &a->links[a->by_cause[i]];

		if (f->stated > 0 && f->stated * 2 >= f->stated_of &&
		    a->vertices[f->effect].candidate && a->vertices[f->effect].depth > depth)
			depth = a->vertices[f->effect].depth;
	}
	return depth;
}

/* Does v come before another candidate of its depth, by a link that is good enough and not as good
 * the other way? */
static bool
is_below(const struct opener *c, uint32_t v, unsigned depth)
{
	const struct lw_analysis *a = c->a;
	uint32_t i;

	for (i = a->cause_from[v]; i < a->cause_from[v + 1]; i++) {
		const struct lw_link_facts *f = &a->links[a->by_cause[i]];
		double forth;

		if (!a->vertices[f->effect].candidate || a->vertices[f->effect].weak ||
		    a->vertices[f->effect].depth != depth || lw_chain_is_apart(a, f))
			continue;
		forth = lw_link_confidence(f, NULL);
		if (!lw_is_one_workload(
			a, a->vertices[f->effect].service, a->vertices[v].service) &&
		    !lw_chain_is_call(a, f->effect, v) &&
		    !lw_chain_is_call_by_time(a, f->effect, v))
			continue;
		if (forth >= LW_LINK_ENOUGH && (forth > lw_chain_confidence(a, v, f->effect) ||
						   lw_chain_is_backwards(a, v, f->effect)))
			return true;
	}
	return false;
}

/*
 * A failure for which no cause was found is part of an incident that is open
 * already where the catalogue knows one of that incident's failures as its
 * cause and they were seen together at least once: a capture that was cut by
 * count seldom holds both ends of every instance.
 */
static bool
belongs_to_open(const struct opener *c, uint32_t v)
{
	const struct lw_analysis *a = c->a;
	uint32_t i;

	for (i = a->effect_from[v]; i < a->effect_from[v + 1]; i++) {
		const struct lw_link_facts *f = &a->links[i];

		if (c->used[f->cause] && f->catalogue &&
		    a->vertices[f->cause].service == a->vertices[v].service &&
		    f->instances + f->traces + f->stated > 0)
			return true;
	}
	return false;
}

static int
by_number(const void *pa, const void *pb)
{
	const uint32_t *a = pa, *b = pb;

	return *a < *b ? -1 : *a > *b;
}

/* Those nearest to users and with the most entries come first, and stay where there are too many.
 */
static bool
open_incidents(struct opener *c, const struct surface *surfaces, size_t count, size_t max_whys)
{
	struct lw_analysis *a = c->a;
	size_t i;

	for (i = 0; i < count; i++) {
		struct lw_chain ch = {.at = {surfaces[i].vertex}, .n = 1};
		struct lw_incident *inc;

		if (c->used[surfaces[i].vertex])
			continue;
		if (a->incident_count == LW_MAX_INCIDENTS) {
			a->unopened++;
			continue;
		}
		lw_chain_grow(a, &ch);
		if (!chain_is_serious(a, &ch))
			continue;
		if (ch.n == 1 && belongs_to_open(c, ch.at[0])) {
			use(c, ch.at[0]);
			continue;
		}
		inc = &a->incidents[a->incident_count];
		mark_used(c, &ch);
		lw_chain_shorten(a, &ch, max_whys);
		if (!fill_whys(c, inc, &ch))
			return false;
		set_span(a, inc);
		if (c->part_count > 1)
			qsort(c->parts, c->part_count, sizeof(*c->parts), by_number);
		if (!lw_why_felt(a, inc, &(struct lw_part){c->part, c->parts, c->part_count}))
			return false;
		a->incident_count++;
	}
	return true;
}

/* What chains begin at, in the order in which they are grown; NULL where memory ran out. */
static struct surface *
find_surfaces(const struct opener *c, size_t *count)
{
	const struct lw_analysis *a = c->a;
	struct surface *surfaces =
	    lw_arena_zalloc(a->arena, (a->vertex_count + (size_t)1) * sizeof(*surfaces));
	uint32_t i;

	*count = 0;
	for (i = 0; surfaces != NULL && i < a->vertex_count; i++) {
		const struct lw_vertex *v = &a->vertices[i];

		if (v->candidate && !v->weak) {
			unsigned depth = surface_depth(a, i);

			surfaces[(*count)++] = (struct surface){
			    i, depth, is_below(c, i, depth), v->sum.count, a->groups[v->group].id};
		}
	}
	if (*count > 1)
		qsort(surfaces, *count, sizeof(*surfaces), surface_first);
	return surfaces;
}

bool
lw_why_incidents(struct lw_analysis *a, size_t max_whys)
{
	struct opener c = {.a = a};
	size_t n = a->vertex_count + (size_t)1, count;
	struct surface *surfaces;
	bool ok;

	c.used = lw_arena_zalloc(a->arena, n * sizeof(*c.used));
	c.part = lw_arena_zalloc(a->arena, n * sizeof(*c.part));
	c.parts = lw_arena_zalloc(a->arena, n * sizeof(*c.parts));
	c.queue = lw_arena_zalloc(a->arena, n * sizeof(*c.queue));
	a->judged = lw_arena_alloc(a->arena, a->link_count + (size_t)1);
	surfaces = find_surfaces(&c, &count);
	a->incidents = lw_arena_zalloc(a->arena,
	    (count < LW_MAX_INCIDENTS ? count + 1 : LW_MAX_INCIDENTS) * sizeof(*a->incidents));
	if (!lw_why_asked(a) || !lw_why_index(a) || c.used == NULL || c.part == NULL ||
	    c.parts == NULL || c.queue == NULL || a->judged == NULL || surfaces == NULL ||
	    a->incidents == NULL)
		return false;
	memset(a->judged, LW_NOT_JUDGED, a->link_count);
	c.entries = lw_entries_new(a);
	ok = c.entries != NULL && open_incidents(&c, surfaces, count, max_whys == 0 ? 1 : max_whys);
	lw_entries_free(c.entries);
	if (!ok || !lw_why_share(a))
		return false;
	if (a->incident_count > 1)
		qsort(a->incidents, a->incident_count, sizeof(*a->incidents), by_onset);
	return lw_why_doubts(a);
}
