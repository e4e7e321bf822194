/* piece.c - packing what is put aside of an entry. */
#include "entry/piece.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/varint.h"

/* The texts of an origin; those of each piece, of which insert_id and message come first. */
#define SHARED(X) \
	X(log_name) \
	X(resource_type) \
	X(project) \
	X(location) \
	X(service) \
	X(revision) \
	X(instance) \
	X(container) \
	X(cluster) \
	X(namespace_name)
#define OWN(X) \
	X(insert_id) \
	X(message) \
	X(trace) \
	X(span) \
	X(operation.id) \
	X(operation.producer) \
	X(source.file) \
	X(source.function) \
	X(split.uid)

/* lw_piece.bits, from the lowest: two severities, a payload, a fragment, and what is true. */
#define SEVERITY_BITS 4
#define LOGGED_AT 4
#define PAYLOAD_AT 8
#define PAYLOAD_BITS 2
#define FRAGMENT_AT 10
#define FRAGMENT_BITS 3
#define IS_SEVERITY_KNOWN (1u << 13)
#define IS_SEVERITY_FIELD (1u << 14)
#define IS_INSIGHT (1u << 15)
#define IS_FIRST (1u << 16)
#define IS_LAST (1u << 17)
#define IS_SPLIT (1u << 18)

struct lw_origin {
	uint64_t hash;
	size_t bytes;
	bool used;
	unsigned char packed[];
};

static size_t
size_of(struct lw_str s)
{
	return lw_varint_size(s.n) + s.n;
}

static unsigned char *
put(unsigned char *p, struct lw_str s)
{
	p = lw_varint_put(p, s.n);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p + s.n;
}

static const unsigned char *
get(const unsigned char *p, struct lw_str *s)
{
	uint64_t n;

	p = lw_varint_get(p, &n);
	*s = lw_str_make((const char *)p, (size_t)n);
	return p + n;
}

static uint64_t
hash_of(const struct lw_entry *e)
{
	uint64_t h = 0;

#define HASH(member) h = lw_hash_pair(h, lw_hash_str(e->member, e->member.n));
	SHARED(HASH)
#undef HASH
	return h;
}

static struct lw_origin *
origin_new(const struct lw_entry *e, uint64_t hash)
{
	size_t bytes = sizeof(struct lw_origin);
	struct lw_origin *o;
	unsigned char *p;

#define ADD_SIZE(member) bytes += size_of(e->member);
	SHARED(ADD_SIZE)
#undef ADD_SIZE
	o = malloc(bytes);
	if (o == NULL)
		return NULL;
	*o = (struct lw_origin){.hash = hash, .bytes = bytes};
	p = o->packed;
#define PUT(member) p = put(p, e->member);
	SHARED(PUT)
#undef PUT
	return o;
}

static void
origin_entry(const struct lw_origin *o, struct lw_entry *e)
{
	const unsigned char *p = o->packed;

#define GET(member) p = get(p, &e->member);
	SHARED(GET)
#undef GET
	(void)p;
}

static bool
make_room(struct lw_origins *pool)
{
	uint32_t room = pool->room == 0 ? 16 : pool->room * 2;
	struct lw_origin **at;

	if (pool->count < pool->room)
		return true;
	at = realloc(pool->at, room * sizeof(struct lw_origin *));
	if (at == NULL)
		return false;
	pool->at = at;
	pool->room = room;
	return true;
}

/* The origin in the pool that the entry is of, made where it is new. */
static const struct lw_origin *
origin_of(struct lw_origins *pool, const struct lw_entry *e, uint64_t hash)
{
	uint32_t at = lw_map_get(&pool->map, hash);
	struct lw_origin *o;

	if (at != LW_MAP_NONE)
		return pool->at[at];
	if (!make_room(pool))
		return NULL;
	o = origin_new(e, hash);
	if (o == NULL || lw_map_put(&pool->map, hash, pool->count) == LW_MAP_NONE) {
		free(o);
		return NULL;
	}
	pool->bytes += o->bytes;
	pool->at[pool->count++] = o;
	return o;
}

static uint32_t
bits_of(const struct lw_entry *e)
{
	return (uint32_t)e->severity | (uint32_t)e->logged << LOGGED_AT |
	       (uint32_t)e->payload << PAYLOAD_AT | (uint32_t)e->fragment << FRAGMENT_AT |
	       (e->severity_known ? IS_SEVERITY_KNOWN : 0) |
	       (e->severity_field ? IS_SEVERITY_FIELD : 0) | (e->insight ? IS_INSIGHT : 0) |
	       (e->operation.first ? IS_FIRST : 0) | (e->operation.last ? IS_LAST : 0) |
	       (e->split.present ? IS_SPLIT : 0);
}

struct lw_piece *
lw_piece_new(struct lw_origins *pool, const struct lw_entry *e)
{
	const struct lw_origin *origin = origin_of(pool, e, hash_of(e));
	size_t bytes = sizeof(struct lw_piece) + lw_varint_size(e->source.line) +
		       lw_varint_size(e->split.total);
	struct lw_piece *piece;
	unsigned char *p;

	if (origin == NULL)
		return NULL;
#define ADD_SIZE(member) bytes += size_of(e->member);
	OWN(ADD_SIZE)
#undef ADD_SIZE
	piece = malloc(bytes);
	if (piece == NULL)
		return NULL;
	*piece = (struct lw_piece){.time_ns = e->time_ns,
	    .effect_ns = e->effect_ns,
	    .origin = origin,
	    .split_index = e->split.index,
	    .bits = bits_of(e)};
	p = piece->packed;
#define PUT(member) p = put(p, e->member);
	OWN(PUT)
#undef PUT
	p = lw_varint_put(p, e->source.line);
	(void)lw_varint_put(p, e->split.total);
	return piece;
}

/* Bits of a piece as a number. */
static unsigned
number_at(const struct lw_piece *p, unsigned at, unsigned bits)
{
	return p->bits >> at & ((1u << bits) - 1);
}

/* As lw_piece_entry; where what is packed ends. */
static const unsigned char *
unpack(const struct lw_piece *piece, struct lw_entry *e)
{
	const unsigned char *p = piece->packed;
	uint64_t total;

	*e = (struct lw_entry){.time_ns = piece->time_ns,
	    .effect_ns = piece->effect_ns,
	    .severity = (enum lw_severity)number_at(piece, 0, SEVERITY_BITS),
	    .logged = (enum lw_severity)number_at(piece, LOGGED_AT, SEVERITY_BITS),
	    .payload = (enum lw_payload)number_at(piece, PAYLOAD_AT, PAYLOAD_BITS),
	    .severity_known = (piece->bits & IS_SEVERITY_KNOWN) != 0,
	    .severity_field = (piece->bits & IS_SEVERITY_FIELD) != 0,
	    .insight = (piece->bits & IS_INSIGHT) != 0,
	    .fragment = lw_piece_fragment(piece)};
	e->operation.first = (piece->bits & IS_FIRST) != 0;
	e->operation.last = (piece->bits & IS_LAST) != 0;
	e->split.present = lw_piece_is_split(piece);
	e->split.index = piece->split_index;
#define GET(member) p = get(p, &e->member);
	OWN(GET)
#undef GET
	p = lw_varint_get(p, &e->source.line);
	p = lw_varint_get(p, &total);
	e->split.total = (uint32_t)total;
	e->clean = e->message;
	origin_entry(piece->origin, e);
	return p;
}

void
lw_piece_entry(const struct lw_piece *p, struct lw_entry *e)
{
	(void)unpack(p, e);
}

struct lw_str
lw_piece_insert_id(const struct lw_piece *p)
{
	struct lw_str s;

	(void)get(p->packed, &s);
	return s;
}

struct lw_str
lw_piece_message(const struct lw_piece *p)
{
	struct lw_str s;

	(void)get(get(p->packed, &s), &s);
	return s;
}

enum lw_fragment
lw_piece_fragment(const struct lw_piece *p)
{
	return (enum lw_fragment)number_at(p, FRAGMENT_AT, FRAGMENT_BITS);
}

bool
lw_piece_is_split(const struct lw_piece *p)
{
	return (p->bits & IS_SPLIT) != 0;
}

size_t
lw_piece_bytes(const struct lw_piece *p)
{
	struct lw_entry e;

	return sizeof(*p) + (size_t)(unpack(p, &e) - p->packed);
}

bool
lw_piece_move(struct lw_piece *p, struct lw_origins *to)
{
	struct lw_entry e;
	const struct lw_origin *origin;

	origin_entry(p->origin, &e);
	origin = origin_of(to, &e, p->origin->hash);
	if (origin == NULL)
		return false;
	p->origin = origin;
	return true;
}

void
lw_origins_sweep(struct lw_origins *pool, struct lw_piece *const *pieces, size_t count)
{
	uint32_t i, kept = 0;
	size_t k;

	for (k = 0; k < count; k++)
		pool->at[lw_map_get(&pool->map, pieces[k]->origin->hash)]->used = true;
	lw_map_clear(&pool->map);
	for (i = 0; i < pool->count; i++) {
		struct lw_origin *o = pool->at[i];

		if (!o->used) {
			pool->bytes -= o->bytes;
			free(o);
			continue;
		}
		o->used = false;
		(void)lw_map_put(&pool->map, o->hash, kept);
		pool->at[kept++] = o;
	}
	pool->count = kept;
}

void
lw_origins_fini(struct lw_origins *pool)
{
	lw_origins_sweep(pool, NULL, 0);
	free(pool->at);
	lw_map_fini(&pool->map);
	*pool = (struct lw_origins){0};
}
