/* map.c - linear probing over powers of two, at most three quarters full. */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

void
lw_map_init(struct lw_map *m)
{
	*m = (struct lw_map){0};
}

void
lw_map_fini(struct lw_map *m)
{
	free(m->keys);
	free(m->values);
	lw_map_init(m);
}

void
lw_map_clear(struct lw_map *m)
{
	if (m->slots > 0)
		memset(m->keys, 0, m->slots * sizeof(*m->keys));
	m->count = 0;
}

static uint64_t
stored(uint64_t key)
{
	return key == 0 ? 1 : key;
}

static size_t
slot_of(const struct lw_map *m, uint64_t key)
{
	size_t at = (size_t)lw_hash_mix(key) & (m->slots - 1);

	while (m->keys[at] != 0 && m->keys[at] != key)
		at = (at + 1) & (m->slots - 1);
	return at;
}

static bool
grow(struct lw_map *m)
{
	struct lw_map bigger = {.slots = m->slots == 0 ? 64 : m->slots * 2, .count = m->count};
	size_t i, at;

	bigger.keys = calloc(bigger.slots, sizeof(*bigger.keys));
	bigger.values = malloc(bigger.slots * sizeof(*bigger.values));
	if (bigger.keys == NULL || bigger.values == NULL) {
		lw_map_fini(&bigger);
		return false;
	}
	for (i = 0; i < m->slots; i++) {
		if (m->keys[i] == 0)
			continue;
		at = slot_of(&bigger, m->keys[i]);
		bigger.keys[at] = m->keys[i];
		bigger.values[at] = m->values[i];
	}
	free(m->keys);
	free(m->values);
	m->keys = bigger.keys;
	m->values = bigger.values;
	m->slots = bigger.slots;
	return true;
}

uint32_t
lw_map_get(const struct lw_map *m, uint64_t key)
{
	size_t at;

	if (m->slots == 0)
		return LW_MAP_NONE;
	at = slot_of(m, stored(key));
	return m->keys[at] == 0 ? LW_MAP_NONE : m->values[at];
}

uint32_t
lw_map_put(struct lw_map *m, uint64_t key, uint32_t value)
{
	size_t at;

	if (m->count + 1 > m->slots / 4 * 3 && !grow(m))
		return LW_MAP_NONE;
	at = slot_of(m, stored(key));
	if (m->keys[at] == 0) {
		m->keys[at] = stored(key);
		m->values[at] = value;
		m->count++;
	}
	return m->values[at];
}
