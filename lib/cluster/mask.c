/*
 * mask.c - cut a message into runs, and hand those that may hold a value to
 * the shapes.
 *
 * Most runs of a log line are plain words.  They are recognised by a table
 * of byte classes in one pass and never looked at again; shape.c sees the
 * rest.
 */
#include "cluster/mask.h"

#include <string.h>

#include "cluster/shape.h"

#define D LW_BYTE_DIGIT
#define L LW_BYTE_LETTER
#define H (LW_BYTE_LETTER | LW_BYTE_HEX)
#define J LW_BYTE_JOIN
#define S LW_BYTE_BLANK

/* clang-format off */
const uint8_t lw_byte_class[256] = {
	['\t'] = S, ['\n'] = S, ['\v'] = S, ['\f'] = S, ['\r'] = S, [' '] = S,
	['0'] = D | LW_BYTE_HEX, ['1'] = D | LW_BYTE_HEX, ['2'] = D | LW_BYTE_HEX, ['3'] = D | LW_BYTE_HEX,
	['4'] = D | LW_BYTE_HEX, ['5'] = D | LW_BYTE_HEX, ['6'] = D | LW_BYTE_HEX, ['7'] = D | LW_BYTE_HEX,
	['8'] = D | LW_BYTE_HEX, ['9'] = D | LW_BYTE_HEX,
	['A'] = H, ['B'] = H, ['C'] = H, ['D'] = H, ['E'] = H, ['F'] = H,
	['a'] = H, ['b'] = H, ['c'] = H, ['d'] = H, ['e'] = H, ['f'] = H,
	['G'] = L, ['H'] = L, ['I'] = L, ['J'] = L, ['K'] = L, ['L'] = L, ['M'] = L, ['N'] = L, ['O'] = L, ['P'] = L,
	['Q'] = L, ['R'] = L, ['S'] = L, ['T'] = L, ['U'] = L, ['V'] = L, ['W'] = L, ['X'] = L, ['Y'] = L, ['Z'] = L,
	['g'] = L, ['h'] = L, ['i'] = L, ['j'] = L, ['k'] = L, ['l'] = L, ['m'] = L, ['n'] = L, ['o'] = L, ['p'] = L,
	['q'] = L, ['r'] = L, ['s'] = L, ['t'] = L, ['u'] = L, ['v'] = L, ['w'] = L, ['x'] = L, ['y'] = L, ['z'] = L,
	['_'] = J, ['$'] = J, ['-'] = J | LW_BYTE_SHAPE, ['+'] = J | LW_BYTE_SHAPE, ['.'] = J | LW_BYTE_SHAPE,
	['@'] = J | LW_BYTE_SHAPE, ['/'] = J | LW_BYTE_SHAPE, [':'] = J | LW_BYTE_SHAPE, ['\\'] = J | LW_BYTE_SHAPE,
	[0x80] = L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
};
/* clang-format on */

#undef D
#undef L
#undef H
#undef J
#undef S

static const char *const names[LW_VALUE_COUNT] = {
#define LW_VALUE_NAME(symbol, name) [symbol] = (name),
    LW_VALUES(LW_VALUE_NAME)
#undef LW_VALUE_NAME
};

const char *
lw_value_name(enum lw_value_type type)
{
	return (unsigned)type < LW_VALUE_COUNT ? names[type] : "*";
}

/* True where the tokens between two values may stand between the items of one list. */
static bool
joins_list(const struct lw_lexer *x, uint32_t between, uint32_t count, bool blank)
{
	char c;

	if (count == 0)
		return blank;
	if (count > 1)
		return false;
	c = x->p[x->out->tokens[between].start];
	return c == ',' || c == '/' || c == '|' || c == '#' || c == ';';
}

/*
 * A value behind a value and nothing but a separator is a list: "1 2 3",
 * "10.0.0.1,10.0.0.2".  Both become one value.
 */
static bool
extend_list(struct lw_lexer *x, enum lw_value_type type, uint32_t start, uint32_t end, bool blank)
{
	struct lw_masked *out = x->out;
	uint32_t last = out->count, between;

	while (last > 0 && out->tokens[last - 1].kind == LW_TOKEN_DELIM && out->count - last < 2)
		last--;
	if (last == 0 || out->tokens[last - 1].kind != LW_TOKEN_VALUE)
		return false;
	/* "eth0 1": the number is part of a word, not of a list */
	if (last >= 2 && !out->tokens[last - 1].blank &&
	    out->tokens[last - 2].kind == LW_TOKEN_WORD)
		return false;
	between = out->count - last;
	if (!joins_list(x, last, between, blank))
		return false;
	/* names with digits are a list where they start alike */
	if ((type == LW_VALUE_ID || out->tokens[last - 1].type == LW_VALUE_ID) &&
	    (end - start < 3 || out->tokens[last - 1].end - out->tokens[last - 1].start < 3 ||
		memcmp(x->p + start, x->p + out->tokens[last - 1].start, 3) != 0))
		return false;
	out->tokens[last - 1].end = end;
	out->tokens[last - 1].type = LW_VALUE_LIST;
	out->count = last;
	return true;
}

void
lw_lexer_fold_mixed(struct lw_lexer *x)
{
	struct lw_masked *out = x->out;
	uint32_t n = out->count, last = n < 4 ? 0 : n - 2;
	const struct lw_token *word, *before;

	while (last > 0 && out->tokens[last - 1].kind == LW_TOKEN_DELIM && n - 2 - last < 2)
		last--;
	if (last < 2 || out->capped)
		return;
	word = &out->tokens[n - 2];
	before = &out->tokens[last - 2];
	if (word->kind != LW_TOKEN_WORD || before->kind != LW_TOKEN_WORD ||
	    out->tokens[last - 1].kind != LW_TOKEN_VALUE ||
	    word->end - word->start != before->end - before->start ||
	    memcmp(x->p + word->start, x->p + before->start, word->end - word->start) != 0 ||
	    !joins_list(x, last, n - 2 - last, word->blank))
		return;
	out->tokens[last - 1].end = out->tokens[n - 1].end;
	out->tokens[last - 1].type = LW_VALUE_LIST;
	out->count = last;
}

void
lw_lexer_emit(
    struct lw_lexer *x, enum lw_token_kind kind, enum lw_value_type type, size_t start, size_t end)
{
	struct lw_masked *out = x->out;
	struct lw_token *t;
	bool blank = x->blank && out->count > 0;

	x->blank = false;
	if (out->capped)
		return;
	if (kind == LW_TOKEN_VALUE && extend_list(x, type, (uint32_t)start, (uint32_t)end, blank))
		return;
	if (out->count == LW_MASK_TOKENS_MAX) {
		t = &out->tokens[LW_MASK_TOKENS_MAX - 1];
		t->end = (uint32_t)x->n;
		t->kind = LW_TOKEN_VALUE;
		t->type = LW_VALUE_ANY;
		out->capped = true;
		return;
	}
	t = &out->tokens[out->count++];
	t->start = (uint32_t)start;
	t->end = (uint32_t)end;
	t->kind = (uint8_t)kind;
	t->type = kind == LW_TOKEN_VALUE ? (uint8_t)type : 0;
	t->blank = blank;
}

/* A run of one punctuation byte is one delimiter: "....", "##", "----". */
static size_t
delimiter(struct lw_lexer *x, size_t i)
{
	size_t end = i + 1;

	/* "name ()" and "name (x)" are one shape: nothing is a value too */
	if (x->p[i] == '(' && x->blank && end < x->n && x->p[end] == ')') {
		lw_lexer_emit(x, LW_TOKEN_DELIM, 0, i, end);
		lw_lexer_emit(x, LW_TOKEN_VALUE, LW_VALUE_ANY, end, end);
		lw_lexer_emit(x, LW_TOKEN_DELIM, 0, end, end + 1);
		return end + 1;
	}
	while (end < x->n && x->p[end] == x->p[i])
		end++;
	lw_lexer_emit(x, LW_TOKEN_DELIM, 0, i, end);
	return end;
}

void
lw_mask(struct lw_str msg, struct lw_masked *out)
{
	struct lw_lexer x = {.p = msg.p, .n = msg.n > UINT32_MAX ? UINT32_MAX : msg.n, .out = out};
	size_t i = 0;

	out->count = 0;
	out->capped = false;
	while (i < x.n && !out->capped) {
		unsigned char c = (unsigned char)x.p[i];
		uint8_t cls = lw_byte_class[c], seen = 0;
		size_t start = i;

		if (cls & LW_BYTE_BLANK) {
			x.blank = true;
			i++;
			continue;
		}
		if (cls == 0) {
			size_t shaped = c == '<' ? lw_shape_less_than(&x, i) : 0;

			i = shaped != 0 ? shaped : delimiter(&x, i);
			continue;
		}
		while (i < x.n && (cls = lw_byte_class[(unsigned char)x.p[i]]) > LW_BYTE_BLANK) {
			seen |= cls;
			i++;
		}
		if (seen & (LW_BYTE_DIGIT | LW_BYTE_SHAPE))
			i = lw_shape(&x, start, i);
		else
			i = lw_shape_word(&x, start, i);
	}
}
