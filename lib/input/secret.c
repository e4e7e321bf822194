/* secret.c - see secret.h. */
#include "input/secret.h"

#include <stdlib.h>
#include <string.h>

void
lw_secret_wipe(void *p, size_t n)
{
	volatile char *at = p;

	while (n-- > 0)
		*at++ = 0;
}

void
lw_secret_fini(struct lw_buf *b)
{
	if (b->p != NULL)
		lw_secret_wipe(b->p, b->cap);
	lw_buf_fini(b);
}

void
lw_secret_free(char *z)
{
	if (z != NULL)
		lw_secret_wipe(z, strlen(z));
	free(z);
}
