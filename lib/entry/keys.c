/* keys.c - finding the name that a key stands for. */
#include "entry/keys.h"

static const struct {
	const char *text;
	size_t length;
} names[] = {
    {"", 0},
#define KEY(symbol, text) {text, sizeof(text) - 1},
#include "entry/keys.def"
#undef KEY
};

static bool
separator(char c)
{
	return c == '_' || c == '-' || c == '.' || c == '@';
}

/* Into at most LW_KEY_BYTES; returns the bytes, or 0 where there are more. */
static size_t
fold(struct lw_str key, char *to)
{
	size_t i, n = 0;

	for (i = 0; i < key.n; i++) {
		char c = key.p[i];

		if (separator(c))
			continue;
		if (n == LW_KEY_BYTES)
			return 0;
		to[n++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
	}
	return n;
}

enum lw_key
lw_key_of(struct lw_str key)
{
	char folded[LW_KEY_BYTES];
	size_t n = fold(key, folded), low = 1, high = LW_KEY_COUNT;

	while (n > 0 && low < high) {
		size_t middle = low + (high - low) / 2;
		int c = names[middle].length != n ? (n < names[middle].length ? -1 : 1)
						  : memcmp(folded, names[middle].text, n);

		if (c == 0)
			return (enum lw_key)middle;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return LW_KEY_NONE;
}

bool
lw_key_is(struct lw_str key, struct lw_str name)
{
	char folded[LW_KEY_BYTES];
	size_t n = key.n < name.n ? 0 : fold(key, folded);

	return n == name.n && n > 0 && memcmp(folded, name.p, n) == 0;
}
