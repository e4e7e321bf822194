/*
 * chain.c - from what users felt, along the best links, to the root.
 *
 * A chain starts at a vertex on the surface and goes down: from requests to
 * instances, start-up, errors that no rule knows, causes.  From one known cause to a
 * deeper one it goes only on the word of the catalogue or of the entries
 * themselves, since what merely came before is no cause.
 */
#include <stdlib.h>

#include "why/chain.h"
#include "why/private.h"

#define SAME_BREATH_NS (100 * LW_NS_PER_MS)
#define FEW_TIMES 3

double
lw_chain_confidence(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);

	return f == NULL ? 0 : lw_link_confidence(f, NULL);
}

static bool
is_mostly_stated(const struct lw_link_facts *f)
{
	return f->stated > 0 && f->stated * 2 >= f->stated_of;
}

bool
lw_chain_is_backwards(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);
	const struct lw_link_facts *back = lw_link_find(a, cause, effect);
	double forth_lag, back_lag;

	if (f == NULL || back == NULL)
		return false;
	if (lw_link_is_onset(back) &&
	    !is_mostly_stated(f)) /* it began what is taken for its cause */
		return lw_link_confidence(back, NULL) >= LW_LINK_ENOUGH;
	if (is_mostly_stated(f) != is_mostly_stated(back)) /* what entries say needs no guess */
		return is_mostly_stated(back);
	forth_lag = lw_link_closeness(a, f);
	back_lag = lw_link_closeness(a, back);
	return forth_lag >= 0 && back_lag >= 0 && back_lag * 2 <= forth_lag &&
	       lw_link_confidence(back, NULL) >= LW_LINK_ENOUGH;
}

/* Was a part of the effect there before the cause began? */
static bool
began_later(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	const struct lw_sum *e = &a->vertices[f->effect].sum, *c = &a->vertices[f->cause].sum;
	uint64_t before = lw_count_span(
	    &e->series, e->windows.onset_ns, c->windows.onset_ns - c->series.width_ns);

	return before >= 3 && before * 20 >= e->count;
}

bool
lw_chain_is_apart(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	enum lw_scope scope;

	(void)lw_link_confidence(f, &scope);
	if (scope == LW_SCOPE_TRACE || f->stated > 0 || !lw_link_is_chance(f))
		return false;
	/* What began an outage may fail other requests than those that the outage fails later. */
	return (a->vertices[f->effect].borne && a->vertices[f->cause].borne && !lw_link_began(f)) ||
	       began_later(a, f);
}

/*
 * A warning is a cause only where it is seen nearly always before, and hardly ever without;
 * and more than once or twice, since of the many that programs log one always happens to
 * come before.
 */
static bool
speaks_loud(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);

	if (f == NULL)
		return false;
	if (f->stated * 2 > f->stated_of || f->climbs > 0)
		return true;
	return lw_link_contrast(f) >= LW_CLEAR &&
	       (f->catalogue || (f->alone && a->vertices[effect].sum.count < FEW_TIMES) ||
		   f->traces >= FEW_TIMES || f->instances >= FEW_TIMES ||
		   a->vertices[cause].sum.count > FEW_TIMES);
}

/*
 * May an error that no rule knows stand behind a known one?  What is deployed or set
 * wrongly explains itself; a dependency or a platform may fail for what a program does.
 * It must come before nearly all of them, hardly ever without, and not by chance.
 * Programs also say first, once or at each attempt, that something failed, and then why:
 * that comes as often, and right before.
 */
static bool
may_be_behind(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	const struct lw_rule *rule = lw_vertex_rule(a, &a->vertices[f->effect]);
	uint64_t effects = a->vertices[f->effect].sum.count;
	uint64_t causes = a->vertices[f->cause].sum.count;

	if (rule->layer != LW_LAYER_DEPENDENCY && rule->layer != LW_LAYER_PLATFORM)
		return false;
	if (f->climbs > 0)
		return f->climb_full;
	if (causes * 2 > effects && (causes * 4 > effects * 5 || f->median_lag_ns < SAME_BREATH_NS))
		return false;
	return lw_link_contrast(f) >= LW_CLEAR && lw_link_share(f) >= 0.8 &&
	       lw_link_confidence(f, NULL) >= LW_BEHIND_ENOUGH &&
	       !lw_chain_is_backwards(a, f->effect, f->cause);
}

/* Did the effect come once before the first of many causes? */
static bool
began_it(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	const struct lw_link_facts *back = lw_link_find(a, f->cause, f->effect);

	return back != NULL && (lw_link_is_onset(back) || back->climbs > 0);
}

static bool
has_trace(const struct lw_vertex *v)
{
	const struct lw_sample *s = v->sum.samples[0];

	return s != NULL && lw_str_find(s->message, LW_STR("\n")) != LW_NPOS;
}

static bool
is_known_cause(const struct lw_analysis *a, const struct lw_vertex *v)
{
	const struct lw_rule *rule = lw_vertex_rule(a, v);

	return rule != NULL && rule->role == LW_ROLE_CAUSE;
}

/* The verdict on two vertices of one service whose link is good enough. */
static enum lw_verdict
judge_own(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	const struct lw_vertex *e = &a->vertices[f->effect], *v = &a->vertices[f->cause];

	if (is_mostly_stated(f))
		return LW_VERDICT_TAKEN;
	if (v->weak < e->weak && began_it(a, f)) /* a warning that climbed until then */
		return LW_VERDICT_BACKWARDS;
	if (e->depth == LW_DEPTH_UNKNOWN && f->climbs == 0 &&
	    lw_chain_is_backwards(a, f->effect, f->cause) &&
	    (v->depth == e->depth || began_it(a, f)))
		return LW_VERDICT_BACKWARDS;
	if (v->depth > e->depth)
		return LW_VERDICT_TAKEN;
	if (v->depth < e->depth)
		return may_be_behind(a, f) ? LW_VERDICT_TAKEN : LW_VERDICT_ABOVE;
	if (e->depth == LW_DEPTH_UNKNOWN)
		return LW_VERDICT_TAKEN;
	/* Several parties report the death of one instance; none of them says why, but for the
	 * process, with a trace. */
	if (e->depth <= LW_DEPTH_INSTANCE && !is_known_cause(a, v) &&
	    !(f->catalogue && has_trace(v)))
		return LW_VERDICT_ORDER;
	return f->catalogue ? LW_VERDICT_TAKEN : LW_VERDICT_ORDER;
}

/*
 * What comes all the time, as chance has it, came before anything else on every instance:
 * that tells nothing of what began later, unless traces or entries do.
 */
static bool
is_only_there(const struct lw_analysis *a, const struct lw_link_facts *f)
{
	const struct lw_vertex *effect = &a->vertices[f->effect];
	enum lw_scope scope;

	(void)lw_link_confidence(f, &scope);
	return scope != LW_SCOPE_TRACE && f->stated == 0 && effect->sum.count > FEW_TIMES &&
	       !lw_is_even(a, effect) && lw_is_even(a, &a->vertices[f->cause]);
}

enum lw_verdict
lw_chain_judge(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_vertex *e = &a->vertices[effect], *v = &a->vertices[cause];
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);
	double contrast;

	if (!v->candidate)
		return LW_VERDICT_NORMAL;
	if (v->weak && !speaks_loud(a, effect, cause))
		return LW_VERDICT_WARNING;
	if (f != NULL && lw_chain_is_apart(a, f))
		return LW_VERDICT_APART;
	if (!lw_is_one_workload(a, e->service, v->service))
		return lw_chain_is_call(a, effect, cause) ? LW_VERDICT_TAKEN : LW_VERDICT_NO_CALL;
	if (v->depth < e->depth && (f == NULL || !is_mostly_stated(f)) &&
	    (e->depth != LW_DEPTH_CAUSE || v->depth != LW_DEPTH_UNKNOWN))
		return LW_VERDICT_ABOVE;
	/* The same rule with another key is a sibling, not a cause. */
	if (a->groups[e->group].rule != LW_NO_RULE &&
	    a->groups[e->group].rule == a->groups[v->group].rule)
		return LW_VERDICT_SIBLING;
	contrast = f == NULL ? -1 : lw_link_contrast(f);
	if (f == NULL || lw_link_confidence(f, NULL) < LW_LINK_ENOUGH)
		return contrast >= 0 && contrast < 0.5 ? LW_VERDICT_CONTRAST : LW_VERDICT_WEAK;
	if (contrast >= 0 && contrast < LW_CLEAR && is_only_there(a, f))
		return LW_VERDICT_CONTRAST;
	return judge_own(a, f);
}

/* May the cause of the link stand directly under its effect?  Chains of many incidents ask again
 * and again, so that it is kept. */
static bool
is_allowed(const struct lw_analysis *a, uint32_t link)
{
	const struct lw_link_facts *f = &a->links[link];

	if (a->judged[link] == LW_NOT_JUDGED)
		a->judged[link] = (uint8_t)lw_chain_judge(a, f->effect, f->cause);
	return a->judged[link] == LW_VERDICT_TAKEN;
}

/* Likewise of two vertices; without a link nothing ties them. */
static bool
allowed(const struct lw_analysis *a, uint32_t effect, uint32_t cause)
{
	const struct lw_link_facts *f = lw_link_find(a, effect, cause);

	return f != NULL && is_allowed(a, (uint32_t)(f - a->links));
}

static bool
in_chain(const struct lw_chain *ch, uint32_t v)
{
	size_t i;

	for (i = 0; i < ch->n; i++)
		if (ch->at[i] == v)
			return true;
	return false;
}

/* How many of the allowed next steps (links, ascending by cause) are allowed behind v too: the
 * more, the nearer to the surface v is. */
static unsigned
leads_on(const struct lw_analysis *a, const struct lw_chain *ch, uint32_t v, const uint32_t *next,
    size_t count)
{
	uint32_t link = a->effect_from[v], end = a->effect_from[v + 1];
	unsigned n = 0;
	size_t i = 0;

	while (i < count && link < end) {
		uint32_t cause = a->links[link].cause, wanted = a->links[next[i]].cause;

		if (cause == wanted && is_allowed(a, link) && !in_chain(ch, cause))
			n++;
		if (cause <= wanted)
			link++;
		else
			i++;
	}
	return n;
}

static int64_t
lag_of(const struct lw_link_facts *f)
{
	return f->median_lag_ns == LW_TIME_NONE ? INT64_MAX : f->median_lag_ns;
}

/* Is x a better next step than y, both of one effect? */
static bool
better_step(const struct lw_analysis *a, const struct lw_link_facts *x, unsigned x_leads,
    const struct lw_link_facts *y, unsigned y_leads)
{
	const struct lw_vertex *vx = &a->vertices[x->cause], *vy = &a->vertices[y->cause];
	const uint32_t own = a->vertices[x->effect].service;
	double cx, cy;

	/* What the service says itself comes before what the services say that it calls. */
	if (vx->service != vy->service && (vx->service == own || vy->service == own))
		return vx->service == own;
	if (vx->depth != vy->depth)
		return vx->depth < vy->depth;
	if (x_leads != y_leads)
		return x_leads > y_leads;
	cx = lw_link_confidence(x, NULL);
	cy = lw_link_confidence(y, NULL);
	if (cx != cy)
		return cx > cy;
	if (x->others > 0 && y->others > 0 && vx->sum.count != vy->sum.count)
		return vx->sum.count > vy->sum.count;
	if (lag_of(x) != lag_of(y))
		return lag_of(x) < lag_of(y);
	if (vx->sum.count != vy->sum.count)
		return vx->sum.count > vy->sum.count;
	return a->groups[vx->group].id < a->groups[vy->group].id;
}

#define MAX_NEXT 256

/* The links to what may stand under `from`, ascending by cause. */
static size_t
next_of(const struct lw_analysis *a, const struct lw_chain *ch, uint32_t from, uint32_t *next)
{
	size_t count = 0;
	uint32_t i;

	for (i = a->effect_from[from]; i < a->effect_from[from + 1] && count < MAX_NEXT; i++) {
		if (!in_chain(ch, a->links[i].cause) && is_allowed(a, i))
			next[count++] = i;
	}
	return count;
}

/* Keep only the steps that do not lose the deepest cause in reach. */
static size_t
keep_way_to_cause(const struct lw_analysis *a, uint32_t *next, size_t count)
{
	const struct lw_link_facts *best = NULL;
	size_t i, kept = 0;

	for (i = 0; i < count; i++) {
		const struct lw_link_facts *f = &a->links[next[i]];

		if (a->vertices[f->cause].depth == LW_DEPTH_CAUSE &&
		    (best == NULL || lw_link_confidence(f, NULL) > lw_link_confidence(best, NULL)))
			best = f;
	}
	if (best == NULL)
		return count;
	for (i = 0; i < count; i++) {
		uint32_t cause = a->links[next[i]].cause;

		if (a->vertices[cause].depth == LW_DEPTH_CAUSE || allowed(a, cause, best->cause))
			next[kept++] = next[i];
	}
	return kept;
}

static bool
ends_in_cause(const struct lw_analysis *a, const struct lw_chain *ch)
{
	return a->vertices[ch->at[ch->n - 1]].depth == LW_DEPTH_CAUSE;
}

/* Where the service itself says nothing more: a service that only time ties to it, or UINT32_MAX.
 * Behind a known cause, where the catalogue says so. */
static uint32_t
call_by_time(const struct lw_analysis *a, const struct lw_chain *ch, uint32_t from)
{
	const struct lw_link_facts *best = NULL;
	uint32_t i;

	for (i = a->effect_from[from]; i < a->effect_from[from + 1]; i++) {
		const struct lw_link_facts *f = &a->links[i];

		if (in_chain(ch, f->cause) || (ends_in_cause(a, ch) && !f->catalogue) ||
		    a->vertices[f->cause].service == a->vertices[from].service ||
		    !lw_chain_is_call_by_time(a, from, f->cause))
			continue;
		if (best == NULL || better_step(a, f, 0, best, 0))
			best = f;
	}
	return best == NULL ? UINT32_MAX : best->cause;
}

/* May something else stand behind it still, though a rule knows it? */
static bool
is_open(const struct lw_analysis *a, uint32_t v)
{
	const struct lw_rule *rule = lw_vertex_rule(a, &a->vertices[v]);

	return a->vertices[v].depth != LW_DEPTH_CAUSE || rule->layer == LW_LAYER_DEPENDENCY ||
	       rule->layer == LW_LAYER_PLATFORM;
}

/* Is x a better beginning of it all than y?  What went on is, then the nearest. */
static bool
began_better(
    const struct lw_analysis *a, const struct lw_link_facts *x, const struct lw_link_facts *y)
{
	const struct lw_vertex *vx = &a->vertices[x->cause], *vy = &a->vertices[y->cause];

	if (x->lasting != y->lasting)
		return x->lasting;
	if (vx->sum.first_ns != vy->sum.first_ns)
		return vx->sum.first_ns > vy->sum.first_ns;
	return a->groups[vx->group].id < a->groups[vy->group].id;
}

/* What began in another service right before it; the best, or UINT32_MAX. */
static uint32_t
begun_elsewhere(const struct lw_analysis *a, const struct lw_chain *ch, uint32_t from)
{
	const struct lw_link_facts *best = NULL;
	uint32_t i;

	if (!is_open(a, from))
		return UINT32_MAX;
	for (i = a->effect_from[from]; i < a->effect_from[from + 1]; i++) {
		const struct lw_link_facts *f = &a->links[i];

		if (in_chain(ch, f->cause) ||
		    lw_is_one_workload(
			a, a->vertices[from].service, a->vertices[f->cause].service) ||
		    !lw_chain_has_begun(a, from, f->cause))
			continue;
		if (best == NULL || began_better(a, f, best))
			best = f;
	}
	return best == NULL ? UINT32_MAX : best->cause;
}

/* The best of the steps that are allowed, or UINT32_MAX. */
static uint32_t
best_step(const struct lw_analysis *a, const struct lw_chain *ch, uint32_t from)
{
	const struct lw_link_facts *best = NULL;
	uint32_t next[MAX_NEXT];
	size_t count = next_of(a, ch, from, next), i;
	unsigned best_leads = 0;

	count = keep_way_to_cause(a, next, count);
	for (i = 0; i < count; i++) {
		const struct lw_link_facts *f = &a->links[next[i]];
		unsigned leads = leads_on(a, ch, f->cause, next, count);

		if (best == NULL || better_step(a, f, leads, best, best_leads)) {
			best = f;
			best_leads = leads;
		}
	}
	return best == NULL ? UINT32_MAX : best->cause;
}

void
lw_chain_grow(const struct lw_analysis *a, struct lw_chain *ch)
{
	while (ch->n < LW_CHAIN_MAX) {
		uint32_t from = ch->at[ch->n - 1], best = best_step(a, ch, from);

		if (best == UINT32_MAX)
			best = call_by_time(a, ch, from);
		if (best == UINT32_MAX)
			best = begun_elsewhere(a, ch, from);
		if (best == UINT32_MAX)
			return;
		ch->at[ch->n++] = best;
	}
}

void
lw_chain_shorten(const struct lw_analysis *a, struct lw_chain *ch, size_t max)
{
	while (ch->n > max && ch->n > 2) {
		size_t i, best = 0;
		double best_confidence = -1;

		for (i = 1; i + 1 < ch->n; i++) {
			double x = lw_chain_confidence(a, ch->at[i - 1], ch->at[i + 1]);

			if (x > best_confidence) {
				best_confidence = x;
				best = i;
			}
		}
		for (i = best; i + 1 < ch->n; i++)
			ch->at[i] = ch->at[i + 1];
		ch->n--;
	}
	if (max == 1)
		ch->n = 1;
}
