/* table.h - growing arrays of rows (private to count/). */
#ifndef LW_COUNT_TABLE_H
#define LW_COUNT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for one more row in *rows (rows of row_bytes, *capacity of them); false where memory ran
 * out. */
bool lw_table_reserve(void **rows, uint32_t count, uint32_t *capacity, size_t row_bytes);

#endif
