/*
 * download.h - one object over HTTP as a stream that goes on after a cut.
 *
 * A transfer that fails in passing is tried again as net->retry says, from the byte where it
 * stopped: by a range of the same object where the server names its version (RFC 9110, 13.1.5:
 * If-Range with a strong ETag or Last-Modified; Cloud Storage: the generation), else from its
 * start, the bytes that were handed out already being passed over and held against their checksum.
 * An object that became another in between is an error, never a mixture.  Tries are counted anew
 * whenever bytes came.
 *
 * Bytes are handed out as they are stored or were packed for the way (Content-Encoding: gzip is
 * asked for and not undone); whoever reads finds gzip by its magic bytes.  Checksums that
 * Cloud Storage gives for them are verified at the end.
 */
#ifndef LW_INPUT_DOWNLOAD_H
#define LW_INPUT_DOWNLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "input/auth.h"
#include "input/http.h"

struct lw_download;

struct lw_download_options {
	const struct lw_net *net; /* borrowed, as is stop */
	struct lw_stop *stop;
	const char *url;      /* copied */
	const char *name;     /* for notes of tries that failed; copied */
	struct lw_auth *auth; /* borrowed; NULL: nobody asks */
	bool generations;     /* the address takes the parameter "generation" of Cloud Storage */
};

/*
 * Ask for the object, up to the first of its answer.  LW_OK; LW_EUSAGE for an address that is none
 * or not allowed; LW_EHTTP, which says after how many tries; LW_EINTR when stopped; LW_ENOMEM;
 * what lw_auth_token returns.
 */
enum lw_code lw_download_open(
    const struct lw_download_options *o, struct lw_download **d, struct lw_error *e);
void lw_download_close(struct lw_download *d); /* NULL is fine */

/* As the read of a source: up to n bytes, 0 at the end or when stopped, -1 where it ends early or
 * was damaged on the way. */
ptrdiff_t lw_download_read(struct lw_download *d, char *buf, size_t n, struct lw_error *e);

/* All its bytes, as they are handed out; 0 where that is not known. */
uint64_t lw_download_size(const struct lw_download *d);

#endif
