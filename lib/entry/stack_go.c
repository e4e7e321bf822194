/*
 * stack_go.c - Go: panics, fatal errors, and the "%+v" of errors with stacks.
 *
 *	panic: open config.yaml: no such file or directory
 *
 *	goroutine 1 [running]:
 *	main.load(...)
 *		/src/cmd/shop/main.go:42 +0x1d
 */
#include "entry/stack.h"

static bool
starts(struct lw_str s, const char *z)
{
	return lw_str_starts(s, lw_str_from(z));
}

/* "\t/src/main.go:42 +0x1d" */
static bool
place(struct lw_str line, struct lw_str *file, struct lw_str *number)
{
	struct lw_str s = lw_str_left(line);
	size_t go = lw_str_find(s, LW_STR(".go:"));

	if (s.n == line.n || go == LW_NPOS || lw_str_char(lw_str_make(s.p, go), '(') != LW_NPOS)
		return false;
	*file = lw_str_make(s.p, go + 3);
	*number = lw_str_after(s, go + 4);
	return lw_str_number(*number) > 0;
}

/* "main.(*T).f(0xc000, {0x1, 0x2})" without its arguments; "created by main.f in goroutine 1". */
static struct lw_str
function_name(struct lw_str s)
{
	size_t i, depth = 0, in;

	s = lw_str_trim(s);
	if (starts(s, "created by ")) {
		s = lw_str_after(s, 11);
		in = lw_str_find(s, LW_STR(" in goroutine"));
		return in == LW_NPOS ? s : lw_str_make(s.p, in);
	}
	if (s.n == 0 || s.p[s.n - 1] != ')')
		return s;
	for (i = s.n; i > 0; i--) {
		depth += s.p[i - 1] == ')';
		if (s.p[i - 1] == '(' && --depth == 0)
			return lw_str_make(s.p, i - 1);
	}
	return s;
}

/* A line that raises: "panic: x", "fatal error: x", "\tpanic: x [recovered]". */
static bool
raises(struct lw_str line, struct lw_str *type, struct lw_str *message)
{
	struct lw_str s = lw_str_left(line);

	if (starts(s, "panic: ")) {
		*type = lw_str_make(s.p, 5);
		*message = lw_str_after(s, 7);
	} else if (starts(s, "fatal error: ")) {
		*type = lw_str_make(s.p, 11);
		*message = lw_str_after(s, 13);
	} else {
		return false;
	}
	if (lw_str_ends(*message, LW_STR(" [recovered]")))
		message->n -= 12;
	return true;
}

/* A panic while another was handled is printed behind it, but is what surfaced. */
static void
newest_first(struct lw_stack_builder *b)
{
	size_t i, n = b->exception_count;
	struct lw_raised x;

	for (i = 0; i < n / 2; i++) {
		x = b->exceptions[i];
		b->exceptions[i] = b->exceptions[n - 1 - i];
		b->exceptions[n - 1 - i] = x;
	}
	for (i = 0; i < n; i++) {
		b->exceptions[i].link = i == 0 ? LW_CHAIN_NONE : LW_CHAIN_CONTEXT;
		b->exceptions[i].first_frame = b->frame_count;
		b->exceptions[i].frame_count = 0;
	}
}

bool
lw_stack_go(struct lw_stack_builder *b)
{
	struct lw_lines lines = {.text = b->text};
	struct lw_str line, last = LW_STR(""), type, message, file, number, first = LW_STR("");
	size_t last_start = 0, goroutines = 0;
	bool started = false;

	b->language = LW_LANG_GO;
	while (lw_line_next(&lines, &line)) {
		if (first.n == 0)
			first = line;
		if (!started && raises(line, &type, &message)) {
			if (b->exception_count == 0)
				b->start = lines.start;
			lw_builder_exception(b, type, message, LW_CHAIN_NONE);
		} else if (starts(line, "goroutine ")) {
			if (++goroutines > 1) /* the others only waited */
				break;
		} else if (place(line, &file, &number)) {
			if (!started && b->exception_count == 0) {
				lw_builder_exception(b, LW_STR(""),
				    last.p == first.p ? LW_STR("") : lw_str_trim(first),
				    LW_CHAIN_NONE);
				b->start = last_start;
			}
			if (!started)
				newest_first(b);
			started = true;
			/* The frames belong to what surfaced: the builder adds to the last one. */
			lw_builder_frame(b, file, function_name(last), number);
			b->end = lines.start + line.n;
		}
		last = line;
		last_start = lines.start;
	}
	if (b->exception_count > 1) {
		b->exceptions[0].first_frame = 0;
		b->exceptions[0].frame_count = b->frame_count;
		b->exceptions[b->exception_count - 1].frame_count = 0;
	}
	return b->frame_count > 0;
}
