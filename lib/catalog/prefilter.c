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
#include "catalog/prefilter.h"

#include <stdlib.h>
#include <string.h>

#include "base/load.h"
#include "base/sort.h"
#include "catalog/common_words.h"

#define LANES 3
#define FOLD UINT64_C(0x2020202020202020) /* letters to lower case, and some marks to others */
#define BITS_A_GRAM 16                    /* at least: one look in sixteen is for nothing */
#define MIN_BITS_LOG2 12
#define CACHED_BITS_LOG2 17 /* 16 KiB: what a first-level cache has to spare */
#define MAX_BITS_LOG2 24
#define RARITY_LOG2 14
#define START_BYTES 3 /* as many as the shortest literal has */
#define STARTS_LOG2 12
#define STARTS (1u << STARTS_LOG2)

/*
 * Literals of at least `window` bytes are found by their grams of `gram` bytes, of which a window
 * holds `stride`, one byte apart.  From long to short: a literal goes into the first that it is
 * long enough for, and a catalogue without short ones pays for one pass.
 */
static const struct shape {
	unsigned window, gram, stride;
} shapes[LANES] = {{12, 8, 5}, {6, 4, 3}, {3, 3, 1}};

struct gram {
	uint64_t bytes;   /* folded; those behind it are 0 */
	uint32_t literal; /* index */
	uint32_t at;      /* where in the literal, bytes */
};

struct literal {
	size_t text;          /* where in `texts` */
	uint32_t n;           /* bytes */
	uint32_t first, last; /* its ids: ids[first..last) */
};

/* Literals of one shape. */
struct lane {
	unsigned bits_log2, buckets_log2;
	uint32_t *bits;    /* by hash: is there such a gram? */
	uint32_t *buckets; /* by hash: index of the first gram; one more, the end */
	struct gram *grams;
	size_t count;
};

struct lw_prefilter {
	struct lane lanes[LANES];
	struct literal *literals;
	size_t literal_count;
	char *texts; /* folded */
	uint32_t *ids;
	uint32_t *by_start; /* indexes of literals by their first bytes */
	uint32_t
	    starts[STARTS + 1]; /* by hash of those: the first in by_start; one more, the end */
};

void
lw_prefilter_free(struct lw_prefilter *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < LANES; i++) {
		free(f->lanes[i].bits);
		free(f->lanes[i].buckets);
		free(f->lanes[i].grams);
	}
	free(f->literals);
	free(f->texts);
	free(f->ids);
	free(f->by_start);
	free(f);
}

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

static inline uint64_t
hash(uint64_t gram)
{
	return gram * UINT64_C(0x9e3779b97f4a7c15);
}

static inline uint32_t
top(uint64_t h, unsigned bits)
{
	return (uint32_t)(h >> (64 - bits));
}

static uint64_t
mask_of(unsigned bytes)
{
	return UINT64_MAX >> (64 - 8 * bytes);
}

static int
by_text(const void *a, const void *b)
{
	const struct lw_prefilter_literal *x = a, *y = b;
	int c = lw_str_cmp(x->text, y->text);

	if (c != 0)
		return c;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* The bytes that a text begins with, as a number by which texts are in their order. */
static uint64_t
beginning(struct lw_str text)
{
	uint64_t key = 0;
	size_t i;

	for (i = 0; i < 8; i++)
		key = key << 8 | (i < text.n ? (unsigned char)text.p[i] : 0);
	return key;
}

/* In the order of their texts, those of one text in that of their ids; NULL where memory ran out.
 */
static struct lw_prefilter_literal *
sort_literals(const struct lw_prefilter_literal *literals, size_t count)
{
	struct lw_prefilter_literal *sorted = malloc((count + 1) * sizeof(*sorted));
	struct lw_keyed *keyed = malloc((count + 1) * 2 * sizeof(*keyed));
	size_t i, end;

	if (sorted == NULL || keyed == NULL) {
		free(sorted);
		free(keyed);
		return NULL;
	}
	for (i = 0; i < count; i++)
		keyed[i] = (struct lw_keyed){beginning(literals[i].text), (uint32_t)i};
	lw_sort_keyed(keyed, keyed + count, count);
	for (i = 0; i < count; i++)
		sorted[i] = literals[keyed[i].item];
	for (i = 0; i < count; i = end) {
		for (end = i + 1; end < count && keyed[end].key == keyed[i].key; end++)
			;
		if (end > i + 1)
			qsort(sorted + i, end - i, sizeof(*sorted), by_text);
	}
	free(keyed);
	return sorted;
}

/* Every text once, with all ids that it proposes; `sorted` by text. */
static bool
collect(struct lw_prefilter *f, const struct lw_prefilter_literal *sorted, size_t count)
{
	size_t bytes = 0, i;

	for (i = 0; i < count; i++)
		bytes += sorted[i].text.n;
	f->literals = malloc((count + 1) * sizeof(*f->literals));
	f->ids = malloc((count + 1) * sizeof(*f->ids));
	f->texts = malloc(bytes + 8);
	if (f->literals == NULL || f->ids == NULL || f->texts == NULL)
		return false;
	memset(f->texts, 0, bytes + 8);
	bytes = 0;
	for (i = 0; i < count; i++) {
		struct lw_str text = sorted[i].text;
		struct literal *l = &f->literals[f->literal_count];

		f->ids[i] = sorted[i].id;
		if (i > 0 && lw_str_eq(text, sorted[i - 1].text)) {
			l[-1].last++;
			continue;
		}
		*l = (struct literal){bytes, (uint32_t)text.n, (uint32_t)i, (uint32_t)i + 1};
		f->literal_count++;
		memcpy(f->texts + bytes, text.p, text.n);
		bytes += text.n;
	}
	for (i = 0; i < bytes; i += 8) { /* there is room behind the last */
		uint64_t eight;

		memcpy(&eight, f->texts + i, 8);
		eight |= FOLD;
		memcpy(f->texts + i, &eight, 8);
	}
	return true;
}

/* The bucket of literals that begin as the text does, whatever its digits are. */
static unsigned
start_of(const char *p, char any_digit)
{
	uint64_t start = 0;
	unsigned i;

	for (i = 0; i < START_BYTES; i++) {
		bool digit = p[i] == any_digit || (p[i] >= '0' && p[i] <= '9');

		start = start << 8 | (digit ? '0' : (unsigned char)p[i] | 0x20u);
	}
	return top(hash(start), STARTS_LOG2);
}

/* No literal is shorter than START_BYTES: there is no shape for it. */
static bool
index_starts(struct lw_prefilter *f)
{
	uint32_t next[STARTS], i;

	f->by_start = malloc((f->literal_count + 1) * sizeof(*f->by_start));
	if (f->by_start == NULL)
		return false;
	for (i = 0; i < f->literal_count; i++)
		f->starts[start_of(f->texts + f->literals[i].text, '0') + 1]++;
	for (i = 0; i < STARTS; i++) {
		f->starts[i + 1] += f->starts[i];
		next[i] = f->starts[i];
	}
	for (i = 0; i < f->literal_count; i++)
		f->by_start[next[start_of(f->texts + f->literals[i].text, '0')]++] = i;
	return true;
}

/*
 * How common each gram of four bytes is, roughly (hashes may collide): what many literals
 * hold, logs hold too, so it tells little.
 */
static uint16_t *
count_grams(const struct lw_prefilter *f)
{
	uint16_t *counts = calloc((size_t)1 << RARITY_LOG2, sizeof(*counts));
	size_t i, j;

	for (i = 0; counts != NULL && lw_common_words[i] != NULL; i++) {
		size_t n = strlen(lw_common_words[i]);
		char word[1 + LW_COMMON_WORD_BYTES + 8] = " ";

		memcpy(word + 1, lw_common_words[i], n);
		word[n + 1] = ' ';
		for (j = 0; j + 4 <= n + 2; j++)
			counts[top(hash((lw_load64(word + j) | FOLD) & mask_of(4)), RARITY_LOG2)] +=
			    64;
	}
	for (i = 0; counts != NULL && i < f->literal_count; i++) {
		const struct literal *l = &f->literals[i];

		for (j = 0; j + 4 <= l->n; j++) {
			uint16_t *c = &counts[top(
			    hash(lw_load64(f->texts + l->text + j) & mask_of(4)), RARITY_LOG2)];

			*c += *c < UINT16_MAX;
		}
	}
	return counts;
}

static inline uint16_t
commonness_at(const uint16_t *counts, const char *p)
{
	return counts[top(hash(lw_load64(p) & mask_of(4)), RARITY_LOG2)];
}

/* Where in the literal its rarest window starts. */
static size_t
pick_window(const struct lw_prefilter *f, const struct literal *l, const struct shape *shape,
    const uint16_t *counts)
{
	const size_t grams = shape->window < 4 ? 0 : shape->window - 3; /* in a window */
	const char *text = f->texts + l->text;
	uint16_t last[16] = {0}; /* commonness of the last grams; more than a window has */
	uint32_t sum = 0, best = 0;
	size_t i, best_at = 0;

	if (grams == 0)
		return 0;
	for (i = 0; i < grams; i++)
		sum += last[i] = commonness_at(counts, text + i);
	/* The sum over a window that slides: one gram comes, one goes. */
	for (best = sum; i + 4 <= l->n; i++) {
		last[i % 16] = commonness_at(counts, text + i);
		sum += last[i % 16];
		sum -= last[(i - grams) % 16];
		if (sum < best) {
			best = sum;
			best_at = i + 1 - grams;
		}
	}
	return best_at;
}

static size_t
shape_of(size_t bytes)
{
	size_t i = 0;

	while (bytes < shapes[i].window)
		i++;
	return i;
}

static unsigned
log2_above(size_t n, unsigned least, unsigned most)
{
	unsigned log2 = least;

	while (log2 < most && (size_t)1 << log2 < n)
		log2++;
	return log2;
}

/* Memory for `count` grams and what the scan looks at first. */
static bool
lane_init(struct lane *lane, size_t count)
{
	lane->count = count;
	lane->bits_log2 = log2_above(count * BITS_A_GRAM, MIN_BITS_LOG2, MAX_BITS_LOG2);
	if (lane->bits_log2 < CACHED_BITS_LOG2)
		lane->bits_log2 =
		    log2_above(count * 4 * BITS_A_GRAM, MIN_BITS_LOG2, CACHED_BITS_LOG2);
	lane->buckets_log2 = log2_above(count, 4, MAX_BITS_LOG2);
	lane->bits = calloc(((size_t)1 << lane->bits_log2) / 32, sizeof(*lane->bits));
	lane->buckets = calloc(((size_t)1 << lane->buckets_log2) + 2, sizeof(*lane->buckets));
	lane->grams = malloc(count * sizeof(*lane->grams));
	return lane->bits != NULL && lane->buckets != NULL && lane->grams != NULL;
}

/* The gram at a byte of a literal. */
static inline uint64_t
gram_at(const struct lw_prefilter *f, uint32_t literal, size_t at, const struct shape *shape)
{
	return lw_load64(f->texts + f->literals[literal].text + at) & mask_of(shape->gram);
}

/* The windows of a lane's literals, and how many grams of them each bucket has. */
static void
count_windows(struct lw_prefilter *f, size_t which, const uint16_t *counts, uint32_t *windows)
{
	const struct shape *shape = &shapes[which];
	struct lane *lane = &f->lanes[which];
	uint32_t i, j;

	for (i = 0; i < f->literal_count; i++) {
		if (shape_of(f->literals[i].n) != which)
			continue;
		windows[i] = (uint32_t)pick_window(f, &f->literals[i], shape, counts);
		for (j = windows[i]; j < windows[i] + shape->stride; j++) {
			uint64_t h = hash(gram_at(f, i, j, shape));

			lane->bits[top(h, lane->bits_log2) / 32] |= UINT32_C(1)
								    << top(h, lane->bits_log2) % 32;
			lane->buckets[top(h, lane->buckets_log2) + 2]++;
		}
	}
}

/* Grams of the literals of a lane into buckets, within each in the order of the literals. */
static bool
fill_lane(struct lw_prefilter *f, size_t which, const uint16_t *counts, uint32_t *windows)
{
	const struct shape *shape = &shapes[which];
	struct lane *lane = &f->lanes[which];
	size_t buckets, count = 0;
	uint32_t i, j;

	for (i = 0; i < f->literal_count; i++)
		count += shape_of(f->literals[i].n) == which;
	if (count == 0)
		return true;
	if (!lane_init(lane, count * shape->stride))
		return false;
	count_windows(f, which, counts, windows);
	buckets = (size_t)1 << lane->buckets_log2;
	for (i = 2; i < buckets + 2; i++)
		lane->buckets[i] += lane->buckets[i - 1];
	/* Shifted by one while they are filled, so that they end up as starts. */
	for (i = 0; i < f->literal_count; i++) {
		if (shape_of(f->literals[i].n) != which)
			continue;
		for (j = windows[i]; j < windows[i] + shape->stride; j++) {
			uint64_t gram = gram_at(f, i, j, shape);
			uint32_t bucket = top(hash(gram), lane->buckets_log2);

			lane->grams[lane->buckets[bucket + 1]++] = (struct gram){gram, i, j};
		}
	}
	return true;
}

struct lw_prefilter *
lw_prefilter_new(const struct lw_prefilter_literal *literals, size_t count)
{
	struct lw_prefilter *f = calloc(1, sizeof(*f));
	struct lw_prefilter_literal *sorted = sort_literals(literals, count);
	uint32_t *windows = malloc((count + 1) * sizeof(*windows));
	uint16_t *counts = NULL;
	bool good = false;
	size_t i;

	if (f == NULL || sorted == NULL || windows == NULL)
		goto done;
	if (!collect(f, sorted, count) || !index_starts(f) || (counts = count_grams(f)) == NULL)
		goto done;
	for (i = 0, good = true; i < LANES && good; i++)
		good = fill_lane(f, i, counts, windows);
done:
	free(counts);
	free(windows);
	free(sorted);
	if (good)
		return f;
	lw_prefilter_free(f);
	return NULL;
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
		if ((lw_load64(p + i) | FOLD) != lw_load64(text + i))
			return false;
	for (; i < n; i++)
		if ((char)(p[i] | 0x20) != text[i])
			return false;
	return true;
}

static void
propose(const struct lw_prefilter *f, const struct literal *l, struct lw_candidates *c)
{
	uint32_t id;

	for (id = l->first; id < l->last; id++)
		lw_candidates_add(c, f->ids[id]);
}

/* There may be a gram at byte `at`: propose what literals it belongs to. */
static void
confirm(const struct lw_prefilter *f, const struct lane *lane, uint64_t gram, struct lw_str text,
    size_t at, struct lw_candidates *c)
{
	const uint32_t *bucket = &lane->buckets[top(hash(gram), lane->buckets_log2)];
	uint32_t i;

	for (i = bucket[0]; i < bucket[1]; i++) {
		const struct gram *g = &lane->grams[i];
		const struct literal *l = &f->literals[g->literal];

		if (g->bytes != gram || g->at > at || l->n > text.n - (at - g->at) ||
		    !stands_at(text.p + at - g->at, f->texts + l->text, l->n))
			continue;
		propose(f, l, c);
	}
}

/* Look at the gram that the bytes begin with, at byte `at` of the text. */
static inline void
look(const struct lw_prefilter *f, const struct lane *lane, uint64_t gram, struct lw_str text,
    size_t at, struct lw_candidates *c)
{
	uint32_t bit = top(hash(gram), lane->bits_log2);

	if ((lane->bits[bit / 32] >> bit % 32 & 1) != 0)
		confirm(f, lane, gram, text, at, c);
}

/* The shape's numbers are constants here, so that a look is a dozen instructions. */
static inline void
scan_lane(const struct lw_prefilter *f, size_t which, const struct shape shape, struct lw_str text,
    struct lw_candidates *c)
{
	const struct lane lane = f->lanes[which];
	const uint64_t mask = mask_of(shape.gram);
	size_t at = 0;

	for (; at + 8 <= text.n; at += shape.stride)
		look(f, &lane, (lw_load64(text.p + at) | FOLD) & mask, text, at, c);
	for (; at + shape.gram <= text.n; at += shape.stride)
		look(f, &lane, (load_last(text, at) | FOLD) & mask, text, at, c);
}

void
lw_prefilter_scan(const struct lw_prefilter *f, struct lw_str text, struct lw_candidates *c)
{
	if (f->lanes[0].count != 0)
		scan_lane(f, 0, shapes[0], text, c);
	if (f->lanes[1].count != 0)
		scan_lane(f, 1, shapes[1], text, c);
	if (f->lanes[2].count != 0)
		scan_lane(f, 2, shapes[2], text, c);
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

	for (at = 0; at + START_BYTES <= text.n; at++) {
		struct lw_str rest = lw_str_make(text.p + at, text.n - at);
		const uint32_t *start = &f->starts[start_of(rest.p, any_digit)];

		for (i = start[0]; i < start[1] && count <= max; i++) {
			const struct literal *l = &f->literals[f->by_start[i]];
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
	const struct literal *l = &f->literals[literal];

	*count = l->last - l->first;
	return f->ids + l->first;
}

bool
lw_prefilter_stands(const struct lw_prefilter *f, uint32_t literal, struct lw_str text, size_t at)
{
	const struct literal *l = &f->literals[literal];

	return at + l->n <= text.n && stands_at(text.p + at, f->texts + l->text, l->n);
}
