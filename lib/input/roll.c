/* roll.c - operands to inputs, and sayings in order. */
#include <config.h>

#include "input/roll.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/source.h"

bool
lw_roll_init(struct lw_roll *r, const char *const *operands, size_t count)
{
	static const char *const standard_input[] = {"-"};
	size_t i;

	*r = (struct lw_roll){0};
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
	free(in);
}

void
lw_roll_fini(struct lw_roll *r)
{
	size_t i;

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
	in->info.name = strdup(name);
	if (in->info.name == NULL) {
		free(in);
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

static void
on_walk_fail(void *arg, const struct lw_error *given)
{
	struct lw_roll *r = arg;
	struct lw_error e = *given;
	struct lw_input *in;

	if (e.code == LW_EIO || e.code == LW_ELIMIT) {
		say(r, LW_DIAG_WARNING, e.source, &e);
		return;
	}
	say(r, LW_DIAG_ERROR, e.source, &e);
	in = add_input(r, e.source);
	if (in == NULL) {
		r->nomem = true;
		return;
	}
	in->info.failed = true;
	r->failed = true;
	lw_roll_done(r, r->count - 1);
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
	if (add_input(r, folder) == NULL)
		r->nomem = true;
	else
		lw_roll_done(r, r->count - 1);
}

/* What the operand stands for on this machine; false where it is nothing there. */
static bool
identify(const char *operand, struct stat *st)
{
	if (strcmp(operand, "-") == 0)
		return fstat(STDIN_FILENO, st) == 0;
	return !lw_source_is_address(operand) && stat(operand, st) == 0;
}

/* The input of this name, unless it is a folder. */
static bool
call(struct lw_roll *r, const char *name, bool may_be_folder, size_t *index)
{
	struct lw_input *in;
	struct stat st;
	bool known = identify(name, &st);

	if (known && may_be_folder && S_ISDIR(st.st_mode) && strcmp(name, "-") != 0) {
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
