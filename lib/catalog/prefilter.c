/*
 * prefilter.c - an Aho-Corasick automaton as one dense table.
 *
 * Bytes are mapped to classes first (bytes that no literal has share one), so
 * that a row is as short as the alphabet in use.  Transitions hold the offset
 * of the next row, and one bit that says that something ends there, which
 * keeps the loop to two loads a byte.
 */
#include "catalog/prefilter.h"

#include <stdlib.h>
#include <string.h>

#define ENDS UINT32_C(0x80000000) /* in a transition: a literal ends in the next state */
#define NONE UINT32_MAX

struct lw_prefilter {
	uint8_t class_of[256];
	size_t classes; /* the length of a row */
	uint32_t *next; /* states * classes: offset of the next row, with ENDS */
	size_t states;
	uint32_t *first; /* by state: first of its links, NONE where no literal ends there */
	uint32_t
	    *shorter; /* by state: the longest proper suffix in which a literal ends, 0 for none */
	struct link {
		uint32_t id, next; /* next: index of the next link, or NONE */
	} * links;
};

void
lw_prefilter_free(struct lw_prefilter *f)
{
	if (f == NULL)
		return;
	free(f->next);
	free(f->first);
	free(f->shorter);
	free(f->links);
	free(f);
}

static void
assign_classes(struct lw_prefilter *f, const struct lw_prefilter_literal *literals, size_t count)
{
	size_t i, j;
	int c;

	f->classes = 1; /* class 0: bytes of no literal */
	for (i = 0; i < count; i++) {
		for (j = 0; j < literals[i].text.n; j++) {
			uint8_t *class_of = &f->class_of[(unsigned char)literals[i].text.p[j]];

			if (*class_of == 0 && f->classes <= UINT8_MAX)
				*class_of = (uint8_t)f->classes++;
		}
	}
	for (c = 'A'; c <= 'Z'; c++)
		f->class_of[c] = f->class_of[c | 0x20];
}

/* The trie; a transition that is not there is NONE. */
static void
insert(struct lw_prefilter *f, const struct lw_prefilter_literal *literal, uint32_t link)
{
	size_t state = 0, i;

	for (i = 0; i < literal->text.n; i++) {
		unsigned char byte = (unsigned char)literal->text.p[i];
		uint32_t *next = &f->next[state * f->classes + f->class_of[byte]];

		if (*next == NONE) {
			size_t row = f->states * f->classes;

			memset(&f->next[row], 0xff, f->classes * sizeof(*f->next));
			f->first[f->states] = NONE;
			f->shorter[f->states] = 0;
			*next = (uint32_t)f->states++;
		}
		state = *next;
	}
	f->links[link] = (struct link){.id = literal->id, .next = f->first[state]};
	f->first[state] = link;
}

/* Breadth first: a state's missing transitions are those of its longest suffix. */
static bool
complete(struct lw_prefilter *f)
{
	uint32_t *fail = calloc(f->states, sizeof(*fail));
	uint32_t *queue = malloc(f->states * sizeof(*queue));
	size_t head = 0, tail = 0, c;

	if (fail == NULL || queue == NULL) {
		free(fail);
		free(queue);
		return false;
	}
	queue[tail++] = 0;
	while (head < tail) {
		size_t s = queue[head++];
		uint32_t *row = &f->next[s * f->classes];
		const uint32_t *fallback = &f->next[fail[s] * f->classes];

		for (c = 0; c < f->classes; c++) {
			uint32_t child = row[c];

			if (child == NONE) {
				row[c] = s == 0 ? 0 : fallback[c];
				continue;
			}
			fail[child] = s == 0 ? 0 : fallback[c];
			f->shorter[child] =
			    f->first[fail[child]] != NONE ? fail[child] : f->shorter[fail[child]];
			queue[tail++] = child;
		}
	}
	free(fail);
	free(queue);
	return true;
}

/* From state numbers to offsets of rows. */
static void
finish(struct lw_prefilter *f)
{
	size_t i;

	for (i = 0; i < f->states * f->classes; i++) {
		uint32_t s = f->next[i];
		uint32_t ends = f->first[s] != NONE || f->shorter[s] != 0 ? ENDS : 0;

		f->next[i] = (uint32_t)(s * f->classes) | ends;
	}
}

struct lw_prefilter *
lw_prefilter_new(const struct lw_prefilter_literal *literals, size_t count)
{
	struct lw_prefilter *f = calloc(1, sizeof(*f));
	size_t i, most = 1;

	if (f == NULL)
		return NULL;
	assign_classes(f, literals, count);
	for (i = 0; i < count; i++)
		most += literals[i].text.n;
	if (most >= ENDS / f->classes)
		goto fail;
	f->next = malloc(most * f->classes * sizeof(*f->next));
	f->first = malloc(most * sizeof(*f->first));
	f->shorter = malloc(most * sizeof(*f->shorter));
	f->links = malloc((count + 1) * sizeof(*f->links));
	if (f->next == NULL || f->first == NULL || f->shorter == NULL || f->links == NULL)
		goto fail;
	memset(f->next, 0xff, f->classes * sizeof(*f->next));
	f->first[0] = NONE;
	f->shorter[0] = 0;
	f->states = 1;
	for (i = 0; i < count; i++)
		insert(f, &literals[i], (uint32_t)i);
	if (!complete(f))
		goto fail;
	finish(f);
	return f;
fail:
	lw_prefilter_free(f);
	return NULL;
}

void
lw_candidates_add(struct lw_candidates *c, uint32_t id)
{
	if (c->seen[id] == c->round)
		return;
	c->seen[id] = c->round;
	c->ids[c->count++] = id;
}

static void
propose(const struct lw_prefilter *f, size_t state, struct lw_candidates *c)
{
	uint32_t link;

	for (; state != 0; state = f->shorter[state])
		for (link = f->first[state]; link != NONE; link = f->links[link].next)
			lw_candidates_add(c, f->links[link].id);
}

void
lw_prefilter_scan(const struct lw_prefilter *f, struct lw_str text, struct lw_candidates *c)
{
	const unsigned char *p = (const unsigned char *)text.p;
	const unsigned char *end = text.n == 0 ? p : p + text.n;
	const uint32_t *next = f->next;
	size_t row = 0;

	if (f->states == 1)
		return;
	for (; p < end; p++) {
		uint32_t to = next[row + f->class_of[*p]];

		row = to & ~ENDS;
		if ((to & ENDS) != 0)
			propose(f, row / f->classes, c);
	}
}
