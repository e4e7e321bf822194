/*
 * stack_elixir.c - Elixir and what OTP says of processes that died.
 *
 *	** (EXIT from #PID<0.95.0>) an exception was raised:
 *	    ** (MatchError) no match of right hand side value: :gone
 *	        (shop 0.1.0) lib/shop/cart.ex:12: Shop.Cart.take/1
 *	        (stdlib 5.2) gen_server.erl:1123: :gen_server.try_dispatch/4
 */
#include "entry/stack.h"

/* "** (Type) message" */
static bool
raises(struct lw_str s, struct lw_str *type, struct lw_str *message)
{
	size_t close, blank;

	if (!lw_str_starts(s, LW_STR("** (")))
		return false;
	close = lw_str_char(s, ')');
	if (close == LW_NPOS)
		return false;
	*type = lw_str_make(s.p + 4, close - 4);
	blank = lw_str_char(*type, ' '); /* "EXIT from #PID<0.95.0>" */
	if (blank != LW_NPOS)
		type->n = blank;
	*message = lw_str_trim(lw_str_after(s, close + 1));
	return type->n > 0 && type->p[0] >= 'A' && type->p[0] <= 'Z';
}

/* "(app 0.1.0) lib/x.ex:12: M.f/1" */
static bool
frame(struct lw_stack_builder *b, struct lw_str s)
{
	struct lw_str number, function;
	size_t dot, colon;

	if (s.n > 0 && s.p[0] == '(') {
		size_t close = lw_str_find(s, LW_STR(") "));

		if (close == LW_NPOS)
			return false;
		s = lw_str_after(s, close + 2);
	}
	dot = lw_str_find(s, LW_STR(".e")); /* .ex, .exs, .erl */
	if (dot == LW_NPOS || lw_str_char(lw_str_make(s.p, dot), ' ') != LW_NPOS)
		return false;
	colon = lw_str_char(lw_str_after(s, dot), ':');
	if (colon == LW_NPOS || colon > 4)
		return false;
	number = lw_str_after(s, dot + colon + 1);
	if (lw_str_number(number) == 0)
		return false;
	colon = lw_str_find(number, LW_STR(": "));
	function = colon == LW_NPOS ? LW_STR("") : lw_str_trim(lw_str_after(number, colon + 2));
	lw_builder_frame(b, lw_str_make(s.p, (size_t)(number.p - s.p) - 1), function, number);
	return true;
}

bool
lw_stack_elixir(struct lw_stack_builder *b)
{
	struct lw_lines lines = {.text = b->text};
	struct lw_str line, s, type, message;

	b->language = LW_LANG_ELIXIR;
	while (lw_line_next(&lines, &line)) {
		s = lw_str_left(line);
		if (raises(s, &type, &message)) {
			if (b->exception_count == 0)
				b->start = lines.start;
			lw_builder_exception(b, type, message,
			    b->exception_count == 0 ? LW_CHAIN_NONE : LW_CHAIN_CAUSE);
		} else if (b->exception_count == 0 || !frame(b, s)) {
			continue;
		}
		b->end = lines.start + line.n;
	}
	return b->frame_count > 0;
}
