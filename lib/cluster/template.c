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

/* What stands in position `token` of all members, which have one skeleton. */
static bool
gather(struct maker *m, size_t token, struct lw_values *v)
{
	size_t i, k;

	for (i = 0; i < m->member_count; i++) {
		const struct lw_row *r = m->rows[m->members[i]];
		size_t slot = 0;
		struct lw_str word;

		if (r->tokens[token].kind == LW_TOKEN_VALUE) {
			for (k = 0; k < token; k++)
				slot += r->tokens[k].kind == LW_TOKEN_VALUE;
			if (!lw_values_merge(v, &r->values[slot]))
				return false;
			continue;
		}
		word = lw_str_make(lw_row_text(r) + r->tokens[token].start, r->tokens[token].n);
		v->types |= UINT32_C(1) << LW_VALUE_ANY;
		if (!lw_values_add(v, word, lw_hash_str(word, 0), r->count))
			return false;
	}
	return true;
}

static bool
is_literal(const struct maker *m, size_t token)
{
	const struct lw_row *first = m->rows[m->members[0]];
	size_t i;

	for (i = 0; i < m->member_count; i++) {
		const struct lw_row *r = m->rows[m->members[i]];

		if (r->tokens[token].kind == LW_TOKEN_VALUE ||
		    r->tokens[token].n != first->tokens[token].n ||
		    memcmp(lw_row_text(r) + r->tokens[token].start,
			lw_row_text(first) + first->tokens[token].start,
			first->tokens[token].n) != 0)
			return false;
	}
	return true;
}

static bool
make(struct maker *m, struct lw_template *t)
{
	const struct lw_row *first = m->rows[m->members[0]];
	struct lw_values v = {0};
	size_t i;

	lw_buf_reset(&m->text);
	lw_buf_reset(&m->canonical);
	m->slot_count = 0;
	m->slots = lw_arena_alloc(m->arena, (first->token_count + 1u) * sizeof(*m->slots));
	*t = (struct lw_template){.is_stack = first->stack, .slots = m->slots};
	if (m->slots == NULL)
		return false;
	for (i = 0; i < first->token_count; i++) {
		const struct lw_row_token *k = &first->tokens[i];

		if (k->blank) {
			lw_buf_addc(&m->text, ' ');
			lw_buf_addc(&m->canonical, ' ');
		}
		if (is_literal(m, i)) {
			add_text(&m->text, lw_str_make(lw_row_text(first) + k->start, k->n));
			add_text(&m->canonical, lw_str_make(lw_row_text(first) + k->start, k->n));
			continue;
		}
		lw_buf_addz(&m->canonical, "<*>");
		if (!gather(m, i, &v)) {
			lw_values_fini(&v);
			return false;
		}
		add_slot(m, &v);
		lw_values_fini(&v);
	}
	for (i = 0; i < m->member_count; i++) {
		const struct lw_row *r = m->rows[m->members[i]];
		struct lw_str example = lw_str_make(r->example, r->example_n);

		t->count += r->count;
		if (i == 0 || lw_str_cmp(example, t->example) < 0)
			t->example = example;
	}
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
	s->order = malloc((table->row_count + 1) * sizeof(*s->order));
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
	if (!ok)
		lw_templates_fini(t);
	return ok;
}
