/* redact_key.c - password=, "token": "...", Authorization:, Cookie:, <secret>, --api-key. */
#include "report/redact_key.h"

#include "report/redact.h"

/* Keys by how they end, in lower case and without separators: db_password, DB-Password and
 * dbPassword end alike. */
static const struct {
	const char *ending, *kind;
	bool whole; /* the whole key or a whole word at its end, not any ending */
} keys[] = {
    {"password", "password", false},
    {"passwd", "password", false},
    {"passphrase", "password", false},
    {"passcode", "password", true},
    {"pwd", "password", true},
    {"pgpassword", "password", true},
    {"pass", "password", true},
    {"secret", "secret", false},
    {"token", "token", false},
    {"apikey", "api-key", false},
    {"secretkey", "secret", false},
    {"accesskey", "secret", false},
    {"accountkey", "secret", false},
    {"sharedkey", "secret", false},
    {"encryptionkey", "secret", false},
    {"signingkey", "secret", false},
    {"masterkey", "secret", false},
    {"privatekey", "private-key", false},
    {"authkey", "secret", false},
    {"jwt", "jwt", true},
    {"authorization", "authorization", false},
    {"cookie", "cookie", false},
    {"sessionid", "session", false},
    {"googsignature", "signature", false},
    {"amzsignature", "signature", false},
    {"sig", "signature", true},
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_alnum(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_key_byte(char c)
{
	return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

static bool
is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

/* Compares the end of key with an ending of keys[], separators passed over; *at is where the match
 * begins. */
static bool
key_ends(struct lw_str key, const char *ending, size_t *at)
{
	size_t i = key.n, k = strlen(ending);

	while (k > 0) {
		while (i > 0 && !is_alnum(key.p[i - 1]))
			i--;
		if (i == 0 || lower(key.p[i - 1]) != ending[k - 1])
			return false;
		i--;
		k--;
	}
	*at = i;
	return true;
}

/* The kind of secret that a key names, or NULL. */
static const char *
key_kind(struct lw_str key)
{
	size_t i, at = 0;

	for (i = 0; i < KEYS; i++) {
		if (!key_ends(key, keys[i].ending, &at))
			continue;
		if (!keys[i].whole || at == 0 || !is_alnum(key.p[at - 1]) ||
		    (is_upper(key.p[at]) && !is_upper(key.p[at - 1])))
			return keys[i].kind;
	}
	return NULL;
}

/* The start of the colour sequence ESC [ ... m that ends at `at`, or `at`. */
static size_t
before_colour(struct lw_str s, size_t at)
{
	size_t i = at;

	if (at < 3 || s.p[at - 1] != 'm')
		return at;
	for (i = at - 1; i > 0 && at - i < 24; i--)
		if ((s.p[i - 1] < '0' || s.p[i - 1] > '9') && s.p[i - 1] != ';')
			break;
	return i >= 2 && s.p[i - 1] == '[' && s.p[i - 2] == '\x1b' ? i - 2 : at;
}

/* The end of the colour sequence that starts at `at`, or `at`. */
static size_t
after_colour(struct lw_str s, size_t at)
{
	size_t i = at + 2;

	if (i >= s.n || s.p[at] != '\x1b' || s.p[at + 1] != '[')
		return at;
	while (i < s.n && i - at < 24 && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == ';'))
		i++;
	return i < s.n && s.p[i] == 'm' ? i + 1 : at;
}

bool
lw_redact_after_escape(struct lw_str s, size_t at)
{
	if (at >= 2 && s.p[at - 2] == '\\' &&
	    (s.p[at - 1] == 'n' || s.p[at - 1] == 't' || s.p[at - 1] == 'r'))
		return true;
	return before_colour(s, at) != at;
}

/* What stands before a delimiter. */
struct key {
	struct lw_str name;
	bool quoted;
	size_t start; /* of the name in the text */
};

/* The key that ends at `at`, perhaps in quotes (escaped or not), coloured, or with blanks behind
 * it. */
static struct key
key_before(struct lw_str s, size_t at, bool blanks)
{
	struct key k = {.quoted = false};
	size_t i = at, end;

	i = before_colour(s, i);
	if (blanks && i > 0 && s.p[i - 1] == ':' && s.p[at] == '=')
		i--; /* Go's := */
	while (blanks && i > 0 && at - i < 4 && s.p[i - 1] == ' ')
		i--;
	i = before_colour(s, i);
	if (i > 0 && is_quote(s.p[i - 1])) {
		k.quoted = true;
		i--;
		while (i > 0 && at - i < 8 && s.p[i - 1] == '\\')
			i--;
	} else if (i > 0 && s.p[i - 1] == ']' && s.p[at] == '=') {
		i--; /* params[password]= */
		if (i > 0 && is_quote(s.p[i - 1]))
			i--;
	}
	end = i;
	while (i > 0 && end - i < LW_REDACT_KEY_MAX && is_key_byte(s.p[i - 1]))
		i--;
	k.name = lw_str_make(s.p + i, end - i);
	k.start = i;
	return k;
}

static bool
same_nocase(struct lw_str a, const char *z)
{
	size_t i;

	if (a.n != strlen(z))
		return false;
	for (i = 0; i < a.n; i++)
		if (lower(a.p[i]) != z[i])
			return false;
	return true;
}

/* Letters and what joins them, after an opening and perhaps before a closing bracket: a name of
 * what would stand here. */
static bool
is_bracketed_name(struct lw_str v)
{
	size_t i = 0;

	while (i < v.n && i < 3 && strchr("$<{[(", v.p[i]) != NULL && v.p[i] != '\0')
		i++;
	if (i == 0)
		return false;
	if (lw_str_starts(lw_str_make(v.p + i, v.n - i), LW_STR("REDACTED")))
		return true;
	for (; i < v.n; i++)
		if ((!is_alnum(v.p[i]) || (v.p[i] >= '0' && v.p[i] <= '9')) &&
		    (v.p[i] == '\0' || strchr("_*.- >}])", v.p[i]) == NULL))
			return false;
	return true;
}

bool
lw_redact_placeholder(struct lw_str v)
{
	static const char *const words[] = {"null", "none", "nil", "true", "false", "empty",
	    "missing", "invalid", "expired", "undefined", "unset", "required", "redacted",
	    "filtered", "hidden", "masked", "secret", "password", "token", "revoked", "string",
	    "yes", "no", "not", "n/a", "%s", "%v", "%q", "%d", "%r"};
	size_t i;

	for (i = 0; i < v.n; i++) {
		if (is_alnum(v.p[i]) && (lower(v.p[i]) != 'x' || v.n < 3))
			break;
	}
	if (i == v.n)
		return true; /* ****, xxxx, ... */
	for (i = 0; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++)
		;
	if (i == v.n && v.n < 4)
		return true; /* a count */
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (same_nocase(v, words[i]))
			return true;
	return is_bracketed_name(v) || lw_str_starts(v, LW_STR("projects/"));
}

/* Whether "key=" or "key:" begins at `at`: then what stands before is a separator. */
static bool
key_follows(struct lw_str s, size_t at)
{
	size_t i = at;

	while (i < s.n && s.p[i] == ' ')
		i++;
	if (i < s.n && is_quote(s.p[i]))
		return true;
	at = i;
	while (i < s.n && i - at < 64 && is_key_byte(s.p[i]))
		i++;
	return i < s.n && i > at && (s.p[i] == '=' || s.p[i] == ':');
}

/* The end of an unquoted value: a blank, a control, '&', or punctuation that separates. */
static size_t
bare_end(struct lw_str s, size_t at)
{
	size_t start = at;
	char c;

	for (; at < s.n; at++) {
		c = s.p[at];
		if ((c >= 0 && c <= ' ') || c == '&' || c == '"' || c == '\'' || c == '<' ||
		    c == '`')
			break;
		if (c == '\\' && at + 1 < s.n && strchr("nrt\"'\\", s.p[at + 1]) != NULL)
			break;
		if (strchr(",;)]}", c) == NULL)
			continue;
		if (at + 1 >= s.n || !is_alnum(s.p[at + 1]) || at - start > 512 ||
		    key_follows(s, at + 1))
			break;
	}
	return at;
}

/* The end of a value in quotes that begins behind them: the quote with as many backslashes before
 * it. */
static size_t
quoted_end(struct lw_str s, size_t at, char quote, size_t slashes)
{
	size_t run = 0;

	for (; at < s.n; at++) {
		if (s.p[at] == '\\') {
			run++;
			continue;
		}
		/* Fewer backslashes close an outer string; an odd surplus escapes the quote. */
		if (s.p[at] == quote && (run <= slashes || (run - slashes) % 2 == 0))
			return at - (run < slashes ? run : slashes);
		run = 0;
	}
	return s.n;
}

/* One word of lower-case prose behind which the sentence goes on: "invalid password: authentication
 * failed". */
static bool
is_prose(struct lw_str s, size_t start, size_t end)
{
	size_t i = start;

	if (end < s.n && s.p[end] != ' ')
		return false;
	if (end + 1 >= s.n)
		return false;
	if (is_upper(s.p[i]))
		i++;
	for (; i < end; i++)
		if (lower(s.p[i]) != s.p[i] || !is_alnum(s.p[i]) ||
		    (s.p[i] >= '0' && s.p[i] <= '9'))
			return false;
	return !key_follows(s, end);
}

static size_t
line_end(struct lw_str s, size_t at, char quote)
{
	for (; at < s.n; at++) {
		if (s.p[at] == '\n' || s.p[at] == '\r' || s.p[at] == '\x1b' ||
		    (quote != '\0' && s.p[at] == quote))
			break;
		if (s.p[at] == '\\' && at + 1 < s.n && strchr("nr\"'", s.p[at + 1]) != NULL)
			break;
	}
	return at;
}

/* Behind an Authorization header's colon: the scheme stays, what it carries goes. */
static size_t
after_scheme(struct lw_str s, size_t at, bool *to_line_end)
{
	static const struct {
		const char *name;
		bool line;
	} schemes[] = {{"basic ", false}, {"bearer ", false}, {"token ", false}, {"apikey ", false},
	    {"negotiate ", false}, {"ntlm ", false}, {"digest ", true}, {"oauth ", true},
	    {"googlelogin ", true}, {"aws4-hmac-sha256 ", true}};
	size_t i, n;

	*to_line_end = false;
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		n = strlen(schemes[i].name);
		if (s.n - at > n && same_nocase(lw_str_make(s.p + at, n), schemes[i].name)) {
			*to_line_end = schemes[i].line;
			return at + n;
		}
	}
	return at;
}

/* Past blanks, colours, a list's bracket and Python's b or r, to the value or its opening quote. */
static size_t
value_start(struct lw_str s, size_t at)
{
	at = after_colour(s, at);
	while (at < s.n && s.p[at] == ' ')
		at++;
	at = after_colour(s, at);
	if (at + 1 < s.n && s.p[at] == '[' && (is_quote(s.p[at + 1]) || s.p[at + 1] == '\\'))
		at++;
	if (at + 1 < s.n && strchr("brufBRUF", s.p[at]) != NULL && is_quote(s.p[at + 1]))
		at++;
	return at;
}

/* Whether what begins at `at` cannot be a secret, told from its first bytes, so that no long look
 * ahead is made in vain. */
static bool
never_a_value(struct lw_str s, size_t at, bool quoted, bool cookie)
{
	size_t left = s.n - at;

	if (left == 0 || (!quoted && s.p[at] == '{'))
		return true;
	if (!quoted && left >= 11 && memcmp(s.p + at, "-----BEGIN ", 11) == 0)
		return true; /* the PEM's own finder takes all of it */
	if (left >= 9 && memcmp(s.p + at, "projects/", 9) == 0)
		return true;
	return cookie && memchr(s.p + at, '=', left < 128 ? left : 128) == NULL;
}

enum form {
	FORM_TIGHT,
	FORM_HEADER,
	FORM_PROSE
}; /* key=value, "Key: value", and that without quotes in a sentence */

/* The bytes of the value behind a key's delimiter; false where it is none. */
static bool
value_at(struct lw_str s, size_t at, const char *kind, enum form form, size_t *start, size_t *end)
{
	size_t slashes = 0;
	bool line = false, cookie = strcmp(kind, "cookie") == 0 && form != FORM_TIGHT;
	char quote = '\0';

	at = value_start(s, at);
	while (at + slashes < s.n && slashes < 8 && s.p[at + slashes] == '\\')
		slashes++;
	if (at + slashes < s.n && is_quote(s.p[at + slashes])) {
		quote = s.p[at + slashes];
		at += slashes + 1;
	}
	if (strcmp(kind, "authorization") == 0)
		at = after_scheme(s, at, &line);
	cookie = cookie && quote == '\0';
	if (never_a_value(s, at, quote != '\0', cookie))
		return false;
	*start = at;
	if (line || cookie)
		*end = line_end(s, at, quote);
	else if (quote != '\0')
		*end = quoted_end(s, at, quote, slashes);
	else
		*end = bare_end(s, at);
	if (*end <= at || lw_redact_placeholder(lw_str_make(s.p + at, *end - at)))
		return false;
	if (strcmp(kind, "signature") == 0 && *end - at < 16)
		return false; /* sig=11 is a signal */
	return quote != '\0' || line || cookie || form != FORM_PROSE || !is_prose(s, at, *end);
}

/* <password>hunter2</password>; at is the '>'. */
static bool
xml_value(struct lw_str s, size_t at, size_t *start, size_t *end, const char **kind)
{
	struct key k = key_before(s, at, false);
	const char *lt;

	if (k.start == 0 || s.p[k.start - 1] != '<' || (*kind = key_kind(k.name)) == NULL)
		return false;
	lt = memchr(s.p + at, '<', s.n - at);
	if (lt == NULL || (size_t)(lt - s.p) + 1 >= s.n || lt[1] != '/')
		return false;
	*start = at + 1;
	*end = (size_t)(lt - s.p);
	return *end > *start && !lw_redact_placeholder(lw_str_make(s.p + *start, *end - *start));
}

/* --password VALUE and, in SQL, PASSWORD 'VALUE' or IDENTIFIED BY 'VALUE'; at is the blank or the
 * quote. */
static bool
spaced_value(struct lw_str s, size_t at, size_t *start, size_t *end, const char **kind)
{
	struct key k = key_before(s, at, s.p[at] != ' ');

	if (s.p[at] == ' ') {
		if (k.quoted || k.name.n < 3 || k.name.p[0] != '-' || k.name.p[1] != '-')
			return false;
		if (at + 1 >= s.n || s.p[at + 1] == '-' || (*kind = key_kind(k.name)) == NULL)
			return false;
		return value_at(s, at, *kind, FORM_TIGHT, start, end);
	}
	if (k.quoted || k.start + k.name.n == at ||
	    (!same_nocase(k.name, "password") && !same_nocase(k.name, "by")))
		return false;
	if (same_nocase(k.name, "by") &&
	    (k.start < 11 || !same_nocase(lw_str_make(s.p + k.start - 11, 10), "identified")))
		return false;
	*kind = "password";
	*start = at + 1;
	*end = quoted_end(s, at + 1, s.p[at], 0);
	return *end > *start && !lw_redact_placeholder(lw_str_make(s.p + *start, *end - *start));
}

/* "Unexpected token: x" of parsers, and what this file itself wrote. */
static bool
is_no_key(struct lw_str s, const struct key *k)
{
	static const char *const before[] = {"nexpected ", "REDACTED:"};
	size_t i, n;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		n = strlen(before[i]);
		if (k->start >= n &&
		    lw_str_ends(lw_str_make(s.p, k->start), lw_str_from(before[i])))
			return true;
	}
	return false;
}

bool
lw_redact_value(
    struct lw_str s, size_t at, size_t from, size_t *start, size_t *end, const char **kind)
{
	struct key k;
	size_t behind = at + 1;
	enum form form = FORM_TIGHT;

	if (s.p[at] == '>')
		return xml_value(s, at, start, end, kind);
	if (s.p[at] == ' ' || s.p[at] == '"' || s.p[at] == '\'')
		return spaced_value(s, at, start, end, kind);
	if (s.p[at] != '=' && s.p[at] != ':')
		return false;
	if (s.p[at] == ':' && behind + 1 < s.n && s.p[behind] == '/' && s.p[behind + 1] == '/')
		return false; /* the scheme of an address */
	k = key_before(s, at, true);
	if (k.start < from || (*kind = key_kind(k.name)) == NULL || is_no_key(s, &k))
		return false;
	if (behind < s.n && (s.p[behind] == '=' || (s.p[at] == ':' && s.p[behind] == ':')))
		return false; /* == compares, := has its own '=', :: is a scope */
	if (behind < s.n && s.p[at] == '=' && s.p[behind] == '>')
		behind++; /* Ruby and PHP */
	else if (s.p[at] == ':')
		form = !k.quoted && behind < s.n && s.p[behind] == ' ' ? FORM_PROSE : FORM_HEADER;
	return value_at(s, behind, *kind, form, start, end);
}
