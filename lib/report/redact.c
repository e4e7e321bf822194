/*
 * redact.c - one pass over the text; a byte that can start a secret calls its finders.
 *
 * A finder looks at the text from a trigger byte and answers with the range
 * of the secret, or nothing.  Look-behind is bounded (keys are short), look-
 * ahead stays inside what is then skipped or ends at the next trigger of its
 * kind, so that the whole is linear.
 */
#include "report/redact.h"

#include <stdint.h>

#include "report/redact_key.h"

struct span {
	size_t start,
	    end; /* bytes of the secret, end exclusive; start may lie before the trigger */
	const char *kind;
};

enum { DIGIT = 1, UPPER = 2, LOWER = 4, ALNUM = 7, DASH = 8, UNDER = 16, DOT = 32, B64 = 64 };

static unsigned
class_of(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return DIGIT;
	if (c >= 'A' && c <= 'Z')
		return UPPER;
	if (c >= 'a' && c <= 'z')
		return LOWER;
	if (c == '-')
		return DASH;
	if (c == '_')
		return UNDER;
	if (c == '.')
		return DOT;
	return c == '+' || c == '/' || c == '=' || c == '~' ? B64 : 0;
}

#define PROBE_BYTES \
	1024 /* looked at before a token is known to be one, so that no bytes are passed over \
		often */

/* The end of the run of bytes of these classes from `at`, of at most max bytes; *seen collects the
 * classes met. */
static size_t
run(struct lw_str s, size_t at, unsigned classes, size_t max, unsigned *seen)
{
	unsigned c;

	*seen = 0;
	if (s.n - at > max)
		s.n = at + max;
	while (at < s.n && ((c = class_of((unsigned char)s.p[at])) & classes) != 0) {
		*seen |= c;
		at++;
	}
	return at;
}

static struct lw_str
rest(struct lw_str s, size_t at)
{
	return lw_str_make(s.p + at, s.n - at);
}

static bool
starts(struct lw_str s, size_t at, const char *z)
{
	for (; *z != '\0'; z++, at++) /* the first byte mostly tells */
		if (at >= s.n || s.p[at] != *z)
			return false;
	return true;
}

static bool
starts_nocase(struct lw_str s, size_t at, const char *lower)
{
	size_t i;

	for (i = 0; lower[i] != '\0'; i++)
		if (at + i >= s.n || (s.p[at + i] | 0x20) != lower[i])
			return false;
	return true;
}

/* Keys with a prefix of their own: what follows it, how long at least, and what must be in it. */
static const struct token {
	const char *prefix, *kind;
	unsigned classes, needs; /* needs: one of these classes at least */
	size_t least;
} tokens[] = {
    {"AIza", "google-api-key", ALNUM | DASH | UNDER, ALNUM, 30},
    {"ya29.", "oauth-token", ALNUM | DASH | UNDER | DOT, ALNUM, 16},
    {"1//0", "oauth-token", ALNUM | DASH | UNDER, UPPER | LOWER, 20},
    {"GOCSPX-", "oauth-secret", ALNUM | DASH | UNDER, ALNUM, 20},
    {"AKIA", "aws-key", UPPER | DIGIT, ALNUM, 16},
    {"ASIA", "aws-key", UPPER | DIGIT, ALNUM, 16},
    {"ghp_", "github-token", ALNUM, ALNUM, 30},
    {"gho_", "github-token", ALNUM, ALNUM, 30},
    {"ghu_", "github-token", ALNUM, ALNUM, 30},
    {"ghs_", "github-token", ALNUM, ALNUM, 30},
    {"ghr_", "github-token", ALNUM, ALNUM, 30},
    {"github_pat_", "github-token", ALNUM | UNDER, ALNUM, 22},
    {"glpat-", "gitlab-token", ALNUM | DASH | UNDER | DOT, ALNUM, 20},
    {"xoxa-", "slack-token", ALNUM | DASH, DIGIT, 10},
    {"xoxb-", "slack-token", ALNUM | DASH, DIGIT, 10},
    {"xoxc-", "slack-token", ALNUM | DASH, DIGIT, 10},
    {"xoxd-", "slack-token", ALNUM | DASH | B64, ALNUM, 10},
    {"xoxe-", "slack-token", ALNUM | DASH, DIGIT, 10},
    {"xoxo-", "slack-token", ALNUM | DASH, DIGIT, 10},
    {"xoxp-", "slack-token", ALNUM | DASH, DIGIT, 10},
    {"xoxr-", "slack-token", ALNUM | DASH, DIGIT, 10},
    {"xoxs-", "slack-token", ALNUM | DASH, DIGIT, 10},
    {"xapp-", "slack-token", ALNUM | DASH, DIGIT, 20},
    {"hooks.slack.com/services/", "slack-webhook", ALNUM | B64, UPPER | DIGIT, 20},
    {"sk_live_", "stripe-key", ALNUM, ALNUM, 10},
    {"sk_test_", "stripe-key", ALNUM, ALNUM, 10},
    {"rk_live_", "stripe-key", ALNUM, ALNUM, 10},
    {"rk_test_", "stripe-key", ALNUM, ALNUM, 10},
    {"whsec_", "webhook-secret", ALNUM | B64, ALNUM, 16},
    {"npm_", "npm-token", ALNUM, ALNUM, 30},
    {"pypi-AgE", "pypi-token", ALNUM | DASH | UNDER, ALNUM, 30},
    {"sk-", "api-key", ALNUM | DASH | UNDER, DIGIT, 32},
    {"hf_", "api-key", ALNUM, ALNUM, 30},
    {"SG.", "api-key", ALNUM | DASH | UNDER | DOT, DIGIT, 40},
    {"dop_v1_", "api-key", ALNUM, DIGIT, 40},
    {"shpat_", "api-key", ALNUM, DIGIT, 30},
};

static bool
find_token(struct lw_str s, size_t at, struct span *found)
{
	const struct token *t;
	unsigned seen;
	size_t i, start, end;

	for (i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		t = &tokens[i];
		if (!starts(s, at, t->prefix))
			continue;
		start = at + strlen(t->prefix);
		end = run(s, start, t->classes, PROBE_BYTES, &seen);
		if (end - start < t->least || (seen & t->needs) == 0)
			continue;
		end = run(s, end, t->classes, s.n, &seen);
		*found = (struct span){at, end, t->kind};
		return true;
	}
	return false;
}

/* "eyJ" is `{"` in base64: header.payload.signature, the last one perhaps cut off. */
static bool
find_jwt(struct lw_str s, size_t at, struct span *found)
{
	unsigned seen;
	size_t header, payload, end;

	if (!starts(s, at, "eyJ"))
		return false;
	header = run(s, at, ALNUM | DASH | UNDER, PROBE_BYTES, &seen);
	if (header - at < 10 || header + 4 >= s.n || s.p[header] != '.')
		return false;
	payload = run(s, header + 1, ALNUM | DASH | UNDER, s.n, &seen);
	if (payload - header < 5)
		return false;
	end = payload;
	while (end < s.n && s.p[end] == '.') /* an encrypted one has five parts */
		end = run(s, end + 1, ALNUM | DASH | UNDER, s.n, &seen);
	if (end == payload && !starts(s, header + 1, "eyJ"))
		return false;
	*found = (struct span){at, end, "jwt"};
	return true;
}

static int
base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* Whether s is base64 of printable text with a colon in it: a name and a password. */
static bool
is_basic(struct lw_str s)
{
	uint32_t bits = 0;
	unsigned held = 0;
	bool colon = false;
	size_t i;
	int v;

	for (i = 0; i < s.n && s.p[i] != '='; i++) {
		v = base64_value((unsigned char)s.p[i]);
		if (v < 0)
			return false;
		bits = (bits << 6 | (uint32_t)v) & 0xffff;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		v = (int)(bits >> held & 0xff);
		if (v < 0x20 || v == 0x7f)
			return false;
		colon = colon || v == ':';
	}
	return colon;
}

/* "Bearer TOKEN" and "Basic BASE64", wherever they stand. */
static bool
find_scheme(struct lw_str s, size_t at, struct span *found)
{
	bool bearer = starts_nocase(s, at, "bearer");
	unsigned seen;
	size_t start, end;

	if (!bearer && !starts_nocase(s, at, "basic"))
		return false;
	start = at + (bearer ? 6 : 5);
	end = start;
	while (end < s.n && end - start < 4 && s.p[end] == ' ')
		end++;
	if (end == start && bearer && starts_nocase(s, end, "%20"))
		end += 3;
	if (end == start)
		return false;
	start = end;
	end = run(s, start, ALNUM | DASH | UNDER | DOT | B64, s.n, &seen);
	while (end > start && s.p[end - 1] == '.')
		end--;
	if (bearer && (end - start < 8 || ((seen & DIGIT) == 0 && end - start < 24)))
		return false;
	if (!bearer && (end - start < 4 || !is_basic(lw_str_make(s.p + start, end - start))))
		return false;
	*found = (struct span){start, end, bearer ? "bearer" : "basic"};
	return true;
}

/* A private key, up to its END line or, where it was cut off, to the end of the text. */
static bool
find_pem(struct lw_str s, size_t at, struct span *found)
{
	struct lw_str head;
	size_t end;

	if (!starts(s, at, "-----BEGIN "))
		return false;
	head = lw_str_make(s.p + at, s.n - at < 64 ? s.n - at : 64);
	if (lw_str_find(head, LW_STR("PRIVATE KEY")) == LW_NPOS)
		return false;
	*found = (struct span){at, s.n, "private-key"};
	end = lw_str_find(rest(s, at + 11), LW_STR("-----END "));
	if (end == LW_NPOS)
		return true;
	end += at + 11 + 9;
	head = rest(s, end);
	at = lw_str_find(lw_str_make(head.p, head.n < 64 ? head.n : 64), LW_STR("-----"));
	found->end = at == LW_NPOS ? end : end + at + 5;
	return true;
}

/*
 * A line of a private key that was logged one line an entry: nothing but 64 bytes of
 * base64, or fewer that end in padding; not one that hexadecimal digits make.
 */
static bool
find_key_line(struct lw_str s, size_t at, struct span *found)
{
	size_t end = at, pads = 0;
	bool upper = false, lower = false, digit = false;

	if (at > 0 && s.p[at - 1] != '\n')
		return false;
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	for (end = at; end < s.n; end++) {
		char c = s.p[end];

		if (c >= 'A' && c <= 'Z')
			upper = true;
		else if (c >= 'a' && c <= 'z')
			lower = true;
		else if (c >= '0' && c <= '9')
			digit = true;
		else if (c != '+' && c != '/')
			break;
	}
	*found = (struct span){at, end, "private-key"};
	while (end < s.n && pads < 2 && s.p[end] == '=') {
		end++;
		pads++;
	}
	if (end < s.n && s.p[end] != '\n' && s.p[end] != '\r')
		return false;
	found->end = end;
	if (!upper || !lower || (end - at) % 4 != 0)
		return false;
	return pads == 0 ? end - at == 64 && digit : end - at >= 20 && end - at <= 64;
}

static bool
ends_authority(char c)
{
	return (unsigned char)c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' ||
	       c == '\'' || c == '<' || c == '>' || c == '`' || c == '\\';
}

/* "scheme://user:PASSWORD@host", "redis://:PASSWORD@host", "https://LONGTOKEN@host"; at is the
 * colon. */
static bool
find_url_password(struct lw_str s, size_t at, struct span *found)
{
	size_t start = at + 3, colon = 0, last = 0, i;
	unsigned seen;

	if (!starts(s, at, "://"))
		return false;
	for (i = start; i < s.n && !ends_authority(s.p[i]); i++) {
		if (s.p[i] == ':' && colon == 0)
			colon = i;
		if (s.p[i] == '@')
			last = i;
	}
	if (last == 0 || starts(s, start, "[REDACTED"))
		return false;
	if (colon != 0 && colon < last) {
		*found = (struct span){colon + 1, last, "password"};
		return colon + 1 < last &&
		       !lw_redact_placeholder(lw_str_make(s.p + colon + 1, last - colon - 1));
	}
	*found = (struct span){start, last, "token"};
	i = run(s, start, ALNUM | DASH | UNDER, s.n, &seen);
	return i == last && last - start >= 20 && (seen & DIGIT) != 0;
}

/* "user:PASSWORD@tcp(host)", as Go's MySQL driver writes it; at is the '@'. */
static bool
find_dsn_password(struct lw_str s, size_t at, size_t from, struct span *found)
{
	size_t i;

	if (!starts(s, at, "@tcp(") && !starts(s, at, "@unix(") && !starts(s, at, "@cloudsql(") &&
	    !starts(s, at, "@cloudsqlconn("))
		return false;
	for (i = at; i > from && at - i < LW_REDACT_KEY_MAX && !ends_authority(s.p[i - 1]); i--)
		if (s.p[i - 1] == ':')
			break;
	if (i == from || s.p[i - 1] != ':' || i == at)
		return false;
	*found = (struct span){i, at, "password"};
	return !lw_str_ends(lw_str_make(s.p, i), LW_STR("[REDACTED:")) &&
	       !lw_redact_placeholder(lw_str_make(s.p + i, at - i));
}

/* Bytes at which a finder is asked; the rest of a text is passed at one look each. */
static const bool triggers[256] = {
    ['A'] = true,
    ['B'] = true,
    ['G'] = true,
    ['S'] = true,
    ['b'] = true,
    ['d'] = true,
    ['e'] = true,
    ['g'] = true,
    ['h'] = true,
    ['n'] = true,
    ['p'] = true,
    ['r'] = true,
    ['s'] = true,
    ['w'] = true,
    ['x'] = true,
    ['y'] = true,
    ['1'] = true,
    ['-'] = true,
    [':'] = true,
    ['='] = true,
    ['@'] = true,
    ['>'] = true,
    ['\''] = true,
    ['"'] = true,
    [' '] = true,
};

/* The secret that the byte at `at` gives away; nothing before `from` may be touched. */
static bool
find(struct lw_str s, size_t at, size_t from, struct span *found)
{
	unsigned char c = (unsigned char)s.p[at];
	bool in_word = at > 0 && (class_of((unsigned char)s.p[at - 1]) & (ALNUM | UNDER)) != 0;

	if ((class_of(c) & ALNUM) != 0) {
		/* After an escape such as \n or a colour's m the letter before belongs to it. */
		if (in_word && !lw_redact_after_escape(s, at))
			return false;
		return find_token(s, at, found) || find_jwt(s, at, found) ||
		       find_scheme(s, at, found);
	}
	if (c == '-' && find_pem(s, at, found))
		return true;
	if (c == ':' && find_url_password(s, at, found))
		return true;
	if (c == '@')
		return find_dsn_password(s, at, from, found);
	return lw_redact_value(s, at, from, &found->start, &found->end, &found->kind);
}

/*
 * Append s from *from on, up to the last secret whose trigger is at `at` or
 * behind; *from is then the end of that.  What lies between a trigger and
 * its secret (the user of an address, say) is looked at before; it holds no
 * trigger of the same kind, so this calls itself a few times at most.
 */
static size_t
scan(struct lw_buf *out, struct lw_str s, size_t at, size_t *from)
{
	struct span found = {0};
	size_t count = 0;

	while (at < s.n) {
		if (!find_key_line(s, at, &found) &&
		    (!triggers[(unsigned char)s.p[at]] || !find(s, at, *from, &found))) {
			at++;
			continue;
		}
		if (found.start > at + 1)
			count += scan(out, lw_str_make(s.p, found.start), at + 1, from);
		lw_buf_add(out, s.p + *from, found.start - *from);
		lw_buf_printf(out, "[REDACTED:%s]", found.kind);
		*from = at = found.end;
		count++;
	}
	return count;
}

size_t
lw_redact(struct lw_buf *out, struct lw_str s)
{
	size_t from = 0, count;

	lw_buf_reserve(out, s.n);
	count = scan(out, s, 0, &from);
	lw_buf_add(out, s.p + from, s.n - from);
	return count;
}
