/* frame_parts.h - what the files of the framer share. */
#ifndef LW_INPUT_FRAME_PARTS_H
#define LW_INPUT_FRAME_PARTS_H

#include "input/frame.h"
#include "input/jscan.h"

enum lw_step {
	LW_STEP_RECORD,
	LW_STEP_AGAIN, /* something was taken or decided; look again */
	LW_STEP_END,
	LW_STEP_NOMEM,
};

/* What begins at a brace or bracket. */
enum lw_start {
	LW_START_NONE, /* no JSON */
	LW_START_LINE, /* an object, with a member on the line of its brace */
	LW_START_TALL, /* an object whose members begin on the next line */
	LW_START_ARRAY,
};

/* frame.c */

#define LW_NO_BYTE (-1)
int lw_frame_far_byte(struct lw_framer *f, size_t pos); /* by reading on */

/* The byte at pos, LW_NO_BYTE behind the end. */
static inline int
lw_frame_byte(struct lw_framer *f, size_t pos)
{
	return pos < lw_window_size(&f->window) ? (unsigned char)lw_window_at(&f->window)[pos]
						: lw_frame_far_byte(f, pos);
}

/* The first byte from pos that is no blank or newline (LW_NO_BYTE: none within reach); *pos is
 * moved there.  *newline is set where one was passed. */
int lw_frame_nonblank(struct lw_framer *f, size_t *pos, bool *newline);

enum lw_start lw_frame_start_at(struct lw_framer *f, size_t pos);

enum lw_line { LW_LINE_FOUND, LW_LINE_LAST, LW_LINE_LONG, LW_LINE_NOMEM };
/* The newline from pos on: *end is its place, or that of the end of the input (LW_LINE_LAST).
 * LW_LINE_LONG: none within limit bytes of the window. */
enum lw_line lw_frame_line(struct lw_framer *f, size_t pos, size_t limit, size_t *end);

/* Skip through the next newline, however far it is. */
void lw_frame_drop_line(struct lw_framer *f);

/* Fill *r with the n bytes at the start of the window, which hold so many newlines, and skip them.
 */
void lw_frame_take(struct lw_framer *f, struct lw_record *r, enum lw_record_kind kind, size_t n,
    uint64_t newlines);

/* What the user should know of where the framer stands, though nothing is lost. */
void lw_frame_warn(struct lw_framer *f, enum lw_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A record that is lost, or a note, with the place of pos. */
void lw_frame_malformed(struct lw_framer *f, size_t pos, enum lw_code code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void lw_frame_note(struct lw_framer *f, enum lw_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* frame_json.c: an object or array at pos in the top place; window.start is the start of its line,
 * or f->line_start is false. */
enum lw_step lw_frame_json(
    struct lw_framer *f, size_t pos, enum lw_start start, struct lw_record *r);

enum lw_value {
	LW_VALUE_WHOLE,  /* *end is one behind it */
	LW_VALUE_BROKEN, /* *end is where; scan->why says why */
	LW_VALUE_CUT,    /* the input ends inside */
	LW_VALUE_LONG,   /* above the limit: reported, and skipped */
	LW_VALUE_NOMEM,
};
/* The value at the start of the window, *scan cleared but for its layout. */
enum lw_value lw_frame_value(struct lw_framer *f, struct lw_jscan *scan, size_t *end);

/* The layout of the object at the start of the window, which begins its line after f->indent
 * blanks; what is no blank behind its brace stands at `inside`. */
void lw_frame_layout(
    struct lw_framer *f, enum lw_start start, size_t inside, struct lw_jscan *scan);

/* Is the object at pos a page: *in is behind the bracket of its entries. */
bool lw_frame_page(struct lw_framer *f, size_t pos, size_t *in);

/* frame_array.c */
void lw_frame_enter(struct lw_framer *f, enum lw_place place,
    size_t skip); /* into an array whose first element comes after skip bytes */
enum lw_step lw_frame_element(struct lw_framer *f, struct lw_record *r);
enum lw_step lw_frame_tail(struct lw_framer *f);

/* frame_resync.c: behind a broken object; from is where it broke.  Leaves the window where the next
 * record may start. */
void lw_frame_resync_lines(struct lw_framer *f, size_t from, size_t indent, bool top);
void lw_frame_resync_flat(struct lw_framer *f, size_t from);

/* Is `key` (without quotes) a field of a LogEntry, in either spelling? */
bool lw_frame_is_field(struct lw_str key);

/* frame_text.c, frame_yaml.c: the window starts at the start of a line. */
enum lw_step lw_frame_text(struct lw_framer *f, struct lw_record *r);
enum lw_step lw_frame_text_rest(
    struct lw_framer *f, struct lw_record *r); /* at the end: parts that wait */
bool lw_frame_yaml_begins(struct lw_framer *f, struct lw_str line, size_t next);
enum lw_step lw_frame_yaml(struct lw_framer *f, struct lw_record *r);

#endif
