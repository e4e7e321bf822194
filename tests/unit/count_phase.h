/* count_phase.h - the test case of phases, for check_count. */
#ifndef TEST_COUNT_PHASE_H
#define TEST_COUNT_PHASE_H

#include <check.h>

TCase *count_phase_case(void);

#endif
