/* template.c - the text of a template, its id, and what stood in its slots. */
#include "cluster/template.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "cluster/decide.h"

#define SHOWN_VALUES 10 /* of a slot, the commonest */

void
lw_templates_fini(struct lw_templates *t)
{
	free(t->list);
	free(t->of_row);
	lw_arena_free(t->arena);
	*t = (struct lw_templates){0};
}

struct sorted {
	const struct lw_row **rows; /* live, by signature */
	uint32_t *owner;            /* see lw_decide */
	uint32_t *order;            /* members of a template next to each other */
	size_t count;
};

static int
by_signature(const void *a, const void *b)
{
	const struct lw_row *x = *(const struct lw_row *const *)a,
			    *y = *(const struct lw_row *const *)b;

	return x->signature < y->signature ? -1 : x->signature > y->signature;
}

/* One template in the making. */
struct maker {
	struct lw_arena *arena;
	const struct lw_row *const *rows;
	const uint32_t *members;
	size_t member_count;
	struct lw_chunk *at; /* the chunk at hand, of each member */
	struct lw_buf text, canonical;
	struct lw_slot *slots;
	size_t slot_count;
	bool failed;
};

static int
by_count(const void *a, const void *b)
{
	const struct lw_value_count *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return lw_str_cmp(x->value, y->value);
}

/* All bytes of a template stay on one line. */
static void
add_text(struct lw_buf *b, struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		lw_buf_addc(b, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
}

static const char *
type_name(uint32_t types)
{
	const uint32_t addresses = UINT32_C(1) << LW_VALUE_IP | UINT32_C(1) << LW_VALUE_HOST;

	if (types == addresses)
		return lw_value_name(LW_VALUE_HOST);
	if (types == 0 || (types & (types - 1)) != 0)
		return lw_value_name(LW_VALUE_ANY);
	return lw_value_name((enum lw_value_type)__builtin_ctz(types));
}

/* The wildcard at hand saw the values v: its literal where there was one alone, else a slot. */
static void
add_slot(struct maker *m, const struct lw_values *v)
{
	struct lw_value_count *list;
	struct lw_slot *slot;
	size_t i, n = 0;

	if (!v->many && v->kept == 1) {
		for (i = 0; i < v->cap; i++)
			if (v->table[i] != NULL)
				add_text(&m->text, lw_str_make(v->table[i]->p, v->table[i]->n));
		return;
	}
	list = lw_arena_alloc(m->arena, (v->kept + 1u) * sizeof(*list));
	if (list == NULL) {
		m->failed = true;
		return;
	}
	for (i = 0; i < v->cap; i++) {
		struct lw_str s;

		if (v->table[i] == NULL)
			continue;
		s = lw_arena_str(m->arena, lw_str_make(v->table[i]->p, v->table[i]->n));
		m->failed = m->failed || s.p == NULL;
		list[n++] = (struct lw_value_count){s, v->table[i]->count};
	}
	if (m->failed)
		return;
	qsort(list, n, sizeof(*list), by_count);
	slot = &m->slots[m->slot_count++];
	*slot = (struct lw_slot){type_name(v->types), list, n < SHOWN_VALUES ? n : SHOWN_VALUES,
	    (uint64_t)v->kept << v->level, v->level > 0};
	if (slot->distinct < 2)
		slot->distinct = v->many ? 2 : 1;
	lw_buf_addc(&m->text, '<');
	lw_buf_addz(&m->text, slot->type);
	lw_buf_addc(&m->text, '>');
}

/* The text of tokens [from, to): values as what they are known to be alone, or <*>. */
static void
add_core(struct lw_buf *b, const struct lw_row *r, size_t from, size_t to)
{
	size_t i, k, slot = 0;

	for (i = 0; i < to; i++) {
		const struct lw_values *v = &r->values[slot];

		slot += r->tokens[i].kind == LW_TOKEN_VALUE;
		if (i < from)
			continue;
		if (r->tokens[i].kind != LW_TOKEN_VALUE) {
			lw_buf_add(b, lw_row_text(r) + r->tokens[i].start, r->tokens[i].n);
		} else if (v->many || v->kept != 1) {
			lw_buf_addz(b, "<*>");
		} else {
			for (k = 0; k < v->cap; k++)
				if (v->table[k] != NULL)
					lw_buf_add(b, v->table[k]->p, v->table[k]->n);
		}
	}
}

static size_t
slot_at(const struct lw_row *r, size_t token)
{
	size_t i, slot = 0;

	for (i = 0; i < token; i++)
		slot += r->tokens[i].kind == LW_TOKEN_VALUE;
	return slot;
}

/* A member's tokens [from, to) are one value of the template. */
static bool
gather(const struct lw_row *r, size_t from, size_t to, struct lw_values *v)
{
	struct lw_buf core = {0};
	bool ok;

	if (to - from == 1 && r->tokens[from].kind == LW_TOKEN_VALUE)
		return lw_values_merge(v, &r->values[slot_at(r, from)]);
	add_core(&core, r, from, to);
	v->types |= UINT32_C(1) << LW_VALUE_ANY;
	ok = lw_buf_ok(&core) &&
	     lw_values_add(v, lw_buf_str(&core), lw_hash_str(lw_buf_str(&core), 0), r->count);
	lw_buf_fini(&core);
	return ok;
}

static bool
same_token(const struct lw_row *a, size_t i, const struct lw_row *b, size_t k)
{
	return a->tokens[i].kind == b->tokens[k].kind && a->tokens[i].n == b->tokens[k].n &&
	       memcmp(lw_row_text(a) + a->tokens[i].start, lw_row_text(b) + b->tokens[k].start,
		   a->tokens[i].n) == 0;
}

/* All members have the same number of tokens in this core, and the same delimiters. */
static bool
same_inside(const struct maker *m)
{
	const struct lw_row *first = m->rows[m->members[0]];
	const struct lw_chunk *c = &m->at[0], *o;
	size_t i, k;

	for (i = 1; i < m->member_count; i++) {
		const struct lw_row *r = m->rows[m->members[i]];

		o = &m->at[i];
		if (o->to - o->from != c->to - c->from)
			return false;
		for (k = 0; k < c->to - c->from; k++)
			if ((first->tokens[c->from + k].kind == LW_TOKEN_DELIM ||
				r->tokens[o->from + k].kind == LW_TOKEN_DELIM) &&
			    !same_token(first, c->from + k, r, o->from + k))
				return false;
	}
	return true;
}

static void
add_literal(struct maker *m, const struct lw_row *r, size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i++) {
		struct lw_str s = lw_str_make(lw_row_text(r) + r->tokens[i].start, r->tokens[i].n);

		if (r->tokens[i].blank) {
			lw_buf_addc(&m->text, ' ');
			lw_buf_addc(&m->canonical, ' ');
		}
		add_text(&m->text, s);
		add_text(&m->canonical, s);
	}
}

/* Token `skip` of the core of all members (the whole core where skip is SIZE_MAX) is a slot. */
static bool
add_wildcard(struct maker *m, size_t skip)
{
	const struct lw_row *first = m->rows[m->members[0]];
	bool whole = skip == SIZE_MAX;
	struct lw_values v = {0};
	size_t i;

	if (first->tokens[m->at[0].from + (whole ? 0 : skip)].blank) {
		lw_buf_addc(&m->text, ' ');
		lw_buf_addc(&m->canonical, ' ');
	}
	lw_buf_addz(&m->canonical, "<*>");
	for (i = 0; i < m->member_count; i++) {
		size_t at = m->at[i].from + (whole ? 0 : skip);

		if (!gather(m->rows[m->members[i]], at, whole ? m->at[i].to : at + 1, &v)) {
			lw_values_fini(&v);
			return false;
		}
	}
	add_slot(m, &v);
	lw_values_fini(&v);
	return true;
}

static bool
is_literal(const struct maker *m, size_t skip)
{
	const struct lw_row *first = m->rows[m->members[0]];
	size_t at = m->at[0].from + skip, i;

	if (first->tokens[at].kind == LW_TOKEN_VALUE)
		return false;
	for (i = 1; i < m->member_count; i++)
		if (!same_token(first, at, m->rows[m->members[i]], m->at[i].from + skip))
			return false;
	return true;
}

static bool
add_chunk(struct maker *m)
{
	const struct lw_row *first = m->rows[m->members[0]];
	struct lw_chunk c = m->at[0];
	size_t i;
	bool ok = true;

	add_literal(m, first, c.start, c.from);
	if (!same_inside(m)) {
		ok = add_wildcard(m, SIZE_MAX);
	} else {
		for (i = 0; ok && i < c.to - c.from; i++)
			if (is_literal(m, i))
				add_literal(m, first, c.from + i, c.from + i + 1);
			else
				ok = add_wildcard(m, i);
	}
	add_literal(m, first, c.to, c.end);
	return ok;
}

/* The least example, the sum of lines. */
static void
sum_members(const struct maker *m, struct lw_template *t)
{
	size_t i;

	for (i = 0; i < m->member_count; i++) {
		const struct lw_row *r = m->rows[m->members[i]];
		struct lw_str example = lw_str_make(r->example, r->example_n);

		t->count += r->count;
		if ((enum lw_severity)r->severity > t->severity)
			t->severity = (enum lw_severity)r->severity;
		if (r->first_ns != LW_TIME_NONE &&
		    (t->first_ns == LW_TIME_NONE || r->first_ns < t->first_ns))
			t->first_ns = r->first_ns;
		if (r->last_ns > t->last_ns)
			t->last_ns = r->last_ns;
		if (i == 0 || lw_str_cmp(example, t->example) < 0)
			t->example = example;
	}
}

static bool
make(struct maker *m, struct lw_template *t)
{
	const struct lw_row *first = m->rows[m->members[0]];
	size_t i, token;

	lw_buf_reset(&m->text);
	lw_buf_reset(&m->canonical);
	m->slot_count = 0;
	m->slots = lw_arena_alloc(m->arena, (first->token_count + 1u) * sizeof(*m->slots));
	*t = (struct lw_template){.is_stack = first->stack,
	    .first_ns = LW_TIME_NONE,
	    .last_ns = LW_TIME_NONE,
	    .slots = m->slots};
	if (m->slots == NULL)
		return false;
	for (i = 0; i < m->member_count; i++)
		m->at[i].end = 0;
	for (token = 0; token < first->token_count; token = m->at[0].end) {
		for (i = 0; i < m->member_count; i++)
			m->at[i] = lw_row_chunk(m->rows[m->members[i]], m->at[i].end);
		if (!add_chunk(m))
			return false;
	}
	sum_members(m, t);
	t->slot_count = m->slot_count;
	t->id = lw_hash_str(lw_buf_str(&m->canonical), first->stack);
	t->text = lw_arena_str(m->arena, lw_buf_str(&m->text));
	return t->text.p != NULL && lw_buf_ok(&m->text) && lw_buf_ok(&m->canonical) && !m->failed;
}

static bool
sort_rows(struct sorted *s, const struct lw_table *table)
{
	size_t i;

	s->rows = malloc((table->row_count + 1) * sizeof(struct lw_row *));
	s->owner = malloc((table->row_count + 1) * sizeof(*s->owner));
	s->order = calloc(table->row_count + 1, sizeof(*s->order));
	if (s->rows == NULL || s->owner == NULL || s->order == NULL)
		return false;
	for (i = 0; i < table->row_count; i++)
		if (table->rows[i].tokens != NULL)
			s->rows[s->count++] = &table->rows[i];
	qsort(s->rows, s->count, sizeof(struct lw_row *), by_signature);
	return lw_decide(s->rows, s->count, s->owner);
}

/* Members of a template next to each other, in the order of rows; *starts[k] is where template k
 * starts. */
static bool
order_members(struct sorted *s, uint32_t **starts, size_t *count)
{
	uint32_t *at = calloc(s->count + 2, sizeof(*at));
	size_t i, n = 0, sum = 0;

	*starts = malloc((s->count + 2) * sizeof(**starts));
	if (at == NULL || *starts == NULL) {
		free(at);
		return false;
	}
	for (i = 0; i < s->count; i++)
		at[s->owner[i]]++;
	for (i = 0; i < s->count; i++) {
		uint32_t size = at[i];

		if (size > 0)
			(*starts)[n++] = (uint32_t)sum;
		at[i] = (uint32_t)sum;
		sum += size;
	}
	(*starts)[n] = (uint32_t)sum;
	*count = n;
	for (i = 0; i < s->count; i++)
		s->order[at[s->owner[i]]++] = (uint32_t)i;
	free(at);
	return true;
}

struct numbered {
	uint64_t id;
	uint32_t index;
};

static int
by_id(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Sort the list by id and say for every row where its template is now. */
static bool
number(struct lw_templates *t, const struct lw_table *table, const struct sorted *s,
    const uint32_t *starts)
{
	struct numbered *ids = malloc((t->count + 1) * sizeof(*ids));
	struct lw_template *list = malloc((t->count + 1) * sizeof(*list));
	size_t i, k;

	if (ids == NULL || list == NULL) {
		free(ids);
		free(list);
		return false;
	}
	for (i = 0; i < t->count; i++)
		ids[i] = (struct numbered){t->list[i].id, (uint32_t)i};
	qsort(ids, t->count, sizeof(*ids), by_id);
	for (i = 0; i < t->count; i++) {
		list[i] = t->list[ids[i].index];
		for (k = starts[ids[i].index]; k < starts[ids[i].index + 1]; k++)
			t->of_row[s->rows[s->order[k]] - table->rows] = (uint32_t)i;
	}
	free(t->list);
	t->list = list;
	free(ids);
	return true;
}

bool
lw_templates_make(struct lw_templates *t, const struct lw_table *table)
{
	struct sorted s = {0};
	struct maker m = {0};
	uint32_t *starts = NULL;
	size_t i;
	bool ok = false;

	*t = (struct lw_templates){.arena = lw_arena_new(0)};
	t->of_row = malloc((table->row_count + 1) * sizeof(*t->of_row));
	if (t->arena == NULL || t->of_row == NULL || !sort_rows(&s, table) ||
	    !order_members(&s, &starts, &t->count))
		goto out;
	for (i = 0; i < table->row_count; i++)
		t->of_row[i] = UINT32_MAX;
	t->list = malloc((t->count + 1) * sizeof(*t->list));
	if (t->list == NULL)
		goto out;
	m.arena = t->arena;
	m.rows = s.rows;
	m.at = malloc((s.count + 1) * sizeof(*m.at));
	if (m.at == NULL)
		goto out;
	for (i = 0; i < t->count; i++) {
		m.members = s.order + starts[i];
		m.member_count = starts[i + 1] - starts[i];
		if (!make(&m, &t->list[i]))
			goto out;
	}
	ok = number(t, table, &s, starts);
out:
	lw_buf_fini(&m.text);
	lw_buf_fini(&m.canonical);
	free(s.rows);
	free(s.owner);
	free(s.order);
	free(starts);
	free(m.at);
	if (!ok)
		lw_templates_fini(t);
	return ok;
}
