/*
 * prefilter.c - a search for all literals at once that looks at samples of the text.
 *
 * The text is looked at where a multiple of the stride is: a few bytes (a
 * gram) are hashed, and a bit tells whether any literal holds that gram in a
 * place where it would be seen so.  Of each literal a window is chosen, as
 * long as a stride and a gram together, so that one of the window's grams
 * stands on a multiple of the stride wherever the literal does.  Where the bit is set,
 * the literals of that gram are compared.  It is the idea of Wu and Manber
 * ("A fast algorithm for multi-pattern searching", 1994), turned round: the
 * stride is fixed, so that looks do not wait for each other.
 *
 * Why not something else: nanoseconds a message, on messages of 39 bytes
 * (services' own), 70 (requests), 134 (system logs) and 5,500 (traces),
 * without case, and the microseconds to build.  The best of three in one run on a
 * busy machine with 2 cores; close figures change places from run to run.
 *
 *     rules             39     70    134   5,500    build
 *     100   sampled     22     37     56   4,000      240
 *           automaton   63    116    273  14,200    1,600
 *           Vectorscan  82     72    173   2,500   15,500
 *           Teddy      245    157    915  99,000       80
 *     237   sampled     88     95    195   6,300    1,200   (those shipped)
 *           automaton  130    118    333  14,100   17,500
 *           Vectorscan 118     89    222   7,400   52,000
 *           Teddy    2,700  2,400  8,000 253,000      600
 *     1,000 sampled     26     37     72   2,500    2,200
 *           automaton   63    117    275  13,400   15,500
 *           Vectorscan  69     74    113   5,700  124,000
 *           Teddy      445    293  2,800 431,000    1,100
 *     5,000 sampled     49     83    154   5,700   18,000
 *           automaton   63    114    270  13,200  139,000
 *           Vectorscan  73     74    212   5,600  795,000
 *           Teddy      688    521  6,100 998,000    8,300
 *
 * The automaton is Aho and Corasick's as a dense table over classes of bytes: each
 * step waits for the one before it.  Vectorscan (hs_compile_lit_multi) is faster on traces with
 * few rules and about as fast on some of the rest, but takes 35 to 65 times as long to build: more
 * than the whole run of a small capture.  It is one more thing to depend on, too.  Teddy (AVX2,
 * eight buckets, three bytes) is made for a few dozen literals; with hundreds in a bucket it
 * proposes everywhere.
 */
#include <string.h>

#include "catalog/prefilter_parts.h"

/* The bytes of a text from `at` on, of which there are fewer than eight, the first one lowest. */
static inline uint64_t
load_last(struct lw_str text, size_t at)
{
	char bytes[8] = {0};

	if (text.n >= 8)
		return lw_load64(text.p + text.n - 8) >> 8 * (at + 8 - text.n);
	memcpy(bytes, text.p + at, text.n - at);
	return lw_load64(bytes);
}

void
lw_candidates_add(struct lw_candidates *c, uint32_t id)
{
	if (c->seen[id] == c->round)
		return;
	c->seen[id] = c->round;
	c->ids[c->count++] = id;
}

/* Does folded text stand at p, where there is room for it? */
static bool
stands_at(const char *p, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i + 8 <= n; i += 8)
		if ((lw_load64(p + i) | LW_FOLD) != lw_load64(text + i))
			return false;
	for (; i < n; i++)
		if ((char)(p[i] | 0x20) != text[i])
			return false;
	return true;
}

static void
propose(const struct lw_prefilter *f, const struct lw_known_literal *l, struct lw_candidates *c)
{
	uint32_t id;

	for (id = l->first; id < l->last; id++)
		lw_candidates_add(c, f->ids[id]);
}

/* There may be a gram at byte `at`: propose what literals it belongs to. */
static void
confirm(const struct lw_prefilter *f, const struct lw_lane *lane, uint64_t gram, struct lw_str text,
    size_t at, struct lw_candidates *c)
{
	const uint32_t *bucket =
	    &lane->buckets[lw_hash_top(lw_gram_hash(gram), lane->buckets_log2)];
	uint32_t i;

	for (i = bucket[0]; i < bucket[1]; i++) {
		const struct lw_gram *g = &lane->grams[i];
		const struct lw_known_literal *l = &f->literals[g->literal];

		if (g->bytes != gram || g->at > at || l->n > text.n - (at - g->at) ||
		    !stands_at(text.p + at - g->at, f->texts + l->text, l->n))
			continue;
		propose(f, l, c);
	}
}

/* Look at the gram that the bytes begin with, at byte `at` of the text. */
static inline void
look(const struct lw_prefilter *f, const struct lw_lane *lane, uint64_t gram, struct lw_str text,
    size_t at, struct lw_candidates *c)
{
	uint32_t bit = lw_hash_top(lw_gram_hash(gram), lane->bits_log2);

	if ((lane->bits[bit / 32] >> bit % 32 & 1) != 0)
		confirm(f, lane, gram, text, at, c);
}

/* The shape's numbers are constants here, so that a look is a dozen instructions. */
static inline void
scan_lane(const struct lw_prefilter *f, size_t which, const struct lw_gram_shape shape,
    struct lw_str text, struct lw_candidates *c)
{
	const struct lw_lane lane = f->lanes[which];
	const uint64_t mask = lw_gram_mask(shape.gram);
	size_t at = 0;

	for (; at + 8 <= text.n; at += shape.stride)
		look(f, &lane, (lw_load64(text.p + at) | LW_FOLD) & mask, text, at, c);
	for (; at + shape.gram <= text.n; at += shape.stride)
		look(f, &lane, (load_last(text, at) | LW_FOLD) & mask, text, at, c);
}

void
lw_prefilter_scan(const struct lw_prefilter *f, struct lw_str text, struct lw_candidates *c)
{
	if (f->lanes[0].count != 0)
		scan_lane(f, 0, lw_gram_shapes[0], text, c);
	if (f->lanes[1].count != 0)
		scan_lane(f, 1, lw_gram_shapes[1], text, c);
	if (f->lanes[2].count != 0)
		scan_lane(f, 2, lw_gram_shapes[2], text, c);
}

/* Can the literal stand at the start of the text?  *sure: it does, whatever the digits are. */
static bool
may_stand(const char *literal, size_t n, struct lw_str text, char any_digit, bool *sure)
{
	size_t i;

	*sure = true;
	for (i = 0; i < n; i++) {
		if (text.p[i] == any_digit ? literal[i] < '0' || literal[i] > '9'
					   : (char)(text.p[i] | 0x20) != literal[i])
			return false;
		*sure = *sure && text.p[i] != any_digit;
	}
	return true;
}

size_t
lw_prefilter_may(const struct lw_prefilter *f, struct lw_str text, char any_digit,
    struct lw_candidates *c, struct lw_prefilter_maybe *maybe, size_t max)
{
	size_t at, count = 0;
	uint32_t i;

	for (at = 0; at + LW_START_BYTES <= text.n; at++) {
		struct lw_str rest = lw_str_make(text.p + at, text.n - at);
		const uint32_t *start = &f->starts[lw_start_of(rest.p, any_digit)];

		for (i = start[0]; i < start[1] && count <= max; i++) {
			const struct lw_known_literal *l = &f->literals[f->by_start[i]];
			bool sure;

			if (l->n > rest.n ||
			    !may_stand(f->texts + l->text, l->n, rest, any_digit, &sure))
				continue;
			if (sure)
				propose(f, l, c);
			else if (count++ < max)
				maybe[count - 1] =
				    (struct lw_prefilter_maybe){f->by_start[i], (uint32_t)at};
		}
	}
	return count;
}

const uint32_t *
lw_prefilter_ids(const struct lw_prefilter *f, uint32_t literal, size_t *count)
{
	const struct lw_known_literal *l = &f->literals[literal];

	*count = l->last - l->first;
	return f->ids + l->first;
}

bool
lw_prefilter_stands(const struct lw_prefilter *f, uint32_t literal, struct lw_str text, size_t at)
{
	const struct lw_known_literal *l = &f->literals[literal];

	return at + l->n <= text.n && stands_at(text.p + at, f->texts + l->text, l->n);
}
