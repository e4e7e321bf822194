/*
 * source.h - where bytes come from.
 *
 * A source is a table of functions and its counters; each kind embeds struct
 * lw_source as its first member.  A new scheme is one file and one row in
 * source.c.  One thread a source.
 */
#ifndef LW_INPUT_SOURCE_H
#define LW_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "input/remote.h"
#include "input/stop.h"

struct lw_source;

struct lw_source_ops {
	/*
	 * Up to n (at least 1) bytes into buf, waiting for the first of them.  Returns how many; 0
	 * at the end or when stopped; -1 where reading failed (*e says why): all that was readable
	 * has been returned before.
	 */
	ptrdiff_t (*read)(struct lw_source *s, char *buf, size_t n, struct lw_error *e);
	void (*close)(struct lw_source *s); /* frees s */
	/*
	 * NULL where the source is a stream.  Else read_at reads as read does, but at an offset
	 * from where the source began, from any thread, and changes nothing in *s; -1 where it
	 * fails, and read will say why.  seek lets read go on at such an offset; false where it
	 * cannot.
	 */
	ptrdiff_t (*read_at)(const struct lw_source *s, char *buf, size_t n, uint64_t offset);
	bool (*seek)(struct lw_source *s, uint64_t offset);
	/* Would read wait now, for another process that writes?  NULL: it never does, or that
	 * cannot be told. */
	bool (*waits)(struct lw_source *s);
};

struct lw_source {
	const struct lw_source_ops *ops;
	uint64_t raw_bytes;  /* read so far, as stored */
	uint64_t size_bytes; /* as stored, where known in advance, else 0 */
	int64_t reached_ns;  /* of one read in the order of time: the time reached; else 0 */
	struct lw_error
	    note; /* what the user should hear though nothing was lost; code LW_OK else */
};

/* True for an operand with a scheme ("https://..."), known or not; other operands are paths. */
bool lw_source_is_address(const char *operand);

/* The operand as it may be shown: an address without its secrets.  A copy; NULL where memory ran
 * out. */
char *lw_source_name(const char *operand);

/* The error where there is none to open: LW_ENOENT, LW_EACCES, LW_EIO, LW_EHTTP, LW_EUSAGE,
 * LW_ENOMEM.  *s is the caller's; remote is borrowed. */
enum lw_code lw_source_open(const char *operand, const struct lw_remote *remote,
    struct lw_stop *stop, struct lw_source **s, struct lw_error *e);
void lw_source_close(struct lw_source *s); /* NULL is fine */

/* The kinds. */
enum lw_code lw_source_file(
    const char *path, struct lw_stop *stop, struct lw_source **s, struct lw_error *e);
enum lw_code lw_source_stdin(
    const char *name, struct lw_stop *stop, struct lw_source **s, struct lw_error *e);
/* Closes fd with the source where it is owned; NULL where memory ran out, and fd stays the caller's
 * then. */
struct lw_source *lw_source_pipe(int fd, bool owned, struct lw_stop *stop);
enum lw_code lw_source_http(const char *url, const struct lw_remote *remote, struct lw_stop *stop,
    struct lw_source **s, struct lw_error *e);

/* An object of Cloud Storage; read ahead where remote has what does that, or in this thread. */
enum lw_code lw_source_gs(const char *operand, const struct lw_remote *remote, struct lw_stop *stop,
    struct lw_source **s, struct lw_error *e);

enum lw_code lw_source_object(const char *operand, const struct lw_remote *remote,
    struct lw_stop *stop, struct lw_source **s, struct lw_error *e);

/* A download as a source; as lw_download_open. */
struct lw_download_options;
enum lw_code lw_source_download(
    const struct lw_download_options *o, struct lw_source **s, struct lw_error *e);

enum lw_code lw_source_logging(const char *name, const struct lw_remote *remote,
    struct lw_stop *stop, struct lw_source **s, struct lw_error *e);

/*
 * Inflates what inner gives, after the n bytes at head (copied) that were read from
 * it already.  Several members are read as one stream.  Takes inner; NULL where
 * memory ran out, and inner stays the caller's then.
 */
struct lw_source *lw_source_gzip(struct lw_source *inner, const char *head, size_t n);

/* What errno says of a path, with what to do about it; returns the code that fits. */
enum lw_code lw_source_errno(struct lw_error *e, const char *doing, int number);

#endif
