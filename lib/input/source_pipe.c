/*
 * source_pipe.c - standard input or a FIFO that another process writes to.
 *
 * Who writes to a pipe and who reads it wait for each other: each holds it while it copies.  So
 * what was written is first moved to a pipe that no one else has, which copies nothing (splice(2)),
 * and read from there, while the writer goes on.
 */
#define _GNU_SOURCE 1 /* F_SETPIPE_SZ, pipe2, splice */

#include <config.h>

#include "input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20) /* what Linux allows every user */

struct pipe_source {
	struct lw_source base;
	struct lw_stop *stop;
	int fd;
	bool owned;   /* close fd with the source */
	int moved[2]; /* the pipe that what was written is moved to, or -1 */
	size_t held;  /* bytes in it */
};

/* Move what was written by now, where all that was moved before is read. */
static void
move(struct pipe_source *p)
{
#ifdef SPLICE_F_NONBLOCK
	ssize_t got;

	if (p->held > 0 || p->moved[1] < 0)
		return;
	got = splice(p->fd, NULL, p->moved[1], NULL, PIPE_BYTES, SPLICE_F_NONBLOCK);
	p->held = got < 0 ? 0 : (size_t)got;
#else
	(void)p;
#endif
}

static ptrdiff_t
pipe_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct pipe_source *p = (struct pipe_source *)s;
	ssize_t got;

	do {
		if (p->held == 0 && !lw_stop_wait(p->stop, p->fd))
			return 0;
		move(p);
		/* Where nothing was moved, this is the end, or moving is not to be had. */
		got = read(p->held > 0 ? p->moved[0] : p->fd, buf, n);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got < 0) {
		(void)lw_source_errno(e, "cannot be read", errno);
		return -1;
	}
	p->held -= p->held > 0 ? (size_t)got : 0;
	s->raw_bytes += (uint64_t)got;
	return got;
}

static bool
pipe_waits(struct lw_source *s)
{
	struct pipe_source *p = (struct pipe_source *)s;
	struct pollfd fd = {p->fd, POLLIN, 0};

	move(p);
	return p->held == 0 && poll(&fd, 1, 0) == 0;
}

static void
pipe_close(struct lw_source *s)
{
	struct pipe_source *p = (struct pipe_source *)s;
	int i;

	for (i = 0; i < 2; i++)
		if (p->moved[i] >= 0)
			(void)close(p->moved[i]);
	if (p->owned)
		(void)close(p->fd);
	free(p);
}

static const struct lw_source_ops pipe_ops = {
    .read = pipe_read, .close = pipe_close, .waits = pipe_waits};

/* A pipe holds 64 KiB by default, a seventh of a block: reader and writer would take turns. */
static void
widen(int fd)
{
#ifdef F_SETPIPE_SZ
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
#else
	(void)fd;
#endif
}

struct lw_source *
lw_source_pipe(int fd, bool owned, struct lw_stop *stop)
{
	struct pipe_source *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->base.ops = &pipe_ops;
	p->stop = stop;
	p->fd = fd;
	p->owned = owned;
	p->moved[0] = p->moved[1] = -1;
	widen(fd);
#ifdef SPLICE_F_NONBLOCK
	if (pipe2(p->moved, O_CLOEXEC) == 0)
		widen(p->moved[1]);
	else
		p->moved[0] = p->moved[1] = -1;
#endif
	return &p->base;
}
