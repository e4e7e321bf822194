/* ahead.c - see ahead.h. */
#include <config.h>

#include "input/ahead.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES ((size_t)128 << 10) /* asked for at once */
#define NOTES_MAX 16

struct note {
	enum lw_diag_level level;
	struct lw_error error;
};

/* One source, its thread, and the ring between them; what is below the lock is under it. */
struct slot {
	struct lw_source base; /* handed out: the end of the ring that is read */
	struct slot *next;     /* that waits to be opened */
	struct lw_ahead *ahead;
	const struct lw_net *net; /* of whoever opened it */
	char *operand;
	struct lw_remote remote; /* its diagnostics wait here */
	struct lw_stop stop;
	pthread_t thread;
	char *ring;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t first, fill; /* bytes of the ring in use */
	bool opened;        /* or failed to: open_code, and error */
	bool ended;
	bool failed; /* could not be read to its end: error says why */
	enum lw_code open_code;
	struct lw_error error;
	uint64_t size_bytes;
	struct lw_error source_note;
	struct note notes[NOTES_MAX];
	size_t note_count; /* also those that found no room */
};

struct lw_ahead {
	lw_ahead_open_fn *open;
	const struct lw_remote *remote;
	struct lw_stop *stop;
	pthread_mutex_t lock; /* for what is below */
	char **expected;      /* NULL for those that were begun */
	size_t expected_count, expected_cap, begun;
	struct slot *waiting; /* the oldest first */
	size_t waiting_count;
};

/* A bug where it fails: the lock is neither destroyed nor taken twice. */
static void
lock(struct slot *s)
{
	(void)pthread_mutex_lock(&s->lock);
}

static void
unlock(struct slot *s)
{
	(void)pthread_cond_broadcast(&s->changed);
	(void)pthread_mutex_unlock(&s->lock);
}

static void
keep_note(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	struct slot *s = arg;

	lock(s);
	if (s->note_count < NOTES_MAX)
		s->notes[s->note_count] = (struct note){level, *e};
	s->note_count++;
	unlock(s);
}

/* The thread's side: room in the ring that lies in one piece, or 0 when it is to end. */
static size_t
wait_for_room(struct slot *s, char **p)
{
	size_t at, n;

	lock(s);
	while (s->fill == LW_AHEAD_BYTES && !lw_stop_asked(&s->stop))
		(void)pthread_cond_wait(&s->changed, &s->lock);
	at = (s->first + s->fill) % LW_AHEAD_BYTES;
	n = LW_AHEAD_BYTES - s->fill;
	if (n > LW_AHEAD_BYTES - at)
		n = LW_AHEAD_BYTES - at;
	unlock(s);
	*p = s->ring + at;
	if (lw_stop_asked(&s->stop))
		return 0;
	return n < PIECE_BYTES ? n : PIECE_BYTES;
}

static void
pump(struct slot *s, struct lw_source *source)
{
	struct lw_error e = {0};
	ptrdiff_t got;
	size_t room;
	char *p;

	do {
		room = wait_for_room(s, &p);
		got = room == 0 ? 0 : source->ops->read(source, p, room, &e);
		lock(s);
		if (got > 0)
			s->fill += (size_t)got;
		s->size_bytes = source->size_bytes;
		s->source_note = source->note;
		if (got < 0) {
			s->failed = true;
			s->error = e;
		}
		unlock(s);
	} while (got > 0);
}

static void *
run(void *arg)
{
	struct slot *s = arg;
	struct lw_source *source = NULL;
	struct lw_error e = {0};
	enum lw_code code = s->ahead->open(s->operand, &s->remote, &s->stop, &source, &e);

	lock(s);
	s->opened = true;
	s->open_code = code;
	s->error = e;
	s->size_bytes = source == NULL ? 0 : source->size_bytes;
	unlock(s);
	if (source != NULL)
		pump(s, source);
	lw_source_close(source);
	lock(s);
	s->ended = true;
	unlock(s);
	return NULL;
}

/* What the thread had to say, by the thread that reads. */
static void
tell_notes(struct slot *s)
{
	const struct lw_net *net = s->net;
	struct note notes[NOTES_MAX];
	struct lw_error more;
	size_t n, count, i;

	lock(s);
	count = s->note_count;
	n = count < NOTES_MAX ? count : NOTES_MAX;
	memcpy(notes, s->notes, n * sizeof(notes[0]));
	s->note_count = 0;
	unlock(s);
	if (net->diag == NULL)
		return;
	for (i = 0; i < n; i++)
		net->diag(net->diag_arg, notes[i].level, &notes[i].error);
	if (count > n) {
		(void)lw_error_set(&more, LW_ELIMIT, "%zu further notes were left out", count - n);
		lw_error_at(&more, s->operand, 0, 0, 0);
		net->diag(net->diag_arg, LW_DIAG_NOTE, &more);
	}
}

static ptrdiff_t
ahead_read(struct lw_source *base, char *buf, size_t n, struct lw_error *e)
{
	struct slot *s = (struct slot *)base;
	ptrdiff_t got = 0;

	if (lw_stop_asked(s->ahead->stop))
		return 0;
	lock(s);
	while (s->fill == 0 && !s->ended)
		(void)pthread_cond_wait(&s->changed, &s->lock);
	if (n > s->fill)
		n = s->fill;
	if (n > LW_AHEAD_BYTES - s->first)
		n = LW_AHEAD_BYTES - s->first;
	if (n > 0) {
		memcpy(buf, s->ring + s->first, n);
		s->first = (s->first + n) % LW_AHEAD_BYTES;
		s->fill -= n;
		got = (ptrdiff_t)n;
	} else if (s->failed) {
		*e = s->error;
		got = -1;
	}
	base->raw_bytes += n;
	base->size_bytes = s->size_bytes;
	base->note = s->source_note;
	unlock(s);
	tell_notes(s);
	return got;
}

static void
free_slot(struct slot *s)
{
	(void)pthread_cond_destroy(&s->changed);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->ring);
	free(s->operand);
	free(s);
}

/* End the thread, also in the middle, and free the slot. */
static void
ahead_close(struct lw_source *base)
{
	struct slot *s = (struct slot *)base;

	lw_stop_ask(&s->stop);
	lock(s);
	unlock(s); /* it may wait for room */
	(void)pthread_join(s->thread, NULL);
	free_slot(s);
}

static const struct lw_source_ops ahead_ops = {.read = ahead_read, .close = ahead_close};

/* A slot whose thread reads operand; NULL where memory or threads ran out. */
static struct slot *
begin(struct lw_ahead *a, const char *operand)
{
	struct slot *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->base.ops = &ahead_ops;
	s->ahead = a;
	s->remote = *a->remote;
	s->remote.net.diag = keep_note;
	s->remote.net.diag_arg = s;
	lw_stop_below(&s->stop, a->stop);
	if (pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return NULL;
	}
	if (pthread_cond_init(&s->changed, NULL) != 0) {
		(void)pthread_mutex_destroy(&s->lock);
		free(s);
		return NULL;
	}
	s->operand = strdup(operand);
	s->ring = malloc(LW_AHEAD_BYTES);
	if (s->operand == NULL || s->ring == NULL ||
	    pthread_create(&s->thread, NULL, run, s) != 0) {
		free_slot(s);
		return NULL;
	}
	return s;
}

/* Take the slot of an operand out of those that wait; NULL where there is none. */
static struct slot *
take_waiting(struct lw_ahead *a, const char *operand)
{
	struct slot **at, *s;

	for (at = &a->waiting; (s = *at) != NULL; at = &s->next)
		if (strcmp(s->operand, operand) == 0) {
			*at = s->next;
			s->next = NULL;
			a->waiting_count--;
			return s;
		}
	return NULL;
}

/* It was opened before its thread was begun. */
static void
no_more_expected(struct lw_ahead *a, const char *operand)
{
	size_t i;

	for (i = a->begun; i < a->expected_count; i++)
		if (a->expected[i] != NULL && strcmp(a->expected[i], operand) == 0) {
			free(a->expected[i]);
			a->expected[i] = NULL;
			return;
		}
}

/* Begin what comes next.  Without memory it is opened when its turn comes, and fails then. */
static void
go_ahead(struct lw_ahead *a)
{
	struct slot **at, *s;
	char *operand;

	while (a->waiting_count < LW_AHEAD_SOURCES && a->begun < a->expected_count) {
		operand = a->expected[a->begun];
		s = operand == NULL ? NULL : begin(a, operand);
		if (operand != NULL && s == NULL)
			return;
		a->expected[a->begun++] = NULL;
		free(operand);
		if (s == NULL)
			continue;
		for (at = &a->waiting; *at != NULL; at = &(*at)->next)
			;
		*at = s;
		a->waiting_count++;
	}
}

/* Wait until it is known whether the source could be opened. */
static enum lw_code
wait_for_opening(struct slot *s, struct lw_error *e)
{
	enum lw_code code;

	lock(s);
	while (!s->opened)
		(void)pthread_cond_wait(&s->changed, &s->lock);
	code = s->open_code;
	if (code != LW_OK)
		*e = s->error;
	s->base.size_bytes = s->size_bytes;
	unlock(s);
	tell_notes(s);
	return code;
}

enum lw_code
lw_ahead_open(struct lw_ahead *a, const char *operand, const struct lw_remote *remote,
    struct lw_source **out, struct lw_error *e)
{
	struct slot *s;
	enum lw_code code;

	*out = NULL;
	(void)pthread_mutex_lock(&a->lock);
	s = take_waiting(a, operand);
	if (s == NULL) {
		no_more_expected(a, operand);
		s = begin(a, operand);
	}
	go_ahead(a);
	(void)pthread_mutex_unlock(&a->lock);
	if (s == NULL)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	s->net = &remote->net;
	code = wait_for_opening(s, e);
	if (code == LW_OK)
		*out = &s->base;
	else
		ahead_close(&s->base);
	return code;
}

bool
lw_ahead_expect(struct lw_ahead *a, char *const *operands, size_t count)
{
	bool ok = true;
	size_t i;

	(void)pthread_mutex_lock(&a->lock);
	if (a->expected_count + count > a->expected_cap) {
		size_t cap = a->expected_count + count;
		char **p = realloc(a->expected, cap * sizeof(*p));

		if (p == NULL) {
			ok = false;
		} else {
			a->expected = p;
			a->expected_cap = cap;
		}
	}
	for (i = 0; ok && i < count; i++) {
		a->expected[a->expected_count] = strdup(operands[i]);
		ok = a->expected[a->expected_count] != NULL;
		if (ok)
			a->expected_count++;
	}
	(void)pthread_mutex_unlock(&a->lock);
	return ok;
}

struct lw_ahead *
lw_ahead_new(lw_ahead_open_fn *open, const struct lw_remote *remote, struct lw_stop *stop)
{
	struct lw_ahead *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	if (pthread_mutex_init(&a->lock, NULL) != 0) {
		free(a);
		return NULL;
	}
	a->open = open;
	a->remote = remote;
	a->stop = stop;
	return a;
}

void
lw_ahead_free(struct lw_ahead *a)
{
	struct slot *s;
	size_t i;

	if (a == NULL)
		return;
	for (s = a->waiting; s != NULL; s = s->next)
		lw_stop_ask(&s->stop);
	while ((s = a->waiting) != NULL) {
		a->waiting = s->next;
		ahead_close(&s->base);
	}
	for (i = 0; i < a->expected_count; i++)
		free(a->expected[i]);
	free(a->expected);
	(void)pthread_mutex_destroy(&a->lock);
	free(a);
}
