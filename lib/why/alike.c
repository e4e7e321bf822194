/* alike.c - do two messages say the same thing of different things, or speak of one matter? */
#include "why/private.h"

#define MATTER_MIN 4 /* letters of a word that says what a message is about */
#define SAME_OF_3 2  /* of three words so many are the same, in the longer of the two */

/* The next word of a text from *at on; empty at its end. */
static struct lw_str
next_word(struct lw_str text, size_t *at)
{
	size_t from;

	while (*at < text.n && text.p[*at] == ' ')
		++*at;
	for (from = *at; *at < text.n && text.p[*at] != ' '; ++*at)
		;
	return lw_str_make(text.p + from, *at - from);
}

/* Words of x, and how many of them are in y. */
static size_t
count_common(struct lw_str x, struct lw_str y, size_t *of)
{
	struct lw_str word;
	size_t at = 0, n = 0;

	for (*of = 0; (word = next_word(x, &at)).n > 0; ++*of) {
		struct lw_str other;
		size_t k = 0;

		while ((other = next_word(y, &k)).n > 0 && !lw_str_eq(word, other))
			;
		n += other.n > 0;
	}
	return n;
}

bool
lw_say_alike(const struct lw_analysis *a, uint32_t u, uint32_t v)
{
	const struct lw_group *x = &a->groups[a->vertices[u].group];
	const struct lw_group *y = &a->groups[a->vertices[v].group];
	const struct lw_template *t, *s;
	size_t of_x, of_y, n, m;

	if (x == y || (x->rule != LW_NO_RULE && x->rule == y->rule))
		return true;
	if (x->template_index == LW_NO_TEMPLATE || y->template_index == LW_NO_TEMPLATE)
		return false;
	t = lw_cluster_template(a->clusters, x->template_index);
	s = lw_cluster_template(a->clusters, y->template_index);
	n = count_common(t->text, s->text, &of_x);
	m = count_common(s->text, t->text, &of_y);
	return n * 3 >= of_x * SAME_OF_3 && m * 3 >= of_y * SAME_OF_3;
}

/* Is it a word that says what a message is about, and not how any of them goes? */
static bool
is_matter(struct lw_str word)
{
	static const char *const general[] = {"after", "again", "answered", "because", "before",
	    "cannot", "closed", "could", "error", "exception", "fail", "failed", "failure", "from",
	    "have", "into", "more", "read", "refused", "request", "requests", "response", "than",
	    "this", "time", "trying", "unable", "unavailable", "unexpected", "available", "while",
	    "will", "with", "within", "without"};
	size_t i;

	for (i = 0; i < word.n; i++)
		if ((word.p[i] < 'a' || word.p[i] > 'z') && (word.p[i] < 'A' || word.p[i] > 'Z'))
			return false;
	return word.n >= MATTER_MIN &&
	       !lw_word_among(word, general, sizeof(general) / sizeof(*general));
}

bool
lw_share_matter(const struct lw_analysis *a, uint32_t u, uint32_t v)
{
	const struct lw_group *x = &a->groups[a->vertices[u].group];
	const struct lw_group *y = &a->groups[a->vertices[v].group];
	struct lw_str s, t, word, other;
	size_t at = 0, k;

	if (x->template_index == LW_NO_TEMPLATE || y->template_index == LW_NO_TEMPLATE)
		return false;
	s = lw_cluster_template(a->clusters, x->template_index)->text;
	t = lw_cluster_template(a->clusters, y->template_index)->text;
	while ((word = next_word(s, &at)).n > 0) {
		if (!is_matter(word))
			continue;
		for (k = 0; (other = next_word(t, &k)).n > 0;)
			if (lw_str_eq(word, other))
				return true;
	}
	return false;
}
