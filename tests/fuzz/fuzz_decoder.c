/*
 * fuzz_decoder.c - any bytes as records, one a line, by yajl and by every fast reader.
 *
 * They must agree: accepted or not, with which complaint, and on every field of every
 * entry.  The last byte chooses the kind of the records; most are JSON.  They come three
 * times, since a decoder remembers what came twice, and then with other digits, since it
 * remembers messages without theirs.
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

static void
change_digits(char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] >= '0' && p[i] <= '9')
			p[i] = (char)('0' + (p[i] - '0' + 7) % 10);
}

static void
compare_lines(struct rivals *rivals, struct lw_record *record, const char *p, size_t n)
{
	const char *end = p + n, *nl;

	for (; p <= end; p = nl + 1) {
		nl = p == end ? NULL : memchr(p, '\n', (size_t)(end - p));
		nl = nl == NULL ? end : nl;
		record->bytes = lw_str_make(p, (size_t)(nl - p));
		compare(rivals, record);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rivals *rivals; /* made once: they are larger than most inputs */
	struct lw_record record = {.line = 1, .kind = LW_RECORD_JSON};
	char *copy;
	int round;

	if (rivals == NULL)
		rivals = rivals_new();
	if (size == 0 || rivals == NULL)
		return 0;
	if (data[size - 1] == 't')
		record.kind = LW_RECORD_TEXT;
	copy = malloc(size);
	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	for (round = 0; round < 4; round++) {
		if (round == 3)
			change_digits(copy, size - 1);
		compare_lines(rivals, &record, copy, size - 1);
	}
	free(copy);
	return 0;
}
