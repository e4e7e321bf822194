/* check_cluster_merge.c - the outcome is a function of the set of messages: any order, any split,
 * any ceiling. */
#include "check_cluster.h"

#include <stdio.h>
#include <string.h>

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

#define MESSAGES 3000
#define DISTINCT 1000000

/* Message k of a log with steady templates, users, a chatty shape of ever new words, and odd ones.
 */
static void
message(char *text, size_t size, uint32_t k)
{
	uint32_t seed = k * 2654435761u + 7;
	uint32_t r = next(&seed);
	unsigned a = next(&seed) % 1000, b = next(&seed) % 7;

	switch (k % 8) {
	case 0:
		(void)snprintf(
		    text, size, "connection from 10.0.%u.%u closed after %u ms", b, a % 256, a);
		break;
	case 1:
		(void)snprintf(text, size, "session opened for user %s by (uid=%u)",
		    b < 3   ? "root"
		    : b < 5 ? "news"
			    : "test",
		    b);
		break;
	case 2:
		(void)snprintf(text, size, "state of node-%u is %s", a % 10, b < 4 ? "up" : "down");
		break;
	case 3:
		(void)snprintf(text, size, "unexpected token %c%c%c%c in the input of %u",
		    'a' + r % 26, 'a' + r / 26 % 26, 'a' + r / 676 % 26, 'a' + b, a);
		break;
	case 4:
		(void)snprintf(text, size, "%c%c%c%c %c%c start", 'g' + r % 20, 'g' + r / 20 % 20,
		    'g' + r / 400 % 20, 'g' + a % 20, 'g' + b, 'g' + a / 20 % 20);
		break;
	case 5:
		(void)snprintf(text, size, "wrote %u bytes to /var/data/%u.db", a, b);
		break;
	default:
		(void)snprintf(text, size, "worker %u: done", a);
	}
}

/* All messages in the order that seed gives, counted by `parts` clusterers that are merged. */
static void
outcome(struct lw_buf *out, uint32_t seed, int parts, size_t ceiling)
{
	static uint32_t order[MESSAGES];
	struct lw_clusterer *c[8];
	char text[200];
	uint32_t i, k, swap;
	int p;

	for (p = 0; p < parts; p++)
		c[p] = lw_clusterer_new(ceiling);
	for (i = 0; i < MESSAGES; i++)
		order[i] = i;
	for (i = MESSAGES - 1; seed != 0 && i > 0; i--) {
		k = next(&seed) % (i + 1);
		swap = order[i];
		order[i] = order[k];
		order[k] = swap;
	}
	for (i = 0; i < MESSAGES; i++) {
		message(text, sizeof(text), order[i]);
		add(c[parts == 1 ? 0 : next(&seed) % (uint32_t)parts], text);
	}
	for (p = parts - 1; p > 0; p--) {
		ck_assert(lw_clusterer_merge(c[p / 2], c[p]));
		lw_clusterer_free(c[p]);
	}
	ck_assert(lw_clusters_finish(c[0]));
	lw_buf_reset(out);
	dump(out, c[0]);
	lw_clusterer_free(c[0]);
}

static void
check_outcomes(size_t ceiling)
{
	struct lw_buf first = {0}, other = {0};
	uint32_t seed;

	outcome(&first, 0, 1, ceiling);
	for (seed = 1; seed <= 8; seed++) {
		outcome(&other, seed, 1 + (int)(seed % 8), ceiling);
		ck_assert_str_eq(first.p, other.p);
	}
	lw_buf_fini(&first);
	lw_buf_fini(&other);
}

START_TEST(order_and_split_do_not_matter)
{
	check_outcomes(0);
}
END_TEST

START_TEST(order_and_split_do_not_matter_above_the_ceiling)
{
	check_outcomes(400);
	check_outcomes(64);
}
END_TEST

START_TEST(many_distinct_messages_stay_within_the_ceiling)
{
	struct lw_clusterer *c = lw_clusterer_new(2000);
	uint64_t signature = 0, steady = 0, total = 0;
	char text[100];
	uint32_t i, k;
	size_t t;

	for (i = 0; i < DISTINCT; i++) {
		size_t n = 0;

		for (k = i * 2654435761u; n < 8; k = k / 16 + 17)
			text[n++] = (char)('g' + k % 16);
		n += (size_t)snprintf(text + n, sizeof(text) - n, " gate %c%c%c", 'g' + i % 20,
		    'g' + i / 20 % 20, 'g' + i / 400 % 20);
		ck_assert(lw_cluster_add(c, lw_str_make(text, n), NULL, &signature));
		if (i % 1000 == 0)
			steady = add(c, "the steady one");
	}
	ck_assert(lw_clusters_finish(c));
	ck_assert_uint_le(lw_cluster_count(c), 2000 + 1);
	ck_assert_uint_gt(lw_cluster_folded(c), 0);
	ck_assert_uint_ne(lw_cluster_of(c, steady), UINT32_MAX);
	ck_assert_uint_ne(lw_cluster_of(c, signature), UINT32_MAX);
	for (t = 0; t < lw_cluster_count(c); t++)
		total += lw_cluster_template(c, t)->count;
	ck_assert_uint_eq(total, DISTINCT + DISTINCT / 1000);
	lw_clusterer_free(c);
}
END_TEST

TCase *
merge_case(void)
{
	TCase *t = tcase_create("merge");

	tcase_set_timeout(t, 0);
	tcase_add_test(t, order_and_split_do_not_matter);
	tcase_add_test(t, order_and_split_do_not_matter_above_the_ceiling);
	tcase_add_test(t, many_distinct_messages_stay_within_the_ceiling);
	return t;
}
