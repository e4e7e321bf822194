/* secret.h - tokens and keys in memory: overwritten before they are freed. */
#ifndef LW_INPUT_SECRET_H
#define LW_INPUT_SECRET_H

#include "base/buf.h"

/* Zeros that the compiler does not leave out; NULL is fine. */
void lw_secret_wipe(void *p, size_t n);

/* lw_buf_fini for a buffer that holds a secret.  What it held before it last grew is not reached:
 * reserve first. */
void lw_secret_fini(struct lw_buf *b);

/* free for a NUL-terminated string; NULL is fine. */
void lw_secret_free(char *z);

#endif
