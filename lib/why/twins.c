/*
 * twins.c - one failure for two reasons at the same time is two failures.
 *
 * Where each event of a vertex is tied to one of two causes, hardly ever to both, they are two
 * reasons, or one in two wordings.  They are two where something else goes with them too: what
 * was asked for, the instance, the time, or that the catalogue knows them as causes that have
 * nothing to do with each other.  What a program says in other words at random tells by none of
 * these.
 */
#include <stdlib.h>

#include "why/chain.h"
#include "why/ties.h"

#define MIN_EVENTS 3
#define MIN_TOLD 8     /* events by which a feature tells anything */
#define TELLS 0.7      /* of the errors that guessing makes, so many are not made by the feature */
#define LEAD 5         /* a part in so many of one is before the other begins, or after its end */
#define LEAD_MAX 0.001 /* the chance that it would be so by accident */
#define NO_SIDE UINT8_MAX
#define WAITS_NS LW_NS_PER_S
#define LONGER 3

#define LESS(x, y) ((x) < (y) ? -1 : (x) > (y))

struct moment { /* an event of the vertex at hand */
	int64_t at_ns;
	uint64_t entry_key, feature;
	uint32_t event;
	uint8_t side; /* which group of causes it is tied to; NO_SIDE */
	bool sure;    /* nothing speaks for another */
};

struct twins {
	struct lw_analysis *a;
	struct lw_ties *ties;
	struct lw_tied *tied;
	struct moment *moments;
	uint64_t *paths;           /* by event */
	bool *unsure;              /* by event: it may be of another part */
	bool clear;                /* hardly any event is tied to causes of two groups */
	uint32_t effect;           /* the vertex at hand */
	uint32_t count;            /* of moments: of that vertex */
	uint8_t side[LW_MAX_TIES]; /* by cause: its group, named by its first cause */
	uint32_t n[LW_MAX_TIES];   /* by group: events */
};

static int
by_time(const void *pa, const void *pb)
{
	const struct moment *a = pa, *b = pb;
	int c = LESS(a->at_ns, b->at_ns);

	if (c == 0)
		c = LESS(a->entry_key, b->entry_key);
	return c != 0 ? c : LESS(a->event, b->event);
}

static int
by_feature(const void *pa, const void *pb)
{
	const struct moment *a = pa, *b = pb;
	int c = LESS(a->feature, b->feature);

	return c != 0 ? c : by_time(pa, pb);
}

static void
join(struct twins *t, uint32_t count, uint8_t x, uint8_t y)
{
	uint8_t from = x > y ? x : y, to = x > y ? y : x;
	uint32_t k;

	for (k = 0; k < count; k++)
		if (t->side[k] == from)
			t->side[k] = to;
}

/* Causes that come together are one group. */
static void
group_causes(struct twins *t, const struct lw_ties *ties)
{
	uint32_t both[LW_MAX_TIES][LW_MAX_TIES] = {{0}}, i, k, l;

	for (i = 0; i < t->count; i++)
		for (k = 0; k < ties->count; k++)
			for (l = k; l < ties->count; l++)
				both[k][l] += (t->tied[t->moments[i].event].mask >> k & 1) != 0 &&
					      (t->tied[t->moments[i].event].mask >> l & 1) != 0;
	for (k = 0; k < ties->count; k++)
		t->side[k] = (uint8_t)k;
	t->clear = true;
	for (k = 0; k < ties->count; k++)
		for (l = k + 1; l < ties->count; l++) {
			uint32_t less = both[k][k] < both[l][l] ? both[k][k] : both[l][l];

			if (both[k][l] * 2 >= less)
				join(t, ties->count, t->side[k], t->side[l]);
		}
	for (k = 0; k < ties->count; k++)
		for (l = k + 1; l < ties->count; l++) {
			uint32_t less = both[k][k] < both[l][l] ? both[k][k] : both[l][l];

			if (t->side[k] != t->side[l] && both[k][l] * 4 > less)
				t->clear = false;
		}
}

/* Is it near to causes of one side alone? */
static bool
is_sure(const struct twins *t, const struct lw_tied *tied, uint8_t side)
{
	uint32_t k;

	for (k = 0; k < LW_MAX_TIES; k++)
		if ((tied->mask >> k & 1) != 0 && t->side[k] != side)
			return false;
	return side != NO_SIDE;
}

/* Put each event on the side of the cause nearest to it; are nearly all on one? */
static bool
take_sides(struct twins *t)
{
	uint32_t i, told = 0, drawn = 0;

	memset(t->n, 0, sizeof(t->n));
	for (i = 0; i < t->count; i++) {
		struct moment *m = &t->moments[i];
		const struct lw_tied *tied = &t->tied[m->event];

		m->side = tied->nearest == LW_NOT_TIED ? NO_SIDE : t->side[tied->nearest];
		m->sure = is_sure(t, tied, m->side);
		drawn += tied->drawn;
		told += m->side != NO_SIDE;
		if (m->side != NO_SIDE)
			t->n[m->side]++;
	}
	return told * 5 >= drawn * 4;
}

/*
 * How much better than the greater of the two sides does the feature tell on which side an event
 * is?  Each is guessed from the others that have the same; 0 where it tells nothing, 1 always.
 */
static double
tells(struct twins *t, uint8_t x, uint8_t y)
{
	uint32_t i, k, to, right = 0, of[2] = {0, 0}, n;

	qsort(t->moments, t->count, sizeof(*t->moments), by_feature);
	for (i = 0; i < t->count; i = to) {
		uint32_t here[2] = {0, 0};

		for (to = i; to < t->count && t->moments[to].feature == t->moments[i].feature; to++)
			for (k = 0; k < 2; k++)
				here[k] += t->moments[to].side == (k == 0 ? x : y);
		if (t->moments[i].feature == 0)
			continue;
		for (k = 0; k < 2; k++) {
			of[k] += here[k];
			right += here[k] > here[1 - k] + 1 ? here[k] : 0;
		}
	}
	n = of[0] + of[1];
	if (n < MIN_TOLD || n * 2 < t->n[x] + t->n[y] || of[0] < MIN_EVENTS || of[1] < MIN_EVENTS)
		return 0;
	k = of[0] > of[1] ? of[0] : of[1];
	return right <= k ? 0 : (double)(right - k) / (double)(n - k);
}

/* Does a good part of x come before y begins, more than by accident?  With back: after its end. */
static bool
has_lead(const struct twins *t, uint8_t x, uint8_t y, bool back)
{
	uint32_t i, lead = 0, others = 0, few = t->n[y] / 20;
	double chance = 1;

	for (i = 0; i < t->count && others <= few; i++) {
		const struct moment *m = &t->moments[back ? t->count - 1 - i : i];

		lead += m->side == x;
		others += m->side == y;
	}
	if (lead < MIN_EVENTS || lead * LEAD < t->n[x])
		return false;
	for (i = few; i < t->n[y] && chance > LEAD_MAX; i++)
		chance *= 1 - (double)lead / (double)t->n[x];
	return chance <= LEAD_MAX;
}

static bool
has_time_of_its_own(struct twins *t, uint8_t x, uint8_t y)
{
	qsort(t->moments, t->count, sizeof(*t->moments), by_time);
	return has_lead(t, x, y, false) || has_lead(t, x, y, true) || has_lead(t, y, x, false) ||
	       has_lead(t, y, x, true);
}

/* The rule of a side's cause that most of its events are tied to; NULL where no rule knows one. */
static const struct lw_rule *
known_cause(const struct twins *t, const struct lw_ties *ties, uint8_t side, uint32_t *vertex)
{
	uint64_t most = 0;
	uint32_t k;

	*vertex = LW_NO_VERTEX;
	for (k = 0; k < ties->count; k++) {
		uint32_t v = ties->causes[k].vertex;

		if (t->side[k] != side || t->a->vertices[v].depth != LW_DEPTH_CAUSE ||
		    ties->causes[k].near <= most)
			continue;
		most = ties->causes[k].near;
		*vertex = v;
	}
	return *vertex == LW_NO_VERTEX ? NULL : lw_vertex_rule(t->a, &t->a->vertices[*vertex]);
}

/* Are both known, as causes of other kinds? */
static bool
are_known_apart(const struct twins *t, const struct lw_ties *ties, uint8_t x, uint8_t y)
{
	uint32_t u, v;
	const struct lw_rule *a = known_cause(t, ties, x, &u), *b = known_cause(t, ties, y, &v);

	return a != NULL && b != NULL && a->layer != b->layer &&
	       !lw_link_in_catalogue(t->a, u, v) && !lw_link_in_catalogue(t->a, v, u);
}

/* Does something deeper lead to causes of both sides? */
static bool
share_a_root(const struct twins *t, const struct lw_ties *ties, uint8_t x, uint8_t y)
{
	const struct lw_analysis *a = t->a;
	uint32_t v, k;

	for (v = 0; v < a->vertex_count; v++) {
		bool of_x = false, of_y = false, own = false;

		for (k = 0; k < ties->count; k++)
			own = own || ties->causes[k].vertex == v;
		for (k = 0; k < ties->count && !own; k++) {
			bool leads =
			    (t->side[k] == x || t->side[k] == y) &&
			    lw_chain_judge(a, ties->causes[k].vertex, v) == LW_VERDICT_TAKEN;

			of_x = of_x || (leads && t->side[k] == x);
			of_y = of_y || (leads && t->side[k] == y);
		}
		if (of_x && of_y)
			return true;
	}
	return false;
}

/* How long the events of a side took, the median. */
static int64_t
took_ns(struct twins *t, uint8_t side)
{
	uint32_t i, n = 0;

	for (i = 0; i < t->count; i++) {
		const struct lw_event *ev = &t->a->tally->events[t->moments[i].event];

		t->moments[i].feature = t->moments[i].side == side
					    ? (uint64_t)(ev->effect_ns - ev->start_ns)
					    : UINT64_MAX;
		n += t->moments[i].side == side;
	}
	qsort(t->moments, t->count, sizeof(*t->moments), by_feature);
	return n == 0 ? 0 : (int64_t)t->moments[(n - 1) / 2].feature;
}

/* What takes longer by far may be what the others wait for, where they do wait. */
static bool
may_wait(struct twins *t, uint8_t x, uint8_t y)
{
	int64_t waits_ns = took_ns(t, x);

	return waits_ns >= WAITS_NS && took_ns(t, y) >= LONGER * waits_ns;
}

/* The cause of a side that lies deepest: the one that comes longest before the failure. */
static uint32_t
deepest_of(const struct twins *t, const struct lw_ties *ties, uint8_t side)
{
	const struct lw_analysis *a = t->a;
	uint32_t k, best = LW_NO_VERTEX;
	int64_t best_lag = 0;

	for (k = 0; k < ties->count; k++) {
		uint32_t v = ties->causes[k].vertex;
		const struct lw_link_facts *f = lw_link_find(a, t->effect, v);
		int64_t lag = f == NULL || f->median_lag_ns == LW_TIME_NONE ? 0 : f->median_lag_ns;

		if (t->side[k] != side)
			continue;
		if (best == LW_NO_VERTEX || a->vertices[v].depth > a->vertices[best].depth ||
		    (a->vertices[v].depth == a->vertices[best].depth && lag > best_lag)) {
			best = v;
			best_lag = lag;
		}
	}
	return best;
}

static bool
are_two(struct twins *t, const struct lw_ties *ties, uint8_t x, uint8_t y)
{
	const struct lw_event *events = t->a->tally->events;
	uint32_t i;

	if (share_a_root(t, ties, x, y))
		return false;
	if (t->clear && (are_known_apart(t, ties, x, y) || has_time_of_its_own(t, x, y)))
		return true;
	if (lw_say_alike(t->a, deepest_of(t, ties, x), deepest_of(t, ties, y)) ||
	    may_wait(t, x, y) || may_wait(t, y, x))
		return false;
	for (i = 0; i < t->count; i++)
		t->moments[i].feature = t->paths[t->moments[i].event];
	if (tells(t, x, y) >= TELLS)
		return true;
	for (i = 0; i < t->count; i++)
		t->moments[i].feature = events[t->moments[i].event].instance;
	return tells(t, x, y) >= TELLS;
}

/* An address [m, m + n) nearly always is on one side: so is what no cause is near to, and each of
 * its requests, since a cause may be near by chance. */
static void
follow_path(const struct twins *t, struct moment *m, uint32_t n, uint8_t side)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (m[i].side == side)
			continue;
		m[i].sure = false;
		if (m[i].side == NO_SIDE || t->a->tally->events[m[i].event].path != 0)
			m[i].side = side;
	}
}

/* Find the side of what no cause is near to: that of its address, else of the one before it in
 * time, or of the first. */
static void
place_others(struct twins *t)
{
	uint32_t i, to, k;
	uint8_t last = NO_SIDE;

	for (i = 0; i < t->count; i++)
		t->moments[i].feature = t->paths[t->moments[i].event];
	qsort(t->moments, t->count, sizeof(*t->moments), by_feature);
	for (i = 0; i < t->count; i = to) {
		uint32_t here[LW_MAX_TIES] = {0}, best = 0, of = 0;

		for (to = i; to < t->count && t->moments[to].feature == t->moments[i].feature; to++)
			if (t->moments[to].side != NO_SIDE) {
				here[t->moments[to].side]++;
				of++;
			}
		for (k = 1; k < LW_MAX_TIES; k++)
			if (here[k] > here[best])
				best = k;
		if (t->moments[i].feature != 0 && of >= MIN_EVENTS && here[best] * 5 >= of * 4)
			follow_path(t, &t->moments[i], to - i, (uint8_t)best);
	}
	qsort(t->moments, t->count, sizeof(*t->moments), by_time);
	for (i = 0; i < t->count && last == NO_SIDE; i++)
		last = t->moments[i].side;
	for (i = 0; i < t->count; i++) {
		if (t->moments[i].side == NO_SIDE)
			t->moments[i].side = last;
		last = t->moments[i].side;
	}
}

/* Make a vertex of each side. */
static bool
divide(struct twins *t, uint32_t v)
{
	struct lw_analysis *a = t->a;
	uint32_t i, k, parts = 0, part_of[LW_MAX_TIES] = {0};

	place_others(t);
	memset(t->n, 0, sizeof(t->n));
	for (i = 0; i < t->count; i++)
		t->n[t->moments[i].side]++;
	for (k = 0; k < LW_MAX_TIES; k++)
		if (t->n[k] > 0)
			part_of[k] = parts++;
	for (i = 0; i < t->count; i++) {
		uint32_t part = part_of[t->moments[i].side];

		t->unsure[t->moments[i].event] = !t->moments[i].sure;
		if (part > 0)
			a->vertex_of_event[t->moments[i].event] = a->vertex_count + part - 1;
	}
	return lw_vertex_split(a, v, parts, t->unsure);
}

/* Have the sides no root in common? */
static bool
are_rivals(const struct twins *t, const struct lw_ties *ties)
{
	uint32_t k, l;

	for (k = 0; k < ties->count; k++)
		for (l = k + 1; l < ties->count; l++)
			if (t->side[k] != t->side[l] &&
			    share_a_root(t, ties, t->side[k], t->side[l]))
				return false;
	return true;
}

/* Add a side to what could not be told apart; the same said of another thing counts with it. */
static void
add_rival(const struct twins *t, struct lw_undecided *u, struct lw_rival r)
{
	uint32_t i;

	for (i = 0; i < u->count; i++)
		if (lw_say_alike(t->a, u->rivals[i].vertex, r.vertex)) {
			u->rivals[i].failures += r.failures;
			return;
		}
	if (u->count < LW_MAX_RIVALS)
		u->rivals[u->count++] = r;
}

/* The causes of the sides as they are, before some were joined. */
static struct lw_undecided
rivals_of(const struct twins *t, uint32_t v)
{
	const struct lw_ties *ties = &t->ties[v];
	struct lw_undecided u = {
	    .effect = v, .doubt = t->clear ? LW_DOUBT_WORDINGS : LW_DOUBT_MIXED};
	uint32_t k;

	for (k = 0; k < ties->count; k++)
		if (t->side[k] == k && t->n[k] >= MIN_EVENTS)
			add_rival(
			    t, &u, (struct lw_rival){deepest_of(t, ties, (uint8_t)k), t->n[k]});
	return u;
}

/* Join the sides that are not two causes; returns how many are left. */
static uint32_t
join_sides(struct twins *t, const struct lw_ties *ties)
{
	uint32_t k, l, sides = 0;

	for (k = 0; k < ties->count; k++)
		for (l = k + 1; l < ties->count; l++) {
			uint8_t x = t->side[k], y = t->side[l];

			if (x == y || (t->n[x] >= MIN_EVENTS && t->n[y] >= MIN_EVENTS &&
					  are_two(t, ties, x, y)))
				continue;
			join(t, ties->count, x, y);
			(void)take_sides(t);
		}
	for (k = 0; k < ties->count; k++)
		sides += t->n[k] > 0;
	return sides;
}

static bool
look_at(struct twins *t, uint32_t v, bool *done)
{
	const struct lw_ties *ties = &t->ties[v];
	struct lw_undecided u;
	bool rivals;

	if (t->count < 2 * MIN_EVENTS)
		return true;
	group_causes(t, ties);
	if (!take_sides(t))
		return true;
	u = rivals_of(t, v);
	rivals = u.count > 1 && are_rivals(t, ties);
	if (join_sides(t, ties) > 1) {
		*done = true;
		return divide(t, v);
	}
	if (rivals)
		t->a->undecided[t->a->undecided_count++] = u;
	return true;
}

bool
lw_why_twins(struct lw_analysis *a, bool *done)
{
	size_t n = a->tally->event_count + (size_t)1;
	uint32_t vertices = a->vertex_count, v, i;
	struct twins t = {.a = a};
	bool ok;

	*done = false;
	a->undecided_count = 0;
	a->undecided = lw_arena_alloc(a->arena, (vertices + (size_t)1) * sizeof(*a->undecided));
	t.ties = malloc((vertices + (size_t)1) * sizeof(*t.ties));
	t.tied = malloc(n * sizeof(*t.tied));
	t.moments = malloc(n * sizeof(*t.moments));
	t.paths = malloc(n * sizeof(*t.paths));
	t.unsure = calloc(n, sizeof(*t.unsure));
	ok = t.ties != NULL && t.tied != NULL && t.moments != NULL && t.paths != NULL &&
	     t.unsure != NULL && a->undecided != NULL && lw_ties_find(a, t.ties, t.tied) &&
	     lw_ties_paths(a, t.paths);
	for (v = 0; v < vertices && ok; v++) {
		if (t.ties[v].count < 2)
			continue;
		t.effect = v;
		t.count = 0;
		for (i = 0; i < a->tally->event_count; i++) {
			const struct lw_event *ev = &a->tally->events[i];

			if (a->vertex_of_event[i] == v && ev->effect_ns != LW_TIME_NONE)
				t.moments[t.count++] = (struct moment){
				    ev->effect_ns, ev->entry_key, 0, i, NO_SIDE, false};
		}
		ok = look_at(&t, v, done);
	}
	free(t.ties);
	free(t.tied);
	free(t.moments);
	free(t.paths);
	free(t.unsure);
	return ok;
}
