/* cluster.c - the room's functions: messages to signatures, signatures to templates. */
#include "cluster/cluster.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "cluster/decide.h"
#include "cluster/table.h"
#include "cluster/template.h"
#include "cluster/trace.h"

#define GROUP_WORDS 2
#define TRACE_SEED UINT64_C(0x7472616365)

struct lw_clusterer {
	struct lw_table table;
	struct lw_masked masked;
	struct lw_buf line; /* of a trace */
	struct lw_templates done;
};

struct lw_clusterer *
lw_clusterer_new(size_t max_signatures)
{
	struct lw_clusterer *c = calloc(1, sizeof(*c));

	if (c != NULL)
		lw_table_init(&c->table, max_signatures == 0 ? LW_SIGNATURES_MAX : max_signatures);
	return c;
}

void
lw_clusterer_free(struct lw_clusterer *c)
{
	if (c == NULL)
		return;
	lw_templates_fini(&c->done);
	lw_table_fini(&c->table);
	lw_buf_fini(&c->line);
	free(c);
}

/* Group in the upper half, tokens in the lower; neither is 0. */
static uint64_t
signature_of(const struct lw_masked *m)
{
	uint64_t all = m->capped, group = 0, h;
	uint32_t i, words = 0;

	for (i = 0; i < m->count; i++) {
		const struct lw_token *t = &m->tokens[i];

		h = t->hash + t->blank;
		all = (all << 7 | all >> 57) ^ h;
		all *= UINT64_C(0x9e3779b97f4a7c15);
		if (t->kind == LW_TOKEN_WORD && words < GROUP_WORDS) {
			group = lw_hash_pair(group, h | 1);
			words++;
		}
	}
	all = lw_hash_mix(all);
	group >>= 32;
	all >>= 32;
	return (group == 0 ? 1 : group) << 32 | (all == 0 ? 1 : all);
}

bool
lw_cluster_add(struct lw_clusterer *c, struct lw_str message, const struct lw_stack *stack,
    uint64_t *signature)
{
	return lw_cluster_add_at(c, message, stack, LW_TIME_NONE, LW_SEV_DEFAULT, signature);
}

bool
lw_cluster_add_at(struct lw_clusterer *c, struct lw_str message, const struct lw_stack *stack,
    int64_t time_ns, enum lw_severity severity, uint64_t *signature)
{
	struct lw_sighting s = {.message = message,
	    .text = message,
	    .masked = &c->masked,
	    .time_ns = time_ns,
	    .severity = (uint8_t)severity};
	uint64_t h;

	if (stack != NULL && lw_trace_tells(stack)) {
		lw_buf_reset(&c->line);
		lw_trace_line(&c->line, stack);
		if (!lw_buf_ok(&c->line))
			return false;
		s.text = lw_buf_str(&c->line);
		s.stack = true;
		c->masked.count = s.text.n > 0;
		c->masked.capped = false;
		c->masked.tokens[0] =
		    (struct lw_token){.end = (uint32_t)s.text.n, .kind = LW_TOKEN_WORD};
		h = lw_hash_str(s.text, TRACE_SEED);
		s.signature = (h >> 32 == 0 ? h | UINT64_C(1) << 32 : h) | 1;
	} else {
		lw_mask(message, &c->masked);
		s.signature = signature_of(&c->masked);
	}
	*signature = s.signature;
	return lw_table_add(&c->table, &s);
}

bool
lw_clusterer_merge(struct lw_clusterer *into, struct lw_clusterer *from)
{
	size_t max = from->table.max;

	if (!lw_table_merge(&into->table, &from->table))
		return false;
	lw_table_fini(&from->table);
	return lw_table_init(&from->table, max);
}

bool
lw_clusters_finish(struct lw_clusterer *c)
{
	lw_templates_fini(&c->done);
	return lw_templates_make(&c->done, &c->table);
}

size_t
lw_cluster_count(const struct lw_clusterer *c)
{
	return c->done.count;
}

const struct lw_template *
lw_cluster_template(const struct lw_clusterer *c, size_t i)
{
	return &c->done.list[i];
}

uint32_t
lw_cluster_of(const struct lw_clusterer *c, uint64_t signature)
{
	const struct lw_row *r = lw_table_find(&c->table, signature);

	return r == NULL || c->done.list == NULL ? UINT32_MAX : c->done.of_row[r - c->table.rows];
}

uint64_t
lw_cluster_folded(const struct lw_clusterer *c)
{
	uint64_t folded = 0;
	size_t i;

	for (i = 0; i < c->table.row_count; i++)
		if (c->table.rows[i].folded)
			folded += c->table.rows[i].count;
	return folded;
}
