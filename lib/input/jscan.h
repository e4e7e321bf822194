/*
 * jscan.h - where a JSON value ends.
 *
 * Knows strings, escapes, braces and brackets, nothing else of JSON: a value that
 * ends here may still be malformed.  What it does see is when a value cannot end
 * where it seems to, so that a broken record does not run on into its
 * neighbours: a line that ends inside a string, a string with a letter right behind it
 * (a quote is missing before), braces and brackets that do not fit together or stand where no value
 * can, a line that stands less deep than the value it would belong to.
 */
#ifndef LW_INPUT_JSCAN_H
#define LW_INPUT_JSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the lines inside a value are laid out; what they are checked against. */
enum lw_layout {
	LW_LAYOUT_FREE,     /* nothing is known of its lines: no checks */
	LW_LAYOUT_OUTDENT,  /* begins its line at .indent; no line of it is less deep, none begins
			       with '{' there */
	LW_LAYOUT_INDENTED, /* as well: its members are deeper than its braces */
};

struct lw_jscan {
	uint64_t depth;     /* open braces and brackets */
	uint64_t kinds;     /* of the first 64 of them: bit 0 the outermost; 1 a bracket */
	uint64_t in_string; /* all ones inside a string, else 0 */
	uint64_t newlines;  /* before *pos */
	bool escaped;       /* the next byte is */
	bool closed;        /* the byte before closed a string */
	bool sliding; /* set by the caller where bytes before *pos may be gone: it does not look
			 back */
	enum lw_layout layout;
	size_t indent;   /* blanks before the value on its line */
	const char *why; /* after LW_JSCAN_BROKEN: what is wrong, a phrase; static */
};

enum lw_jscan_result {
	LW_JSCAN_MORE,   /* the value goes on */
	LW_JSCAN_END,    /* *pos is one behind it */
	LW_JSCAN_BROKEN, /* *pos is where it cannot go on; s->why says why */
};

/*
 * Scan p[*pos..n) of a value that begins at p[0] with '{' or '['; last where p[n] is
 * the end of the input.  Start with a cleared *s (but layout and indent) and *pos 0.  After
 * LW_JSCAN_MORE call again with the same bytes and more, *pos as it was left; p may have moved.
 */
enum lw_jscan_result lw_jscan(struct lw_jscan *s, const char *p, size_t n, bool last, size_t *pos);

#endif
