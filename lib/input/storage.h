/*
 * storage.h - objects of Cloud Storage: their names by prefix, and their addresses.
 *
 * An operand is gs://BUCKET/NAME, where NAME is the name of one object or the
 * beginning of several; nothing in it is decoded.
 *
 * Source: Cloud Storage JSON API v1, objects.list and objects.get with alt=media; the environment
 * variable STORAGE_EMULATOR_HOST as Google's client libraries read it.
 */
#ifndef LW_INPUT_STORAGE_H
#define LW_INPUT_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "input/remote.h"
#include "input/walk.h"

/* Names of one operand; more are an error. */
#define LW_STORAGE_OBJECTS_MAX ((size_t)1000000)

struct lw_storage;

/*
 * What remote says of credentials and of the time asked for is heeded: hours of a log sink outside
 * of since_ns and until_ns are left out.  Both are borrowed.  NULL where memory ran out.
 */
struct lw_storage *lw_storage_new(const struct lw_remote *remote, struct lw_stop *stop);
void lw_storage_free(struct lw_storage *s); /* NULL is fine */

/* True for "gs://...". */
bool lw_storage_is_operand(const char *operand);

/*
 * The operands, each of one object, that this one stands for, sorted by name byte by byte, into
 * *names (cleared by the caller): itself where there is such an object, else all whose names begin
 * so, but for empty ones that end in a slash and stand for folders, and for hours that were not
 * asked for. *left_out is how many of these there were.  LW_OK, also where there are none;
 * LW_EUSAGE for what is no operand; LW_EACCES where credentials that were named do not work;
 * LW_EHTTP; LW_ELIMIT; LW_EINTR; LW_ENOMEM.  One thread, before any of the functions below.
 */
enum lw_code lw_storage_list(struct lw_storage *s, const char *operand, struct lw_walk *names,
    size_t *left_out, struct lw_error *e);

/* The address of an object's bytes.  LW_OK, LW_EUSAGE, LW_ENOMEM. */
enum lw_code lw_storage_address(
    const struct lw_storage *s, const char *operand, struct lw_buf *url, struct lw_error *e);

/* Who asks; NULL where nobody does: there are no credentials, which does for public buckets. */
struct lw_auth *lw_storage_auth(const struct lw_storage *s);

#endif
