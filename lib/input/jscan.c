/* jscan.c - where a JSON value ends: 64 bytes at a time, as bit masks. */
#include "input/jscan.h"

#include <string.h>

#include "input/bytes.h"

enum line_check { LINE_FINE, LINE_WAITS, LINE_BROKEN };

/* Bits below k. */
static inline uint64_t
below(unsigned k)
{
	return k >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << k) - 1;
}

/* Bit i of the result: an odd number of bits of x up to and with i. */
static inline uint64_t
prefix_xor(uint64_t x)
{
	x ^= x << 1;
	x ^= x << 2;
	x ^= x << 4;
	x ^= x << 8;
	x ^= x << 16;
	x ^= x << 32;
	return x;
}

typedef uint64_t prefix_xor_fn(uint64_t x);
typedef unsigned popcount_fn(uint64_t x);

#ifdef LW_SSE2
/* The same: a product without carries with all ones. */
LW_AVX2 static inline uint64_t
prefix_xor_avx2(uint64_t x)
{
	__m128i product =
	    _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)x), _mm_set1_epi8((char)0xff), 0);

	return (uint64_t)_mm_cvtsi128_si64(product);
}

LW_AVX2 static inline unsigned
popcount_avx2(uint64_t x)
{
	return (unsigned)__builtin_popcountll(x);
}
#endif

/*
 * Shifts by which runs of more than `indent` bits are found: each and of a word with itself,
 * shifted on, leaves those bits that begin a run that is longer by the shift.
 */
struct steps {
	unsigned shift[3]; /* their sum is the indentation */
	bool few;          /* it is more than they reach */
};

static inline struct steps
steps_of(size_t indent)
{
	struct steps s = {{0, 0, 0}, indent > 1 + 2 + 4};
	unsigned left = s.few ? 0 : (unsigned)indent, i;

	for (i = 0; i < 3; i++) {
		s.shift[i] = left < 1U << i ? left : 1U << i;
		left -= s.shift[i];
	}
	return s;
}

/* The bytes that a backslash escapes; *carry: the byte before, or behind, the block is one. */
static inline uint64_t
escaped_bytes(uint64_t backslash, bool *carry)
{
	uint64_t escaped = *carry ? 1 : 0;

	*carry = false;
	backslash &= ~escaped;
	while (backslash != 0) {
		unsigned i = lw_lowest(backslash);

		if (i == 63) {
			*carry = true;
			break;
		}
		escaped |= UINT64_C(2) << i;
		backslash &= ~(UINT64_C(3) << i);
	}
	return escaped;
}

/* The line that begins at p[at], inside a value and outside of its strings, with depth open braces.
 */
static enum line_check
check_line(struct lw_jscan *s, const char *p, size_t at, size_t n, bool last, uint64_t depth)
{
	size_t i;

	for (i = 0; i <= s->indent; i++) {
		char c;

		if (at + i >= n)
			return last ? LINE_FINE : LINE_WAITS;
		c = p[at + i];
		if (c == '\n' || c == '\r')
			return LINE_FINE;
		if (c == ' ' || c == '\t')
			continue;
		if (i < s->indent) {
			s->why = "the object is not closed before a line that stands outside of it";
			return LINE_BROKEN;
		}
		if (c == '{') {
			s->why = "the object is not closed before the next one begins";
			return LINE_BROKEN;
		}
		if (c == '}' && depth > 1 && s->layout == LW_LAYOUT_INDENTED) {
			s->why = "a brace or bracket inside of the object is not closed";
			return LINE_BROKEN;
		}
		if (memchr("\"}[],:", c, 6) == NULL) {
			s->why = "the object is not closed before a line that is no JSON";
			return LINE_BROKEN;
		}
	}
	return LINE_FINE;
}

/* Do the bytes of a line that begins at p[at] show without a closer look that it is deeper than the
 * value? */
static inline bool
stands_deeper(const struct lw_jscan *s, const char *p, size_t at, size_t n)
{
	size_t i;

	if (n - at <= s->indent)
		return false;
	for (i = 0; i <= s->indent; i++)
		if (p[at + i] != ' ')
			return false;
	return true;
}

/* May a value that is no string begin at p[at]?  What stands before it says so: ':' in an object,
 * '[' or ',' in an array. */
static inline bool
value_fits(const char *p, size_t at, bool in_array)
{
	char c;

	do {
		if (at == 0)
			return true;
		c = p[--at];
	} while (c == ' ' || c == '\n' || c == '\r' || c == '\t');
	return in_array ? c == '[' || c == ',' : c == ':';
}

/* Where a walk over the braces and brackets of a block ended, as bits; 64 where it did not. */
struct walk {
	unsigned end;    /* the value ends */
	unsigned broken; /* it cannot go on */
};

static inline bool
opens(char c)
{
	return (c | 0x20) == '{';
}

static inline struct walk
walk_braces(struct lw_jscan *s, const char *p, size_t pos, uint64_t braces)
{
	struct walk w = {64, 64};

	for (; braces != 0; braces &= braces - 1) {
		unsigned i = lw_lowest(braces);
		bool known = s->depth > 0 && s->depth <= 64;
		bool in_array = known && (s->kinds >> (s->depth - 1) & 1) != 0;

		if (opens(p[pos + i])) {
			if (known && !s->sliding && !value_fits(p, pos + i, in_array)) {
				s->why = "an object or array begins where none can: something "
					 "before it is "
					 "missing or not closed";
				w.broken = i;
				return w;
			}
			if (s->depth < 64) {
				s->kinds &= ~(UINT64_C(1) << s->depth);
				s->kinds |= (uint64_t)(p[pos + i] == '[') << s->depth;
			}
			s->depth++;
		} else {
			if (known && in_array != (p[pos + i] == ']')) {
				s->why = "a brace closes a bracket, or a bracket a brace";
				w.broken = i;
				return w;
			}
			if (--s->depth == 0) {
				w.end = i;
				return w;
			}
		}
	}
	return w;
}

/* How many are open behind some braces of a block, where so many were before it. */
static uint64_t
depth_behind(uint64_t depth, const char *block, uint64_t braces)
{
	for (; braces != 0; braces &= braces - 1)
		depth += opens(block[lw_lowest(braces)]) ? 1 : UINT64_MAX;
	return depth;
}

/* How to look at a block. */
struct look {
	lw_masks_fn *masks;
	prefix_xor_fn *parity;
	popcount_fn *count;
};

/* Newlines of a block, where the indentation of their lines shows that they are deeper than the
 * value, as most are; those near the end of the block are not among them. */
static inline uint64_t
deeper_lines(const struct lw_jscan *s, const struct lw_masks *k, const struct steps *steps)
{
	uint64_t deep = k->space;

	if (s->layout == LW_LAYOUT_FREE || k->newline == 0)
		return k->newline;
	if (steps->few)
		return 0;
	deep &= deep >> steps->shift[0];
	deep &= deep >> steps->shift[1];
	deep &= deep >> steps->shift[2];
	return k->newline & deep >> 1;
}

/*
 * Blocks of 64 bytes that decide nothing: no brace, no escape, no line that must be looked at, no
 * fault.  Stops at the first that may, with its masks in *k, and returns false where less than a
 * block is left.
 */
static inline __attribute__((always_inline)) bool
pass_quiet(struct lw_jscan *s, const struct look *look, const struct steps *steps, const char *p,
    size_t n, size_t *pos, struct lw_masks *k)
{
	uint64_t string = s->in_string, closed = s->closed ? 1 : 0, newlines = s->newlines;
	uint64_t quotes, loud;
	size_t at = *pos;
	bool left;

	while (left = n - at >= 64, left) {
		look->masks(p + at, k);
		quotes = look->parity(k->quote) ^ string;
		loud = k->newline & quotes;
		loud |= ((k->quote & ~quotes) << 1 | closed) & ~k->after;
		loud |= (k->brace | (k->newline & ~deeper_lines(s, k, steps))) & ~quotes;
		if ((loud | k->backslash) != 0)
			break;
		string = quotes >> 63 != 0 ? ~UINT64_C(0) : 0;
		closed = (k->quote & ~quotes) >> 63;
		newlines += look->count(k->newline);
		at += 64;
	}
	s->in_string = string;
	s->closed = closed != 0;
	s->newlines = newlines;
	*pos = at;
	return left;
}

/* One block of m bytes (at most 64) at p[*pos], which *k is of.  LW_JSCAN_MORE with *pos short of
 * the block: it waits there for more bytes. */
static inline __attribute__((always_inline)) enum lw_jscan_result
scan_block(struct lw_jscan *s, struct lw_masks *k, const struct look *look,
    const struct steps *steps, const char *p, size_t n, bool last, size_t *pos, unsigned m)
{
	const uint64_t depth_before = s->depth, kinds_before = s->kinds;
	struct walk braces = {64, 64};
	uint64_t escaped, string, behind, bad, brace, lines;
	bool carry = s->escaped;
	unsigned stop = m, bad_at;

	escaped = escaped_bytes(k->backslash, &carry);
	k->quote &= ~escaped;
	string = look->parity(k->quote) ^ s->in_string;
	behind = (k->quote & ~string) << 1 | (s->closed ? 1 : 0);
	bad = ((k->newline & string) | (behind & ~k->after)) & below(m);
	bad_at = bad != 0 ? lw_lowest(bad) : 64;
	if (bad_at < stop)
		stop = bad_at;
	brace = k->brace & ~string & below(stop);
	if (brace != 0)
		braces = walk_braces(s, p, *pos, brace);
	if (braces.end < stop)
		stop = braces.end;
	if (braces.broken < stop)
		stop = braces.broken;
	lines = s->layout == LW_LAYOUT_FREE ? 0 : k->newline & ~string & below(stop);
	if (lines != 0 && m == 64)
		lines &= ~deeper_lines(s, k, steps);
	for (; lines != 0; lines &= lines - 1) {
		unsigned i = lw_lowest(lines);
		uint64_t depth;

		if (stands_deeper(s, p, *pos + i + 1, n))
			continue;
		depth = depth_behind(depth_before, p + *pos, brace & below(i));
		switch (check_line(s, p, *pos + i + 1, n, last, depth)) {
		case LINE_FINE:
			continue;
		case LINE_BROKEN:
			*pos += i;
			return LW_JSCAN_BROKEN;
		case LINE_WAITS:
			/* the braces behind it will be seen again */
			s->depth = depth_before;
			s->kinds = kinds_before;
			(void)walk_braces(s, p, *pos, brace & below(i));
			stop = i;
			goto commit;
		}
	}
	if (braces.end < 64 && stop == braces.end) {
		s->newlines += look->count(k->newline & below(stop));
		*pos += stop + 1;
		return LW_JSCAN_END;
	}
	if (braces.broken < 64 && stop == braces.broken) {
		*pos += stop;
		return LW_JSCAN_BROKEN;
	}
	if (bad_at < 64 && stop == bad_at) {
		s->why = k->newline >> bad_at & 1
			     ? "a line ends inside of a string: its closing quote is missing"
			     : "text stands right behind a string: a quote is missing or too many";
		*pos += stop;
		return LW_JSCAN_BROKEN;
	}
commit:
	if (stop > 0) {
		s->in_string = string >> (stop - 1) & 1 ? ~UINT64_C(0) : 0;
		s->closed = (k->quote & ~string) >> (stop - 1) & 1;
		s->escaped = stop < 64 ? escaped >> stop & 1 : carry;
	}
	s->newlines += look->count(k->newline & below(stop));
	*pos += stop;
	return LW_JSCAN_MORE;
}

/* The body of lw_jscan, compiled once for each way to look. */
static inline __attribute__((always_inline)) enum lw_jscan_result
scan(struct lw_jscan *s, const struct look *look, const char *p, size_t n, bool last, size_t *pos)
{
	const struct steps steps = steps_of(s->indent);
	struct lw_masks k;
	enum lw_jscan_result rc;
	char block[64];

	while (*pos < n) {
		unsigned m = 64;
		size_t from;

		if (n - *pos >= 64 && !s->escaped) {
			if (!pass_quiet(s, look, &steps, p, n, pos, &k))
				continue;
		} else {
			m = n - *pos < 64 ? (unsigned)(n - *pos) : 64;
			memset(block, ' ', sizeof(block));
			memcpy(block, p + *pos, m);
			look->masks(block, &k);
		}
		from = *pos;
		rc = scan_block(s, &k, look, &steps, p, n, last, pos, m);
		if (rc != LW_JSCAN_MORE)
			return rc;
		if (*pos < from + m)
			break; /* a line waits for more of itself */
	}
	return LW_JSCAN_MORE;
}

#ifdef LW_SSE2
LW_AVX2 static enum lw_jscan_result
scan_avx2(struct lw_jscan *s, const char *p, size_t n, bool last, size_t *pos)
{
	static const struct look look = {lw_masks_avx2, prefix_xor_avx2, popcount_avx2};

	return scan(s, &look, p, n, last, pos);
}
#endif

enum lw_jscan_result
lw_jscan(struct lw_jscan *s, const char *p, size_t n, bool last, size_t *pos)
{
	static const struct look look = {lw_masks_of, prefix_xor, lw_popcount};

#ifdef LW_SSE2
	if (lw_has_avx2())
		return scan_avx2(s, p, n, last, pos);
#endif
	return scan(s, &look, p, n, last, pos);
}
