/* words.c - units, terms and endings, as tables; all lookups ignore case. */
#include "cluster/words.h"

#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* z is in lower case. */
static bool
same(struct lw_str s, const char *z)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c >= 'A' && c <= 'Z' ? c | 32 : c) != z[i])
			return false;
	}
	return z[i] == '\0';
}

static bool
in_table(struct lw_str s, const char *const *table, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if ((s.p[0] | 32) == table[i][0] && same(s, table[i]))
			return true;
	return false;
}

enum lw_value_type
lw_unit(struct lw_str s, bool glued)
{
	static const char *const sizes[] = {"b", "byte", "bytes", "gb", "gib", "kb", "kbytes",
	    "kib", "mb", "mbytes", "mib", "pb", "tb", "tib"};
	static const char *const times[] = {"days", "hour", "hours", "hrs", "microseconds",
	    "millis", "milliseconds", "min", "mins", "minute", "minutes", "ms", "msec", "msecs",
	    "nanoseconds", "ns", "s", "sec", "second", "seconds", "secs", "us", "usec", "usecs",
	    "weeks"};

	if (s.n == 0)
		return LW_VALUE_ANY;
	if (s.n == 1 && glued) {
		if (strchr("bkmgt", s.p[0] | 32) != NULL && s.p[0] != 'm')
			return LW_VALUE_SIZE;
		if (strchr("smhd", s.p[0]) != NULL)
			return LW_VALUE_DURATION;
		return LW_VALUE_ANY;
	}
	if (s.n == 1 && s.p[0] != 's' && s.p[0] != 'B')
		return LW_VALUE_ANY;
	if (in_table(s, sizes, COUNT(sizes)))
		return LW_VALUE_SIZE;
	return in_table(s, times, COUNT(times)) ? LW_VALUE_DURATION : LW_VALUE_ANY;
}

bool
lw_is_term(struct lw_str s)
{
	static const char *const terms[] = {"aes128", "aes256", "amd64", "arm64", "base64", "bz2",
	    "crc32", "ec2", "ext3", "ext4", "gb2312", "h264", "http1", "http2", "i18n", "i386",
	    "int32", "int64", "ipv4", "ipv6", "iso8601", "k8s", "latin1", "log4j", "md5", "mp3",
	    "mp4", "nat64", "oauth2", "p2p", "s3", "sha1", "sha256", "sha384", "sha512", "slf4j",
	    "socks4", "socks5", "ssl3", "tls1", "uint32", "uint64", "utf-16", "utf-8", "utf16",
	    "utf8", "x86", "x86_64", "x509"};

	return s.n >= 2 && s.n <= 8 && in_table(s, terms, COUNT(terms));
}

static struct lw_str
last_label(struct lw_str *s)
{
	size_t i = s->n;
	struct lw_str label;

	while (i > 0 && s->p[i - 1] != '.')
		i--;
	label = lw_str_make(s->p + i, s->n - i);
	s->n = i > 0 ? i - 1 : 0;
	return label;
}

bool
lw_is_host(struct lw_str s)
{
	static const char *const generic[] = {"arpa", "biz", "cloud", "com", "edu", "gov", "info",
	    "int", "internal", "lan", "local", "localdomain", "mil", "net", "org"};
	static const char *const second[] = {
	    "ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"};
	struct lw_str rest = s, label = last_label(&rest);
	size_t i;

	if (rest.n == 0 || label.n < 2 || s.p[0] == '.')
		return false;
	for (i = 0; i < s.n; i++)
		if (s.p[i] == '$' || s.p[i] == '@' || s.p[i] == '+')
			return false;
	if (in_table(label, generic, COUNT(generic)))
		return true;
	if (label.n != 2 || (label.p[0] | 32) < 'a' || (label.p[0] | 32) > 'z')
		return false;
	if (s.n > 4 && strncasecmp(s.p, "www.", 4) == 0)
		return true;
	label = last_label(&rest);
	return rest.n > 0 && label.n > 0 && in_table(label, second, COUNT(second));
}

bool
lw_names_next(struct lw_str s)
{
	static const char *const leads[] = {
	    "host", "hostname", "login", "principal", "user", "username"};

	return s.n >= 4 && s.n <= 9 && in_table(s, leads, COUNT(leads));
}

bool
lw_is_preposition(struct lw_str s)
{
	static const char *const words[] = {
	    "by", "for", "from", "named", "of", "on", "to", "via", "with"};

	return s.n >= 2 && s.n <= 5 && in_table(s, words, COUNT(words));
}
