/* block.c - filling a block from a framer, and taking its records out. */
#include "input/block.h"

#include <stdlib.h>
#include <string.h>

#include "input/bytes.h"

#define MOVED_BYTES ((size_t)16 << 10) /* that are worth moving to another buffer */
#define WORTH_BYTES ((size_t)64 << 10) /* of a block, that others need not wait for the rest */

void
lw_block_init(struct lw_block *b)
{
	*b = (struct lw_block){0};
}

void
lw_block_fini(struct lw_block *b)
{
	free(b->buf);
	free(b->pieces);
	free(b->ends);
	lw_buf_fini(&b->apart);
	lw_block_init(b);
}

bool
lw_block_clear(struct lw_block *b, size_t room)
{
	b->count = b->end_count = b->piece = b->end = b->last_end = 0;
	lw_buf_reset(&b->apart);
	if (b->pieces == NULL)
		b->pieces = malloc(LW_BLOCK_PIECES * sizeof(*b->pieces));
	if (b->ends == NULL)
		b->ends = malloc(LW_BLOCK_LINES * sizeof(*b->ends));
	if (b->pieces == NULL || b->ends == NULL)
		return false;
	if (b->cap < room) {
		free(b->buf);
		b->buf = malloc(room + LW_PADDING_BYTES);
		b->cap = b->buf == NULL ? 0 : room;
	}
	return b->cap >= room;
}

/* Has a block that began at `from` enough, while more has yet to be written?  Who writes needs a
 * processor, too. */
static bool
may_rest(const struct lw_window *w, size_t from)
{
	return w->end - from >= WORTH_BYTES && lw_window_waits(w);
}

static void
read_block(struct lw_window *w, size_t from, size_t bytes)
{
	while (w->end < from + bytes && !may_rest(w, from) && lw_window_more(w))
		;
}

/* All whole lines of the window, read as far as a block goes, that hold one object each; false
 * where the framer must look at what comes. */
static bool
take_lines(struct lw_block *b, struct lw_framer *f, size_t from, size_t bytes)
{
	struct lw_window *w = &f->window;
	uint32_t *ends = b->ends + b->end_count;
	size_t n, lines = 0;

	read_block(w, from, bytes);
	n = lw_window_size(w) == 0 ? 0
				   : lw_plain_lines(lw_window_at(w), lw_window_size(w), ends,
					 LW_BLOCK_LINES - b->end_count, &lines, f->by_layout);
	if (n == 0)
		return false;
	b->pieces[b->count++] = (struct lw_piece){.kind = LW_RECORD_JSON,
	    .line = w->line,
	    .offset = w->offset,
	    .at = w->start,
	    .n = lines,
	    .by_layout = f->by_layout,
	    .lines = true};
	b->end_count += lines;
	lw_framer_took(f, n, lines);
	return true;
}

static bool
take_record(struct lw_block *b, const struct lw_framer *f, const struct lw_record *r)
{
	const struct lw_window *w = &f->window;
	struct lw_piece *p = &b->pieces[b->count++];

	*p = (struct lw_piece){.kind = r->kind,
	    .line = r->line,
	    .offset = r->offset,
	    .n = r->bytes.n,
	    .by_layout = r->by_layout};
	p->apart = r->bytes.p == f->cri_out.p;
	if (!p->apart) {
		p->at = (size_t)(r->bytes.p - w->buf);
		return true;
	}
	p->at = b->apart.n;
	lw_buf_addstr(&b->apart, r->bytes);
	return lw_buf_ok(&b->apart);
}

/* The element that comes next, by its layout; false where the framer must look at it. */
static bool
cut_record(struct lw_framer *f, size_t from, size_t bytes, struct lw_record *r)
{
	if (!lw_framer_cuts(f))
		return false;
	read_block(&f->window, from, bytes);
	return lw_framer_cut(f, r);
}

enum lw_next
lw_block_fill(struct lw_block *b, struct lw_framer *f, size_t bytes)
{
	struct lw_window *w = &f->window;
	struct lw_record r;
	enum lw_next next = LW_NEXT_RECORD;
	size_t from;

	if (!lw_block_clear(b, 0))
		return LW_NEXT_NOMEM;
	/* Into a buffer that this thread used before: its processor has it at hand. */
	if (lw_window_size(w) <= MOVED_BYTES && !lw_window_exchange(w, &b->buf, &b->cap))
		return LW_NEXT_NOMEM;
	from = w->start;
	w->keep = from;
	while (b->count < LW_BLOCK_PIECES && b->end_count < LW_BLOCK_LINES &&
	       w->keep + b->apart.n - from < bytes && !(b->count > 0 && may_rest(w, from))) {
		if (!lw_framer_by_line(f) || !take_lines(b, f, from, bytes)) {
			if (!cut_record(f, from, bytes, &r))
				next = lw_framer_next(f, &r);
			if (next != LW_NEXT_RECORD)
				break;
			if (!take_record(b, f, &r))
				return LW_NEXT_NOMEM;
		}
		w->keep = w->start;
	}
	if (next == LW_NEXT_NOMEM)
		return LW_NEXT_NOMEM;
	if (b->count == 0)
		return LW_NEXT_END;
	return lw_window_exchange(w, &b->buf, &b->cap) ? LW_NEXT_RECORD : LW_NEXT_NOMEM;
}

bool
lw_block_next_piece(struct lw_block *b, struct lw_record *r)
{
	const struct lw_piece *p;

	while (b->piece < b->count) {
		p = &b->pieces[b->piece++];
		r->kind = p->kind;
		r->by_layout = p->by_layout;
		r->input = b->input;
		r->line = p->line;
		r->offset = p->offset;
		r->padded = !p->apart;
		if (!p->lines) {
			r->bytes = lw_str_make((p->apart ? b->apart.p : b->buf) + p->at, p->n);
			return true;
		}
		b->lines = p;
		b->last_end = b->end + p->n;
		b->from = 0;
		if (lw_block_next_line(b, r))
			return true;
	}
	return false;
}
