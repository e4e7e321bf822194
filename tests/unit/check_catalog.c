/* check_catalog.c - the catalogue of known errors: its files, its literals, its scanner. */
#include "check_catalog.h"

#include <stdlib.h>

int
main(void)
{
	Suite *s = suite_create("catalog");
	SRunner *r;
	int failed;

	suite_add_tcase(s, catalog_doc_case());
	suite_add_tcase(s, catalog_load_case());
	suite_add_tcase(s, catalog_literal_case());
	suite_add_tcase(s, catalog_prefilter_case());
	suite_add_tcase(s, catalog_scan_case());
	suite_add_tcase(s, catalog_lint_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
