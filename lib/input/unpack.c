/* unpack.c - what the first bytes of an input say of how it is stored. */
#include "input/unpack.h"

#include <string.h>

/* gzip inside of gzip is a common accident of uploads; more is an attack. */
#define LAYERS_MAX 3

static const struct magic {
	const char *bytes;
	size_t n;
	const char *advice;
} magics[] = {
    {"\xff\xfe", 2, "is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8 FILE | logwhy"},
    {"\xfe\xff", 2, "is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8 FILE | logwhy"},
    {"\x28\xb5\x2f\xfd", 4, "is packed with zstd; unpack it first: zstd -dc FILE | logwhy"},
    {"\xfd"
     "7zXZ",
	5, "is packed with xz; unpack it first: xz -dc FILE | logwhy"},
    {"BZh", 3, "is packed with bzip2; unpack it first: bzip2 -dc FILE | logwhy"},
    {"\x04\x22\x4d\x18", 4, "is packed with lz4; unpack it first: lz4 -dc FILE | logwhy"},
    {"PK\x03\x04", 4, "is a zip archive; unpack it first: unzip -p FILE | logwhy"},
    {"PAR1", 4, "is a Parquet file; export the entries as JSON instead"},
    {"Obj\x01", 4, "is an Avro file; export the entries as JSON instead"},
};

enum lw_code
lw_unpack(struct lw_window *w, struct lw_source **s, struct lw_error *e)
{
	struct lw_source *inflated;
	const char *p;
	size_t i, n;
	int layer;

	for (layer = 0;; layer++) {
		(void)lw_window_need(w, 8);
		if (w->nomem)
			return lw_error_set(e, LW_ENOMEM, "out of memory");
		p = lw_window_at(w);
		n = lw_window_size(w);
		if (n < 2 || memcmp(p, "\x1f\x8b", 2) != 0)
			break;
		if (layer == LAYERS_MAX)
			return lw_error_set(
			    e, LW_EGZIP, "is packed with gzip more than %d times", LAYERS_MAX);
		inflated = lw_source_gzip(*s, p, n);
		if (inflated == NULL)
			return lw_error_set(e, LW_ENOMEM, "out of memory");
		*s = inflated;
		lw_window_open(w, inflated);
	}
	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (n >= magics[i].n && memcmp(p, magics[i].bytes, magics[i].n) == 0)
			return lw_error_set(
			    e, magics[i].n == 2 ? LW_EUTF8 : LW_EIO, "%s", magics[i].advice);
	return LW_OK;
}
