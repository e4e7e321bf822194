/*
 * frame.h - one input's bytes to records.
 *
 * The framer looks at the bytes between two records and decides what comes:
 * an object, an array, a page with entries, YAML or text.  What the input has
 * shown so far settles only what the bytes leave open, so inputs may be mixed:
 * text between JSON lines, pages one after the other.  It reads from a
 * window and copies nothing but the parts of CRI lines.
 */
#ifndef LW_INPUT_FRAME_H
#define LW_INPUT_FRAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "input/input.h"
#include "input/window.h"

/* Where the start of the window stands. */
enum lw_place {
	LW_PLACE_TOP,     /* between records of the input */
	LW_PLACE_ARRAY,   /* in an array of records, between two elements */
	LW_PLACE_ENTRIES, /* as well, in the member `entries` of a page */
	LW_PLACE_TAIL,    /* in a page, behind its entries */
};

#define LW_CRI_STREAMS 2

/* malformed: a record was lost, and counts; *e has line and offset but no source. */
typedef void lw_frame_report_fn(
    void *arg, enum lw_diag_level level, bool malformed, const struct lw_error *e);

struct lw_framer {
	struct lw_window window;
	lw_frame_report_fn *report;
	void *report_arg;
	/* set by the caller, kept between inputs */
	bool join;      /* lines that continue a message belong to it */
	bool by_layout; /* records may be told by the layout of their lines */

	enum lw_place place;
	bool begun;      /* something of this input was recognised */
	bool yaml;       /* YAML up to the end */
	bool json;       /* a JSON record was seen */
	bool by_line;    /* JSON ends with its line */
	bool line_start; /* the window starts at the start of a line */
	size_t indent;   /* blanks on the line before the start of the window, where line_start is
			    false */
	bool indent_known;

	/* of the array the window stands in */
	uint64_t array_line;
	bool page_in_array;     /* the page with the entries is itself an element */
	bool objects;           /* its elements are objects */
	bool tall;              /* its elements begin with a line */
	size_t elem_indent;     /* and this many blanks */
	char first_key[48];     /* of its first element, with the quotes; "" where unknown */
	struct {                /* what stood between two elements lately */
		char text[32];  /* up to and with the newline behind the brace of the second */
		size_t n;       /* 0 where unknown */
		size_t brace;   /* where it is */
		uint64_t lines; /* before it */
	} between;

	struct {
		struct lw_buf text; /* header and the parts so far */
		uint64_t line, offset;
	} cri[LW_CRI_STREAMS];
	struct lw_buf cri_out; /* the record handed out */
};

void lw_framer_init(struct lw_framer *f);
void lw_framer_fini(struct lw_framer *f);

/* Begin an input.  The source is borrowed until the framer returns LW_NEXT_END. */
void lw_framer_open(
    struct lw_framer *f, struct lw_source *source, lw_frame_report_fn *report, void *arg);

/*
 * The next record, but for record->input.  Offsets ascend, but a CRI message whose
 * parts stand among other lines is handed out at its last part, with the place of its first.  At
 * LW_NEXT_END window.failed says whether reading ended early.
 */
enum lw_next lw_framer_next(struct lw_framer *f, struct lw_record *record);

/*
 * Does the framer stand at the start of a line, where each line of one object is a
 * record?  Then lines that lw_plain_lines finds may be taken from the window without
 * asking the framer: lw_framer_took tells it.
 */
bool lw_framer_by_line(const struct lw_framer *f);
void lw_framer_took(struct lw_framer *f, size_t n, uint64_t newlines);

/* Does the framer stand behind an element of an array, and may lw_framer_cut find the next one? */
static inline bool
lw_framer_cuts(const struct lw_framer *f)
{
	return f->by_layout && (f->place == LW_PLACE_ARRAY || f->place == LW_PLACE_ENTRIES) &&
	       f->objects && f->tall && !f->indent_known && f->first_key[0] != '\0';
}

/*
 * The next element of an array, from what the window holds, as the layout of its lines shows it: it
 * begins a line as those before it did, all its lines are deeper, and the first that is not begins
 * with a brace below the first.  If that is a JSON value, lw_framer_next gives the same.
 * False where it takes lw_framer_next to tell.
 */
bool lw_framer_cut(struct lw_framer *f, struct lw_record *record);

/*
 * Begin with a record that was told by its layout (an element of lw_framer_cut, a line of
 * lw_plain_lines) and is no JSON value: lw_framer_next gives what it should have, or reports what
 * is wrong, with their places in the input.  Bytes are copied.  A note that the array is not closed
 * means nothing here.  False where memory ran out.
 */
bool lw_framer_open_cut(
    struct lw_framer *f, const struct lw_record *record, lw_frame_report_fn *report, void *arg);

/* Bytes of the line p[0..n) without the blanks at its end: its record. */
static inline size_t
lw_frame_trimmed(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return n;
}

#endif
