/*
 * evidence.c - positions become wildcards.
 *
 * For every position, the rows that differ there and nowhere else are looked
 * at together: how many distinct words stand there, whether a value stands
 * there too, what kind of words they are and what stands before.  Rows that
 * become one may make others comparable, so this is repeated.  Pairs of
 * positions are tried last, for twice the evidence.
 *
 * Time: rows * width, and rows * width^2 / 2 for pairs, times a logarithm for sorting.
 */
#include "cluster/evidence.h"

#include <stdlib.h>

#include "base/hash.h"

/* Distinct words that make a position a wildcard. */
enum {
	ENOUGH_WORDS = 9,  /* plain words: verbs, states */
	ENOUGH_QUOTED = 5, /* between quotes, behind '=' */
	ENOUGH_NAMES = 3,  /* names; anything behind a preposition */
	ENOUGH_NAMED = 2,  /* behind "user" */
	CONSTANTS = 2,     /* words that stay, lest templates of wildcards swallow all */
	ROUNDS = 8,
	PAIR_WIDTH = 32, /* wider rows have no pairs looked at */
};
#define PAIRS_MAX ((size_t)4 << 20) /* nor have more rows than give this many pairs */

#define WILD_HASH UINT64_C(0x5bd1e9955bd1e995)

/* A row without one or two of its positions. */
struct pick {
	uint64_t key;
	uint32_t row;
	uint16_t first, second; /* equal where there is one */
};

struct work {
	struct lw_comparable *rows;
	size_t count, width;
	struct pick *picks;
	uint64_t *words; /* scratch: hashes of a position */
	uint32_t *owner;
	bool changed;
};

static uint64_t
hash_at(const struct lw_comparable *r, size_t i)
{
	return lw_hash_pair(r->at[i].facts & LW_FACT_WILD ? WILD_HASH : r->at[i].hash, i);
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static size_t
distinct(uint64_t *hashes, size_t n)
{
	size_t i, d = n > 0;

	qsort(hashes, n, sizeof(*hashes), by_value);
	for (i = 1; i < n; i++)
		d += hashes[i] != hashes[i - 1];
	return d;
}

/* How many distinct words are enough in this position. */
static size_t
enough(uint32_t context, size_t names, size_t states, size_t words)
{
	if (context & LW_FACT_KEY)
		return (size_t)ENOUGH_WORDS * 2;
	if (context & LW_FACT_NAMED)
		return ENOUGH_NAMED;
	if (states * 2 > words)
		return ENOUGH_WORDS;
	if (context & LW_FACT_QUOTED)
		return ENOUGH_QUOTED;
	return (context & LW_FACT_OBJECT) || names * 2 > words ? ENOUGH_NAMES : ENOUGH_WORDS;
}

/* Is `position` a wildcard in picks[from..to), with `times` the usual evidence? */
static bool
is_variable(const struct work *w, size_t from, size_t to, size_t position, size_t times)
{
	size_t i, words = 0, names = 0, states = 0;
	bool values = false;

	for (i = from; i < to; i++) {
		const struct lw_position *p = &w->rows[w->picks[i].row].at[position];

		if (p->facts & LW_FACT_WILD) {
			values = true;
		} else {
			w->words[words++] = p->hash;
			names += (p->facts & LW_FACT_NAME) != 0;
			states += (p->facts & LW_FACT_STATE) != 0;
		}
	}
	if (values && times == 1)
		return true;
	if (values && words == 0)
		return true;
	return distinct(w->words, words) >=
	       times * enough(w->rows[w->picks[from].row].at[position].facts, names, states, words);
}

static bool
is_one(const struct work *w, size_t from, size_t to)
{
	const struct pick *p = &w->picks[from];
	const struct lw_comparable *r = &w->rows[p->row];
	size_t i, constants = 0, needed = CONSTANTS + (p->first == 0) + (p->first != p->second);

	for (i = 0; i < w->width; i++)
		if (i != p->first && i != p->second &&
		    (r->at[i].facts & (LW_FACT_WILD | LW_FACT_WORD)) == LW_FACT_WORD)
			constants++;
	if (constants < needed)
		return false;
	if (p->first == p->second)
		return is_variable(w, from, to, p->first, 1);
	return is_variable(w, from, to, p->first, 2) && is_variable(w, from, to, p->second, 2);
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
unite(struct work *w, size_t from, size_t to)
{
	uint32_t a = root(w->owner, w->picks[from].row), b;
	size_t i;

	for (i = from + 1; i < to; i++) {
		b = root(w->owner, w->picks[i].row);
		if (a > b) {
			w->owner[a] = b;
			a = b;
		} else {
			w->owner[b] = a;
		}
	}
	w->changed = true;
}

static int
by_key(const void *a, const void *b)
{
	const struct pick *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Look at all rows that agree outside of the picked positions. */
static void
judge(struct work *w, size_t picks)
{
	size_t from, to;

	qsort(w->picks, picks, sizeof(*w->picks), by_key);
	for (from = 0; from < picks; from = to) {
		for (to = from + 1; to < picks && w->picks[to].key == w->picks[from].key; to++)
			;
		if (to - from > 1 && is_one(w, from, to))
			unite(w, from, to);
	}
}

static uint64_t
sum_of(const struct work *w, const struct lw_comparable *r)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < w->width; i++)
		sum += hash_at(r, i);
	return sum;
}

static size_t
pick_singles(struct work *w)
{
	size_t r, i, n = 0;

	for (r = 0; r < w->count; r++) {
		uint64_t sum = sum_of(w, &w->rows[r]);

		for (i = 0; i < w->width; i++)
			w->picks[n++] =
			    (struct pick){lw_hash_pair(sum - hash_at(&w->rows[r], i), i),
				(uint32_t)r, (uint16_t)i, (uint16_t)i};
	}
	return n;
}

static size_t
pick_pairs(struct work *w)
{
	size_t r, i, k, n = 0;

	for (r = 0; r < w->count; r++) {
		uint64_t sum = sum_of(w, &w->rows[r]), hi;

		for (i = 0; i < w->width; i++) {
			hi = hash_at(&w->rows[r], i);
			for (k = i + 1; k < w->width; k++)
				w->picks[n++] = (struct pick){
				    lw_hash_pair(sum - hi - hash_at(&w->rows[r], k), i << 16 | k),
				    (uint32_t)r, (uint16_t)i, (uint16_t)k};
		}
	}
	return n;
}

/* Rows that are one now become one: where two of them differ, a wildcard. */
static void
collapse(struct work *w, void (*joined)(void *arg, uint32_t into, uint32_t row), void *arg)
{
	size_t r, i, n = 0;

	for (r = 0; r < w->count; r++) {
		uint32_t into = root(w->owner, (uint32_t)r);
		struct lw_comparable *whole = &w->rows[into], *part = &w->rows[r];

		if (into == r)
			continue;
		whole->lines += part->lines;
		for (i = 0; i < w->width; i++) {
			if (((whole->at[i].facts | part->at[i].facts) & LW_FACT_WILD) ||
			    whole->at[i].hash != part->at[i].hash)
				whole->at[i].facts |= LW_FACT_WILD;
		}
		joined(arg, whole->row, part->row);
	}
	for (r = 0; r < w->count; r++)
		if (w->owner[r] == r)
			w->rows[n++] = w->rows[r];
	w->count = n;
	for (r = 0; r < n; r++)
		w->owner[r] = (uint32_t)r;
}

static bool
with_pairs(const struct work *w)
{
	return w->width <= PAIR_WIDTH && w->width >= 2 &&
	       w->count <= PAIRS_MAX / (w->width * (w->width - 1) / 2);
}

size_t
lw_evidence(struct lw_comparable *rows, size_t count, size_t width,
    void (*joined)(void *arg, uint32_t into, uint32_t row), void *arg)
{
	struct work w = {.rows = rows, .count = count, .width = width};
	size_t picks = count * width, round, r;

	if (with_pairs(&w) && count * (width * (width - 1) / 2) > picks)
		picks = count * (width * (width - 1) / 2);
	w.picks = malloc((picks + 1) * sizeof(*w.picks));
	w.words = malloc((count + 1) * sizeof(*w.words));
	w.owner = malloc((count + 1) * sizeof(*w.owner));
	if (w.picks == NULL || w.words == NULL || w.owner == NULL) {
		w.count = SIZE_MAX;
		goto out;
	}
	for (r = 0; r < count; r++)
		w.owner[r] = (uint32_t)r;
	for (round = 0; round < ROUNDS && w.count > 1; round++) {
		w.changed = false;
		judge(&w, pick_singles(&w));
		if (!w.changed && with_pairs(&w))
			judge(&w, pick_pairs(&w));
		if (!w.changed)
			break;
		collapse(&w, joined, arg);
	}
out:
	free(w.picks);
	free(w.words);
	free(w.owner);
	return w.count;
}
