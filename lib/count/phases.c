/* phases.c - rows of phases by instance. */
#include "count/phases.h"

#include <stdlib.h>

#include "base/hash.h"
#include "count/level.h"
#include "count/table.h"

void
lw_phases_fini(struct lw_phases *p)
{
	free(p->rows);
	lw_map_fini(&p->map);
	*p = (struct lw_phases){.max = p->max};
}

static uint64_t
row_key(const struct lw_phase_row *r)
{
	return lw_hash_pair(r->instance, r->key);
}

static void
raise_level(struct lw_phases *p)
{
	uint32_t i, kept = 0;

	p->level++;
	lw_map_clear(&p->map);
	for (i = 0; i < p->count; i++) {
		if (!lw_level_keeps(p->level, p->rows[i].instance))
			continue;
		p->rows[kept] = p->rows[i];
		(void)lw_map_put(&p->map, row_key(&p->rows[kept]), kept);
		kept++;
	}
	p->count = kept;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a == LW_TIME_NONE || (b != LW_TIME_NONE && b < a) ? b : a;
}

/* Does the name of `from` come before that of r? */
static bool
names_first(const struct lw_phase_row *from, const struct lw_phase_row *r)
{
	if (from->name_bytes == 0 || r->name_bytes == 0)
		return r->name_bytes == 0;
	if (from->name_ns != r->name_ns)
		return earlier(r->name_ns, from->name_ns) == from->name_ns;
	return lw_str_cmp(lw_str_make(from->name, from->name_bytes),
		   lw_str_make(r->name, r->name_bytes)) < 0;
}

static bool
put_row(struct lw_phases *p, const struct lw_phase_row *from)
{
	uint64_t key = row_key(from);
	uint32_t at = lw_map_get(&p->map, key);
	struct lw_phase_row *r;

	if (at != LW_MAP_NONE) {
		r = &p->rows[at];
		if (names_first(from, r)) {
			memcpy(r->name, from->name, sizeof(r->name));
			r->name_bytes = from->name_bytes;
			r->name_ns = from->name_ns;
		}
		r->first_ns = earlier(r->first_ns, from->first_ns);
		r->end_ns = earlier(r->end_ns, from->end_ns);
		r->state |= from->state;
		if (from->total > r->total)
			r->total = from->total;
		return true;
	}
	if (!lw_table_reserve((void **)&p->rows, p->count, &p->capacity, sizeof(*r)) ||
	    lw_map_put(&p->map, key, p->count) == LW_MAP_NONE)
		return false;
	p->rows[p->count++] = *from;
	while (p->count > (p->max == 0 ? LW_MAX_PHASES : p->max) && p->level < LW_LEVEL_MAX)
		raise_level(p);
	return true;
}

/* Names are told apart without their case. */
static uint64_t
hash_name(struct lw_str name)
{
	char folded[LW_PHASE_NAME_BYTES];
	size_t i;

	for (i = 0; i < name.n; i++)
		folded[i] =
		    (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] | 0x20 : name.p[i]);
	return lw_hash(folded, name.n, 51);
}

bool
lw_phases_add(struct lw_phases *p, struct lw_str message, uint64_t instance, int64_t time_ns)
{
	struct lw_phase phase;
	struct lw_phase_row row;

	if (!lw_level_keeps(p->level, instance) || !lw_phase_parse(message, &phase))
		return true;
	row = (struct lw_phase_row){.instance = instance,
	    .key = phase.tenths > 0 ? lw_hash_pair((uint64_t)phase.kind, phase.tenths)
				    : hash_name(phase.name),
	    .first_ns = time_ns,
	    .name_ns = time_ns,
	    .end_ns = phase.state == LW_PHASE_STARTED ? LW_TIME_NONE : time_ns,
	    .state = phase.state,
	    .tenths = (uint16_t)phase.tenths,
	    .total = (uint16_t)phase.total,
	    .kind = (uint8_t)phase.kind,
	    .name_bytes = (uint8_t)phase.name.n};
	if (phase.name.n > 0)
		memcpy(row.name, phase.name.p, phase.name.n);
	return put_row(p, &row);
}

bool
lw_phases_merge(struct lw_phases *p, const struct lw_phases *from)
{
	bool ok = true;
	uint32_t i;

	while (p->level < from->level)
		raise_level(p);
	for (i = 0; i < from->count; i++)
		if (lw_level_keeps(p->level, from->rows[i].instance))
			ok = put_row(p, &from->rows[i]) && ok;
	return ok;
}
