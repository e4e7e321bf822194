/* crew.c - workers, their batches, and the merge of what they saw. */
#include "crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/queue.h"

#define BATCH_BYTES ((size_t)256 << 10)
#define BATCH_RECORDS 512
#define BATCHES_A_WORKER 4

struct batch {
	struct lw_buf bytes;
	struct lw_record records[BATCH_RECORDS]; /* bytes.p is set when the batch is worked on */
	size_t starts[BATCH_RECORDS];
	size_t count;
};

struct worker {
	struct lw_crew *crew;
	pthread_t thread;
	bool running;
	struct lw_decoder *decoder;
	struct lw_observer *observer;
	struct lw_input_count *inputs;
	uint32_t input_count;
	uint32_t input; /* of the record at work */
	bool failed;
};

struct lw_crew {
	unsigned threads;
	struct worker *workers;
	struct lw_queue full, empty;
	bool has_queues;
	struct batch *batches, *filling;
	size_t batch_count;
	atomic_uint_fast64_t errors;
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
	if (e->severity >= LW_SEV_ERROR)
		atomic_fetch_add_explicit(&w->crew->errors, 1, memory_order_relaxed);
	lw_observe(w->observer, e);
}

static void
keep_first(struct lw_error *first, uint64_t count_before, const struct lw_error *e)
{
	if (count_before == 0 || e->offset < first->offset)
		*first = *e;
}

static void
work(struct worker *w, const struct lw_record *r)
{
	struct lw_error warning = {.code = LW_OK}, error = {.code = LW_OK};
	struct lw_input_count *in;
	enum lw_code code;

	w->input = r->input;
	code = lw_decode(w->decoder, r, on_entry, w, &warning, &error);
	if (code == LW_ENOMEM) {
		w->failed = true;
		return;
	}
	if (code == LW_OK && warning.code == LW_OK)
		return;
	in = input_of(w, r->input);
	if (in == NULL)
		return;
	if (code != LW_OK)
		keep_first(&in->first_malformed, in->malformed++, &error);
	else
		keep_first(
		    &in->notices[warning.code].first, in->notices[warning.code].count++, &warning);
}

static void *
worker_main(void *arg)
{
	struct worker *w = arg;
	struct batch *b;
	size_t i;

	while ((b = lw_queue_take(&w->crew->full)) != NULL) {
		for (i = 0; i < b->count; i++) {
			b->records[i].bytes.p = b->bytes.p + b->starts[i];
			work(w, &b->records[i]);
		}
		b->count = 0;
		lw_buf_reset(&b->bytes);
		if (b->bytes.cap > 8 * BATCH_BYTES) /* a giant record came through: let it go */
			lw_buf_fini(&b->bytes);
		lw_queue_put(&w->crew->empty, b);
	}
	return NULL;
}

static bool
start_threads(struct lw_crew *c)
{
	size_t i;

	c->batch_count = (size_t)c->threads * BATCHES_A_WORKER;
	c->batches = calloc(c->batch_count, sizeof(*c->batches));
	if (c->batches == NULL || !lw_queue_init(&c->full, c->batch_count))
		return false;
	if (!lw_queue_init(&c->empty, c->batch_count)) {
		lw_queue_fini(&c->full);
		return false;
	}
	c->has_queues = true;
	for (i = 0; i < c->batch_count; i++)
		lw_queue_put(&c->empty, &c->batches[i]);
	for (i = 0; i < c->threads; i++) {
		struct worker *w = &c->workers[i];

		if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
			return i > 0; /* fewer will do */
		w->running = true;
	}
	return true;
}

struct lw_crew *
lw_crew_new(const struct lw_crew_options *o)
{
	struct lw_crew *c = calloc(1, sizeof(*c));
	unsigned i;

	if (c == NULL)
		return NULL;
	atomic_init(&c->errors, 0);
	c->threads = o->threads;
	c->workers = calloc(c->threads, sizeof(*c->workers));
	if (c->workers == NULL)
		goto fail;
	for (i = 0; i < c->threads; i++) {
		struct worker *w = &c->workers[i];

		w->crew = c;
		w->decoder = lw_decoder_new();
		w->observer = lw_observer_new(o->catalog, o->dedupe, &o->filter, o->step_ns);
		if (w->decoder == NULL || w->observer == NULL)
			goto fail;
		lw_decoder_use(w->decoder, o->decoder);
	}
	if (c->threads > 1 && !start_threads(c))
		goto fail;
	return c;
fail:
	lw_crew_free(c);
	return NULL;
}

static void
join(struct lw_crew *c)
{
	unsigned i;

	if (!c->has_queues)
		return;
	lw_queue_close(&c->full);
	for (i = 0; i < c->threads; i++) {
		if (c->workers[i].running)
			(void)pthread_join(c->workers[i].thread, NULL);
		c->workers[i].running = false;
	}
}

void
lw_crew_free(struct lw_crew *c)
{
	size_t i;

	if (c == NULL)
		return;
	join(c);
	for (i = 0; c->workers != NULL && i < c->threads; i++) {
		lw_decoder_free(c->workers[i].decoder);
		lw_observer_free(c->workers[i].observer);
		free(c->workers[i].inputs);
	}
	if (c->has_queues) {
		lw_queue_fini(&c->full);
		lw_queue_fini(&c->empty);
	}
	for (i = 0; c->batches != NULL && i < c->batch_count; i++)
		lw_buf_fini(&c->batches[i].bytes);
	free(c->batches);
	free(c->workers);
	free(c);
}

static void
send(struct lw_crew *c)
{
	lw_queue_put(&c->full, c->filling);
	c->filling = NULL;
}

bool
lw_crew_give(struct lw_crew *c, const struct lw_record *record)
{
	struct batch *b;

	if (c->threads == 1) {
		work(&c->workers[0], record);
		return !c->workers[0].failed;
	}
	if (c->filling == NULL)
		c->filling = lw_queue_take(&c->empty);
	b = c->filling;
	b->starts[b->count] = b->bytes.n;
	lw_buf_addstr(&b->bytes, record->bytes);
	if (!lw_buf_ok(&b->bytes))
		return false;
	b->records[b->count++] = *record;
	if (b->count == BATCH_RECORDS || b->bytes.n >= BATCH_BYTES)
		send(c);
	return true;
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

bool
lw_crew_finish(struct lw_crew *c)
{
	unsigned i;
	bool ok;

	if (c->filling != NULL)
		send(c);
	join(c);
	for (i = 1; i < c->threads; i++) {
		lw_observer_merge(c->workers[0].observer, c->workers[i].observer);
		merge_inputs(&c->workers[0], &c->workers[i]);
		c->workers[0].failed = c->workers[0].failed || c->workers[i].failed;
		lw_observer_free(c->workers[i].observer);
		c->workers[i].observer = NULL;
	}
	lw_observer_finish(c->workers[0].observer);
	ok = !c->workers[0].failed && lw_observer_ok(c->workers[0].observer);
	return ok;
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
lw_crew_errors(const struct lw_crew *c)
{
	return atomic_load_explicit(&c->errors, memory_order_relaxed);
}
