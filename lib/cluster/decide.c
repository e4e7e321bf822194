/*
 * decide.c - rows made comparable, twice.
 *
 * First by token: rows with the same delimiters in the same places.  What is
 * left is then compared by chunk, so that a value of one token and one of
 * several ("<path>" and "./run", "<host>" and "wpad:80") can be told to be the same.
 */
#include "cluster/decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cluster/evidence.h"
#include "cluster/words.h"

#define BITS (LW_MASK_TOKENS_MAX / 32)

/* Which tokens of a row are values, or turned out to be. */
struct wild {
	uint32_t bits[BITS];
};

struct order {
	uint64_t skeleton;
	uint32_t row;
};

struct decision {
	const struct lw_row *const *rows;
	uint32_t *owner;
	struct wild *wild;
	bool chunks; /* by chunk, not by token */
};

static struct lw_str
token_text(const struct lw_row *r, size_t token)
{
	return lw_str_make(lw_row_text(r) + r->tokens[token].start, r->tokens[token].n);
}

static bool
is_delim(const struct lw_row *r, size_t token)
{
	return r->tokens[token].kind == LW_TOKEN_DELIM;
}

static bool
is_wild(const struct wild *w, size_t token)
{
	return w->bits[token / 32] >> (token % 32) & 1;
}

/* A bracket at `token` that was opened in the core: "LOCAL(0)". */
static bool
closes_inside(const struct lw_row *r, size_t from, size_t token)
{
	char close = *token_text(r, token).p;
	char open = close == ')' ? '(' : close == ']' ? '[' : close == '}' ? '{' : '\0';
	size_t i;

	for (i = from; open != '\0' && i < token; i++)
		if (is_delim(r, i) && *token_text(r, i).p == open)
			return true;
	return false;
}

struct lw_chunk
lw_row_chunk(const struct lw_row *r, size_t start)
{
	struct lw_chunk c = {.start = start, .from = start, .end = start + 1};

	while (c.end < r->token_count && !r->tokens[c.end].blank)
		c.end++;
	while (c.from < c.end && is_delim(r, c.from))
		c.from++;
	for (c.to = c.end;
	     c.to > c.from && is_delim(r, c.to - 1) && !closes_inside(r, c.from, c.to - 1); c.to--)
		;
	return c;
}

/* The next position at or behind token `at`: one token, or the core of a chunk.  False at the end
 * of the row. */
static bool
next_position(const struct decision *d, const struct lw_row *r, size_t at, struct lw_chunk *c)
{
	for (; at < r->token_count; at = c->end) {
		*c = d->chunks ? lw_row_chunk(r, at) : (struct lw_chunk){at, at, at + 1, at + 1};
		if (d->chunks ? c->from < c->to : !is_delim(r, at))
			return true;
	}
	return false;
}

static uint64_t
skeleton(const struct decision *d, const struct lw_row *r)
{
	uint64_t h = r->stack || r->folded ? r->signature : 0;
	struct lw_chunk c = {0};
	size_t at = 0, i;
	bool more;

	do {
		more = next_position(d, r, at, &c);
		for (i = at; i < (more ? c.from : r->token_count); i++)
			h = lw_hash_pair(h, lw_hash_str(token_text(r, i), r->tokens[i].blank));
		if (!more)
			break;
		h = lw_hash_pair(h, 2 + (uint64_t)r->tokens[c.from].blank);
		for (i = c.to; i < c.end; i++)
			h = lw_hash_pair(h, lw_hash_str(token_text(r, i), 4));
		at = c.end;
	} while (at < r->token_count);
	return h;
}

/* "com.apple.fmfd", "CCIOReporter", "max_pool": more a name than a word. */
static bool
looks_like_name(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '.' || c == '_' || c == '$' || c == '-' || (c >= '0' && c <= '9'))
			return true;
		if (i > 0 && c >= 'A' && c <= 'Z' && s.p[i - 1] >= 'a' && s.p[i - 1] <= 'z')
			return true;
	}
	return false;
}

/* "RUNNING", "CONTAINER_CLEANUP": a constant of a program, as verbs are. */
static bool
looks_like_state(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((s.p[i] < 'A' || s.p[i] > 'Z') && s.p[i] != '_')
			return false;
	return s.n >= 2;
}

/* What the tokens around [from, to) say about what stands there. */
static uint32_t
context(const struct lw_row *r, size_t from, size_t to)
{
	uint32_t facts = 0;
	char c;

	if (to < r->token_count && is_delim(r, to) && *token_text(r, to).p == '=')
		facts |= LW_FACT_KEY;
	if (from == 0)
		return facts;
	if (is_delim(r, from - 1)) {
		c = *token_text(r, from - 1).p;
		if (c == '"' || c == '\'' || c == '`' || c == '=')
			facts |= LW_FACT_QUOTED;
	} else if (r->tokens[from].blank && r->tokens[from - 1].kind == LW_TOKEN_WORD) {
		if (lw_names_next(token_text(r, from - 1)))
			facts |= LW_FACT_NAMED;
		if (lw_is_preposition(token_text(r, from - 1)))
			facts |= LW_FACT_OBJECT;
	}
	return facts;
}

static struct lw_position
position(const struct decision *d, const struct lw_row *r, const struct wild *w,
    const struct lw_chunk *c)
{
	struct lw_position p = {0, context(r, c->from, c->to)};
	bool name = c->to - c->from > 1, key = false;
	size_t i, literal = 0;

	if (c->to - c->from == 1 && is_wild(w, c->from))
		p.facts |= LW_FACT_WILD;
	for (i = c->from; i < c->to; i++) {
		struct lw_str s = token_text(r, i);

		if (is_wild(w, i)) {
			p.hash = lw_hash_pair(p.hash, 1);
			continue;
		}
		p.hash = lw_hash_pair(p.hash, lw_hash_str(s, 0));
		literal += s.n;
		name = name || looks_like_name(s);
		key = key || (is_delim(r, i) && (*s.p == '=' || *s.p == ':'));
	}
	if (literal >= 2)
		p.facts |= LW_FACT_WORD;
	if (c->to - c->from == 1 && looks_like_state(token_text(r, c->from)))
		p.facts |= LW_FACT_STATE;
	else if (name && !(d->chunks && key))
		p.facts |= LW_FACT_NAME;
	return p;
}

static uint32_t
root(uint32_t *owner, uint32_t i)
{
	while (owner[i] != i) {
		owner[i] = owner[owner[i]];
		i = owner[i];
	}
	return i;
}

static void
joined(void *arg, uint32_t into, uint32_t row)
{
	struct decision *d = arg;

	d->owner[row] = into;
}

/* What became a wildcard is one in the next pass too. */
static void
remember(struct decision *d, const struct lw_comparable *c)
{
	const struct lw_row *r = d->rows[c->row];
	struct lw_chunk chunk = {0};
	size_t at, i = 0;

	for (at = 0; next_position(d, r, at, &chunk); at = chunk.end, i++)
		if (c->at[i].facts & LW_FACT_WILD)
			d->wild[c->row].bits[chunk.from / 32] |= UINT32_C(1) << (chunk.from % 32);
}

/* The rows order[0..count) have one skeleton. */
static bool
decide_skeleton(struct decision *d, const struct order *order, size_t count)
{
	struct lw_comparable *rows = malloc(count * sizeof(*rows));
	struct lw_position *positions;
	struct lw_chunk c = {0};
	size_t i, at, width = 0, n = 0, left;

	for (at = 0; next_position(d, d->rows[order[0].row], at, &c); at = c.end)
		width++;
	positions = malloc((count * width + 1) * sizeof(*positions));
	if (rows == NULL || positions == NULL) {
		free(rows);
		free(positions);
		return false;
	}
	for (i = 0; i < count; i++) {
		const struct lw_row *r = d->rows[order[i].row];

		rows[i] = (struct lw_comparable){order[i].row, r->count, positions + n};
		for (at = 0; next_position(d, r, at, &c); at = c.end)
			positions[n++] = position(d, r, &d->wild[order[i].row], &c);
	}
	left = lw_evidence(rows, count, width, joined, d);
	for (i = 0; left != SIZE_MAX && i < left && !d->chunks; i++)
		remember(d, &rows[i]);
	free(rows);
	free(positions);
	return left != SIZE_MAX;
}

static int
by_skeleton(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->skeleton != y->skeleton)
		return x->skeleton < y->skeleton ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* One pass over the rows that own themselves. */
static bool
decide(struct decision *d, struct order *order, size_t count)
{
	size_t i, to, n = 0;

	for (i = 0; i < count; i++)
		if (d->owner[i] == i)
			order[n++] = (struct order){skeleton(d, d->rows[i]), (uint32_t)i};
	qsort(order, n, sizeof(*order), by_skeleton);
	for (i = 0; i < n; i = to) {
		for (to = i + 1; to < n && order[to].skeleton == order[i].skeleton; to++)
			;
		if (to - i > 1 && !decide_skeleton(d, order + i, to - i))
			return false;
	}
	return true;
}

bool
lw_decide(const struct lw_row *const *rows, size_t count, uint32_t *owner)
{
	struct decision d = {.rows = rows, .owner = owner};
	struct order *order = malloc((count + 1) * sizeof(*order));
	size_t i, k;
	bool ok;

	d.wild = calloc(count + 1, sizeof(*d.wild));
	ok = order != NULL && d.wild != NULL;
	for (i = 0; ok && i < count; i++) {
		owner[i] = (uint32_t)i;
		for (k = 0; k < rows[i]->token_count; k++)
			if (rows[i]->tokens[k].kind == LW_TOKEN_VALUE)
				d.wild[i].bits[k / 32] |= UINT32_C(1) << (k % 32);
	}
	for (k = 0; ok && k < 2; k++) {
		d.chunks = k == 1;
		ok = decide(&d, order, count);
	}
	for (i = 0; ok && i < count; i++)
		owner[i] = root(owner, (uint32_t)i);
	free(d.wild);
	free(order);
	return ok;
}
