/* crc32.h - the checksum of gzip (RFC 1952), by carry-less multiplication where the processor has
 * it. */
#ifndef LW_INPUT_CRC32_H
#define LW_INPUT_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* crc: of the bytes before p[0..n), 0 where there are none. */
uint32_t lw_crc32(uint32_t crc, const unsigned char *p, size_t n);

#endif
