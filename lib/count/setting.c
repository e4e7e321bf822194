/* setting.c - telling settings in messages: from each number back to the word before it. */
#include "count/setting.h"

#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"

#define SEPARATORS_MAX 4     /* bytes between a word and its number: `": "` */
#define LINKS_MAX 3          /* "set to", "was set to" */
#define IDENTIFIER_MAX 96    /* a longer identifier is none */
#define NAME_WORDS_MAX 3     /* of a name in plain words */
#define STATEMENT_BYTES 160u /* before the value */
#define DIGITS_MAX 12        /* more are a time or an id */

static const char *const strong_words[] = {
    "timeout", "timeouts", "deadline", "limit", "limits", "ttl", "quota", "threshold"};

/* Options of the JVM that have their value behind them without a mark: -Xmx512m. */
static const char *const glued_words[] = {"xmx", "xms", "xss", "xmn"};

/* What a version stands behind. */
static const char *const version_words[] = {"version", "release", "image", "tag"};

/* Of settings where a word of `bounds` stands beside them; gauges otherwise. */
static const char *const weak_words[] = {"size", "workers", "threads", "concurrency", "retries",
    "attempts", "interval", "capacity", "memory", "heap", "connections", "conns", "conn", "batch",
    "backoff", "replicas", "instances", "lifetime", "requests", "delay", "depth", "scale", "idle",
    "percentage", "rate"};
static const char *const bounds[] = {"max", "maximum", "min", "minimum", "pool", "limit", "default",
    "initial", "configured", "sampling", "sample"};

/* Between a setting and its value. */
static const char *const links[] = {
    "is", "of", "to", "set", "was", "now", "after", "exceeded", "reached", "at"};
static const char *const measuring[] = {"after", "exceeded", "reached"};

/* Units at the end of an identifier: connect_timeout_ms, timeoutSeconds. */
static const char *const name_units[] = {"ms", "s", "sec", "secs", "second", "seconds", "millis",
    "milliseconds", "minutes", "mb", "mib", "gb", "bytes"};

static const char *const value_units[] = {"s", "ms", "us", "ns", "sec", "secs", "second", "seconds",
    "millis", "milliseconds", "m", "min", "mins", "minute", "minutes", "h", "hour", "hours", "d",
    "days", "b", "kb", "mb", "gb", "kib", "mib", "gib", "ki", "mi", "gi", "k", "g", "bytes",
    "connections", "threads", "workers", "retries", "attempts", "requests"};

/* Words that end a name in plain words. */
static const char *const small_words[] = {"a", "an", "and", "as", "at", "but", "by", "for", "from",
    "has", "have", "in", "into", "is", "its", "of", "on", "or", "ready", "reached", "set",
    "setting", "than", "that", "the", "to", "using", "was", "with", "use", "started", "exceeded",
    "after", "then", "when", "while", "no", "not", "new", "changed", "increased", "decreased"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static char
fold(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return fold(c) >= 'a' && fold(c) <= 'z';
}

/* As one word at the end of another: "connecttimeout". */
static bool
ends_among(struct lw_str s, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		size_t n = strlen(words[i]);

		if (n > 3 && s.n > n && fold(s.p[s.n - 1]) == words[i][n - 1] &&
		    lw_word_is(lw_str_make(s.p + s.n - n, n), words[i]))
			return true;
	}
	return false;
}

static bool
is_separator(char c)
{
	return c == ' ' || c == '=' || c == ':' || c == '"' || c == '\'' || c == '(' || c == '[';
}

static bool
is_identifier(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
}

/* The last part of an identifier before *end, by its humps and joints; moves *end before it. */
static struct lw_str
part_before(struct lw_str s, size_t *end)
{
	size_t to = *end, from;

	while (to > 0 && !is_letter(s.p[to - 1]))
		to--;
	for (from = to; from > 0 && is_letter(s.p[from - 1]); from--) {
		bool upper = from < to && s.p[from] >= 'A' && s.p[from] <= 'Z';

		if (upper && s.p[from - 1] >= 'a' && s.p[from - 1] <= 'z')
			break;
	}
	*end = from;
	return lw_str_make(s.p + from, to - from);
}

static bool
has_bound(struct lw_str s)
{
	size_t end = s.n;

	while (end > 0) {
		struct lw_str part = part_before(s, &end);

		if (lw_word_among(part, bounds, COUNT(bounds)))
			return true;
		if (part.n > 3 && (lw_word_is(lw_str_make(part.p, 3), "max") ||
				      lw_word_is(lw_str_make(part.p, 3), "min")))
			return true;
	}
	return false;
}

/* By the last letter of a word: those before it, a bit each. */
#define L(c) (1u << ((c) - 'a'))
static const uint32_t setting_ends[26] = {L('t'),        /* a: quota */
    L('i') | L('m') | L('g'),                            /* b: mib */
    L('e'),                                              /* c: sec */
    L('n') | L('l'),                                     /* d: second, threshold */
    L('z') | L('n') | L('m') | L('l') | L('g') | L('t'), /* e: size, deadline, lifetime, idle,
							    percentage, rate */
    L('f'),                                              /* f: backoff */
    0, L('c') | L('t'),                                  /* h: batch, depth */
    0, 0, 0, L('t') | L('a'),                            /* l: ttl, interval */
    0, L('n'),                                           /* n: conn */
    0, L('a'),                                           /* p: heap */
    0, 0, ~0u,                                           /* s */
    L('u') | L('i'),                                     /* t: timeout, limit */
    0, 0, 0, L('a'),                                     /* x: max */
    L('c') | L('r') | L('a') | L('t'), /* y: concurrency, memory, delay, capacity */
    0};
static const uint32_t link_ends[26] = {['d' - 'a'] = L('e'), /* exceeded */
    ['f' - 'a'] = L('o'),                                    /* of */
    ['o' - 'a'] = L('t'),                                    /* to */
    ['r' - 'a'] = L('e'),                                    /* after */
    ['t' - 'a'] = L('e') | L('a'),                           /* set, at */
    ['w' - 'a'] = L('o')};                                   /* now */
#undef L

/* Can a word that ends in these two letters be a setting or a unit of one? */
static bool
may_end_setting(char a, char b)
{
	return is_letter(a) && is_letter(b) &&
	       (setting_ends[fold(b) - 'a'] >> (fold(a) - 'a') & 1) != 0;
}

/* Likewise, or a link? */
static bool
may_end(char a, char b)
{
	if (!is_letter(b))
		return false;
	if (!is_letter(a))
		return fold(b) == 's';
	return ((setting_ends[fold(b) - 'a'] | link_ends[fold(b) - 'a']) >> (fold(a) - 'a') & 1) !=
	       0;
}

/* What an identifier names. */
enum kind { KIND_NONE, KIND_STRONG, KIND_WEAK };

static enum kind
kind_of(struct lw_str identifier)
{
	size_t end = identifier.n, before;
	struct lw_str last = part_before(identifier, &end);

	if (last.n > 1 && !may_end_setting(last.p[last.n - 2], last.p[last.n - 1]))
		return KIND_NONE; /* so it is with most words; the lists are long */
	before = end;
	if (end > 0 && lw_word_among(last, name_units, COUNT(name_units)))
		last = part_before(identifier, &before);
	if (lw_word_is(last, "max") && end > 0) /* threads.max */
		return lw_word_among(part_before(identifier, &end), weak_words, COUNT(weak_words))
			   ? KIND_WEAK
			   : KIND_NONE;
	if (lw_word_is(last, "out") && before > 0) { /* time-out, timeOut */
		struct lw_str time = part_before(identifier, &before);

		return lw_word_is(time, "time") ? KIND_STRONG : KIND_NONE;
	}
	if (lw_word_among(last, strong_words, COUNT(strong_words)) ||
	    ends_among(last, strong_words, COUNT(strong_words)))
		return KIND_STRONG;
	if (lw_word_among(last, weak_words, COUNT(weak_words)) ||
	    ends_among(last, weak_words, COUNT(weak_words)))
		return KIND_WEAK;
	return KIND_NONE;
}

/* The number at `at` with its unit; n is 0 where it is a part of something else. */
static struct lw_str
value_at(struct lw_str m, size_t at)
{
	size_t end = at, unit, to;

	while (end < m.n && is_digit(m.p[end]))
		end++;
	if (end - at > DIGITS_MAX)
		return lw_str_make(NULL, 0);
	if (end + 1 < m.n && m.p[end] == '.' && is_digit(m.p[end + 1]))
		for (end++; end < m.n && is_digit(m.p[end]); end++)
			;
	unit = end + (end + 1 < m.n && m.p[end] == ' ' && is_letter(m.p[end + 1]));
	for (to = unit; to < m.n && is_letter(m.p[to]); to++)
		;
	if (to > unit &&
	    lw_word_among(lw_str_make(m.p + unit, to - unit), value_units, COUNT(value_units)))
		end = to;
	else if (to > unit && unit == end)
		return lw_str_make(NULL, 0);
	else if (end < m.n && m.p[end] == '%')
		end++;
	if (end - at > LW_STATED_VALUE_BYTES ||
	    (end < m.n && (m.p[end] == '_' || m.p[end] == '-' || m.p[end] == '/' ||
			      is_letter(m.p[end]) || is_digit(m.p[end]))) ||
	    (end + 1 < m.n && strchr(".,:", m.p[end]) != NULL && is_digit(m.p[end + 1])))
		return lw_str_make(NULL, 0);
	return lw_str_make(m.p + at, end - at);
}

/* "PT5S", "P1DT12H" (ISO 8601) that begins at `at`; n is 0 where there is none. */
static struct lw_str
duration_at(struct lw_str m, size_t at)
{
	size_t end = at + 1, units = 0;

	for (; end < m.n && end - at <= LW_STATED_VALUE_BYTES; end++) {
		if (m.p[end] == 'T' || m.p[end] == '.' || is_digit(m.p[end]))
			continue;
		if (m.p[end] == '\0' || strchr("YMWDHS", m.p[end]) == NULL ||
		    !is_digit(m.p[end - 1]))
			break;
		units++;
	}
	if (units == 0 || end - at > LW_STATED_VALUE_BYTES || is_digit(m.p[end - 1]) ||
	    (end < m.n && is_identifier(m.p[end])))
		return lw_str_make(NULL, 0);
	return lw_str_make(m.p + at, end - at);
}

/* "1.2", "1.2.3-rc1" behind a 'v', three parts or four without; n is 0 where there is none. */
static struct lw_str
version_at(struct lw_str m, size_t at)
{
	bool marked = at > 0 && m.p[at - 1] == 'v' && (at == 1 || !is_letter(m.p[at - 2]));
	size_t end = at, from = marked ? at - 1 : at, parts = 1;

	for (; end < m.n && (is_digit(m.p[end]) || m.p[end] == '.'); end++)
		if (m.p[end] == '.') {
			if (end + 1 == m.n || !is_digit(m.p[end + 1]))
				break;
			parts++;
		}
	if (end < m.n && (m.p[end] == '-' || m.p[end] == '+'))
		while (end < m.n && is_identifier(m.p[end]))
			end++;
	while (end > at && !is_digit(m.p[end - 1]) && !is_letter(m.p[end - 1]))
		end--;
	if (parts < (marked ? 2u : 3u) || parts > (marked ? 4u : 3u) ||
	    end - from > LW_STATED_VALUE_BYTES ||
	    (end < m.n && is_identifier(m.p[end]) && m.p[end] != '.'))
		return lw_str_make(NULL, 0);
	return lw_str_make(m.p + from, end - from);
}

/* The word or identifier that ends before `end`; n is 0 where there is none. */
static struct lw_str
word_before(struct lw_str m, size_t end)
{
	size_t from = end;

	while (from > 0 && end - from <= IDENTIFIER_MAX && is_identifier(m.p[from - 1]))
		from--;
	while (from < end && !is_letter(m.p[from])) /* a list's "- ", an option's "--" */
		from++;
	if (end - from > IDENTIFIER_MAX || from == end)
		return lw_str_make(NULL, 0);
	return lw_str_make(m.p + from, end - from);
}

static bool
has_digit(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (is_digit(s.p[i]))
			return true;
	return false;
}

/* The words of the line up to `to`, each that has a digit as one: the same for one statement. */
static uint64_t
hash_statement(struct lw_str m, size_t to)
{
	size_t from = to, i, k;
	uint64_t h = 61;
	bool cut;

	while (from > 0 && to - from < STATEMENT_BYTES && m.p[from - 1] != '\n')
		from--;
	cut = from > 0 && m.p[from - 1] != '\n';
	for (i = from; i < to; i = k) {
		struct lw_str word;

		for (k = i + 1; k < to && is_identifier(m.p[i]) == is_identifier(m.p[k]); k++)
			;
		word = lw_str_make(m.p + i, k - i);
		if ((cut && i == from) || has_digit(word))
			word = LW_STR("#");
		h = lw_hash_str(word, h);
	}
	return h;
}

static uint64_t
hash_name(struct lw_str name)
{
	char folded[LW_STATED_NAME_BYTES];
	size_t i, n = 0;

	for (i = 0; i < name.n; i++) {
		if (is_digit(name.p[i]) && n > 0 && folded[n - 1] == '#')
			continue;
		folded[n++] = (char)(is_digit(name.p[i]) ? '#' : fold(name.p[i]));
	}
	return lw_hash(folded, n, 62);
}

/* The identifier with the plain words that qualify it, at most NAME_WORDS_MAX. */
static struct lw_str
name_around(struct lw_str m, struct lw_str identifier, unsigned *words)
{
	size_t from = (size_t)(identifier.p - m.p), end = from + identifier.n;

	for (*words = 1; *words < NAME_WORDS_MAX && from > 1 && m.p[from - 1] == ' '; ++*words) {
		struct lw_str word = word_before(m, from - 1);

		if (word.n == 0 || word.p + word.n != m.p + from - 1 || word.n > 24 ||
		    has_digit(word) || !is_letter(word.p[word.n - 1]) ||
		    lw_word_among(word, small_words, COUNT(small_words)))
			break;
		from = (size_t)(word.p - m.p);
	}
	if (end - from > LW_STATED_NAME_BYTES)
		from = end - LW_STATED_NAME_BYTES;
	while (from < end && !is_letter(m.p[from]))
		from++;
	return lw_str_make(m.p + from, end - from);
}

/* A parameter of an address, a path, SQL's "LIMIT 10": of the request, not of the service. */
static bool
is_of_request(struct lw_str m, struct lw_str identifier, struct lw_str value)
{
	size_t from = (size_t)(identifier.p - m.p);

	if (from > 0 && strchr("?&/%$", m.p[from - 1]) != NULL)
		return true;
	return lw_str_eq(identifier, LW_STR("LIMIT")) && identifier.p + identifier.n + 1 == value.p;
}

/* The setting whose value begins at `at`, behind the separators that begin at `end`. */
static bool
setting_at(struct lw_str m, size_t end, size_t at, struct lw_stated *s)
{
	struct lw_str word = word_before(m, end), value;
	bool measured = m.p[at - 1] == '(' && lw_word_is(word, "exceeded");
	unsigned links_seen = 0, words;
	enum kind kind;

	while (word.n > 0 && links_seen < LINKS_MAX && lw_word_among(word, links, COUNT(links))) {
		size_t from = (size_t)(word.p - m.p);

		measured = measured || lw_word_among(word, measuring, COUNT(measuring));
		if (from < 2 || m.p[from - 1] != ' ')
			return false;
		word = word_before(m, from - 1);
		links_seen++;
	}
	kind = word.n == 0 ? KIND_NONE : kind_of(word);
	if (kind == KIND_NONE)
		return false;
	value = is_digit(m.p[at]) ? value_at(m, at) : duration_at(m, at);
	if (value.n == 0 || is_of_request(m, word, value))
		return false;
	*s = (struct lw_stated){
	    .name = name_around(m, word, &words), .value = value, .measured = measured};
	if (kind == KIND_WEAK && !has_bound(s->name))
		return false;
	s->statement = hash_statement(m, at);
	s->key = hash_name(s->name);
	end = s->name.n;
	(void)part_before(s->name, &end);
	if (words == 1 && end == 0) /* "timeout" alone is a name that many share */
		s->key = lw_hash_pair(s->key, s->statement);
	return s->name.n > 0;
}

/* Fill *s with what is named and stated in whole. */
static bool
state_plainly(struct lw_str m, struct lw_str name, struct lw_str value, struct lw_stated *s)
{
	if (name.n == 0 || name.n > LW_STATED_NAME_BYTES || value.n == 0 ||
	    value.n > LW_STATED_VALUE_BYTES)
		return false;
	*s = (struct lw_stated){.name = name,
	    .value = value,
	    .key = hash_name(name),
	    .statement = hash_statement(m, (size_t)(value.p - m.p))};
	return true;
}

/* "-Xmx512m" */
static bool
glued_at(struct lw_str m, size_t at, struct lw_stated *s)
{
	if (at < 4 || m.p[at - 4] != '-' || (at > 4 && is_identifier(m.p[at - 5])) ||
	    !lw_word_among(lw_str_make(m.p + at - 3, 3), glued_words, COUNT(glued_words)))
		return false;
	return state_plainly(m, lw_str_make(m.p + at - 3, 3), value_at(m, at), s);
}

/* "version 1.2.3", "release=v2.0", "image: eu.gcr.io/acme/shop:v1.2.3". */
static bool
version_setting_at(struct lw_str m, size_t at, struct lw_stated *s)
{
	struct lw_str version = version_at(m, at), word;
	size_t from, end;

	if (version.n == 0)
		return false;
	from = end = (size_t)(version.p - m.p);
	if (end > 1 && m.p[end - 1] == ':' && is_identifier(m.p[end - 2])) { /* an image's tag */
		for (from = end - 1; from > 0 && (is_identifier(m.p[from - 1]) ||
						     m.p[from - 1] == '/' || m.p[from - 1] == ':');)
			from--;
		word = lw_str_make(m.p + from, end - 1 - from);
		if (memchr(word.p, '/', word.n) == NULL || word.p[0] == '/')
			word.n = 0;
		if (word.n > 0)
			return memchr(word.p, ':', word.n) == NULL &&
			       state_plainly(m, word, version, s);
	}
	while (end > 0 && from - end < SEPARATORS_MAX && is_separator(m.p[end - 1]))
		end--;
	word = end == from ? lw_str_make(NULL, 0) : word_before(m, end);
	end = word.n;
	return word.n > 0 &&
	       lw_word_among(part_before(word, &end), version_words, COUNT(version_words)) &&
	       state_plainly(m, word, version, s);
}

/* "eu.gcr.io/acme/shop@sha256:4f2a91c0d7e3..." with the first 12 digits. */
static bool
digest_at(struct lw_str m, size_t at, struct lw_stated *s)
{
	size_t from = at - 4, i;

	if (at < 6 || at + 16 > m.n || memcmp(m.p + at - 4, "@sha", 4) != 0 ||
	    !is_digit(m.p[at + 1]) || !is_digit(m.p[at + 2]) || m.p[at + 3] != ':')
		return false;
	for (i = at + 4; i < at + 16; i++)
		if (!is_digit(m.p[i]) && (m.p[i] < 'a' || m.p[i] > 'f'))
			return false;
	while (from > 0 && (is_identifier(m.p[from - 1]) || m.p[from - 1] == '/'))
		from--;
	return memchr(m.p + from, '/', at - 4 - from) != NULL &&
	       state_plainly(
		   m, lw_str_make(m.p + from, at - 4 - from), lw_str_make(m.p + at - 3, 19), s);
}

/*
 * The next digit at or behind `at`, m.n where there is none; eight bytes at a time.  In
 * a byte below 0x80 xor '0' is 0 to 9 where it is a digit, and 0x76 more sets its
 * high bit where it is none.
 */
static size_t
next_digit(struct lw_str m, size_t at)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t word;

	for (; at + sizeof(word) <= m.n; at += sizeof(word)) {
		memcpy(&word, m.p + at, sizeof(word));
		word ^= ones * '0';
		if (((((word & ~high) + ones * 0x76) | word) & high) != high)
			break;
	}
	while (at < m.n && !is_digit(m.p[at]))
		at++;
	return at;
}

/* What is stated at the digit, behind separators or in a form of its own. */
static bool
stated_at(struct lw_str m, size_t at, struct lw_stated *s)
{
	size_t value = at, end;

	if (at > 1 && m.p[at - 1] == 'T' && m.p[at - 2] == 'P')
		value = at - 2;
	else if (at > 0 && m.p[at - 1] == 'P')
		value = at - 1;
	for (end = value; end > 0 && value - end < SEPARATORS_MAX && is_separator(m.p[end - 1]);)
		end--;
	if (end < value && end >= 2 && may_end(m.p[end - 2], m.p[end - 1]) &&
	    setting_at(m, end, value, s))
		return true;
	if (at < 2)
		return false;
	switch (m.p[at - 1]) {
	case 'x': /* glued_words end in these */
	case 's':
	case 'n':
		return glued_at(m, at, s);
	case 'a':
		return digest_at(m, at, s);
	default:
		return (m.p[at - 1] == 'v' || is_separator(m.p[at - 1])) &&
		       version_setting_at(m, at, s);
	}
}

size_t
lw_stated_find(struct lw_str message, struct lw_stated out[LW_STATED_MAX])
{
	struct lw_str m = lw_utf8_cut(message, LW_STATED_SCAN_BYTES);
	size_t at = 0, n = 0;

	while (n < LW_STATED_MAX && (at = next_digit(m, at)) < m.n) {
		n += stated_at(m, at, &out[n]);
		while (at < m.n && is_digit(m.p[at]))
			at++;
	}
	return n;
}
