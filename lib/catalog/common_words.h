/*
 * common_words.h - what logs speak of whether anything fails or not: a text of these tells little
 * of what a message is.
 */
#ifndef LW_CATALOG_COMMON_WORDS_H
#define LW_CATALOG_COMMON_WORDS_H

#include <stdbool.h>

#include "base/str.h"

#define LW_COMMON_WORD_BYTES 12 /* at most */

/* In the order of their bytes, in lower case; NULL behind the last. */
extern const char *const lw_common_words[];

/* Is the text, in lower case, such a word or, where no blank ends it, the start of one? */
bool lw_is_common(struct lw_str text);

#endif
