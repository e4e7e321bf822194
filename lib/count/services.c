/* services.c - the rows of services, each with its revisions. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#include "count/level.h"
#include "count/node.h"
#include "count/rows.h"
#include "count/table.h"

static uint64_t
service_key(const struct lw_entry *e)
{
	uint64_t h = lw_hash_str(e->service, 11);

	h = lw_hash_pair(h, lw_hash_str(e->resource_type, 12));
	h = lw_hash_pair(h, lw_hash_str(e->project, 13));
	return lw_hash_pair(h, lw_hash_str(e->location, 14));
}

/* A place in the table of recent services: of the length of a name and its last bytes. */
static uint32_t
sketch(struct lw_str name)
{
	uint32_t tail = 0;

	if (name.n >= sizeof(tail))
		memcpy(&tail, name.p + name.n - sizeof(tail), sizeof(tail));
	return ((tail ^ (uint32_t)name.n) * 2654435761u) >> 16 & (LW_RECENT_SERVICES - 1);
}

static bool
is_service(const struct lw_tally *t, const struct lw_service *s, const struct lw_entry *e)
{
	return lw_str_eq(lw_intern_get(&t->names, s->name), e->service) &&
	       lw_str_eq(lw_intern_get(&t->names, s->type), e->resource_type) &&
	       lw_str_eq(lw_intern_get(&t->names, s->project), e->project) &&
	       lw_str_eq(lw_intern_get(&t->names, s->location), e->location);
}

static struct lw_service *
add_row(struct lw_tally *t, uint64_t key)
{
	struct lw_service *s;

	if (!lw_table_reserve(
		(void **)&t->services, t->service_count, &t->service_capacity, sizeof(*s)) ||
	    lw_map_put(&t->service_map, key, t->service_count) == LW_MAP_NONE) {
		t->failed = true;
		return NULL;
	}
	s = &t->services[t->service_count++];
	*s = (struct lw_service){.key = key, .namespace_name = LW_INTERN_FULL};
	lw_series_init(&s->failures, t->step_ns);
	lw_series_init(&s->successes, t->step_ns);
	return s;
}

uint32_t
lw_rows_rest(struct lw_tally *t)
{
	struct lw_service *s;

	if (t->rest != LW_MAP_NONE)
		return t->rest;
	s = add_row(t, LW_REST);
	if (s == NULL)
		return LW_MAP_NONE;
	s->name = lw_intern_put(&t->names, LW_STR("(other services)"));
	s->type = s->project = s->location = lw_intern_put(&t->names, LW_STR(""));
	return t->rest = t->service_count - 1;
}

static uint32_t
add_service(struct lw_tally *t, const struct lw_entry *e, uint64_t *key)
{
	uint32_t at;
	struct lw_service *s;

	*key = service_key(e);
	at = lw_map_get(&t->service_map, *key);
	if (at != LW_MAP_NONE)
		return at;
	if (!lw_level_keeps(t->service_level, *key))
		return lw_rows_rest(t);
	s = add_row(t, *key);
	if (s == NULL)
		return LW_MAP_NONE;
	s->name = lw_intern_put(&t->names, e->service);
	s->type = lw_intern_put(&t->names, e->resource_type);
	s->project = lw_intern_put(&t->names, e->project);
	s->location = lw_intern_put(&t->names, e->location);
	while (t->service_count - (t->rest != LW_MAP_NONE) > t->max.services && !t->failed)
		lw_level_raise_services(t);
	at = lw_map_get(&t->service_map, *key);
	return at == LW_MAP_NONE ? lw_rows_rest(t) : at;
}

static void
see_namespace(struct lw_tally *t, struct lw_service *s, struct lw_str name)
{
	if (name.n == 0)
		return;
	if (s->namespace_name == LW_INTERN_FULL)
		s->namespace_name = lw_intern_put(&t->names, name);
	else if (!lw_str_eq(lw_intern_get(&t->names, s->namespace_name), name))
		s->has_namespaces = true;
}

uint32_t
lw_rows_service(struct lw_tally *t, const struct lw_entry *e, uint64_t *key)
{
	uint32_t *recent = &t->recent_services[sketch(e->service)], at;

	if (*recent != 0 && is_service(t, &t->services[*recent - 1], e)) {
		at = *recent - 1;
		*key = t->services[at].key;
	} else {
		at = add_service(t, e, key);
		if (at == LW_MAP_NONE || at == t->rest)
			return at;
		*recent = at + 1;
	}
	see_namespace(t, &t->services[at], e->namespace_name);
	return at;
}

/* Where a revision is among those of s, or belongs. */
static uint32_t
place_of(const struct lw_service *s, uint64_t hash)
{
	uint32_t low = 0, high = s->revision_count;

	if (s->recent_revision < high && s->revisions[s->recent_revision].hash == hash)
		return s->recent_revision;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (s->revisions[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
lw_rows_find_revision(const struct lw_service *s, uint64_t hash)
{
	uint32_t at = place_of(s, hash);

	return at < s->revision_count && s->revisions[at].hash == hash ? s->revisions[at].revision
								       : LW_INTERN_FULL;
}

static bool
make_room(struct lw_service *s)
{
	uint32_t n = s->revision_count, room = n < 4 ? 4 : n * 2;
	struct lw_service_revision *p;

	if (n > 0 && (n < 4 || (n & (n - 1)) != 0)) /* full at 4, 8, 16 ... */
		return true;
	p = realloc(s->revisions, room * sizeof(*p));
	if (p == NULL)
		return false;
	s->revisions = p;
	return true;
}

uint32_t
lw_rows_revision(struct lw_tally *t, struct lw_service *s, struct lw_str name, uint64_t hash,
    int64_t first_ns, int64_t last_ns)
{
	uint32_t at = place_of(s, hash), revision;
	struct lw_service_revision *r;

	if (at == s->revision_count || s->revisions[at].hash != hash) {
		if (s->revision_count == LW_MAX_REVISIONS) {
			s->revisions_dropped = true;
			if (at == s->revision_count)
				return LW_INTERN_FULL;
			s->revision_count--;
		}
		revision = lw_intern_put(&t->revisions, name);
		if (revision == LW_INTERN_FULL || !make_room(s)) {
			t->failed = true;
			return LW_INTERN_FULL;
		}
		r = s->revisions + at;
		memmove(r + 1, r, (s->revision_count++ - at) * sizeof(*r));
		*r = (struct lw_service_revision){hash, revision, first_ns, last_ns};
	}
	r = s->revisions + at;
	s->recent_revision = at;
	lw_span_add(&r->first_ns, &r->last_ns, first_ns);
	lw_span_add(&r->first_ns, &r->last_ns, last_ns);
	return r->revision;
}
