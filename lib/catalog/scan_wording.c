/*
 * scan_wording.c - which patterns may match messages that differ in their digits alone.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog/scan_parts.h"
#include "entry/wording.h"

void
lw_scan_forget(struct lw_known_wording *known)
{
	free(known->likely);
	free(known->maybe);
	*known = (struct lw_known_wording){0};
}

/* Remember what the matcher found in the message, for all of its wording. */
static void
note(struct lw_scanner *s, struct lw_likely *l, const struct lw_pattern *p, struct lw_str msg)
{
	struct lw_hit hit;
	size_t i;

	lw_scan_fill(s, &hit, 0, p, msg);
	l->matches = true;
	l->start = (uint8_t)hit.start;
	l->end = (uint8_t)hit.end;
	for (i = 0; i < LW_RULE_MAX_CAPTURES; i++) {
		bool there = hit.captures[i].p != NULL;

		l->captures[i].at = there ? (uint8_t)(hit.captures[i].p - msg.p) : LW_LIKELY_ABSENT;
		l->captures[i].n = there ? (uint8_t)hit.captures[i].n : 0;
	}
}

/*
 * Could the pattern of that number match the message if it had other digits?  Where the pattern
 * takes one digit for another, or there is none, what it does is the same for all of a wording.
 */
static bool
may_match(
    struct lw_scanner *s, uint32_t number, struct lw_str msg, bool digits, struct lw_likely *l)
{
	const struct lw_rule_impl *impl = s->catalog->rules[s->catalog->rule_of[number]];
	size_t i = number - impl->first_pattern;
	struct lw_str text = lw_str_from(impl->rule.patterns[i]);
	struct lw_pattern *p = &impl->patterns[i];
	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(s->matcher.data);
	enum lw_match m;

	*l = (struct lw_likely){.pattern = number};
	if (digits && lw_pattern_blind_bytes(text) < text.n)
		return lw_pattern_match_digits(p, &s->blind[number], &s->matcher, text, msg) !=
		       LW_MATCH_NO;
	m = lw_pattern_match(p, &s->matcher, msg, 0, 0);
	if (m == LW_MATCH_YES && pairs[0] <= pairs[1])
		note(s, l, p, msg);
	return l->matches || m == LW_MATCH_LIMITED;
}

/* The message that an entry's wording is of: its number says the same of no more than that. */
static struct lw_str
worded(const struct lw_entry *e)
{
	return e->wording < LW_WORDING_ASIDE ? e->message : e->clean;
}

/* What is learned of a wording. */
struct lesson {
	struct lw_scanner *s;
	struct lw_str msg;
	bool digits; /* there are some */
	bool full;   /* there is more to it than is kept */
	struct lw_likely likely[LW_LIKELY_MAX];
	struct lw_maybe maybe[LW_MAYBE_MAX];
	size_t count, maybe_count;
};

/* The bit of a pattern that may be proposed; 0 where it cannot match. */
static uint16_t
learn_pattern(struct lesson *l, uint32_t number)
{
	struct lw_likely likely;
	size_t i;

	for (i = 0; i < l->count; i++)
		if (l->likely[i].pattern == number)
			return (uint16_t)(1u << i);
	if (!may_match(l->s, number, l->msg, l->digits, &likely))
		return 0;
	l->full = l->full || l->count == LW_LIKELY_MAX;
	if (l->full)
		return 0;
	l->likely[l->count] = likely;
	return (uint16_t)(1u << l->count++);
}

/* The patterns of literals that hang on digits; those in `sure` need no look at them. */
static void
learn_maybe(struct lesson *l, const struct lw_prefilter_maybe *maybe, size_t count, uint16_t sure)
{
	size_t ids, i, j;

	for (i = 0; i < count && !l->full; i++) {
		const uint32_t *id =
		    lw_prefilter_ids(l->s->catalog->prefilter, maybe[i].literal, &ids);
		unsigned proposes = 0;

		for (j = 0; j < ids; j++)
			proposes |= learn_pattern(l, id[j]);
		if ((proposes & ~(unsigned)sure) != 0)
			l->maybe[l->maybe_count++] =
			    (struct lw_maybe){maybe[i], (uint16_t)(proposes & ~(unsigned)sure)};
	}
}

static void *
copy(const void *from, size_t bytes)
{
	void *p = malloc(bytes + 1);

	if (p != NULL)
		memcpy(p, from, bytes);
	return p;
}

void
lw_scan_learn(struct lw_scanner *s, struct lw_known_wording *known, const struct lw_entry *e)
{
	struct lw_str text = worded(e);
	char wording[LW_WORDING_MAX_BYTES];
	struct lw_prefilter_maybe maybe[LW_MAYBE_MAX];
	struct lesson l = {.s = s, .msg = e->clean, .full = !lw_wording_of(text, wording)};
	unsigned sure = 0;
	size_t i, n;

	_Static_assert(
	    LW_WORDING_MAX_BYTES < LW_LIKELY_ABSENT, "no place in a wording is taken for none");
	lw_scan_forget(known);
	*known = (struct lw_known_wording){.wording = e->wording, .count = 1};
	if (l.full)
		return;
	text.p = wording;
	l.digits = memchr(wording, LW_ANY_DIGIT, text.n) != NULL;
	lw_scan_begin(s);
	n = lw_prefilter_may(
	    s->catalog->prefilter, text, (char)LW_ANY_DIGIT, &s->candidates, maybe, LW_MAYBE_MAX);
	for (i = 0; i < s->candidates.count && n <= LW_MAYBE_MAX; i++)
		sure |= learn_pattern(&l, s->candidates.ids[i]);
	if (n <= LW_MAYBE_MAX)
		learn_maybe(&l, maybe, n, (uint16_t)sure);
	if (l.full || n > LW_MAYBE_MAX)
		return;
	known->count = (uint8_t)l.count;
	known->maybe_count = (uint8_t)l.maybe_count;
	known->sure = (uint16_t)sure;
	if (l.count == 0)
		return;
	known->likely = copy(l.likely, l.count * sizeof(l.likely[0]));
	known->maybe = copy(l.maybe, l.maybe_count * sizeof(l.maybe[0]));
	if (known->maybe == NULL) {
		free(known->likely);
		known->likely = NULL;
	}
}

unsigned
lw_scan_proposed(
    const struct lw_scanner *s, const struct lw_known_wording *known, struct lw_str msg)
{
	unsigned proposed = known->sure;
	size_t i;

	for (i = 0; i < known->maybe_count; i++) {
		const struct lw_maybe *m = &known->maybe[i];

		if ((m->proposes & ~proposed) != 0 &&
		    lw_prefilter_stands(s->catalog->prefilter, m->is.literal, msg, m->is.at))
			proposed |= m->proposes;
	}
	return proposed;
}
