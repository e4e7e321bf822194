/* trace.c - "ModuleNotFoundError at app/main.py:load < app/run.py:main; caused by KeyError". */
#include "cluster/trace.h"

#define FRAMES_MAX 5 /* innermost ones tell a failure apart; more would tell its callers apart */
#define EXCEPTIONS_MAX 8 /* of a chain */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Names with what the runtime made up cut off: "$$Lambda$14/0x0000", "lambda$run$0", "0x7f3a". */
static void
add_name(struct lw_buf *out, struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.n - i > 2 && s.p[i] == '0' && s.p[i + 1] == 'x')
			return;
		if (is_digit(s.p[i]) && i > 0 && s.p[i - 1] == '$') {
			while (i + 1 < s.n && is_digit(s.p[i + 1]))
				i++;
			continue;
		}
		lw_buf_addc(out, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
	}
}

/* The last two parts of a file name: where a build or a container put it is no part of it. */
static struct lw_str
tail(struct lw_str file)
{
	size_t i, slashes = 0;

	for (i = file.n; i > 0; i--)
		if ((file.p[i - 1] == '/' || file.p[i - 1] == '\\') && ++slashes == 2)
			break;
	return lw_str_make(file.p + i, file.n - i);
}

static void
add_frames(struct lw_buf *out, const struct lw_exception *e)
{
	size_t i, own = 0, n = 0;

	for (i = 0; i < e->frame_count; i++)
		own += e->frames[i].own;
	for (i = 0; i < e->frame_count && n < FRAMES_MAX; i++) {
		const struct lw_frame *f = &e->frames[i];

		if (own > 0 && !f->own)
			continue;
		lw_buf_addz(out, n++ == 0 ? " at " : " < ");
		add_name(out, tail(f->file));
		if (f->file.n > 0 && f->function.n > 0)
			lw_buf_addc(out, ':');
		add_name(out, f->function);
	}
}

bool
lw_trace_tells(const struct lw_stack *stack)
{
	const struct lw_exception *e = &stack->exceptions[0];
	size_t i;

	for (i = 0; i < e->frame_count; i++)
		if (e->frames[i].function.n > 0)
			return true;
	return stack->exception_count > 1 || e->frame_count > 1;
}

void
lw_trace_line(struct lw_buf *out, const struct lw_stack *stack)
{
	size_t i;

	for (i = 0; i < stack->exception_count && i < EXCEPTIONS_MAX; i++) {
		const struct lw_exception *e = &stack->exceptions[i];

		if (i > 0)
			lw_buf_addz(out,
			    e->link == LW_CHAIN_CONTEXT ? "; while handling " : "; caused by ");
		if (e->type.n == 0)
			lw_buf_addz(out, "exception");
		add_name(out, e->type);
		add_frames(out, e);
	}
}
