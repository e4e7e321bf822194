/* arena.c - blocks of memory handed out front to back. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

struct block {
	struct block *next;
	size_t size, used; /* bytes of data[] */
	alignas(max_align_t) char data[];
};

struct lw_arena {
	struct block *head; /* the block in use; older ones follow */
	size_t block_bytes, held_bytes;
};

static struct block *
block_new(size_t size)
{
	struct block *b;

	if (size > SIZE_MAX / 2)
		return NULL;
	b = malloc(sizeof(*b) + size);
	if (b != NULL)
		*b = (struct block){.size = size};
	return b;
}

struct lw_arena *
lw_arena_new(size_t block_bytes)
{
	struct lw_arena *a = calloc(1, sizeof(*a));

	if (a != NULL)
		a->block_bytes = block_bytes == 0 ? (size_t)64 << 10 : block_bytes;
	return a;
}

void
lw_arena_free(struct lw_arena *a)
{
	struct block *b, *next;

	if (a == NULL)
		return;
	for (b = a->head; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

void
lw_arena_join(struct lw_arena *into, struct lw_arena *from)
{
	struct block **last = &into->head;

	while (*last != NULL)
		last = &(*last)->next;
	*last = from->head;
	into->held_bytes += from->held_bytes;
	free(from);
}

void
lw_arena_reset(struct lw_arena *a)
{
	struct block *b = a->head, *next, *keep = NULL;

	if (b != NULL && b->next == NULL && b->size == a->block_bytes) { /* as between records */
		b->used = 0;
		return;
	}
	for (b = a->head; b != NULL; b = next) {
		next = b->next;
		if (keep == NULL && b->size == a->block_bytes)
			keep = b;
		else
			free(b);
	}
	a->head = keep;
	a->held_bytes = 0;
	if (keep != NULL) {
		keep->next = NULL;
		keep->used = 0;
		a->held_bytes = keep->size;
	}
}

static size_t
aligned(size_t n)
{
	return (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

/* Apart from lw_arena_alloc, which is asked often and hardly ever needs a block. */
static __attribute__((noinline)) void *
alloc_in_new_block(struct lw_arena *a, size_t n)
{
	struct block *b;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = aligned(n);
	b = block_new(n > a->block_bytes ? n : a->block_bytes);
	if (b == NULL)
		return NULL;
	a->held_bytes += b->size;
	b->next = a->head;
	b->used = n;
	a->head = b;
	return b->data;
}

void *
lw_arena_alloc(struct lw_arena *a, size_t n)
{
	struct block *b = a->head;
	void *p;

	if (b == NULL || n > b->size - b->used || aligned(n) > b->size - b->used)
		return alloc_in_new_block(a, n);
	p = b->data + b->used;
	b->used += aligned(n);
	return p;
}

void
lw_arena_trim(struct lw_arena *a, void *p, size_t n)
{
	struct block *b = a->head;
	size_t at = (size_t)((char *)p - b->data);

	b->used = aligned(at + n);
}

void *
lw_arena_zalloc(struct lw_arena *a, size_t n)
{
	void *p = lw_arena_alloc(a, n);

	if (p != NULL)
		memset(p, 0, n);
	return p;
}

struct lw_str
lw_arena_str(struct lw_arena *a, struct lw_str s)
{
	char *p = lw_arena_alloc(a, s.n + 1);

	if (p == NULL)
		return (struct lw_str){NULL, 0};
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct lw_str){p, s.n};
}

char *
lw_arena_strz(struct lw_arena *a, struct lw_str s)
{
	char *p = lw_arena_alloc(a, s.n + 1);

	if (p == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

size_t
lw_arena_bytes(const struct lw_arena *a)
{
	return a->held_bytes;
}
