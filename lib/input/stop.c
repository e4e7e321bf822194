/* stop.c - ending an input from outside. */
#include <config.h>

#include "input/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

void
lw_stop_init(struct lw_stop *s)
{
	int i;

	atomic_init(&s->asked, 0);
	s->above = NULL;
	if (pipe(s->wake) != 0) {
		s->wake[0] = s->wake[1] = -1;
		return;
	}
	for (i = 0; i < 2; i++) {
		(void)fcntl(s->wake[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(s->wake[i], F_SETFL, O_NONBLOCK);
	}
}

void
lw_stop_fini(struct lw_stop *s)
{
	int i;

	for (i = 0; i < 2; i++)
		if (s->wake[i] >= 0)
			(void)close(s->wake[i]);
	s->wake[0] = s->wake[1] = -1;
}

void
lw_stop_below(struct lw_stop *s, struct lw_stop *above)
{
	atomic_init(&s->asked, 0);
	s->above = above;
	s->wake[0] = above->wake[0];
	s->wake[1] = -1;
}

void
lw_stop_ask(struct lw_stop *s)
{
	int saved = errno;
	ssize_t n = 0;

	atomic_store(&s->asked, 1);
	if (s->wake[1] >= 0)
		n = write(s->wake[1], "", 1); /* a full pipe wakes as well */
	(void)n;
	errno = saved;
}

bool
lw_stop_asked(struct lw_stop *s)
{
	return atomic_load_explicit(&s->asked, memory_order_relaxed) != 0 ||
	       (s->above != NULL && lw_stop_asked(s->above));
}

bool
lw_stop_wait(struct lw_stop *s, int fd)
{
	struct pollfd fds[2] = {{fd, POLLIN, 0}, {s->wake[0], POLLIN, 0}};

	while (!lw_stop_asked(s)) {
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return true; /* reading will say what is wrong */
		}
		if (fds[0].revents != 0)
			return !lw_stop_asked(s);
	}
	return false;
}
