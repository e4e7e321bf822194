/* node.c - values, revisions and samples of one node, each bounded by an order that does not know
 * arrival. */
#include "count/node.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "entry/stack.h"

void
lw_node_fini(struct lw_node *n)
{
	uint32_t i;

	lw_series_fini(&n->series);
	for (i = 0; i < n->value_count; i++)
		free(n->values[i].text);
	free(n->values);
	free(n->revisions);
	for (i = 0; i < LW_SAMPLES_EARLY; i++)
		free(n->early[i]);
	for (i = 0; i < LW_SAMPLES_SPREAD; i++)
		free(n->spread[i]);
}

/* The place of the value that gives way: the greatest hash among the kept. */
static uint32_t
greatest_value(const struct lw_node *n)
{
	uint32_t at = 0, i;

	for (i = 1; i < n->value_count; i++)
		if (n->values[i].hash > n->values[at].hash)
			at = i;
	return at;
}

/* Count v as it is, but for its text, which is text. */
static bool
add_value(struct lw_node *n, struct lw_value v, struct lw_str text)
{
	struct lw_value *p;
	uint32_t i;
	char *copy;

	for (i = 0; i < n->value_count; i++) {
		p = &n->values[i];
		if (p->hash == v.hash) {
			p->count += v.count;
			lw_span_add(&p->first_ns, &p->last_ns, v.first_ns);
			lw_span_add(&p->first_ns, &p->last_ns, v.last_ns);
			return true;
		}
	}
	if (n->value_count == LW_MAX_VALUES) {
		i = greatest_value(n);
		if (v.hash > n->values[i].hash) {
			n->values_dropped += v.count;
			return true;
		}
		n->values_dropped += n->values[i].count;
		free(n->values[i].text);
		n->values[i] = n->values[--n->value_count];
	}
	p = realloc(n->values, (n->value_count + 1) * sizeof(*p));
	if (p == NULL)
		return false;
	n->values = p;
	copy = malloc(text.n + 1);
	if (copy == NULL)
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	v.text = copy;
	n->values[n->value_count++] = v;
	return true;
}

bool
lw_node_value(struct lw_node *n, uint32_t capture, struct lw_str text, uint32_t revision,
    uint64_t revision_hash, int64_t time_ns)
{
	text = lw_utf8_cut(text, LW_VALUE_MAX_BYTES);
	return add_value(n,
	    (struct lw_value){.hash = lw_hash_pair(lw_hash_str(text, capture), revision_hash),
		.capture = capture,
		.revision = revision,
		.count = 1,
		.first_ns = time_ns,
		.last_ns = time_ns},
	    text);
}

bool
lw_node_revision(struct lw_node *n, uint32_t revision)
{
	uint32_t low = 0, high = n->revision_count, *p;

	if (revision == LW_INTERN_FULL)
		return true;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (n->revisions[middle] < revision)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < n->revision_count && n->revisions[low] == revision)
		return true;
	if ((n->revision_count & (n->revision_count - 1)) == 0) { /* full at 1, 2, 4 ... */
		p = realloc(n->revisions,
		    (n->revision_count == 0 ? 1 : 2 * (size_t)n->revision_count) * sizeof(*p));
		if (p == NULL)
			return false;
		n->revisions = p;
	}
	memmove(n->revisions + low + 1, n->revisions + low,
	    (n->revision_count - low) * sizeof(*n->revisions));
	n->revisions[low] = revision;
	n->revision_count++;
	return true;
}

void
lw_node_forget_revisions(struct lw_node *n)
{
	uint32_t i;

	free(n->revisions);
	n->revisions = NULL;
	n->revision_count = 0;
	for (i = 0; i < n->value_count; i++)
		n->values[i].revision = LW_INTERN_FULL;
}

bool
lw_node_take(struct lw_node *n, struct lw_node *f)
{
	bool ok = lw_series_merge(&n->series, &f->series);
	uint32_t i;

	n->count += f->count;
	n->values_dropped += f->values_dropped;
	if (f->severity > n->severity)
		n->severity = f->severity;
	lw_span_add(&n->first_ns, &n->last_ns, f->first_ns);
	lw_span_add(&n->first_ns, &n->last_ns, f->last_ns);
	if (n->service_key == LW_REST)
		lw_node_forget_revisions(f);
	for (i = 0; i < f->value_count; i++)
		ok = add_value(n, f->values[i], lw_str_from(f->values[i].text)) && ok;
	for (i = 0; i < f->revision_count; i++)
		ok = lw_node_revision(n, f->revisions[i]) && ok;
	lw_node_take_samples(n, f);
	return ok;
}

static bool
earlier(const struct lw_sample *a, const struct lw_sample *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->entry_key < b->entry_key;
}

static bool
drawn(const struct lw_sample *a, const struct lw_sample *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->entry_key != b->entry_key)
		return lw_hash_mix(a->entry_key) < lw_hash_mix(b->entry_key);
	return a->time_ns < b->time_ns;
}

/* Where s belongs among the kept; max where it belongs to none or is one of them. */
static size_t
place(struct lw_sample *const *kept, size_t max, const struct lw_sample *s)
{
	size_t i;

	for (i = 0; i < max && kept[i] != NULL; i++) {
		if (kept[i]->entry_key == s->entry_key)
			return max;
		if (earlier(s, kept[i]))
			return i;
	}
	return i;
}

static void
insert(struct lw_sample **kept, size_t max, size_t at, struct lw_sample *s)
{
	free(kept[max - 1]);
	memmove(kept + at + 1, kept + at, (max - 1 - at) * sizeof(*kept));
	kept[at] = s;
}

/* Of a trace the last line says what happened, or where the exception stands; of other messages the
 * start. */
static struct lw_str
sample_text(const struct lw_entry *e, const struct lw_exception *raised)
{
	const struct lw_exception *x = raised;
	struct lw_str s = lw_str_trim(e->clean);

	if (s.n > LW_SAMPLE_MAX_BYTES && e->stack != NULL) {
		if (x == NULL)
			x = &e->stack->exceptions[0];
		if (x->type.p >= e->clean.p && x->type.p < e->clean.p + e->clean.n)
			s = lw_str_make(x->type.p, (size_t)(e->clean.p + e->clean.n - x->type.p));
	}
	return lw_str_trim(lw_utf8_cut(s, LW_SAMPLE_MAX_BYTES));
}

/* Copy s to *p and move *p behind it. */
static struct lw_str
put(char **p, struct lw_str s)
{
	char *at = *p;

	if (s.n > 0)
		memcpy(at, s.p, s.n);
	*p += s.n;
	return lw_str_make(at, s.n);
}

struct lw_sample *
lw_sample_new(
    const struct lw_entry *e, const struct lw_exception *raised, const struct lw_sample *head)
{
	char line[LW_SAMPLE_MAX_BYTES];
	size_t n = raised == NULL ? 0 : lw_raised_line(raised, line, sizeof(line));
	struct lw_str text = sample_text(e, raised), id = lw_utf8_cut(e->insert_id, 256);
	struct lw_str log = lw_utf8_cut(e->log_name, 512), instance = lw_utf8_cut(e->instance, 512);
	struct lw_sample *s = malloc(sizeof(*s) + id.n + log.n + instance.n + text.n + n + 1);
	char *p;

	if (s == NULL)
		return NULL;
	*s = *head;
	p = (char *)(s + 1);
	s->insert_id = put(&p, id);
	s->log_name = put(&p, log);
	s->instance = put(&p, instance);
	s->message = put(&p, text);
	s->raised = put(&p, lw_str_make(line, n));
	return s;
}

static bool
offer_early(struct lw_node *n, const struct lw_entry *e, const struct lw_exception *raised,
    const struct lw_sample *head)
{
	size_t at = place(n->early, LW_SAMPLES_EARLY, head);
	struct lw_sample *s;

	if (at == LW_SAMPLES_EARLY)
		return true;
	s = lw_sample_new(e, raised, head);
	if (s == NULL)
		return false;
	insert(n->early, LW_SAMPLES_EARLY, at, s);
	return true;
}

/* Those without a time share a slot. */
static int64_t
sample_time(const struct lw_sample *s)
{
	return s->time_ns == LW_TIME_NONE ? 0 : s->time_ns;
}

static int64_t
slot_of(const struct lw_sample *s, int64_t width_ns)
{
	int64_t t = sample_time(s);

	return t / width_ns - (t % width_ns < 0);
}

/* Slots of twice the width: of two that fall together the one drawn stays. */
static size_t
widen(struct lw_sample **kept, size_t count, int64_t *width_ns)
{
	size_t i, n = 0;

	*width_ns *= 2;
	for (i = 0; i < count; i++) {
		if (n == 0 || slot_of(kept[n - 1], *width_ns) != slot_of(kept[i], *width_ns)) {
			kept[n++] = kept[i];
		} else if (drawn(kept[i], kept[n - 1])) {
			free(kept[n - 1]);
			kept[n - 1] = kept[i];
		} else {
			free(kept[i]);
		}
	}
	return n;
}

/* Those kept, which come first: there are no more behind the first NULL. */
static size_t
spread_count(const struct lw_node *n)
{
	size_t low = 0, high = LW_SAMPLES_SPREAD;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (n->spread[middle] != NULL)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Where a sample is in the spread, or belongs. */
struct spread_place {
	size_t count, at;
	bool taken; /* its slot has one */
};

/* From the end, since most logs come in order, and by the bounds of one slot, since a division for
 * each sample took longer than all else. */
static struct spread_place
spread_place(const struct lw_node *n, const struct lw_sample *s)
{
	const uint64_t width = (uint64_t)n->slot_ns;
	const int64_t t = sample_time(s), rest = t % n->slot_ns;
	const uint64_t start = (uint64_t)t - (uint64_t)(rest < 0 ? rest + n->slot_ns : rest);
	struct spread_place p = {.count = spread_count(n)};

	for (p.at = p.count; p.at > 0 && !p.taken; p.at--) {
		int64_t other = sample_time(n->spread[p.at - 1]);

		p.taken = (uint64_t)other - start < width; /* modulo 2^64: any time there is */
		if (!p.taken && other < t)
			break;
	}
	return p;
}

/*
 * Is there a slot for s, or is it drawn before the one that has it?  The width
 * doubles until all slots in use fit, so that what is kept depends on the set of
 * the entries alone.
 */
static bool
wants_spread(const struct lw_node *n, const struct spread_place *p, const struct lw_sample *s)
{
	return !p->taken || drawn(s, n->spread[p->at]);
}

/* Put s where wants_spread found room for it; takes it over. */
static void
put_spread(struct lw_node *n, const struct spread_place *p, struct lw_sample *s)
{
	struct lw_sample *kept[LW_SAMPLES_SPREAD + 1];
	size_t count = p->count;

	if (p->taken) {
		free(n->spread[p->at]);
		n->spread[p->at] = s;
		return;
	}
	memcpy(kept, n->spread, count * sizeof(kept[0]));
	memmove(kept + p->at + 1, kept + p->at, (count - p->at) * sizeof(kept[0]));
	kept[p->at] = s;
	count++;
	while (count > LW_SAMPLES_SPREAD)
		count = widen(kept, count, &n->slot_ns);
	memset(n->spread, 0, sizeof(n->spread));
	memcpy(n->spread, kept, count * sizeof(kept[0]));
}

bool
lw_node_sample(struct lw_node *n, const struct lw_entry *e, uint64_t entry_key, uint64_t rank,
    const struct lw_exception *raised)
{
	struct lw_sample head = {.time_ns = e->time_ns, .entry_key = entry_key, .rank = rank}, *s;
	struct spread_place p;

	if (!offer_early(n, e, raised, &head))
		return false;
	p = spread_place(n, &head);
	if (!wants_spread(n, &p, &head))
		return true;
	s = lw_sample_new(e, raised, &head);
	if (s != NULL)
		put_spread(n, &p, s);
	return s != NULL;
}

void
lw_node_take_samples(struct lw_node *n, struct lw_node *from)
{
	size_t i, at, count;

	for (i = 0; i < LW_SAMPLES_EARLY; i++) {
		if (from->early[i] == NULL)
			continue;
		at = place(n->early, LW_SAMPLES_EARLY, from->early[i]);
		if (at == LW_SAMPLES_EARLY)
			free(from->early[i]);
		else
			insert(n->early, LW_SAMPLES_EARLY, at, from->early[i]);
		from->early[i] = NULL;
	}
	for (count = spread_count(n); n->slot_ns < from->slot_ns;) {
		count = widen(n->spread, count, &n->slot_ns);
		memset(n->spread + count, 0, (LW_SAMPLES_SPREAD - count) * sizeof(n->spread[0]));
	}
	for (i = 0; i < LW_SAMPLES_SPREAD && from->spread[i] != NULL; i++) {
		const struct spread_place p = spread_place(n, from->spread[i]);

		if (wants_spread(n, &p, from->spread[i]))
			put_spread(n, &p, from->spread[i]);
		else
			free(from->spread[i]);
		from->spread[i] = NULL;
	}
}
