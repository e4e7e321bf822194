/*
 * prefilter_build.c - literals to the tables that find them.
 *
 * prefilter.c says how they are found.
 */
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "catalog/common_words.h"
#include "catalog/prefilter_parts.h"

#define BITS_A_GRAM 16 /* at least: one look in sixteen is for nothing */
#define MIN_BITS_LOG2 12
#define CACHED_BITS_LOG2 17 /* 16 KiB: what a first-level cache has to spare */
#define MAX_BITS_LOG2 24
#define RARITY_LOG2 14

void
lw_prefilter_free(struct lw_prefilter *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < LW_LANES; i++) {
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
		struct lw_known_literal *l = &f->literals[f->literal_count];

		f->ids[i] = sorted[i].id;
		if (i > 0 && lw_str_eq(text, sorted[i - 1].text)) {
			l[-1].last++;
			continue;
		}
		*l = (struct lw_known_literal){
		    bytes, (uint32_t)text.n, (uint32_t)i, (uint32_t)i + 1};
		f->literal_count++;
		memcpy(f->texts + bytes, text.p, text.n);
		bytes += text.n;
	}
	for (i = 0; i < bytes; i += 8) { /* there is room behind the last */
		uint64_t eight;

		memcpy(&eight, f->texts + i, 8);
		eight |= LW_FOLD;
		memcpy(f->texts + i, &eight, 8);
	}
	return true;
}

/* No literal is shorter than LW_START_BYTES: there is no shape for it. */
static bool
index_starts(struct lw_prefilter *f)
{
	uint32_t next[LW_STARTS], i;

	f->by_start = malloc((f->literal_count + 1) * sizeof(*f->by_start));
	if (f->by_start == NULL)
		return false;
	for (i = 0; i < f->literal_count; i++)
		f->starts[lw_start_of(f->texts + f->literals[i].text, '0') + 1]++;
	for (i = 0; i < LW_STARTS; i++) {
		f->starts[i + 1] += f->starts[i];
		next[i] = f->starts[i];
	}
	for (i = 0; i < f->literal_count; i++)
		f->by_start[next[lw_start_of(f->texts + f->literals[i].text, '0')]++] = i;
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
			counts[lw_hash_top(
			    lw_gram_hash((lw_load64(word + j) | LW_FOLD) & lw_gram_mask(4)),
			    RARITY_LOG2)] += 64;
	}
	for (i = 0; counts != NULL && i < f->literal_count; i++) {
		const struct lw_known_literal *l = &f->literals[i];

		for (j = 0; j + 4 <= l->n; j++) {
			uint16_t *c = &counts[lw_hash_top(
			    lw_gram_hash(lw_load64(f->texts + l->text + j) & lw_gram_mask(4)),
			    RARITY_LOG2)];

			*c += *c < UINT16_MAX;
		}
	}
	return counts;
}

static inline uint16_t
commonness_at(const uint16_t *counts, const char *p)
{
	return counts[lw_hash_top(lw_gram_hash(lw_load64(p) & lw_gram_mask(4)), RARITY_LOG2)];
}

/* Where in the literal its rarest window starts. */
static size_t
pick_window(const struct lw_prefilter *f, const struct lw_known_literal *l,
    const struct lw_gram_shape *shape, const uint16_t *counts)
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

	while (bytes < lw_gram_shapes[i].window)
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
lane_init(struct lw_lane *lane, size_t count)
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
gram_at(
    const struct lw_prefilter *f, uint32_t literal, size_t at, const struct lw_gram_shape *shape)
{
	return lw_load64(f->texts + f->literals[literal].text + at) & lw_gram_mask(shape->gram);
}

/* The windows of a lane's literals, and how many grams of them each bucket has. */
static void
count_windows(struct lw_prefilter *f, size_t which, const uint16_t *counts, uint32_t *windows)
{
	const struct lw_gram_shape *shape = &lw_gram_shapes[which];
	struct lw_lane *lane = &f->lanes[which];
	uint32_t i, j;

	for (i = 0; i < f->literal_count; i++) {
		if (shape_of(f->literals[i].n) != which)
			continue;
		windows[i] = (uint32_t)pick_window(f, &f->literals[i], shape, counts);
		for (j = windows[i]; j < windows[i] + shape->stride; j++) {
			uint64_t h = lw_gram_hash(gram_at(f, i, j, shape));

			lane->bits[lw_hash_top(h, lane->bits_log2) / 32] |=
			    UINT32_C(1) << lw_hash_top(h, lane->bits_log2) % 32;
			lane->buckets[lw_hash_top(h, lane->buckets_log2) + 2]++;
		}
	}
}

/* Grams of the literals of a lane into buckets, within each in the order of the literals. */
static bool
fill_lane(struct lw_prefilter *f, size_t which, const uint16_t *counts, uint32_t *windows)
{
	const struct lw_gram_shape *shape = &lw_gram_shapes[which];
	struct lw_lane *lane = &f->lanes[which];
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
			uint32_t bucket = lw_hash_top(lw_gram_hash(gram), lane->buckets_log2);

			lane->grams[lane->buckets[bucket + 1]++] = (struct lw_gram){gram, i, j};
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
	for (i = 0, good = true; i < LW_LANES && good; i++)
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
