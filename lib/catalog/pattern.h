/*
 * pattern.h - one compiled PCRE2 pattern, and the limits under which all run.
 *
 * Patterns see bytes, not characters: log text may be any bytes, "." is one
 * of them, classes list ASCII, and letters fold in ASCII alone.  A line ends
 * with LF.
 *
 * A pattern is compiled when it is read, so that what is wrong with it is
 * told there, and translated to machine code when it is first tried: most
 * patterns of a catalogue never are in a run, and the translation is three quarters of
 * the work.  One that is known to be right can be compiled then, too: the rest of
 * the work is a third of the time of a short run.  Patterns are shared by threads, which take turns
 * at both.
 */
#ifndef LW_CATALOG_PATTERN_H
#define LW_CATALOG_PATTERN_H

#include <pthread.h>
#include <stdatomic.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "catalog/literal.h"

#define LW_PATTERN_MAX_BYTES 4096
#define LW_PATTERN_MAX_GROUPS LW_LITERAL_MAX_NAMES

/*
 * Steps of backtracking, nested backtracking, and memory for it (KiB).  A
 * sane pattern needs a few steps a byte; these stop a runaway one in
 * about a millisecond.
 */
#define LW_PATTERN_MATCH_LIMIT 200000
#define LW_PATTERN_DEPTH_LIMIT 20000
#define LW_PATTERN_HEAP_LIMIT_KIB 2048
#define LW_PATTERN_JIT_STACK_BYTES ((size_t)512 << 10)

struct lw_pattern {
	pcre2_code *code;   /* not to be matched with before `ready` */
	atomic_bool ready;  /* .code stays as it is: NULL where the pattern is wrong after all */
	struct lw_str text; /* of one that waits to be compiled */
	bool caseless;
	struct lw_literals literals;
	struct lw_group {
		const char *name; /* owned by code, or the arena's */
		uint32_t number;
		uint32_t capture; /* index into the rule's captures; set by the rule */
	} * groups;               /* in order of number */
	size_t group_count;
	uint32_t pair_count; /* offset pairs that a match fills */
};

/*
 * Compile; *offset is where in the text the pattern is wrong.  A name may stand in
 * several groups (of different branches).  Returns LW_OK, LW_EPATTERN or LW_ENOMEM with
 * *e filled (message only).  Groups and literals are the arena's; the scratch arena is for work
 * and may be reset afterwards.
 */
enum lw_code lw_pattern_compile(struct lw_pattern *p, struct lw_arena *arena,
    struct lw_arena *scratch, struct lw_str text, bool caseless, size_t *offset,
    struct lw_error *e);
void lw_pattern_fini(struct lw_pattern *p);

/*
 * The same but for PCRE2's part, which comes when the pattern is first tried; the text stays the
 * caller's up to then.  LW_EPATTERN where that cannot be, since not all of it is understood here:
 * lw_pattern_compile tells whether it is right.  LW_ENOMEM.
 */
enum lw_code lw_pattern_defer(struct lw_pattern *p, struct lw_arena *arena,
    struct lw_arena *scratch, struct lw_str text, bool caseless);

/*
 * What became of one that was put off: LW_OK where it is right as far as is known, else it
 * matches nothing and *e is filled as by lw_pattern_compile.  Not while threads use it.
 */
enum lw_code lw_pattern_tried(const struct lw_pattern *p, struct lw_error *e);

/* What matching needs besides the pattern; one a thread. */
struct lw_matcher {
	pthread_mutex_t *translating; /* shared by all that share patterns */
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

/* False where memory ran out. */
bool lw_matcher_init(struct lw_matcher *m, uint32_t pair_count, pthread_mutex_t *translating);
void lw_matcher_fini(struct lw_matcher *m);

enum lw_match { LW_MATCH_NO, LW_MATCH_YES, LW_MATCH_LIMITED };

/* From byte `start` of text on; options as of pcre2_match.  Offsets are in m->data. */
enum lw_match lw_pattern_match(
    struct lw_pattern *p, struct lw_matcher *m, struct lw_str text, size_t start, uint32_t options);

/*
 * How many bytes of a pattern, from its start, take one digit for another everywhere: all of it, or
 * what stands before the first part that does not, so that what the pattern matches they match
 * first; 0 where that is not clear.
 */
size_t lw_pattern_blind_bytes(struct lw_str pattern);

/* Those bytes as a pattern of their own: zero-initialised, compiled when it is first asked. */
struct lw_blind {
	pcre2_code *code;
	bool asked;
};
void lw_blind_fini(struct lw_blind *b);

/*
 * Could p, which is compiled from `pattern`, match the text if it had other digits?  LW_MATCH_NO:
 * it could not; anything else: that is not known.
 */
enum lw_match lw_pattern_match_digits(struct lw_pattern *p, struct lw_blind *b,
    struct lw_matcher *m, struct lw_str pattern, struct lw_str text);

#endif
