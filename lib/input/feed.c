/* feed.c - opening an input, reading it to its end, and saying what was wrong with it. */
#include "input/feed.h"

#include <errno.h>
#include <string.h>

#include "input/unpack.h"

/* What is left of a file, for sharing to be worth it. */
#define SHARED_MIN_BYTES (2 * LW_STRETCH_BYTES)

void
lw_feed_init(struct lw_feed *f, struct lw_stop *stop, bool join)
{
	*f = (struct lw_feed){.stop = stop};
	lw_framer_init(&f->framer);
	f->framer.join = join;
}

void
lw_feed_fini(struct lw_feed *f)
{
	lw_source_close(f->source);
	lw_framer_fini(&f->framer);
	lw_sayings_free(&f->sayings);
}

/* What a source over the network has to say, by the thread that reads it. */
static void
on_note(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	struct lw_feed *f = arg;

	if (!lw_say(&f->sayings, f->index, level, e))
		f->nomem = true;
}

void
lw_feed_set(
    struct lw_feed *f, size_t index, const struct lw_input *in, const struct lw_remote *remote)
{
	f->remote = *remote;
	f->remote.net.diag = on_note;
	f->remote.net.diag_arg = f;
	f->info = (struct lw_input_info){.name = in->info.name};
	f->operand = in->operand;
	f->index = index;
	f->pieces = 0;
	f->opened = f->told = f->was_shared = f->is_shared = false;
}

static void
say(struct lw_feed *f, enum lw_diag_level level, struct lw_error *e)
{
	if (e->source[0] == '\0')
		lw_error_at(e, f->info.name, e->line, e->column, e->offset);
	if (!lw_say(&f->sayings, f->index, level, e))
		f->nomem = true;
}

/* The input cannot be read, or not to its end. */
static void
fail(struct lw_feed *f, struct lw_error *e)
{
	f->info.failed = true;
	f->told = true;
	say(f, LW_DIAG_ERROR, e);
}

/* Reading ended early: say so before what follows from it. */
static void
say_broken_source(struct lw_feed *f)
{
	struct lw_window *w = &f->framer.window;
	struct lw_error e = w->error;

	if (!w->failed || f->told || lw_stop_asked(f->stop))
		return;
	f->info.reached_ns = f->source->reached_ns;
	if (f->info.reached_ns == 0) /* else the message has the time, which says more */
		lw_error_at(&e, f->info.name, w->line + lw_window_lines(w), 0,
		    w->offset + lw_window_size(w));
	fail(f, &e);
}

static void
on_report(void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *given)
{
	struct lw_feed *f = arg;
	struct lw_error e = *given;

	if (e.code == LW_ETRUNC) {
		if (lw_stop_asked(f->stop))
			return; /* it was cut off on purpose */
		say_broken_source(f);
	}
	lw_error_at(&e, f->info.name, e.line, e.column, e.offset);
	/* The first is told, and a cut at the end; a damaged input would drown the rest. */
	if (malformed && f->info.malformed++ == 0)
		f->info.first_malformed = e;
	else if (malformed && e.code != LW_ETRUNC)
		return;
	say(f, level, &e);
}

static void
count_bytes(struct lw_feed *f)
{
	f->info.bytes = f->framer.window.offset + lw_window_size(&f->framer.window);
	f->info.raw_bytes = f->source->raw_bytes;
	f->info.size_bytes = f->source->size_bytes;
}

static void
shut(struct lw_feed *f)
{
	lw_source_close(f->source);
	f->source = NULL;
}

/* The end of the input. */
static void
end(struct lw_feed *f)
{
	struct lw_error e;

	say_broken_source(f);
	count_bytes(f);
	if (f->source->note.code != LW_OK) {
		e = f->source->note;
		say(f, LW_DIAG_WARNING, &e);
	}
	if (f->pieces == 0 && f->info.malformed == 0 && !f->info.failed &&
	    !lw_stop_asked(f->stop)) {
		(void)lw_error_set(
		    &e, LW_EEMPTY, f->info.bytes == 0 ? "is empty" : "holds no entries");
		say(f, LW_DIAG_WARNING, &e);
	}
	shut(f);
}

static bool
open_source(struct lw_feed *f)
{
	struct lw_error e;
	enum lw_code code;

	f->opened = true;
	code = lw_source_open(f->operand, &f->remote, f->stop, &f->source, &e);
	if (code == LW_OK) {
		lw_framer_open(&f->framer, f->source, on_report, f);
		code = lw_unpack(&f->framer.window, &f->source, &e);
		count_bytes(f);
		if (code == LW_OK)
			return true;
		shut(f);
	}
	if (code == LW_ENOMEM)
		f->nomem = true;
	if (code != LW_EINTR)
		fail(f, &e);
	return false;
}

enum lw_next
lw_feed_fill(struct lw_feed *f, struct lw_block *b)
{
	enum lw_next next;

	if (!f->opened && !open_source(f))
		return f->nomem ? LW_NEXT_NOMEM : LW_NEXT_END;
	next = lw_block_fill(b, &f->framer, LW_BLOCK_BYTES);
	if (next == LW_NEXT_RECORD) {
		b->input = (uint32_t)f->index;
		b->is_written = f->source->ops->waits != NULL;
		f->pieces += b->count;
		count_bytes(f);
	} else if (next == LW_NEXT_END) {
		end(f);
	}
	return f->nomem ? LW_NEXT_NOMEM : next;
}

bool
lw_feed_can_share(const struct lw_feed *f)
{
	const struct lw_source *s = f->source;

	return s != NULL && !f->was_shared && s->ops->read_at != NULL && f->framer.by_layout &&
	       lw_framer_by_line(&f->framer) &&
	       s->size_bytes > f->framer.window.offset + SHARED_MIN_BYTES;
}

void
lw_feed_share(struct lw_feed *f)
{
	lw_window_pass(&f->framer.window, 0, 0);
	f->next_from = f->framer.window.offset;
	f->next_stretch = f->taken = 0;
	f->was_shared = f->is_shared = true;
}

bool
lw_feed_has_stretch(const struct lw_feed *f)
{
	return f->is_shared && f->next_from < f->source->size_bytes && !lw_stop_asked(f->stop);
}

struct lw_stretch
lw_feed_stretch(struct lw_feed *f)
{
	struct lw_stretch s = {.number = f->next_stretch++, .from = f->next_from};

	f->next_from += LW_STRETCH_BYTES;
	return s;
}

bool
lw_feed_take(struct lw_feed *f, const struct lw_stretch *s, struct lw_block *b)
{
	struct lw_window *w = &f->framer.window;

	f->taken++;
	/* The last is no surprise in a file that is being changed. */
	f->is_shared = f->is_shared && s->offset == w->offset;
	if (!f->is_shared)
		return false;
	f->is_shared = s->whole;
	if (b->end_count == 0)
		return false;
	b->pieces[0].line = w->line;
	b->input = (uint32_t)f->index;
	b->is_written = false;
	lw_window_pass(w, s->bytes, b->end_count);
	f->source->raw_bytes = w->offset;
	f->pieces += b->count;
	count_bytes(f);
	return true;
}

void
lw_feed_resume(struct lw_feed *f)
{
	struct lw_window *w = &f->framer.window;

	f->is_shared = false;
	if (f->source->ops->seek(f->source, w->offset))
		return;
	w->ended = w->failed = true;
	(void)lw_source_errno(&w->error, "cannot be read", errno);
}
