/* sort.c - by digits from the lowest up (LSD radix sort); what is short is inserted. */
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

/* By the digit at `shift` alone. */
static void
by_digit(const struct lw_keyed *from, struct lw_keyed *to, size_t n, unsigned shift, uint64_t mask)
{
	size_t at[DIGITS], sum = 0, count, i;

	memset(at, 0, (size_t)(mask + 1) * sizeof(*at));
	for (i = 0; i < n; i++)
		at[from[i].key >> shift & mask]++;
	for (i = 0; i <= mask; i++) {
		count = at[i];
		at[i] = sum;
		sum += count;
	}
	for (i = 0; i < n; i++)
		to[at[from[i].key >> shift & mask]++] = from[i];
}

void
lw_sort_keyed(struct lw_keyed *list, struct lw_keyed *room, size_t n)
{
	const unsigned bits = n < MANY ? LESS_BITS : MORE_BITS;
	const uint64_t mask = (UINT64_C(1) << bits) - 1;
	struct lw_keyed *from = list, *to = room, *last;
	uint64_t differ;
	unsigned shift;

	if (n <= FEW) {
		insert_all(list, n);
		return;
	}
	differ = unordered_bits(list, n);
	for (shift = 0; shift < 64 && differ >> shift != 0; shift += bits) {
		if ((differ >> shift & mask) == 0)
			continue;
		by_digit(from, to, n, shift, mask);
		last = from;
		from = to;
		to = last;
	}
	if (from != list)
		memcpy(list, from, n * sizeof(*list));
}

/* Of list[0..n), n above FEW, keep those of the part that holds the rank; returns how many, and
 * *rank among them.  They are of one value where that is all. */
static size_t
keep_part(int64_t *list, size_t n, size_t *rank)
{
	uint32_t counts[PARTS] = {0};
	int64_t least = list[0], most = list[0];
	unsigned shift = 0;
	size_t i, kept = 0, part;

	for (i = 1; i < n; i++) {
		least = list[i] < least ? list[i] : least;
		most = list[i] > most ? list[i] : most;
	}
	while (((uint64_t)most - (uint64_t)least) >> shift >= PARTS)
		shift++;
	for (i = 0; i < n; i++)
		counts[((uint64_t)list[i] - (uint64_t)least) >> shift]++;
	for (part = 0; *rank >= counts[part]; part++)
		*rank -= counts[part];
	for (i = 0; i < n; i++) {
		list[kept] = list[i];
		kept += ((uint64_t)list[i] - (uint64_t)least) >> shift == part;
	}
	return kept;
}

int64_t
lw_sort_nth(int64_t *list, size_t n, size_t rank)
{
	size_t i, k, before = 0;

	while (n > FEW && n != before) {
		before = n;
		n = keep_part(list, n, &rank);
	}
	for (i = 1; i < n; i++) {
		int64_t x = list[i];

		for (k = i; k > 0 && list[k - 1] > x; k--)
			list[k] = list[k - 1];
		list[k] = x;
	}
	return list[rank];
}
