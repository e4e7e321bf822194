/*
 * fuzz_text.c - times, durations and UTF-8 from any bytes.
 *
 * Besides not crashing: a time that was read is written in a form that reads
 * back as the same time, and what was cleaned is clean.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/time.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_str s = lw_str_make((const char *)data, size);
	char text[LW_TIME_TEXT_BYTES];
	struct lw_buf clean;
	int64_t ns, again;
	size_t n;

	n = lw_time_parse_prefix(s, &ns);
	must(n <= size);
	if (n > 0 && ns != LW_TIME_NONE) {
		n = lw_time_format(ns, text);
		must(lw_time_parse(lw_str_make(text, n), &again) && again == ns);
	}
	if (lw_duration_parse(s, &ns))
		must(lw_duration_format(ns, text) < sizeof(text));

	lw_buf_init(&clean);
	lw_utf8_clean(&clean, s);
	must(clean.failed || lw_utf8_check(lw_buf_str(&clean)) == clean.n);
	lw_buf_fini(&clean);
	return 0;
}
