/* intern.c - distinct strings in an arena, found by hash. */
#include "base/intern.h"

#include <stdlib.h>

#include "base/hash.h"

bool
lw_intern_init(struct lw_intern *in, uint32_t max_strings)
{
	*in = (struct lw_intern){.max_strings = max_strings, .arena = lw_arena_new(0)};
	return in->arena != NULL;
}

void
lw_intern_fini(struct lw_intern *in)
{
	lw_map_fini(&in->map);
	lw_arena_free(in->arena);
	free(in->strings);
	*in = (struct lw_intern){0};
}

static bool
make_room(struct lw_intern *in)
{
	uint32_t capacity = in->capacity == 0 ? 64 : in->capacity * 2;
	struct lw_str *strings;

	if (in->count < in->capacity)
		return true;
	strings = realloc(in->strings, capacity * sizeof(*strings));
	if (strings == NULL)
		return false;
	in->strings = strings;
	in->capacity = capacity;
	return true;
}

uint32_t
lw_intern_put(struct lw_intern *in, struct lw_str s)
{
	uint64_t key = lw_hash_str(s, 0x1a7e);
	uint32_t at = lw_map_get(&in->map, key);
	struct lw_str copy;

	if (at != LW_MAP_NONE)
		return at;
	if (in->count >= in->max_strings || !make_room(in)) {
		in->refused++;
		return LW_INTERN_FULL;
	}
	copy = lw_arena_str(in->arena, s);
	if (copy.p == NULL || lw_map_put(&in->map, key, in->count) == LW_MAP_NONE)
		return LW_INTERN_FULL;
	in->strings[in->count] = copy;
	return in->count++;
}

struct lw_str
lw_intern_get(const struct lw_intern *in, uint32_t i)
{
	if (i >= in->count)
		return lw_str_make("", 0);
	return in->strings[i];
}
