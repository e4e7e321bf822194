/* count_many.c - more services, messages and revisions than there is room for. */
#include "count_many.h"

#include <stdio.h>

#include "base/hash.h"
#include "count/tally.h"

#define S LW_NS_PER_S

/* An entry of one of 200 services, each of a revision of its own, that says one of 30 things. */
static void
count_far(struct lw_tally *t, uint64_t n)
{
	char id[32], service[32], instance[32];
	struct lw_entry e = {.time_ns = (int64_t)n * S,
	    .effect_ns = (int64_t)n * S,
	    .severity = LW_SEV_ERROR,
	    .severity_known = true,
	    .message = LW_STR("it broke"),
	    .clean = LW_STR("it broke")};
	struct lw_mark m = {.rule = LW_NO_RULE, .signature = 1 + n % 30, .chain = true};

	(void)snprintf(id, sizeof(id), "id-%llu", (unsigned long long)n);
	(void)snprintf(service, sizeof(service), "web-%llu", (unsigned long long)(n / 3 % 200));
	(void)snprintf(instance, sizeof(instance), "i-%llu", (unsigned long long)(n / 3 % 400));
	e.insert_id = lw_str_from(id);
	e.service = e.revision = lw_str_from(service);
	e.instance = lw_str_from(instance);
	lw_tally_entry(t, &e, &m, 1);
}

static const struct lw_service *
service_of_key(const struct lw_tally *t, uint64_t key)
{
	uint32_t at = lw_map_get(&t->service_map, key);

	ck_assert_uint_ne(at, LW_MAP_NONE);
	return &t->services[at];
}

static void
assert_same_services(const struct lw_tally *a, const struct lw_tally *b)
{
	uint32_t i;

	ck_assert(!a->failed && !b->failed);
	ck_assert_uint_eq(a->service_level, b->service_level);
	ck_assert_uint_eq(a->service_count, b->service_count);
	for (i = 0; i < a->service_count; i++) {
		const struct lw_service *x = &a->services[i], *y = service_of_key(b, x->key);

		ck_assert(lw_str_eq(
		    lw_intern_get(&a->names, x->name), lw_intern_get(&b->names, y->name)));
		ck_assert_uint_eq(x->entries, y->entries);
		ck_assert_uint_eq(x->revision_count, y->revision_count);
	}
}

static void
assert_same_nodes(const struct lw_tally *a, const struct lw_tally *b)
{
	uint32_t i, k;

	ck_assert_uint_eq(a->node_level, b->node_level);
	ck_assert_uint_eq(a->shared_level, b->shared_level);
	ck_assert_uint_eq(a->scope_level, b->scope_level);
	ck_assert_uint_eq(a->node_count, b->node_count);
	ck_assert_uint_eq(a->instance_count, b->instance_count);
	ck_assert_uint_eq(a->event_count, b->event_count);
	for (i = 0; i < a->event_count; i++)
		ck_assert_uint_eq(a->events[i].node, b->events[i].node);
	for (i = 0; i < a->node_count; i++) {
		const struct lw_node *x = &a->nodes[i], *y = &b->nodes[i];

		ck_assert_uint_eq(x->key, y->key);
		ck_assert_uint_eq(x->count, y->count);
		ck_assert_uint_eq(x->instances, y->instances);
		ck_assert_uint_eq(a->services[x->service].key, b->services[y->service].key);
		ck_assert_uint_eq(x->revision_count, y->revision_count);
		for (k = 0; k < LW_SAMPLES_SPREAD; k++) {
			ck_assert_int_eq(x->spread[k] == NULL, y->spread[k] == NULL);
			if (x->spread[k] != NULL)
				ck_assert(
				    lw_str_eq(x->spread[k]->insert_id, y->spread[k]->insert_id));
		}
	}
}

/* _i: services above their ceiling, nodes above theirs, both. */
START_TEST(services_above_the_ceiling_are_one_in_any_order)
{
	static const struct lw_ceilings ceilings[] = {
	    {0, 0, 0, 0, 50}, {300, 0, 0, 0, 0}, {160, 200, 40, 500, 50}};
	struct lw_tally *whole = lw_tally_new(NULL, 60 * S, ceilings[_i]), *part[3];
	uint64_t n, state = 5, entries = 0, marks = 0;
	uint32_t i;

	for (i = 0; i < 3; i++)
		part[i] = lw_tally_new(NULL, 60 * S, ceilings[_i]);
	for (n = 0; n < 6000; n++)
		count_far(whole, n);
	for (n = 6000; n-- > 0;)
		count_far(part[(state = lw_hash_mix(state + 1)) % 3], n);
	lw_tally_merge(part[2], part[0]);
	lw_tally_merge(part[2], part[1]);
	lw_tally_settle(whole);
	lw_tally_settle(part[2]);
	assert_same_services(whole, part[2]);
	assert_same_nodes(whole, part[2]);
	for (i = 0; i < whole->service_count; i++)
		entries += whole->services[i].entries;
	for (i = 0; i < whole->node_count; i++)
		marks += whole->nodes[i].count;
	ck_assert_uint_eq(entries, 6000);
	ck_assert_uint_eq(marks + whole->dropped_nodes_entries, 6000);
	ck_assert_uint_eq(whole->dropped_nodes_entries, part[2]->dropped_nodes_entries);
	if (_i != 1) {
		ck_assert_uint_le(whole->service_count, 51);
		ck_assert_uint_gt(whole->services[whole->rest].entries, 0);
	}
	if (_i == 0)
		ck_assert_uint_eq(whole->node_count, 600);
	else
		ck_assert_uint_le(whole->node_count - whole->node_shared, _i == 1 ? 300 : 160);
	lw_tally_free(whole);
	for (i = 0; i < 3; i++)
		lw_tally_free(part[i]);
}
END_TEST

static void
count_revision(struct lw_tally *t, unsigned i)
{
	char name[24];
	struct lw_mark m = {.rule = LW_NO_RULE, .signature = 1, .chain = true};
	struct lw_entry e = {.time_ns = (int64_t)(1 + i) * S,
	    .effect_ns = (int64_t)(1 + i) * S,
	    .severity = LW_SEV_ERROR,
	    .service = LW_STR("web")};

	(void)snprintf(name, sizeof(name), "web-%05u", i % 1500);
	e.revision = e.instance = e.insert_id = lw_str_from(name);
	lw_tally_entry(t, &e, &m, 1);
}

static bool
has_revision(const struct lw_tally *t, const char *name, unsigned i)
{
	const struct lw_service *s = &t->services[0];
	uint32_t k;

	for (k = 0; k < s->revision_count; k++)
		if (lw_str_eq(lw_intern_get(&t->revisions, s->revisions[k].revision),
			lw_str_from(name))) {
			ck_assert_int_eq(s->revisions[k].first_ns, (int64_t)(1 + i) * S);
			ck_assert_int_eq(s->revisions[k].last_ns, (int64_t)(1501 + i) * S);
			return true;
		}
	return false;
}

/* Those with the least hashes, and nothing names another one. */
START_TEST(of_too_many_revisions_the_same_stay_in_any_order)
{
	struct lw_tally *t = lw_tally_new(NULL, 60 * S, (struct lw_ceilings){0});
	struct lw_tally *back = lw_tally_new(NULL, 60 * S, (struct lw_ceilings){0});
	uint64_t last = 0, hash;
	char name[24];
	uint32_t i, k, known = 0;

	for (i = 0; i < 3000; i++)
		count_revision(t, i);
	for (i = 3000; i-- > 0;)
		count_revision(back, i);
	for (k = 0; k < LW_MAX_REVISIONS; k++)
		last = t->services[0].revisions[k].hash; /* the greatest that stays */
	lw_tally_settle(t);
	lw_tally_settle(back);
	ck_assert(t->services[0].revisions_dropped);
	ck_assert_uint_eq(t->services[0].revision_count, LW_MAX_REVISIONS);
	for (i = 0; i < 1500; i++) {
		(void)snprintf(name, sizeof(name), "web-%05u", i);
		hash = lw_hash_str(lw_str_from(name), 0);
		ck_assert_int_eq(has_revision(t, name, i), hash <= last);
		ck_assert_int_eq(has_revision(back, name, i), hash <= last);
	}
	ck_assert_uint_eq(t->nodes[0].revision_count, LW_MAX_REVISIONS);
	ck_assert_uint_eq(back->nodes[0].revision_count, LW_MAX_REVISIONS);
	for (i = 0; i < t->instance_count; i++)
		known += t->instances[i].revision != LW_INTERN_FULL;
	ck_assert_uint_eq(known, LW_MAX_REVISIONS);
	lw_tally_free(t);
	lw_tally_free(back);
}
END_TEST

TCase *
count_many_case(void)
{
	TCase *t = tcase_create("many");

	tcase_set_timeout(t, 0);
	tcase_add_loop_test(t, services_above_the_ceiling_are_one_in_any_order, 0, 3);
	tcase_add_test(t, of_too_many_revisions_the_same_stay_in_any_order);
	return t;
}
