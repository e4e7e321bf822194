/*
 * fuzz_decoder.c - any bytes as a record, by yajl and by every fast reader.
 *
 * They must agree: accepted or not, with which complaint, and on every field of every
 * entry.  The last byte chooses the kind of the record; most are JSON.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../unit/entry_same.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_record record = {.line = 1, .kind = LW_RECORD_JSON};
	char why[200];

	if (size == 0)
		return 0;
	if (data[size - 1] == 't')
		record.kind = LW_RECORD_TEXT;
	record.bytes = lw_str_make((const char *)data, size - 1);
	if (!readers_agree(record.bytes, why) || !decoders_agree(&record, why)) {
		(void)fprintf(stderr, "%s\n", why);
		abort();
	}
	return 0;
}
