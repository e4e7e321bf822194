/* source_file.c - files and standard input, by read(2). */
#include <config.h>

#include "input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_source {
	struct lw_source base;
	struct lw_stop *stop;
	int fd;
	bool owned;  /* close fd with the source */
	bool waits;  /* reading may wait for a writer: terminal, socket */
	off_t began; /* where in a file reading began: standard input may have been read before */
};

static ptrdiff_t
file_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct file_source *f = (struct file_source *)s;
	ssize_t got;

	for (;;) {
		if (f->waits ? !lw_stop_wait(f->stop, f->fd) : lw_stop_asked(f->stop))
			return 0;
		got = read(f->fd, buf, n);
		if (got >= 0) {
			s->raw_bytes += (uint64_t)got;
			return got;
		}
		if (errno != EINTR && errno != EAGAIN)
			break;
	}
	(void)lw_source_errno(e, "cannot be read", errno);
	return -1;
}

static void
file_close(struct lw_source *s)
{
	struct file_source *f = (struct file_source *)s;

	if (f->owned)
		(void)close(f->fd);
	free(f);
}

static ptrdiff_t
file_read_at(const struct lw_source *s, char *buf, size_t n, uint64_t offset)
{
	const struct file_source *f = (const struct file_source *)s;
	ssize_t got;

	do {
		if (lw_stop_asked(f->stop))
			return 0;
		got = pread(f->fd, buf, n, f->began + (off_t)offset);
	} while (got < 0 && errno == EINTR);
	return got;
}

static bool
file_seek(struct lw_source *s, uint64_t offset)
{
	struct file_source *f = (struct file_source *)s;

	s->raw_bytes = offset;
	return lseek(f->fd, f->began + (off_t)offset, SEEK_SET) >= 0;
}

static bool
file_waits(struct lw_source *s)
{
	struct pollfd fd = {((struct file_source *)s)->fd, POLLIN, 0};

	return poll(&fd, 1, 0) == 0;
}

static const struct lw_source_ops stream_ops = {
    .read = file_read, .close = file_close, .waits = file_waits};
static const struct lw_source_ops file_ops = {
    .read = file_read, .close = file_close, .read_at = file_read_at, .seek = file_seek};

static enum lw_code
no_memory(int fd, bool owned, struct lw_error *e)
{
	if (owned)
		(void)close(fd);
	return lw_error_set(e, LW_ENOMEM, "out of memory");
}

static enum lw_code
file_new(int fd, bool owned, const struct stat *st, struct lw_stop *stop, struct lw_source **s,
    struct lw_error *e)
{
	struct file_source *f;

	if (S_ISFIFO(st->st_mode)) {
		*s = lw_source_pipe(fd, owned, stop);
		return *s != NULL ? LW_OK : no_memory(fd, owned, e);
	}
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return no_memory(fd, owned, e);
	f->began = S_ISREG(st->st_mode) ? lseek(fd, 0, SEEK_CUR) : -1;
	f->base.ops = f->began >= 0 ? &file_ops : &stream_ops;
	f->stop = stop;
	f->fd = fd;
	f->owned = owned;
	f->waits = !S_ISREG(st->st_mode) && !S_ISBLK(st->st_mode);
	if (S_ISREG(st->st_mode) && st->st_size > 0)
		f->base.size_bytes = (uint64_t)st->st_size;
#ifdef POSIX_FADV_SEQUENTIAL
	if (S_ISREG(st->st_mode))
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
	*s = &f->base;
	return LW_OK;
}

enum lw_code
lw_source_file(const char *path, struct lw_stop *stop, struct lw_source **s, struct lw_error *e)
{
	struct stat st;
	int fd;

	do {
		/* A FIFO without a writer waits here, as it should: the writer may come later. */
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	} while (fd < 0 && errno == EINTR && !lw_stop_asked(stop));
	if (fd < 0 && errno == EINTR)
		return lw_error_set(e, LW_EINTR, "interrupted before it was opened");
	if (fd < 0)
		return lw_source_errno(e, "cannot be opened", errno);
	if (fstat(fd, &st) != 0) {
		int number = errno;

		(void)close(fd);
		return lw_source_errno(e, "cannot be examined", number);
	}
	return file_new(fd, true, &st, stop, s, e);
}

enum lw_code
lw_source_stdin(const char *name, struct lw_stop *stop, struct lw_source **s, struct lw_error *e)
{
	struct stat st;

	(void)name;
	if (fstat(STDIN_FILENO, &st) != 0)
		return lw_source_errno(e, "standard input cannot be read", errno);
	if (S_ISDIR(st.st_mode))
		return lw_error_set(
		    e, LW_EIO, "standard input is a folder; give the folder as an operand");
	return file_new(STDIN_FILENO, false, &st, stop, s, e);
}
