/* check_input_source.c - operands: files, gzip, folders, pipes; what is wrong with them; limits. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <zlib.h>

#include "input/block.h"
#include "input/bytes.h"
#include "input/inflate.h"
#include "input/walk.h"
#include "input_helper.h"

static char folder[32];

static void
make_folder(void)
{
	(void)snprintf(folder, sizeof(folder), "%s", "/tmp/check_input_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
remove_folder(void)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "chmod -R u+rwx %s; rm -rf %s", folder, folder);
	ck_assert_int_eq(system(command), 0);
}

/* FOLDER/name, in one of a few buffers that are used in turn. */
static const char *
path_of(const char *name)
{
	static char paths[8][192];
	static int next;
	char *p = paths[next++ % 8];

	(void)snprintf(p, sizeof(paths[0]), "%s/%s", folder, name);
	return p;
}

static const char *
put(const char *name, const void *p, size_t n)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(p, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
	return path;
}

static const char *
putz(const char *name, const char *text)
{
	return put(name, text, strlen(text));
}

/* text as one gzip member, appended. */
static void
add_gzip(struct lw_buf *out, const char *text, size_t n)
{
	z_stream z = {0};
	unsigned char *p = malloc(n + 1024);

	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)n;
	z.next_out = p;
	z.avail_out = (uInt)(n + 1024);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	lw_buf_add(out, p, n + 1024 - z.avail_out);
	(void)deflateEnd(&z);
	free(p);
}

/* Read the operands; what comes must be `expected`, whether the reader failed `failed`. */
static void
expect(const char *const *operands, size_t count, const char *expected, bool failed)
{
	struct lw_buf out = {0};
	struct lw_reader *reader;

	lw_buf_addz(&out, "");
	read_all(&out, operands, count, &reader);
	ck_assert_str_eq(out.p, expected);
	ck_assert(lw_reader_failed(reader) == failed);
	lw_reader_free(reader);
	lw_buf_fini(&out);
}

static void
expect_one(const char *operand, const char *expected, bool failed)
{
	expect(&operand, 1, expected, failed);
}

START_TEST(files_are_read_one_after_the_other)
{
	const char *operands[2];

	operands[0] = putz("a", "{\"a\":1}");
	operands[1] = putz("b", "{\"b\":2}\ntext\n");
	expect(operands, 2, "0 J 1 {\"a\":1}\n1 J 1 {\"b\":2}\n1 T 2 text\n", false);
}
END_TEST

START_TEST(bytes_of_files_are_known_before_reading)
{
	const char *operands[] = {NULL, "no/such/file", ".", "https://host/a", NULL};
	struct lw_reader *r;
	char *first = strdup(putz("a", "{\"a\":1}"));

	operands[0] = first;
	operands[4] = putz("b", "text\n");
	r = lw_reader_new(operands, 5, NULL, NULL);
	ck_assert_ptr_nonnull(r);
	ck_assert_uint_eq(lw_reader_file_bytes(r), 12);
	lw_reader_free(r);
	free(first);
}
END_TEST

/* Is there much to read, once the first block was taken and once all were? */
static void
expect_long(const char *const *operands, size_t count, bool first, bool last)
{
	struct lw_reader *r = lw_reader_new(operands, count, NULL, NULL);
	struct lw_block b;

	lw_block_init(&b);
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(lw_reader_take(r, &b), LW_NEXT_RECORD);
	ck_assert_int_eq(lw_reader_is_long(r), first);
	while (lw_reader_take(r, &b) == LW_NEXT_RECORD)
		;
	ck_assert_int_eq(lw_reader_is_long(r), last);
	lw_block_fini(&b);
	lw_reader_free(r);
}

START_TEST(long_inputs_and_several_are_worth_threads)
{
	struct lw_buf text = {0}, gz = {0};
	const char *two[2], *packed;

	while (text.n < (size_t)3 << 20)
		lw_buf_addz(&text, "{\"textPayload\": \"the same again\"}\n");
	ck_assert(lw_buf_ok(&text));
	two[0] = put("short.json", text.p, 70000);
	two[1] = two[0];
	expect_long(two, 1, false, false);
	expect_long(two, 2, true, false);
	two[0] = put("long.json", text.p, text.n);
	expect_long(two, 1, true, true);
	add_gzip(&gz, text.p, text.n); /* its size tells nothing */
	packed = put("long.gz", gz.p, gz.n);
	expect_long(&packed, 1, false, true);
	lw_buf_fini(&text);
	lw_buf_fini(&gz);
}
END_TEST

START_TEST(gzip_is_told_by_its_bytes)
{
	struct lw_buf gz = {0}, twice = {0};

	add_gzip(&gz, "{\"a\":1}\n{\"b\"", 12);
	add_gzip(&gz, "", 0);
	add_gzip(&gz, ":2}\n", 4);
	lw_buf_add(&gz, "\0\0\0", 3);
	expect_one(put("a.txt", gz.p, gz.n), "0 J 1 {\"a\":1}\n0 J 2 {\"b\":2}\n", false);
	add_gzip(&twice, gz.p, gz.n);
	expect_one(put("b", twice.p, twice.n), "0 J 1 {\"a\":1}\n0 J 2 {\"b\":2}\n", false);
	lw_buf_fini(&gz);
	lw_buf_fini(&twice);
}
END_TEST

/* Inflate gz, some bytes of it at once, to out. */
static enum lw_inflated
inflate_in_pieces(const struct lw_buf *gz, size_t piece, struct lw_buf *out)
{
	struct lw_inflate *z = lw_inflate_new();
	struct lw_inflate_io io = {.in = (const unsigned char *)gz->p};
	enum lw_inflated result = LW_INFLATED_SOME;
	unsigned char room[64];
	const char *why = NULL;
	size_t left = gz->n, n;

	ck_assert_ptr_nonnull(z);
	lw_inflate_begin(z);
	while (result == LW_INFLATED_SOME && (left > 0 || io.in_n > 0)) {
		n = piece < left ? piece : left;
		io.in_n += n;
		left -= n;
		do {
			io.out = room;
			io.out_n = sizeof(room);
			result = lw_inflate_run(z, &io, &why);
			lw_buf_add(out, room, sizeof(room) - io.out_n);
		} while (result == LW_INFLATED_SOME && io.out_n == 0);
	}
	ck_assert((result == LW_INFLATED_DAMAGED) == (why != NULL));
	ck_assert(result != LW_INFLATED_END || io.in_n + left == 0);
	lw_inflate_free(z);
	return result;
}

START_TEST(members_are_checked_at_any_length_and_in_any_pieces)
{
	static const size_t pieces[] = {1, 3, 8, 9, 4096};
	struct lw_buf text = {0}, gz = {0}, out = {0};
	size_t i, k;

	for (i = 0; i < 300; i++) {
		lw_buf_reset(&gz);
		add_gzip(&gz, i == 0 ? "" : text.p, i);
		for (k = 0; k < sizeof(pieces) / sizeof(pieces[0]); k++) {
			lw_buf_reset(&out);
			ck_assert_int_eq(inflate_in_pieces(&gz, pieces[k], &out), LW_INFLATED_END);
			ck_assert(out.n == i && (i == 0 || memcmp(out.p, text.p, i) == 0));
			gz.p[gz.n - 1 - i % 8] ^= 1; /* checksum or length */
			ck_assert_int_eq(
			    inflate_in_pieces(&gz, pieces[k], &out), LW_INFLATED_DAMAGED);
			gz.p[gz.n - 1 - i % 8] ^= 1;
		}
		lw_buf_addc(&text, (char)(i * 7919 >> 3));
	}
	lw_buf_fini(&text);
	lw_buf_fini(&gz);
	lw_buf_fini(&out);
}
END_TEST

START_TEST(damaged_gzip_gives_what_is_whole)
{
	struct lw_buf gz = {0}, text = {0}, out = {0};
	const struct lw_input_info *info;
	struct lw_reader *reader;
	const char *path;
	int i;

	for (i = 0; i < 20000; i++)
		lw_buf_printf(&text, "{\"n\":%d}\n", i * 7919);
	add_gzip(&gz, text.p, text.n);
	for (i = 0; i < 3; i++) {
		size_t n = i == 0 ? gz.n / 2 : gz.n;
		const char *says = i == 0   ? "ends in the middle"
				   : i == 1 ? "incorrect data check"
					    : "at byte";

		if (i == 1)
			gz.p[gz.n - 6] ^= 1; /* the checksum */
		if (i == 2)
			memset(gz.p + gz.n / 2, 0xff, 64);
		lw_buf_reset(&out);
		path = put("a.gz", gz.p, n);
		read_all(&out, &path, 1, &reader);
		ck_assert(strncmp(out.p, "0 J 1 {\"n\":0}\n0 J 2 {\"n\":7919}\n", 31) == 0);
		ck_assert_ptr_nonnull(strstr(out.p, "? 2 "));
		ck_assert_ptr_nonnull(strstr(out.p, says));
		ck_assert(lw_reader_failed(reader));
		info = lw_reader_input(reader, 0);
		ck_assert(info->failed);
		ck_assert_uint_eq(info->size_bytes, n);
		ck_assert_uint_gt(info->bytes, text.n / 4);
		lw_reader_free(reader);
	}
	lw_buf_fini(&gz);
	lw_buf_fini(&text);
	lw_buf_fini(&out);
}
END_TEST

START_TEST(garbage_behind_gzip_is_noted)
{
	struct lw_buf gz = {0}, out = {0};
	struct lw_reader *reader;
	const char *path;

	add_gzip(&gz, "x\n", 2);
	lw_buf_addz(&gz, "garbage");
	path = put("a.gz", gz.p, gz.n);
	read_all(&out, &path, 1, &reader);
	ck_assert(strncmp(out.p, "0 T 1 x\n? 1 0 what follows the gzip data", 40) == 0);
	ck_assert(!lw_reader_failed(reader));
	lw_reader_free(reader);
	lw_buf_fini(&gz);
	lw_buf_fini(&out);
}
END_TEST

START_TEST(other_packing_says_what_to_do)
{
	static const struct {
		const char *bytes, *says;
	} kinds[] = {{"\xff\xfeh\x01", "iconv"}, {"\xfe\xffxh", "iconv"},
	    {"\x28\xb5\x2f\xfdxxxx", "zstd -dc"},
	    {"\xfd"
	     "7zXZ",
		"xz -dc"},
	    {"BZh91", "bzip2 -dc"}, {"PK\x03\x04xx", "unzip"}};
	struct lw_buf out = {0};
	struct lw_reader *reader;
	const char *path = putz("x", kinds[_i].bytes);

	read_all(&out, &path, 1, &reader);
	ck_assert(strncmp(out.p, "? 2 0 is ", 9) == 0);
	ck_assert_ptr_nonnull(strstr(out.p, kinds[_i].says));
	ck_assert(lw_reader_failed(reader));
	lw_reader_free(reader);
	lw_buf_fini(&out);
}
END_TEST

START_TEST(what_cannot_be_opened_is_told_and_the_rest_read)
{
	const char *operands[3];

	operands[0] = path_of("missing");
	operands[1] = putz("a", "x\n");
	operands[2] = "gs+x://y";
	expect(operands, 3,
	    "? 2 0 cannot be opened: No such file or directory; check the name\n"
	    "1 T 1 x\n"
	    "? 2 0 this kind of address is not known; give a file, a folder, -, or an https:// or "
	    "gs:// address\n",
	    true);
}
END_TEST

START_TEST(permission_is_told)
{
	const char *file = putz("a", "x\n");
	const char *inner = path_of("d");
	struct lw_buf out = {0};

	if (geteuid() == 0) {
		printf("SKIP: permission_is_told: permissions do not hold for root\n");
		return;
	}
	ck_assert_int_eq(mkdir(inner, 0700), 0);
	ck_assert_int_eq(chmod(file, 0), 0);
	ck_assert_int_eq(chmod(inner, 0), 0);
	read_all(&out, &file, 1, NULL);
	read_all(&out, &inner, 1, NULL);
	ck_assert_ptr_nonnull(strstr(out.p, "cannot be opened: Permission denied"));
	ck_assert_ptr_nonnull(strstr(out.p, "the folder cannot be opened: Permission denied"));
	lw_buf_fini(&out);
}
END_TEST

START_TEST(empty_inputs_are_told)
{
	const char *operands[4];

	operands[0] = putz("a", "");
	operands[1] = putz("b", "\n\n");
	operands[2] = putz("c", "[]\n");
	operands[3] = path_of("d");
	ck_assert_int_eq(mkdir(operands[3], 0700), 0);
	expect(operands, 4,
	    "? 1 0 is empty\n? 1 0 holds no entries\n? 1 0 holds no entries\n"
	    "? 1 0 is a folder without files (hidden ones aside)\n",
	    false);
}
END_TEST

START_TEST(folders_are_walked_in_order)
{
	struct lw_buf out = {0};
	struct lw_reader *reader;
	const char *operand = folder;
	size_t i, n = strlen(folder);
	static const char *const names[] = {"/a/1", "/a/b/2", "/a.log", "/z"};

	ck_assert_int_eq(mkdir(path_of("a"), 0700), 0);
	ck_assert_int_eq(mkdir(path_of("a/b"), 0700), 0);
	ck_assert_int_eq(mkdir(path_of(".git"), 0700), 0);
	(void)putz("z", "z\n");
	(void)putz("a/b/2", "2\n");
	(void)putz("a/1", "1\n");
	(void)putz("a.log", "l\n");
	(void)putz(".git/x", "hidden\n");
	(void)putz(".hidden", "hidden\n");
	ck_assert_int_eq(symlink("..", path_of("a/b/up")), 0);
	ck_assert_int_eq(symlink("z", path_of("zz")), 0);
	ck_assert_int_eq(symlink("a", path_of("link")), 0);
	read_all(&out, &operand, 1, &reader);
	ck_assert_str_eq(out.p, "0 T 1 1\n1 T 1 2\n2 T 1 l\n3 T 1 z\n");
	ck_assert_uint_eq(lw_reader_input_count(reader), 4);
	for (i = 0; i < 4; i++)
		ck_assert_str_eq(lw_reader_input(reader, i)->name + n, names[i]);
	lw_reader_free(reader);
	lw_buf_fini(&out);
}
END_TEST

START_TEST(pipes_in_folders_are_left_out)
{
	const char *operand = folder;

	(void)putz("a", "x\n");
	ck_assert_int_eq(mkfifo(path_of("fifo"), 0600), 0);
	expect(&operand, 1,
	    "0 T 1 x\n? 1 0 is no regular file and was left out; give it by name to read it\n",
	    false);
}
END_TEST

START_TEST(malformed_records_are_counted_and_the_first_told)
{
	struct lw_buf out = {0};
	struct lw_reader *reader;
	const struct lw_input_info *info;
	const char *path = putz("a", "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": \"x\n  },\n  {\n "
				     "   \"c\": \"y\n  },\n  {\n    \"d\": 1\n  }\n]\n");

	read_all(&out, &path, 1, &reader);
	ck_assert_str_eq(out.p,
	    "0 J 2 {|    \"a\": 1|  }\n"
	    "0 J 11 {|    \"d\": 1|  }\n"
	    "? 1 6 a line ends inside of a string: its closing quote is missing; the element that "
	    "begins at line 5 was skipped\n");
	info = lw_reader_input(reader, 0);
	ck_assert_uint_eq(info->malformed, 2);
	ck_assert_int_eq(info->first_malformed.code, LW_EJSON);
	ck_assert_uint_eq(info->first_malformed.line, 6);
	ck_assert_uint_eq(info->first_malformed.offset, 37);
	ck_assert(!lw_reader_failed(reader));
	lw_reader_free(reader);
	lw_buf_fini(&out);
}
END_TEST

static struct lw_reader *alarmed;

static void
on_alarm(int number)
{
	(void)number;
	lw_reader_stop(alarmed);
}

START_TEST(stop_ends_an_input_that_waits)
{
	struct sigaction sa = {.sa_handler = on_alarm};
	struct itimerval soon = {{0, 0}, {0, 50000}};
	struct lw_buf out = {0};
	struct lw_record r;
	char path[32];
	const char *operands[2] = {path, "/nonexistent"};
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	ck_assert_int_eq(write(fds[1], "{\"a\":1}\n{\"b\":2}\n{\"c", 19), 19);
	ck_assert_int_eq(sigaction(SIGALRM, &sa, NULL), 0);
	alarmed = lw_reader_new(operands, 2, NULL, NULL);
	ck_assert_ptr_nonnull(alarmed);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
	ck_assert_int_eq(lw_reader_next(alarmed, &r), LW_NEXT_RECORD);
	ck_assert_int_eq(lw_reader_next(alarmed, &r), LW_NEXT_RECORD);
	ck_assert_int_eq(lw_reader_next(alarmed, &r), LW_NEXT_END); /* here it waits */
	ck_assert_int_eq(lw_reader_next(alarmed, &r), LW_NEXT_END);
	ck_assert_uint_eq(lw_reader_input_count(alarmed), 1);
	ck_assert(!lw_reader_failed(alarmed));
	lw_reader_free(alarmed);
	(void)close(fds[0]);
	(void)close(fds[1]);
	lw_buf_fini(&out);
}
END_TEST

#define PIPED_LINES 100000

/* A line after the other, in pieces of any length, to the end *arg of a pipe. */
static void *
write_lines(void *arg)
{
	int fd = *(int *)arg;
	struct lw_buf text = {0};
	size_t i, at, n;

	for (i = 0; i < PIPED_LINES; i++)
		lw_buf_printf(&text, "{\"a\":%zu}\n", i);
	for (at = i = 0; at < text.n; at += n, i++) {
		n = (i * 7919) % 200000 + 1;
		if (n > text.n - at)
			n = text.n - at;
		ck_assert_int_eq(write(fd, text.p + at, n), (ssize_t)n);
	}
	lw_buf_fini(&text);
	(void)close(fd);
	return NULL;
}

START_TEST(a_pipe_is_read_as_it_was_written)
{
	char path[32], line[32];
	const char *operands[1] = {path};
	struct lw_reader *reader;
	struct lw_record r;
	pthread_t writer;
	uint64_t i, offset = 0;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	ck_assert_int_eq(pthread_create(&writer, NULL, write_lines, &fds[1]), 0);
	reader = lw_reader_new(operands, 1, NULL, NULL);
	ck_assert_ptr_nonnull(reader);
	for (i = 0; i < PIPED_LINES; i++) {
		(void)snprintf(line, sizeof(line), "{\"a\":%u}", (unsigned)i);
		ck_assert_int_eq(lw_reader_next(reader, &r), LW_NEXT_RECORD);
		ck_assert(lw_str_eq(r.bytes, lw_str_from(line)));
		ck_assert_uint_eq(r.line, i + 1);
		ck_assert_uint_eq(r.offset, offset);
		offset += r.bytes.n + 1;
	}
	ck_assert_int_eq(lw_reader_next(reader, &r), LW_NEXT_END);
	ck_assert(!lw_reader_failed(reader));
	ck_assert_uint_eq(lw_reader_input(reader, 0)->raw_bytes, offset);
	ck_assert_int_eq(pthread_join(writer, NULL), 0);
	lw_reader_free(reader);
	(void)close(fds[0]);
}
END_TEST

/* A record of n bytes among small ones, in every framing. */
static void
big_record(int kind, size_t n, bool fits)
{
	static const struct {
		const char *before, *open, *close, *after;
	} shapes[] = {
	    {"{\"a\":1}\n", "{\"b\":\"", "\"}\n", "{\"c\":3}\n"},
	    {"[{\"a\":1},", "{\"b\":\"", "\"},", "{\"c\":3}]"},
	    {"{\n \"a\":1\n}\n", "{\n \"b\":\"", "\"\n}\n", "{\n \"c\":3\n}\n"},
	    {"{\"entries\": [{\"a\":1},", "{\"b\":\"", "\"},", "{\"c\":3}]}"},
	    {"a\n", "b", "\n", "c\n"},
	    {"---\na: 1\n", "---\nb: ", "\n", "---\nc: 1\n"},
	    {"[\n  {\n    \"a\":1\n  },\n", "  {\n    \"b\": \"", "\"\n  },\n",
		"  {\n    \"c\":3\n  }\n]\n"},
	};
	struct lw_buf text = {0}, out = {0};
	const char *line, *end;
	size_t records = 0, malformed = 0;

	lw_buf_addz(&text, shapes[kind].before);
	lw_buf_addz(&text, shapes[kind].open);
	ck_assert(lw_buf_reserve(&text, n));
	memset(text.p + text.n, 'x', n);
	text.n += n;
	lw_buf_addz(&text, shapes[kind].close);
	lw_buf_addz(&text, shapes[kind].after);
	frame_all(&out, text.p, text.n, 1 << 20, 0, true);
	for (line = out.p; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		records += line[0] != '!';
		malformed += line[0] == '!';
	}
	ck_assert_uint_eq(records, fits ? 3 : 2);
	ck_assert_uint_eq(malformed, fits ? 0 : 1);
	lw_buf_fini(&text);
	lw_buf_fini(&out);
}

START_TEST(large_records_are_read_and_huge_ones_skipped)
{
	big_record(_i, (size_t)300 << 10, true);
	big_record(_i, LW_RECORD_MAX_BYTES - 64, true);
	big_record(_i, LW_RECORD_MAX_BYTES + 1, false);
	if (_i < 2)
		big_record(_i, (size_t)45 << 20, false);
}
END_TEST

/* A stream without end, of the same bytes again and again. */
struct endless {
	struct lw_source base;
	const char *text;
	size_t n, at;
	uint64_t left;
};

static ptrdiff_t
endless_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct endless *x = (struct endless *)s;
	size_t at, m;

	(void)e;
	if (n > x->left)
		n = (size_t)x->left;
	for (at = 0; at < n; at += m) {
		m = x->n - x->at < n - at ? x->n - x->at : n - at;
		memcpy(buf + at, x->text + x->at, m);
		x->at = x->at + m == x->n ? 0 : x->at + m;
	}
	x->left -= n;
	return (ptrdiff_t)n;
}

struct slow {
	struct lw_source base;
	size_t bytes, there; /* read, and to be read without waiting */
};

/* Lines of a hundred bytes, up to a hundred of them a read. */
static ptrdiff_t
slow_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	char line[101];
	size_t i;

	(void)e;
	(void)snprintf(line, sizeof(line), "{\"a\":\"%091d\"}\n", 7);
	ck_assert_uint_ge(n, 100);
	n = n < 10000 ? n / 100 : 100;
	for (i = 0; i < n; i++)
		memcpy(buf + i * 100, line, 100);
	((struct slow *)s)->bytes += n * 100;
	return (ptrdiff_t)(n * 100);
}

static bool
slow_waits(struct lw_source *s)
{
	const struct slow *x = (struct slow *)s;

	return x->bytes >= x->there;
}

/* What has come is handed out before more is waited for, where it is worth it. */
START_TEST(a_block_does_not_wait_for_all_of_its_bytes)
{
	static const struct lw_source_ops ops = {.read = slow_read, .waits = slow_waits};
	static const size_t there[] = {10000, 200000, 10000000};
	static const size_t bytes[] = {70000, 200000, 900000}; /* 64 KiB; what is there; a block */
	struct slow source = {.base.ops = &ops, .there = there[_i]};
	struct lw_framer f;
	struct lw_block b;
	struct lw_record r;
	size_t records = 0;

	lw_framer_init(&f);
	lw_block_init(&b);
	lw_framer_open(&f, &source.base, NULL, NULL);
	ck_assert_int_eq(lw_block_fill(&b, &f, 900000), LW_NEXT_RECORD);
	ck_assert_uint_ge(source.bytes, bytes[_i]);
	ck_assert_uint_lt(source.bytes, bytes[_i] + 10000);
	while (lw_block_next(&b, &r))
		records++;
	ck_assert_uint_eq(records, source.bytes / 100);
	lw_block_fini(&b);
	lw_framer_fini(&f);
}
END_TEST

START_TEST(memory_does_not_grow_with_the_input)
{
	static const struct lw_source_ops ops = {.read = endless_read};
	static const char *const texts[] = {
	    "{\"a\":\"some text of an entry\",\"b\":{\"c\":[1,2,3]}}\n",
	    "[{\"a\":1},{\"b\":\"x\"}]", "---\na: 1\n", "2025-09-16 ERROR x\n  at y\n",
	    "{\"a\":1}{\"b\":2}", "{\n  \"a\": 1\n}\n", " \n\t \n", "\0\0\0\n", "[{\"a\":\"x},",
	    "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  },\n  {\n    \"c\": 3\n  }\n]\n"};
	struct endless source = {.base.ops = &ops, .left = (uint64_t)200 << 20};
	struct lw_framer f;
	struct lw_block b;
	struct lw_record r;
	uint64_t bytes = 0;

	if (_i > 0)
		source.left = (uint64_t)20 << 20;
	source.text = texts[_i];
	source.n = _i == 7 ? 4 : strlen(texts[_i]);
	lw_framer_init(&f);
	lw_block_init(&b);
	f.by_layout = true;
	lw_framer_open(&f, &source.base, NULL, NULL);
	while (lw_block_fill(&b, &f, LW_BLOCK_BYTES) == LW_NEXT_RECORD) {
		ck_assert_uint_le(b.cap, (size_t)1 << 20);
		while (lw_block_next(&b, &r))
			bytes += r.bytes.n;
	}
	ck_assert(f.window.ended);
	ck_assert_uint_le(f.window.cap, (size_t)1 << 20);
	if (_i != 6 && _i != 8)
		ck_assert_uint_gt(bytes, (uint64_t)5 << 20);
	lw_framer_fini(&f);
	lw_block_fini(&b);
}
END_TEST

#ifdef LW_SSE2
LW_AVX2 static void
masks_avx2(const char *p, struct lw_masks *m)
{
	lw_masks_avx2(p, m);
}
#endif

START_TEST(byte_masks_are_what_a_loop_finds)
{
	char p[64 + 64];
	struct lw_masks m;
	uint64_t state = 1;
	size_t i, round, count;

	for (round = 0; round < 2000; round++) {
		for (i = 0; i < sizeof(p); i++) {
			state = state * UINT64_C(6364136223846793005) + 1;
			p[i] = "\"\\{}[],: \n\ta0{}\x7f\xfb\xdb\x80\0\r"[(state >> 33) % 22];
		}
		lw_masks_of(p, &m);
#ifdef LW_SSE2
		if (lw_has_avx2()) {
			struct lw_masks fastest;

			masks_avx2(p, &fastest);
			ck_assert_mem_eq(&m, &fastest, sizeof(m));
		}
#endif
		for (i = 0, count = 0; i < 64; i++) {
			unsigned char c = (unsigned char)p[i];

			ck_assert((m.quote >> i & 1) == (c == '"'));
			ck_assert((m.space >> i & 1) == (c == ' '));
			ck_assert((m.backslash >> i & 1) == (c == '\\'));
			ck_assert((m.newline >> i & 1) == (c == '\n'));
			ck_assert(
			    (m.brace >> i & 1) == (c == '{' || c == '[' || c == '}' || c == ']'));
			ck_assert((m.after >> i & 1) ==
				  (c <= 32 || c == ',' || c == ':' || c == '}' || c == ']'));
			count += c == '\n';
		}
		ck_assert_uint_eq(lw_count_newlines(p, 64), count);
		for (i = 0; i + 1 < sizeof(p) && (p[i] != '}' || p[i + 1] != '{'); i++)
			;
		ck_assert_uint_eq(lw_find_joint(p, sizeof(p)), i + 1 < sizeof(p) ? i : sizeof(p));
	}
}
END_TEST

/* Bytes of the line at p[0..n) where it is plain, with its newline; else 0. */
static size_t
plain_line(const char *p, size_t n, bool joined)
{
	const char *end = memchr(p, '\n', n);
	size_t size = end == NULL ? 0 : (size_t)(end - p) + 1;

	if (size > 1 && (p[0] != '{' || p[1] != '"' || (!joined && lw_find_joint(p, size) < size)))
		return 0;
	return size;
}

START_TEST(plain_lines_are_what_a_loop_finds)
{
	uint32_t ends[400];
	char p[400];
	uint64_t state = 1;
	size_t i, round, n, max, size, count, lines, want;

	for (round = 0; round < 20000; round++) {
		for (i = 0; i < sizeof(p); i++) {
			state = state * UINT64_C(6364136223846793005) + 1;
			p[i] = "}{xxxxxxxxxxxxxx\n\n"[(state >> 33) % 18];
			if (round % 4 == 1 && p[i] == '\n' && (state >> 40) % 16 != 0)
				p[i] = 'x'; /* long lines */
			if (i > 1 && p[i - 2] == '\n' && round % 16 != 0)
				(void)memcpy(p + i - 1, "{\"", 2);
		}
		n = (state >> 20) % (sizeof(p) + 1);
		max = round % 3 == 0 ? round % 7 : 400;
		size = lw_plain_lines(p, n, ends, max, &lines, round % 2 == 0);
		for (want = count = 0; count < max; count++) {
			i = plain_line(p + want, n - want, round % 2 == 0);
			if (i == 0)
				break;
			want += i;
			ck_assert(count < lines && ends[count] == want);
		}
		ck_assert_uint_eq(size, want);
		ck_assert_uint_eq(lines, count);
	}
}
END_TEST

START_TEST(shallow_lines_are_what_a_loop_finds)
{
	char p[20000] = {0};
	uint64_t state = 1, newlines, count;
	size_t i, at, round, n, spaces;

	for (round = 0; round < 2000; round++) {
		n = round % 16 == 0 ? sizeof(p) : 400;
		for (i = 0; i < n; i++) {
			state = state * UINT64_C(6364136223846793005) + 1;
			p[i] = "\nxxxx  \n"[(state >> 33) % 8];
		}
		n -= (state >> 20) % n;
		spaces = 1 + round % 7;
		for (i = 0; i + 1 < n; i++) /* most are deep */
			if (p[i] == '\n' && (i * 31 + round) % 97 != 0)
				memset(p + i + 1, ' ', i + 1 + spaces < n ? spaces : n - i - 1);
		for (at = 0, count = 0; at < n; at++) {
			for (i = 1; i <= spaces && at + i < n && p[at + i] == ' '; i++)
				;
			if (p[at] == '\n' && i <= spaces)
				break;
			count += p[at] == '\n';
		}
		ck_assert_uint_eq(lw_shallow_line(p, n, spaces, &newlines), at);
		ck_assert_uint_eq(newlines, count);
	}
}
END_TEST

/* Every shape that people feed, whole and in pieces. */
static const struct {
	const char *name;
	size_t records;
} shapes[] = {{"cri.log", 2}, {"docker_json_file.log", 1}, {"edge.ndjson", 15}, {"edge.yaml", 15},
    {"edge_array.json", 15}, {"entries_list.json", 2}, {"entries_list_empty_page.json", 0},
    {"error_429.json", 1}, {"explorer_copy_a.txt", 2}, {"explorer_copy_concat.json", 2},
    {"gcloud_read.json", 3}, {"gcloud_read_default.yaml", 7}, {"gcloud_tail.json", 4},
    {"pubsub_push.json", 1}};

START_TEST(shapes_are_read_whole_and_in_pieces)
{
	struct lw_buf text = {0}, whole = {0}, pieces = {0};
	char path[512], block[4096];
	size_t n, piece, records = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), SRCDIR "/../shared/data/shapes/%s", shapes[_i].name);
	f = fopen(path, "rb");
	if (f == NULL) {
		printf("SKIP: shapes_are_read_whole_and_in_pieces: ../shared is not here\n");
		return;
	}
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		lw_buf_add(&text, block, n);
	(void)fclose(f);
	lw_buf_addz(&whole, "");
	frame_all(&whole, text.p, text.n, 1 << 20, 0, true);
	for (n = 0; n < whole.n; n++)
		records += whole.p[n] == '\n';
	ck_assert_uint_eq(records, shapes[_i].records);
	ck_assert(whole.n == 0 || strchr("JYT", whole.p[0]) != NULL);
	for (piece = 0; piece < 8; piece++) {
		lw_buf_reset(&pieces);
		lw_buf_addz(&pieces, "");
		frame_all(&pieces, text.p, text.n, piece < 4 ? piece : 0, piece, true);
		ck_assert_str_eq(pieces.p, whole.p);
	}
	lw_buf_fini(&text);
	lw_buf_fini(&whole);
	lw_buf_fini(&pieces);
}
END_TEST

TCase *
input_source_case(void)
{
	TCase *t = tcase_create("source");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, make_folder, remove_folder);
	tcase_add_test(t, files_are_read_one_after_the_other);
	tcase_add_test(t, bytes_of_files_are_known_before_reading);
	tcase_add_test(t, long_inputs_and_several_are_worth_threads);
	tcase_add_test(t, gzip_is_told_by_its_bytes);
	tcase_add_test(t, members_are_checked_at_any_length_and_in_any_pieces);
	tcase_add_test(t, damaged_gzip_gives_what_is_whole);
	tcase_add_test(t, garbage_behind_gzip_is_noted);
	tcase_add_loop_test(t, other_packing_says_what_to_do, 0, 6);
	tcase_add_test(t, what_cannot_be_opened_is_told_and_the_rest_read);
	tcase_add_test(t, permission_is_told);
	tcase_add_test(t, empty_inputs_are_told);
	tcase_add_test(t, folders_are_walked_in_order);
	tcase_add_test(t, pipes_in_folders_are_left_out);
	tcase_add_test(t, malformed_records_are_counted_and_the_first_told);
	tcase_add_test(t, stop_ends_an_input_that_waits);
	tcase_add_test(t, a_pipe_is_read_as_it_was_written);
	tcase_add_loop_test(t, large_records_are_read_and_huge_ones_skipped, 0, 7);
	tcase_add_loop_test(t, a_block_does_not_wait_for_all_of_its_bytes, 0, 3);
	tcase_add_loop_test(t, memory_does_not_grow_with_the_input, 0, 10);
	tcase_add_test(t, byte_masks_are_what_a_loop_finds);
	tcase_add_test(t, plain_lines_are_what_a_loop_finds);
	tcase_add_test(t, shallow_lines_are_what_a_loop_finds);
	tcase_add_loop_test(
	    t, shapes_are_read_whole_and_in_pieces, 0, sizeof(shapes) / sizeof(shapes[0]));
	return t;
}
