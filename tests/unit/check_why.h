/* check_why.h - further test cases of lib/why. */
#ifndef CHECK_WHY_H
#define CHECK_WHY_H

#include <check.h>

TCase *confidence_case(void);
TCase *stated_case(void);
TCase *settings_case(void);
TCase *many_case(void);
TCase *refs_case(void);

#endif
