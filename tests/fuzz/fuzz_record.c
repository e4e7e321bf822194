/*
 * fuzz_record.c - one record of any bytes, decoded as JSON, as YAML and as text.
 *
 * The first byte of the input chooses the kind.  Every run of bytes that an entry hands out is
 * read to its end, so that one which points outside is seen.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"
#include "entry/entry.h"
#include "input/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned char sink;

static void
touch(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		sink ^= (unsigned char)s.p[i];
}

static void
look_at(void *arg, struct lw_entry *e)
{
	size_t i;

	(void)arg;
	touch(e->message);
	touch(e->clean);
	touch(e->insert_id);
	touch(e->log_name);
	touch(e->service);
	touch(e->revision);
	touch(e->instance);
	touch(e->http.method);
	touch(e->http.url);
	touch(e->audit.status_message);
	for (i = 0; i < e->label_count; i++) {
		touch(e->labels[i].key);
		touch(e->labels[i].value);
	}
	if (e->severity >= LW_SEVERITY_COUNT)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum lw_record_kind kinds[] = {LW_RECORD_JSON, LW_RECORD_YAML, LW_RECORD_TEXT};
	struct lw_decoder *decoder = lw_decoder_new();
	struct lw_error warn, error;
	struct lw_record record = {.line = 1};

	if (decoder == NULL)
		return 0;
	if (size > 0) {
		record.kind = kinds[data[0] % 3];
		record.bytes = lw_str_make((const char *)data + 1, size - 1);
		(void)lw_decode(decoder, &record, look_at, NULL, &warn, &error);
	}
	lw_decoder_free(decoder);
	return 0;
}
