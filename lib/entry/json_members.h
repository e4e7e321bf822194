/*
 * json_members.h - most of a record: members with keys that are known and plain values.  A part of
 * json_walk.h.
 *
 * A key with what stands around it is looked at in one comparison of whole vectors, and so is the
 * start of a string.  Both may look at bytes behind the record, and even pass over them as far as
 * they are no blank and no NUL: then the value does not end where the record does, which is found
 * out at the end.
 */

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

/*
 * The key that followed `key` and stands at p, or NULL where none of those does; p is where its
 * text begins but for the first `skip` bytes of it.  Those that come more often move to the front.
 */
LW_TARGET static inline __attribute__((always_inline)) struct lw_known_key *
known_key(struct lw_known_key *keys, struct lw_known_key *key, const char *p, unsigned skip)
{
	struct lw_known_key *next;
	uint16_t at;
	size_t i;

	next = (struct lw_known_key *)(void *)((char *)keys + key->next[0]);
	if (lanes_key(p, next, skip))
		return next;
	if (p[LW_KNOWN_BEFORE - skip] != '"')
		return NULL;
	for (i = 1; i < LW_KNOWN_NEXT; i++) {
		at = key->next[i];
		next = (struct lw_known_key *)(void *)((char *)keys + at);
		if (lanes_key(p, next, skip)) {
			key->next[i] = key->next[i - 1];
			key->next[i - 1] = at;
			return next;
		}
	}
	return NULL;
}

/* Where the plain bytes from p on end: at one that is special, or at `stop` or behind it. */
LW_TARGET static inline const char *
plain_end(const specials_t *specials, high_t *high, const char *p, const char *stop)
{
	lanes_t special;

	do {
		*high |= lanes_bytes(p);
		special = lanes_special(p, specials);
		if (special != 0)
			return p + lanes_first(special);
		p += LANES;
	} while (p < stop);
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
	return (n->field == LW_FIELD_LABELS || n->field == LW_FIELD_RESOURCE) &&
	       top <= at->open + LW_KNOWN_DEPTH;
}

/*
 * Most of a record: objects of members with a key that followed lately and a plain value.  Reads
 * them up to what is something else and says what of it is at p, which may be behind `stop`: then
 * the record is malformed.  Apart from the rest of the reader, so that what it needs for each
 * member stays in registers.
 */
LW_TARGET static __attribute__((noinline)) enum at
plain_members(struct lw_walk *w, const char *stop, struct stand *at)
{
	const specials_t specials = lanes_specials();
	struct lw_known_key *keys = w->known->keys, *key = w->key, *next;
	struct lw_node *n = w->node, *within = at->top[-1].node, **tail = at->tail;
	struct level *top = at->top;
	const char *p = at->p, *from;
	enum at found = AT_MEMBER;
	high_t high = {0};

member:
	if (n == w->nodes_end || p >= stop)
		goto out;
	next = known_key(keys, key, p, LW_KNOWN_BEFORE);
	if (next == NULL) {
		if ((unsigned char)*p > ' ')
			goto out;
		from = p;
		p = skip_blanks(p, stop);
		if (p == from)
			goto out;
		goto member;
	}
	for (;; p += LW_KNOWN_BEFORE) {
		key = next;
		n->next = n->child = NULL;
		n->key = lw_str_make(p + 1, key->length);
		n->names = 0;
		n->tag = key->tag;
		within->names |= key->bit;
		*tail = n;
		tail = &n->next;
		p += key->bytes - LW_KNOWN_BEFORE;
		if (key->opens) {
		string:
			from = p;
			p = plain_end(&specials, &high, p, stop);
			n->text = lw_str_make(from, (size_t)(p - from));
			n++;
			if (n == w->nodes_end)
				next = NULL;
			else if ((next = known_key(keys, key, p, 0)) != NULL)
				continue;
			if (*p != '"') {
				n--;
				p = from - 1;
				found = AT_VALUE;
				break;
			}
			p++;
			goto behind;
		} else if (*p == '"') {
			p++;
			goto string;
		} else if (*p == '{') {
			if (p >= stop) {
				found = AT_VALUE;
				break;
			}
			if (!may_be_known(n, at, top)) {
				if (p[1] != '"' || top == at->open + LW_TREE_DEPTH) {
					found = AT_VALUE;
					break;
				}
				n->type = LW_NODE_OBJECT;
				n->text.p = p;
				*top++ = (struct level){n, tail};
				within = n++;
				tail = &within->child;
				p++;
				goto member;
			}
			from = expected_object(w, p, stop, n);
			if (from == NULL) {
				found = AT_VALUE;
				break;
			}
			p = from;
		} else {
			from = plain_scalar(p, n);
			if (from == NULL) {
				found = AT_VALUE;
				break;
			}
			p = from;
		}
		n++;
	behind:
		if (*p == ',') {
			p++;
			goto member;
		}
		if (*p != '}') {
			found = BEHIND_VALUE;
			break;
		}
		p++;
		top--;
		within->text.n = (size_t)(p - within->text.p);
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
out:
	w->key = key;
	at->n = n;
	w->node = n + (found == AT_VALUE);
	w->high |= lanes_high(high);
	at->p = p;
	at->top = top;
	at->tail = tail;
	return found;
}
