/* md_inline.c - which words of a text are harmless, and code spans for the others. */
#include "report/md_inline.h"

/* The longest run of backticks in s. */
static size_t
longest_ticks(struct lw_str s)
{
	size_t longest = 0, n = 0, i;

	for (i = 0; i < s.n; i++) {
		n = s.p[i] == '`' ? n + 1 : 0;
		if (n > longest)
			longest = n;
	}
	return longest;
}

static void
repeat(struct lw_buf *out, char c, size_t n)
{
	while (n-- > 0)
		lw_buf_addc(out, c);
}

/*
 * A pipe splits a table's cell even inside a code span, and whether a backslash
 * before it is undone depends on the one before that.  HTML's code element
 * with every mark as a character reference has no such corner.
 */
static void
html_code(struct lw_buf *out, struct lw_str s)
{
	unsigned char c;
	size_t i;

	lw_buf_addz(out, "<code>");
	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.p[i];
		if (c >= 0x80 || c == ' ' || (c >= '0' && c <= '9') ||
		    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			lw_buf_addc(out, (char)c);
		else
			lw_buf_printf(out, "&#%u;%s", (unsigned)c,
			    c == '@' ? "<!-- -->"
				     : ""); /* or an e-mail address is found behind it */
	}
	lw_buf_addz(out, "</code>");
}

void
lw_md_code(struct lw_buf *out, struct lw_str s, enum lw_md_place place)
{
	size_t ticks = longest_ticks(s) + 1;
	bool pad;

	if (s.n == 0)
		return;
	if (place == LW_MD_CELL && memchr(s.p, '|', s.n) != NULL) {
		html_code(out, s);
		return;
	}
	/* One blank at both ends is taken off again by the reader. */
	pad = s.p[0] == '`' || s.p[s.n - 1] == '`' || (s.p[0] == ' ' && s.p[s.n - 1] == ' ');
	repeat(out, '`', ticks);
	if (pad)
		lw_buf_addc(out, ' ');
	lw_buf_addstr(out, s);
	if (pad)
		lw_buf_addc(out, ' ');
	repeat(out, '`', ticks);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_hex(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool
starts_nocase(struct lw_str s, const char *lower)
{
	size_t i;

	for (i = 0; lower[i] != '\0'; i++)
		if (i >= s.n || (s.p[i] | 0x20) != (lower[i] | 0x20))
			return false;
	return true;
}

/*
 * Whether GitHub makes a link of a word that holds no mark: an address, an
 * issue ("GH-12"), or a commit, which is seven hexadecimal digits or more.
 */
static bool
is_reference(struct lw_str word)
{
	size_t i, start = 0;
	bool digit = false, hex = true;

	for (i = 0; i <= word.n; i++) {
		if (i < word.n && (is_letter(word.p[i]) || is_digit(word.p[i]))) {
			digit = digit || is_digit(word.p[i]);
			hex = hex && is_hex(word.p[i]);
			continue;
		}
		if (hex && digit && i - start >= 7)
			return true;
		start = i + 1;
		digit = false;
		hex = true;
	}
	for (i = 0; i < word.n; i++) {
		struct lw_str rest = {word.p + i, word.n - i};

		if (starts_nocase(rest, "www."))
			return true;
		if (rest.n > 3 && starts_nocase(rest, "gh-") && is_digit(rest.p[3]))
			return true;
	}
	return false;
}

/* Whether a word without its outer punctuation means nothing to Markdown and to GitHub. */
static bool
is_harmless(struct lw_str word, bool first)
{
	bool text = false;
	size_t i;

	for (i = 0; i < word.n; i++) {
		if (is_letter(word.p[i]) || is_digit(word.p[i]) ||
		    (unsigned char)word.p[i] >= 0x80) {
			text = true;
			continue;
		}
		if (word.p[i] == '\0' || strchr(".,'/%-", word.p[i]) == NULL)
			return false;
	}
	if (first && (!text || word.p[0] == '-'))
		return false; /* begins a list or a rule */
	return !is_reference(word);
}

/* "1." or "1)", which begins a list. */
static bool
is_list_mark(struct lw_str word)
{
	size_t i;

	for (i = 0; i < word.n && is_digit(word.p[i]); i++)
		;
	return i > 0 && i + 1 == word.n && (word.p[i] == '.' || word.p[i] == ')');
}

static void
word(struct lw_buf *out, struct lw_str w, bool first, enum lw_md_place place)
{
	struct lw_str core = w;

	/* Marks around a word stay outside its code span; alone they mean nothing. */
	while (core.n > 0 && strchr("(\"'", core.p[0]) != NULL && core.p[0] != '\0') {
		core.p++;
		core.n--;
	}
	while (core.n > 0 && strchr(".,;:?!)\"'", core.p[core.n - 1]) != NULL &&
	       core.p[core.n - 1] != '\0')
		core.n--;
	if (first && is_list_mark(w)) {
		lw_md_code(out, w, place);
	} else if (core.n == 0 ? !first && w.p[0] != ':' : is_harmless(core, first)) {
		lw_buf_addstr(out, w);
	} else {
		if (core.n == 0 || core.p[0] == ':') /* would leave ":name" of an emoji */
			core = w;
		lw_buf_add(out, w.p, (size_t)(core.p - w.p));
		lw_md_code(out, core, place);
		lw_buf_add(out, core.p + core.n, (size_t)(w.p + w.n - core.p) - core.n);
	}
}

void
lw_md_prose(struct lw_buf *out, struct lw_str s, enum lw_md_place place)
{
	bool first = true;
	size_t n;

	while (s.n > 0) {
		for (n = 0; n < s.n && s.p[n] != ' '; n++)
			;
		if (n > 0) {
			if (!first)
				lw_buf_addc(out, ' ');
			word(out, lw_str_make(s.p, n), first, place);
			first = false;
		} else {
			n = 1;
		}
		s = lw_str_make(s.p + n, s.n - n);
	}
}

void
lw_md_block(struct lw_buf *out, struct lw_str s, size_t indent, const char *language)
{
	size_t ticks = longest_ticks(s) + 1;

	if (ticks < 3)
		ticks = 3;
	repeat(out, ' ', indent);
	repeat(out, '`', ticks);
	lw_buf_printf(out, "%s\n", language);
	repeat(out, ' ', indent);
	lw_buf_addstr(out, s);
	lw_buf_addc(out, '\n');
	repeat(out, ' ', indent);
	repeat(out, '`', ticks);
	lw_buf_addc(out, '\n');
}
