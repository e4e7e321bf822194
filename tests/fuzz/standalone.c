/*
 * standalone.c - run a fuzzing harness without a fuzzer.
 *
 * Linked to each tests/fuzz/fuzz_NAME.c where libFuzzer is not.  Runs every
 * file of the folders and files given (none: the seeds of NAME) as it is and
 * damaged in a few hundred ways, the same ones each time, and writes TAP: one
 * result a file.  What the sanitizers find ends the program.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DAMAGED_COPIES 200
#define SEED_MAX_BYTES ((size_t)64 << 10) /* of a longer file, its beginning */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned result_count;

/* xorshift64*: the same damage in every run, on every machine. */
static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* Each input gets a block of its own size, so that reading past its end is seen. */
static void
run_exactly(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size == 0 ? 1 : size);

	if (copy == NULL)
		return;
	if (size > 0)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static size_t
damage(uint8_t *data, size_t size, uint64_t *state)
{
	static const uint8_t telling[] = "\0\"\\{}[]:,'\n\r\t#-\x1b\xff\x80 09";
	size_t edits = 1 + next_random(state) % 4;

	while (edits-- > 0 && size > 0) {
		size_t at = next_random(state) % size;
		size_t run = 1 + next_random(state) % 16;

		switch (next_random(state) % 4) {
		case 0: /* cut the end off */
			size = at;
			break;
		case 1: /* a bit */
			data[at] ^= (uint8_t)(1U << next_random(state) % 8);
			break;
		case 2: /* a byte that means something to a parser */
			data[at] = telling[next_random(state) % (sizeof(telling) - 1)];
			break;
		default: /* take a few bytes out */
			if (run > size - at)
				run = size - at;
			memmove(data + at, data + at + run, size - at - run);
			size -= run;
		}
	}
	return size;
}

static void
run_file(const char *path)
{
	uint8_t *seed = malloc(SEED_MAX_BYTES), *work = malloc(SEED_MAX_BYTES);
	FILE *f = fopen(path, "rb");
	uint64_t state = UINT64_C(88172645463325252);
	size_t size;
	int i;

	result_count++;
	if (seed == NULL || work == NULL || f == NULL) {
		printf("not ok %u - %s could not be read\n", result_count, path);
	} else {
		size = fread(seed, 1, SEED_MAX_BYTES, f);
		run_exactly(seed, size);
		for (i = 0; i < DAMAGED_COPIES; i++) {
			memcpy(work, seed, size);
			run_exactly(work, damage(work, size, &state));
		}
		printf("ok %u - %s\n", result_count, path);
	}
	(void)fflush(stdout);
	if (f != NULL)
		(void)fclose(f);
	free(work);
	free(seed);
}

static void
run_path(const char *path)
{
	struct dirent **entries;
	struct stat st;
	char *name;
	int i, count;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		run_file(path);
		return;
	}
	count = scandir(path, &entries, NULL, alphasort);
	for (i = 0; i < count; i++) {
		size_t size = strlen(path) + strlen(entries[i]->d_name) + 2;

		name = malloc(size);
		if (name != NULL && entries[i]->d_name[0] != '.') {
			(void)snprintf(name, size, "%s/%s", path, entries[i]->d_name);
			run_path(name);
		}
		free(name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

int
main(int argc, char **argv)
{
	char path[4096];
	const char *name = strrchr(argv[0], '/');
	int i;

	name = name == NULL ? argv[0] : name + 1;
	if (strncmp(name, "lt-", 3) == 0)
		name += 3;
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	for (i = 1; i < argc; i++)
		run_path(argv[i]);
	if (argc == 1) {
		(void)snprintf(path, sizeof(path), "%s/tests/fuzz/seeds/%s", SRCDIR, name);
		run_path(path);
	}
	printf("1..%u\n", result_count);
	return EXIT_SUCCESS;
}
