/*
 * header.h - what loggers put before a message on a line of text.
 *
 * Conservative: a line whose start is not recognised keeps all its bytes.  A
 * time must be there for bytes to be taken away, or one of few other
 * unmistakable starts (klog, syslog, "service | ", "LEVEL:logger:").  Known:
 * ISO 8601 and Go times, log4j, logback, Spring, Python logging, loguru,
 * gunicorn, PostgreSQL, OpenStack, Hadoop and Spark, Android, klog, syslog (RFC
 * 3164 and 5424), Apache and nginx error and access logs, CRI, compose, and the
 * copies of Logs Explorer.  A time without a year (syslog, klog, Android) is
 * LW_TIME_NONE: nothing in lib/ reads the clock.
 */
#ifndef LW_ENTRY_HEADER_H
#define LW_ENTRY_HEADER_H

#include "entry/entry.h"

struct lw_header {
	size_t length;   /* bytes before the message; 0 where nothing was recognised */
	int64_t time_ns; /* LW_TIME_NONE where there is none with a year and a date */
	enum lw_severity severity;
	bool has_severity;
	struct lw_str service;     /* compose's name, the syslog program; may be empty */
	struct lw_str instance;    /* the syslog host, compose's name; may be empty */
	struct lw_str method, url; /* of an access log */
	int status;                /* of an access log; 0 where there is none */
};

/* The header at the start of text's first line.  Reads at most a few hundred bytes. */
void lw_header_parse(struct lw_str text, struct lw_header *h);

/* header_level.c: offsets into s from the offset `at`; at <= s.n. */
size_t lw_header_blanks(struct lw_str s, size_t at);  /* behind blanks */
size_t lw_header_word(struct lw_str s, size_t at);    /* behind all that is no blank */
size_t lw_header_bracket(struct lw_str s, size_t at); /* behind "[...]", 0 where there is none */

/* The level that a word is ("ERROR", "core:error") into *h; false where it is none. */
bool lw_header_level(struct lw_header *h, struct lw_str word);

/* Behind a level: where the message starts, after pid, "---", [thread], logger and its separator.
 */
size_t lw_header_after_level(struct lw_str s, size_t at);

/*
 * Behind a time: where the message starts.  The level counts within the next few
 * words where all words before it are numbers, brackets, separators, or a name
 * between " - "; without a level it is `at` behind blanks.
 */
size_t lw_header_behind_time(struct lw_str s, size_t at, struct lw_header *h);

/* Android, behind its time: "  1702  2395 D WindowManager: message"; 0 where it is not that. */
size_t lw_header_android(struct lw_str s, size_t at, struct lw_header *h);

/* header_time.c: times other than RFC 3339 at the start of s; the bytes they took, 0 where there is
 * none. */
size_t lw_header_time(struct lw_str s, int64_t *ns); /* *ns is LW_TIME_NONE where it has no year */

/* "10/Oct/2000:13:55:36 -0700", as access logs have it. */
size_t lw_header_clf_time(struct lw_str s, int64_t *ns);

#endif
