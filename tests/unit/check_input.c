/* check_input.c - from operands to records: the suite. */
#include <stdlib.h>

#include "input_helper.h"

int
main(void)
{
	Suite *s = suite_create("input");
	SRunner *r;
	int failed;

	suite_add_tcase(s, input_frame_case());
	suite_add_tcase(s, input_damage_case());
	suite_add_tcase(s, input_source_case());
	suite_add_tcase(s, input_http_case());
	suite_add_tcase(s, input_retry_case());
	suite_add_tcase(s, input_storage_case());
	suite_add_tcase(s, input_stretch_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
