/*
 * crc32c.h - the checksum of Cloud Storage: CRC-32 with Castagnoli's polynomial.
 *
 * Source: RFC 3720, appendix B.4 (iSCSI), whose vectors are tests.
 */
#ifndef LW_BASE_CRC32C_H
#define LW_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of what crc is the checksum of (0: nothing) with p[0..n) behind it.  By the
 * processor's own instruction where it has one. */
uint32_t lw_crc32c(uint32_t crc, const void *p, size_t n);

/* The same by a table, on any processor. */
uint32_t lw_crc32c_portable(uint32_t crc, const void *p, size_t n);

#endif
