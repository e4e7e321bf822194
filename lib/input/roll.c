/* roll.c - operands to inputs, and sayings in order. */
#include <config.h>

#include "input/roll.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/ahead.h"
#include "input/source.h"
#include "input/storage.h"

bool
lw_roll_init(struct lw_roll *r, const char *const *operands, size_t count, struct lw_stop *stop)
{
	static const char *const standard_input[] = {"-"};
	size_t i;

	*r = (struct lw_roll){.stop = stop, .remote = lw_remote_none};
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

static void
input_free(struct lw_input *in)
{
	union {
		const char *name;
		char *owned;
	} u = {.name = in->info.name};

	free(u.owned);
	free(in->operand);
	free(in);
}

void
lw_roll_fini(struct lw_roll *r)
{
	size_t i;

	lw_ahead_free(r->remote.ahead);
	lw_storage_free(r->remote.storage);
	lw_walk_fini(&r->walk);
	lw_sayings_free(&r->sayings);
	for (i = 0; i < r->count; i++)
		input_free(r->inputs[i]);
	free(r->inputs);
	for (i = 0; i < r->operand_count; i++)
		free(r->operands[i]);
	free(r->operands);
}

bool
lw_say(struct lw_sayings *s, size_t turn, enum lw_diag_level level, const struct lw_error *e)
{
	struct lw_saying *saying = malloc(sizeof(*saying));

	if (saying == NULL)
		return false;
	*saying = (struct lw_saying){.turn = turn, .level = level, .error = *e};
	if (s->last == NULL)
		s->first = saying;
	else
		s->last->next = saying;
	s->last = saying;
	return true;
}

void
lw_sayings_free(struct lw_sayings *s)
{
	struct lw_saying *saying, *next;

	for (saying = s->first; saying != NULL; saying = next) {
		next = saying->next;
		free(saying);
	}
	*s = (struct lw_sayings){0};
}

void
lw_roll_hear(struct lw_roll *r, struct lw_sayings *s)
{
	struct lw_saying **at = &r->sayings.first, *last = s->last;

	if (s->first == NULL)
		return;
	if (r->sayings.last != NULL && r->sayings.last->turn <= s->first->turn) {
		r->sayings.last->next = s->first;
		r->sayings.last = last;
	} else {
		while (*at != NULL && (*at)->turn <= s->first->turn)
			at = &(*at)->next;
		last->next = *at;
		if (*at == NULL)
			r->sayings.last = last;
		*at = s->first;
	}
	*s = (struct lw_sayings){0};
}

void
lw_roll_done(struct lw_roll *r, size_t index)
{
	r->inputs[index]->done = true;
	while (r->done < r->count && r->inputs[r->done]->done)
		r->done++;
}

struct lw_sayings
lw_roll_due(struct lw_roll *r, size_t end)
{
	struct lw_sayings due = {0};

	while (r->sayings.first != NULL && r->sayings.first->turn <= r->done &&
	       r->sayings.first->turn < end) {
		struct lw_saying *s = r->sayings.first;

		r->sayings.first = s->next;
		if (s->next == NULL)
			r->sayings.last = NULL;
		s->next = NULL;
		if (due.last == NULL)
			due.first = s;
		else
			due.last->next = s;
		due.last = s;
	}
	return due;
}

/* A new input, not yet read; NULL where memory ran out. */
static struct lw_input *
add_input(struct lw_roll *r, const char *name)
{
	struct lw_input *in;

	if (r->count == r->cap) {
		size_t cap = r->cap == 0 ? 16 : r->cap * 2;
		struct lw_input **p = realloc(r->inputs, cap * sizeof(struct lw_input *));

		if (p == NULL)
			return NULL;
		r->inputs = p;
		r->cap = cap;
	}
	in = calloc(1, sizeof(*in));
	if (in == NULL)
		return NULL;
	in->info.name = lw_source_name(name);
	in->operand = strdup(name);
	if (in->info.name == NULL || in->operand == NULL) {
		input_free(in);
		return NULL;
	}
	r->inputs[r->count++] = in;
	return in;
}

static void
say(struct lw_roll *r, enum lw_diag_level level, const char *name, struct lw_error *e)
{
	struct lw_sayings one = {0};

	if (e->source[0] == '\0')
		lw_error_at(e, name, e->line, e->column, e->offset);
	if (lw_say(&one, r->count, level, e))
		lw_roll_hear(r, &one);
	else
		r->nomem = true;
}

/* What the list of objects has to say, when its turn comes. */
static void
on_note(void *arg, enum lw_diag_level level, const struct lw_error *given)
{
	struct lw_roll *r = arg;
	struct lw_error e = *given;

	say(r, level, NULL, &e);
}

void
lw_roll_remote(struct lw_roll *r, const struct lw_remote *remote)
{
	r->remote = *remote;
	r->remote.net.diag = on_note;
	r->remote.net.diag_arg = r;
}

/* An input that is not read: done with as soon as it is there. */
static void
add_done(struct lw_roll *r, const char *name, bool failed)
{
	struct lw_input *in = add_input(r, name);

	if (in == NULL) {
		r->nomem = true;
		return;
	}
	in->info.failed = failed;
	r->failed = r->failed || failed;
	lw_roll_done(r, r->count - 1);
}

static void
on_walk_fail(void *arg, const struct lw_error *given)
{
	struct lw_roll *r = arg;
	struct lw_error e = *given;

	if (e.code == LW_EIO || e.code == LW_ELIMIT) {
		say(r, LW_DIAG_WARNING, e.source, &e);
		return;
	}
	say(r, LW_DIAG_ERROR, e.source, &e);
	add_done(r, e.source, true);
}

static void
open_folder(struct lw_roll *r, const char *folder)
{
	size_t before = r->count;
	struct lw_error e;

	lw_walk_fini(&r->walk);
	r->next_path = 0;
	if (lw_walk(&r->walk, folder, on_walk_fail, r) != LW_OK)
		r->nomem = true;
	if (r->walk.count > 0 || r->count != before || r->nomem)
		return;
	(void)lw_error_set(&e, LW_EEMPTY, "is a folder without files (hidden ones aside)");
	say(r, LW_DIAG_WARNING, folder, &e);
	add_done(r, folder, false);
}

/* Say how many objects there are, and which were left out. */
static void
say_left_out(struct lw_roll *r, const char *operand, size_t left_out)
{
	struct lw_error e;

	if (left_out == 0)
		return;
	(void)lw_error_set(&e, LW_EEMPTY,
	    "%zu of its %zu objects are read, the others are of hours that were not asked for (an "
	    "hour more on either side is read, as entries may come late)",
	    r->walk.count, r->walk.count + left_out);
	say(r, r->walk.count == 0 ? LW_DIAG_WARNING : LW_DIAG_NOTE, operand, &e);
}

static enum lw_code
list_objects(struct lw_roll *r, const char *operand, size_t *left_out, struct lw_error *e)
{
	enum lw_code code;

	if (r->remote.storage == NULL)
		r->remote.storage = lw_storage_new(&r->remote, r->stop);
	if (r->remote.ahead == NULL)
		r->remote.ahead = lw_ahead_new(lw_source_object, &r->remote, r->stop);
	if (r->remote.storage == NULL || r->remote.ahead == NULL)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	code = lw_storage_list(r->remote.storage, operand, &r->walk, left_out, e);
	if (code == LW_OK && r->walk.count == 0 && *left_out == 0)
		return lw_error_set(e, LW_ENOENT,
		    "no object begins with this; gcloud storage ls shows what there is");
	if (code == LW_OK && !lw_ahead_expect(r->remote.ahead, r->walk.paths, r->walk.count))
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	return code;
}

static void
open_objects(struct lw_roll *r, const char *operand)
{
	size_t left_out = 0;
	struct lw_error e;
	enum lw_code code;

	lw_walk_fini(&r->walk);
	r->next_path = 0;
	code = list_objects(r, operand, &left_out, &e);
	if (code == LW_OK) {
		say_left_out(r, operand, left_out);
		if (r->walk.count == 0)
			add_done(r, operand, false);
		return;
	}
	lw_walk_fini(&r->walk); /* what was listed before the failure */
	if (code == LW_ENOMEM) {
		r->nomem = true;
	} else if (code != LW_EINTR) {
		say(r, LW_DIAG_ERROR, operand, &e);
		add_done(r, operand, true);
	}
}

/* What the operand stands for on this machine; false where it is nothing there. */
static bool
identify(const char *operand, struct stat *st)
{
	if (strcmp(operand, "-") == 0)
		return fstat(STDIN_FILENO, st) == 0;
	return !lw_source_is_address(operand) && stat(operand, st) == 0;
}

uint64_t
lw_roll_file_bytes(const struct lw_roll *r)
{
	uint64_t bytes = 0;
	struct stat st;
	size_t i;

	for (i = 0; i < r->operand_count; i++)
		if (identify(r->operands[i], &st) && S_ISREG(st.st_mode) && st.st_size > 0)
			bytes += (uint64_t)st.st_size;
	return bytes;
}

/* The input of this name, unless it is an operand that stands for several. */
static bool
call(struct lw_roll *r, const char *name, bool is_operand, size_t *index)
{
	struct lw_input *in;
	struct stat st;
	bool known = identify(name, &st);

	if (is_operand && lw_storage_is_operand(name)) {
		open_objects(r, name);
		return false;
	}
	if (known && is_operand && S_ISDIR(st.st_mode) && strcmp(name, "-") != 0) {
		open_folder(r, name);
		return false;
	}
	in = add_input(r, name);
	if (in == NULL) {
		r->nomem = true;
		return false;
	}
	in->has_identity = known;
	if (known) {
		in->device = st.st_dev;
		in->number = st.st_ino;
	}
	*index = r->count - 1;
	return true;
}

bool
lw_roll_call(struct lw_roll *r, size_t *index)
{
	while (!r->nomem) {
		if (r->next_path < r->walk.count) {
			if (call(r, r->walk.paths[r->next_path++], false, index))
				return true;
		} else if (r->next_operand < r->operand_count) {
			if (call(r, r->operands[r->next_operand++], true, index))
				return true;
		} else {
			break;
		}
	}
	return false;
}

bool
lw_roll_more(const struct lw_roll *r)
{
	return r->next_path < r->walk.count || r->next_operand < r->operand_count;
}
