/*
 * twins.c - one failure for two reasons at the same time is two failures.
 *
 * Where each event of a vertex is tied to one of two causes, hardly ever to both, they are two
 * reasons, or one in two wordings (apart.c).  Each reason becomes a vertex of its own; where it
 * is not clear whether there are two, that is noted.
 */
#include "why/twins.h"

#include <stdlib.h>

static void
join(struct lw_twins *t, uint32_t count, uint8_t x, uint8_t y)
{
	uint8_t from = x > y ? x : y, to = x > y ? y : x;
	uint32_t k;

	for (k = 0; k < count; k++)
		if (t->side[k] == from)
			t->side[k] = to;
}

/* Causes that come together are one group. */
static void
group_causes(struct lw_twins *t, const struct lw_ties *ties)
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
is_sure(const struct lw_twins *t, const struct lw_tied *tied, uint8_t side)
{
	uint32_t k;

	for (k = 0; k < LW_MAX_TIES; k++)
		if ((tied->mask >> k & 1) != 0 && t->side[k] != side)
			return false;
	return side != LW_NO_SIDE;
}

/* Put each event on the side of the cause nearest to it; are nearly all on one? */
static bool
take_sides(struct lw_twins *t)
{
	uint32_t i, told = 0, drawn = 0;

	memset(t->n, 0, sizeof(t->n));
	for (i = 0; i < t->count; i++) {
		struct lw_moment *m = &t->moments[i];
		const struct lw_tied *tied = &t->tied[m->event];

		m->side = tied->nearest == LW_NOT_TIED ? LW_NO_SIDE : t->side[tied->nearest];
		m->sure = is_sure(t, tied, m->side);
		drawn += tied->drawn;
		told += m->side != LW_NO_SIDE;
		if (m->side != LW_NO_SIDE)
			t->n[m->side]++;
	}
	return told * 5 >= drawn * 4;
}

/* An address [m, m + n) nearly always is on one side: so is what no cause is near to, and each of
 * its requests, since a cause may be near by chance. */
static void
follow_path(const struct lw_twins *t, struct lw_moment *m, uint32_t n, uint8_t side)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (m[i].side == side)
			continue;
		m[i].sure = false;
		if (m[i].side == LW_NO_SIDE || t->a->tally->events[m[i].event].path != 0)
			m[i].side = side;
	}
}

/* Find the side of what no cause is near to: that of its address, else of the one before it in
 * time, or of the first. */
static void
place_others(struct lw_twins *t)
{
	uint32_t i, to, k;
	uint8_t last = LW_NO_SIDE;

	for (i = 0; i < t->count; i++)
		t->moments[i].feature = t->paths[t->moments[i].event];
	lw_moments_by_feature(t);
	for (i = 0; i < t->count; i = to) {
		uint32_t here[LW_MAX_TIES] = {0}, best = 0, of = 0;

		for (to = i; to < t->count && t->moments[to].feature == t->moments[i].feature; to++)
			if (t->moments[to].side != LW_NO_SIDE) {
				here[t->moments[to].side]++;
				of++;
			}
		for (k = 1; k < LW_MAX_TIES; k++)
			if (here[k] > here[best])
				best = k;
		if (t->moments[i].feature != 0 && of >= LW_SIDE_MIN && here[best] * 5 >= of * 4)
			follow_path(t, &t->moments[i], to - i, (uint8_t)best);
	}
	lw_moments_by_time(t);
	for (i = 0; i < t->count && last == LW_NO_SIDE; i++)
		last = t->moments[i].side;
	for (i = 0; i < t->count; i++) {
		if (t->moments[i].side == LW_NO_SIDE)
			t->moments[i].side = last;
		last = t->moments[i].side;
	}
}

/* Make a vertex of each side. */
static bool
divide(struct lw_twins *t, uint32_t v)
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
are_rivals(const struct lw_twins *t, const struct lw_ties *ties)
{
	uint32_t k, l;

	for (k = 0; k < ties->count; k++)
		for (l = k + 1; l < ties->count; l++)
			if (t->side[k] != t->side[l] &&
			    lw_sides_share_root(t, ties, t->side[k], t->side[l]))
				return false;
	return true;
}

/* Add a side to what could not be told apart; the same said of another thing counts with it. */
static void
add_rival(const struct lw_twins *t, struct lw_undecided *u, struct lw_rival r)
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
rivals_of(const struct lw_twins *t, uint32_t v)
{
	const struct lw_ties *ties = &t->ties[v];
	struct lw_undecided u = {
	    .effect = v, .doubt = t->clear ? LW_DOUBT_WORDINGS : LW_DOUBT_MIXED};
	uint32_t k;

	for (k = 0; k < ties->count; k++)
		if (t->side[k] == k && t->n[k] >= LW_SIDE_MIN)
			add_rival(t, &u,
			    (struct lw_rival){lw_side_deepest(t, ties, (uint8_t)k), t->n[k]});
	return u;
}

/* Join the sides that are not two causes; returns how many are left. */
static uint32_t
join_sides(struct lw_twins *t, const struct lw_ties *ties)
{
	uint32_t k, l, sides = 0;

	for (k = 0; k < ties->count; k++)
		for (l = k + 1; l < ties->count; l++) {
			uint8_t x = t->side[k], y = t->side[l];

			if (x == y || (t->n[x] >= LW_SIDE_MIN && t->n[y] >= LW_SIDE_MIN &&
					  lw_sides_are_two(t, ties, x, y)))
				continue;
			join(t, ties->count, x, y);
			(void)take_sides(t);
		}
	for (k = 0; k < ties->count; k++)
		sides += t->n[k] > 0;
	return sides;
}

static bool
look_at(struct lw_twins *t, uint32_t v, bool *done)
{
	const struct lw_ties *ties = &t->ties[v];
	struct lw_undecided u;
	bool rivals;

	if (t->count < 2 * LW_SIDE_MIN)
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
	struct lw_twins t = {.a = a};
	bool ok, have_paths = false;

	*done = false;
	a->undecided_count = 0;
	a->undecided = lw_arena_alloc(a->arena, (vertices + (size_t)1) * sizeof(*a->undecided));
	t.ties = malloc((vertices + (size_t)1) * sizeof(*t.ties));
	t.tied = malloc(n * sizeof(*t.tied));
	t.moments = malloc(n * sizeof(*t.moments));
	t.paths = malloc(n * sizeof(*t.paths));
	t.unsure = calloc(n, sizeof(*t.unsure));
	ok = t.ties != NULL && t.tied != NULL && t.moments != NULL && t.paths != NULL &&
	     t.unsure != NULL && a->undecided != NULL && lw_ties_find(a, t.ties, t.tied);
	for (v = 0; v < vertices && ok; v++) {
		if (t.ties[v].count < 2)
			continue;
		if (!have_paths && !lw_ties_paths(a, t.paths)) {
			ok = false;
			break;
		}
		have_paths = true;
		t.effect = v;
		t.count = 0;
		for (i = 0; i < a->tally->event_count; i++) {
			const struct lw_event *ev = &a->tally->events[i];

			if (a->vertex_of_event[i] == v && ev->effect_ns != LW_TIME_NONE)
				t.moments[t.count++] = (struct lw_moment){
				    ev->effect_ns, ev->entry_key, 0, i, LW_NO_SIDE, false};
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
