/* content_range.c - see content_range.h. */
#include "input/content_range.h"

#include <strings.h>

static bool
take(struct lw_str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = lw_str_make(s->p + 1, s->n - 1);
	return true;
}

static bool
take_number(struct lw_str *s, int64_t *value)
{
	int64_t v = 0;
	size_t i;

	for (i = 0; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		if (v > (INT64_MAX - 9) / 10)
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*value = v;
	*s = lw_str_make(s->p + i, s->n - i);
	return i > 0;
}

bool
lw_content_range_parse(struct lw_str s, struct lw_content_range *r)
{
	*r = (struct lw_content_range){-1, -1, -1};
	s = lw_str_trim(s);
	if (s.n < 6 || strncasecmp(s.p, "bytes", 5) != 0)
		return false;
	s = lw_str_trim(lw_str_make(s.p + 5, s.n - 5));
	if (!take(&s, '*') && (!take_number(&s, &r->first) || !take(&s, '-') ||
				  !take_number(&s, &r->last) || r->last < r->first))
		return false;
	if (!take(&s, '/'))
		return false;
	if (!take(&s, '*') && !take_number(&s, &r->total))
		return false;
	return s.n == 0 && (r->total < 0 || r->last < r->total);
}
