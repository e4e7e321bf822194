/* check_cluster.c - messages that no rule knows: what all its cases need. */
#include "check_cluster.h"

#include <inttypes.h>
#include <stdlib.h>

uint64_t
add(struct lw_clusterer *c, const char *message)
{
	uint64_t signature = 0;

	ck_assert(lw_cluster_add(c, lw_str_from(message), NULL, &signature));
	ck_assert_uint_ne(signature, 0);
	return signature;
}

void
dump(struct lw_buf *out, const struct lw_clusterer *c)
{
	size_t i, k, v;

	for (i = 0; i < lw_cluster_count(c); i++) {
		const struct lw_template *t = lw_cluster_template(c, i);

		lw_buf_printf(out, "%" PRIu64 " %016" PRIx64 " ", t->count, t->id);
		lw_buf_addstr(out, t->text);
		for (k = 0; k < t->slot_count; k++) {
			const struct lw_slot *s = &t->slots[k];

			lw_buf_printf(out, " {%s %" PRIu64 "%s:", s->type, s->distinct,
			    s->distinct_capped ? "+" : "");
			for (v = 0; v < s->value_count; v++) {
				lw_buf_addc(out, ' ');
				lw_buf_addstr(out, s->values[v].value);
				lw_buf_printf(out, "=%" PRIu64, s->values[v].count);
			}
			lw_buf_addc(out, '}');
		}
		lw_buf_addz(out, " e.g. ");
		lw_buf_addstr(out, t->example);
		lw_buf_addc(out, '\n');
	}
	lw_buf_printf(out, "folded %" PRIu64 "\n", lw_cluster_folded(c));
	ck_assert(lw_buf_ok(out));
}

int
main(void)
{
	Suite *s = suite_create("cluster");
	SRunner *r;
	int failed;

	suite_add_tcase(s, mask_case());
	suite_add_tcase(s, decide_case());
	suite_add_tcase(s, merge_case());
	suite_add_tcase(s, grouping_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
