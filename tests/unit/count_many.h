/* count_many.h - the test cases of ceilings of services, nodes and revisions, for check_count. */
#ifndef TEST_COUNT_MANY_H
#define TEST_COUNT_MANY_H

#include <check.h>

TCase *count_many_case(void);

#endif
