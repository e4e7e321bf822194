/* common_words.c - the words, and looking for one. */
#include "catalog/common_words.h"

#include <string.h>

const char *const lw_common_words[] = {".com/", "//www.", "/api/v1/", "/v1/", "://", "after", "and",
    "batch", "before", "bytes", "cache", "certificate", "client", "completed", "connect",
    "connected", "connection", "container", "count", "created", "database", "debug", "default",
    "delete", "error", "exception", "failed", "file", "for", "found", "from", "get", "handled",
    "handler", "has", "http/1.1", "https://", "in", "info", "instance", "invalid", "is", "loading",
    "message", "missing", "ms", "name", "not", "null", "number", "of", "post", "process",
    "processed", "processing", "put", "query", "refreshed", "request", "response", "returned",
    "seconds", "server", "service", "session", "size", "started", "starting", "status", "success",
    "the", "time", "timeout", "to", "token", "updated", "user", "value", "warning", "with", NULL};

#define WORDS (sizeof(lw_common_words) / sizeof(lw_common_words[0]) - 1)

bool
lw_is_common(struct lw_str text)
{
	struct lw_str word = lw_str_trim(text);
	bool whole = word.n > 0 && text.p[text.n - 1] == ' ';
	size_t from = 0, to = word.n > LW_COMMON_WORD_BYTES ? 0 : WORDS, middle;
	int c;

	while (from < to) {
		middle = (from + to) / 2;
		c = word.n == 0 ? 0 : lw_common_words[middle][0] - word.p[0];
		if (c == 0)
			c = strncmp(lw_common_words[middle], word.p, word.n);
		if (c == 0 && whole)
			c = lw_common_words[middle][word.n] != '\0';
		if (c == 0)
			return true;
		if (c < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}
