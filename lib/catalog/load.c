/*
 * load.c - paths to files, and files to rules.
 *
 * What a file says hangs on no other, so that the files of a folder can be read side by
 * side, each into a catalogue of its own, and taken in their order.  One with a problem is not
 * taken: it is read again when it is its turn, so that problems are told in order, too.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "catalog/internal.h"

#define NOWHERE ((struct lw_span){0, 1})
/* To start a thread takes as long as to read some ten KiB. */
#define BYTES_A_THREAD ((off_t)128 << 10)
#define MAX_THREADS 4

struct file {
	char *name;
	off_t bytes;
	struct lw_catalog *read; /* by a thread, without a problem; NULL: not yet */
};

struct folder {
	struct file *files; /* in order of their names */
	size_t count;
	struct file **by_size; /* the largest first */
	atomic_size_t next;    /* of those, to be read */
	uint32_t layer, checked;
};

static void
path_problem(struct lw_problems *problems, const char *path, enum lw_code code, const char *what)
{
	struct lw_source s = {.name = path};

	lw_problem_add(problems, LW_DIAG_ERROR, code, &s, NOWHERE, "%s", what);
}

static void
errno_problem(struct lw_problems *problems, const char *path)
{
	enum lw_code code = errno == ENOENT ? LW_ENOENT : errno == EACCES ? LW_EACCES : LW_EIO;

	path_problem(problems, path, code, strerror(errno));
}

/* All of a file, or more than it may have; false where it cannot be read: errno.  No memory shows
 * in *text. */
static bool
read_bytes(int fd, struct lw_buf *text)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == 0 && st.st_size < (off_t)LW_CATALOG_MAX_FILE_BYTES)
		(void)lw_buf_reserve(text, (size_t)st.st_size + 1);
	while (text->n <= LW_CATALOG_MAX_FILE_BYTES && lw_buf_reserve(text, 1)) {
		n = read(fd, text->p + text->n, text->cap - text->n - 1);
		if (n < 0 && errno != EINTR)
			return false;
		if (n == 0)
			break;
		text->n += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static enum lw_code
read_file(struct lw_catalog *c, const char *path, uint32_t layer, struct lw_problems *problems)
{
	struct lw_buf text = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum lw_code code = LW_OK;

	if (fd < 0) {
		errno_problem(problems, path);
		return LW_OK;
	}
	if (!read_bytes(fd, &text))
		errno_problem(problems, path);
	else if (!lw_buf_ok(&text))
		code = LW_ENOMEM;
	else if (text.n > LW_CATALOG_MAX_FILE_BYTES)
		path_problem(problems, path, LW_ELIMIT, "a catalogue file may have at most 4 MiB");
	else
		code = lw_catalog_read_text(c, path, lw_buf_str(&text), layer, problems);
	(void)close(fd);
	lw_buf_fini(&text);
	return code;
}

static int
is_rule_file(const struct dirent *entry)
{
	struct lw_str name = lw_str_from(entry->d_name);

	return name.p[0] != '.' &&
	       (lw_str_ends(name, LW_STR(".yaml")) || lw_str_ends(name, LW_STR(".yml")));
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
by_size(const void *a, const void *b)
{
	const struct file *x = *(struct file *const *)a, *y = *(struct file *const *)b;

	return x->bytes > y->bytes ? -1 : x->bytes < y->bytes;
}

/* A thread that reads files. */
static void *
read_some(void *arg)
{
	struct folder *f = arg;
	size_t i;

	while ((i = atomic_fetch_add_explicit(&f->next, 1, memory_order_relaxed)) < f->count) {
		struct lw_problems quiet = {.fn = NULL};
		struct file *file = f->by_size[i];

		file->read = lw_catalog_new();
		if (file->read == NULL)
			continue;
		file->read->checked = f->checked;
		if (read_file(file->read, file->name, f->layer, &quiet) == LW_OK &&
		    quiet.errors + quiet.warnings == 0)
			continue;
		lw_catalog_free(file->read);
		file->read = NULL;
	}
	return NULL;
}

/* Where that is worth threads: read what can be read by them. */
static void
read_beside(struct folder *f, unsigned threads)
{
	pthread_t others[MAX_THREADS];
	unsigned started = 0;
	off_t bytes = 0;
	struct stat st;
	size_t i;

	for (i = 0; i < f->count && threads > 1; i++) {
		f->by_size[i] = &f->files[i];
		f->files[i].bytes = stat(f->files[i].name, &st) == 0 ? st.st_size : 0;
		bytes += f->files[i].bytes;
	}
	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	if (threads > bytes / BYTES_A_THREAD)
		threads = (unsigned)(bytes / BYTES_A_THREAD);
	if (threads < 2)
		return;
	qsort(f->by_size, f->count, sizeof(*f->by_size), by_size);
	while (started < threads - 1 && pthread_create(&others[started], NULL, read_some, f) == 0)
		started++;
	if (started > 0)
		(void)read_some(f);
	while (started > 0)
		(void)pthread_join(others[--started], NULL);
}

/* The names of a folder's rule files; LW_ENOENT: errno. */
static enum lw_code
list_files(struct folder *f, const char *path)
{
	struct dirent **entries = NULL;
	struct lw_str folder = lw_str_from(path);
	int count = scandir(path, &entries, is_rule_file, by_name), i;
	bool ok;

	if (count < 0)
		return errno == ENOMEM ? LW_ENOMEM : LW_ENOENT;
	while (folder.n > 1 && folder.p[folder.n - 1] == '/')
		folder.n--;
	f->files = calloc((size_t)count + 1, sizeof(*f->files));
	f->by_size = calloc((size_t)count + 1, sizeof(struct file *));
	ok = f->files != NULL && f->by_size != NULL;
	for (i = 0; i < count; i++) {
		struct lw_buf name = {0};

		lw_buf_printf(&name, "%.*s/%s", (int)folder.n, folder.p, entries[i]->d_name);
		free(entries[i]);
		ok = ok && lw_buf_ok(&name);
		if (ok)
			f->files[f->count++].name = name.p;
		else
			lw_buf_fini(&name);
	}
	free(entries);
	return ok ? LW_OK : LW_ENOMEM;
}

static void
folder_fini(struct folder *f)
{
	size_t i;

	for (i = 0; i < f->count; i++) {
		free(f->files[i].name);
		lw_catalog_free(f->files[i].read);
	}
	free(f->files);
	free(f->by_size);
}

static enum lw_code
read_folder(struct lw_catalog *c, const char *path, uint32_t layer, struct lw_problems *problems)
{
	struct folder f = {.layer = layer, .checked = c->checked};
	enum lw_code code = list_files(&f, path);
	size_t i;

	if (code == LW_ENOENT) {
		errno_problem(problems, path);
		code = LW_OK;
	} else if (code == LW_OK && f.count == 0) {
		path_problem(problems, path, LW_EEMPTY, "the folder holds no *.yaml and no *.yml");
	}
	atomic_init(&f.next, 0);
	if (code == LW_OK)
		read_beside(&f, c->threads);
	for (i = 0; i < f.count && code == LW_OK; i++) {
		struct file *file = &f.files[i];

		if (file->read != NULL)
			code = lw_catalog_take(c, file->read, problems);
		else
			code = read_file(c, file->name, layer, problems);
		file->read = NULL;
	}
	folder_fini(&f);
	return code;
}

enum lw_code
lw_catalog_read_path(
    struct lw_catalog *c, const char *path, uint32_t layer, struct lw_problems *problems)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		errno_problem(problems, path);
		return LW_OK;
	}
	if (S_ISDIR(st.st_mode))
		return read_folder(c, path, layer, problems);
	return read_file(c, path, layer, problems);
}
