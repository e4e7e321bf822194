/* path.h - what an address asks for: its path without the numbers and names in it. */
#ifndef LW_COUNT_PATH_H
#define LW_COUNT_PATH_H

#include <stdint.h>

#include "base/str.h"

/*
 * A hash of the first parts of the path of an address, without scheme, host and query;
 * parts that hold a digit are all one.  0 where there is no path.
 */
uint64_t lw_path_hash(struct lw_str url);

#endif
