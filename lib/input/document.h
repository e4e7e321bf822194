/*
 * document.h - a small JSON document: an API's answer, a credential's file.
 *
 * Parsed as a whole by yajl, so its size must have a ceiling before.  Texts are
 * overwritten when it is freed, since they may be secrets.  One thread.
 */
#ifndef LW_INPUT_DOCUMENT_H
#define LW_INPUT_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct lw_document;
struct lw_field; /* a value in it, owned by it */

#define LW_DOCUMENT_MAX_DEPTH 64

/* NULL where text is no JSON or nested too deeply (LW_EJSON), or memory ran out (LW_ENOMEM); *e
 * says which. */
struct lw_document *lw_document_new(struct lw_str text, struct lw_error *e);
void lw_document_free(struct lw_document *d); /* NULL is fine */

const struct lw_field *lw_document_root(const struct lw_document *d);

/* The member of an object; NULL where f is NULL, no object, or has no such member. */
const struct lw_field *lw_field_get(const struct lw_field *f, const char *name);

/* Elements of an array; 0 for everything else.  i < count. */
size_t lw_field_count(const struct lw_field *f);
const struct lw_field *lw_field_at(const struct lw_field *f, size_t i);

/* The text of a string, NUL-terminated; NULL where f is NULL or something else. */
const char *lw_field_text(const struct lw_field *f);

/* Shorthand: the text of a member. */
const char *lw_field_text_of(const struct lw_field *f, const char *name);

/* A whole number, also in a string (as Google's APIs write int64); otherwise fallback. */
int64_t lw_field_number(const struct lw_field *f, int64_t fallback);

#endif
