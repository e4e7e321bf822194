/* sink.c - see sink.h. */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "options.h"

#define PLAIN_BYTES ((size_t)256 << 10)
#define MEMBER_BYTES ((size_t)1 << 20) /* smaller ones would pack worse */

bool
sink_is_gzip(const char *path)
{
	size_t n = path == NULL ? 0 : strlen(path);

	return n > 3 && strcmp(path + n - 3, ".gz") == 0;
}

static bool
fail(const struct sink *s, int number)
{
	complain("%s: %s; the output is not complete", s->path, strerror(number));
	return false;
}

bool
sink_open(struct sink *s, const char *path, uint64_t keep_bytes)
{
	*s = (struct sink){.path = "standard output", .fd = STDOUT_FILENO};
	if (path == NULL || strcmp(path, "-") == 0)
		return true;
	s->path = path;
	s->gzip = sink_is_gzip(path);
	s->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (keep_bytes == 0 ? O_TRUNC : 0), 0666);
	if (s->fd < 0) {
		complain("%s: cannot be written: %s", path, strerror(errno));
		return false;
	}
	s->owned = true;
	if (keep_bytes > 0 && (ftruncate(s->fd, (off_t)keep_bytes) != 0 ||
				  lseek(s->fd, (off_t)keep_bytes, SEEK_SET) < 0)) {
		complain("%s: cannot be continued: %s", path, strerror(errno));
		(void)close(s->fd);
		return false;
	}
	return true;
}

static bool
write_all(const struct sink *s, const char *p, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = write(s->fd, p, n);
		if (done < 0 && errno != EINTR)
			return fail(s, errno);
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	return true;
}

/* The buffered lines as one member. */
static bool
pack(struct sink *s)
{
	z_stream z = {0};
	bool ok = false;
	uLong most;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return fail(s, ENOMEM);
	most = deflateBound(&z, (uLong)s->lines.n);
	lw_buf_reset(&s->packed);
	if (lw_buf_reserve(&s->packed, most)) {
		z.next_in = (Bytef *)s->lines.p;
		z.avail_in = (uInt)s->lines.n;
		z.next_out = (Bytef *)s->packed.p;
		z.avail_out = (uInt)most;
		ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
		s->packed.n = most - z.avail_out;
	}
	(void)deflateEnd(&z);
	return ok || fail(s, ENOMEM);
}

bool
sink_flush(struct sink *s, bool last)
{
	bool ok;

	if (s->lines.n == 0 || (s->gzip && !last && s->lines.n < MEMBER_BYTES))
		return true;
	if (s->gzip)
		ok = pack(s) && write_all(s, s->packed.p, s->packed.n);
	else
		ok = write_all(s, s->lines.p, s->lines.n);
	lw_buf_reset(&s->lines);
	return ok;
}

bool
sink_line(struct sink *s, struct lw_str line)
{
	lw_buf_addstr(&s->lines, line);
	lw_buf_addc(&s->lines, '\n');
	if (!lw_buf_ok(&s->lines))
		return fail(s, ENOMEM);
	return s->lines.n < (s->gzip ? MEMBER_BYTES : PLAIN_BYTES) || sink_flush(s, false);
}

bool
sink_close(struct sink *s)
{
	bool ok = sink_flush(s, true);

	if (s->owned && close(s->fd) != 0 && ok)
		ok = fail(s, errno);
	lw_buf_fini(&s->lines);
	lw_buf_fini(&s->packed);
	return ok;
}
