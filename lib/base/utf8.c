/* utf8.c - decoding by the table of RFC 3629, section 4. */
#include "base/utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

size_t
lw_utf8_next(struct lw_str s, uint32_t *code_point)
{
	const unsigned char *p = (const unsigned char *)s.p;
	uint32_t c, least;
	size_t n, i;

	if (s.n == 0)
		return 0;
	c = p[0];
	if (c < 0x80) {
		*code_point = c;
		return 1;
	}
	if (c >= 0xc2 && c <= 0xdf) {
		n = 2;
		c &= 0x1f;
		least = 0x80;
	} else if (c >= 0xe0 && c <= 0xef) {
		n = 3;
		c &= 0x0f;
		least = 0x800;
	} else if (c >= 0xf0 && c <= 0xf4) {
		n = 4;
		c &= 0x07;
		least = 0x10000;
	} else {
		return 0;
	}
	if (s.n < n)
		return 0;
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code_point = c;
	return n;
}

/* Are the 64 bytes at p below 0x80? */
#if defined(__SSE2__)
static inline __m128i
load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline bool
all_ascii(const char *p)
{
	__m128i low = _mm_or_si128(load(p), load(p + 16));
	__m128i high = _mm_or_si128(load(p + 32), load(p + 48));

	return _mm_movemask_epi8(_mm_or_si128(low, high)) == 0;
}
#else
static inline bool
all_ascii(const char *p)
{
	uint64_t w[8];

	memcpy(w, p, sizeof(w));
	return ((w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7]) &
		   UINT64_C(0x8080808080808080)) == 0;
}
#endif

/* Most of a log is ASCII: many bytes a step. */
size_t
lw_utf8_ascii(struct lw_str s)
{
	size_t at = 0;
	uint64_t word;

	while (at + 64 <= s.n && all_ascii(s.p + at))
		at += 64;
	for (; at + 8 <= s.n; at += 8) {
		memcpy(&word, s.p + at, 8);
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (at < s.n && (unsigned char)s.p[at] < 0x80)
		at++;
	return at;
}

size_t
lw_utf8_check(struct lw_str s)
{
	size_t at = 0, n;
	uint32_t c;

	for (;;) {
		at += lw_utf8_ascii(lw_str_make(s.p + at, s.n - at));
		if (at >= s.n)
			return s.n;
		n = lw_utf8_next(lw_str_make(s.p + at, s.n - at), &c);
		if (n == 0)
			return at;
		at += n;
	}
}

void
lw_utf8_clean(struct lw_buf *out, struct lw_str s)
{
	size_t good;

	for (;;) {
		good = lw_utf8_check(s);
		lw_buf_add(out, s.p, good);
		if (good == s.n)
			return;
		lw_buf_addz(out, "\xef\xbf\xbd");
		s.p += good + 1;
		s.n -= good + 1;
	}
}

void
lw_utf8_add(struct lw_buf *out, uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		lw_buf_addc(out, (char)c);
	} else if (c < 0x800) {
		lw_buf_addc(out, (char)(0xc0 | c >> 6));
		lw_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		lw_buf_addc(out, (char)(0xe0 | c >> 12));
		lw_buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		lw_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		lw_buf_addc(out, (char)(0xf0 | c >> 18));
		lw_buf_addc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		lw_buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		lw_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	}
}

struct lw_str
lw_utf8_cut(struct lw_str s, size_t n)
{
	if (s.n <= n)
		return s;
	while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return lw_str_make(s.p, n);
}
