/* source.c - operands to sources: the table of schemes. */
#include "input/source.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/time.h"
#include "input/http_address.h"

static const struct scheme {
	const char *prefix;
	enum lw_code (*open)(const char *operand, const struct lw_remote *remote,
	    struct lw_stop *stop, struct lw_source **s, struct lw_error *e);
} schemes[] = {
    {"https://", lw_source_http},
    {"http://", lw_source_http},
    {"gs://", lw_source_gs},
    {"logging://", lw_source_logging},
};

const struct lw_remote lw_remote_none = {
    .net.retry = {.attempts = 1}, .since_ns = LW_TIME_NONE, .until_ns = LW_TIME_NONE};

bool
lw_source_is_address(const char *operand)
{
	const char *p = operand;

	if (!isalpha((unsigned char)*p))
		return false;
	while (isalnum((unsigned char)*p) || *p == '+' || *p == '-' || *p == '.')
		p++;
	return strncmp(p, "://", 3) == 0;
}

char *
lw_source_name(const char *operand)
{
	if (strncmp(operand, "https://", 8) == 0 || strncmp(operand, "http://", 7) == 0)
		return lw_http_shown(operand);
	return strdup(operand);
}

enum lw_code
lw_source_open(const char *operand, const struct lw_remote *remote, struct lw_stop *stop,
    struct lw_source **s, struct lw_error *e)
{
	size_t i;

	*s = NULL;
	if (strcmp(operand, "-") == 0)
		return lw_source_stdin(operand, stop, s, e);
	if (!lw_source_is_address(operand))
		return lw_source_file(operand, stop, s, e);
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncmp(operand, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
			return schemes[i].open(operand, remote, stop, s, e);
	return lw_error_set(e, LW_EUSAGE,
	    "this kind of address is not known; give a file, a folder, -, or an https:// or gs:// "
	    "address");
}

void
lw_source_close(struct lw_source *s)
{
	if (s != NULL)
		s->ops->close(s);
}

enum lw_code
lw_source_errno(struct lw_error *e, const char *doing, int number)
{
	const char *text = strerror(number);

	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return lw_error_set(e, LW_ENOENT, "%s: %s; check the name", doing, text);
	case EACCES:
	case EPERM:
		return lw_error_set(e, LW_EACCES,
		    "%s: %s; run as a user who may read it, or change its mode", doing, text);
	case ENXIO:
		return lw_error_set(
		    e, LW_EIO, "%s: %s; a socket cannot be read, pipe its data in", doing, text);
	case EMFILE:
	case ENFILE:
		return lw_error_set(
		    e, LW_EIO, "%s: %s; raise the limit with ulimit -n", doing, text);
	case ELOOP:
		return lw_error_set(
		    e, LW_EIO, "%s: %s; the symbolic link leads to itself", doing, text);
	case ENOMEM:
		return lw_error_set(e, LW_ENOMEM, "%s: %s", doing, text);
	default:
		return lw_error_set(e, LW_EIO, "%s: %s", doing, text);
	}
}
