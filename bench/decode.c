/*
 * decode.c - how fast records are decoded, against yajl parsing the same bytes.
 *
 * make bench/decode && bench/decode CAPTURE.ndjson [ROUNDS [CONTESTANT]]
 *
 * Side by side in one process, in turns, by the processor time of one thread:
 * yajl with empty callbacks (the yardstick), each fast reader that this processor has
 * as far as the tree, and the whole decoder, with yajl and with the fast reader.
 * Prints the median of the rounds in MB/s and as a part of the yardstick.  All
 * must see the same number of records, or the program fails.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yajl/yajl_parse.h>

#include "entry/decode.h"

#define ROUNDS_MAX 101

struct bench {
	struct lw_buf text;
	struct lw_record *records;
	size_t count;
	struct lw_decoder *decoder;
	struct lw_arena *arena;
	struct lw_known *known;
};

struct contest {
	const char *name;
	size_t (*run)(struct bench *b, int which); /* returns the records that were fine */
	int which;
	double seconds[ROUNDS_MAX];
};

static int
nothing(void *ctx)
{
	(void)ctx;
	return 1;
}

static int
nothing_of_bool(void *ctx, int value)
{
	(void)ctx;
	(void)value;
	return 1;
}

static int
nothing_of_number(void *ctx, const char *p, size_t n)
{
	(void)ctx;
	(void)p;
	(void)n;
	return 1;
}

static int
nothing_of_string(void *ctx, const unsigned char *p, size_t n)
{
	(void)ctx;
	(void)p;
	(void)n;
	return 1;
}

/* The whole text as one stream of values, as one call; the depth says where a record ends. */
static size_t
run_yajl(struct bench *b, int which)
{
	static const yajl_callbacks callbacks = {.yajl_null = nothing,
	    .yajl_boolean = nothing_of_bool,
	    .yajl_number = nothing_of_number,
	    .yajl_string = nothing_of_string,
	    .yajl_start_map = nothing,
	    .yajl_map_key = nothing_of_string,
	    .yajl_end_map = nothing,
	    .yajl_start_array = nothing,
	    .yajl_end_array = nothing};
	yajl_handle h = yajl_alloc(&callbacks, NULL, NULL);
	bool ok;

	(void)which;
	if (h == NULL)
		return 0;
	yajl_config(h, yajl_allow_multiple_values, 1);
	ok = yajl_parse(h, (const unsigned char *)b->text.p, b->text.n) == yajl_status_ok &&
	     yajl_complete_parse(h) == yajl_status_ok;
	yajl_free(h);
	return ok ? b->count : 0;
}

static size_t
run_walk(struct bench *b, int which)
{
	lw_walk_fn *walk = lw_walk_by((enum lw_walk_path)which);
	struct lw_node *root;
	size_t i, ok = 0;

	for (i = 0; i < b->count; i++) {
		lw_arena_reset(b->arena);
		lw_known_next(b->known);
		ok += walk(b->known, b->arena, b->records[i].bytes, &root);
	}
	return ok;
}

static void
count_entry(void *arg, struct lw_entry *e)
{
	*(size_t *)arg += e->time_ns != 0;
}

static size_t
run_decode(struct bench *b, int which)
{
	struct lw_error warn, error;
	size_t i, ok = 0;

	lw_decoder_use(b->decoder, (enum lw_decoder_kind)which);
	for (i = 0; i < b->count; i++)
		(void)lw_decode(b->decoder, &b->records[i], count_entry, &ok, &warn, &error);
	return ok;
}

static struct contest contests[] = {
    {.name = "yajl, empty callbacks", .run = run_yajl},
    {.name = "reader, portable", .run = run_walk, .which = LW_WALK_PORTABLE},
    {.name = "reader, SSE2", .run = run_walk, .which = LW_WALK_SSE2},
    {.name = "reader, AVX2", .run = run_walk, .which = LW_WALK_AVX2},
    {.name = "reader, NEON", .run = run_walk, .which = LW_WALK_NEON},
    {.name = "decoder, yajl", .run = run_decode, .which = LW_DECODER_YAJL},
    {.name = "decoder, fast", .run = run_decode, .which = LW_DECODER_FAST},
};

#define CONTESTS (sizeof(contests) / sizeof(contests[0]))

static bool
absent(const struct contest *c, const char *only)
{
	if (only != NULL && strcmp(only, c->name) != 0)
		return true;
	return c->run == run_walk && lw_walk_by((enum lw_walk_path)c->which) == NULL;
}

static double
seconds(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0)
		return 0;
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
median(struct contest *c, size_t rounds)
{
	qsort(c->seconds, rounds, sizeof(c->seconds[0]), by_size);
	return c->seconds[rounds / 2];
}

static bool
read_file(const char *path, struct lw_buf *b)
{
	char block[1 << 16];
	FILE *f = fopen(path, "rb");
	size_t n;
	bool ok;

	if (f == NULL)
		return false;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		lw_buf_add(b, block, n);
	memset(block, 0, LW_PADDING_BYTES);
	lw_buf_add(b, block, LW_PADDING_BYTES);
	b->n -= LW_PADDING_BYTES;
	ok = ferror(f) == 0 && lw_buf_ok(b);
	return fclose(f) == 0 && ok;
}

/* One record a line. */
static bool
split(struct bench *b)
{
	const char *p = b->text.p, *end = p + b->text.n, *nl;
	size_t lines = 1, i;

	for (i = 0; i < b->text.n; i++)
		lines += p[i] == '\n';
	b->records = calloc(lines, sizeof(*b->records));
	if (b->records == NULL)
		return false;
	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl == NULL ? end : nl;
		if (nl > p)
			b->records[b->count++] =
			    (struct lw_record){.bytes = lw_str_make(p, (size_t)(nl - p)),
				.padded = true,
				.kind = LW_RECORD_JSON};
	}
	return b->count > 0;
}

static int
run(struct bench *b, size_t rounds, const char *only)
{
	double base = 0, s, mb = (double)b->text.n / 1e6;
	size_t i, k;

	for (k = 0; k < rounds; k++) {
		for (i = 0; i < CONTESTS; i++) {
			double from = seconds();

			if (absent(&contests[i], only))
				continue;
			if (contests[i].run(b, contests[i].which) != b->count) {
				(void)fprintf(
				    stderr, "%s: not all records were read\n", contests[i].name);
				return 1;
			}
			contests[i].seconds[k] = seconds() - from;
		}
	}
	(void)printf("%zu records of %.0f bytes, median of %zu\n", b->count,
	    (double)b->text.n / (double)b->count, rounds);
	for (i = 0; i < CONTESTS; i++) {
		if (absent(&contests[i], only))
			continue;
		s = median(&contests[i], rounds);
		base = base == 0 ? s : base;
		(void)printf("%-24s %8.0f MB/s %6.3f of the first %8.3f us a record\n",
		    contests[i].name, mb / s, s / base, s * 1e6 / (double)b->count);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct bench b = {
	    .decoder = lw_decoder_new(), .arena = lw_arena_new(0), .known = lw_known_new()};
	unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 7;
	int code = 1;

	if (argc < 2 || rounds == 0 || rounds > ROUNDS_MAX)
		(void)fprintf(stderr, "usage: decode CAPTURE.ndjson [ROUNDS [CONTESTANT]]\n");
	else if (b.decoder == NULL || b.arena == NULL || b.known == NULL ||
		 !read_file(argv[1], &b.text) || !split(&b))
		(void)fprintf(stderr, "%s: no records\n", argv[1]);
	else
		code = run(&b, rounds, argc > 3 ? argv[3] : NULL);
	free(b.records);
	lw_buf_fini(&b.text);
	lw_known_free(b.known);
	lw_arena_free(b.arena);
	lw_decoder_free(b.decoder);
	return code;
}
