/*
 * clef.c - compact log events, as Serilog and others write them: "@t" the
 * time, "@m" the message or "@mt" its template, "@l" the level (none means
 * information), "@x" the exception.  https://clef-json.org/
 *
 * The names stand as they are: folded, "@m" would be any "m".
 */
#include "entry/map.h"
#include "entry/severity.h"

bool
lw_clef_is(const struct lw_node *payload)
{
	return lw_node_spelt(payload, LW_KEY_t, "@t") != NULL &&
	       (lw_node_spelt(payload, LW_KEY_m, "@m") != NULL ||
		   lw_node_spelt(payload, LW_KEY_mt, "@mt") != NULL);
}

bool
lw_clef_severity(const struct lw_node *payload, enum lw_severity *severity)
{
	const struct lw_node *level = lw_node_spelt(payload, LW_KEY_l, "@l");

	if (level == NULL) {
		*severity = LW_SEV_INFO;
		return true;
	}
	return lw_severity_from_node(level, severity);
}

/* The value of the hole {name}, {@name}, {$name}, {name,8} or {name:000}; empty where there is
 * none. */
static struct lw_str
value_of(const struct lw_node *payload, struct lw_str hole)
{
	const struct lw_node *n, *found = NULL;
	size_t end = 0;

	if (hole.n > 0 && (hole.p[0] == '@' || hole.p[0] == '$'))
		hole = lw_str_make(hole.p + 1, hole.n - 1);
	while (end < hole.n && hole.p[end] != ',' && hole.p[end] != ':')
		end++;
	hole.n = end;
	for (n = payload->child; n != NULL; n = n->next)
		if (lw_str_eq(n->key, hole))
			found = n;
	return lw_node_scalar(found);
}

/* The template with its holes filled; a hole without a value stays as it is. */
static bool
fill(
    struct lw_mapping *m, const struct lw_node *payload, struct lw_str template, struct lw_str *out)
{
	struct lw_buf b = {0};
	size_t i, end;

	for (i = 0; i < template.n; i++) {
		struct lw_str value = LW_STR("");

		if (template.p[i] == '{') {
			for (end = i + 1; end < template.n && template.p[end] != '}'; end++)
				;
			if (end < template.n)
				value =
				    value_of(payload, lw_str_make(template.p + i + 1, end - i - 1));
			if (value.n > 0) {
				lw_buf_addstr(&b, value);
				i = end;
				continue;
			}
		}
		lw_buf_add(&b, template.p + i, 1);
	}
	*out = lw_buf_ok(&b) ? lw_arena_str(m->arena, lw_buf_str(&b)) : LW_STR("");
	lw_buf_fini(&b);
	return out->n > 0 || template.n == 0;
}

bool
lw_clef_message(struct lw_mapping *m, const struct lw_node *payload, struct lw_str *message)
{
	*message = lw_node_string(lw_node_spelt(payload, LW_KEY_m, "@m"));
	if (message->n > 0)
		return true;
	return fill(m, payload, lw_node_string(lw_node_spelt(payload, LW_KEY_mt, "@mt")), message);
}

struct lw_str
lw_clef_exception(const struct lw_node *payload)
{
	return lw_node_string(lw_node_spelt(payload, LW_KEY_x, "@x"));
}
