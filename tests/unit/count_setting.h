/* count_setting.h - the test case of settings in messages, for check_count. */
#ifndef TEST_COUNT_SETTING_H
#define TEST_COUNT_SETTING_H

#include <check.h>

TCase *count_setting_case(void);

#endif
