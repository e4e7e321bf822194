/* fuzz_baseline.c - any bytes as an earlier report: what is read of it is in order and in bounds.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "report/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Text that can be read to its end. */
static void
must_be_text(struct lw_str s)
{
	volatile char last = s.n == 0 ? '\0' : s.p[s.n - 1];

	(void)last;
	must(lw_utf8_check(s) == s.n);
}

static void
check(const struct lw_baseline *b)
{
	size_t i;

	must_be_text(b->title);
	for (i = 0; i < b->cluster_count; i++) {
		const struct lw_baseline_cluster *c = &b->clusters[i];

		must(i == 0 || lw_str_cmp(b->clusters[i - 1].id, c->id) <= 0);
		must_be_text(c->id);
		must_be_text(c->title);
		must_be_text(c->severity);
		must_be_text(c->role);
	}
	for (i = 0; i < b->incident_count; i++) {
		must_be_text(b->incidents[i].id);
		must_be_text(b->incidents[i].root_cluster);
		must_be_text(b->incidents[i].title);
		must_be_text(b->incidents[i].service);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_arena *arena = lw_arena_new(0);
	struct lw_error error = {0};
	struct lw_baseline b;
	enum lw_code code;

	if (arena == NULL)
		return 0;
	code = lw_baseline_read(
	    arena, LW_STR("earlier.json"), lw_str_make((const char *)data, size), &b, &error);
	if (code == LW_OK)
		check(&b);
	else
		must(code == LW_ENOMEM || error.message[0] != '\0');
	lw_arena_free(arena);
	return 0;
}
