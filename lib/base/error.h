/*
 * error.h - the one shape of an error, and of a diagnostic.
 *
 * Code, text, and where: source name, line, column, byte offset.  Functions
 * that can fail for reasons outside the program return an enum lw_code and
 * fill a struct lw_error where the caller passed one.  Nothing in lib/ prints:
 * what the user should hear goes to a lw_diag_fn.
 */
#ifndef LW_BASE_ERROR_H
#define LW_BASE_ERROR_H

#include <stddef.h>
#include <stdint.h>

/* X(code, text): the one list of codes.  Texts are nouns, used where no better message exists. */
#define LW_CODES(X) \
	X(LW_OK, "no error") \
	X(LW_ENOMEM, "out of memory") \
	X(LW_EIO, "input or output failed") \
	X(LW_ENOENT, "no such file or directory") \
	X(LW_EACCES, "permission denied") \
	X(LW_EGZIP, "damaged gzip data") \
	X(LW_ETRUNC, "input ends in the middle") \
	X(LW_EJSON, "malformed JSON") \
	X(LW_EYAML, "malformed YAML") \
	X(LW_EUTF8, "invalid UTF-8") \
	X(LW_ETYPE, "wrong type in a known field") \
	X(LW_ETIME, "not a timestamp") \
	X(LW_ELIMIT, "a limit was reached") \
	X(LW_EEMPTY, "empty input") \
	X(LW_ERULE, "bad catalogue rule") \
	X(LW_EPATTERN, "bad pattern") \
	X(LW_EUSAGE, "wrong usage") \
	X(LW_EHTTP, "HTTP request failed") \
	X(LW_EINTR, "interrupted")

enum lw_code {
#define LW_CODE_ENUM(code, text) code,
	LW_CODES(LW_CODE_ENUM)
#undef LW_CODE_ENUM
	    LW_CODE_COUNT
};

struct lw_error {
	enum lw_code code;
	char source[256];  /* input or file name; "" where there is none; cut to fit */
	uint64_t line;     /* 1-based; 0 where unknown */
	uint64_t column;   /* 1-based, in bytes; 0 where unknown */
	uint64_t offset;   /* byte offset in the source, from 0; meaningful where line is not 0 */
	char message[512]; /* one line, no trailing newline; cut to fit */
};

/* The text of a code; never NULL, also for values outside the table. */
const char *lw_code_text(enum lw_code code);

/*
 * Fill *e (NULL is fine) with a formatted message and no place; returns code,
 * so that `return lw_error_set(e, LW_EIO, "...")` reads well.
 */
enum lw_code lw_error_set(struct lw_error *e, enum lw_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Say where *e (NULL is fine) happened; source may be NULL to keep the one it has. */
void lw_error_at(
    struct lw_error *e, const char *source, uint64_t line, uint64_t column, uint64_t offset);

/* "SOURCE:LINE:COLUMN: message", the parts that are known; always NUL-terminated.  Returns buf. */
char *lw_error_format(const struct lw_error *e, char *buf, size_t size);

enum lw_diag_level { LW_DIAG_NOTE, LW_DIAG_WARNING, LW_DIAG_ERROR };

/* Called with a diagnostic for the user; *e is valid during the call only.  May be called from any
 * thread, one at a time. */
typedef void lw_diag_fn(void *arg, enum lw_diag_level level, const struct lw_error *e);

#endif
