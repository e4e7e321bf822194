/* named.c - messages of one service that name another one: "upstream payments returned 503". */
#include "why/linker.h"

#define MIN_NAME 3

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static struct lw_str
name_of(const struct lw_tally *t, uint32_t service)
{
	return lw_intern_get(&t->names, t->services[service].name);
}

/* Does the name of a service that is longer than `name` stand at `rest`? */
static bool
is_longer_name(const struct lw_tally *t, struct lw_str rest, struct lw_str name)
{
	uint32_t i;

	for (i = 0; i < t->service_count; i++)
		if (name_of(t, i).n > name.n && lw_str_starts(rest, name_of(t, i)))
			return true;
	return false;
}

/* As a word, or as the first part of a host name: payments, payments.internal,
 * payments-abc123-ew.a.run.app. */
static bool
names(const struct lw_tally *t, struct lw_str text, struct lw_str name)
{
	struct lw_str rest = text;
	size_t at;

	for (;;) {
		char before, after;

		at = lw_str_find(rest, name);
		if (at == LW_NPOS)
			return false;
		rest = lw_str_make(rest.p + at, rest.n - at);
		before = rest.p > text.p ? rest.p[-1] : ' ';
		after = rest.n > name.n ? rest.p[name.n] : ' ';
		if (!is_word(before) && before != '-' && !is_word(after) &&
		    !is_longer_name(t, rest, name))
			return true;
		rest = lw_str_make(rest.p + 1, rest.n - 1);
	}
}

/* Of the samples of a vertex, how many name the service. */
static uint64_t
count_named(const struct lw_analysis *a, const struct lw_vertex *v, uint32_t service, uint64_t *of)
{
	struct lw_str name = name_of(a->tally, service);
	uint64_t n = 0;
	size_t i;

	*of = 0;
	if (name.n < MIN_NAME || lw_str_eq(name, name_of(a->tally, v->service)))
		return 0;
	for (i = 0; i < LW_MAX_SAMPLES && v->sum.samples[i] != NULL; i++) {
		n += names(a->tally, v->sum.samples[i]->message, name);
		++*of;
	}
	return n;
}

/* Only what is near in time already: a name alone ties nothing. */
void
lw_link_named(struct lw_linker *l)
{
	const struct lw_analysis *a = l->a;
	struct lw_map known; /* (vertex, service) to the first link that was asked about them */
	uint32_t i, at;

	lw_map_init(&known);
	for (i = 0; i < a->link_count && !l->failed; i++) {
		struct lw_link_facts *f = &a->links[i];
		uint32_t service = a->vertices[f->cause].service;

		if (service == a->vertices[f->effect].service)
			continue;
		at = lw_map_put(&known, (uint64_t)f->effect << 32 | (service + 1), i);
		if (at == LW_MAP_NONE) {
			l->failed = true;
		} else if (at == i) {
			f->named = count_named(a, &a->vertices[f->effect], service, &f->named_of);
		} else {
			f->named = a->links[at].named;
			f->named_of = a->links[at].named_of;
		}
	}
	lw_map_fini(&known);
}
