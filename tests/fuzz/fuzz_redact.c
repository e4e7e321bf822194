/* fuzz_redact.c - any bytes: what changes is counted, marked, and the same every time. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "report/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int ok)
{
	if (!ok)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct lw_str in = lw_str_make((const char *)data, size);
	struct lw_buf out = {0}, again = {0};
	size_t count = lw_redact(&out, in), marks = 0, at;
	struct lw_str rest = {out.p, out.n};

	check(count > 0 || lw_str_eq(in, lw_buf_str(&out)));
	while ((at = lw_str_find(rest, LW_STR("[REDACTED:"))) != LW_NPOS) {
		marks++;
		rest = lw_str_make(rest.p + at + 1, rest.n - at - 1);
	}
	check(marks >= count);
	check(lw_redact(&again, in) == count && lw_str_eq(lw_buf_str(&again), lw_buf_str(&out)));
	lw_buf_fini(&out);
	lw_buf_fini(&again);
	return 0;
}
