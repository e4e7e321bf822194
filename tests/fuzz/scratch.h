/*
 * scratch.h - a file that holds what the fuzzer made, for functions that take names.
 *
 * The file is in memory and reached through /proc, so that a run costs no disk.
 */
#ifndef LW_TESTS_FUZZ_SCRATCH_H
#define LW_TESTS_FUZZ_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/* The name of a file with these bytes, the same file in each call; NULL where there can be none. */
const char *scratch_file(const uint8_t *data, size_t size);

#endif
