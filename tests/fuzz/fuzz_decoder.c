/*
 * fuzz_decoder.c - any bytes as records, one a line, by yajl and by every fast reader.
 *
 * They must agree: accepted or not, with which complaint, and on every field of every
 * entry.  The last byte chooses the kind of the records; most are JSON.  Those with
 * resources or labels come three times, since a reader remembers what came twice.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../unit/entry_same.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
compare(struct rivals *rivals, const struct lw_record *record)
{
	char why[200];

	if (readers_agree(rivals, record->bytes, why) && decoders_agree(rivals, record, why))
		return;
	(void)fprintf(stderr, "%s\n", why);
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rivals *rivals; /* made once: they are larger than most inputs */
	struct lw_record record = {.line = 1, .kind = LW_RECORD_JSON};
	const char *p, *end, *nl;
	struct lw_str text;
	int round, rounds = 1;

	if (rivals == NULL)
		rivals = rivals_new();
	if (size == 0 || rivals == NULL)
		return 0;
	if (data[size - 1] == 't')
		record.kind = LW_RECORD_TEXT;
	end = (const char *)data + size - 1;
	text = lw_str_make((const char *)data, size);
	if (lw_str_find(text, LW_STR("labels")) != LW_NPOS ||
	    lw_str_find(text, LW_STR("resource")) != LW_NPOS)
		rounds = 3;
	for (round = 0; round < rounds; round++) {
		for (p = (const char *)data; p <= end; p = nl + 1) {
			nl = p == end ? NULL : memchr(p, '\n', (size_t)(end - p));
			nl = nl == NULL ? end : nl;
			record.bytes = lw_str_make(p, (size_t)(nl - p));
			compare(rivals, &record);
		}
	}
	return 0;
}
