/*
 * known.h - what a reader remembers of earlier records.
 *
 * A log repeats itself: the same keys follow each other in every entry, and the
 * same resource and labels come again and again.  A key that is the one that
 * followed last time is known by one comparison, with the name that it stands for; an
 * object whose bytes came before is not read again, its tree is taken as it is.
 * Both are found by comparing all bytes, so that what is known never differs from what
 * would have been read.  One a thread; everything has a ceiling.
 */
#ifndef LW_ENTRY_KNOWN_H
#define LW_ENTRY_KNOWN_H

#include "entry/tree.h"

#define LW_KNOWN_KEYS 256
#define LW_KNOWN_PROBES 4     /* places of a key */
#define LW_KNOWN_KEY_BYTES 32 /* of a key with what stands around it */
#define LW_KNOWN_BEFORE 2     /* of those, before it: the end of a string, and a comma */
#define LW_KNOWN_NEXT 4       /* keys that are expected after one */
#define LW_KNOWN_OBJECTS 512
#define LW_KNOWN_WAYS 4 /* places of an object */
#define LW_KNOWN_SEEN 2048
#define LW_KNOWN_OBJECT_MIN 32   /* bytes; a shorter object is read as fast */
#define LW_KNOWN_OBJECT_MAX 2048 /* bytes */
#define LW_KNOWN_DEPTH 16        /* of nesting: inside of a known object, and around it */

struct lw_known_key {
	char text[LW_KNOWN_KEY_BYTES]; /* ","key":" as it is written: from the end of a string
					  before it up to the value, with the quote of a string;
					  else bytes 0xff, which no text has */
	uint64_t bit;                  /* lw_key_bit of its name */
	uint64_t tag;                  /* of a member of that key which is a string */
	uint16_t next[LW_KNOWN_NEXT];  /* bytes from the first of the keys to those that came after
					  it, the latest first */
	uint32_t mask;                 /* bit i: text[i] counts */
	uint8_t length;                /* of the key */
	uint8_t bytes;                 /* of the text */
	bool opens;                    /* it ends with the quote of a string */
	char pad;                      /* to 64 bytes, so that none is in two lines of the cache */
};

struct lw_known_object {
	struct lw_str bytes;    /* empty where none is kept */
	struct lw_node *child;  /* its members */
	uint64_t names;         /* of them, as in lw_node */
	uint32_t nodes;         /* below it */
	uint32_t serial;        /* never 0, never given twice */
	uint64_t record;        /* that it was last used in, and must outlive by one */
	struct lw_arena *arena; /* holds its bytes and its tree; NULL until one is kept */
	struct lw_known_object
	    *next; /* the one that came after it last time, whatever that is now */
};

/* What a record showed that was not known; remembered when the record was read to its end. */
struct lw_unknown {
	const struct lw_node *node;
	uint64_t hash;
	size_t bytes; /* as they were guessed */
};

#define LW_UNKNOWN_MAX 8 /* a record; others are forgotten */

struct lw_known {
	struct lw_known_key keys[LW_KNOWN_KEYS];
	struct lw_known_key first; /* .next are the keys that a record begins with */
	struct lw_known_object objects[LW_KNOWN_OBJECTS];
	uint64_t hashes[LW_KNOWN_OBJECTS];                 /* of the bytes of each */
	struct lw_known_object *sampled[LW_KNOWN_OBJECTS]; /* by some of their bytes: guesses */
	uint32_t usual[2]; /* bytes of the latest known object that is no resource, and that is */
	uint32_t seen[LW_KNOWN_SEEN]; /* of hashes that came once: their upper half */
	uint64_t record;              /* counted by lw_known_next */
	struct lw_node *nodes;        /* LW_WALK_CHUNK for the next value; NULL: from the arena */
	uint32_t serial;
};

struct lw_known *lw_known_new(void);    /* NULL where memory ran out */
void lw_known_free(struct lw_known *k); /* NULL is fine */

/* A record begins: objects of the one before the last may make room. */
void lw_known_next(struct lw_known *k);

/* The place of a key; `written` begins with its quote and goes up to its value, with the quote of a
 * string.  NULL where that is too long, or it is new and not ASCII. */
struct lw_known_key *lw_known_key(struct lw_known *k, struct lw_str key, struct lw_str written);

/* What came after `key`. */
void lw_known_follow(
    const struct lw_known *k, struct lw_known_key *key, const struct lw_known_key *after);

/* A hash of at least LW_KNOWN_OBJECT_MIN bytes. */
uint64_t lw_known_hash(struct lw_str bytes);

/* The object of these bytes, or NULL; who uses it sets .record, and it stays until lw_known_next.
 */
struct lw_known_object *lw_known_find(struct lw_known *k, struct lw_str bytes, uint64_t hash);

/* Of an object of so many bytes, by a few of them, up to LW_KNOWN_OBJECTS. */
static inline size_t
lw_known_sample(struct lw_str bytes)
{
	const size_t at[] = {bytes.n - 10, bytes.n / 2, bytes.n / 4, bytes.n / 4 * 3 - 4};
	uint64_t words[4], sum;
	size_t i;

	for (i = 0; i < 4; i++)
		memcpy(&words[i], bytes.p + at[i], sizeof(words[i]));
	sum = (words[0] ^ words[2] << 1) * UINT64_C(0x9e3779b97f4a7c15) +
	      (words[1] ^ words[3] << 1) * UINT64_C(0xc2b2ae3d27d4eb4f);
	return (size_t)(sum >> 55) % LW_KNOWN_OBJECTS;
}

/*
 * What the object at p may be, with no more than `left` bytes, if it is as long as the last one of
 * its kind (of lw_known.usual); or NULL.  A guess, which costs less than a hash of all bytes.
 */
static inline struct lw_known_object *
lw_known_guess(const struct lw_known *k, bool resource, const char *p, size_t left)
{
	size_t n = k->usual[resource];

	if (n == 0 || n > left || p[n - 1] != '}')
		return NULL;
	return k->sampled[lw_known_sample(lw_str_make(p, n))];
}

/* Keep an object where it came before; else remember that it came.  Its bytes are its text. */
void lw_known_keep(struct lw_known *k, const struct lw_unknown *u);

#endif
