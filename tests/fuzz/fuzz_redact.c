/* fuzz_redact.c - what was redacted once holds no secret a second time. */
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
	struct lw_buf once = {0}, twice = {0};

	(void)lw_redact(&once, lw_str_make((const char *)data, size));
	check(lw_redact(&twice, lw_buf_str(&once)) == 0);
	check(lw_str_eq(lw_buf_str(&once), lw_buf_str(&twice)));
	lw_buf_fini(&once);
	lw_buf_fini(&twice);
	return 0;
}
