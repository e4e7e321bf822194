/* identity.c - see identity.h. */
#include "input/identity.h"

#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "base/hash.h"
#include "base/time.h"

struct parse {
	unsigned depth;
	enum { KEY_OTHER, KEY_TIME, KEY_LOG, KEY_ID } key;
	bool object;
	int64_t time_ns;
	uint64_t log, id;
};

static int
on_open(void *ctx)
{
	struct parse *p = ctx;

	p->depth++;
	return 1;
}

static int
on_close(void *ctx)
{
	struct parse *p = ctx;

	p->depth--;
	return 1;
}

static int
on_object(void *ctx)
{
	struct parse *p = ctx;

	if (p->depth == 0)
		p->object = true;
	return on_open(ctx);
}

static int
on_key(void *ctx, const unsigned char *text, size_t n)
{
	struct lw_str name = lw_str_make((const char *)text, n);
	struct parse *p = ctx;

	if (p->depth != 1)
		return 1;
	p->key = lw_str_eq(name, LW_STR("timestamp"))  ? KEY_TIME
		 : lw_str_eq(name, LW_STR("logName"))  ? KEY_LOG
		 : lw_str_eq(name, LW_STR("insertId")) ? KEY_ID
						       : KEY_OTHER;
	return 1;
}

static int
on_string(void *ctx, const unsigned char *text, size_t n)
{
	struct lw_str s = lw_str_make((const char *)text, n);
	struct parse *p = ctx;

	if (p->depth != 1)
		return 1;
	if (p->key == KEY_TIME)
		(void)lw_time_parse(s, &p->time_ns);
	else if (p->key == KEY_LOG)
		p->log = lw_hash_str(s, 1);
	else if (p->key == KEY_ID && n > 0)
		p->id = lw_hash_str(s, 2);
	return 1;
}

bool
lw_identify(struct lw_str json, struct lw_identity *id)
{
	static const yajl_callbacks callbacks = {.yajl_string = on_string,
	    .yajl_start_map = on_object,
	    .yajl_map_key = on_key,
	    .yajl_end_map = on_close,
	    .yajl_start_array = on_open,
	    .yajl_end_array = on_close};
	struct parse p = {.time_ns = LW_TIME_NONE};
	yajl_handle h = yajl_alloc(&callbacks, NULL, &p);
	bool fine;

	if (h == NULL)
		return false;
	(void)yajl_config(
	    h, yajl_dont_validate_strings, 1); /* bytes that are no UTF-8 are the log's */
	fine = yajl_parse(h, (const unsigned char *)json.p, json.n) == yajl_status_ok &&
	       yajl_complete_parse(h) == yajl_status_ok && p.object;
	yajl_free(h);
	id->time_ns = p.time_ns;
	id->hash = p.id == 0 ? lw_hash_str(json, 3)
			     : lw_hash_pair(lw_hash_pair((uint64_t)p.time_ns, p.log), p.id);
	return fine;
}

bool
lw_seen_add(struct lw_seen *s, uint64_t hash)
{
	uint32_t i;

	if (s->count == s->capacity) {
		uint32_t capacity = s->capacity == 0 ? 256 : s->capacity * 2;
		uint32_t *p = capacity == 0 ? NULL : realloc(s->counts, capacity * sizeof(*p));

		if (p == NULL)
			return false;
		s->counts = p;
		s->capacity = capacity;
	}
	i = lw_map_put(&s->map, hash, s->count);
	if (i == LW_MAP_NONE)
		return false;
	if (i == s->count)
		s->counts[s->count++] = 0;
	s->counts[i]++;
	return true;
}

bool
lw_seen_take(struct lw_seen *s, uint64_t hash)
{
	uint32_t i = s->count == 0 ? LW_MAP_NONE : lw_map_get(&s->map, hash);

	if (i == LW_MAP_NONE || s->counts[i] == 0)
		return false;
	s->counts[i]--;
	return true;
}

void
lw_seen_clear(struct lw_seen *s)
{
	if (s->count > 0)
		lw_map_clear(&s->map);
	s->count = 0;
}

void
lw_seen_fini(struct lw_seen *s)
{
	lw_map_fini(&s->map);
	free(s->counts);
	*s = (struct lw_seen){0};
}
