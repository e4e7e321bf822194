/*
 * scan.c - one message against all rules: literals propose, patterns decide.
 */
#include "catalog/scan.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/scan_parts.h"

/* What of a long message is looked at; see scan.h. */
#define HEAD LW_SCAN_HEAD_BYTES
#define TAIL LW_SCAN_TAIL_BYTES

/* How specific a hit is; compared member by member. */
struct rank {
	bool where;
	uint32_t fixed_bytes;
	size_t length;
	uint32_t rule;    /* the lower first */
	uint32_t pattern; /* number in the catalogue; the lower first */
};

enum holds { NO, YES };

/* The message of a call, and what fields it comes with. */
struct subject {
	struct lw_str msg;
	lw_field_fn *field;
	const void *arg;
};

struct results {
	struct lw_hit *hits;
	struct rank ranks[LW_SCAN_MAX_HITS];
	size_t count, max;
};

struct lw_scanner *
lw_scanner_new(const struct lw_catalog *catalog)
{
	struct lw_scanner *s = calloc(1, sizeof(*s));
	size_t patterns = catalog->pattern_count + (size_t)1, rules = catalog->count + 1;

	if (s == NULL)
		return NULL;
	s->catalog = catalog;
	s->candidates.seen = calloc(patterns, sizeof(*s->candidates.seen));
	s->candidates.ids = calloc(patterns, sizeof(*s->candidates.ids));
	s->where = calloc(rules, sizeof(*s->where));
	s->where_round = calloc(rules, sizeof(*s->where_round));
	s->limited = calloc(rules, sizeof(*s->limited));
	s->blind = calloc(patterns, sizeof(*s->blind));
	if (s->candidates.seen != NULL && s->candidates.ids != NULL && s->where != NULL &&
	    s->where_round != NULL && s->limited != NULL && s->blind != NULL &&
	    lw_matcher_init(&s->matcher, catalog->pair_count, catalog->translating))
		return s;
	lw_scanner_free(s);
	return NULL;
}

void
lw_scanner_free(struct lw_scanner *s)
{
	size_t i;

	if (s == NULL)
		return;
	lw_matcher_fini(&s->matcher);
	for (i = 0; i < LW_WORDING_PLACES; i++)
		lw_scan_forget(&s->known[i]);
	for (i = 0; s->blind != NULL && i < s->catalog->pattern_count; i++)
		lw_blind_fini(&s->blind[i]);
	free(s->blind);
	free(s->candidates.seen);
	free(s->candidates.ids);
	free(s->where);
	free(s->where_round);
	free(s->limited);
	free(s);
}

uint64_t
lw_scan_limited(const struct lw_scanner *s, uint32_t rule)
{
	return s->limited[rule];
}

/* A new round; where the counter wraps, what is remembered of old ones is forgotten. */
static void
next_round(struct lw_scanner *s)
{
	const struct lw_catalog *c = s->catalog;

	s->candidates.count = 0;
	if (++s->candidates.round != 0)
		return;
	memset(s->candidates.seen, 0, c->pattern_count * sizeof(*s->candidates.seen));
	memset(s->where_round, 0, c->count * sizeof(*s->where_round));
	s->candidates.round = 1;
}

void
lw_scan_begin(struct lw_scanner *s)
{
	const struct lw_catalog *c = s->catalog;
	size_t i;

	next_round(s);
	for (i = 0; i < c->always_count; i++)
		lw_candidates_add(&s->candidates, c->always[i]);
}

static void
find_candidates(struct lw_scanner *s, struct lw_str msg, bool filtered)
{
	const struct lw_catalog *c = s->catalog;
	uint32_t i;

	lw_scan_begin(s);
	for (i = 0; !filtered && i < c->pattern_count; i++)
		lw_candidates_add(&s->candidates, i);
	if (!filtered)
		return;
	if (msg.n <= HEAD + TAIL) {
		lw_prefilter_scan(c->prefilter, msg, &s->candidates);
		return;
	}
	lw_prefilter_scan(c->prefilter, lw_str_make(msg.p, HEAD), &s->candidates);
	lw_prefilter_scan(c->prefilter, lw_str_make(msg.p + msg.n - TAIL, TAIL), &s->candidates);
}

static enum lw_match
match(struct lw_scanner *s, struct lw_pattern *p, struct lw_str msg)
{
	enum lw_match m;

	if (msg.n <= HEAD + TAIL)
		return lw_pattern_match(p, &s->matcher, msg, 0, 0);
	m = lw_pattern_match(p, &s->matcher, lw_str_make(msg.p, HEAD), 0, PCRE2_NOTEOL);
	if (m == LW_MATCH_NO)
		m = lw_pattern_match(p, &s->matcher, msg, msg.n - TAIL, 0);
	return m;
}

static bool
condition_holds(
    struct lw_scanner *s, uint32_t rule, const struct lw_where *w, const struct subject *on)
{
	struct lw_str value = {NULL, 0};
	enum lw_match m;

	if (on->field == NULL || !on->field(on->arg, w->field, &value))
		return false;
	if (w->pattern == NULL)
		return lw_str_eq(value, w->value);
	m = match(s, w->pattern, value);
	s->limited[rule] += m == LW_MATCH_LIMITED;
	return m == LW_MATCH_YES;
}

static bool
where_holds(struct lw_scanner *s, uint32_t rule, const struct subject *on)
{
	const struct lw_rule_impl *impl = s->catalog->rules[rule];
	size_t i;

	if (impl->rule.where_count == 0)
		return true;
	if (s->where_round[rule] == s->candidates.round)
		return s->where[rule] == YES;
	s->where_round[rule] = s->candidates.round;
	s->where[rule] = NO;
	for (i = 0; i < impl->rule.where_count; i++)
		if (!condition_holds(s, rule, &impl->where[i], on))
			return false;
	s->where[rule] = YES;
	return true;
}

/* True where a goes before b. */
static bool
before(const struct rank *a, const struct rank *b)
{
	if (a->where != b->where)
		return a->where;
	if (a->fixed_bytes != b->fixed_bytes)
		return a->fixed_bytes > b->fixed_bytes;
	if (a->length != b->length)
		return a->length > b->length;
	return a->rule != b->rule ? a->rule < b->rule : a->pattern < b->pattern;
}

void
lw_scan_fill(const struct lw_scanner *s, struct lw_hit *hit, uint32_t rule,
    const struct lw_pattern *p, struct lw_str msg)
{
	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(s->matcher.data);
	uint32_t filled = pcre2_get_ovector_count(s->matcher.data);
	size_t i;

	memset(hit, 0, sizeof(*hit));
	hit->rule = rule;
	hit->start = pairs[0];
	hit->end = pairs[1];
	for (i = 0; i < p->group_count; i++) {
		struct lw_str *to = &hit->captures[p->groups[i].capture];
		size_t at = p->groups[i].number;

		if (to->p != NULL || at >= filled || pairs[2 * at] == PCRE2_UNSET)
			continue;
		*to = lw_str_make(msg.p + pairs[2 * at], pairs[2 * at + 1] - pairs[2 * at]);
	}
}

static void
drop(struct results *r, size_t i)
{
	r->count--;
	memmove(&r->hits[i], &r->hits[i + 1], (r->count - i) * sizeof(r->hits[0]));
	memmove(&r->ranks[i], &r->ranks[i + 1], (r->count - i) * sizeof(r->ranks[0]));
}

/* The place of a match, to be filled; a rule keeps the best of its patterns.  NULL: it has none. */
static struct lw_hit *
keep(struct results *r, const struct rank *rank)
{
	size_t i, at;

	for (i = 0; i < r->count; i++) {
		if (r->ranks[i].rule != rank->rule)
			continue;
		if (!before(rank, &r->ranks[i]))
			return NULL;
		drop(r, i);
		break;
	}
	for (at = 0; at < r->count && before(&r->ranks[at], rank); at++)
		;
	if (at == r->max)
		return NULL;
	if (r->count == r->max)
		r->count--;
	memmove(&r->hits[at + 1], &r->hits[at], (r->count - at) * sizeof(r->hits[0]));
	memmove(&r->ranks[at + 1], &r->ranks[at], (r->count - at) * sizeof(r->ranks[0]));
	r->count++;
	r->ranks[at] = *rank;
	return &r->hits[at];
}

static struct rank
rank_of(const struct lw_scanner *s, uint32_t number, size_t length)
{
	uint32_t rule = s->catalog->rule_of[number];
	const struct lw_rule_impl *impl = s->catalog->rules[rule];

	return (struct rank){.where = impl->rule.where_count > 0,
	    .fixed_bytes = impl->patterns[number - impl->first_pattern].literals.fixed_bytes,
	    .length = length,
	    .rule = rule,
	    .pattern = number};
}

static void
try_pattern(struct lw_scanner *s, uint32_t number, const struct subject *on, struct results *r)
{
	uint32_t rule = s->catalog->rule_of[number];
	const struct lw_rule_impl *impl = s->catalog->rules[rule];
	struct lw_pattern *p = &impl->patterns[number - impl->first_pattern];
	const PCRE2_SIZE *pairs;
	struct rank rank;
	struct lw_hit *hit;
	enum lw_match m;

	if (!where_holds(s, rule, on))
		return;
	m = match(s, p, on->msg);
	s->limited[rule] += m == LW_MATCH_LIMITED;
	if (m != LW_MATCH_YES)
		return;
	pairs = pcre2_get_ovector_pointer(s->matcher.data);
	if (pairs[0] > pairs[1])
		return; /* \K in a lookahead: it ends before it starts */
	rank = rank_of(s, number, pairs[1] - pairs[0]);
	hit = keep(r, &rank);
	if (hit != NULL)
		lw_scan_fill(s, hit, rule, p, on->msg);
}

size_t
lw_scan_fields(struct lw_scanner *s, struct lw_str msg, lw_field_fn *field, const void *arg,
    bool filtered, struct lw_hit *hits, size_t max)
{
	struct subject on = {.msg = msg, .field = field, .arg = arg};
	struct results r; /* its ranks are of the hits alone: not cleared for each message */
	size_t i;

	if (on.msg.p == NULL)
		on.msg = LW_STR("");
	r.hits = hits;
	r.count = 0;
	r.max = max > LW_SCAN_MAX_HITS ? LW_SCAN_MAX_HITS : max;
	find_candidates(s, on.msg, filtered);
	if (r.max == 0)
		return 0;
	for (i = 0; i < s->candidates.count; i++)
		try_pattern(s, s->candidates.ids[i], &on, &r);
	return r.count;
}

static bool
entry_field(const void *arg, struct lw_str name, struct lw_str *value)
{
	return lw_entry_field(arg, name, value);
}

size_t
lw_scan(struct lw_scanner *s, struct lw_str msg, const struct lw_entry *e, struct lw_hit *hits,
    size_t max)
{
	return lw_scan_fields(s, msg, e == NULL ? NULL : entry_field, e, true, hits, max);
}

bool
lw_scan_finds_nothing(const struct lw_scanner *s, const struct lw_entry *e)
{
	const struct lw_known_wording *known = &s->known[lw_wording_place(e->wording)];

	return e->wording != 0 && known->wording == e->wording && known->count == 0;
}

/* A match that is known before it is tried. */
static void
take_known(
    struct lw_scanner *s, const struct lw_likely *l, const struct subject *on, struct results *r)
{
	const struct rank rank = rank_of(s, l->pattern, (size_t)l->end - l->start);
	struct lw_hit *hit;
	size_t i;

	if (!where_holds(s, rank.rule, on) || (hit = keep(r, &rank)) == NULL)
		return;
	*hit = (struct lw_hit){.rule = rank.rule, .start = l->start, .end = l->end};
	for (i = 0; i < LW_RULE_MAX_CAPTURES; i++)
		if (l->captures[i].at != LW_LIKELY_ABSENT)
			hit->captures[i] =
			    lw_str_make(on->msg.p + l->captures[i].at, l->captures[i].n);
}

size_t
lw_scan_entry(struct lw_scanner *s, const struct lw_entry *e, struct lw_hit *hits, size_t max)
{
	struct subject on = {.msg = e->clean, .field = entry_field, .arg = e};
	struct lw_known_wording *known = &s->known[lw_wording_place(e->wording)];
	struct results r;
	unsigned tried;
	size_t i;

	if (e->wording != 0 && known->wording != e->wording)
		lw_scan_learn(s, known, e);
	if (e->wording != 0 && known->count == 0)
		return 0;
	if (e->wording == 0 || known->likely == NULL || known->count > max)
		return lw_scan(s, e->clean, e, hits, max);
	next_round(s);
	r.hits = hits;
	r.count = 0;
	r.max = max;
	tried = lw_scan_proposed(s, known, e->clean);
	for (i = 0; i < known->count; i++) {
		if ((tried >> i & 1) == 0)
			continue;
		if (known->likely[i].matches)
			take_known(s, &known->likely[i], &on, &r);
		else
			try_pattern(s, known->likely[i].pattern, &on, &r);
	}
	return r.count;
}
