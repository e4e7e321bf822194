/* walk.c - the files under a folder. */
#include <config.h>

#include "input/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "input/source.h"

/* Folders inside of folders; deeper ones are reported. */
#define DEPTH_MAX 64

struct walker {
	struct lw_walk *out;
	struct lw_map met; /* files and folders, by device and inode */
	lw_walk_fail_fn *fail;
	void *arg;
	bool nomem;
};

struct names {
	char **p;
	size_t n, cap;
};

static bool
push(char ***p, size_t *n, size_t *cap, char *s)
{
	if (s == NULL)
		return false;
	if (*n == *cap) {
		size_t more = *cap == 0 ? 64 : *cap * 2;
		char **q = realloc(*p, more * sizeof(*q));

		if (q == NULL) {
			free(s);
			return false;
		}
		*p = q;
		*cap = more;
	}
	(*p)[(*n)++] = s;
	return true;
}

static void
tell(struct walker *w, const char *path, struct lw_error *e)
{
	lw_error_at(e, path, 0, 0, 0);
	w->fail(w->arg, e);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, sorted; false where memory ran out.  What could be read of a folder that
 * fails is kept. */
static bool
list(struct walker *w, const char *folder, struct names *names)
{
	struct lw_error e;
	struct dirent *d;
	DIR *dir = opendir(folder);

	if (dir == NULL) {
		(void)lw_source_errno(&e, "the folder cannot be opened", errno);
		tell(w, folder, &e);
		return true;
	}
	for (errno = 0; (d = readdir(dir)) != NULL; errno = 0)
		if (d->d_name[0] != '.' &&
		    !push(&names->p, &names->n, &names->cap, strdup(d->d_name))) {
			(void)closedir(dir);
			return false;
		}
	if (errno != 0) {
		(void)lw_source_errno(&e, "the folder cannot be read to its end", errno);
		tell(w, folder, &e);
	}
	(void)closedir(dir);
	if (names->n > 1)
		qsort(names->p, names->n, sizeof(*names->p), by_bytes);
	return true;
}

/* True the first time that it is asked for a file. */
static bool
meet(struct walker *w, const struct stat *st)
{
	uint64_t key = lw_hash_pair((uint64_t)st->st_dev, (uint64_t)st->st_ino);
	size_t count = w->met.count;

	if (lw_map_put(&w->met, key, 0) == LW_MAP_NONE) {
		w->nomem = true;
		return false;
	}
	return w->met.count > count;
}

static void enter(struct walker *w, const char *folder, int depth);

static void
visit(struct walker *w, const char *path, int depth)
{
	struct lw_error e;
	struct stat st;

	if (stat(path, &st) != 0) {
		(void)lw_source_errno(&e, "cannot be examined", errno);
		tell(w, path, &e);
	} else if (S_ISDIR(st.st_mode)) {
		if (depth >= DEPTH_MAX) {
			(void)lw_error_set(&e, LW_ELIMIT,
			    "the folder lies more than %d folders deep and was left out; give it "
			    "by "
			    "name",
			    DEPTH_MAX);
			tell(w, path, &e);
		} else if (meet(w, &st)) {
			enter(w, path, depth + 1);
		}
	} else if (!S_ISREG(st.st_mode)) {
		(void)lw_error_set(
		    &e, LW_EIO, "is no regular file and was left out; give it by name to read it");
		tell(w, path, &e);
	} else if (meet(w, &st) &&
		   !push(&w->out->paths, &w->out->count, &w->out->cap, strdup(path))) {
		w->nomem = true;
	}
}

static void
enter(struct walker *w, const char *folder, int depth)
{
	struct names names = {0};
	struct lw_buf path = {0};
	size_t i;

	if (!list(w, folder, &names))
		w->nomem = true;
	for (i = 0; i < names.n && !w->nomem; i++) {
		lw_buf_reset(&path);
		lw_buf_addz(&path, folder);
		if (path.n > 0 && path.p[path.n - 1] != '/')
			lw_buf_addc(&path, '/');
		lw_buf_addz(&path, names.p[i]);
		if (lw_buf_ok(&path))
			visit(w, path.p, depth);
		else
			w->nomem = true;
	}
	for (i = 0; i < names.n; i++)
		free(names.p[i]);
	free(names.p);
	lw_buf_fini(&path);
}

enum lw_code
lw_walk(struct lw_walk *out, const char *folder, lw_walk_fail_fn *fail, void *arg)
{
	struct walker w = {.out = out, .fail = fail, .arg = arg};
	struct stat st;

	lw_map_init(&w.met);
	if (stat(folder, &st) == 0)
		(void)meet(&w, &st);
	if (!w.nomem)
		enter(&w, folder, 0);
	lw_map_fini(&w.met);
	return w.nomem ? LW_ENOMEM : LW_OK;
}

void
lw_walk_fini(struct lw_walk *w)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		free(w->paths[i]);
	free(w->paths);
	*w = (struct lw_walk){0};
}
