/* clean.c - one copy at most, and none for most messages. */
#include "entry/clean.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const char *const tags[] = {"red", "green", "yellow", "blue", "magenta", "cyan", "white",
    "black", "bold", "dim", "normal", "italic", "underline", "strike", "reverse", "blink", "hide",
    "level", "light-red", "light-green", "light-yellow", "light-blue", "light-magenta",
    "light-cyan", "light-white", "light-black"};

/* Bytes of a tag "<red>", "</red>", "</>" at s, or 0. */
static size_t
tag_length(struct lw_str s)
{
	const char *end = memchr(s.p, '>', s.n < 18 ? s.n : 18);
	struct lw_str name;
	size_t i;

	if (end == NULL)
		return 0;
	name = lw_str_make(s.p + 1, (size_t)(end - s.p) - 1);
	if (name.n > 0 && name.p[0] == '/') {
		name.p++;
		name.n--;
		if (name.n == 0)
			return 3;
	}
	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (lw_str_eq(name, lw_str_from(tags[i])))
			return (size_t)(end - s.p) + 1;
	return 0;
}

/* Bytes of what follows the ESC itself: "[31m", "]0;title BEL", "(B". */
static size_t
escape_body(struct lw_str s)
{
	size_t i;

	if (s.n == 0)
		return 0;
	if (s.p[0] == '[') {
		for (i = 1; i < s.n && (unsigned char)s.p[i] >= 0x20 && s.p[i] < 0x40; i++)
			;
		return i < s.n && s.p[i] >= 0x40 && s.p[i] <= 0x7e ? i + 1 : i;
	}
	if (s.p[0] == ']') {
		for (i = 1; i < s.n && i < 256; i++) {
			if (s.p[i] == '\a')
				return i + 1;
			if (s.p[i] == '\033')
				return i + 1 < s.n && s.p[i + 1] == '\\' ? i + 2 : i;
		}
		return 1;
	}
	if (s.p[0] == '(' || s.p[0] == ')')
		return s.n < 2 ? s.n : 2;
	return s.p[0] >= 0x40 && s.p[0] <= 0x5f ? 1 : 0;
}

/* A colour whose ESC was written as text: "\u001b[31m", "\x1b[0m", "\033[1m". */
static size_t
written_escape(struct lw_str s)
{
	static const char *const forms[] = {"\\u001b[", "\\u001B[", "\\x1b[", "\\x1B[", "\\033["};
	size_t i, n;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		n = strlen(forms[i]);
		if (!lw_str_starts(s, lw_str_from(forms[i])))
			continue;
		while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == ';'))
			n++;
		return n < s.n && (s.p[n] == 'm' || s.p[n] == 'K') ? n + 1 : 0;
	}
	return 0;
}

/* A trace that somebody wrote on one line, its line ends as backslash and n. */
static bool
escaped_trace(struct lw_str s)
{
	static const char *const marks[] = {"Traceback (most recent call last):\\n", "\\n\\tat ",
	    "\\n    at ", "\\n   at ", "\\ngoroutine ", "\\n#0 ", "\\n\\tfrom "};
	size_t i;

	if (memchr(s.p, '\n', s.n) != NULL)
		return false;
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (lw_str_find(s, lw_str_from(marks[i])) != LW_NPOS)
			return true;
	return false;
}

static size_t
unescape(struct lw_str s, char *to)
{
	if (s.n < 2)
		return 0;
	switch (s.p[1]) {
	case 'n':
		*to = '\n';
		return 2;
	case 't':
		*to = '\t';
		return 2;
	case '"':
		*to = '"';
		return 2;
	case 'r':
		*to = ' ';
		return s.n >= 4 && s.p[2] == '\\' && s.p[3] == 'n' ? 2 : 0;
	default:
		return 0;
	}
}

/* What to leave out at s: its length, and *instead is the byte to put there, or NUL. */
static size_t
replace(struct lw_str s, bool unescape_lines, char *instead)
{
	size_t n;

	*instead = '\0';
	switch (s.p[0]) {
	case '\033':
		return 1 + escape_body(lw_str_make(s.p + 1, s.n - 1));
	case '<':
		return tag_length(s);
	case '\r':
		if (s.n > 1 && s.p[1] != '\n' && s.p[1] != '\r')
			*instead = ' ';
		return 1;
	case '\\':
		n = unescape_lines ? unescape(s, instead) : 0;
		return n != 0 ? n : written_escape(s);
	default:
		return 0;
	}
}

static struct lw_str
trim_end(struct lw_str s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == ' ' ||
			      s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static inline bool
odd(char c)
{
	return (unsigned char)c < 0x20 || c == '<' || c == '\\';
}

bool
lw_clean_line(struct lw_str s, struct lw_str *out)
{
	size_t i = 0;

#if defined(__SSE2__)
	for (; i + 16 <= s.n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i)), found;

		found = _mm_or_si128(
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('<')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
		found =
		    _mm_or_si128(found, _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v));
		if (_mm_movemask_epi8(found) != 0)
			return false;
	}
#endif
	for (; i < s.n; i++)
		if (odd(s.p[i]))
			return false;
	*out = trim_end(s);
	return true;
}

static const char *
earlier(const char *a, struct lw_str s, char c)
{
	const char *p = memchr(s.p, c, a == NULL ? s.n : (size_t)(a - s.p));

	return p == NULL ? a : p;
}

bool
lw_clean(struct lw_arena *arena, struct lw_str s, struct lw_str *out)
{
	const char *first;
	bool lines, changed = false;
	size_t at, to, n;
	char *copy, c;

	s = trim_end(s);
	*out = s;
	if (s.n == 0)
		return true;
	first = earlier(NULL, s, '\033');
	first = earlier(first, s, '\r');
	first = earlier(first, s, '<');
	first = earlier(first, s, '\\');
	if (first == NULL)
		return true;
	lines = memchr(s.p, '\\', s.n) != NULL && escaped_trace(s);
	copy = NULL;
	to = (size_t)(first - s.p);
	for (at = to; at < s.n;) {
		n = replace(lw_str_make(s.p + at, s.n - at), lines, &c);
		if (n != 0 && !changed) {
			changed = true;
			copy = lw_arena_alloc(arena, s.n);
			if (copy == NULL)
				return false;
			memcpy(copy, s.p, at);
			to = at;
		}
		if (n == 0) {
			if (changed)
				copy[to] = s.p[at];
			to++;
			at++;
			continue;
		}
		if (c != '\0')
			copy[to++] = c;
		at += n;
	}
	if (changed)
		*out = trim_end(lw_str_make(copy, to));
	return true;
}
