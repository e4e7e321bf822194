/*
 * peer.c - the libraries underneath, alone: what reading the same bytes costs.
 *
 * Usage: peer yajl FILE        one yajl parse of all values, every callback empty
 *        peer inflate FILE...  zlib inflating the files one after the other
 *
 * Both are one thread and keep nothing; the bytes that they saw are printed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>
#include <zlib.h>

#define CHUNK ((size_t)256 << 10)

static char chunk[CHUNK], inflated[CHUNK];

static int
on_null(void *arg)
{
	(void)arg;
	return 1;
}

static int
on_boolean(void *arg, int value)
{
	(void)arg;
	(void)value;
	return 1;
}

static int
on_text(void *arg, const unsigned char *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	return 1;
}

static int
on_number(void *arg, const char *p, size_t n)
{
	(void)arg;
	(void)p;
	(void)n;
	return 1;
}

static const yajl_callbacks nothing = {.yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_text,
    .yajl_start_map = on_null,
    .yajl_map_key = on_text,
    .yajl_end_map = on_null,
    .yajl_start_array = on_null,
    .yajl_end_array = on_null};

static int
parse(const char *path)
{
	yajl_handle y = yajl_alloc(&nothing, NULL, NULL);
	FILE *f = fopen(path, "r");
	uint64_t bytes = 0;
	size_t n;

	if (f == NULL || y == NULL || yajl_config(y, yajl_allow_multiple_values, 1) == 0) {
		(void)fprintf(stderr, "peer: %s cannot be read\n", path);
		return 1;
	}
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0) {
		bytes += n;
		if (yajl_parse(y, (const unsigned char *)chunk, n) != yajl_status_ok) {
			(void)fprintf(stderr, "peer: %s is no JSON\n", path);
			return 1;
		}
	}
	if (yajl_complete_parse(y) != yajl_status_ok)
		return 1;
	printf("%" PRIu64 "\n", bytes);
	yajl_free(y);
	return fclose(f) != 0;
}

static int
inflate_file(const char *path, uint64_t *bytes)
{
	FILE *f = fopen(path, "r");
	z_stream z = {0};
	int status = Z_OK;

	if (f == NULL || inflateInit2(&z, 15 + 16) != Z_OK) {
		(void)fprintf(stderr, "peer: %s cannot be read\n", path);
		return 1;
	}
	do {
		z.next_in = (unsigned char *)chunk;
		z.avail_in = (unsigned)fread(chunk, 1, sizeof(chunk), f);
		while (z.avail_in > 0 && (status == Z_OK || status == Z_STREAM_END)) {
			if (status == Z_STREAM_END) /* one more member */
				(void)inflateReset(&z);
			z.next_out = (unsigned char *)inflated;
			z.avail_out = sizeof(inflated);
			status = inflate(&z, Z_NO_FLUSH);
			*bytes += sizeof(inflated) - z.avail_out;
		}
	} while (!feof(f) && (status == Z_OK || status == Z_STREAM_END));
	(void)inflateEnd(&z);
	(void)fclose(f);
	return status != Z_STREAM_END;
}

int
main(int argc, char **argv)
{
	uint64_t bytes = 0;
	int i;

	if (argc == 3 && strcmp(argv[1], "yajl") == 0)
		return parse(argv[2]);
	if (argc < 3 || strcmp(argv[1], "inflate") != 0) {
		(void)fprintf(stderr, "peer: see the head of bench/peer.c for how to call it\n");
		return 2;
	}
	for (i = 2; i < argc; i++)
		if (inflate_file(argv[i], &bytes) != 0) {
			(void)fprintf(stderr, "peer: %s is damaged\n", argv[i]);
			return 1;
		}
	printf("%" PRIu64 "\n", bytes);
	return 0;
}
