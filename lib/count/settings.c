/* settings.c - rows of settings that messages state. */
#include "count/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "count/level.h"
#include "count/node.h"
#include "count/table.h"
#include "entry/wording.h"

/*
 * What messages of a wording state: where, and of which key, hangs on no digit.  A wording is
 * shorter than 256 bytes.
 */
struct lw_stated_known {
	uint32_t wording; /* 0: not known */
	uint32_t count;
	struct lw_stated_place {
		uint64_t key, statement;
		uint8_t name_at, name_bytes, value_at, value_bytes;
		bool measured;
	} * places; /* of the first of an array; owned */
};

bool
lw_few_has(const struct lw_few *f, uint64_t hash)
{
	unsigned i;

	for (i = 0; i < f->count; i++)
		if (f->hashes[i] == hash)
			return true;
	return false;
}

static void
few_add(struct lw_few *f, uint64_t hash)
{
	if (f->many || lw_few_has(f, hash))
		return;
	if (f->count == LW_FEW)
		*f = (struct lw_few){.many = true};
	else
		f->hashes[f->count++] = hash;
}

static void
few_merge(struct lw_few *f, const struct lw_few *from)
{
	unsigned i;

	if (from->many)
		*f = (struct lw_few){.many = true};
	for (i = 0; i < from->count; i++)
		few_add(f, from->hashes[i]);
}

/* The step of time that holds t. */
static int64_t
step_of(int64_t t_ns, unsigned level)
{
	int64_t width_ns = LW_NS_PER_S << level;

	return t_ns / width_ns - (t_ns % width_ns < 0);
}

bool
lw_seen_within(const struct lw_seen *s, int64_t from_ns, int64_t to_ns)
{
	int64_t width_ns = LW_NS_PER_S << s->level;
	unsigned i;

	for (i = 0; i < 64; i++) {
		int64_t start_ns = (s->base + i) * width_ns;

		if ((s->bits >> i & 1) != 0 && start_ns >= from_ns && start_ns + width_ns <= to_ns)
			return true;
	}
	return false;
}

/* Steps of twice the width. */
static void
widen(struct lw_seen *s)
{
	struct lw_seen wide = {.level = s->level + 1, .base = s->base >> 1};
	unsigned i;

	for (i = 0; i < 64; i++)
		if ((s->bits >> i & 1) != 0)
			wide.bits |= UINT64_C(1) << (((s->base + i) >> 1) - wide.base);
	*s = wide;
}

/* Make room for the steps from..to of s's width, or of more. */
static void
seen_reach(struct lw_seen *s, int64_t from_ns, int64_t to_ns)
{
	int64_t from;

	while (s->level < LW_SEEN_LEVEL_MAX &&
	       step_of(to_ns, s->level) - step_of(from_ns, s->level) >= 64)
		widen(s);
	from = step_of(from_ns, s->level);
	s->bits <<= s->base - from; /* from is never behind: it is that of the first time */
	s->base = from;
}

/* The first and last time of all that s is to hold, t among them. */
static void
seen_add(struct lw_seen *s, int64_t first_ns, int64_t last_ns, int64_t t_ns)
{
	if (s->bits == 0)
		*s = (struct lw_seen){.base = step_of(t_ns, 0)};
	seen_reach(s, first_ns, last_ns);
	s->bits |= UINT64_C(1) << (step_of(t_ns, s->level) - s->base);
}

static void
seen_merge(struct lw_seen *s, const struct lw_seen *from, int64_t first_ns, int64_t last_ns)
{
	struct lw_seen other = *from;

	while (s->level < other.level)
		widen(s);
	while (other.level < s->level)
		widen(&other);
	seen_reach(s, first_ns, last_ns);
	seen_reach(&other, first_ns, last_ns);
	s->bits |= other.bits;
}

static void
value_free(struct lw_setting_value *v)
{
	if (v != NULL)
		free(v->sample);
	free(v);
}

static void
drop_values(struct lw_setting_row *r)
{
	while (r->value_count > 0)
		value_free(r->values[--r->value_count]);
}

void
lw_settings_fini(struct lw_settings *s)
{
	uint32_t i;

	for (i = 0; i < s->count; i++)
		drop_values(&s->rows[i]);
	for (i = 0; s->known != NULL && i < LW_WORDING_PLACES; i++)
		free(s->known[i].places);
	free(s->known);
	free(s->rows);
	lw_map_fini(&s->map);
	*s = (struct lw_settings){.max = s->max};
}

static void
raise_level(struct lw_settings *s)
{
	uint32_t i, kept = 0;

	s->level++;
	lw_map_clear(&s->map);
	for (i = 0; i < s->count; i++) {
		if (!lw_level_keeps(s->level, s->rows[i].key)) {
			drop_values(&s->rows[i]);
			continue;
		}
		s->rows[kept] = s->rows[i];
		(void)lw_map_put(&s->map, s->rows[kept].key, kept);
		kept++;
	}
	s->count = kept;
}

static bool
is_earlier(int64_t time_ns, uint64_t entry_key, const struct lw_sample *s)
{
	if (time_ns != s->time_ns)
		return time_ns < s->time_ns;
	return entry_key < s->entry_key;
}

/* Takes v. */
static void
row_take_value(struct lw_setting_row *r, struct lw_setting_value *v)
{
	unsigned at = 0, i;

	while (at < r->value_count && r->values[at]->hash < v->hash)
		at++;
	if (at < r->value_count && r->values[at]->hash == v->hash) {
		struct lw_setting_value *own = r->values[at];

		own->count += v->count;
		lw_span_add(&own->first_ns, &own->last_ns, v->first_ns);
		lw_span_add(&own->first_ns, &own->last_ns, v->last_ns);
		seen_merge(&own->seen, &v->seen, own->first_ns, own->last_ns);
		few_merge(&own->revisions, &v->revisions);
		few_merge(&own->statements, &v->statements);
		if (is_earlier(v->sample->time_ns, v->sample->entry_key, own->sample)) {
			struct lw_sample *later = own->sample;

			own->sample = v->sample;
			v->sample = later;
			memcpy(own->text, v->text, sizeof(own->text));
		}
		value_free(v);
		return;
	}
	if (r->noisy || r->value_count == LW_SETTING_VALUES) {
		r->noisy = true;
		drop_values(r);
		value_free(v);
		return;
	}
	for (i = r->value_count++; i > at; i--)
		r->values[i] = r->values[i - 1];
	r->values[at] = v;
}

/* The row of that key, new where there is none; NULL where it is dropped, or, with *ok false,
 * where memory ran out. */
static struct lw_setting_row *
row_of(struct lw_settings *s, uint64_t key, uint64_t service, struct lw_str name, bool *ok)
{
	uint32_t at = lw_map_get(&s->map, key);
	struct lw_setting_row *r;

	if (at == LW_MAP_NONE) {
		if (!lw_level_keeps(s->level, key))
			return NULL;
		if (!lw_table_reserve((void **)&s->rows, s->count, &s->capacity, sizeof(*r)) ||
		    lw_map_put(&s->map, key, s->count) == LW_MAP_NONE) {
			*ok = false;
			return NULL;
		}
		s->rows[s->count++] = (struct lw_setting_row){.key = key, .service = service};
		while (s->count > (s->max == 0 ? LW_MAX_STATED_ROWS : s->max) &&
		       s->level < LW_LEVEL_MAX)
			raise_level(s);
		at = lw_map_get(&s->map, key);
		if (at == LW_MAP_NONE)
			return NULL;
	}
	r = &s->rows[at];
	if (r->name[0] == '\0' || lw_str_cmp(name, lw_str_from(r->name)) < 0) {
		memcpy(r->name, name.p, name.n);
		r->name[name.n] = '\0';
	}
	return r;
}

/* "75.0s" and "75s" are one value; versions are as they are written. */
static uint64_t
hash_value(struct lw_str v)
{
	const char *dot;
	size_t n = 0, end, i;
	uint64_t h;

	while (n < v.n && ((v.p[n] >= '0' && v.p[n] <= '9') || v.p[n] == '.'))
		n++;
	end = n;
	dot = n == 0 ? NULL : memchr(v.p, '.', n);
	if (dot != NULL && memchr(dot + 1, '.', n - (size_t)(dot + 1 - v.p)) == NULL) {
		while (v.p[end - 1] == '0')
			end--;
		end -= v.p[end - 1] == '.';
	}
	h = lw_hash(v.p, end, 63);
	for (i = n; i < v.n; i++)
		if (v.p[i] != ' ')
			h = lw_hash_pair(h, (unsigned char)(v.p[i] | 0x20));
	return h;
}

uint64_t
lw_setting_revision(struct lw_str name)
{
	return name.n == 0 ? 0 : lw_hash_str(name, 64) | 1;
}

static struct lw_setting_value *
value_new(
    const struct lw_entry *e, const struct lw_stated *stated, uint64_t hash, uint64_t entry_key)
{
	struct lw_setting_value *v = calloc(1, sizeof(*v));
	struct lw_sample head = {.time_ns = e->time_ns, .entry_key = entry_key};

	if (v == NULL)
		return NULL;
	v->sample = lw_sample_new(e, NULL, &head);
	if (v->sample == NULL) {
		free(v);
		return NULL;
	}
	v->hash = hash;
	v->count = 1;
	v->first_ns = v->last_ns = e->time_ns;
	seen_add(&v->seen, e->time_ns, e->time_ns, e->time_ns);
	few_add(&v->revisions, lw_setting_revision(e->revision));
	few_add(&v->statements, stated->statement);
	memcpy(v->text, stated->value.p, stated->value.n);
	return v;
}

/* Count an entry that states a value of the row and is not the first to; false where it is. */
static bool
count_again(struct lw_setting_row *r, const struct lw_entry *e, const struct lw_stated *stated,
    uint64_t hash, uint64_t entry_key)
{
	unsigned i;

	for (i = 0; i < r->value_count; i++) {
		struct lw_setting_value *v = r->values[i];

		if (v->hash != hash)
			continue;
		if (is_earlier(e->time_ns, entry_key, v->sample))
			return false;
		v->count++;
		lw_span_add(&v->first_ns, &v->last_ns, e->time_ns);
		seen_add(&v->seen, v->first_ns, v->last_ns, e->time_ns);
		few_add(&v->revisions, lw_setting_revision(e->revision));
		few_add(&v->statements, stated->statement);
		return true;
	}
	return false;
}

static bool
add_stated(struct lw_settings *s, const struct lw_entry *e, const struct lw_stated *stated,
    uint64_t service, uint64_t entry_key)
{
	bool ok = true;
	struct lw_setting_row *r =
	    row_of(s, lw_hash_pair(service, stated->key), service, stated->name, &ok);
	uint64_t hash = hash_value(stated->value);
	struct lw_setting_value *v;

	if (r == NULL)
		return ok;
	r->measured = r->measured || stated->measured;
	if (r->noisy || count_again(r, e, stated, hash, entry_key))
		return true;
	v = value_new(e, stated, hash, entry_key);
	if (v == NULL)
		return false;
	row_take_value(r, v);
	return true;
}

static size_t
learn(struct lw_stated_known *known, const struct lw_entry *e, struct lw_stated *stated)
{
	size_t n = lw_stated_find(e->clean, stated), i;

	free(known->places);
	*known = (struct lw_stated_known){.wording = e->wording, .count = (uint32_t)n};
	if (n == 0)
		return 0;
	known->places = malloc(n * sizeof(*known->places));
	if (known->places == NULL) {
		known->wording = 0;
		return n;
	}
	for (i = 0; i < n; i++)
		known->places[i] = (struct lw_stated_place){.key = stated[i].key,
		    .statement = stated[i].statement,
		    .name_at = (uint8_t)(stated[i].name.p - e->clean.p),
		    .name_bytes = (uint8_t)stated[i].name.n,
		    .value_at = (uint8_t)(stated[i].value.p - e->clean.p),
		    .value_bytes = (uint8_t)stated[i].value.n,
		    .measured = stated[i].measured};
	return n;
}

/* As lw_stated_find of the entry's message. */
static size_t
find_stated(struct lw_settings *s, const struct lw_entry *e, struct lw_stated *stated)
{
	struct lw_stated_known *known;
	size_t i;

	_Static_assert(LW_WORDING_MAX_BYTES <= UINT8_MAX, "a wording's places fit into a byte");
	if (e->wording != 0 && s->known == NULL)
		s->known = calloc(LW_WORDING_PLACES, sizeof(*s->known));
	if (e->wording == 0 || s->known == NULL)
		return lw_stated_find(e->clean, stated);
	known = &s->known[lw_wording_place(e->wording)];
	if (known->wording != e->wording)
		return learn(known, e, stated);
	for (i = 0; i < known->count; i++) {
		const struct lw_stated_place *p = &known->places[i];

		stated[i] =
		    (struct lw_stated){.name = lw_str_make(e->clean.p + p->name_at, p->name_bytes),
			.value = lw_str_make(e->clean.p + p->value_at, p->value_bytes),
			.key = p->key,
			.statement = p->statement,
			.measured = p->measured};
	}
	return known->count;
}

bool
lw_settings_add(
    struct lw_settings *s, const struct lw_entry *e, uint64_t service, uint64_t entry_key)
{
	struct lw_stated stated[LW_STATED_MAX];
	bool ok = true;
	size_t n, i;

	if (e->time_ns == LW_TIME_NONE)
		return true;
	n = find_stated(s, e, stated);
	for (i = 0; i < n; i++)
		ok = add_stated(s, e, &stated[i], service, entry_key) && ok;
	return ok;
}

bool
lw_settings_merge(struct lw_settings *s, struct lw_settings *from)
{
	bool ok = true;
	uint32_t i, k;

	while (s->level < from->level)
		raise_level(s);
	for (i = 0; i < from->count; i++) {
		struct lw_setting_row *f = &from->rows[i], *r;

		r = row_of(s, f->key, f->service, lw_str_from(f->name), &ok);
		if (r == NULL) {
			drop_values(f);
			continue;
		}
		r->measured = r->measured || f->measured;
		for (k = 0; k < f->value_count; k++)
			row_take_value(r, f->values[k]);
		f->value_count = 0;
		if (f->noisy) {
			r->noisy = true;
			drop_values(r);
		}
	}
	from->count = 0;
	lw_map_clear(&from->map);
	return ok;
}

static int
by_key(const void *pa, const void *pb)
{
	const struct lw_setting_row *a = pa, *b = pb;

	return a->key < b->key ? -1 : a->key > b->key;
}

void
lw_settings_settle(struct lw_settings *s)
{
	uint32_t i;

	if (s->count > 1)
		qsort(s->rows, s->count, sizeof(*s->rows), by_key);
	lw_map_clear(&s->map);
	for (i = 0; i < s->count; i++)
		(void)lw_map_put(&s->map, s->rows[i].key, i);
}
