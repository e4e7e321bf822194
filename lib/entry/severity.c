/* severity.c - names and numbers of severities. */
#include "entry/severity.h"

#include <string.h>
#include <strings.h>

#include "entry/stack.h"

#define SEARCH_BYTES 160
#define PROGRESS_BYTES 512 /* of a progress bar, whose blocks are three bytes each */

const char *
lw_severity_name(enum lw_severity s)
{
	static const char *const names[] = {
#define NAME(symbol, name, value) name,
	    LW_SEVERITIES(NAME)
#undef NAME
	};

	return (size_t)s < LW_SEVERITY_COUNT ? names[s] : names[0];
}

/* What writers call the levels; sorted by length, since that is what a lookup looks at first. */
static const struct {
	const char *name;
	unsigned char length;
	unsigned char severity;
} words[] = {
    {"ERR", 3, LW_SEV_ERROR},
    {"LOG", 3, LW_SEV_INFO}, /* PostgreSQL */
    {"INF", 3, LW_SEV_INFO}, /* zerolog's console, Serilog */
    {"WRN", 3, LW_SEV_WARNING},
    {"DBG", 3, LW_SEV_DEBUG},
    {"FTL", 3, LW_SEV_CRITICAL},
    {"TRC", 3, LW_SEV_DEBUG},
    {"INFO", 4, LW_SEV_INFO},
    {"WARN", 4, LW_SEV_WARNING},
    {"FINE", 4, LW_SEV_DEBUG},
    {"CRIT", 4, LW_SEV_CRITICAL},
    {"FAIL", 4, LW_SEV_ERROR}, /* .NET console: "fail: " */
    {"EROR", 4, LW_SEV_ERROR},
    {"DBUG", 4, LW_SEV_DEBUG},
    {"ERROR", 5, LW_SEV_ERROR},
    {"DEBUG", 5, LW_SEV_DEBUG},
    {"FATAL", 5, LW_SEV_CRITICAL},
    {"ALERT", 5, LW_SEV_ALERT},
    {"TRACE", 5, LW_SEV_DEBUG},
    {"EMERG", 5, LW_SEV_EMERGENCY},
    {"PANIC", 5, LW_SEV_CRITICAL},
    {"FINER", 5, LW_SEV_DEBUG},
    {"SILLY", 5, LW_SEV_DEBUG},
    {"NOTICE", 6, LW_SEV_NOTICE},
    {"SEVERE", 6, LW_SEV_ERROR},
    {"FINEST", 6, LW_SEV_DEBUG},
    {"DPANIC", 6, LW_SEV_CRITICAL},
    {"WARNING", 7, LW_SEV_WARNING},
    {"VERBOSE", 7, LW_SEV_DEBUG},
    {"DEFAULT", 7, LW_SEV_DEFAULT},
    {"SUCCESS", 7, LW_SEV_INFO}, /* loguru */
    {"CRITICAL", 8, LW_SEV_CRITICAL},
    {"EMERGENCY", 9, LW_SEV_EMERGENCY},
    {"INFORMATION", 11, LW_SEV_INFO},
    {"INFORMATIONAL", 13, LW_SEV_INFO},
};

bool
lw_severity_word(struct lw_str s, enum lw_severity *severity)
{
	size_t i;

	if (lw_str_eq(s, LW_STR("INFO"))) { /* as most of them are */
		*severity = LW_SEV_INFO;
		return true;
	}
	if (s.n < 3 || s.n > 13)
		return false;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].length > s.n)
			break;
		if (words[i].length != s.n || ((s.p[0] ^ words[i].name[0]) & ~0x20) != 0)
			continue;
		if (strncasecmp(s.p, words[i].name, s.n) == 0) {
			*severity = (enum lw_severity)words[i].severity;
			return true;
		}
	}
	return false;
}

static bool
letter(char c, enum lw_severity *severity)
{
	switch (c | 0x20) {
	case 't':
	case 'v':
	case 'd':
		*severity = LW_SEV_DEBUG;
		return true;
	case 'i':
		*severity = LW_SEV_INFO;
		return true;
	case 'n':
		*severity = LW_SEV_NOTICE;
		return true;
	case 'w':
		*severity = LW_SEV_WARNING;
		return true;
	case 'e':
		*severity = LW_SEV_ERROR;
		return true;
	case 'c':
	case 'f':
		*severity = LW_SEV_CRITICAL;
		return true;
	case 'a':
		*severity = LW_SEV_ALERT;
		return true;
	default:
		return false;
	}
}

/* LogEntry numbers are hundreds, those of bunyan and pino tens from 10 to 60; what lies between is
 * floored. */
static bool
from_number(int64_t v, enum lw_severity *severity)
{
	static const unsigned char bunyan[] = {LW_SEV_DEFAULT, LW_SEV_DEBUG, LW_SEV_DEBUG,
	    LW_SEV_INFO, LW_SEV_WARNING, LW_SEV_ERROR, LW_SEV_CRITICAL};

	if (v < 0)
		return false;
	if (v >= 100)
		*severity = v >= 800 ? LW_SEV_EMERGENCY : (enum lw_severity)(v / 100);
	else if (v == 0)
		*severity = LW_SEV_DEFAULT;
	else if (v >= 10 && v < 70)
		*severity = (enum lw_severity)bunyan[v / 10];
	else
		return false;
	return true;
}

/* By their first letter and their length. */
bool
lw_severity_usual(struct lw_str s, enum lw_severity *severity)
{
	static const struct {
		char name[8];
		unsigned char length, severity;
	} usual[16] = {
#define AT(letter, length) [((letter) + 2 * (length)) % 16]
	    AT('D', 7) = {"DEFAULT", 7, LW_SEV_DEFAULT},
	    AT('D', 5) = {"DEBUG", 5, LW_SEV_DEBUG},
	    AT('I', 4) = {"INFO", 4, LW_SEV_INFO},
	    AT('N', 6) = {"NOTICE", 6, LW_SEV_NOTICE},
	    AT('W', 7) = {"WARNING", 7, LW_SEV_WARNING},
	    AT('E', 5) = {"ERROR", 5, LW_SEV_ERROR},
	    AT('C', 8) = {"CRITICAL", 8, LW_SEV_CRITICAL},
	    AT('A', 5) = {"ALERT", 5, LW_SEV_ALERT},
#undef AT
	};
	size_t at;

	if (s.n < 4)
		return false;
	at = ((unsigned char)s.p[0] + 2 * s.n) % 16;
	*severity = (enum lw_severity)usual[at].severity;
	return usual[at].length == s.n && memcmp(usual[at].name, s.p, 4) == 0 &&
	       memcmp(usual[at].name + s.n - 4, s.p + s.n - 4, 4) == 0;
}

bool
lw_severity_parse(struct lw_str s, enum lw_severity *severity)
{
	struct lw_node n = {.type = LW_NODE_STRING};
	int64_t v;

	s = lw_str_trim(s);
	n.text = s;
	if (s.n == 1 && !(s.p[0] >= '0' && s.p[0] <= '9'))
		return letter(s.p[0], severity);
	if (lw_severity_word(s, severity))
		return true;
	return lw_node_int(&n, &v) && from_number(v, severity);
}

/* Python's levelno and the GELF and syslog levels count differently from bunyan's. */
static bool
python_level(int64_t v, enum lw_severity *severity)
{
	static const unsigned char python[] = {LW_SEV_DEFAULT, LW_SEV_DEBUG, LW_SEV_INFO,
	    LW_SEV_WARNING, LW_SEV_ERROR, LW_SEV_CRITICAL};

	if (v < 0 || v > 59)
		return false;
	*severity = (enum lw_severity)python[v / 10];
	return true;
}

static bool
syslog_level(int64_t v, enum lw_severity *severity)
{
	static const unsigned char levels[] = {LW_SEV_EMERGENCY, LW_SEV_ALERT, LW_SEV_CRITICAL,
	    LW_SEV_ERROR, LW_SEV_WARNING, LW_SEV_NOTICE, LW_SEV_INFO, LW_SEV_DEBUG};

	if (v < 0 || v > 7)
		return false;
	*severity = (enum lw_severity)levels[v];
	return true;
}

bool
lw_severity_from_node(const struct lw_node *n, enum lw_severity *severity)
{
	int64_t v;

	if (n == NULL)
		return false;
	if (n->type == LW_NODE_OBJECT) /* loguru: {"name": "ERROR", "no": 40} */
		return lw_severity_parse(lw_node_string(lw_node_get(n, LW_KEY_name)), severity);
	if (n->type == LW_NODE_STRING || n->type == LW_NODE_NUMBER) {
		if (n->name == LW_KEY_priority)
			return lw_node_int(n, &v) ? syslog_level(v, severity)
						  : lw_severity_parse(n->text, severity);
		if (!lw_node_int(n, &v))
			return lw_severity_parse(n->text, severity);
		if (n->name == LW_KEY_levelno)
			return python_level(v, severity);
		if (v >= 1 && v <= 7)
			return syslog_level(v, severity);
		return from_number(v, severity);
	}
	return false;
}

static bool
alpha(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool
upper(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] >= 'a')
			return false;
	return true;
}

/* "level=", "lvl=", "severity=", "loglevel=", also with ": " and quotes as in JSON cut short. */
static bool
level_key(struct lw_str s, size_t at)
{
	static const char *const keys[] = {"level", "lvl", "severity"};
	size_t i, n;

	while (at > 0 && (s.p[at - 1] == '"' || s.p[at - 1] == '\'' || s.p[at - 1] == ' '))
		at--;
	if (at == 0 || (s.p[at - 1] != '=' && s.p[at - 1] != ':'))
		return false;
	at--;
	while (at > 0 && (s.p[at - 1] == '"' || s.p[at - 1] == '\''))
		at--;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		n = strlen(keys[i]);
		if (at >= n && strncasecmp(s.p + at - n, keys[i], n) == 0)
			return true;
	}
	return false;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

/*
 * Is the word s[from..to) part of a time or a counter, as "2026-05-11T09:00:00Z", "UTC", "PM," and
 * "#12" are?  A month is the only one with small letters.
 */
static bool
time_word(struct lw_str s, size_t from, size_t to)
{
	size_t i, letters = 0, small = 0, digits = 0;

	for (i = from; i < to; i++) {
		digits += s.p[i] >= '0' && s.p[i] <= '9';
		letters += alpha(s.p[i]);
		small += s.p[i] >= 'a' && s.p[i] <= 'z';
	}
	if (small != 0)
		return small == 2 && letters == 3 && !(s.p[from] >= 'a' && s.p[from] <= 'z');
	return digits > 0 || letters <= 3;
}

/*
 * Is s[0..end), what stands before a level, nothing but the header of a line: "[main] ", "08:00:00
 * [main] ", "[Nest] 1 - 05/11/2026, 8:00:00 AM ", "E, [2026-05-11T08:00:00 #1] "?  It holds a
 * bracket or a clock, and no word of a sentence.
 */
static bool
header_only(struct lw_str s, size_t end)
{
	size_t at = 0, to;
	bool marked = false;

	if (s.p[0] == '[' && end > 1 && s.p[1] >= '0' && s.p[1] <= '9' &&
	    memchr(s.p, ']', end) == NULL)
		at = 1; /* Rust's env_logger has the level in the bracket of the time */
	while (at < end) {
		if (blank(s.p[at])) {
			at++;
			continue;
		}
		if (s.p[at] == '[') {
			const char *close = memchr(s.p + at, ']', end - at);

			if (close == NULL)
				return false;
			marked = true;
			at = (size_t)(close - s.p) + 1;
			continue;
		}
		for (to = at; to < end && !blank(s.p[to]) && s.p[to] != '['; to++)
			;
		if (!time_word(s, at, to))
			return false;
		marked = marked || lw_str_char(lw_str_make(s.p + at, to - at), ':') != LW_NPOS;
		at = to;
	}
	return marked;
}

/* Does the word at s[from..to) stand where loggers put the level? */
static bool
level_place(struct lw_str s, size_t from, size_t to)
{
	char before = from > 0 ? s.p[from - 1] : '\0';
	char after = to < s.n ? s.p[to] : '\0';
	bool big = upper(lw_str_make(s.p + from, to - from));

	if (big && blank(before) && (blank(after) || after == ':') && header_only(s, from))
		return true; /* "2026-05-11 09:00:00,123 ERROR text", as most loggers of Java have
				it */
	if (big && before == ' ' && from >= 2 && s.p[from - 2] == '[')
		return after == ' ' && to + 1 < s.n && s.p[to + 1] == ']'; /* Vapor's "[ ERROR ]" */
	if (before == '[')
		return after == ']' || (after == ' ' && big); /* "[ERROR ] " pads */
	if (before == '(' || before == '<')
		return big && (after == ')' || after == '>');
	if (from == 0)
		return after == ':' || (big && (after == ' ' || after == '\t' || after == '\0'));
	if (after == ':' && big && (before == ' ' || before == ']' || before == '.'))
		return true; /* "[1-1] ERROR:  x", Laravel's "production.ERROR: x" */
	if (before == ' ' && from >= 2 && (after == ' ' || after == '\0')) {
		size_t end = to;

		while (end < s.n && s.p[end] == ' ')
			end++;
		if (s.p[from - 2] == '|' && end < s.n && s.p[end] == '|')
			return true;
		if (s.p[from - 2] == '-' && end < s.n && s.p[end] == '-')
			return true;
	}
	if (before == ':') /* nginx and Apache: "[core:error]" */
		return after == ']' || level_key(s, from);
	if (before == '=' || before == '"' || before == ' ' || before == '\'')
		return level_key(s, from);
	return false;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* glog and klog: "E0916 12:00:00". */
static bool
klog(struct lw_str s)
{
	return s.n >= 14 && digit(s.p[1]) && digit(s.p[2]) && digit(s.p[3]) && digit(s.p[4]) &&
	       s.p[5] == ' ' && digit(s.p[6]) && digit(s.p[7]) && s.p[8] == ':' && digit(s.p[9]) &&
	       digit(s.p[10]) && s.p[11] == ':' &&
	       (s.p[0] == 'I' || s.p[0] == 'W' || s.p[0] == 'E' || s.p[0] == 'F');
}

/*
 * Could a level stand here?  Decided by the bytes around it and its first letter, so
 * that nearly all words of a message cost a few comparisons.
 */
static bool
plausible(struct lw_str s, size_t from, size_t to)
{
	static const uint32_t first = 1u << ('a' & 31) | 1u << ('c' & 31) | 1u << ('d' & 31) |
				      1u << ('e' & 31) | 1u << ('f' & 31) | 1u << ('i' & 31) |
				      1u << ('l' & 31) | 1u << ('n' & 31) | 1u << ('p' & 31) |
				      1u << ('s' & 31) | 1u << ('t' & 31) | 1u << ('v' & 31) |
				      1u << ('w' & 31);
	char before;

	if ((first >> (s.p[from] & 31) & 1) == 0)
		return false;
	if (from == 0)
		return true;
	before = s.p[from - 1];
	if (upper(lw_str_make(s.p + from, 2)))
		return true;
	if (before == ' ' && to < s.n && s.p[to] == ' ' && from >= 2) {
		char other = s.p[from - 2];

		return other == '|' || other == '-' || other == ':' || other == '=';
	}
	return !((before >= '0' && before <= '9') || before == '_' || before == '/' ||
		 before == ',' || before == '@');
}

/* "Fatal error: x", also behind a place: what Swift and others print as a process ends. */
static bool
fatal_error(struct lw_str s, size_t from, size_t to)
{
	static const char text[] = "fatal error: ";

	return to - from == 5 && s.n - from >= sizeof(text) - 1 &&
	       strncasecmp(s.p + from, text, sizeof(text) - 1) == 0 &&
	       (from == 0 || (from >= 2 && s.p[from - 1] == ' ' && s.p[from - 2] == ':'));
}

bool
lw_severity_from_text(struct lw_str s, enum lw_severity *severity)
{
	size_t from, to, limit;
	const char *nl;

	if (s.n > SEARCH_BYTES)
		s.n = SEARCH_BYTES;
	nl = s.n == 0 ? NULL : memchr(s.p, '\n', s.n);
	limit = nl != NULL ? (size_t)(nl - s.p) : s.n;
	s.n = limit;
	if (klog(s))
		return letter(s.p[0], severity);
	for (from = 0; from < limit; from = to + 1) {
		for (to = from; to < limit && alpha(s.p[to]); to++)
			;
		if (to - from < 3 || to - from > 13 || !plausible(s, from, to))
			continue;
		if (fatal_error(s, from, to)) {
			*severity = LW_SEV_ERROR;
			return true;
		}
		if (level_place(s, from, to) &&
		    lw_severity_word(lw_str_make(s.p + from, to - from), severity))
			return true;
	}
	return false;
}

bool
lw_is_progress_bar(struct lw_str line)
{
	const char *percent, *left;

	line = lw_str_trim(line);
	if (line.n > PROGRESS_BYTES || !lw_str_ends(line, LW_STR("]")))
		return false;
	percent = memchr(line.p, '%', line.n);
	if (percent == NULL || percent == line.p || !digit(percent[-1]) || percent[1] != '|')
		return false;
	left = memchr(percent, '<', line.n - (size_t)(percent - line.p));
	if (left == NULL)
		return false;
	line = lw_str_make(percent + 2, (size_t)(left - percent - 2));
	return lw_str_find(line, LW_STR("| ")) < lw_str_find(line, LW_STR(" ["));
}
