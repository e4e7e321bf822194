/*
 * reader.c - the inputs of a run, shared out to the threads that ask for blocks.
 *
 * Whoever asks for a block becomes the one that reads an input, and gives the input
 * free with the block in hand, so that reading goes on in one thread while others decode.
 * A thread that reads and sees another wait hands its block over and reads on: the
 * inflating of a single file is not held up by decoding as long as others keep up with
 * it.  A large file whose lines are records is shared: each thread reads stretches of
 * it.  No thread is kept for reading alone, and there are no more blocks than
 * threads, twice.
 */
#include "input/input.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "input/feed.h"
#include "input/stop.h"

/* What one thread is done with by the time that another one has begun and ended. */
#define LONG_BYTES ((uint64_t)2 << 20)

enum feed_state {
	FEED_FREE,   /* no input */
	FEED_IDLE,   /* between two blocks */
	FEED_BUSY,   /* a thread reads it */
	FEED_SHARED, /* threads read stretches of it */
};

struct slot {
	struct lw_feed feed;
	enum feed_state state;
	unsigned readers; /* of stretches */
};

struct lw_reader {
	lw_diag_fn *diag;
	void *diag_arg;
	struct lw_stop stop;
	bool join, by_layout;
	struct lw_block block; /* of lw_reader_next */

	pthread_mutex_t lock; /* for all below */
	pthread_cond_t changed;
	pthread_cond_t taken; /* a stretch, or there will be none any more */
	struct lw_roll roll;
	struct slot *slots;
	unsigned slot_count;
	struct lw_block *spare; /* slot_count of them: those below ready_count wait for a thread */
	unsigned ready_count, waiting, busy;
	size_t called; /* an input that has no slot yet */
	bool has_called, all_called;
	bool abandoned;
};

static void
free_slots(struct lw_reader *r)
{
	unsigned i;

	for (i = 0; i < r->slot_count; i++) {
		lw_feed_fini(&r->slots[i].feed);
		lw_block_fini(&r->spare[i]);
	}
	free(r->slots);
	free(r->spare);
}

bool
lw_reader_side_by_side(struct lw_reader *r, unsigned inputs)
{
	unsigned i;

	assert(inputs > 0 && r->roll.count == 0);
	free_slots(r);
	r->slot_count = 0;
	r->slots = calloc(inputs, sizeof(*r->slots));
	r->spare = calloc(inputs, sizeof(*r->spare));
	if (r->slots == NULL || r->spare == NULL)
		return false;
	for (i = 0; i < inputs; i++) {
		lw_feed_init(&r->slots[i].feed, &r->stop, r->join);
		r->slots[i].feed.framer.by_layout = r->by_layout;
		lw_block_init(&r->spare[i]);
	}
	r->slot_count = inputs;
	return true;
}

struct lw_reader *
lw_reader_new(const char *const *operands, size_t count, lw_diag_fn *diag, void *diag_arg)
{
	struct lw_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	if (pthread_mutex_init(&r->lock, NULL) != 0) {
		free(r);
		return NULL;
	}
	if (pthread_cond_init(&r->changed, NULL) != 0) {
		(void)pthread_mutex_destroy(&r->lock);
		free(r);
		return NULL;
	}
	if (pthread_cond_init(&r->taken, NULL) != 0) {
		(void)pthread_cond_destroy(&r->changed);
		(void)pthread_mutex_destroy(&r->lock);
		free(r);
		return NULL;
	}
	lw_stop_init(&r->stop);
	r->diag = diag;
	r->diag_arg = diag_arg;
	r->join = true;
	lw_block_init(&r->block);
	if (!lw_roll_init(&r->roll, operands, count, &r->stop) || !lw_reader_side_by_side(r, 1)) {
		lw_reader_free(r);
		return NULL;
	}
	return r;
}

void
lw_reader_free(struct lw_reader *r)
{
	if (r == NULL)
		return;
	free_slots(r);
	lw_block_fini(&r->block);
	lw_roll_fini(&r->roll);
	lw_stop_fini(&r->stop);
	(void)pthread_cond_destroy(&r->taken);
	(void)pthread_cond_destroy(&r->changed);
	(void)pthread_mutex_destroy(&r->lock);
	free(r);
}

void
lw_reader_stop(struct lw_reader *r)
{
	lw_stop_ask(&r->stop);
}

uint64_t
lw_reader_file_bytes(const struct lw_reader *r)
{
	return lw_roll_file_bytes(&r->roll);
}

void
lw_reader_remote(struct lw_reader *r, const struct lw_remote *remote)
{
	lw_roll_remote(&r->roll, remote);
}

void
lw_reader_join_lines(struct lw_reader *r, bool join)
{
	unsigned i;

	r->join = join;
	for (i = 0; i < r->slot_count; i++)
		r->slots[i].feed.framer.join = join;
}

void
lw_reader_by_layout(struct lw_reader *r, bool by_layout)
{
	unsigned i;

	r->by_layout = by_layout;
	for (i = 0; i < r->slot_count; i++)
		r->slots[i].feed.framer.by_layout = by_layout;
}

size_t
lw_reader_input_count(const struct lw_reader *r)
{
	return r->roll.count;
}

const struct lw_input_info *
lw_reader_input(const struct lw_reader *r, size_t i)
{
	return &r->roll.inputs[i]->info;
}

bool
lw_reader_failed(const struct lw_reader *r)
{
	return r->roll.failed;
}

void
lw_reader_progress(struct lw_reader *r, uint64_t *raw_bytes, uint64_t *size_bytes)
{
	bool sized = true;
	size_t i;

	*raw_bytes = *size_bytes = 0;
	(void)pthread_mutex_lock(&r->lock);
	for (i = 0; i < r->roll.count; i++) {
		const struct lw_input_info *in = &r->roll.inputs[i]->info;

		*raw_bytes += in->raw_bytes;
		*size_bytes += in->size_bytes;
		sized = sized && in->size_bytes > 0;
	}
	(void)pthread_mutex_unlock(&r->lock);
	if (!sized)
		*size_bytes = 0;
}

/* Of an input that was called up: by its size, and where that tells nothing by what came of it. */
static bool
is_long(const struct lw_input *in)
{
	uint64_t left = in->info.size_bytes - in->info.raw_bytes;

	if (in->info.size_bytes > in->info.raw_bytes && left >= LONG_BYTES)
		return true;
	return in->info.bytes >= LONG_BYTES;
}

bool
lw_reader_is_long(struct lw_reader *r)
{
	bool is = false;
	size_t i;

	(void)pthread_mutex_lock(&r->lock);
	is = r->has_called || lw_roll_more(&r->roll);
	for (i = 0; i < r->roll.count && !is; i++)
		is = is_long(r->roll.inputs[i]);
	(void)pthread_mutex_unlock(&r->lock);
	return is;
}

/* What is due of the inputs before `end`. */
static void
tell(struct lw_reader *r, size_t end)
{
	struct lw_sayings due;
	const struct lw_saying *s;

	(void)pthread_mutex_lock(&r->lock);
	due = lw_roll_due(&r->roll, end);
	(void)pthread_mutex_unlock(&r->lock);
	for (s = due.first; s != NULL && r->diag != NULL; s = s->next)
		r->diag(r->diag_arg, s->level, &s->error);
	lw_sayings_free(&due);
}

void
lw_reader_tell(struct lw_reader *r)
{
	tell(r, SIZE_MAX);
}

void
lw_reader_abandon(struct lw_reader *r)
{
	(void)pthread_mutex_lock(&r->lock);
	r->abandoned = true;
	(void)pthread_cond_broadcast(&r->changed);
	(void)pthread_cond_broadcast(&r->taken);
	(void)pthread_mutex_unlock(&r->lock);
}

/* Is the file read already?  Two readers of one pipe would tear its records apart. */
static bool
is_open(const struct lw_reader *r, const struct lw_input *in)
{
	unsigned i;

	for (i = 0; in->has_identity && i < r->slot_count; i++) {
		const struct lw_input *other = r->roll.inputs[r->slots[i].feed.index];

		if (r->slots[i].state != FEED_FREE && other->has_identity &&
		    other->device == in->device && other->number == in->number)
			return true;
	}
	return false;
}

/* A free slot with the next input; NULL where there is none now. */
static struct slot *
next_input(struct lw_reader *r)
{
	struct slot *slot = NULL;
	unsigned i;

	for (i = 0; i < r->slot_count && slot == NULL; i++)
		if (r->slots[i].state == FEED_FREE)
			slot = &r->slots[i];
	if (slot == NULL || r->all_called)
		return NULL;
	if (lw_stop_asked(&r->stop)) {
		r->all_called = true;
		return NULL;
	}
	if (!r->has_called && !lw_roll_call(&r->roll, &r->called)) {
		r->all_called = true;
		return NULL;
	}
	r->has_called = is_open(r, r->roll.inputs[r->called]);
	if (r->has_called) /* later, when its other reader is done */
		return NULL;
	lw_feed_set(&slot->feed, r->called, r->roll.inputs[r->called], &r->roll.remote);
	return slot;
}

/* Sharing ends with the last stretch; then one thread reads on. */
static void
end_sharing(struct slot *slot)
{
	if (slot->state != FEED_SHARED || slot->readers > 0 || lw_feed_has_stretch(&slot->feed))
		return;
	lw_feed_resume(&slot->feed);
	slot->state = FEED_IDLE;
}

/* The input of that state, with a stretch where it is shared, that this thread read last, or the
 * first one; or NULL. */
static struct slot *
find_slot(struct lw_reader *r, enum feed_state state, uint32_t last_input)
{
	struct slot *slot = NULL;
	unsigned i;

	for (i = 0; i < r->slot_count; i++) {
		end_sharing(&r->slots[i]);
		if (r->slots[i].state != state ||
		    (state == FEED_SHARED && !lw_feed_has_stretch(&r->slots[i].feed)))
			continue;
		if (r->slots[i].feed.index == last_input)
			return &r->slots[i];
		if (slot == NULL || r->slots[i].feed.index < slot->feed.index)
			slot = &r->slots[i];
	}
	return slot;
}

/* What this thread is to read: an input that waits for a reader, another one, or a part of one that
 * is shared. */
static struct slot *
choose(struct lw_reader *r, uint32_t last_input)
{
	struct slot *slot = find_slot(r, FEED_IDLE, last_input);

	if (slot == NULL)
		slot = next_input(r);
	return slot != NULL ? slot : find_slot(r, FEED_SHARED, last_input);
}

static void
exchange(struct lw_block *a, struct lw_block *b)
{
	struct lw_block other = *a;

	*a = *b;
	*b = other;
}

/* What the feed knows of its input by now becomes known to all. */
static void
publish(struct lw_reader *r, struct lw_feed *f)
{
	r->roll.inputs[f->index]->info = f->info;
	r->roll.failed = r->roll.failed || f->info.failed;
	lw_roll_hear(&r->roll, &f->sayings);
}

/* Is the input to be shared from here on?  Where others are left, each thread reads its own. */
static bool
is_to_be_shared(const struct lw_reader *r, const struct slot *slot)
{
	return r->slot_count > 1 && !r->has_called && !lw_roll_more(&r->roll) &&
	       lw_feed_can_share(&slot->feed);
}

/* Read blocks of an input: one for this thread, and as many as there are threads that wait for one.
 * The lock is held, but not while reading. */
static enum lw_next
read_blocks(struct lw_reader *r, struct slot *slot, struct lw_block *b)
{
	enum lw_next next;

	slot->state = FEED_BUSY;
	r->busy++;
	for (;;) {
		(void)pthread_mutex_unlock(&r->lock);
		next = lw_feed_fill(&slot->feed, b);
		(void)pthread_mutex_lock(&r->lock);
		publish(r, &slot->feed);
		if (next != LW_NEXT_RECORD || r->waiting <= r->ready_count ||
		    r->ready_count == r->slot_count)
			break;
		exchange(b, &r->spare[r->ready_count++]);
		(void)pthread_cond_signal(&r->changed);
	}
	r->busy--;
	slot->state = FEED_IDLE;
	if (next == LW_NEXT_END) {
		slot->state = FEED_FREE;
		lw_roll_done(&r->roll, slot->feed.index);
		(void)pthread_cond_broadcast(&r->changed);
	} else if (next == LW_NEXT_NOMEM) {
		r->roll.nomem = true;
		(void)pthread_cond_broadcast(&r->changed);
	} else if (is_to_be_shared(r, slot)) {
		lw_feed_share(&slot->feed);
		slot->state = FEED_SHARED;
		(void)pthread_cond_broadcast(&r->changed);
	} else if (r->waiting > 0) {
		(void)pthread_cond_signal(&r->changed);
	}
	return next;
}

/* Read a stretch of an input that is shared.  The lock is held, but not while reading. */
static enum lw_next
read_stretch(struct lw_reader *r, struct slot *slot, struct lw_block *b)
{
	struct lw_feed *f = &slot->feed;
	struct lw_stretch s = lw_feed_stretch(f);
	bool ok, some;

	slot->readers++;
	r->busy++;
	(void)pthread_mutex_unlock(&r->lock);
	ok = lw_stretch_read(&s, f->source, b);
	(void)pthread_mutex_lock(&r->lock);
	while (ok && f->is_shared && f->taken != s.number && !r->abandoned && !r->roll.nomem)
		(void)pthread_cond_wait(&r->taken, &r->lock);
	some = ok && lw_feed_take(f, &s, b);
	publish(r, f);
	slot->readers--;
	r->busy--;
	r->roll.nomem = r->roll.nomem || !ok;
	(void)pthread_cond_broadcast(&r->taken);
	if (!f->is_shared || !lw_feed_has_stretch(f) || !ok) /* there may be work of another kind */
		(void)pthread_cond_broadcast(&r->changed);
	return !ok ? LW_NEXT_NOMEM : some ? LW_NEXT_RECORD : LW_NEXT_END;
}

/*
 * Reading what another process writes wakes it, on the processor that reads.  It gets its turn
 * before this thread reads and after, when no other waits for it: else it takes one in between, and
 * the threads that wait for this one to have read wait for both.
 */
static void
give_way(const struct lw_block *b)
{
	if (b->is_written)
		(void)sched_yield();
}

enum lw_next
lw_reader_take(struct lw_reader *r, struct lw_block *b)
{
	enum lw_next next = LW_NEXT_END;
	struct slot *slot;

	give_way(b);
	(void)pthread_mutex_lock(&r->lock);
	while (!r->roll.nomem && !r->abandoned && next == LW_NEXT_END) {
		if (r->ready_count > 0) {
			exchange(b, &r->spare[--r->ready_count]);
			next = LW_NEXT_RECORD;
			break;
		}
		slot = choose(r, b->input);
		if (slot != NULL) {
			next = slot->state == FEED_SHARED ? read_stretch(r, slot, b)
							  : read_blocks(r, slot, b);
		} else if (r->busy > 0) {
			r->waiting++;
			(void)pthread_cond_wait(&r->changed, &r->lock);
			r->waiting--;
		} else {
			break;
		}
	}
	if (r->roll.nomem || r->abandoned)
		next = LW_NEXT_NOMEM;
	(void)pthread_mutex_unlock(&r->lock);
	give_way(b);
	return next;
}

enum lw_next
lw_reader_next(struct lw_reader *r, struct lw_record *record)
{
	enum lw_next next = LW_NEXT_RECORD;

	while (next == LW_NEXT_RECORD) {
		if (lw_block_next(&r->block, record))
			return LW_NEXT_RECORD;
		lw_reader_tell(r);
		next = lw_reader_take(r, &r->block);
		/* what is said of an input follows the records of the block it was found with */
		tell(r, next == LW_NEXT_RECORD ? r->block.input : SIZE_MAX);
	}
	return next;
}
