/* phase.c - the forms in which messages name parts of a start. */
#include "count/phase.h"

#include "base/utf8.h"

#define HEAD_BYTES 96      /* the form begins within these */
#define LANES 16           /* of them looked at together */
#define WINDOW (LANES + 4) /* that they need */
#define GLYPH_BYTES 24     /* a tick or cross within these */
#define LINE_BYTES 200     /* the state is looked for within these */

static const char *const ticks[] = {"\xe2\x9c\x93", "\xe2\x9c\x94", "\xe2\x9c\x85", "\xe2\x98\x91",
    "[U+2713]", "[U+2714]", "[U+2705]", "[OK]", "[ok]", "[PASS]", "[PASSED]", "[DONE]"};
static const char *const crosses[] = {"\xe2\x9c\x97", "\xe2\x9c\x98", "\xe2\x9d\x8c",
    "\xe2\x9c\x96", "[U+2717]", "[U+2718]", "[U+274C]", "[U+2716]", "[FAIL]", "[FAILED]"};

/* Words, in lower case, that say how a phase ended. */
static const char *const failed_words[] = {"failed", "fail", "failure", "error", "timeout",
    "aborted", "crashed", "cancelled", "unsuccessful"};
static const char *const passed_words[] = {"completed", "complete", "done", "ok", "succeeded",
    "success", "successful", "successfully", "passed", "ready", "finished", "loaded", "initialized",
    "initialised", "validated", "connected", "started", "established", "verified"};
static const char *const begun_words[] = {
    "starting", "begin", "beginning", "running", "transition", "start", "entering"};
static const char *const heads[] = {
    [LW_PHASE_OF_PHASE] = "phase", [LW_PHASE_OF_STAGE] = "stage", [LW_PHASE_OF_STEP] = "step"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
is_letter(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (c & 0x80) != 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct lw_str
behind(struct lw_str s, size_t n)
{
	return lw_str_make(s.p + n, s.n - n);
}

static size_t
word_length(struct lw_str s)
{
	size_t n = 0;

	while (n < s.n && is_letter(s.p[n]))
		n++;
	return n;
}

/* Blanks and the punctuation that stands between the parts of a line. */
static struct lw_str
skip_marks(struct lw_str s)
{
	while (s.n > 0 && strchr(" \t:.-=>#*|)]\"'", s.p[0]) != NULL && s.p[0] != '\0')
		s = behind(s, 1);
	return s;
}

/* A number up to LW_PHASE_MAX_ORDINAL, with one digit behind a point; the bytes it took, or 0. */
static size_t
read_number(struct lw_str s, unsigned *tenths)
{
	size_t n = 0;
	unsigned v = 0;

	while (n < s.n && n < 3 && is_digit(s.p[n]))
		v = v * 10 + (unsigned)(s.p[n++] - '0');
	if (n == 0 || v > LW_PHASE_MAX_ORDINAL || (n < s.n && is_digit(s.p[n])))
		return 0;
	*tenths = v * 10;
	if (n + 1 < s.n && s.p[n] == '.' && is_digit(s.p[n + 1]) &&
	    (n + 2 == s.n || !is_digit(s.p[n + 2]))) {
		*tenths += (unsigned)(s.p[n + 1] - '0');
		n += 2;
	}
	return n;
}

/* "3", "3/7", "3 of 7" at the start of s; the bytes it took, or 0. */
static size_t
read_ordinal(struct lw_str s, struct lw_phase *phase)
{
	size_t n = read_number(s, &phase->tenths), at, more;
	unsigned total = 0;

	if (n == 0)
		return 0;
	at = n;
	while (at < s.n && s.p[at] == ' ')
		at++;
	if (at < s.n && s.p[at] == '/')
		at++;
	else if (at + 3 < s.n && at > n && memcmp(s.p + at, "of ", 3) == 0)
		at += 3;
	else
		return n;
	while (at < s.n && s.p[at] == ' ')
		at++;
	more = read_number(behind(s, at), &total);
	if (more == 0 || total < phase->tenths)
		return n;
	phase->total = total / 10;
	return at + more;
}

/* The state that the words of a line say: that it failed counts before that it passed. */
static uint32_t
state_of(struct lw_str s)
{
	uint32_t state = 0;

	while (s.n > 0) {
		size_t n = word_length(s);
		struct lw_str word = lw_str_make(s.p, n);

		if (n == 0) {
			s = behind(s, 1);
			continue;
		}
		if (lw_word_among(word, failed_words, COUNT(failed_words)))
			return LW_PHASE_FAILED;
		if (lw_word_among(word, passed_words, COUNT(passed_words)))
			state = LW_PHASE_PASSED;
		s = behind(s, n);
	}
	return state == 0 ? LW_PHASE_STARTED : state;
}

static bool
is_state_word(struct lw_str word)
{
	return lw_word_among(word, failed_words, COUNT(failed_words)) ||
	       lw_word_among(word, passed_words, COUNT(passed_words)) ||
	       lw_word_among(word, begun_words, COUNT(begun_words));
}

/* The name at the start of s: words up to a mark or a word of state. */
static struct lw_str
read_name(struct lw_str s)
{
	size_t at = 0, end = 0, words = 0;

	while (at < s.n && words < 6) {
		size_t n = 0;

		while (at + n < s.n && strchr(" :;,()[]=\"'", s.p[at + n]) == NULL)
			n++;
		if (n == 0 || s.p[at] == '-' || s.p[at] == '>' ||
		    is_state_word(lw_str_make(s.p + at, word_length(behind(s, at)))) ||
		    lw_str_starts(behind(s, at), LW_STR("...")) ||
		    lw_str_starts(behind(s, at), LW_STR("\xe2\x80\xa6")))
			break;
		end = at + n;
		words++;
		if (end >= s.n || s.p[end] != ' ')
			break;
		at = end + 1;
	}
	s = lw_utf8_cut(lw_str_make(s.p, end), LW_PHASE_NAME_BYTES);
	while (s.n > 0 && strchr(" .-", s.p[s.n - 1]) != NULL)
		s.n--;
	return s;
}

static bool
has_letter(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (is_letter(s.p[i]))
			return true;
	return false;
}

/* A tick or cross near the start of s: its state, and where it ends; 0 where there is none. */
static uint32_t
find_glyph(struct lw_str s, size_t *end)
{
	size_t i, k, last = s.n < GLYPH_BYTES ? s.n : GLYPH_BYTES;

	for (i = 0; i < last; i++) {
		struct lw_str rest = behind(s, i);

		if (s.p[i] != '[' && (s.p[i] & 0x80) == 0)
			continue;
		for (k = 0; k < COUNT(ticks); k++)
			if (lw_str_starts(rest, lw_str_from(ticks[k]))) {
				*end = i + strlen(ticks[k]);
				return LW_PHASE_PASSED;
			}
		for (k = 0; k < COUNT(crosses); k++)
			if (lw_str_starts(rest, lw_str_from(crosses[k]))) {
				*end = i + strlen(crosses[k]);
				return LW_PHASE_FAILED;
			}
	}
	return 0;
}

/* "phase", "step", "stage" within the head of s: where it ends; 0 where there is none. */
static size_t
find_head(struct lw_str s, enum lw_phase_kind *kind)
{
	size_t i, k, last = s.n < HEAD_BYTES ? s.n : HEAD_BYTES;

	for (i = 0; i < last; i++) {
		char c = lower(s.p[i]);

		if ((c != 'p' && c != 's') ||
		    (i > 0 && (is_letter(s.p[i - 1]) || s.p[i - 1] == '_')))
			continue;
		for (k = 0; k < COUNT(heads); k++)
			if (lw_word_is(lw_str_make(s.p + i, word_length(behind(s, i))), heads[k])) {
				*kind = (enum lw_phase_kind)k;
				return i + strlen(heads[k]);
			}
	}
	return 0;
}

/* "Attempt [1/3]", "retry (2/5)" count tries, not phases. */
static bool
speaks_of_retries(struct lw_str s)
{
	return lw_str_find(s, LW_STR("etry")) != LW_NPOS ||
	       lw_str_find(s, LW_STR("ttempt")) != LW_NPOS ||
	       lw_str_find(s, LW_STR("Try")) != LW_NPOS;
}

/* "[3/7]" or "(3/7)" within the head of s: where it ends; 0 where there is none. */
static size_t
find_fraction(struct lw_str s, struct lw_phase *phase)
{
	size_t i, n, last = s.n < HEAD_BYTES ? s.n : HEAD_BYTES;

	for (i = 0; i < last; i++) {
		if (s.p[i] != '[' && s.p[i] != '(')
			continue;
		if (speaks_of_retries(lw_str_make(s.p, i)))
			break;
		n = read_ordinal(behind(s, i + 1), phase);
		if (n > 0 && phase->total > 0 && i + 1 + n < s.n &&
		    (s.p[i + 1 + n] == ']' || s.p[i + 1 + n] == ')'))
			return i + n + 2;
	}
	*phase = (struct lw_phase){.kind = LW_PHASE_OF_STEP};
	return 0;
}

static size_t
word_count(struct lw_str s)
{
	size_t i, n = 1;

	for (i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

/* What stands behind the word: a number, or a state and a name, or a name and a state. */
static bool
parse_headed(struct lw_str rest, struct lw_phase *phase)
{
	struct lw_str s = skip_marks(rest);
	size_t n = read_ordinal(s, phase), word;

	if (n > 0) {
		if (n < s.n && is_letter(s.p[n]))
			return false;
		phase->name = read_name(skip_marks(behind(s, n)));
		phase->state = state_of(behind(s, n));
		return true;
	}
	if (rest.n == 0 || rest.p[0] != ' ') /* "phase: x", "steps" */
		return false;
	word = word_length(s);
	if (is_state_word(lw_str_make(s.p, word))) {
		struct lw_str more = behind(s, word);

		phase->state = state_of(lw_str_make(s.p, word));
		if (more.n == 0 || (more.p[0] != ':' && more.p[0] != ' '))
			return false;
		if (more.p[0] == ' ' && skip_marks(more).p == more.p + 1)
			return false; /* "phase failed because ..." names none */
		phase->name = read_name(skip_marks(more));
		return has_letter(phase->name);
	}
	phase->name = read_name(s);
	if (word_count(phase->name) > 3)
		return false; /* prose */
	s = behind(s, phase->name.n + (size_t)(phase->name.p - s.p));
	s = skip_marks(s);
	if (!has_letter(phase->name) || !is_state_word(lw_str_make(s.p, word_length(s))))
		return false;
	phase->state = state_of(lw_str_make(s.p, word_length(s)));
	return true;
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

typedef unsigned char lanes __attribute__((vector_size(LANES)));

static lanes
load(const char *p)
{
	lanes v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static bool
any(lanes v)
{
	uint64_t halves[LANES / sizeof(uint64_t)];

	memcpy(halves, &v, sizeof(v));
	return (halves[0] | halves[1]) != 0;
}

/* Does one of heads begin behind one of the first LANES bytes at p, or a mark? */
static bool
may_begin_phase(const char *p)
{
	lanes before = (load(p) | 0x20) - 'a', mark = load(p + 1);
	lanes a = mark | 0x20, b = load(p + 2) | 0x20, c = load(p + 3) | 0x20,
	      d = load(p + 4) | 0x20;
	lanes phas = (a == 'p') & (b == 'h') & (c == 'a') & (d == 's');
	lanes stag_step =
	    (a == 's') & (b == 't') & (((c == 'a') & (d == 'g')) | ((c == 'e') & (d == 'p')));

	return any(
	    (mark == '[') | (mark == '(') | (mark == 0xe2) | ((before >= 26) & (phas | stag_step)));
}

/*
 * Could the message name a phase?  Most do not, and each is asked: whether a bracket, a byte that
 * ticks and crosses begin with, or a word that begins as one of heads stands within the head; of
 * sixteen bytes at a time, since a branch for each took three times as long.  What stands
 * in the last three bytes is too short for any of them.
 */
bool
lw_phase_possible(struct lw_str s)
{
	char first[1 + WINDOW] = {0}; /* with a byte before */
	size_t at;

	if (s.n <= WINDOW) {
		if (s.n > 0)
			memcpy(first + 1, s.p, s.n);
		return may_begin_phase(first) || may_begin_phase(first + 1);
	}
	memcpy(first + 1, s.p, WINDOW);
	if (may_begin_phase(first))
		return true;
	for (at = LANES - 1; at + WINDOW < s.n && at < HEAD_BYTES; at += LANES)
		if (may_begin_phase(s.p + at))
			return true;
	return at < HEAD_BYTES && may_begin_phase(s.p + s.n - WINDOW);
}

bool
lw_phase_parse(struct lw_str message, struct lw_phase *phase)
{
	const char *line_end;
	size_t at, glyph_end = 0;
	uint32_t glyph;

	if (!lw_phase_possible(message))
		return false;
	message = lw_utf8_cut(message, LINE_BYTES);
	line_end = message.n == 0 ? NULL : memchr(message.p, '\n', message.n);
	if (line_end != NULL)
		message.n = (size_t)(line_end - message.p);
	*phase = (struct lw_phase){0};
	glyph = find_glyph(message, &glyph_end);
	at = find_head(message, &phase->kind);
	if (at > 0 && parse_headed(behind(message, at), phase)) {
		if (glyph != 0)
			phase->state = glyph;
		return true;
	}
	*phase = (struct lw_phase){.kind = LW_PHASE_OF_STEP};
	at = find_fraction(message, phase);
	if (at > 0) {
		phase->name = read_name(skip_marks(behind(message, at)));
		phase->state = glyph != 0 ? glyph : state_of(behind(message, at));
		return has_letter(phase->name) && !speaks_of_retries(phase->name);
	}
	if (glyph == 0)
		return false;
	phase->name = read_name(skip_marks(behind(message, glyph_end)));
	phase->state = glyph;
	return has_letter(phase->name) && !has_digit(phase->name);
}

/* Is there a number, behind a head or before a total, whose digits tell whether it is an ordinal?
 */
static bool
hangs_on_digits(struct lw_str s)
{
	enum lw_phase_kind kind;
	size_t i, at;

	if (find_head(s, &kind) > 0)
		return has_digit(s);
	for (i = 0; i < s.n; i++) {
		if (s.p[i] != '[' && s.p[i] != '(')
			continue;
		for (at = i + 1; at < s.n && (is_digit(s.p[at]) || strchr(". ", s.p[at]) != NULL);)
			at++;
		if (at > i + 1 && at < s.n && (s.p[at] == '/' || s.p[at] == 'o'))
			return true;
	}
	return false;
}

bool
lw_phase_likely(struct lw_str message)
{
	struct lw_phase phase;

	return lw_phase_possible(message) &&
	       (lw_phase_parse(message, &phase) || hangs_on_digits(message));
}
