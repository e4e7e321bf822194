/* reader.c - the operands of a run, one after the other. */
#include <config.h>

#include "input/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "input/frame.h"
#include "input/remote.h"
#include "input/stop.h"
#include "input/unpack.h"
#include "input/walk.h"

struct input {
	struct lw_input_info info;
	char *name; /* info.name */
};

struct lw_reader {
	char **operands;
	size_t operand_count;
	size_t next_operand;
	lw_diag_fn *diag;
	void *diag_arg;
	const struct lw_remote *remote;
	struct lw_stop stop;
	struct lw_walk walk; /* of the operand that is a folder */
	size_t next_path;
	struct input **inputs; /* each on its own, so that what was handed out stays put */
	size_t input_count, input_cap;
	struct input *current; /* NULL between inputs */
	struct lw_source *source;
	struct lw_framer framer;
	uint64_t records; /* of the current input */
	bool told;        /* the fault of the current source was reported */
	bool failed;
	bool nomem;
};

static bool
copy_operands(struct lw_reader *r, const char *const *operands, size_t count)
{
	static const char *const standard_input[] = {"-"};
	size_t i;

	if (count == 0) {
		operands = standard_input;
		count = 1;
	}
	r->operands = calloc(count, sizeof(*r->operands));
	if (r->operands == NULL)
		return false;
	for (i = 0; i < count; i++) {
		r->operands[i] = strdup(operands[i]);
		if (r->operands[i] == NULL)
			return false;
		r->operand_count++;
	}
	return true;
}

struct lw_reader *
lw_reader_new(const char *const *operands, size_t count, lw_diag_fn *diag, void *diag_arg)
{
	struct lw_reader *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	lw_stop_init(&r->stop);
	lw_framer_init(&r->framer);
	r->remote = &lw_remote_none;
	r->diag = diag;
	r->diag_arg = diag_arg;
	if (!copy_operands(r, operands, count)) {
		lw_reader_free(r);
		return NULL;
	}
	return r;
}

void
lw_reader_free(struct lw_reader *r)
{
	size_t i;

	if (r == NULL)
		return;
	lw_source_close(r->source);
	lw_framer_fini(&r->framer);
	lw_walk_fini(&r->walk);
	for (i = 0; i < r->input_count; i++) {
		free(r->inputs[i]->name);
		free(r->inputs[i]);
	}
	free(r->inputs);
	for (i = 0; i < r->operand_count; i++)
		free(r->operands[i]);
	free(r->operands);
	lw_stop_fini(&r->stop);
	free(r);
}

void
lw_reader_stop(struct lw_reader *r)
{
	lw_stop_ask(&r->stop);
}

void
lw_reader_remote(struct lw_reader *r, const struct lw_remote *remote)
{
	r->remote = remote;
}

void
lw_reader_join_lines(struct lw_reader *r, bool join)
{
	r->framer.join = join;
}

size_t
lw_reader_input_count(const struct lw_reader *r)
{
	return r->input_count;
}

const struct lw_input_info *
lw_reader_input(const struct lw_reader *r, size_t i)
{
	return &r->inputs[i]->info;
}

bool
lw_reader_failed(const struct lw_reader *r)
{
	return r->failed;
}

/* A new input, as the current one; NULL where memory ran out. */
static struct input *
add_input(struct lw_reader *r, const char *name)
{
	struct input *in;

	if (r->input_count == r->input_cap) {
		size_t cap = r->input_cap == 0 ? 16 : r->input_cap * 2;
		struct input **p = realloc(r->inputs, cap * sizeof(struct input *));

		if (p == NULL)
			return NULL;
		r->inputs = p;
		r->input_cap = cap;
	}
	in = calloc(1, sizeof(*in));
	if (in == NULL)
		return NULL;
	in->name = strdup(name);
	if (in->name == NULL) {
		free(in);
		return NULL;
	}
	in->info.name = in->name;
	r->inputs[r->input_count++] = in;
	r->records = 0;
	r->told = false;
	return in;
}

static void
tell(struct lw_reader *r, enum lw_diag_level level, const char *name, struct lw_error *e)
{
	if (e->source[0] == '\0')
		lw_error_at(e, name, e->line, e->column, e->offset);
	if (r->diag != NULL)
		r->diag(r->diag_arg, level, e);
}

/* The input cannot be read, or not to its end. */
static void
fail_input(struct lw_reader *r, struct input *in, struct lw_error *e)
{
	in->info.failed = true;
	r->failed = true;
	r->told = true;
	tell(r, LW_DIAG_ERROR, in->name, e);
}

/* Reading ended early: say so before what follows from it. */
static void
tell_broken_source(struct lw_reader *r)
{
	struct lw_window *w = &r->framer.window;
	struct lw_error e = w->error;

	if (!w->failed || r->told || lw_stop_asked(&r->stop))
		return;
	lw_error_at(&e, r->current->name, w->line, 0, w->offset + lw_window_size(w));
	e.line += lw_window_lines(w);
	fail_input(r, r->current, &e);
}

static void
on_report(void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *given)
{
	struct lw_reader *r = arg;
	struct lw_input_info *info = &r->current->info;
	struct lw_error e = *given;

	if (e.code == LW_ETRUNC) {
		if (lw_stop_asked(&r->stop))
			return; /* it was cut off on purpose */
		tell_broken_source(r);
	}
	lw_error_at(&e, r->current->name, e.line, e.column, e.offset);
	if (!malformed) {
		tell(r, level, NULL, &e);
		return;
	}
	/* The first is told, and a cut at the end; a damaged input would drown the rest. */
	if (info->malformed++ == 0)
		info->first_malformed = e;
	else if (e.code != LW_ETRUNC)
		return;
	tell(r, level, NULL, &e);
}

static void
count_bytes(struct lw_reader *r)
{
	struct lw_input_info *info = &r->current->info;

	info->bytes = r->framer.window.offset + lw_window_size(&r->framer.window);
	info->raw_bytes = r->source->raw_bytes;
	info->size_bytes = r->source->size_bytes;
}

static void
close_input(struct lw_reader *r)
{
	struct lw_input_info *info = &r->current->info;
	struct lw_error e;

	tell_broken_source(r);
	count_bytes(r);
	if (r->source->note.code != LW_OK) {
		e = r->source->note;
		tell(r, LW_DIAG_WARNING, info->name, &e);
	}
	if (r->records == 0 && info->malformed == 0 && !info->failed && !lw_stop_asked(&r->stop)) {
		if (info->bytes == 0)
			(void)lw_error_set(&e, LW_EEMPTY, "is empty");
		else
			(void)lw_error_set(&e, LW_EEMPTY, "holds no entries");
		tell(r, LW_DIAG_WARNING, info->name, &e);
	}
	lw_source_close(r->source);
	r->source = NULL;
	r->current = NULL;
}

/* Open one file or address; it becomes the current input, or is reported and done with. */
static void
open_input(struct lw_reader *r, const char *name)
{
	struct input *in = add_input(r, name);
	struct lw_error e;
	enum lw_code code;

	if (in == NULL) {
		r->nomem = true;
		return;
	}
	code = lw_source_open(name, r->remote, &r->stop, &r->source, &e);
	if (code == LW_OK) {
		r->current = in;
		lw_framer_open(&r->framer, r->source, on_report, r);
		code = lw_unpack(&r->framer.window, &r->source, &e);
		count_bytes(r);
		if (code == LW_OK)
			return;
		lw_source_close(r->source);
		r->source = NULL;
		r->current = NULL;
	}
	if (code == LW_ENOMEM)
		r->nomem = true;
	if (code != LW_EINTR)
		fail_input(r, in, &e);
}

static void
on_walk_fail(void *arg, const struct lw_error *given)
{
	struct lw_reader *r = arg;
	struct lw_error e = *given;
	struct input *in;

	if (e.code == LW_EIO || e.code == LW_ELIMIT) {
		tell(r, LW_DIAG_WARNING, e.source, &e);
		return;
	}
	in = add_input(r, e.source);
	if (in == NULL)
		r->nomem = true;
	else
		fail_input(r, in, &e);
}

static void
open_folder(struct lw_reader *r, const char *folder)
{
	size_t before = r->input_count;
	struct lw_error e;

	lw_walk_fini(&r->walk);
	r->next_path = 0;
	if (lw_walk(&r->walk, folder, on_walk_fail, r) != LW_OK)
		r->nomem = true;
	if (r->walk.count == 0 && r->input_count == before && !r->nomem) {
		if (add_input(r, folder) == NULL) {
			r->nomem = true;
			return;
		}
		(void)lw_error_set(&e, LW_EEMPTY, "is a folder without files (hidden ones aside)");
		tell(r, LW_DIAG_WARNING, folder, &e);
	}
}

static bool
is_folder(const char *operand)
{
	struct stat st;

	return strcmp(operand, "-") != 0 && stat(operand, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Open what comes next; false where nothing does. */
static bool
open_next(struct lw_reader *r)
{
	if (lw_stop_asked(&r->stop))
		return false;
	if (r->next_path < r->walk.count) {
		open_input(r, r->walk.paths[r->next_path++]);
		return true;
	}
	if (r->next_operand == r->operand_count)
		return false;
	if (is_folder(r->operands[r->next_operand]))
		open_folder(r, r->operands[r->next_operand++]);
	else
		open_input(r, r->operands[r->next_operand++]);
	return true;
}

enum lw_next
lw_reader_next(struct lw_reader *r, struct lw_record *record)
{
	while (!r->nomem) {
		if (r->current == NULL) {
			if (!open_next(r))
				return LW_NEXT_END;
			continue;
		}
		switch (lw_framer_next(&r->framer, record)) {
		case LW_NEXT_RECORD:
			record->input = (uint32_t)(r->input_count - 1);
			r->records++;
			count_bytes(r);
			return LW_NEXT_RECORD;
		case LW_NEXT_NOMEM:
			r->nomem = true;
			break;
		case LW_NEXT_END:
		default:
			close_input(r);
			break;
		}
	}
	return LW_NEXT_NOMEM;
}
