/*
 * fuzz_cluster.c - messages of any bytes, one a line, grouped.
 *
 * Every message falls into a template, the counts add up, and a ceiling of a few signatures holds.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "cluster/cluster.h"

#define MESSAGES_MAX 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
group(const uint8_t *data, size_t size, size_t ceiling)
{
	struct lw_clusterer *c = lw_clusterer_new(ceiling);
	uint64_t signatures[MESSAGES_MAX], total = 0;
	size_t from = 0, to, n = 0, i;

	if (c == NULL)
		return;
	for (to = 0; to <= size && n < MESSAGES_MAX; to++) {
		if (to < size && data[to] != '\n')
			continue;
		if (!lw_cluster_add(
			c, lw_str_make((const char *)data + from, to - from), NULL, &signatures[n]))
			abort();
		n++;
		from = to + 1;
	}
	if (!lw_clusters_finish(c))
		abort();
	for (i = 0; i < lw_cluster_count(c); i++)
		total += lw_cluster_template(c, i)->count;
	if (total != n)
		abort();
	for (i = 0; i < n; i++) {
		if (lw_cluster_of(c, signatures[i]) >= lw_cluster_count(c))
			abort();
	}
	lw_clusterer_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	group(data, size, 0);
	group(data, size, 4);
	return 0;
}
