/*
 * sort.c - by digits from the highest down (MSD radix sort); what is short is inserted.
 *
 * What one digit leaves together is mostly short, or of one key, and needs no other: times and
 * hashes have many digits that tell nothing more.
 */
#include "base/sort.h"

#include <string.h>

#define FEW 24       /* are inserted */
#define MANY 4096    /* are worth more digits at a time */
#define LESS_BITS 8  /* of a digit */
#define MORE_BITS 11 /* the same, of many: its counts fit a first-level cache */
#define DIGITS (1u << MORE_BITS)
#define PARTS 256

static void
insert_all(struct lw_keyed *list, size_t n)
{
	size_t i, k;

	for (i = 1; i < n; i++) {
		struct lw_keyed x = list[i];

		for (k = i; k > 0 && list[k - 1].key > x.key; k--)
			list[k] = list[k - 1];
		list[k] = x;
	}
}

static void
insert_numbers(int64_t *list, size_t n)
{
	size_t i, k;

	for (i = 1; i < n; i++) {
		int64_t x = list[i];

		for (k = i; k > 0 && list[k - 1] > x; k--)
			list[k] = list[k - 1];
		list[k] = x;
	}
}

/* The bits in which keys differ; 0 where they are in order. */
static uint64_t
unordered_bits(const struct lw_keyed *list, size_t n)
{
	uint64_t differ = 0;
	size_t descents = 0, i;

	for (i = 1; i < n; i++) {
		differ |= list[i].key ^ list[0].key;
		descents += list[i - 1].key > list[i].key;
	}
	return descents == 0 ? 0 : differ;
}

/* By the digit at `shift` alone; `ends` is filled with where those of each digit end. */
static void
by_digit(struct lw_keyed *list, struct lw_keyed *room, size_t n, unsigned shift, uint64_t mask,
    size_t *ends)
{
	size_t sum = 0, count, i;

	memset(ends, 0, (size_t)(mask + 1) * sizeof(*ends));
	for (i = 0; i < n; i++)
		ends[list[i].key >> shift & mask]++;
	for (i = 0; i <= mask; i++) {
		count = ends[i];
		ends[i] = sum;
		sum += count;
	}
	for (i = 0; i < n; i++)
		room[ends[list[i].key >> shift & mask]++] = list[i];
	memcpy(list, room, n * sizeof(*list));
}

void
lw_sort_keyed(struct lw_keyed *list, struct lw_keyed *room, size_t n)
{
	const unsigned bits = n < MANY ? LESS_BITS : MORE_BITS;
	const uint64_t mask = (UINT64_C(1) << bits) - 1;
	size_t ends[DIGITS], from, i;
	uint64_t differ;
	unsigned shift = 0;

	if (n <= FEW) {
		insert_all(list, n);
		return;
	}
	differ = unordered_bits(list, n);
	if (differ == 0)
		return;
	while (differ >> shift > mask)
		shift++;
	by_digit(list, room, n, shift, mask, ends);
	for (i = 0, from = 0; i <= mask && shift > 0; from = ends[i++])
		if (ends[i] - from > 1) /* within each other eight times at most */
			lw_sort_keyed(list + from, room, ends[i] - from);
}

/* Numbers by the part of their range that they are in. */
struct parts {
	int64_t least;
	unsigned shift;
	uint32_t counts[PARTS];
};

static inline size_t
part_of(const struct parts *p, int64_t x)
{
	return (size_t)(((uint64_t)x - (uint64_t)p->least) >> p->shift);
}

/* False where all are the same. */
static bool
count_parts(struct parts *p, const int64_t *list, size_t n)
{
	int64_t least = list[0], most = list[0];
	size_t i;

	for (i = 1; i < n; i++) {
		least = list[i] < least ? list[i] : least;
		most = list[i] > most ? list[i] : most;
	}
	*p = (struct parts){.least = least};
	while (part_of(p, most) >= PARTS)
		p->shift++;
	for (i = 0; i < n; i++)
		p->counts[part_of(p, list[i])]++;
	return most != least;
}

/* Into room those of the parts that hold the ranks, in the order of these; the ranks become those
 * within their parts, which are told. */
static void
take_parts(const struct parts *p, const int64_t *list, int64_t *room, size_t n, size_t *ranks,
    size_t count, size_t *parts)
{
	uint32_t to[PARTS], taken = 0; /* one more than where the next of a part goes; 0: nowhere */
	size_t before = 0, part = 0, i;

	memset(to, 0, sizeof(to));
	for (i = 0; i < count; i++) {
		for (; ranks[i] - before >= p->counts[part]; part++)
			before += p->counts[part];
		if (to[part] == 0) {
			to[part] = taken + 1;
			taken += p->counts[part];
		}
		ranks[i] -= before;
		parts[i] = part;
	}
	for (i = 0; i < n; i++) {
		part = part_of(p, list[i]);
		if (to[part] != 0)
			room[to[part]++ - 1] = list[i];
	}
}

void
lw_sort_ranks(int64_t *list, int64_t *room, size_t n, size_t *ranks, size_t count, int64_t *values)
{
	size_t parts[LW_SORT_RANKS], i, k;
	struct parts p;
	bool same;

	if (n <= FEW) {
		insert_numbers(list, n);
		for (i = 0; i < count; i++)
			values[i] = list[ranks[i]];
		return;
	}
	same = !count_parts(&p, list, n);
	for (i = 0; same && i < count; i++)
		values[i] = list[0];
	if (same)
		return;
	take_parts(&p, list, room, n, ranks, count, parts);
	for (i = 0; i < count; room += p.counts[parts[i]], i = k) {
		for (k = i + 1; k < count && parts[k] == parts[i]; k++)
			;
		/* Each time a narrower range, so that it ends. */
		lw_sort_ranks(room, list, p.counts[parts[i]], ranks + i, k - i, values + i);
	}
}
