/* path.c - an address down to what it asks for. */
#include "count/path.h"

#include "base/hash.h"

#define MAX_PARTS 4 /* behind these stand identifiers, if anything */

static struct lw_str
path_of(struct lw_str url)
{
	size_t at = lw_str_find(url, LW_STR("://"));

	if (at != LW_NPOS) {
		url = lw_str_make(url.p + at + 3, url.n - at - 3);
		at = lw_str_find(url, LW_STR("/"));
		url = at == LW_NPOS ? lw_str_make(url.p, 0) : lw_str_make(url.p + at, url.n - at);
	}
	for (at = 0; at < url.n && url.p[at] != '?' && url.p[at] != '#'; at++)
		;
	return lw_str_make(url.p, at);
}

static struct lw_str
without_digits(struct lw_str part)
{
	size_t i;

	for (i = 0; i < part.n; i++)
		if (part.p[i] >= '0' && part.p[i] <= '9')
			return LW_STR("#");
	return part;
}

uint64_t
lw_path_hash(struct lw_str url)
{
	struct lw_str path = path_of(url);
	size_t from = 0, to, parts;
	uint64_t h = 1;

	if (path.n == 0)
		return 0;
	for (parts = 0; parts < MAX_PARTS && from < path.n; from = to + 1) {
		for (to = from; to < path.n && path.p[to] != '/'; to++)
			;
		if (to == from)
			continue;
		h = lw_hash_pair(
		    h, lw_hash_str(without_digits(lw_str_make(path.p + from, to - from)), 41));
		parts++;
	}
	return h;
}
