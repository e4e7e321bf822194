/* walk.c - choosing a reader, and what the readers share. */
#include "entry/walk.h"

#include "base/utf8.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2 1
#else
#define HAVE_AVX2 0
#endif

lw_walk_fn *
lw_walk_by(enum lw_walk_path path)
{
	switch (path) {
	case LW_WALK_PORTABLE:
		return lw_walk_portable;
	case LW_WALK_SSE2:
#if defined(__SSE2__)
		return lw_walk_sse2;
#else
		return NULL;
#endif
	case LW_WALK_AVX2:
#if HAVE_AVX2
		__builtin_cpu_init();
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi")
			   ? lw_walk_avx2
			   : NULL;
#else
		return NULL;
#endif
	case LW_WALK_NEON:
#if defined(__aarch64__) && defined(__ARM_NEON)
		return lw_walk_neon;
#else
		return NULL;
#endif
	case LW_WALK_PATHS:
	default:
		return NULL;
	}
}

lw_walk_fn *
lw_walk_best(void)
{
	static const enum lw_walk_path best[] = {LW_WALK_AVX2, LW_WALK_SSE2, LW_WALK_NEON};
	lw_walk_fn *walk;
	size_t i;

	for (i = 0; i < sizeof(best) / sizeof(best[0]); i++) {
		walk = lw_walk_by(best[i]);
		if (walk != NULL)
			return walk;
	}
	return lw_walk_portable;
}

bool
lw_json_walk_copy(
    const struct lw_walker *w, struct lw_arena *arena, struct lw_str text, struct lw_node **root)
{
	char *copy;

	if (w->walk == NULL)
		return false;
	copy = lw_arena_alloc(arena, text.n + LW_PADDING_BYTES);
	if (copy == NULL)
		return false;
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	memset(copy + text.n, 0, LW_PADDING_BYTES);
	return w->walk(w->known, arena, lw_str_make(copy, text.n), root);
}

enum lw_code
lw_json_read(const struct lw_walker *w, struct lw_arena *arena, struct lw_str text,
    struct lw_node **root, struct lw_parse_error *e)
{
	if (lw_json_walk(w, arena, text, false, root))
		return LW_OK;
	return lw_json_parse(arena, text, root, e);
}

/* Of one chunk, lw_walk_end does not count what its nodes borrow: less than a node a byte. */
_Static_assert(LW_WALK_CHUNK *(LW_KNOWN_OBJECT_MAX + 1) <= LW_TREE_NODES, "may be too many");

bool
lw_walk_end_rare(struct lw_walk *w, struct lw_str text)
{
	size_t i;

	if (w->borrowed > 0 &&
	    w->chunks * LW_WALK_CHUNK - (size_t)(w->nodes_end - w->node) + w->borrowed >
		LW_TREE_NODES)
		return false;
	if (w->high != 0 && lw_utf8_check(text) != text.n)
		return false;
	for (i = 0; i < w->unknown_count; i++)
		lw_known_keep(w->known, &w->unknown[i]);
	return true;
}

bool
lw_walk_known(struct lw_walk *w, struct lw_str bytes, struct lw_node *n)
{
	uint64_t hash = lw_known_hash(bytes);
	struct lw_known_object *o = lw_known_find(w->known, bytes, hash);

	if (o != NULL) {
		if (w->object != NULL)
			w->object->next = o;
		w->known->sampled[lw_known_sample(bytes)] = o;
		lw_walk_lend(w, o, n);
		return true;
	}
	w->object = NULL;
	if (w->unknown_count < LW_UNKNOWN_MAX)
		w->unknown[w->unknown_count++] = (struct lw_unknown){n, hash, bytes.n};
	return false;
}

bool
lw_walk_chunk(struct lw_walk *w)
{
	if (w->chunks == LW_TREE_NODES / LW_WALK_CHUNK)
		return false;
	w->node = lw_arena_alloc(w->arena, LW_WALK_CHUNK * sizeof(*w->node));
	if (w->node == NULL)
		return false;
	w->nodes_end = w->node + LW_WALK_CHUNK;
	w->chunks++;
	return true;
}

static const char *
digits(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p == from ? NULL : p;
}

const char *
lw_walk_number(const char *p, const char *end)
{
	if (p < end && *p == '-')
		p++;
	if (p < end && *p == '0')
		p++;
	else if ((p = digits(p, end)) == NULL)
		return NULL;
	if (p < end && *p == '.' && (p = digits(p + 1, end)) == NULL)
		return NULL;
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = digits(p, end);
	}
	return p;
}

static char *
put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

const char *
lw_walk_escape(const char *p, const char *end, char **to)
{
	static const char simple[][2] = {{'n', '\n'}, {'"', '"'}, {'\\', '\\'}, {'t', '\t'},
	    {'/', '/'}, {'r', '\r'}, {'b', '\b'}, {'f', '\f'}};
	uint32_t c, low;
	size_t i;

	if (end - p < 2)
		return NULL;
	for (i = 0; i < sizeof(simple) / sizeof(simple[0]); i++) {
		if (p[1] == simple[i][0]) {
			*(*to)++ = simple[i][1];
			return p + 2;
		}
	}
	if (!lw_json_unit(p, end, &c))
		return NULL;
	p += 6;
	if (c >= 0xd800 && c <= 0xdfff) {
		if (c < 0xdc00 && lw_json_unit(p, end, &low) && low >= 0xdc00 && low <= 0xdfff) {
			c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
			p += 6;
		} else {
			c = 0xfffd;
		}
	}
	*to = put_utf8(*to, c);
	return p;
}
