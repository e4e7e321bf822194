/*
 * ahead.h - sources that are opened and read before their turn.
 *
 * The next few operands are each read by a thread of its own into a buffer of bounded
 * size, until somebody opens them: a server's answers are waited for at the same time, and what
 * is read does not depend on which was faster.  What the threads have to say waits for
 * the one who opens the source, too.
 */
#ifndef LW_INPUT_AHEAD_H
#define LW_INPUT_AHEAD_H

#include <stddef.h>

#include "base/error.h"
#include "input/source.h"

#define LW_AHEAD_SOURCES 4               /* that wait to be opened */
#define LW_AHEAD_BYTES ((size_t)4 << 20) /* that wait to be read, of each */

struct lw_ahead;

/* As lw_source_open; called by any thread. */
typedef enum lw_code lw_ahead_open_fn(const char *operand, const struct lw_remote *remote,
    struct lw_stop *stop, struct lw_source **s, struct lw_error *e);

/* remote and stop are borrowed.  NULL where memory ran out. */
struct lw_ahead *lw_ahead_new(
    lw_ahead_open_fn *open, const struct lw_remote *remote, struct lw_stop *stop);
void lw_ahead_free(struct lw_ahead *a); /* after its sources were closed; NULL is fine */

/* These will be opened, about in this order; copied.  False where memory ran out.  Any thread. */
bool lw_ahead_expect(struct lw_ahead *a, char *const *operands, size_t count);

/*
 * The source of an operand, which was expected or not; remote's diag, borrowed until it is closed,
 * hears what its thread has to say.  As lw_source_open; LW_ENOMEM also where no thread could be
 * had.  Any thread.
 */
enum lw_code lw_ahead_open(struct lw_ahead *a, const char *operand, const struct lw_remote *remote,
    struct lw_source **s, struct lw_error *e);

#endif
