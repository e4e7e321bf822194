/*
 * shape.h - the shapes that values have (private to cluster/).
 */
#ifndef LW_CLUSTER_SHAPE_H
#define LW_CLUSTER_SHAPE_H

#include "cluster/mask.h"

/* Classes of bytes; what is none of these is a delimiter of its own. */
#define LW_BYTE_BLANK 0x01
#define LW_BYTE_DIGIT 0x02
#define LW_BYTE_LETTER 0x04 /* bytes above 0x7f too, valid UTF-8 or not */
#define LW_BYTE_HEX 0x08
#define LW_BYTE_JOIN 0x10  /* punctuation that holds a run together */
#define LW_BYTE_SHAPE 0x20 /* of these, what makes a run worth a look */
#define LW_BYTE_SLASH 0x40 /* '/' and '\\' */
#define LW_BYTE_COLON 0x80

extern const uint8_t lw_byte_class[256];

struct lw_lexer {
	const char *p;
	size_t n;
	struct lw_masked *out;
	uint32_t values; /* emitted so far */
	bool blank;      /* blanks were seen since the last token */
};

/* Append a token; where it ends the repetition of what stands before it, both become one (a list).
 */
void lw_lexer_emit(
    struct lw_lexer *x, enum lw_token_kind kind, enum lw_value_type type, size_t start, size_t end);

/* The run p[start..end), of bytes of the classes seen, has digits or joining punctuation: emit its
 * tokens.  Returns where to go on, at least end. */
size_t lw_shape(struct lw_lexer *x, size_t start, size_t end, uint8_t seen);

/* The run is letters and '_' or '$' alone: a word, or the start of a date. */
size_t lw_shape_word(struct lw_lexer *x, size_t start, size_t end);

/* "<1 sec" at p[i] is a duration: emit it and return its end; 0 where it is none. */
size_t lw_shape_less_than(struct lw_lexer *x, size_t i);

#endif
