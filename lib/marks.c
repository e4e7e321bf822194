/* marks.c - rules, templates, and which of them an entry gives as the cause of the others. */
#include "marks.h"

#include <stdlib.h>
#include <string.h>

#include "entry/stack.h"
#include "entry/wording.h"
#include "entry/wrapped.h"

/* What messages of a wording wrap: no digit changes which words say so. */
struct wrapping {
	uint32_t wording; /* 0: not known */
	uint8_t outer_bytes, inner_at, inner_bytes;
};

struct lw_marker {
	const struct lw_catalog *catalog;
	struct lw_scanner *scanner;
	struct lw_clusterer *clusters;
	struct wrapping wrappings[LW_WORDING_PLACES];
	/* Of the entry at hand. */
	const struct lw_entry *e;
	struct lw_hit *hits;
	struct lw_mark *marks;
	size_t hit_count, count;
	struct lw_wrapped wrapped; /* what the entry's words wrap; outer.n is 0 where nothing */
};

struct lw_marker *
lw_marker_new(
    const struct lw_catalog *catalog, struct lw_scanner *scanner, struct lw_clusterer *clusters)
{
	struct lw_marker *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->catalog = catalog;
	m->scanner = scanner;
	m->clusters = clusters;
	return m;
}

void
lw_marker_free(struct lw_marker *m)
{
	free(m);
}

/* Words of letters before a hit on its line, brackets aside: more than one, and the hit is quoted
 * by somebody else. */
static unsigned
words_before(struct lw_str line)
{
	unsigned words = 0, brackets = 0;
	size_t i, letters = 0;

	for (i = 0; i <= line.n; i++) {
		char c = i < line.n ? line.p[i] : ' ';
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (c == '[' || c == '(')
			brackets++;
		else if ((c == ']' || c == ')') && brackets > 0)
			brackets--;
		if (letter && brackets == 0) {
			letters++;
		} else if (c == ' ' || c == '\t') {
			words += letters >= 3;
			letters = 0;
		}
	}
	return words;
}

static struct lw_str
line_before(struct lw_str message, size_t at)
{
	size_t from = at;

	while (from > 0 && message.p[from - 1] != '\n')
		from--;
	return lw_str_make(message.p + from, at - from);
}

/* The bytes of e->clean that an exception of its trace takes; false where it stands elsewhere. */
static bool
place_of(
    const struct lw_entry *e, const struct lw_exception *x, size_t *from, size_t *to, size_t *type)
{
	const char *start = x->type.n > 0 ? x->type.p : x->message.p;

	if (start < e->clean.p || start >= e->clean.p + e->clean.n)
		return false;
	*from = (size_t)(start - e->clean.p);
	*type = *from + x->type.n;
	*to = *type + (x->message.n > 0 ? 2 + x->message.n : 0);
	return true;
}

/*
 * Does another error of the same trace wrap what was hit?  Either its own line
 * quotes it behind more than a type, or the hit lies in an exception that the
 * trace gives as the cause or context of the one on the surface.
 */
static bool
is_wrapped(const struct lw_entry *e, const struct lw_hit *hit, bool quoted)
{
	size_t surface_at, at, to, type, i;

	if (e->stack == NULL || !place_of(e, &e->stack->exceptions[0], &surface_at, &to, &type))
		return false;
	if (quoted)
		return hit->start >= surface_at;
	for (i = 1; i < e->stack->exception_count; i++)
		if (place_of(e, &e->stack->exceptions[i], &at, &to, &type) && at != surface_at &&
		    hit->end > at && hit->start <= to)
			return true;
	return false;
}

/* Does the hit tell the exception, more of it than the beginning of its type? */
static bool
tells(const struct lw_entry *e, const struct lw_exception *x, const struct lw_hit *hit)
{
	size_t from, to, type;

	if (!place_of(e, x, &from, &to, &type) || hit->end <= from || hit->start >= to)
		return false;
	return hit->start >= from || hit->end >= type;
}

/* Does the hit lie behind the words that say what failed? */
static bool
is_behind(const struct lw_marker *m, const struct lw_hit *hit)
{
	return m->e->clean.p + hit->start >= m->wrapped.outer.p + m->wrapped.outer.n;
}

/* Does the hit lie in what the entry gives as the cause of something else that it reports? */
static bool
is_inner(const struct lw_marker *m, const struct lw_hit *hit)
{
	const struct lw_stack *s = m->e->stack;
	size_t i;

	if (s != NULL)
		return s->exception_count > 1 &&
		       tells(m->e, &s->exceptions[s->exception_count - 1], hit);
	if (m->wrapped.outer.n == 0 || !is_behind(m, hit))
		return false;
	for (i = 0; i < m->hit_count; i++)
		if (!is_behind(m, &m->hits[i]))
			return true;
	return false;
}

static bool
add_unknown(struct lw_marker *m, struct lw_str text, const struct lw_stack *stack, bool inner)
{
	struct lw_mark *mark = &m->marks[m->count];

	*mark = (struct lw_mark){
	    .rule = LW_NO_RULE, .chain = m->e->severity >= LW_SEV_WARNING, .inner = inner};
	if (!lw_cluster_add(m->clusters, text, stack, &mark->signature))
		return false;
	m->count++;
	return true;
}

/* Do the rules that hit say only that something failed, and not what? */
static bool
are_symptoms(const struct lw_marker *m)
{
	size_t i;

	for (i = 0; i < m->hit_count; i++)
		if (lw_catalog_rule(m->catalog, m->hits[i].rule)->role != LW_ROLE_SYMPTOM)
			return false;
	return true;
}

/* Does a rule know the text by itself? */
static bool
is_known(const struct lw_marker *m, struct lw_str text)
{
	struct lw_hit hit;

	return lw_scan(m->scanner, text, m->e, &hit, 1) > 0;
}

/*
 * The exception at the end of a trace's chain, by its own line, so that it counts
 * as the same thing wherever it is raised: where the chain names no other one than what
 * surfaced, only if rules know no more than that something died of it.
 */
static bool
add_raised(struct lw_marker *m)
{
	char outer[LW_SAMPLE_MAX_BYTES], inner[LW_SAMPLE_MAX_BYTES];
	const struct lw_stack *s = m->e->stack;
	const struct lw_exception *last = &s->exceptions[s->exception_count - 1];
	size_t n = lw_raised_line(last, inner, sizeof(inner)), i;

	if (n == 0 || last->type.n == 0 || m->e->severity < LW_SEV_WARNING)
		return true;
	if (s->exception_count == 1 && (m->hit_count == 0 || !are_symptoms(m)))
		return true;
	if (s->exception_count > 1 && n == lw_raised_line(s->exceptions, outer, sizeof(outer)) &&
	    memcmp(outer, inner, n) == 0)
		return true;
	for (i = 0; i < m->hit_count; i++)
		if (tells(m->e, last, &m->hits[i]))
			return true;
	if (m->hit_count > 0 && is_known(m, lw_str_make(inner, n)))
		return true;
	return add_unknown(m, lw_str_make(inner, n), NULL, true);
}

/* The cause that a message wraps, where no rule knows any. */
static bool
add_wrapped(struct lw_marker *m)
{
	size_t i;

	if (m->wrapped.inner.n == 0 || (m->hit_count > 0 && !are_symptoms(m)))
		return true;
	for (i = 0; i < m->hit_count; i++)
		if (is_behind(m, &m->hits[i]) ||
		    m->e->clean.p + m->hits[i].end > m->wrapped.inner.p)
			return true;
	if (m->hit_count > 0 && is_known(m, m->wrapped.inner))
		return true;
	return add_unknown(m, m->wrapped.inner, NULL, true);
}

/* What no rule knows of an entry. */
static bool
add_unknowns(struct lw_marker *m, bool wrapped)
{
	const struct lw_entry *e = m->e;

	if (m->hit_count == 0 ? e->severity >= LW_SEV_WARNING && lw_str_trim(e->clean).n > 0
			      : wrapped)
		if (!add_unknown(m, e->clean, e->stack, false))
			return false;
	if (e->stack != NULL)
		return add_raised(m);
	return add_wrapped(m);
}

static void
parse_wrapped(struct lw_marker *m)
{
	if (m->e->stack != NULL || m->e->severity < LW_SEV_WARNING ||
	    !lw_wrapped_parse(m->e->clean, &m->wrapped))
		m->wrapped = (struct lw_wrapped){{NULL, 0}, {NULL, 0}};
}

/* What the entry's words wrap, by its wording where that has one. */
static void
find_wrapped(struct lw_marker *m)
{
	const struct lw_entry *e = m->e;
	struct wrapping *known = &m->wrappings[lw_wording_place(e->wording)];

	_Static_assert(LW_WORDING_MAX_BYTES <= UINT8_MAX, "a wording's places fit into a byte");
	if (e->wording == 0 || e->severity < LW_SEV_WARNING) {
		parse_wrapped(m);
	} else if (known->wording == e->wording) {
		m->wrapped.outer = lw_str_make(e->clean.p, known->outer_bytes);
		m->wrapped.inner = lw_str_make(e->clean.p + known->inner_at, known->inner_bytes);
	} else {
		parse_wrapped(m);
		*known = (struct wrapping){.wording = e->wording,
		    .outer_bytes = (uint8_t)m->wrapped.outer.n,
		    .inner_at =
			(uint8_t)(m->wrapped.inner.n == 0 ? 0 : m->wrapped.inner.p - e->clean.p),
		    .inner_bytes = (uint8_t)m->wrapped.inner.n};
	}
}

static bool
add_marks(struct lw_marker *m)
{
	const struct lw_entry *e = m->e;
	bool wrapped = false, named = false; /* the wrapping error has a rule of its own */
	size_t i;

	for (i = 0; i < m->hit_count; i++) {
		const struct lw_hit *hit = &m->hits[i];
		const struct lw_rule *rule = lw_catalog_rule(m->catalog, hit->rule);
		bool quoted = words_before(line_before(e->clean, hit->start)) > 1;
		bool inner = is_inner(m, hit);
		bool covered = rule->role == LW_ROLE_CAUSE && is_wrapped(e, hit, quoted);

		wrapped = wrapped || covered;
		named = named || rule->role == LW_ROLE_SYMPTOM;
		m->marks[m->count++] = (struct lw_mark){.rule = hit->rule,
		    .hit = hit,
		    .inner = inner,
		    .rank = covered && quoted ? 2
			    : quoted          ? 1
					      : 0,
		    .chain = rule->role != LW_ROLE_ADVISORY && rule->severity >= LW_SEV_WARNING};
	}
	return add_unknowns(m, wrapped && !named);
}

bool
lw_marks_find(struct lw_marker *m, const struct lw_entry *e, struct lw_hit hits[LW_SCAN_MAX_HITS],
    struct lw_mark marks[LW_MAX_MARKS], size_t *count)
{
	bool ok;

	*count = 0;
	if (e->insight)
		return true;
	m->e = e;
	m->hits = hits;
	m->marks = marks;
	m->count = 0;
	m->hit_count = lw_scan_entry(m->scanner, e, hits, LW_SCAN_MAX_HITS);
	if (m->hit_count == 0 && e->severity < LW_SEV_WARNING && e->stack == NULL)
		return true; /* as most are */
	find_wrapped(m);
	ok = add_marks(m);
	*count = m->count;
	return ok;
}
