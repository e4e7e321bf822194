/* check_why.h - the test cases of lib/why that need no log. */
#ifndef CHECK_WHY_H
#define CHECK_WHY_H

#include <check.h>

TCase *confidence_case(void);

#endif
