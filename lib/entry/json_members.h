/*
 * json_members.h - most of a record: members with keys that are known and plain values.  A part of
 * json_walk.h.
 *
 * A key and the start of its value are looked at in whole vectors, and nothing is read behind the
 * record: its last members are read from a copy of its tail with NULs behind it, which nothing
 * passes over.
 */

/* How far the start of a member is looked at: its key, a blank, a quote, a vector, two bytes. */
#define REACH (LW_KNOWN_KEY_BYTES + LANES + 4)
#define TAIL (REACH / 32 * 32 + 32) /* bytes that are copied, and NULs behind them */

/*
 * What is read: the record, and from `near` on, where less than REACH may be left, a copy of its
 * tail.  There `near` is behind the record's end, and a NUL is there.
 */
struct area {
	const char *end;    /* of what may be looked at */
	const char *near;   /* REACH before it */
	const char *stop;   /* of the record, here or in the copy */
	const char *behind; /* of the record itself */
	const char *copy;   /* of the record in the copy */
};

/* The place in the record itself. */
static inline const char *
origin(const struct area *a, const char *p)
{
	return a->behind - (a->stop - p);
}

/* Is p in the copy of the tail?  Then nothing in it is too near. */
static inline bool
in_tail(const struct area *a)
{
	return a->stop == a->copy;
}

/* Go on at p, which is at `near` or behind it, in the copy. */
static inline const char *
to_tail(struct area *a, const char *p)
{
	p = a->copy - (a->stop - p);
	a->stop = a->copy;
	a->end = a->copy + TAIL;
	a->near = a->end - REACH;
	return p;
}

/* False where memory ran out. */
LW_TARGET static bool
begin(struct area *a, struct lw_arena *arena, struct lw_str text)
{
	static const char zeros[LANES];
	char *copy = lw_arena_alloc(arena, (size_t)2 * TAIL);
	size_t i;

	if (copy == NULL)
		return false;
	a->copy = copy + TAIL;
	a->end = a->stop = a->behind = text.p + text.n;
	a->near = text.n > REACH ? a->end - REACH : text.p;
	if (text.n >= TAIL)
		memcpy(copy, a->end - TAIL, TAIL);
	else if (text.n > 0)
		memcpy(copy + TAIL - text.n, text.p, text.n);
	for (i = 0; i < TAIL; i += LANES)
		lanes_copy(copy + TAIL + i, zeros);
	return true;
}

/* An object or array that is open: where its next member goes is kept for when the inner one ends.
 */
struct level {
	struct lw_node *node;
	struct lw_node **tail; /* of the level around it */
};

/* Where a reader stands. */
struct stand {
	const char *p;
	struct lw_node *n;     /* the member whose value is at p */
	struct lw_node **tail; /* where the next member goes */
	struct level *top;     /* behind the innermost object or array that is open */
	struct level open[LW_TREE_DEPTH];
};

enum at { AT_MEMBER, AT_VALUE, BEHIND_VALUE, BEHIND_ALL };

/* The key that followed `key` and stands at p, or NULL where none of those does. */
LW_TARGET static inline struct lw_known_key *
known_key(struct lw_known_key *keys, const struct lw_known_key *key, const char *p)
{
	struct lw_known_key *next;
	size_t i;

#pragma GCC unroll 4
	for (i = 0; i < LW_KNOWN_NEXT; i++) {
		next = (struct lw_known_key *)(void *)((char *)keys + key->next[i]);
		if (lanes_key(p, next))
			return next;
	}
	return NULL;
}

/* Where the plain bytes from p on end, or as far as can be seen: at a byte that is special, or
 * behind `last`. */
LW_TARGET static inline const char *
plain_end(const specials_t *specials, high_t *high, const char *p, const char *last)
{
	lanes_t special;

	do {
		*high |= lanes_bytes(p);
		special = lanes_special(p, specials);
		if (special != 0)
			return p + lanes_first(special);
		p += LANES;
	} while (p < last);
	return p;
}

/* The short integer, true or false at p as node *n; returns what is behind it, or NULL where it is
 * anything else. */
static inline const char *
plain_scalar(const char *p, struct lw_node *n)
{
	size_t digits = lw_walk_digits(p);

	n->text.p = p;
	if (digits > 0 && digits < 8 && (*p != '0' || digits == 1)) {
		n->type = LW_NODE_NUMBER;
		n->text.n = digits;
		return p[digits] == ',' || p[digits] == '}' ? p + digits : NULL;
	}
	n->type = LW_NODE_BOOL;
	n->text.n = *p == 't' ? 4 : 5;
	return memcmp(p, "true", 4) == 0 || memcmp(p, "false", 5) == 0 ? p + n->text.n : NULL;
}

/* May the object be one that came before? */
static inline bool
may_be_known(const struct lw_node *n, const struct stand *at, const struct level *top)
{
	return (n->name == LW_KEY_labels || n->name == LW_KEY_resource) &&
	       top <= at->open + LW_KNOWN_DEPTH;
}

/*
 * Most of a record: objects of members with a key that followed lately and a plain value.  Reads
 * them up to what is something else and says what of it is at p.  Apart from the rest of the
 * reader, so that what it needs for each member stays in registers.
 */
LW_TARGET static __attribute__((noinline)) enum at
plain_members(struct lw_walk *w, struct area *a, struct stand *at)
{
	const specials_t specials = lanes_specials();
	struct lw_known_key *keys = w->known->keys, *key = w->key, *next;
	struct lw_node *n = w->node, *within = at->top[-1].node, **tail = at->tail;
	struct level *top = at->top;
	const char *p = at->p, *from;
	enum at found = AT_MEMBER;
	high_t high = {0};

	while (n != w->nodes_end) {
		if (p >= a->near) {
			if (in_tail(a))
				break;
			p = to_tail(a, p);
		}
		next = known_key(keys, key, p);
		if (next == NULL) {
			if ((unsigned char)*p > ' ')
				break;
			from = p;
			p = skip_blanks(p, a->end);
			if (p == from)
				break;
			continue;
		}
		key = next;
		n->next = n->child = NULL;
		n->key = lw_str_make(p + 1, key->length);
		n->names = 0;
		n->tag = key->tag;
		within->names |= key->bit;
		*tail = n;
		tail = &n->next;
		p += key->length + 3;
	value:
		if (*p == '"') {
			from = p + 1;
			p = plain_end(&specials, &high, from, a->near + LW_KNOWN_KEY_BYTES);
			n->text = lw_str_make(from, (size_t)(p - from));
			if (*p != '"') {
				p = from - 1;
				found = AT_VALUE;
				break;
			}
			n++;
			if (memcmp(p, "\",\"", 3) == 0) {
				p += 2;
				continue;
			}
			p++;
		} else if (*p == '{') {
			if (may_be_known(n, at, top)) {
				from = expected_object(w, p, a->end, n);
				if (from == NULL) {
					found = AT_VALUE;
					break;
				}
				p = from;
				n++;
			} else {
				if (top == at->open + LW_TREE_DEPTH) {
					found = AT_VALUE;
					break;
				}
				n->type = LW_NODE_OBJECT;
				n->text.p = origin(a, p);
				*top++ = (struct level){n, tail};
				within = n++;
				tail = &within->child;
				p = skip_blanks(p + 1, a->end);
				if (p >= a->near && !in_tail(a))
					p = to_tail(a, p);
				if (*p != '}')
					continue;
				goto close;
			}
		} else if (*p == ' ' && p[1] != ' ') {
			p++;
			goto value;
		} else {
			from = plain_scalar(p, n);
			if (from == NULL) {
				found = AT_VALUE;
				break;
			}
			p = from;
			n++;
		}
	behind:
		if (p >= a->near && !in_tail(a))
			p = to_tail(a, p);
		if (*p == ',') {
			p++;
			continue;
		}
		if (*p != '}') {
			from = p;
			p = skip_blanks(p, a->end);
			if (p != from)
				goto behind;
			found = BEHIND_VALUE;
			break;
		}
	close:
		p++;
		top--;
		within->text.n = (size_t)(origin(a, p) - within->text.p);
		tail = top->tail;
		if (top == at->open) {
			found = BEHIND_ALL;
			break;
		}
		within = top[-1].node;
		if (within->type == LW_NODE_OBJECT)
			goto behind;
		found = BEHIND_VALUE;
		break;
	}
	w->key = key;
	at->n = n;
	w->node = n + (found == AT_VALUE);
	w->high |= lanes_high(high);
	at->p = p;
	at->top = top;
	at->tail = tail;
	return found;
}
