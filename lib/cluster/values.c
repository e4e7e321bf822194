/* values.c - a small hash set that sheds half of its values when it is full. */
#include "cluster/values.h"

#include <stdlib.h>
#include <string.h>

void
lw_values_fini(struct lw_values *v)
{
	size_t i;

	for (i = 0; i < v->cap; i++)
		free(v->table[i]);
	free(v->table);
	*v = (struct lw_values){0};
}

static size_t
place(struct lw_value *const *table, size_t cap, uint64_t hash)
{
	size_t at = (size_t)(hash >> 32) & (cap - 1);

	while (table[at] != NULL && table[at]->hash != hash)
		at = (at + 1) & (cap - 1);
	return at;
}

static bool
resize(struct lw_values *v, size_t cap)
{
	struct lw_value **table = calloc(cap, sizeof(*table));
	size_t i;

	if (table == NULL)
		return false;
	for (i = 0; i < v->cap; i++)
		if (v->table[i] != NULL)
			table[place(table, cap, v->table[i]->hash)] = v->table[i];
	free(v->table);
	v->table = table;
	v->cap = (uint16_t)cap;
	return true;
}

void
lw_values_raise(struct lw_values *v, uint8_t level)
{
	struct lw_value *left[LW_VALUES_KEPT + 1];
	size_t i, n = 0;

	if (level <= v->level)
		return;
	v->level = level;
	for (i = 0; i < v->cap; i++) {
		if (v->table[i] == NULL)
			continue;
		if (lw_value_level(v->table[i]->hash) < level)
			free(v->table[i]);
		else
			left[n++] = v->table[i];
		v->table[i] = NULL;
	}
	v->kept = (uint16_t)n;
	for (i = 0; i < n; i++)
		v->table[place(v->table, v->cap, left[i]->hash)] = left[i];
}

static bool
insert(struct lw_values *v, struct lw_str text, uint64_t hash, uint64_t n)
{
	struct lw_value *value;
	size_t keep = text.n < LW_VALUE_TEXT_BYTES ? text.n : LW_VALUE_TEXT_BYTES;

	if (2u * (v->kept + 1u) > v->cap && !resize(v, v->cap == 0 ? 4 : v->cap * (size_t)2))
		return false;
	value = malloc(sizeof(*value) + keep);
	if (value == NULL)
		return false;
	value->hash = hash;
	value->count = n;
	value->n = (uint32_t)keep;
	if (keep > 0)
		memcpy(value->p, text.p, keep);
	v->table[place(v->table, v->cap, hash)] = value;
	v->kept++;
	while (v->kept > LW_VALUES_KEPT)
		lw_values_raise(v, (uint8_t)(v->level + 1));
	return true;
}

bool
lw_values_add(struct lw_values *v, struct lw_str text, uint64_t hash, uint64_t n)
{
	if (v->total == 0)
		v->first = hash;
	else if (v->first != hash)
		v->many = true;
	v->total += n;
	if (lw_value_level(hash) < v->level)
		return true;
	if (v->cap > 0) {
		struct lw_value *known = v->table[place(v->table, v->cap, hash)];

		if (known != NULL) {
			known->count += n;
			return true;
		}
	}
	return insert(v, text, hash, n);
}

bool
lw_values_merge(struct lw_values *v, const struct lw_values *from)
{
	uint64_t total = v->total + from->total;
	bool many =
	    v->many || from->many || (v->total > 0 && from->total > 0 && v->first != from->first);
	size_t i;

	if (v->total == 0)
		v->first = from->first;
	lw_values_raise(v, from->level);
	for (i = 0; i < from->cap; i++)
		if (from->table[i] != NULL &&
		    !lw_values_add(v, lw_str_make(from->table[i]->p, from->table[i]->n),
			from->table[i]->hash, from->table[i]->count))
			return false;
	v->types |= from->types;
	v->total = total;
	v->many = many;
	return true;
}
