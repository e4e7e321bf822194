/* check_catalog.h - the test cases that make up check_catalog, by file. */
#ifndef CHECK_CATALOG_H
#define CHECK_CATALOG_H

#include <check.h>

TCase *catalog_doc_case(void);
TCase *catalog_load_case(void);
TCase *catalog_scan_case(void);
TCase *catalog_literal_case(void);
TCase *catalog_prefilter_case(void);
TCase *catalog_lint_case(void);

#endif
