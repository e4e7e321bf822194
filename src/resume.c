/* resume.c - the whole file is read once: its count for --limit, its last time, and what has it. */
#include "resume.h"

#include <errno.h>
#include <fcntl.h>
#include <logwhy.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/time.h"
#include "input/identity.h"
#include "input/input.h"
#include "options.h"
#include "sink.h"

#define PIECE_BYTES ((size_t)256 << 10)
#define MEMBER_MAX_BYTES ((size_t)256 << 20) /* inflated; those of sink.c are far smaller */
#define MAX_AT_ONE_TIME ((size_t)1 << 24)

struct scan {
	struct resume *r;
	const char *path;
	struct lw_buf line; /* one that is not whole yet */
	size_t cap;         /* of r->last_ids */
	uint64_t lines;
	uint64_t seen_bytes;  /* of the text, inflated */
	uint64_t whole_bytes; /* up to the end of the last line */
};

static bool
keep_id(struct scan *s, uint64_t hash)
{
	struct resume *r = s->r;

	if (r->last_count == s->cap) {
		size_t cap = s->cap == 0 ? 64 : s->cap * 2;
		uint64_t *p = cap > MAX_AT_ONE_TIME ? NULL : realloc(r->last_ids, cap * sizeof(*p));

		if (p == NULL) {
			complain(
			    "%s: too many entries have the timestamp of the last one", s->path);
			return false;
		}
		r->last_ids = p;
		s->cap = cap;
	}
	r->last_ids[r->last_count++] = hash;
	return true;
}

static bool
take_line(struct scan *s, struct lw_str line)
{
	struct resume *r = s->r;
	struct lw_identity id;

	s->lines++;
	if (lw_str_trim(line).n == 0)
		return true;
	if (!lw_identify(line, &id)) {
		complain("%s:%llu: is no entry, so there is no going on behind it; give another "
			 "file",
		    s->path, (unsigned long long)s->lines);
		return false;
	}
	r->entries++;
	if (id.time_ns == LW_TIME_NONE || id.time_ns < r->last_ns)
		return true;
	if (id.time_ns > r->last_ns) {
		r->last_ns = id.time_ns;
		r->last_count = 0;
	}
	return keep_id(s, id.hash);
}

/* The next bytes of the text. */
static bool
take_text(struct scan *s, const char *p, size_t n)
{
	const char *end;
	size_t used;

	while (n > 0) {
		end = memchr(p, '\n', n);
		used = end == NULL ? n : (size_t)(end - p);
		lw_buf_add(&s->line, p, used);
		if (!lw_buf_ok(&s->line) || s->line.n > LW_RECORD_MAX_BYTES) {
			complain("%s:%llu: a line is too long", s->path,
			    (unsigned long long)s->lines + 1);
			return false;
		}
		s->seen_bytes += used;
		if (end == NULL)
			return true;
		s->seen_bytes++;
		s->whole_bytes = s->seen_bytes;
		if (!take_line(s, lw_buf_str(&s->line)))
			return false;
		lw_buf_reset(&s->line);
		p += used + 1;
		n -= used + 1;
	}
	return true;
}

/* Bytes of the file: > 0, 0 at its end, < 0 after a complaint. */
static ssize_t
read_piece(const struct scan *s, int fd, char *piece)
{
	ssize_t n;

	do {
		n = read(fd, piece, PIECE_BYTES);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		complain("%s: %s", s->path, strerror(errno));
	return n;
}

static bool
read_plain(struct scan *s, int fd, char *piece)
{
	ssize_t n;

	while ((n = read_piece(s, fd, piece)) > 0)
		if (!take_text(s, piece, (size_t)n))
			return false;
	s->r->keep_bytes = s->whole_bytes;
	s->r->torn_bytes = s->seen_bytes - s->whole_bytes;
	return n == 0;
}

/* Of a compressed file: where its last whole member ends.  Lines of a member that is not whole do
 * not count, so the text of each is held until it ends. */
struct members {
	z_stream z;
	struct lw_buf text; /* of the member at hand */
	uint64_t raw_bytes; /* given to zlib */
	bool begun;
};

static bool
inflate_piece(struct scan *s, struct members *m, char *piece, size_t n, bool *damaged)
{
	char out[16384];
	int rc;

	m->z.next_in = (Bytef *)piece;
	m->z.avail_in = (uInt)n;
	m->raw_bytes += n;
	while (m->z.avail_in > 0) {
		m->begun = true;
		m->z.next_out = (Bytef *)out;
		m->z.avail_out = sizeof(out);
		rc = inflate(&m->z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END) {
			*damaged = true;
			return true;
		}
		lw_buf_add(&m->text, out, sizeof(out) - m->z.avail_out);
		if (m->text.n > MEMBER_MAX_BYTES) {
			complain(
			    "%s: a gzip member is too long; it was not written by logwhy fetch",
			    s->path);
			return false;
		}
		if (rc != Z_STREAM_END)
			continue;
		if (!lw_buf_ok(&m->text) || !take_text(s, m->text.p, m->text.n))
			return false;
		lw_buf_reset(&m->text);
		s->r->keep_bytes = m->raw_bytes - m->z.avail_in;
		m->begun = false;
		if (inflateReset(&m->z) != Z_OK)
			return false;
	}
	return true;
}

static bool
read_gzip(struct scan *s, int fd, char *piece)
{
	struct members m = {0};
	bool ok = inflateInit2(&m.z, 15 + 16) == Z_OK, damaged = false;
	ssize_t n = 0;

	while (ok && !damaged && (n = read_piece(s, fd, piece)) > 0)
		ok = inflate_piece(s, &m, piece, (size_t)n, &damaged);
	ok = ok && n >= 0;
	if (ok && s->whole_bytes != s->seen_bytes) {
		complain("%s: a gzip member ends within a line; it was not written by logwhy fetch",
		    s->path);
		ok = false;
	}
	if (ok && damaged && s->r->keep_bytes == 0 && s->r->entries == 0) {
		complain("%s: is no gzip file", s->path);
		ok = false;
	}
	s->r->torn_bytes = m.raw_bytes - s->r->keep_bytes;
	(void)inflateEnd(&m.z);
	lw_buf_fini(&m.text);
	return ok;
}

bool
resume_read(struct resume *r, const char *path)
{
	struct scan s = {.r = r, .path = path};
	char *piece;
	bool ok;
	int fd;

	*r = (struct resume){.last_ns = LW_RUN_NO_TIME};
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0) {
		complain("%s: cannot be read: %s", path, strerror(errno));
		return false;
	}
	piece = malloc(PIECE_BYTES);
	if (piece == NULL)
		complain("out of memory");
	ok = piece != NULL &&
	     (sink_is_gzip(path) ? read_gzip(&s, fd, piece) : read_plain(&s, fd, piece));
	free(piece);
	lw_buf_fini(&s.line);
	(void)close(fd);
	return ok;
}

void
resume_fini(struct resume *r)
{
	free(r->last_ids);
	r->last_ids = NULL;
}
