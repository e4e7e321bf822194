/*
 * decide.c - positions become wildcards on evidence.
 *
 * Rows are comparable where they have the same skeleton: the same delimiters
 * at the same places, words and values in between.  For every position, rows
 * that differ there and nowhere else are looked at together: how many distinct words
 * stand there, whether a value stands there too, what kind of words they
 * are, and what stands before.  What is merged may make others comparable,
 * so this is repeated until nothing changes.
 */
#include "cluster/decide.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cluster/words.h"

/* Distinct words that make a position a wildcard, by what stands there. */
enum {
	ENOUGH_WORDS = 9,  /* plain words: verbs, states */
	ENOUGH_NAMES = 3,  /* words that look like names: with '.', '_', digits, inner capitals */
	ENOUGH_NAMED = 2,  /* behind "user", "host" */
	ENOUGH_QUOTED = 5, /* between quotes, behind '=' */
	ROUNDS = 6,
	CONSTANTS =
	    2, /* words that must stay, lest templates of nothing but wildcards swallow all */
};

#define WILD UINT64_C(0x5bd1e9955bd1e995) /* what a value hashes to */

struct part {         /* one live template of a skeleton */
	uint32_t row; /* its least row; parts are sorted by it */
	uint64_t lines;
};

struct pick { /* a part without its position p */
	uint64_t key;
	uint32_t part, position;
};

struct decision {
	const struct lw_row *const *rows;
	uint32_t *owner;
	/* of the skeleton at hand */
	struct part *parts;
	size_t part_count;
	uint64_t *atoms; /* part_count * width hashes */
	size_t width;
	struct pick *picks;
	bool merged;
};

static bool
is_atom(const struct lw_row_token *t)
{
	return t->kind != LW_TOKEN_DELIM;
}

static struct lw_str
token_text(const struct lw_row *r, const struct lw_row_token *t)
{
	return lw_str_make(lw_row_text(r) + t->start, t->n);
}

static uint64_t
skeleton(const struct lw_row *r)
{
	uint64_t h = r->stack || r->folded ? r->signature : r->token_count;
	size_t i;

	for (i = 0; i < r->token_count; i++) {
		const struct lw_row_token *t = &r->tokens[i];

		h = lw_hash_pair(h, is_atom(t) ? (uint64_t)t->blank + 1
					       : lw_hash_str(token_text(r, t), (uint64_t)t->blank));
	}
	return h;
}

static uint64_t
at_position(uint64_t hash, size_t position)
{
	return lw_hash_pair(hash, position);
}

static const struct lw_row_token *
atom(const struct lw_row *r, size_t position)
{
	size_t i;

	for (i = 0; i < r->token_count; i++)
		if (is_atom(&r->tokens[i]) && position-- == 0)
			return &r->tokens[i];
	return NULL;
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

static bool
is_word(struct lw_str s)
{
	return s.n >= 2;
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

/* What stands before a position. */
static bool
is_quoted(const struct lw_row *r, const struct lw_row_token *t)
{
	char c;

	if (t == r->tokens || t[-1].kind != LW_TOKEN_DELIM)
		return false;
	c = lw_row_text(r)[t[-1].start];
	return c == '"' || c == '\'' || c == '`' || c == '=';
}

static bool
is_named(const struct lw_row *r, const struct lw_row_token *t)
{
	return t > r->tokens && t->blank && t[-1].kind == LW_TOKEN_WORD &&
	       lw_names_next(token_text(r, &t[-1]));
}

/* The parts picks[from..to) differ at one position alone: are they one template? */
static bool
is_wildcard(const struct decision *d, size_t from, size_t to)
{
	size_t position = d->picks[from].position, i, words = 0, names = 0, constants = 0;
	uint64_t word_lines = 0, value_lines = 0;
	const struct lw_row *r = d->rows[d->parts[d->picks[from].part].row];
	const struct lw_row_token *t;
	bool values = false;

	for (i = 0; i < d->width; i++)
		if (i != position && d->atoms[d->picks[from].part * d->width + i] != WILD &&
		    is_word(token_text(r, atom(r, i))))
			constants++;
	for (i = from; i < to; i++) {
		const struct lw_row *member = d->rows[d->parts[d->picks[i].part].row];

		if (d->atoms[d->picks[i].part * d->width + position] == WILD) {
			values = true;
			value_lines += d->parts[d->picks[i].part].lines;
		} else {
			words++;
			names += looks_like_name(token_text(member, atom(member, position)));
			word_lines += d->parts[d->picks[i].part].lines;
		}
	}
	if (constants < CONSTANTS + (position == 0))
		return false;
	t = atom(r, position);
	if (values)
		return true;
	if (is_named(r, t))
		return words >= ENOUGH_NAMED;
	if (is_quoted(r, t))
		return words >= ENOUGH_QUOTED;
	if (names * 2 > words)
		return words >= ENOUGH_NAMES;
	return words >= ENOUGH_WORDS;
}

static int
by_key(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->part < y->part ? -1 : x->part > y->part;
}

static void
unite(struct decision *d, size_t from, size_t to)
{
	uint32_t a = root(d->owner, d->parts[d->picks[from].part].row), b;
	size_t i;

	for (i = from + 1; i < to; i++) {
		b = root(d->owner, d->parts[d->picks[i].part].row);
		if (a < b)
			d->owner[b] = a;
		else
			d->owner[a] = b;
		a = a < b ? a : b;
	}
	d->merged = true;
}

static int
row_order(const void *key, const void *part)
{
	uint32_t row = *(const uint32_t *)key, other = ((const struct part *)part)->row;

	return row < other ? -1 : row > other;
}

/* Parts that are one now become one part: where two of them differ, a wildcard. */
static void
collapse(struct decision *d)
{
	size_t i, p, n = 0;

	for (i = 0; i < d->part_count; i++) {
		uint32_t row = root(d->owner, d->parts[i].row);
		uint64_t *atoms = d->atoms + i * d->width, *whole;
		struct part *part;

		if (row == d->parts[i].row) {
			d->parts[n] = d->parts[i];
			memmove(d->atoms + n * d->width, atoms, d->width * sizeof(*atoms));
			n++;
			continue;
		}
		/* the least row of a template came first */
		part = bsearch(&row, d->parts, n, sizeof(*part), row_order);
		part->lines += d->parts[i].lines;
		whole = d->atoms + (size_t)(part - d->parts) * d->width;
		for (p = 0; p < d->width; p++)
			if (whole[p] != atoms[p])
				whole[p] = WILD;
	}
	d->part_count = n;
}

static bool
decide_round(struct decision *d)
{
	size_t i, p, n = 0, from, to;

	for (i = 0; i < d->part_count; i++) {
		uint64_t sum = 0;

		for (p = 0; p < d->width; p++)
			sum += at_position(d->atoms[i * d->width + p], p);
		for (p = 0; p < d->width; p++)
			d->picks[n++] = (struct pick){
			    lw_hash_pair(sum - at_position(d->atoms[i * d->width + p], p), p),
			    (uint32_t)i, (uint32_t)p};
	}
	qsort(d->picks, n, sizeof(*d->picks), by_key);
	d->merged = false;
	for (from = 0; from < n; from = to) {
		for (to = from + 1; to < n && d->picks[to].key == d->picks[from].key; to++)
			;
		if (to - from > 1 && is_wildcard(d, from, to))
			unite(d, from, to);
	}
	if (d->merged)
		collapse(d);
	return d->merged;
}

struct order {
	uint64_t skeleton;
	uint32_t row;
};

static int
by_skeleton(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->skeleton != y->skeleton)
		return x->skeleton < y->skeleton ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static size_t
width_of(const struct lw_row *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->token_count; i++)
		n += is_atom(&r->tokens[i]);
	return n;
}

/* The rows order[0..count) have one skeleton. */
static bool
decide_skeleton(struct decision *d, const struct order *order, size_t count)
{
	size_t i, p, round;
	bool ok = false;

	d->width = width_of(d->rows[order[0].row]);
	d->part_count = count;
	d->parts = malloc(count * sizeof(*d->parts));
	d->atoms = malloc((count * d->width + 1) * sizeof(*d->atoms));
	d->picks = malloc((count * d->width + 1) * sizeof(*d->picks));
	if (d->parts == NULL || d->atoms == NULL || d->picks == NULL)
		goto out;
	for (i = 0; i < count; i++) {
		const struct lw_row *r = d->rows[order[i].row];
		size_t k;

		d->parts[i] = (struct part){order[i].row, r->count};
		for (k = p = 0; k < r->token_count; k++)
			if (is_atom(&r->tokens[k]))
				d->atoms[i * d->width + p++] =
				    r->tokens[k].kind == LW_TOKEN_VALUE
					? WILD
					: lw_hash_str(token_text(r, &r->tokens[k]), 0);
	}
	for (round = 0; round < ROUNDS && d->part_count > 1 && decide_round(d); round++)
		;
	ok = true;
out:
	free(d->parts);
	free(d->atoms);
	free(d->picks);
	return ok;
}

bool
lw_decide(const struct lw_row *const *rows, size_t count, uint32_t *owner)
{
	struct decision d = {.rows = rows, .owner = owner};
	struct order *order = malloc((count + 1) * sizeof(*order));
	size_t i, to;
	bool ok = order != NULL;

	for (i = 0; ok && i < count; i++) {
		owner[i] = (uint32_t)i;
		order[i] = (struct order){skeleton(rows[i]), (uint32_t)i};
	}
	if (ok)
		qsort(order, count, sizeof(*order), by_skeleton);
	for (i = 0; ok && i < count; i = to) {
		for (to = i + 1; to < count && order[to].skeleton == order[i].skeleton; to++)
			;
		if (to - i > 1)
			ok = decide_skeleton(&d, order + i, to - i);
	}
	for (i = 0; ok && i < count; i++)
		owner[i] = root(owner, (uint32_t)i);
	free(order);
	return ok;
}
