/*
 * stack.h - stack traces in a message.
 *
 * Recognised by how the languages' own runtimes print them.  A chain of
 * exceptions is kept as the trace states it: [0] is what surfaced last, each
 * next one is its cause, or what was being handled when it happened.
 */
#ifndef LW_ENTRY_STACK_H
#define LW_ENTRY_STACK_H

#include "base/arena.h"
#include "entry/entry.h"

#define LW_STACK_EXCEPTIONS 32 /* of one chain; the rest is left out */
#define LW_STACK_FRAMES 512    /* of one trace; the rest is left out */

/* The trace in text (cleaned), or NULL in *stack where there is none.  False where memory ran out.
 */
bool lw_stack_parse(struct lw_arena *arena, struct lw_str text, const struct lw_stack **stack);

/* What a message without a whole trace is to a trace that came one entry a line. */
enum lw_fragment lw_fragment_of(struct lw_str text);

/*
 * "Type: message" or "Type" on one line: an identifier that names an error
 * (dotted, or ending in Error, Exception, ...).  False where it is none.
 */
bool lw_raised_parse(struct lw_str line, struct lw_str *type, struct lw_str *message);

/*
 * "Type: message" or "Type" of any name that reads as a class: dotted ("store.NoQuorum",
 * "Acme\Theme\NoLayout", "Faraday::Refused"), or one word, its last part beginning with a
 * capital and not all in capitals.  A name alone has a joint or two humps.
 */
bool lw_named_parse(struct lw_str line, struct lw_str *type, struct lw_str *message);

/*
 * "Type: message", the first line of it, as a line of text: at most `room` bytes go
 * into line (not NUL-terminated), whole characters.  Returns how many; 0 where the
 * exception has no message, so that a type alone is not taken for what happened.
 */
size_t lw_raised_line(const struct lw_exception *x, char *line, size_t room);

/* own.c: is the frame's code the application's, by what its language's libraries are called? */
bool lw_frame_own(enum lw_trace_language language, const struct lw_frame *frame);

struct lw_raised {
	struct lw_str type, message;
	enum lw_chain_link link;
	size_t first_frame, frame_count;
};

/* For the parsers of the languages: a trace being put together, in the order of the text. */
struct lw_stack_builder {
	struct lw_arena *arena;
	struct lw_str text;
	enum lw_trace_language language;
	struct lw_raised exceptions[LW_STACK_EXCEPTIONS];
	struct lw_frame frames[LW_STACK_FRAMES];
	size_t exception_count, frame_count;
	size_t start, end;
};

/* Lines of text, without their ends.  False at the end of the text. */
struct lw_lines {
	struct lw_str text;
	size_t at;    /* where the next line starts */
	size_t start; /* where the line starts that lw_line_next gave last */
};
bool lw_line_next(struct lw_lines *l, struct lw_str *line);

/* A new exception at the end of the list; returns its index, or LW_STACK_EXCEPTIONS where there is
 * no room. */
size_t lw_builder_exception(
    struct lw_stack_builder *b, struct lw_str type, struct lw_str message, enum lw_chain_link link);

/* A frame of the exception added last; ignored where there is none or no room. */
void lw_builder_frame(
    struct lw_stack_builder *b, struct lw_str file, struct lw_str function, struct lw_str line);

struct lw_str lw_str_after(struct lw_str s, size_t n); /* s without its first n bytes, n <= s.n */
struct lw_str lw_str_left(struct lw_str s);            /* s without blanks at its start */
size_t lw_str_char(struct lw_str s, char c);           /* offset of c, or LW_NPOS */
size_t lw_str_char_last(struct lw_str s, char c);
uint32_t lw_str_number(struct lw_str s); /* leading digits; 0 where there are none */

/* One parser a language: fill b from b->text; false where there is no trace of it. */
bool lw_stack_python(struct lw_stack_builder *b);
bool lw_stack_at(struct lw_stack_builder *b); /* Java, Node and .NET: "at ..." lines */
bool lw_stack_go(struct lw_stack_builder *b);
bool lw_stack_ruby(struct lw_stack_builder *b);
bool lw_stack_php(struct lw_stack_builder *b);
bool lw_stack_rust(struct lw_stack_builder *b);
bool lw_stack_elixir(struct lw_stack_builder *b);

#endif
