/* stack.c - which language's trace a text holds, and what its parser found. */
#include "entry/stack.h"

bool
lw_line_next(struct lw_lines *l, struct lw_str *line)
{
	const char *nl;

	if (l->at >= l->text.n)
		return false;
	l->start = l->at;
	nl = memchr(l->text.p + l->at, '\n', l->text.n - l->at);
	line->p = l->text.p + l->at;
	line->n = nl == NULL ? l->text.n - l->at : (size_t)(nl - line->p);
	l->at += line->n + 1;
	return true;
}

struct lw_str
lw_str_after(struct lw_str s, size_t n)
{
	return lw_str_make(s.p + n, s.n - n);
}

struct lw_str
lw_str_left(struct lw_str s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	return s;
}

size_t
lw_str_char(struct lw_str s, char c)
{
	const char *p = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	return p == NULL ? LW_NPOS : (size_t)(p - s.p);
}

size_t
lw_str_char_last(struct lw_str s, char c)
{
	size_t i;

	for (i = s.n; i > 0; i--)
		if (s.p[i - 1] == c)
			return i - 1;
	return LW_NPOS;
}

uint32_t
lw_str_number(struct lw_str s)
{
	uint32_t v = 0;
	size_t i;

	for (i = 0; i < s.n && i < 9 && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		v = v * 10 + (uint32_t)(s.p[i] - '0');
	return v;
}

size_t
lw_builder_exception(
    struct lw_stack_builder *b, struct lw_str type, struct lw_str message, enum lw_chain_link link)
{
	size_t i = b->exception_count;

	if (i == LW_STACK_EXCEPTIONS)
		return i;
	b->exceptions[i].type = lw_str_trim(type);
	b->exceptions[i].message = lw_str_trim(message);
	b->exceptions[i].link = link;
	b->exceptions[i].first_frame = b->frame_count;
	b->exceptions[i].frame_count = 0;
	b->exception_count++;
	return i;
}

void
lw_builder_frame(
    struct lw_stack_builder *b, struct lw_str file, struct lw_str function, struct lw_str line)
{
	struct lw_frame *f;

	if (b->exception_count == 0 || b->frame_count == LW_STACK_FRAMES)
		return;
	f = &b->frames[b->frame_count++];
	b->exceptions[b->exception_count - 1].frame_count++;
	*f = (struct lw_frame){.file = file, .function = function, .line = lw_str_number(line)};
	f->own = lw_frame_own(b->language, f);
}

/* Python prints the oldest exception and the outermost frame first; PHP the oldest exception. */
static void
copy_frames(const struct lw_stack_builder *b, struct lw_frame *to, size_t first, size_t n)
{
	bool reverse = b->language == LW_LANG_PYTHON;
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = b->frames[first + (reverse ? n - 1 - i : i)];
}

static const struct lw_stack *
build(struct lw_stack_builder *b)
{
	bool reverse = b->language == LW_LANG_PYTHON || b->language == LW_LANG_PHP;
	struct lw_stack *s = lw_arena_alloc(b->arena, sizeof(*s));
	struct lw_exception *x = lw_arena_alloc(b->arena, b->exception_count * sizeof(*x));
	struct lw_frame *f = lw_arena_alloc(b->arena, (b->frame_count + 1) * sizeof(*f));
	size_t i, k;

	if (s == NULL || x == NULL || f == NULL)
		return NULL;
	for (i = 0; i < b->exception_count; i++) {
		k = reverse ? b->exception_count - 1 - i : i;
		x[i] = (struct lw_exception){.type = b->exceptions[k].type,
		    .message = b->exceptions[k].message,
		    .link = i == 0 ? LW_CHAIN_NONE : b->exceptions[k].link,
		    .frames = f,
		    .frame_count = b->exceptions[k].frame_count};
		copy_frames(b, f, b->exceptions[k].first_frame, x[i].frame_count);
		f += x[i].frame_count;
	}
	*s = (struct lw_stack){.language = b->language,
	    .exceptions = x,
	    .exception_count = b->exception_count,
	    .start = b->start,
	    .end = b->end};
	return s;
}

enum { PYTHON, AT, GO, RUBY, PHP, RUST, ELIXIR, PARSERS };

static bool (*const parsers[PARSERS])(struct lw_stack_builder *) = {
    [PYTHON] = lw_stack_python,
    [AT] = lw_stack_at,
    [GO] = lw_stack_go,
    [RUBY] = lw_stack_ruby,
    [PHP] = lw_stack_php,
    [RUST] = lw_stack_rust,
    [ELIXIR] = lw_stack_elixir,
};

/* The parser that a line calls for, or PARSERS. */
static int
called_for(struct lw_str line)
{
	struct lw_str s = lw_str_left(line);

	if (s.n < 4)
		return PARSERS;
	if (lw_str_ends(line, LW_STR("(most recent call last):")))
		return PYTHON;
	if (lw_str_starts(s, LW_STR("at ")))
		return AT;
	if (lw_str_starts(s, LW_STR("goroutine ")) ||
	    (line.p[0] == '\t' && lw_str_find(s, LW_STR(".go:")) != LW_NPOS))
		return GO;
	if (lw_str_starts(s, LW_STR("#0 ")) || lw_str_starts(s, LW_STR("#1 ")))
		return PHP;
	if (s.p[0] == 't' && lw_str_starts(s, LW_STR("thread '")))
		return RUST;
	if (lw_str_starts(s, LW_STR("** (")))
		return ELIXIR;
	return lw_str_find(s, LW_STR(".rb:")) != LW_NPOS ? RUBY : PARSERS;
}

bool
lw_stack_parse(struct lw_arena *arena, struct lw_str text, const struct lw_stack **stack)
{
	struct lw_lines lines = {.text = text};
	struct lw_stack_builder b;
	bool tried[PARSERS] = {false};
	struct lw_str line;
	int k;

	*stack = NULL;
	if (lw_str_char(text, '\n') == LW_NPOS)
		return true;
	while (lw_line_next(&lines, &line)) {
		k = called_for(line);
		if (k == PARSERS || tried[k])
			continue;
		tried[k] = true;
		b.arena = arena;
		b.text = text;
		b.language = LW_LANG_UNKNOWN;
		b.exception_count = b.frame_count = 0;
		b.start = 0;
		b.end = text.n;
		if (!parsers[k](&b) || b.exception_count == 0 || b.frame_count == 0)
			continue;
		*stack = build(&b);
		return *stack != NULL;
	}
	return true;
}
