/*
 * json_walk.h - the body of the fast reader, once for each set of instructions.
 *
 * Whoever includes it defines LW_WALK, the name of the reader; LW_TARGET, the
 * attribute that its functions carry; LANES, the bytes looked at at a time;
 * lanes_t, a mask of them, lowest first; and
 *	lanes_special(p)   a mask of the bytes in p[0..LANES) that end a plain run in a
 *			   string: quote, backslash, control characters
 *	high_t		   bytes, to be joined by |
 *	lanes_bytes(p)	   p[0..LANES) as such
 *	lanes_high(h)	   not 0 where one of them is no ASCII
 *	lanes_dark(p)      a mask of those that are no space
 *	lanes_braces(p)	   a mask of those that are { or }
 *	lanes_key(p, key, skip)  do p[0..LW_KNOWN_KEY_BYTES) begin with the known key's text
 *			   but for its first `skip` bytes, up to LW_KNOWN_BEFORE?
 *	lanes_same(a, b, n)  are these n bytes the same?  At least LW_KNOWN_OBJECT_MIN of them
 *	lanes_first(m)     the index of the first one in a mask that is not 0
 *	lanes_copy(to, p)  LANES bytes
 *
 * In a record most strings are shorter than a vector, so a string is one load and one branch,
 * and there is no second pass over an index.  What is behind the record is looked at, too: whatever
 * is there, the value of a record that is fine ends where the record does, and no other one does.
 */
#include <string.h>

LW_TARGET static const char *
skip_blanks(const char *p, const char *end)
{
	lanes_t dark;

	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) {
		p++;
		while ((size_t)(end - p) >= LANES) { /* indentation */
			dark = lanes_dark(p);
			if (dark != 0) {
				p += lanes_first(dark);
				break;
			}
			p += LANES;
		}
	}
	return p;
}

LW_TARGET static inline const char *
blanks(const char *p, const char *end)
{
	return p < end && (unsigned char)*p <= ' ' ? skip_blanks(p, end) : p;
}

/*
 * The rest of a string that has an escape at p, without its escapes; p is behind its
 * closing quote after it.  NULL where it is malformed or memory ran out.
 */
LW_TARGET static const char *
escaped_string(
    struct lw_walk *w, const char *start, const char *p, const char *end, struct lw_str *s)
{
	size_t room = (size_t)(end - start) + LANES, i;
	char *copy = lw_arena_alloc(w->arena, room), *to;
	high_t high = {0};
	specials_t specials = lanes_specials();
	lanes_t special;

	if (copy == NULL)
		return NULL;
	memcpy(copy, start, (size_t)(p - start));
	to = copy + (p - start);
	while (p < end) {
		high |= lanes_bytes(p);
		special = lanes_special(p, &specials);
		i = special == 0 ? LANES : lanes_first(special);
		lanes_copy(to, p);
		to += i;
		p += i;
		if (special == 0)
			continue;
		if (p >= end)
			return NULL;
		if (*p == '"') {
			*s = lw_str_make(copy, (size_t)(to - copy));
			lw_arena_trim(w->arena, copy, s->n);
			w->high |= lanes_high(high);
			return p + 1;
		}
		if (*p != '\\')
			return NULL;
		p = lw_walk_escape(p, end, &to);
		if (p == NULL)
			return NULL;
	}
	return NULL;
}

/* The string whose opening quote is before p; returns what is behind it, or NULL. */
LW_TARGET static inline const char *
string(struct lw_walk *w, high_t *high, const char *p, const char *end, struct lw_str *s)
{
	const char *start = p;
	specials_t specials = lanes_specials();
	lanes_t special = 0;

	for (; p < end; p += LANES) {
		*high |= lanes_bytes(p);
		special = lanes_special(p, &specials);
		if (special != 0)
			break;
	}
	if (p < end)
		p += lanes_first(special);
	if (p >= end)
		return NULL;
	if (*p == '"') {
		*s = lw_str_make(start, (size_t)(p - start));
		return p + 1;
	}
	return *p == '\\' ? escaped_string(w, start, p, end, s) : NULL;
}

/* A string, number, true, false or null at p; returns what is behind it, or NULL. */
LW_TARGET static inline const char *
scalar(struct lw_walk *w, high_t *high, const char *p, const char *end, struct lw_node *n)
{
	const char *from = p;

	switch (*p) {
	case '"':
		n->type = LW_NODE_STRING;
		return string(w, high, p + 1, end, &n->text);
	case 't':
		n->type = LW_NODE_BOOL;
		n->text = lw_str_make(p, 4);
		return end - p >= 4 && memcmp(p, "true", 4) == 0 ? p + 4 : NULL;
	case 'f':
		n->type = LW_NODE_BOOL;
		n->text = lw_str_make(p, 5);
		return end - p >= 5 && memcmp(p, "false", 5) == 0 ? p + 5 : NULL;
	case 'n':
		n->type = LW_NODE_NULL;
		n->field = LW_FIELD_NONE;
		n->text = lw_str_make(NULL, 0);
		return end - p >= 4 && memcmp(p, "null", 4) == 0 ? p + 4 : NULL;
	default:
		n->type = LW_NODE_NUMBER;
		p = lw_walk_number(p, end);
		if (p != NULL)
			n->text = lw_str_make(from, (size_t)(p - from));
		return p;
	}
}

LW_TARGET static inline struct lw_node *
new_node(struct lw_walk *w)
{
	if (w->node == w->nodes_end && !lw_walk_chunk(w))
		return NULL;
	*w->node = (struct lw_node){.type = LW_NODE_NULL};
	return w->node++;
}

/*
 * The bytes of the object at p, if no string in it holds a brace; 0 where they are too few or too
 * many.  A guess: it counts where an object of the same bytes is known, and no further.
 */
LW_TARGET static inline size_t
object_bytes(const char *p, const char *end)
{
	size_t left = (size_t)(end - p), at, i;
	lanes_t braces;
	int open = 0;

	if (left > LW_KNOWN_OBJECT_MAX)
		left = LW_KNOWN_OBJECT_MAX;
	for (at = 0; at + LANES <= left; at += LANES) {
		for (braces = lanes_braces(p + at); braces != 0; braces &= braces - 1) {
			i = at + lanes_first(braces);
			open += p[i] == '{' ? 1 : -1;
			if (open == 0)
				return i + 1 < LW_KNOWN_OBJECT_MIN ? 0 : i + 1;
		}
	}
	return 0;
}

/* Is the object at p, with no more than `left` bytes, this known one, or NULL? */
LW_TARGET static inline bool
same_object(const struct lw_known_object *o, const char *p, size_t left)
{
	return o != NULL && o->bytes.n != 0 && o->bytes.n <= left &&
	       lanes_same(p, o->bytes.p, o->bytes.n);
}

/* The object at p as node *n where it is what can be expected: what followed the last one last
 * time, or one of the same length.  Returns what is behind it, or NULL. */
LW_TARGET static inline const char *
expected_object(struct lw_walk *w, const char *p, const char *end, struct lw_node *n)
{
	struct lw_known_object *o = w->object == NULL ? NULL : w->object->next;
	size_t left = (size_t)(end - p);

	if (!same_object(o, p, left)) {
		o = lw_known_guess(w->known, n->name == LW_KEY_resource, p, left);
		if (!same_object(o, p, left))
			return NULL;
		if (w->object != NULL)
			w->object->next = o;
	}
	lw_walk_lend(w, o, n);
	return p + o->bytes.n;
}

/* The object at p as node *n where it came before; returns what is behind it, or NULL. */
LW_TARGET static const char *
known_object(struct lw_walk *w, const char *p, const char *end, struct lw_node *n)
{
	size_t bytes = object_bytes(p, end);

	return bytes != 0 && lw_walk_known(w, lw_str_make(p, bytes), n) ? p + bytes : NULL;
}

/* The key at p, by reading it, and what is before its value; returns where that begins, or NULL. */
LW_TARGET static const char *
read_key(struct lw_walk *w, const char *p, const char *end, struct lw_node *n)
{
	struct lw_known_key *known = NULL;
	const char *start;
	high_t high = {0};

	start = p = blanks(p, end);
	if (p == end || *p != '"')
		return NULL;
	p = string(w, &high, p + 1, end, &n->key);
	if (p == NULL)
		return NULL;
	w->high |= lanes_high(high);
	p = blanks(p, end);
	if (p == end || *p != ':')
		return NULL;
	p = blanks(p + 1, end);
	if (n->key.p == start + 1 && p < end)
		known = lw_known_key(
		    w->known, n->key, lw_str_make(start, (size_t)(p - start) + (*p == '"')));
	if (known == NULL) {
		n->name = (uint16_t)lw_key_of(n->key);
		return p;
	}
	n->tag = known->tag;
	lw_known_follow(w->known, w->key, known);
	w->key = known;
	return p;
}

#include "entry/json_members.h"

LW_TARGET static bool
walk(struct lw_walk *w, const char *p, const char *stop, struct lw_node **root)
{
	struct stand at;
	struct lw_node *n, *within = NULL;
	high_t high = {0};
	enum at found;

	at.top = at.open;
	at.tail = root;
	n = new_node(w);
	if (n == NULL)
		return false;
	if (p < stop && *p == '{') { /* as most are */
		*root = n;
		at.tail = &n->next;
		goto open;
	}
value:
	*at.tail = n;
	at.tail = &n->next;
linked:
	p = blanks(p, stop);
	if (p == stop)
		return false;
	if (*p != '{' && *p != '[') {
		p = scalar(w, &high, p, stop, n);
		if (p == NULL)
			return false;
		if (at.top == at.open)
			goto done;
		goto behind;
	}
	if (at.top == at.open + LW_TREE_DEPTH)
		return false;
	if (*p == '{' && may_be_known(n, &at, at.top)) {
		const char *past = known_object(w, p, stop, n);

		if (past != NULL) {
			p = past;
			goto behind;
		}
	}
open:
	n->type = *p == '{' ? LW_NODE_OBJECT : LW_NODE_ARRAY;
	n->text = lw_str_make(p, 0);
	*at.top++ = (struct level){n, at.tail};
	within = n;
	at.tail = &n->child;
	p = blanks(p + 1, stop);
	if (p == stop)
		return false;
	if (*p == (within->type == LW_NODE_OBJECT ? '}' : ']'))
		goto close;
member:
	if (within->type == LW_NODE_OBJECT) {
		at.p = p;
		found = plain_members(w, stop, &at);
		p = at.p;
		if (p > stop)
			return false;
		if (found == BEHIND_ALL)
			goto done;
		within = at.top[-1].node;
		if (found == BEHIND_VALUE)
			goto behind;
		if (found == AT_VALUE) {
			n = at.n;
			goto linked;
		}
	}
	n = new_node(w);
	if (n == NULL)
		return false;
	if (within->type == LW_NODE_ARRAY)
		goto value;
	p = read_key(w, p, stop, n);
	if (p == NULL)
		return false;
	lw_node_name(within, n, (enum lw_key)n->name);
	goto value;
behind:
	if (p == stop)
		return false;
	if (*p == ',') {
		p++;
		goto member;
	}
	if (*p != (within->type == LW_NODE_OBJECT ? '}' : ']')) {
		if ((unsigned char)*p > ' ' || (p = skip_blanks(p, stop)) == stop)
			return false;
		if ((unsigned char)*p <= ' ')
			return false;
		goto behind;
	}
close:
	p++;
	at.top--;
	within->text.n = (size_t)(p - within->text.p);
	at.tail = at.top->tail;
	if (at.top != at.open) {
		within = at.top[-1].node;
		goto behind;
	}
done:
	w->high |= lanes_high(high);
	return p == stop || blanks(p, stop) == stop;
}

LW_TARGET bool
LW_WALK(struct lw_known *known, struct lw_arena *arena, struct lw_str text, struct lw_node **root)
{
	struct lw_walk w;

	*root = NULL;
	lw_walk_begin(&w, known, arena);
	if (walk(&w, text.p, text.p + text.n, root) && lw_walk_end(&w, text))
		return true;
	*root = NULL;
	return false;
}
