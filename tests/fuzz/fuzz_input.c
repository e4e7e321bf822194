/*
 * fuzz_input.c - any bytes as an input file: framing, gzip, malformed records.
 *
 * Each record is read to its end, and says an input and a line that there are.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"
#include "scratch.h"
#include "input/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned char sink;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = scratch_file(data, size);
	struct lw_record record;
	struct lw_reader *reader;
	size_t i;

	if (path == NULL)
		return 0;
	reader = lw_reader_new(&path, 1, NULL, NULL);
	if (reader == NULL)
		return 0;
	while (lw_reader_next(reader, &record) == LW_NEXT_RECORD) {
		for (i = 0; i < record.bytes.n; i++)
			sink ^= (unsigned char)record.bytes.p[i];
		if (record.line == 0 || record.input >= lw_reader_input_count(reader))
			abort();
	}
	lw_reader_free(reader);
	return 0;
}
