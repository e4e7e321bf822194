/* wrapped.c - the parts of a message between colons, and which of them is the cause. */
#include "entry/wrapped.h"

#include "entry/stack.h"

#define SCAN_BYTES 1024 /* of a message */
#define PARTS_MAX 16    /* of a message; one with more is no chain of errors */
#define INNER_BYTES 400 /* a longer cause is a dump */
#define PREFIX_PARTS 2  /* levels and modules before what failed */
#define PREFIX_WORDS 3  /* of one of them */

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Words that say that something failed. */
static const char *const failing[] = {"failed", "fails", "fail", "failure", "cannot", "can't",
    "couldn't", "unable", "error", "exception", "gave", "aborted", "rejected", "crashed"};

/* Words that "not" makes a failure of. */
static const char *const negated[] = {"could", "can", "did", "does"};

/* How a part begins that says what is done about it. */
static const char *const remedies[] = {"retry", "retrying", "will", "skipping", "skipped",
    "ignoring", "ignored", "using", "falling", "see", "please", "trying", "giving", "aborting",
    "attempt", "attempts", "check", "try", "after", "next", "continuing"};

/* What stands before a value. */
static const char *const keys[] = {"user", "name", "id", "file", "path", "url", "uri", "host",
    "address", "email", "query", "input", "value", "body", "payload", "request", "response", "data",
    "params", "args", "order", "item", "key", "line", "title", "label", "command", "cmd", "sql",
    "statement", "row", "job", "task", "topic", "queue", "bucket", "table", "duration", "elapsed",
    "took", "attempt", "retry", "trace", "version", "node", "pod", "zone", "region"};

struct parts {
	struct lw_str at[PARTS_MAX];
	size_t count;
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

/* The parts between ": ", but not between those within quotes and brackets. */
static bool
take_apart(struct lw_str s, struct parts *p)
{
	size_t i, from = 0, depth = 0;
	bool quoted = false;

	p->count = 0;
	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '"')
			quoted = !quoted;
		else if (c == '(' || c == '[' || c == '{')
			depth++;
		else if ((c == ')' || c == ']' || c == '}') && depth > 0)
			depth--;
		if (c != ':' || quoted || depth > 0 || i + 1 >= s.n || s.p[i + 1] != ' ')
			continue;
		if (p->count + 1 == PARTS_MAX)
			return false;
		p->at[p->count++] = lw_str_trim(lw_str_make(s.p + from, i - from));
		from = i + 2;
	}
	p->at[p->count++] = lw_str_trim(lw_str_after(s, from < s.n ? from : s.n));
	return true;
}

/* The next word of *s, which is left behind it; n is 0 at the end. */
static struct lw_str
next_word(struct lw_str *s)
{
	size_t n = 0;
	struct lw_str word;

	*s = lw_str_left(*s);
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	word = lw_str_make(s->p, n);
	*s = lw_str_after(*s, n);
	while (word.n > 0 && strchr(",.;!\"'", word.p[word.n - 1]) != NULL)
		word.n--;
	return word;
}

/* Words that begin with a letter and are no letter alone. */
static size_t
word_count(struct lw_str s)
{
	size_t n = 0;
	struct lw_str word;

	while (s.n > 0) {
		word = next_word(&s);
		n += word.n > 1 && is_letter(word.p[0]);
	}
	return n;
}

/* Does the part say, in two words or more, that something failed? */
static bool
is_failure(struct lw_str part)
{
	bool before = false;
	struct lw_str rest = part, word;

	if (word_count(part) < 2)
		return false;
	while (rest.n > 0) {
		word = next_word(&rest);
		if (lw_word_among(word, failing, COUNT(failing)) ||
		    (before && lw_word_is(word, "not")))
			return true;
		before = lw_word_among(word, negated, COUNT(negated));
	}
	return lw_word_is(next_word(&part), "while");
}

/* gRPC's "code = Unavailable desc = x"; its description. */
static struct lw_str
without_code(struct lw_str s)
{
	size_t at;

	if (!lw_str_starts(s, LW_STR("code = ")))
		return s;
	at = lw_str_find(s, LW_STR(" desc = "));
	return at == LW_NPOS ? s : lw_str_after(s, at + 8);
}

/* The innermost part where it is surely the cause, from its type on where it has one. */
static struct lw_str
innermost(const struct parts *p, size_t outer)
{
	struct lw_str none = {NULL, 0}, last = p->at[p->count - 1], s, rest, type, message;
	size_t i;

	for (i = outer + 1; i < p->count; i++) {
		s = lw_str_make(p->at[i].p, (size_t)(last.p + last.n - p->at[i].p));
		if (lw_raised_parse(s, &type, &message) && message.n > 0)
			return s.n <= INNER_BYTES ? s : none;
	}
	s = without_code(last);
	rest = s;
	if (s.n == 0 || s.n > INNER_BYTES || !is_letter(s.p[0]) || word_count(s) < 2 ||
	    lw_str_char(s, '=') != LW_NPOS ||
	    lw_word_among(next_word(&rest), remedies, COUNT(remedies)))
		return none;
	if (p->count - 2 > outer && lw_word_among(p->at[p->count - 2], keys, COUNT(keys)))
		return none;
	return s;
}

/* anyhow: "Error: x\n\nCaused by:\n    0: y\n    1: z" */
static bool
caused_by(struct lw_str s, struct lw_wrapped *w)
{
	size_t at = lw_str_find(s, LW_STR("\nCaused by:\n")), nl = lw_str_char(s, '\n'), colon;
	struct lw_lines lines;
	struct lw_str line;

	if (at == LW_NPOS)
		return false;
	*w = (struct lw_wrapped){.outer = lw_str_make(s.p, nl)};
	lines = (struct lw_lines){.text = lw_str_after(s, at + 12)};
	while (lw_line_next(&lines, &line)) {
		if (line.n == 0 || line.p[0] != ' ')
			break;
		line = lw_str_trim(line);
		colon = lw_str_find(line, LW_STR(": "));
		if (colon != LW_NPOS && colon < 3 && line.p[0] >= '0' && line.p[0] <= '9')
			line = lw_str_after(line, colon + 2);
		w->inner = line;
	}
	return w->inner.n > 0;
}

bool
lw_wrapped_parse(struct lw_str message, struct lw_wrapped *w)
{
	struct lw_str s = message;
	struct parts p;
	size_t nl = lw_str_char(s, '\n'), i;

	if (nl != LW_NPOS && caused_by(s, w))
		return true;
	if (nl != LW_NPOS)
		s.n = nl;
	if (s.n > SCAN_BYTES || !take_apart(s, &p))
		return false;
	for (i = 0; i + 1 < p.count && i <= PREFIX_PARTS && !is_failure(p.at[i]); i++)
		if (word_count(p.at[i]) > PREFIX_WORDS)
			return false;
	if (i + 1 >= p.count || i > PREFIX_PARTS)
		return false;
	w->outer = lw_str_make(s.p, (size_t)(p.at[i].p + p.at[i].n - s.p));
	w->inner = innermost(&p, i);
	return true;
}
