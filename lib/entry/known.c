/* known.c - keys by what followed last time, objects by their bytes. */
#include "entry/known.h"

#include <stdlib.h>

#include "base/load.h"
#include "base/utf8.h"

struct lw_known *
lw_known_new(void)
{
	struct lw_known *k = calloc(1, sizeof(*k));
	size_t i;

	if (k == NULL)
		return NULL;
	k->record = 2; /* nothing was used in this one or the one before */
	for (i = 0; i < LW_KNOWN_KEYS; i++) {
		memset(k->keys[i].text, 0xff, sizeof(k->keys[i].text));
		k->keys[i].mask = UINT32_MAX;
		k->keys[i].bytes = LW_KNOWN_KEY_BYTES;
	}
	return k;
}

void
lw_known_free(struct lw_known *k)
{
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < LW_KNOWN_OBJECTS; i++)
		lw_arena_free(k->objects[i].arena);
	free(k);
}

void
lw_known_next(struct lw_known *k)
{
	k->record++;
}

struct lw_known_key *
lw_known_key(struct lw_known *k, struct lw_str key, struct lw_str written)
{
	struct lw_known_key *slot = NULL;
	enum lw_key name;
	uint64_t start = 0;
	size_t i;

	if (written.n + LW_KNOWN_BEFORE > LW_KNOWN_KEY_BYTES)
		return NULL;
	memcpy(&start, key.p, key.n < sizeof(start) ? key.n : sizeof(start));
	if (key.n > 0)
		start ^= (uint64_t)(unsigned char)key.p[key.n - 1] << 24 ^
			 (uint64_t)(unsigned char)key.p[key.n / 2] << 40 ^ written.n << 8 ^ key.n;
	start = (start * UINT64_C(0x9e3779b97f4a7c15)) >> 56;
	for (i = 0; i < LW_KNOWN_PROBES; i++) {
		slot = &k->keys[(start + i) % LW_KNOWN_KEYS];
		if (slot->text[0] != '"')
			break; /* free */
		if (slot->bytes == written.n + LW_KNOWN_BEFORE && slot->length == key.n &&
		    memcmp(slot->text + LW_KNOWN_BEFORE, written.p, written.n) == 0)
			return slot;
	}
	if (lw_utf8_ascii(key) != key.n)
		return NULL; /* whether its bytes are UTF-8 is not known yet */
	if (i == LW_KNOWN_PROBES)
		slot = &k->keys[start];
	memset(slot->text, 0, sizeof(slot->text));
	memcpy(slot->text, "\",", LW_KNOWN_BEFORE);
	memcpy(slot->text + LW_KNOWN_BEFORE, written.p, written.n);
	slot->length = (uint8_t)key.n;
	slot->bytes = (uint8_t)(written.n + LW_KNOWN_BEFORE);
	slot->opens = written.p[written.n - 1] == '"';
	slot->mask = UINT32_MAX >> (32 - slot->bytes);
	name = lw_key_of(key);
	slot->bit = lw_key_bit(name);
	slot->tag = (struct lw_node){.name = (uint16_t)name,
	    .type = LW_NODE_STRING,
	    .field = (uint8_t)lw_field_of(key, name)}
			.tag;
	return slot;
}

void
lw_known_follow(
    const struct lw_known *k, struct lw_known_key *key, const struct lw_known_key *after)
{
	uint16_t at = (uint16_t)((const char *)after - (const char *)k->keys);
	size_t i;

	for (i = 0; i < LW_KNOWN_NEXT; i++)
		if (key->next[i] == at)
			return;
	memmove(key->next + 1, key->next, (LW_KNOWN_NEXT - 1) * sizeof(key->next[0]));
	key->next[0] = at;
}

/* Four words at a time that do not wait for each other; the last four overlap. */
uint64_t
lw_known_hash(struct lw_str s)
{
	const uint64_t k = UINT64_C(0x9e3779b97f4a7c15);
	const char *p = s.p, *last = s.p + s.n - 32;
	uint64_t a = s.n, b = 1, c = 2, d = 3;

	for (;; p += 32) {
		p = p < last ? p : last;
		a = (a ^ lw_load64(p)) * k;
		b = (b ^ lw_load64(p + 8)) * k;
		c = (c ^ lw_load64(p + 16)) * k;
		d = (d ^ lw_load64(p + 24)) * k;
		if (p == last)
			break;
	}
	a ^= a >> 29;
	c ^= c >> 29;
	a = (a + b) * k + (c ^ d >> 32) * k + d;
	return a ^ a >> 32;
}

/* The first of the places of an object. */
static size_t
places_of(uint64_t hash)
{
	return hash % (LW_KNOWN_OBJECTS / LW_KNOWN_WAYS) * LW_KNOWN_WAYS;
}

struct lw_known_object *
lw_known_find(struct lw_known *k, struct lw_str bytes, uint64_t hash)
{
	size_t i = places_of(hash), end = i + LW_KNOWN_WAYS;

	for (; i < end; i++)
		if (k->hashes[i] == hash && lw_str_eq(k->objects[i].bytes, bytes))
			return &k->objects[i];
	return NULL;
}

struct copier {
	struct lw_arena *arena;
	struct lw_str from;
	const char *to; /* the copy of `from` */
	uint32_t nodes;
	bool failed;
};

/* What a node borrows from the record's bytes moves with them; what had escapes is copied. */
static struct lw_str
copy_text(struct copier *c, struct lw_str s)
{
	if (s.n == 0)
		return LW_STR("");
	if (s.p >= c->from.p && s.p < c->from.p + c->from.n)
		return lw_str_make(c->to + (s.p - c->from.p), s.n);
	s = lw_arena_str(c->arena, s);
	c->failed = c->failed || s.p == NULL;
	return s;
}

/* A copy of a list of members with all below them; NULL where there are none or it failed. */
static struct lw_node *
copy_list(struct copier *c, const struct lw_node *list, int depth)
{
	struct lw_node *first = NULL, **tail = &first, *n;

	if (depth > LW_KNOWN_DEPTH)
		c->failed = true;
	for (; list != NULL && !c->failed; list = list->next) {
		n = lw_arena_alloc(c->arena, sizeof(*n));
		if (n == NULL) {
			c->failed = true;
			break;
		}
		*n = *list;
		n->next = NULL;
		n->key = copy_text(c, list->key);
		n->text = copy_text(c, list->text);
		n->known = 0;
		*tail = n;
		tail = &n->next;
		c->nodes++;
		n->child = copy_list(c, list->child, depth + 1);
	}
	return first;
}

/* Where nothing is that this record or the one before uses, and what was not used for longest;
 * NULL: everywhere is. */
static struct lw_known_object *
room_for(struct lw_known *k, uint64_t hash)
{
	struct lw_known_object *o = &k->objects[places_of(hash)], *end = o + LW_KNOWN_WAYS,
			       *oldest = o;

	for (; o < end; o++)
		if (o->record < oldest->record)
			oldest = o;
	return oldest->record + 1 >= k->record ? NULL : oldest;
}

static void
keep(struct lw_known *k, const struct lw_node *node, uint64_t hash)
{
	struct lw_known_object *place = room_for(k, hash);
	struct copier c = {.from = node->text};

	if (place == NULL || k->serial == UINT32_MAX)
		return;
	place->bytes = LW_STR("");
	if (place->arena == NULL)
		place->arena = lw_arena_new(LW_KNOWN_OBJECT_MAX);
	if (place->arena == NULL)
		return;
	lw_arena_reset(place->arena);
	c.arena = place->arena;
	c.to = lw_arena_str(c.arena, node->text).p;
	if (c.to == NULL)
		return;
	place->child = copy_list(&c, node->child, 1);
	if (c.failed)
		return;
	place->bytes = lw_str_make(c.to, node->text.n);
	place->names = node->names;
	place->nodes = c.nodes;
	k->hashes[place - k->objects] = hash;
	place->serial = ++k->serial;
}

void
lw_known_keep(struct lw_known *k, const struct lw_unknown *u)
{
	uint32_t *seen = &k->seen[u->hash % LW_KNOWN_SEEN];

	if (u->node->text.n != u->bytes)
		return;
	if (*seen == (uint32_t)(u->hash >> 32) && lw_known_find(k, u->node->text, u->hash) == NULL)
		keep(k, u->node, u->hash);
	*seen = (uint32_t)(u->hash >> 32);
}
