/* table.c - rows by signature, groups by their first words, and the two ceilings. */
#include "cluster/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define GROUP_WORDS 2
/* Values kept over all slots, for each signature of the ceiling. */
#define VALUES_PER_SIGNATURE 4

bool
lw_table_init(struct lw_table *t, size_t max_signatures)
{
	*t = (struct lw_table){.max = max_signatures};
	t->group_max = max_signatures / 64 < 16 ? 16 : max_signatures / 64;
	lw_map_init(&t->by_signature);
	lw_map_init(&t->by_group);
	return true;
}

static void
row_fini(struct lw_row *r)
{
	uint16_t i;

	for (i = 0; i < r->value_count; i++)
		lw_values_fini(&r->values[i]);
	free(r->values);
	free(r->tokens);
	free(r->example);
	r->values = NULL;
	r->tokens = NULL;
	r->example = NULL;
	r->value_count = 0;
}

void
lw_table_fini(struct lw_table *t)
{
	size_t i;

	for (i = 0; i < t->row_count; i++)
		row_fini(&t->rows[i]);
	free(t->rows);
	free(t->groups);
	lw_map_fini(&t->by_signature);
	lw_map_fini(&t->by_group);
	*t = (struct lw_table){0};
}

static uint64_t
group_key(uint32_t hash)
{
	return (uint64_t)hash << 32 | 1; /* never the empty key */
}

static uint8_t
group_level(uint32_t hash)
{
	uint64_t mixed = lw_hash_mix(hash);

	return mixed == 0 ? 63 : (uint8_t)__builtin_ctzll(mixed);
}

/* Room for one more in an array; the array, or NULL where memory ran out. */
static void *
room(void *array, size_t count, size_t *cap, size_t size)
{
	size_t wanted = *cap == 0 ? 64 : *cap * 2;
	void *bigger;

	if (count < *cap)
		return array;
	bigger = realloc(array, wanted * size);
	if (bigger != NULL)
		*cap = wanted;
	return bigger;
}

static struct lw_row *
new_row(struct lw_table *t, uint64_t signature)
{
	struct lw_row *rows = room(t->rows, t->row_count, &t->row_cap, sizeof(*rows));

	if (rows == NULL)
		return NULL;
	t->rows = rows;
	if (lw_map_put(&t->by_signature, signature, (uint32_t)t->row_count) == LW_MAP_NONE)
		return NULL;
	rows[t->row_count] = (struct lw_row){.signature = signature,
	    .first_ns = LW_TIME_NONE,
	    .last_ns = LW_TIME_NONE,
	    .next = LW_MAP_NONE};
	return &rows[t->row_count++];
}

/* The row and its tokens and example are sums and minima from here on. */

static bool
keep_example(struct lw_row *r, const char *p, size_t n)
{
	char *grown;

	if (n > LW_EXAMPLE_BYTES)
		n = LW_EXAMPLE_BYTES;
	if (r->example != NULL &&
	    lw_str_cmp(lw_str_make(p, n), lw_str_make(r->example, r->example_n)) >= 0)
		return true;
	if (r->example == NULL || n > r->example_cap) {
		grown = realloc(r->example, n + 1);
		if (grown == NULL)
			return false;
		r->example = grown;
		r->example_cap = (uint32_t)n;
	}
	if (n > 0)
		memcpy(r->example, p, n);
	r->example_n = (uint32_t)n;
	return true;
}

/* n messages more, seen between two times. */
static void
count_lines(struct lw_row *r, uint64_t n, int64_t first_ns, int64_t last_ns, uint8_t severity)
{
	r->count += n;
	if (severity > r->severity)
		r->severity = severity;
	if (first_ns != LW_TIME_NONE && (r->first_ns == LW_TIME_NONE || first_ns < r->first_ns))
		r->first_ns = first_ns;
	if (last_ns != LW_TIME_NONE && last_ns > r->last_ns)
		r->last_ns = last_ns;
}

/* All that another row counted, its values aside. */
static bool
count_row(struct lw_row *r, const struct lw_row *from)
{
	count_lines(r, from->count, from->first_ns, from->last_ns, from->severity);
	return from->example == NULL || keep_example(r, from->example, from->example_n);
}

static size_t
slot_weight(const struct lw_table *t, const struct lw_values *v)
{
	return v->level > t->value_level ? LW_VALUES_KEPT : v->kept;
}

static void
raise_value_level(struct lw_table *t, uint8_t level)
{
	size_t r;
	uint16_t i;

	t->value_level = level;
	t->value_weight = 0;
	for (r = 0; r < t->row_count; r++)
		for (i = 0; i < t->rows[r].value_count; i++) {
			lw_values_raise(&t->rows[r].values[i], level);
			t->value_weight += slot_weight(t, &t->rows[r].values[i]);
		}
}

static void
bound_values(struct lw_table *t)
{
	while (t->value_weight > (uint64_t)t->max * VALUES_PER_SIGNATURE)
		raise_value_level(t, (uint8_t)(t->value_level + 1));
}

static bool
count_values(struct lw_table *t, struct lw_row *r, const struct lw_sighting *s)
{
	const struct lw_masked *m = s->masked;
	uint32_t i;
	uint16_t slot = 0;

	for (i = 0; i < m->count && slot < r->value_count; i++) {
		const struct lw_token *k = &m->tokens[i];
		struct lw_values *v;
		struct lw_str text;
		size_t before;

		if (k->kind != LW_TOKEN_VALUE)
			continue;
		v = &r->values[slot++];
		text = lw_str_make(s->text.p + k->start, k->end - k->start);
		before = slot_weight(t, v);
		v->types |= UINT32_C(1) << k->type;
		if (!lw_values_add(v, text, lw_hash_str(text, 0), 1))
			return false;
		t->value_weight += slot_weight(t, v) - before;
	}
	bound_values(t);
	return true;
}

static bool
set_tokens(struct lw_table *t, struct lw_row *r, const struct lw_sighting *s)
{
	const struct lw_masked *m = s->masked;
	size_t bytes = 0, at = 0;
	uint32_t i;
	uint16_t slots = 0;
	char *text;

	for (i = 0; i < m->count; i++) {
		if (m->tokens[i].kind == LW_TOKEN_VALUE)
			slots++;
		else
			bytes += m->tokens[i].end - m->tokens[i].start;
	}
	r->tokens = malloc(m->count * sizeof(*r->tokens) + bytes + 1);
	r->values = calloc(slots + 1u, sizeof(*r->values));
	if (r->tokens == NULL || r->values == NULL)
		return false;
	r->token_count = (uint16_t)m->count;
	r->value_count = slots;
	text = (char *)(r->tokens + m->count);
	for (i = 0; i < m->count; i++) {
		const struct lw_token *k = &m->tokens[i];
		size_t n = k->kind == LW_TOKEN_VALUE ? 0 : k->end - k->start;

		r->tokens[i] = (struct lw_row_token){(uint32_t)at, (uint16_t)n, k->kind, k->blank};
		memcpy(text + at, s->text.p + k->start, n);
		at += n;
	}
	for (i = 0; i < slots; i++)
		r->values[i].level = t->value_level;
	return true;
}

/* "first words <*>" out of a row of the group. */
static bool
set_folded_tokens(struct lw_row *r, const struct lw_row *member)
{
	size_t bytes = 0, at = 0, n = 0, i, words = 0;
	char *text;

	for (i = 0; member != NULL && i < member->token_count; i++)
		bytes += member->tokens[i].n;
	r->tokens = malloc((GROUP_WORDS + 1) * sizeof(*r->tokens) + bytes + 1);
	r->values = calloc(1, sizeof(*r->values));
	if (r->tokens == NULL || r->values == NULL)
		return false;
	text = (char *)(r->tokens + GROUP_WORDS + 1);
	for (i = 0; member != NULL && i < member->token_count && words < GROUP_WORDS; i++) {
		const struct lw_row_token *k = &member->tokens[i];

		if (k->kind != LW_TOKEN_WORD)
			continue;
		words++;
		r->tokens[n] = (struct lw_row_token){(uint32_t)at, k->n, LW_TOKEN_WORD, n > 0};
		n++;
		memcpy(text + at, lw_row_text(member) + k->start, k->n);
		at += k->n;
	}
	r->tokens[n] = (struct lw_row_token){0, 0, LW_TOKEN_VALUE, n > 0};
	/* the blob stands behind the last token */
	r->token_count = (uint16_t)(n + 1);
	if (n + 1 < GROUP_WORDS + 1)
		memmove((char *)(r->tokens + n + 1), text, at);
	r->value_count = 1;
	r->values[0].many = true;
	r->folded = true;
	return true;
}

static struct lw_row *
rest_row(struct lw_table *t)
{
	uint32_t at = lw_map_get(&t->by_signature, LW_REST_SIGNATURE);
	struct lw_row *r;

	if (at != LW_MAP_NONE)
		return &t->rows[at];
	r = new_row(t, LW_REST_SIGNATURE);
	return r != NULL && set_folded_tokens(r, NULL) ? r : NULL;
}

/* One row for the whole group. */
static bool
fold_group(struct lw_table *t, struct lw_group *g)
{
	struct lw_row *folded = new_row(t, (uint64_t)g->hash << 32);
	uint32_t at = g->first;
	size_t i;

	if (folded == NULL || !set_folded_tokens(folded, &t->rows[at]))
		return false;
	g->folded = true;
	g->first = (uint32_t)(folded - t->rows);
	for (; at != LW_MAP_NONE; at = t->rows[at].next) {
		struct lw_row *r = &t->rows[at];

		if (!count_row(folded, r))
			return false;
		for (i = 0; i < r->value_count; i++)
			t->value_weight -= slot_weight(t, &r->values[i]);
		row_fini(r);
		r->count = 0;
	}
	return true;
}

/* Without the rows of groups below the level; everything else keeps its place. */
static bool
raise_level(struct lw_table *t)
{
	struct lw_row *rest;
	size_t i, n = 0;

	t->level++;
	rest = rest_row(t);
	if (rest == NULL)
		return false;
	for (i = 0; i < t->row_count; i++) {
		struct lw_row *r = &t->rows[i];
		uint16_t k;

		if (r->signature == LW_REST_SIGNATURE || r->tokens == NULL ||
		    group_level((uint32_t)(r->signature >> 32)) >= t->level)
			continue;
		if (!count_row(rest, r))
			return false;
		for (k = 0; k < r->value_count; k++)
			t->value_weight -= slot_weight(t, &r->values[k]);
		row_fini(r);
	}
	lw_map_clear(&t->by_signature);
	lw_map_clear(&t->by_group);
	t->weight = 0;
	for (i = 0; i < t->group_count; i++) {
		struct lw_group *g = &t->groups[i];

		if (group_level(g->hash) < t->level)
			continue;
		g->first = LW_MAP_NONE;
		t->weight += g->rows < t->group_max ? g->rows : t->group_max;
		t->groups[n] = *g;
		if (lw_map_put(&t->by_group, group_key(g->hash), (uint32_t)n) == LW_MAP_NONE)
			return false;
		n++;
	}
	t->group_count = n;
	for (i = n = 0; i < t->row_count; i++) {
		struct lw_row *r = &t->rows[i];
		uint32_t at;

		if (r->tokens == NULL)
			continue;
		t->rows[n] = *r;
		r = &t->rows[n];
		if (lw_map_put(&t->by_signature, r->signature, (uint32_t)n) == LW_MAP_NONE)
			return false;
		if (r->signature != LW_REST_SIGNATURE) {
			at = lw_map_get(&t->by_group, group_key((uint32_t)(r->signature >> 32)));
			r->next = t->groups[at].first;
			t->groups[at].first = (uint32_t)n;
		}
		n++;
	}
	t->row_count = n;
	return true;
}

static struct lw_group *
group_of(struct lw_table *t, uint32_t hash)
{
	uint32_t at = lw_map_get(&t->by_group, group_key(hash));
	struct lw_group *groups;

	if (at != LW_MAP_NONE)
		return &t->groups[at];
	groups = room(t->groups, t->group_count, &t->group_cap, sizeof(*groups));
	if (groups == NULL)
		return NULL;
	t->groups = groups;
	if (lw_map_put(&t->by_group, group_key(hash), (uint32_t)t->group_count) == LW_MAP_NONE)
		return NULL;
	groups[t->group_count] = (struct lw_group){.hash = hash, .first = LW_MAP_NONE};
	return &groups[t->group_count++];
}

/* A group got one row more (or many: it is folded at once). */
static bool
check_ceilings(struct lw_table *t, struct lw_group *g, uint32_t before)
{
	size_t counted = before < t->group_max ? before : t->group_max;
	size_t now = g->rows < t->group_max ? g->rows : t->group_max;

	t->weight += now - counted;
	if (g->rows > t->group_max && !g->folded && !fold_group(t, g))
		return false;
	while (t->weight > t->max)
		if (!raise_level(t))
			return false;
	return true;
}

/*
 * The row that a signature is to be counted in; *fresh is true where it is
 * new and has no tokens yet.  NULL where memory ran out.
 */
static struct lw_row *
row_for(struct lw_table *t, uint64_t signature, bool *fresh)
{
	uint32_t at = lw_map_get(&t->by_signature, signature), hash = (uint32_t)(signature >> 32);
	struct lw_group *g;
	struct lw_row *r;

	*fresh = false;
	if (at != LW_MAP_NONE && t->rows[at].tokens != NULL)
		return &t->rows[at];
	if (group_level(hash) < t->level)
		return rest_row(t);
	g = group_of(t, hash);
	if (g == NULL)
		return NULL;
	if (g->folded)
		return &t->rows[g->first];
	r = new_row(t, signature);
	if (r == NULL)
		return NULL;
	r->next = g->first;
	g->first = (uint32_t)(r - t->rows);
	*fresh = true;
	return r;
}

bool
lw_table_add(struct lw_table *t, const struct lw_sighting *s)
{
	bool fresh;
	struct lw_row *r = row_for(t, s->signature, &fresh);
	struct lw_group *g;

	if (r == NULL)
		return false;
	if (fresh) {
		r->stack = s->stack;
		if (!set_tokens(t, r, s))
			return false;
	}
	count_lines(r, 1, s->time_ns, s->time_ns, s->severity);
	if (!keep_example(r, s->message.p, s->message.n))
		return false;
	if (!r->folded && r->value_count > 0 && !count_values(t, r, s))
		return false;
	if (!fresh)
		return true;
	g = group_of(t, (uint32_t)(s->signature >> 32));
	g->rows++;
	return check_ceilings(t, g, g->rows - 1);
}

/* A row of another table: its tokens are copied, its values merged. */
static bool
copy_row(struct lw_table *t, struct lw_row *r, const struct lw_row *from)
{
	size_t bytes = from->token_count * sizeof(*from->tokens);
	uint16_t i;

	for (i = 0; i < from->token_count; i++)
		bytes += from->tokens[i].n;
	r->tokens = malloc(bytes + 1);
	r->values = calloc(from->value_count + 1u, sizeof(*r->values));
	if (r->tokens == NULL || r->values == NULL)
		return false;
	memcpy(r->tokens, from->tokens, bytes);
	r->token_count = from->token_count;
	r->value_count = from->value_count;
	r->stack = from->stack;
	for (i = 0; i < r->value_count; i++)
		r->values[i].level = t->value_level;
	return true;
}

static bool
merge_row(struct lw_table *t, const struct lw_row *from)
{
	bool fresh;
	struct lw_row *r = row_for(t, from->signature, &fresh);
	struct lw_group *g;
	uint16_t i;

	if (r == NULL || (fresh && !copy_row(t, r, from)))
		return false;
	if (!count_row(r, from))
		return false;
	for (i = 0; !r->folded && i < r->value_count; i++) {
		size_t before = slot_weight(t, &r->values[i]);

		if (!lw_values_merge(&r->values[i], &from->values[i]))
			return false;
		t->value_weight += slot_weight(t, &r->values[i]) - before;
	}
	bound_values(t);
	if (!fresh)
		return true;
	g = group_of(t, (uint32_t)(from->signature >> 32));
	g->rows++;
	return check_ceilings(t, g, g->rows - 1);
}

/* A group that was folded there is folded here. */
static bool
merge_folded(struct lw_table *t, const struct lw_row *from)
{
	uint32_t hash = (uint32_t)(from->signature >> 32), before;
	struct lw_group *g;
	struct lw_row *r;

	if (group_level(hash) < t->level) {
		r = rest_row(t);
	} else {
		g = group_of(t, hash);
		if (g == NULL)
			return false;
		before = g->rows;
		if (!g->folded && g->first == LW_MAP_NONE) {
			r = new_row(t, from->signature);
			if (r == NULL || !set_folded_tokens(r, from))
				return false;
			g->first = (uint32_t)(r - t->rows);
			g->folded = true;
		} else if (!g->folded && !fold_group(t, g)) {
			return false;
		}
		if (g->rows <= t->group_max)
			g->rows = (uint32_t)t->group_max + 1;
		if (!check_ceilings(t, g, before))
			return false;
		r = group_level(hash) < t->level ? rest_row(t) : &t->rows[group_of(t, hash)->first];
	}
	if (r == NULL)
		return false;
	return count_row(r, from);
}

bool
lw_table_merge(struct lw_table *into, const struct lw_table *from)
{
	size_t i;
	struct lw_row *rest;

	while (into->level < from->level)
		if (!raise_level(into))
			return false;
	if (into->value_level < from->value_level)
		raise_value_level(into, from->value_level);
	for (i = 0; i < from->row_count; i++) {
		const struct lw_row *r = &from->rows[i];

		if (r->tokens == NULL)
			continue;
		if (r->signature == LW_REST_SIGNATURE) {
			rest = rest_row(into);
			if (rest == NULL || !count_row(rest, r))
				return false;
		} else if (!(r->folded ? merge_folded(into, r) : merge_row(into, r))) {
			return false;
		}
	}
	return true;
}

const struct lw_row *
lw_table_find(const struct lw_table *t, uint64_t signature)
{
	uint32_t at = lw_map_get(&t->by_signature, signature), hash = (uint32_t)(signature >> 32);

	if (at != LW_MAP_NONE && t->rows[at].tokens != NULL)
		return &t->rows[at];
	if (group_level(hash) >= t->level) {
		at = lw_map_get(&t->by_group, group_key(hash));
		return at != LW_MAP_NONE && t->groups[at].folded ? &t->rows[t->groups[at].first]
								 : NULL;
	}
	at = lw_map_get(&t->by_signature, LW_REST_SIGNATURE);
	return at == LW_MAP_NONE ? NULL : &t->rows[at];
}
