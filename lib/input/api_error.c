/* api_error.c - see api_error.h. */
#include "input/api_error.h"

#include <stdio.h>
#include <string.h>

#include "input/document.h"
#include "input/http.h"

#define MESSAGE_BYTES 200
#define NAME_BYTES 80

/* At most size - 1 bytes of text on one line; "" for NULL and for what holds the secret. */
static void
copy_clean(char *to, size_t size, const char *text, struct lw_str secret)
{
	size_t n = 0;

	if (text != NULL && (secret.n == 0 || lw_str_find(lw_str_from(text), secret) == LW_NPOS))
		for (; *text != '\0' && n < size - 1; text++)
			to[n++] = (unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text;
	to[n] = '\0';
}

/* The quota that an ErrorInfo names. */
static void
add_quota(char *to, size_t size, const struct lw_field *error, struct lw_str secret)
{
	const struct lw_field *details = lw_field_get(error, "details");
	char name[NAME_BYTES], value[NAME_BYTES];
	size_t i;

	for (i = 0; i < lw_field_count(details); i++) {
		const struct lw_field *data = lw_field_get(lw_field_at(details, i), "metadata");
		const char *limit = lw_field_text_of(data, "quota_limit");

		if (limit == NULL)
			limit = lw_field_text_of(data, "quota_metric");
		copy_clean(name, sizeof(name), limit, secret);
		copy_clean(
		    value, sizeof(value), lw_field_text_of(data, "quota_limit_value"), secret);
		if (name[0] == '\0')
			continue;
		(void)snprintf(to, size, "; the quota %s%s%s is used up", name,
		    value[0] == '\0' ? "" : " of ", value);
		return;
	}
}

enum lw_code
lw_api_error(
    long status, struct lw_str body, struct lw_str secret, const char *advice, struct lw_error *e)
{
	struct lw_document *d = lw_document_new(body, NULL);
	const struct lw_field *root = d == NULL ? NULL : lw_document_root(d);
	const struct lw_field *error = lw_field_get(root, "error");
	char name[NAME_BYTES], message[MESSAGE_BYTES], quota[2 * NAME_BYTES + 40] = "";

	copy_clean(name, sizeof(name), lw_field_text_of(error, "status"), secret);
	copy_clean(message, sizeof(message), lw_field_text_of(error, "message"), secret);
	add_quota(quota, sizeof(quota), error, secret);
	if (name[0] == '\0' && message[0] == '\0')
		(void)lw_http_status_error(status, e);
	else
		(void)lw_error_set(e, LW_EHTTP,
		    "the server answered with status %ld%s%s%s%s%s%s%s%s", status,
		    name[0] == '\0' ? "" : " (", name, name[0] == '\0' ? "" : ")",
		    message[0] == '\0' ? "" : ": ", message, quota, advice == NULL ? "" : "; ",
		    advice == NULL ? "" : advice);
	lw_document_free(d);
	return LW_EHTTP;
}
