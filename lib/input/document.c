/* document.c - yajl's tree, behind types of our own. */
#include "input/document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_tree.h>

#include "input/secret.h"

/* struct lw_field is never defined: it is a yajl_val under a name of ours. */

struct lw_document {
	yajl_val root;
};

/* yajl's tree is freed by recursion, so its depth must have a limit. */
static bool
is_flat_enough(struct lw_str text)
{
	bool in_string = false;
	size_t depth = 0, i;

	for (i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"')
			in_string = !in_string;
		else if (in_string)
			i += c == '\\';
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > LW_DOCUMENT_MAX_DEPTH)
			return false;
	}
	return true;
}

struct lw_document *
lw_document_new(struct lw_str text, struct lw_error *e)
{
	struct lw_document *d = calloc(1, sizeof(*d));
	char *z = malloc(text.n + 1);
	char why[128] = "";

	if (!is_flat_enough(text)) {
		(void)lw_error_set(e, LW_EJSON, "is nested too deeply");
	} else if (d != NULL && z != NULL) {
		if (text.n > 0)
			memcpy(z, text.p, text.n);
		z[text.n] = '\0';
		if (strlen(z) == text.n) /* behind a NUL yajl would see nothing */
			d->root = yajl_tree_parse(z, why, sizeof(why));
		if (d->root == NULL)
			(void)lw_error_set(e, LW_EJSON, "is no JSON");
	} else {
		(void)lw_error_set(e, LW_ENOMEM, "out of memory");
	}
	if (z != NULL)
		lw_secret_wipe(z, text.n);
	free(z);
	if (d == NULL || d->root == NULL) {
		free(d);
		return NULL;
	}
	return d;
}

static void
wipe(yajl_val v)
{
	char *text = YAJL_IS_STRING(v) ? v->u.string : NULL;
	size_t i;

	if (text != NULL) {
		lw_secret_wipe(text, strlen(text));
	} else if (YAJL_IS_OBJECT(v)) {
		for (i = 0; i < YAJL_GET_OBJECT(v)->len; i++)
			wipe(YAJL_GET_OBJECT(v)->values[i]);
	} else if (YAJL_IS_ARRAY(v)) {
		for (i = 0; i < YAJL_GET_ARRAY(v)->len; i++)
			wipe(YAJL_GET_ARRAY(v)->values[i]);
	}
}

void
lw_document_free(struct lw_document *d)
{
	if (d == NULL)
		return;
	wipe(d->root);
	yajl_tree_free(d->root);
	free(d);
}

static const struct lw_field *
field(yajl_val v)
{
	return (const struct lw_field *)(const void *)v;
}

static yajl_val
value(const struct lw_field *f)
{
	return (yajl_val)(uintptr_t)f;
}

const struct lw_field *
lw_document_root(const struct lw_document *d)
{
	return field(d->root);
}

const struct lw_field *
lw_field_get(const struct lw_field *f, const char *name)
{
	const char *path[] = {name, NULL};
	yajl_val v = value(f);

	return YAJL_IS_OBJECT(v) ? field(yajl_tree_get(v, path, yajl_t_any)) : NULL;
}

size_t
lw_field_count(const struct lw_field *f)
{
	yajl_val v = value(f);

	return YAJL_IS_ARRAY(v) ? YAJL_GET_ARRAY(v)->len : 0;
}

const struct lw_field *
lw_field_at(const struct lw_field *f, size_t i)
{
	return field(YAJL_GET_ARRAY(value(f))->values[i]);
}

const char *
lw_field_text(const struct lw_field *f)
{
	yajl_val v = value(f);

	return YAJL_IS_STRING(v) ? YAJL_GET_STRING(v) : NULL;
}

const char *
lw_field_text_of(const struct lw_field *f, const char *name)
{
	return lw_field_text(lw_field_get(f, name));
}

int64_t
lw_field_number(const struct lw_field *f, int64_t fallback)
{
	yajl_val v = value(f);
	const char *text = YAJL_IS_STRING(v)   ? YAJL_GET_STRING(v)
			   : YAJL_IS_NUMBER(v) ? YAJL_GET_NUMBER(v)
					       : NULL;
	char *end;
	long long n;

	if (text == NULL)
		return fallback;
	errno = 0;
	n = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' ? n : fallback;
}
