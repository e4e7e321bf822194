/* crew.c - the threads, and the merge of what they saw. */
#include "crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "input/block.h"

#define APART 128 /* bytes that two processors write without waiting for each other */

struct worker {
	_Alignas(APART) struct lw_crew *crew;
	pthread_t thread;
	bool running;
	struct lw_block block;
	struct lw_framer framer; /* for records that are framed again */
	struct lw_decoder *decoder;
	struct lw_observer *observer; /* both made with the first block */
	struct lw_input_count *inputs;
	uint32_t input_count;
	uint32_t input; /* of the record at work */
	uint64_t errors;
	bool failed;
};

struct lw_crew {
	struct lw_crew_options o;
	const struct lw_catalog *catalog;
	struct lw_reader *reader;
	struct lw_dedupe *dedupe; /* of all threads, while they read */
	uint64_t unchecked;
	pthread_t preparer;
	bool prepares; /* that thread is to be joined */
	struct worker *workers;
	bool started; /* those behind the first, where they are worth it */
	atomic_uint_fast64_t records, errors;
};

static struct lw_input_count *
input_of(struct worker *w, uint32_t i)
{
	if (i >= w->input_count) {
		uint32_t count = i + 1 + w->input_count / 2;
		struct lw_input_count *p = realloc(w->inputs, count * sizeof(*p));

		if (p == NULL) {
			w->failed = true;
			return NULL;
		}
		memset(p + w->input_count, 0, (count - w->input_count) * sizeof(*p));
		w->inputs = p;
		w->input_count = count;
	}
	return &w->inputs[i];
}

static void
on_entry(void *arg, struct lw_entry *e)
{
	struct worker *w = arg;
	struct lw_input_count *in = input_of(w, w->input);

	if (in == NULL)
		return;
	in->entries++;
	w->errors += e->severity >= LW_SEV_ERROR;
	lw_observe_soon(w->observer, e);
}

static void
keep_first(struct lw_error *first, uint64_t count_before, const struct lw_error *e)
{
	if (count_before == 0 || e->offset < first->offset)
		*first = *e;
}

static void
count_malformed(struct worker *w, const struct lw_error *e)
{
	struct lw_input_count *in = input_of(w, w->input);

	if (in != NULL)
		keep_first(&in->first_malformed, in->malformed++, e);
}

static void
count_notice(struct worker *w, const struct lw_error *e)
{
	struct lw_input_count *in = input_of(w, w->input);

	if (in != NULL)
		keep_first(&in->notices[e->code].first, in->notices[e->code].count++, e);
}

/* Of a record that is framed again; the end of its array is told of by the one that read it. */
static void
on_report(void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *e)
{
	(void)level;
	if (malformed)
		count_malformed(arg, e);
}

static void work(struct worker *w, const struct lw_record *r);

/* A record that was told by its layout and is no JSON value: what it is instead. */
static void
work_again(struct worker *w, const struct lw_record *r)
{
	struct lw_record record;
	enum lw_next next = LW_NEXT_NOMEM;

	if (lw_framer_open_cut(&w->framer, r, on_report, w))
		while ((next = lw_framer_next(&w->framer, &record)) == LW_NEXT_RECORD) {
			record.input = r->input;
			work(w, &record);
		}
	lw_observe_rest(w->observer); /* its record goes with the framer's next input */
	if (next == LW_NEXT_NOMEM)
		w->failed = true;
}

static void
work(struct worker *w, const struct lw_record *r)
{
	struct lw_error warning, error; /* large: but for their codes not set for each record */
	enum lw_code code;

	w->input = r->input;
	warning.code = error.code = LW_OK;
	code = lw_decode(w->decoder, r, on_entry, w, &warning, &error);
	if (code == LW_ENOMEM)
		w->failed = true;
	else if (code != LW_OK && r->by_layout)
		work_again(w, r);
	else if (code != LW_OK)
		count_malformed(w, &error);
	else if (warning.code != LW_OK)
		count_notice(w, &warning);
}

static bool
equip(struct worker *w)
{
	const struct lw_crew_options *o = &w->crew->o;

	if (w->observer != NULL)
		return true;
	if (w->decoder == NULL)
		w->decoder = lw_decoder_new();
	if (w->decoder == NULL)
		return false;
	lw_decoder_use(w->decoder, o->decoder);
	w->observer = lw_observer_new(w->crew->catalog, w->crew->dedupe, &o->filter, o->step_ns);
	if (w->observer == NULL)
		return false;
	if (w != w->crew->workers)
		lw_observer_share(w->observer, w->crew->workers[0].observer);
	return true;
}

/* False where there is no block, or memory ran out. */
static bool
take_block(struct worker *w)
{
	enum lw_next next = lw_reader_take(w->crew->reader, &w->block);

	if (next == LW_NEXT_END)
		return false;
	if (next == LW_NEXT_NOMEM || !equip(w)) {
		w->failed = true;
		lw_reader_abandon(w->crew->reader);
		return false;
	}
	return true;
}

/* False where memory ran out. */
static bool
work_on_block(struct worker *w)
{
	struct lw_crew *c = w->crew;
	struct lw_record record;
	uint64_t records = 0;

	w->errors = 0;
	for (; lw_block_next(&w->block, &record) && !w->failed; records++)
		work(w, &record);
	lw_observe_rest(w->observer); /* its record goes with the block */
	atomic_fetch_add_explicit(&c->records, records, memory_order_relaxed);
	atomic_fetch_add_explicit(&c->errors, w->errors, memory_order_relaxed);
	if (w->failed)
		lw_reader_abandon(c->reader);
	return !w->failed;
}

static void *
worker_main(void *arg)
{
	while (take_block(arg) && work_on_block(arg))
		;
	return NULL;
}

static void *
prepare_main(void *arg)
{
	lw_dedupe_prepare(arg);
	return NULL;
}

static void
end_preparing(struct lw_crew *c)
{
	if (c->prepares)
		(void)pthread_join(c->preparer, NULL);
	c->prepares = false;
}

struct lw_crew *
lw_crew_new(const struct lw_crew_options *o)
{
	struct lw_crew *c = calloc(1, sizeof(*c));
	unsigned i;

	if (c == NULL)
		return NULL;
	c->o = *o;
	atomic_init(&c->records, 0);
	atomic_init(&c->errors, 0);
	c->dedupe = lw_dedupe_new(0);
	c->workers = aligned_alloc(APART, o->threads * sizeof(*c->workers));
	if (c->dedupe == NULL || c->workers == NULL) {
		lw_dedupe_free(c->dedupe);
		free(c->workers);
		free(c);
		return NULL;
	}
	for (i = 0; i < o->threads; i++) {
		c->workers[i] = (struct worker){.crew = c};
		lw_block_init(&c->workers[i].block);
		lw_framer_init(&c->workers[i].framer);
	}
	if (o->large && o->threads > 1)
		c->prepares = pthread_create(&c->preparer, NULL, prepare_main, c->dedupe) == 0;
	return c;
}

void
lw_crew_free(struct lw_crew *c)
{
	unsigned i;

	if (c == NULL)
		return;
	end_preparing(c);
	for (i = 0; i < c->o.threads; i++) {
		struct worker *w = &c->workers[i];

		lw_block_fini(&w->block);
		lw_framer_fini(&w->framer);
		lw_decoder_free(w->decoder);
		lw_observer_free(w->observer);
		free(w->inputs);
	}
	lw_dedupe_free(c->dedupe);
	free(c->workers);
	free(c);
}

/* The thread that calls is the first worker; where others cannot be had, fewer will do. */
static void
start(struct lw_crew *c)
{
	unsigned i;

	c->started = true;
	for (i = 1; i < c->o.threads; i++) {
		struct worker *w = &c->workers[i];

		if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
			break;
		w->running = true;
	}
}

static void
join(struct lw_crew *c)
{
	unsigned i;

	for (i = 1; i < c->o.threads; i++)
		if (c->workers[i].running)
			(void)pthread_join(c->workers[i].thread, NULL);
	end_preparing(c);
}

static void
merge_inputs(struct worker *into, const struct worker *from)
{
	uint32_t i;
	int code;

	for (i = 0; i < from->input_count; i++) {
		struct lw_input_count *a = input_of(into, i);
		const struct lw_input_count *b = &from->inputs[i];

		if (a == NULL)
			return;
		a->entries += b->entries;
		if (b->malformed > 0)
			keep_first(&a->first_malformed, a->malformed, &b->first_malformed);
		a->malformed += b->malformed;
		for (code = 0; code < LW_CODE_COUNT; code++) {
			if (b->notices[code].count > 0)
				keep_first(&a->notices[code].first, a->notices[code].count,
				    &b->notices[code].first);
			a->notices[code].count += b->notices[code].count;
		}
	}
}

/* What worker w saw goes to the first one. */
static void
merge(struct worker *first, struct worker *w)
{
	first->failed = first->failed || w->failed;
	merge_inputs(first, w);
	if (w->observer == NULL)
		return;
	lw_observer_merge(first->observer, w->observer);
	lw_observer_free(w->observer);
	w->observer = NULL;
}

/* Of the table of duplicates, as all threads saw them. */
static uint64_t
fresh_keys(const struct lw_crew *c)
{
	uint64_t fresh = 0;
	unsigned i;

	for (i = 0; i < c->o.threads; i++)
		if (c->workers[i].observer != NULL)
			fresh += lw_observer_fresh(c->workers[i].observer);
	return fresh;
}

bool
lw_crew_read(struct lw_crew *c, const struct lw_catalog *catalog, struct lw_reader *r,
    lw_crew_fn *beat, void *arg)
{
	struct worker *first = &c->workers[0];
	unsigned i;

	c->catalog = catalog;
	c->reader = r;
	lw_reader_by_layout(r, true);
	if (!lw_reader_side_by_side(r, c->o.threads) || !equip(first))
		return false;
	while (take_block(first)) {
		if (!c->started && (!c->o.as_needed || lw_reader_is_long(r)))
			start(c);
		if (!work_on_block(first))
			break;
		if (beat != NULL)
			beat(arg);
	}
	join(c);
	if (beat != NULL)
		beat(arg);
	/* By far the largest table goes before others grow: memory is needed at the end, too. */
	c->unchecked = lw_dedupe_full(c->dedupe, fresh_keys(c));
	lw_dedupe_free(c->dedupe);
	c->dedupe = NULL;
	for (i = 1; i < c->o.threads; i++)
		merge(first, &c->workers[i]);
	lw_observer_finish(first->observer);
	return !first->failed && lw_observer_ok(first->observer);
}

struct lw_observer *
lw_crew_observer(const struct lw_crew *c)
{
	return c->workers[0].observer;
}

const struct lw_input_count *
lw_crew_input(const struct lw_crew *c, uint32_t i)
{
	return i < c->workers[0].input_count ? &c->workers[0].inputs[i] : NULL;
}

uint64_t
lw_crew_unchecked(const struct lw_crew *c)
{
	return c->unchecked;
}

uint64_t
lw_crew_records(const struct lw_crew *c)
{
	return atomic_load_explicit(&c->records, memory_order_relaxed);
}

uint64_t
lw_crew_errors(const struct lw_crew *c)
{
	return atomic_load_explicit(&c->errors, memory_order_relaxed);
}
