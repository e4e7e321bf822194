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

#include "base/hash.h"
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
	['@'] = J | LW_BYTE_SHAPE, ['/'] = J | LW_BYTE_SHAPE | LW_BYTE_SLASH,
	['\\'] = J | LW_BYTE_SHAPE | LW_BYTE_SLASH, [':'] = J | LW_BYTE_SHAPE | LW_BYTE_COLON,
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

#define VALUE_HASH UINT64_C(0x5bd1e9955bd1e995)
#define PERIOD_MAX 8 /* tokens of a list's item */

static uint64_t
load(const char *p, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, p, n);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

/* The first n <= 8 bytes at p, of which room may be read, as a number. */
static uint64_t
load_short(const char *p, size_t n, size_t room)
{
	if (room < 8)
		return load(p, n);
	return load(p, 8) & (n == 8 ? UINT64_MAX : (UINT64_C(1) << (n * 8)) - 1);
}

/* The hash of a literal; most are short, so this avoids a loop over bytes. */
static uint64_t
literal_hash(const struct lw_lexer *x, size_t start, size_t n, uint64_t kind)
{
	const char *p = x->p + start;
	uint64_t h = (n << 1 | kind) * UINT64_C(0x9e3779b97f4a7c15);

	if (n > 16)
		return lw_hash(p, n, h);
	if (n <= 8) {
		h ^= load_short(p, n, x->n - start);
	} else {
		h ^= load(p, 8);
		h *= UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
		h ^= load(p + n - 8, 8);
	}
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	h ^= h >> 29;
	return h;
}

/* The item tokens[a..a+m) repeated at b: the same literals, a value for a value. */
static bool
repeats(const struct lw_token *tokens, uint32_t a, uint32_t b, uint32_t m)
{
	uint32_t i;

	for (i = m; i > 0; i--)
		if (tokens[a + i - 1].hash != tokens[b + i - 1].hash ||
		    (i > 1 && tokens[a + i - 1].blank != tokens[b + i - 1].blank))
			return false;
	return true;
}

/* What may stand between the items of a list. */
static bool
separates(char c)
{
	return c == ',' || c == ';' || c == '|' || c == '/' || c == '#';
}

/* Types that stand for each other in a list. */
static enum lw_value_type
kin(uint8_t type)
{
	switch ((enum lw_value_type)type) {
	case LW_VALUE_HEX:
		return LW_VALUE_NUMBER;
	case LW_VALUE_HOST:
		return LW_VALUE_IP;
	case LW_VALUE_ANY:
	case LW_VALUE_NUMBER:
	case LW_VALUE_UUID:
	case LW_VALUE_IP:
	case LW_VALUE_MAC:
	case LW_VALUE_EMAIL:
	case LW_VALUE_URL:
	case LW_VALUE_PATH:
	case LW_VALUE_TIME:
	case LW_VALUE_DURATION:
	case LW_VALUE_SIZE:
	case LW_VALUE_VERSION:
	case LW_VALUE_ID:
	case LW_VALUE_LIST:
	case LW_VALUE_COUNT:
	default:
		return (enum lw_value_type)type;
	}
}

/* Values next to each other are a list where they are of a kind ("GET /x 200 12ms" is none), names
 * with digits where they start alike. */
static bool
same_list(const struct lw_lexer *x, const struct lw_token *a, const struct lw_token *b)
{
	if (a->item == LW_VALUE_ANY || b->item == LW_VALUE_ANY)
		return true;
	if (kin(a->item) != kin(b->item))
		return false;
	if (a->item != LW_VALUE_ID)
		return true;
	return a->end - a->start >= 3 && b->end - b->start >= 3 &&
	       memcmp(x->p + a->start, x->p + b->start, 3) == 0;
}

/*
 * A shape that repeats is a list, and a list is as one item of it, however
 * long: "1 2 3", "blk_1 blk_2", "node-1 0x3 <ok> node-2 0x1 <ok>".  Looked at when a value or a
 * closing bracket ends what may be an item.
 */
static void
fold_list(struct lw_lexer *x)
{
	struct lw_masked *out = x->out;
	struct lw_token *t = out->tokens;
	uint32_t n = out->count, m, sep, first;

	for (m = 1; m <= PERIOD_MAX && 2 * m <= n; m++) {
		uint32_t b = n - m;

		if (t[n - 1].hash != t[b - 1].hash &&
		    (b < 2 || t[b - 1].kind != LW_TOKEN_DELIM || t[n - 1].hash != t[b - 2].hash))
			continue;
		sep = t[n - 1].hash != t[b - 1].hash ? 1 : 0;
		if (b < m + sep || (sep == 1 && !separates(x->p[t[b - 1].start])) ||
		    (sep == 0 && !t[b].blank))
			continue;
		first = b - sep - m;
		/* "eth0 1": that number is part of a word */
		if (m == 1 && first > 0 && !t[first].blank && t[first - 1].kind == LW_TOKEN_WORD)
			continue;
		if (!repeats(t, first, b, m) || (m == 1 && !same_list(x, &t[first], &t[b])))
			continue;
		if (m <= 2 && t[first + m - 1].kind == LW_TOKEN_VALUE) {
			t[first + m - 1].end = t[n - 1].end;
			t[first + m - 1].type = LW_VALUE_LIST;
		}
		out->count = first + m;
		return;
	}
}

static bool
closes(char c)
{
	return c == ')' || c == ']' || c == '}' || c == '>';
}

void
lw_lexer_emit(
    struct lw_lexer *x, enum lw_token_kind kind, enum lw_value_type type, size_t start, size_t end)
{
	struct lw_masked *out = x->out;
	struct lw_token *t;
	bool blank = x->blank && out->count > 0;

	x->blank = false;
	if (out->count == LW_MASK_TOKENS_MAX) {
		if (!out->capped) {
			t = &out->tokens[LW_MASK_TOKENS_MAX - 1];
			*t = (struct lw_token){VALUE_HASH, t->start, (uint32_t)x->n, LW_TOKEN_VALUE,
			    LW_VALUE_ANY, LW_VALUE_ANY, t->blank};
			out->capped = true;
		}
		return;
	}
	t = &out->tokens[out->count++];
	*t = (struct lw_token){.start = (uint32_t)start,
	    .end = (uint32_t)end,
	    .kind = (uint8_t)kind,
	    .type = (uint8_t)type,
	    .item = (uint8_t)type,
	    .blank = blank};
	if (kind == LW_TOKEN_WORD && end - start > LW_MASK_WORD_BYTES)
		t->kind = LW_TOKEN_VALUE;
	if (kind == LW_TOKEN_DELIM && end - start > LW_MASK_DELIM_BYTES)
		t->end = (uint32_t)(start + LW_MASK_DELIM_BYTES);
	if (t->kind == LW_TOKEN_VALUE) {
		t->hash = VALUE_HASH;
		if (++x->values > 1)
			fold_list(x);
	} else {
		t->hash = literal_hash(x, start, t->end - start, kind);
		if (kind == LW_TOKEN_DELIM && x->values > 1 && closes(x->p[start]))
			fold_list(x);
	}
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
	/* "****", "******2341": somebody masked a value already */
	if (x->p[i] == '*' && end - i >= 3) {
		while (end < x->n &&
		       (lw_byte_class[(unsigned char)x->p[end]] & (LW_BYTE_DIGIT | LW_BYTE_LETTER)))
			end++;
		lw_lexer_emit(x, LW_TOKEN_VALUE, LW_VALUE_ANY, i, end);
		return end;
	}
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
			i = lw_shape(&x, start, i, seen);
		else
			i = lw_shape_word(&x, start, i);
	}
}
