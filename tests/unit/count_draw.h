/* count_draw.h - the test case of draws, for check_count. */
#ifndef TEST_COUNT_DRAW_H
#define TEST_COUNT_DRAW_H

#include <check.h>

TCase *count_draw_case(void);

#endif
