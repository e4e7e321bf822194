/*
 * roll.h - the inputs of a run in their order, and what the user is to hear of them.
 *
 * Inputs are called up one by one, folders walked and objects listed when their turn comes.  They
 * may be read side by side; what there is to say of them is kept until all inputs before are done,
 * so that it comes out in the order of the operands. Not thread-safe: whoever shares a roll holds a
 * lock.
 */
#ifndef LW_INPUT_ROLL_H
#define LW_INPUT_ROLL_H

#include <sys/types.h>

#include "input/input.h"
#include "input/remote.h"
#include "input/walk.h"

struct lw_input {
	struct lw_input_info info; /* info.name is owned */
	char *operand;
	bool done;
	bool has_identity; /* a file of this machine */
	dev_t device;
	ino_t number;
};

/* What is to be said once the inputs before `turn` are done. */
struct lw_saying {
	struct lw_saying *next;
	size_t turn;
	enum lw_diag_level level;
	struct lw_error error;
};

/* In the order they came. */
struct lw_sayings {
	struct lw_saying *first, *last;
};

struct lw_roll {
	char **operands;
	size_t operand_count, next_operand;
	struct lw_remote remote; /* its notes become sayings */
	struct lw_stop *stop;    /* borrowed */
	struct lw_walk
	    walk; /* of the operand that is a folder, or the beginning of objects' names */
	size_t next_path;
	struct lw_input **inputs; /* each on its own, so that what was handed out stays put */
	size_t count, cap;
	size_t done; /* inputs before it are done */
	struct lw_sayings sayings;
	bool failed; /* some input could not be read */
	bool nomem;
};

/* operands[0..count) are copied, stop is borrowed; none means standard input.  False where memory
 * ran out; free it either way. */
bool lw_roll_init(
    struct lw_roll *r, const char *const *operands, size_t count, struct lw_stop *stop);
void lw_roll_fini(struct lw_roll *r);

/* Of the operands that are files of this machine, as stored. */
uint64_t lw_roll_file_bytes(const struct lw_roll *r);

/* How to reach what is not here; before the first input is called up. */
void lw_roll_remote(struct lw_roll *r, const struct lw_remote *remote);

/* Index of the next input to be read; false where there is none, or memory ran out (nomem). */
bool lw_roll_call(struct lw_roll *r, size_t *index);

/* May lw_roll_call have more to give? */
bool lw_roll_more(const struct lw_roll *r);

/* Add a saying to a list.  False where memory ran out. */
bool lw_say(struct lw_sayings *s, size_t turn, enum lw_diag_level level, const struct lw_error *e);

/* Take the sayings of one input, which are in order. */
void lw_roll_hear(struct lw_roll *r, struct lw_sayings *s);

/* The input will say no more. */
void lw_roll_done(struct lw_roll *r, size_t index);

/* What may be said now of the inputs before `end`, first things first: the caller's to free with
 * lw_sayings_free. */
struct lw_sayings lw_roll_due(struct lw_roll *r, size_t end);
void lw_sayings_free(struct lw_sayings *s);

#endif
