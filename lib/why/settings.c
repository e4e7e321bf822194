/* settings.c - settings in messages whose value was one up to a time and is another after it. */
#include <stdlib.h>

#include "why/private.h"

#define EXCURSION_ENOUGH 6 /* entries with a value that came back */
#define TIMES_ENOUGH 2 /* a value that does not come with a revision is seen so often at least */

struct step {
	struct lw_setting_change change;
	int64_t distance_ns; /* to the onset that it precedes by the least; INT64_MAX */
	uint64_t key;
};

static const struct lw_service *
service_of(const struct lw_analysis *a, const struct lw_setting_row *r, uint32_t *at)
{
	*at = lw_map_get(&a->tally->service_map, r->service);
	return *at == LW_MAP_NONE ? NULL : &a->tally->services[*at];
}

/* When the revisions of a value were first seen; false where they are not known. */
static bool
revisions_of(const struct lw_analysis *a, const struct lw_service *s, const struct lw_few *of,
    int64_t *first_ns, int64_t *last_ns)
{
	unsigned found = 0;
	uint32_t i;

	*first_ns = *last_ns = LW_TIME_NONE;
	for (i = 0; i < s->revision_count; i++) {
		const struct lw_service_revision *r = &s->revisions[i];
		struct lw_str name = lw_intern_get(&a->tally->revisions, r->revision);

		if (r->first_ns == LW_TIME_NONE || !lw_few_has(of, lw_setting_revision(name)))
			continue;
		found++;
		if (*first_ns == LW_TIME_NONE || r->first_ns < *first_ns)
			*first_ns = r->first_ns;
		if (*last_ns == LW_TIME_NONE || r->first_ns > *last_ns)
			*last_ns = r->first_ns;
	}
	return found > 0 && found == of->count;
}

/* Do all revisions with the one value come before all with the other? */
static bool
comes_with_revision(const struct lw_analysis *a, const struct lw_service *s,
    const struct lw_setting_value *before, const struct lw_setting_value *after)
{
	int64_t first_ns, last_ns, next_ns, unused;

	return revisions_of(a, s, &before->revisions, &first_ns, &last_ns) &&
	       revisions_of(a, s, &after->revisions, &next_ns, &unused) && last_ns < next_ns;
}

static bool
share_statement(const struct lw_setting_value *a, const struct lw_setting_value *b)
{
	unsigned i;

	for (i = 0; i < a->statements.count; i++)
		if (lw_few_has(&b->statements, a->statements.hashes[i]))
			return true;
	return false;
}

/*
 * Was `before` the only value up to a time, and `after` the only one from then on?
 * While revisions overlap, so that each has one of them; else in time, by the same
 * statement, and more than once each.
 */
static bool
is_step(const struct lw_analysis *a, const struct lw_service *s, const struct lw_setting_row *r,
    const struct lw_setting_value *before, const struct lw_setting_value *after)
{
	bool often = before->count >= TIMES_ENOUGH && after->count >= TIMES_ENOUGH;

	if (comes_with_revision(a, s, before, after))
		return often || !r->measured;
	return often && before->last_ns < after->first_ns && share_statement(before, after);
}

/* Outside of the while in which `after` was seen, is `before` in half of the steps of time? */
static bool
is_seen_throughout(const struct lw_setting_value *before, const struct lw_setting_value *after)
{
	int64_t step_ns = LW_NS_PER_S << before->seen.level;
	int64_t outside_ns =
	    before->last_ns - before->first_ns - (after->last_ns - after->first_ns);
	unsigned i, n = 0;

	for (i = 0; i < 64; i++)
		n += before->seen.bits >> i & 1;
	return (int64_t)n * 2 * step_ns >= outside_ns;
}

/* Is every revision of `after` between two of `before`? */
static bool
is_between_revisions(const struct lw_analysis *a, const struct lw_service *s,
    const struct lw_setting_value *before, const struct lw_setting_value *after)
{
	int64_t first_ns, last_ns, from_ns, to_ns;

	return revisions_of(a, s, &before->revisions, &first_ns, &last_ns) &&
	       revisions_of(a, s, &after->revisions, &from_ns, &to_ns) && first_ns < from_ns &&
	       to_ns < last_ns;
}

/*
 * Was `after` the only value for a while, with `before` alone before that and after it?  It is
 * seen often enough in that while that chance would have put one of `before` between.
 */
static bool
is_excursion(const struct lw_analysis *a, const struct lw_service *s,
    const struct lw_setting_row *r, const struct lw_setting_value *before,
    const struct lw_setting_value *after)
{
	int64_t step_ns = LW_NS_PER_S << before->seen.level;

	if (before->last_ns <= after->last_ns || before->first_ns >= after->first_ns ||
	    r->measured || lw_seen_within(&before->seen, after->first_ns, after->last_ns))
		return false;
	if (is_between_revisions(a, s, before, after))
		return true;
	return before->count >= EXCURSION_ENOUGH && after->count >= TIMES_ENOUGH &&
	       share_statement(before, after) && after->last_ns - after->first_ns >= 3 * step_ns &&
	       is_seen_throughout(before, after);
}

/* Values by their first time; those of one moment, by hash. */
static void
order_values(const struct lw_setting_row *r, const struct lw_setting_value **values)
{
	unsigned i, k;

	for (i = 0; i < r->value_count; i++) {
		for (k = i; k > 0 && values[k - 1]->first_ns > r->values[i]->first_ns; k--)
			values[k] = values[k - 1];
		values[k] = r->values[i];
	}
}

/* Does a rule's capture tell the same change? */
static bool
is_told(const struct lw_analysis *a, uint32_t service, struct lw_str before, struct lw_str after)
{
	size_t i;

	for (i = 0; i < a->value_change_count; i++) {
		const struct lw_value_change *v = &a->value_changes[i];

		if (a->vertices[v->vertex].service == service && lw_str_starts(before, v->before) &&
		    lw_str_starts(after, v->after))
			return true;
	}
	return false;
}

/* How long before the nearest onset of an incident with a why in the service. */
static int64_t
distance(const struct lw_analysis *a, uint32_t service, int64_t at_ns)
{
	int64_t least = INT64_MAX;
	size_t i, k;

	for (i = 0; i < a->incident_count; i++) {
		const struct lw_incident *in = &a->incidents[i];

		if (in->from_ns == LW_TIME_NONE || in->from_ns < at_ns)
			continue;
		for (k = 0; k < in->why_count; k++)
			if (a->vertices[in->whys[k].vertex].service == service &&
			    in->from_ns - at_ns < least)
				least = in->from_ns - at_ns;
	}
	return least;
}

/* The last step of a row, where each of its values but the first began with one. */
static bool
find_step(const struct lw_analysis *a, const struct lw_setting_row *r, struct step *step)
{
	const struct lw_setting_value *values[LW_SETTING_VALUES], *before, *after;
	const struct lw_service *s;
	uint32_t service;
	unsigned i;
	bool back;

	s = service_of(a, r, &service);
	if (s == NULL || r->value_count < 2)
		return false;
	order_values(r, values);
	back = r->value_count == 2 && is_excursion(a, s, r, values[0], values[1]);
	for (i = 1; i < r->value_count && !back; i++)
		if (!is_step(a, s, r, values[i - 1], values[i]))
			return false;
	before = values[r->value_count - 2];
	after = values[r->value_count - 1];
	if (is_told(a, service, lw_str_from(before->text), lw_str_from(after->text)))
		return false;
	*step = (struct step){
	    {service, lw_str_from(r->name), lw_str_from(before->text), lw_str_from(after->text),
		after->first_ns, back ? after->last_ns : LW_TIME_NONE,
		{before->sample, after->sample}},
	    distance(a, service, after->first_ns), r->key};
	return true;
}

static int
by_distance(const void *pa, const void *pb)
{
	const struct step *a = pa, *b = pb;

	if (a->distance_ns != b->distance_ns)
		return a->distance_ns < b->distance_ns ? -1 : 1;
	if (a->change.at_ns != b->change.at_ns)
		return a->change.at_ns < b->change.at_ns ? -1 : 1;
	return a->key < b->key ? -1 : a->key > b->key;
}

bool
lw_why_settings(struct lw_analysis *a)
{
	const struct lw_settings *settings = &a->tally->settings;
	struct step *steps;
	size_t n = 0, i;

	if (settings->count == 0)
		return true;
	steps = lw_arena_alloc(a->arena, settings->count * sizeof(*steps));
	a->setting_changes =
	    lw_arena_alloc(a->arena, LW_SETTING_CHANGES_MAX * sizeof(*a->setting_changes));
	if (steps == NULL || a->setting_changes == NULL)
		return false;
	for (i = 0; i < settings->count; i++)
		n += find_step(a, &settings->rows[i], &steps[n]);
	if (n > 1)
		qsort(steps, n, sizeof(*steps), by_distance);
	for (i = 0; i < n && i < LW_SETTING_CHANGES_MAX; i++)
		a->setting_changes[i] = steps[i].change;
	a->setting_change_count = i;
	return true;
}
